"""The law register: acts, values of parameters, international instruments and their coverage, as results."""

from __future__ import annotations

from collections import Counter
from datetime import date

import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.law import Register, frames, law_register
from qonys.law.records import BASE, COVERS, PARTY, TO_CHECK
from qonys.study.analyses.effects_of_acts import effects_of_acts
from qonys.study.claims.reading import read_asof
from qonys.study.runs.results import Number, Results, TableResult

METHOD = "law.register.law_register"
INTERRUPTED = "explanation.evaluation.interrupted.interrupted_series"
SECONDARY = 3


def compute(pack: Pack, results: Results) -> None:
    """Add the register's tables, how many acts, instruments and obligations there are, and how many are not certain."""
    with results.part():
        register = law_register(pack)
        results.add(*_tables(register), *_numbers(register), *_since_the_text(register, read_asof(pack)))
        results.add(*_effects(pack, register))


def _tables(register: Register) -> list[TableResult]:
    national = [one for one in register.values if one.region == register.pack.whole]
    found = {
        "law_acts": frames.acts_frame(register.acts, "en"),
        "law_values": frames.values_frame(register, national, "en"),
        "law_treaties": frames.conventions_frame(register.conventions, "en"),
        "law_coverage": frames.coverage_frame(register, "en"),
    }
    tables = [
        TableResult(name, frame, "as_quantity", SECONDARY, _sources(frame), METHOD) for name, frame in found.items()
    ]
    everything = tuple(dict.fromkeys(source for table in tables for source in table.sources))
    gaps = TableResult("law_searched", frames.looked_for_frame(register), "count", SECONDARY, everything, METHOD)
    return [*tables, gaps]


def _effects(pack: Pack, register: Register) -> list[TableResult | Number]:
    """What acts did to net migration: an effect and a path by first year, rivals by act, refusals, years in all."""
    found = effects_of_acts(pack, register)
    if found is None:
        return []
    used = inputs.chosen(pack, found.series.id).filter(pl.col("year").is_between(*found.series.years))
    told, rank, unit = _sources(used), int(str(used["rank"].max())), found.series.unit
    listed = _sources(frames.acts_frame(register.acts, "en"))
    tables = [
        TableResult("law_effects", found.effects, "as_measure", rank, told, INTERRUPTED),
        TableResult("law_effect_paths", found.paths, unit, rank, told, INTERRUPTED),
        TableResult("law_effect_acts", found.acts, "as_quantity", SECONDARY, listed, METHOD),
        TableResult("law_effect_rivals", found.rivals, "as_quantity", SECONDARY, listed, METHOD),
    ]
    counts = dict(zip(("years", "years_low"), found.years, strict=True))
    numbers = [
        Number(f"law.effect.{name}", count, "count", rank=rank, sources=told, method=INTERRUPTED)
        for name, count in counts.items()
    ]
    return [*tables, *numbers]


def _sources(frame: pl.DataFrame) -> tuple[str, ...]:
    return tuple(sorted(frame["source"].drop_nulls().unique()))


def _numbers(register: Register) -> list[Number]:
    covers = Counter(one.cover for one in register.obligations)
    counts = {
        "acts": len(register.acts), "changes": len(register.changes), "parameters": len(register.parameters),
        "values": len(register.values), "treaties": len(register.conventions), "obligations": len(register.obligations),
        "unsure": sum(one.status == TO_CHECK for one in register.acts),
        "party": sum(one.state == PARTY for one in register.conventions),
        **{f"cover.{cover}": covers[cover] for cover in COVERS},
    }  # fmt: skip
    return [Number(f"law.{name}", count, "count", method=METHOD) for name, count in counts.items()]


def _since_the_text(register: Register, asof: int | None) -> list[Number]:
    """How steady the law was: acts that make rules, those adopted after the text, changed, ended; numbers set today."""
    if asof is None:
        return []
    base = {one.id: one for one in register.acts if one.role == BASE}
    newest = max((one.begins for one in base.values() if one.begins), default=date.min)
    counts = {
        "base": len(base), "recent": sum(one.adopted[:4] > str(asof) for one in base.values()),
        "changed": len({one.target for one in register.changes} & base.keys()),
        "ended": sum(one.ends is not None for one in base.values()),
        "set": len({one.parameter for one in register.values_on(newest)}),
    }  # fmt: skip
    year = Number("law.text_year", asof, "year", method=METHOD)
    return [year, *(Number(f"law.{name}", count, "count", method=METHOD) for name, count in counts.items())]
