"""How long people stay where some are still there: Kaplan and Meier by day, and what is expected of open stays.

Kaplan and Meier (1958), Journal of the American Statistical Association 53, 457-481; variance of Greenwood (1926).
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, untyped-decorator"
# ruff: noqa: ANN001, ANN201

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit as _njit
from numpy.typing import NDArray

from qonys.kernels.registers.days import months_later

njit: Any = _njit
Array = NDArray[np.float64]


@njit(cache=True)
def stays_by_day(stratum, day, after, end, since, counts):
    """Add stays to `counts` by stratum and whole days, (2, strata, most + 1), changed in place.

    First those that ended after so many days, then those that last so many days on the day `end`; stays that began on
    `since` or later. Those of more than `most` days count as `most` days open.
    """
    left, open_ = counts[0], counts[1]
    most = counts.shape[2] - 1
    for i in range(len(day)):
        if day[i] < since or stratum[i] < 0:
            continue
        days = min(after[i], end) - day[i]
        if days > most or (days == most and after[i] <= end):
            open_[stratum[i], most] += 1
        elif after[i] <= end:
            left[stratum[i], days] += 1
        else:
            open_[stratum[i], days] += 1


def hazards(left: NDArray[np.int64], open_: NDArray[np.int64]) -> tuple[Array, Array]:
    """Chance of leaving on each day of a stay, and those at risk on it, (strata, days) each; no one at risk: 0.

    Who is still there at the end of the day `end` is at risk on that day.

    Examples
    --------
    >>> chance, risk = hazards(np.array([[0, 1, 1, 0]]), np.array([[0, 0, 1, 2]]))
    >>> risk[0].tolist(), chance[0].round(3).tolist()
    ([5.0, 5.0, 4.0, 2.0], [0.0, 0.2, 0.25, 0.0])

    """
    both = left + open_
    risk = both[:, ::-1].cumsum(axis=1)[:, ::-1].astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        chance = np.where(risk > 0, left / risk, 0.0)
    return chance, risk


def staying(chance: Array) -> Array:
    """S(t), the chance that a stay lasts t days or more, t = 0 .. days, (strata, days + 1).

    Examples
    --------
    >>> staying(np.array([[0.0, 0.2, 0.25]])).round(3).tolist()
    [[1.0, 1.0, 0.8, 0.6]]

    """
    kept = np.cumprod(1 - chance, axis=1)
    return np.concatenate([np.ones((len(chance), 1)), kept], axis=1)


@njit(cache=True)
def expected(stratum, day, end, months, curve):
    """Chance that an open stay reaches so many months, (n,): S(H) / S(c + 1), H and c days of the threshold and passed.

    1 where the threshold is reached on the day `end`, nan where the curve says nothing.
    """
    n = len(day)
    found = np.empty(n)
    for i in range(n):
        until, passed = months_later(day[i], months) - day[i], end - day[i] + 1
        if passed >= until:
            found[i] = 1.0
            continue
        now = curve[stratum[i], passed]
        found[i] = curve[stratum[i], until] / now if now > 0 else np.nan
    return found


def spread(open_days: NDArray[np.int64], weight: Array, threshold: int, chance: Array, risk: Array) -> float:
    """Variance of the expected number that stays, of one stratum.

    Persons are independent given the curve: sum of w (1 - w). The curve's own error is Greenwood's, the same for all:
    sum over t of h / (r (1 - h)) times the square of the weights of those whose open time is before t.

    Parameters
    ----------
    open_days, weight
        Days passed and chance of each open stay, (n,).
    threshold
        Days that make a migrant.
    chance, risk
        As `hazards` gives them, of the stratum, (days,).

    """
    by_day = np.bincount(np.minimum(open_days, threshold), weights=weight, minlength=threshold + 1)[:threshold]
    passed = np.concatenate([[0.0], np.cumsum(by_day)[:-1]])
    h, r = chance[:threshold], risk[:threshold]
    used = (h > 0) & (h < 1)
    greenwood = h[used] / (r[used] * (1 - h[used])) * passed[used] ** 2
    return float((weight * (1 - weight)).sum() + greenwood.sum())
