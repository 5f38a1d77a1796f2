"""Chapters kept on disk, each under what it depends on, so that a run computes only what changed and can be resumed.

A chapter depends on the pack, on the source files that its module imports (directly or through others) and on
the results of other chapters that it read when it was computed.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from qonys import __version__
from qonys.study.runs.results import Number, Results, TableResult, read_results

if TYPE_CHECKING:
    from qonys.catalog import Pack

PACKAGE = Path(__file__).resolve().parents[2]
READS = "reads.json"
IMPORT = re.compile(r"^[ \t]*(?:from (qonys[\w.]*) import (\([^)]*\)|[^\n#]*)|import (qonys[\w.]*))", re.MULTILINE)
NAME = re.compile(r"\w+")
Item = TypeVar("Item", Number, TableResult)


def _file_of(module: str) -> Path | None:
    """Source file of a module of the package, or None if the name is not a module."""
    parts = module.split(".")
    if parts[0] != "qonys":
        return None
    place = PACKAGE.joinpath(*parts[1:])
    for path in (place.with_suffix(".py"), place / "__init__.py"):
        if path.is_file():
            return path
    return None


@cache
def _imports(path: Path) -> tuple[str, ...]:
    """Names of the package's modules that a file imports anywhere in it."""
    found = set()
    for module, names, plain in IMPORT.findall(path.read_text("utf-8")):
        found |= {plain} if plain else {module, *(f"{module}.{name}" for name in NAME.findall(names))}
    return tuple(sorted(name for name in found if _file_of(name)))


def closure(module: str) -> tuple[Path, ...]:
    """Source files that a module depends on, itself among them; data files beside them count too."""
    waiting, seen = [module], set[Path]()
    while waiting:
        path = _file_of(waiting.pop())
        if path is None or path in seen:
            continue
        seen.add(path)
        waiting += _imports(path)
    beside = {data for path in seen for data in path.parent.glob("*.*") if data.suffix in (".csv", ".toml", ".yaml")}
    return tuple(sorted(seen | beside))


@cache
def module_digest(module: str) -> str:
    """Hash of the version and of all source files that `module` depends on."""
    digest = hashlib.sha256(__version__.encode())
    for path in closure(module):
        digest.update(path.relative_to(PACKAGE).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def content_digest(item: Number | TableResult) -> str:
    """Hash of a result's content."""
    if isinstance(item, Number):
        return hashlib.sha256(json.dumps(asdict(item)).encode()).hexdigest()
    about = json.dumps((item.unit, item.rank, item.sources, item.method))
    buffer = io.BytesIO()
    item.frame.write_ipc(buffer)
    return hashlib.sha256(about.encode() + buffer.getvalue()).hexdigest()


class Recorder(Results):
    """The results so far, as one chapter sees them: what it reads is noted, what it adds is kept apart."""

    def __init__(self, before: Results) -> None:
        super().__init__(before.release)
        self._before = before
        self.read: dict[str, str] = {}

    def number(self, name: str) -> Number:
        """A number by name."""
        return self.numbers[name] if name in self.numbers else self._noted(f"number:{name}", self._before.number(name))

    def table(self, name: str) -> TableResult:
        """A table by name."""
        return self.tables[name] if name in self.tables else self._noted(f"table:{name}", self._before.table(name))

    def all_tables(self) -> dict[str, TableResult]:
        """All tables, of this chapter and of those before."""
        return {name: self.table(name) for name in (*self._before.tables, *self.tables)}

    def _noted(self, key: str, item: Item) -> Item:
        self.read[key] = content_digest(item)
        return item


def kept_chapter(
    name: str, pack: Pack, results: Results, compute: Callable[[Pack, Results], None], folder: Path
) -> Results:
    """What the chapter `name` adds to `results`: read from `folder` if nothing it depends on changed, else computed."""
    code = module_digest(f"qonys.study.chapters.{name}")
    place = folder / name / hashlib.sha256(f"{pack.digest()} {code}".encode()).hexdigest()[:16]
    if _fits(place, results):
        return read_results(place)
    recorder = Recorder(results)
    compute(pack, recorder)
    made = Results(results.release, recorder.numbers, recorder.tables)
    _keep(made, recorder.read, place)
    return made


def _fits(place: Path, results: Results) -> bool:
    """Whether a kept chapter read what stands in `results` now."""
    if not (place / READS).is_file():
        return False
    for key, digest in json.loads((place / READS).read_text(encoding="utf-8")).items():
        kind, name = key.split(":", 1)
        held: dict[str, Number] | dict[str, TableResult] = results.numbers if kind == "number" else results.tables
        if name not in held or content_digest(held[name]) != digest:
            return False
    return True


def _keep(made: Results, read: dict[str, str], place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=place.parent, prefix=".draft-"))
    try:
        made.write(draft)
        (draft / READS).write_text(json.dumps(read, indent=1), encoding="utf-8")
        shutil.rmtree(place, ignore_errors=True)
        draft.rename(place)
    except OSError:
        if not (place / READS).is_file():
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
