"""Every error a user can meet: one named class per kind, one clear sentence each.

The sentence is kept in the word catalogues under ``key`` so that the same error reads in
Kazakh, Russian and English. It always says what was found, where, what was expected and what
to do.
"""

from __future__ import annotations

from qonys import words


class QonysError(Exception):
    """Base of all errors of the package; `str()` gives the English sentence."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values

    def sentence(self, language: str = "en") -> str:
        """The error as one sentence in `language` ('ru', 'kk' or 'en')."""
        return words.text(self.key, language, **self.values)

    def __str__(self) -> str:
        return self.sentence("en")


class BadInput(QonysError):
    """A file, a value or an option that a person gave cannot be used."""


class UnknownName(QonysError):
    """A table, pack, region, source or other name that does not exist."""


class AxisMismatch(QonysError):
    """Two quantities do not have the same labels on an axis; nothing is joined silently."""


class DefinitionMismatch(QonysError):
    """Two quantities count different things (unit, definition, move against transition)."""


class VintageMismatch(QonysError):
    """Figures of one boundary vintage cannot be brought to another exactly."""


class IdentityBroken(QonysError):
    """An accounting identity does not hold."""


class StoreDamaged(QonysError):
    """The figure store cannot be read and cannot be rebuilt."""


class RenderFailed(QonysError):
    """A page, chart or document could not be produced."""
