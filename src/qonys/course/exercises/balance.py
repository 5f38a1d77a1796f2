"""The balance equation: net migration as what the counts leave over."""

from __future__ import annotations

import polars as pl

from qonys.catalog import Pack
from qonys.course.exercise import Exercise, LabTable, Right, within
from qonys.measurement.components import Components
from qonys.study.chapters.retrospective import intercensal

NEEDS = ("census_population", "births", "deaths")
GAIN, LOSS, UNSURE = "gain", "loss", "unsure"


def periods(pack: Pack) -> list[Components]:
    """Components of the intercensal periods, as the report has them."""
    found: list[Components] = pack.cached("lab balance", lambda: intercensal(pack))
    return found


def last(pack: Pack) -> Components:
    """The last intercensal period."""
    return periods(pack)[-1]


def losing(pack: Pack) -> Components:
    """The first period that lost by migration while births exceeded deaths."""
    return next((one for one in periods(pack) if one.residual < 0 < one.natural), periods(pack)[0])


def doubtful(pack: Pack) -> Components:
    """The period whose net migration is smallest beside its error."""
    return min(periods(pack), key=lambda one: abs(one.residual) / max(one.residual_sd, 1.0))


def _span(one: Components) -> dict[str, object]:
    return {"start": one.start, "end": one.end}


def residual(pack: Pack) -> Right:
    """Net migration of the last period, persons."""
    one = last(pack)
    found = within(one.residual, one.residual_sd)
    return Right(found.value, found.tolerance, _span(one))


def taken(pack: Pack) -> Right:
    """Share of natural increase that migration took in the first losing period, percent."""
    one = losing(pack)
    found = within(100 * one.offset, 100 * one.offset_sd, 1)
    return Right(found.value, found.tolerance, _span(one))


def certain(pack: Pack) -> Right:
    """Whether the interval of the most doubtful period lies on one side of zero."""
    one = doubtful(pack)
    low, high = one.interval()
    return Right(GAIN if low > 0 else LOSS if high < 0 else UNSURE, 0.0, _span(one))


def naive(pack: Pack) -> str:
    """The sign of the number alone."""
    return GAIN if doubtful(pack).residual > 0 else LOSS


def _years(pack: Pack) -> int:
    return last(pack).end - last(pack).start


EXERCISES = (
    Exercise(
        "balance-1",
        residual,
        "persons",
        NEEDS,
        {
            "growth": lambda pack: last(pack).growth,
            "natural": lambda pack: last(pack).natural,
            "births_only": lambda pack: last(pack).growth - last(pack).births,
            "yearly": lambda pack: last(pack).residual / _years(pack),
        },
    ),
    Exercise(
        "balance-2",
        taken,
        "percent",
        NEEDS,
        {
            "of_growth": lambda pack: 100 * -losing(pack).residual / losing(pack).growth,
            "of_births": lambda pack: 100 * -losing(pack).residual / losing(pack).births,
            "left": lambda pack: 100 * (1 - losing(pack).offset),
        },
        decimals=1,
    ),
    Exercise("balance-3", certain, "", NEEDS, {"naive": naive}, lambda pack: (GAIN, LOSS, UNSURE)),
)


def counts(pack: Pack) -> LabTable:
    """Counts with their standard errors at the ends of the periods, persons: time, value, sd."""
    rows = [(one.start, one.population_start) for one in periods(pack)]
    rows.append((last(pack).end, last(pack).population_end))
    from qonys.inputs.series import census_population

    people = census_population(pack)
    spread = dict(zip(people.axis("time").labels, people.sd if people.sd is not None else (), strict=False))
    frame = pl.DataFrame(
        [(year, value, float(spread.get(year, float("nan")))) for year, value in dict(rows).items()],
        schema=["time", "value", "sd"],
        orient="row",
    )
    return LabTable(frame, ("census_population",))


def vital(pack: Pack) -> LabTable:
    """Births and deaths by calendar year between the first and the last count, persons: time, births, deaths."""
    from qonys.inputs.series import national_series

    births, deaths = (
        national_series(pack, name).to_frame().select("time", pl.col("value").alias(name)) for name in NEEDS[1:]
    )
    both = births.join(deaths, on="time").sort("time")
    inside = both.filter(pl.col("time").is_between(periods(pack)[0].start, last(pack).end - 1))
    return LabTable(inside, NEEDS[1:])


TABLES = {"counts": counts, "vital": vital}
