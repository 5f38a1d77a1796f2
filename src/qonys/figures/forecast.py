"""The forecast: fans of measures with their past and rivals, what past forecasts would have said, their mean error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from qonys import words
from qonys.figures.by_category import spans
from qonys.figures.century import account
from qonys.figures.drawing import Drawing, Sheet, facts, heads, sheet
from qonys.figures.edition import Edition, Plain
from qonys.figures.marks import amount, layer, named, tips, zero
from qonys.figures.over_time import BANDS, fan, levels
from qonys.figures.render import Picture
from qonys.figures.style import AMBER, BLUE, GREY, ORANGE, PINK, SKY, Spec

QUANTILES = "projection_quantiles"
MILLIONS = ("population", "age_0_14", "age_15_64", "age_65")
THOUSANDS = (
    "births", "deaths", "net_migration", "immigrants", "emigrants", "entered", "departed", "net_internal", "natural",
)  # fmt: skip
OF_ACCOUNT = ("population", "net_migration", "births", "deaths")
OURS = "process"
PUBLISHED, PARTLY = "published", "partly"
COUNTED = ("population", "births", "deaths", "immigrants", "emigrants", "net_migration")  # what offices publish


def scale_of(measure: str) -> tuple[float, int, str]:
    """Divisor, decimals and word of the unit of a measure."""
    if measure in MILLIONS:
        return 1e6, 2, "web.axis.million"
    if measure in THOUSANDS:
        return 1e3, 0, "web.axis.thousand_a_year"
    return 1.0, 2 if measure == "total_fertility" else 1, ""


def of_measure(edition: Edition, measure: str, until: int) -> Drawing:
    """A measure forward to a year: median with the stored intervals, the past, the United Nations."""
    divisor, decimals, unit = scale_of(measure)
    table = edition.frame(QUANTILES)
    frame = table.filter((pl.col("measure") == measure) & (pl.col("year") <= until)).sort("year")
    quantiles = [name for name in frame.columns if name.startswith("q")]
    shown = frame.select("year", *(pl.col(name) / divisor for name in quantiles)).drop_nulls()
    title = edition.name(f"web.measure.{measure}", measure) + (f", {edition.say(unit)}" if unit else "")
    past = account(edition, measure).select("year", value="median") if measure in OF_ACCOUNT else None
    parts: dict[str, Any] = {"form": f",.{decimals}f", "zero": measure == "net_migration"}
    if past is not None:
        parts["history"] = past.filter(pl.col("year") <= shown["year"].min())
    if measure == "population" and edition.has("projection_un"):
        parts["rivals"] = _united_nations(edition, until)
    last = shown.row(-1, named=True)
    ends = {
        key: edition.number(last[q], decimals) for key, q in (("median", "q50"), ("low", "q2.5"), ("high", "q97.5"))
    }
    inner = [band for band in BANDS[::-1] if {band[0], band[1]} <= set(quantiles)]
    columns = ("q50", *(name for band in inner for name in band[:2]))
    told = [edition.say(f"projection.status.{status}") for status in frame["status"]] if "status" in frame else None
    rows = tuple(
        (str(r["year"]), *((told[place],) if told else ()), *(edition.number(r[c], decimals) for c in columns))
        for place, r in enumerate(shown.iter_rows(named=True))
    )
    first = ("year", *(("projection.status",) if told else ()))
    limits = [f"{band[2]} %: {edition.say(f'web.column.{end}')}" for band in inner for end in ("from", "to")]
    height = 400 if edition.theme.interactive else 300
    return Drawing(
        title,
        edition.say("web.fan.says", measure=title, year=last["year"], **ends),
        frame,
        Sheet((*heads(edition, *first, "median"), *limits), rows, "l" * len(first) + "r" * len(columns)),
        **facts(edition, QUANTILES),
        spec=edition.document(fan(edition, shown, title, height=height, **parts)),
        notes=(edition.say("web.fan.bands", levels=levels(edition, shown.columns)), *published(edition, table),
               edition.say("projection.assumptions")),
    )  # fmt: skip


def published(edition: Edition, table: pl.DataFrame) -> tuple[str, ...]:
    """What of the projection's first years is published, whole and in part, as one text; none where nothing is."""
    if "status" not in table.columns or table.filter(pl.col("status") == PUBLISHED).is_empty():
        return ()
    base = int(str(table["year"].min()))
    names = {status: _counted(edition, table.filter(pl.col("status") == status)) for status in (PUBLISHED, PARTLY)}
    return (edition.say("projection.published", base=base, next=base + 1, **names),)


def _counted(edition: Edition, rows: pl.DataFrame) -> str:
    """What offices count, each with its years."""
    counted = rows.filter(pl.col("measure").is_in(COUNTED)).group_by("measure", maintain_order=True)
    names = {str(measure): edition.name(f"web.measure.{measure}", str(measure)) for (measure,), _ in counted}
    return "; ".join(
        f"{names[str(measure)][:1].lower()}{names[str(measure)][1:]} ({', '.join(map(str, part['year']))})"
        for (measure,), part in counted
    )


def _united_nations(edition: Edition, until: int) -> pl.DataFrame:
    """The United Nations' projection of the population: year, line, name, value in millions; the median first."""
    names = {
        "median": edition.say("projection.un_median"),
        **dict.fromkeys(("80l", "80u"), edition.say("projection.un_80")),
    }
    frame = edition.frame("projection_un").filter(pl.col("variant").is_in(list(names)) & (pl.col("year") <= until))
    return frame.select(
        "year", line="variant", name=pl.col("variant").replace_strict(names), value=pl.col("value") / 1e6
    ).sort(pl.col("line") != "median", "line", "year")


def of_migration(frame: pl.DataFrame) -> pl.DataFrame:
    """The record of net migration, where other targets stand beside it."""
    return frame.filter(pl.col("target") == "net_migration") if "target" in frame.columns else frame


def hindcast(edition: Edition, country: str, origin: int) -> Drawing:
    """What the process would have said from a past year, and what came."""
    table = of_migration(edition.frame("skill_forecasts"))
    wanted = (pl.col("model") == OURS) & (pl.col("country") == country) & (pl.col("origin") == origin)
    frame = table.filter(wanted).sort("horizon")
    rows = [
        {**row, "when": edition.say("web.hindcast.horizon", n=row["horizon"])} for row in frame.iter_rows(named=True)
    ]
    held = frame.filter((pl.col("actual") >= pl.col("low_95")) & (pl.col("actual") <= pl.col("high_95"))).height
    number = edition.number
    return Drawing(
        edition.say("web.hindcast.title", year=origin),
        edition.say("web.hindcast.says", country=edition.country(country), year=origin, held=held, all=frame.height),
        frame,
        sheet(edition, rows, "lrrrr", {
            "horizon": lambda r: str(r["when"]),
            "web.hindcast.came": lambda r: number(r["actual"], 1),
            "median": lambda r: number(r["median"], 1),
            "interval80": lambda r: edition.ends(r["low_80"], r["high_80"], 1),
            "interval95": lambda r: edition.ends(r["low_95"], r["high_95"], 1),
        }),
        **facts(edition, "skill_forecasts"),
        spec=edition.document(_past_intervals(edition, rows)),
        notes=(edition.say("web.hindcast.note"),),
    )  # fmt: skip


def _past_intervals(edition: Edition, rows: list[dict[str, Any]]) -> Spec:
    """Bars of intervals by horizon, the median, and what came as a diamond."""
    x = {"field": "when", "type": "nominal", "sort": [row["when"] for row in rows], "title": None,
         "axis": {"labelAngle": 0, "labelLimit": 140}}  # fmt: skip
    title, data, say = edition.say("web.hindcast.axis"), named("hindcast", rows), edition.say
    layers: list[Spec] = [zero()]
    for limit, tint in (("95", 0.16), ("80", 0.26), ("50", 0.36)):
        bar = {"type": "bar", "width": 26, "color": BLUE, "opacity": tint}
        layers.append(layer(data, bar, x=x, y=amount(edition, f"low_{limit}", title), y2={"field": f"high_{limit}"}))
    told = tips(
        edition, ("when", edition.column("horizon")), ("actual", say("web.hindcast.came"), ".1f"),
        ("median", edition.column("median"), ".1f"), ("low_95", edition.column("low95"), ".1f"),
        ("high_95", edition.column("high95"), ".1f"),
    )  # fmt: skip
    tick = {"type": "tick", "width": 26, "thickness": 3, "color": BLUE}
    diamond = {"type": "point", "shape": "diamond", "filled": True, "size": 130, "color": ORANGE, "opacity": 1}
    layers.append(layer(data, tick, x=x, y=amount(edition, "median", title)))
    layers.append(layer(data, diamond, x=x, y=amount(edition, "actual", title), tips=told))
    return {"width": edition.theme.width, "height": 300, "layer": layers}


def mean_error(edition: Edition) -> Drawing:
    """Mean error of forecasts (CRPS) by horizon, and that of rivals."""
    table = of_migration(edition.frame("skill_summary"))
    names = {
        model: edition.name(f"projection.model.{model}", model) for model in table["model"].unique(maintain_order=True)
    }
    horizons = {h: edition.say("web.hindcast.horizon", n=h) for h in table["horizon"].unique().sort()}
    ours = table.filter(pl.col("model") == OURS).sort("horizon")
    parts = "; ".join(f"{horizons[h]} — {edition.percent(c)}" for h, c in ours.select("horizon", "coverage_80").rows())
    tints = [BLUE, ORANGE, AMBER, PINK, SKY, GREY]
    bars = table.select(
        category=pl.col("horizon").replace_strict(horizons), name=pl.col("model").replace_strict(names), high="crps"
    )
    say = edition.say
    told = (edition.column("horizon"), say("projection.column.model"), "CRPS")
    kinds = [(name, tints[i % len(tints)]) for i, name in enumerate(names.values())]
    spec = spans(edition, bars, say("web.skill.axis"), list(horizons.values()), kinds, tips=told, form=".2f")
    certain = pl.col("width_80") == 0
    rows = table.sort("horizon", "crps").with_columns(
        coverage_80=pl.when(certain).then(None).otherwise("coverage_80"),
        width_80=pl.when(certain).then(None).otherwise("width_80"),
        skill=pl.when(pl.col("model") == OURS).then(None).otherwise("skill"),
    )  # fmt: skip
    return Drawing(
        say("web.skill.title"),
        say("web.skill.says", parts=parts),
        table,
        sheet(edition, rows, "llrrrr", {
            "horizon": lambda r: horizons[r["horizon"]],
            "projection.column.model": lambda r: names[r["model"]],
            "projection.column.coverage": lambda r: edition.percent(r["coverage_80"]),
            "projection.column.width": lambda r: edition.number(r["width_80"], 1),
            "projection.column.crps": lambda r: edition.number(r["crps"], 2),
            "projection.column.skill": lambda r: edition.percent(r["skill"]),
        }),
        **facts(edition, "skill_summary"),
        spec=edition.document(spec),
        notes=(say("projection.skill_note"),),
    )  # fmt: skip


def fan_chart(
    result: Any, measure: str = "population", path: str | Path | None = None, language: str = "en", **where: str
) -> str:
    """SVG of a measure's median with its bands by year; written to `path` where one is given.

    `result`: a projection of the nation or of regions; `where`: a region and/or a group of the latter.
    """
    edition = Plain(language)
    scale, title = _axis(edition, measure)
    frame = _quantiles(result, measure, where).select("year", pl.col("^q.*$") / scale)
    text = Picture(edition.document(fan(edition, frame, title)), language).svg("fan")
    if path is not None:
        Path(path).write_text(text, encoding="utf-8")
    return text


def _quantiles(result: Any, measure: str, where: dict[str, str]) -> pl.DataFrame:
    if not hasattr(result, "regions"):
        frame: pl.DataFrame = result.quantiles().filter(measure=measure)
        return frame
    frame = result.quantiles(over=tuple(where), measure=measure)
    return frame.filter(**where) if where else frame


def _axis(edition: Plain, measure: str) -> tuple[float, str]:
    if measure in MILLIONS:
        return 1e6, edition.say("projection.axis.population")
    if measure in THOUSANDS:
        return 1e3, edition.say("regional.thousand_a_year")
    key = f"projection.measure.{measure}"
    return 1.0, edition.say(key if words.has(key, edition.language) else "regional.share")
