"""The country's regions in the middle of the base year and their record since the first counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qonys.catalog import Pack
from qonys.estimation.base.history import HistoricalRecord
from qonys.inputs.ages import population_by_age
from qonys.inputs.regions import (
    first_residents,
    grid,
    last_life_expectancy,
    life_expectancies,
    registered,
    registered_growth,
    residents_carried,
)
from qonys.kernels.mortality.graduation import single_ages
from qonys.kernels.mortality.level_model import at_level
from qonys.projection.national import NationalInputs
from qonys.spaces.nested_regions import NestedRegions

Array = NDArray[np.float64]


@dataclass(frozen=True)
class MidYearPopulation:
    """Residents in the middle of the base year by region and sex, (R, 2); those a year on, from 1 January.

    `people` are raked to the nation's sexes; `moved`: greatest relative change of a cell by that.
    """

    people: Array
    january: Array
    next_january: Array
    moved: float


def middle_of(pack: Pack, shape: NestedRegions, inputs: NationalInputs) -> MidYearPopulation:
    """Registered residents carried half a year on by the registered balance, then raked to the national base."""
    year, regions = inputs.base_year, shape.regions
    january = residents_carried(pack, shape.newest, regions, [year])[0]
    after = january + registered_growth(pack, shape.newest, regions, year)[:, None] / 2
    counted = (january + after) / 2
    people = counted.copy()
    total = people.sum(axis=1) * (inputs.base.sum() / people.sum())
    sexes = inputs.base.sum(axis=1)
    for _ in range(200):
        people *= (total / people.sum(axis=1))[:, None]
        people *= sexes / people.sum(axis=0)
    scale = inputs.base.sum() / counted.sum()
    return MidYearPopulation(people, january, after, float(np.abs(people / (counted * scale) - 1).max()))


def nation_at(pack: Pack, year: int, sexes: Array) -> Array:
    """The nation's single ages in a year, (2, 101), brought to the sum of each sex in `sexes` (2,)."""
    single = single_ages(population_by_age(pack, year), np.arange(0.0, 101, 5), 101)
    return np.asarray(single * (sexes / single.sum(axis=1))[:, None])


def record_of(
    pack: Pack, shape: NestedRegions, inputs: NationalInputs, middle: MidYearPopulation
) -> tuple[HistoricalRecord, int]:
    """Residents, births and survival of the oldest regions from the first year known to the base, and that year."""
    first = first_residents(pack)
    years = list(range(first, inputs.base_year + 1))
    people = residents_carried(pack, shape.oldest, shape.wholes, years)
    last = np.zeros((len(shape.wholes), 2))
    np.add.at(last, shape.whole, middle.next_january)
    births = grid(registered(pack, shape.oldest, "births"), years, shape.wholes, ("year", "region"))
    ratio = float(inputs.sex_ratio[0])
    known = last_life_expectancy(pack)
    e0 = life_expectancies(pack, shape.oldest, shape.wholes, [min(year, known) for year in range(first, known + 1)])
    e0 = np.concatenate([e0, np.repeat(e0[-1:], max(0, len(years) - len(e0)), axis=0)])[: len(years)]
    moved = np.zeros((len(years), len(shape.wholes)), dtype=np.bool_)
    for year, *ends in pack.transfers().select("year", "region_from", "region_to").iter_rows():
        for end in ends:
            if first <= year <= inputs.base_year and end in shape.wholes:
                moved[year - first, shape.wholes.index(end)] = True
    survival = at_level(inputs.family, inputs.family.survival, e0)
    by_sex = births[..., None] * np.array([1, ratio]) / (1 + ratio)
    return HistoricalRecord(np.concatenate([people, last[None]]), by_sex, survival, moved), first
