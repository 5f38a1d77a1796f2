"""Pages that are rows of charts: history, flows, population, forecast, claims."""

from __future__ import annotations

import polars as pl

from qonys import words
from qonys.web.chart_requests import parameters_of
from qonys.web.charts.catalogue import CHARTS
from qonys.web.content import Block, Cell, Content, Heading, Rows, box, why_address
from qonys.web.kinds import GROUP, PARTNER, REGION
from qonys.web.pages.portraits import doors
from qonys.web.parameters import Parameter
from qonys.web.view import View

HISTORY = ("timeline", "net", "century")
FLOWS = ("flow_map", "chord", "od", "partners", "compare_partners")
POPULATION = ("pyramids", "ethnic", "compare_groups", "nobody_moved", "effect", "regions")
FORECAST = ("fan", "gross", "hindcast", "skill")


def boxes(
    view: View, page: str, names: tuple[str, ...], opened: tuple[str, ...] = ()
) -> tuple[list[Block], tuple[Parameter, ...]]:
    """The available charts of a page in the page's state, and the page's parameters."""
    have = [name for name in names if CHARTS[name].available(view.site)]
    found: dict[str, Parameter] = {}
    for name in have:
        found |= {item.name: item for item in parameters_of(view.site, CHARTS[name]) if item.name not in found}
    parameters = tuple(found.values())
    blocks: list[Block] = [box(view, name, parameters, page=page, sheet_open=name in opened) for name in have]
    return blocks, parameters


def _page(
    view: View, name: str, charts: tuple[str, ...], opened: tuple[str, ...] = (), after: tuple[Block, ...] = ()
) -> Content:
    blocks, parameters = boxes(view, name, charts, opened)
    title, lead = view.say(f"web.page.{name}"), view.say(f"web.lead.{name}")
    return Content(title, lead, (*blocks, *after), parameters)


def history(view: View) -> Content:
    """The time-line of events tied to the series."""
    return _page(view, "history", HISTORY)


def flows(view: View) -> Content:
    """Flows between regions and with other countries, and what is reported across the border."""
    return _page(view, "flows", FLOWS, ("od",), (*_external(view), *doors(view, REGION, PARTNER)))


def _external(view: View) -> tuple[Block, ...]:
    """Arrivals and departures across the border as pages quote them, every source."""
    table = view.site.results.tables.get("external_flows")
    if table is None:
        return ()
    rows = []
    for year in sorted(table.frame["year"].unique(), reverse=True):
        cells = [Cell(str(year))]
        for flow in ("immigrants", "emigrants"):
            part = table.frame.filter((pl.col("year") == year) & (pl.col("flow") == flow))["value"]
            shown = " / ".join(words.integer(v, view.language) for v in dict.fromkeys(part.sort()))
            row = why_address(view, f"external_flows/{year}/{flow}")
            cells.append(Cell(shown, row, origin=True) if shown else Cell("–"))
        rows.append(tuple(cells))
    head = tuple(view.say(f"present.column.{name}") for name in ("year", "immigrants", "emigrants"))
    source = view.context.origin(table.sources)
    caption = view.say("present.external_table")
    return Heading(caption, "external"), Rows(view.say("present.external"), head, tuple(rows), "lrr", source)


def population(view: View) -> Content:
    """Age and sex, ethnic composition, with and without migration, regions."""
    return _page(view, "population", POPULATION, after=doors(view, REGION, GROUP))


def forecast(view: View) -> Content:
    """Fans and the record of skill."""
    return _page(view, "forecast", FORECAST)


def arithmetic(view: View, figures: str) -> str:
    """The figures of an answer, their names in words and their numbers as the language writes them."""
    from qonys.report.chapters.claims import figure_label

    parts = []
    for part in filter(None, figures.split("; ")):
        name, _, text = part.rpartition(" = ")
        value, label = float(text), figure_label(view.context, name)
        number = view.number(value, 0 if abs(value) >= 10 else 2)
        parts.append(f"{label} = {number}" if label else number)
    return "; ".join(parts)


def claims(view: View) -> Content:
    """Statements recomputed, with every source's answer."""
    content = _page(view, "claims", ("claims",), ("claims",))
    answers = view.site.results.tables.get("claim_answers")
    if answers is None:
        return content
    from qonys.report.chapters.claims import agreement, number_text, source_name, value_text

    order = {claim: i for i, claim in enumerate(view.site.results.table("claims").frame["id"], 1)}
    units = dict(view.site.results.table("claims").frame.select("id", "unit").rows())
    rows = tuple(
        (
            Cell(number_text(view.context, order[r["id"]], r)),
            Cell(source_name(view.context, r["source"])),
            Cell(value_text(view.context, r, units[r["id"]]), why_address(view, "claim_answers"), origin=True),
            Cell(agreement(r, view.language)),
            Cell(arithmetic(view, str(r["figures"] or ""))),
        )
        for r in answers.frame.filter(pl.col("id").is_in(list(order))).iter_rows(named=True)
    )
    head = (
        *(view.say(f"claims.column.{n}") for n in ("number", "source", "value", "agrees")),
        view.say("web.claims.arithmetic"),
    )
    blocks = (
        *content.blocks,
        Heading(view.say("claims.answers"), "answers"),
        Rows(view.say("claims.arithmetic"), head, rows, "llrll", view.context.origin(answers.sources)),
    )
    return Content(content.title, content.lead, blocks, content.parameters)
