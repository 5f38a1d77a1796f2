"""Reading of an answer: whatever a student gives becomes a number or a code, or the reason why it does not."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from numbers import Real

LONGEST = 60
_SPACES = re.compile("[\\s\u00a0\u202f']+")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")


@dataclass(frozen=True)
class Unread:
    """Why an answer is no number: the key of the sentence, and the answer as it is shown."""

    key: str
    shown: str = ""


def is_empty(answer: object) -> bool:
    """Whether there is no answer yet.

    Examples
    --------
    >>> is_empty(None), is_empty("  "), is_empty(0), is_empty([])
    (True, True, False, False)
    """
    return answer is None or (isinstance(answer, str) and not answer.strip())


def numbers_in(answer: object) -> tuple[float, ...] | Unread:
    """The number that an answer is; two where a comma can separate decimals or thousands.

    Examples
    --------
    >>> numbers_in("12,5"), numbers_in("1,234"), numbers_in("−1 200"), numbers_in(3)
    ((12.5,), (1.234, 1234.0), (-1200.0,), (3.0,))
    >>> numbers_in("12.5 %").key, numbers_in(float("nan")).key, numbers_in([1]).key, numbers_in("many").key
    ('labs.answer.unit', 'labs.answer.nan', 'labs.answer.several', 'labs.answer.text')
    """
    if isinstance(answer, bool):
        return Unread("labs.answer.text", str(answer).lower())
    if isinstance(answer, str):
        return _of_text(answer)
    value = _single(answer)
    if value is None:
        return Unread("labs.answer.several")
    return (value,) if math.isfinite(value) else Unread("labs.answer.nan")


def _single(answer: object) -> float | None:
    """A number of any library that is one number; none of a list, a frame or anything else."""
    try:
        if isinstance(answer, Real | Decimal) or (getattr(answer, "shape", None) == () and hasattr(answer, "item")):
            return float(answer)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return None
    return None


def _of_text(text: str) -> tuple[float, ...] | Unread:
    plain = _SPACES.sub("", text).replace("\u2212", "-").replace("\u2013", "-")
    if plain.lower() in ("nan", "inf", "-inf"):
        return Unread("labs.answer.nan")
    if _NUMBER.fullmatch(plain):
        found = tuple(value for value in dict.fromkeys(_readings(plain)) if math.isfinite(value))
        return found or Unread("labs.answer.text", shown(text))
    has_number = any(sign.isdigit() for sign in plain)
    return Unread("labs.answer.unit" if has_number else "labs.answer.text", shown(text))


def _readings(plain: str) -> Iterator[float]:
    """A comma before one to any number of decimals, then one between thousands."""
    if plain.count(",") + plain.count(".") <= 1:
        yield float(plain.replace(",", "."))
    if _GROUPED.fullmatch(plain):
        yield float(plain.replace(",", ""))


def shown(answer: object) -> str:
    """An answer as a sentence repeats it: one line, not long."""
    text = " ".join(str(answer).split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
