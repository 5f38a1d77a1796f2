"""Results that are still being computed: pages come as their chapters end, and say what is there."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qonys import words
from qonys.errors import QonysError
from qonys.study.chapters.registry import absences, in_order

if TYPE_CHECKING:
    from qonys.catalog import Pack
    from qonys.study.runs.results import Results
    from qonys.study.runs.run import Step

USUAL = 60  # seconds that a first run takes on two quiet cores
AGAIN = 5  # seconds after which a page that waits asks again


@dataclass
class Progress:
    """A run that goes on: its chapters, those that ended, those that are computed now, and what stopped it."""

    chapters: tuple[str, ...]
    ended: list[str] = field(default_factory=list)
    now: list[str] = field(default_factory=list)
    fault: QonysError | None = None
    _begun: float = field(default_factory=time.monotonic)

    @property
    def elapsed(self) -> int:
        """Whole seconds since the run began."""
        return round(time.monotonic() - self._begun)

    def hear(self, step: Step) -> None:
        """Take in a step of the run."""
        if step.what == "begun":
            self.now.append(step.chapter)
            return
        if step.chapter in self.now:
            self.now.remove(step.chapter)
        if step.what != "failed":
            self.ended.append(step.chapter)

    def sentence(self, language: str) -> str:
        """What is there, what is computed, and how long it takes; or what stopped it."""
        counts = {"done": len(self.ended), "all": len(self.chapters)}
        if self.fault is not None:
            return words.text("web.progress.fault", language, **counts, reason=self.fault.sentence(language))
        names = self.named(self.now, language)
        key = "web.progress.now" if names else "web.progress.begin"
        return words.text(key, language, **counts, now=", ".join(names), elapsed=self.elapsed, usual=USUAL)

    @staticmethod
    def named(chapters: list[str], language: str) -> list[str]:
        """Titles of chapters."""
        return [words.text(f"chapter.{name}", language) for name in chapters]


def progress_of(pack: Pack) -> Progress:
    """A run of the pack that has not begun."""
    absent = absences(pack)
    return Progress(tuple(one.id for one in in_order() if one.id not in absent))


def computing(
    progress: Progress,
    compute: Callable[[Callable[[Step], None]], Results],
    tell: Callable[[Step], None],
    finish: Callable[[Results], None],
) -> threading.Thread:
    """Compute in a thread; `finish` is called with all results, a refusal is kept in the progress.

    `compute` is given what is to hear each step; `tell` hears them too.
    """

    def hear(step: Step) -> None:
        progress.hear(step)
        tell(step)

    def run() -> None:
        try:
            finish(compute(hear))
        except QonysError as error:
            progress.fault = error

    thread = threading.Thread(target=copy_context().run, args=(run,), daemon=True)
    thread.start()
    return thread
