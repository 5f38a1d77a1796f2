"""Chances with which a count is published as another: unbiased noise of bounded size with the greatest entropy.

For a count i the noise v takes whole values from -min(i, D) to D, without results 1 ... js (small counts are never
shown) and without negative ones; its mean is 0, its variance V, and among all such chances those with the greatest
entropy are taken (Giessing 2016, Privacy in Statistical Databases, LNCS 9867: 237-251; Enderle, Giessing and Tent 2018,
LNCS 11126: 135-149). By Lagrange these are p(v) = exp(a v + b v^2) / sum, whose two parameters minimise the convex
dual log sum exp(a v + b v^2) - b V. Where V is the least variance that a count allows, two values alone have chances.
A count of zero stays zero. Assumed: counts of persons or of moves, not of households that move together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qonys.errors import BadInput

Array = NDArray[np.float64]
LARGEST, VARIANCE, HIDDEN = 5, 2.0, 2
KEYS = 1 << 16
EXACT, STEPS, EDGE = 1e-13, 200, 1e-9


@dataclass(frozen=True)
class PerturbationTable:
    """Chances of noise by count.

    `largest` D, `variance` V, `hidden` js; `chances` (rows, 2 D + 1): of noise -D ... D for the counts 0, 1, ...; the
    last row is that of all greater counts too.
    """

    largest: int
    variance: float
    hidden: int
    chances: Array

    @property
    def noise(self) -> NDArray[np.int64]:
        """Noise of each column, (2 D + 1,)."""
        return np.arange(-self.largest, self.largest + 1)

    def thresholds(self) -> NDArray[np.int64]:
        """Cell keys below which the noise is at most that of the column, (rows, 2 D + 1) of `KEYS`.

        Examples
        --------
        >>> int(perturbation_table().thresholds()[1, 4])
        43691

        """
        found = np.rint(np.cumsum(self.chances, axis=1) * KEYS).astype(np.int64)
        found[:, -1] = KEYS
        return found

    def possible(self) -> NDArray[np.bool_]:
        """Whether a count can get a noise at all, (rows, 2 D + 1): some of the cell keys give it."""
        limits = self.thresholds()
        return np.asarray(np.diff(limits, axis=1, prepend=0) > 0)


def perturbation_table(largest: int = LARGEST, variance: float = VARIANCE, hidden: int = HIDDEN) -> PerturbationTable:
    """Chances of noise for every count.

    Parameters
    ----------
    largest, variance, hidden
        D, persons; V, persons squared; the greatest positive count that is never published, js.

    Raises
    ------
    BadInput
        No chances of mean 0 have this variance for some count: the sentence names the count and the range.

    Examples
    --------
    >>> table = perturbation_table()
    >>> table.chances.shape
    (9, 11)
    >>> bool(abs(table.chances @ table.noise).max() < 1e-10)
    True

    """
    if largest < 1 or hidden < 0 or hidden >= largest or not np.isfinite(variance):
        raise BadInput("protection.size", largest=largest, hidden=hidden)
    rows = largest + hidden + 2
    chances = np.zeros((rows, 2 * largest + 1))
    chances[0, largest] = 1.0
    for count in range(1, rows):
        noise = allowed(count, largest, hidden)
        chances[count, noise + largest] = entropic(noise, variance, count)
    return PerturbationTable(largest, float(variance), hidden, chances)


def allowed(count: int, largest: int, hidden: int) -> NDArray[np.int64]:
    """Noise that a positive count may get, ascending.

    Examples
    --------
    >>> allowed(1, 3, 2).tolist(), allowed(4, 3, 2).tolist()
    ([-1, 2, 3], [-1, 0, 1, 2, 3])

    """
    noise = np.arange(-min(count, largest), largest + 1)
    result = count + noise
    return np.asarray(noise[(result == 0) | (result > hidden)])


def entropic(noise: NDArray[np.int64], variance: float, count: int = 0) -> Array:
    """Chances of the greatest entropy with mean 0 and a variance, (n,).

    Raises
    ------
    BadInput
        The values allow no such chances; `count` is named.

    Examples
    --------
    >>> entropic(np.array([-1, 0, 1]), 0.5).round(9).tolist()
    [0.25, 0.5, 0.25]

    """
    below, above = noise[noise <= 0].max(initial=-(2**31)), noise[noise >= 0].min(initial=2**31)
    least, most = float(-below * above), float(-noise.min() * noise.max())
    if variance < least - EDGE or variance > most + EDGE or variance <= 0:
        raise BadInput("protection.variance", count=count, variance=variance, least=least, most=most)
    if least and variance <= least + EDGE:
        return _two_values(noise, int(below), int(above))
    if variance >= most - EDGE:
        return _two_values(noise, int(noise.min()), int(noise.max()))
    return _newton(noise.astype(np.float64), variance)


def _two_values(noise: NDArray[np.int64], below: int, above: int) -> Array:
    found = np.zeros(len(noise))
    found[noise == below], found[noise == above] = above / (above - below), -below / (above - below)
    return found


def _newton(noise: Array, variance: float) -> Array:
    """The minimum of the dual by Newton's steps, each halved until the dual falls."""
    scale = np.abs(noise).max()
    terms = np.stack([noise / scale, (noise / scale) ** 2])
    goal = np.array([0.0, variance / scale**2])
    weights = np.zeros(2)

    def dual(at: Array) -> tuple[float, Array]:
        power = at @ terms
        top = power.max()
        chance = np.exp(power - top)
        return float(top + np.log(chance.sum()) - at @ goal), chance / chance.sum()

    value, chance = dual(weights)
    for _ in range(STEPS):
        slope = terms @ chance - goal
        if np.abs(slope).max() < EXACT:
            break
        centred = terms - (terms @ chance)[:, None]
        step = np.linalg.solve((centred * chance) @ centred.T, slope)
        size = 1.0
        while (found := dual(weights - size * step))[0] > value + 1e-15 * abs(value) and size > 1e-12:
            size /= 2
        weights = weights - size * step
        value, chance = found
    return chance
