"""Questions about what was counted: net migration, leavers, repatriates, flows, losing regions."""

from __future__ import annotations

from typing import Any

import polars as pl

from qonys import inputs, words
from qonys.report.chapters.emigrants import period_name
from qonys.report.chapters.summary import account_key
from qonys.study.chapters.emigrants import REST, WHOLE_YEAR, newest
from qonys.web.pages.answers.kit import Answer, has, marked, shown
from qonys.web.view import View

YEARS = 5  # years before the newest whose counts are told
Row = dict[str, Any]


def net(view: View) -> Answer | None:
    """Net migration of the newest year: register, account, pages that quote."""
    if not has(view, "present.net.latest", "present.net.year"):
        return None
    year = view.context.count("present.net.year")
    told = [view.say("summary.today", year=year, net=shown(view, "present.net.latest"))]
    if has(view, "accounts.net.last"):
        last = view.context.count("accounts.last")
        told.append(view.say(account_key(view.context), year=last, net=shown(view, "accounts.net.last")))
    if has(view, "present.net.quoted"):
        later = view.context.count("present.net.quoted_year")
        told.append(view.say("summary.quoted", year=later, net=shown(view, "present.net.quoted")))
    pages = (("web.page.history", "history#chart-net"), ("web.page.flows", "flows"))
    return Answer(view.say("answers.net", year=year), (" ".join(told),), pages, ("present.net.latest",))


def left(view: View) -> Answer | None:
    """How many left for the main destination, year by year; years without a figure are named."""
    if not view.site.has("emigrants_parts"):
        return None
    parts = view.context.frame("emigrants_parts").filter(pl.col("breakdown") == "country")
    main = newest(parts, "country").filter(pl.col("category") != REST)
    if main.is_empty():
        return None
    code = str(main["category"][0])
    rows = parts.filter((pl.col("category") == code) & pl.col("value").is_not_null()).sort("start", "months").to_dicts()
    last = max(_year(row) for row in rows)
    told = [_of_year(view, year, [row for row in rows if _year(row) == year]) for year in range(last, last - YEARS, -1)]
    sentence = view.say("answers.left.text", country=view.country(code), years="; ".join(told))
    pages = (("chapter.emigrants", "study/emigrants"), ("web.page.partner", "partner"))
    return Answer(view.say("answers.left", country=view.country(code)), (sentence,), pages, ("emigrants_parts",))


def _year(row: Row) -> int:
    return int(str(row["start"])[:4])


def _of_year(view: View, year: int, rows: list[Row]) -> str:
    """The count of a whole year, else of its longest part, else that none was published."""
    if not rows:
        return view.say("answers.none_of", year=year)
    row = max(rows, key=lambda one: one["months"])
    value = marked(view, view.number(row["value"]), [row["source"]])
    when = str(year) if row["months"] == WHOLE_YEAR else period_name(view.context, row)
    return view.say("answers.of", when=when, value=value)


def repatriates(view: View) -> Answer | None:
    """How many repatriates came from the country with the largest share of any statement, as published."""
    if inputs.available(view.site.pack, ("repatriates_by_country",)):
        return None
    rows = inputs.rows(view.site.pack, "repatriates_by_country").sort("end", "start")
    parts = rows.filter(pl.col("unit") == "percent")
    if parts.is_empty():
        return None
    code = str(parts.sort("value")["category"][-1])
    own = rows.filter(pl.col("category") == code)
    persons, shares = own.filter(pl.col("unit") == "persons"), own.filter(pl.col("unit") == "percent")
    told = [_repatriates(view, row, view.number(row["value"])) for row in persons.tail(1).to_dicts()]
    for row in shares.tail(3).to_dicts():
        told.append(_repatriates(view, row, words.percent(row["value"] / 100, view.language, 1)))
    names = {"country": view.country(code)}
    sentence = view.say("answers.repatriates.text", years="; ".join(told), **names)
    pages = (("web.page.adaptation", "adaptation"), ("answers.table", "data/repatriates"))
    return Answer(view.say("answers.repatriates", **names), (sentence,), pages, ())


def _repatriates(view: View, row: Row, value: str) -> str:
    start, end = (words.date_text(row[name], view.language) for name in ("start", "end"))
    return view.say("answers.between", start=start, end=end, value=marked(view, value, [row["source"]]))


def largest_flow(view: View) -> Answer | None:
    """The two largest flows between regions in the newest table."""
    if not view.site.has("internal_flows"):
        return None
    flows = view.context.frame("internal_flows").filter(pl.col("origin") != pl.col("destination"))
    told = [
        view.say(
            "answers.flow.one", origin=view.region(row["origin"]), destination=view.region(row["destination"]),
            value=marked(view, view.number(row["value"]), [row["source"]]),
        )
        for row in flows.sort("value", descending=True).head(2).to_dicts()
    ]  # fmt: skip
    year = int(flows["year"].max())  # type: ignore[arg-type]
    sentence = view.say("answers.flow.text", year=year, first=told[0], second=told[-1])
    pages = (("web.page.flows", "flows#chart-flow_map"),)
    return Answer(view.say("answers.flow", year=year), (sentence,), pages, ("internal_flows",))


def losing(view: View) -> Answer | None:
    """The region that loses most people, in persons and per 1,000, by all flows of the newest year."""
    if not view.site.has("regional_loads"):
        return None
    frame, year = view.context.frame("regional_loads"), view.context.count("labour.loads_year")
    (people,), (rate,) = (frame.sort(name).head(1).to_dicts() for name in ("net", "net_rate"))
    values = {
        "region": view.region(people["region"]), "net": view.number(people["net"]),
        "other": view.region(rate["region"]), "rate": view.number(rate["net_rate"], 1),
    }  # fmt: skip
    key = "answers.losing.one" if people["region"] == rate["region"] else "answers.losing.text"
    pages = (("chapter.labour", "study/labour"), ("web.page.flows", "flows"), ("web.page.region", "region"))
    sentence = view.say(key, year=year, **values)
    return Answer(view.say("answers.losing", year=year), (sentence,), pages, ("regional_loads",))


def young(view: View) -> Answer | None:
    """Which region loses most young people: not published by age, so who loses most of all ages."""
    found = losing(view)
    if found is None:
        return None
    sentences = (view.say("answers.young.text"), *found.sentences)
    return Answer(view.say("answers.young"), sentences, found.pages, found.results)


