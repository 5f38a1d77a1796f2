"""Widths of the columns and size of the letters of a printed table, from what stands in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from qonys.report.document import Table

ROOM, LETTER, INSET = 465.0, 8.0, 9.0  # points: width of the text, size of the letters, both insets of a cell
SMALL = 7.0  # points: the least size of letters
SHORT = 13.0  # sizes of letters: a text that should not be broken
LINES = 3  # of a heading, if the room allows
BLANK = 0.28  # sizes of letters
STEP, STEPS = 0.5, 24  # what a column may be given at a time, sizes of letters
_NARROW, _WIDE = set(".,:;'’()[]|!/iljtfrIі·-"), set("mwMW%…—шщжюыфмШЩЖЮЫФМ@")
_FIGURES = set("0123456789+−–=<>×")
_WORD = re.compile(r"https?://\S+|[^\s-]+-?")
_PIECE = re.compile(r"[^\W\d_]+|\d+|[\W_]+")  # of an address, which is broken where letters, digits and signs meet


def length(text: str) -> float:
    """Length of a text in sizes of its letters, for Inter.

    Examples
    --------
    >>> length("1,234") < length("12345") < length("mmmmm")
    True

    """
    return sum(_letter(letter) for letter in text)


def letters(table: Table) -> float:
    """Size of the letters of a table, points: smaller where its numbers and short texts need more than the width."""
    needed = sum(_wanted(table)[2])
    return max(SMALL, min(LETTER, _room(table) / needed)) if needed else LETTER


def shares(table: Table) -> tuple[float, ...]:
    """Relative width of each column.

    Words are not parted, then numbers not from their intervals, each where there is room for that; what is left goes
    where it takes most lines off the rows, short texts not broken if the rows take no more lines so.
    """
    size = letters(table)
    levels, room = _wanted(table), _room(table) / size
    if sum(levels[-1]) <= room:
        widths = [width * room / sum(levels[-1]) for width in levels[-1]]
    else:
        texts = (table.head, *table.rows)
        rows = [tuple(tuple(length(word) for word in cell.split()) for cell in row) for row in texts]
        fitting = [level for level in levels[2:0:-1] if sum(level) <= room] or [levels[0]]
        tried = [_shortened(rows, level, room - sum(level)) for level in fitting]
        widths = min(tried, key=lambda one: _lines_of(rows, one))
    return tuple(size * width + INSET for width in widths)


def _room(table: Table) -> float:
    """Points that the insets leave to the texts of a row."""
    return ROOM - INSET * len(table.head)


def _wanted(table: Table) -> tuple[list[float], ...]:
    """Widths of the columns by what is kept on one line: words, numbers as well, short texts as well, everything."""
    levels: list[tuple[float, ...]] = []
    for head, side, *cells in zip(table.head, table.align, *table.rows, strict=True):
        whole = max((length(cell) for cell in cells), default=0.0)
        titled = 1.08 * _longest(head)
        words = max(titled, *(_longest(cell) for cell in cells)) if cells else titled
        numbers = max(words, whole) if side == "r" else words
        short = max(words, whole) if side == "r" or whole <= SHORT else words
        levels.append((words, numbers, short, max(short, whole, 1.08 * length(head) / LINES)))
    return tuple([level[place] for level in levels] for place in range(4))


def _lines_of(rows: Sequence[Sequence[tuple[float, ...]]], widths: Sequence[float]) -> int:
    """Lines of all rows of cells, given as the lengths of their words."""
    return sum(max(map(_lines, row, widths)) for row in rows)


def _shortened(rows: Sequence[Sequence[tuple[float, ...]]], widths: Sequence[float], left: float) -> list[float]:
    """Widths with what is left given, again and again, to the column in which it takes most lines off the rows.

    What no row needs is shared by the columns alike.
    """
    found = list(widths)
    lines = [[_lines(cell, width) for cell, width in zip(row, found, strict=True)] for row in rows]
    while True:
        best: tuple[float, int, float] = (0.0, 0, 0.0)
        for place, width in enumerate(found):
            for step in range(1, STEPS + 1):
                more = step * STEP
                if more > left:
                    break
                gain = sum(
                    max(row) - max(*row[:place], _lines(cells[place], width + more), *row[place + 1 :], 1)
                    for row, cells in zip(lines, rows, strict=True) if row[place] == max(row) > 1
                )  # fmt: skip
                best = max(best, (gain / more, place, more))
        rate, place, more = best
        if rate <= 0:
            return [width + left / len(found) for width in found]
        found[place], left = found[place] + more, left - more
        for row, cells in zip(lines, rows, strict=True):
            row[place] = _lines(cells[place], found[place])


@cache
def _lines(words: tuple[float, ...], width: float) -> int:
    """Lines that words of these lengths take."""
    count, used = 1, 0.0
    for word in words:
        if used and used + BLANK + word > width:
            count, used = count + 1, word
        else:
            used += word + (BLANK if used else 0.0)
    return count


def _longest(text: str) -> float:
    words = _WORD.findall(text)
    pieces = [part for word in words for part in (_PIECE.findall(word) if "://" in word else (word,))]
    return max((length(part) for part in pieces), default=0.0)


def _letter(letter: str) -> float:
    if letter.isspace():
        return BLANK
    if letter in _NARROW:
        return 0.33
    if letter in _WIDE:
        return 0.88
    if letter in _FIGURES:
        return 0.64
    return 0.7 if letter.isupper() else 0.58
