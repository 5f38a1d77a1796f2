"""What stands below the chart of an ethnic group: emigrants, where it lives, what is ahead."""

from __future__ import annotations

from typing import Any

import polars as pl

from qonys import words
from qonys.report.chapters.emigrants import period_name
from qonys.web.content import Block, Cell, Text, why_address
from qonys.web.kinds import GROUP, REGION
from qonys.web.leading_values import Thing
from qonys.web.pages.portraits.ahead import forecast_table
from qonys.web.pages.portraits.kit import marked, named, table
from qonys.web.view import View

LEFT, PLACES, MAIN = "emigrants_parts", "representation", 6


def sections(thing: Thing) -> list[Block]:
    """The blocks in order."""
    ahead = forecast_table(thing, (("group_shares", "share"), ("group_sizes", "persons")), GROUP)
    return [*_left(thing), *_places(thing), *ahead, *_further(thing)]


def _left(thing: Thing) -> list[Block]:
    """Emigrants of the group by period, as published."""
    view, nothing = thing.view, "portrait.left.none"
    if not view.site.has(LEFT):
        return table(view, "left", (), (), "", nothing)
    frame = view.site.results.table(LEFT).frame
    own = frame.filter((pl.col("breakdown") == "ethnic_group") & (pl.col("category") == thing.code))
    rows = [_period(view, row) for row in own.sort("start", "months", descending=True).iter_rows(named=True)]
    head = tuple(view.say(f"portrait.column.{name}") for name in ("period", "persons", "of_emigrants"))
    return table(view, "left", head, rows, view.context.origin(tuple(own["source"].unique().sort())), nothing)


def _period(view: View, row: dict[str, Any]) -> tuple[Cell, ...]:
    why, source = why_address(view, LEFT), [row["source"]]
    share = "–" if row["share"] is None else words.percent(row["share"], view.language, 1)
    told = (view.number(row["value"]), share)
    cells = (Cell(text) if text == "–" else Cell(marked(view, text, source), why, True) for text in told)
    return Cell(period_name(view.context, row)), *cells


def _places(thing: Thing) -> list[Block]:
    """The regions where most of the group live."""
    view, nothing = thing.view, "portrait.places.none"
    if not view.site.has(PLACES):
        return table(view, "places", (), (), "", nothing)
    stored, why = view.site.results.table(PLACES), why_address(view, PLACES)
    most = stored.frame.filter(pl.col("group") == thing.code).sort("people", descending=True).head(MAIN)
    rows = [
        (
            named(view, REGION, row["region"]),
            Cell(marked(view, view.number(row["people"]), stored.sources), why, True),
            Cell(words.percent(row["share"], view.language, 1), why, True),
        )
        for row in most.iter_rows(named=True)
    ]
    head = tuple(view.say(f"portrait.column.{name}") for name in ("region", "persons", "of_region"))
    return table(view, "places", head, rows, view.context.origin(stored.sources), nothing)


def _further(thing: Thing) -> list[Block]:
    view, language = thing.view, thing.view.language
    runs: list[tuple[str, str | None]] = []
    for page in ("population", "identity", "motives"):
        runs += [(" · ", None)] if runs else []
        runs.append((view.say(f"web.page.{page}"), f"/{language}/{page}"))
    return [Text("".join(text for text, _ in runs), "linked", tuple(runs))]
