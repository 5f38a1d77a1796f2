"""Chapters kept on disk, each under what it depends on, so that a run computes only what changed and can be resumed.

A chapter depends on the figures that it needs or wants, on the pack's descriptive files, on its sections of the plan,
on the source files that its module imports (directly or through others) and on the results of other chapters that it
read when it was computed.
"""

from __future__ import annotations

import hashlib
import io
import json
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from qonys import inputs
from qonys.catalog.digest import content_files, file_digest
from qonys.errors import BadInput
from qonys.kernels.effort import effort
from qonys.study.chapters.registry import EVERY, absent, allows, figures_of
from qonys.study.plan import Plan
from qonys.study.runs.code import module_digest
from qonys.study.runs.folders import cache_folder, say_if_damaged, sound, write_whole
from qonys.study.runs.parts import Part
from qonys.study.runs.results import NAMES, Number, Results, TableResult, read_results

if TYPE_CHECKING:
    from qonys.catalog import Pack
    from qonys.study.chapters.registry import Chapter

ABOUT = "about.json"
ASIDE = ("tables", "secondary", "law")  # folders that no chapter depends on as a whole
PAGES = (
    "cautions.csv", "claims.yaml", "comparisons.csv", "country.yaml", "course.yaml", "coverage.csv", "corrections.csv",
    "datapackage.json", "definitions.csv", "figures.yaml", "group_parts.yaml", "identities.csv",
    "labels.csv", "measures.yaml", "proposals.yaml", "study.toml", "uncounted.yaml",
)  # fmt: skip
FORM = "4"  # of what is kept; another form is computed again
Item = TypeVar("Item", Number, TableResult)


def content_digest(item: Number | TableResult) -> str:
    """Hash of a result's content."""
    if isinstance(item, Number):
        return hashlib.sha256(json.dumps(asdict(item)).encode()).hexdigest()
    about = json.dumps((item.unit, item.rank, item.sources, item.method))
    buffer = io.BytesIO()
    item.frame.write_ipc(buffer)
    return hashlib.sha256(about.encode() + buffer.getvalue()).hexdigest()


def names_digest(held: Iterable[str]) -> str:
    """Hash of the names of results."""
    return hashlib.sha256(" ".join(sorted(held)).encode()).hexdigest()


class PartialPlan:
    """The sections of a plan that a chapter names; reading another is an error."""

    def __init__(self, plan: Plan, chapter: Chapter) -> None:
        self._plan, self._chapter = plan, chapter

    def __getattr__(self, name: str) -> Any:
        if name not in self._chapter.plan:
            named = ", ".join(self._chapter.plan) or "–"
            raise BadInput("study.chapter.outside_plan", chapter=self._chapter.id, section=name, named=named)
        return getattr(self._plan, name)


class Recorder(Results):
    """The results so far, as one chapter sees them: what it reads is noted, what it adds is kept apart.

    `before` holds the results of the chapters that it names; reading another is an error. `outside`: what is read
    outside of its `parts`; every part rests on that too, so that a part can name too much, never too little.
    """

    def __init__(self, before: Results, chapter: Chapter, plan: Plan) -> None:
        super().__init__(before.release, plan=cast("Plan", PartialPlan(plan, chapter)))
        self._before, self._chapter = before, chapter
        self.read: dict[str, str] = {}
        self.outside, self.parts = Part(), list[Part]()
        self._open = list[Part]()

    def add(self, *items: Number | TableResult) -> None:
        """Add numbers and tables; they rest on what the part around them reads."""
        super().add(*items)
        if self._open:
            self._open[-1].gives += [item.name for item in items]

    @contextmanager
    def part(
        self, *earlier: Part, keys: tuple[str, ...] = (), entire: tuple[str, ...] = (), **at: object
    ) -> Iterator[Part]:
        """See `Results.part`; what is read inside is noted."""
        found = Part(keys, entire, dict(at))
        for one in (self.outside, *self._open, *earlier):
            found.take(one)
        self._open.append(found)
        try:
            with inputs.recording(apart=True) as reads:
                reads |= found.figures
                found.figures = reads
                yield found
        finally:
            self._open.pop()
            for one in self._open:
                one.take(found)
            self.parts.append(found)

    def compute(self, pack: Pack) -> set[str]:
        """Let the chapter add its results; the ids of the figures that it read."""
        with inputs.recording() as self.outside.figures:
            self._chapter.compute(pack, self)
        return {reading.figure for one in (self.outside, *self.parts) for reading in one.figures}

    def number(self, name: str) -> Number:
        """A number by name."""
        self._rests_on(name)
        if name in self.numbers:
            return self.numbers[name]
        return self._noted(f"number:{name}", self._named(self._before.numbers, name))

    def table(self, name: str) -> TableResult:
        """A table by name."""
        self._rests_on(name)
        if name in self.tables:
            return self.tables[name]
        return self._noted(f"table:{name}", self._named(self._before.tables, name))

    def all_tables(self) -> dict[str, TableResult]:
        """All tables, of this chapter and of those before; which there are is noted."""
        self.read[f"{NAMES}:table"] = names_digest(self._before.tables)
        return {name: self.table(name) for name in (*self._before.tables, *self.tables)}

    def all_numbers(self) -> dict[str, Number]:
        """All numbers, of this chapter and of those before; which there are is noted."""
        self.read[f"{NAMES}:number"] = names_digest(self._before.numbers)
        return {name: self.number(name) for name in (*self._before.numbers, *self.numbers)}

    def has_table(self, name: str) -> bool:
        """Whether a table is there: its absence is noted too."""
        if name in self.tables:
            return True
        if name not in self._before.tables:
            self.read[f"table:{name}"] = ""
            return False
        self._noted(f"table:{name}", self._named(self._before.tables, name))
        return True

    def _rests_on(self, name: str) -> None:
        (self._open[-1] if self._open else self.outside).results.add(name)

    def _named(self, there: Mapping[str, Item], name: str) -> Item:
        if name not in there:
            named = ", ".join((*self._chapter.uses, *self._chapter.after)) or "–"
            raise BadInput("study.chapter.outside_result", chapter=self._chapter.id, name=name, named=named)
        return there[name]

    def _noted(self, key: str, item: Item) -> Item:
        self.read[key] = content_digest(item)
        return item


@dataclass(frozen=True)
class Kept:
    """What a chapter adds, where it is kept, and what is known of its making.

    `about`: `read` (results of other chapters, by digest), `figures` (ids), `parts` (`Part.document`), `seconds`,
    `processor` (seconds of all threads), `work` (counts by kind, `kernels.effort`).
    """

    results: Results
    place: Path
    about: Mapping[str, Any]


def chapters_folder() -> Path:
    """Where chapters are kept."""
    return cache_folder() / "chapters"


def figures_digest(chapter: Chapter, pack: Pack) -> str:
    """Hash of the figures that a chapter needs or wants and of what every chapter may read of the pack."""
    if EVERY in chapter.needs:
        return pack.digest()
    named = (*chapter.needs, *chapter.wants)
    total = hashlib.sha256(_settings_digest(pack).encode())
    files = {name for name in named if name.endswith(".yaml") or (name.endswith(".csv") and "/" in name)}
    figures = figures_of(pack, named)
    for name in sorted({*files, *figures} - {*absent(pack, named), *inputs.available(pack, figures)}):
        found = file_digest(pack.path / name) if name in files else inputs.digest(pack, name.partition(":")[0])
        total.update(f"{name} {found}".encode())
    return total.hexdigest()


def _settings_digest(pack: Pack) -> str:
    """Hash of the pack's own settings, descriptive files and outlines, without those that only pages read."""

    def make() -> str:
        total = hashlib.sha256(f"{sorted(pack.country.items())} {inputs.country(pack)}".encode())
        for path in content_files(pack.path):
            if path.parent.name not in ASIDE and path.name not in PAGES:
                total.update(f"{path.relative_to(pack.path).as_posix()} {file_digest(path)}".encode())
        return total.hexdigest()

    return pack.cached("settings digest", make)


def chapter_key(chapter: Chapter, pack: Pack, plan: Plan) -> str:
    """Hash of the figures, the sections of the plan and the code that a chapter depends on."""
    sections = plan.digest(*chapter.plan) if chapter.plan else ""
    parts = (FORM, figures_digest(chapter, pack), sections, module_digest(chapter.module))
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:16]


def place_of(chapter: Chapter, pack: Pack, plan: Plan, folder: Path | None = None) -> Path:
    """The folder of a chapter that is kept, or would be."""
    return (folder or chapters_folder()) / chapter.id / chapter_key(chapter, pack, plan)


def opened(place: Path) -> Kept:
    """A chapter that is kept at `place`.

    Raises
    ------
    BadInput
        There is none.

    """
    about = about_of(place)
    if about is None:
        raise BadInput("study.chapter.not_kept", path=str(place))
    return Kept(read_results(place), place, about)


def kept_chapter(chapter: Chapter, pack: Pack, before: Results, plan: Plan, folder: Path | None = None) -> Kept:
    """What a chapter adds to the results `before` it: read if nothing that it depends on changed, else computed."""
    place = place_of(chapter, pack, plan, folder)
    if fitting(place, before):
        return opened(place)
    say_if_damaged(place)
    started, processor = time.monotonic(), time.process_time()
    recorder = Recorder(before, chapter, plan)
    with effort() as counts:
        figures = recorder.compute(pack)
    _check(chapter, pack, figures)
    made = Results(before.release, recorder.numbers, recorder.tables)
    about: dict[str, Any] = {
        "read": recorder.read, "figures": sorted(figures),
        "parts": [one.document() for one in recorder.parts if one.gives],
        "seconds": round(time.monotonic() - started, 3),
        "processor": round(time.process_time() - processor, 3), "work": dict(sorted(counts.items())),
    }  # fmt: skip

    def write(draft: Path) -> None:
        made.write(draft)
        (draft / ABOUT).write_text(json.dumps(about, indent=1), encoding="utf-8")

    write_whole(place, write, lambda: fitting(place, before))
    return Kept(made, place, about)


def _check(chapter: Chapter, pack: Pack, figures: set[str]) -> None:
    """Refuse a chapter that read figures outside of its needs and wants."""
    outside = sorted(name for name in figures if not allows(pack, chapter, name))
    if outside:
        named = ", ".join((*chapter.needs, *chapter.wants)) or "–"
        raise BadInput(
            "study.chapter.outside_figure", chapter=chapter.id, figures=", ".join(outside), named=named
        )


def about_of(place: Path) -> Mapping[str, Any] | None:
    """What is known of the making of a kept chapter; None where there is none."""
    try:
        found: Mapping[str, Any] = json.loads((place / ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found


def fitting(place: Path, before: Results) -> bool:
    """Whether a chapter is kept whole at `place` and read what stands in `before` now."""
    about = about_of(place) if sound(place) else None
    return about is not None and all(_stands(key, digest, before) for key, digest in about["read"].items())


def _stands(key: str, digest: str, before: Results) -> bool:
    kind, name = key.split(":", 1)
    if kind == NAMES:
        return names_digest(before.numbers if name == "number" else before.tables) == digest
    held: Mapping[str, Number | TableResult] = before.numbers if kind == "number" else before.tables
    return (content_digest(held[name]) if name in held else "") == digest
