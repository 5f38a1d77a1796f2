"""Indicators of moves between regions: intensity, effectiveness, closeness of ties (КИМС)."""

from __future__ import annotations

import polars as pl

from qonys.catalog import Pack
from qonys.course.exercise import Exercise, LabTable, Right, within
from qonys.study.analyses.indicators import IndicatorsRequest, indicators_of_tables, own_tables

NEEDS = ("internal_od", "population_regional")
DECIMALS = 2


def last_year(pack: Pack) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Moves between regions and counted residents of the last period that has both."""
    found: tuple[pl.DataFrame, pl.DataFrame] = pack.cached("lab indicators", lambda: _last_year(pack))
    return found


def _last_year(pack: Pack) -> tuple[pl.DataFrame, pl.DataFrame]:
    moves, tables = own_tables(pack)
    now = pl.col("period") == moves["period"].max()
    apart = pl.col("origin") != pl.col("destination")
    return moves.filter(now & apart), tables["population"].filter(now)


def computed(pack: Pack, kind: str) -> pl.DataFrame:
    """Indicators of the last period: of the whole table (system), or of each pair."""

    def make() -> pl.DataFrame:
        moves, people = last_year(pack)
        return indicators_of_tables(moves, {"population": people}, IndicatorsRequest(kind=kind))

    found: pl.DataFrame = pack.cached(f"lab indicators:{kind}", make)
    return found


def _of_system(pack: Pack, indicator: str) -> Right:
    """An indicator of the whole table with half the width of its interval."""
    table = computed(pack, "system")
    row = table.filter((pl.col("indicator") == indicator) & pl.col("region").is_null()).row(0, named=True)
    year = int(last_year(pack)[0]["period"][0])
    found = within(row["value"], (row["high"] - row["low"]) / 2, DECIMALS)
    return Right(found.value, found.tolerance, {"year": year})


def intensity(pack: Pack) -> Right:
    """Moves between regions per 100 residents."""
    return _of_system(pack, "cmi")


def effectiveness(pack: Pack) -> Right:
    """Sum of the sizes of net migration to the sum of turnovers, percent."""
    return _of_system(pack, "mei")


def _largest(pack: Pack) -> dict[str, object]:
    """The pair of regions with the most moves."""
    return last_year(pack)[0].sort("value", descending=True).row(0, named=True)


def tie(pack: Pack) -> Right:
    """Closeness of the tie of the largest flow: its share among the leavers to the share of residents."""
    moves, people = last_year(pack)
    pair = _largest(pack)
    out = moves.filter(pl.col("origin") == pair["origin"])
    others = people.filter(pl.col("region") != pair["origin"])
    share = float(str(pair["value"])) / float(out["value"].sum())
    base = float(people.filter(pl.col("region") == pair["destination"])["population"][0]) / float(
        others["population"].sum()
    )
    return Right(share / base, 0.05, _named(pack, pair))


def _named(pack: Pack, pair: dict[str, object]) -> dict[str, object]:
    from qonys import words

    def name(code: str) -> words.Worded:
        return words.Worded({language: pack.region_name(code, language, short=True) for language in words.LANGUAGES})

    return {end: name(str(pair[end])) for end in ("origin", "destination")}


def _share_of_leavers(pack: Pack) -> float:
    moves, pair = last_year(pack)[0], _largest(pack)
    out = moves.filter(pl.col("origin") == pair["origin"])
    return float(str(pair["value"])) / float(out["value"].sum())


def _share_of_moves(pack: Pack) -> float:
    moves, people = last_year(pack)
    pair = _largest(pack)
    base = float(people.filter(pl.col("region") == pair["destination"])["population"][0]) / float(
        people["population"].sum()
    )
    return float(str(pair["value"])) / float(moves["value"].sum()) / base


EXERCISES = (
    Exercise(
        "indicators-1",
        intensity,
        "per_100",
        NEEDS,
        {
            "per_1000": lambda pack: 10 * float(intensity(pack).value),
            "twice": lambda pack: 2 * float(intensity(pack).value),
            "share": lambda pack: float(intensity(pack).value) / 100,
        },
        decimals=DECIMALS,
    ),
    Exercise(
        "indicators-2",
        effectiveness,
        "percent",
        NEEDS,
        {
            "of_moves": lambda pack: 2 * float(effectiveness(pack).value),
            "of_half": lambda pack: float(effectiveness(pack).value) / 2,
        },
        decimals=1,
    ),
    Exercise(
        "indicators-3",
        tie,
        "ratio",
        NEEDS,
        {
            "share_only": _share_of_leavers,
            "all_moves": _share_of_moves,
            "upside_down": lambda pack: 1 / float(tie(pack).value),
        },
        decimals=DECIMALS,
    ),
)


def margins(pack: Pack) -> LabTable:
    """Arrivals, departures and residents of each region: region, arrivals, departures, population."""
    moves, people = last_year(pack)
    arrived, left = (
        moves.group_by(pl.col(end).alias("region")).agg(pl.col("value").sum().alias(name))
        for end, name in (("destination", "arrivals"), ("origin", "departures"))
    )
    table = people.select("region", "population").join(arrived, on="region").join(left, on="region")
    return LabTable(table.select("region", "arrivals", "departures", "population").sort("region"), NEEDS)


def flows(pack: Pack) -> LabTable:
    """Moves between regions, each pair: period, origin, destination, value."""
    return LabTable(last_year(pack)[0], NEEDS[:1])


def residents(pack: Pack) -> LabTable:
    """Residents by region: period, region, population."""
    return LabTable(last_year(pack)[1], NEEDS[1:])


TABLES = {"margins": margins, "flows": flows, "residents": residents}
