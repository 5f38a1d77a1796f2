"""Regions and ethnic groups carried forward by draws, and the base population that the draws start from."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys import inputs
from qonys.catalog import Pack
from qonys.projection.national import Run
from qonys.projection.regional.drivers import World
from qonys.projection.regional.project import RegionalProjection, project_world
from qonys.projection.scenarios import Scenario
from qonys.study.ensembles.fits import world_of
from qonys.study.ensembles.regional_draws import KEEP, NAMES, frames_of
from qonys.study.runs.results import Number, Results, TableResult

RANK = 5
METHOD = "projection.regional.project.project_world"
LEVELS = {"low": 0.025, "low_80": 0.1, "median": 0.5, "high_80": 0.9, "high": 0.975}

Array = NDArray[np.float64]


def compute(pack: Pack, results: Results) -> None:
    """Add sizes of regions and groups by year, their growth, chances of decline, and the share of groups."""
    with results.part():
        _ahead(pack, results)


def _ahead(pack: Pack, results: Results) -> None:
    """The projection and its base; all of it rests on all figures of the base and the processes."""
    plan = results.plan.regions
    world = world_of(pack, results.table("reconciled_national").frame, plan=results.plan)
    base = world.regional.base_year
    run = Run(plan.until - base, (0, plan.draws), plan.seed)
    found = project_world(world, run, keep=KEEP)
    sources = world.regional.sources

    def table(name: str, frame: pl.DataFrame, unit: str = "persons") -> TableResult:
        return TableResult(name, frame, unit, RANK, sources, METHOD)

    growth = _growth(found)
    results.add(*(table(name, frame) for name, frame in zip(NAMES, frames_of(found), strict=True)))
    results.add(
        table("regional_sizes", found.quantiles(over=("region",)).drop("measure")),
        table("group_sizes", found.quantiles(over=("group",)).drop("measure")),
        table("group_shares", found.quantiles(over=("group",), measure="share").drop("measure"), "share"),
        table("regional_pace", growth, "per_1000"),
        table("regional_parts", _parts(found), "per_1000"),
        table("regional_base", _base(world.regional), "persons"),
        table("regional_compared", found.compared()),
        *_numbers(found, growth, sources, (*plan.shown, plan.until), inputs.country(pack).kin or ""),
    )
    named = {name: results.plan.scenarios.scenario(name) for name in results.plan.scenarios.regions}
    if named:
        results.add(table("regional_scenarios", _scenarios(found, world, run, named)))
    results.add(
        Number("regional.base", float(base), "year"),
        Number("regional.until", float(plan.until), "year"),
        Number("regional.draws", float(plan.draws), "count"),
        Number("regional.replicates", float(len(world.regional.base)), "count"),
        Number("regional.gap", round(found.residual(), 3), "persons", method=METHOD),
        Number("regional.clipped", round(found.clipped(), 1), "persons", method=METHOD),
        Number("regional.shift", found.shift, "share", method=METHOD),
    )


def _scenarios(found: RegionalProjection, world: World, run: Run, named: Mapping[str, Scenario]) -> pl.DataFrame:
    """Residents of each region under each scenario, and what they differ from the baseline, draw by draw.

    scenario, region, year, low, median, high, change_low, change_median, change_high; persons.
    """
    usual, frames = found.draws(over=("region",)), []
    for scenario, given in named.items():
        other = project_world(world, run, given, KEEP).draws(over=("region",))
        ends = np.quantile([other, other - usual], [0.025, 0.5, 0.975], axis=1)  # level, side, year, region
        size = (len(found.years), len(found.regions))
        columns = {
            f"{side}{name}": ends[level, place].ravel()
            for place, side in enumerate(("", "change_"))
            for level, name in enumerate(("low", "median", "high"))
        }
        labels = {
            "scenario": [scenario] * (size[0] * size[1]), "region": list(found.regions) * size[0],
            "year": np.repeat(found.years, size[1]),
        }  # fmt: skip
        frames.append(pl.DataFrame({**labels, **columns}))
    return pl.concat(frames)


def _growth(found: RegionalProjection) -> pl.DataFrame:
    """Mean yearly growth per 1,000 from the base to the last year, and the share of draws in which a region shrinks."""
    values = found.draws(over=("region",))
    length = values.shape[1] - 1
    rate = 1000 * (np.power(values[:, -1] / values[:, 0], 1 / length) - 1)
    columns = {name: np.quantile(rate, level, axis=0) for name, level in LEVELS.items()}
    return pl.DataFrame({"region": found.regions, **columns, "p_decline": (rate < 0).mean(axis=0)})


def _parts(found: RegionalProjection) -> pl.DataFrame:
    """Natural increase, moves inside and across the border by region: yearly means per 1,000 of the mean population."""
    people = found.draws(over=("region",))
    exposed = (people[:, :-1] + people[:, 1:]).sum(axis=1) / 2
    frames = []
    for part in ("natural", "net_internal", "net_migration"):
        rate = 1000 * found.draws(part, over=("region",)).sum(axis=1) / exposed
        columns = {name: np.quantile(rate, level, axis=0) for name, level in LEVELS.items()}
        frames.append(pl.DataFrame({"part": [part] * len(found.regions), "region": found.regions, **columns}))
    return pl.concat(frames)


def _base(inputs: object) -> pl.DataFrame:
    """Median age and share below 15 of each region in the base year, with intervals over replicates."""
    from qonys.kernels.structure.ageing import between, median_age
    from qonys.projection.regional.inputs import RegionalInputs

    assert isinstance(inputs, RegionalInputs)
    people = inputs.base.sum(axis=2)
    measures = {"median_age": median_age(people), "share_0_14": between(people, 0, 15) / people.sum(axis=(2, 3))}
    frames = []
    for measure, values in measures.items():
        columns = {name: np.quantile(values, LEVELS[name], axis=0) for name in ("low", "median", "high")}
        frames.append(pl.DataFrame({"measure": [measure] * len(inputs.regions), "region": inputs.regions, **columns}))
    return pl.concat(frames)


def _numbers(
    found: RegionalProjection, growth: pl.DataFrame, sources: tuple[str, ...], years: tuple[int, ...], kin: str
) -> list[Number]:
    def number(name: str, values: Array, unit: str) -> Number:
        low, middle, high = map(float, np.quantile(values, [0.025, 0.5, 0.975]))
        if high - low < 1e-6:
            return Number(name, middle, unit, rank=RANK, sources=sources, method=METHOD)
        return Number(name, middle, unit, low, high, RANK, sources, METHOD)

    shares = found.draws("share", over=("group",))
    numbers = []
    if kin in found.groups:
        own = found.groups.index(kin)
        numbers.append(number("regional.kin_now", shares[:, 0, own], "share"))
        numbers += [number(f"regional.kin.{year}", shares[:, found.place(year), own], "share") for year in years]
    sizes = found.draws(over=("region",))
    top = np.sort(sizes[:, -1], axis=1)[:, -3:].sum(axis=1) / sizes[:, -1].sum(axis=1)
    now = np.sort(sizes[:, 0], axis=1)[:, -3:].sum(axis=1) / sizes[:, 0].sum(axis=1)
    numbers += [number("regional.top_three", top, "share"), number("regional.top_three_now", now, "share")]
    sure = growth.filter(pl.col("p_decline") >= 0.9).height
    numbers.append(Number("regional.surely_shrink", float(sure), "count", method=METHOD))
    return numbers
