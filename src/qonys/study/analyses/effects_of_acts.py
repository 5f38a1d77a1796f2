"""The effect of every act of the register on one yearly figure of the country, as results of the study.

One series knows years, not acts: acts counted from one year share one effect, so that it is found by year, and with it
how many of all years in which it can be asked would show one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import polars as pl

from qonys.catalog import Pack
from qonys.errors import BadInput, shown
from qonys.explanation.evaluation.interrupted import AFTER, BEFORE
from qonys.law import Register
from qonys.law.records import BASE, Act
from qonys.study.analyses.act_effects import first_year, rivals_of
from qonys.study.analyses.act_outcomes import Outcome, known_outcomes, outcome
from qonys.study.analyses.effect import EffectOptions, effect_of_frame, near
from qonys.words import Worded

FIGURE = "net_migration"
LEVEL = 0.05
ACT = {"act": pl.String, "first": pl.Int64, "refused": pl.String, "refused_values": pl.String}
EFFECT = {"first": pl.Int64, "effect": pl.String, "value": pl.Float64, "error": pl.Float64, "low": pl.Float64,
          "high": pl.Float64, "p": pl.Float64, "percent": pl.Float64, "choices": pl.Int64, "p_least": pl.Float64,
          "p_most": pl.Float64}  # fmt: skip
PATH = {"first": pl.Int64, "year": pl.Int64, "observed": pl.Float64, "expected": pl.Float64, "low": pl.Float64,
        "high": pl.Float64, "gap": pl.Float64}  # fmt: skip
RIVAL = {"act": pl.String, "event": pl.String, "kind": pl.String, "start": pl.Int64, "end": pl.Int64}


@dataclass(frozen=True)
class EffectsOfActs:
    """`series`: the figure; `acts`: the first year of each, or the sentence (key and values) that refuses it;
    `effects` and `paths` (observed and expected, in the unit of the figure) by first year; `rivals`: acts and events of
    the time, by act; `years`: all in which it can be asked, and in how many p of the mean effect is at most 0.05.
    """

    series: Outcome
    acts: pl.DataFrame
    effects: pl.DataFrame
    paths: pl.DataFrame
    rivals: pl.DataFrame
    years: tuple[int, int]


def effects_of_acts(pack: Pack, register: Register, figure: str = FIGURE) -> EffectsOfActs | None:
    """Effects of all acts that make rules and have a day, as interrupted series; none where the figure is not there.

    Examples
    --------
    >>> from qonys.catalog import open_pack
    >>> from qonys.law import law_register
    >>> pack = open_pack("kazakhstan")
    >>> found = effects_of_acts(pack, law_register(pack))
    >>> found.effects.filter(pl.col("first") == 2012)["effect"].to_list()
    ['step', 'slope', 'mean']

    """
    if figure not in known_outcomes(pack):
        return None
    series = outcome(pack, figure, "en")
    acts = [one for one in register.acts if one.role == BASE and one.begins is not None]
    refused: dict[int, BadInput] = {}
    effects, paths = list[dict[str, Any]](), [pl.DataFrame(schema=PATH)]
    for year in sorted({first_year(act) for act in acts}):
        try:
            rows, path = _of_year(series, year)
        except BadInput as error:
            refused[year] = error
        else:
            effects += rows
            paths.append(path)
    rivals = [_rivals(pack, register, act) for act in acts]
    listed = pl.DataFrame([_act_row(act, refused) for act in acts], schema=ACT)
    return EffectsOfActs(
        series, listed, pl.DataFrame(effects, schema=EFFECT), pl.concat(paths),
        pl.concat([pl.DataFrame(schema=RIVAL), *rivals]), _by_any_year(series),
    )  # fmt: skip


def _of_year(series: Outcome, year: int) -> tuple[list[dict[str, Any]], pl.DataFrame]:
    """Rows of the effects counted from a year, with the ends of p over the specification curve, and the path."""
    nothing = pl.DataFrame(schema={"id": pl.String, "kind": pl.String, "start": pl.Int64, "end": pl.Int64})
    effect, path, curve = (
        effect_of_frame(series.frame, nothing, EffectOptions(table, year)).table
        for table in ("effect", "path", "curve")
    )
    p = curve["p"].drop_nulls()
    about = {"first": year, "choices": len(p), "p_least": p.min(), "p_most": p.max()}
    drawn = path.rename({"time": "year"}).with_columns(first=pl.lit(year, pl.Int64)).select(*PATH)
    return [about | row for row in effect.to_dicts()], drawn


def _by_any_year(series: Outcome) -> tuple[int, int]:
    """How many years can be asked, and in how many p of the mean effect is at most 0.05: a placebo in time."""
    first, last = series.years
    nothing = pl.DataFrame(schema={"id": pl.String, "kind": pl.String, "start": pl.Int64, "end": pl.Int64})
    years = range(first + BEFORE, last - AFTER + 2)
    found = [effect_of_frame(series.frame, nothing, EffectOptions("effect", year)).table for year in years]
    return len(found), sum(float(one.filter(pl.col("effect") == "mean")["p"][0]) <= LEVEL for one in found)


def _act_row(act: Act, refused: dict[int, BadInput]) -> dict[str, Any]:
    year = first_year(act)
    error = refused.get(year)
    if error is None:
        return {"act": act.id, "first": year, "refused": None, "refused_values": None}
    values = {name: one.names if isinstance(one, Worded) else shown(one) for name, one in error.values.items()}
    said = json.dumps(values, ensure_ascii=False)
    return {"act": act.id, "first": year, "refused": error.key, "refused_values": said}


def _rivals(pack: Pack, register: Register, act: Act) -> pl.DataFrame:
    found = near(rivals_of(pack, register, act, "en"), first_year(act))
    return found.select(
        pl.lit(act.id).alias("act"), pl.col("id").alias("event"), "kind", pl.col("start").cast(pl.Int64),
        pl.col("end").cast(pl.Int64),
    )  # fmt: skip
