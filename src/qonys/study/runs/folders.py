"""Where results are kept."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path


def cache_folder() -> Path:
    """Where results are kept; `QONYS_CACHE` overrides the user's cache folder."""
    base = os.environ.get("QONYS_CACHE")
    if base:
        return Path(base)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "qonys"


def runs_folder() -> Path:
    """Where the results of runs are kept, each in a folder of the run's name."""
    return cache_folder() / "results"


def places_of(given: str) -> list[Path]:
    """Where results may be that are named so: that folder, the folders inside it, the run of that name."""
    folder = Path(given)
    inside = sorted(folder.iterdir()) if folder.is_dir() else []
    return [folder, *inside, *([runs_folder() / given] if folder.name == given else [])]


def write_whole(place: Path, write: Callable[[Path], None], mark: str) -> None:
    """Fill the folder `place` in one step: a reader finds all of it or nothing.

    Whoever comes second to write the same leaves what is there: a folder that holds the file `mark` is whole.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=place.parent, prefix=".draft-"))
    try:
        write(draft)
        shutil.rmtree(place, ignore_errors=True)
        draft.rename(place)
    except OSError:
        if not (place / mark).is_file():
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
