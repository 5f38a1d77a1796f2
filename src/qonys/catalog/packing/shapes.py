"""Shapes of the tables that a made pack may hold, as the shipped packs have them, and the descriptor of the folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qonys import words
from qonys.catalog.ranks import STATUSES

_TAIL = ("value", "unit", "status", "source", "note")
_PERIOD = ("period", "year_start", "year_end")
_TYPES = {
    "year": "year", "year_start": "integer", "year_end": "integer", "age_start": "integer", "age_end": "integer",
    "percent_of_tfr": "number", "tfr": "number", "value": "number", "based_on_birthplace": "integer",
    "based_on_citizenship": "integer", "includes_refugees": "integer", "imputed": "integer",
}  # fmt: skip
NOT_KEYS = frozenset({"value", "status", "note", "percent_of_tfr", "tfr", "age_end"})


@dataclass(frozen=True)
class Shape:
    """Columns of a table before `value`, what it counts, and whether values may be negative."""

    columns: tuple[str, ...]
    definition: str = "as_published"
    signed: bool = False

    @property
    def all_columns(self) -> tuple[str, ...]:
        """All columns in their order."""
        return (*self.columns, *_TAIL)

    @property
    def key(self) -> tuple[str, ...]:
        """Columns that tell a row from all others."""
        return tuple(name for name in self.all_columns if name not in NOT_KEYS)


SHAPES: dict[str, Shape] = {
    "national": Shape(("year", "indicator"), "mixed_national", signed=True),
    "population_age_sex": Shape(("year", "sex", "age_start", "age_end"), "residents"),
    "population_age_sex_projection": Shape(("year", "sex", "age_start", "age_end"), "residents"),
    "mortality_age": Shape((*_PERIOD, "sex", "age_start")),
    "fertility_age": Shape((*_PERIOD, "age_start", "age_end", "percent_of_tfr", "tfr")),
    "sex_ratio_birth": Shape(_PERIOD),
    "projection_un": Shape(("year", "indicator", "variant"), signed=True),
    "partners_wpp": Shape(("year", "country", "indicator"), signed=True),
    "migrant_stock": Shape(
        ("year", "direction", "origin", "destination", "sex", "based_on_birthplace", "based_on_citizenship",
         "includes_refugees", "imputed", "revision"),
        "un_migrant_stock",
    ),
    "partners_stock": Shape(("year", "origin", "destination", "sex"), "un_migrant_stock"),
    "refugees": Shape(("year", "direction", "origin", "asylum", "population_type"), "refugees"),
    "economy_national": Shape(("year", "country", "indicator", "source_code"), signed=True),
    "partners_wdi": Shape(("year", "country", "indicator", "source_code"), signed=True),
}  # fmt: skip
SOURCES = (
    "id", "title", "publisher", "year", "licence", "licence_class", "address", "accessed", "file", "sha256",
)  # fmt: skip
REGIONS: dict[str, str] = {
    "region": "string", "iso3": "string", "name_en": "string", "name_ru": "string", "name_kk": "string",
    "short_en": "string", "short_ru": "string", "short_kk": "string", "kind": "string", "valid_from": "year",
    "valid_to": "year", "carved_from": "string", "centre_en": "string", "centre_ru": "string", "centre_kk": "string",
    "centre_lon": "number", "centre_lat": "number", "lon": "number", "lat": "number", "area_km2": "number",
    "source": "string",
}  # fmt: skip


def _field(name: str, shape: Shape) -> dict[str, Any]:
    field: dict[str, Any] = {"name": name, "type": _TYPES.get(name, "string")}
    limits: dict[str, Any] = {}
    if name in ("value", "unit", "status", "source"):
        limits["required"] = True
    if name == "value" and not shape.signed:
        limits["minimum"] = 0
    if name == "sex":
        limits["enum"] = ["both", "female", "male"]
    if name == "status":
        limits["enum"] = list(STATUSES)
    return field | ({"constraints": limits} if limits else {})


def _titles(key: str, **values: object) -> dict[str, str]:
    """A title in all languages: English under `title`, the others under `title_ru`, `title_kk`."""
    texts = {language: words.text(key, language, **values) for language in words.LANGUAGES}
    return {"title": texts["en"], **{f"title_{language}": text for language, text in texts.items() if language != "en"}}


def _resource(table: str) -> dict[str, Any]:
    shape = SHAPES[table]
    return {
        **_file(table.replace("_", "-"), f"tables/{table}.csv"),
        **_titles(f"packing.table.{table}"),
        "qonys:table": table,
        "qonys:kind": "tables",
        "qonys:definition": shape.definition,
        "schema": {
            "fields": [_field(name, shape) for name in shape.all_columns],
            "primaryKey": list(shape.key),
            "foreignKeys": [{"fields": ["source"], "reference": {"resource": "sources", "fields": ["id"]}}],
        },
    }


def _file(name: str, path: str) -> dict[str, Any]:
    return {"name": name, "path": path, "format": "csv", "mediatype": "text/csv", "encoding": "utf-8"}


def descriptor(
    name: str, country: Mapping[str, str], tables: Sequence[str], years: tuple[int, int], sources: Sequence[str]
) -> dict[str, Any]:
    """The document `datapackage.json`: a Frictionless Data Package.

    Parameters
    ----------
    name
        Name of the pack: small letters, digits, hyphens.
    country
        code, iso3, kin_groups, name_en, name_ru, name_kk.
    tables
        Names of the tables that the folder holds.
    years
        First and last year of the figures.
    sources
        Titles of the sources.

    """
    titles = {
        language: words.text(
            "packing.pack.title", language, country=country[f"name_{language}"], first=years[0], last=years[1]
        )
        for language in words.LANGUAGES
    }
    return {
        "name": name,
        "title": titles["en"],
        **{f"title_{language}": text for language, text in titles.items() if language != "en"},
        "version": "1",
        "languages": list(words.LANGUAGES),
        "country": dict(country),
        "licenses": [{
            "name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/",
            "title": "Arrangement of the tables; each figure keeps the licence of its source, see sources.csv",
        }],
        "sources": [{"title": title, "path": "sources.csv"} for title in sources],
        "resources": [
            *(_resource(table) for table in tables),
            {**_file("sources", "sources.csv"), "title": "sources",
             "schema": {"fields": [{"name": column, "type": "string"} for column in SOURCES], "primaryKey": ["id"]}},
            {**_file("regions", "regions.csv"), "title": "regions",
             "schema": {"fields": [{"name": column, "type": kind} for column, kind in REGIONS.items()],
                        "primaryKey": ["region"]}},
        ],
    }  # fmt: skip
