"""Published margins from which a register is made up: residents, flows between regions and over the border, ages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.catalog import Pack
from qonys.errors import BadInput
from qonys.inputs.ages import population_by_age, population_years
from qonys.inputs.figures import available, rows
from qonys.inputs.partners import gross_years
from qonys.inputs.regions import residents, shapes
from qonys.kernels.schedules.curves import FUNDAMENTAL, curve

Array = NDArray[np.float64]
WIDTH = 5  # years of an age group
FIGURES = ("internal_od", "population_by_region_sex", "external_flows_by_country")


@dataclass(frozen=True)
class Margins:
    """What a register is drawn to; every number is of the pack.

    `regions`, `countries`: codes; `year`: of the matrix; `people`: residents (R,); `moves`: from region to region in
    the year (R, R); `leavers`, `comers`: to and from each country in a year (C,); `ages`: residents by sex and age
    (2, A); `schedule`: how many times the mean an age moves (A,).
    """

    regions: tuple[str, ...]
    countries: tuple[str, ...]
    year: int
    people: Array
    moves: Array
    leavers: Array
    comers: Array
    ages: Array
    schedule: Array

    @property
    def places(self) -> tuple[str, ...]:
        """Codes of all places, regions first."""
        return (*self.regions, *self.countries)


def margins(pack: Pack, year: int) -> Margins:
    """The margins of the pack in the year nearest to `year` for which there is a whole matrix; 0: in the newest.

    Raises
    ------
    BadInput
        The pack has no matrix of flows, residents or flows by country.

    """
    missing = available(pack, FIGURES)
    if missing:
        raise BadInput("registers.no_margins", figures=", ".join(missing))
    shape = shapes(pack)
    regions = shape.regions
    found, moves = _matrix(pack, regions, year)
    counted = rows(pack, "population_by_region_sex").filter(vintage=shape.newest)["year"].unique().sort().to_list()
    base = min(counted, key=lambda one: (abs(one - found), one))
    people = residents(pack, shape.newest, regions, [base])[0].sum(axis=-1)
    countries, leavers, comers = _over_the_border(pack)
    last = population_years(pack)[1]
    ages = np.repeat(population_by_age(pack, min(last, found)) / WIDTH, WIDTH, axis=1)
    rates = curve(FUNDAMENTAL, np.arange(ages.shape[1], dtype=np.float64) + 0.5)
    schedule = rates * ages.sum() / (rates * ages.sum(axis=0)).sum()
    return Margins(regions, countries, found, people, moves, leavers, comers, ages, schedule)


def _matrix(pack: Pack, regions: Sequence[str], year: int) -> tuple[int, Array]:
    table = rows(pack, "internal_od").filter(
        pl.col("origin").is_in(list(regions)) & pl.col("destination").is_in(list(regions))
    )
    pairs, square = len(regions) * (len(regions) - 1), np.zeros((len(regions), len(regions)))
    sizes = table.group_by("year").len().filter(pl.col("len") == pairs)["year"].to_list()
    if not sizes:
        raise BadInput("registers.no_margins", figures=FIGURES[0])
    found = min(sizes, key=lambda one: (abs(one - (year or max(sizes))), one))
    at = {code: place for place, code in enumerate(regions)}
    for origin, goal, value in table.filter(year=found).select("origin", "destination", "value").iter_rows():
        square[at[origin], at[goal]] = value
    return int(found), square


def _over_the_border(pack: Pack) -> tuple[tuple[str, ...], Array, Array]:
    """Countries, and persons a year to and from each: the newest totals by the shares of all rows by country."""
    table = rows(pack, "external_flows_by_country").filter(pl.col("category").str.contains(r"^[A-Z]{3}$"))
    wide = table.group_by("category", "flow").agg(pl.col("value").sum()).sort("category")
    countries = tuple(sorted(set(wide["category"])))
    newest = gross_years(pack).sort("year").row(-1, named=True)
    found = []
    for flow in ("emigrants", "immigrants"):
        own = dict(wide.filter(flow=flow).select("category", "value").iter_rows())
        share = np.array([float(own.get(code, 0.0)) for code in countries])
        found.append(float(newest[flow]) * share / share.sum())
    return countries, found[0], found[1]
