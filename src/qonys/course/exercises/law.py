"""Policy and law: what an act did to migration, what rivals its explanation, and when this cannot be answered."""

from __future__ import annotations

import polars as pl

from qonys.catalog import Pack
from qonys.course.exercise import Exercise, LabTable, Right, within
from qonys.errors import BadInput
from qonys.inputs.annual import annual
from qonys.law import law_register
from qonys.law.frames import values_frame
from qonys.study.analyses.effect import EffectOptions, effect_of_frame
from qonys.study.analyses.shocks import dated_events

REGISTER = "net_migration:register"
NEEDS = (REGISTER,)
RAISED, LOWERED, CANNOT = "raised", "lowered", "cannot"
BEFORE, AFTER = 8, 5
ACT = "event"


def series(pack: Pack) -> pl.DataFrame:
    """Net migration by year as the records of moves have it: time, value, persons."""
    found = annual(pack, "net_migration", "register")
    assert found is not None
    return found.to_frame().select(pl.col("time").cast(pl.Int64), "value")


def act(pack: Pack) -> dict[str, object]:
    """The newest dated event that is no shock, with enough years before and after it: id, start."""
    years = series(pack)["time"].to_list()
    fit = dated_events(pack).filter(
        (pl.col("kind") == ACT) & pl.col("direction").is_in(["in", "out"])
        & pl.col("start").is_between(years[0] + BEFORE, years[-1] - AFTER + 1)
    )  # fmt: skip
    return fit.sort("start", "id").row(-1, named=True)


def table(pack: Pack, name: str) -> pl.DataFrame:
    """A table of the interrupted series at the act: effect, path, curve or rivals."""

    def make() -> pl.DataFrame:
        options = EffectOptions(name, int(str(act(pack)["start"])))
        return effect_of_frame(series(pack), dated_events(pack), options).table

    found: pl.DataFrame = pack.cached(f"lab law {name}", make)
    return found


def effect(pack: Pack) -> dict[str, float]:
    """The step of level at the act: value, error, low, high, persons a year; and its slope."""
    rows = {str(row["effect"]): row for row in table(pack, "effect").iter_rows(named=True)}
    step = {name: float(rows["step"][name]) for name in ("value", "error", "low", "high")}
    return step | {"slope": float(rows["slope"]["value"])}


def rivals(pack: Pack) -> pl.DataFrame:
    """Other dated events within two years of the act: event, kind, start, end, distance."""
    return table(pack, "rivals").filter(pl.col("event") != act(pack)["id"])


def step(pack: Pack) -> Right:
    """The step of level at the act, persons a year, within its standard error."""
    one = effect(pack)
    found = within(one["value"], one["error"])
    return Right(found.value, found.tolerance, {"year": act(pack)["start"]})


def plain(pack: Pack) -> float:
    """Mean after the act less the mean before it, whatever the trend."""
    start, years = int(str(act(pack)["start"])), series(pack)
    after, before = (years.filter(where)["value"].mean() for where in (pl.col("time") >= start, pl.col("time") < start))
    return float(after) - float(before)  # type: ignore[arg-type]


def others(pack: Pack) -> Right:
    """How many other dated events lie within two years of the act."""
    return Right(float(rivals(pack).height), 0.0, {"year": act(pack)["start"]})


def answered(pack: Pack) -> Right:
    """What the figures say of the act: it raised or lowered net migration, or they cannot say.

    They cannot where the method refuses, the interval takes in nought, or other events rival the explanation.
    """
    values = {"year": act(pack)["start"]}
    try:
        one = effect(pack)
    except BadInput:
        return Right(CANNOT, 0.0, values)
    if rivals(pack).height or one["low"] <= 0 <= one["high"]:
        return Right(CANNOT, 0.0, values)
    return Right(RAISED if one["value"] > 0 else LOWERED, 0.0, values)


def _sign(pack: Pack) -> str:
    return RAISED if plain(pack) > 0 else LOWERED


EXERCISES = (
    Exercise("law-1", step, "persons", NEEDS, {"plain": plain, "slope": lambda pack: effect(pack)["slope"]}),
    Exercise("law-2", others, "count", NEEDS, {"itself": lambda pack: float(table(pack, "rivals").height)}),
    Exercise("law-3", answered, "", NEEDS, {"sign": _sign}, lambda pack: (RAISED, LOWERED, CANNOT)),
)  # fmt: skip


def yearly(pack: Pack) -> LabTable:
    """Net migration by year, persons."""
    return LabTable(series(pack), NEEDS)


def dated(pack: Pack) -> LabTable:
    """Dated events of the years of the series; the act that is examined is marked: event, start, kind, examined."""
    years = series(pack)["time"]
    inside = dated_events(pack).filter(pl.col("start").is_between(years.min(), years.max())).sort("start")
    cited = pack.events().filter(pl.col("id").is_in(inside["id"].implode()))["source"]
    marked = pl.when(pl.col("id") == act(pack)["id"]).then(pl.lit("examined")).otherwise(pl.lit(None))
    shown = inside.select(pl.col("id").alias("event"), "start", "kind", mark=marked)
    return LabTable(shown, sources=tuple(cited.drop_nulls().unique()))


def in_force(pack: Pack) -> LabTable:
    """Values of the parameter that acts have set most often for the whole country; no rows without a law register."""
    names = ("parameter", "value", "unit", "valid_from", "valid_to", "act")
    empty = pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    try:
        register = law_register(pack).needed()
    except BadInput:
        return LabTable(empty)
    whole = [one for one in register.values if one.region in ("", pack.whole)]
    counted = pl.Series([one.parameter for one in whole]).value_counts().sort("count", "", descending=[True, False])
    chosen = [one for one in whole if one.parameter == counted[""][0]]
    frame = values_frame(register, chosen, "en").select(*names, "source")
    return LabTable(frame.drop("source"), sources=tuple(frame["source"].drop_nulls().unique()))


TABLES = {"yearly": yearly, "dated": dated, "in_force": in_force}
