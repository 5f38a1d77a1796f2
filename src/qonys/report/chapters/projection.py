"""The population forward."""

from __future__ import annotations

import polars as pl

from qonys import words
from qonys.report.charts import fans, render
from qonys.report.context import Context
from qonys.report.document import Figure, Note, Section, Table

NEEDS = ("projection_pyramids", "projection_quantiles", "projection_un", "reconciled_national")
BANDS = ("q2.5", "q10", "q50", "q90", "q97.5")
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


def _bands(context: Context, measure: str, scale: float) -> pl.DataFrame:
    frame = context.results.table("projection_quantiles").frame.filter(pl.col("measure") == measure)
    return frame.select("year", *(pl.col(name) / scale for name in BANDS))


def _population(context: Context) -> Figure:
    table = context.results.table("projection_quantiles")
    account = context.results.table("reconciled_national").frame.filter(pl.col("quantity") == "population")
    base = int(context.results.number("projection.base").value or 0)
    history = account.filter(pl.col("year") <= base).select("year", (pl.col("median") / 1e6).alias("value"))
    names = {"median": context.say("projection.un_median"), "80": context.say("projection.un_80")}
    un = context.results.table("projection_un").frame.filter(pl.col("variant").is_in(["median", "80l", "80u"]))
    rivals = un.select(
        "year",
        pl.col("variant").alias("line"),
        pl.col("variant").replace_strict({"median": names["median"]}, default=names["80"]).alias("name"),
        (pl.col("value") / 1e6).alias("value"),
    ).sort(pl.col("line") != "median", "line", "year")
    spec = fans.fan(_bands(context, "population", 1e6), history, rivals, context.say("projection.axis.population"))
    last = table.frame.filter((pl.col("measure") == "population") & (pl.col("year") == PYRAMID)).row(0, named=True)
    shown = {name: words.number(last[key] / 1e6, context.language, 1) for name, key in
             (("low", "q2.5"), ("value", "q50"), ("high", "q97.5"))}  # fmt: skip
    return Figure(
        "projection_population",
        render.svg(spec, context.language, "fan"),
        context.say("projection.population.alt", year=PYRAMID, **shown),
        context.say("projection.population.caption"),
        context.origin(table.sources, table.method),
        table.frame,
    )


def _net(context: Context) -> Figure:
    table = context.results.table("projection_quantiles")
    account = context.results.table("reconciled_national").frame.filter(pl.col("quantity") == "net_migration")
    history = account.select("year", (pl.col("median") / 1e3).alias("value"))
    rivals = pl.DataFrame(schema={"year": pl.Int64, "line": pl.String, "name": pl.String, "value": pl.Float64})
    bands = _bands(context, "net_migration", 1e3).drop_nulls()
    low = account.sort("median").row(0, named=True)
    lowest = words.number(low["median"] / 1e3, context.language, 0)
    return Figure(
        "projection_net",
        render.svg(fans.fan(bands, history, rivals, context.say("chart.net_thousand_a_year")), context.language, "net"),
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
    bars = far.select("sex", "age_start", *(pl.col(name) / 1e3 for name in ("q10", "q50", "q90")))
    now = table.frame.filter(pl.col("year") == base).select("sex", "age_start", (pl.col("q50") / 1e3).alias("value"))
    titles = (context.say("chart.sex.female"), context.say("chart.sex.male"), context.say("projection.axis.thousand"))
    largest = far.group_by("age_start").agg(pl.col("q50").sum()).sort("q50", descending=True).row(0)
    return Figure(
        "projection_pyramid",
        render.svg(fans.interval_pyramid(bars, now, titles), context.language, "pyr"),
        context.say("projection.pyramid.alt", age=largest[0], to=largest[0] + 4),
        context.say("projection.pyramid.caption", year=PYRAMID, base=base),
        context.origin(table.sources, table.method),
        table.frame,
    )
