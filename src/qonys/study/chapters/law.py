"""The law register: acts, values of parameters, international instruments and their coverage, as results."""

from __future__ import annotations

from collections import Counter
from datetime import date

import polars as pl

from qonys.catalog import Pack
from qonys.law import Register, frames, law_register
from qonys.law.records import BASE, COVERS, PARTY, TO_CHECK
from qonys.study.claims.reading import read_asof
from qonys.study.runs.results import Number, Results, TableResult

METHOD = "law.register.law_register"
SECONDARY = 3


def compute(pack: Pack, results: Results) -> None:
    """Add the register's tables, how many acts, instruments and obligations there are, and how many are not certain."""
    with results.part():
        register = law_register(pack)
        results.add(*_tables(register), *_numbers(register), *_since_the_text(register, read_asof(pack)))


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
