"""Population pyramids: men left, women right on one scale, perhaps with intervals and a second population as ticks."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from qonys.figures.edition import Speech
from qonys.figures.marks import UNPARTED, colour, layer, measure, named, tips
from qonys.figures.style import BLUE, INK, ORANGE, Spec

SEXES = ("male", "female")
SIDES = {"male": -1, "female": 1}
SPARE = 1.04


def age_text(start: int, oldest: int) -> str:
    """How a five-year age group is called; the oldest is open.

    Examples
    --------
    >>> age_text(20, 85), age_text(85, 85)
    ('20–24', '85+')
    """
    return f"{start}+" if start >= oldest else f"{start}–{start + 4}"


def pyramids(
    edition: Speech, frames: Mapping[str, pl.DataFrame], title: str, form: str = ",.0f", most: float = 0
) -> Spec:
    """One pyramid a title, all on one scale: sex, age_start, value, and perhaps low with high, and base (ticks).

    `most`: end of the axis where it is not the largest value.
    """
    fields = [name for name in ("value", "high", "base") if name in next(iter(frames.values())).columns]
    largest = max(float(str(frame[name].max())) for frame in frames.values() for name in fields)
    reach = (most or largest) * SPARE
    columns = min(edition.theme.columns(2), len(frames))
    width = edition.theme.panel(columns, 60 + 30 * columns if columns > 1 else 60)
    parts = []
    for place, (name, frame) in enumerate(frames.items()):
        head = {"text": name, "anchor": "middle", "fontSize": 15 if edition.theme.interactive else 12}
        shape = _pyramid(edition, frame, place, (title, form, reach))
        parts.append(
            {"width": width, "height": _height(edition, len(frames))} | shape | ({"title": head} if name else {})
        )
    if len(parts) == 1:
        return parts[0]
    return {"concat": parts, "columns": columns, "spacing": 20, "resolve": {"scale": {"color": "shared"}}}


def _height(edition: Speech, count: int) -> int:
    return 340 if edition.theme.interactive else 210 if count > 2 else 290


def _pyramid(edition: Speech, frame: pl.DataFrame, place: int, axis: tuple[str, str, float]) -> Spec:
    title, form, reach = axis
    sexes = {sex: edition.say(f"chart.sex.{sex}") for sex in SEXES}
    oldest = int(str(frame["age_start"].max()))
    ends = [name for name in ("value", "low", "high", "base") if name in frame.columns]
    rows = [
        {"age": age_text(row["age_start"], oldest), "sex": sexes[row["sex"]], "size": row["value"]}
        | {name: SIDES[row["sex"]] * row[name] for name in ends}
        for row in frame.sort("age_start").iter_rows(named=True)
    ]
    names = list(dict.fromkeys(row["age"] for row in rows))[::-1]
    data, scale = named(f"pyramid{place}", rows), {"domain": [-reach, reach], "nice": False}
    plain = {"format": form, "labelExpr": f"replace({UNPARTED}, '\u2212', '')", "tickCount": 6, "grid": True}
    small = 11 if edition.theme.interactive else 8.5
    y = {"field": "age", "type": "ordinal", "scale": {"domain": names}, "title": None,
         "axis": {"labelFontSize": small, "labelOverlap": False}}  # fmt: skip

    def x(field: str) -> Spec:
        return measure(edition, field, title, scale=scale, axis=plain)

    shade = colour(list(sexes.values()), [BLUE, ORANGE], "sex")
    told = tips(edition, ("age", edition.column("age")), ("sex", edition.column("sex")), ("size", title, form))
    bar = {"type": "bar", "height": {"band": 0.9}} | ({"opacity": 0.55} if len(ends) > 1 else {})
    layers = [layer(None, bar, x=x("value"), y=y, color=shade, tips=told)]
    if "high" in ends:
        layers.append(
            layer(None, {"type": "rule", "strokeWidth": 2, "color": INK}, x=x("low"), x2={"field": "high"}, y=y)
        )
    if "base" in ends:
        layers.append(layer(None, {"type": "tick", "color": INK, "thickness": 1.6}, x=x("base"), y=y))
    return {"data": data, "layer": layers}
