"""Event study with staggered dates: effects by cohort and time since the date, averaged over cohorts.

    y_it = a_i + d_t + sum over cohorts g and times l other than -1 of b_gl [G_i = g] [t - g = l] + e_it

(Sun and Abraham 2021, Journal of Econometrics 225:175, eq. 22 to 26). With dates that differ, one coefficient a time
since the date mixes cohorts with weights that can be negative (Goodman-Bacon 2021); here each cohort is compared with
units that were never touched, or with the last cohort, whose own times are left out. Errors by cluster of the unit.
Assumes that without the act all would have moved in parallel, and that nobody moved ahead of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtrc, stdtrit

from qonys.errors import BadInput
from qonys.kernels.regression.covariances import CLUSTER
from qonys.kernels.regression.linear_effects import linear_fit

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
CLUSTERS = 8
NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True)
class EventStudy:
    """Per time since the date, `since` (l,): `effect`, `error`, `low`, `high` (95 %) of the unit of the outcome, and
    the number of `units`; `mean` effect from the date on with its error and ends; `parallel`: p of the joint test that
    all effects before the date are nought; `never`: whether some units were never touched.
    """

    since: Whole
    effect: Array
    error: Array
    low: Array
    high: Array
    units: Whole
    mean: tuple[float, float, float, float]
    parallel: float
    never: bool


def event_study(values: Array, starts: Whole, times: Whole, window: tuple[int, int] | None = None) -> EventStudy:
    """Effects in a panel `values` (units, times); `starts` (units,): the first time of each, `NEVER` where none.

    `window`: the first and last time since the date that is shown; what is outside is fitted, not shown.

    Raises
    ------
    BadInput
        Values are missing, fewer than eight units, no unit to compare with, nobody touched within the times.

    Examples
    --------
    >>> rng, times = np.random.default_rng(1), np.arange(12)
    >>> starts = np.array([4] * 5 + [7] * 5 + [NEVER] * 10)
    >>> values = rng.normal(size=(20, 12)) + 3.0 * (times >= starts[:, None])
    >>> round(event_study(values, starts, times).mean[0])
    3
    """
    starts, never = _check(values, starts, times)
    last = np.unique(starts[starts < NEVER]).max()
    if not never:
        values, times = values[:, times < last], times[times < last]
    unit, when = np.indices(values.shape)
    since = times[when] - np.where(starts < NEVER, starts, 0)[unit]
    own = (starts < NEVER) & (never | (starts < last))
    cells = [
        (g, one)
        for g in np.unique(starts[own])
        for one in np.unique(since[starts == g])
        if one != -1
    ]  # fmt: skip
    columns = [(starts[unit] == g) & (since == one) for g, one in cells]
    codes = [unit.ravel(), when.ravel()]
    design = np.column_stack([column.ravel() for column in columns]).astype(np.float64)
    fit = linear_fit(values.ravel(), design, codes, [unit.ravel()], CLUSTER)
    return _averaged(fit.coefficients, fit.covariance, cells, (starts[own], len(starts), never), window)


def _averaged(
    b: Array,
    covariance: Array,
    cells: list[tuple[int, int]],
    about: tuple[Whole, int, bool],
    window: tuple[int, int] | None,
) -> EventStudy:
    starts, clusters, never = about
    sizes = np.array([(starts == g).sum() for g, _ in cells], dtype=np.float64)
    times = np.array([one for _, one in cells])
    low, high = window or (int(times.min()), int(times.max()))
    since = np.unique(times[(times >= low) & (times <= high)])
    weights = np.array([np.where(times == one, sizes, 0.0) for one in since])
    weights /= weights.sum(axis=1, keepdims=True)
    effect, joint = weights @ b, weights @ covariance @ weights.T
    error, half = np.sqrt(np.diag(joint)), float(stdtrit(clusters - 1, 0.975))
    after = np.where(times >= 0, sizes, 0.0) / sizes[times >= 0].sum()
    mean, spread = float(after @ b), float(np.sqrt(after @ covariance @ after))
    units = np.array([int(sizes[times == one].sum()) for one in since])
    parallel = _joint_p(effect[since < 0], joint[np.ix_(since < 0, since < 0)], clusters)
    ends = (mean, spread, mean - half * spread, mean + half * spread)
    return EventStudy(since, effect, error, effect - half * error, effect + half * error, units, ends, parallel, never)


def _joint_p(effect: Array, covariance: Array, clusters: int) -> float:
    """Chance of so large effects (k,) if all are nought: F with k and clusters - 1 degrees; nan where untestable."""
    k = len(effect)
    if not k or k >= clusters - 1 or np.linalg.matrix_rank(covariance) < k:
        return float("nan")
    return float(fdtrc(k, clusters - 1, float(effect @ np.linalg.solve(covariance, effect)) / k))


def _check(values: Array, starts: Whole, times: Whole) -> tuple[Whole, bool]:
    if not np.isfinite(values).all():
        raise BadInput("effect.gaps", n=int((~np.isfinite(values)).sum()))
    if len(starts) < CLUSTERS:
        raise BadInput("effect.few_units", n=len(starts), need=CLUSTERS)
    starts = np.where(starts > times.max(), NEVER, starts)
    if (starts <= times.min()).any():
        raise BadInput("effect.always", n=int((starts <= times.min()).sum()))
    cohorts, never = np.unique(starts[starts < NEVER]), bool((starts == NEVER).any())
    if not len(cohorts):
        raise BadInput("effect.nobody")
    if not never and len(cohorts) < 2:
        raise BadInput("effect.no_comparison")
    return starts, never
