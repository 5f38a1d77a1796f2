"""Settling: how many of the arrived are still there after some years, when not all have been watched as long."""

from __future__ import annotations

from functools import cache

import polars as pl

from qonys.catalog import Pack
from qonys.course.exercise import Exercise, LabTable, Right, within
from qonys.surveys.settling import Stays, same_survival, settled_after
from qonys.surveys.simulated import simulate_stays

ARRIVED, SEED, SHOWN = 400, 9, 12
YEARS, LATER = 3.0, 5.0
LEVEL = 0.05
STAY = "stay"
DIFFER, ALIKE = "differ", "alike"


@cache
def simulated() -> pl.DataFrame:
    """Stays that nobody made: years, end (empty: still there), kin (yes, no)."""
    return simulate_stays(ARRIVED, SEED).select("years", "end", "kin", "place")


@cache
def _settled(years: float, by: str = "") -> pl.DataFrame:
    return settled_after(Stays(simulated()), [years], by)


def retention(pack: Pack) -> Right:
    """Share still there after three years, percent."""
    row = _settled(YEARS).row(0, named=True)
    found = within(100 * row["settled"], 100 * row["se"], 1)
    return Right(found.value, found.tolerance, {"years": int(YEARS)})


def gap(pack: Pack) -> Right:
    """Retention of kin less that of others after five years, percentage points."""
    shares = {row["group"]: row for row in _settled(LATER, "kin").iter_rows(named=True)}
    found = within(100 * (shares["yes"]["settled"] - shares["no"]["settled"]), 0.0, 1)
    return Right(found.value, max(found.tolerance, 0.1), {"years": int(LATER)})


def alike(pack: Pack) -> Right:
    """Whether the groups leave at the same rate, by the log-rank test."""
    p = same_survival(Stays(simulated()), "kin")["p"]
    return Right(DIFFER if p < LEVEL else ALIKE, 0.0, {"years": int(YEARS)})


def _remaining() -> float:
    """Share of all arrived who had not left when last seen, percent."""
    return 100 * float(simulated()["end"].is_null().mean())  # type: ignore[arg-type]


def _seen_long() -> float:
    """Share of stays that lasted three years or more among all, percent."""
    return 100 * float((simulated()["years"] >= YEARS).mean())  # type: ignore[arg-type]


def _without_censored() -> float:
    """The same among those whose end is known, percent."""
    ended = simulated().drop_nulls("end")
    return 100 * float((ended["years"] >= YEARS).mean())  # type: ignore[arg-type]


EXERCISES = (
    Exercise(
        "settling-1",
        retention,
        "percent",
        mistakes={
            "remaining": lambda pack: _remaining(),
            "seen_long": lambda pack: _seen_long(),
            "ended_only": lambda pack: _without_censored(),
            "left": lambda pack: 100 - float(retention(pack).value),
        },
        decimals=1,
    ),
    Exercise(
        "settling-2",
        gap,
        "percent",
        mistakes={
            "first_group": lambda pack: (
                100 * float(_settled(LATER, "kin").filter(pl.col("group") == "yes")["settled"][0])
            ),
            "relative": lambda pack: (
                100
                * (
                    float(_settled(LATER, "kin").filter(pl.col("group") == "yes")["settled"][0])
                    / float(_settled(LATER, "kin").filter(pl.col("group") == "no")["settled"][0])
                    - 1
                )
            ),
        },
        decimals=1,
    ),
    Exercise(
        "settling-3",
        alike,
        mistakes={"by_eye": lambda pack: DIFFER if alike(pack).value == ALIKE else ALIKE},
        options=lambda pack: (DIFFER, ALIKE),
    ),
)


def stays(pack: Pack) -> LabTable:
    """All simulated stays."""
    return LabTable(simulated())


def first(pack: Pack) -> LabTable:
    """The first of them."""
    return LabTable(simulated().head(SHOWN).rename({"end": "outcome"}).with_columns(pl.col("outcome").fill_null(STAY)))


TABLES = {"stays": stays, "first": first}
