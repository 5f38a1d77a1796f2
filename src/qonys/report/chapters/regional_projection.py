"""Regions and ethnic groups to the middle of the century."""

from __future__ import annotations

import polars as pl

from qonys import words
from qonys.figures import by_category
from qonys.figures.geography import values
from qonys.figures.style import BLUE, GREEN, ORANGE
from qonys.report.context import Context
from qonys.report.document import Block, Bullets, Figure, Note, Paragraph, Section, Table
from qonys.report.periods import year_between
from qonys.report.precision import thousands_decimals

NEEDS = ("group_shares", "group_sizes", "regional_base", "regional_pace", "regional_parts", "regional_sizes")
PARTS = (("natural", GREEN), ("net_internal", BLUE), ("net_migration", ORANGE))
TITLE = "chapter.regional_projection"


def build(context: Context) -> Section:
    """Regions and groups forward."""
    from qonys.study.base.regional import NOTES

    own: tuple[Block, ...] = context.held(lambda: _own_groups(context))
    blocks = (
        context.paragraph("regional_projection.regions_text", n="regional.surely_shrink",
                          now="regional.top_three_now", then="regional.top_three"),
        _map(context),
        _regions(context),
        _parts(context),
        context.paragraph(
            "regional_projection.intro", base="regional.base", until="regional.until", draws="regional.draws",
            replicates="regional.replicates", gap="regional.gap",
        ),
        Note(context.say("regional_projection.limits")),
        _ages(context),
        *own,
        _groups(context),
        _group_table(context),
        Note(context.say("regional_projection.groups_note")),
        context.paragraph("regional_projection.assumptions"),
        Bullets(tuple(context.say(key) for key in NOTES)),
    )  # fmt: skip
    return Section("regional_projection", context.say(TITLE), blocks)


def _ends(context: Context) -> tuple[int, int]:
    base, until = (int(context.results.number(f"regional.{end}").value or 0) for end in ("base", "until"))
    return base, until


def _own_groups(context: Context) -> Paragraph:
    """The share of the group that the state counts as its own, now and at the end."""
    until = _ends(context)[1]
    return context.paragraph(
        "regional_projection.groups_text", now="regional.kin_now", then=f"regional.kin.{until}", until=str(until)
    )


def _middle(context: Context) -> int:
    """The year between base and end that the chapter shows."""
    return year_between(context.results, *_ends(context))


def _map(context: Context) -> Figure:
    """Median yearly growth of each region."""
    table = context.results.table("regional_pace")
    base, until = _ends(context)
    rates = {f"{base}–{until}": dict(table.frame.select("region", "median").rows())}
    names = {region: context.region(region) for region in table.frame["region"]}
    geometry = context.pack.geometry(str(context.pack.vintages().sort("order")["vintage"][-1]))
    legend = context.say("regional_projection.map_legend")
    svg = values.region_map(context, geometry, rates, legend)
    ordered = [names[region] for region in table.frame.sort("median")["region"]]
    return Figure(
        "regional_map",
        context.picture(svg),
        context.say("regional_projection.map.alt", least=ordered[0], most=ordered[-1]),
        context.say("regional_projection.map", base=base, until=until),
        context.outlined(context.origin(table.sources, table.method), geometry),
        table.frame,
    )


def _regions(context: Context) -> Table:
    sizes, growth = context.results.table("regional_sizes"), context.results.table("regional_pace")
    base, until = _ends(context)
    last = sizes.frame.filter(pl.col("year") == until)
    places = thousands_decimals(last["q10"], last["q90"])
    rows = []
    for row in growth.frame.sort("median", descending=True).iter_rows(named=True):
        part = sizes.frame.filter(pl.col("region") == row["region"])
        now = part.filter(pl.col("year") == base).row(0, named=True)
        then = part.filter(pl.col("year") == until).row(0, named=True)
        low, middle, high = (context.thousands(then[name], places) for name in ("q10", "q50", "q90"))
        rate = words.number(row["median"], context.language, 1)
        before = context.thousands(now["q50"], places)
        chance = words.percent(row["p_decline"], context.language, 1)
        rows.append((context.region(row["region"]), before, f"{middle} ({low} … {high})", rate, chance))
    head = [context.say(f"regional_projection.column.{name}") for name in ("region", "growth", "p_decline")]
    return Table(
        "regional_sizes",
        (head[0], str(base), str(until), head[1], head[2]),
        tuple(rows),
        "lrrrr",
        context.say("regional_projection.table", base=base, until=until),
        context.origin(sizes.sources, sizes.method),
        sizes.frame,
    )


def _parts(context: Context) -> Figure:
    """What makes the growth of each region."""
    table = context.results.table("regional_parts")
    growth = context.results.table("regional_pace").frame.sort("median", descending=True)
    names = {part: context.say(f"regional_projection.part.{part}") for part, _ in PARTS}
    shown = table.frame.select(
        pl.col("region").map_elements(context.region, return_dtype=pl.String).alias("category"),
        pl.col("part").replace_strict(names).alias("series"),
        pl.col("low_80").alias("low"), "median", pl.col("high_80").alias("high"),
    )  # fmt: skip
    order = [context.region(code) for code in growth["region"]]
    colours = [(names[part], colour) for part, colour in PARTS]
    spec = by_category.dots(context, shown, context.say("regional_projection.rate_axis"), order, colours, step=6.5)
    return Figure(
        "regional_parts",
        context.picture(spec),
        context.say("regional_projection.parts.alt", most=order[0], least=order[-1]),
        context.say("regional_projection.parts"),
        context.origin(table.sources, table.method),
        table.frame,
    ).as_detail()


def _ages(context: Context) -> Figure:
    """Median age of the regions in the base year."""
    table = context.results.table("regional_base")
    frame = table.frame.filter(pl.col("measure") == "median_age")
    series = context.say("regional_projection.median_age")
    shown = frame.select(
        pl.col("region").map_elements(context.region, return_dtype=pl.String).alias("category"),
        pl.lit(series).alias("series"), "low", "median", "high",
    )  # fmt: skip
    ordered = frame.sort("median", descending=True)["region"].to_list()
    names = [context.region(code) for code in ordered]
    spec = by_category.dots(context, shown, context.say("regional_projection.age_axis"), names, [(series, BLUE)])
    return Figure(
        "regional_ages",
        context.picture(spec),
        context.say("regional_projection.ages.alt", oldest=names[0], youngest=names[-1]),
        context.say("regional_projection.ages", year=_ends(context)[0]),
        context.origin(table.sources, table.method),
        table.frame,
    ).as_detail()


def _groups(context: Context) -> Figure:
    """Growth of each group against its size now."""
    table = context.results.table("group_sizes")
    base, until = _ends(context)
    middle = table.frame.filter(pl.col("year") == base).select("group", now="q50")
    years = ((_middle(context), ORANGE), (until, BLUE))
    part = table.frame.filter(pl.col("year").is_in([year for year, _ in years])).join(middle, on="group")
    name = {group: _group(context, group) for group in part["group"].unique()}
    shown = part.select(
        pl.col("group").replace_strict(name).alias("category"),
        pl.col("year").cast(pl.String).alias("series"),
        *((100 * (pl.col(level) / pl.col("now") - 1)).alias(end)
          for level, end in (("q10", "low"), ("q50", "median"), ("q90", "high"))),
    )  # fmt: skip
    far = part.filter(pl.col("year") == until).with_columns(change=pl.col("q50") / pl.col("now"))
    order = [name[group] for group in far.sort("change", descending=True)["group"]]
    spec = by_category.dots(context, shown, context.say("regional_projection.group_axis", base=base), order,
                          [(str(year), colour) for year, colour in years])  # fmt: skip
    return Figure(
        "group_growth",
        context.picture(spec),
        context.say("regional_projection.groups.alt", most=order[0], least=order[-1], until=until),
        context.say("regional_projection.groups", base=base),
        context.origin(table.sources, table.method),
        table.frame,
    )


def _group(context: Context, group: str) -> str:
    return context.pack.label("ethnic_group", group, context.language)


def _group_table(context: Context) -> Table:
    table = context.results.table("group_shares")
    (base, until), between = _ends(context), _middle(context)
    rows = []
    for group in table.frame["group"].unique(maintain_order=True):
        cells = [_group(context, group)]
        for year in (base, between, until):
            row = table.frame.filter((pl.col("group") == group) & (pl.col("year") == year)).row(0, named=True)
            low, middle, high = (words.percent(row[q], context.language, 1) for q in ("q10", "q50", "q90"))
            cells.append(middle if year == base else f"{middle} ({low} … {high})")
        rows.append(tuple(cells))
    return Table(
        "group_shares",
        (context.say("regional_projection.column.group"), str(base), str(between), str(until)),
        tuple(rows),
        "lrrr",
        context.say("regional_projection.group_table"),
        context.origin(table.sources, table.method),
        table.frame,
    )
