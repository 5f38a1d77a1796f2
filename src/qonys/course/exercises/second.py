"""A second country: the same steps with other figures, and what comparison needs."""

from __future__ import annotations

import polars as pl

from qonys.catalog import Pack
from qonys.catalog.pack import shipped_packs
from qonys.course.exercise import Exercise, LabTable, Right, within
from qonys.course.exercises import balance, forecast, sources
from qonys.course.opened import pack_of

NEEDS = (
    "net_migration:register", "net_migration:model", "census_population", "births", "deaths", "un_revision_population",
    "population_1_january",
)  # fmt: skip
OWN, OTHER, ALIKE = "own", "other", "alike"


def other(pack: Pack) -> Pack:
    """The first other country of those that come with Qonys."""
    return next(one for one in map(pack_of, shipped_packs()) if one.country["iso3"] != pack.country["iso3"])


def rate(pack: Pack, years: bool = True, scale: float = 1000.0) -> float:
    """Net migration of the last period between censuses, a year and 1,000 residents (mean of both ends)."""
    one = balance.last(pack)
    people = (one.population_start + one.population_end) / 2
    return scale * one.residual / people / ((one.end - one.start) if years else 1)


def opposite(pack: Pack) -> float:
    """Years of which records and model do not agree even in sign."""
    return float(sources.both(pack).filter(pl.col("register").sign() != pl.col("model").sign()).height)


def miss(pack: Pack) -> tuple[float, float]:
    """Error of the middle of the last forecast limits of the United Nations: percent of what came, and persons."""
    one = forecast.population(pack).row(-1, named=True)
    error = (one["low"] + one["high"]) / 2 - one["value"]
    return 100 * error / one["value"], error


def rate_there(pack: Pack) -> Right:
    """The rate of the other country, per 1,000 a year, within its standard error."""
    there = other(pack)
    one = balance.last(there)
    found = within(rate(there), abs(rate(there)) * one.residual_sd / abs(one.residual), 1)
    return Right(found.value, found.tolerance, {"start": one.start, "end": one.end})


def opposite_there(pack: Pack) -> Right:
    """Years of which the sources of the other country do not agree in sign."""
    years = sources.both(other(pack))["year"]
    return Right(opposite(other(pack)), 0.0, {"start": int(years[0]), "end": int(years[-1])})


def nearer(pack: Pack) -> Right:
    """Of which country the forecast of the United Nations missed by less, percent of what came."""
    here, there = (abs(miss(one)[0]) for one in (pack, other(pack)))
    year = forecast.population(pack).row(-1, named=True)["horizon"]
    return Right(ALIKE if here == there else OWN if here < there else OTHER, 0.0, {"year": year})


def _in_persons(pack: Pack) -> str:
    here, there = (abs(miss(one)[1]) for one in (pack, other(pack)))
    return OWN if here < there else OTHER


EXERCISES = (
    Exercise(
        "second-1", rate_there, "per_1000", NEEDS,
        {
            "own": rate,
            "period": lambda pack: rate(other(pack), years=False),
            "hundred": lambda pack: rate(other(pack), scale=100.0),
            "sign": lambda pack: -rate(other(pack)),
        },
        decimals=1,
    ),
    Exercise(
        "second-2", opposite_there, "years", NEEDS,
        {"own": opposite, "agree": lambda pack: sources.both(other(pack)).height - opposite(other(pack))},
    ),
    Exercise("second-3", nearer, "", NEEDS, {"in_persons": _in_persons}, lambda pack: (OWN, OTHER, ALIKE)),
)  # fmt: skip


def _both(pack: Pack) -> tuple[Pack, Pack]:
    return pack, other(pack)


def _code(pack: Pack) -> str:
    return str(pack.country["iso3"])


def counted(pack: Pack) -> LabTable:
    """The last period between censuses of both: nation, start, end, population at both ends, net migration."""
    rows = []
    for one in _both(pack):
        found = balance.last(one)
        ends = (found.start, found.end, found.population_start, found.population_end)
        rows.append((_code(one), *ends, found.residual, *found.interval()))
    names = ["nation", "start", "end", "population_start", "population_end", "net_migration", "low", "high"]
    return LabTable(pl.DataFrame(rows, schema=names, orient="row"), NEEDS[2:5], packs=(other(pack),))


def yearly(pack: Pack) -> LabTable:
    """Net migration by year, source and country: nation, year, register, model, difference, persons."""
    frame = pl.concat(sources.both(one).with_columns(nation=pl.lit(_code(one))) for one in _both(pack))
    return LabTable(frame.select("nation", "year", "register", "model", "difference"), NEEDS[:2], packs=(other(pack),))


def foreseen(pack: Pack) -> LabTable:
    """Limits of the United Nations and what came in both: nation, horizon, low, high, value, persons."""
    frame = pl.concat(forecast.population(one).with_columns(nation=pl.lit(_code(one))) for one in _both(pack))
    return LabTable(frame.select("nation", "horizon", "low", "high", "value"), NEEDS[5:], packs=(other(pack),))


TABLES = {"counted": counted, "yearly": yearly, "foreseen": foreseen}
