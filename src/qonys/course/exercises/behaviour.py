"""Behaviour and thresholds: from wish to move by chances a year, and people who leave because others have left."""

from __future__ import annotations

import numpy as np
import polars as pl

from qonys.behaviour.parameters import PARAMETERS
from qonys.catalog import Pack
from qonys.course.exercise import Exercise, LabTable, Right, within
from qonys.study.chapters.potential import REGISTERED, emigrants

NEEDS = (REGISTERED,)
YEARS = 3
PEOPLE, SEED, MEAN, NARROW, WIDE = 1000, 3, 0.25, 0.08, 0.16
NARROWER, WIDER, SAME = "narrow", "wide", "same"


def chance(name: str) -> float:
    """The mean of the prior of a chance a year: plan (of those who intend), drop, move (of those who plan)."""
    return next(one.mean for one in PARAMETERS if one.name == name)


def left(pack: Pack) -> dict[str, float]:
    """The last whole year with its registered emigrants: year, low, high over sources, persons."""
    row = emigrants(pack).filter("whole").sort("year").row(-1, named=True)
    return {name: float(row[name]) for name in ("year", "low", "high")}


def moved(pack: Pack) -> Right:
    """Who has moved within some years of those who plan, percent: one less the chance to stay every year."""
    return Right(
        100 * (1 - (1 - chance("move")) ** YEARS), 0.5, {"years": YEARS, "chance": f"{100 * chance('move'):.0f}"}
    )


def planners(pack: Pack) -> Right:
    """Who must have planned for so many to leave in a year, persons; its error is the spread of the sources."""
    one = left(pack)
    value = (one["low"] + one["high"]) / 2 / chance("move")
    found = within(value, max((one["high"] - one["low"]) / 2 / chance("move"), value / 100))
    return Right(found.value, found.tolerance, {"year": int(one["year"]), "chance": f"{100 * chance('move'):.0f}"})


def _leavers(pack: Pack) -> float:
    one = left(pack)
    return (one["low"] + one["high"]) / 2


def thresholds(spread: float) -> np.ndarray:
    """Simulated thresholds of people: the share of others that must have left before one leaves; around one mean.

    Examples
    --------
    >>> bool(abs(thresholds(0.1).mean() - MEAN) < 0.001)
    True
    """
    drawn = np.random.default_rng(SEED).normal(0.0, 1.0, PEOPLE)
    return np.asarray(MEAN + spread * (drawn - drawn.mean()) / drawn.std())


def cascade(limits: np.ndarray) -> list[float]:
    """Share that has left after each round, from nobody until nobody else leaves (Granovetter 1978).

    Examples
    --------
    >>> cascade(np.array([0.0, 0.2, 0.4, 0.6]))
    [0.0, 0.25, 0.5, 0.75, 1.0]
    """
    shares = [0.0]
    while True:
        following = float((limits <= shares[-1]).mean())
        if following <= shares[-1]:
            return shares
        shares.append(following)


def tipped(pack: Pack) -> Right:
    """Which of two groups with one mean threshold loses more people in the end."""
    ends = [cascade(thresholds(spread))[-1] for spread in (NARROW, WIDE)]
    return Right(SAME if ends[0] == ends[1] else NARROWER if ends[0] > ends[1] else WIDER)


EXERCISES = (
    Exercise(
        "behaviour-1", moved, "percent", (),
        {
            "added": lambda pack: 100 * YEARS * chance("move"),
            "rate": lambda pack: 100 * (1 - float(np.exp(-YEARS * chance("move")))),
            "one_year": lambda pack: 100 * chance("move"),
            "stayed": lambda pack: 100 * (1 - chance("move")) ** YEARS,
        },
    ),
    Exercise(
        "behaviour-2", planners, "persons", NEEDS,
        {"leavers": _leavers, "part": lambda pack: _leavers(pack) * chance("move")},
    ),
    Exercise(
        "behaviour-3", tipped, "", (), {"mean_only": lambda pack: SAME}, lambda pack: (NARROWER, WIDER, SAME),
    ),
)  # fmt: skip


def registered(pack: Pack) -> LabTable:
    """Registered emigrants of the years known whole: year, low, high over sources, persons."""
    return LabTable(emigrants(pack).filter("whole").select("year", "low", "high"), NEEDS)


def neighbours(pack: Pack) -> LabTable:
    """Simulated thresholds, standardised: person, threshold; to be scaled by the lab."""
    frame = pl.DataFrame({"person": np.arange(PEOPLE), "threshold": (thresholds(1.0) - MEAN)})
    return LabTable(frame)


TABLES = {"registered": registered, "neighbours": neighbours}
