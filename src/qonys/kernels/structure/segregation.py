"""Residential segregation: dissimilarity, isolation, exposure, correlation ratio, and multigroup indices.

Counts x_ij (places i, groups j), totals t_i, shares p_ij = x_ij / t_i and p_j. Definitions: Duncan and Duncan (1955),
American Sociological Review 20:210 (D); Bell (1954), Social Forces 32:357, and Lieberson (1981) (isolation, exposure,
eta2); Sakoda (1981) and Reardon and Firebaugh (2002), Sociological Methodology 32:33 (D of many groups, H); Theil and
Finizza (1971) and Mora and Ruiz-Castillo (2011), Sociological Methodology 41:159 (M); James (1986), in Sociological
Methodology 16, and Reardon and Firebaugh (2002) (normalised exposure); Duncan, Cuzzort and Duncan (1961), Statistical
Geography, and Massey and Denton (1988), Social Forces 67:281 (delta). With `around`, the composition
of a place is that of its surroundings (Reardon and O'Sullivan 2004, Sociological Methodology 34:121), so that
neighbours like it count.

Chance alone spreads few people unevenly, so every index has an upward bias that grows as units shrink: `estimated`
gives the expectation under random allocation with the same sizes (Winship 1977; Carrington and Troske 1997) and the
estimate less its bootstrap bias with a percentile interval (Elbers 2021, Sociological Methods & Research 52:5). A
full count has no sampling error; the interval then says how far chance moves of single persons would carry the index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qonys.errors import BadInput

Array = NDArray[np.float64]
LEAST_DEFINED = 0.9
MOST_COUNTED = 2.0**53
PER_CENT = 100.0
ROUNDED = 1.0  # per cent by which rounded percentages may miss 100
INDICES = ("d", "isolation", "eta2", "d_multi", "h", "m")


def shares(counts: ArrayLike, around: ArrayLike | None = None) -> Array:
    """Composition of each place (I, J); of its surroundings with weights `around` (I, I). Empty places have none.

    Examples
    --------
    >>> shares([[1.0, 3.0], [2.0, 2.0]]).tolist()
    [[0.25, 0.75], [0.5, 0.5]]
    """
    x = np.asarray(counts, dtype=np.float64)
    mixed = x if around is None else np.asarray(around, dtype=np.float64) @ x
    totals = mixed.sum(axis=-1, keepdims=True)
    return np.asarray(np.divide(mixed, totals, out=np.zeros_like(mixed), where=totals > 0))


def dissimilarity(first: ArrayLike, second: ArrayLike) -> float:
    """Share of either group (I,) that would have to change place for an even distribution, 0 ... 1.

    Examples
    --------
    >>> dissimilarity([1.0, 3.0], [2.0, 2.0])
    0.25
    """
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    return float(0.5 * np.abs(a / a.sum() - b / b.sum()).sum())


def most_dissimilarity(first: ArrayLike, second: ArrayLike) -> float:
    """Largest dissimilarity of two groups whose shares (I,) in each place are known and the sizes of places are not.

    With the odds ratio w of the two places where `first` / `second` is largest and least, no sizes of the places give
    more than (sqrt(w) - 1) / (sqrt(w) + 1): the largest difference of two logistic curves that lie ln w apart, reached
    when only these two places are peopled. The least is always zero. 1 where a group is absent from a place.

    Examples
    --------
    >>> most_dissimilarity([0.8, 0.2], [0.2, 0.8])
    0.6
    """
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if (a <= 0).any() or (b <= 0).any():
        return 1.0
    root = float(np.sqrt((a / b).max() / (a / b).min()))
    return round((root - 1) / (root + 1), 12)


def exposure(counts: ArrayLike, of: int, to: int, around: ArrayLike | None = None) -> float:
    """Mean share of the group `to` in the place (or its surroundings) of a member of the group `of`; xPx if the same.

    Examples
    --------
    >>> exposure([[1.0, 3.0], [3.0, 1.0]], 0, 1)
    0.375
    """
    x = np.asarray(counts, dtype=np.float64)
    return float(x[:, of] @ shares(x, around)[:, to] / x[:, of].sum())


def correlation(counts: ArrayLike, of: int, around: ArrayLike | None = None) -> float:
    """Correlation ratio eta2 (V): (isolation - share of the group) / (1 - share), 0 ... 1.

    Examples
    --------
    >>> correlation([[1.0, 3.0], [3.0, 1.0]], 0)
    0.25
    """
    x = np.asarray(counts, dtype=np.float64)
    whole = x[:, of].sum() / x.sum()
    return float((exposure(x, of, of, around) - whole) / (1 - whole))


def normalised_exposure(counts: ArrayLike, around: ArrayLike | None = None) -> float:
    """Normalised exposure of many groups, sum_ij t_i (p_ij - p_j)^2 / (T (1 - p_j)); eta2 of two groups; 0 ... 1.

    Examples
    --------
    >>> normalised_exposure([[1.0, 3.0], [3.0, 1.0]])
    0.25
    """
    x = np.asarray(counts, dtype=np.float64)
    p, t = x.sum(axis=0) / x.sum(), x.sum(axis=1)
    return float((t[:, None] * (shares(x, around) - p) ** 2 / (1 - p)).sum() / t.sum())


def delta(group: ArrayLike, areas: ArrayLike) -> float:
    """Concentration of a group (I,) in space: share that would have to move for an even density over `areas` (I,).

    Examples
    --------
    >>> delta([30.0, 10.0], [1.0, 3.0])
    0.5
    """
    return dissimilarity(group, areas)


def multigroup_dissimilarity(counts: ArrayLike, around: ArrayLike | None = None) -> float:
    """D of many groups, sum_ij t_i abs(p_ij - p_j) / (2 T I) with I = sum p_j (1 - p_j); 0 ... 1.

    Examples
    --------
    >>> multigroup_dissimilarity([[4.0, 0.0], [0.0, 4.0]])
    1.0
    """
    x = np.asarray(counts, dtype=np.float64)
    p, t = x.sum(axis=0) / x.sum(), x.sum(axis=1)
    mixed = float((p * (1 - p)).sum())
    return float((t[:, None] * np.abs(shares(x, around) - p)).sum() / (2 * t.sum() * mixed))


def information(counts: ArrayLike, around: ArrayLike | None = None) -> float:
    """M, mutual information of place and group in nats: mean over persons of the divergence of their place.

    Examples
    --------
    >>> round(information([[4.0, 0.0], [0.0, 4.0]]), 6)
    0.693147
    """
    x = np.asarray(counts, dtype=np.float64)
    t = x.sum(axis=1)
    return float(_entropy(x.sum(axis=0) / x.sum()) - (t * _entropy(shares(x, around))).sum() / t.sum())


def theil(counts: ArrayLike, around: ArrayLike | None = None) -> float:
    """Theil's H: M divided by the entropy of the whole population, 0 ... 1.

    Examples
    --------
    >>> theil([[4.0, 0.0], [0.0, 4.0]])
    1.0
    """
    x = np.asarray(counts, dtype=np.float64)
    return information(x, around) / float(_entropy(x.sum(axis=0) / x.sum()))


def local_information(counts: ArrayLike) -> Array:
    """Divergence of each place from the whole, sum_j p_ij ln(p_ij / p_j), (I,) nats; M is its mean over persons.

    Examples
    --------
    >>> local_information([[4.0, 0.0], [0.0, 4.0]]).round(4).tolist()
    [0.6931, 0.6931]
    """
    x = np.asarray(counts, dtype=np.float64)
    p, q = shares(x), x.sum(axis=0) / x.sum()
    ratio = np.divide(p, q, out=np.ones_like(p), where=p > 0)
    return np.asarray((p * np.log(ratio)).sum(axis=1))


def quotients(counts: ArrayLike) -> Array:
    """Representation of groups in places, p_ij / p_j (I, J); 1 where a group has its share of the whole.

    Examples
    --------
    >>> quotients([[1.0, 3.0], [3.0, 1.0]]).tolist()
    [[0.5, 1.5], [1.5, 0.5]]
    """
    x = np.asarray(counts, dtype=np.float64)
    return np.asarray(shares(x) / (x.sum(axis=0) / x.sum()))


def association(counts: ArrayLike, added: float = 0.5) -> Array:
    """Interactions of the saturated log-linear model (I, J): logs of counts less means of rows and columns.

    ln x_ij = u + u_i + u_j + u_ij with sums of u_ij zero over rows and columns (Goodman 1970, Journal of the American
    Statistical Association 65:226); unlike quotients they do not depend on how large places and groups are. `added` to
    every cell keeps empty ones finite. Differences of two u_ij of a row are log odds.

    Examples
    --------
    >>> association([[4.0, 1.0], [1.0, 4.0]], 0.0).round(3).tolist()
    [[0.693, -0.693], [-0.693, 0.693]]
    """
    logs = np.log(np.asarray(counts, dtype=np.float64) + added)
    return np.asarray(logs - logs.mean(axis=1, keepdims=True) - logs.mean(axis=0) + logs.mean())


def of_persons(counts: ArrayLike) -> str:
    """Why counts (I, J) are no persons; empty if they may be: "fractions", "places", "groups" or "many".

    fractions: some are no whole numbers. places (groups): those of every place (group) sum to 100, so that they are
    percentages. many: more than can be counted one by one. Chance spreads persons, so that its expectation and the
    interval of an index need whole persons.

    Examples
    --------
    >>> of_persons([[45.0, 55.0], [20.0, 80.0]]), of_persons([[45.0, 55.0], [20.0, 90.0]])
    ('places', '')
    """
    x = np.asarray(counts, dtype=np.float64)
    if (x > MOST_COUNTED).any() or x.sum() > MOST_COUNTED:
        return "many"
    if (np.abs(x - np.round(x)) > 1e-9 * x).any():
        return "fractions"
    for name, sums in (("places", x.sum(axis=1)), ("groups", x.sum(axis=0))):
        if (np.abs(sums - PER_CENT) <= ROUNDED).all():
            return name
    return ""


def distance_weights(distances: ArrayLike, bandwidth: float) -> Array:
    """Weights of surroundings exp(-distance / bandwidth) (I, I); the place itself has one.

    Examples
    --------
    >>> distance_weights([[0.0, 1.0], [1.0, 0.0]], 1.0).round(3).tolist()
    [[1.0, 0.368], [0.368, 1.0]]
    """
    return np.asarray(np.exp(-np.asarray(distances, dtype=np.float64) / bandwidth))


@dataclass(frozen=True)
class IndexEstimate:
    """An index: `raw` of the counts, `chance` expected under random allocation, `value` less bias, `low`, `high`."""

    raw: float
    chance: float
    value: float
    low: float
    high: float


def estimated(
    counts: ArrayLike, index: Callable[[Array], float], draws: int = 200, seed: int = 1, level: float = 0.95
) -> IndexEstimate:
    """`index` of counts of persons (I, J) with expectation under random allocation, bias correction and interval.

    `chance`: mean over tables in which each place draws its people from the whole. Bias: the mean over tables drawn
    from the observed one, less the observed index; it is taken away from the value and from the ends. Without draws
    the value is that of the counts, and `chance`, `low` and `high` are NaN. Drawn tables in which fewer than two groups
    have anybody have no index and are left out.

    Raises
    ------
    BadInput
        More than a tenth of the drawn tables have no index: the groups have too few people.
    ValueError
        Counts below zero, fewer than two places or groups, or an empty place or group.
    """
    x = np.asarray(counts, dtype=np.float64)
    if x.ndim != 2 or min(x.shape) < 2 or (x < 0).any() or (x.sum(axis=1) <= 0).any() or (x.sum(axis=0) <= 0).any():
        raise ValueError("counts of two or more places and groups are needed, none of them empty")
    raw = index(x)
    if draws == 0:
        return IndexEstimate(raw, np.nan, raw, np.nan, np.nan)
    rng = np.random.default_rng(seed)
    sizes = np.round(x.sum(axis=1)).astype(np.int64)
    whole = x.sum(axis=0) / x.sum()
    random = _of_drawn(index, (rng.multinomial(sizes, whole) for _ in range(draws)), draws)
    cells, people = (x / x.sum()).ravel(), int(sizes.sum())
    again = _of_drawn(index, (rng.multinomial(people, cells).reshape(x.shape) for _ in range(draws)), draws)
    bias = float(again.mean()) - raw
    low, high = (float(np.quantile(again, tail)) - 2 * bias for tail in ((1 - level) / 2, (1 + level) / 2))
    return IndexEstimate(raw, float(np.mean(random)), raw - bias, low, high)


def _of_drawn(index: Callable[[Array], float], tables: Iterable[NDArray[np.int64]], draws: int) -> Array:
    """The index of each drawn table in which two groups or more have people."""
    found = np.array([index(table.astype(np.float64)) for table in tables if (table.sum(axis=0) > 0).sum() > 1])
    if len(found) < LEAST_DEFINED * draws:
        raise BadInput("explanation.few_people", left=len(found), draws=draws)
    return found


def _entropy(p: Array) -> Array:
    """Entropy along the last axis, nats."""
    return np.asarray(-(p * np.log(np.where(p > 0, p, 1.0))).sum(axis=-1))
