"""Retrospective: the century, components by period, sources that disagree, ethnic groups, regions."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from qonys import inputs, words
from qonys.figures import century, early, net_migration, population
from qonys.figures.geography import values
from qonys.report.context import Context
from qonys.report.document import Block, Figure, Note, Paragraph, Section, Table
from qonys.report.periods import named, periods, turn
from qonys.report.precision import thousands_decimals

NEEDS = ("components_by_period", "net_by_source")
WIDEST = 10.0  # width of the interval of a share of natural increase that is still shown: 1,000%


def build(context: Context) -> Section:
    """The retrospective; groups, ages and regions where the results hold them."""
    turned = _turn(context)
    blocks: list[Block] = [turned] if turned else []
    blocks += [context.paragraph("retro.intro"), _periods(context), Note(context.say("retro.error"))]
    blocks.append(Note(context.say("summary.secondary")))
    if not all(map(_tells, context.frame("components_by_period").iter_rows(named=True))):
        blocks.append(Note(context.say("retro.no_share")))
    if context.has(early.TABLE):
        blocks += [context.paragraph("retro.early.intro"), _early(context), _early_figure(context)]
        blocks.append(Note(context.say("retro.early.note")))
    if context.has("movement_shares"):
        blocks += [context.paragraph("retro.shares.text"), _movement_shares(context).as_detail()]
    blocks += [context.paragraph("retro.sources"), _by_source(context)]
    if context.has("ethnic_composition", "ethnic_change"):
        blocks += [context.paragraph("retro.ethnic.text"), _ethnic(context), Note(context.say("retro.ethnic.note"))]
        blocks += _ethnic_change(context)
    if context.has("pyramids"):
        blocks += [context.paragraph("retro.pyramids.text"), _pyramids(context)]
    if context.has("components_by_region", "regional_net_migration"):
        blocks += [context.paragraph("retro.regions"), _regions(context).as_detail(), _region_map(context)]
        blocks.append(Note(_breaks_between(context)))
    return Section("retrospective", context.say("chapter.retrospective"), tuple(blocks))


def _turn(context: Context) -> Paragraph | None:
    """The two neighbouring periods between which gain became loss."""
    found = turn(context.results)
    if found is None:
        return None
    before, after = found
    years = {"first": str(before["start"]), "second": str(before["end"]), "third": str(after["end"])}
    ends = {"before": named(before, "residual"), "after": named(after, "residual")}
    return context.paragraph("retro.turn", **ends, **years)


def century_figure(context: Context) -> Figure:
    """Population and components over the century with the waves marked."""
    drawing = century.century(context)
    census, periods = (context.results.table(name) for name in century.TABLES)
    source = context.origin((*census.sources, *periods.sources), "computed")
    return context.figure("century", drawing, context.say("retro.century"), source, periods.frame)


def _periods(context: Context) -> Table:
    table = context.results.table("components_by_period")
    written = _writer(context, table.frame, ("residual_low", "residual_high"))
    rows = []
    for r in table.frame.iter_rows(named=True):
        growth = r["population_end"] - r["population_start"]
        rows.append(
            (
                words.year_range(r["start"], r["end"]),
                *(written(value) for value in (growth, r["births"], r["deaths"], r["natural"])),
                f"{written(r['residual'])} ({written(r['residual_low'])} … {written(r['residual_high'])})",
                written(r["registered"]),
                context.percent(r["offset"] if _tells(r) else None),
                words.number(r["migration_rate"], context.language, 1),
            )
        )
    columns = ("period", "growth", "births", "deaths", "natural", "residual", "registered", "offset", "rate")
    head = tuple(context.say(f"retro.column.{name}") for name in columns)
    return Table(
        "components_by_period",
        head,
        tuple(rows),
        "lrrrrrrrr",
        context.say("retro.periods"),
        context.origin(table.sources, table.method),
        table.frame,
    )


def _early(context: Context) -> Table:
    """Ranges of the components, a row each, a column for each period before the registers."""
    table = context.results.table(early.TABLE)
    spans = table.frame.select("start", "end").unique(maintain_order=True).rows()
    cells = {
        (r["component"], r["start"]): " … ".join(
            dict.fromkeys(context.thousands(r[end], 0) for end in ("low", "high"))
        )
        for r in table.frame.iter_rows(named=True)
    }
    codes = [code for code in early.COMPONENTS if code in set(table.frame["component"])]
    rows = tuple(
        (early.component_name(context, code), *(cells.get((code, start), "–") for start, _ in spans)) for code in codes
    )
    head = (context.say("retro.early.component"), *(words.year_range(start, end) for start, end in spans))
    source = context.origin(table.sources, table.method)
    return Table(early.TABLE, head, rows, "l" + "r" * len(spans), context.say("retro.early.title"), source, table.frame)


def _movement_shares(context: Context) -> Table:
    """Shares of movements that the state led and that were forced, a row for each period before the registers."""
    table = context.results.table("movement_shares")
    cells = {
        (row["start"], row["kind"]): "–" if row["low"] is None else context.ends(100 * row["low"], 100 * row["high"], 0)
        for row in table.frame.iter_rows(named=True)
    }
    spans = table.frame.select("start", "end").unique(maintain_order=True).rows()
    rows = tuple((words.year_range(*span), *(cells[span[0], kind] for kind in ("led", "forced"))) for span in spans)
    head = tuple(context.say(f"retro.shares.{name}") for name in ("period", "led", "forced"))
    source = context.origin(table.sources, table.method)
    return Table("movement_shares", head, rows, "lrr", context.say("retro.shares.title"), source, table.frame)


def _early_figure(context: Context) -> Figure:
    drawing = early.movement_bounds(context)
    source = context.origin(drawing.sources, drawing.method)
    return context.figure("early_movements", drawing, context.say("retro.early.figure"), source, drawing.frame)


def _tells(row: Mapping[str, float]) -> bool:
    """Whether a share of natural increase says something: there is an increase, known to more than its order."""
    return row["natural"] > 0 and row["offset_high"] - row["offset_low"] <= WIDEST


def _writer(context: Context, frame: pl.DataFrame, *ends: tuple[str, str]) -> Callable[[float | None], str]:
    """Persons as thousands for a table whose intervals lie between the columns of each pair."""
    lows, highs = ([value for pair in ends for value in frame[pair[side]]] for side in (0, 1))
    places = thousands_decimals(lows, highs)
    return lambda value: context.thousands(value, places)


def _by_source(context: Context) -> Figure:
    table = context.results.table("net_by_source")
    start, end = _widest(context, table.frame)
    inside = table.frame.filter(pl.col("start").is_between(start, end - 1))
    alt = context.say(
        "retro.net.alt",
        first=table.frame["start"].min(),
        last=int(str(table.frame["end"].max())) - 1,
        start=start,
        end=end,
        low=context.thousands(float(str(inside["value"].min()))),
        high=context.thousands(float(str(inside["value"].max()))),
    )
    drawing = net_migration.by_source(context, account_shown=False)
    return context.figure("net_by_source", drawing, context.say("retro.net"), data=table.frame, alt=alt)


def _widest(context: Context, frame: pl.DataFrame) -> tuple[int, int]:
    """The period between censuses in which the sources lie farthest apart."""

    def spread(row: dict[str, int]) -> float:
        inside = frame.filter(pl.col("start").is_between(row["start"], row["end"] - 1))["value"]
        return float(str(inside.max())) - float(str(inside.min())) if inside.len() else 0.0

    row = max(periods(context.results), key=spread)
    return int(row["start"]), int(row["end"])


def _group_names(context: Context, frame: pl.DataFrame) -> dict[str, str]:
    return {
        g: context.pack.label("ethnic_group", g, context.language) for g in frame["ethnic_group"].unique()
    }


def _ethnic(context: Context) -> Figure:
    drawing = population.ethnic(context)
    return context.figure("ethnic", drawing, context.say("retro.ethnic"), context.origin(drawing.sources))


def _ethnic_change(context: Context) -> list[Block]:
    """How the change of each group splits, where its bounds say whether more came or left; the others by name."""
    table = context.results.table("ethnic_change")
    names = _group_names(context, table.frame)
    since = _last_census_before(context, table.frame)
    large = table.frame.filter((pl.col("start") >= since) & (pl.col("first") >= 100_000))
    telling = (pl.col("rest_low") >= 0) | (pl.col("rest_high") <= 0)
    frame, rest = (large.filter(part).sort("start", "first") for part in (telling, ~telling))
    written = _writer(context, frame, ("natural_low", "natural_high"), ("rest_low", "rest_high"))
    rows = tuple(
        (
            words.year_range(r["start"], r["end"]),
            names[r["ethnic_group"]],
            written(r["growth"]),
            f"{written(r['natural_low'])} … {written(r['natural_high'])}",
            f"{written(r['rest_low'])} … {written(r['rest_high'])}",
        )
        for r in frame.reverse().sort("start", maintain_order=True).iter_rows(named=True)
    )
    columns = ("period", "group", "growth", "natural_bounds", "rest_bounds")
    head = tuple(context.say(f"retro.column.{name}") for name in columns)
    caption = context.say("retro.ethnic_change", first=since)
    shown = Table(
        "ethnic_change", head, rows, "llrrr", caption, context.origin(table.sources, table.method), table.frame
    )
    blocks: list[Block] = [context.paragraph("retro.groups"), shown] if rows else [context.paragraph("retro.groups")]
    return [*blocks, *_undecided(context, rest, names)]


def _undecided(context: Context, rest: pl.DataFrame, names: Mapping[str, str]) -> list[Block]:
    """The groups by period of which the bounds leave even the sign open."""
    parts = [
        f"{words.year_range(start, end)}: " + ", ".join(names[group] for group in part.reverse()["ethnic_group"])
        for (start, end), part in rest.partition_by("start", "end", as_dict=True, maintain_order=True).items()
    ]
    return [context.paragraph("retro.groups_open", listed="; ".join(parts))] if parts else []


def _last_census_before(context: Context, frame: pl.DataFrame) -> int:
    """The last census before independence; the first one where the pack states no year of independence."""
    year, starts = inputs.country(context.pack).independence, frame["start"].unique().sort()
    earlier = starts.filter(starts <= year) if year else starts.head(0)
    return int(earlier[-1] if earlier.len() else starts[0])


def _pyramids(context: Context) -> Figure:
    table = context.results.table("pyramids")
    years = sorted(table.frame["year"].unique())
    drawing = population.of_years(context, table.frame, years)
    source = context.origin(table.sources)
    return context.figure("pyramids", drawing, context.say("retro.pyramids"), source, table.frame)


def _regions(context: Context) -> Table:
    table = context.results.table("components_by_region")
    written = _writer(context, table.frame.with_columns(none=pl.lit(0.0)), ("none", "recount"))
    rows = sorted(
        (
            (
                context.region(r["region"]),
                written(r["end_population"] - r["start_population"]),
                *(written(r[part]) for part in ("natural", "migration", "recount")),
            )
            for r in table.frame.iter_rows(named=True)
        ),
        key=lambda row: words.sort_key(row[0], context.language),
    )
    head = tuple(
        context.say(f"retro.column.{name}")
        for name in ("region", "growth", "natural", "migration", "recount")
    )
    return Table(
        "components_by_region",
        head,
        tuple(rows),
        "lrrrr",
        context.say("retro.by_region", first=context.results.table("regional_net_migration").frame["year"].min()),
        context.origin(table.sources, table.method),
        table.frame,
    )


def _region_map(context: Context) -> Figure:
    table = context.results.table("regional_net_migration")
    usable = table.frame.filter(~pl.col("recount"))
    years = (int(str(usable["year"].min())), int(str(usable["year"].max())))
    rates = {y: dict(usable.filter(pl.col("year") == y).select("region", "rate").rows()) for y in years}
    vintage = str(context.pack.vintages().sort("order")["vintage"][0])
    geometry = context.pack.geometry(vintage)
    losers = [sum(v < 0 for v in rates[y].values()) for y in years]
    alt = context.say("retro.map.alt", first=years[0], last=years[1], a=losers[0], b=losers[1], n=len(rates[years[0]]))
    return Figure(
        "region_map",
        context.picture(values.region_map(context, geometry, rates)),
        alt,
        context.say("retro.map", first=years[0], last=years[1]),
        context.outlined(context.origin(table.sources, table.method), geometry),
        table.frame,
    ).as_detail()


def _breaks_between(context: Context) -> str:
    """The breaks that lie between the two years of the map, in one sentence."""
    years = [int(str(y)) for y in context.results.table("regional_net_migration").frame["year"].unique().sort()]
    found = context.breaks("population_regional") + context.breaks("national", "net_migration")
    inside = sorted({(year, label) for year, label in found if years[0] < year <= years[-1]})
    listed = "; ".join(f"{year}: {label}" for year, label in inside)
    return context.say("retro.map.breaks", listed=listed.rstrip("."))
