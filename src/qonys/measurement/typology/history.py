"""Facts about a move from the other records of the same person.

Only records with a person and a date take part; records of one person on the same day are of unknown order, so that
neither is before the other. A month is complete when its day of the month is reached: 15 January to 14 February is
no month, to 15 February one. Absence of an earlier record proves nothing about the life before the records; the
count of earlier moves and the season are therefore "within the records given".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

SEASON_DAYS = (305, 425)


@dataclass(frozen=True)
class Windows:
    """How far histories reach: days of a transit; years, moves and least stay (months) of circular migration.

    The last three follow UNECE (2016), Defining and Measuring Circular Migration: at least three crossings of the
    national border over ten years, each followed by a stay of at least 90 days (here three months).
    """

    transit_days: int = 30
    circular_years: int = 10
    circular_moves: int = 3
    circular_stay: float = 3.0


def whole_months(start: pl.Expr, end: pl.Expr) -> pl.Expr:
    """Complete calendar months from the date `start` to the date `end`, as a float."""
    months = (end.dt.year() - start.dt.year()) * 12 + end.dt.month().cast(pl.Int32) - start.dt.month().cast(pl.Int32)
    return (months - (end.dt.day() < start.dt.day()).cast(pl.Int32)).cast(pl.Float64)


def histories(records: pl.DataFrame, home: str, windows: Windows) -> pl.DataFrame:
    """One row per record of `records` (in its order): what the person's other records show, null where they do not.

    `earlier` records of the person before this date; `seen_before` (true or null) whether a record of leaving this
    destination precedes; `gap_months` complete months since the latest such record; `next_months` until the next
    record of leaving the destination; `transit` whether the move is a leg of a transit through `home`; `season`
    whether the person came to the destination 305 to 425 days before; `circular` see `Windows`.
    """
    crossing = pl.col("origin_country") != pl.col("destination_country")
    rows = records.select(*_NEEDED).with_row_index("row")
    used = rows.filter(pl.col("person").is_not_null() & pl.col("date").is_not_null()).with_columns(crossing=crossing)
    if used.is_empty():
        return rows.select("row").with_columns(_NOTHING).select(_NAMES)
    used = _earlier(used.with_columns(_code(pl.col("person")).alias("person")))
    border = crossing & ((pl.col("origin_country") == home) | (pl.col("destination_country") == home))
    used = used.with_columns(left=_spot("origin"), reached=_spot("destination"), border=border)
    found = _departures(used).with_columns(
        gap_months=whole_months(pl.col("left_before"), pl.col("date")),
        next_months=whole_months(pl.col("date"), pl.col("left_after")),
        seen_before=pl.when(pl.col("left_before").is_not_null()).then(statement=True),
    )
    found = _circular(_season(_transit(found, home, windows)), windows)
    found = found.select("row", *_NAMES)
    return rows.select("row").join(found, on="row", how="left", maintain_order="left").select(_NAMES)


_NEEDED = ("person", "date", "origin", "destination", "origin_country", "destination_country", "stay_months")
_NAMES = ("earlier", "seen_before", "gap_months", "next_months", "transit", "season", "circular")
_WHO = ["person", "date"]
_NOTHING = [
    pl.lit(None, dtype=pl.Float64 if name in ("earlier", "gap_months", "next_months") else pl.Boolean).alias(name)
    for name in _NAMES
]


def _code(text: pl.Expr) -> pl.Expr:
    """Texts as whole numbers of 64 bits, equal where the texts are, whatever column they stand in."""
    return pl.when(text.is_not_null()).then(text.hash())


def _earlier(rows: pl.DataFrame) -> pl.DataFrame:
    """Adds `earlier`: records of the person on earlier days."""
    rows = rows.sort(_WHO).with_columns(place=pl.int_range(pl.len(), dtype=pl.Int64))
    person = (pl.col("person") != pl.col("person").shift(1)).fill_null(value=True)
    day = person | (pl.col("date") != pl.col("date").shift(1))
    since = (pl.when(start).then("place").forward_fill() for start in (day, person))
    return rows.with_columns(earlier=(next(since) - next(since)).cast(pl.Float64)).drop("place")


def _spot(end: str) -> pl.Expr:
    """Country for a move across a border, country and place for one inside a country."""
    country = _code(pl.col(f"{end}_country"))
    return pl.when(pl.col("crossing")).then(country).when(~pl.col("crossing")).then(_inside(end))


def _inside(end: str) -> pl.Expr:
    return _code(pl.col(f"{end}_country") + "/" + pl.col(end))


def _asof(rows: pl.DataFrame, other: pl.DataFrame, spot: str, strategy: Literal["backward", "forward"]) -> pl.DataFrame:
    """Nearest row of `other` strictly before or after each row with the same person and the spot in `spot`."""
    keyed = rows.filter(pl.col(spot).is_not_null()).with_columns(spot=pl.col(spot)).sort("date")
    return keyed.join_asof(
        other.sort("date"),
        on="date",
        by=["person", "spot"],
        strategy=strategy,
        allow_exact_matches=False,
        check_sortedness=False,
    )


def _departures(rows: pl.DataFrame) -> pl.DataFrame:
    """Adds `left_before`, `left_after` with where the later departure went: `gone_to`.

    A move across a border leaves the country and, where it is known, the place; a move inside leaves the place.
    """
    moves = rows.filter(pl.col("crossing").is_not_null())
    country = moves.filter(pl.col("crossing")).select(*_WHO, spot="left", goal="destination_country")
    place = moves.select(*_WHO, spot=_inside("origin"), goal="destination_country").filter(pl.col("spot").is_not_null())
    leaving = _one_a_day(pl.concat([country, place]))
    back = _asof(rows, leaving.with_columns(left_before="date"), "reached", "backward")
    ahead = _asof(rows, leaving.with_columns(left_after="date"), "reached", "forward")
    rows = rows.join(back.select("row", "left_before"), on="row", how="left")
    return rows.join(ahead.select("row", "left_after", gone_to="goal"), on="row", how="left")


def _one_a_day(moves: pl.DataFrame) -> pl.DataFrame:
    """One row per person, spot and day; several goals of one day have no order, so that none is kept."""
    goal = pl.when(pl.col("goal").n_unique() == 1).then(pl.col("goal").first())
    return moves.group_by("person", "spot", "date").agg(goal=goal)


def _transit(rows: pl.DataFrame, home: str, windows: Windows) -> pl.DataFrame:
    """Adds `transit`: into `home` and on to a third country within the days given, either leg."""
    arriving = rows.filter(pl.col("crossing")).select(*_WHO, spot="reached", goal="origin_country")
    came = _asof(rows, _one_a_day(arriving).with_columns(came="date"), "left", "backward")
    rows = rows.join(came.select("row", "came", came_from="goal"), on="row", how="left")
    crossing = pl.col("crossing")
    entry = crossing & (pl.col("destination_country") == home) & (pl.col("gone_to") != pl.col("origin_country"))
    entry &= (pl.col("left_after") - pl.col("date")).dt.total_days() <= windows.transit_days
    onward = crossing & (pl.col("origin_country") == home) & (pl.col("came_from") != pl.col("destination_country"))
    onward &= (pl.col("date") - pl.col("came")).dt.total_days() <= windows.transit_days
    return rows.with_columns(transit=entry | onward)


def _season(rows: pl.DataFrame) -> pl.DataFrame:
    """Adds `season`: an arrival at the same spot one year, give or take 60 days, before."""
    least, most = SEASON_DAYS
    arrivals = rows.filter(pl.col("reached").is_not_null()).select("person", "date", spot="reached")
    arrivals = arrivals.unique().with_columns(then="date")
    sought = rows.select("row", "person", "reached", now="date", date=pl.col("date").dt.offset_by(f"-{least - 1}d"))
    found = _asof(sought, arrivals, "reached", "backward")
    days = (pl.col("now") - pl.col("then")).dt.total_days()
    found = found.select("row", season=(days <= most).fill_null(value=False))
    return rows.join(found, on="row", how="left")


def _circular(rows: pl.DataFrame, windows: Windows) -> pl.DataFrame:
    """Adds `circular`: a crossing of the home border with enough others in the window that ends with it."""
    long = pl.coalesce("stay_months", "next_months") >= windows.circular_stay
    counted = rows.select(
        *_WHO,
        sure=(pl.col("border") & long).fill_null(value=False).cast(pl.Int32),
        possible=(pl.col("border") & long).fill_null(value=True).cast(pl.Int32),
    )
    days = (
        counted.sort(_WHO)
        .rolling("date", period=f"{windows.circular_years}y", group_by="person")
        .agg(pl.col("sure").sum(), pl.col("possible").sum())
        .unique()  # rows of one person and day share a window and its sums
    )
    some, least = pl.col("possible") >= windows.circular_moves, pl.col("sure") >= windows.circular_moves
    enough = pl.when(least).then(statement=True).when(~some).then(statement=False)
    return rows.join(days, on=_WHO, how="left").with_columns(circular=pl.col("border") & enough)
