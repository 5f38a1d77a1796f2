"""Composition of a population by group, and components of its change.

Groups stand in the last axis of sizes or shares, (..., G); draws, where a probability is taken, in the first.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def shares(sizes: Array) -> Array:
    """Share of each group, (..., G), of sizes (..., G) in persons; not a number where there is nobody.

    Examples
    --------
    >>> shares(np.array([1.0, 3.0])).tolist()
    [0.25, 0.75]
    """
    total = np.broadcast_to(sizes.sum(axis=-1, keepdims=True), sizes.shape)
    return np.asarray(np.divide(sizes, total, out=np.full(sizes.shape, np.nan), where=total > 0))


def simpson(share: Array) -> Array:
    """Probability that two persons drawn at random belong to different groups, 1 - sum p^2, (...).

    `share` (..., G), summing to 1. Simpson (1949), Nature 163:688; the index of ethnic fractionalisation. From 0 to
    1 - 1 / G, which equal groups reach.

    Examples
    --------
    >>> float(simpson(np.full(4, 0.25)))
    0.75
    """
    return np.asarray(1 - (share**2).sum(axis=-1))


def polarisation(share: Array) -> Array:
    """RQ = 4 sum p^2 (1 - p), (...): 1 for two groups of equal size, 0 for one group or very many.

    Montalvo and Reynal-Querol (2005), American Economic Review 95:796.

    Examples
    --------
    >>> float(polarisation(np.array([0.5, 0.5]))), float(simpson(np.array([0.5, 0.5])))
    (1.0, 0.5)
    """
    return np.asarray(4 * (share**2 * (1 - share)).sum(axis=-1))


def entropy(share: Array) -> Array:
    """Shannon's entropy - sum p ln p, nats, (...), of `share` (..., G); from 0 to ln G.

    Its exponential is the number of equal groups that are as diverse. Shannon (1948), Bell System Technical Journal
    27:379.

    Examples
    --------
    >>> round(float(np.exp(entropy(np.full(4, 0.25)))), 9)
    4.0
    """
    term = np.log(share, out=np.zeros_like(share), where=share > 0) * share
    return np.asarray(0.0 - term.sum(axis=-1))


def crossed(values: Array, threshold: ArrayLike, above: bool = False) -> tuple[Array, Array]:
    """Probabilities over draws (D, T, ...) that a path is beyond a threshold: (at each time, by each time), (T, ...).

    Beyond is below it (a group vanishes), or above it if `above` (a group emerges), in the strict sense.
    By a time: at that time or earlier, also where the path has come back since. A path that begins beyond
    counts from the start. Not a number from the first time at which a draw is not a number.

    Raises
    ------
    ValueError
        No draws.

    Examples
    --------
    >>> at, by = crossed(np.array([[5.0, 1.0, 4.0], [5.0, 5.0, 5.0]]), 2.0)
    >>> at.tolist(), by.tolist()
    ([0.0, 0.5, 0.0], [0.0, 0.5, 0.5])
    """
    if values.shape[0] == 0:
        raise ValueError("a probability needs draws")
    limit: Array = np.asarray(threshold, dtype=np.float64)
    beyond = values > limit if above else values < limit
    unknown = np.isnan(values).any(axis=0)
    at = np.where(unknown, np.nan, beyond.mean(axis=0))
    by = np.logical_or.accumulate(beyond, axis=1).mean(axis=0)
    return at, np.asarray(np.where(np.logical_or.accumulate(unknown, axis=0), np.nan, by))


def share_effects(start: Array, parts: Array) -> Array:
    """What each part of the change does to the shares of groups, (K, ..., G), as fractions of the population.

    `start` (..., G) sizes, `parts` (K, ..., G) with end = start + sum of parts. The share of g changes by
    sum over parts of (c_g - s_g c) / P(end), s_g its share at the start, c the part of all groups: a group
    gains where a part gives it more than its share. Exact; sums to the change over parts, and to zero over groups.
    Not a number where there is nobody at the start or the end. The identity follows from s = P_g / P, no source needed.

    Examples
    --------
    >>> share_effects(np.array([60.0, 40.0]), np.array([[40.0, 60.0]])).tolist()
    [[-0.1, 0.1]]
    """
    whole = start.sum(axis=-1, keepdims=True) + parts.sum(axis=(0, -1))[..., None]
    gain = parts - shares(start) * parts.sum(axis=-1, keepdims=True)
    below = np.broadcast_to(whole, gain.shape)
    return np.asarray(np.divide(gain, below, out=np.full(gain.shape, np.nan), where=below > 0))
