"""What an act of the law register did to a figure of the pack, and which other acts and events stand at the time."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from qonys.catalog import Pack
from qonys.errors import BadInput
from qonys.law import Register
from qonys.law.records import BASE, Act
from qonys.study.analyses.act_outcomes import Outcome, outcome
from qonys.study.analyses.effect import EffectFound, EffectOptions, effect_of_frame, near
from qonys.study.analyses.shocks import dated_events

ACT = "act"


@dataclass(frozen=True)
class ActEffect:
    """What was found, the act, the first year of its effect, whether the day of entry into force was read, its rivals
    (id, kind, start, end, name), the series, and `p` over the curve.
    """

    found: EffectFound
    act: Act
    first: int
    day_is_read: bool
    rivals: pl.DataFrame
    series: Outcome
    p: tuple[float, ...]


def effect_of_act(
    pack: Pack, register: Register, name: str, figure: str, options: EffectOptions, language: str
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
    first = first_year(act)
    known = rivals_of(pack, register, act, language)
    series = outcome(pack, figure, language)
    found = effect_of_frame(series.frame, known, replace(options, at=first))
    every = replace(options, at=first, table="curve")
    curve = found if options.table == "curve" else effect_of_frame(series.frame, known, every)
    p = tuple(curve.table["p"].drop_nulls().to_list())
    return ActEffect(found, act, first, act.day_is_read, near(known, first), series, p)


def first_year(act: Act) -> int:
    """The first year of an act's effect: that of its entry into force where that is in its first half, else the next.

    Raises
    ------
    BadInput
        The act has no day.

    """
    if act.begins is None:
        raise BadInput("law.effect.no_day", act=act.id)
    return act.begins.year + (act.begins.month > 6)


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
