"""The population: pyramids side by side on one axis, ethnic composition, with and without migration, regions."""

from __future__ import annotations

from typing import Any

import polars as pl

from qonys import inputs, words
from qonys.report.charts import series
from qonys.report.charts.style import BLUE, ORANGE, Spec
from qonys.web.charts.kit import (
    AXIS_ROOM,
    Chart,
    Drawing,
    Sheet,
    about,
    colour,
    document,
    named,
    tip,
)
from qonys.web.charts.mapping import rate_map_svg, round_step
from qonys.web.parameters import Parameter
from qonys.web.view import Site, View, capital

AGES = "population_age_sex"
OLDEST = 85


def _ages(site: Site) -> pl.DataFrame:
    """Population by year, sex and five-year age to 85 and over: the pack's figures, then the projection's median."""

    def make() -> pl.DataFrame:
        known = inputs.rows(site.pack, AGES).select(
            pl.col("year").cast(pl.Int64),
            "sex",
            pl.col("age_start").cast(pl.Int64),
            pl.col("value").cast(pl.Float64),
            "source",
        )
        parts = [known]
        if site.has("projection_pyramids"):
            ahead = site.results.table("projection_pyramids").frame.filter(pl.col("year") > known["year"].max())
            parts.append(
                ahead.select(
                    pl.col("year").cast(pl.Int64),
                    "sex",
                    "age_start",
                    pl.col("q50").alias("value"),
                    pl.lit("projection").alias("source"),
                )
            )
        whole = pl.concat(parts).with_columns(age_start=pl.col("age_start").clip(0, OLDEST))
        return whole.group_by("year", "sex", "age_start", "source", maintain_order=True).agg(pl.col("value").sum())

    return site.keep("ages", make)


def pyramid_parameters(site: Site) -> tuple[Parameter, ...]:
    """Two years and the scale."""
    years = tuple(str(y) for y in _ages(site)["year"].unique().sort())
    last = str(inputs.rows(site.pack, AGES)["year"].max())
    left = "1989" if "1989" in years else years[0]
    return (
        Parameter("left", years, left, "slider"),
        Parameter("right", years, last, "slider"),
        Parameter("scale", ("thousand", "percent"), "thousand", texts="web.option.scale"),
    )


def age_text(start: int) -> str:
    """How an age group is called."""
    return f"{start}+" if start >= OLDEST else f"{start}–{start + 4}"


def pyramids(view: View) -> Drawing:
    """Two pyramids side by side on one axis, with the shares of children and old people."""
    site, years = view.site, (view.year("left"), view.year("right"))
    percent = view.state["scale"] == "percent"
    frame = _ages(site).filter(pl.col("year").is_in(years))
    totals = dict(frame.group_by("year").agg(pl.col("value").sum()).rows())
    shown = frame.with_columns(
        shown=pl.col("value")
        / (pl.col("year").replace_strict(totals, return_dtype=pl.Float64) / 100 if percent else 1e3)
    )
    most = float(str(shown["shown"].max())) * 1.04
    panels = [pyramid(view, shown.filter(pl.col("year") == y), (i, y), most, percent) for i, y in enumerate(years)]
    spec = {"vconcat" if view.narrow else "hconcat": panels, "spacing": 24, "resolve": {"scale": {"color": "shared"}}}
    shares = {}
    for i, year in enumerate(years):
        part = frame.filter(pl.col("year") == year)
        for name, low, high in (("young", 0, 14), ("old", 65, 200)):
            value = float(part.filter(pl.col("age_start").is_between(low, high))["value"].sum()) / totals[year]
            shares[f"{name}{i + 1}"] = words.percent(value, view.language, 0)
    sentence = view.say("web.pyramids.says", year1=years[0], year2=years[1], **shares)
    sexes = ("male", "female")
    cells = {(y, s, a): v for y, s, a, v in shown.select("year", "sex", "age_start", "shown").rows()}
    rows = tuple(
        (age_text(age), *(view.number(cells.get((y, s, age)), 2 if percent else 0) for y in years for s in sexes))
        for age in sorted(frame["age_start"].unique())
    )
    head = (view.say("web.column.age"), *(f"{y}, {view.say(f'chart.sex.{s}')}" for y in years for s in sexes))
    facts = _age_facts(view, frame)
    return Drawing(
        view.say("web.pyramids.title"),
        sentence,
        frame.sort("year", "sex", "age_start"),
        Sheet(head, rows, "lrrrr"),
        **facts,
        spec=document(view, spec),
    )


def _age_facts(view: View, frame: pl.DataFrame) -> dict[str, Any]:
    known = tuple(s for s in frame["source"].unique().sort() if s != "projection")
    facts: dict[str, Any] = {"source": view.context.origin(known), "sources": known, "rank": 2, "unit": "persons"}
    if "projection" in frame["source"].to_list():
        ahead = about(view, "projection_pyramids")
        together = tuple(dict.fromkeys((*known, *ahead["sources"])))
        text = f"{view.context.origin(together, ahead['method'])} {view.say('web.pyramids.ahead')}"
        facts |= {"sources": together, "source": text, "rank": 5, "method": ahead["method"]}
    return facts


def pyramid(view: View, frame: pl.DataFrame, panel: tuple[int, object], most: float, percent: bool) -> Spec:
    """One pyramid: frame with sex, age_start and `shown`; `panel`: its place and title; `most`: end of the axis."""
    sexes = {s: view.say(f"chart.sex.{s}") for s in ("male", "female")}
    rows = [
        {
            "age": age_text(r["age_start"]),
            "place": r["age_start"],
            "sex": sexes[r["sex"]],
            "size": r["shown"],
            "value": (-1 if r["sex"] == "male" else 1) * r["shown"],
        }
        for r in frame.sort("age_start").iter_rows(named=True)
    ]
    form = ",.1f" if percent else ",.0f"
    title = view.say("web.axis.percent") if percent else view.say("chart.thousand_persons")
    width = view.width - AXIS_ROOM if view.narrow else (view.width - 24) / 2 - AXIS_ROOM
    x = {
        "field": "value",
        "type": "quantitative",
        "title": title,
        "scale": {"domain": [-most, most], "nice": False},
        "axis": {"format": form, "labelExpr": "replace(datum.label, '\u2212', '')", "tickCount": 6, "grid": True},
    }
    y = {
        "field": "age",
        "type": "ordinal",
        "sort": {"field": "place", "order": "descending"},
        "title": None,
        "axis": {"labelFontSize": 11, "labelOverlap": False},
    }
    tips = [tip("age", view.say("web.column.age")), tip("sex", view.say("web.column.sex")), tip("size", title, form)]
    return {
        "title": {"text": str(panel[1]), "anchor": "middle", "fontSize": 15},
        "width": width,
        "height": 340,
        "data": named(f"pyramid{panel[0]}", rows),
        "mark": {"type": "bar", "height": {"band": 0.9}},
        "encoding": {"x": x, "y": y, "color": colour(list(sexes.values()), [BLUE, ORANGE], "sex"), "tooltip": tips},
    }


def ethnic(view: View) -> Drawing:
    """Ethnic composition by census."""
    table = view.site.results.table("ethnic_composition").frame
    names = {g: view.site.pack.label("ethnic_group", g, view.language) for g in table["ethnic_group"].unique()}
    spec = series.ethnic(table, names, view.say("retro.other_groups"), view.language)
    spec["encoding"]["tooltip"] = [
        tip("group", view.say("web.column.group")),
        tip("share", view.say("web.column.share"), ".1%"),
    ]
    spec["encoding"]["y"] |= {"title": None}
    spec["encoding"]["x"] |= {"axis": {"labelAngle": -45 if view.narrow else 0}}
    spec["encoding"]["color"] |= {"legend": {"columns": 2 if view.narrow else 4}}
    years = sorted(table["year"].unique())
    first, last = (
        dict(table.filter(pl.col("year") == y).select("ethnic_group", "share").rows()) for y in (years[0], years[-1])
    )
    largest = max(last, key=lambda g: last[g])
    sentence = view.say(
        "web.ethnic.says",
        group=capital(names[largest]),
        first=years[0],
        last=years[-1],
        a=words.percent(first.get(largest, 0), view.language, 0),
        b=words.percent(last[largest], view.language, 0),
    )
    groups = sorted(last, key=lambda g: -last[g])
    shares = {(y, g): s for y, g, s in table.select("year", "ethnic_group", "share").rows()}
    rows = tuple(
        (names[g], *(words.percent(shares[y, g], view.language, 1) if (y, g) in shares else "–" for y in years))
        for g in groups
    )
    return Drawing(
        view.say("retro.ethnic"),
        sentence,
        table.sort("year", "share", descending=[False, True]),
        Sheet((view.say("web.column.group"), *map(str, years)), rows, "l" + "r" * len(years)),
        **about(view, "ethnic_composition"),
        spec=document(view, spec | {"height": 360}),
        notes=(view.say("retro.ethnic.note"),),
    )


def region_parameters(site: Site) -> tuple[Parameter, ...]:
    """Year and kind of net migration."""
    frame = site.results.table("reconciled_regional").frame.filter(pl.col("quantity") == "net_migration")
    years = tuple(str(y) for y in frame["year"].unique().sort())
    return (
        Parameter("in", years, years[-1], "slider"),
        Parameter("kind", ("net_migration", "internal_net", "external_net"), "net_migration", texts="web.option.kind"),
    )


def regions(view: View) -> Drawing:
    """Net migration per 1,000 residents by region, medians of the reconciled accounts."""
    year, kind = view.year("in"), view.state["kind"]
    table = view.site.results.table("reconciled_regional")
    wanted = table.frame.filter((pl.col("year") == year) & pl.col("quantity").is_in([kind, "population"]))
    people = wanted.filter(pl.col("quantity") == "population").select("region", people="median")
    frame = (
        wanted.filter(pl.col("quantity") == kind)
        .join(people, on="region")
        .with_columns(*((1000 * pl.col(n) / pl.col("people")).alias(n) for n in ("low", "median", "high")))
    )
    every = (
        table.frame.filter(pl.col("quantity").is_in([kind, "population"]))
        .pivot(on="quantity", index=["region", "year"], values="median")
        .drop_nulls()
    )
    step = round_step((1000 * every[kind] / every["population"]).to_list())
    vintage = str(view.site.pack.vintages().sort("order")["vintage"][0])
    geometry = view.site.keep(f"geometry:{vintage}", lambda: view.site.pack.geometry(vintage))
    drawing = rate_map_svg(geometry, dict(frame.select("region", "median").rows()), step, view)
    frame = frame.sort("median", descending=True)
    best, worst = frame.row(0, named=True), frame.row(-1, named=True)
    sentence = view.say(
        "web.regions.says",
        year=year,
        n=frame.filter(pl.col("median") < 0).height,
        all=frame.height,
        best=view.region(best["region"]),
        high=view.number(best["median"], 1),
        worst=view.region(worst["region"]),
        low=view.number(worst["median"], 1),
    )
    rows = tuple(
        (
            view.region(r["region"]),
            view.number(r["median"], 1),
            f"{view.number(r['low'], 1)} … {view.number(r['high'], 1)}",
        )
        for r in frame.iter_rows(named=True)
    )
    head = tuple(map(view.say, ("web.column.region", "web.column.per_1000", "web.column.interval")))
    facts = about(view, "reconciled_regional")
    outline = view.say("report.outline", attribution=geometry.get("attribution", ""))
    return Drawing(
        view.say("web.regions.title", year=year),
        sentence,
        frame,
        Sheet(head, rows, "lrr"),
        **facts | {"source": f"{facts['source']} {outline}", "unit": "per_1000"},
        svg=drawing,
        notes=(view.say("web.regions.note", vintage=_vintage(view, vintage)),),
    )


def _vintage(view: View, vintage: str) -> str:
    return str(view.site.pack.vintages().filter(pl.col("vintage") == vintage)[f"name_{view.language}"][0])


CHARTS = (
    Chart("pyramids", pyramids, (), pyramid_parameters),
    Chart("ethnic", ethnic, ("ethnic_composition",)),
    Chart("regions", regions, ("reconciled_regional",), region_parameters),
)
