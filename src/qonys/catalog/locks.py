"""A file lock between processes; it ends with the process that holds it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from qonys.errors import BadInput

_PAUSE = 0.02


@contextmanager
def exclusive(path: Path, seconds: float = 60.0) -> Iterator[None]:
    """Hold the lock file `path` alone; wait up to `seconds` for another process to let go.

    Raises
    ------
    BadInput
        Another process held the lock for all that time.

    """
    end = time.monotonic() + seconds
    while True:
        with path.open("a+b") as file:
            if _take(file):
                try:
                    if _is_at(file, path):
                        yield
                        return
                finally:
                    _release(file)
        if time.monotonic() > end:
            raise BadInput("catalog.store.locked", path=str(path), seconds=int(seconds))
        time.sleep(_PAUSE)


def free_lock(path: Path) -> bool:
    """Remove a lock file that nobody holds; whether it was removed."""
    with path.open("a+b") as file:
        if sys.platform == "win32" or not _take(file):
            return False
        try:
            if _is_at(file, path):
                path.unlink()
                return True
        finally:
            _release(file)
    return False


def _is_at(file: IO[bytes], path: Path) -> bool:
    """Whether the open lock file still is the one at `path`: it may have been removed while we waited."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


if sys.platform == "win32":
    import msvcrt

    def _take(file: IO[bytes]) -> bool:
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _release(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _take(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _release(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
