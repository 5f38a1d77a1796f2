"""Difference of the means of two kinds of few units, with the exact distribution of permutations.

Reference: Fisher (1935), The Design of Experiments, section 21; Pitman (1937), Supplement to the Journal of the Royal
Statistical Society 4:119. Assumes: if kind means nothing, every choice of as many units is alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import ArrayLike

from qonys.errors import BadInput

LEAST = 3  # units of each kind
MOST = 200_000  # choices that are counted


@dataclass(frozen=True)
class Difference:
    """Mean of the marked units less the mean of the others, in the unit of the values.

    `p`: two-sided, share of all `choices` with a difference at least as far from zero, not below 1 / choices.
    `low`, `high`: ends of the difference when one unit at a time is left out.
    """

    value: float
    p: float
    choices: int
    low: float
    high: float


def exact_difference(values: ArrayLike, marked: ArrayLike) -> Difference:
    """Difference of two kinds and its exact p-value.

    Parameters
    ----------
    values
        Values of the units, (n,), in any unit.
    marked
        Whether a unit is of the first kind, (n,).

    Raises
    ------
    BadInput
        A kind has fewer than 3 units, the lengths differ, or there are more choices than can be counted.

    Examples
    --------
    >>> found = exact_difference([5.0, 6.0, 7.0, 1.0, 2.0, 3.0], [True, True, True, False, False, False])
    >>> found.value, found.p, found.choices
    (4.0, 0.1, 20)

    """
    held, kind = np.asarray(values, dtype=float), np.asarray(marked, dtype=bool)
    own = int(kind.sum())
    if held.shape != kind.shape or min(own, kind.size - own) < LEAST or comb(kind.size, own) > MOST:
        raise BadInput("measurement.permutations.few", marked=own, others=kind.size - own, least=LEAST, most=MOST)
    chosen = np.array(list(combinations(range(kind.size), own)))
    first = held[chosen].sum(axis=1)
    differences = first / own - (held.sum() - first) / (kind.size - own)
    value = _difference(held, kind)
    p = float((np.abs(differences) >= abs(value) - 1e-12).mean())
    without = [_difference(np.delete(held, at), np.delete(kind, at)) for at in range(kind.size)]
    return Difference(value, p, len(chosen), min(without), max(without))


def _difference(values: np.ndarray, kind: np.ndarray) -> float:
    return float(values[kind].mean() - values[~kind].mean())
