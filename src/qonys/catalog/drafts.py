"""Files and folders that appear whole or not at all, and what interrupted processes left of them.

What is being written stands beside its place under a name that tells whose it is, `.NAME.HOST-PROCESS-BEGUN-N.draft`,
and takes its own name in one step when it is whole. A process that is killed leaves its draft behind: `sweep` removes
every draft whose process is gone, and one of another machine when it is a day old. A folder that is being replaced is
called `.NAME.….former` for that moment; where the process died in it, `sweep` gives it back its name.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path

from qonys.catalog.locks import free_lock
from qonys.catalog.places import cache_folder, data_folder
from qonys.errors import BadInput, QonysError
from qonys.words.system import system_reason

DAY = 86_400.0
DEPTH = 2
LONGEST = 80
DRAFT, FORMER = "draft", "former"
_OWNED = re.compile(r"\.(?P<name>.*)\.(?P<host>[0-9a-f]{8})-(?P<pid>\d+)-(?P<begun>\d+)-\d+\.(draft|former)(\.wal)?")
_EARLIER = re.compile(r"\.(qonys-)?draft-\w{8}|\..+\.\d+(\.rows|\.about)?\.tmp|.+(\.\d+)?\.part")
_NUMBERS = count()
_SWEPT = set[tuple[int, str]]()


@contextmanager
def draft_file(final: Path) -> Iterator[Path]:
    """A path to write to; the file becomes `final` in one step if the block ends well, and is removed if it does not.

    The folder of `final` must be there. The content is on the disk before the name is.
    """
    draft = _draft_of(final)
    try:
        yield draft
        with draft.open("r+b") as file:
            os.fsync(file.fileno())
        os.replace(draft, final)
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)


@contextmanager
def draft_folder(final: Path, stands: Callable[[], bool] = lambda: False) -> Iterator[Path]:
    """An empty folder to fill; it takes the place of `final` if the block ends well, and is removed if it does not.

    What stood at `final` before is removed only after; it stays where it `stands`, as another process wrote the same.
    """
    draft, former = _draft_of(final), _draft_of(final, FORMER)
    draft.mkdir()
    try:
        yield draft
        if not stands():
            if final.exists():
                final.rename(former)
            draft.rename(final)
            shutil.rmtree(former, ignore_errors=True)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _draft_of(final: Path, kind: str = DRAFT) -> Path:
    """A name beside `final` that no other process and no other thread has; leftovers there are swept once."""
    place = os.getpid(), str(final.parent)
    if place not in _SWEPT:
        _SWEPT.add(place)
        sweep(final.parent)
    pid = os.getpid()
    return final.parent / f".{final.name[:LONGEST]}.{_host()}-{pid}-{_begun(pid)}-{next(_NUMBERS)}.{kind}"


def sweep_own() -> int:
    """Remove what interrupted processes left in the cache and in the folder of a person's figures; how many."""
    swept = 0
    for folder in (cache_folder, data_folder):
        with contextlib.suppress(QonysError):
            swept += sweep(folder(), DEPTH, earlier=True)
    return swept


def sweep(folder: Path, depth: int = 0, earlier: bool = False) -> int:
    """Remove the drafts in `folder` whose process is gone; how many there were.

    Parameters
    ----------
    folder
        It need not exist.
    depth
        How many levels of folders below it are searched too.
    earlier
        Also what earlier versions left and lock files that nobody holds, when they are a day old.

    """
    swept = 0
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return 0
    for entry in entries:
        with contextlib.suppress(OSError):
            if _is_left(entry) or (earlier and _is_of_earlier_version(entry)):
                _clear(Path(entry.path))
                swept += 1
            elif earlier and entry.name.endswith(".lock") and _age(entry) > DAY:
                swept += free_lock(Path(entry.path))
            elif depth and entry.is_dir(follow_symlinks=False):
                swept += sweep(Path(entry.path), depth - 1, earlier)
    return swept


def _is_left(entry: os.DirEntry[str]) -> bool:
    found = _OWNED.fullmatch(entry.name)
    if found is None:
        return False
    if found["host"] != _host() or sys.platform == "win32":
        return _age(entry) > DAY
    return not _lives(int(found["pid"]), int(found["begun"]))


def _is_of_earlier_version(entry: os.DirEntry[str]) -> bool:
    return _EARLIER.fullmatch(entry.name) is not None and _age(entry) > DAY


def _age(entry: os.DirEntry[str]) -> float:
    """Seconds since it was last changed."""
    return time.time() - entry.stat(follow_symlinks=False).st_mtime


def _clear(path: Path) -> None:
    found = _OWNED.fullmatch(path.name)
    if found and path.suffix == f".{FORMER}" and not (place := path.with_name(found["name"])).exists():
        path.rename(place)
    elif path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


@cache
def _host() -> str:
    """Eight hexadecimal digits for this machine, or for the container whose processes have numbers of their own."""
    try:
        numbers = os.stat("/proc/self/ns/pid").st_ino
    except OSError:
        numbers = 0
    return hashlib.sha256(f"{socket.gethostname()} {numbers}".encode()).hexdigest()[:8]


def _begun(pid: int) -> int:
    """When a process began, in ticks since the machine did; 0 where the system does not tell, -1 if it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return 0
    return -1 if fields[0] in (b"Z", b"X") else int(fields[19])


def _lives(pid: int, begun: int) -> bool:
    """Whether the process `pid` that began at `begun` is still there (another may bear its number now)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return _begun(pid) == begun


@contextmanager
def written(path: Path) -> Iterator[None]:
    """Context in which a file is written to `path`; an error of the operating system becomes one sentence.

    Raises
    ------
    BadInput
        The folder does not exist, is not a folder, or is not writable.
    """
    try:
        yield
    except OSError as error:
        raise BadInput("face.file", path=str(path), reason=system_reason(error)) from error
