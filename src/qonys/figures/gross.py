"""Immigrants and emigrants by year: as registered, as the account implies them, as projected."""

from __future__ import annotations

import polars as pl

from qonys import words
from qonys.figures.drawing import Drawing, facts, sheet
from qonys.figures.edition import Edition
from qonys.figures.marks import amount, banded, interval_tips, layer, named, named_as, panels, span, tips, years, zero
from qonys.figures.style import BLUE, INK, ORANGE, Spec

TABLE = "projection_gross"
AHEAD = 12  # years of the projection shown: further on the band hides the counts
FLOWS = ("immigrants", "emigrants")


def registered_years(edition: Edition) -> list[int]:
    """Years of which both flows are published and which the reconciled account holds too."""
    both = edition.frame(TABLE).filter((pl.col("status") == "published") & pl.col("median").is_not_null())
    return both["start"].dt.year().unique().sort().to_list()


def by_year(edition: Edition) -> Drawing:
    """Both flows by year: the interval of flows whose balance is the account's, counts as points, the projection."""
    table = edition.frame(TABLE).with_columns(year=pl.col("end").dt.year())
    start = int(str(table.filter(pl.col("start").dt.year() != pl.col("year"))["year"].min()))
    shown = table.filter(pl.col("year") < start + AHEAD)
    names = {flow: edition.say(f"present.column.{flow}") for flow in FLOWS}
    last = {row["flow"]: row for row in shown.drop_nulls("published").sort("year").iter_rows(named=True)}
    count = {flow: words.integer(row["published"], edition.language) for flow, row in last.items()}
    sentence = edition.say(
        "projection.gross.says", start=start - 1, year=last[FLOWS[0]]["year"], immigrants=count[FLOWS[0]],
        emigrants=count[FLOWS[1]],
    )  # fmt: skip
    return Drawing(
        edition.say("projection.gross.title"),
        sentence,
        table.drop("year"),
        sheet(edition, shown.sort("year", "flow"), "lllrrr", {
            "year": lambda r: _period(r),
            "direction": lambda r: names[r["flow"]],
            "projection.gross.column": lambda r: edition.say(f"projection.gross.status.{r['status']}"),
            "projection.gross.published": lambda r: edition.number(r["published"]),
            "median": lambda r: edition.thousands(r["median"]),
            "interval95": lambda r: "–" if r["low"] is None else edition.ends(r["low"] / 1e3, r["high"] / 1e3, 1),
        }),
        **facts(edition, TABLE),
        spec=edition.document(_panels(edition, shown, names, start - 1)),
        notes=(edition.say("projection.gross.note"),),
    )  # fmt: skip


def _period(row: dict[str, object]) -> str:
    """The year; both where it runs from mid-year to mid-year."""
    start, end = str(row["start"])[:4], str(row["end"])[:4]
    return words.years_text(int(start), int(end))


def _panels(edition: Edition, shown: pl.DataFrame, names: dict[str, str], base: int) -> Spec:
    """A panel a flow: band, median, counts as points, a dashed rule at the base year."""
    rows = shown.select(
        "year", *(pl.col(name) / 1e3 for name in ("low", "median", "high", "published")),
        facet=pl.col("flow").replace_strict(names),
    )  # fmt: skip
    title, x = edition.say("chart.thousand_a_year"), years(edition, *span(rows), ticks=6)
    bands = banded(edition, None, x, title, opacity=0.2, tint=BLUE, tips=interval_tips(edition, ",.1f"))
    bands = [one | {"transform": [{"filter": "isValid(datum.median)"}]} for one in bands]
    told = tips(edition, ("year", edition.column("year"), "d"),
                ("published", edition.say("projection.gross.published"), ",.1f"))  # fmt: skip
    point = {"type": "point", "filled": True, "color": ORANGE, "size": 34, "opacity": 1}
    points = layer(None, point, x=x, y=amount(edition, "published", title), tips=told)
    points |= {"transform": [{"filter": "isValid(datum.published)"}]}
    points = named_as(edition.say("notion.model.register"), points)
    rule = zero("x", base, strokeDash=[3, 3], color=INK) | {"encoding": {"x": x | {"field": "at"}}}
    rule = named_as(edition.say("key.base", year=base), rule)
    panel = {"height": 190, "layer": [*bands, points, rule]}
    return panels(edition, named("gross", rows), panel, list(names.values()))
