"""Probabilistic projection of a national population: processes, age patterns and the cohort-component engine.

One draw is one path of fertility, longevity and net migration of the same number, and one base population. All
randomness is keyed by (seed, process, draw): more draws, other scenarios or another process leave a draw as
it is, so that scenarios can be compared draw by draw. Immigration and emigration are both above zero in every year
and draw: the net rate and the geometric mean of the two say how large each is. Years run from mid-year to mid-year.
Processes are independent of each other given the
country (an assumption; Kazakhstan's crises of the 1990s moved all three).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.kernels.cohorts import engine
from qonys.kernels.mortality.level_model import Family
from qonys.kernels.structure.ageing import median_of_groups as median_age
from qonys.projection.processes.protocol import Process
from qonys.projection.processes.vital import by_sex
from qonys.projection.published import DrawnDrivers, PublishedYears, held, status_of
from qonys.projection.questions import Term, labelled, parse
from qonys.projection.scenarios import Scenario as Scenario
from qonys.projection.starts import STREAMS as STREAMS
from qonys.projection.starts import begun as begun
from qonys.projection.starts import last_nets as last_nets
from qonys.projection.starts import normals as normals

Array = NDArray[np.float64]
AGES, GROUP = 101, 5
SEXES = ("female", "male")
QUANTILES = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)


@dataclass(frozen=True, kw_only=True)
class NationalInputs:
    """What is known of the country.

    `base` (2, 101) persons in the middle of `base_year`, `base_error` its relative standard error;
    `family` death rates by life expectancy; `sex_gap` levels of life expectancy and the sexes' difference there;
    `pattern` (T, 101) shares of fertility by age; `sex_ratio` (T,); `immigrant_ages`, `emigrant_ages` (2, 101)
    age schedules of immigrants and of emigration rates; `turnover` immigrants per resident at a balance of zero (0:
    not known), which a projection without a process of gross flows takes for their geometric mean in every year;
    `last_net`: mean and standard error of the last net rate per 1,000 (None: that of the data, sure). `published`: what
    is published of the base year and later (None: nothing that the processes have not seen).
    """

    country: str
    base_year: int
    base: Array
    base_error: float
    family: Family
    sex_gap: tuple[Array, Array]
    pattern: Array
    sex_ratio: Array
    immigrant_ages: Array
    emigrant_ages: Array
    turnover: float
    last_net: tuple[float, float] | None = None
    published: PublishedYears | None = None


@dataclass(frozen=True)
class Processes:
    """The processes of the country: births per woman, years of life of both sexes, net migrants per person and year.

    `gross`: geometric mean of immigration and emigration per person and year (None: nothing is known of them).
    """

    fertility: Process
    longevity: Process
    migration: Process
    gross: Process | None = None


@dataclass(frozen=True, kw_only=True)
class Projection:
    """Draws of a projection: `groups` (D, T + 1, 2, 21) persons by sex and five-year age, mid-year.

    `births`, `deaths`, `arrivals`, `departures` (D, T) from mid-year to mid-year; `short`: persons who were to
    leave and could not; `fertility`, `net_rate` (D, T), `longevity` (D, T, 2): the drivers. `gross_known`: whether
    arrivals and departures are told; else only their balance is, and one of the two is 0 in every year and draw.
    """

    country: str
    years: tuple[int, ...]
    groups: Array
    accounts: Array
    fertility: Array
    longevity: Array
    net_rate: Array
    residual: float
    seed: int
    scenario: Scenario = field(default_factory=Scenario)
    gross_known: bool = True
    published: PublishedYears | None = None

    @property
    def population(self) -> Array:
        """Persons by draw and year, (D, T + 1)."""
        return np.asarray(self.groups.sum(axis=(2, 3)))

    def ages(self, low: int, high: int | None = None) -> Array:
        """Persons of ages low .. high - 1 (multiples of five; None: no upper limit), (D, T + 1).

        Raises
        ------
        BadInput
            Ages that are no multiples of five.

        """
        if low % GROUP or (high is not None and high % GROUP):
            raise BadInput("projection.ages", low=low, high=high)
        return np.asarray(self.groups[..., low // GROUP : None if high is None else high // GROUP].sum(axis=(2, 3)))

    def net(self) -> Array:
        """Net migrants of each year, (D, T)."""
        return np.asarray(self.accounts[..., engine.ARRIVALS] - self.accounts[..., engine.DEPARTURES])

    def gross(self) -> dict[str, Array]:
        """Immigrants and emigrants of each year, (D, T)."""
        return {
            "immigrants": self.accounts[..., engine.ARRIVALS],
            "emigrants": self.accounts[..., engine.DEPARTURES],
        }

    def measures(self) -> dict[str, Array]:
        """Named measures by draw and year: stocks (D, T + 1), flows and drivers (D, T).

        Without `immigrants` and `emigrants` where they are not known.
        """
        old, work, young = self.ages(65), self.ages(15, 65), self.ages(0, 15)
        return {
            "population": self.population,
            "age_0_14": young,
            "age_15_64": work,
            "age_65": old,
            "old_age_dependency": 100 * old / work,
            "child_dependency": 100 * young / work,
            "median_age": median_age(self.groups.sum(axis=2)),
            "births": self.accounts[..., engine.BIRTHS],
            "deaths": self.accounts[..., engine.DEATHS],
            **(self.gross() if self.gross_known else {}),
            "net_migration": self.net(),
            "total_fertility": self.fertility,
            "life_expectancy_female": self.longevity[..., 0],
            "life_expectancy_male": self.longevity[..., 1],
        }

    def quantiles(self, levels: tuple[float, ...] = QUANTILES) -> pl.DataFrame:
        """Columns measure, year, status, q<level>, in the units of `measures`; flows of year y run from mid y - 1.

        `status`: published, partly published, estimated (the base) or forecast (`published.status_of`).
        """
        frames = []
        for name, values in self.measures().items():
            years = self.years if values.shape[1] == len(self.years) else self.years[1:]
            found = np.quantile(values, levels, axis=0)
            columns = {f"q{100 * level:g}": row for level, row in zip(levels, found, strict=True)}
            status = [status_of(self.published, name, year - self.years[0]) for year in years]
            frames.append(pl.DataFrame({"measure": [name] * len(years), "year": years, "status": status, **columns}))
        return pl.concat(frames)

    def pyramid(self, year: int, levels: tuple[float, ...] = QUANTILES) -> pl.DataFrame:
        """Columns sex, age_start (five-year groups) and q<level>, persons."""
        place = self.place(year)
        rows = []
        for s, sex in enumerate(SEXES):
            found = np.quantile(self.groups[:, place, s], levels, axis=0)
            for g in range(found.shape[1]):
                cells = {f"q{100 * level:g}": float(row[g]) for level, row in zip(levels, found, strict=True)}
                rows.append({"sex": sex, "age_start": g * GROUP, **cells})
        return pl.DataFrame(rows)

    def place(self, year: int) -> int:
        """Place of a year among `years`.

        Raises
        ------
        BadInput
            A year that was not projected.

        """
        if year not in self.years:
            raise BadInput("projection.year", year=year, first=self.years[0], last=self.years[-1])
        return self.years.index(year)

    def probability(
        self, measure: str, year: int | None = None, *, below: float | None = None, above: float | None = None
    ) -> float:
        """Share of draws in which a measure lies below and/or above a limit in a year.

        Or of a question in words, such as "population[2050] < 22e6" or "age_65[2050] > age_0_14[2050]".
        """
        if year is None:
            return parse(measure).share(self._term)
        column = self._column(measure, year)
        inside = np.ones(len(column), dtype=bool)
        if below is not None:
            inside &= column < below
        if above is not None:
            inside &= column > above
        return float(inside.mean())

    def _column(self, measure: str, year: int) -> Array:
        known = self.measures()
        if measure not in known:
            raise BadInput("projection.measure", found=measure, known=", ".join(known))
        values = known[measure]
        return values[:, self.place(year) - (0 if values.shape[1] == len(self.years) else 1)]

    def _term(self, term: Term) -> Array:
        term.only(())
        return self._column(term.measure, term.year)

    def sum(self, sex: str | None = None, ages: tuple[int, int | None] = (0, None)) -> Array:
        """Persons of a sex (None: both) and of ages low up to, not with, high, (D, T + 1).

        Raises
        ------
        BadInput
            A sex that is not known, or ages that are no multiples of five.

        """
        if sex is not None and sex not in SEXES:
            raise BadInput("regional.label", axis="sex", found=sex, known=", ".join(SEXES))
        low, high = ages
        if low % GROUP or (high is not None and high % GROUP):
            raise BadInput("projection.ages", low=low, high=high)
        part = self.groups[..., low // GROUP : None if high is None else high // GROUP].sum(axis=3)
        return np.asarray(part.sum(axis=2) if sex is None else part[..., SEXES.index(sex)])

    def to_frame(self) -> pl.DataFrame:
        """The quantiles of every measure; columns as for `quantiles`."""
        return self.quantiles()

    def to_xarray(self) -> Any:
        """The draws by draw, year, sex and age (start of the group) as an xarray.DataArray, persons."""
        return labelled(self.groups, ("draw", "year", "sex", "age"), {
            "draw": range(len(self.groups)), "year": self.years, "sex": SEXES,
            "age": range(0, GROUP * self.groups.shape[-1], GROUP),
        })  # fmt: skip


def project_national(
    inputs: NationalInputs,
    processes: Processes,
    horizon: int,
    draws: int | tuple[int, int],
    seed: int = 1,
    scenario: Scenario | None = None,
) -> Projection:
    """Project the country `horizon` years from its base; `draws`: how many, or from which up to, not with, which.

    Raises
    ------
    BadInput
        A horizon beyond the age patterns, or less than one year or draw.

    """
    scenario = scenario or Scenario()
    run = Run(horizon, draws if isinstance(draws, tuple) else (0, draws), seed)
    drivers, found = forward(inputs, paths_of(inputs, processes, run), scenario, _buckets())
    groups = found.buckets.reshape(len(found.buckets), horizon + 1, 2, -1)
    years = tuple(range(inputs.base_year, inputs.base_year + horizon + 1))
    return Projection(
        country=inputs.country,
        years=years,
        groups=groups,
        accounts=found.accounts,
        fertility=drivers.fertility,
        longevity=drivers.longevity,
        net_rate=drivers.net_rate,
        residual=found.residual(),
        seed=seed,
        scenario=scenario,
        gross_known=gross_known(inputs, processes),
        published=inputs.published,
    )


def gross_known(inputs: NationalInputs, processes: Processes) -> bool:
    """Whether anything is known of immigrants and emigrants apart."""
    return processes.gross is not None or inputs.turnover > 0


@dataclass(frozen=True)
class Run:
    """How far, which draws (from the first up to, not with, the second), and the seed."""

    horizon: int
    draws: tuple[int, int]
    seed: int = 1

    def years(self, base_year: int) -> tuple[int, ...]:
        """The base year and the projected ones."""
        return tuple(range(base_year, base_year + self.horizon + 1))


@dataclass(frozen=True)
class NationalPaths:
    """What no scenario changes: `base` (D, 2, 101) persons, and the paths of the processes as drawn or published."""

    base: Array
    drawn: DrawnDrivers


def paths_of(inputs: NationalInputs, processes: Processes, run: Run) -> NationalPaths:
    """Base and paths of the draws.

    Raises
    ------
    BadInput
        A horizon or a number of draws that is impossible, or processes that end in another year.

    """
    first, last = run.draws
    if not 1 <= run.horizon <= len(inputs.pattern) or not 0 <= first < last:
        raise BadInput("projection.horizon", horizon=run.horizon, most=len(inputs.pattern), draws=last - first)
    factor = np.exp(inputs.base_error * normals(run.seed * 100 + STREAMS["base"], run.draws))
    base, drawn = inputs.base[None] * factor[:, None, None], _drawn(inputs, processes, run)
    return NationalPaths(base, drawn if inputs.published is None else held(base, inputs, inputs.published, drawn))


def forward(
    inputs: NationalInputs, paths: NationalPaths, scenario: Scenario, buckets: NDArray[np.int64]
) -> tuple[engine.CohortDrivers, engine.CohortEnsemble]:
    """The drivers of the draws and their populations, summed into `buckets` (2, 101).

    Raises
    ------
    BadInput
        The scenario holds in no year, or life expectancies beyond the death rates that are known.

    """
    horizon = paths.drawn.fertility.shape[1]
    drivers = _drivers(inputs, paths.drawn, scenario)
    now = scenario.active(inputs.base_year, horizon)
    levers = np.where(
        now[:, None], [scenario.immigration_times, scenario.emigration_times, scenario.arriving()], [1.0, 1.0, 0.0]
    )
    tables = engine.CohortTables(
        e0=inputs.family.e0,
        survival=inputs.family.survival,
        pattern=inputs.pattern[:horizon],
        sex_ratio=inputs.sex_ratio[:horizon],
        immigrant_ages=inputs.immigrant_ages,
        emigrant_ages=inputs.emigrant_ages,
        added=np.where(now, scenario.net_add, 0.0),
        buckets=buckets,
        levers=levers,
    )
    return drivers, engine.run(paths.base, tables, drivers)


def _drivers(inputs: NationalInputs, drawn: DrawnDrivers, scenario: Scenario) -> engine.CohortDrivers:
    now = scenario.active(inputs.base_year, drawn.fertility.shape[1])
    net, gross = drawn.net, drawn.gross
    fertility = np.where(now, drawn.fertility * scenario.fertility_times, drawn.fertility)
    longevity = by_sex(drawn.longevity + now * scenario.longevity_add, inputs.sex_gap)
    if scenario.no_migration:
        net, gross = np.where(now, 0.0, net), np.where(now, 0.0, gross)
    low, high = float(inputs.family.e0[0]), float(inputs.family.e0[-1])
    if longevity.min() < low or longevity.max() > high:
        worst = longevity.min() if longevity.min() < low else longevity.max()
        raise BadInput("projection.longevity", found=round(float(worst), 1), low=low, high=high)
    return engine.CohortDrivers(fertility, longevity, net, gross)


def _drawn(inputs: NationalInputs, processes: Processes, run: Run) -> DrawnDrivers:
    """Paths of the processes from the base year, or from what is published of it and later."""
    horizon, draws, known = run.horizon, run.draws, inputs.published
    parts = (processes.fertility, processes.longevity, processes.migration)
    ends = {one.last_year for one in (*parts[: 3 if known is None else 0], processes.gross) if one is not None}
    if ends - {inputs.base_year} or max(one.last_year for one in parts) > inputs.base_year:
        raise BadInput("projection.last_year", year=inputs.base_year)
    key = {name: run.seed * 100 + stream for name, stream in STREAMS.items()}
    fertility, both = (
        one.paths(inputs.country, horizon, draws, key[name], begun(inputs, name, one, run))
        for name, one in zip(("fertility", "longevity"), parts, strict=False)
    )
    later = 0 if known is None else min(known.later, horizon - 1)
    net = processes.migration.paths(inputs.country, horizon - later, draws, key["migration"], last_nets(inputs, run))
    net = np.concatenate([np.zeros((len(net), later)), net], axis=1)
    gross = np.full_like(net, inputs.turnover)
    if processes.gross is not None:
        gross = processes.gross.paths(inputs.country, horizon, draws, key["gross"])
    return DrawnDrivers(fertility, both, net, gross)


def _buckets() -> NDArray[np.int64]:
    groups = np.arange(AGES) // GROUP
    return np.stack([groups, groups + AGES // GROUP + 1]).astype(np.int64)
