"""How ethnic groups live over the regions: indices with chance removed, groups, regions, diversity over time."""

from __future__ import annotations

import polars as pl

from qonys import inputs, words
from qonys.figures import by_category, over_time
from qonys.figures.geography import values
from qonys.figures.style import BLUE
from qonys.report.context import Context
from qonys.report.document import Figure, Note, Section, Table
from qonys.report.precision import decimals_apart

NEEDS = ("segregation_groups", "segregation_indices", "segregation_regions", "stratification_diversity")
INDICES = ("d_multi", "h", "m")
ASIDE = "other_and_not_stated"


def build(context: Context) -> Section:
    """Stratification."""
    blocks = (
        context.paragraph("stratification.result", d="stratification.d", h="stratification.h"),
        _indices(context),
        context.paragraph("stratification.intro", year="stratification.year", groups="stratification.groups",
                          n="stratification.regions", people="stratification.people"),
        Note(context.say("stratification.missing")),
        context.paragraph("stratification.groups_text"),
        _groups(context),
        _map(context),
        _regions(context).as_detail(),
        context.paragraph("stratification.diversity_text"),
        _diversity(context),
        Note(context.say("stratification.distance")),
    )  # fmt: skip
    return Section("stratification", context.say("chapter.stratification"), blocks)


def group_name(context: Context, code: str) -> str:
    """An ethnic group in words."""
    return context.pack.label("ethnic_group", code, context.language)


def _indices(context: Context) -> Table:
    table = context.results.table("segregation_indices")
    bands = sorted(table.frame["band"].unique())
    without = table.frame.filter((pl.col("band") == bands[0]) & pl.col("index").is_in(INDICES))
    places = max(decimals_apart(low, high, 3) for low, high in without.select("low", "high").rows())
    rows = []
    for index in INDICES:
        part = table.frame.filter(pl.col("index") == index).sort("band")
        cells = [words.number(value, context.language, places) for value in part["value"]]
        first = part.row(0, named=True)
        ends = context.ends(first["low"], first["high"], places)
        chance = words.number(first["chance"], context.language, 4)
        rows.append((context.say(f"stratification.index.{index}"), cells[0], ends, chance, *cells[1:]))
    names = [context.say(f"stratification.column.{name}") for name in ("index", "place", "interval", "chance")]
    head = (*names, *(context.say("stratification.column.around", km=band) for band in bands[1:]))
    caption = context.say("stratification.indices")
    return Table("segregation_indices", head, tuple(rows), "l" + "r" * (len(head) - 1), caption,
                 context.origin(table.sources, table.method),
                 table.frame)  # fmt: skip


def _groups(context: Context) -> Figure:
    table = context.results.table("segregation_groups")
    frame = table.frame.filter(pl.col("group") != ASIDE).sort("d", descending=True)
    named = pl.col("group").map_elements(lambda code: group_name(context, code), return_dtype=pl.String)
    label = context.say("stratification.d_label")
    shown = frame.select(
        named.alias("category"), pl.lit(label).alias("series"), "low", pl.col("d").alias("median"), "high"
    )
    order = shown["category"].to_list()
    spec = by_category.dots(context, shown, context.say("stratification.d_axis"), order, [(label, BLUE)])
    alt = context.say("stratification.groups.alt", most=order[0], least=order[-1])
    caption, origin = context.say("stratification.groups"), context.origin(table.sources, table.method)
    return Figure("segregation_groups", context.picture(spec), alt, caption, origin, frame).as_detail()


def _map(context: Context) -> Figure:
    """Divergence of each region's composition from the country's, hundredths of a nat."""
    table = context.results.table("segregation_regions")
    year = int(context.results.number("stratification.year").value or 0)
    shown = {year: {region: 100 * v for region, v in table.frame.select("region", "divergence").rows()}}
    vintage = str(inputs.rows(context.pack, "ethnic_regional")["vintage"][0])
    geometry = context.pack.geometry(vintage)
    order = table.frame.sort("divergence", descending=True)["region"].to_list()
    drawn = values.region_map(context, geometry, shown, context.say("stratification.map_legend"))
    return Figure(
        "segregation_map",
        context.picture(drawn),
        context.say("stratification.map.alt", most=context.region(order[0]), least=context.region(order[-1])),
        context.say("stratification.map", year=year),
        context.outlined(context.origin(table.sources, table.method), geometry),
        table.frame,
    )


def _regions(context: Context) -> Table:
    table = context.results.table("segregation_regions")
    rows = [
        (context.region(row["region"]), context.thousands(row["people"]),
         words.number(row["divergence"], context.language, 2),
         group_name(context, row["group"]), words.number(row["quotient"], context.language, 1))
        for row in table.frame.sort("divergence", descending=True).iter_rows(named=True)
    ]  # fmt: skip
    columns = ("region", "people", "divergence", "group", "quotient")
    head = tuple(context.say(f"stratification.column.{name}") for name in columns)
    return Table("segregation_regions", head, tuple(rows), "lrrlr", context.say("stratification.regions"),
                 context.origin(table.sources, table.method), table.frame)  # fmt: skip


def _diversity(context: Context) -> Figure:
    table = context.results.table("stratification_diversity")
    title = context.say("stratification.effective")
    rows = table.frame.select("year", value="effective", name=pl.lit(title))
    top = table.frame.sort("effective", descending=True).row(0, named=True)
    last = table.frame.sort("year").row(-1, named=True)
    alt = context.say("stratification.diversity.alt", most=words.number(top["effective"], context.language, 1),
                      year=top["year"], now=words.number(last["effective"], context.language, 1),
                      last=last["year"])  # fmt: skip
    drawn = context.picture(over_time.lines(context, rows, title, zero=False, points=True, height=220, form=".2f"))
    return Figure("stratification_diversity", drawn, alt, context.say("stratification.diversity"),
                  context.origin(table.sources, table.method), table.frame).as_detail()  # fmt: skip
