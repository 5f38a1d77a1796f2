"""How many figures of a number are written: those that its interval carries."""

from __future__ import annotations

import math
from collections.abc import Iterable
from statistics import median

WIDE = 10_000.0  # persons: an interval as wide as this leaves the hundreds unknown
FINEST = 4  # decimals


def step_of(low: float | None, high: float | None) -> int:
    """Power of ten to which persons from `low` to `high` are rounded: thousands, or a hundredth of a wide interval.

    Examples
    --------
    >>> step_of(-3_003_000, -2_585_000), step_of(17_842_000, 41_318_000)
    (3, 5)

    """
    width = 0.0 if low is None or high is None else abs(high - low)
    return max(3, math.floor(math.log10(width)) - 2) if width else 3


def thousands_decimals(lows: Iterable[float | None], highs: Iterable[float | None]) -> int:
    """Decimals of thousands in a table whose intervals, in persons, have these ends: one, or none where most are wide.

    Examples
    --------
    >>> thousands_decimals([503_000, -600_000], [1_185_000, -352_000]), thousands_decimals([1_200], [2_900])
    (0, 1)

    """
    widths = [abs(high - low) for low, high in zip(lows, highs, strict=True) if low is not None and high is not None]
    return 0 if widths and median(widths) >= WIDE else 1


def decimals_apart(low: float | None, high: float | None, decimals: int) -> int:
    """Decimals, at least `decimals`, with which the ends of an interval are written differently.

    Examples
    --------
    >>> decimals_apart(0.3727, 0.3733, 2), decimals_apart(0.14, 0.16, 2), decimals_apart(0.5, 0.5, 2)
    (4, 2, 2)

    """
    if low is None or high is None or low == high:
        return decimals
    fine = (places for places in range(decimals, FINEST) if f"{low:.{places}f}" != f"{high:.{places}f}")
    return next(fine, max(decimals, FINEST))
