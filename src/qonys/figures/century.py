"""The century: waves of migration, the population by census and year, what changed it between censuses and by year."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from qonys import words
from qonys.figures.drawing import Drawing, facts, sheet
from qonys.figures.edition import Edition
from qonys.figures.lanes import Wave, lane_layers, lane_plot, lane_rows
from qonys.figures.marks import (
    amount,
    banded,
    break_notes,
    break_rules,
    colour,
    interval,
    interval_tips,
    layer,
    line_mark,
    named,
    named_as,
    span,
    stacked,
    tips,
    years,
    zero,
)
from qonys.figures.style import BLUE, GREEN, GREY, INK, ORANGE, Spec

TABLES = ("census_population", "components_by_period")
ACCOUNT = "reconciled_national"
OWN_COLOURS: Spec = {"resolve": {"scale": {"color": "independent"}}}
Years = tuple[int, int]


def account(edition: Edition, quantity: str) -> pl.DataFrame:
    """One quantity of the reconciled account: year, low, median, high, in thousands or millions; empty without one."""
    if not edition.has(ACCOUNT):
        return pl.DataFrame(schema={"year": pl.Int64, "low": pl.Float64, "median": pl.Float64, "high": pl.Float64})
    scale = 1e6 if quantity == "population" else 1e3
    frame = edition.frame(ACCOUNT).filter(pl.col("quantity") == quantity)
    return frame.select("year", *(pl.col(name) / scale for name in ("low", "median", "high"))).sort("year")


def century(edition: Edition) -> Drawing:
    """Population by census and year over the components of each period between censuses."""
    census, periods = edition.frame(TABLES[0]).sort("year"), edition.frame(TABLES[1])
    people, net = account(edition, "population"), account(edition, "net_migration")
    breaks = edition.breaks("census") + edition.breaks("national")
    first, last = span(census)[0], span(people if people.height else census)[1]
    ends = (first - 2, last + 1)
    worst = periods.sort("residual").row(0, named=True)
    now = people["median"][-1] if people.height else census["value"][-1] / 1e6
    sentence = edition.say(
        "web.century.says", first=first, last=last, low=edition.number(census["value"][0] / 1e6, 1),
        high=edition.number(now, 1), period=words.year_range(worst["start"], worst["end"]),
        loss=edition.thousands(-worst["residual"], 0),
    )  # fmt: skip
    parts = [_people(edition, people, census, ends, breaks), _components(edition, net, periods, ends, breaks)]
    waves = [] if edition.theme.narrow else _waves(edition, ends)
    if waves:
        parts.insert(0, lane_plot(edition, lane_layers(edition, waves, ends), waves))
    frame = _frame(people, net)
    number, both, net_name = edition.number, edition.ends, "net_migration"
    return Drawing(
        edition.say("web.century.title"),
        sentence,
        frame,
        sheet(edition, frame.sort("year", descending=True), "lrrrr", {
            "year": lambda r: str(r["year"]),
            "population_million": lambda r: number(r["population_median_million"], 2),
            "interval#population_million": lambda r: both(r["population_low_million"], r["population_high_million"], 2),
            "net_thousand": lambda r: number(r["net_migration_median_thousand"]),
            "interval#net_thousand": lambda r: both(r[f"{net_name}_low_thousand"], r[f"{net_name}_high_thousand"], 0),
        }),
        **facts(edition, *([ACCOUNT] if people.height else []), *TABLES),
        spec=edition.document(stacked(edition, parts, spacing=30 if edition.theme.interactive else 8, **OWN_COLOURS)),
        notes=break_notes(breaks),
    )  # fmt: skip


def _frame(people: pl.DataFrame, net: pl.DataFrame) -> pl.DataFrame:
    """Population and net migration of the account by year."""
    joined = people.join(net, on="year", how="full", coalesce=True, suffix="_net").sort("year")
    named_people = {name: f"population_{name}_million" for name in ("low", "median", "high")}
    return joined.rename(named_people | {f"{name}_net": f"net_migration_{name}_thousand" for name in named_people})


def _waves(edition: Edition, ends: Years) -> list[Wave]:
    """The pack's waves; one that goes on ends with the axis."""
    rows = edition.pack.events().filter(pl.col("scheme") == "wave").sort("start")
    shown = [(r["start"], r["end"] or ends[1], r[f"name_{edition.language}"], r) for r in rows.iter_rows(named=True)]
    return lane_rows(edition, shown, ends)


def _people(
    edition: Edition, people: pl.DataFrame, census: pl.DataFrame, ends: Years, breaks: Sequence[tuple[int, str]]
) -> Spec:
    """The population: the account as a line with its band, censuses as points, quoted ones hollow."""
    x, title = years(edition, *ends), edition.say("chart.population_millions")
    layers = []
    if edition.has("annual_components"):
        layers = _by_year(edition, edition.frame("annual_components"), x, title, account=bool(people.height))
    if people.height:
        told = interval_tips(edition, ".2f")
        names = (edition.say("notion.model.account"), interval(edition, "95"))
        layers += banded(edition, named("account", people), x, title, tint=BLUE, opacity=0.18, tips=told, keys=names)
    points = census.select("year", pl.col("value") / 1e6, "rank")
    ring = {"type": "point", "size": 60, "stroke": INK, "strokeWidth": 1.6, "opacity": 1}
    fill = {"condition": {"test": "datum.rank <= 2", "value": BLUE}, "value": "white"}
    told = tips(edition, ("year", edition.column("census"), "d"), ("value", title, ".2f"))
    counted = layer(named("census", points), ring, x=x, y=amount(edition, "value", title), fill=fill, tips=told)
    layers.append(named_as(f"{edition.say('key.census_quoted')}|{edition.say('key.census')}", counted))
    height = 200 if edition.theme.interactive else 150
    return {"width": edition.theme.plot, "height": height, "layer": [*layers, *break_rules(edition, breaks, x, height)]}


def _by_year(edition: Edition, annual: pl.DataFrame, x: Spec, title: str, *, account: bool) -> list[Spec]:
    """Published populations of years: the quoted ones of mid-year dashed before the register's begin, which need no
    line where there is an account.
    """
    register = annual.select("year", pl.col("population").alias("value") / 1e6).drop_nulls()
    quoted = annual.select(pl.col("year") + 0.5, (pl.col("population_mid_quoted") / 1e6).alias("value")).drop_nulls()
    if register.height:
        quoted = quoted.filter(pl.col("year") < register["year"].min())
    dashed = {"type": "line", "color": GREY, "strokeDash": [3, 2], "strokeWidth": 1.2}
    line = layer(named("quoted", quoted), dashed, x=x, y=amount(edition, "value", title))
    layers = [named_as(edition.say("key.quoted"), line)] if quoted.height else []
    if not account and register.height:
        mark = line_mark(edition, color=BLUE)
        own = layer(named("register", register), mark, x=x, y=amount(edition, "value", title))
        layers.append(named_as(edition.say("notion.model.published"), own))
    return layers


def _components(
    edition: Edition, net: pl.DataFrame, periods: pl.DataFrame, ends: Years, breaks: Sequence[tuple[int, str]]
) -> Spec:
    """Natural change and net migration between censuses as blocks with their errors, the account's year by year."""
    title, x = edition.say("chart.thousand_a_year"), years(edition, *ends)
    names = {name: edition.say(f"chart.component.{name}") for name in ("natural", "migration")}
    bars, errors = [], []
    for row in periods.iter_rows(named=True):
        length, half = row["end"] - row["start"], (row["start"] + row["end"]) / 2
        period = words.year_range(row["start"], row["end"])
        for name, value, start, end in (
            ("natural", row["natural"], row["start"] + 0.4, half),
            ("migration", row["residual"], half, row["end"] - 0.4),
        ):  # fmt: skip
            block = {"year": start, "end": end, "value": value / length / 1e3, "name": names[name], "period": period}
            bars.append(block | {"zero": 0})
        both = {end: row[f"residual_{end}"] / length / 1e3 for end in ("low", "high")}
        errors.append({"year": (half + row["end"]) / 2, **both})
    yearly = [edition.say("chart.component.account")] if net.height else []  # the line and its band have a key too
    shade = colour([*names.values(), *yearly], [GREEN, ORANGE, BLUE][: 2 + len(yearly)])
    told = tips(
        edition,
        ("name", edition.column("name")),
        ("period", edition.column("year")),
        ("value", title, ",.0f"),
    )
    block_mark = {"type": "rect", "opacity": 0.75 if net.height else 1}
    layers = [
        zero(),
        layer(named("periods", bars), block_mark, x=x, x2={"field": "end"}, y=amount(edition, "value", title),
              y2={"field": "zero"},
              color=shade, tips=told),
        named_as(edition.say("key.sources"), layer(
            named("errors", errors), {"type": "rule", "color": INK, "strokeWidth": 1.4}, x=x,
            y=amount(edition, "low", title), y2={"field": "high"})),
    ]  # fmt: skip
    if net.height:
        told = interval_tips(edition, ",.0f")
        layers += banded(edition, named("net", net), x, title, tint=BLUE, opacity=0.2, tips=told,
                         keys=("", interval(edition, "95")))  # fmt: skip
    rules = break_rules(edition, breaks, x, 0) if edition.theme.interactive else []
    return {
        "width": edition.theme.plot,
        "height": 190 if edition.theme.interactive else 105,
        "layer": [*layers, *rules],
    }
