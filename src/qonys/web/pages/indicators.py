"""Indicators: the list, and one with its definition, source, quality, line, table and map."""

from __future__ import annotations

import polars as pl

from qonys import words
from qonys.errors import UnknownName
from qonys.figures.edition import capital
from qonys.web.charts.indicators import described, map_parameters, places, variants
from qonys.web.content import Block, Cell, Content, Facts, Heading, Rows, Text, box
from qonys.web.parameters import Parameter
from qonys.web.view import Site, View


def build(view: View) -> Content:
    """The list in the order of the reader's alphabet."""
    found = described(view.site, view.language)
    frame = view.site.results.table("internal_indicators").frame
    rows = []
    for code in sorted(found, key=lambda c: words.sort_key(found[c]["name"], view.language)):
        part = frame.filter(pl.col("indicator") == code)
        years = sorted(part["period"].unique())
        local = part["region"].null_count() < part.height
        rows.append(
            (
                Cell(capital(found[code]["name"]), f"/{view.language}/indicators/{code}"),
                Cell(found[code]["definition"]),
                Cell(words.year_range(years[0], years[-1])),
                Cell(view.say("web.indicators.by_region" if local else "web.indicators.system")),
            )
        )
    head = tuple(
        map(view.say, ("web.column.name", "web.column.definition", "web.column.years", "web.parameter.name.place"))
    )
    table = Rows(view.say("web.lead.indicators_list"), head, tuple(rows), "llrl")
    note = Text(view.say("measures.errors"), "note")
    return Content(view.say("web.page.indicators"), view.say("web.lead.indicators"), (table, note))


def _own(site: Site, code: str) -> tuple[str, ...]:
    return tuple(what for what in variants(site) if what.partition(".")[0] == code)


def item_parameters(site: Site, code: str) -> tuple[Parameter, ...]:
    """The parameters of one indicator's charts: its own variants only."""
    own = _own(site, code) if site.has("internal_indicators") else ()
    if not own:
        return ()
    rows = site.results.table("internal_indicators").frame.filter(pl.col("indicator") == code)
    local = tuple(sorted(rows["region"].drop_nulls().unique()))
    codes = (("whole",) if rows["region"].null_count() else ()) + local
    found = [Parameter("what", own, own[0], texts="variant"), places(codes, codes[0])]
    maps, period = map_parameters(site)
    mapped = tuple(value for value in own if value in maps.values)
    if mapped:
        found += [Parameter("map", mapped, mapped[0], texts="variant"), period]
    return tuple(found)


def item(view: View, code: str) -> Content:
    """One indicator.

    Raises
    ------
    UnknownName
        There are no values of it.

    """
    known = described(view.site, view.language)
    if code not in known:
        raise UnknownName("web.indicator.unknown", name=code[:60], known=", ".join(sorted(known)))
    facts, all_parameters = known[code], item_parameters(view.site, code)
    page = f"indicators/{code}"
    blocks: list[Block] = [box(view, "indicator", all_parameters, page=page)]
    if "map" in {p.name for p in all_parameters}:
        blocks.append(box(view, "indicator_map", all_parameters, page=page))
    table = view.site.results.table("internal_indicators")
    methods = sorted({m for m in table.frame.filter(pl.col("indicator") == code)["error_method"].unique() if m})
    blocks += [
        Heading(view.say("web.indicators.measured"), "measured"),
        Facts(
            (
                (view.say("web.column.definition"), facts["definition"]),
                (view.say("web.column.reference"), facts["reference"] or "–"),
                (view.say("web.indicators.quality"), view.say(f"web.rank.{table.rank}")),
                (view.say("web.indicators.error"), ", ".join(methods) or view.say("web.indicators.no_error")),
                (view.say("web.column.source"), view.context.origin(table.sources, table.method)),
                (view.say("web.column.method"), table.method),
            )
        ),
        Text(view.say("measures.errors"), "note"),
    ]
    trail = ((view.say("web.page.indicators"), f"/{view.language}/indicators"),)
    return Content(capital(facts["name"]), facts["definition"], tuple(blocks), all_parameters, trail)
