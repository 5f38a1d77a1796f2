"""What a page about a partner country holds: stocks, registered flows, flows estimated from stocks, repatriates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from qonys import inputs, words
from qonys.figures.portraits import SIDES, STOCKS, stocks
from qonys.report.notion_keys import period_text
from qonys.web.content import Block, Cell, NumberCard, Numbers, Rows, why_address
from qonys.web.kinds import PARTNER, codes_of
from qonys.web.leading_values import Thing
from qonys.web.pages.portraits.kit import marked, named, table
from qonys.web.view import Site, View

FLOWS, REPATRIATES = "external_flows_by_country", "repatriates_by_country"
WAYS = ("immigrants", "emigrants")
Row = dict[str, Any]


def known_stocks(site: Site) -> pl.DataFrame:
    """Stocks with every partner, computed once."""
    return site.keep("portrait stocks", lambda: stocks(site.context(site.language)))


def numbers(thing: Thing) -> Numbers:
    """Both stocks of the newest year, with their places among partners."""
    view = thing.view
    if not view.site.has(STOCKS):
        return Numbers(())
    every = known_stocks(view.site)
    newest = every.filter(pl.col("year") == every["year"].max())
    table_, cards = view.site.results.table(STOCKS), []
    for side in SIDES:
        values = dict(newest.filter(pl.col("side") == side).select("partner", "value").rows())
        if thing.code not in values:
            continue
        own = values[thing.code]
        place = view.say("portrait.place", place=1 + sum(v > own for v in values.values()), of=len(values))
        cards.append(
            NumberCard(
                marked(view, view.number(own), table_.sources), view.say(f"portrait.stock.{side}"), "",
                f"{newest['year'][0]} · {place}", view.context.origin(table_.sources),
            )
        )  # fmt: skip
    return Numbers(tuple(cards))


def sections(thing: Thing) -> list[Block]:
    """The blocks in order."""
    return [*_registered(thing), *_estimated(thing), *_repatriates(thing)]


def _quoted(thing: Thing, figure: str) -> pl.DataFrame | None:
    pack = thing.view.site.pack
    if inputs.available(pack, (figure,)):
        return None
    return inputs.rows(pack, figure).filter((pl.col("category") == thing.code) & pl.col("period").is_not_null())


def _registered(thing: Thing) -> list[Block]:
    """Registered arrivals and departures by period; several sources stand side by side."""
    view, frame = thing.view, _quoted(thing, FLOWS)
    rows, used = list[tuple[Cell, ...]](), list[str]()
    if frame is not None:
        used = frame["source"].unique().sort().to_list()
        link = f"/{view.language}/data/{inputs.spec(view.site.pack, FLOWS).table}"
        for period in frame.sort("start", "end", descending=True)["period"].unique(maintain_order=True):
            part = frame.filter(pl.col("period") == period)
            cells = [_side(view, part.filter(pl.col("flow") == way), link) for way in WAYS]
            rows.append((Cell(period_text(period, view.language)), *cells))
    head = (view.say("portrait.column.period"), *(view.say(f"present.column.{way}") for way in WAYS))
    return table(view, "registered", head, rows, view.context.origin(tuple(used)), "portrait.registered.none")


def _side(view: View, part: pl.DataFrame, link: str) -> Cell:
    rows = part.select("value", "source").rows()
    told = dict.fromkeys(marked(view, view.number(value), [source]) for value, source in rows)
    return Cell(" / ".join(told), link, True) if told else Cell("–")


def _estimated(thing: Thing) -> list[Block]:
    """Flows estimated from stocks by interval: from the fewest moves to the pseudo-Bayes mix."""
    view = thing.view
    if not view.site.has(STOCKS):
        return []
    stored, why = view.site.results.table(STOCKS), why_address(view, STOCKS)
    own = stored.frame.filter(pl.col("partner") == thing.code).sort("start", descending=True)
    rows = []
    for start in own["start"].unique(maintain_order=True):
        part = {r["direction"]: r for r in own.filter(pl.col("start") == start).iter_rows(named=True)}
        years = words.year_range(start, next(iter(part.values()))["end"])
        rows.append((Cell(years), *(Cell(_range(view, part.get(way)), why, True) for way in ("in", "out"))))
    head = (view.say("portrait.column.period"), *(view.say(f"bilateral.{way}") for way in ("in", "out")))
    source = view.context.origin(stored.sources, stored.method)
    return table(view, "estimated", head, rows, source, "portrait.estimated.none")


def _range(view: View, row: Row | None) -> str:
    if row is None:
        return "–"
    low, high = sorted((row["minimum"], row["pseudo_bayes"]))
    return f"{view.number(low)} … {view.number(high)}"


def _repatriates(thing: Thing) -> list[Block]:
    """Repatriates from the country, persons or shares, as published."""
    view, frame = thing.view, _quoted(thing, REPATRIATES)
    if frame is None:
        return []
    link = f"/{view.language}/data/{inputs.spec(view.site.pack, REPATRIATES).table}"
    rows = [
        (
            Cell(period_text(row["period"], view.language)),
            Cell(marked(view, _amount(view, row), [row["source"]]), link, True),
        )
        for row in frame.sort("end", "start", descending=True).iter_rows(named=True)
    ]
    head = tuple(view.say(f"portrait.column.{name}") for name in ("period", "persons_or_share"))
    used = tuple(frame["source"].unique().sort())
    return table(view, "repatriates", head, rows, view.context.origin(used), "portrait.repatriates.none")


def _amount(view: View, row: Row) -> str:
    percent = row["unit"] == "percent"
    return words.percent(row["value"] / 100, view.language, 1) if percent else view.number(row["value"])


def index_rows(view: View) -> Rows:
    """All partners with both stocks of the newest year."""
    values: dict[tuple[str, str], float] = {}
    year, sources = "", tuple[str, ...]()
    if view.site.has(STOCKS):
        every = known_stocks(view.site)
        newest = every.filter(pl.col("year") == every["year"].max())
        values = {(p, s): v for p, s, v in newest.select("partner", "side", "value").rows()}
        year, sources = str(newest["year"][0]), view.site.results.table(STOCKS).sources
    codes: Sequence[str] = sorted(
        codes_of(view.site, PARTNER), key=lambda code: -sum(values.get((code, side), 0) for side in SIDES)
    )
    rows = tuple(
        (named(view, PARTNER, code), *(Cell(view.number(values.get((code, side)))) for side in SIDES)) for code in codes
    )
    head = (view.say("portrait.column.partner"), *(f"{view.say(f'portrait.stock.{side}')}, {year}" for side in SIDES))
    return Rows(view.say("portrait.index.partner"), head, rows, "lrr", view.context.origin(sources))
