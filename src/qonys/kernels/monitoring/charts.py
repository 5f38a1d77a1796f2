"""Control charts: cumulative sums, moving averages and short baselines, and their run lengths.

CUSUM: Page (1954), Biometrika 41:100. Run length by Markov chain: Brook and Evans (1972), Biometrika 59:539. EWMA:
Lucas and Saccucci (1990), Technometrics 32:1. EARS C1 and C2: Hutwagner, Thompson, Seeman and Treadwell (2003), Journal
of Urban Health 80:i89.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
STATES = 200
EARS_BASE = 7


def cusum(z: ArrayLike, reference: float, limit: float) -> tuple[Array, NDArray[np.bool_]]:
    """Upward sums (..., t) of standardised values `z` (..., t) less `reference`, and where they pass `limit`.

    After an alarm the sum begins anew at nought. Downward sums are those of -z.

    Examples
    --------
    >>> sums, alarms = cusum([0.0, 2.0, 2.0, 2.0, 0.0], 0.5, 4.0)
    >>> sums.tolist(), alarms.tolist()
    ([0.0, 1.5, 3.0, 4.5, 0.0], [False, False, False, True, False])
    """
    values = np.asarray(z, dtype=np.float64)
    sums, alarms = np.zeros_like(values), np.zeros(values.shape, dtype=bool)
    now = np.zeros(values.shape[:-1])
    for t in range(values.shape[-1]):
        now = np.maximum(0.0, now + values[..., t] - reference)
        sums[..., t], alarms[..., t] = now, now > limit
        now = np.where(alarms[..., t], 0.0, now)
    return sums, alarms


def ewma(z: ArrayLike, weight: float, limit: float) -> tuple[Array, NDArray[np.bool_]]:
    """Sizes (..., t) of moving averages of standardised values `z` (..., t), newest `weight`, and where they alarm.

    Size and `limit` are in standard deviations of the average, exact from the first value on; after an alarm the
    average begins anew.

    Examples
    --------
    >>> sizes, alarms = ewma([0.0, 3.0, 3.0], 0.2, 2.7)
    >>> sizes.round(2).tolist(), alarms.tolist()
    ([0.0, 2.34, 3.77], [False, False, True])
    """
    values = np.asarray(z, dtype=np.float64)
    averages, alarms = np.zeros_like(values), np.zeros(values.shape, dtype=bool)
    now, age = np.zeros(values.shape[:-1]), np.zeros(values.shape[:-1])
    for t in range(values.shape[-1]):
        now, age = (1 - weight) * now + weight * values[..., t], age + 1
        spread = np.sqrt(weight / (2 - weight) * (1 - (1 - weight) ** (2 * age)))
        averages[..., t], alarms[..., t] = np.abs(now) / spread, np.abs(now) > limit * spread
        now, age = (np.where(alarms[..., t], 0.0, one) for one in (now, age))
    return averages, alarms


def short_base(counts: ArrayLike, level: float, gap: int = 0) -> tuple[Array, Array]:
    """Mean (t,) of the seven values before each count and its upper limit (t,), passed with chance 1 - `level`.

    EARS C1, with a `gap` of two values C2, but with the predictive quantile t(6) sqrt(1 + 1/7) in the place of three
    standard deviations, which over so short a base alarm eleven times as often as a normal limit says. The first
    values have none (nan).

    Examples
    --------
    >>> mean, upper = short_base([10, 12, 11, 9, 10, 11, 12, 30], 0.99)
    >>> mean[-1].round(2).item(), upper[-1].round(1).item()
    (10.71, 14.5)
    """
    from scipy.special import stdtrit

    values = np.asarray(counts, dtype=np.float64)
    factor = float(stdtrit(EARS_BASE - 1, level)) * np.sqrt(1 + 1 / EARS_BASE)
    mean, spread = np.full(len(values), np.nan), np.full(len(values), np.nan)
    for t in range(EARS_BASE + gap, len(values)):
        base = values[t - gap - EARS_BASE : t - gap]
        mean[t], spread[t] = base.mean(), base.std(ddof=1)
    return mean, mean + factor * spread


def cusum_run_length(reference: float, limit: float, shift: float = 0.0, states: int = STATES) -> float:
    """Mean number of standard normal values shifted by `shift` until the upward sum passes `limit`.

    Examples
    --------
    >>> round(cusum_run_length(0.5, 4.0)), round(cusum_run_length(0.5, 4.0, 1.0), 1)
    (335, 8.4)
    """
    from scipy.special import ndtr

    width = 2 * limit / (2 * states - 1)
    centres = np.arange(states) * width
    upper = ndtr(centres[None, :] + width / 2 - centres[:, None] + reference - shift)
    lower = ndtr(centres[None, :] - width / 2 - centres[:, None] + reference - shift)
    moves = upper - lower
    moves[:, 0] = upper[:, 0]
    return float(np.linalg.solve(np.eye(states) - moves, np.ones(states))[0])
