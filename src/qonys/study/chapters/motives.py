"""Published survey results with what is not said about them."""

from __future__ import annotations

import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.study.runs.results import Number, Results, TableResult
from qonys.surveys.published import FLAGS, GRADES, graded

RANK = 3



def compute(pack: Pack, results: Results) -> None:
    """Add the graded collection and counts of what is missing."""
    collection = placed(graded(inputs.rows(pack, "survey_results")), inputs.country(pack).iso3)
    sources = tuple(sorted(set(collection["source"])))
    results.add(
        TableResult("survey_published", collection, "share", RANK, sources, "surveys.published.graded"),
        Number("motives.results", float(collection.height), "count"),
        Number("motives.surveys", float(collection["survey"].n_unique()), "count"),
        Number("motives.with_number", float(collection["n"].is_not_null().sum()), "count"),
        Number("motives.local", float(collection.filter(pl.col("home") & pl.col("n").is_not_null()).height), "count"),
        *(Number(f"motives.{grade}", float((collection["grade"] == grade).sum()), "count") for grade in GRADES),
        TableResult("survey_flags", _flags(collection), "count", RANK, sources, "surveys.published.graded"),
    )


def placed(collection: pl.DataFrame, home: str) -> pl.DataFrame:
    """The results with `home`: whether those whom the percentage describes live in the country of the code `home`.

    They do not where several countries were asked together, or where the group is another country or all countries.
    """
    together = pl.col("population_asked").str.contains("countries")
    elsewhere = (pl.col("group_type") == "country") & (pl.col("group") != home)
    return collection.with_columns(home=~(together | elsewhere))


def _flags(collection: pl.DataFrame) -> pl.DataFrame:
    """How many results and surveys carry each flag."""
    rows = []
    for flag in FLAGS:
        marked = collection.filter(pl.col("flags").str.split(",").list.contains(flag))
        if marked.height:
            rows.append((flag, marked.height, marked["survey"].n_unique()))
    return pl.DataFrame(rows, schema=["flag", "results", "surveys"], orient="row")
