"""What a long command does, on the error stream: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from qonys import words
from qonys.cli.options import settings

if TYPE_CHECKING:
    from qonys.study.runs.run import Step, Tell

SHOWN = 4


def _name(chapter: str) -> str:
    return words.text(f"chapter.{chapter}", settings().language)


@contextmanager
def run_shown(count: int) -> Iterator[Tell]:
    """A function for the steps of a run of `count` chapters."""
    if not sys.stderr.isatty():
        yield _line
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    text = TextColumn("{task.description}", markup=False)
    columns = (SpinnerColumn(), MofNCompleteColumn(), BarColumn(20), TimeElapsedColumn(), text)
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=count)
        running: dict[str, float] = {}

        def tell(step: Step) -> None:
            if step.what == "begun":
                running[step.chapter] = time.monotonic()
            else:
                running.pop(step.chapter, None)
                bar.advance(task)
            names = [_name(name) for name in list(running)]
            more = f" +{len(names) - SHOWN}" if len(names) > SHOWN else ""
            bar.update(task, description="; ".join(names[:SHOWN]) + more)
            if step.what == "failed":
                bar.console.print(_text(step), highlight=False, markup=False)

        yield tell


def _text(step: Step) -> str:
    seconds = words.number(step.seconds, settings().language, 1)
    return words.text(f"study.progress.{step.what}", settings().language, chapter=_name(step.chapter), seconds=seconds)


def _line(step: Step) -> None:
    print(_text(step), file=sys.stderr, flush=True)


@contextmanager
def stages_shown() -> Iterator[Callable[..., None]]:
    """A function for the stages of a command: a key of the catalogues, its values, perhaps `done` and `total`.

    A text that ends with an ellipsis is under way: on a terminal it stands with the time that has passed until the next
    comes; every other text stays.
    """
    language = settings().language
    if not sys.stderr.isatty():
        yield lambda key, **values: print(words.text(key, language, **values), file=sys.stderr, flush=True)
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TimeElapsedColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def tell(key: str, **values: object) -> None:
            text = words.text(key, language, **values)
            if text.endswith("…"):
                bar.update(task, description=text)
            else:
                bar.console.print(text, highlight=False, markup=False)

        yield tell
