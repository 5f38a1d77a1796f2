"""A projection of the pack's country, of its regions and groups, as the command line asks for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import polars as pl

from qonys.catalog import Pack
from qonys.catalog.reading.advice import listed, unknown
from qonys.errors import BadInput
from qonys.inputs.counts import newest_base
from qonys.projection.national import QUANTILES, Projection, Run, project_national
from qonys.projection.processes.migration import regimes_of
from qonys.projection.processes.registry import ProcessChoices, names_of
from qonys.projection.questions import parse
from qonys.projection.regional.drivers import World
from qonys.projection.regional.project import project_world
from qonys.projection.regional.result import FIVE, MEASURES, Keep, RegionalProjection, tidy
from qonys.projection.scenarios import Scenario
from qonys.study.analyses.gross_flows import gross_table
from qonys.study.analyses.parameters import parameters_of
from qonys.study.base.national import HORIZON, Prepared
from qonys.study.ensembles import shards as ensembles
from qonys.study.ensembles.cluster import run_on_cluster
from qonys.study.ensembles.fits import account_of, fitted, world_of
from qonys.study.ensembles.scenario_files import scenario_of
from qonys.study.plan import resolve
from qonys.words.notes import note

TABLES = ("quantiles", "gross", "pyramid", "parameters", "crises", "draws", "processes")
REGIONAL = ("quantiles", "pyramid", "compared", "deviations", "draws", "moments")
DEFAULT_PROCESSES = ProcessChoices()
IN_RATIOS = (
    "old_age_dependency", "child_dependency", "median_age", "total_fertility", "life_expectancy_female",
    "life_expectancy_male", "share",
)  # fmt: skip
RATIOS = 2
Tell = Callable[..., None]


def silent(key: str, **values: object) -> None:
    """Tell nothing."""


def choices_of(given: Mapping[str, str]) -> ProcessChoices:
    """The processes chosen by name; components that are not named keep their default.

    Raises
    ------
    BadInput
        A component or a name that there is not.

    """
    known = [one.name for one in fields(ProcessChoices)]
    for name in given:
        if name not in known:
            raise BadInput("estimation.choice", option="processes", value=name, known=", ".join(known))
    return ProcessChoices(**given)


@dataclass(frozen=True)
class ProjectionRequest:
    """What is wanted: draws, last year, seed, table, year of a pyramid, measure, scenario, parts, shards.

    `horizon` 0: `regions.until` of the plan, in any projection.
    `regions`, `groups`: "" (not apart), "all" or names parted by commas; `ages`: lower limits of ages kept
    apart; `moments`: years of mean and variance of every cell. `shard`: part i/n of the units of `unit` draws, written
    to `out`; `resume`: go on where some are. `workers`, `scheduler`: a Dask cluster (0 and "": none). `question`: see
    `questions.parse`. `processes`: which process of each component.
    """

    draws: int = 1000
    horizon: int = 0
    seed: int = 1
    table: str = "quantiles"
    year: int = 0
    measure: str = ""
    question: str = ""
    scenario: Path | None = None
    changes: tuple[str, ...] = ()
    regions: str = ""
    groups: str = ""
    ages: str = ""
    moments: str = ""
    out: Path | None = None
    shard: str = ""
    resume: bool = False
    unit: int = ensembles.UNIT
    workers: int = 0
    scheduler: str = ""
    processes: ProcessChoices = DEFAULT_PROCESSES

    def __post_init__(self) -> None:
        known = REGIONAL if self.parted else TABLES
        if self.table not in known:
            raise BadInput("estimation.choice", option="--table", value=self.table, known=", ".join(known))
        for option, value in (("--shard", self.shard), ("--workers", self.workers), ("--scheduler", self.scheduler)):
            if value and self.out is None:
                raise BadInput("regional.needs_out", option=option)
        if self.shard:
            ensembles.shard_of(self.shard)
        if self.question:
            parse(self.question)
        file = next((path for path in _with_parents(self.out) if path.exists() and not path.is_dir()), None)
        if file is not None:
            raise BadInput("regional.out_is_file", path=str(file))
        self.keep()

    @property
    def parted(self) -> bool:
        """Whether regions or groups are kept apart."""
        return bool(self.regions or self.groups)

    def keep(self) -> Keep:
        """What is kept of every draw."""
        over = [axis for axis, text in (("region", self.regions), ("group", self.groups), ("age", self.ages)) if text]
        parts = [part.strip() for part in self.ages.split(",") if part.strip()]
        if not all(part.isdigit() for part in parts):
            raise BadInput("regional.ages", found=self.ages)
        years = [part.strip() for part in self.moments.split(",") if part.strip()]
        if not all(year.isdigit() for year in years):
            raise BadInput("study.project.years", given=self.moments)
        accounts = tuple(axis for axis in over if axis != "age")
        return Keep(tuple(over), tuple(map(int, parts)) or FIVE, accounts, tuple(map(int, years)))


def projection_of(
    pack: Pack, request: ProjectionRequest, scenario: Scenario, tell: Tell = silent
) -> tuple[Prepared | World, Projection | RegionalProjection]:
    """What the projection starts from, and its draws: of shards where a folder is given."""
    world, run = gathered(pack, request, scenario, tell)
    if request.out is not None:
        _shards(world, run, request, scenario, tell)
        return world, ensembles.collect(request.out)
    tell("study.project.running")
    if isinstance(world, World):
        return world, project_world(world, run, scenario, request.keep())
    return world, project_national(world.inputs, world.processes, run.horizon, run.draws, run.seed, scenario)


def gathered(pack: Pack, request: ProjectionRequest, scenario: Scenario, tell: Tell) -> tuple[Prepared | World, Run]:
    """What the projection starts from, fitted or kept, and the run."""
    horizon = request.horizon or resolve(pack).regions.until
    if request.draws < 2:
        raise BadInput("study.project.draws", draws=request.draws)
    if scenario.parts() and not request.parted:
        raise BadInput("regional.needs_parts", names=", ".join(scenario.parts()))
    _refuse_horizon(horizon, newest_base(pack))
    tell("study.project.account")
    chosen = request.processes
    if request.parted:
        world: Prepared | World = world_of(pack, None, tell, choices=chosen)
    else:
        world = fitted(pack, account_of(pack, tell=tell), tell, chosen)
    base_year = world.national.base_year if isinstance(world, World) else world.inputs.base_year
    _refuse_horizon(horizon, base_year)
    length = horizon - base_year
    scenario.active(base_year, length)
    if scenario.until > horizon:
        note("regional.scenario.beyond", until=scenario.until, last=horizon)
    return world, Run(length, (0, request.draws), request.seed)


def _refuse_horizon(horizon: int, base_year: int) -> None:
    if not 1 <= horizon - base_year <= HORIZON:
        raise BadInput("projection.year", year=horizon, first=base_year + 1, last=base_year + HORIZON)


def _with_parents(folder: Path | None) -> tuple[Path, ...]:
    return () if folder is None else (folder, *folder.parents)


def _shards(world: Prepared | World, run: Run, request: ProjectionRequest, scenario: Scenario, tell: Tell) -> None:
    """Compute the asked shards; what is finished stays when this is interrupted."""
    folder = Path(str(request.out))
    plan = ensembles.plan_of(world, run, scenario, request.keep(), request.unit)
    units = plan.part(request.shard or None)
    ensembles.start(folder, plan, world, resume=request.resume or bool(request.shard))

    def step(done: int, total: int, unit: ensembles.Unit) -> None:
        tell("study.project.shard", done=done, total=total, first=unit[0], last=unit[1] - 1)

    try:
        if request.workers or request.scheduler:
            run_on_cluster(folder, units, request.scheduler, request.workers or 1, step)
        else:
            ensembles.run_units(folder, units, step)
    except KeyboardInterrupt:
        total = len(plan.units())
        tell("study.project.kept", done=total - len(ensembles.missing(folder)), total=total, folder=str(folder))
        raise


def answer(pack: Pack, request: ProjectionRequest, tell: Tell = silent) -> pl.DataFrame:
    """The table of the request; for a part of the shards a list of them, of the processes those there are."""
    if request.table == "processes":
        return processes_frame(request.processes)
    scenario = scenario_of(request.scenario, request.changes)
    if request.shard and request.out is not None:
        world, run = gathered(pack, request, scenario, tell)
        _shards(world, run, request, scenario, tell)
        return shards_of(request.out)
    ready, found = projection_of(pack, request, scenario, tell)
    if request.question:
        return pl.DataFrame({"question": [request.question], "probability": [found.probability(request.question)]})
    if isinstance(ready, World) and isinstance(found, RegionalProjection):
        return _regional(ready, found, request, tell)
    return _national(pack, ready, found, request)  # type: ignore[arg-type]


def processes_frame(chosen: ProcessChoices) -> pl.DataFrame:
    """component, process, chosen (yes or no), description (a key of the catalogues) of all that can be chosen."""
    rows = [
        (one.name, name, "yes" if getattr(chosen, one.name) == name else "no", f"process.{one.name}.{name}")
        for one in fields(chosen)
        for name in names_of(one.name)
    ]
    return pl.DataFrame(rows, schema=["component", "process", "chosen", "description"], orient="row")


def shards_of(folder: Path) -> pl.DataFrame:
    """first, last draw and whether finished, of every shard of a folder."""
    plan = ensembles.read_plan(folder)
    rows = [(first, last - 1, ensembles.finished(folder, plan, (first, last))) for first, last in plan.units()]
    return pl.DataFrame(rows, schema=["first", "last", "finished"], orient="row")


def _national(pack: Pack, ready: Prepared, found: Projection, request: ProjectionRequest) -> pl.DataFrame:
    if request.table == "gross":
        return gross_table(pack, ready, account_of(pack), found)
    if request.table == "pyramid":
        return found.pyramid(request.year or found.years[-1])
    if request.table == "parameters":
        return parameters_of(ready, Run(found.years[-1] - found.years[0], (0, len(found.groups)), request.seed))
    if request.table == "crises":
        return regimes_of(ready.processes.migration).crises()
    if request.table == "draws":
        return _draws(found, request.measure or "population")
    frame = found.quantiles()
    return frame.filter(pl.col("measure") == request.measure) if request.measure else frame


def outlook(frame: pl.DataFrame) -> pl.DataFrame:
    """First and last year, every fifth (of parts every tenth), 80 % and 95 % of the draws; counts in whole persons."""
    apart = 5 if frame["year"].is_unique().all() else 10
    years = frame["year"]
    shown = frame.filter((pl.col("year") % apart == 0) | pl.col("year").is_in([years.min(), years.max()]))
    levels = [name for name in shown.columns if name.startswith("q") and name not in ("q25", "q75")]
    names = [name for name in shown.columns if not name.startswith("q")]
    decimals = RATIOS if shown["measure"].is_in(IN_RATIOS).any() else 0
    rounded = [pl.col(level).round(decimals) for level in levels]
    return shown.select(*names, *(one if decimals else one.cast(pl.Int64) for one in rounded))


def whole_persons(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame as people read it: quantiles of persons are whole numbers, those of other measures as they are.

    Examples
    --------
    >>> frame = pl.DataFrame({"measure": ["births", "median_age"], "q50": [1234.5678, 32.25]})
    >>> whole_persons(frame)["q50"].to_list()
    [1235.0, 32.25]

    """
    persons = ~pl.col("measure").is_in(IN_RATIOS) if "measure" in frame.columns else pl.lit(value=True)
    quantiles = [name for name in frame.columns if name.startswith("q") and name[1:].replace(".", "").isdigit()]
    return frame.with_columns(
        pl.when(persons).then(pl.col(name).round()).otherwise(name).alias(name) for name in quantiles
    )


def _draws(found: Projection, measure: str) -> pl.DataFrame:
    known = found.measures()
    if measure not in known:
        raise BadInput("projection.measure", found=measure, known=", ".join(known))
    values = known[measure]
    years = found.years if values.shape[1] == len(found.years) else found.years[1:]
    return pl.DataFrame({"draw": range(len(values)), **{str(y): values[:, i] for i, y in enumerate(years)}})


def _regional(world: World, found: RegionalProjection, request: ProjectionRequest, tell: Tell) -> pl.DataFrame:
    regions, groups = (
        _names(found, axis, text) for axis, text in (("region", request.regions), ("group", request.groups))
    )
    last = found.compared().row(-1, named=True)
    off, clipped = f"{100 * last['difference']:+.2f}", f"{found.clipped():.0f}"
    tell("study.project.compared", off=off, year=last["year"], clipped=clipped)
    if request.table == "compared":
        return found.compared()
    if request.table == "deviations":
        return deviations_of(world)
    if request.table == "moments":
        return found.moments_frame()
    if request.table == "pyramid":
        return found.pyramid(request.year or found.years[-1], regions, groups)
    over = found.keep.over
    measures = (request.measure,) if request.measure else ("population",) if "age" in over else MEASURES
    if request.table == "draws":
        frame = _regional_draws(found, measures[0], over)
    else:
        frame = pl.concat([found.quantiles(over, QUANTILES, measure, found.keep.ages) for measure in measures])
    for axis, names in (("region", regions), ("group", groups)):
        if names is not None:
            frame = frame.filter(pl.col(axis).is_in(names))
    return frame


def _regional_draws(found: RegionalProjection, measure: str, over: Sequence[str]) -> pl.DataFrame:
    values = found.draws(measure, over, found.keep.ages)
    years = found.years if values.shape[1] == len(found.years) else found.years[1:]
    axes = {axis: found.names(axis, found.keep.ages) for axis in over}
    return tidy({"measure": [measure], "draw": range(len(values)), "year": years, **axes}, {"value": values})


def _names(found: RegionalProjection, axis: str, text: str) -> list[str] | None:
    """Names of an axis that are shown (None: all)."""
    if text in ("", "all"):
        return None
    names, known = [part.strip() for part in text.split(",")], found.names(axis)
    strange = unknown(names, known)
    if strange:
        raise BadInput("regional.label", axis=axis, found=listed(strange), known=", ".join(known))
    return names


def deviations_of(world: World) -> pl.DataFrame:
    """How regions stray: process, phi, sd of a yearly shock, common share, mean, last, figures (0: stated).

    One row a region where each has its own sd, else one a process.
    """
    parts, rows = world.deviations, []
    for name, one in (("fertility", parts.fertility), ("attraction", parts.attraction), ("level", parts.level)):
        own = isinstance(one.sd, tuple)
        regions = world.regional.regions if own else ("",)
        sds = one.sd if isinstance(one.sd, tuple) else (one.sd,)
        rows += [
            (name, region, one.phi, sd, one.common, one.mean, one.last, one.figures)
            for region, sd in zip(regions, sds, strict=True)
        ]
    columns = ["process", "region", "phi", "sd", "common", "mean", "last", "figures"]
    return pl.DataFrame(rows, schema=columns, orient="row")
