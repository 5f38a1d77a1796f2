"""The register of notions, from `notions.toml`: definitions, and where the values of each stand in the results."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "notions.toml"
TEXT = "="  # before a key's value that is a constant, not the name of a number
YEARS = ("year", "start", "end", "since")
_BRACES = re.compile(r"\{(\w+)\}")
_OWN = {"n", "t", "v", "l", "h", "k", "w", "upto", "above", "but"}


@dataclass(frozen=True)
class Place:
    """Where values of a variant stand: a stored number (a pattern with keys in braces) or a column of a stored table.

    `keys`: key -> column of the table; `given`: key -> name of a number or of a period (`study.runs.dates`; other keys
    of the value stand in it in braces), or a constant after "="; `where`: column -> the value or values of the rows
    that belong here; `upto`, `above`: key -> name of the number that ends or opens the rows; `but`: key -> the value
    that does not belong here.
    """

    number: str = ""
    table: str = ""
    value: str = ""
    low: str = ""
    high: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict)
    where: Mapping[str, Any] = field(default_factory=dict)
    upto: Mapping[str, str] = field(default_factory=dict)
    above: Mapping[str, str] = field(default_factory=dict)
    but: Mapping[str, str] = field(default_factory=dict)

    def found(self, name: str) -> dict[str, str] | None:
        """Keys in the name of a number; None where the number does not stand here.

        Examples
        --------
        >>> Place("projection.population.{year}").found("projection.population.2050")
        {'year': '2050'}
        >>> Place("projection.population.{year}").found("projection.effect.2050")

        """
        match = self._pattern.fullmatch(name) if self.number else None
        keys = match.groupdict() if match else None
        return None if keys is None or any(keys.get(key) == value for key, value in self.but.items()) else keys

    @property
    def _pattern(self) -> re.Pattern[str]:
        return _pattern(self.number)


@cache
def _pattern(number: str) -> re.Pattern[str]:
    parts = _BRACES.split(number)
    kinds = {name: r"\d{4}" if name in YEARS else "[A-Za-z0-9-]+(?:_[a-z]+)*" for name in parts[1::2]}
    texts = (f"(?P<{part}>{kinds[part]})" if place % 2 else re.escape(part) for place, part in enumerate(parts))
    return re.compile("".join(texts))


@dataclass(frozen=True)
class Variant:
    """One definition of a notion: codes of its reference date, boundaries and model, and its places."""

    notion: str
    id: str
    date: str
    boundaries: str
    model: str
    places: tuple[Place, ...] = field(compare=False)

    @property
    def key(self) -> str:
        """Its text in the catalogue: what it is and how it differs from the variant that leads."""
        return f"notion.{self.notion}.{self.id}"


@dataclass(frozen=True)
class Notion:
    """What results speak of: its unit and its variants, the leading ones first."""

    id: str
    unit: str
    variants: tuple[Variant, ...]


@dataclass(frozen=True)
class Register:
    """All notions, the patterns of numbers that belong to a method, and of tables without a value of a notion."""

    notions: tuple[Notion, ...]
    apart: tuple[str, ...]
    tables_apart: tuple[str, ...]

    def of_number(self, name: str) -> Variant | None:
        """The variant of which a stored number is a value."""
        return next((v for v in self.variants() if any(place.found(name) is not None for place in v.places)), None)

    def of_table(self, name: str) -> tuple[Variant, ...]:
        """The variants whose values stand in a stored table."""
        return tuple(v for v in self.variants() if any(place.table == name for place in v.places))

    def is_apart(self, name: str) -> bool:
        """Whether a stored number belongs to a method."""
        return any(fnmatch(name, pattern) for pattern in self.apart)

    def is_table_apart(self, name: str) -> bool:
        """Whether a stored table holds no value of a notion."""
        return any(fnmatch(name, pattern) for pattern in self.tables_apart)

    def variants(self) -> tuple[Variant, ...]:
        """All variants in order."""
        return tuple(variant for notion in self.notions for variant in notion.variants)


def _place(row: dict[str, Any]) -> Place:
    return Place(
        number=row.get("n", ""), table=row.get("t", ""), value=row.get("v", ""), low=row.get("l", ""),
        high=row.get("h", ""), keys=row.get("k", {}), where=row.get("w", {}), upto=row.get("upto", {}),
        above=row.get("above", {}), but=row.get("but", {}),
        given={key: str(value) for key, value in row.items() if key not in _OWN},
    )  # fmt: skip


@cache
def register() -> Register:
    """The register of notions."""
    document = tomllib.loads(FILE.read_text(encoding="utf-8"))
    apart = document.pop("apart")
    notions = []
    for name, about in document.items():
        variants = (
            Variant(name, v["id"], v["date"], v["boundaries"], v["model"], tuple(_place(p) for p in v["places"]))
            for v in about["variants"]
        )
        notions.append(Notion(name, about["unit"], tuple(variants)))
    return Register(tuple(notions), tuple(apart["numbers"]), tuple(apart["tables"]))
