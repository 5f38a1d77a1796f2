"""The numbers that lead the pages of regions, side by side: value, interval, place among all regions."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from qonys.figures.drawing import Drawing, Sheet
from qonys.figures.portraits import SIZES
from qonys.study.notions.register import register
from qonys.web.charts.comparisons import regions
from qonys.web.charts.kit import Chart
from qonys.web.kinds import REGION
from qonys.web.leading_values import NOTIONS, Thing, Told, ahead, boundaries, known, number_of, place
from qonys.web.view import View

Held = Mapping[str, Told]  # by region


def _found(view: View) -> list[Held]:
    """Rows of values: one a definition and year, in the order of the register of notions."""
    notions, later = NOTIONS[REGION]
    rows: dict[tuple[str, str], dict[str, Told]] = {}
    for code in view.chosen("regions"):
        thing = Thing(view, REGION, code)
        told = [one for notion in notions for one in known(thing, notion)] + ahead(thing, later)
        for one in told:
            rows.setdefault((one.reading.variant.key, one.reading.year), {})[code] = one
    order = {variant.key: place for place, variant in enumerate(register().variants())}
    return [rows[key] for key in sorted(rows, key=lambda key: (order[key[0]], key[1]))]


def _name(view: View, held: Held) -> str:
    """The notion, the basis and the year of a row."""
    one = next(iter(held.values())).reading
    model, date = (view.say(f"notion.{part}.{getattr(one.variant, part)}") for part in ("model", "date"))
    return f"{view.say(f'notion.{one.variant.notion}')}: {model}, {one.year} ({date})"


def _cell(view: View, code: str, told: Told | None) -> str:
    if told is None:
        return "–"
    value = view.context.written(number_of(view.context, told.reading), "report.interval.brief")
    parts = (value, place(view, told), boundaries(Thing(view, REGION, code), told.reading))
    return "; ".join(filter(None, parts))


def _rows(found: list[Held]) -> pl.DataFrame:
    schema = {"notion": pl.String, "variant": pl.String, "year": pl.Int64, "region": pl.String, "value": pl.Float64,
              "low": pl.Float64, "high": pl.Float64, "place": pl.Int64, "of": pl.Int64}  # fmt: skip
    rows = [
        (one.reading.variant.notion, one.reading.variant.id, int(one.reading.year), code, one.reading.value,
         one.reading.low, one.reading.high, one.place, one.of)
        for held in found for code, one in held.items()
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def numbers(view: View) -> Drawing:
    """The table."""
    found, codes = _found(view), view.sorted_names(list(view.chosen("regions")))
    every = [one for held in found for one in held.values()]
    used = tuple(sorted({name for one in every for name in number_of(view.context, one.reading).sources}))
    rows = tuple((_name(view, held), *(_cell(view, code, held.get(code)) for code in codes)) for held in found)
    head = (view.say("compare.column.number"), *(view.region(code) for code in codes))
    return Drawing(
        view.say("compare.numbers"), view.say("compare.numbers.caption"), _rows(found),
        Sheet(head, rows, "l" * len(head)), view.context.origin(used), used, "study", 5, "persons",
    )  # fmt: skip


def results_of(view: View) -> tuple[str, ...]:
    """The stored results that the table's numbers stand in."""
    return tuple(dict.fromkeys(one.reading.result for held in _found(view) for one in held.values()))


CHARTS = (
    Chart("compare_numbers", numbers, parameters=lambda site: (regions(site),), when=lambda site: site.has(SIZES),
          rests_on=results_of),
)  # fmt: skip
