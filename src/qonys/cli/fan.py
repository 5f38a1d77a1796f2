"""A fan of a projection, drawn in characters below its table: median, 80 % and 95 % of the draws by year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from qonys import words

if TYPE_CHECKING:
    import polars as pl

HEIGHT, WIDTH, LEFT = 11, 66, 10
LEVELS = ("q2.5", "q10", "q50", "q90", "q97.5")
OUTER, INNER, MIDDLE = "░", "▒", "█"
SCALES = ((1e6, "cli.fan.millions"), (1e3, "cli.fan.thousands"), (1.0, ""))
Array = NDArray[np.float64]


def fan(frame: pl.DataFrame, language: str) -> list[str]:
    """Lines of the drawing; `frame` has year and the quantiles of one measure, one row a year.

    Examples
    --------
    >>> import polars as pl
    >>> rows = {"year": [2020, 2021], "q2.5": [1.0, 1.0], "q10": [1.0, 2.0], "q50": [1.0, 3.0]}
    >>> print(fan(pl.DataFrame({**rows, "q90": [1.0, 4.0], "q97.5": [1.0, 5.0]}), "en")[0].rstrip()[-1])
    ░

    """
    years = [int(year) for year in frame["year"]]
    wide = max(1, WIDTH // len(years))
    ends = frame.select(LEVELS).to_numpy().T
    low, high = float(ends.min()), float(ends.max())
    step = (high - low) / (HEIGHT - 1) or 1.0
    rows = np.rint((ends - low) / step).astype(int)
    scale, unit = next((size, key) for size, key in SCALES if high >= size or size == 1.0)
    lines = [f"{words.text(unit, language):>{LEFT}}"] if unit else []
    for row in reversed(range(HEIGHT)):
        label = words.number((low + row * step) / scale, language, 1) if row % 2 == 0 else ""
        lines.append(f"{label:>{LEFT}} ┤" + "".join(_sign(column, row) * wide for column in rows.T))
    lines = [line.rstrip() for line in lines]
    shown = words.text("cli.fan.legend", language, middle=MIDDLE, inner=INNER, outer=OUTER)
    return [*lines, " " * LEFT + " └" + "─" * (wide * len(years)), _years(years, wide), "", shown]


def _sign(levels: Array, row: int) -> str:
    """The sign of a year in a row; the levels are rows of the quantiles."""
    outer, inner, middle, inner_end, outer_end = levels
    if row == middle:
        return MIDDLE
    if inner <= row <= inner_end:
        return INNER
    return OUTER if outer <= row <= outer_end else " "


def _years(years: Sequence[int], wide: int) -> str:
    """Labels below the axis, where they have room."""
    apart = 5 if wide > 1 else 10
    line = [" "] * (LEFT + 2 + wide * len(years) + 4)
    free = 0
    for place, year in enumerate(years):
        at = LEFT + 2 + wide * place
        if (year % apart == 0 or place == 0) and at >= free:
            line[at : at + 4] = str(year)
            free = at + 6
    return "".join(line).rstrip()
