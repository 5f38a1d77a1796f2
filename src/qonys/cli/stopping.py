"""The end of the program when a person or the system asks for it: soon, whatever it is doing.

SIGINT and SIGTERM rise in the main thread as exceptions, so that what is open is closed and drafts are removed. A
thread reading of them as well, also while the main thread is inside compiled code: what has not ended after `GRACE`
seconds is ended, with all processes that it started.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

INTERRUPTED = 130
TERMINATED = 143
GRACE = 1.2
AGAIN = 0.02
REQUESTS = (signal.SIGINT, signal.SIGTERM)
_CODE: list[int] = []  # of the program, once its command has returned
OTHERS = b"resource_tracker"  # of the standard library: it ends by itself and clears up after us


class Terminated(KeyboardInterrupt):
    """The system asked the program to end."""


@contextmanager
def obeying(own: bool) -> Iterator[None]:
    """Inside the block SIGTERM ends the program as an interruption does.

    `own`: the process is the program's own; then it also ends where an exception cannot reach it.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, frame: object) -> None:
        raise Terminated

    former, hook = signal.signal(signal.SIGTERM, end), sys.unraisablehook
    if own:
        _watch()
        sys.unraisablehook = _raised_anew
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, former)
        sys.unraisablehook = hook


def _raised_anew(lost: sys.UnraisableHookArgs) -> None:
    """A request that rose inside a destructor, where it cannot end the program, rises again elsewhere."""
    if not issubclass(lost.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(lost)
        return
    number = signal.SIGTERM if issubclass(lost.exc_type, Terminated) else signal.SIGINT
    again = threading.Timer(AGAIN, os.kill, (os.getpid(), number))
    again.daemon = True
    again.start()


class Stoppable(Protocol):
    """A server that ends by itself once it should."""

    should_exit: bool


@dataclass
class Requests:
    """The exit code of a server: 0 where nobody or the system asked for its end, 130 after an interruption."""

    code: int = 0


@contextmanager
def noting(server: Stoppable) -> Iterator[Requests]:
    """Inside the block a request to end is noted for the server, also before it runs and after it.

    An exception would be lost where it rises inside a destructor, and break what the server has half opened.
    """
    noted = Requests()

    def note(number: int, frame: object) -> None:
        server.should_exit = True
        noted.code = returned(INTERRUPTED if number == signal.SIGINT else 0)

    former = {number: signal.signal(number, note) for number in REQUESTS}
    try:
        yield noted
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def returned(code: int) -> int:
    """The exit code of a command that has returned: also of a program whose last steps then take too long."""
    _CODE[:] = [code]
    return code


def _watch() -> None:
    """A thread that is told of every signal by the system itself."""
    reading, writing = socket.socketpair()
    writing.setblocking(False)
    signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)

    def wait() -> None:
        with writing:  # held open as long as anyone may write
            while signals := reading.recv(1):
                if signals[0] in REQUESTS:
                    time.sleep(GRACE)
                    end_children()
                    os._exit(_CODE[0] if _CODE else 128 + signals[0])

    threading.Thread(target=wait, daemon=True).start()


def end_children() -> None:
    """End the processes that this one started, where the system names them; elsewhere they follow their parent."""
    if sys.platform == "win32":
        return
    for path in Path("/proc/self/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for pid in path.read_text().split():
                if OTHERS not in Path(f"/proc/{pid}/cmdline").read_bytes():
                    os.kill(int(pid), signal.SIGKILL)
