"""What migration changes: the population with and without it, behind us and ahead of us."""

from __future__ import annotations

import polars as pl

from qonys import words
from qonys.report.charts.style import BLUE, GREY, INK, ORANGE, Spec
from qonys.web.charts.kit import (
    AXIS_ROOM,
    LINE,
    Chart,
    Drawing,
    Sheet,
    about,
    amount,
    colour,
    document,
    ends,
    heads,
    interval_tips,
    layer,
    named,
    tip,
    years_axis,
    zero_line,
)
from qonys.web.charts.people import OLDEST, age_text, pyramid
from qonys.web.parameters import Parameter
from qonys.web.view import Site, View


def effect_parameters(site: Site) -> tuple[Parameter, ...]:
    """Which measure."""
    measures = tuple(site.results.table("projection_effect").frame["measure"].unique(maintain_order=True))
    return (Parameter("effect", measures, measures[0], texts="web.measure"),)


def effect(view: View) -> Drawing:
    """A measure of the population with and without migration after the base year, and the difference."""
    measure = view.state["effect"]
    table = view.site.results.table("projection_effect").frame.filter(pl.col("measure") == measure).sort("year")
    middle = view.site.results.table("projection_quantiles").frame.filter(pl.col("measure") == measure)
    ratio = measure.endswith("dependency")
    scale, decimals = (1.0, 1) if ratio else (1e6, 2)
    unit = "" if ratio else view.say("web.axis.million")
    title = view.name(f"web.measure.{measure}", measure) + (f", {unit}" if unit else "")
    scaled = table.with_columns(pl.col("low", "median", "high", "without") / scale).join(
        middle.select("year", (pl.col("q50") / scale).alias("with")), on="year", how="left"
    )
    row = (scaled.filter(pl.col("year") == 2050) if 2050 in scaled["year"] else scaled.tail(1)).row(0, named=True)
    sentence = view.say(
        "web.effect.says",
        measure=view.name(f"web.measure.{measure}", measure),
        year=row["year"],
        unit=unit,
        **{key: view.number(row[key], decimals) for key in ("median", "low", "high")},
    )
    rows = tuple(
        (str(r["year"]), *(view.number(r[key], decimals) for key in ("with", "without", "median")),
         ends(view, r["low"], r["high"], decimals))
        for r in scaled.iter_rows(named=True)
    )  # fmt: skip
    head = heads(view, "year", "web.effect.with", "web.effect.without", "web.effect.difference", "interval")
    panels = [_paths(view, scaled, title, decimals), _gap(view, scaled, decimals)]
    return Drawing(
        view.say("web.effect.title"),
        sentence,
        table,
        Sheet(head, rows, "lrrrr"),
        **about(view, "projection_effect"),
        spec=document(view, {"vconcat": panels, "spacing": 30}),
    )


def _paths(view: View, frame: pl.DataFrame, title: str, decimals: int) -> Spec:
    """Both paths of a measure."""
    names = {path: view.say(f"web.effect.{path}") for path in ("with", "without")}
    rows = [
        {"year": r["year"], "value": r[path], "name": name}
        for path, name in names.items()
        for r in frame.iter_rows(named=True)
    ]
    order = list(names.values())
    dash = {"field": "name", "type": "nominal", "title": None, "scale": {"domain": order, "range": [[1, 0], [6, 4]]}}
    tips = [tip("name", view.say("web.column.path")), tip("year", view.say("web.column.year"), "d")]
    return {"width": view.width - AXIS_ROOM, "height": 240} | layer(
        named("paths", rows),
        LINE,
        x=years_axis(view, int(str(frame["year"].min())), int(str(frame["year"].max()))),
        y=amount("value", title),
        color=colour(order, [BLUE, ORANGE]),
        strokeDash=dash,
        tips=[*tips, tip("value", title, f",.{decimals}f")],
    )


def _gap(view: View, frame: pl.DataFrame, decimals: int) -> Spec:
    """The difference with its band."""
    data = named("gap", frame.select("year", "low", "median", "high").to_dicts())
    x = years_axis(view, int(str(frame["year"].min())), int(str(frame["year"].max())))
    title = view.say("web.effect.difference")
    band = {"type": "area", "color": GREY, "opacity": 0.25}
    tips = interval_tips(view, f",.{decimals}f")
    layers = [
        zero_line(),
        layer(data, band, x=x, y=amount("low", title), y2={"field": "high"}),
        layer(data, LINE | {"color": INK}, x=x, y=amount("median", title), tips=tips),
    ]
    return {"width": view.width - AXIS_ROOM, "height": 170, "layer": layers}


def nobody_moved(view: View) -> Drawing:
    """The population as it is beside the one that would be had nobody moved since a year."""
    table = view.site.results.table("consequences_pyramid").frame
    since, end = (int(view.site.results.number(f"consequences.{n}").value or 0) for n in ("since", "end"))
    frame = (
        table.with_columns(age_start=pl.col("age_start").clip(0, OLDEST))
        .group_by("sex", "age_start", maintain_order=True)
        .agg(pl.col("with", "without").sum())
    )
    most = float(str(frame.select(pl.max_horizontal("with", "without").max()).item())) / 1e3 * 1.04
    panels, totals = [], {}
    for place, path in enumerate(("with", "without")):
        shown = frame.with_columns(shown=pl.col(path) / 1e3)
        totals[path] = float(frame[path].sum())
        panels.append(pyramid(view, shown, (place, view.say(f"web.effect.{path}")), most, percent=False))
    sentence = view.say(
        "web.moved.says",
        since=since,
        year=end,
        a=view.number(totals["with"] / 1e6, 2),
        b=view.number(totals["without"] / 1e6, 2),
        difference=words.signed((totals["with"] - totals["without"]) / 1e6, view.language, 2),
    )
    sexes = ("male", "female")
    cells = {(r["sex"], r["age_start"]): r for r in frame.iter_rows(named=True)}
    rows = tuple(
        (age_text(age), *(view.thousands(cells[sex, age][path]) for path in ("with", "without") for sex in sexes))
        for age in sorted(frame["age_start"].unique())
    )
    paths = (view.say(f"web.effect.{path}") for path in ("with", "without"))
    head = (*heads(view, "age"), *(f"{path}, {view.say(f'chart.sex.{sex}')}" for path in paths for sex in sexes))
    stack = {"vconcat" if view.narrow else "hconcat": panels, "spacing": 24, "resolve": {"scale": {"color": "shared"}}}
    return Drawing(
        view.say("web.moved.title", since=since),
        sentence,
        table,
        Sheet(head, rows, "lrrrr"),
        **about(view, "consequences_pyramid"),
        spec=document(view, stack),
    )


CHARTS = (
    Chart("effect", effect, ("projection_effect", "projection_quantiles"), effect_parameters),
    Chart("nobody_moved", nobody_moved, ("consequences_pyramid",)),
)
