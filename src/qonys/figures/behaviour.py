"""The chain of a move: stages by group of people, and what the figures teach of its parameters."""

from __future__ import annotations

from typing import Any

import polars as pl

from qonys.figures.drawing import Drawing, facts, sheet
from qonys.figures.edition import Edition, capital
from qonys.figures.marks import category, layer, measure, named, panels, rows_high, tips
from qonys.figures.style import BLUE, GREY, ORANGE, Spec

STAGES, FIT, LEARNT, STRENGTHS = "behaviour_stages", "behaviour_fit", "behaviour_learnt", "behaviour_strengths"
SHARES = ("share_intending", "share_planning", "share_there", "same_region")
MEASURES = ("share_intending", "share_planning", "per_1000", "share_there")
AXES = ("group", "education", "age", "region")
ALL = "all"
HALF = 71.0  # percent of the spread that is left where figures know as much as the prior
Row = dict[str, Any]


def part_name(edition: Edition, axis: str, code: str) -> str:
    """Name of a part of an axis; of all people where the axis is `ALL`."""
    if axis == "group":
        return edition.group(code)
    if axis == "region":
        return edition.region(code)
    if axis == "age":
        return code.replace("-", "–")
    return edition.say(f"behaviour.{axis}.{code}")


def rows_of(edition: Edition, axis: str) -> pl.DataFrame:
    """The stages of all people and of the parts of an axis."""
    frame = edition.frame(STAGES)
    return frame.filter(pl.col("axis").is_in([axis, ALL]))


def stages(edition: Edition, axis: str) -> Drawing:
    """Those who intend, who plan, who leave in a year, and who are still there, by group: one panel a stage."""
    frame = rows_of(edition, axis)
    kept = [name for name in MEASURES if name in frame.filter(pl.col("axis") == axis)["measure"].unique().to_list()]
    frame = frame.filter(pl.col("measure").is_in(kept))
    names = {code: part_name(edition, one, code) for one, code in frame.select("axis", "code").unique().iter_rows()}
    parts = frame.filter((pl.col("measure") == kept[0]) & (pl.col("axis") == axis))
    ranked = parts if axis == "age" else parts.sort("median", descending=True)
    order = [names[ALL], *(names[code] for code in ranked["code"])]
    spec = edition.document(_plot(edition, frame, names, order))
    table = sheet(edition, frame, "llr", {
        "behaviour.column.part": lambda r: names[r["code"]],
        "behaviour.column.measure": lambda r: capital(edition.say(f"behaviour.measure.{r['measure']}")),
        "behaviour.column.found": lambda r: ranged(edition, r),
    })  # fmt: skip
    title = edition.say("behaviour.stages.title", axis=edition.say(f"behaviour.by.{axis}"))
    return Drawing(title, _sentence(edition, ranked, names), frame, table, **facts(edition, STAGES), spec=spec,
                   notes=(edition.say("behaviour.simulated"),))  # fmt: skip


def ranged(edition: Edition, row: Row) -> str:
    """The middle with its interval."""
    low, middle, high = (edition.number(row[end], 1) for end in ("low", "median", "high"))
    return f"{middle} ({low} … {high})"


def _sentence(edition: Edition, ranked: pl.DataFrame, names: dict[str, str]) -> str:
    first, last = (ranked.sort("median", descending=down).row(0, named=True) for down in (True, False))
    return edition.say("behaviour.stages.alt", most=names[first["code"]], most_share=ranged(edition, first),
                       least=names[last["code"]], least_share=ranged(edition, last))  # fmt: skip


def _plot(edition: Edition, frame: pl.DataFrame, names: dict[str, str], order: list[str]) -> Spec:
    facets = {one: edition.say(f"behaviour.facet.{one}") for one in MEASURES if one in frame["measure"].to_list()}
    rows: list[Row] = [
        {"facet": facets[row["measure"]], "part": names[row["code"]], "whole": row["axis"] == ALL,
         **{end: row[end] for end in ("low", "median", "high")}}
        for row in frame.iter_rows(named=True)
    ]  # fmt: skip
    y = category(edition, "part", order, 150)
    shade = {"condition": {"test": "datum.whole", "value": ORANGE}, "value": BLUE}
    told = tips(edition, ("part", edition.column("name")), ("median", edition.column("median"), ".1f"),
                ("low", edition.column("low95"), ".1f"), ("high", edition.column("high95"), ".1f"))  # fmt: skip

    def x(field: str) -> Spec:
        return measure(edition, field, None, 5, scale={"zero": True})

    layers = [
        layer(None, {"type": "rule", "strokeWidth": 2, "opacity": 0.45}, x=x("low"), x2={"field": "high"}, y=y,
              color=shade),
        layer(None, {"type": "point", "filled": True, "size": 44, "opacity": 1}, x=x("median"), y=y, color=shade,
              tips=told),
    ]  # fmt: skip
    panel = {"height": rows_high(edition, 12, len(order)), "layer": layers}
    return panels(edition, named("stages", rows), panel, list(facets.values()), columns=2, room=190, free="x")


def learnt(edition: Edition) -> Drawing:
    """Percent of the prior's spread that is left of each parameter after the fit; the least known last."""
    frame = edition.frame(FIT).sort("left_open")
    names = {row["parameter"]: parameter_name(edition, row["parameter"]) for row in frame.iter_rows(named=True)}
    order = [names[code] for code in frame["parameter"]]
    rows = [{"part": names[row["parameter"]], "value": row["left_open"]} for row in frame.iter_rows(named=True)]
    title = edition.say("behaviour.learnt.axis")
    told = tips(edition, ("part", edition.column("name")), ("value", title, ".0f"))
    x = measure(edition, "value", title, scale={"domain": [0, 100]})
    y = category(edition, "part", order, 260)
    bars = layer(named("learnt", rows), {"type": "bar", "opacity": 0.8}, x=x, y=y, tips=told, color={
        "condition": {"test": f"datum.value < {HALF}", "value": BLUE}, "value": GREY})  # fmt: skip
    spec = edition.document({
        "width": edition.theme.width - (200 if edition.theme.narrow else 280),
        "height": rows_high(edition, 14, len(rows)), "layer": [bars],
    })  # fmt: skip
    table = sheet(edition, frame, "lrrr", {
        "behaviour.column.parameter": lambda r: names[r["parameter"]],
        "behaviour.column.prior": lambda r: edition.number(r["prior"], 2),
        "behaviour.column.fitted": lambda r: _fitted(edition, r),
        "behaviour.column.left_open": lambda r: edition.number(r["left_open"], 0),
    })  # fmt: skip
    least, most = frame.row(0, named=True), frame.row(-1, named=True)
    alt = edition.say("behaviour.learnt.alt", n=frame.filter(pl.col("left_open") < HALF).height, total=frame.height,
                      most=names[least["parameter"]], least=names[most["parameter"]])  # fmt: skip
    return Drawing(edition.say("behaviour.learnt.title"), alt, frame, table, **facts(edition, FIT), spec=spec,
                   notes=(edition.say("behaviour.learnt.note"),))  # fmt: skip


def _fitted(edition: Edition, row: Row) -> str:
    low, middle, high = (edition.number(row[end], 2) for end in ("low", "mean", "high"))
    return f"{middle} ({low} … {high})"


def parameter_name(edition: Edition, code: str) -> str:
    """A parameter in a few words."""
    return capital(edition.say(f"behaviour.name.{code}"))


def outcomes(edition: Edition) -> tuple[str, ...]:
    """Results that scenarios of the norm and of networks change."""
    return tuple(edition.frame(STRENGTHS)["outcome"].unique(maintain_order=True))


def strengths(edition: Edition, outcome: str) -> Drawing:
    """One result as fitted and under other strengths of the norm and of networks."""
    frame = edition.frame(STRENGTHS).filter(pl.col("outcome") == outcome)
    times, digits = (1.0, 1) if outcome in SHARES else (1e-3, 0)
    unit = edition.say(f"behaviour.outcome.{outcome}")
    title = unit if outcome in SHARES else edition.say("behaviour.thousands", what=unit)
    first = frame.row(0, named=True)
    values = {"fitted": first["fitted"]} | dict(frame.select("case", "found").iter_rows())
    names = {case: edition.say(f"behaviour.case.{case}") for case in values}
    rows = [
        {"part": names[case], "value": times * value, "whole": case == "fitted"} for case, value in values.items()
    ]
    told = tips(edition, ("part", edition.column("name")), ("value", title, f",.{digits}f"))
    shade = {"condition": {"test": "datum.whole", "value": ORANGE}, "value": BLUE}
    y = category(edition, "part", list(names.values()), 220)
    bars = layer(named("strengths", rows), {"type": "bar", "opacity": 0.8}, x=measure(edition, "value", title), y=y,
                 color=shade, tips=told)  # fmt: skip
    spec = edition.document({"width": edition.theme.width - 170, "height": rows_high(edition, 20, len(rows)),
                             "layer": [bars]})  # fmt: skip
    table = sheet(edition, [{"case": case, "value": value} for case, value in values.items()], "lr", {
        "behaviour.column.case": lambda r: names[r["case"]],
        "behaviour.column.result": lambda r: edition.number(times * r["value"], digits),
    })  # fmt: skip
    least, most = min(values, key=lambda one: values[one]), max(values, key=lambda one: values[one])
    ends = {key: edition.number(times * values[case], digits) for key, case in (("low", least), ("high", most))}
    alt = edition.say("behaviour.strengths.alt", what=title, least=names[least], most=names[most], **ends,
                      fitted=edition.number(times * values["fitted"], digits))  # fmt: skip
    told_title, notes = edition.say("behaviour.strengths.title", what=title), (edition.say("behaviour.strengths.note"),)
    return Drawing(told_title, alt, frame, table, **facts(edition, STRENGTHS), spec=spec, notes=notes)
