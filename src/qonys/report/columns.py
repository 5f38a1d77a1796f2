"""Widths of the columns of a printed table, from what stands in them."""

from __future__ import annotations

import re

from qonys.report.document import Table

ROOM, LETTER, INSET = 465.0, 8.0, 9.0  # points: width of the text, size of the letters, both insets of a cell
LINES = 3  # of a heading, if the room allows
_NARROW, _WIDE = set(".,:;'’()[]|!/iljtfrIі·-"), set("mwMW%…—шщжюыфмШЩЖЮЫФМ@")
_FIGURES = set("0123456789+−–=<>×")
_WORD = re.compile(r"[^\s-]+-?")


def length(text: str) -> float:
    """Length of a text in sizes of its letters, for Inter.

    Examples
    --------
    >>> length("1,234") < length("12345") < length("mmmmm")
    True

    """
    return sum(_letter(letter) for letter in text)


def shares(table: Table) -> tuple[float, ...]:
    """Relative width of each column.

    A number is not parted from its interval and no word is parted, where there is room for that; what is left goes to
    the columns whose texts need more than one line.
    """
    columns = list(zip(table.head, table.align, *table.rows, strict=True))
    least, most, words = [], [], []
    for head, side, *cells in columns:
        whole = max((length(cell) for cell in cells), default=0.0)
        word = max(_longest(text) for text in (*cells, head)) if cells else _longest(head)
        titled = max(1.08 * _longest(head), 1.08 * length(head) / LINES)
        words.append(max(word, 1.08 * _longest(head)))
        least.append(max(whole if side == "r" else word, 1.08 * _longest(head)))
        most.append(max(whole, titled, least[-1]))
    room = (ROOM - INSET * len(columns)) / LETTER
    return tuple(LETTER * width + INSET for width in _between(words, least, most, room))


def _between(words: list[float], least: list[float], most: list[float], room: float) -> list[float]:
    """Widths that fill the room: all that is wanted and a share of the rest, or as much as there is."""
    if sum(most) <= room:
        return [width * room / sum(most) for width in most]
    low, high = (least, most) if sum(least) <= room else (words, least)
    part = (room - sum(low)) / ((sum(high) - sum(low)) or 1.0)
    return [a + max(part, 0.0) * (b - a) for a, b in zip(low, high, strict=True)]


def _longest(text: str) -> float:
    return max((length(word) for word in _WORD.findall(text)), default=0.0)


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
