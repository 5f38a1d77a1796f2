"""The policy lab: fans of scenarios and their differences to the baseline, intervals of outcomes, parts and levers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from qonys.figures.by_category import dots
from qonys.figures.edition import Speech
from qonys.figures.marks import (
    amount,
    colour,
    interval,
    layer,
    line_mark,
    named,
    named_as,
    stacked,
    strong,
    tips,
    years,
    zero,
)
from qonys.figures.style import GREY, NARROW_LETTER, Spec, wrapped

LEVELS = ("low", "low80", "low50", "median", "high50", "high80", "high")
GAPS = ("low", "low50", "median", "high50", "high")
BANDS = (("low", "high", 0.14, "95"), ("low80", "high80", 0.22, "80"), ("low50", "high50", 0.3, "50"))
NEAR = (("low", "high", 0.15, "95"), ("low50", "high50", 0.28, "50"))
Table = np.ndarray[Any, Any]
Rows = list[dict[str, Any]]
Titles = tuple[str, str]
Forms = tuple[str, str]


def rows_of(names: Sequence[str], values: Table, **tag: Any) -> Rows:
    """Rows of named columns (C, T); a tag holds one value or T."""
    tags = [
        {key: value[i] if isinstance(value, tuple) else value for key, value in tag.items()}
        for i in range(values.shape[1])
    ]
    columns = [{name: float(f"{value:.6g}") for name, value in zip(names, row, strict=True)} for row in values.T]
    return [one | row for one, row in zip(tags, columns, strict=True)]


def fans(
    edition: Speech, levels: Rows, base: Rows, gaps: Rows, colours: Mapping[str, str], titles: Titles, forms: Forms
) -> Spec:
    """A scenario over the baseline's dashed lines, and below it the difference, in the same colours.

    One scenario has a fan; several have lines, the ends of their 95 % intervals dotted, since bands would cover each
    other.

    Rows: name, year and `LEVELS` (or `GAPS` of a difference); `titles` and `forms` of the level and the difference.
    """
    label = base[0]["name"]
    shade = strong(colour([label, *colours], [GREY, *colours.values()]))
    x = years(edition, base[0]["year"], base[-1]["year"])
    narrow, width = edition.theme.narrow, edition.theme.plot
    above = _levels(edition, (levels, base), x, shade, (titles[0], forms[0]), single=len(colours) == 1)
    below = _differences(edition, gaps, x, shade, (titles[1], forms[1]), single=len(colours) == 1)
    heights = (150, 90) if narrow else (250, 150)
    parts = [
        {"width": width, "height": high, "layer": part} for high, part in zip(heights, (above, below), strict=True)
    ]
    return edition.document(stacked(edition, parts, spacing=26))


def _told(edition: Speech, form: str, middle: str) -> list[Spec] | None:
    say = edition.say
    return tips(
        edition, ("name", say("lab.column.scenario")), ("year", edition.column("year"), "d"), ("median", middle, form),
        ("low", edition.column("low95"), form), ("high", edition.column("high95"), form),
    )  # fmt: skip


def _levels(
    edition: Speech, rows: tuple[Rows, Rows], x: Spec, shade: Spec, words_of: Titles, *, single: bool
) -> list[Spec]:
    (title, form), (fan, base) = words_of, (named("fan", rows[0]), named("base", rows[1]))
    layers = [
        named_as(interval(edition, percent), layer(
            fan, {"type": "area", "opacity": tint}, x=x, y=amount(edition, low, title, False), y2={"field": high},
            color=shade,
        ))
        for low, high, tint, percent in BANDS
        if single
    ]  # fmt: skip
    layers += [] if single else _ends(edition, fan, x, shade, title, zero=False)
    thin = {"type": "line", "color": GREY, "strokeWidth": 1, "strokeDash": [2, 3]}
    ends = edition.say("key.baseline_ends")
    layers += [named_as(ends, layer(base, thin, x=x, y=amount(edition, end, title, False))) for end in ("low", "high")]
    y = amount(edition, "median", title, False)
    dashed = line_mark(edition, strokeDash=[6, 4])
    line = layer(
        fan, line_mark(edition), x=x, y=y, color=shade, tips=_told(edition, form, edition.column("median"))
    )
    return [*layers, layer(base, dashed, x=x, y=y, color=shade), line]


def _ends(edition: Speech, data: Spec, x: Spec, shade: Spec, title: str, **more: Any) -> list[Spec]:
    """Both ends of the 95 % interval as dotted lines in the colour of the scenario."""
    dotted = {"type": "line", "strokeWidth": 1.2, "strokeDash": [1.5, 3]}
    return [
        named_as(edition.say("key.ends"), layer(data, dotted, x=x, y=amount(edition, end, title, **more), color=shade))
        for end in ("low", "high")
    ]


def _differences(edition: Speech, rows: Rows, x: Spec, shade: Spec, words_of: Titles, *, single: bool) -> list[Spec]:
    """Differences by year with their 50 and 95 % bands, of several scenarios with the ends of their intervals."""
    (title, form), data = words_of, named("gaps", rows)
    few: Spec = {"axis": {"tickCount": 4}}
    bands = [
        named_as(interval(edition, percent), layer(
            data, {"type": "area", "opacity": tint}, x=x, y=amount(edition, low, title, **few), y2={"field": high},
            color=shade,
        ))
        for low, high, tint, percent in NEAR
        if single
    ]  # fmt: skip
    bands += [] if single else _ends(edition, data, x, shade, title, **few)
    told = _told(edition, form, edition.say("lab.difference"))
    return [
        zero(),
        *bands,
        layer(data, line_mark(edition), x=x, y=amount(edition, "median", title, **few), color=shade, tips=told),
    ]


def outcomes(edition: Speech, panels: Sequence[tuple[str, Rows, str]], colours: Mapping[str, str]) -> Spec:
    """A plot an outcome (title, rows of `GAPS` by name, format): the difference of each scenario with its intervals."""
    parts = []
    for place, (title, rows, form) in enumerate(panels):
        axis = {"titleAnchor": "start", "orient": "top", "tickCount": 5}
        plain = pl.DataFrame(rows).with_columns(category=pl.col("name"), series=pl.col("name"))
        spec = dots(edition, plain, title, list(colours), list(colours.items()), form=form, aside=False,
                    x={"axis": axis, "scale": {"zero": True}}, data=f"outcome{place}")  # fmt: skip
        for one in spec["layer"][1:]:
            one["encoding"]["color"] = one["encoding"]["color"] | {"legend": None}
        if edition.theme.narrow:  # the title begins above the names and has the whole width
            spec["title"] = {"text": wrapped(title, (edition.theme.width - 16) / NARROW_LETTER), "anchor": "start",
                             "frame": "bounds", "fontSize": 12, "fontWeight": 400}  # fmt: skip
            for one in spec["layer"]:
                one["encoding"]["x"] = one["encoding"]["x"] | {"title": None}
        parts.append(spec | {"width": edition.theme.width - 130, "height": 26 * max(len(colours), 1)})
    return edition.document(stacked(edition, parts, spacing=14))


def by_part(edition: Speech, rows: Rows, title: str, colours: Mapping[str, str], form: str) -> Spec:
    """A row a part (`category`), the difference of each scenario (`series`) with its intervals."""
    order = list(dict.fromkeys(row["category"] for row in rows))
    spec = dots(edition, pl.DataFrame(rows), title, order, list(colours.items()), form=form)
    return edition.document(spec | {"height": (14 + 10 * len(colours)) * len(order)})


def levers(edition: Speech, rows: Rows, title: str, colours: Mapping[str, str], form: str) -> Spec:
    """A row a measure (`category`), its effect with its interval, coloured by who decides (`series`)."""
    narrow = edition.theme.narrow
    lines = [row | {"category": "\n".join(wrapped(row["category"], 24 if narrow else 60))} for row in rows]
    spec = dots(
        edition, pl.DataFrame(lines), title, [row["category"] for row in lines], list(colours.items()), form=form,
        aside=False, y={"labelLimit": 420, "labelExpr": "split(datum.label, '\\n')"},
        more=("change", edition.say("lab.column.change")),
    )  # fmt: skip
    return edition.document(spec | {"height": (58 if narrow else 34) * len(rows)})
