"""What a text demands, asserts and proposes, and where each statement is answered, as results."""

from __future__ import annotations

import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.catalog.course import ANSWERS, NAMES, Course
from qonys.study.runs.results import Number, Results, TableResult

METHOD = "catalog.course.course"


def compute(pack: Pack, results: Results) -> None:
    """Add the statements with the kinds of their answers, and how many there are of each."""
    with results.part():
        found = inputs.course(pack)
        if not found.statements:
            return
        sources, frame = (found.source,), statements_frame(found)
        results.add(
            TableResult("course", frame, "as_quantity", 4, sources, METHOD),
            Number("course.statements", frame.height, "count", method=METHOD),
            Number("course.sections", len(found.sections), "count", method=METHOD),
        )
        for answer in ANSWERS:
            count = sum(one.answer == answer for one in found.statements)
            results.add(Number(f"course.{answer}", count, "count", method=METHOD))


def statements_frame(found: Course) -> pl.DataFrame:
    """One row per statement: id, section, kind, answer, and what answers it by kind, several joined by semicolons."""
    rows = [
        {"id": one.id, "section": one.section, "kind": one.kind, "answer": one.answer}
        | {name: "; ".join(one.names[name]) for name in NAMES}
        for one in found.statements
    ]
    return pl.DataFrame(rows)
