"""One run of the study: chapters in order, results kept under the hash of everything they depend on."""

from __future__ import annotations

import hashlib
import importlib
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from qonys import __version__
from qonys.catalog import Pack
from qonys.study.chapters import CHAPTERS
from qonys.study.runs.cache import kept_chapter
from qonys.study.runs.results import Results, read_results

PACKAGE = Path(__file__).resolve().parents[2]
SCIENCE = ("kernels", "spaces", "catalog", "quantities", "inputs", "measurement", "estimation", "projection",
           "surveys", "explanation", "consequences", "policy", "study")  # fmt: skip


def code_digest(rooms: tuple[str, ...] = SCIENCE) -> str:
    """Hash of the source files of `rooms`, so that a changed method recomputes its results."""
    digest = hashlib.sha256(__version__.encode())
    for room in rooms:
        for path in sorted((PACKAGE / room).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(path.relative_to(PACKAGE).as_posix().encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


def run_key(pack: Pack) -> str:
    """Name of a run: the pack's content and the code that computes."""
    return hashlib.sha256(f"{pack.digest()} {code_digest()}".encode()).hexdigest()[:16]


def cache_folder() -> Path:
    """Where results are kept; `QONYS_CACHE` overrides the user's cache folder."""
    base = os.environ.get("QONYS_CACHE")
    if base:
        return Path(base)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "qonys"


def study_results(pack: Pack, tell: Callable[[str], None] = lambda chapter: None) -> Results:
    """Results of all chapters: read if the same run was done before, else computed and kept.

    `tell` is called with the name of each chapter before it is computed.
    """
    folder = cache_folder() / "results" / run_key(pack)
    if (folder / "results.json").is_file():
        return read_results(folder)
    results = Results(pack.digest())
    for chapter in CHAPTERS:
        tell(chapter)
        compute = importlib.import_module(f"qonys.study.chapters.{chapter}").compute
        made = kept_chapter(chapter, pack, results, compute, cache_folder() / "chapters")
        results.add(*made.numbers.values(), *made.tables.values())
    _keep(results, folder)
    return results


def _keep(results: Results, folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".draft-"))
    try:
        results.write(draft)
        if not folder.exists():
            draft.rename(folder)
    finally:
        if draft.exists():
            shutil.rmtree(draft)
