"""Example tables of people by age: a pack's population and rates; and moves, stocks and ages that are made up."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp

import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.inputs.ages import population_years

POPULATION, MORTALITY, FERTILITY = "own-population.csv", "own-mortality.csv", "own-fertility.csv"
COUNTS, RATES, BIRTHS, TABLE = "counts.csv", "rates.csv", "births.csv", "table.csv"
OF_PEOPLE = (POPULATION, MORTALITY, FERTILITY, COUNTS, RATES, BIRTHS, TABLE)
MOVES, STOCKS, CODED, VITAL, SCHEDULE = "moves.csv", "stocks.csv", "stocks-by-code.csv", "vital.csv", "ages.csv"
MADE_UP = (MOVES, STOCKS, CODED, VITAL, SCHEDULE)
WIDTH = 5
LAST, PERSONS = 85, 50_000
AGED = ("population_by_age_sex", "death_rates_by_age_sex", "fertility_pattern", "births", "sex_ratio_at_birth")
CELLS = (("A", "A", 10000, 10300), ("A", "B", 610, 720), ("B", "A", 820, 905), ("B", "B", 20000, 20340))


def of_people(pack: Pack) -> Iterator[tuple[str, pl.DataFrame]]:
    """Name and table of what the pack has: population, death rates, fertility by age, two counts, an office's table.

    Counts are of the last year before which death rates of five years end, and of five years earlier (estimates of the
    pack), death rates of the years between, and births of these years are split by the pack's sex ratio at birth.
    """
    if not inputs.available(pack, AGED):
        newest = last_year(pack)
        people = inputs.rows(pack, "population_by_age_sex")
        deaths, mothers = inputs.rows(pack, "death_rates_by_age_sex"), inputs.rows(pack, "fertility_pattern")
        last = pl.col("age_end").is_null()
        age = pl.when(last).then(pl.format("{}+", "age_start")).otherwise(pl.format("{}-{}", "age_start", "age_end"))
        counts = people.with_columns(age=age).sort("year", "sex", "age_start")
        yield POPULATION, counts.filter(pl.col("year") == newest).select("year", "sex", "age", "value")
        yield MORTALITY, _since(deaths, newest).select(year="year_start", sex="sex", age="age_start", mx="value")
        yield FERTILITY, _since(mothers, newest).select(
            year="year_start", age=pl.format("{}-{}", "age_start", "age_end"), asfr="value"
        )
        between = pl.col("year").is_in([newest - WIDTH, newest])
        yield COUNTS, counts.filter(between).select("year", "sex", "age", population="value")
        yield RATES, _since(deaths, newest - WIDTH).select("sex", "age_start", "value")
        yield BIRTHS, _births(pack, newest)
    if not inputs.available(pack, ("population_regional",)):
        rows = inputs.rows(pack, "population_regional").filter(pl.col("region").str.contains("-"))
        latest = rows.filter((pl.col("year") == pl.col("year").max()) & (pl.col("sex") == "both"))
        yield TABLE, latest.select("region", "year", "sex", "area", "value").sort("region", "area")


def _since(rates: pl.DataFrame, year: int) -> pl.DataFrame:
    keys = [name for name in ("sex", "age_start") if name in rates.columns]
    return rates.filter(pl.col("year_start") == year).sort(keys)


def last_year(pack: Pack) -> int:
    """The last year of the observed ages in which five years of death rates end."""
    ends = (int(start) + WIDTH for start in inputs.rows(pack, "death_rates_by_age_sex")["year_start"].unique())
    last = population_years(pack)[1]
    return max(end for end in ends if end <= last)


def _births(pack: Pack, year: int) -> pl.DataFrame:
    """Births by sex in the years between the counts."""
    births = inputs.chosen(pack, "births").filter(pl.col("year").is_between(year - WIDTH, year - 1)).sort("year")
    ratio = float(_since(inputs.rows(pack, "sex_ratio_at_birth"), year - WIDTH)["value"][0])
    boys = (pl.col("value") * ratio / (1 + ratio)).round(0)
    pieces = [births.select("year", sex=pl.lit("female"), value=pl.col("value") - boys)]
    return pl.concat([*pieces, births.select("year", sex=pl.lit("male"), value=boys)])


def made_up(pack: Pack) -> Iterator[tuple[str, pl.DataFrame]]:
    """Name and table of what no pack can have: registers of persons, stocks and moves by age that are made up."""
    home, year = inputs.country(pack), last_year(pack)
    abroad = sorted(set(pack.labels().filter(pl.col("axis") == "country")["code"]) - {home.iso3, pack.whole})
    one, two, three = (abroad * 3 or ["A", "B", "C"])[:3]
    kin, other = home.kin or "a", home.contrast_group or "b"
    yield MOVES, pl.DataFrame(
        {
            "person": ["made-up-1", "made-up-2", "made-up-3", "made-up-3", "made-up-4"],
            "date": [f"{year}-03-02", f"{year}-04-11", f"{year}-04-15", f"{year + 1}-04-20", f"{year}-08-20"],
            "origin_country": [one, two, three, three, home.iso3],
            "destination_country": [home.iso3] * 4 + [one],
            "citizenship": [one, two, three, three, home.iso3],
            "ethnic_group": [kin, kin, other, other, other],
            "cause": ["ethnic", "family", "labour", "labour", "education"],
            "stay_months": [None, 60, 6, 8, 48],
        }
    )
    rows = [(a, b, when, n) for a, b, *both in CELLS for when, n in zip((year - 10, year), both, strict=True)]
    stocks = pl.DataFrame(rows, schema=["birthplace", "residence", "year", "value"], orient="row")
    yield STOCKS, stocks
    yield CODED, stocks.rename({"birthplace": "born"})
    yield VITAL, pl.DataFrame({"residence": ["A", "B"], "births": [1500, 2900], "deaths": [1145, 2420]})
    yield SCHEDULE, _schedule()


def _schedule() -> pl.DataFrame:
    """Moves among 50,000 persons of each age by a curve of seven parameters (Rogers and Castro 1981), whole moves."""
    young = [0.02 * exp(-0.1 * (age + 0.5)) for age in range(LAST)]
    labour = [0.06 * exp(-0.1 * (age - 19.5) - exp(-0.4 * (age - 19.5))) for age in range(LAST)]
    moves = [round(PERSONS * (one + two + 0.003)) for one, two in zip(young, labour, strict=True)]
    return pl.DataFrame({"age": range(LAST), "value": moves, "exposure": [PERSONS] * LAST})
