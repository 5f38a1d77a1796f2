"""Counts of the work that a computation does, noted while a record is on: draws, sweeps, fits, projected years.

Counts depend on figures, settings and code alone, not on the machine, so that a test can hold them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_SPENT: ContextVar[Counter[str] | None] = ContextVar("spent", default=None)


@contextmanager
def effort() -> Iterator[Counter[str]]:
    """Counts by kind of what is spent inside; what other threads do is counted where their results are joined.

    Examples
    --------
    >>> with effort() as counts:
    ...     spent("sweeps", 10)
    ...     spent("sweeps", 5)
    >>> dict(counts)
    {'sweeps': 15}

    """
    token = _SPENT.set(Counter())
    try:
        found = _SPENT.get()
        assert found is not None
        yield found
    finally:
        _SPENT.reset(token)


def spent(kind: str, count: int) -> None:
    """Note work, if a record is on in this context."""
    counts = _SPENT.get()
    if counts is not None:
        counts[kind] += count
