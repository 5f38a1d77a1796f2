"""Counts of moves that a pack publishes, each with the form and the United Nations class that it can be given."""

from __future__ import annotations

import polars as pl

from qonys.catalog import Pack
from qonys.catalog.filters import filtered, split_conditions
from qonys.inputs import available, rows
from qonys.measurement.typology.classify import classify, standard_rules

YEAR_DAYS = 364
FIGURES = {
    "id": pl.String, "period": pl.String, "year": pl.Int64, "whole": pl.Boolean, "value": pl.Float64,
    "source": pl.String, "rank": pl.Int64,
}  # fmt: skip


def labelled(pack: Pack) -> pl.DataFrame:
    """One row per count of the pack: id, count, names, and all columns of `classify` for what the count says."""
    rows = pack.forms()
    records = [
        {key: values[0] for key, values in split_conditions(record).items()} for record in rows["record"].to_list()
    ]
    names = sorted({name for record in records for name in record})
    frame = pl.DataFrame([{name: record.get(name) for name in names} for record in records], infer_schema_length=None)
    found = classify(frame, pack.country["iso3"], kin_groups=tuple(pack.country.get("kin_groups", "").split()))
    return rows.select("id", "count", "name_en", "name_ru", "name_kk").hstack(found.drop(names))


def figures(pack: Pack) -> tuple[pl.DataFrame, int]:
    """Figures of every count: id, period, year, whole, value, source, rank; and how many more there are.

    Tables by country of origin or asylum are added up. `whole`: the figure covers a year or is a
    stock of a year; a part of a year is kept and marked. Figures of more than a year, or without
    a date, are counted and not used. A count whose figure the pack does not hold has no row.
    """
    frames = []
    longer = 0
    for row in pack.forms().iter_rows(named=True):
        if available(pack, (row["figure"],)):
            continue
        counted = filtered(rows(pack, row["figure"]), split_conditions(row["where"])).drop_nulls("value")
        dated = _dated(counted)
        longer += int((dated["days"] > YEAR_DAYS + 2).sum()) + counted.height - dated.height
        kept = dated.filter((pl.col("days") <= YEAR_DAYS + 2) | pl.col("days").is_null())
        keys = ["period", "year", "whole", "source"]
        summed = kept.group_by(keys).agg(pl.col("value").cast(pl.Float64).sum(), pl.col("rank").cast(pl.Int64).max())
        frames.append(summed.with_columns(id=pl.lit(row["id"])).select(*FIGURES))
    if not frames:
        return pl.DataFrame(schema=FIGURES), longer
    return pl.concat(frames, how="vertical_relaxed").cast(FIGURES).sort("id", "year", "period", "source"), longer  # type: ignore[arg-type]


def _dated(rows: pl.DataFrame) -> pl.DataFrame:
    """Adds year, period, days (null: not told) and whole."""
    if "start" in rows.columns:
        days = (pl.col("end").cast(pl.Date) - pl.col("start").cast(pl.Date)).dt.total_days()
        year = pl.coalesce(
            pl.col("start").cast(pl.Date).dt.year().cast(pl.Int64),
            pl.col("period").str.extract(r"^(\d{4})").cast(pl.Int64),
        )
        found = rows.with_columns(days=days.cast(pl.Int64), year=year)
        return found.filter(pl.col("year").is_not_null()).with_columns(
            whole=(pl.col("days") >= YEAR_DAYS).fill_null(value=False) & ~pl.col("period").str.contains("part")
        )
    year = pl.col("year").cast(pl.Int64)
    return rows.filter(year.is_not_null()).with_columns(
        year=year, period=year.cast(pl.String), days=pl.lit(YEAR_DAYS, dtype=pl.Int64), whole=pl.lit(value=True)
    )


def latest(found: pl.DataFrame) -> pl.DataFrame:
    """The newest whole figure of each count, or the newest part: id, period, whole, low, high, sources, rank.

    A part of the same year that exceeds the whole contradicts it: both stand, as a range.
    """
    order = found.sort("whole", "year", "period")
    newest = order.group_by("id", maintain_order=True).agg(pl.col("period", "year", "whole", "value").last())
    rows = found.join(newest, on="id", suffix="_new")
    same = (pl.col("period") == pl.col("period_new")) & (pl.col("whole") == pl.col("whole_new"))
    above = (pl.col("year") == pl.col("year_new")) & pl.col("whole_new") & (pl.col("value") > pl.col("value_new"))
    value = pl.col("value")
    return (
        rows.filter(same | above)
        .group_by("id", period="period_new", whole="whole_new", maintain_order=True)
        .agg(low=value.min(), high=value.max(), sources=pl.col("source").unique().sort(), rank=pl.col("rank").max())
    )


def without_figures(labels: pl.DataFrame) -> tuple[str, ...]:
    """Forms named by the course that no count of the pack can be given."""
    known = set(labels["form"].cast(pl.String))
    return tuple(form.id for form in standard_rules().forms if form.course and form.id not in known)
