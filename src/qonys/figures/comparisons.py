"""Several regions, ethnic groups or partner countries on one chart, the same measure of each over the years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from qonys.figures.drawing import Drawing, Sheet, facts
from qonys.figures.edition import Edition, capital
from qonys.figures.over_time import lines
from qonys.figures.portraits import ACCOUNT, COMPOSITION, SHARES, SIZES, STOCKS, held, holder, stocks

COLUMNS = ("code", "year", "low", "value", "high")


def _sheet(edition: Edition, shown: pl.DataFrame, names: Mapping[str, str], decimals: int) -> Sheet:
    """Years in rows, the newest first, what is compared in columns."""
    cells = {(r["code"], r["year"]): _cell(edition, r, decimals) for r in shown.iter_rows(named=True)}
    years = sorted(shown["year"].unique(), reverse=True)
    rows = tuple((str(year), *(cells.get((code, year), "–") for code in names)) for year in years)
    return Sheet((edition.column("year"), *names.values()), rows, "l" + "r" * len(names))


def _cell(edition: Edition, row: Mapping[str, Any], decimals: int) -> str:
    value, ends = edition.number(row["value"], decimals), edition.ends(row["low"], row["high"], decimals)
    return value if ends == "–" else f"{value} ({ends})"


def _drawn(
    edition: Edition, shown: pl.DataFrame, names: Mapping[str, str], title: str, decimals: int, **look: Any
) -> dict[str, Any]:
    """Figures, table and picture of what is compared."""
    rows = shown.with_columns(name=pl.col("code").replace_strict(dict(names)))
    spec = lines(edition, rows, title, list(names.values()), form=f",.{decimals}f", height=320, **look)
    table = _sheet(edition, shown, names, decimals)
    return {"frame": shown, "sheet": table, "spec": edition.document(spec)}


def _values(edition: Edition, shown: pl.DataFrame, names: Mapping[str, str], year: int, decimals: int) -> str:
    """Values of a year in words, the greatest first."""
    found = shown.filter(pl.col("year") == year).sort("value", descending=True)
    return "; ".join(f"{names[r['code']]} {_cell(edition, r, decimals)}" for r in found.iter_rows(named=True))


def population(edition: Edition, regions: Sequence[str]) -> Drawing:
    """The population of regions: the account, where boundaries are those of today, then the projection and its band."""
    names, known = edition.by_name(regions), [SIZES]
    ahead = edition.frame(SIZES).filter(pl.col("region").is_in(list(regions)))
    first, last = int(str(ahead["year"].min())), int(str(ahead["year"].max()))
    parts = [ahead.select(code="region", year="year", low="q2.5", value="q50", high="q97.5")]
    own = [code for code in names if held(edition, holder(edition, code)) == (code,)]
    if own and edition.has(ACCOUNT):
        past = edition.frame(ACCOUNT).filter(
            pl.col("region").is_in(own) & (pl.col("quantity") == "population") & (pl.col("year") < first)
        )
        parts.append(past.select(code="region", year="year", low="low", value="median", high="high"))
        known.append(ACCOUNT)
    shown = pl.concat(parts, how="vertical_relaxed").with_columns(pl.col("low", "value", "high") / 1e3)
    shown = _in_order(shown, names)
    title = f"{edition.say('portrait.population')}, {edition.say('web.card.thousand')}"
    without = [names[code] for code in names if code not in own]
    notes = [edition.say("compare.population.note", first=first), edition.say("projection.assumptions")]
    notes += [edition.say("compare.population.short", regions=", ".join(without), first=first)] if without else []
    about = facts(edition, *known) | {"method": edition.results.table(SIZES).method}
    return Drawing(
        title=edition.say("compare.population"),
        sentence=edition.say("compare.population.says", year=last, values=_values(edition, shown, names, last, 0)),
        **_drawn(edition, shown, names, title, 0, zero=False), **about, notes=tuple(notes),
    )  # fmt: skip


def _in_order(shown: pl.DataFrame, names: Mapping[str, str]) -> pl.DataFrame:
    place = pl.col("code").replace_strict({code: i for i, code in enumerate(names)})
    return shown.select(COLUMNS).sort(place, "year")


def net_migration(edition: Edition, regions: Sequence[str], kind: str) -> Drawing:
    """Net migration per 1,000 residents of regions by year, the account's medians with their bands.

    The account is of the oldest common boundaries: a region stands with those that it was one with.
    """
    wholes = dict.fromkeys(holder(edition, code) for code in edition.by_name(regions))
    every = edition.frame(ACCOUNT).filter(pl.col("region").is_in(list(wholes)))
    people = every.filter(pl.col("quantity") == "population").select("region", "year", people="median")
    rate = ((1000 * pl.col(end) / pl.col("people")).alias(end) for end in ("low", "median", "high"))
    frame = every.filter(pl.col("quantity") == kind).join(people, on=["region", "year"]).with_columns(*rate)
    shown = frame.select(code="region", year="year", low="low", value="median", high="high")
    names = {code: edition.region(code) for code in wholes if code in set(shown["code"])}
    shown = _in_order(shown, names)
    last = int(str(shown["year"].max()))
    notes = tuple(
        edition.say("compare.net.whole", name=names[code], regions=", ".join(map(edition.region, held(edition, code))))
        for code in names if held(edition, code) != (code,)
    )  # fmt: skip
    unit = edition.say("compare.net.axis")
    return Drawing(
        title=edition.say("compare.net", kind=edition.say(f"web.option.kind.{kind}")),
        sentence=edition.say("compare.net.says", year=last, values=_values(edition, shown, names, last, 1)),
        **_drawn(edition, shown, names, unit, 1), **facts(edition, ACCOUNT) | {"unit": "per_1000"}, notes=notes,
    )  # fmt: skip


def groups(edition: Edition, chosen: Sequence[str]) -> Drawing:
    """Shares of ethnic groups in per cent: every count, then the projection where it has the group apart."""
    names = {code: capital(edition.group(code)) for code in chosen}
    counted = edition.frame(COMPOSITION).filter(pl.col("ethnic_group").is_in(list(chosen)))
    nothing = pl.lit(None, pl.Float64)
    share = 100 * pl.col("share")
    parts = [counted.select(pl.col("year").cast(pl.Int64), code="ethnic_group", low=nothing, value=share, high=nothing)]
    about, notes = facts(edition, COMPOSITION), [edition.say("retro.ethnic.note")]
    last = int(str(counted["year"].max()))
    if edition.has(SHARES):
        ahead = edition.frame(SHARES).filter(pl.col("group").is_in(list(chosen)) & (pl.col("year") > last))
        ends = {"low": "q2.5", "value": "q50", "high": "q97.5"}
        parts.append(
            ahead.select(pl.col("year").cast(pl.Int64), code="group", **{k: 100 * pl.col(v) for k, v in ends.items()})
        )
        about = facts(edition, SHARES, COMPOSITION)
        notes += [edition.say("compare.groups.note", last=last), edition.say("projection.assumptions")]
        short = [names[code] for code in names if code not in set(ahead["group"])]
        notes += [edition.say("compare.groups.short", groups=", ".join(short))] if short else []
    shown = _in_order(pl.concat([part.select(COLUMNS) for part in parts]), names)
    title = f"{edition.say('portrait.share')}, %"
    return Drawing(
        title=edition.say("compare.groups"),
        sentence=edition.say("compare.groups.says", year=last, values=_values(edition, shown, names, last, 1)),
        **_drawn(edition, shown, names, title, 1), **about, notes=tuple(notes),
    )  # fmt: skip


def partners(edition: Edition, chosen: Sequence[str], side: str) -> Drawing:
    """People born in partner countries who live here (`side` here), or the reverse (there), by year.

    A country without an estimate is named in a note; where none has one, the largest stands for them.
    """
    of_side = stocks(edition).filter(pl.col("side") == side)
    known = [code for code in chosen if code in set(of_side["partner"])]
    known = known or [str(of_side.sort("value", "partner")["partner"][-1])]
    names = {code: edition.country(code) for code in known}
    without = ", ".join(edition.country(code) for code in chosen if code not in known)
    every = of_side.filter(pl.col("partner").is_in(known))
    nothing = pl.lit(None, pl.Float64)
    shown = every.select(
        pl.col("year").cast(pl.Int64), code="partner", low=nothing, value=pl.col("value") / 1e3, high=nothing
    )
    shown = _in_order(shown, names)
    last = int(str(shown["year"].max()))
    about = facts(edition, STOCKS) | {"method": "study.chapters.bilateral.stock_tables", "unit": "persons"}
    about["source"] = edition.origin(about["sources"])
    values = _values(edition, shown, names, last, 1)
    return Drawing(
        title=edition.say(f"portrait.stock.{side}"),
        sentence=edition.say("compare.partners.says", year=last, values=values),
        **_drawn(edition, shown, names, edition.say("chart.thousand_persons"), 1, points=True), **about,
        notes=(edition.say("compare.partners.short", countries=without),) if without else (),
    )  # fmt: skip
