"""Numbers as people write them: decimal comma or point, signs between thousands, minus signs.

A group of thousands never begins with 0 and has three figures after the first: "0,023" is a fraction. Where all that a
column shows is "1,234" or "1.234", either reading is possible, and `decimal_sign` says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_SPACES = dict.fromkeys(map(ord, "\u00a0\u202f\u2009\u2007"), " ")
_MINUS = dict.fromkeys(map(ord, "\u2212\u2013"), "-")
_APOSTROPHES = dict.fromkeys(map(ord, "\u2019\u2018\u02bc"), "'")
_TIDY = _SPACES | _MINUS | _APOSTROPHES
_SIGN_APART = re.compile(r"^([+-]) +(?=[.,]?\d)")
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_COMMA = re.compile(r"[+-]?\d*,\d+")
_ONE_GROUP = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
_GROUPS = {
    sign: re.compile(rf"[+-]?[1-9]\d{{0,2}}({re.escape(sign)}\d{{3}})+([.,]\d+)?") for sign in (",", ".", " ", "'")
}
OTHER = {",": ".", ".": ","}
LONGEST = 400


@dataclass(frozen=True)
class Signs:
    """How the numbers of a column are written.

    Attributes
    ----------
    decimal
        "." or ",".
    thousands
        The sign between thousands; "" for none; None for any that is not the decimal sign.

    """

    decimal: str = "."
    thousands: str | None = None


MACHINE = Signs(".", "")


def tidy(text: str) -> str:
    """`text` with plain spaces, apostrophes and a plain minus, without blanks between a sign and its number."""
    return _SIGN_APART.sub(r"\1", text.strip().translate(_TIDY))


def decimal_sign(texts: Iterable[str]) -> str | None:
    """The decimal sign of a column: "." or ","; None when it cannot be told.

    It cannot be told when every number with a sign has exactly three figures after it (1,234 or 1.234
    may be a thousand or a fraction) and nothing else in the column decides.

    Examples
    --------
    >>> decimal_sign(["1,5", "12"]), decimal_sign(["1.5"]), decimal_sign(["1,234"]), decimal_sign(["0,234"])
    (',', '.', None, ',')

    """
    comma = point = doubtful = 0
    for given in texts:
        text = tidy(given).replace(" ", "").replace("'", "")
        if "," in text and "." in text:
            comma, point = (comma + 1, point) if text.rfind(",") > text.rfind(".") else (comma, point + 1)
        elif _ONE_GROUP.fullmatch(text):
            doubtful += 1
        elif _COMMA.fullmatch(text) or _GROUPS["."].fullmatch(text):
            comma += 1
        elif _GROUPS[","].fullmatch(text) or ("." in text and _PLAIN.fullmatch(text)):
            point += 1
    if comma or point:
        return "," if comma > point else "."
    return None if doubtful else "."


def may_be_either(text: str) -> bool:
    """Whether a number may be a thousand or a fraction: 1,234 or 1.234."""
    return _ONE_GROUP.fullmatch(tidy(text)) is not None


def plain_number(given: str, signs: Signs = MACHINE) -> str | None:
    """The number written in `given` as a machine writes it, or None when it is not one.

    Examples
    --------
    >>> plain_number("1 234,5", Signs(",")), plain_number("0,023", Signs("."))
    ('1234.5', None)

    """
    text = tidy(given)
    if not text or len(text) > LONGEST:
        return None
    for sign, grouped in _GROUPS.items():
        allowed = sign != signs.decimal if signs.thousands is None else sign == signs.thousands
        found = grouped.fullmatch(text) if allowed else None
        if found and (found[2] is None or found[2][0] == signs.decimal):
            text = text.replace(sign, "")
            break
    if signs.decimal == ",":
        if "." in text:
            return None
        text = text.replace(",", ".")
    return text if _PLAIN.fullmatch(text) and abs(float(text)) < float("inf") else None


def parsed_number(given: str, decimal: str) -> float | None:
    """The number written in `given`, or None when it is not one.

    Examples
    --------
    >>> parsed_number("1 234,5", ","), parsed_number("12 abc", ".")
    (1234.5, None)

    """
    text = plain_number(given, Signs(decimal))
    return None if text is None else float(text)
