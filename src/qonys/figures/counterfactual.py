"""What migration changes: a measure of the population with and without it, and the difference."""

from __future__ import annotations

import polars as pl

from qonys.figures.drawing import Drawing, facts, sheet
from qonys.figures.edition import Edition
from qonys.figures.forecast import MILLIONS
from qonys.figures.marks import (
    amount,
    banded,
    colour,
    interval,
    interval_tips,
    layer,
    line_mark,
    named,
    span,
    stacked,
    tips,
    years,
    zero,
)
from qonys.figures.style import BLUE, INK, ORANGE, Spec

TABLES = ("projection_effect", "projection_quantiles")
PATHS = ("with", "without")


def effect(edition: Edition, measure: str) -> Drawing:
    """A measure with and without migration after the base year, and the difference."""
    table, middle = (edition.frame(name).filter(pl.col("measure") == measure).sort("year") for name in TABLES)
    counted = measure in MILLIONS
    scale, decimals, unit = (1e6, 2, edition.say("web.axis.million")) if counted else (1.0, 1, "")
    name = edition.name(f"web.measure.{measure}", measure)
    title = name + (f", {unit}" if unit else "")
    scaled = table.with_columns(pl.col("low", "median", "high", "without") / scale).join(
        middle.select("year", (pl.col("q50") / scale).alias("with")), on="year", how="left"
    )
    names = [name for name in edition.results.numbers if name.startswith("projection.effect.")]
    printed = [year for year in sorted(int(name.rsplit(".", 1)[1]) for name in names) if year in scaled["year"]]
    year = printed[(len(printed) - 1) // 2] if printed else scaled["year"].max()
    row = scaled.filter(pl.col("year") == year).row(0, named=True)
    shown = {key: edition.number(row[key], decimals) for key in ("median", "low", "high")}
    parts = [_paths(edition, scaled, title, decimals), _difference(edition, scaled, decimals)]
    number = edition.number
    return Drawing(
        edition.say("web.effect.title"),
        edition.say("web.effect.says", measure=name, year=row["year"], unit=unit, **shown),
        table,
        sheet(edition, scaled, "lrrrr", {
            "year": lambda r: str(r["year"]),
            "web.effect.with": lambda r: number(r["with"], decimals),
            "web.effect.without": lambda r: number(r["without"], decimals),
            "web.effect.difference": lambda r: number(r["median"], decimals),
            "interval": lambda r: edition.ends(r["low"], r["high"], decimals),
        }),
        **facts(edition, TABLES[0]),
        spec=edition.document(stacked(edition, parts, spacing=30)),
    )  # fmt: skip


def _paths(edition: Edition, frame: pl.DataFrame, title: str, decimals: int) -> Spec:
    """Both paths of a measure."""
    names = {path: edition.say(f"web.effect.{path}") for path in PATHS}
    rows = (
        frame.select("year", *PATHS)
        .unpivot(index="year", variable_name="name")
        .with_columns(pl.col("name").replace_strict(names))
    )
    order = list(names.values())
    dash = {"field": "name", "type": "nominal", "title": None, "scale": {"domain": order, "range": [[1, 0], [6, 4]]}}
    told = tips(
        edition,
        ("name", edition.column("path")),
        ("year", edition.column("year"), "d"),
        ("value", title, f",.{decimals}f"),
    )
    return {"width": edition.theme.plot, "height": 240} | layer(
        named("paths", rows), line_mark(edition), x=years(edition, *span(frame)),
        y=amount(edition, "value", title, False),
        color=colour(order, [BLUE, ORANGE]), strokeDash=dash, tips=told,
    )  # fmt: skip


def _difference(edition: Edition, frame: pl.DataFrame, decimals: int) -> Spec:
    """The difference with its band."""
    data, told = named("gap", frame.select("year", "low", "median", "high")), interval_tips(edition, f",.{decimals}f")
    band = banded(
        edition, data, years(edition, *span(frame)), edition.say("web.effect.difference"), tint=INK, tips=told,
        keys=(edition.say("web.effect.difference"), interval(edition, "95")),
    )  # fmt: skip
    return {"width": edition.theme.plot, "height": 170, "layer": [zero(), *band]}
