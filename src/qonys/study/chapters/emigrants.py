"""Who left and where to: emigrants by country, ethnic group, education and speciality, as pages quote the register.

A part is a share of the published total of emigrants of the same period, as the register reports it, or the percentage
that was published itself. Where the groups that a page names do not make the total, the remainder is a row of its own.
"""

from __future__ import annotations

import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.study.runs.results import PUBLISHED, Number, Results, TableResult

RANK = 3
METHOD = "study.chapters.emigrants.shares"
BREAKDOWNS = ("country", "ethnic_group", "education", "speciality")
REST = "rest"
WHOLE_YEAR = 12
REGIONAL = ("emigrants_by_region", "emigrants_by_region_and_country")
SEVERAL_YEARS, BETWEEN = r"^\d{4}/\d{4}$", ":"  # a period of years; between region and country in a category


def compute(pack: Pack, results: Results) -> None:
    """Add the parts of each period and the newest year's first destination."""
    with results.part():
        left = pl.col("flow") == "emigrants"
        rows = inputs.rows(pack, "external_flows_own_report").filter(left)
        totals = inputs.chosen(pack, "external_flow_totals").filter(left)
        _add(shares(rows, totals), results)
    with results.part():
        spans = spans_of(pack)
        if not spans.is_empty():
            sources = tuple(spans["source"].unique().sort())
            results.add(TableResult("emigrants_spans", spans, "persons", RANK, sources, PUBLISHED))


def shares(rows: pl.DataFrame, totals: pl.DataFrame) -> pl.DataFrame:
    """Emigrants by part: breakdown, period, start, months, category, value (persons), total, share, source, rank.

    `rows`: emigrants with period, start, end, breakdown, category, value, unit, source, rank; `totals`: period, value,
    persons. Where several pages tell one part of a period, counts of persons come before percentages, and the larger
    count before one that may be rounded.
    """
    dated = rows.filter(pl.col("start").is_not_null()).with_columns(months=_months())
    total = totals.group_by("period").agg(total=pl.col("value").first())
    parts = dated.filter(pl.col("breakdown").is_in(BREAKDOWNS) & pl.col("unit").is_in(["persons", "percent"]))
    joined = parts.join(total, on="period", how="left").sort(
        "breakdown", "period", "category", pl.col("unit") != "persons", -pl.col("value")
    )
    first = joined.unique(["breakdown", "period", "category"], keep="first", maintain_order=True)
    told = pl.col("unit") == "persons"
    own = first.with_columns(
        share=pl.when(told).then(pl.col("value") / _base()).otherwise(pl.col("value") / 100),
        value=pl.when(told).then(pl.col("value")),
        total=_base(),
    )
    kept = own.select(
        "breakdown", "period", "start", "months", "category", "value", "total", "share", "source", "rank"
    )
    return pl.concat([kept, _rests(kept)]).sort("breakdown", "start", "months", "category")


def spans_of(pack: Pack) -> pl.DataFrame:
    """Emigrants of several years together: region, country (null: all), start, end (years), value, source, rank."""
    spans = pl.col("period").str.contains(SEVERAL_YEARS)
    totals = inputs.rows(pack, "external_flow_totals").filter(spans & (pl.col("flow") == "emigrants"))
    parts = [totals.with_columns(region=pl.lit(pack.whole), country=pl.lit(None, pl.String))]
    if not inputs.available(pack, REGIONAL):
        own, abroad = (inputs.rows(pack, name).filter(spans) for name in REGIONAL)
        ends = pl.col("category").str.split(BETWEEN)
        parts += [own.with_columns(region=pl.col("category"), country=pl.lit(None, pl.String)),
                  abroad.with_columns(region=ends.list.first(), country=ends.list.last())]  # fmt: skip
    years = pl.col("period").str.split("/")
    columns = ("region", "country", years.list.first().alias("start"), years.list.last().alias("end"),
               pl.col("value").cast(pl.Float64), "source", "rank")  # fmt: skip
    found = pl.concat(part.select(columns) for part in parts)
    return found.sort("start", "end", "region", "value", descending=[False, False, False, True])


def _base() -> pl.Expr:
    """What the parts are shares of: all who have a level of education or a speciality, else the total of the period."""
    whole = pl.col("breakdown").is_in(["education", "speciality"])
    persons = pl.col("value").filter(pl.col("unit") == "persons").sum().over("breakdown", "period")
    return pl.when(whole).then(persons).otherwise(pl.col("total").cast(pl.Float64))


def _months() -> pl.Expr:
    start, end = pl.col("start").cast(pl.Date), pl.col("end").cast(pl.Date)
    years = end.dt.year().cast(pl.Int64) - start.dt.year().cast(pl.Int64)
    return 12 * years + end.dt.month().cast(pl.Int64) - start.dt.month().cast(pl.Int64) + 1


def _rests(kept: pl.DataFrame) -> pl.DataFrame:
    """What the named countries and groups leave of the total, where the total is known and each part is a count."""
    named = kept.filter(pl.col("breakdown").is_in(["country", "ethnic_group"]) & pl.col("total").is_not_null())
    left = named.group_by("breakdown", "period", "start", "months", "total").agg(
        value=pl.col("total").first() - pl.col("value").sum(), whole=pl.col("value").is_not_null().all(),
        source=pl.col("source").first(), rank=pl.col("rank").max(),
    )  # fmt: skip
    good = left.filter(pl.col("whole") & (pl.col("value") > 0))
    return good.with_columns(category=pl.lit(REST), share=pl.col("value") / pl.col("total")).select(kept.columns)


def newest(parts: pl.DataFrame, breakdown: str) -> pl.DataFrame:
    """The parts of the newest whole year with a total; of the newest period where no year has one."""
    found = parts.filter((pl.col("breakdown") == breakdown) & pl.col("share").is_not_null())
    years = found.filter(pl.col("months") == WHOLE_YEAR)
    asked = found if years.is_empty() else years
    last = asked.filter(pl.col("start") == asked["start"].max())
    return last.filter(pl.col("months") == last["months"].max()).sort("share", descending=True)


def _add(parts: pl.DataFrame, results: Results) -> None:
    sources = tuple(parts["source"].unique().sort())
    results.add(TableResult("emigrants_parts", parts, "persons", RANK, sources, METHOD))
    where = newest(parts, "country").filter(pl.col("category") != REST)
    if where.is_empty():
        return
    first = where.row(0, named=True)
    results.add(
        Number("emigrants.year", float(str(first["start"])[:4]), "year"),
        Number("emigrants.first", first["share"], "share", None, None, RANK, (first["source"],), METHOD),
    )
