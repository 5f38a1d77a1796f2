"""Standard errors and intervals of indices from counts of moves.

All treat counts as Poisson: they reflect the random variation of a finite number of independent moves, but not
unregistered moves, families that move together, or errors in the population.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qonys.kernels.indices.intensity import divide

Array = NDArray[np.float64]
Z95 = 1.959963984540054


def wilson(part: ArrayLike, whole: ArrayLike, z: float = Z95) -> tuple[Array, Array]:
    """Score interval of a share `part` / `whole`; nan where `whole` is zero.

    Source: Wilson (1927), Journal of the American Statistical Association 22: 209-212.

    Examples
    --------
    >>> low, high = wilson(10, 100)
    >>> round(low.item(), 4), round(high.item(), 4)
    (0.0552, 0.1744)
    """
    size = np.asarray(whole, np.float64)
    share = divide(part, size)
    grown = 1 + divide(z * z, size)
    middle = (share + divide(z * z, 2 * size)) / grown
    half = z / grown * np.sqrt(divide(share * (1 - share), size) + divide(z * z, 4 * size * size))
    return np.where(share == 0, 0.0, middle - half), np.where(share == 1, 1.0, middle + half)


def poisson_score(count: ArrayLike, z: float = Z95) -> tuple[Array, Array]:
    """Score interval of the mean of a Poisson count: the m with (count - m)^2 = z^2 m; two arrays of its shape.

    Source: Barker (2002), American Statistician 56: 85-89.

    Examples
    --------
    >>> low, high = poisson_score(100)
    >>> round(low.item(), 2), round(high.item(), 2)
    (82.23, 121.61)
    """
    seen = np.asarray(count, np.float64)
    middle, half = seen + z * z / 2, z * np.sqrt(seen + z * z / 4)
    return np.where(seen == 0, 0.0, middle - half), np.asarray(middle + half)


def odds_interval(above: ArrayLike, below: ArrayLike, z: float = Z95) -> tuple[Array, Array]:
    """Interval of the ratio of two independent Poisson counts, from the Wilson interval of the share.

    Given their sum, one of two Poisson counts is binomial; the share p gives the ratio p / (1 - p). Two arrays of the
    common shape of the counts; nan where both are zero. Source: Przyborowski and Wilenski (1940), Biometrika 31: 313.

    Examples
    --------
    >>> low, high = odds_interval(100, 100)
    >>> round((low * high).item(), 12)
    1.0
    """
    above, below = np.asarray(above, np.float64), np.asarray(below, np.float64)
    low, high = wilson(above, above + below, z)
    return divide(low, 1 - low), divide(high, 1 - high)


def poisson_draws(flows: ArrayLike, draws: int, seed: int, stream: int = 0) -> Array:
    """Parametric bootstrap: `draws` tables of Poisson counts with the given means (...); (draws, ...).

    The same `seed` and `stream` give the same tables. Source: Davison and Hinkley (1997), Bootstrap methods and their
    application, section 2.2.
    """
    random = np.random.Generator(np.random.Philox(key=np.array([seed, stream], dtype=np.uint64)))
    means = np.asarray(flows, np.float64)
    return random.poisson(means, size=(draws, *means.shape)).astype(np.float64)


def bootstrap_interval(value: ArrayLike, drawn: ArrayLike, level: float = 0.95) -> tuple[Array, Array]:
    """Basic bootstrap interval of `value` (...) from `drawn` (draws, ...): 2 value - upper and lower quantile.

    Indices of unevenness grow with the noise of counting, and drawing adds that noise a second time;
    the basic interval takes the growth off again, the plain quantiles would double it. In sparse
    tables the interval may therefore lie below the value: then the value itself is mostly noise.
    Where less than half of the draws give a figure the interval is nan. Nothing is cut off at 0 or 1.
    Source: Davison and Hinkley (1997), Bootstrap methods and their application, section 5.2.
    """
    array = np.asarray(drawn, np.float64)
    known = np.isfinite(array)
    enough = known.mean(axis=0) >= 0.5
    safe = np.where(enough, np.where(known, array, np.nan), 0.0)
    low, high = np.nanquantile(safe, [(1 - level) / 2, (1 + level) / 2], axis=0)
    centre = 2 * np.asarray(value, np.float64)
    return np.where(enough, centre - high, np.nan), np.where(enough, centre - low, np.nan)
