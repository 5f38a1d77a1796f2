"""Where a result comes from: a page for every stored number and table."""

from __future__ import annotations

from qonys.report import origins
from qonys.study.runs.why import explained
from qonys.web.content import Block, Cell, Content, Facts, Heading, Listing, Rows, why_address
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


def item(view: View, name: str) -> Content:
    """One number or table.

    Raises
    ------
    UnknownName
        There is no such result.

    """
    found = explained(view.site.pack, view.site.results, name)
    blocks: list[Block] = [Facts(origins.facts(view.context, found))]
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
