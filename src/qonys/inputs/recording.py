"""Record of what a computation reads from a pack: figures and how they are read, noted while a recording is on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

ROLE, CHOSEN, NAMED = ":", "!", "?"


class Reading(NamedTuple):
    """A figure as it was read: all rows or those of a role.

    `chosen`: one row for each place, by the written order. `named`: only who states it was asked, no value.
    """

    figure: str
    role: str | None = None
    chosen: bool = False
    named: bool = False

    @property
    def text(self) -> str:
        """The reading as one word: `births`, `births:model`, `births:model!` (chosen), `births?` (named)."""
        role = ROLE + self.role if self.role else ""
        return self.figure + role + (CHOSEN if self.chosen else "") + (NAMED if self.named else "")

    @classmethod
    def of(cls, text: str) -> Reading:
        """The reading that a text names.

        Examples
        --------
        >>> Reading.of("births:model!")
        Reading(figure='births', role='model', chosen=True, named=False)
        >>> Reading.of("births?").text
        'births?'

        """
        figure, _, role = text.rstrip(CHOSEN + NAMED).partition(ROLE)
        return cls(figure, role or None, CHOSEN in text, NAMED in text)


_NOTED: ContextVar[set[Reading] | None] = ContextVar("noted", default=None)


@contextmanager
def recording(apart: bool = False) -> Iterator[set[Reading]]:
    """A set that fills with what is read inside; recordings may stand inside each other.

    `apart`: what is read inside is not noted in the recording around it.

    Examples
    --------
    >>> with recording() as reads:
    ...     note(Reading("births"))
    >>> reads
    {Reading(figure='births', role=None, chosen=False, named=False)}

    """
    outer = _NOTED.get()
    inner: set[Reading] = set()
    token = _NOTED.set(inner)
    try:
        yield inner
    finally:
        _NOTED.reset(token)
        if outer is not None and not apart:
            outer |= inner


@contextmanager
def aside() -> Iterator[None]:
    """What is read inside is not noted: settings that every result depends on anyway."""
    token = _NOTED.set(None)
    try:
        yield
    finally:
        _NOTED.reset(token)


def note(reading: Reading) -> None:
    """Note a reading, if a recording is on in this context."""
    noted = _NOTED.get()
    if noted is not None:
        noted.add(reading)
