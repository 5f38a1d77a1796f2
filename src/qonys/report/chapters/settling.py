"""Who settles: programmes for repatriates by region."""

from __future__ import annotations

import polars as pl

from qonys import inputs, words
from qonys.figures import by_category
from qonys.figures.geography import values
from qonys.figures.style import BLUE, ORANGE
from qonys.report.context import Context
from qonys.report.document import Block, Figure, Note, Section, Table

NEEDS = ("settling_quotas", "settling_regions")


def build(context: Context) -> Section:
    """Adaptation and settling."""
    blocks: tuple[Block, ...] = (
        context.paragraph(
            "settling.intro", total="settling.total", since=str(inputs.country(context.pack).independence),
            until="settling.until",
        ),
        Note(context.say("settling.limits")),
        _quotas(context),
        context.paragraph("settling.covered", low="settling.covered_low", high="settling.covered_high"),
        context.paragraph(
            "settling.regions_text",
            n="settling.regions",
            year="settling.year",
            later="settling.later",
            apart="settling.apart",
        ),
        _regions(context),
        _map(context).as_detail(),
        *_places(context),
        Note(context.say("settling.stayers")),
        context.paragraph("settling.adaptation_text"),
    )
    return Section("settling", context.say("chapter.settling"), blocks)


def _quotas(context: Context) -> Table:
    table = context.results.table("settling_quotas")
    rows = []
    for row in table.frame.iter_rows(named=True):
        arrived = "–" if row["arrivals"] is None else words.integer(row["arrivals"], context.language)
        until = "–" if row["until"] is None else context.say("settling.until", month=row["until"].month)
        rows.append(
            (
                str(row["year"]),
                context.pack.label("measure", row["kind"], context.language),
                words.integer(row["quota"], context.language),
                context.say(f"settling.unit.{row['unit']}"),
                arrived,
                until,
            )
        )
    head = tuple(
        context.say(f"settling.column.{name}") for name in ("year", "kind", "quota", "unit", "arrivals", "until")
    )
    return Table(
        "settling_quotas",
        head,
        tuple(rows),
        "llrlrl",
        context.say("settling.quotas"),
        context.origin(table.sources),
        table.frame,
    )


def _regions(context: Context) -> Figure:
    """Share of each region in the quota and in the arrivals."""
    table, years = context.results.table("settling_regions"), _years(context)
    series = [
        ("quota_share", context.say("settling.series.quota", **years), BLUE),
        ("arrivals_share", context.say("settling.series.arrivals", **years), ORANGE),
    ]
    order = [context.region(code) for code in table.frame.sort("quota_share", descending=True)["region"]]
    rows = [
        {
            "category": context.region(row["region"]),
            "series": name,
            "low": 0.0,
            "median": 100 * row[code],
            "high": 100 * row[code],
        }
        for row in table.frame.iter_rows(named=True)
        for code, name, _ in series
    ]
    spec = by_category.dots(
        context,
        pl.DataFrame(rows),
        context.say("settling.percent"),
        order,
        [(name, colour) for _, name, colour in series],
    )
    top = table.frame.sort("arrivals_share").row(-1, named=True)
    return Figure(
        "settling_regions",
        context.picture(spec),
        context.say(
            "settling.regions.alt",
            region=context.region(top["region"]),
            arrivals=words.percent(top["arrivals_share"], context.language, 0),
            quota=words.percent(top["quota_share"], context.language, 0),
        ),
        context.say("settling.regions", **years),
        context.origin(table.sources),
        table.frame,
    ).as_detail()


def _places(context: Context) -> tuple[Block, ...]:
    """The latest quotas by region; nothing where the pack has none."""
    if not context.has("settling_places"):
        return ()
    table = context.results.table("settling_places")
    frame, year = table.frame, int(table.frame["year"][0])
    columns = ("repatriates", "resettlers", "all")
    rows = [
        (context.region(row["region"]), *(context.number(row[name]) for name in columns)) for row in frame.to_dicts()
    ]
    sums = [words.integer(float(frame[name].sum()), context.language) for name in columns]
    head = tuple(context.say(f"settling.column.{name}") for name in ("region", *columns))
    most = frame.row(0, named=True)
    text = context.paragraph(
        "settling.places_text", year=str(year), all=sums[2], resettlers=sums[1], repatriates=sums[0],
        region=context.region(most["region"]), most=words.integer(most["all"], context.language),
    )  # fmt: skip
    shown = Table(
        "settling_places", head, (*rows, (context.say("settling.sum"), *sums)), "lrrr",
        context.say("settling.places", year=year), context.origin(table.sources), frame,
    )  # fmt: skip
    return text, shown.as_detail()


def _years(context: Context) -> dict[str, int]:
    """The year of the quota and that of the arrivals."""
    return {"year": context.count("settling.year"), "later": context.count("settling.later")}


def _map(context: Context) -> Figure:
    table, years = context.results.table("settling_regions"), _years(context)
    rates = {
        str(years["year"]): dict(table.frame.select("region", "quota_rate").rows()),
        str(years["later"]): dict(table.frame.select("region", "arrivals_rate").rows()),
    }
    names = {code: context.region(code) for code in table.frame["region"]}
    geometry = context.outline()
    top = table.frame.sort("arrivals_rate").row(-1, named=True)
    return Figure(
        "settling_map",
        context.picture(values.region_map(context, geometry, rates, context.say("settling.map.legend", **years))),
        context.say(
            "settling.map.alt",
            region=names[top["region"]],
            rate=words.number(top["arrivals_rate"], context.language, 1),
        ),
        context.say("settling.map"),
        context.outlined(context.origin(table.sources), geometry),
        table.frame,
    )

