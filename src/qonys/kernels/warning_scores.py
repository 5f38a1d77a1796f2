"""Scores of warnings: quantiles, probabilities of an event, warnings of a fixed number, value to one who acts on them.

Lower pinball, Brier and log scores are better. Sources: Gneiting and Raftery (2007), Journal of the American
Statistical Association 102:359, sections 3 and 6; Richardson (2000), Quarterly Journal of the Royal Meteorological
Society 126:649, equations 6-9.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def pinball(quantile: Array, actual: Array, level: float) -> Array:
    """Score (...) of a quantile forecast (...) at `level`: level times the distance above, 1 - level times that below.

    Gneiting and Raftery (2007), equation 40; its mean is least for the true quantile. In the unit of the forecast.

    Examples
    --------
    >>> [round(float(pinball(np.array(10.0), np.array(y), 0.975)), 3) for y in (12.0, 8.0)]
    [1.95, 0.05]
    """
    off = np.asarray(actual, dtype=np.float64) - quantile
    return np.asarray(np.where(off >= 0, level, level - 1) * off)


def brier(probability: Array, happened: Array) -> Array:
    """Squared distance (...) of a probability (...) from what happened (1 or 0, ...); 0 to 1 (Brier 1950).

    Examples
    --------
    >>> float(brier(np.array(0.25), np.array(1.0)))
    0.5625
    """
    return np.asarray((np.asarray(probability, dtype=np.float64) - happened) ** 2)


def log_score(probability: Array, happened: Array) -> Array:
    """Minus the logarithm of the probability (...) given to what happened, nats; without end where that was nought.

    Examples
    --------
    >>> round(float(log_score(np.array(0.25), np.array(1.0))), 6)
    1.386294
    """
    given = np.where(np.asarray(happened) > 0, probability, 1 - np.asarray(probability, dtype=np.float64))
    with np.errstate(divide="ignore"):
        return np.asarray(-np.log(given))


def hits_of_highest(probability: Array, happened: Array, groups: NDArray[np.int64], each: int) -> tuple[float, int]:
    """Events among the `each` highest probabilities of every group (a year), and how many such warnings there are.

    Probability, happened, groups (n,). Equal probabilities at the border share its places, so that the order of rows
    does not matter; a group of fewer cases warns of all of them.

    Examples
    --------
    >>> hits_of_highest(np.array([0.9, 0.1, 0.5, 0.5]), np.array([1.0, 0.0, 1.0, 0.0]), np.array([1, 1, 2, 2]), 1)
    (1.5, 2)
    """
    hits, warned = 0.0, 0
    for group in np.unique(groups):
        chance, came = probability[groups == group], happened[groups == group]
        places = min(each, len(chance))
        border = np.sort(chance)[-places]
        above, level = chance > border, chance == border
        hits += float(came[above].sum() + (places - above.sum()) * came[level].mean())
        warned += places
    return hits, warned


def relative_value(probability: Array, happened: Array, ratio: float) -> float:
    """Value to one who acts where the probability is above `ratio`, the cost of acting over the loss avoided, (0, 1).

    1 - (expense less that of perfect knowledge) / (that of the better of acting always and never, less that of perfect
    knowledge): 1 is perfect, 0 no better than the rate of the event alone, below it worse (Richardson 2000). Not a
    number where the event came always or never.

    Examples
    --------
    >>> relative_value(np.array([0.9, 0.1]), np.array([1.0, 0.0]), 0.5)
    1.0
    """
    came = np.asarray(happened, dtype=np.float64)
    acts = np.asarray(probability) > ratio
    expense = float(np.where(acts, ratio, came).mean())
    rate = float(came.mean())
    perfect, plain = ratio * rate, min(ratio, rate)
    return float("nan") if plain == perfect else (plain - expense) / (plain - perfect)
