"""A projection's fan as a chart of its own, for a notebook or a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from qonys import words
from qonys.report.charts import fans, render

FLOWS = (
    "births", "deaths", "immigrants", "emigrants", "net_migration", "entered", "departed", "net_internal", "natural",
)  # fmt: skip
STOCKS = ("population", "age_0_14", "age_15_64", "age_65")


def fan_chart(
    result: Any, measure: str = "population", path: str | Path | None = None, language: str = "en", **where: str
) -> str:
    """SVG of a measure's median with 80 % and 95 % bands by year; written to `path` where one is given.

    `result`: a projection of the nation or of regions; `where`: region="KZ-75" and/or group="kazakh" of the latter.
    """
    scale, title = _axis(measure, language)
    frame = _frame(result, measure, where)
    bands = frame.select("year", pl.col("^q.*$") / scale)
    nothing = pl.DataFrame(schema={"year": pl.Int64, "value": pl.Float64})
    rivals = pl.DataFrame(schema={"year": pl.Int64, "line": pl.String, "name": pl.String, "value": pl.Float64})
    text = render.svg(fans.fan(bands, nothing, rivals, title), language, "fan")
    if path is not None:
        Path(path).write_text(text, encoding="utf-8")
    return text


def _frame(result: Any, measure: str, where: dict[str, str]) -> pl.DataFrame:
    if not hasattr(result, "regions"):
        frame: pl.DataFrame = result.quantiles().filter(measure=measure)
        return frame
    frame = result.quantiles(over=tuple(where), measure=measure)
    return frame.filter(**where) if where else frame


def _axis(measure: str, language: str) -> tuple[float, str]:
    if measure in STOCKS:
        return 1e6, words.text("projection.axis.population", language)
    if measure in FLOWS:
        return 1e3, words.text("regional.thousand_a_year", language)
    key = f"projection.measure.{measure}"
    return 1.0, words.text(key, language) if words.has(key, language) else words.text("regional.share", language)
