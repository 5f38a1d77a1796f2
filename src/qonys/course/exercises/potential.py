"""Motives and potential: what people say they will do, what they do, and how a survey is weighted."""

from __future__ import annotations

import numpy as np
import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.course.exercise import Exercise, LabTable, Right, within
from qonys.study.chapters.potential import AGES, BY_AGE, PLANS, REGISTERED, emigrants, intentions

NEEDS = (PLANS, AGES)
MOST, SOME, FEW = "most", "some", "few"
ROUNDING = 0.0005  # of a share published in tenths of a per cent
HALF, TENTH = 0.5, 0.1
PLACES = {"town": (400, 250.0, 0.22), "village": (200, 1000.0, 0.06)}
YES, SEED = "yes", 5


def plan(pack: Pack) -> dict[str, float]:
    """The published share who mean to move soon: year, people who could be surveyed, share, from_age."""
    row = intentions(pack).filter(pl.col("figure") == PLANS).row(0, named=True)
    return {name: float(row[name]) for name in ("year", "people", "share", "from_age")}


def planners(pack: Pack) -> Right:
    """Persons who mean to move, within the rounding of the published share."""
    one = plan(pack)
    found = within(one["people"] * one["share"], one["people"] * ROUNDING)
    return Right(found.value, found.tolerance, {"year": int(one["year"]), "age": int(one["from_age"])})


def counted(pack: Pack) -> float:
    """Registered emigrants of the years after the survey, persons."""
    left = emigrants(pack)
    return float(left.filter(pl.col("year") > plan(pack)["year"])["low"].sum())


def realised(pack: Pack) -> Right:
    """How many of those who meant to move have been counted as leaving the country since."""
    part = counted(pack) / float(planners(pack).value)
    code = MOST if part > HALF else SOME if part > TENTH else FEW
    return Right(code, 0.0, {"year": int(plan(pack)["year"])})


def respondents(pack: Pack) -> LabTable:
    """A simulated survey of towns and villages, sampled unequally: place, goes, weight, simulated."""
    rng = np.random.default_rng(SEED)
    parts = []
    for place, (people, weight, share) in PLACES.items():
        goes = np.zeros(people, dtype=bool)
        goes[: round(people * share)] = True
        answers = [YES if one else "no" for one in rng.permutation(goes)]
        parts.append(pl.DataFrame({"place": place, "goes": answers, "weight": weight, "simulated": True}))
    return LabTable(pl.concat(parts))


def weighted(pack: Pack) -> Right:
    """The share who mean to move in the simulated survey, percent, by the weights."""
    rows = respondents(pack).frame
    share = float(rows.filter(pl.col("goes") == YES)["weight"].sum()) / float(rows["weight"].sum())
    return Right(100 * share, 0.05)


def _plain(pack: Pack) -> float:
    rows = respondents(pack).frame
    return 100 * rows.filter(pl.col("goes") == YES).height / rows.height


def _mean_of_places(pack: Pack) -> float:
    return 100 * float(np.mean([share for _, _, share in PLACES.values()]))


EXERCISES = (
    Exercise(
        "potential-1", planners, "persons", NEEDS,
        {"all": lambda pack: plan(pack)["people"], "counted": counted},
    ),
    Exercise(
        "potential-2", weighted, "percent", (), {"plain": _plain, "of_places": _mean_of_places}, decimals=1,
    ),
    Exercise(
        "potential-3", realised, "", (*NEEDS, REGISTERED), {"wish": lambda pack: MOST},
        lambda pack: (MOST, SOME, FEW),
    ),
)  # fmt: skip


def said(pack: Pack) -> LabTable:
    """Published intentions: survey, fieldwork, share, people who could be surveyed."""
    frame = intentions(pack).with_columns(share=100 * pl.col("share"))
    return LabTable(
        frame.select("survey", "fieldwork", "answer", "share", "people"), (AGES,), tuple(frame["source"].unique())
    )


def left(pack: Pack) -> LabTable:
    """Registered emigrants: year, low, high over sources, persons."""
    return LabTable(emigrants(pack).select("year", "low", "high"), (REGISTERED,))


def by_age(pack: Pack) -> LabTable:
    """Published shares of those who consider moving, by age: group, share."""
    rows = inputs.rows(pack, BY_AGE).sort("group")
    return LabTable(rows.select(pl.col("group").alias("age_group"), pl.col("value").alias("share")), (BY_AGE,))


TABLES = {"said": said, "left": left, "by_age": by_age, "respondents": respondents}
