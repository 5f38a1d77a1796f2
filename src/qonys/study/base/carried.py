"""The last age structure carried to the last official count by what is published in between.

The ages are the UN's estimate of the middle of their last year, brought to the official residents then; each year on is
one step of cohorts with the registered births, deaths and net migration, half of either calendar year. Nothing of the
UN's projection enters: the age patterns of fertility and mortality are the pack's, their levels those at which the
published events come out, and migrants have the schedules of the projection.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.catalog import Pack
from qonys.errors import BadInput
from qonys.inputs.counts import EVENTS, last_count, registered_events
from qonys.inputs.partners import GROSS, SIDES, gross_years
from qonys.kernels.mortality.level_model import at_level
from qonys.projection.processes.vital import by_sex
from qonys.projection.published import HALVINGS, CohortRates, PublishedYears, StepCounts, met

Array = NDArray[np.float64]
FIGURES = ("births", "deaths", "net_migration", "ethnic_current", GROSS)


@dataclass(frozen=True)
class Carried:
    """`base` (2, 101) persons in the middle of the year before the last count, and what is published from then on."""

    base: Array
    published: PublishedYears


def carried(pack: Pack, single: Array, last: int, year: int, rates: CohortRates) -> Carried:
    """Ages in the middle of `year` from those in the middle of `last`, whose level is not used.

    `single` (2, 101) estimated ages; `rates` with one row of fertility and of the sex ratio for each year of `last` to
    `year`. The official residents of 1 January are the last count less the registered events since: the base is the
    mean of the two that enclose its middle.

    Raises
    ------
    BadInput
        Events of a year between are not published, or the age structure is not older than the count.

    """
    count = last_count(pack)
    table = registered_events(pack, last)
    known = {row["year"]: row for row in table.iter_rows(named=True)}
    whole = range(last, year + 1)
    missing = [f"{y}" for y in whole if any(known.get(y, {}).get(name) is None for name in EVENTS)]
    if missing or count is None or count.year != year + 1:
        raise BadInput("base.missing", columns="year", cells="; ".join(missing or [str(year)]), count=len(missing))
    growth = {y: known[y]["births"] - known[y]["deaths"] + known[y]["net_migration"] for y in whole}
    middle = count.persons - sum(growth.values()) + growth[last] / 2
    people = (single * (middle / single.sum()))[None]
    mean = _gross(pack)
    for place, y in enumerate(range(last, year)):
        halves = (np.array([(known[y][name] + known[y + 1][name]) / 2]) for name in EVENTS)
        gross = np.array([(mean.get(y, 0.0) + mean.get(y + 1, 0.0)) / 2])
        people = met(people, rates, place, StepCounts(*halves), gross)[2].population
    base = people[0]
    return Carried(base, _published(table, base, year, rates, mean))


def _gross(pack: Pack) -> dict[int, float]:
    """Geometric mean of the published immigrants and emigrants by whole calendar year, persons."""
    flows = gross_years(pack)
    mean = (pl.col(SIDES[0]) * pl.col(SIDES[1])).sqrt()
    return {int(year): float(value) for year, value in flows.select("year", mean.alias("mean")).iter_rows()}


def _published(
    table: pl.DataFrame, base: Array, year: int, rates: CohortRates, gross: dict[int, float]
) -> PublishedYears:
    """What is published without a gap from `year` on, and the levels of that year."""
    births, deaths, net = (_run(table, name, year) for name in EVENTS)
    fertility = births[0] / float(base[0] @ rates.pattern[-1])
    flows = pl.DataFrame({"year": list(gross), "gross": list(gross.values())}, {"year": pl.Int64, "gross": pl.Float64})
    return PublishedYears(
        births=births, deaths=deaths, net=net, fertility=fertility, longevity=_longevity(base, deaths[0], rates),
        gross=_run(flows, "gross", year),
    )  # fmt: skip


def _run(table: pl.DataFrame, name: str, year: int) -> tuple[float, ...]:
    """Values of a column from `year` on, up to the first year without one."""
    known = dict(table.select("year", name).drop_nulls().iter_rows())
    found: list[float] = []
    while year + len(found) in known:
        found.append(float(known[year + len(found)]))
    return tuple(found)


def _longevity(people: Array, deaths: float, rates: CohortRates) -> float:
    """Life expectancy of both sexes at which a mid-year population (2, 101) has the deaths of the year."""
    gap = float(np.max(np.abs(rates.sex_gap[1]))) / 2
    low, high = float(rates.family.e0[0]) + gap, float(rates.family.e0[-1]) - gap
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        level = at_level(rates.family, rates.family.rates, by_sex(np.array(middle), rates.sex_gap))
        low, high = (middle, high) if float((level * people).sum()) > deaths else (low, middle)
    return (low + high) / 2
