"""The population forward."""

from __future__ import annotations

import polars as pl

from qonys import words
from qonys.figures import forecast, population
from qonys.report.context import Context
from qonys.report.document import Figure, Note, Section, Table

NEEDS = ("projection_pyramids", "projection_quantiles", "projection_un", "reconciled_national")
PRINTED = (2030, 2040, 2050, 2075, 2100)
MEASURES = ("population", "net_migration", "total_fertility", "life_expectancy_female", "life_expectancy_male",
            "median_age", "old_age_dependency")  # fmt: skip
PYRAMID = 2050


def build(context: Context) -> Section:
    """Projection."""
    blocks = (
        context.paragraph(
            "projection.intro", base="projection.base", draws="projection.draws", rhat="projection.rhat",
            a="projection.population.2050", b="projection.population.2100", less="projection.shrinks.2050",
        ),
        _population(context),
        context.paragraph("projection.un_text"),
        _table(context),
        Note(context.say("projection.assumptions")),
        _net(context),
        context.paragraph("projection.register", a="projection.by_register.2050"),
        context.paragraph("projection.effect_text", a="projection.effect.2050", b="projection.effect.2100"),
        _pyramid(context),
    )  # fmt: skip
    return Section("projection", context.say("chapter.projection"), blocks)


def _population(context: Context) -> Figure:
    table = context.results.table("projection_quantiles")
    drawing = forecast.of_measure(context, "population", int(str(table.frame["year"].max())))
    last = table.frame.filter((pl.col("measure") == "population") & (pl.col("year") == PYRAMID)).row(0, named=True)
    shown = {name: words.number(last[key] / 1e6, context.language, 1) for name, key in
             (("low", "q2.5"), ("value", "q50"), ("high", "q97.5"))}  # fmt: skip
    return Figure(
        "projection_population",
        drawing.picture(context.language),
        context.say("projection.population.alt", year=PYRAMID, **shown),
        context.say("projection.population.caption"),
        context.origin(table.sources, table.method),
        table.frame,
    )


def _net(context: Context) -> Figure:
    table = context.results.table("projection_quantiles")
    account = context.results.table("reconciled_national").frame.filter(pl.col("quantity") == "net_migration")
    drawing = forecast.of_measure(context, "net_migration", int(str(table.frame["year"].max())))
    low = account.sort("median").row(0, named=True)
    lowest = words.number(low["median"] / 1e3, context.language, 0)
    return Figure(
        "projection_net",
        drawing.picture(context.language),
        context.say("projection.net.alt", year=low["year"], value=lowest),
        context.say("projection.net.caption"),
        context.origin(table.sources, table.method),
        table.frame.filter(pl.col("measure") == "net_migration"),
    )


def _cell(context: Context, measure: str, value: float) -> str:
    if measure == "population":
        return words.number(value / 1e6, context.language, 1)
    if measure == "net_migration":
        return words.number(value / 1e3, context.language, 0)
    return words.number(value, context.language, 2 if measure == "total_fertility" else 1)


def _table(context: Context) -> Table:
    table = context.results.table("projection_quantiles")
    rows = []
    for measure in MEASURES:
        part = table.frame.filter(pl.col("measure") == measure)
        cells = [context.say(f"projection.measure.{measure}")]
        for year in PRINTED:
            row = part.filter(pl.col("year") == year).row(0, named=True)
            low, middle, high = (_cell(context, measure, row[name]) for name in ("q10", "q50", "q90"))
            cells.append(f"{middle} ({low} … {high})")
        rows.append(tuple(cells))
    return Table(
        "projection_table",
        (context.say("projection.column.measure"), *map(str, PRINTED)),
        tuple(rows),
        "l" + "r" * len(PRINTED),
        context.say("projection.table"),
        context.origin(table.sources, table.method),
        (2.2, *([1.9] * len(PRINTED))),
        table.frame,
    )


def _pyramid(context: Context) -> Figure:
    table = context.results.table("projection_pyramids")
    base = int(context.results.number("projection.base").value or 0)
    far = table.frame.filter(pl.col("year") == PYRAMID)
    now = table.frame.filter(pl.col("year") == base).select("sex", "age_start", value="q50")
    spec = population.interval_pyramid(context, far, now)
    largest = far.group_by("age_start").agg(pl.col("q50").sum()).sort("q50", descending=True).row(0)
    return Figure(
        "projection_pyramid",
        context.picture(spec),
        context.say("projection.pyramid.alt", age=largest[0], to=largest[0] + 4),
        context.say("projection.pyramid.caption", year=PYRAMID, base=base),
        context.origin(table.sources, table.method),
        table.frame,
    )
