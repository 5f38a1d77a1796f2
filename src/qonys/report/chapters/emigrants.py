"""Who left and where to: emigrants by ethnic group, country, education and speciality, and the counts of the 1990s."""

from __future__ import annotations

from typing import Any

import polars as pl

from qonys import words
from qonys.errors import UnknownName
from qonys.figures import by_category
from qonys.report.context import ABSENT, Context
from qonys.report.document import Block, Figure, Note, Paragraph, Section, Table
from qonys.report.periods import heaviest_loss, named
from qonys.study.chapters.emigrants import REST, newest

NEEDS = ("emigrants_parts",)
LARGEST = 7
COLUMNS = 5
Row = dict[str, Any]


def build(context: Context) -> Section:
    """Destinations, groups, education and speciality of emigrants."""
    parts = context.frame("emigrants_parts")
    if parts.is_empty():
        raise UnknownName(ABSENT, name="emigrants_parts")
    blocks: tuple[Block | None, ...] = (
        where_to(context),
        Note(context.say("emigrants.limits")),
        _where(context, parts),
        *_introduced(context, "emigrants.groups_text", _groups(context, parts), _counted(context, parts)),
        *_introduced(
            context, "emigrants.trained_text", *(_trained(context, parts, name) for name in ("education", "speciality"))
        ),
        *_introduced(context, "emigrants.spans_text", _spans(context)),
    )
    return Section("emigrants", context.say("chapter.emigrants"), tuple(one for one in blocks if one is not None))


def _introduced(context: Context, key: str, *blocks: Block | None) -> tuple[Block, ...]:
    """A sentence and what it introduces; nothing where there is nothing to introduce."""
    found = tuple(block for block in blocks if block is not None)
    return (context.paragraph(key), *found) if found else ()


def where_to(context: Context) -> Paragraph | None:
    """Where most emigrants of the newest whole year went."""
    if not context.has("emigrants_parts"):
        return None
    found = newest(context.frame("emigrants_parts"), "country").filter(pl.col("category") != REST)
    if found.is_empty():
        return None
    country = part_name(context, "country", str(found["category"][0]))
    return context.paragraph(
        "emigrants.first", year="emigrants.year", share="emigrants.first", country=country
    )


def part_name(context: Context, breakdown: str, category: str) -> str:
    """Name of a country, group, level or speciality."""
    if category == REST:
        return context.say("emigrants.rest")
    axis = breakdown if breakdown in ("country", "ethnic_group") else "category"
    return context.pack.label(axis, category, context.language)


def period_name(context: Context, row: Row) -> str:
    """A year, years, or a year with the number of its first months."""
    year, months = int(str(row["start"])[:4]), int(row["months"])
    if months % 12 == 0:
        return str(year) if months == 12 else words.year_range(year, year + months // 12 - 1)
    return context.say("emigrants.months", year=year, n=months)


def _periods(parts: pl.DataFrame, breakdown: str) -> list[tuple[str, pl.DataFrame]]:
    """Periods with shares, in order of time, and their parts."""
    found = parts.filter((pl.col("breakdown") == breakdown) & pl.col("share").is_not_null())
    grouped = found.sort("start", "months").partition_by("period", as_dict=True, maintain_order=True)
    return [(str(period), part) for (period,), part in grouped.items()]


def _where(context: Context, parts: pl.DataFrame) -> Table | None:
    """Share of each destination by period."""
    periods = _periods(parts, "country")[-COLUMNS:]
    if not periods:
        return None
    shown = pl.concat([part for _, part in periods])
    order = (
        shown.filter(pl.col("category") != REST)
        .sort("start", "months", "share", descending=True)["category"]
        .unique(maintain_order=True)
    )
    found = {(row["period"], row["category"]): row["share"] for row in shown.iter_rows(named=True)}
    rows = tuple(
        (part_name(context, "country", code), *(_share(context, found.get((period, code))) for period, _ in periods))
        for code in [*order, REST]
    )
    names = [period_name(context, part.row(0, named=True)) for _, part in periods]
    return _table(context, "emigrants_where", (context.say("emigrants.column.country"), *names), rows, shown)


def _share(context: Context, share: float | None) -> str:
    return "–" if share is None else words.percent(share, context.language, 1)


def _groups(context: Context, parts: pl.DataFrame) -> Figure | None:
    """Parts of ethnic groups by period."""
    periods = _periods(parts, "ethnic_group")
    if not periods:
        return None
    shown = pl.concat([part for _, part in periods])
    named_ones = shown.filter(pl.col("category") != REST)
    order = named_ones.group_by("category").agg(pl.col("share").sum()).sort("share", descending=True)["category"]
    largest = order.head(LARGEST).to_list()
    names = {code: part_name(context, "ethnic_group", code) for code in largest}
    rest = context.say("emigrants.rest")
    rows = []
    for _, part in periods:
        period = period_name(context, part.row(0, named=True))
        known = dict(part.select("category", "share").rows())
        told = [(names[code], known[code]) for code in largest if code in known]
        told.append((rest, 1 - sum(share for _, share in told)))
        rows += [
            {"year": period, "group": name, "share": share, "place": place} for place, (name, share) in enumerate(told)
        ]
    spec = by_category.shares(context, pl.DataFrame(rows), context.say("emigrants.share"), list(names.values()), rest)
    top = named_ones.sort("share", descending=True).row(0, named=True)
    alt = context.say(
        "emigrants.groups.alt", n=len(periods), group=part_name(context, "ethnic_group", top["category"]),
        share=context.percent(top["share"]), period=period_name(context, top),
    )  # fmt: skip
    return Figure(
        "emigrants_groups", context.picture(spec), alt, context.say("emigrants.groups"),
        context.origin(shown["source"]), shown,
    )  # fmt: skip


def _counted(context: Context, parts: pl.DataFrame) -> Table | None:
    """Counts of groups of the years before the newest series, beside the residual between censuses."""
    row = heaviest_loss(context.results)
    if row is None:
        return None
    years = pl.col("start").dt.year()
    inside = (pl.col("breakdown") == "ethnic_group") & pl.col("value").is_not_null() & pl.col("share").is_null()
    found = parts.filter(inside & years.is_between(row["start"], row["end"])).sort("category", "start", "months")
    if found.is_empty():
        return None
    rows = tuple(
        (
            part_name(context, "ethnic_group", one["category"]),
            period_name(context, one),
            words.integer(one["value"], context.language),
        )
        for one in found.iter_rows(named=True)
    )
    names = (context.say(f"emigrants.column.{name}") for name in ("group", "period", "persons"))
    residual = context.value(named(row, "residual")).shown
    caption = context.say("emigrants.counted", start=row["start"], end=row["end"], residual=residual)
    return _table(context, "emigrants_counted", tuple(names), rows, found, caption)


def _spans(context: Context) -> Table | None:
    """Emigrants of several years together, of the country and of a region, by destination where it is published."""
    if not context.has("emigrants_spans"):
        return None
    frame = context.frame("emigrants_spans")
    rows = tuple(
        (
            context.region(row["region"]),
            words.years_text(int(row["start"]), int(row["end"])),
            part_name(context, "country", row["country"]) if row["country"] else context.say("emigrants.all_countries"),
            words.integer(row["value"], context.language),
        )
        for row in frame.iter_rows(named=True)
    )
    head = tuple(context.say(f"emigrants.column.{name}") for name in ("place", "period", "country", "persons"))
    caption, source = context.say("emigrants.spans"), context.origin(frame["source"])
    return Table("emigrants_spans", head, rows, "lllr", caption, source, frame)


def _trained(context: Context, parts: pl.DataFrame, breakdown: str) -> Table | None:
    """Emigrants of the newest period by level of education or by speciality."""
    found = newest(parts, breakdown)
    if found.is_empty():
        return None
    rows = tuple(
        (
            part_name(context, breakdown, one["category"]),
            "–" if one["value"] is None else words.integer(one["value"], context.language),
            _share(context, one["share"]),
        )
        for one in found.iter_rows(named=True)
    )
    head = tuple(context.say(f"emigrants.column.{name}") for name in (breakdown, "persons", "share"))
    caption = context.say(f"emigrants.{breakdown}", period=period_name(context, found.row(0, named=True)))
    return _table(context, f"emigrants_{breakdown}", head, rows, found, caption)


def _table(
    context: Context, key: str, head: tuple[str, ...], rows: tuple[tuple[str, ...], ...], frame: pl.DataFrame,
    caption: str = "",
) -> Table:  # fmt: skip
    align = "l" + "r" * (len(head) - 1)
    caption = caption or context.say("emigrants.where")
    return Table(key, head, rows, align, caption, context.origin(frame["source"]), frame, result="emigrants_parts")
