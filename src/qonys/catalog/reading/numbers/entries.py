"""An entry of a document that a person wrote (a claim, a measure, a rule): fields of their kinds, else one sentence."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from qonys.errors import BadInput

WANTED = "catalog.reading.entry."


@dataclass(frozen=True)
class Entry:
    """Names and values of one place of a document; every method raises `BadInput` that names file, place and field.

    Attributes
    ----------
    path
        The file, for errors.
    place
        Where the entry stands, as a person would find it (``measures 2``); empty for the document itself.
    values
        What stands there.

    """

    path: str
    place: str
    values: Mapping[str, Any]

    def __contains__(self, field: str) -> bool:
        """Whether the field is there and not empty."""
        return self.values.get(field) is not None

    def refuse(self, kind: str, field: str, **more: object) -> BadInput:
        """The error that a field is not of a kind."""
        values = {"value": self.values.get(field)} | more
        return BadInput(f"{WANTED}{kind}", path=self.path, name=self._name(field), **values)

    def only(self, known: Collection[str]) -> None:
        """Refuse fields that are not known."""
        for field in self.values:
            if field not in known:
                raise BadInput(f"{WANTED}unknown", path=self.path, name=self._name(field), known=", ".join(known))

    def text(self, field: str, default: str | None = None) -> str:
        """A text that is not empty."""
        return str(self._of_kind(field, "text", str, default))

    def number(self, field: str, default: float | None = None) -> float:
        """A number."""
        return float(self._of_kind(field, "number", (int, float), default))

    def whole(self, field: str, ends: tuple[float, float], default: int | None = None) -> int:
        """A whole number between two ends."""
        value = int(self._of_kind(field, "whole", int, default))
        if not ends[0] <= value <= ends[1]:
            raise self.refuse("range", field, low=f"{ends[0]:.15g}", high=f"{ends[1]:.15g}")
        return value

    def flag(self, field: str, default: bool | None = None) -> bool:
        """True or false."""
        return bool(self._of_kind(field, "flag", bool, default))

    def choice(self, field: str, known: Collection[str], default: str | None = None) -> str:
        """One of the known words."""
        value = self.text(field, default)
        if value not in known:
            raise self.refuse("choice", field, known=", ".join(known))
        return value

    def words(self, field: str) -> tuple[str, ...]:
        """Texts of a list; none where the field is not there."""
        found = self.values.get(field) if field in self else []
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            raise self.refuse("words", field)
        return tuple(found)

    def years(self, field: str, ends: tuple[float, float]) -> tuple[int, int]:
        """The first and the last of a span of years, in order and between two ends."""
        value = self.values.get(field)
        if not isinstance(value, list) or len(value) != 2 or not all(type(year) is int for year in value):
            raise self.refuse("years", field)
        if not ends[0] <= value[0] <= value[1] <= ends[1]:
            raise self.refuse("years", field)
        return value[0], value[1]

    def texts(self, field: str, default: Mapping[str, str] | None = None) -> Mapping[str, str]:
        """A text by language."""
        value = self.values.get(field, default)
        if not isinstance(value, Mapping) or not all(isinstance(one, str) for one in value.values()):
            raise self.refuse("texts", field)
        return {str(key): text for key, text in value.items()}

    def entry(self, field: str) -> Entry:
        """Names and values inside."""
        value = self.values.get(field)
        if not isinstance(value, Mapping):
            raise self.refuse("entry", field)
        return Entry(self.path, self._name(field), value)

    def entries(self, field: str) -> tuple[Entry, ...]:
        """A list of names and values inside; none where the field is not there."""
        value = self.values.get(field) if field in self else []
        if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
            raise self.refuse("entries", field)
        return tuple(Entry(self.path, f"{self._name(field)} {place}", one) for place, one in enumerate(value, 1))

    def _name(self, field: str) -> str:
        return f"{self.place}: {field}" if self.place else field

    def _of_kind(self, field: str, kind: str, types: type | tuple[type, ...], default: Any) -> Any:
        value = self.values.get(field)
        if value is None and default is not None:
            return default
        fits = isinstance(value, types) and isinstance(value, bool) == (types is bool)
        if not fits or (value == "" and default is None):
            raise self.refuse(kind, field)
        return value
