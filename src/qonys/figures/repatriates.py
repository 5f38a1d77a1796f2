"""Repatriates: those who have come since the first count, over the quotas by year."""

from __future__ import annotations

import polars as pl

from qonys import inputs, words
from qonys.figures.drawing import Drawing, facts, sheet
from qonys.figures.edition import Edition
from qonys.figures.marks import amount, colour, layer, line_mark, named, stacked, tips, years
from qonys.figures.style import BLUE, FAINT, GREEN, ORANGE, Spec

UNITS = {"families": ORANGE, "persons": GREEN}


def repatriates(edition: Edition) -> Drawing:
    """Cumulative arrivals above the quotas."""
    table, quota = edition.frame("repatriates_cumulative").sort("end"), edition.frame("repatriate_quota")
    last, language = table.row(-1, named=True), edition.language
    value, date = words.integer(last["value"], language), words.date_text(last["end"], language)
    since = inputs.country(edition.pack).independence
    return Drawing(
        edition.say("present.repatriates_figure", year=since),
        edition.say("present.repatriates.alt", year=since, value=value, date=date),
        table,
        sheet(edition, table, "lr", {
            "year": lambda r: words.date_text(r["end"], language), "value": lambda r: edition.number(r["value"]),
        }),
        **facts(edition, "repatriates_cumulative", "repatriate_quota"),
        spec=edition.document(_plots(edition, table, quota)),
    )  # fmt: skip


def missing_years(known: list[int]) -> list[int]:
    """Years between the first and the last known that have no figure.

    Examples
    --------
    >>> missing_years([1997, 2000, 2001])
    [1998, 1999]

    """
    return [year for year in range(min(known), max(known) + 1) if year not in set(known)]


def _plots(edition: Edition, table: pl.DataFrame, quota: pl.DataFrame) -> Spec:
    """Points at the dates of the counts, and a bar a year of quota."""
    points = [
        {"year": end.year + end.timetuple().tm_yday / 366, "value": v / 1e3}
        for end, v in table.select("end", "value").rows()
    ]
    units = {unit: edition.say(f"chart.quota.{unit}") for unit in UNITS}
    bars = [
        {"year": y + 0.1, "end": y + 0.9, "value": v / 1e3, "unit": units[u], "zero": 0, "in": y}
        for y, v, u in quota.select("year", "value", "unit").rows()
    ]
    unknown = [{"year": y + 0.1, "end": y + 0.9, "in": y} for y in missing_years(quota["year"].to_list())]
    none = edition.say("chart.quota.none")
    places = [row["year"] for row in (*points, *bars)]
    say, x = edition.say, years(edition, int(min(places)), int(max(places)) + 1)
    since = inputs.country(edition.pack).independence
    titles = say("chart.cumulative_thousand", year=since), say("chart.quota_thousand")
    told = [tips(edition, (field, edition.column("year"), form), ("value", title, ",.1f"))
            for field, form, title in (("year", ".1f", titles[0]), ("in", "d", titles[1]))]  # fmt: skip
    dot = line_mark(edition, color=BLUE) | {"point": {"filled": False, "fill": "white"}}
    above = layer(named("cumulative", points), dot, x=x, y=amount(edition, "value", titles[0]),
                  tips=told[0])  # fmt: skip
    shade = colour([*units.values(), none], [*UNITS.values(), FAINT], "unit")
    y = amount(edition, "value", titles[1])
    known = layer(named("quota", bars), {"type": "rect"}, x=x, x2={"field": "end"}, y=y, y2={"field": "zero"},
                  color=shade, tips=told[1])  # fmt: skip
    blank = named("unknown", [{**row, "unit": none} for row in unknown])
    gaps = layer(blank, {"type": "rect", "opacity": 0.35}, x=x, x2={"field": "end"}, color=shade,
                 tips=tips(edition, ("in", edition.column("year"), "d"), ("unit", none)))  # fmt: skip
    below: Spec = {"layer": [gaps, known] if unknown else [known]}
    width, heights = edition.theme.plot, (170, 120)
    parts = [{"width": width, "height": high, **part} for high, part in zip(heights, (above, below), strict=True)]
    return stacked(edition, parts, spacing=30 if edition.theme.interactive else 14)
