"""Figures by age as arrays: population, mortality, fertility, the sexes at birth."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.catalog import Pack
from qonys.inputs.figures import rows

Array = NDArray[np.float64]
SEXES = ("female", "male")


class FiguresByAge(NamedTuple):
    """Figures by time, sex and age group, (T, 2, A), and the first age of each group, (A,)."""

    values: Array
    starts: Array


def population_years(pack: Pack) -> tuple[int, int]:
    """First and last year of the population by sex and age."""
    years = rows(pack, "population_by_age_sex")["year"]
    return int(str(years.min())), int(str(years.max()))


def population_by_age(pack: Pack, year: int) -> Array:
    """Persons by sex and five-year age group at the middle of a year, (2, A)."""
    found = rows(pack, "population_by_age_sex").filter(pl.col("year") == year).sort("age_start")
    return np.stack([found.filter(pl.col("sex") == sex)["value"].cast(pl.Float64).to_numpy() for sex in SEXES])


def population_of_all_years(pack: Pack) -> FiguresByAge:
    """Persons by year, sex and age group, (T, 2, A), and the first age of each group, (A,)."""
    found = rows(pack, "population_by_age_sex").sort("year", "sex", "age_start")
    starts = found["age_start"].unique().sort().to_numpy().astype(float)
    return FiguresByAge(found["value"].cast(pl.Float64).to_numpy().reshape(-1, 2, len(starts)), starts)


def death_rates(pack: Pack, until: int | None = None, begun_by: int | None = None) -> FiguresByAge:
    """Death rates per person-year by period, sex and age group, (T, 2, A), and the first ages, (A,).

    `until`: only periods that had ended by then; `begun_by`: only those that had begun by then.
    """
    found = rows(pack, "death_rates_by_age_sex").sort("year_start", "sex", "age_start")
    if until is not None:
        found = found.filter(pl.col("year_end") <= until)
    if begun_by is not None:
        found = found.filter(pl.col("year_start") <= begun_by)
    ages = found["age_start"].unique().sort().to_numpy().astype(float)
    return FiguresByAge(found["value"].cast(pl.Float64).to_numpy().reshape(-1, 2, len(ages)), ages)


def fertility_shares(pack: Pack) -> pl.DataFrame:
    """Shares of total fertility by period and age group: year_start, year_end, age_start, age_end, percent_of_tfr."""
    return rows(pack, "fertility_pattern").sort("year_start", "age_start")


def sex_ratios(pack: Pack) -> pl.DataFrame:
    """Males per female at birth by period: year_start, year_end, value."""
    return rows(pack, "sex_ratio_at_birth").sort("year_start")


def projected_longevity(pack: Pack) -> pl.DataFrame:
    """Life expectancy (years) projected by the United Nations, sorted by it.

    Columns: year, life_expectancy_both, and those of the sexes.
    """
    found = rows(pack, "projected_life_expectancy")
    return found.pivot(on="indicator", index="year", values="value").sort("life_expectancy_both")
