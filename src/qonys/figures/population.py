"""The population: pyramids of years on one scale, as it is and had nobody moved, ethnic composition by census."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from qonys import inputs, words
from qonys.figures.by_category import shares
from qonys.figures.drawing import Drawing, Sheet, facts, heads
from qonys.figures.edition import Edition, capital
from qonys.figures.pyramids import SEXES, age_text, pyramids
from qonys.figures.style import Spec

AGES = "population_age_sex"
OLDEST = 85
LARGE = 7


def ages(edition: Edition) -> pl.DataFrame:
    """Population by year, sex and five-year age to 85 and over: the pack's figures, then the projection's median."""
    known = inputs.rows(edition.pack, AGES).select(
        pl.col("year").cast(pl.Int64),
        "sex",
        pl.col("age_start").cast(pl.Int64),
        pl.col("value").cast(pl.Float64),
        "source",
    )
    parts = [known]
    if edition.has("projection_pyramids"):
        ahead = edition.frame("projection_pyramids").filter(pl.col("year") > known["year"].max())
        parts.append(
            ahead.select(pl.col("year").cast(pl.Int64), "sex", "age_start", pl.col("q50").alias("value"),
                         pl.lit("projection").alias("source"))
        )  # fmt: skip
    whole = pl.concat(parts).with_columns(age_start=pl.col("age_start").clip(0, OLDEST))
    return whole.group_by("year", "sex", "age_start", "source", maintain_order=True).agg(pl.col("value").sum())


def of_years(edition: Edition, every: pl.DataFrame, years: Sequence[int], *, percent: bool = False) -> Drawing:
    """Pyramids of `years` side by side on one scale, shares of children and the old in words; `every`: see `ages`."""
    frame = every.filter(pl.col("year").is_in(list(years)))
    totals = dict(frame.group_by("year").agg(pl.col("value").sum()).rows())
    unit = pl.col("year").replace_strict(totals, return_dtype=pl.Float64) / 100 if percent else pl.lit(1e3)
    shown = frame.with_columns(value=pl.col("value") / unit)
    title, form = (
        (edition.say("web.axis.percent"), ",.1f") if percent else (edition.say("chart.thousand_persons"), ",.0f")
    )
    dated = [(str(year), shown.filter(pl.col("year") == year)) for year in years]
    if len(set(years)) < len(years):
        dated = [(f"{name}{chr(0x200b) * place}", part) for place, (name, part) in enumerate(dated)]
    cells = {(y, s, a): v for y, s, a, v in shown.select("year", "sex", "age_start", "value").rows()}
    rows = tuple(
        (
            age_text(age, OLDEST),
            *(edition.number(cells.get((y, s, age)), 2 if percent else 0) for y in years for s in SEXES),
        )
        for age in sorted(frame["age_start"].unique())
    )
    head = (*heads(edition, "age"), *(f"{y}, {edition.say(f'chart.sex.{s}')}" for y in years for s in SEXES))
    return Drawing(
        edition.say("web.pyramids.title"),
        _says(edition, frame, years, totals),
        frame.sort("year", "sex", "age_start"),
        Sheet(head, rows, "l" + "r" * (len(head) - 1)),
        **_age_facts(edition, frame),
        spec=edition.document(pyramids(edition, dict(dated), title, form)),
    )


def _says(edition: Edition, frame: pl.DataFrame, years: Sequence[int], totals: dict[int, float]) -> str:
    """Shares of children and old people in the first and the last year."""
    found: dict[str, object] = {"year1": years[0], "year2": years[-1]}
    for place, year in enumerate((years[0], years[-1]), 1):
        part = frame.filter(pl.col("year") == year)
        for name, low, high in (("young", 0, 14), ("old", 65, 200)):
            value = float(part.filter(pl.col("age_start").is_between(low, high))["value"].sum()) / totals[year]
            found[f"{name}{place}"] = edition.percent(value)
    return edition.say("web.pyramids.says", **found)


def _age_facts(edition: Edition, frame: pl.DataFrame) -> dict[str, Any]:
    known = tuple(s for s in frame["source"].unique().sort() if s != "projection")
    found: dict[str, Any] = {"source": edition.origin(known), "sources": known, "rank": 2, "unit": "persons"}
    if "projection" in frame["source"].to_list():
        ahead = facts(edition, "projection_pyramids")
        together = tuple(dict.fromkeys((*known, *ahead["sources"])))
        text = f"{edition.origin(together, ahead['method'])} {edition.say('web.pyramids.ahead')}"
        found |= {"sources": together, "source": text, "rank": 5, "method": ahead["method"]}
    return found


def interval_pyramid(edition: Edition, frame: pl.DataFrame, base: pl.DataFrame, name: str) -> Spec:
    """One pyramid in thousands: bars, perhaps with 80 % intervals (sex, age_start, q10, q50, q90), and the population
    `base` (sex, age_start, value) as ticks, called `name`.
    """
    scaled = frame.rename({"q50": "value", "q10": "low", "q90": "high"}, strict=False)
    numbers = [name for name in ("value", "low", "high") if name in scaled.columns]
    ticks = base.select("sex", "age_start", base=pl.col("value") / 1e3)
    both = scaled.select("sex", "age_start", *(pl.col(name) / 1e3 for name in numbers)).join(
        ticks, on=["sex", "age_start"]
    )
    return pyramids(edition, {"": both}, edition.say("chart.thousand_persons"), base=name)


def nobody_moved(edition: Edition) -> Drawing:
    """The population as it is, and as it would be had nobody moved since a year."""
    table = edition.frame("consequences_pyramid")
    since, end = (edition.count(f"consequences.{name}") for name in ("since", "end"))
    frame = (
        table.with_columns(age_start=pl.col("age_start").clip(0, OLDEST))
        .group_by("sex", "age_start", maintain_order=True)
        .agg(pl.col("with", "without").sum())
    )
    names = {path: edition.say(f"web.effect.{path}") for path in ("with", "without")}
    parts = {name: frame.select("sex", "age_start", value=pl.col(path) / 1e3) for path, name in names.items()}
    a, b = (float(frame[path].sum()) / 1e6 for path in names)
    sentence = edition.say(
        "web.moved.says", since=since, year=end, a=edition.number(a, 2), b=edition.number(b, 2),
        difference=words.signed(a - b, edition.language, 2),
    )  # fmt: skip
    cells = {(r["sex"], r["age_start"]): r for r in frame.iter_rows(named=True)}
    rows = tuple(
        (age_text(age, OLDEST), *(edition.thousands(cells[sex, age][path], 0) for path in names for sex in SEXES))
        for age in sorted(frame["age_start"].unique())
    )
    head = (
        *heads(edition, "age"),
        *(f"{name}, {edition.say(f'chart.sex.{sex}')}" for name in names.values() for sex in SEXES),
    )
    return Drawing(
        edition.say("web.moved.title", since=since),
        sentence,
        table,
        Sheet(head, rows, "lrrrr"),
        **facts(edition, "consequences_pyramid"),
        spec=edition.document(pyramids(edition, parts, edition.say("chart.thousand_persons"))),
    )


def ethnic(edition: Edition) -> Drawing:
    """Ethnic composition by census: the largest groups, the rest of the population as others."""
    table = edition.frame("ethnic_composition")
    names = {code: edition.group(code) for code in table["ethnic_group"].unique()}
    years = sorted(table["year"].unique())
    large = (
        table.group_by("ethnic_group")
        .agg(pl.col("share").max())
        .sort("share", "ethnic_group", descending=[True, False])
    )
    order, other = large["ethnic_group"].to_list()[:LARGE], edition.say("retro.other_groups")
    found = {year: dict(table.filter(pl.col("year") == year).select("ethnic_group", "share").rows()) for year in years}
    rows = []
    for year, part in found.items():
        kept = {code: part[code] for code in order if code in part}
        rows += [{"year": str(year), "group": names[g], "share": s, "place": order.index(g)} for g, s in kept.items()]
        rows.append({"year": str(year), "group": other, "share": 1 - sum(kept.values()), "place": 99})
    first, last = found[years[0]], found[years[-1]]
    largest = max(last, key=lambda code: last[code])
    sentence = edition.say(
        "web.ethnic.says", group=capital(names[largest]), first=years[0], last=years[-1],
        a=edition.percent(first.get(largest, 0)), b=edition.percent(last[largest]),
    )  # fmt: skip
    title = None if edition.theme.interactive else edition.say("chart.share_of_population")
    spec = shares(edition, pl.DataFrame(rows), title, [names[code] for code in order], other)
    columns: dict[str, Any] = {"group": lambda code: names[code]}
    columns |= {
        str(y): lambda code, y=y: edition.percent(found[y][code], 1) if code in found[y] else "–" for y in years
    }
    cells = tuple(tuple(cell(code) for cell in columns.values()) for code in sorted(last, key=lambda code: -last[code]))
    return Drawing(
        edition.say("retro.ethnic"),
        sentence,
        table.sort("year", "share", descending=[False, True]),
        Sheet((*heads(edition, "group"), *map(str, years)), cells, "l" + "r" * len(years)),
        **facts(edition, "ethnic_composition"),
        spec=edition.document(spec),
        notes=(edition.say("retro.ethnic.note"),),
    )
