"""Covariances of the estimates of a regression with fixed effects: of the model, robust, and by clusters.

IID: the inverse of the information, times the variance of a residual where the model has one (least squares). HETERO:
the sandwich of single rows times n / (n - k), HC1 of MacKinnon and White (1985), Journal of Econometrics 29:305; k
counts regressors and effects. CLUSTER: the sandwich of sums by cluster (Cameron, Gelbach and Miller 2011).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qonys.kernels.regression.demeaning import Codes, codes_of

Array = NDArray[np.float64]
IID, HETERO, CLUSTER = "iid", "hetero", "cluster"
KINDS = (IID, HETERO, CLUSTER)


def free_parameters(regressors: int, groups: Sequence[ArrayLike]) -> int:
    """Regressors and independent effects together; groupings after the first have one level less.

    Examples
    --------
    >>> free_parameters(2, [[0, 1, 1], [0, 0, 1]])
    5
    """
    return regressors + sum(int(np.max(np.asarray(codes))) + 1 for codes in groups) - (len(groups) - 1)


def covariance_of(
    error: Array,
    x: Array,
    weight: Array,
    sets: tuple[Sequence[ArrayLike], Sequence[ArrayLike]],
    kind: str = CLUSTER,
    scale: float = 1.0,
) -> Array:
    """Covariance (k, k) of estimates from residuals (n,) and regressors (n, k) that are residuals of the effects.

    `weight` (n,) of the information; `sets`: codes of the effects and of the clusters; `scale`: variance of a residual.

    Examples
    --------
    >>> x, error = np.array([[1.0], [-1.0]]), np.array([0.5, -0.5])
    >>> covariance_of(error, x, np.ones(2), ([], []), IID, 2.0).tolist()
    [[1.0]]
    """
    groups, clusters = [np.asarray(codes, dtype=np.int64) for codes in sets[0]], sets[1]
    if kind == CLUSTER:
        return _clustered(error, x, weight, groups, clusters)
    bread = np.linalg.inv((x * weight[:, None]).T @ x)
    if kind == IID:
        return np.asarray(scale * bread)
    scores = x * error[:, None]
    free = free_parameters(x.shape[1], groups)
    return np.asarray(len(x) / (len(x) - free) * bread @ (scores.T @ scores) @ bread)


def cautious(both: ArrayLike, alone: Sequence[ArrayLike]) -> Array:
    """Two-way clustered covariance (k, k) made conservative: no variance is negative or below a one-way variance.

    Negative eigenvalues, which few clusters can give, are set to zero (Cameron, Gelbach and Miller 2011);
    then rows and columns are stretched until each error is at least the larger one-way error (the largest of the
    three: a cautious choice where clusters are few, see MacKinnon, Nielsen and Webb 2021, Journal of Business &
    Economic Statistics 39:505).

    Examples
    --------
    >>> cautious([[1.0, 0.0], [0.0, -1.0]], [[[0.5, 0.0], [0.0, 4.0]]]).round(9).tolist()
    [[1.0, 0.0], [0.0, 4.0]]
    """
    values, vectors = np.linalg.eigh(np.asarray(both, dtype=np.float64))
    least = max(float(values.max()), 0.0) * 1e-12
    mended = (vectors * np.maximum(values, least)) @ vectors.T
    floor = np.max([np.diag(np.asarray(one, dtype=np.float64)) for one in alone], axis=0)
    stretch = np.sqrt(np.maximum(1.0, floor / np.maximum(np.diag(mended), 1e-300)))
    return np.asarray(mended * np.outer(stretch, stretch))


def _clustered(error: Array, x: Array, mu: Array, groups: list[Codes], clusters: Sequence[ArrayLike]) -> Array:
    """Sandwich of scores summed by cluster; of two clusterings V1 + V2 - V12.

    Cameron, Gelbach and Miller (2011), eq. 2.11. Small samples: G / (G - 1) of the smallest clustering and
    (n - 1) / (n - k), k counting regressors and the effects that lie across the clusters.
    """
    bread = np.linalg.inv((x * mu[:, None]).T @ x)
    scores = x * error[:, None]
    sets = [codes_of(codes) for codes in clusters]

    def sandwich(codes: Codes, few: int, within: list[Codes]) -> Array:
        sums = np.stack([np.bincount(codes, weights=scores[:, j]) for j in range(x.shape[1])], axis=1)
        free = x.shape[1] + _across(groups, within)
        factor = few / (few - 1) * (len(x) - 1) / (len(x) - free)
        return np.asarray(factor * bread @ (sums.T @ sums) @ bread)

    counts = [int(codes.max()) + 1 for codes in sets]
    if len(sets) == 1:
        return sandwich(sets[0], counts[0], sets)
    joined = codes_of(sets[0] * counts[1] + sets[1])
    few = min(counts)
    both = sandwich(sets[0], few, sets) + sandwich(sets[1], few, sets) - sandwich(joined, few, sets)
    return cautious(both, [sandwich(codes, count, [codes]) for codes, count in zip(sets, counts, strict=True)])


def _across(groups: list[Codes], clusters: list[Codes]) -> int:
    """Effects that count against the rows: one for each grouping nested in a clustering, all levels of the others."""
    levels = [int(codes.max()) + 1 for codes in groups]
    count = sum(levels) - (len(levels) - 1)
    for codes, many in zip(groups, levels, strict=True):
        if many > 1 and any(len(np.unique(codes * (c.max() + 1) + c)) == many for c in clusters):
            count -= many - 1
    return count
