"""Indicators of internal migration: one over the years, one year by region."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import polars as pl

from qonys import words
from qonys.figures.drawing import Drawing, Row, facts, sheet
from qonys.figures.edition import Edition, capital
from qonys.figures.geography import values
from qonys.figures.marks import amount, break_notes, colour, interval_tips, layer, named, named_as, span, strong, years
from qonys.figures.style import GREY, Spec
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


def over_years(edition: Edition, what: str, places: Sequence[str]) -> Drawing:
    """An indicator over the years that have a table, with its interval; of places that have none, that of the whole."""
    rows = rows_of(edition, what)
    known = set(rows["region"])
    chosen = [place for place in places if place in known]
    chosen = chosen or [WHOLE if WHOLE in known else next(iter(edition.by_name(known)))]
    names = {WHOLE: edition.say("web.option.whole")} if WHOLE in chosen else {}
    names |= edition.by_name(place for place in chosen if place != WHOLE)
    where = ", ".join(names.values())
    order = pl.col("region").replace_strict({place: i for i, place in enumerate(names)})
    frame = rows.filter(pl.col("region").is_in(chosen)).sort(order, "period")
    unit = str(frame["unit"][0])
    decimals = DECIMALS.get(unit, 3)
    name = name_of(edition, what)
    title = name if unit == "ratio" else f"{name}, {edition.name(f'web.unit.{unit}', unit)}"
    columns: dict[str, Callable[[Row], str]] = {"name": lambda r: names[r["region"]]} if len(names) > 1 else {}
    return Drawing(
        f"{name}: {where}",
        _says(edition, frame, name, names, decimals),
        frame,
        sheet(edition, frame, "l" * len(columns) + "lrr", columns | {
            "year": lambda r: str(r["period"]),
            "value": lambda r: edition.number(r["value"], decimals),
            "interval": lambda r: edition.ends(r["low"], r["high"], decimals),
        }),
        **facts(edition, TABLE) | {"unit": unit},
        spec=edition.document(_points(edition, frame, names, title, decimals)),
        notes=break_notes(edition.breaks("internal_totals")),
    )  # fmt: skip


def _says(edition: Edition, frame: pl.DataFrame, name: str, names: Mapping[str, str], decimals: int) -> str:
    """The first and the last year of each place."""
    told: list[dict[str, object]] = []
    for place, where in names.items():
        part = frame.filter(pl.col("region") == place)
        first, last = part.row(0, named=True), part.row(-1, named=True)
        ends = dict(zip("ab", (edition.number(row["value"], decimals) for row in (first, last)), strict=True))
        told.append({"place": where, "first": first["period"], "last": last["period"], **ends})
    if len(told) == 1:
        return edition.say("web.indicator.says", name=name, **told[0])
    values = "; ".join(edition.say("web.indicator.one_of", **one) for one in told)
    return edition.say("web.indicator.several", name=name, values=values)


def _points(edition: Edition, frame: pl.DataFrame, names: Mapping[str, str], title: str, decimals: int) -> Spec:
    """Points with intervals; the line between them is only a guide."""
    shown = frame.select(
        pl.col("period").alias("year"), "low", "value", "high", name=pl.col("region").replace_strict(dict(names))
    )
    data, several = named("indicator", shown), len(names) > 1
    first, last = span(frame, "period")
    x, y = years(edition, first - 0.4, last + 0.4), amount(edition, "value", title, False)
    tint = strong(colour(list(names.values()))) | ({} if several else {"legend": None})
    bar = {"type": "rule", "strokeWidth": 5, "opacity": 0.28}
    point = {"type": "point", "filled": True, "size": 70, "opacity": 1}
    guide = {"type": "line", "strokeDash": [3, 3], "strokeWidth": 1.2}
    told = interval_tips(edition, f",.{decimals}f", "value", *([("name", edition.column("name"))] if several else []))
    ends = layer(data, bar, x=x, y=amount(edition, "low", title, False), y2={"field": "high"}, color=tint)
    line = layer(data, guide if several else guide | {"color": GREY}, x=x, y=y, color=tint if several else None)
    points = layer(data, point, x=x, y=y, color=tint, tips=told)
    layers = [named_as(edition.column("interval"), ends), named_as(edition.say("key.guide"), line)]
    layers.append(points if several else named_as(title, points))
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
