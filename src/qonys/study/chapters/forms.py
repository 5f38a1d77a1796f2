"""Forms of migration: which published counts tell a form, which cannot, and which forms nobody counts."""

from __future__ import annotations

import polars as pl

from qonys.catalog import Pack
from qonys.study.analyses.forms import figures, labelled, latest, without_figures
from qonys.study.runs.results import Number, Results, TableResult

METHOD = "measurement.typology.classify.classify"
RANK = 3


def compute(pack: Pack, results: Results) -> None:
    """Add the labelled counts, the figures by year and the numbers of the chapter; nothing where nothing is counted."""
    with results.part():
        _add(pack, results)


def _add(pack: Pack, results: Results) -> None:
    found, longer = figures(pack)
    if not found.height:
        return
    labels = labelled(pack)
    newest = latest(found)
    texts = [name for name, kind in labels.schema.items() if kind == pl.Enum]
    labels = labels.with_columns(pl.col(texts).cast(pl.String))
    table = labels.join(newest.drop("sources"), on="id", how="left").select(
        "id", "count", "form", "form_rule", "form_why", "form_possible", "form_missing", "un_class", "un_class_rule",
        "un_class_missing", "period", "whole", "low", "high", "rank",
    )  # fmt: skip
    sources = tuple(sorted(found["source"].unique()))
    missing = without_figures(labels)
    results.add(
        TableResult("forms_latest", table, "as_quantity", RANK, sources, METHOD),
        TableResult("forms_by_year", found, "as_quantity", RANK, sources, METHOD),
        Number("forms.counts", float(labels.height), "count", method=METHOD),
        Number("forms.unknown", float((labels["form"] == "unknown").sum()), "count", method=METHOD),
        Number("forms.without", float(len(missing)), "count", method=METHOD),
        Number("forms.longer", float(longer), "count", method=METHOD),
        *_overlap(found),
    )


def _overlap(found: pl.DataFrame) -> list[Number]:
    """Immigrants and repatriates of the newest year in which both are known in full."""
    whole = found.filter(pl.col("whole"))
    years = [set(whole.filter(pl.col("id") == name)["year"]) for name in ("immigrants", "repatriates")]
    year = max(years[0] & years[1], default=None)
    if year is None:
        return []
    numbers = [Number("forms.year", year, "year")]
    for name in ("immigrants", "repatriates"):
        rows = found.filter((pl.col("id") == name) & (pl.col("year") == year))
        part = rows.filter(pl.col("whole"))["value"] if name == "immigrants" else rows["value"]
        sources = tuple(sorted(rows["source"].unique()))
        numbers.append(Number(f"forms.{name}", float(str(part.max())), "persons", rank=RANK, sources=sources))
    return numbers
