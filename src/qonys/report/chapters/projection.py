"""The population forward."""

from __future__ import annotations

import polars as pl

from qonys import words
from qonys.figures import forecast, gross, over_time, population
from qonys.inputs.partners import gross_years
from qonys.report.context import Context
from qonys.report.document import Block, Figure, Note, Paragraph, Section, Table
from qonys.report.periods import named_years, year_ahead, year_of_pyramid

NEEDS = ("projection_pyramids", "projection_quantiles", "projection_un", "reconciled_national")
QUANTILES = forecast.QUANTILES
MEASURES = ("population", "net_migration", "immigrants", "emigrants", "total_fertility",
            "life_expectancy_female", "life_expectancy_male", "median_age", "old_age_dependency")  # fmt: skip


def build(context: Context) -> Section:
    """Projection."""
    near, far = year_ahead(context.results), named_years(context.results, "projection.population")[-1]
    years = {"near": str(near), "far": str(far)}
    blocks: tuple[Block, ...] = context.held(
        lambda: context.paragraph(
            "projection.intro", base="projection.base", draws="projection.draws", rhat="projection.rhat",
            a=f"projection.population.{near}", b=f"projection.population.{far}", less=f"projection.p_decline.{near}",
            **years,
        ),
        lambda: _population(context),
        lambda: context.paragraph("projection.un_text"),
        lambda: _table(context),
        lambda: _published(context),
        lambda: Note(context.say("projection.assumptions")),
        lambda: None if gross_years(context.pack).height else Note(context.say("projection.net_only")),
        lambda: _balances(context),
        lambda: _net(context),
        lambda: _gross(context),
        lambda: context.paragraph("projection.register", a=f"projection.by_register.{near}", **years),
        lambda: context.paragraph(
            "projection.effect_text", a=f"projection.effect.{near}", b=f"projection.effect.{far}", **years
        ),
        lambda: context.paragraph("projection.pyramid_text"),
        lambda: _pyramid(context),
    )  # fmt: skip
    return Section("projection", context.say("chapter.projection"), blocks)


def _printed(context: Context) -> list[int]:
    """Years of the table: those told by name, and the middle of the first two."""
    years = named_years(context.results, "projection.population")
    return sorted({*years, (years[0] + years[1]) // 2}) if len(years) > 1 else years


def _population(context: Context) -> Figure:
    table = context.results.table(QUANTILES)
    drawing = forecast.of_measure(context, "population", int(str(table.frame["year"].max())))
    near = year_ahead(context.results)
    last = table.frame.filter((pl.col("measure") == "population") & (pl.col("year") == near)).row(0, named=True)
    shown = {name: words.number(last[key] / 1e6, context.language, 1) for name, key in
             (("low", "q2.5"), ("value", "q50"), ("high", "q97.5"))}  # fmt: skip
    return Figure(
        "projection_population",
        drawing.picture(context.language),
        context.say("projection.population.alt", year=near, **shown),
        context.say("projection.population.caption", until=context.frame("projection_un")["year"].max(),
                    levels=over_time.levels(context, table.frame.columns)),
        context.origin(table.sources, table.method),
        table.frame,
    )


def _net(context: Context) -> Figure:
    table = context.results.table(QUANTILES)
    account = context.results.table("reconciled_national").frame.filter(pl.col("quantity") == "net_migration")
    drawing = forecast.of_measure(context, "net_migration", int(str(table.frame["year"].max())))
    low = account.sort("median").row(0, named=True)
    lowest = words.number(low["median"] / 1e3, context.language, 0)
    return Figure(
        "projection_net",
        drawing.picture(context.language),
        context.say("projection.net.alt", year=low["year"], value=lowest),
        context.say("projection.net.caption", levels=over_time.levels(context, table.frame.columns)),
        context.origin(table.sources, table.method),
        table.frame.filter(pl.col("measure") == "net_migration"),
    )


def _gross(context: Context) -> Figure:
    drawing = gross.by_year(context)
    return context.figure("projection_gross", drawing, context.say("projection.gross.caption"))


def _balances(context: Context) -> Paragraph:
    """What registers and account say of the balance of the same years."""
    years = words.year_ranges(gross.registered_years(context))
    names = {"a": "projection.registered_balance", "b": "projection.account_balance"}
    return context.paragraph("projection.gross_text", years=years, **names)


def _published(context: Context) -> Note | None:
    """Which of the first years are published, whole or in part."""
    return next((Note(text) for text in forecast.published(context, context.results.table(QUANTILES).frame)), None)


def _cell(context: Context, measure: str, value: float) -> str:
    if measure == "population":
        return words.number(value / 1e6, context.language, 1)
    if measure in forecast.THOUSANDS:
        return words.number(value / 1e3, context.language, 0)
    return words.number(value, context.language, 2 if measure == "total_fertility" else 1)


def _table(context: Context) -> Table:
    table, printed = context.results.table(QUANTILES), _printed(context)
    rows = []
    for measure in MEASURES:
        part = table.frame.filter(pl.col("measure") == measure)
        if part.is_empty():  # immigrants and emigrants where the pack has no year of both
            continue
        cells = [context.say(f"projection.measure.{measure}")]
        for year in printed:
            row = part.filter(pl.col("year") == year).row(0, named=True)
            low, middle, high = (_cell(context, measure, row[name]) for name in ("q10", "q50", "q90"))
            cells.append(f"{middle} ({low} … {high})")
        rows.append(tuple(cells))
    return Table(
        "projection_table",
        (context.say("projection.column.measure"), *map(str, printed)),
        tuple(rows),
        "l" + "r" * len(printed),
        context.say("projection.table"),
        context.origin(table.sources, table.method),
        table.frame,
    )


def _pyramid(context: Context) -> Figure:
    table = context.results.table("projection_pyramids")
    base = int(context.results.number("projection.base").value or 0)
    near = year_of_pyramid(context.results)
    far = table.frame.filter(pl.col("year") == near)
    now = table.frame.filter(pl.col("year") == base).select("sex", "age_start", value="q50")
    spec = population.interval_pyramid(context, far, now)
    largest = far.group_by("age_start").agg(pl.col("q50").sum()).sort("q50", descending=True).row(0)
    return Figure(
        "projection_pyramid",
        context.picture(spec),
        context.say("projection.pyramid.alt", age=largest[0], to=largest[0] + 4),
        context.say("projection.pyramid.caption", year=near, base=base),
        context.origin(table.sources, table.method),
        table.frame,
    )
