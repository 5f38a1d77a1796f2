"""Titles above a table and notes below it that the sign between cells has cut into cells, made whole again."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qonys.catalog.reading.formats.title_cells import NUMBER_CELL, YEAR_CELL
from qonys.catalog.reading.labels.vocabulary import codes_by_word, plain
from qonys.catalog.reading.numbers.powers import says_unit

Row = list[str | None]
_NO_VALUE = re.compile(r"[\W_]*|n/?a|nan|null|x|х", re.IGNORECASE)
_WORDS = 4


def whole_sentences(cells: Sequence[Row]) -> list[Row]:
    """The rows of a file with each title above the table and each note below it in one cell.

    A cut sentence has texts and years in its first cells and nothing behind them, not even the sign between cells. A
    blank begins its further cells, as in no row of the table; or a blank row parts it from the table (a note then has
    four words or more, or says a unit). A title stands above a row without numbers, in whose columns numbers follow.

    Examples
    --------
    >>> whole_sentences([["Moves", " 2019"], ["from", "value"], ["A", "5"], ["Estimate", " by the office"]])
    [['Moves, 2019'], ['from', 'value'], ['A', '5'], ['Estimate, by the office']]

    """
    rows = list(cells)
    filled = [place for place, row in enumerate(rows) if _filled(row)]
    spaced = any(_begins_with_blank(rows[place]) for place in filled[len(filled) // 2 :][: max(1, len(filled) // 4)])
    for number, place in enumerate(filled[:-2]):
        blank_below = filled[number + 1] > place + 1
        cut = _is_cut(rows[place]) and not _is_header(rows[place])
        if not (cut and (blank_below or (_begins_with_blank(rows[place]) and not spaced))):
            break
        if not _heads(rows[filled[number + 1]], [rows[below] for below in filled[number + 2 :]]):
            break
        rows[place] = [_joined(rows[place])]
    width = max((len(_filled(row)) for row in rows), default=0)
    for above, place in zip(filled[-2::-1], filled[:1:-1], strict=False):
        row = rows[place]
        if len(_filled(row)) > 1:
            text, apart = _joined(row), place > above + 1
            marked = _begins_with_blank(row) and not spaced
            long = len(text.split()) >= _WORDS and len(row) < width
            if not (_is_cut(row) and (marked or (apart and long) or says_unit(text))):
                break
            rows[place] = [text]
    return rows


def _filled(row: Row) -> list[str]:
    return [cell for cell in row if (cell or "").strip()]  # type: ignore[misc]


def _is_cut(row: Row) -> bool:
    """Whether a row is texts and years in its first cells, two at least, and ends there."""
    whole = len(row) > 1 and len(_filled(row)) == len(row)
    return whole and not any(_is_figure(cell) for cell in row) and not _is_figure(row[0], years=True)


def _is_figure(cell: str | None, *, years: bool = False) -> bool:
    text = (cell or "").strip()
    return NUMBER_CELL.fullmatch(text) is not None and (years or not YEAR_CELL.fullmatch(text))


def _begins_with_blank(row: Row) -> bool:
    further = [cell for cell in row[1:] if cell]
    return bool(further) and all(cell[0].isspace() and cell.strip() for cell in further)


def _is_header(row: Row) -> bool:
    """Whether each cell is the name of a column."""
    known = codes_by_word("columns")
    return all(plain(cell) in known for cell in _filled(row))


def _heads(row: Row, below: Sequence[Row]) -> bool:
    """Whether a row may head the table or go on with its titles: no figure in it, names where others have figures."""
    if any(_is_figure(cell) for cell in row):
        return False
    places = {place for one in below for place, cell in enumerate(one) if _is_figure(cell)}
    own = [(row[place] or "").strip() for place in places if place < len(row)]
    return bool(places) and (len(_filled(row)) == 1 or (bool(own) and not any(map(_NO_VALUE.fullmatch, own))))


def _joined(row: Row) -> str:
    return ", ".join(cell.strip() for cell in _filled(row))
