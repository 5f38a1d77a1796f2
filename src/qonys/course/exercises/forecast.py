"""Forecasts and their record: one of the United Nations whose years have come, and a simple one of our own."""

from __future__ import annotations

import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.course.exercise import Exercise, LabTable, Right, within
from qonys.inputs.annual import annual

REGISTER, REVISION, MOVES = "net_migration:register", "un_revision_population", "un_revision_net_migration"
COUNTED = "population_1_january"
INSIDE, ABOVE, BELOW = "inside", "above", "below"
NOMINAL, DEVIATIONS, FEWEST = 80.0, 1.28, 5


def series(pack: Pack) -> pl.DataFrame:
    """Net migration by year as the records of moves have it: year, value, persons."""
    found = annual(pack, "net_migration", "register")
    assert found is not None
    return found.to_frame().select(pl.col("time").cast(pl.Int64).alias("year"), "value")


def moves(pack: Pack) -> dict[str, float]:
    """Net migration that the United Nations foresaw, and what the records of moves give for the same years.

    `start`, `end` (middles of years), `expected`, `came` (with half of the first and the last year), `whole` (with the
    whole of both), persons.
    """
    row = inputs.rows(pack, MOVES).filter(pl.col("country") == pack.country["iso3"]).row(0, named=True)
    start, end = int(row["year_start"]), int(row["year_end"])
    years = dict(series(pack).rows())
    whole = sum(years[year] for year in range(start, end + 1))
    came = whole - (years[start] + years[end]) / 2
    return {"start": start, "end": end, "expected": float(row["value"]), "came": came, "whole": whole}


def population(pack: Pack) -> pl.DataFrame:
    """The 80 % limits of the United Nations and what came in the middle of the year: horizon, low, high, value."""
    found = inputs.rows(pack, REVISION).filter(
        (pl.col("country") == pack.country["iso3"]) & (pl.col("sex") == "both") & pl.col("age_start").is_null()
    )
    wide = found.pivot("variant", index="year_start", values="value").rename({"80l": "low", "80u": "high"})
    counts = dict(inputs.chosen(pack, COUNTED).select(pl.col("year").cast(pl.Int64), "value").rows())
    wide = wide.select(pl.col("year_start").cast(pl.Int64).alias("horizon"), "low", "high").sort("horizon")
    middle = [(counts[year] + counts[year + 1]) / 2 for year in wide["horizon"]]
    return wide.with_columns(value=pl.Series(middle, dtype=pl.Float64))


def record(pack: Pack, horizon: int = 1, deviations: float = DEVIATIONS) -> pl.DataFrame:
    """A forecast of no change from every year with enough past: year, low, high, value, inside.

    Its limits are `deviations` times the root mean square of the changes over `horizon` years known by then.
    """
    changes = pl.col("value") - pl.col("value").shift(horizon)
    spread = (changes**2).cum_sum() / changes.is_not_null().cum_sum()
    known = changes.is_not_null().cum_sum() >= FEWEST
    made = series(pack).with_columns(base=pl.col("value"), error=deviations * spread.sqrt(), known=known)
    lagged = made.with_columns(pl.col("base", "error", "known").shift(horizon)).filter(pl.col("known"))
    found = lagged.select(
        "year", low=pl.col("base") - pl.col("error"), high=pl.col("base") + pl.col("error"), value="value"
    )
    return found.with_columns(inside=pl.col("value").is_between(pl.col("low"), pl.col("high")))


def error(pack: Pack) -> Right:
    """Forecast less what came, persons; both are published to the person."""
    one = moves(pack)
    return Right(one["expected"] - one["came"], 1.0, {"start": int(one["start"]), "end": int(one["end"])})


def _a_year(pack: Pack) -> float:
    one = moves(pack)
    return (one["expected"] - one["came"]) / (one["end"] - one["start"])


def coverage(pack: Pack) -> Right:
    """How often what came lay within the 80 % limits, percent, with the error of a share."""
    held = record(pack)["inside"]
    share = float(held.sum()) / len(held)
    found = within(100 * share, 100 * (share * (1 - share) / len(held)) ** 0.5 / 2)
    return Right(found.value, found.tolerance, {"years": len(held)})


def held(pack: Pack) -> Right:
    """Where the population of the last horizon came: within the limits of the United Nations, above or below."""
    one = population(pack).row(-1, named=True)
    code = ABOVE if one["value"] > one["high"] else BELOW if one["value"] < one["low"] else INSIDE
    return Right(code, 0.0, {"year": one["horizon"]})


EXERCISES = (
    Exercise(
        "forecast-1", error, "persons", (REGISTER, MOVES),
        {
            "came": lambda pack: moves(pack)["came"],
            "whole": lambda pack: moves(pack)["expected"] - moves(pack)["whole"],
            "a_year": _a_year,
        },
    ),
    Exercise(
        "forecast-2", coverage, "percent", (REGISTER,),
        {"outside": lambda pack: 100 - float(coverage(pack).value), "nominal": lambda pack: NOMINAL},
    ),
    Exercise(
        "forecast-3", held, "", (REVISION, COUNTED), {"trusted": lambda pack: INSIDE},
        lambda pack: (INSIDE, ABOVE, BELOW),
    ),
)  # fmt: skip


def foreseen(pack: Pack) -> LabTable:
    """Limits of the United Nations beside what came: horizon, low, high, value, persons."""
    return LabTable(population(pack), (REVISION, COUNTED))


def yearly(pack: Pack) -> LabTable:
    """Net migration by year, persons."""
    return LabTable(series(pack), (REGISTER,))


def summed(pack: Pack) -> LabTable:
    """Net migration foreseen: start, end, expected, persons."""
    one = moves(pack)
    frame = pl.DataFrame({"start": [int(one["start"])], "end": [int(one["end"])], "expected": [one["expected"]]})
    return LabTable(frame, (MOVES,))


TABLES = {"foreseen": foreseen, "summed": summed, "yearly": yearly}
