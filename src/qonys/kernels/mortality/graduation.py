"""Single years of age from age groups: a monotone spline through the cumulative counts that preserves group totals.

Source: Fritsch and Carlson (1980), SIAM Journal on Numerical Analysis 17:238 (the monotone spline; no
negative counts and no bulges that the groups do not show); splitting by the cumulated curve: Shryock and Siegel
(1973), The Methods and Materials of Demography, appendix C. Assumes: ages are smooth within the
groups; cohorts born in odd years of a shock are not seen.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def single_ages(groups: Array, starts: Array, ages: int) -> Array:
    """Counts by single year of age 0 .. ages - 1, (..., ages), from groups (..., G) that start at `starts`.

    The last group is open and must start at the last age; group totals are preserved.

    Raises
    ------
    ValueError
        The open group does not start at the last age.

    Examples
    --------
    >>> single_ages(np.array([50.0, 50.0, 3.0]), np.array([0, 5, 10]), 11).round(2).tolist()
    [10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 3.0]
    """
    from scipy.interpolate import PchipInterpolator

    if int(starts[-1]) != ages - 1:
        raise ValueError("the open group must start at the last age")
    total = np.concatenate([np.zeros((*groups.shape[:-1], 1)), np.cumsum(groups[..., :-1], axis=-1)], axis=-1)
    curve = PchipInterpolator(np.asarray(starts, dtype=np.float64), total, axis=-1)
    closed = np.diff(curve(np.arange(ages, dtype=np.float64)), axis=-1)
    return np.concatenate([closed, groups[..., -1:]], axis=-1)
