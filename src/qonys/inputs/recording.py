"""What a computation truly reads of a pack: figure ids, noted while a recording is on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_NOTED: ContextVar[set[str] | None] = ContextVar("noted", default=None)


@contextmanager
def recording() -> Iterator[set[str]]:
    """A set that fills with the ids of the figures read inside; recordings may stand inside each other.

    Examples
    --------
    >>> with recording() as reads:
    ...     note("births")
    >>> reads
    {'births'}

    """
    outer = _NOTED.get()
    inner: set[str] = set()
    token = _NOTED.set(inner)
    try:
        yield inner
    finally:
        _NOTED.reset(token)
        if outer is not None:
            outer |= inner


@contextmanager
def aside() -> Iterator[None]:
    """What is read inside is not noted: settings that every result depends on anyway."""
    token = _NOTED.set(None)
    try:
        yield
    finally:
        _NOTED.reset(token)


def note(figure: str) -> None:
    """Note that a figure was read, if a recording is on in this context."""
    noted = _NOTED.get()
    if noted is not None:
        noted.add(figure)
