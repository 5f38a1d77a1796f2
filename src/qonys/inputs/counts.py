"""The last official count of residents and the events registered before and after it."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from qonys.catalog import Pack
from qonys.inputs.ages import population_years
from qonys.inputs.figures import available, choose, rows
from qonys.inputs.partners import SIDES, gross_years

EVENTS = ("births", "deaths", "net_migration")
OFFICIAL = "official"
JANUARY = "current_estimate_1_january"
COUNTS = ("population_1_january", "ethnic_current")


class OfficialCount(NamedTuple):
    """Residents on 1 January of a year, persons."""

    year: int
    persons: float


def last_count(pack: Pack) -> OfficialCount | None:
    """The newest official count of residents on 1 January: the yearly series, or the total of the ethnic table."""
    found: list[OfficialCount] = []
    if not available(pack, COUNTS[:1]):
        found += [OfficialCount(int(y), float(v)) for y, v in rows(pack, COUNTS[0]).select("year", "value").iter_rows()]
    if not available(pack, COUNTS[1:]):
        table = rows(pack, COUNTS[1])
        if "basis" in table.columns:
            total = table.filter((pl.col("ethnic_group") == "total") & (pl.col("basis") == JANUARY))
            found += [OfficialCount(int(y), float(v)) for y, v in total.select("year", "value").iter_rows()]
    return max(found, default=None)


def registered_events(pack: Pack, since: int) -> pl.DataFrame:
    """Officially registered births, deaths and net migration of calendar years, persons: year and those columns.

    Years from `since` on; null where no official figure is published. Where net migration itself is not, but the flows
    of the whole year over the border are, it is their difference.
    """
    wide = pl.DataFrame({"year": pl.Series([], dtype=pl.Int64)})
    for name in EVENTS:
        frame = pl.DataFrame(schema={"year": pl.Int64, name: pl.Float64})
        if not available(pack, (name,)):
            official = rows(pack, name).filter((pl.col("status") == OFFICIAL) & (pl.col("year") >= since))
            if official.height:
                frame = choose(pack, name, official).select(
                    pl.col("year").cast(pl.Int64), pl.col("value").cast(pl.Float64).alias(name)
                )
        wide = wide.join(frame, on="year", how="full", coalesce=True)
    flows = gross_years(pack).filter(pl.col("year") >= since)
    balance = flows.select("year", balance=pl.col(SIDES[0]) - pl.col(SIDES[1]))
    wide = wide.join(balance, on="year", how="full", coalesce=True)
    return wide.select("year", "births", "deaths", pl.coalesce("net_migration", "balance").alias("net_migration")).sort(
        "year"
    )


def newest_base(pack: Pack) -> int:
    """The year in whose middle a projection of the pack's country starts.

    The last year that ends in an official count, if official births, deaths and net migration of every year since the
    last age structure carry the ages there; else the year of the last age structure.
    """
    last, count = population_years(pack)[1], last_count(pack)
    if count is None or count.year - 1 <= last:
        return last
    known = registered_events(pack, last).drop_nulls(EVENTS)["year"].to_list()
    return count.year - 1 if set(range(last, count.year)) <= set(known) else last
