"""Numbers as people write them: decimal comma or point, spaces between thousands, minus signs."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SPACES = dict.fromkeys(map(ord, "\u00a0\u202f\u2009"), " ")
_MINUS = dict.fromkeys(map(ord, "\u2212\u2013"), "-")
_GROUPED_COMMA = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_GROUPED_POINT = re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d+)?")
_GROUPED_SPACE = re.compile(r"[+-]?\d{1,3}( \d{3})+([.,]\d+)?")
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_COMMA = re.compile(r"[+-]?\d+,\d+")
_ONE_GROUP = re.compile(r"[+-]?\d{1,3},\d{3}")


def tidy(text: str) -> str:
    """`text` with plain spaces and a plain minus."""
    return text.strip().translate(_SPACES).translate(_MINUS)


def decimal_sign(texts: Iterable[str]) -> str | None:
    """The decimal sign of a column: "." or ","; None when it cannot be told.

    It cannot be told when every number with a comma has exactly three figures after it (1,234 may
    be a thousand or a fraction) and nothing else in the column decides.

    Examples
    --------
    >>> decimal_sign(["1,5", "12"]), decimal_sign(["1.5"]), decimal_sign(["1,234"])
    (',', '.', None)

    """
    comma = point = doubtful = 0
    for given in texts:
        text = tidy(given).replace(" ", "")
        if "," in text and "." in text:
            comma, point = (comma + 1, point) if text.rfind(",") > text.rfind(".") else (comma, point + 1)
        elif _ONE_GROUP.fullmatch(text):
            doubtful += 1
        elif _COMMA.fullmatch(text):
            comma += 1
        elif text.count(",") > 1 or ("." in text and _PLAIN.fullmatch(text)):
            point += 1
    if comma or point:
        return "," if comma > point else "."
    return None if doubtful else "."


def parsed_number(given: str, decimal: str) -> float | None:
    """The number written in `given`, or None when it is not one.

    Examples
    --------
    >>> parsed_number("1 234,5", ","), parsed_number("12 abc", ".")
    (1234.5, None)

    """
    text = tidy(given)
    if _GROUPED_SPACE.fullmatch(text):
        text = text.replace(" ", "")
    if decimal == ",":
        if _GROUPED_POINT.fullmatch(text) and ("," in text or text.count(".") > 1):
            text = text.replace(".", "")
        if "." in text:
            return None
        text = text.replace(",", ".")
    elif _GROUPED_COMMA.fullmatch(text):
        text = text.replace(",", "")
    return float(text) if _PLAIN.fullmatch(text) and abs(float(text)) < float("inf") else None
