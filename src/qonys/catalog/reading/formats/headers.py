"""Where a table stands in a file: titles above, a header of one to three rows, the body, footnotes below."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qonys.catalog.reading.formats.index_rows import header_of_levels
from qonys.catalog.reading.formats.sentences import whole_sentences
from qonys.catalog.reading.formats.title_cells import YEAR_CELL, is_number, is_title_row, is_unit, lone_units
from qonys.catalog.reading.numbers.powers import says_unit
from qonys.errors import BadInput

Row = list[str | None]
Numbered = tuple[int, Row]
Merged = tuple[int, int, int, int]
NAMELESS = "column 1"
HEADER_ROWS = 3
MOST_COLUMNS = 16_384
_NOTE = re.compile(
    r"\s*([*†‡¹²³⁴⁵]|\d{1,2}\)|\(\d{1,2}\)|(source|sources|note|notes|footnotes?|copyright|last update|extracted|"
    r"источник|источники|примечани[ея]|сноск[аи]|дереккөз|дерек көзі|ескерту|ескертпе)\b)",
    re.IGNORECASE,
)
_PANDAS_INDEX = "Unnamed: 0"
_SENTENCE = 4
_LOOKED_AT = 12


@dataclass(frozen=True)
class Block:
    """A table among the rows of a file.

    `names` and `levels` (the texts of the header's rows above each column), `places` (where each column stands,
    counted from 0), `header` (index of the header's last row), `body` (index and cells of each row), `above` and
    `below` (titles and footnotes), `index_column` (left out: it numbers the rows).
    """

    names: list[str]
    levels: list[tuple[str, ...]]
    places: list[int]
    header: int
    body: list[Numbered]
    above: tuple[str, ...]
    below: tuple[str, ...]
    index_column: bool = False


def block_of(path: Path, cells: Sequence[Row], first_row: int, merged: Sequence[Merged] = ()) -> Block:
    """The table among the rows of a file.

    The header is the first row at least half as wide as the widest row that most rows reach, and no less than two
    cells wide where any row is. Blank rows are left out. `merged` are ranges of cells (first and last row, first and
    last column, from 0) that show the value of their first cell.

    Raises
    ------
    BadInput
        There is no header or no row below it, a header cell is empty above figures or stands twice, a row has more
        cells than the header, or more than `MOST_COLUMNS` columns (as many as a sheet of a workbook has) are filled.

    """
    rows = [[_cell(text) for text in row] for row in whole_sentences(cells)]
    widths = [sum(cell is not None for cell in row) for row in rows]
    if not any(widths):
        raise BadInput("catalog.add.empty", path=str(path))
    written = rows
    start, rows = _without_titles(rows, widths)
    lone = lone_units(rows, start)
    rows = [[None if (i, place) in lone else cell for place, cell in enumerate(row)] for i, row in enumerate(rows)]
    used = sorted({place for row in rows[start:] for place, cell in enumerate(row) if cell})
    if len(used) > MOST_COLUMNS:
        raise BadInput("catalog.reading.many_columns", path=str(path), found=len(used), most=MOST_COLUMNS)
    raw_widths = [len(row) for row in rows]
    rows = [[row[place] if place < len(row) else None for place in used] for row in rows]
    first, last, header = _header(rows, widths, start)
    names, levels = _names(header)
    body = [(i, row) for i, row in enumerate(rows[last + 1 :], last + 1) if widths[i]]
    body, below = _without_footnotes(body, names)
    body = [(i, row) for i, row in body if row != rows[last]]
    if not body:
        raise BadInput("catalog.add.no_rows", path=str(path), row=last + first_row)
    if len(names) == raw_widths[last] and _row_names_lack_header(len(names), [raw_widths[i] for i, _ in body], body):
        names, levels = ["", *names], [("",), *levels]
    _refuse_uneven(path, names, body, first_row)
    _fill_merged(body, merged, used)
    above = tuple(", ".join(cell for cell in row if cell) for row in written[:first] if any(row))
    above = (*above, *(text for (row, _), text in lone.items() if row >= first))
    index = names[0] in ("", _PANDAS_INDEX) and len(names) > 1 and _numbers_the_rows([row[0] for _, row in body])
    if not names[0]:
        names[0], levels[0] = NAMELESS, (NAMELESS,)
    _refuse_header(path, names, last + first_row)
    if index:
        names, levels, used = names[1:], levels[1:], used[1:]
        body = [(i, row[1:]) for i, row in body]
    return Block(names, levels, used[: len(names)], last, body, above, below, index)


def _header(rows: Sequence[Row], widths: Sequence[int], start: int) -> tuple[int, int, list[Row]]:
    """First and last row of the header, and its rows."""
    levels = header_of_levels(rows)
    if levels is not None and abs(levels[0] - start) < HEADER_ROWS:
        return levels
    first, last = _first_level(rows, widths, start), _last_level(rows, start)
    return first, last, list(rows[first : last + 1])


def _cell(text: str | None) -> str | None:
    return (text or "").strip() or None


def _without_titles(rows: list[Row], widths: list[int]) -> tuple[int, list[Row]]:
    """The first row of the table, and the rows with the titles of several cells above it made blank."""
    start = _start(rows, widths)
    filled = [row for row in rows[start + 1 : start + 1 + _LOOKED_AT] if any(row)][:2]
    while is_title_row(rows[start], filled):
        rows = [*rows[:start], [None] * len(rows[start]), *rows[start + 1 :]]
        widths[start] = 0
        start = _start(rows, widths)
        filled = [row for row in rows[start + 1 : start + 1 + _LOOKED_AT] if any(row)][:2]
    return start, rows


def _start(rows: Sequence[Row], widths: Sequence[int]) -> int:
    """The first row that is wide enough for a header and reaches as far as most rows do."""
    reaches = [max((i for i, cell in enumerate(row) if cell), default=-1) + 1 for row in rows]
    several = sorted(reach for reach in reaches if reach > 1) or [1]
    usual = several[len(several) // 2] if len(several) > 2 else several[0]
    widest = min(max(widths), usual) if len(several) > 2 else max(widths)
    least = max(min(2, widest), (widest + 1) // 2)
    wide = [i for i, width in enumerate(widths) if width >= least]
    body = [(i, row[: reaches[i]]) for i, row in enumerate(rows) if i > wide[0] and widths[i]]
    if _row_names_lack_header(reaches[wide[0]], [reaches[i] for i, _ in body], body):
        return wide[0]
    return next((i for i in wide if reaches[i] >= usual), wide[0])


def _first_level(rows: Sequence[Row], widths: Sequence[int], start: int) -> int:
    """The first row of the header: rows above `start` that name its empty first cells and span its other columns."""
    for first in range(start, max(start - HEADER_ROWS, -1), -1):
        if rows[first][0] is not None and first < start:
            return first
        if rows[first][0] is not None or first == 0 or widths[first - 1] < 2:
            break
    return start - 1 if start and _tells_apart(rows[start - 1], rows[start]) else start


def _tells_apart(above: Row, row: Row) -> bool:
    """Whether a row above names that stand more than once parts them into groups (years over measures)."""
    names = [cell for cell in row[1:] if cell]
    groups = [cell for cell in above[1:] if cell]
    return len(set(names)) < len(names) and len(groups) > 1 and above[0] in (None, row[0])


def _last_level(rows: Sequence[Row], start: int) -> int:
    """The last row of the header: rows below `start` that fill its gaps, or that name the units of its columns."""
    last = start
    while last + 1 < len(rows) and last + 1 - start < HEADER_ROWS and _continues(rows[last], rows[last + 1]):
        last += 1
    return last


def _continues(header: Row, below: Row) -> bool:
    filled = [place for place, cell in enumerate(below) if cell]
    if not filled or below[0] is not None or any(is_number(c) and not YEAR_CELL.fullmatch(c or "") for c in below):
        return False
    gaps = [place for place, cell in enumerate(header) if not cell and place]
    if gaps:
        return set(gaps) <= set(filled) and len(filled) > 1
    return all(is_unit(below[place] or "") for place in filled)


def _names(header: Sequence[Row]) -> tuple[list[str], list[tuple[str, ...]]]:
    """Name and levels of each column; a text that spans several columns stands for all of them."""
    width = max((i for row in header for i, cell in enumerate(row) if cell), default=-1) + 1
    spread = [list(row[:width]) for row in header]
    for upper, lower in zip(spread, header[1:], strict=False):
        carried: str | None = None
        for place in range(width):
            carried = upper[place] or (carried if lower[place] else None)
            upper[place] = carried
    levels = [tuple(cell for row in spread if (cell := row[place])) or ("",) for place in range(width)]
    units = len(header) == 2 and all(header[0][1:width]) and all(is_unit(cell or "") for cell in header[1] if cell)
    return [_joined(level, units) for level in levels], levels


def _joined(level: tuple[str, ...], units: bool) -> str:
    """One name of the texts above a column; a unit stands in brackets."""
    if units and len(level) > 1:
        return f"{level[0]} ({level[1].strip('()[]')})"
    return " ".join(dict.fromkeys(level))


def _without_footnotes(body: list[Numbered], names: Sequence[str]) -> tuple[list[Numbered], tuple[str, ...]]:
    """The body without the notes below it, and the notes."""
    below: list[str] = []
    while len(body) > 1 and len(names) > 1:
        index, row = body[-1]
        blank_before = index - body[-2][0] > 1
        if not _is_footnote(row, blank_before):
            break
        below.insert(0, " ".join(cell for cell in row if cell))
        body = body[:-1]
    return body, tuple(below)


def _is_footnote(row: Row, blank_before: bool) -> bool:
    text = row[0]
    filled = [cell for cell in row if cell]
    if len(filled) == 1 and says_unit(filled[0]):
        return True
    if text is None or any(is_number(cell) and not YEAR_CELL.fullmatch(cell or "") for cell in row):
        return False
    if _NOTE.match(text):
        return True
    alone = not any(row[1:])
    return alone and (blank_before or len(text.split()) >= _SENTENCE)


def _row_names_lack_header(header: int, widths: Sequence[int], body: Sequence[Numbered]) -> bool:
    """Whether the first column are row names above which R writes nothing, not even a delimiter."""
    if set(widths) != {header + 1} or not any(body[0][1][header:]):
        return False
    first = [row[0] for _, row in body]
    if _numbers_the_rows(first):
        return True
    names_only = len(set(first)) == len(first) and not any(is_number(cell) for cell in first)
    return names_only and all(is_number(cell) for _, row in body for cell in row[1:] if cell)


def _numbers_the_rows(column: Sequence[str | None]) -> bool:
    """Whether the cells are 0, 1, 2 … or 1, 2, 3 …"""
    start = column[0]
    return start in ("0", "1") and all(cell == str(i) for i, cell in enumerate(column, int(start)))


def _refuse_uneven(path: Path, names: Sequence[str], body: Sequence[Numbered], first_row: int) -> None:
    for index, row in body:
        if any(row[len(names) :]):
            found = max(i for i, cell in enumerate(row) if cell) + 1
            raise BadInput(
                "catalog.add.uneven_row", path=str(path), row=index + first_row, found=found, expected=len(names)
            )


def _refuse_header(path: Path, header: Sequence[str], row: int) -> None:
    counts = Counter(header)
    for place, name in enumerate(header, start=1):
        if not name:
            raise BadInput("catalog.add.unnamed_column", path=str(path), row=row, place=place)
        if counts[name] > 1:
            raise BadInput("catalog.add.repeated_column", path=str(path), row=row, column=name)


def _fill_merged(body: Sequence[Numbered], merged: Sequence[Merged], used: Sequence[int]) -> None:
    """Write the value of a range that is merged downwards in each of its rows."""
    rows = dict(body)
    last = max(rows, default=0)
    for top, bottom, left, right in merged:
        if left == right and left in used and top in rows:
            place = used.index(left)
            for index in range(top + 1, min(bottom, last) + 1):
                if index in rows and rows[index][place] is None:
                    rows[index][place] = rows[top][place]
