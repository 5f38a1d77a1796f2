"""Probabilistic projection of a country's regions and ethnic groups, driven by the draws of the national projection.

Draw d takes the fertility, life expectancy, arrivals and departures of national draw d; deviations of regions and
internal migration have processes of their own, each keyed by (seed, process, draw). Scenarios therefore use common
random numbers, and any sum can be computed later by rerunning the draws. Draws are processed in blocks: memory holds
one block and the requested sums. Link between regions and nation: `regional.drivers`; order of events: half of the
moves at the start and half at the end of a year (`kernels.multiregional`, EVEN), as in the national projection.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.kernels.cohorts import engine as cohort_engine
from qonys.kernels.multiregional import engine as multiregional_engine
from qonys.kernels.multiregional import step as multiregional
from qonys.kernels.multiregional.step import EVEN, Dense, Drivers, Tables
from qonys.projection.national import NationalInputs, Processes, Run
from qonys.projection.regional.alignment import factors
from qonys.projection.regional.drivers import FixedRates, RegionalForcing, World, attraction, driven, standing
from qonys.projection.regional.inputs import RegionalInputs
from qonys.projection.regional.processes import Deviations, fit_level
from qonys.projection.regional.result import (
    Drawn,
    Keep,
    Labels,
    Moments,
    RegionalProjection,
    labels_of,
    pooled,
    units_of,
)
from qonys.projection.scenarios import Scenario

__all__ = ["Keep", "RegionalProjection", "Run", "World", "project_regional", "project_world"]

Array = NDArray[np.float64]
BLOCK = 64


def project_regional(
    inputs: RegionalInputs,
    national: NationalInputs,
    processes: Processes,
    run: Run,
    scenario: Scenario | None = None,
    keep: Keep | None = None,
    deviations: Deviations | None = None,
) -> RegionalProjection:
    """Project all regions and groups; `keep` says which sums are kept, all others can be asked for later.

    `deviations` None: the stated ones, with the level of internal moves fitted to `inputs.levels`.

    Raises
    ------
    BadInput
        A horizon or draws that are impossible, other base years or ages than the nation's, unknown names.

    """
    if deviations is None:
        deviations = Deviations(level=fit_level(inputs.levels, inputs.base_year))
    return project_world(World(inputs, national, processes, deviations), run, scenario, keep)


def project_world(
    world: World, run: Run, scenario: Scenario | None = None, keep: Keep | None = None
) -> RegionalProjection:
    """`project_regional` of what is already gathered in one `World`.

    Raises
    ------
    BadInput
        A horizon, a number of draws or a year of moments that is impossible.

    """
    scenario, keep, inputs = scenario or Scenario(), keep or Keep(), world.regional
    shape, years = (*inputs.base.shape[1:3], 2, inputs.base.shape[-1]), run.years(inputs.base_year)
    for year in keep.moments:
        if year not in years:
            raise BadInput("projection.year", year=year, first=years[0], last=years[-1])
    labels, _ = labels_of(keep, shape)
    task = _Task(world, standing(world), scenario)
    places = tuple(year - inputs.base_year for year in keep.moments)
    blocks = list(_through(task, run, labels, units_of(keep.accounts, shape), places))
    found = assembled(world, run, scenario, keep, _joined([block.drawn for block in blocks]))
    shift = max(block.shift for block in blocks)
    return replace(found, shift=shift, moments=pooled([block.moments for block in blocks]) if places else None)


def forcing_of(world: World, run: Run, scenario: Scenario | None = None) -> tuple[RegionalForcing, Tables]:
    """What drives the draws of `run` when the regions are brought to the nation's births and emigrants, and the tables.

    The tables are those without a change of the regions' pull, which another choice of destinations has to carry.

    Raises
    ------
    BadInput
        A horizon or a number of draws that is impossible, unknown names in the scenario.

    """
    run.years(world.regional.base_year)
    task = _Task(world, standing(world), scenario or Scenario())
    return _aligned(task, run), task.fixed.tables


def assembled(world: World, run: Run, scenario: Scenario, keep: Keep, drawn: Drawn) -> RegionalProjection:
    """The result of draws that are there; sums that were not kept are found by running the draws again.

    Raises
    ------
    BadInput
        A horizon or a number of draws that is impossible.

    """
    inputs = world.regional

    def again(labels: Labels, units: Labels) -> Drawn:
        task = _Task(world, standing(world), scenario)
        return _joined([block.drawn for block in _through(task, run, labels, units, ())])

    years = run.years(inputs.base_year)
    return RegionalProjection(
        inputs.regions, inputs.groups, years, keep, drawn, run.seed, scenario, notes=inputs.notes, again=again
    )


@dataclass(frozen=True)
class _Task:
    world: World
    fixed: FixedRates
    scenario: Scenario


@dataclass(frozen=True)
class _Block:
    drawn: Drawn
    moments: Moments
    shift: float


def _through(task: _Task, run: Run, labels: Labels, units: Labels, moments: tuple[int, ...]) -> Iterator[_Block]:
    """All draws, block by block; the limits of blocks are whole multiples of BLOCK, wherever the draws begin."""
    first, last = run.draws
    if not 0 <= first < last:
        most = len(task.world.national.pattern)
        raise BadInput("projection.horizon", horizon=run.horizon, most=most, draws=last - first)
    limits = [first, *range((first // BLOCK + 1) * BLOCK, last, BLOCK), last]
    for start, stop in pairwise(limits):
        given = _aligned(task, replace(run, draws=(start, stop)))
        keep = multiregional_engine.KeptSums(labels, units, moments)
        yield _block(given, _engine(task, given, keep), stop - start)


def _aligned(task: _Task, run: Run) -> RegionalForcing:
    """What drives the draws of `run`, with the nation's births and emigrants of the scenario without its parts."""
    plain = replace(task.scenario, **{name: getattr(Scenario(), name) for name in task.scenario.parts()})
    usual = _Task(task.world, task.fixed, plain)
    given = driven(task.world, task.fixed, run, plain)

    def totals(drivers: Drivers) -> Array:
        found = _engine(usual, replace(given, drivers=drivers), multiregional_engine.KeptSums())
        return np.asarray(found.accounts[:, :, 0])

    table = given.accounts
    found = factors(given.drivers, table[..., cohort_engine.BIRTHS], table[..., cohort_engine.DEPARTURES], totals)
    if task.scenario != plain:
        given = driven(task.world, task.fixed, run, task.scenario)
    return replace(given, drivers=found.on(given.drivers))


def _block(given: RegionalForcing, found: multiregional_engine.Ensemble, count: int) -> _Block:
    table = given.accounts
    drawn = Drawn(
        cells=found.buckets,
        accounts=found.accounts,
        population=given.population,
        arrivals=table[..., cohort_engine.ARRIVALS],
        departures=table[..., cohort_engine.DEPARTURES],
        fertility=given.fertility,
        longevity=given.longevity,
        level=given.level,
        missed=given.missed,
    )
    return _Block(drawn, Moments(count, found.mean, found.variance), given.shift)


def _engine(task: _Task, given: RegionalForcing, keep: multiregional_engine.KeptSums) -> multiregional_engine.Ensemble:
    """The engine over the stretches of years between which the choice of destinations changes."""
    drivers, horizon = given.drivers, given.drivers.fertility.shape[1]
    stretches = _stretches(task, horizon)
    base, found = given.base, []
    for start, stop, tables in stretches:
        part = stretch(drivers, start, stop)
        inside = tuple(year - start for year in keep.moments if start < year <= stop or year == start == 0)
        found.append(multiregional_engine.run(base, tables, part, replace(keep, moments=inside), EVEN))
        if stop < horizon:
            base = _last(base, tables, part)
    if len(found) == 1:
        return found[0]
    return multiregional_engine.Ensemble(
        np.concatenate([found[0].buckets, *(one.buckets[:, 1:] for one in found[1:])], axis=1),
        np.concatenate([one.accounts for one in found], axis=1),
        np.concatenate([one.mean for one in found]),
        np.concatenate([one.variance for one in found]),
    )


def _stretches(task: _Task, horizon: int) -> list[tuple[int, int, Tables]]:
    usual = task.fixed.tables
    if not task.scenario.region_attraction:
        return [(0, horizon, usual)]
    inputs = task.world.regional
    other = replace(usual, moves=Dense(drawn_to(inputs.od, attraction(inputs, task.scenario))))
    now = task.scenario.active(inputs.base_year, horizon)
    limits = [0, *(1 + np.flatnonzero(now[1:] != now[:-1])), horizon]
    return [(int(a), int(b), other if now[a] else usual) for a, b in pairwise(limits)]


def drawn_to(od: Array, pull: Array) -> Array:
    """Shares of destinations times the pull of each, (2, A, R, R); those who leave stay as many as they were."""
    off = od * (1 - np.eye(len(pull)))
    pulled = off * pull
    before, after = off.sum(axis=-1, keepdims=True), pulled.sum(axis=-1, keepdims=True)
    moved = pulled * np.divide(before, after, out=np.zeros_like(after), where=after > 0)
    return np.asarray(moved + (1 - moved.sum(axis=-1, keepdims=True)) * np.eye(len(pull)))


def stretch(drivers: Drivers, start: int, stop: int) -> Drivers:
    """The drivers of the years from `start` up to, not with, `stop`, counted from the first."""
    cut = {name: getattr(drivers, name)[:, start:stop] for name in ("place", *multiregional.FACTORS)}
    return replace(drivers, sex_ratio=drivers.sex_ratio[start:stop], **cut)


def _last(base: Array, tables: Tables, drivers: Drivers) -> Array:
    """The whole population after the last year of `drivers`, year by year."""
    cells = np.arange(np.prod(base.shape[1:]), dtype=np.int64).reshape(base.shape[1:])
    for t in range(drivers.fertility.shape[1]):
        keep = multiregional_engine.KeptSums(cells)
        base = multiregional_engine.run(base, tables, stretch(drivers, t, t + 1), keep, EVEN).buckets[:, 1]
        base = base.reshape(-1, *cells.shape)
    return base


def _joined(parts: list[Drawn]) -> Drawn:
    names = [one.name for one in fields(Drawn)]
    return Drawn(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})
