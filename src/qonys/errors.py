"""Every error a user can meet: one named class per kind, one clear sentence each.

The sentence is kept in the word catalogues under ``key`` so that the same error reads in
Kazakh, Russian and English. It always says what was found, where, what was expected and what
to do.
"""

from __future__ import annotations

from collections.abc import Sequence

from qonys import words

MOST_SHOWN = 600
MOST_NAMED = 4


def shown(value: object) -> object:
    r"""A value as a sentence shows it: on one line, no longer than MOST_SHOWN signs, whole without a fraction.

    Nothing is in words of Python.

    Examples
    --------
    >>> shown("one\ntwo"), shown(None), shown(True), shown(1990.0)
    ('one two', '–', 'true', 1990)

    """
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if not isinstance(value, str | list | tuple | dict | set | frozenset):
        return value
    text = ", ".join(map(_written, value)) if isinstance(value, list | tuple) else _written(value)
    if len(text) > MOST_SHOWN:
        text = text[: MOST_SHOWN - 2] + " …"
    return "".join(sign if sign.isprintable() or sign == "\u00a0" else " " for sign in text)


def _written(value: object) -> str:
    """A value as a file of settings writes it."""
    if value is None or isinstance(value, bool):
        return str(shown(value))
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_written(name)}: {_written(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_written, value)) + "]"
    return str(value)


class QonysError(Exception):
    """Base of all errors of the package; `str()` gives the English sentence."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values

    def sentence(self, language: str = "en") -> str:
        """The error as one sentence in `language` ('ru', 'kk' or 'en')."""
        return words.text(self.key, language, **{name: shown(value) for name, value in self.values.items()})

    def __str__(self) -> str:
        return self.sentence("en")


class BadInput(QonysError):
    """A file, a value or an option that a person gave cannot be used."""


class RefusedWithin(BadInput):
    """What another error says is wrong, with where it is: a file, a scenario of a plan.

    Parameters
    ----------
    key
        A sentence with the place `{problem}`, which takes the other error's sentence.
    error
        The other error.
    values
        The other places of the sentence.

    """

    def __init__(self, key: str, error: QonysError, **values: object) -> None:
        super().__init__(key, problem=error.sentence("en"), **values)
        self.error = error

    def sentence(self, language: str = "en") -> str:
        """The error as one sentence; what is wrong is in the language too."""
        self.values["problem"] = self.error.sentence(language)
        return super().sentence(language)


class RefusedCells(BadInput):
    """One fault in several cells of a column: the sentence is of the first, and the next few are named behind it.

    Parameters
    ----------
    key
        A sentence about the first cell.
    others
        Row and text of each other cell with the same fault; no text where it is empty.
    values
        The places of the sentence.

    """

    def __init__(self, key: str, others: Sequence[tuple[object, str | None]], **values: object) -> None:
        super().__init__(key, **values)
        self.others = tuple(others)

    def sentence(self, language: str = "en") -> str:
        """The error as one sentence, with the other cells."""
        own = super().sentence(language)
        if not self.others:
            return own
        named = self.others[:MOST_NAMED]
        cells = "; ".join(f"{row} ({shown(text)})" if text else str(row) for row, text in named)
        rest = len(self.others) - len(named)
        key = "errors.others_more" if rest else "errors.others"
        return own + " " + words.text(key, language, cells=cells, n=rest)


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
