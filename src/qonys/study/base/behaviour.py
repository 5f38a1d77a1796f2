"""What the chain of a move starts from, of a country's pack: the regional projection's draws, education, distances.

Levels of education, the split of emigrants by country and the distances are added to what the regional projection has.
Where no figure joins them (education with ethnic group or region, country with ethnic group), they are taken as
independent given what is published, and a note says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys import inputs
from qonys.behaviour.alignment import Targets
from qonys.behaviour.inputs import Axes, BehaviourInputs
from qonys.behaviour.twin import without_chain
from qonys.catalog import Pack
from qonys.kernels.behaviour.chances import Places
from qonys.kernels.behaviour.usual import usual_moves
from qonys.kernels.behaviour.vital import Schooling, vital_years
from qonys.projection.national import Run
from qonys.projection.regional.drivers import RegionalForcing, World, attraction
from qonys.projection.regional.project import forcing_of
from qonys.projection.scenarios import Scenario
from qonys.study.factors.places import centre_distances

Array = NDArray[np.float64]
EDUCATIONS = ("basic", "higher")
HIGHER, UNKNOWN_LEVEL = "Post Secondary", "Under 15"
REACHED = (15, 20, 25, 30)
REST, NAMED = "other", 0.05
NOTES = tuple(f"behaviour.note.{name}" for name in ("education", "countries", "stages", "returns", "identity"))


@dataclass(frozen=True)
class Country:
    """What does not change by draw or scenario: `school`, `levels` (E, 2, A), `split` (K,) of emigrants, `apart`."""

    axes: Axes
    school: Schooling
    levels: Array
    split: Array
    apart: Array
    sources: tuple[str, ...]


def country_of(pack: Pack, world: World) -> Country:
    """Education, countries of destination and distances of a pack."""
    regional = world.regional
    ages = regional.base.shape[-1]
    levels, school = _education(pack, regional.base_year, ages)
    names, split = _countries(pack)
    axes = Axes(regional.regions, regional.groups, EDUCATIONS[: len(levels)], names)
    figures = [name for name in ("population_education", "external_flows_by_country") if not _lacks(pack, name)]
    sources = tuple(sorted({*regional.sources, *inputs.sources_of(pack, figures)}))
    return Country(axes, school, levels, split, _apart(pack, regional.regions), sources)


def _lacks(pack: Pack, name: str) -> bool:
    return bool(inputs.available(pack, (name,)))


def _education(pack: Pack, year: int, ages: int) -> tuple[Array, Schooling]:
    """Levels by sex and age in the newest year up to `year`, and how they are reached; one level without figures."""
    if _lacks(pack, "population_education"):
        return np.ones((1, 2, ages)), Schooling.none(ages)
    frame = inputs.rows(pack, "population_education").filter(pl.col("year").cast(pl.Int64) <= year)
    frame = frame.filter((pl.col("year") == frame["year"].max()) & (pl.col("education") != UNKNOWN_LEVEL))
    age = pl.col("age_group").str.extract(r"^(\d+)").cast(pl.Int64)
    value = pl.col("value").cast(pl.Float64)
    shares = frame.group_by("sex", age.alias("age")).agg(
        share=value.filter(pl.col("education") == HIGHER).sum() / value.sum()
    )
    found = np.zeros((2, ages))
    for sex, low, share in shares.sort("age").iter_rows():
        found[("female", "male").index(sex), low:] = share
    found[:, : REACHED[0]] = 0.0
    gained = []
    for at in REACHED:
        before, after = found[:, at - 1], found[:, at]
        gained.append(np.where(after > before, (after - before) / (1 - before), 0.0))
    levels = np.stack([1 - found, found])
    return levels, Schooling(np.array(REACHED, dtype=np.int64), np.array(gained), levels)


def _countries(pack: Pack) -> tuple[tuple[str, ...], Array]:
    """Countries with at least a twentieth of the emigrants of the newest whole year, and all others; their shares."""
    if _lacks(pack, "external_flows_by_country") or _lacks(pack, "external_flow_totals"):
        return (REST,), np.ones(1)
    year = pl.col("period").str.contains(r"^\d{4}$") & (pl.col("flow") == "emigrants")
    parts = inputs.rows(pack, "external_flows_by_country").filter(year)
    totals = inputs.chosen(pack, "external_flow_totals").filter(year).select("period", total=pl.col("value"))
    known = parts.join(totals.unique("period"), on="period").sort("value", descending=True)
    newest = known.filter(pl.col("period") == known["period"].max()).unique("category", maintain_order=True)
    big = newest.with_columns(share=pl.col("value").cast(pl.Float64) / pl.col("total").cast(pl.Float64))
    big = big.filter(pl.col("share") >= NAMED)
    if big.is_empty() or big["share"].sum() >= 1:
        return (REST,), np.ones(1)
    return (*big["category"], REST), np.array([*big["share"], 1 - big["share"].sum()])


def _apart(pack: Pack, regions: tuple[str, ...]) -> Array:
    """Logs of the distances of centres less their mean, (R, R); 0 on the diagonal."""
    found = np.zeros((len(regions), len(regions)))
    for origin, destination, km in centre_distances(pack, list(regions)).iter_rows():
        found[regions.index(origin), regions.index(destination)] = np.log(km)
    other = ~np.eye(len(regions), dtype=bool)
    found[other] -= found[other].mean() if len(regions) > 1 else 0.0
    return found


def behaviour_inputs(
    country: Country, world: World, run: Run, scenario: Scenario | None = None
) -> list[BehaviourInputs]:
    """Inputs of each draw of `run`, places without offsets.

    A scenario acts through its immigrants, births and deaths as in the regional projection, and on the chain by
    `places_of`.

    Raises
    ------
    BadInput
        A horizon or a number of draws that is impossible, unknown names in the scenario.

    """
    scenario = scenario or Scenario()
    forcing, tables = forcing_of(world, run, scenario)
    places, found = places_of(country, world, run.horizon, scenario), []
    for d in range(run.draws[1] - run.draws[0]):
        base = forcing.base[d][:, :, None] * country.levels
        found.append(
            BehaviourInputs(
                country.axes, world.regional.base_year, base, vital_years(tables, forcing.drivers, d), country.school,
                places, country.sources, (*world.regional.notes, *NOTES),
            )
        )  # fmt: skip
    return found


def places_of(country: Country, world: World, horizon: int, scenario: Scenario) -> tuple[Places, ...]:
    """What a scenario changes in the chain, year by year; the table of `study.analyses.behaviour.ACTS` says where.

    The pull of a region: its utility, as a place to stay and to go. Emigration of all, of a group or from a region: the
    log of the factor on the utility of all countries, or on the intention for a region. Moves inside: on the plan.
    """
    regions, groups, countries = len(country.axes.regions), len(country.axes.groups), len(country.axes.abroad)
    plain = Places(
        np.zeros(regions), np.zeros(regions), np.zeros((countries, groups)), np.zeros(groups),
        np.full((countries, groups), np.inf), country.apart,
    )  # fmt: skip
    with np.errstate(divide="ignore"):
        abroad = np.full(groups, np.log(scenario.emigration_times))
        for group, times in scenario.emigration_times_by_group.items():
            abroad[country.axes.groups.index(group)] += np.log(times)
        leave = np.zeros(regions)
        for region, times in scenario.emigration_times_by_region.items():
            leave[country.axes.regions.index(region)] += np.log(times)
        inside = np.log(scenario.internal_times)
    changed = replace(
        plain, value=np.log(attraction(world.regional, scenario)), leave=leave,
        abroad=np.broadcast_to(abroad, (countries, groups)).copy(), eased=np.full(groups, inside),
    )  # fmt: skip
    active = scenario.active(world.regional.base_year, horizon)
    return tuple(changed if now else plain for now in active)


def targets_of(country: Country, plain: list[BehaviourInputs], forcing: RegionalForcing, world: World) -> Targets:
    """Moves and emigrants of the first year of the regional projection, the mean of its draws."""
    tables = forcing_of(world, Run(1, (0, 1)), None)[1]
    regions = len(country.axes.regions)
    left, came, gone = np.zeros(regions), np.zeros(regions), np.zeros(len(country.axes.groups))
    for d, one in enumerate(plain):
        first = one.until(one.base_year + 1)
        usual = without_chain(first, usual_moves(tables, forcing.drivers, d))
        left += usual.moves[0].sum(axis=(1, 2))
        came += usual.moves[0].sum(axis=(0, 2))
        gone += usual.emigrants[0].sum(axis=(0, 1))
    count = len(plain)
    return Targets(left / count, came / count, country.split[:, None] * gone / count)
