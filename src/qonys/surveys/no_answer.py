"""Numbers of a variable that look like codes of no answer: 97, 98, 99 among answers from 1 to 5."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import polars as pl

HIGH: tuple[tuple[float, ...], ...] = ((7, 8, 9), (97, 98, 99), (997, 998, 999), (9997, 9998, 9999))
LOW: tuple[float, ...] = (-1, -2, -7, -8, -9, -97, -98, -99, -997, -998, -999)
LEAST_GAP = 2


def likely_codes(numbers: pl.Series) -> tuple[int, ...]:
    """Such codes among the numbers, the lowest first; none where they are not far from the rest.

    Far: the lowest of them lies above the largest other number by half of the range of the others and by `LEAST_GAP` at
    least, all numbers being whole; below zero they are so where no other number is.

    Examples
    --------
    >>> likely_codes(pl.Series([1, 2, 5, 98, 99])), likely_codes(pl.Series([18, 88, 97]))
    ((98, 99), ())

    """
    known = numbers.drop_nulls()
    if known.is_empty() or bool((known != known.round()).any()):
        return ()
    found = sorted({float(number) for number in known.unique()})
    low = [number for number in found if number < 0]
    below = low if all(number in LOW for number in low) else []
    above = max((_above(found, codes, below) for codes in HIGH), key=len)
    rest = [number for number in found if number not in chain(below, above)]
    return tuple(int(number) for number in (*below, *above)) if rest else ()


def _above(found: Sequence[float], codes: Sequence[float], below: Sequence[float]) -> list[float]:
    own = [number for number in found if number in codes]
    rest = [number for number in found if number not in codes and number not in below]
    if not own or not rest or max(rest) > min(own):
        return []
    far = max(LEAST_GAP, (max(rest) - min(rest)) / 2)
    return own if min(own) - max(rest) >= far else []
