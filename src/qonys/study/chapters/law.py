"""The law register: acts, values of parameters, international instruments and their coverage, as results."""

from __future__ import annotations

from collections import Counter

import polars as pl

from qonys.catalog import Pack
from qonys.law import Register, frames, law_register
from qonys.law.records import COVERS, PARTY, TO_CHECK
from qonys.study.runs.results import Number, Results, TableResult

METHOD = "law.register.law_register"
SECONDARY = 3


def compute(pack: Pack, results: Results) -> None:
    """Add the register's tables, how many acts, instruments and obligations there are, and how many are not certain."""
    with results.part():
        register = law_register(pack)
        results.add(*_tables(register), *_numbers(register))


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
