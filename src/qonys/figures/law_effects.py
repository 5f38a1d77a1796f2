"""What was observed beside what would have come without an act, by the line of the years before it."""

from __future__ import annotations

import polars as pl

from qonys import inputs
from qonys.figures.drawing import Drawing, facts, sheet
from qonys.figures.edition import Edition
from qonys.figures.marks import amount, banded, interval, layer, line_mark, named, named_as, span, tips, years, zero
from qonys.figures.style import BLUE, ORANGE, Spec
from qonys.law import law_register
from qonys.law.records import said

FIGURE = "net_migration"
PATHS, ACTS, EFFECTS = "law_effect_paths", "law_effect_acts", "law_effects"
TABLES = (PATHS, EFFECTS, ACTS)


def acts(edition: Edition) -> tuple[str, ...]:
    """Acts with an effect, in the order of the register."""
    frame = edition.results.table(ACTS).frame
    return tuple(frame.filter(pl.col("refused").is_null())["act"])


def effect_of(edition: Edition, act: str) -> Drawing:
    """Observed and expected, thousands a year, with the 95 % interval of what was expected, from an act on."""
    first = int(edition.results.table(ACTS).frame.filter(pl.col("act") == act)["first"][0])
    frame = edition.results.table(PATHS).frame.filter(pl.col("first") == first).drop("first")
    title = said(law_register(edition.pack).act(act).titles, edition.language)
    name = inputs.figure_name(edition.pack, FIGURE, edition.language)
    after = frame.filter(pl.col("year") >= first)
    means = {key: edition.thousands(float(str(after[key].mean())), 0) for key in ("observed", "expected", "gap")}
    stored = facts(edition, PATHS)
    thousands = {key: (lambda r, key=key: edition.number(r[key] / 1000, 1)) for key in ("observed", "expected", "gap")}
    return Drawing(
        edition.say("law.effect.chart", name=name),
        edition.say("law.effect.alt", act=title, name=name, first=first, last=int(str(frame["year"].max())), **means),
        frame,
        sheet(edition, frame.sort("year", descending=True), "lrrrr", {
            "year": lambda r: str(r["year"]),
            "law.effect.column.observed": thousands["observed"],
            "law.effect.column.expected": thousands["expected"],
            "interval": lambda r: edition.ends(r["low"] / 1000, r["high"] / 1000, 1),
            "law.effect.column.gap": thousands["gap"],
        }),
        **stored,
        spec=edition.document(_layers(edition, frame, first)),
    )  # fmt: skip


def _layers(edition: Edition, frame: pl.DataFrame, first: int) -> Spec:
    scaled = frame.with_columns(pl.col("observed", "expected", "low", "high") / 1000).rename({"expected": "median"})
    low, high = span(frame)
    x, title = years(edition, low, high + 1), edition.say("chart.net_thousand_a_year")
    expected = banded(
        edition, named("expected", scaled), x, title, tint=ORANGE, opacity=0.2, line={"strokeDash": [5, 3]},
        keys=(edition.say("law.effect.expected"), interval(edition, "95")),
    )  # fmt: skip
    seen = edition.say("law.effect.observed")
    told = tips(edition, ("year", edition.column("year"), "d"), ("observed", seen, ",.1f"))
    mark, y = line_mark(edition, color=BLUE), amount(edition, "observed", title)
    line = layer(named("observed", scaled), mark, x=x, y=y, tips=told)
    rule = layer(
        named("first", [{"year": first}]), {"type": "rule", "strokeDash": [2, 2], "color": BLUE},
        x={"field": "year", "type": "quantitative"},
    )  # fmt: skip
    height = 260 if edition.theme.interactive else 200
    shown = [*expected, named_as(seen, line), named_as(edition.say("law.effect.rule"), rule), zero()]
    return {"width": edition.theme.plot, "height": height, "layer": shown}
