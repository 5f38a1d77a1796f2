"""Names as a person writes them: ids and numbers of any width and case, with blanks around them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable


def plain(text: str) -> str:
    """A text in its plain signs (Unicode NFKC) and without blanks around it.

    Examples
    --------
    >>> plain(" ４７７-IV ")
    '477-IV'

    """
    return unicodedata.normalize("NFKC", text).strip()


def folded(text: str) -> str:
    """A text in its plain signs, without blanks around it and without capitals.

    Examples
    --------
    >>> folded(" LAW-477 ")
    'law-477'

    """
    return plain(text).casefold()


def known_as(name: str, known: Iterable[str]) -> str | None:
    """The known name that a person means: the same one, else the only one that differs in width, case and blanks.

    Examples
    --------
    >>> known_as("MCI ", ("mci", "fee")), known_as("mc", ("mci",)), known_as("a", ("A", "a"))
    ('mci', None, 'a')

    """
    names = tuple(known)
    if name in names:
        return name
    alike = [one for one in names if folded(one) == folded(name)]
    return alike[0] if len(alike) == 1 else None
