"""Lists of figures and of tables: the number and the first words of each caption."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qonys import words
from qonys.report.document import Document, Figure, Table

MOST = 84  # letters of a caption in a list, if a part of it ends before
LEAST = 16  # letters that still say what is shown
_ENDS = (r"\.\s(?=[^\W\d_a-zа-я])", r"[:;]\s", r"\s[(–—]\s?", r",\s(?!\d)")


@dataclass(frozen=True)
class Entry:
    """A line of a list: the key that it leads to, the number and the words."""

    key: str
    number: str
    title: str


def entries_of(document: Document, kind: type[Figure] | type[Table]) -> tuple[Entry, ...]:
    """The figures or the tables of a document, in their order."""
    word = document.labels["figure" if kind is Figure else "table"]
    blocks = document.figures() if kind is Figure else document.tables()
    return tuple(Entry(b.key, word.format(n=document.numbers[b.key]), short(b.caption)) for b in blocks)


def short(caption: str) -> str:
    """The caption, or what stands before its first full stop, colon, bracket or comma that leaves enough.

    A long caption that no such sign parts stands whole.

    Examples
    --------
    >>> short("Migrants that an indicator requires from 2024 to 2050: thousands a year, median and 95% interval")
    'Migrants that an indicator requires from 2024 to 2050'
    >>> short("Changes of boundary.")
    'Changes of boundary'
    >>> short("Internal migration, 2010 и 2024 гг.")
    'Internal migration, 2010 и 2024 гг.'

    """
    whole = caption if words.abbreviated(caption) else caption.rstrip(".")
    if len(whole) <= MOST:
        return whole
    parts = [re.split(end, whole, maxsplit=1)[0] for end in _ENDS]
    fitting = next((one for one in parts if LEAST <= len(one) <= MOST), "")
    return fitting or min((one for one in parts if len(one) >= LEAST), key=len)
