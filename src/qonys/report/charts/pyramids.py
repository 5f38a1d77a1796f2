"""Population pyramids at several dates on one axis."""

from __future__ import annotations

import polars as pl

from qonys import words
from qonys.report.charts.style import BLUE, ORANGE, Spec


def pyramids(frame: pl.DataFrame, language: str) -> Spec:
    """Year, sex, age_start, age_end, value: small multiples, men left, women right, in thousands."""
    labels = {sex: words.text(f"chart.sex.{sex}", language) for sex in ("male", "female")}
    values = [
        {
            "year": str(row["year"]),
            "age": f"{row['age_start']}+"
            if row["age_end"] is None
            else f"{row['age_start']}–{row['age_end']}",
            "place": int(row["age_start"]),
            "sex": labels[row["sex"]],
            "value": (-1 if row["sex"] == "male" else 1) * row["value"] / 1e3,
        }
        for row in frame.iter_rows(named=True)
    ]
    years = sorted({value["year"] for value in values})
    decimal = "," if language == "en" else "\u00a0"
    absolute = f"replace(format(abs(datum.value), ',.0f'), ',', '{decimal}')"
    return {
        "data": {"name": "pyramids", "values": values},
        "facet": {"field": "year", "type": "nominal", "title": None, "sort": years},
        "columns": 2,
        "spacing": 14,
        "spec": {
            "width": 240,
            "height": 210,
            "mark": {"type": "bar", "height": {"band": 0.9}},
            "encoding": {
                "y": {
                    "field": "age",
                    "type": "ordinal",
                    "sort": {"field": "place", "order": "descending"},
                    "title": None,
                    "axis": {"labelFontSize": 8.5, "labelOverlap": False},
                },
                "x": {
                    "field": "value",
                    "type": "quantitative",
                    "title": words.text("chart.thousand_persons", language),
                    "axis": {"labelExpr": absolute, "tickCount": 6},
                },
                "color": {
                    "field": "sex",
                    "type": "nominal",
                    "title": None,
                    "scale": {"domain": list(labels.values()), "range": [BLUE, ORANGE]},
                },
            },
        },
    }
