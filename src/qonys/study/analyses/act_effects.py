"""What an act of the law register did to a figure of the pack, and which other acts and events stand at the time."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.catalog.figures import figure_specs
from qonys.catalog.pack import nearest
from qonys.errors import BadInput
from qonys.law import Register
from qonys.law.records import BASE, Act
from qonys.study.analyses.effect import EffectFound, EffectOptions, effect_of_frame, near
from qonys.study.analyses.shocks import dated_events

ACT = "act"


@dataclass(frozen=True)
class ActEffect:
    """What was found, the act, the first year of its effect, whether the day of entry into force was read, its rivals
    (id, kind, start, end, name), and the figure: its name, unit and first and last year; `p` over the curve.
    """

    found: EffectFound
    act: Act
    first: int
    day_is_read: bool
    rivals: pl.DataFrame
    name: str
    unit: str
    years: tuple[int, int]
    p: tuple[float, ...]


def effect_of_act(
    pack: Pack, register: Register, name: str, outcome: str, options: EffectOptions, language: str
) -> ActEffect:
    """The effect of an act on a yearly figure of the pack: interrupted series, or synthetic control of a region.

    The effect begins in the year of entry into force where that is in its first half, otherwise in the next.

    Raises
    ------
    BadInput
        The act has no day; the figure is none by year; what the methods refuse.
    UnknownName
        There is no such act.

    """
    act = register.act(name)
    if act.begins is None:
        raise BadInput("law.effect.no_day", act=act.id)
    first = act.begins.year + (act.begins.month > 6)
    known = rivals_of(pack, register, act, language)
    frame = _yearly(pack, outcome)
    found = effect_of_frame(frame, known, replace(options, at=first))
    spec = figure_specs(pack)[outcome]
    years = int(frame["time"].min()), int(frame["time"].max())  # type: ignore[arg-type]
    every = replace(options, at=first, table="curve")
    curve = found if options.table == "curve" else effect_of_frame(frame, known, every)
    p = tuple(curve.table["p"].drop_nulls().to_list())
    return ActEffect(
        found, act, first, act.day_is_read, near(known, first), spec.names[language], spec.unit, years, p
    )


def rivals_of(pack: Pack, register: Register, act: Act, language: str) -> pl.DataFrame:
    """All dated events of the pack and all other basic acts of its register: id, kind, start, end, name."""
    named = pack.events().select("id", pl.col(f"name_{language}").alias("name"))
    known = pack.events()
    own: list[str] = known.filter(pl.col("act") == act.id)["id"].to_list() if "act" in known.columns else []
    dated = dated_events(pack).filter(~pl.col("id").is_in(own))
    events = dated.join(named, on="id", how="left").select("id", "kind", "start", "end", "name")
    rows = [
        (one.id, ACT, one.begins.year, one.begins.year, one.titles[language])
        for one in register.acts if one.begins is not None and one.role == BASE and one.id != act.id
    ]  # fmt: skip
    return pl.concat([events, pl.DataFrame(rows, schema=events.schema, orient="row")])


def _yearly(pack: Pack, outcome: str) -> pl.DataFrame:
    """time, value and, of a regional figure, region: the preferred source of each year."""
    specs = figure_specs(pack)
    yearly = {name: spec.axes for name, spec in specs.items() if set(spec.axes) in ({"year"}, {"year", "region"})}
    if outcome not in yearly:
        raise BadInput("law.effect.outcome", outcome=outcome, near=nearest(outcome, tuple(yearly)))
    frame = inputs.chosen(pack, outcome).filter(pl.col("value").is_not_null())
    shown = frame.select(*(["region"] if "region" in yearly[outcome] else []), time="year", value="value")
    return _unbroken(shown)


def _unbroken(frame: pl.DataFrame) -> pl.DataFrame:
    """The newest years that follow each other in all regions that have the last of them."""
    last = int(frame["time"].max())  # type: ignore[arg-type]
    if "region" in frame.columns:
        frame = frame.filter(pl.col("region").is_in(frame.filter(pl.col("time") == last)["region"].implode()))
        count = frame["region"].n_unique()
        whole = frame.group_by("time").len().filter(pl.col("len") == count)["time"]
    else:
        whole = frame["time"]
    years, first = set(whole.to_list()), last
    while first - 1 in years:
        first -= 1
    return frame.filter(pl.col("time").is_between(first, last))
