"""Indicators of internal migration: one over the years, one year by region."""

from __future__ import annotations

import polars as pl

from qonys import words
from qonys.figures.drawing import Drawing, facts, sheet
from qonys.figures.edition import Edition, capital
from qonys.figures.geography import values
from qonys.figures.marks import amount, break_notes, interval_tips, layer, named, span, years
from qonys.figures.style import BLUE, GREY, Spec
from qonys.study.analyses.indicators import names_of

TABLE = "internal_indicators"
WHOLE = "whole"
DECIMALS = {"moves": 0, "pairs": 0, "regions": 0, "distance": 0, "percent": 1, "per_1000": 2, "per_100": 2}


def rows_of(edition: Edition, what: str) -> pl.DataFrame:
    """An indicator's variant (`code.variant`, or `code.value` without one); region `whole` is the system."""
    code, _, variant = what.partition(".")
    wanted = (pl.col("indicator") == code) & (pl.col("variant") == ("" if variant == "value" else variant))
    return edition.frame(TABLE).filter(wanted).with_columns(region=pl.col("region").fill_null(WHOLE))


def name_of(edition: Edition, what: str) -> str:
    """How an indicator's variant is called."""
    code, _, variant = what.partition(".")
    name = capital(names_of([code], edition.language).get(code, code))
    key = f"web.variant.{variant}"
    return f"{name}, {edition.say(key)}" if words.has(key, edition.language) else name


def over_years(edition: Edition, what: str, place: str) -> Drawing:
    """An indicator over the years that have a table, with its interval; of a place that has none, that of the whole."""
    rows = rows_of(edition, what)
    if place not in set(rows["region"]):
        place = WHOLE if WHOLE in set(rows["region"]) else next(iter(edition.by_name(rows["region"].unique())))
    frame = rows.filter(pl.col("region") == place).sort("period")
    unit = str(frame["unit"][0])
    decimals = DECIMALS.get(unit, 3)
    name, where = name_of(edition, what), edition.say("web.option.whole") if place == WHOLE else edition.region(place)
    title = name if unit == "ratio" else f"{name}, {edition.name(f'web.unit.{unit}', unit)}"
    first, last = frame.row(0, named=True), frame.row(-1, named=True)
    a, b = (edition.number(row["value"], decimals) for row in (first, last))
    return Drawing(
        f"{name}: {where}",
        edition.say("web.indicator.says", name=name, place=where, first=first["period"], last=last["period"], a=a, b=b),
        frame,
        sheet(edition, frame, "lrr", {
            "year": lambda r: str(r["period"]),
            "value": lambda r: edition.number(r["value"], decimals),
            "interval": lambda r: edition.ends(r["low"], r["high"], decimals),
        }),
        **facts(edition, TABLE) | {"unit": unit},
        spec=edition.document(_points(edition, frame, title, decimals)),
        notes=break_notes(edition.breaks("internal_totals")),
    )  # fmt: skip


def _points(edition: Edition, frame: pl.DataFrame, title: str, decimals: int) -> Spec:
    """Points with intervals; the line between them is only a guide."""
    data = named("indicator", frame.select(pl.col("period").alias("year"), "low", "value", "high"))
    first, last = span(frame, "period")
    x, y = years(edition, first - 0.4, last + 0.4), amount(edition, "value", title, False)
    bar = {"type": "rule", "color": BLUE, "strokeWidth": 5, "opacity": 0.28}
    point = {"type": "point", "filled": True, "size": 70, "color": BLUE, "opacity": 1}
    layers = [
        layer(data, bar, x=x, y=amount(edition, "low", title, False), y2={"field": "high"}),
        layer(data, {"type": "line", "color": GREY, "strokeDash": [3, 3]}, x=x, y=y),
        layer(data, point, x=x, y=y, tips=interval_tips(edition, f",.{decimals}f", "value")),
    ]
    return {"width": edition.theme.width, "height": 300, "layer": layers}


def by_region(edition: Edition, what: str, year: int) -> Drawing:
    """An indicator of regions in one year as a map."""
    rows, geometry = rows_of(edition, what), edition.outline()
    frame = rows.filter(pl.col("period") == year).sort("value", descending=True)
    unit = str(frame["unit"][0])
    decimals, name = DECIMALS.get(unit, 3), name_of(edition, what)
    shown = dict(frame.drop_nulls("value").select("region", "value").rows())
    signed = bool((rows["value"] < 0).any())
    classes = values.about_zero(rows["value"].to_list()) if signed else values.levels(list(shown.values()))
    best, worst = frame.row(0, named=True), frame.row(-1, named=True)
    about = facts(edition, TABLE)
    return Drawing(
        f"{name}, {edition.name(f'web.unit.{unit}', unit)}: {year}",
        edition.say(
            "web.indicator_map.says", name=name, year=year, best=edition.region(best["region"]),
            high=edition.number(best["value"], decimals), worst=edition.region(worst["region"]),
            low=edition.number(worst["value"], decimals),
        ),
        frame,
        sheet(edition, frame, "lrr", {
            "region": lambda r: edition.region(r["region"]),
            "value": lambda r: edition.number(r["value"], decimals),
            "interval": lambda r: edition.ends(r["low"], r["high"], decimals),
        }),
        **about | {"unit": unit, "source": edition.outlined(about["source"], geometry)},
        svg=values.region_map(edition, geometry, {"": shown}, "", classes=classes, decimals=decimals),
        notes=break_notes(edition.breaks("internal_totals")),
    )  # fmt: skip
