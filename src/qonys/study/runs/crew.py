"""Chapters without ties side by side: one process a core, each chapter as soon as those before it are done.

Every process has one thread of linear algebra, so that the numbers do not depend on the machine's cores.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from threading import Lock
from typing import TYPE_CHECKING, Any

from qonys.errors import BadInput
from qonys.study.runs.code import PACKAGE

if TYPE_CHECKING:
    from qonys.study.chapters.registry import Chapter

ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
MOST = 8


def cores() -> int:
    """Processes that run at once by default: the cores this process may use, no more than `MOST`."""
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(there, MOST))


class Hand:
    """One process of the crew."""

    def __init__(self, pack: Path) -> None:
        paths = os.pathsep.join((str(PACKAGE.parent), *filter(None, [os.environ.get("PYTHONPATH")])))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "qonys.study.runs.worker", str(pack), str(os.getpid())],
            process_group=0,  # an interruption at the terminal is the parent's, which ends this process
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
            env=os.environ | dict.fromkeys(ONE_THREAD, "1") | {"PYTHONPATH": paths},
        )  # fmt: skip

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a request; a process that ended without one is an answer too."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except (BrokenPipeError, ValueError):
            line = ""
        if not line:
            error = BadInput("study.worker.ended", code=self._process.wait())
            return {"reason": {language: error.sentence(language) for language in ("en", "ru", "kk")}, "ended": True}
        found: dict[str, Any] = json.loads(line)
        return found

    def end(self) -> None:
        """End the process, whatever it does."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except BrokenPipeError:
                    continue


@dataclass
class Crew:
    """Processes that are started when they are needed, and taken in turn."""

    pack: Path
    hands: list[Hand] = field(default_factory=list)
    free: SimpleQueue[Hand] = field(default_factory=SimpleQueue)
    ended: bool = False
    _lock: Lock = field(default_factory=Lock)

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The answer of a free process, or of a new one; `stopped` where the crew was ended meanwhile."""
        hand = self._hand()
        answer = hand.ask(request)
        if "ended" not in answer:
            self.free.put(hand)
        return answer | {"stopped": True} if self.ended else answer

    def _hand(self) -> Hand:
        with self._lock:
            if self.ended:
                raise BadInput("study.worker.ended", code=0)
            if self.free.empty():
                self.hands.append(Hand(self.pack))
                return self.hands[-1]
            return self.free.get()

    def end(self) -> None:
        """End all processes, whatever they do; no other is started."""
        with self._lock:
            self.ended = True
            for hand in self.hands:
                hand.end()


@contextmanager
def crew(pack: Path) -> Iterator[Crew]:
    """A crew; all of its processes end with the block, also after an interruption."""
    found = Crew(pack)
    try:
        yield found
    finally:
        found.end()


def ranked(
    chapters: tuple[Chapter, ...], before: Mapping[str, tuple[str, ...]], seconds: Mapping[str, float]
) -> list[str]:
    """Ids in the order in which they are best begun: the longest way to the end first."""
    rest: dict[str, float] = {}
    for chapter in reversed(chapters):
        later = [rest[name] for name, earlier in before.items() if chapter.id in earlier and name in rest]
        rest[chapter.id] = seconds.get(chapter.id, 1.0) + max(later, default=0.0)
    return sorted(rest, key=lambda name: -rest[name])


def side_by_side(
    order: list[str],
    before: Mapping[str, tuple[str, ...]],
    do: Callable[[str], bool],
    jobs: int,
    stop: Callable[[], None],
) -> list[str]:
    """Do each of `order` when those before it are done; what stands behind a failure is left, and given back.

    `do` says whether it went well; it is called in `jobs` threads. `stop` ends what runs, after an interruption.
    """
    waiting, done = list(order), set[str]()
    running: dict[Future[bool], str] = {}
    pool = ThreadPoolExecutor(jobs)
    try:
        while waiting or running:
            for name in [n for n in waiting if done.issuperset(before[n])][: jobs - len(running)]:
                waiting.remove(name)
                running[pool.submit(copy_context().run, do, name)] = name
            if not running:
                break
            for one in wait(running, return_when=FIRST_COMPLETED).done:
                name = running.pop(one)
                if one.result():
                    done.add(name)
    except BaseException:
        stop()
        raise
    finally:
        pool.shutdown()
    return waiting
