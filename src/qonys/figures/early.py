"""Before the registers: what is published of the movements between the first counts, as ranges."""

from __future__ import annotations

from qonys import words
from qonys.figures.drawing import Drawing, facts, sheet
from qonys.figures.edition import Edition
from qonys.figures.marks import category, layer, measure, named, named_as, panels, tips, zero
from qonys.figures.style import BLUE, Spec

TABLE = "movement_bounds"
COMPONENTS = (
    "change", "natural", "famine_deaths", "settlement", "deportation", "evacuation", "virgin_lands", "return", "flight",
    "rest",
)  # fmt: skip


def component_name(edition: Edition, code: str) -> str:
    """Name of a component: a movement by the pack's label, the change, natural increase and rest by the catalogues."""
    key = f"retro.early.{code}"
    return edition.say(key) if words.has(key, edition.language) else edition.pack.label("flow", code, edition.language)


def movement_bounds(edition: Edition) -> Drawing:
    """A bar from the lowest to the highest published number of each component, a panel for each period."""
    table = edition.frame(TABLE)
    rest = table.filter(table["component"] == "rest")
    narrow = min(rest.iter_rows(named=True), key=lambda row: row["high"] - row["low"])
    years = {"first": table["start"].min(), "last": table["end"].max(), "start": narrow["start"], "end": narrow["end"]}
    ends = {end: edition.thousands(narrow[end], 0) for end in ("low", "high")}
    return Drawing(
        edition.say("retro.early.title"),
        edition.say("retro.early.alt", **years, **ends),
        table,
        sheet(edition, table, "llrr", {
            "retro.column.period": lambda r: words.year_range(r["start"], r["end"]),
            "retro.early.component": lambda r: component_name(edition, r["component"]),
            "retro.early.low": lambda r: edition.thousands(r["low"], 0),
            "retro.early.high": lambda r: edition.thousands(r["high"], 0),
        }),
        **facts(edition, TABLE),
        spec=edition.document(_bars(edition)),
    )  # fmt: skip


def _bars(edition: Edition) -> Spec:
    """Ranges in thousands; a range of one number is a point."""
    rows = [
        {
            "facet": words.year_range(row["start"], row["end"]),
            "component": component_name(edition, row["component"]),
            "low": row["low"] / 1e3,
            "high": row["high"] / 1e3,
        }
        for row in edition.frame(TABLE).iter_rows(named=True)
    ]
    order = [component_name(edition, code) for code in COMPONENTS]
    title = edition.say("retro.early.thousand")
    y = category(edition, "component", order, 170)
    told = tips(
        edition,
        ("component", edition.say("retro.early.component")),
        ("low", edition.say("retro.early.low"), ",.0f"),
        ("high", edition.say("retro.early.high"), ",.0f"),
    )
    single = {"filter": "datum.low == datum.high"}
    point: Spec = {"type": "point", "filled": True, "size": 30, "color": BLUE, "opacity": 1}
    layers = [
        zero("x"),
        named_as(edition.say("key.range"), layer(
            None, {"type": "rule", "strokeWidth": 6, "color": BLUE, "opacity": 0.6},
            x=measure(edition, "low", title, 4), x2={"field": "high"}, y=y, tips=told)),
        named_as(edition.say("key.single"), layer(
            None, point, x=measure(edition, "low", title, 4), y=y, tips=told) | {"transform": [single]}),
    ]  # fmt: skip
    facets = list(dict.fromkeys(row["facet"] for row in rows))
    panel: Spec = {"height": {"step": 18}, "layer": layers}
    return panels(edition, named("bounds", rows), panel, facets, columns=1, room=200, free="y")
