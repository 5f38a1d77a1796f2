"""Numbers of a variable that look like codes of no answer: 97, 98, 99 among answers from 1 to 5."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import gcd

import polars as pl

DIGITS: tuple[float, ...] = (7, 8, 9)
HIGH: tuple[float, ...] = tuple(
    float(str(first) * (length - 1) + str(last)) for length in (2, 3, 4, 5) for first, last in
    ((8, 8), (9, 7), (9, 8), (9, 9))
)  # fmt: skip
LOW: tuple[float, ...] = (-1, -2, -7, -8, -9, -97, -98, -99, -997, -998, -999)
LEAST_GAP, LEAST_HEAP = 2, 3
FEW, SMALL = 12, 20
ROUND = 5


def likely_codes(numbers: pl.Series) -> tuple[int, ...]:
    """Such codes among whole numbers, the lowest first.

    A code from 88 to 99999 is one that lies above the others by a quarter of their range, or that is a heap: three
    answers or more, three times as many as any number within a twentieth of it, or one that is not round where all the
    others are multiples of five. 7, 8, 9 lie above them by half of their range; below zero codes are so where no other
    number is.

    Examples
    --------
    >>> likely_codes(pl.Series([1, 2, 5, 98, 99])), likely_codes(pl.Series([18, 88, 97]))
    ((98, 99), (88, 97))
    >>> likely_codes(pl.Series([18, 60, 75, 88, 97]))
    ()

    """
    known = numbers.drop_nulls()
    if known.is_empty() or bool((known != known.round()).any()):
        return ()
    counts = Counter(float(number) for number in known)
    found = sorted(counts)
    low = [number for number in found if number < 0]
    below = low if all(number in LOW for number in low) else []
    rest = [number for number in found if number not in HIGH and number not in below]
    if not rest:
        return ()
    high = [number for number in found if number in HIGH]
    far = _far(high, rest, 4)
    heaps = [number for number in high if number not in far and _is_heap(number, counts, rest)]
    digits = [number for number in rest if number in DIGITS]
    others = [number for number in rest if number not in DIGITS]
    if others and max(rest) <= max(DIGITS):
        far += _far(digits, others, 2) if max(others) < min(digits, default=0) else []
    codes = sorted((*below, *far, *heaps))
    return tuple(int(number) for number in codes) if len(codes) < len(found) else ()


def likely_categories(numbers: pl.Series) -> tuple[int, ...]:
    """Such codes among a few small numbers, which stand for categories: 1 to 5 and 99.

    Examples
    --------
    >>> likely_categories(pl.Series([1, 2, 5, 98, 99])), likely_categories(pl.Series([1, 2, 9]))
    ((98, 99), ())

    """
    codes = tuple(code for code in likely_codes(numbers) if code not in DIGITS)
    rest = numbers.drop_nulls().unique().cast(pl.Float64)
    rest = rest.filter(~rest.is_in([float(code) for code in codes]))
    return codes if len(rest) <= FEW and bool((rest <= SMALL).all()) else ()


def likely_weights(weights: pl.Series) -> tuple[int, ...]:
    """Such codes among weights: five times as large as any other weight, or more.

    Examples
    --------
    >>> likely_weights(pl.Series([0.8, 1.2, 99.0])), likely_weights(pl.Series([80.0, 99.0]))
    ((99,), ())

    """
    known = weights.drop_nulls().cast(pl.Float64)
    codes = known.is_in(list(HIGH))
    rest = known.filter(~codes)
    if rest.is_empty():
        return ()
    largest = max(float(weight) for weight in rest)
    return tuple(int(code) for code in known.filter(codes).unique().sort() if code >= 5 * largest)


def _far(codes: Sequence[float], rest: Sequence[float], part: int) -> list[float]:
    """The codes that lie above all the rest by a part of its range, and those above them."""
    least = max(LEAST_GAP, (max(rest) - min(rest)) / part)
    last = max(rest)
    for place, code in enumerate(codes):
        if code - last >= least:
            return list(codes[place:])
        last = max(last, code)
    return []


def _is_heap(code: float, counts: Counter[float], rest: Sequence[float]) -> bool:
    if counts[code] < LEAST_HEAP:
        return False
    step = gcd(*(int(number) for number in rest))
    if len(rest) > 2 and step and step % ROUND == 0:
        return True
    near = [counts[number] for number in rest if abs(number - code) <= max(code / 20, LEAST_GAP)]
    return counts[code] >= LEAST_HEAP * max(near, default=1)
