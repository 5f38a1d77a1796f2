"""From the national draws to what drives regions and groups: factors by draw, year, region and group.

Each national draw gives births, arrivals and departures of a year and the population at single ages. Births and
emigrants become factors on relative rates: the nation's count over what the rates of the regions, averaged at the
base, would give in the nation's own population; so the nation's figures are met at the base and later only as far
as the people of regions and groups stay alike. Arrivals are counts, shared out. Deaths follow the nation's life
expectancy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.kernels.cohorts import engine as cohort_engine
from qonys.kernels.multiregional import step as multiregional
from qonys.kernels.multiregional.step import Dense
from qonys.projection.national import AGES, NationalInputs, NationalPaths, Processes, Run, forward, paths_of
from qonys.projection.regional.inputs import RegionalInputs
from qonys.projection.regional.processes import STREAMS, Deviations
from qonys.projection.scenarios import ALL, Scenario

Array = NDArray[np.float64]
# Sums by draw are written as products and sums, not as matrix products: those round by the shape of the whole.


@dataclass(frozen=True)
class World:
    """Inputs of a regional projection: regions, nation, national processes and deviations of the regions."""

    regional: RegionalInputs
    national: NationalInputs
    processes: Processes
    deviations: Deviations

    def __post_init__(self) -> None:
        if self.regional.base_year != self.national.base_year:
            raise BadInput("regional.base_year", regional=self.regional.base_year, national=self.national.base_year)
        if self.regional.base.shape[-2:] != self.national.base.shape:
            raise BadInput("regional.ages_of_base", found=self.regional.base.shape[-2:], need=self.national.base.shape)


@dataclass(frozen=True, kw_only=True)
class RegionalForcing:
    """`base` (D, R, G, 2, A), `drivers` of the regional engine, the nation's `population` (D, T + 1) and `accounts`.

    `fertility` (D, T), `longevity` (D, T, 2), `level` (D, T) of internal moves as drawn.
    `shift`: greatest change of a region's people, as a share, when the base is brought to the nation's ages.
    `missed` (D, T): immigrants whom a scenario takes away and who are not there. `factors`: of the regions.
    `own` (2, D): births and emigrants of the nation's base at unit rates over those of the regions' base.
    `paths`: of the nation's processes.
    """

    base: Array
    drivers: multiregional.Drivers
    population: Array
    accounts: Array
    fertility: Array
    longevity: Array
    level: Array
    shift: float
    missed: Array
    factors: RegionalFactors
    own: Array
    paths: NationalPaths


@dataclass(frozen=True)
class RegionalFactors:
    """Factors of regions (D, T, R): fertility, taking in, leaving the country, leaving the region; level (D, T).

    `shares` (D, T, R, G): of immigrants, with the usual pull of regions.
    """

    fertility: Array
    taking: Array
    abroad: Array
    inside: Array
    level: Array
    shares: Array


@dataclass(frozen=True)
class FixedRates:
    """What does not change by draw: tables of the engine and weights of the base.

    `fertility` (A,) and `emigration` (2, A): rates of the regions in the mean base as one; `share` (R, G) of
    immigrants; `emigrants`, `leavers` and `mothers`: weights (R,), summing to 1.
    """

    tables: multiregional.Tables
    fertility: Array
    emigration: Array
    share: Array
    emigrants: Array
    leavers: Array
    mothers: Array


def standing(world: World) -> FixedRates:
    """Tables and weights of the base."""
    inputs, mean = world.regional, world.regional.base.mean(axis=0)
    emigration = inputs.emigration / max(float(inputs.emigration.max()), 1e-300)
    by_cell = inputs.immigration.sum(axis=(2, 3))
    tables = multiregional.Tables(
        _mortality(world, mean)[:, :, None, None], inputs.fertility, inputs.mixing, Dense(inputs.od), emigration,
        _schedules(inputs.immigration, world.national.immigrant_ages),
    )  # fmt: skip
    leavers = (Dense(inputs.od).leave()[:, None] * mean).sum(axis=(1, 2, 3))
    return FixedRates(
        tables,
        _mean(inputs.fertility, mean[:, :, 0]),
        _mean(emigration, mean),
        by_cell / by_cell.sum(),
        _shares((emigration * mean).sum(axis=(1, 2, 3))),
        _shares(leavers),
        _shares((inputs.fertility * mean[:, :, 0]).sum(axis=(1, 2))),
    )


def _shares(weights: Array) -> Array:
    total = weights.sum()
    return np.asarray(weights / total if total > 0 else np.full(len(weights), 1 / len(weights)))


def _mean(rates: Array, people: Array) -> Array:
    """Rates of all regions and groups as one, weighted by people; a plain mean where there are none."""
    weight = people.sum(axis=(0, 1))
    met = (rates * people).sum(axis=(0, 1)) / np.where(weight > 0, weight, 1.0)
    return np.asarray(np.where(weight > 0, met, rates.mean(axis=(0, 1))))


def _mortality(world: World, mean: Array) -> Array:
    """Factors on death rates that leave the nation's deaths at the base as they are (the median life expectancy)."""
    family, factor = world.national.family, world.regional.mortality
    deaths = (family.rates[:, len(family.e0) // 2] * mean).sum(axis=(2, 3))
    return np.asarray(factor * (deaths.sum() / (factor * deaths).sum()))


def _schedules(immigration: Array, national: Array) -> Array:
    """Age schedule of the immigrants of each region and group, summing to 1; the nation's where there are none."""
    total = immigration.sum(axis=(2, 3), keepdims=True)
    own = immigration / np.where(total > 0, total, 1.0)
    return np.asarray(np.where(total > 0, own, national / national.sum()))


def driven(
    world: World, fixed: FixedRates, run: Run, scenario: Scenario, other: RegionalForcing | None = None
) -> RegionalForcing:
    """The draws of `run`, from the national projection of the same draws.

    `other`: the same draws under another scenario, whose base and deviations are taken over, as are the nation's paths.

    Raises
    ------
    BadInput
        The scenario names a region or group that is not projected.

    """
    cells = np.arange(2 * AGES, dtype=np.int64).reshape(2, AGES)
    paths = paths_of(world.national, world.processes, run) if other is None else other.paths
    vital, nation = forward(world.national, paths, scenario, cells)
    people = nation.buckets.reshape(*nation.buckets.shape[:2], 2, AGES)
    base, shift = _base(world.regional.base, people[:, 0], run.draws) if other is None else (other.base, other.shift)
    family = world.national.family
    mortality = -np.log(family.survival.transpose(1, 0, 2))
    place = (vital.longevity - family.e0[0]) / (family.e0[1] - family.e0[0])
    factors = _deviations(world, fixed, run) if other is None else other.factors
    exposed = _exposed(people, fixed)
    own = _own(exposed[:, 0], base, fixed) if other is None else other.own
    births, leavers = _factors(exposed, nation.accounts, own)
    coming, missed = _immigration(world, fixed, nation.accounts, scenario, factors)
    drivers = multiregional.Drivers(
        mortality, place, np.asarray((births[..., None] * factors.fertility)[..., None]),
        _internal(world, run, scenario, factors), _emigration(world, leavers, scenario, factors), coming,
        world.national.sex_ratio[: run.horizon],
    )  # fmt: skip
    return RegionalForcing(
        base=base,
        drivers=drivers,
        population=people.sum(axis=(2, 3)),
        accounts=nation.accounts,
        fertility=vital.fertility,
        longevity=vital.longevity,
        level=factors.level,
        shift=shift,
        missed=missed,
        factors=factors,
        own=own,
        paths=paths,
    )


def _base(replicates: Array, nation: Array, draws: tuple[int, int]) -> tuple[Array, float]:
    """Replicate d mod K of each draw brought to the nation's sexes and ages; greatest change of a region."""
    chosen = replicates[np.arange(*draws) % len(replicates)]
    held = chosen.sum(axis=(1, 2))
    ratio = nation / np.where(held > 0, held, 1.0)
    found = chosen * ratio[:, None, None]
    before, after = chosen.sum(axis=(2, 3, 4)), found.sum(axis=(2, 3, 4))
    before = before * (after.sum(axis=1) / before.sum(axis=1))[:, None]
    return found, float(np.abs(after / np.maximum(before, 1) - 1).max())


def _deviations(world: World, fixed: FixedRates, run: Run) -> RegionalFactors:
    regions, parts = len(world.regional.regions), world.deviations
    bear, pull, level = (
        getattr(parts, name).paths(STREAMS[name], run.horizon, 1 if name == "level" else regions, run.draws, run.seed)
        for name in ("fertility", "attraction", "level")
    )
    taking = pull - 2 * parts.attraction.lifted(run.horizon)  # its mean factor is 1 as that of leaving is
    taking = np.exp(taking)
    return RegionalFactors(
        _kept(np.exp(bear), fixed.mothers), taking, _kept(np.exp(-pull), fixed.emigrants),
        _kept(np.exp(-pull), fixed.leavers), np.exp(level[..., 0]), _spread(fixed.share, taking),
    )  # fmt: skip


def _spread(share: Array, taking: Array) -> Array:
    """Shares of immigrants (R, G) times what regions take in (D, T, R), summing to 1, (D, T, R, G)."""
    weight = share * taking[..., None]
    return np.asarray(weight / weight.sum(axis=(2, 3), keepdims=True))


def _kept(factor: Array, weights: Array) -> Array:
    """Factors (D, T, R) whose weighted mean is 1."""
    return np.asarray(factor / (factor * weights).sum(axis=-1, keepdims=True))


def _per(count: Array, exposed: Array) -> Array:
    return np.divide(count, exposed, out=np.zeros_like(count), where=exposed > 0)


def _exposed(people: Array, fixed: FixedRates) -> Array:
    """Births and emigrants of the nation's people (D, T + 1, 2, A) at unit rates, (D, T + 1, 2)."""
    bearing = np.stack([fixed.fertility, np.zeros_like(fixed.fertility)])
    rates = np.stack([bearing, fixed.emigration]).reshape(2, -1)
    found: Array = np.einsum("dtc,kc->dtk", people.reshape(*people.shape[:2], -1), rates)
    return found


def _own(nation: Array, base: Array, fixed: FixedRates) -> Array:
    """Births and emigrants of the nation's base (D, 2) over those of the regions' base (D, R, G, 2, A), (2, D)."""
    births = (fixed.tables.fertility * base[:, :, :, 0]).sum(axis=(1, 2, 3))
    leavers = (fixed.tables.emigration * base).sum(axis=(1, 2, 3, 4))
    return np.stack([_per(nation[:, 0], births), _per(nation[:, 1], leavers)])


def _factors(exposed: Array, accounts: Array, own: Array) -> Array:
    """Factors on fertility and emigration that give the nation's counts in its own population, (2, D, T)."""
    middle = (exposed[:, :-1] + exposed[:, 1:]) / 2
    counts = accounts[..., [cohort_engine.BIRTHS, cohort_engine.DEPARTURES]]
    return np.asarray(np.moveaxis(_per(counts, middle), -1, 0) * own[:, :, None])


def _emigration(world: World, factor: Array, scenario: Scenario, factors: RegionalFactors) -> Array:
    inputs, now = world.regional, scenario.active(world.regional.base_year, factor.shape[1])
    groups, regions = np.ones(len(inputs.groups)), np.ones(len(inputs.regions))
    for group, value in scenario.emigration_times_by_group.items():
        groups[_place("group", group, inputs.groups)] = value
    for region, value in scenario.emigration_times_by_region.items():
        regions[_place("region", region, inputs.regions)] = value
    times = np.where(now[:, None, None], regions[:, None] * groups, 1.0)
    return np.asarray((factor[..., None] * factors.abroad)[..., None] * times)


def _internal(world: World, run: Run, scenario: Scenario, factors: RegionalFactors) -> Array:
    now = scenario.active(world.regional.base_year, run.horizon)
    level = factors.level * np.where(now, scenario.internal_times, 1.0)
    return np.asarray((level[..., None] * factors.inside)[..., None])


def _immigration(
    world: World, fixed: FixedRates, accounts: Array, scenario: Scenario, factors: RegionalFactors
) -> tuple[Array, Array]:
    """Persons by draw, year, region and group; and those who were to stay away and are not there, (D, T)."""
    now = scenario.active(world.regional.base_year, accounts.shape[1])
    weight = factors.shares
    if scenario.region_attraction:
        pull = np.where(now[:, None], attraction(world.regional, scenario), 1.0)
        weight = _spread(fixed.share, factors.taking * pull)
    more = np.where(now, scenario.arriving(), 0.0)
    came = accounts[..., cohort_engine.ARRIVALS]
    lacking = np.where((more < 0) & (came <= 0), accounts[..., cohort_engine.SHORT], 0.0)
    usual = np.maximum(came - more - lacking, 0.0)
    wanted = usual[..., None, None] * weight
    if scenario.immigration_add:
        wanted += now[:, None, None] * _added(world, fixed, scenario)
    if wanted.min(initial=0.0) >= 0:
        return wanted, np.zeros(came.shape)
    return np.maximum(wanted, 0.0), np.asarray(np.maximum(-wanted, 0.0).sum(axis=(2, 3)))


def attraction(inputs: RegionalInputs, scenario: Scenario) -> Array:
    """Factor on the pull of each region, (R,).

    Raises
    ------
    BadInput
        The scenario names a region that is not projected.

    """
    found = np.ones(len(inputs.regions))
    for region, value in scenario.region_attraction.items():
        found[_place("region", region, inputs.regions)] = value
    return found


def _added(world: World, fixed: FixedRates, scenario: Scenario) -> Array:
    """Persons a year besides, (R, G); below zero: fewer."""
    regions, groups = world.regional.regions, world.regional.groups
    found = np.zeros((len(regions), len(groups)))
    for group, places in scenario.immigration_add.items():
        for region, value in places.items():
            rows = slice(None) if region == ALL else [_place("region", region, regions)]
            columns = slice(None) if group == ALL else [_place("group", group, groups)]
            share = fixed.share[rows][:, columns]
            part = share / share.sum() if share.sum() > 0 else np.full(share.shape, 1 / share.size)
            block = np.zeros_like(found)
            block[np.ix_(np.arange(len(regions))[rows], np.arange(len(groups))[columns])] = part * value
            found += block
    return found


def _place(axis: str, name: str, known: tuple[str, ...]) -> int:
    if name not in known:
        raise BadInput("regional.label", axis=axis, found=name, known=", ".join(known))
    return known.index(name)
