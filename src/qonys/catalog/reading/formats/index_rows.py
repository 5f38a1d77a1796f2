"""Headers of several rows as pandas writes them: the names of the index stand in a row of their own, or nowhere.

``df.to_csv()`` of a table with several levels of columns gives one row per level, the name of the level in its first
cell (``df.to_excel()``: in the last one above the index), then a row that names the index and is empty beside (pandas,
``DataFrame.to_csv``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

Row = list[str | None]
LEVELS = 4
LOOKED_AT = 12
_NUMBER = re.compile(r"(?:[+\-\u2212\u2013]\s?)?\.?\d[\d .,\u00a0\u202f]*(?:[eE][+-]?\d+)?%?")
_YEAR = re.compile(r"(1[5-9]|20|21)\d\d")


def header_of_levels(rows: Sequence[Row]) -> tuple[int, int, list[Row]] | None:
    """First and last row of such a header, and its rows with the names of the index in the first; None: there is none.

    Examples
    --------
    >>> header_of_levels([["year", "2019", "2019"], ["sex", "men", "women"], ["region", None, None], ["A", "1", "2"]])
    (0, 2, [['region', '2019', '2019'], [None, 'men', 'women']])

    """
    for last in range(1, min(len(rows) - 1, LOOKED_AT)):
        index = _names_of_index(rows, last)
        if index:
            first = _first_level(rows, last, index)
            if last - first > 1:
                return first, last, _named(rows[first:last], rows[last][:index])
    for first in range(min(len(rows) - 2, LOOKED_AT)):
        if _repeats_above_levels(rows, first):
            own = rows[first][0] if rows[first][0] == rows[first + 1][0] else None
            return first, first + 1, _named(rows[first : first + 2], [own])
    return None


def _names_of_index(rows: Sequence[Row], place: int) -> int:
    """How many first cells name the index in a row that is empty otherwise, between full rows; 0 where it is none."""
    row, above, below = rows[place], rows[place - 1], rows[place + 1]
    filled = [column for column, cell in enumerate(row) if cell]
    index = len(filled)
    if not index or filled != list(range(index)) or len(row) - index < 2 or any(_is_figure(cell) for cell in row):
        return 0
    full = all(above[index:]) and sum(map(bool, above[:index])) <= 1 and not any(_is_figure(cell) for cell in above)
    figures = any(_is_figure(cell) for cell in below[index:]) and all(below[:index])
    return index if full and figures else 0


def _first_level(rows: Sequence[Row], last: int, index: int) -> int:
    """The first row of levels above the row that names the index: each fills other cells than those of the index."""
    first = last - 1
    while first > 0 and last - first < LEVELS and _is_level(rows[first - 1], index):
        first -= 1
    return first


def _is_level(row: Row, index: int) -> bool:
    return bool(row[index]) and sum(map(bool, row[:index])) <= 1 and not any(_is_figure(cell) for cell in row)


def _repeats_above_levels(rows: Sequence[Row], first: int) -> bool:
    """Whether a row repeats texts that the row below, of texts as well, tells apart, and figures follow."""
    upper, lower, body = rows[first : first + 3]
    pairs = list(zip(upper[1:], lower[1:], strict=True))
    if len(pairs) < 2 or not all(all(pair) for pair in pairs) or len(set(upper[1:])) == len(pairs):
        return False
    different = len(set(pairs)) == len(pairs) and not any(map(_is_figure, (*upper, *lower)))
    under = [_is_figure(cell) for (text, _), cell in zip(pairs, body[1:], strict=True) if upper[1:].count(text) > 1]
    return different and bool(under) and all(under) and not _is_figure(lower[0])


def _named(levels: Sequence[Row], index: Sequence[str | None]) -> list[Row]:
    """The rows of levels with the names of the index in the first of them instead of the names of the levels."""
    blank: Row = [None] * len(index)
    return [[*(index if place == 0 else blank), *row[len(index) :]] for place, row in enumerate(levels)]


def _is_figure(cell: str | None) -> bool:
    """Whether a cell is a number other than a year."""
    return cell is not None and _NUMBER.fullmatch(cell) is not None and _YEAR.fullmatch(cell) is None
