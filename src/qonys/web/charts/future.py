"""The forecast: fans of measures, what past forecasts would have said, and the record of skill."""

from __future__ import annotations

from typing import Any

import polars as pl

from qonys import words
from qonys.report.charts.style import AMBER, BLUE, GREY, INK, ORANGE, PINK, SKY, Spec
from qonys.web.charts.kit import (
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
    layer,
    named,
    tip,
    years_axis,
    zero_line,
)
from qonys.web.parameters import Parameter
from qonys.web.view import Site, View

BANDS = (("q2.5", "q97.5", "95", 0.14), ("q10", "q90", "80", 0.22), ("q25", "q75", "50", 0.3))
MILLIONS = ("population", "age_0_14", "age_15_64", "age_65")
THOUSANDS = ("births", "deaths", "net_migration", "immigrants", "emigrants")


def fan_parameters(site: Site) -> tuple[Parameter, ...]:
    """Measure and the last year shown."""
    frame = site.results.table("projection_quantiles").frame
    measures = tuple(frame["measure"].unique(maintain_order=True))
    last = int(str(frame["year"].max()))
    ends = tuple(str(year) for year in (2035, 2050, 2075, 2100) if year <= last)
    return (
        Parameter("measure", measures, "population" if "population" in measures else measures[0], texts="web.measure"),
        Parameter("until", ends, "2075" if "2075" in ends else ends[-1], "slider"),
    )


def scale_of(measure: str) -> tuple[float, int, str]:
    """Divisor, decimals and word of the unit of a measure."""
    if measure in MILLIONS:
        return 1e6, 2, "web.axis.million"
    if measure in THOUSANDS:
        return 1e3, 0, "web.axis.thousand_a_year"
    return 1.0, 2 if measure == "total_fertility" else 1, ""


def fan(view: View) -> Drawing:
    """A measure forward: median with 50, 80 and 95 % intervals as far as they are stored, the past before it."""
    measure, until = view.state["measure"], view.year("until")
    divisor, decimals, unit = scale_of(measure)
    table = view.site.results.table("projection_quantiles").frame
    frame = table.filter((pl.col("measure") == measure) & (pl.col("year") <= until)).sort("year")
    quantiles = [name for name in frame.columns if name.startswith("q")]
    shown = frame.select("year", *(pl.col(name) / divisor for name in quantiles)).drop_nulls()
    title = view.name(f"web.measure.{measure}", measure) + (f", {view.say(unit)}" if unit else "")
    bands = [band for band in BANDS if {band[0], band[1]} <= set(quantiles)]
    layers = _fan_layers(view, shown, bands, (title, decimals))
    last = shown.row(-1, named=True)
    sentence = view.say(
        "web.fan.says",
        measure=title,
        year=last["year"],
        **{key: view.number(last[q], decimals) for key, q in (("median", "q50"), ("low", "q2.5"), ("high", "q97.5"))},
    )
    inner = bands[::-1]
    columns = ("q50", *(name for band in inner for name in band[:2]))
    rows = tuple((str(r["year"]), *(view.number(r[c], decimals) for c in columns)) for r in shown.iter_rows(named=True))
    limits = [f"{band[2]} %: {view.say(f'web.column.{end}')}" for band in inner for end in ("from", "to")]
    return Drawing(
        title,
        sentence,
        frame,
        Sheet((*heads(view, "year", "median"), *limits), rows, "l" + "r" * len(columns)),
        **about(view, "projection_quantiles"),
        spec=document(view, {"width": 1, "height": 400, "layer": layers}),
        notes=(view.say("projection.assumptions"),),
    )


def _fan_layers(
    view: View, shown: pl.DataFrame, bands: list[tuple[str, str, str, float]], words_of: tuple[str, int]
) -> list[Spec]:
    """Bands, median, the past, and the United Nations beside the population."""
    measure, until, (title, decimals) = view.state["measure"], view.year("until"), words_of
    past = _past(view, measure, scale_of(measure)[0]).filter(pl.col("year") <= shown["year"].min())
    x = years_axis(view, int(str((past if past.height else shown)["year"].min())), until)
    form, plain = f",.{decimals}f", {name: name.replace(".", "_") for name in shown.columns}
    data = named("fan", shown.rename(plain).to_dicts())
    layers: list[Spec] = [zero_line()] if measure == "net_migration" else []
    tips = [tip("year", view.say("web.column.year"), "d"), tip("q50", view.say("web.column.median"), form)]
    for low, high, text, tint in bands:
        area = {"type": "area", "color": BLUE, "opacity": tint}
        layers.append(layer(data, area, x=x, y=amount(plain[low], title), y2={"field": plain[high]}))
        tips += [tip(plain[end], f"{text} %", form) for end in (low, high)]
    layers.append(layer(data, LINE | {"color": BLUE}, x=x, y=amount("q50", title), tips=tips))
    if past.height:
        drawn = {"type": "line", "color": INK, "strokeWidth": 2}
        layers.append(layer(named("past", past.to_dicts()), drawn, x=x, y=amount("value", title)))
    return layers + (_rivals(view, until, x, title) if measure == "population" else [])


def _past(view: View, measure: str, divisor: float) -> pl.DataFrame:
    """The same measure before the base year from the account, where it has it."""
    account = view.site.results.tables.get("reconciled_national")
    if account is None or measure not in ("population", "net_migration", "births", "deaths"):
        return pl.DataFrame(schema={"year": pl.Int64, "value": pl.Float64})
    rows = account.frame.filter(pl.col("quantity") == measure).sort("year")
    return rows.select("year", (pl.col("median") / divisor).alias("value"))


def _rivals(view: View, until: int, x: Spec, title: str) -> list[Spec]:
    """The United Nations' projection as lines."""
    if not view.site.has("projection_un"):
        return []
    names = {
        "median": view.say("projection.un_median"),
        "80l": view.say("projection.un_80"),
        "80u": view.say("projection.un_80"),
    }
    frame = view.site.results.table("projection_un").frame.filter(
        pl.col("variant").is_in(list(names)) & (pl.col("year") <= until)
    )
    rows = [
        {"year": y, "line": v, "name": names[v], "value": n / 1e6}
        for v, y, n in frame.select("variant", "year", "value").rows()
    ]
    order = [names["median"], names["80l"]]
    dash = {"field": "name", "type": "nominal", "title": None, "scale": {"domain": order, "range": [[1, 0], [5, 4]]}}
    tips = [
        tip("name", view.say("web.column.source")),
        tip("year", view.say("web.column.year"), "d"),
        tip("value", title, ",.2f"),
    ]
    return [
        {
            "data": named("un", rows),
            "mark": {"type": "line", "strokeWidth": 1.5},
            "encoding": {
                "x": x,
                "y": amount("value", title),
                "detail": {"field": "line"},
                "color": colour(order, [ORANGE, ORANGE]),
                "strokeDash": dash,
                "tooltip": tips,
            },
        }
    ]


def _of_migration(frame: pl.DataFrame) -> pl.DataFrame:
    """The record of net migration, where other targets stand beside it."""
    return frame.filter(pl.col("target") == "net_migration") if "target" in frame.columns else frame


def hindcast_parameters(site: Site) -> tuple[Parameter, ...]:
    """Country and the year the forecast starts from."""
    frame = _of_migration(site.results.table("skill_forecasts").frame)
    origins = tuple(str(year) for year in frame["origin"].unique().sort())
    countries = tuple(frame["country"].unique().sort())
    home = str(site.pack.country["iso3"])
    return (
        Parameter("country", countries, home if home in countries else countries[0], texts="country"),
        Parameter("origin", origins, origins[0], "slider"),
    )


def hindcast(view: View) -> Drawing:
    """What the process would have said from a past year, and what came."""
    origin, country = view.year("origin"), view.state["country"]
    table = _of_migration(view.site.results.table("skill_forecasts").frame)
    wanted = (pl.col("model") == "process") & (pl.col("country") == country) & (pl.col("origin") == origin)
    frame = table.filter(wanted).sort("horizon")
    rows = [{**row, "when": view.say("web.hindcast.horizon", n=row["horizon"])} for row in frame.iter_rows(named=True)]
    held = frame.filter((pl.col("actual") >= pl.col("low_95")) & (pl.col("actual") <= pl.col("high_95"))).height
    sentence = view.say("web.hindcast.says", country=view.country(country), year=origin, held=held, all=frame.height)
    head = heads(view, "horizon", "web.hindcast.came", "median", "interval80", "interval95")
    shown = tuple(
        (r["when"], view.number(r["actual"], 1), view.number(r["median"], 1),
         *(ends(view, r[f"low_{e}"], r[f"high_{e}"], 1) for e in ("80", "95")))
        for r in rows
    )  # fmt: skip
    return Drawing(
        view.say("web.hindcast.title", year=origin),
        sentence,
        frame,
        Sheet(head, shown, "lrrrr"),
        **about(view, "skill_forecasts"),
        spec=document(view, {"width": 1, "height": 300, "layer": _past_fan(view, rows)}),
        notes=(view.say("web.hindcast.note"),),
    )


def _past_fan(view: View, rows: list[dict[str, Any]]) -> list[Spec]:
    """Bars of intervals by horizon, the median, and what came as a diamond."""
    order = [row["when"] for row in rows]
    x = {"field": "when", "type": "nominal", "sort": order, "title": None, "axis": {"labelAngle": 0, "labelLimit": 140}}
    title, data = view.say("web.hindcast.axis"), named("hindcast", rows)
    layers: list[Spec] = [zero_line()]
    for limit, tint in (("95", 0.16), ("80", 0.26), ("50", 0.36)):
        bar = {"type": "bar", "width": 26, "color": BLUE, "opacity": tint}
        layers.append(layer(data, bar, x=x, y=amount(f"low_{limit}", title), y2={"field": f"high_{limit}"}))
    tips = [
        tip("when", view.say("web.column.horizon")),
        tip("actual", view.say("web.hindcast.came"), ".1f"),
        tip("median", view.say("web.column.median"), ".1f"),
        tip("low_95", view.say("web.column.low95"), ".1f"),
        tip("high_95", view.say("web.column.high95"), ".1f"),
    ]
    tick = {"type": "tick", "color": BLUE, "thickness": 3, "width": 26}
    diamond = {"type": "point", "filled": True, "shape": "diamond", "color": ORANGE, "size": 150, "opacity": 1}
    return [
        *layers,
        layer(data, tick, x=x, y=amount("median", title)),
        layer(data, diamond, x=x, y=amount("actual", title), tips=tips),
    ]


def skill(view: View) -> Drawing:
    """Mean error of forecasts (CRPS) by horizon, beside rivals."""
    table = _of_migration(view.site.results.table("skill_summary").frame)
    names = {m: view.name(f"projection.model.{m}", m) for m in table["model"].unique(maintain_order=True)}
    horizons = {h: view.say("web.hindcast.horizon", n=h) for h in table["horizon"].unique().sort()}
    ours = table.filter(pl.col("model") == "process").sort("horizon")
    parts = "; ".join(
        f"{horizons[h]} — {words.percent(c, view.language, 0)}" for h, c in ours.select("horizon", "coverage_80").rows()
    )
    shown = []
    for r in table.sort("horizon", "crps").iter_rows(named=True):
        cover = "–" if r["width_80"] == 0 else words.percent(r["coverage_80"], view.language, 0)
        wide = "–" if r["width_80"] == 0 else view.number(r["width_80"], 1)
        gain = "–" if r["model"] == "process" else words.percent(r["skill"], view.language, 0)
        shown.append((horizons[r["horizon"]], names[r["model"]], cover, wide, view.number(r["crps"], 2), gain))
    columns = (f"projection.column.{name}" for name in ("model", "coverage", "width", "crps", "skill"))
    return Drawing(
        view.say("web.skill.title"),
        view.say("web.skill.says", parts=parts),
        table,
        Sheet(heads(view, "horizon", *columns), tuple(shown), "llrrrr"),
        **about(view, "skill_summary"),
        spec=document(view, _errors(view, table, names, horizons)),
        notes=(view.say("projection.skill_note"),),
    )


def _errors(view: View, table: pl.DataFrame, names: dict[str, str], horizons: dict[int, str]) -> Spec:
    rows = [
        {"when": horizons[h], "name": names[m], "crps": c}
        for m, h, c in table.select("model", "horizon", "crps").rows()
    ]
    order, models = list(horizons.values()), list(names.values())
    axis = {"grid": True, "tickCount": 6, "domain": False}
    bars = layer(
        named("skill", rows),
        {"type": "bar", "cornerRadius": 2},
        x={"field": "crps", "type": "quantitative", "title": view.say("web.skill.axis"), "axis": axis},
        y={"field": "when", "type": "nominal", "sort": order, "title": None},
        yOffset={"field": "name", "type": "nominal", "scale": {"domain": models}},
        color=colour(models, [BLUE, ORANGE, AMBER, PINK, SKY, GREY]),
        tips=[tip("name", view.say("projection.column.model")), tip("crps", "CRPS", ".2f")],
    )
    return {"width": 1, "height": 95 * len(order)} | bars


CHARTS = (
    Chart("fan", fan, ("projection_quantiles",), fan_parameters),
    Chart("hindcast", hindcast, ("skill_forecasts",), hindcast_parameters),
    Chart("skill", skill, ("skill_summary",)),
)
