"""What is projected for one thing: medians with both intervals in years that end a decade."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from qonys import words
from qonys.web.content import Block, Cell, why_address
from qonys.web.leading_values import Thing
from qonys.web.pages.portraits.kit import marked, table
from qonys.web.view import View

DECADE = 10
BANDS = (("q10", "q90"), ("q2.5", "q97.5"))


def forecast_table(thing: Thing, tables: Sequence[tuple[str, str]], column: str) -> list[Block]:
    """Quantiles by year of stored tables (name, unit: persons or share) with rows of the thing in `column`."""
    view, rows, used = thing.view, list[tuple[Cell, ...]](), dict[str, None]()
    for name, unit in tables:
        if not view.site.has(name):
            continue
        stored = view.site.results.table(name)
        found = stored.frame.filter((pl.col(column) == thing.code) & (pl.col("year") % DECADE == 0)).sort("year")
        used |= dict.fromkeys(stored.sources if found.height else ())
        why = why_address(view, name)
        for row in found.iter_rows(named=True):
            middle = Cell(marked(view, _written(view, row["q50"], unit), stored.sources), why, True)
            ends = [" … ".join(_written(view, row[end], unit) for end in band) for band in BANDS]
            label = f"{row['year']}, {view.say(f'portrait.unit.{unit}')}" if len(tables) > 1 else str(row["year"])
            rows.append((Cell(label), middle, *(Cell(text, why, True) for text in ends)))
    head = tuple(view.say(f"web.column.{name}") for name in ("year", "median", "interval80", "interval95"))
    return table(view, "ahead", head, rows, view.context.origin(tuple(used)), f"portrait.ahead.none_{column}")


def _written(view: View, value: float, unit: str) -> str:
    if unit == "share":
        return words.percent(value, view.language, 1)
    return view.number(float(f"{value:.3g}"))  # what the intervals leave of a projected number
