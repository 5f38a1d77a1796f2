"""Population distribution: components of regional growth, concentration, redistribution, risk of depopulation.

Concentration: Hoover (1941), Journal of Economic History 1:199, half the sum of differences between shares of
population and of area. Redistribution: half the sum of absolute changes of the regions' shares (the same index
between two dates; Plane and Rogerson 1994, The Geographical Analysis of Population). Share effects of natural
increase and migration: `kernels.diversity.share_effects`, exact. Forward: years drawn in blocks from the past
(Kunsch 1989, Annals of Statistics 17:1217), all regions of a year together, so that their dependence stays; each
draw first draws its own past of as many years, so that the error of the mean growth is in it. It assumes that
the future is made of such years as the past was, and serves only where no projection by region gives draws.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.kernels.structure import diversity

Array = NDArray[np.float64]
BLOCK = 4


def hoover(population: Array, area: Array) -> Array:
    """Per cent of people who would have to move for equal density, (...), of population (..., R) and area (R,).

    Examples
    --------
    >>> float(hoover(np.array([9.0, 1.0]), np.array([1.0, 1.0])))
    40.0
    """
    return np.asarray(50 * np.abs(diversity.shares(population) - area / area.sum()).sum(axis=-1))


def redistribution(start: Array, end: Array) -> Array:
    """Per cent of the population redistributed between regions, (...), from sizes (..., R)."""
    return np.asarray(50 * np.abs(diversity.shares(end) - diversity.shares(start)).sum(axis=-1))


def regional_growth(
    regions: tuple[str, ...], start: Array, natural: Array, migration: Array, other: Array
) -> pl.DataFrame:
    """Growth of each region, persons, and points of its share of the country that each part gave.

    All (R,); `other`: recounts and changes of boundary. Columns: region, start, end, natural, migration, other, growth
    (per cent), losing, share_natural, share_migration, share_other (percentage points).
    """
    points = 100 * diversity.share_effects(start, np.stack([natural, migration, other]))
    end = start + natural + migration + other
    return pl.DataFrame(
        {
            "region": list(regions), "start": start, "end": end, "natural": natural, "migration": migration,
            "other": other, "growth": 100 * (end / start - 1), "losing": end < start,
            "share_natural": points[0], "share_migration": points[1], "share_other": points[2],
        }
    )  # fmt: skip


def migration_effect(start: Array, natural: Array, migration: Array) -> tuple[float, float, float]:
    """Redistribution (per cent) by both components, by natural increase alone and by migration alone; persons (R,)."""
    ends = (start + natural + migration, start + natural, start + migration)
    everything, alone, moved = (float(redistribution(start, end)) for end in ends)
    return everything, alone, moved


def block_paths(rates: Array, base: Array, horizon: int, draws: int, seed: int, block: int = BLOCK) -> Array:
    """Populations (draws, horizon + 1, R) from `base` (R,), growth of years (Y, R) drawn in blocks.

    `rates`: growth of ln N in each observed year. Every draw has its own key.

    Raises
    ------
    BadInput
        Fewer years than one block.

    """
    years = len(rates)
    if not 1 <= block <= years or horizon < 1 or draws < 1:
        raise BadInput("consequences.block", years=years, block=block)
    paths = np.empty((draws, horizon + 1, len(base)))
    paths[:, 0] = base
    for d in range(draws):
        rng = np.random.Generator(np.random.Philox(key=np.array([seed * 100 + 22, d], dtype=np.uint64)))
        history = _blocks(rng, years, years, block)
        paths[d, 1:] = base * np.exp(rates[history[_blocks(rng, years, horizon, block)]].cumsum(axis=0))
    return paths


def _blocks(rng: np.random.Generator, years: int, length: int, block: int) -> NDArray[np.int64]:
    """Places of years, (length,), in blocks that go round."""
    starts = rng.integers(0, years, -(-length // block))
    return np.asarray(((starts[:, None] + np.arange(block)) % years).reshape(-1)[:length])


def depopulation(draws: Array, regions: tuple[str, ...], years: Array) -> pl.DataFrame:
    """Probability that a region has a smaller population than in the first year: tidy, by region and year.

    `draws` (D, T, R) persons, from `block_paths` or a projection by region. Columns: region, year, change (median,
    per cent), low, high (95 %), below (at the year), below_by (by the year).
    """
    change = 100 * (draws / draws[:, :1] - 1)
    at, by = diversity.crossed(change, 0.0)
    low, middle, high = np.quantile(change, (0.025, 0.5, 0.975), axis=0)
    columns = {"change": middle, "low": low, "high": high, "below": at, "below_by": by}
    return pl.DataFrame(
        {"region": np.tile(np.array(regions), len(years)), "year": np.repeat(years.astype(np.int64), len(regions))}
        | {name: values.reshape(-1) for name, values in columns.items()}
    )
