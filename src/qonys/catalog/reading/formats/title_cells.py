"""Titles and units that stand beside a table: cells of its first rows that are no part of the header."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qonys.catalog.reading.labels.vocabulary import codes_by_word, plain
from qonys.catalog.reading.numbers.powers import says_unit

Row = list[str | None]
NUMBER_CELL = re.compile(r"(?:[+\-\u2212\u2013]\s?)?\.?\d[\d .,\u00a0\u202f]*(?:[eE][+-]?\d+)?%?")
YEAR_CELL = re.compile(r"(1[5-9]|20|21)\d\d")
_MULTIPLE = re.compile(r"(тыс|млн|мың|thousand|million)")
DEEPEST = 3


def is_number(text: str | None) -> bool:
    """Whether a cell is written as a number."""
    return text is not None and NUMBER_CELL.fullmatch(text) is not None


def is_unit(text: str) -> bool:
    """Whether a cell is the name of a unit: «человек», "(thousand persons)".

    Examples
    --------
    >>> is_unit("(тыс. человек)"), is_unit("Population")
    (True, False)

    """
    inside = plain(text.strip("()[]"))
    return bool(inside) and (inside in codes_by_word("unit") or _MULTIPLE.match(inside) is not None)


def is_title_row(row: Row, below: Sequence[Row]) -> bool:
    """Whether a row of several cells is a title above a header: texts with gaps or with a unit, above names of columns.

    Parameters
    ----------
    row
        Cells; None where nothing stands.
    below
        The rows below that have cells: the first is the header if `row` is a title, the second has numbers.

    Examples
    --------
    >>> is_title_row(["Table 1", "thousand"], [["region", "population"], ["A", "1.5"]])
    True
    >>> is_title_row(["region", "thousand"], [["A", "1.5"], ["B", "2.5"]])
    False

    """
    if len(below) < 2 or not below[0] or below[0][0] is None or not any(row) or any(map(is_number, row)):
        return False
    header, first = below[0], below[1]
    wide = [place for place, cell in enumerate(header) if cell]
    own = [place for place, cell in enumerate(row) if cell]
    if len(own) < 2 or row[own[0]] == header[own[0]] or not _names_columns(header, len(own)):
        return False
    if not any(is_number(first[place]) and not is_number(header[place]) for place in wide if place < len(first)):
        return False
    gaps = any(place >= len(row) or row[place] is None for place in wide)
    return gaps or any(_says_unit(row[place]) for place in own)


def lone_units(rows: Sequence[Row], start: int) -> dict[tuple[int, int], str]:
    """Row and column of the units in the header of a table, from row `start`, that alone stand in their columns."""
    found: dict[tuple[int, int], str] = {}
    for index, row in enumerate(rows[start : start + DEEPEST], start):
        if any(is_number(cell) and not YEAR_CELL.fullmatch(cell or "") for cell in row):
            break
        for place, cell in enumerate(row):
            if cell and place and _says_unit(cell) and _alone(rows[start:], place):
                found[index, place] = cell
    return found


def _names_columns(header: Row, width: int) -> bool:
    """Whether cells are names of columns; years among them only in a row wider than the title above it."""
    cells = [cell for cell in header if cell]
    years = [cell for cell in cells if YEAR_CELL.fullmatch(cell)]
    names = [cell for cell in cells if not is_number(cell) and any(sign.isalpha() for sign in cell)]
    return len(cells) >= width and len(names) + len(years) == len(cells) and (not years or len(cells) > width)


def _says_unit(cell: str | None) -> bool:
    return cell is not None and (is_unit(cell) or says_unit(cell))


def _alone(rows: Sequence[Row], place: int) -> bool:
    return sum(place < len(row) and row[place] is not None for row in rows) == 1
