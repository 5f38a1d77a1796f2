"""The chapters of the study: what each needs of a pack and uses of others, and which of them a pack carries.

A new chapter is one row here, one module of this folder with `compute(pack, results)`, and, if it is to be read, one
module of `qonys.report.chapters`. Rows stand in the order of the report; what is computed first follows from `uses`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from qonys import inputs
from qonys.errors import UnknownName

if TYPE_CHECKING:
    from qonys.catalog import Pack
    from qonys.study.runs.results import Results

EVERY = "*"
HOME = "qonys.study.chapters"


@dataclass(frozen=True)
class Chapter:
    """A chapter of the study.

    `needs`: ids of figures without which it is left out (a name that ends in `.yaml` is a file of the pack).
    `wants`: ids of figures that it reads where the pack holds them; without them it says less.
    `uses`: chapters whose results it reads; it is left out with them.
    `after`: chapters whose results it reads where they are there; "*" stands for all others.
    `plan`: sections of the plan that it reads.
    It may read nothing else: a reading outside of these is an error.
    """

    id: str
    needs: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    plan: tuple[str, ...] = ()

    @property
    def module(self) -> str:
        """The module that computes it."""
        return f"{HOME}.{self.id}"

    def compute(self, pack: Pack, results: Results) -> None:
        """Add the chapter's results to `results`."""
        import_module(self.module).compute(pack, results)


@dataclass(frozen=True)
class Absence:
    """Why a chapter is left out: figures that the pack does not hold, or chapters that are left out themselves."""

    chapter: str
    figures: tuple[str, ...] = ()
    chapters: tuple[str, ...] = ()


NATION = ("national", "population_age_sex", "mortality_age", "fertility_age", "sex_ratio_birth")
REGIONS = ("population_regional", "vital_regional")
REGIONAL_ACCOUNT = (*REGIONS, "internal_od", "net_migration_regional")
FORWARD = (*NATION, "partners_wpp", "projection_un", "external_flows")
FACTORS = (*REGIONAL_ACCOUNT, "economy_regional", "ethnic_regional", "sdg_regional", "external_flows")
COUNTED = ("border_crossings", "external_flows", "foreign_labour", "internal_totals", "refugees", "repatriates")
OTHER_NET = ("net_migration_model", "net_migration_periods")

CHAPTERS: tuple[Chapter, ...] = (
    Chapter("data", needs=(EVERY,), after=(EVERY,)),
    Chapter("retrospective", needs=("census", "national", *OTHER_NET)),
    Chapter("groups", needs=("census", "national", "ethnic_national", *REGIONS)),
    Chapter("regions", needs=REGIONS),
    Chapter(
        "accounts", needs=("census", "national", *OTHER_NET, *REGIONAL_ACCOUNT), uses=("retrospective",),
        plan=("account",),
    ),
    Chapter("ages", needs=("census", "national", "population_age_sex", "mortality_age", "sex_ratio_birth")),
    Chapter("shocks", needs=("national",), uses=("accounts",)),
    Chapter(
        "present",
        needs=("national", "population_age_sex", "internal_od", "external_flows", "repatriates", "repatriate_quota"),
        plan=("present",),
    ),
    Chapter("forms", needs=COUNTED),
    Chapter("indicators", needs=(*REGIONAL_ACCOUNT, "external_flows"), uses=("accounts",), plan=("indicators",)),
    Chapter("bilateral", needs=("external_flows", "migrant_stock", "partners_stock", "partners_wpp")),
    Chapter("factors", needs=(*FACTORS, "migrant_stock", "partners_wdi"), uses=("accounts",), plan=("gravity",)),
    Chapter("interplay", needs=FACTORS, uses=("accounts",), plan=("interplay",)),
    Chapter("motives", needs=("survey_results", "population_age_sex")),
    Chapter("potential", needs=("survey_results", "population_age_sex", "external_flows", "ethnic_national")),
    Chapter("stratification", needs=("census", "ethnic_national", "ethnic_regional"), plan=("segregation",)),
    Chapter("settling", needs=("population_regional", "repatriates", "repatriate_quota")),
    Chapter(
        "demographic", needs=(*FORWARD, *REGIONS, "census", "ethnic_national", "fertility_selected"),
        uses=("accounts", "regions"), after=("projection", "regional_projection"),
        plan=("account", "processes", "projection", "consequences", "groups"),
    ),
    Chapter(
        "labour",
        needs=(
            *NATION, *REGIONS, "partners_wpp", "net_migration_regional", "population_education", "economy_regional",
            "external_flows", "repatriates",
        ),
        uses=("accounts", "demographic"), after=("regional_projection",),
        plan=("account", "consequences", "groups", "capital"),
    ),
    Chapter("projection", needs=FORWARD, uses=("accounts",), plan=("processes", "projection")),
    Chapter(
        "regional_projection",
        needs=(
            *FORWARD, *REGIONAL_ACCOUNT, "census", "ethnic_national", "ethnic_regional", "fertility_selected",
            "internal_totals", "life_expectancy_regional",
        ),
        uses=("accounts",), after=("projection",), plan=("processes", "projection", "regions"),
    ),
    Chapter("skill", needs=(*NATION[1:], *REGIONS, "partners_wpp", "un_revisions"), plan=("skill",)),
    Chapter(
        "claims", needs=("claims.yaml", "census", "national", "ethnic_national", "external_flows", *OTHER_NET),
    ),
)  # fmt: skip


def chapter_of(name: str, chapters: Iterable[Chapter] = CHAPTERS) -> Chapter:
    """The chapter `name`.

    Raises
    ------
    UnknownName
        There is no such chapter.

    """
    known = {chapter.id: chapter for chapter in chapters}
    if name not in known:
        raise UnknownName("study.chapter.unknown", chapter=name, known=", ".join(known))
    return known[name]


def before(chapter: Chapter, chapters: Iterable[Chapter] = CHAPTERS) -> tuple[str, ...]:
    """Ids of the chapters that are computed before this one, in the order of `chapters`."""
    named = {*chapter.uses, *chapter.after}
    return tuple(one.id for one in chapters if one.id != chapter.id and (one.id in named or EVERY in named))


def in_order(chapters: Iterable[Chapter] = CHAPTERS) -> tuple[Chapter, ...]:
    """Chapters so that each stands after those it reads, else as they are.

    Raises
    ------
    UnknownName
        A chapter uses one that is not there, or chapters use each other in a circle.

    """
    waiting = list(chapters)
    known, placed, found = {chapter.id for chapter in waiting}, set[str](), list[Chapter]()
    for chapter in waiting:
        for name in chapter.uses:
            if name not in known:
                raise UnknownName("study.chapter.uses", chapter=chapter.id, uses=name)
    whole = tuple(waiting)
    while waiting:
        ready = [chapter for chapter in waiting if placed.issuperset(before(chapter, whole))]
        if not ready:
            raise UnknownName("study.chapter.circle", chapters=", ".join(chapter.id for chapter in waiting))
        found += ready
        placed |= {chapter.id for chapter in ready}
        waiting = [chapter for chapter in waiting if chapter.id not in placed]
    return tuple(found)


def figures_of(pack: Pack, names: Iterable[str]) -> tuple[str, ...]:
    """Ids of figures, with "*" written out as all tables of the pack; files of the pack left out."""
    found = dict.fromkeys(one for name in names for one in (pack.tables() if name == EVERY else (name,)))
    return tuple(name for name in found if not name.endswith(".yaml"))


def absent(pack: Pack, names: Iterable[str]) -> tuple[str, ...]:
    """Those of the figures and files that the pack does not hold, or holds without a row."""
    named = tuple(names)
    files = tuple(name for name in named if name.endswith(".yaml") and not _filled(pack, name))
    return (*files, *inputs.available(pack, figures_of(pack, named)))


def allows(pack: Pack, chapter: Chapter, figure: str) -> bool:
    """Whether a chapter may read a figure: it names the figure, or the table that holds it."""
    named = {*figures_of(pack, (*chapter.needs, *chapter.wants))}
    return figure in named or inputs.spec(pack, figure).table in named


def _filled(pack: Pack, file: str) -> bool:
    return (pack.path / file).is_file() and bool(pack.document(file))


def absences(pack: Pack, chapters: Iterable[Chapter] = CHAPTERS) -> Mapping[str, Absence]:
    """Chapters that the pack does not carry, each with the reason, in the order in which they would be computed."""
    found: dict[str, Absence] = {}
    for chapter in in_order(chapters):
        figures, parts = absent(pack, chapter.needs), tuple(name for name in chapter.uses if name in found)
        if figures or parts:
            found[chapter.id] = Absence(chapter.id, figures, parts)
    return found
