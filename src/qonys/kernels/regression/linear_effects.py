"""Least squares with many fixed effects, and its errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qonys.kernels.regression.covariances import CLUSTER, covariance_of, free_parameters
from qonys.kernels.regression.demeaning import demeaned

Array = NDArray[np.float64]


@dataclass(frozen=True)
class LinearFit:
    """Coefficients (k,), their covariance (k, k) and fitted values (n,), of the unit of the outcome."""

    coefficients: Array
    covariance: Array
    fitted: Array


def linear_fit(
    y: ArrayLike, x: ArrayLike, groups: Sequence[ArrayLike], clusters: Sequence[ArrayLike], errors: str = CLUSTER
) -> LinearFit:
    """Least squares of outcomes (n,) on regressors (n, k) and effects of `groups`; without any, one constant.

    `errors` as in `covariances`; the variance of a residual is RSS / (n - k), k counting regressors and effects.

    Examples
    --------
    >>> linear_fit([1.0, 2.0, 4.0, 5.0], [[0.0], [1.0], [2.0], [3.0]], [], [], "iid").coefficients.round(6).tolist()
    [1.4]
    """
    y, x = np.asarray(y, dtype=np.float64), np.asarray(x, dtype=np.float64)
    lists = [np.asarray(codes, dtype=np.int64) for codes in groups] or [np.zeros(len(y), dtype=np.int64)]
    rest = demeaned(np.column_stack([y, x]), lists)
    inside = rest[:, 1:]
    b: Array = np.asarray(np.linalg.lstsq(inside, rest[:, 0], rcond=None)[0], dtype=np.float64)
    error = rest[:, 0] - inside @ b
    scale = float(error @ error) / max(len(y) - free_parameters(x.shape[1], lists), 1)
    covariance = covariance_of(error, inside, np.ones(len(y)), (lists, clusters), errors, scale)
    return LinearFit(b, covariance, y - error)
