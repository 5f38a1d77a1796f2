"""Values of every notion, collected from the other chapters; runs among the last, because it reads their results."""

from __future__ import annotations

import polars as pl

from qonys.catalog import Pack
from qonys.study.notions.readings import (
    Reading,
    apart_from_leading,
    contradicting,
    misplaced,
    readings,
    undated,
    unnamed,
)
from qonys.study.notions.register import Notion, register
from qonys.study.runs.results import Number, Results, TableResult

METHOD = "study.notions.readings.readings"
UNITS = {notion.id: notion.unit for notion in register().notions}
SCHEMA = {
    "notion": pl.String, "variant": pl.String, "keys": pl.String, "year": pl.String, "unit": pl.String,
    "value": pl.Float64, "low": pl.Float64, "high": pl.Float64, "result": pl.String,
}  # fmt: skip


def compute(pack: Pack, results: Results) -> None:
    """Add the values of the notions, the newest of each variant, and those that differ from the one that leads."""
    del pack
    found = readings(results)
    names = tuple(dict.fromkeys(one.result for one in found))
    numbers, kept = results.all_numbers(), results.all_tables()
    items = [numbers.get(name) or kept[name] for name in names]
    sources = tuple(sorted({source for item in items for source in item.sources}))
    rank = max((item.rank for item in items), default=1)
    pairs = apart_from_leading(found)
    tables = {
        "notion_values": _frame(found),
        "notions": _frame([one for notion in register().notions for one in _newest(notion, found)]),
        "notion_pairs": _pairs(list(pairs.values())),
    }
    results.add(
        *(TableResult(name, frame, "as_unit", rank, sources, METHOD) for name, frame in tables.items()),
        Number("notions.values", len(found), "count"),
        Number("notions.notions", len({one.variant.notion for one in found}), "count"),
        Number("notions.differing", len(contradicting(found)), "count"),
        Number("notions.undated", len(undated(found)), "count"),
        Number("notions.unnamed", len(unnamed(results)), "count"),
        Number("notions.misplaced", len(misplaced(results)), "count"),
    )


def _newest(notion: Notion, found: list[Reading]) -> list[Reading]:
    """The newest value of each variant of a notion; the first of several of that year."""
    chosen: dict[str, Reading] = {}
    for one in found:
        if one.variant.notion == notion.id:
            other = chosen.get(one.variant.id)
            if other is None or one.year > other.year:
                chosen[one.variant.id] = one
    return list(chosen.values())


def _row(one: Reading) -> dict[str, str | float | None]:
    keys = "; ".join(f"{name}={value}" for name, value in one.keys)
    return {
        "notion": one.variant.notion, "variant": one.variant.id, "keys": keys, "year": one.year,
        "unit": UNITS[one.variant.notion], "value": one.value, "low": one.low, "high": one.high, "result": one.result,
    }  # fmt: skip


def _frame(found: list[Reading]) -> pl.DataFrame:
    return pl.DataFrame([_row(one) for one in found], SCHEMA)


def _pairs(pairs: list[tuple[Reading, Reading]]) -> pl.DataFrame:
    """Rows of `_frame` of the second of each pair, with columns lead_* of the first."""
    lead = {"lead_variant": "variant", "lead_value": "value", "lead_low": "low", "lead_high": "high"}
    rows = [_row(own) | {name: _row(first)[column] for name, column in lead.items()} for first, own in pairs]
    return pl.DataFrame(rows, SCHEMA | {name: SCHEMA[column] for name, column in lead.items()})
