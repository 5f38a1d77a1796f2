"""Widths of the columns and size of the letters of a printed table, from what stands in it."""

from __future__ import annotations

import re

from qonys.report.document import Table

ROOM, LETTER, INSET = 465.0, 8.0, 9.0  # points: width of the text, size of the letters, both insets of a cell
SMALL = 7.0  # points: the least size of letters
SHORT = 13.0  # sizes of letters: a text that should not be broken
LINES = 3  # of a heading, if the room allows
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

    Words are not parted, then numbers not from their intervals, then short texts not broken, each where there is room
    for that; what is left goes to the columns whose texts need more than one line.
    """
    size = letters(table)
    widths = _between(_wanted(table), _room(table) / size)
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


def _between(levels: tuple[list[float], ...], room: float) -> list[float]:
    """Widths that fill the room: those of a level and a share of what the next one adds, or as much as there is."""
    if sum(levels[-1]) <= room:
        return [width * room / sum(levels[-1]) for width in levels[-1]]
    place = max((place for place in range(len(levels) - 1) if sum(levels[place]) <= room), default=0)
    low, high = levels[place], levels[place + 1]
    part = (room - sum(low)) / ((sum(high) - sum(low)) or 1.0)
    return [a + max(part, 0.0) * (b - a) for a, b in zip(low, high, strict=True)]


def _longest(text: str) -> float:
    words = _WORD.findall(text)
    pieces = [part for word in words for part in (_PIECE.findall(word) if "://" in word else (word,))]
    return max((length(part) for part in pieces), default=0.0)


def _letter(letter: str) -> float:
    if letter.isspace():
        return 0.28
    if letter in _NARROW:
        return 0.33
    if letter in _WIDE:
        return 0.88
    if letter in _FIGURES:
        return 0.64
    return 0.7 if letter.isupper() else 0.58
