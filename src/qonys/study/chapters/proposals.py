"""What a text proposes: effects of the measures that stand for each proposal, and how many have none, as results."""

from __future__ import annotations

import polars as pl

from qonys.catalog import Pack
from qonys.catalog.proposals import ANSWERS, Proposal, proposals
from qonys.study.runs.results import Number, Results, TableResult

METHOD = "catalog.proposals.proposals"
FIRST = "population"
EFFECT = ("change", "unit", "year", "low", "middle", "high", "basis")


def compute(pack: Pack, results: Results) -> None:
    """Add the proposals, one row for each measure that stands for one, and how many there are of each answer."""
    with results.part():
        found = proposals(pack)
        measures = results.table("conclusion_measures")
        frame = proposals_frame(found, measures.frame)
        results.add(TableResult("proposals", frame, "persons", measures.rank, measures.sources, METHOD))
        counts = {"all": len(found)} | {name: sum(one.answer == name for one in found) for name in ANSWERS}
        results.add(*(Number(f"proposals.{name}", count, "count", method=METHOD) for name, count in counts.items()))


def proposals_frame(found: tuple[Proposal, ...], measures: pl.DataFrame) -> pl.DataFrame:
    """id, statement, answer, measure, and of a measure its change, unit, year, effect on population and basis."""
    effects = {row["measure"]: row for row in measures.filter(pl.col("outcome") == FIRST).iter_rows(named=True)}
    rows = [
        {"id": one.id, "statement": one.statement, "answer": one.answer, "measure": name}
        | {column: effects.get(name, {}).get(column) for column in EFFECT}
        for one in found
        for name in one.measures or (None,)
    ]
    whole = {"year": pl.Int64}
    numbers = dict.fromkeys(("change", "low", "middle", "high"), pl.Float64)
    return pl.DataFrame(rows, schema_overrides={**whole, **numbers, "measure": pl.String})
