"""One run of the study: the chapters that the pack carries, results kept under the hash of what they depend on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from qonys import __version__
from qonys.errors import BadInput
from qonys.study.chapters.registry import CHAPTERS, Absence, Chapter, absences, before, chapter_of, in_order
from qonys.study.plan import Plan, resolve
from qonys.study.runs.cache import Kept, chapter_key, chapters_folder, fitting, kept_chapter, opened, place_of
from qonys.study.runs.crew import cores, crew, ranked, side_by_side
from qonys.study.runs.folders import cache_folder, runs_folder, say_if_damaged, sound, write_whole
from qonys.study.runs.results import Results, read_results

if TYPE_CHECKING:
    from qonys.catalog import Pack

RESULTS = "results.json"
USED = ("numpy", "scipy", "numba", "polars", "pyarrow", "statsmodels", "duckdb")
HERE = 0


@dataclass(frozen=True)
class Step:
    """Something that happened in a run: a chapter was `begun`, `done`, `failed`, or `kept` from an earlier run."""

    chapter: str
    what: str
    seconds: float = 0.0


Tell = Callable[[Step], None]


def run_key(pack: Pack, plan: Plan | None = None) -> str:
    """Name of a run: what its chapters depend on."""
    plan = resolve(pack) if plan is None else plan
    keys = (chapter_key(chapter, pack, plan) for chapter in CHAPTERS)
    return hashlib.sha256(" ".join((pack.digest(), plan.digest(), *keys)).encode()).hexdigest()[:16]


def study_results(
    pack: Pack,
    tell: Tell = lambda step: None,
    plan: Plan | None = None,
    jobs: int | None = None,
    part: Callable[[Results], None] | None = None,
) -> Results:
    """Results of all chapters that the pack carries: read if the same run was done before, else computed and kept.

    Parameters
    ----------
    pack
        The country.
    tell
        Is called with every step.
    plan
        None for the pack's own.
    jobs
        Processes that compute at once; None: one a core; 0: this process computes, one chapter after the other.
    part
        Is called with what there is after each chapter, before the step is told.

    Raises
    ------
    BadInput
        A chapter could not be computed; all others that do not use it are kept.

    """
    plan = resolve(pack) if plan is None else plan
    key = run_key(pack, plan)
    folder = runs_folder() / key
    if sound(folder):
        with suppress(OSError):  # a cache may be open for reading only
            (folder / RESULTS).touch()  # the last run is the one asked for last
        return read_results(folder)
    say_if_damaged(folder)
    run = _Run(pack, plan, tell, part)
    run.do(cores() if jobs is None else jobs)
    results = run.joined(tuple(chapter.id for chapter in run.chapters))
    results.about = _about(key, run)
    write_whole(folder, results.write, lambda: sound(folder))
    return results


@dataclass
class _Run:
    """The chapters of a run, and those that are made."""

    pack: Pack
    plan: Plan
    tell: Tell
    part: Callable[[Results], None] | None = None
    made: dict[str, Kept] = field(default_factory=dict)
    faults: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    _one: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self.absent: Mapping[str, Absence] = absences(self.pack)
        self.chapters: tuple[Chapter, ...] = tuple(one for one in in_order() if one.id not in self.absent)
        self.before = {one.id: before(one, self.chapters) for one in self.chapters}

    def do(self, jobs: int) -> None:
        """Compute what is not kept."""
        if jobs == HERE:
            for chapter in self.chapters:
                self.tell(Step(chapter.id, "begun"))
                earlier = self.joined(self.before[chapter.id])
                self._done(chapter.id, kept_chapter(chapter, self.pack, earlier, self.plan))
            return
        known = {chapter.id: chapter for chapter in self.chapters}
        order = ranked(self.chapters, self.before, _seconds(chapters_folder()))
        with crew(self.pack.path) as hands:

            def do(name: str) -> bool:
                return self._ask(known[name], hands.ask)

            left = side_by_side(order, self.before, do, jobs, hands.end)
        if self.faults:
            raise self._failure(left)

    def _ask(self, chapter: Chapter, ask: Callable[[Mapping[str, Any]], dict[str, Any]]) -> bool:
        """Read a chapter or have it computed; whether it is there now."""
        earlier = self.before[chapter.id]
        place = place_of(chapter, self.pack, self.plan)
        if fitting(place, self.joined(earlier)):
            self.made[chapter.id] = opened(place)
            self._shown()
            self.tell(Step(chapter.id, "kept"))
            return True
        say_if_damaged(place)
        self.tell(Step(chapter.id, "begun"))
        places = [str(self.made[name].place) for name in earlier]
        answer = ask({"chapter": chapter.id, "plan": self.plan.document(), "before": places})
        if "stopped" in answer:
            return False
        if "place" not in answer:
            self.faults[chapter.id] = answer
            self.tell(Step(chapter.id, "failed"))
            return False
        self._done(chapter.id, opened(Path(answer["place"])))
        return True

    def _done(self, name: str, kept: Kept) -> None:
        self.made[name] = kept
        self._shown()
        self.tell(Step(name, "done", kept.about["seconds"]))

    def _shown(self) -> None:
        if self.part is not None:
            with self._one:
                self.part(self.joined(tuple(one.id for one in self.chapters if one.id in self.made)))

    def joined(self, names: tuple[str, ...]) -> Results:
        """The results of the named chapters."""
        found = Results(self.pack.digest(), plan=self.plan)
        for name in names:
            found.add(*self.made[name].results.numbers.values(), *self.made[name].results.tables.values())
        return found

    def _failure(self, left: list[str]) -> BadInput:
        """The error of the first chapter that failed; traces of faults of the program are written down."""
        name, fault = next(iter(self.faults.items()))
        traces = {one: found["trace"] for one, found in self.faults.items() if "trace" in found}
        for one, trace in traces.items():
            path = cache_folder() / "faults" / f"{one}.txt"
            with suppress(OSError):  # of a full disk the first fault tells
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(trace, encoding="utf-8")
        return ChapterFailed(name, fault["reason"], tuple(self.faults), len(self.made), len(left))


class ChapterFailed(BadInput):
    """A chapter could not be computed; the others are kept."""

    def __init__(self, chapter: str, reason: Mapping[str, str], failed: tuple[str, ...], kept: int, left: int) -> None:
        values = {"chapter": chapter, "kept": kept, "left": left, "failed": ", ".join(failed)}
        super().__init__("study.chapter.failed", **values, reason=reason["en"])
        self.reason = {language: _ended(text) for language, text in reason.items()}
        self.values["reason"] = self.reason["en"]

    def sentence(self, language: str = "en") -> str:
        """The error as one sentence; the reason too is in the language."""
        self.values["reason"] = self.reason.get(language, self.reason["en"])
        return super().sentence(language)


def _ended(text: str) -> str:
    """A sentence with its full stop.

    Examples
    --------
    >>> _ended("division by zero"), _ended("No.")
    ('division by zero.', 'No.')

    """
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def _seconds(folder: Path) -> dict[str, float]:
    """How long each chapter took when it was computed last."""
    newest: dict[str, tuple[float, float]] = {}
    for path in folder.glob("*/*/about.json"):
        with suppress(OSError, ValueError, LookupError, TypeError):  # one that is damaged is computed again
            when = path.stat().st_mtime
            if when > newest.get(path.parts[-3], (0.0, 0.0))[0]:
                newest[path.parts[-3]] = when, float(json.loads(path.read_text(encoding="utf-8"))["seconds"])
    return {name: seconds for name, (_, seconds) in newest.items()}


def versions(names: Sequence[str] = USED) -> dict[str, str]:
    """Versions of this package and of others, those that compute unless `names` says which."""
    found = {"qonys": __version__}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _about(key: str, run: _Run) -> dict[str, Any]:
    """What is known of a run: see `Results.about`."""
    chapters = {
        name: {**kept.about, "plan": chapter_of(name).plan, "gives": [*kept.results.numbers, *kept.results.tables]}
        for name, kept in sorted(run.made.items())
    }
    return {
        "run": key,
        "plan": run.plan.document(),
        "plan_digest": run.plan.digest(),
        "seeds": run.plan.seeds(),
        "versions": versions(),
        "chapters": chapters,
        "absent": [asdict(one) for one in run.absent.values()],
    }
