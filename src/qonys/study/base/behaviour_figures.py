"""The figures to which the chain is fitted, from a country's pack, and the country as the fit sees it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys import inputs
from qonys.behaviour.alignment import Targets, aligned
from qonys.behaviour.inputs import BehaviourInputs
from qonys.behaviour.observed import SAMPLE, Observed
from qonys.behaviour.parameters import mechanism
from qonys.behaviour.past import Past
from qonys.catalog import Pack
from qonys.errors import BadInput
from qonys.inputs import series
from qonys.inputs.statements import moves_between_regions
from qonys.projection.national import Run
from qonys.projection.regional.drivers import World
from qonys.projection.regional.project import forcing_of
from qonys.study.base.behaviour import Country, behaviour_inputs, country_of, targets_of
from qonys.study.base.history import wholes_of
from qonys.study.chapters.potential import BY_AGE, CONSIDERS, PLANS, emigrants

Array = NDArray[np.float64]
FEWEST = 2
FIGURES = ("internal_od", CONSIDERS, PLANS, BY_AGE, "external_flow_totals", "external_flows_by_country")


@dataclass(frozen=True)
class Ground:
    """What is fitted: `inputs` whose places have offsets, figures `seen`, and the country."""

    inputs: BehaviourInputs
    seen: Observed
    country: Country
    sources: tuple[str, ...]


def ground_of(pack: Pack, world: World, held: int = 0) -> Ground:
    """Country and figures of a pack; the newest `held` matrices of moves have no part in the offsets of places.

    The first base population stands for all. Offsets are those with which the chain, at the means of its priors, meets
    departures and arrivals of the newest matrix, less their mean: the level is left to the parameters.

    Raises
    ------
    BadInput
        Fewer than two whole years of moves between regions.

    """
    country, run = country_of(pack, world), Run(1, (0, 1))
    plain = behaviour_inputs(country, world, run)
    wanted = targets_of(country, plain, forcing_of(world, run)[0], world)
    seen = _seen(pack, world, country, wanted)
    newest = seen.moves[max(len(seen.moves) - 1 - held, 0)]
    first = Targets(newest.sum(axis=1), newest.sum(axis=0), wanted.gone)
    ready = aligned(mechanism(), plain[0].until(world.regional.base_year + 1), first).inputs
    places = tuple(replace(one, leave=one.leave - one.leave.mean()) for one in ready.places)
    there = [name for name in FIGURES if not inputs.available(pack, (name,))]
    sources = tuple(sorted({*country.sources, *inputs.sources_of(pack, there)}))
    return Ground(replace(ready, places=places), seen, country, sources)


def _seen(pack: Pack, world: World, country: Country, wanted: Targets) -> Observed:
    years, moves = matrices(pack, country.axes.regions)
    past = Past(years, _scale(pack, world, country.axes.regions, years))
    wish, plan, ages = _wishes(pack)
    return Observed(past, moves, _by_country(pack, country, world.regional.base_year), wanted.gone.sum(axis=0), wish,
                    plan, ages, SAMPLE)  # fmt: skip


def matrices(pack: Pack, regions: tuple[str, ...]) -> tuple[tuple[int, ...], Array]:
    """Whole years in which every pair of regions has its moves, and the moves (T, R, R).

    Raises
    ------
    BadInput
        Fewer than two such years.

    """
    vintage = str(pack.vintages().sort("order")["vintage"][-1])
    table = moves_between_regions(pack, vintage)
    table = table.filter(pl.col("origin").is_in(regions) & pl.col("destination").is_in(regions))
    pairs, found = len(regions) * (len(regions) - 1), {}
    for (year,), rows in sorted(table.group_by("year")):
        if len(rows) == pairs:
            square = np.zeros((len(regions), len(regions)))
            for origin, destination, value in rows.select("origin", "destination", "value").iter_rows():
                square[regions.index(origin), regions.index(destination)] = value
            found[int(str(year))] = square
    if len(found) < FEWEST:
        raise BadInput("behaviour.few_years", found=len(found), fewest=FEWEST)
    return tuple(found), np.stack(list(found.values()))


def _scale(pack: Pack, world: World, regions: tuple[str, ...], years: tuple[int, ...]) -> Array:
    """People of regions in the middle of years over those of the base, (T, R).

    A region that was part of another in the oldest boundaries has its growth.
    """
    vintage = str(pack.vintages().sort("order")["vintage"][0])
    people = series.regional_years(pack, vintage)[0]
    wholes = tuple(str(label) for label in people.axis("region").labels)
    known = [int(str(label)) for label in people.axis("time").labels]
    part_of = wholes_of(pack, regions, wholes)

    def middle(year: int) -> Array:
        at = known.index(min(year, known[-1]))
        return np.asarray(people.values[at : at + 2].mean(axis=0))

    base = middle(world.regional.base_year)
    return np.stack([(middle(year) / base)[part_of] for year in years])


def _wishes(pack: Pack) -> tuple[float, float, Array]:
    """Shares of those who consider leaving, of these who mean it soon, and by age; nan and none without figures."""
    if inputs.available(pack, (CONSIDERS, PLANS)):
        return np.nan, np.nan, np.zeros((0, 3))
    considers, plans = (float(inputs.rows(pack, name)["value"][0]) for name in (CONSIDERS, PLANS))
    if inputs.available(pack, (BY_AGE,)):
        return considers / 100, plans / considers, np.zeros((0, 3))
    ages = [
        (*(float(end) for end in group.split("-")), value / 100)
        for group, value in inputs.rows(pack, BY_AGE).sort("group").select("group", "value").iter_rows()
    ]
    return considers / 100, plans / considers, np.array(ages)


def _by_country(pack: Pack, country: Country, last: int) -> Array:
    """Emigrants of the newest whole year up to `last` by country of destination, (K,); none without a total."""
    if inputs.available(pack, ("external_flow_totals_own_report",)):
        return np.zeros(0)
    totals = emigrants(pack).filter(pl.col("whole") & (pl.col("year") <= last)).sort("year")
    if totals.is_empty():
        return np.zeros(0)
    newest = totals.row(-1, named=True)
    return np.asarray(country.split * (newest["low"] + newest["high"]) / 2)
