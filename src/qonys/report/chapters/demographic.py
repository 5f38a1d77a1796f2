"""Demographic consequences: with and without migration, ages, replacement, groups, regions."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from qonys import inputs, words
from qonys.figures import by_category, over_time, population
from qonys.figures.style import BLUE, GREEN, GREY, INK, ORANGE
from qonys.report.context import Context
from qonys.report.document import Block, Figure, Section, Table, Value
from qonys.study.runs.results import TableResult

NEEDS = (
    "consequences_ageing", "consequences_by_start", "consequences_effect", "consequences_parts_future",
    "consequences_parts_past", "consequences_pyramid", "consequences_replacement",
)  # fmt: skip
GROUPS = ("ethnic_diasporas", "ethnic_diversity")
REGIONS = ("regional_depopulation", "regional_growth")
PANELS = ("old_dependency", "prospective_dependency", "median_age", "support")
CHANGED = ("population", "age_15_64", "old_dependency", "median_age")
PARTS = ("momentum", "fertility", "mortality", "migration")
PERCENTAGES = {
    "a": "hoover.first", "b": "hoover.last", "c": "redistributed.all", "d": "redistributed.natural",
    "e": "redistributed.migration",
}  # fmt: skip
ASSUMED = ("total", "by_schedule", "fewer_births")


def build(context: Context) -> Section:
    """Demographic consequences."""
    since = "consequences.since"
    until, base, began = _until(context), _year(context, "consequences.end"), _year(context, since)
    early = _earliest(context, began)
    blocks: tuple[Block, ...] = context.held(
        lambda: context.paragraph(
            "demographic.effect_text", since=since, end="consequences.end", total="consequences.effect.total",
            direct="consequences.effect.direct", indirect="consequences.effect.indirect", until=str(until),
            later="consequences.effect.until",
        ),
        lambda: _effect(context),
        lambda: context.paragraph("demographic.intro", draws="consequences.draws"),
        lambda: context.paragraph(
            "demographic.starts_text", since=since, a=f"consequences.start.{began}", b=f"consequences.schedule.{began}",
            c=f"consequences.fewer_births.{began}", part="consequences.fewer", start=str(early),
            d=f"consequences.start.{early}", e=f"consequences.schedule.{early}",
        ),
        lambda: _starts(context),
        lambda: context.paragraph(
            "demographic.ageing_text", a=f"consequences.old_dependency.with.{base}",
            b=f"consequences.old_dependency.without.{base}", c=f"consequences.prospective_dependency.with.{base}",
            d=f"consequences.old_dependency.with.{until}", e=f"consequences.old_dependency.without.{until}",
            since=since, year=str(base), until=str(until),
        ),
        lambda: _pyramid(context),
        lambda: _ageing(context),
        lambda: _parts(context, "consequences_parts_past").as_detail(),
        lambda: _parts(context, "consequences_parts_future").as_detail(),
        lambda: context.paragraph(
            "demographic.replacement_text", until=str(until), a="consequences.p_required.total",
            c="consequences.p_required.working_age", b="consequences.replacement.support_ratio.base",
        ),
        lambda: _replacement(context),
    )  # fmt: skip
    if context.has(*GROUPS):
        blocks += _of_groups(context)
    if context.has(*REGIONS):
        blocks += _of_regions(context)
    return Section("demographic", context.say("chapter.demographic"), blocks)


def _of_groups(context: Context) -> tuple[Block, ...]:
    """Composition: how diverse the country was, and its small groups ahead."""
    return context.held(
        lambda: context.paragraph(
            _ethnic_key(context), hits="consequences.group_hits", tried="consequences.group_tried", **_diverse(context)
        ),
        lambda: _diversity(context),
        lambda: _diasporas(context),
    )


def _of_regions(context: Context) -> tuple[Block, ...]:
    """Where people live: growth of regions, and those that may lose people."""
    return context.held(
        lambda: context.paragraph(
            "demographic.regions_text", first="consequences.regions.first", last="consequences.regions.last",
            losing="consequences.regions.losing", likely="consequences.regions.likely",
            **{place: _per_cent(context, f"consequences.{name}") for place, name in PERCENTAGES.items()},
            half="consequences.regions.half", all="consequences.regions.all", base="consequences.regions.base",
            until=str(_until(context)),
        ),
        lambda: _regions(context).as_detail(),
        lambda: _depopulation(context).as_detail(),
    )  # fmt: skip


def _per_cent(context: Context, name: str) -> Value:
    """A result in per cent with its sign, before the mark."""
    number = context.results.number(name)
    return context.value_of(replace(number, value=(number.value or 0.0) / 100, shown="percent"))


def _diverse(context: Context) -> dict[str, str]:
    """Diversity at the first comparable count, at the last one before independence, and now."""
    since = inputs.country(context.pack)
    names = [name for name in context.results.numbers if name.startswith("consequences.simpson.")]
    years = sorted(int(name.rpartition(".")[2]) for name in names)
    first = min((year for year in years if year >= (since.composition_from or 0)), default=years[0])
    middle = max((year for year in years if first < year <= (since.independence or years[-1])), default=years[-1])
    shown = {"first": first, "middle": middle, "last": years[-1]}
    found = {place: str(year) for place, year in shown.items()}
    return found | {
        place: f"consequences.simpson.{year}" for place, year in zip("abc", shown.values(), strict=True)
    }


def _until(context: Context) -> int:
    """Last year of what is told with and without migration."""
    return int(str(context.results.table("consequences_effect").frame["year"].max()))


def _earliest(context: Context, since: int) -> int:
    """First of the years since which nobody moves that stand in the results by name."""
    names = [name for name in context.results.numbers if name.startswith("consequences.start.")]
    return min((int(name.rpartition(".")[2]) for name in names), default=since)


def _year(context: Context, name: str) -> int:
    return int(context.results.number(name).value or 0)


def _origin(context: Context, table: TableResult) -> str:
    return context.origin(table.sources, table.method)


def _effect(context: Context) -> Figure:
    table = context.results.table("consequences_effect")
    shown = ("total", "direct", "indirect")
    names = {part: context.say(f"consequences.part.{part}") for part in shown}
    rows = table.frame.filter(pl.col("part").is_in(shown)).select(
        "year",
        pl.col("part").replace_strict(names).alias("name"),
        *(pl.col(name) / 1e3 for name in ("low", "median", "high")),
    )
    spec = over_time.lines(
        context, rows.rename({"median": "value"}), context.say("demographic.axis.effect"), list(names.values()),
        tints=[INK, BLUE, ORANGE], at=[(_year(context, "consequences.end"), context.say("key.account_end"))],
    )  # fmt: skip
    worst = table.frame.filter(pl.col("part") == "total").sort("median").row(0, named=True)
    alt = context.say(
        "demographic.effect.alt", first=str(rows["year"].min()), last=str(rows["year"].max()), year=worst["year"],
        low=words.number(worst["median"] / 1e3, context.language, 0),
    )  # fmt: skip
    caption = context.say("demographic.effect.caption", since=_year(context, "consequences.since"))
    picture = context.picture(spec)
    return Figure("consequences_effect", picture, alt, caption, _origin(context, table), table.frame)


def _starts(context: Context) -> Figure:
    table = context.results.table("consequences_by_start")
    assumed = [part for part in ASSUMED if part in table.frame["part"]]
    names = {part: context.say(f"demographic.assumption.{part}") for part in assumed}
    rows = table.frame.filter(pl.col("part").is_in(assumed)).select(
        pl.col("since").cast(pl.String).alias("category"),
        pl.col("part").replace_strict(names).alias("series"),
        *(pl.col(name) / 1e3 for name in ("low", "median", "high")),
    )
    colours = list(zip(names.values(), (BLUE, ORANGE, GREEN), strict=False))
    order = [str(year) for year in sorted(table.frame["since"].unique())]
    spec = by_category.dots(context, rows, context.say("demographic.axis.effect"), order, colours)
    last = table.frame.filter((pl.col("part") == "total") & (pl.col("since") == _year(context, "consequences.since")))
    value = words.number(last["median"].item() / 1e3, context.language, 0)
    return Figure(
        "consequences_by_start",
        context.picture(spec),
        context.say("demographic.starts.alt", year=last["since"].item(), value=value),
        context.say("demographic.starts.caption"),
        _origin(context, table),
        table.frame,
    ).as_detail()


def _pyramid(context: Context) -> Figure:
    table = context.results.table("consequences_pyramid")
    columns = {path: pl.col(path).alias("value") for path in ("with", "without")}
    bars, ticks = (table.frame.select("sex", "age_start", column) for column in columns.values())
    spec = population.interval_pyramid(context, bars, ticks, context.say("web.effect.without"))
    gain = table.frame.group_by("age_start").agg((pl.col("without") - pl.col("with")).sum().alias("gain"))
    age = gain.sort("gain", descending=True)["age_start"][0]
    since, end = _year(context, "consequences.since"), _year(context, "consequences.end")
    return Figure(
        "consequences_pyramid",
        context.picture(spec),
        context.say("demographic.pyramid.alt", since=since, age=age, to=age + 4),
        context.say("demographic.pyramid.caption", since=since, end=end),
        _origin(context, table),
        table.frame,
    )


def _ageing(context: Context) -> Figure:
    table = context.results.table("consequences_ageing")
    facets = {name: context.say(f"consequences.measure.{name}") for name in PANELS}
    cases = {case: context.say(f"consequences.case.{case}") for case in ("with", "without")}
    rows = table.frame.filter(pl.col("measure").is_in(PANELS) & pl.col("case").is_in(list(cases))).select(
        pl.col("measure").replace_strict(facets).alias("facet"), "year",
        pl.col("case").replace_strict(cases).alias("name"), "low", "median", "high",
    )  # fmt: skip
    last = table.frame.filter((pl.col("measure") == PANELS[0]) & (pl.col("case") == "with")).sort("year").tail(1)
    alt = context.say(
        "demographic.ageing.alt", first=str(rows["year"].min()), last=str(rows["year"].max()),
        value=words.number(last["median"].item(), context.language, 1),
    )  # fmt: skip
    spec = over_time.band_panels(context, "pairs", rows, list(facets.values()), order=list(cases.values()), zero=False)
    caption = context.say("demographic.ageing.caption", since=_year(context, "consequences.since"))
    picture = context.picture(spec)
    return Figure("consequences_ageing", picture, alt, caption, _origin(context, table), table.frame)


def _parts(context: Context, name: str) -> Figure:
    table = context.results.table(name)
    keys = {
        key: f"demographic.measure.{key}" if key in CHANGED[:2] else f"consequences.measure.{key}" for key in CHANGED
    }
    facets = {key: context.say(text) for key, text in keys.items()}
    order = {part: context.say(f"consequences.part.{part}") for part in PARTS}
    scale = pl.when(pl.col("measure").is_in(CHANGED[:2])).then(1e3).otherwise(1.0)
    rows = table.frame.filter(pl.col("part").is_in(PARTS)).select(
        pl.col("measure").replace_strict(facets).alias("facet"),
        pl.col("part").replace_strict(order),
        *(pl.col(column) / scale for column in ("low", "median", "high")),
    )
    moved = table.frame.filter((pl.col("measure") == "population") & (pl.col("part") == "migration"))
    start, end = (int(table.frame[column][0]) for column in ("start", "end"))
    spec = by_category.part_panels(context, rows, list(facets.values()), list(order.values()))
    return Figure(
        name,
        context.picture(spec),
        context.say("demographic.parts.alt", value=words.number(moved["median"].item() / 1e3, context.language, 0)),
        context.say("demographic.parts.caption", start=start, end=end),
        _origin(context, table),
        table.frame,
    )


def _replacement(context: Context) -> Table:
    table, until = context.results.table("consequences_replacement"), _until(context)
    cells = {
        (r["criterion"], r["level"], r["quantity"]): r for r in table.frame.filter(pl.col("end") == until).to_dicts()
    }
    rows = []
    for criterion in ("total", "working_age", "support_ratio"):
        for level in ("base", "peak"):
            year, people, required = (
                cells[criterion, level, name] for name in ("a_year", "population", "p_required")
            )
            ends = [words.number(year[name] / 1e3, context.language, 0) for name in ("median", "low", "high")]
            rows.append(
                (
                    context.say(f"consequences.criterion.{criterion}"), context.say(f"consequences.level.{level}"),
                    f"{ends[0]} ({ends[1]} … {ends[2]})", words.percent(required["median"], context.language, 1),
                    words.number(people["median"] / 1e6, context.language, 1),
                )
            )  # fmt: skip
    head = tuple(
        context.say(f"demographic.column.{name}") for name in ("criterion", "level", "a_year", "chance", "population")
    )
    caption = context.say("demographic.replacement", base=_year(context, "consequences.base"), until=_until(context))
    return Table(
        "consequences_replacement", head, tuple(rows), "llrrr", caption, _origin(context, table), table.frame
    )


def _diversity(context: Context) -> Figure:
    table = context.results.table("ethnic_diversity")
    names = {name: context.say(f"demographic.index.{name}") for name in ("simpson", "polarisation")}
    rows = table.frame.filter(pl.col("index").is_in(list(names))).select(
        "year",
        ((pl.col("low") + pl.col("high")) / 2).alias("value"),
        pl.col("index").replace_strict(names).alias("name"),
    )
    top = table.frame.filter(pl.col("index") == "simpson").sort("low").tail(1)
    alt = context.say(
        "demographic.diversity.alt", first=str(rows["year"].min()), last=str(rows["year"].max()),
        year=top["year"].item(), value=words.number(top["low"].item(), context.language, 2),
    )  # fmt: skip
    spec = over_time.lines(context, rows, context.say("demographic.axis.index"), points=True, form=".3f")
    picture = context.picture(spec)
    return Figure(
        "ethnic_diversity", picture, alt, context.say("demographic.diversity.caption"), _origin(context, table),
        table.frame,
    ).as_detail()  # fmt: skip


def _ethnic_key(context: Context) -> str:
    rests = context.results.table("ethnic_diasporas").frame["basis"]
    return "demographic.ethnic_text" if (rests == "projection").any() else "demographic.ethnic_counted"


def _diasporas(context: Context) -> Table:
    table = context.results.table("ethnic_diasporas")
    rows = []
    now = int(str(table.frame["year"].min()))
    limit = context.results.number("consequences.group_share").value or 0.0
    for group in table.frame["group"].unique(maintain_order=True):
        part = {row["year"]: row for row in table.frame.filter(pl.col("group") == group).to_dicts()}
        first, last = part[now], part[_until(context)]
        shares = [words.percent(last[name], context.language, 1) for name in ("share", "low", "high")]
        above = first["share"] >= limit
        chances = [
            words.percent(last[name], context.language, 0) if shown else "–"
            for name, shown in (("falls_by", above), ("rises_by", not above))
        ]
        label = (
            context.say("consequences.group.rest")
            if group == "rest"
            else context.pack.label("ethnic_group", group, context.language)
        )
        then = f"{shares[0]} ({shares[1]} … {shares[2]})"
        rests = context.say(f"consequences.basis.{last['basis']}")
        rows.append((label, words.percent(first["share"], context.language, 1), then, *chances, rests))
    names = ("group", "now", "then", "falls", "rises", "basis")
    years = {"now": context.results.table("ethnic_diversity").frame["year"].max(), "then": _until(context)}
    head = tuple(context.say(f"demographic.column.{name}", year=years.get(name)) for name in names)
    share = words.percent(limit, context.language, 1)
    caption = context.say("demographic.diasporas", until=_until(context), share=share)
    return Table("ethnic_diasporas", head, tuple(rows), "lrrrrl", caption, _origin(context, table), table.frame)


def _regions(context: Context) -> Figure:
    table = context.results.table("regional_growth")
    kinds = {kind: context.say(f"demographic.kind.{kind}") for kind in ("natural", "migration", "other", "growth")}
    rows = table.frame.select(
        "region",
        *((100 * pl.col(kind) / pl.col("start")).alias(kind) for kind in ("natural", "migration", "other")),
        "growth",
    )
    named = rows.with_columns(pl.col("region").map_elements(context.region, return_dtype=pl.String))
    order = named.sort("growth", descending=True)["region"].to_list()
    long = named.drop("growth").unpivot(index="region", variable_name="kind").select(
        pl.col("region").alias("category"), pl.col("kind").replace_strict(kinds), "value"
    )
    colours = list(zip(list(kinds.values())[:3], (GREEN, BLUE, GREY), strict=True))
    whole = named.select(category="region", value="growth")
    title = context.say("demographic.axis.growth")
    spec = by_category.stack(context, long, title, order, colours, (whole, kinds["growth"]))
    worst = named.sort("migration").row(0, named=True)
    ends = {end: _year(context, f"consequences.regions.{end}") for end in ("first", "last")}
    value = words.number(worst["migration"], context.language, 0)
    return Figure(
        "regional_growth",
        context.picture(spec),
        context.say("demographic.regions.alt", low=worst["region"], value=value),
        context.say("demographic.regions.caption", **ends),
        _origin(context, table),
        table.frame,
    )


def _depopulation(context: Context) -> Table:
    table = context.results.table("regional_depopulation")
    rows, until = [], _until(context)
    last = table.frame.filter(pl.col("year") == until)
    for row in last.sort("below", "change", descending=[True, False]).to_dicts():
        ends = [words.number(row[name], context.language, 0, plus=True) for name in ("change", "low", "high")]
        chance = words.percent(row["below"], context.language, 1)
        rows.append((context.region(row["region"]), f"{ends[0]} ({ends[1]} … {ends[2]})", chance))
    head = tuple(context.say(f"demographic.column.{name}", year=until) for name in ("region", "change", "fewer"))
    rests = table.frame["basis"][0]
    key = "demographic.depopulation" if rests == "projection" else "demographic.depopulation_blocks"
    caption = context.say(key, base=_year(context, "consequences.regions.base"), until=until)
    return Table(
        "regional_depopulation", head, tuple(rows), "lrr", caption, _origin(context, table), table.frame
    )
