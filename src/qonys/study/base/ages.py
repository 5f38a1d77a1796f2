"""Seed of the ages of regions: their history since the first counts, its draws, how far off it was where we know."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.catalog import Pack
from qonys.estimation.base import history
from qonys.inputs import rows
from qonys.inputs.ages import SEXES, fertility_shares
from qonys.inputs.regions import grid, life_expectancies, registered, youngest
from qonys.kernels.mortality.level_model import at_level
from qonys.kernels.schedules.curves import curve
from qonys.measurement.schedules import families, family_parameters
from qonys.projection.national import NationalInputs
from qonys.spaces.nested_regions import NestedRegions
from qonys.study.base.middle import MidYearPopulation, nation_at, record_of

Array = NDArray[np.float64]
STREAM = 22
FIRST_YEARS = 3
CHILD_ERROR = 0.03
SCHOOL, GROWN, OLD = 15, 25, 60
UNKNOWN_ERROR = 0.07


@dataclass(frozen=True, kw_only=True)
class Ages:
    """`best` (R, 2, A) and `drawn` (K, R, 2, A) seeds in the middle of the base year; `error` (A,) of either.

    `women` (T + 1, P, A) of whole regions by year, the best history. `tilt_slope`: growth by which regions were younger
    in the first year for each unit of natural increase above the nation's; `tilt_error`, a year, its scatter.
    `fertility`: check against published figures; `fertility_scatter`, `death_scatter`: of logarithms.
    """

    best: Array
    drawn: Array
    error: Array
    women: Array
    tilt_slope: float
    tilt_error: float
    fertility: pl.DataFrame
    fertility_scatter: float
    death_scatter: float


@dataclass(frozen=True)
class Ground:
    """Figures of regions that the seed of ages rests on."""

    pack: Pack
    shape: NestedRegions
    inputs: NationalInputs
    middle: MidYearPopulation
    rates: Array
    deaths: Array


def schedules() -> Array:
    """Relative rates of migration by age of the published families with both sexes, (F, 2, 101)."""
    table = families()
    names = [
        name
        for name in table["family"].unique(maintain_order=True)
        if table.filter(pl.col("family") == name).height > 1
    ]
    rates = np.stack(
        [[curve(family_parameters(n, sex), np.arange(101, dtype=np.float64) + 0.5) for sex in SEXES] for n in names]
    )
    return np.asarray(rates / rates.sum(axis=-1, keepdims=True))


def ages_of(ground: Ground, seed: int, replicates: int) -> Ages:
    """The seed and its draws: replicate k depends on (seed, k) alone."""
    pack, shape, inputs = ground.pack, ground.shape, ground.inputs
    record, first = record_of(pack, shape, inputs, ground.middle)
    people = record.people[0]
    nation = nation_at(pack, first, people.sum(axis=0))
    years = list(range(first, first + FIRST_YEARS))
    level = life_expectancies(pack, shape.oldest, shape.wholes, years).mean(axis=0)
    rates = at_level(inputs.family, inputs.family.rates, level)
    born, died = (
        grid(registered(pack, shape.oldest, e), years, shape.wholes, ("year", "region")).mean(axis=0)
        for e in ("births", "deaths")
    )
    tilts = history.tilts_by_deaths(people, nation, rates, died)
    residents = people.sum(axis=1)
    natural = (born - died) / residents - (born - died).sum() / residents.sum()
    slope = float((natural @ tilts) / (natural @ natural))
    scatter = float(np.std(tilts - slope * natural))
    curves = schedules()
    errors, shares = _drawn(seed, replicates, len(shape.wholes), len(curves))
    start = history.raked(_tilted(nation, tilts + errors * scatter), people, nation)
    path = history.carried(start, record, np.einsum("kpf,fsa->kpsa", shares, curves))
    middle = (path[-1] + path[-2]) / 2
    parts = history.divided(middle, shape.whole, ground.middle.people, youngest(pack, shape, inputs.base_year))
    women = path[:, 0, :, 0]
    table, rms = fertility_check(pack, shape, women, first)
    fitted = (history.raked(parts[0], ground.middle.people, inputs.base) * ground.rates).sum(axis=(1, 2))
    deaths = float(np.std(np.log(ground.deaths / fitted)))
    return Ages(
        best=parts[0],
        drawn=parts[1:],
        error=_error(rms, deaths),
        women=women,
        tilt_slope=slope,
        tilt_error=scatter,
        fertility=table,
        fertility_scatter=rms,
        death_scatter=deaths,
    )


def _drawn(seed: int, replicates: int, regions: int, count: int) -> tuple[Array, Array]:
    """Normal errors of tilts (1 + K, P) and shares of schedules (1 + K, P, F); the first of each is the best guess."""
    errors, shares = np.zeros((1 + replicates, regions)), np.full((1 + replicates, regions, count), 1 / count)
    for k in range(replicates):
        stream = np.random.Generator(np.random.Philox(key=np.array([seed * 64 + STREAM, k], dtype=np.uint64)))
        errors[k + 1] = stream.standard_normal(regions)
        shares[k + 1] = stream.dirichlet(np.ones(count), regions)
    return errors, shares


def _tilted(nation: Array, tilts: Array) -> Array:
    shape = np.broadcast_to(nation, (*tilts.shape, *nation.shape))
    return history.tilted(shape, tilts[..., None])


def _error(adults: float, old: float) -> Array:
    """Error of the seed by age: children by births and moves, adults and the old by how far off the seed was."""
    at = [0, SCHOOL, GROWN, OLD - 10, OLD, 100]
    return np.interp(np.arange(101), at, [CHILD_ERROR, CHILD_ERROR, adults, adults, old, old])


def fertility_check(pack: Pack, shape: NestedRegions, women: Array, first: int) -> tuple[pl.DataFrame, float]:
    """Published total fertility of regions against registered births by the fitted women, and the scatter of logs.

    year, region, published, fitted; only the scatter enters the fit, as an error of the seed. A table whose page
    states no year is taken at the year that its note gives. Without such figures the scatter is `UNKNOWN_ERROR`.
    """
    births = registered(pack, shape.oldest, "births")
    known = sorted(set(births["year"].to_list()) & set(range(first, first + len(women) - 1)))
    born = grid(births, known, shape.wholes, ("year", "region"))
    weights = np.stack([_pattern(pack, year) for year in known])
    expected = np.einsum("tpa,ta->tp", (women[:-1] + women[1:])[: len(known)] / 2, weights)
    fitted = born / expected
    stated = rows(pack, "total_fertility_regions")
    undated = stated.filter(pl.col("year").is_null())
    about = undated["note"].str.extract(r"(\d{4})").drop_nulls()
    guess = int(about[0]) if len(about) else None
    same = [shape.wholes[p] for p in range(len(shape.wholes)) if (shape.whole == p).sum() == 1]
    found = []
    for year, region, vintage, value in stated.select("year", "region", "vintage", "value").iter_rows():
        at = year if year is not None else guess
        if at in known and (region in same or (region in shape.wholes and vintage == shape.oldest)):
            found.append((at, region, float(value), float(fitted[known.index(at), shape.wholes.index(region)])))
    table = pl.DataFrame(found, schema=["year", "region", "published", "fitted"], orient="row")
    if table.height < 3:
        return table, UNKNOWN_ERROR
    return table, float(np.sqrt(np.mean(np.log(table["fitted"].to_numpy() / table["published"].to_numpy()) ** 2)))


def _pattern(pack: Pack, year: int) -> Array:
    """Shares of fertility by single age in the period that holds a year, (101,), even within groups."""
    table = fertility_shares(pack).filter((pl.col("year_start") <= year) & (pl.col("year_end") > year))
    ages = np.zeros(101)
    for start, end, value in table.select("age_start", "age_end", "percent_of_tfr").iter_rows():
        ages[start : end + 1] = float(value) / 100 / (end - start + 1)
    return ages
