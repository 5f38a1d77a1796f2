"""`qonys project` and `qonys backtest`: the population forward, and how well such forecasts did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from qonys import words
from qonys.cli.files import AS_FOUND, FileOptions
from qonys.cli.options import settings
from qonys.cli.own_population import NO_FILES, PopulationOptions, own_population
from qonys.cli.printing import print_frame
from qonys.cli.progress import stages_shown
from qonys.cli.ranges import DRAWS, YEAR, Seed, Within

if TYPE_CHECKING:
    import polars as pl


@Parameter(name="*")
@dataclass(frozen=True)
class ProjectionOptions:
    """How far, how many draws, what is shown."""

    draws: Annotated[int, Parameter(help="cli.project.draws", validator=DRAWS)] = 1000
    horizon: Annotated[int, Parameter(help="cli.project.horizon", validator=YEAR)] = 0
    seed: Seed = 1
    table: Annotated[str, Parameter(help="cli.project.table")] = ""
    year: Annotated[int, Parameter(help="cli.project.year", validator=YEAR)] = 0
    measure: Annotated[str, Parameter(help="cli.project.measure")] = ""
    scenario: Annotated[Path | None, Parameter(help="cli.project.scenario")] = None
    question: Annotated[str, Parameter(help="cli.project.question")] = ""


@Parameter(name="*")
@dataclass(frozen=True)
class PartsOptions:
    """What is kept apart."""

    regions: Annotated[str, Parameter(help="cli.project.regions")] = ""
    groups: Annotated[str, Parameter(help="cli.project.groups")] = ""
    ages: Annotated[str, Parameter(help="cli.project.ages")] = ""
    moments: Annotated[str, Parameter(help="cli.project.moments")] = ""


@Parameter(name="*")
@dataclass(frozen=True)
class ShardOptions:
    """Where shards are written and who computes them."""

    out: Annotated[Path | None, Parameter(help="cli.project.out")] = None
    shard: Annotated[str, Parameter(help="cli.project.shard")] = ""
    resume: Annotated[bool, Parameter(help="cli.project.resume", negative=())] = False
    unit: Annotated[int, Parameter(help="cli.project.unit", validator=Within(1, 100_000))] = 64
    workers: Annotated[int, Parameter(help="cli.project.workers", validator=Within(0, 1024))] = 0
    scheduler: Annotated[str, Parameter(help="cli.project.scheduler")] = ""


@Parameter(name="*")
@dataclass(frozen=True)
class ProcessOptions:
    """Which process of each component is fitted."""

    fertility: Annotated[str, Parameter(help="cli.project.fertility")] = "bounded"
    longevity: Annotated[str, Parameter(help="cli.project.longevity")] = "regimes"
    migration: Annotated[str, Parameter(help="cli.project.migration")] = "bounded"
    mortality: Annotated[str, Parameter(help="cli.project.mortality")] = "levels"
    dependence: Annotated[str, Parameter(help="cli.project.dependence")] = "independent"


DATED = ("quantiles", "pyramid", "moments", "compared")  # tables whose years need their dates said
DEFAULTS, NO_PARTS, NO_SHARDS, USUAL = ProjectionOptions(), PartsOptions(), ShardOptions(), ProcessOptions()


def project(
    *,
    options: ProjectionOptions = DEFAULTS,
    parts: PartsOptions = NO_PARTS,
    shards: ShardOptions = NO_SHARDS,
    processes: ProcessOptions = USUAL,
    own: PopulationOptions = NO_FILES,
    changes: Annotated[tuple[str, ...], Parameter(name="--set", help="cli.project.set", consume_multiple=False)] = (),
    reading: FileOptions = AS_FOUND,
) -> int:
    """Population of the pack's country with intervals, of its regions and ethnic groups, or of one's own files."""
    from qonys.catalog import open_pack
    from qonys.study.analyses.project import ProjectionRequest, answer, choices_of, whole_persons

    groups_of = (options, parts, shards, processes)
    usual = (DEFAULTS, NO_PARTS, NO_SHARDS, USUAL)
    given = {name: value for one, other in zip(groups_of, usual, strict=True)
             for name, value in vars(one).items() if value != getattr(other, name)}  # fmt: skip
    if own_population(own, given | ({"set": changes} if changes else {}), reading):
        return 0
    pack = open_pack(settings().pack)
    chosen = choices_of(vars(processes))
    brief = not (options.table or options.question or shards.shard) and settings().format == "table"
    how = replace(
        options,
        table=options.table or "quantiles",
        measure=options.measure or ("population" if brief else ""),
    )
    request = ProjectionRequest(**vars(how), **vars(parts), **vars(shards), processes=chosen, changes=changes)
    with stages_shown() as tell:
        frame = answer(pack, request, tell)
    language = settings().language
    groups = set(pack.labels().filter(axis="ethnic_group")["code"])

    def label(column: str, code: str) -> str | None:
        if column == "description":
            return words.text(code, language)
        if column == "group":
            return pack.label("ethnic_group", code, language) if code in groups else None
        return pack.region_name(code, language, short=True) if column == "region" else None

    if brief:
        _print_brief(frame, label, language)
    else:
        shown = whole_persons(frame) if settings().format == "table" else frame
        dates = _dates(frame, language) if how.table in DATED and not options.question else ()
        print_frame(shown, label=label, footer=dates)
    return 0


def _print_brief(frame: pl.DataFrame, label: Callable[[str, str], str | None], language: str) -> None:
    """The years that most ask for, a fan where there is one measure of one population, and how the rest is had."""
    from qonys.cli.fan import fan
    from qonys.study.analyses.project import outlook

    drawn = fan(frame, language) if frame["year"].is_unique().all() else []
    last = frame.row(-1, named=True)
    rest = words.text("cli.project.rest", language, year=last["year"], limit=f"{last['q50']:.2g}".replace("e+0", "e"))
    footer = (*drawn, *([""] if drawn else []), *_dates(frame, language), rest)
    print_frame(outlook(frame), label=label, footer=footer)


def _dates(frame: pl.DataFrame, language: str) -> tuple[str, ...]:
    """Which date a year stands for and, where the table tells it, what its status means."""
    keys = ("cli.project.dates", *(("cli.project.status",) if "status" in frame.columns else ()))
    return tuple(words.text(key, language) for key in keys)


def backtest(
    *,
    target: Annotated[str, Parameter(help="cli.backtest.target")] = "",
    origins: Annotated[str, Parameter(help="cli.backtest.origins")] = "",
    full: Annotated[bool, Parameter(help="cli.backtest.full", negative=())] = False,
) -> int:
    """Forecasts from past years against what came, beside rivals."""
    from qonys.catalog import open_pack
    from qonys.errors import BadInput
    from qonys.study.analyses.skill import skill_of

    parts = [part.strip() for part in origins.split(",") if part.strip()]
    if not all(part.isdigit() for part in parts):
        raise BadInput("study.project.years", given=origins)
    with stages_shown() as tell:
        frame = skill_of(open_pack(settings().pack), target, tuple(map(int, parts)), full, tell)
    print_frame(frame, label=lambda column, code: None, footer=())
    return 0
