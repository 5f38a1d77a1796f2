"""A figure as the command line writes it."""

from __future__ import annotations

import math

from qonys import words

FIGURES = 8


def figure(value: float, language: str, *, plus: bool = False) -> str:
    """A figure with as many decimals as it has: at most four and eight figures in all, four figures of a fraction.

    Examples
    --------
    >>> figure(1234567.0, "en"), figure(65.63, "ru"), figure(0.00012345678, "en"), figure(3608989.6974, "en")
    ('1,234,567', '65,63', '0.0001235', '3,608,989.7')

    """
    if value == int(value):
        return words.number(value, language, 0, plus=plus)
    size = math.floor(math.log10(abs(value)))
    most = max(0, min(4, FIGURES - 1 - size)) if size >= 0 else 3 - size
    written = f"{value:.{min(most, 12)}f}"
    written = written.rstrip("0") if "." in written else written
    return words.number(value, language, len(written.partition(".")[2]), plus=plus)
