"""What reading left out, turned or multiplied: said to the person, whoever reads the file.

A command listens and prints each note at once; where nobody listens they are dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[str, dict[str, object]], None]
_LISTENER: ContextVar[Listener | None] = ContextVar("listener", default=None)


def note(key: str, **values: object) -> None:
    """Say something about a file: a key of the word catalogues and its values."""
    listener = _LISTENER.get()
    if listener is not None:
        listener(key, values)


@contextmanager
def without_note(key: str) -> Iterator[None]:
    """Inside the block all notes are heard but those of this key."""
    listener = _LISTENER.get()

    def others(said: str, values: dict[str, object]) -> None:
        if listener is not None and said != key:
            listener(said, values)

    with listening(others):
        yield


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """`listener` hears every note of what is read inside the block."""
    token = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(token)
