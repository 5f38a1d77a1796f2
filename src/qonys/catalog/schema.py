"""Reading of `datapackage.json`: resources, fields, keys, and their Polars types.

The document is a Frictionless Data Package. Own properties begin with ``qonys:``: the logical
table that a file belongs to, whether the file holds tables or secondary figures, the definition
of what is counted, and the name of the value column.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qonys.errors import BadInput

if TYPE_CHECKING:
    import polars as pl

DESCRIPTOR = "datapackage.json"
FIELD_TYPES: tuple[str, ...] = ("string", "integer", "number", "boolean", "date", "year", "any")
NOT_KEYS: frozenset[str] = frozenset({"value", "source", "status", "note", "rank", "owner"})


@dataclass(frozen=True)
class Field:
    """One column of a file as the schema states it."""

    name: str
    type: str = "string"
    title: str = ""
    description: str = ""
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    enum: tuple[str, ...] = ()
    pattern: str | None = None


@dataclass(frozen=True)
class ForeignKey:
    """A column whose values must stand in another file."""

    columns: tuple[str, ...]
    resource: str
    references: tuple[str, ...]


@dataclass(frozen=True)
class Resource:
    """One file of the pack with its schema."""

    name: str
    path: str
    fields: tuple[Field, ...]
    table: str | None = None
    kind: str = "tables"
    definition: str | None = None
    values: tuple[str, ...] = ("value",)
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns in the order of the schema."""
        return tuple(item.name for item in self.fields)

    @property
    def region_columns(self) -> tuple[str, ...]:
        """Columns that hold regions: those that refer to the regions, by the schema's foreign keys.

        Where the schema says nothing: `region`, and in a table with boundaries (`vintage`) also
        `origin` and `destination`, which otherwise are countries.
        """
        referring = tuple(
            name for key in self.foreign_keys if key.resource == "regions" for name in key.columns
        )
        likely = ("region", "origin", "destination") if "vintage" in self.columns else ("region",)
        return referring or tuple(name for name in likely if name in self.columns)

    def statement_key(self) -> tuple[str, ...]:
        """Columns that say *what* is stated: the key without source, status, note and values, with unit.

        Two rows that agree in these columns state the same thing.
        """
        aside = NOT_KEYS | set(self.values)
        base = self.primary_key or self.columns
        key = [name for name in base if name not in aside]
        if "unit" in self.columns and "unit" not in key:
            key.append("unit")
        return tuple(key)


@dataclass(frozen=True)
class Descriptor:
    """The readable part of `datapackage.json`."""

    name: str
    titles: Mapping[str, str]
    languages: tuple[str, ...]
    country: Mapping[str, str]
    resources: tuple[Resource, ...]


def read_descriptor(folder: Path) -> Descriptor:
    """Read `folder/datapackage.json`.

    Raises
    ------
    BadInput
        The file is missing, is not JSON or lacks a needed property.

    """
    path = folder / DESCRIPTOR
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadInput("catalog.pack.no_descriptor", folder=str(folder)) from None
    except json.JSONDecodeError as error:
        raise BadInput(
            "catalog.pack.bad_json", path=str(path), row=error.lineno, column=error.colno
        ) from None
    except UnicodeDecodeError:
        raise BadInput("catalog.pack.not_utf8", path=str(path)) from None
    if not isinstance(document, dict) or not isinstance(document.get("resources"), list):
        raise BadInput("catalog.pack.no_property", path=str(path), name="resources")
    try:
        return Descriptor(
            name=str(document["name"]),
            titles=_titles(document),
            languages=tuple(document.get("languages", ("en",))),
            country={key: str(value) for key, value in document.get("country", {}).items()},
            resources=tuple(_resource(item) for item in document["resources"]),
        )
    except KeyError as error:
        raise BadInput("catalog.pack.no_property", path=str(path), name=str(error.args[0])) from None


def _titles(document: Mapping[str, Any]) -> dict[str, str]:
    """Titles by language: `title` is one text (English) or one per language, `title_ru` one more."""
    given = document.get("title", document["name"])
    titles = {str(k): str(v) for k, v in given.items()} if isinstance(given, dict) else {"en": str(given)}
    more = {
        key.removeprefix("title_"): str(text) for key, text in document.items() if key.startswith("title_")
    }
    return titles | more


def _resource(document: Mapping[str, Any]) -> Resource:
    schema = document.get("schema", {})
    path = document["path"]
    values = document.get("qonys:value", ["value"])
    return Resource(
        name=str(document["name"]),
        path=str(path[0] if isinstance(path, list) else path),
        fields=tuple(_field(item) for item in schema.get("fields", ())),
        table=document.get("qonys:table"),
        kind=document.get("qonys:kind", "tables"),
        definition=document.get("qonys:definition"),
        values=tuple(values) if isinstance(values, list) else (str(values),),
        primary_key=_names(schema.get("primaryKey", ())),
        foreign_keys=tuple(_foreign_key(item) for item in schema.get("foreignKeys", ())),
        titles=_titles(document),
    )


def _field(document: Mapping[str, Any]) -> Field:
    limits = document.get("constraints", {})
    kind = str(document.get("type", "string"))
    return Field(
        name=str(document["name"]),
        type=kind if kind in FIELD_TYPES else "string",
        title=str(document.get("title", "")),
        description=str(document.get("description", "")),
        required=bool(limits.get("required", False)),
        minimum=_limit(limits.get("minimum")),
        maximum=_limit(limits.get("maximum")),
        enum=tuple(str(item) for item in limits.get("enum", ())),
        pattern=limits.get("pattern"),
    )


def _limit(given: Any) -> float | None:
    return None if given is None else float(given)


def _foreign_key(document: Mapping[str, Any]) -> ForeignKey:
    reference = document["reference"]
    return ForeignKey(
        columns=_names(document["fields"]),
        resource=str(reference.get("resource", "")),
        references=_names(reference["fields"]),
    )


def _names(given: str | Sequence[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(str(item) for item in given)


def polars_type(kind: str) -> pl.DataType:
    """Polars type of a Frictionless field type.

    Examples
    --------
    >>> polars_type("year")
    Int32

    """
    import polars as pl

    types: dict[str, pl.DataType] = {
        "integer": pl.Int64(),
        "number": pl.Float64(),
        "boolean": pl.Boolean(),
        "date": pl.Date(),
        "year": pl.Int32(),
    }
    return types.get(kind, pl.String())
