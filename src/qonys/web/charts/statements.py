"""Claims: what the statement says, the range over the sources, the verdict."""

from __future__ import annotations

from qonys.figures.drawing import Drawing, Sheet, facts
from qonys.report.chapters.claims import range_text, said, verdict_text
from qonys.web.charts.kit import Chart
from qonys.web.view import View


def claims(view: View) -> Drawing:
    """All statements with their verdicts."""
    table = view.site.results.table("claims").frame
    context = view.context
    rows, told = [], said(context)
    for number, row in enumerate(table.iter_rows(named=True), 1):
        today = verdict_text(row, view.language, "_now") if row.get("verdict_now") else "–"
        words = told.get(row["id"], row["words"])
        rows.append((str(number), words, range_text(context, row), verdict_text(row, view.language), today))
    counts = {
        name: int(view.site.results.number(f"claims.{name}").value or 0)
        for name in ("confirmed", "contradicted", "depends", "cannot_tell", "outside")
    }
    head = tuple(view.say(f"claims.column.{name}") for name in ("number", "words", "range", "verdict", "now"))
    return Drawing(
        view.say("claims.table"),
        view.say("web.claims.says", **counts),
        table,
        Sheet(head, tuple(rows), "llrll"),
        **facts(view.context, "claims"),
    )


CHARTS = (Chart("claims", claims, ("claims",)),)
