"""Where results are kept, whole, with the hash of every file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from qonys.catalog.digest import file_digest
from qonys.catalog.drafts import draft_folder
from qonys.catalog.places import cache_folder, write_ready
from qonys.words.notes import note

__all__ = ["cache_folder", "places_of", "runs_folder", "say_if_damaged", "sound", "write_whole"]

SUMS = "sums.json"


def runs_folder() -> Path:
    """Where the results of runs are kept, each in a folder of the run's name."""
    return cache_folder() / "results"


def places_of(given: str) -> list[Path]:
    """Where results may be that are named so: that folder, the folders inside it, the run of that name."""
    folder = Path(given)
    inside = sorted(folder.glob("[!.]*")) if folder.is_dir() else []
    return [folder, *inside, *([runs_folder() / given] if folder.name == given else [])]


def write_whole(place: Path, write: Callable[[Path], None], stands: Callable[[], bool]) -> None:
    """Fill the folder `place` in one step: a reader finds all of it or nothing.

    `stands`: whether another process has written the same meanwhile; what it wrote is left.

    Raises
    ------
    BadInput
        The folder above cannot be written to.

    """
    write_ready(place.parent, "QONYS_CACHE")
    try:
        with draft_folder(place, stands) as draft:
            write(draft)
            files = sorted(path for path in draft.rglob("*") if path.is_file())
            sums = {path.relative_to(draft).as_posix(): file_digest(path) for path in files}
            (draft / SUMS).write_text(json.dumps(sums, indent=1), encoding="utf-8")
    except OSError:
        if not stands():
            raise


def sound(place: Path, name: str = "") -> bool:
    """Whether all files of the folder `place`, or only its file `name`, are what `write_whole` wrote."""
    try:
        sums = json.loads((place / SUMS).read_text(encoding="utf-8"))
        named = {name: sums[name]} if name else sums
        return bool(named) and all(file_digest(place / one) == digest for one, digest in named.items())
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return False


def say_if_damaged(place: Path) -> None:
    """Say of a stored folder that is not what was written that it is computed again."""
    if place.is_dir() and not sound(place):
        note("study.kept.damaged", path=str(place))
