"""Columns of the pack's descriptive files (`sources.csv`, `regions.csv`, ...).

Files that once named tables name figures now (`FORMER`); a file with the former column is read as before.

A file that `datapackage.json` describes is read by that schema; otherwise by the types here:
a column not named below is text. A missing or empty optional file gives an empty frame, and a column below that a
file does not have is empty. Names may be in any language: `name_<language>`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qonys.catalog.schema import Field, polars_type

if TYPE_CHECKING:
    import polars as pl

_NAMES = ("name_en", "name_ru", "name_kk")
_TEXTS = ("text_en", "text_ru", "text_kk")
_REASONS = ("reason_en", "reason_ru", "reason_kk")

COLUMNS: dict[str, tuple[str, ...]] = {
    "sources": (
        "id", "title", "title_ru", "title_kk", "title_original", "language", "publisher", "publisher_ru",
        "publisher_kk", "year", "licence", "licence_class", "address_kind", "address", "accessed",
    ),
    "regions": (
        "region", "kato", *_NAMES, "short_en", "short_ru", "short_kk",
        "kind", "counted", "valid_from", "valid_to", "carved_from", "centre_lon", "centre_lat", "lon", "lat", "source",
    ),
    "vintages": ("vintage", "order", "valid_from", "valid_to", *_NAMES),
    "membership": ("vintage", "region"),
    "lineage": ("vintage_from", "region_from", "vintage_to", "region_to", "part"),
    "names": ("region", "name", "from_year", "to_year", "part", "source", "end_source"),
    "events": ("id", "kind", "scheme", "start", "end", "date", "direction", *_NAMES, *_TEXTS, "source"),
    "breaks": ("id", "table", "indicator", "region", "year", "kind", *_TEXTS, "source"),
    "cautions": ("id", "table", "severity", *_TEXTS, "source"),
    "corrections": ("table", "key", "column", "published", "corrected", "reason", "source"),
    "preferences": ("series", "place", "source", "from_year", "to_year", *_REASONS),
    "definitions": ("id", "counts", "who", "duration", *_TEXTS),
    "labels": ("axis", "code", *_NAMES),
    "surveys": ("survey", "year", "n", "population", "mode", "source", "note"),
    "comparisons": (
        "id", "figure_a", "where_a", "sum_a", "figure_b", "where_b", "sum_b", "on", "as_unit", *_TEXTS,
    ),
    "identities": ("id", "figure", "where", "axis", "total", "parts", "tolerance", *_TEXTS),
    "shares": ("id", "figure", "where", "axis", "totals", "totals_where", "tolerance", *_TEXTS),
    "coverage": ("id", "figure", "where", "from_year", "to_year", "step"),
    "transfers": ("id", "year", "region_from", "region_to", *_TEXTS, "source"),
    "statements": ("id", "quantity", "kind", "figure", "where", "source", "note"),
    "forms": ("id", "figure", "where", "count", "record", *_NAMES),
    "norms": ("id", "value", "low", "high", "unit", *_NAMES, "source"),
    "bibliography": (
        "key", "stage", "shelf", "kind", "author", "editor", "title", "container", "volume", "issue", "city",
        "publisher", "year", "pages", "language", *_TEXTS, "cited_in", "said", *_REASONS, "checked", "checked_against",
        "compared",
    ),
    "glossary": ("id", *_NAMES, *_TEXTS, "formula", "sources", "commands", "page"),
}  # fmt: skip
FORMER: dict[str, dict[str, str]] = {
    **{name: {"table": "figure"} for name in ("identities", "coverage", "statements", "forms")},
    "comparisons": {"table_a": "figure_a", "table_b": "figure_b"},
}
NEEDED: frozenset[str] = frozenset({"sources", "regions"})
_TYPES: dict[str, dict[str, str]] = {
    "regions": {"valid_from": "year", "valid_to": "year", "lon": "number", "lat": "number",
                "centre_lon": "number", "centre_lat": "number", "area_km2": "number"},
    "vintages": {"order": "integer", "valid_from": "year", "valid_to": "year"},
    "events": {"start": "year", "end": "year"},
    "breaks": {"year": "year"},
    "transfers": {"year": "year"},
    "names": {"from_year": "year", "to_year": "year"},
    "preferences": {"place": "integer", "from_year": "year", "to_year": "year"},
    "identities": {"tolerance": "number"},
    "shares": {"tolerance": "number"},
    "coverage": {"from_year": "year", "to_year": "year", "step": "integer"},
    "norms": {"value": "number", "low": "number", "high": "number"},
    "bibliography": {"stage": "integer", "shelf": "integer", "year": "integer"},
}  # fmt: skip


def descriptive_fields(name: str, columns: tuple[str, ...] | list[str]) -> tuple[Field, ...]:
    """Fields of the file `name` for the given columns.

    Examples
    --------
    >>> descriptive_fields("vintages", ("vintage", "order"))[1].type
    'integer'

    """
    types = _TYPES.get(name, {})
    return tuple(Field(column, types.get(column, "string")) for column in columns)


def whole_columns(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """`frame` of the file `name` with the known columns it lacks, empty.

    Examples
    --------
    >>> import polars as pl
    >>> whole_columns(pl.DataFrame({"vintage": ["1994"], "region": ["GE"]}), "membership").columns
    ['vintage', 'region']

    """
    import polars as pl

    lacking = [item for item in descriptive_fields(name, COLUMNS[name]) if item.name not in frame.columns]
    if not frame.columns:
        return pl.DataFrame(schema={item.name: polars_type(item.type) for item in lacking})
    return frame.with_columns(pl.lit(None, dtype=polars_type(item.type)).alias(item.name) for item in lacking)
