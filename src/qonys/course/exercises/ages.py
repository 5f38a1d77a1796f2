"""Age schedules: net migration by age between two counts, and what a model schedule can say of it."""

from __future__ import annotations

import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.course.exercise import Exercise, LabTable, Right, within
from qonys.measurement.schedules import SIZES, fit_schedules
from qonys.study.chapters.ages import balances, net_rates

NEEDS = ("population_by_age_sex", "death_rates_by_age_sex", "sex_ratio_at_birth")
ADULT, OLD, CHILD = 15, 60, 15
IDENTIFIED, UNIDENTIFIED = "identified", "unidentified"
POINTS = 0.5


def by_age(pack: Pack) -> pl.DataFrame:
    """Net migration by five-year ages and intervals: start, end, age_start, value (persons), exposure, rate."""

    def make() -> pl.DataFrame:
        people, rates = (inputs.rows(pack, name) for name in NEEDS[:2])
        return net_rates(balances(pack, people, rates, None), people).sort("start", "age_start")

    found: pl.DataFrame = pack.cached("lab ages", make)
    return found


def losing(pack: Pack) -> pl.DataFrame:
    """The interval of the greatest loss."""
    table = by_age(pack)
    start = table.group_by("start").agg(pl.col("value").sum()).sort("value", "start")["start"][0]
    return table.filter(pl.col("start") == start)


def _span(pack: Pack) -> dict[str, object]:
    row = losing(pack).row(0, named=True)
    return {"start": int(row["start"]), "end": int(row["end"]), "adult": ADULT, "old": OLD, "child": CHILD}


def _worst_age(pack: Pack, column: str) -> float:
    adult = losing(pack).filter(pl.col("age_start").is_between(ADULT, OLD))
    return float(adult.sort(column, "age_start")["age_start"][0])


def peak(pack: Pack) -> Right:
    """Beginning of the adult age group with the highest rate of loss, years."""
    return Right(_worst_age(pack, "rate"), 0.5, _span(pack))


def children(pack: Pack) -> Right:
    """Share of children in the net loss of all ages, percent."""
    found = within(100 * _share(pack, "value"), POINTS, 1)
    return Right(found.value, found.tolerance, _span(pack))


def _share(pack: Pack, column: str) -> float:
    table = losing(pack)
    return float(table.filter(pl.col("age_start") < CHILD)[column].sum()) / float(table[column].sum())


def identified(pack: Pack) -> Right:
    """Whether the ages of the interval identify the parameters of the smallest schedule."""
    rates = losing(pack).select("age_start", (pl.col("age_start") + 4).alias("age_end"), value=-pl.col("rate"))
    models = fit_schedules(rates.with_columns(start=pl.lit(0)), ["start"], SIZES[:1]).models
    return Right(IDENTIFIED if models["identified"][0] else UNIDENTIFIED, 0.0, _span(pack))


EXERCISES = (
    Exercise("ages-1", peak, "years", NEEDS, {"number": lambda pack: _worst_age(pack, "value")}),
    Exercise(
        "ages-2",
        children,
        "percent",
        NEEDS,
        {"of_rates": lambda pack: 100 * _share(pack, "rate"), "of_people": lambda pack: 100 * _share(pack, "exposure")},
        decimals=1,
    ),
    Exercise(
        "ages-3",
        identified,
        "",
        NEEDS,
        {"looks_close": lambda pack: IDENTIFIED},
        lambda pack: (IDENTIFIED, UNIDENTIFIED),
    ),
)


def rates(pack: Pack) -> LabTable:
    """Net migration per 1,000 person-years by age in the interval of the greatest loss, and the persons."""
    table = losing(pack).select("age_start", "value", "exposure", rate=1000 * pl.col("rate"))
    return LabTable(table, NEEDS)


def every(pack: Pack) -> LabTable:
    """The same in all intervals: start, end, age_start, value, exposure, rate (per person-year)."""
    return LabTable(by_age(pack), NEEDS)


TABLES = {"rates": rates, "every": every}
