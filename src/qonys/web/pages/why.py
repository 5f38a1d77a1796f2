"""Where a result comes from: a page for every stored number and table."""

from __future__ import annotations

from qonys import words
from qonys.report import origins
from qonys.study.runs.results import Number
from qonys.study.runs.rows import address_of
from qonys.study.runs.why import Explanation, explained
from qonys.web.charts.report_figures import sheet_of
from qonys.web.content import ROWS_SHOWN, Block, Cell, Content, Facts, Heading, Listing, Rows, why_address
from qonys.web.view import View


def build(view: View) -> Content:
    """All numbers and tables by name."""
    results = view.site.results
    numbers = tuple(
        (Cell(name, why_address(view, name)), Cell(view.context.value(name).shown),
         Cell(origins.unit_text(one.unit, view.language)))
        for name, one in results.numbers.items()
    )  # fmt: skip
    tables = tuple(
        (Cell(name, why_address(view, name)), Cell(view.number(one.frame.height)),
         Cell(origins.unit_text(one.unit, view.language)))
        for name, one in sorted(results.tables.items())
    )  # fmt: skip
    blocks = (
        Heading(view.say("why.numbers"), "numbers"),
        Rows(view.say("why.numbers"), tuple(view.say(f"why.{n}") for n in ("name", "value", "unit")), numbers, "lrl"),
        Heading(view.say("why.tables"), "tables"),
        Rows(
            view.say("why.tables"), (view.say("why.name"), view.say("why.column.rows"), view.say("why.unit")), tables,
            "lrl",
        ),
    )  # fmt: skip
    return Content(view.say("why.title"), view.say("why.intro"), blocks)


def _rows(view: View, found: Explanation) -> tuple[Block, ...]:
    """The first rows of a table, each with the page of its own origin, where figures are known by row."""
    keys = found.part.columns() if found.part is not None else ()
    if isinstance(found.item, Number) or found.row is not None or not keys:
        return ()
    shown = sheet_of(view, found.item.frame, ROWS_SHOWN)
    frame = found.item.frame
    addresses = [address_of(row, frame.columns, keys) for row in frame.head(ROWS_SHOWN).to_dicts()]
    rows = tuple(
        tuple(
            Cell(text, why_address(view, f"{found.item.name}/{address}") if mark or place == 0 else None, bool(mark))
            for place, (text, mark) in enumerate(zip(row, ("", *origins.linked(row[1:], shown.align[1:])), strict=True))
        )
        for row, address in zip(shown.rows, addresses, strict=True)
    )
    total = words.integer(found.item.frame.height, view.language)
    caption = view.say("web.chart.rows", shown=len(rows), total=total)
    return Heading(view.say("why.rows"), "rows"), Rows(caption, shown.head, rows, shown.align)


def item(view: View, name: str) -> Content:
    """One number or table, or TABLE/ROW.

    Raises
    ------
    UnknownName
        There is no such result.

    """
    found = explained(view.site.pack, view.site.results, name)
    blocks: list[Block] = [Facts(origins.facts(view.context, found)), *_rows(view, found)]
    if found.figures:
        rows = tuple(
            tuple(
                Cell(text, f"/{view.language}/data/{one.table}" if place == 1 else None)
                for place, text in enumerate(origins.figure_row(view.context, one))
            )
            for one in found.figures
        )
        blocks += [
            Heading(view.say("why.figures"), "figures"),
            Rows(view.say("why.figures"), origins.head(view.context), rows, "llrlll"),
        ]
    if found.others:
        items = tuple((one, why_address(view, one)) for one in found.others)
        blocks += [Heading(view.say("why.results"), "results"), Listing(items)]
    return Content(name, "", tuple(blocks), trail=((view.say("why.title"), f"/{view.language}/why"),))
