"""Flows from stocks: what two tables of birthplace by residence allow to say of the moves between them."""

from __future__ import annotations

import polars as pl

from qonys import words
from qonys.catalog import Pack
from qonys.catalog.code_names import names_of_codes
from qonys.course.exercise import Exercise, LabTable, Right, within
from qonys.estimation.flows_from_stocks import Choice, flows_from_stocks
from qonys.study.chapters.bilateral import stock_tables, vital_events

NEEDS = ("partners_stock", "partners_population_mid_year", "partners_vital_events", "migrant_stock")
MINIMUM, BAYES, INDEPENDENCE = "minimum", "pseudo_bayes", "independence"
METHODS = (MINIMUM, BAYES, INDEPENDENCE)
PRECISION = 1e-3


def last_interval(pack: Pack) -> tuple[int, int]:
    """The last two years with stocks."""
    years = sorted(tables(pack))
    return years[-2], years[-1]


def tables(pack: Pack) -> dict[int, pl.DataFrame]:
    """Stocks by year: birthplace, residence, value (persons)."""
    found: dict[int, pl.DataFrame] = pack.cached("lab stocks", lambda: stock_tables(pack))
    return found


def home(pack: Pack) -> str:
    """Code of the country."""
    return str(pack.country["iso3"])


def abroad(pack: Pack) -> pl.DataFrame:
    """People born in the country by country of residence at both ends: country, before, after, difference."""
    start, end = last_interval(pack)
    both = []
    for year, name in ((start, "before"), (end, "after")):
        table = tables(pack)[year].filter((pl.col("birthplace") == home(pack)) & (pl.col("residence") != home(pack)))
        both.append(table.select(pl.col("residence").alias("country"), pl.col("value").alias(name)))
    joined = both[0].join(both[1], on="country").with_columns(difference=pl.col("after") - pl.col("before"))
    return joined.sort("after", descending=True)


def partner(pack: Pack) -> str:
    """The country with most people born in ours."""
    return str(abroad(pack)["country"][0])


def flows(pack: Pack, method: str) -> pl.DataFrame:
    """Flows of the last interval by a method: origin, destination, value (persons)."""

    def make() -> pl.DataFrame:
        start, end = last_interval(pack)
        choice = Choice(method, "open", missing="zero")
        return flows_from_stocks(
            tables(pack)[start], tables(pack)[end], vital_events(pack, start, end), choice=choice
        ).flows()

    found: pl.DataFrame = pack.cached(f"lab stocks:{method}", make)
    return found


def _back(pack: Pack, method: str) -> float:
    """Moves from the partner into the country by a method, persons."""
    pair = (pl.col("origin") == partner(pack)) & (pl.col("destination") == home(pack))
    return float(flows(pack, method).filter(pair)["value"].sum())


def _values(pack: Pack) -> dict[str, object]:
    start, end = last_interval(pack)
    code = partner(pack)
    names = {
        language: names_of_codes(pack, "country", [code], language).get(code, code) for language in words.LANGUAGES
    }
    return {"start": start, "end": end, "partner": words.Worded(names)}


def growth(pack: Pack) -> Right:
    """Change of the number of people born in the country and living in the partner, persons."""
    return Right(float(abroad(pack)["difference"][0]), 1.0, _values(pack))


def fewest(pack: Pack) -> Right:
    """Moves from the partner by the method of fewest moves, persons."""
    value = _back(pack, MINIMUM)
    found = within(value, PRECISION * value)
    return Right(found.value, found.tolerance, _values(pack))


def most(pack: Pack) -> Right:
    """The method that gives most moves of the country."""

    def total(method: str) -> float:
        mine = (pl.col("origin") == home(pack)) | (pl.col("destination") == home(pack))
        return float(flows(pack, method).filter(mine)["value"].sum())

    return Right(max(METHODS, key=total), 0.0, _values(pack))


EXERCISES = (
    Exercise(
        "stocks-1",
        growth,
        "persons",
        NEEDS,
        {
            "before": lambda pack: float(abroad(pack)["before"][0]),
            "after": lambda pack: float(abroad(pack)["after"][0]),
        },
    ),
    Exercise(
        "stocks-2",
        fewest,
        "persons",
        NEEDS,
        {
            "stock_change": lambda pack: -float(abroad(pack)["difference"][0]),
            "other_method": lambda pack: _back(pack, BAYES),
            "independence": lambda pack: _back(pack, INDEPENDENCE),
        },
    ),
    Exercise("stocks-3", most, "", NEEDS, {"least_moves": lambda pack: MINIMUM}, lambda pack: METHODS),
)


def born_here(pack: Pack) -> LabTable:
    """People born in the country by country of residence in the last two tables."""
    return LabTable(abroad(pack).head(12), ("partners_stock", "migrant_stock"))


def both_stocks(pack: Pack) -> LabTable:
    """Both tables as `qonys.flows_from_stocks` takes them: time, birthplace, residence, value."""
    start, end = last_interval(pack)
    frames = [tables(pack)[year].select(pl.lit(year).alias("time"), pl.all()) for year in (start, end)]
    return LabTable(pl.concat(frames), NEEDS)


def events(pack: Pack) -> LabTable:
    """Births and deaths between the tables: residence, births, deaths."""
    return LabTable(vital_events(pack, *last_interval(pack)), NEEDS)


TABLES = {"born_here": born_here, "both_stocks": both_stocks, "events": events}
