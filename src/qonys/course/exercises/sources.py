"""Sources that disagree: net migration of the country by register and by model."""

from __future__ import annotations

import polars as pl

from qonys.catalog import Pack
from qonys.course.exercise import Exercise, LabTable, Right, within
from qonys.inputs.annual import annual
from qonys.study.chapters.retrospective import intercensal

NEEDS = ("net_migration:register", "net_migration:model")
REGISTER, MODEL, NEITHER = "register", "model", "neither"


def both(pack: Pack) -> pl.DataFrame:
    """Years that both sources state: year, register, model, difference (register less model), persons."""
    found: pl.DataFrame = pack.cached("lab sources", lambda: _both(pack))
    return found


def _both(pack: Pack) -> pl.DataFrame:
    frames = []
    for role in (REGISTER, MODEL):
        series = annual(pack, "net_migration", role)
        assert series is not None
        frames.append(series.to_frame().select(pl.col("time").alias("year"), pl.col("value").alias(role)))
    joined = frames[0].join(frames[1], on="year").sort("year")
    return joined.with_columns(difference=pl.col(REGISTER) - pl.col(MODEL))


def widest(pack: Pack) -> dict[str, float]:
    """The year in which the sources differ most, with its numbers."""
    row = both(pack).sort(pl.col("difference").abs(), descending=True).row(0, named=True)
    return {name: float(value) for name, value in row.items()}


def difference(pack: Pack) -> Right:
    """Register less model in the year of the widest difference, persons; both are published to the person."""
    one = widest(pack)
    return Right(one["difference"], 1.0, {"year": int(one["year"])})


def typical(pack: Pack) -> Right:
    """Mean size of the difference over the years that both state, persons; its standard error is that of a mean."""
    sizes = both(pack)["difference"].abs()
    mean, spread = float(sizes.mean() or 0.0), float(sizes.std() or 0.0)  # type: ignore[arg-type]
    found = within(mean, spread / len(sizes) ** 0.5 / 10)
    years = both(pack)["year"]
    return Right(found.value, found.tolerance, {"start": int(years[0]), "end": int(years[-1])})


def _mean(pack: Pack) -> float:
    return float(both(pack)["difference"].mean())  # type: ignore[arg-type]


def counted(pack: Pack) -> dict[str, float]:
    """The last intercensal period with every year of both: start, end, residual, low, high and the sums of both."""
    table = both(pack)
    for one in reversed(intercensal(pack)):
        inside = table.filter(pl.col("year").is_between(one.start, one.end - 1))
        if inside.height == one.end - one.start:
            low, high = one.interval()
            sums = {role: float(inside[role].sum()) for role in (REGISTER, MODEL)}
            return {"start": one.start, "end": one.end, "residual": one.residual, "low": low, "high": high, **sums}
    return {}


def inside(pack: Pack) -> Right:
    """Which source lies within the interval of the censuses: the nearer where both do."""
    one = counted(pack)
    held = [role for role in (REGISTER, MODEL) if one["low"] <= one[role] <= one["high"]]
    code = min(held, key=lambda role: abs(one[role] - one["residual"])) if held else NEITHER
    return Right(code, 0.0, {"start": int(one["start"]), "end": int(one["end"])})


def nearer(pack: Pack) -> str:
    """The source whose sum is nearer, whatever the interval."""
    one = counted(pack)
    return min((REGISTER, MODEL), key=lambda role: abs(one[role] - one["residual"]))


EXERCISES = (
    Exercise(
        "sources-1",
        difference,
        "persons",
        NEEDS,
        {
            "register": lambda pack: widest(pack)["register"],
            "model": lambda pack: widest(pack)["model"],
            "sum": lambda pack: widest(pack)["register"] + widest(pack)["model"],
        },
    ),
    Exercise(
        "sources-2",
        typical,
        "persons",
        NEEDS,
        {"signed": _mean, "total": lambda pack: float(both(pack)["difference"].abs().sum())},
    ),
    Exercise(
        "sources-3",
        inside,
        "",
        (*NEEDS, "census_population", "births", "deaths"),
        {"nearer": nearer},
        lambda pack: (REGISTER, MODEL, NEITHER),
    ),
)


def yearly(pack: Pack) -> LabTable:
    """Net migration by year and source, persons."""
    return LabTable(both(pack), ("net_migration",))


def period(pack: Pack) -> LabTable:
    """The residual of two censuses beside the sums of both sources: what, value, low, high, persons."""
    one = counted(pack)
    rows = [
        ("census", one["residual"], one["low"], one["high"]),
        *((role, one[role], None, None) for role in (REGISTER, MODEL)),
    ]
    frame = pl.DataFrame(rows, schema=["speaker", "value", "low", "high"], orient="row")
    return LabTable(frame, ("net_migration", "census_population", "births", "deaths"))


TABLES = {"yearly": yearly, "period": period}
