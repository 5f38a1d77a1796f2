"""Spatial focus of migration: Gini indices and coefficients of variation of flow fields.

Tables are as in `qonys.kernels.indices.intensity`. The field of a region is its n - 1 flows to (out) or from
(in) the other regions. "Corrected" indices divide by the number of the other flows instead of all,
so that all moves in one single flow give exactly 1.

Source: Plane and Mulligan (1997), Measuring spatial focusing in a migration system, Demography 34:
251-262 (uncorrected forms); Bell et al. (2002), Journal of the Royal Statistical Society A 165:
435-464 (corrected forms, migration-weighted Gini); Rogers and Sweeney (1998), Measuring the spatial
focus of migration patterns, Professional Geographer 50: 232-242 (coefficients of variation).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qonys.kernels.indices.intensity import between, divide, table

Array = NDArray[np.float64]


def out_fields(flows: ArrayLike) -> Array:
    """Flows of each origin to the other regions, diagonal left out; shape (..., n, n - 1).

    Examples
    --------
    >>> out_fields([[9, 1, 2], [3, 9, 4], [5, 6, 9]]).tolist()
    [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
    """
    array = table(flows)
    n, lead = array.shape[-1], array.shape[:-2]
    flat = np.ascontiguousarray(array).reshape(*lead, n * n)[..., 1:]
    return flat.reshape(*lead, n - 1, n + 1)[..., :n].reshape(*lead, n, n - 1)


def in_fields(flows: ArrayLike) -> Array:
    """Flows into each destination from the other regions; shape (..., n, n - 1)."""
    return out_fields(np.swapaxes(table(flows), -1, -2))


def pair_differences(values: ArrayLike) -> Array:
    """Sum of |x_a - x_b| over all ordered pairs of the last axis; shape (...).

    From the gaps of the sorted values: 2 sum k (N - k) (x_(k+1) - x_(k)), which needs N log N steps in
    place of N^2, is never negative and exactly zero for equal values.

    Examples
    --------
    >>> pair_differences([1.0, 4.0, 2.0]).item()
    12.0
    """
    ordered = np.sort(np.asarray(values, np.float64), axis=-1)
    size = ordered.shape[-1]
    place = np.arange(1.0, size)
    return np.asarray(2 * (np.diff(ordered, axis=-1) @ (place * (size - place))))


def gini_total(flows: ArrayLike, corrected: bool = True) -> Array:
    """Gini index of all n (n - 1) flows of (..., n, n); 0 when they are equal; shape (...).

    Examples
    --------
    >>> gini_total([[0, 7], [7, 0]]).item(), gini_total([[0, 7], [0, 0]]).item()
    (0.0, 1.0)
    """
    fields = out_fields(flows)
    return divide(pair_differences(fields.reshape(*fields.shape[:-2], -1)), _weight(fields, corrected))


def gini_rows(flows: ArrayLike, corrected: bool = True) -> Array:
    """Part of `gini_total` from differences inside rows: focus of destinations; shape (...)."""
    fields = out_fields(flows)
    return divide(pair_differences(fields).sum(axis=-1), _weight(fields, corrected))


def gini_columns(flows: ArrayLike, corrected: bool = True) -> Array:
    """Part of `gini_total` from differences inside columns: focus of origins; shape (...)."""
    return gini_rows(np.swapaxes(table(flows), -1, -2), corrected)


def gini_exchange(flows: ArrayLike, corrected: bool = True) -> Array:
    """Part of `gini_total` from differences between flow and counterflow; shape (...)."""
    moves = between(flows)
    above = np.abs(moves - np.swapaxes(moves, -1, -2)).sum(axis=(-2, -1))
    return divide(above, _weight(out_fields(moves), corrected))


def _weight(fields: Array, corrected: bool) -> Array:
    cells = fields.shape[-2] * fields.shape[-1]
    return np.asarray(2.0 * (cells - corrected) * fields.sum(axis=(-2, -1)))


def _field_gini(fields: Array, corrected: bool) -> Array:
    return divide(pair_differences(fields), 2.0 * (fields.shape[-1] - corrected) * fields.sum(axis=-1))


def gini_out(flows: ArrayLike, corrected: bool = True) -> Array:
    """Gini index of the out-field of each region; shape (..., n), nan without departures.

    Corrected: sum|M_ij - M_il| / (2 (n - 2) O_i); uncorrected 2 (n - 1) O_i; j and l other than i.

    Examples
    --------
    >>> gini_out([[0, 20, 20], [30, 0, 50], [20, 20, 0]]).tolist()
    [0.0, 0.25, 0.0]
    """
    return _field_gini(out_fields(flows), corrected)


def gini_in(flows: ArrayLike, corrected: bool = True) -> Array:
    """Gini index of the in-field of each region; shape (..., n), nan without arrivals."""
    return _field_gini(in_fields(flows), corrected)


def _weighted(index: Array, weights: Array) -> Array:
    """Mean of `index` (..., n) by `weights`; regions of zero weight do not count."""
    above = np.where(weights > 0, index * weights, 0.0).sum(axis=-1)
    return divide(above, weights.sum(axis=-1))


def weighted_gini_out(flows: ArrayLike, corrected: bool = True) -> Array:
    """Migration-weighted out-Gini, sum_i G_i O_i / M: each origin by its departures; shape (...).

    The weight of an out-field is the outflow that it divides among destinations; a weight by the
    inflow of the same region, or a further division by n, as found in some programs, is not used.
    """
    fields = out_fields(flows)
    return _weighted(_field_gini(fields, corrected), fields.sum(axis=-1))


def weighted_gini_in(flows: ArrayLike, corrected: bool = True) -> Array:
    """Migration-weighted in-Gini, sum_j G_j I_j / M: each destination by its arrivals; shape (...)."""
    fields = in_fields(flows)
    return _weighted(_field_gini(fields, corrected), fields.sum(axis=-1))


def variation_out(flows: ArrayLike) -> Array:
    """Coefficient of variation of each out-field, standard deviation (by n - 1 flows) over mean; (..., n)."""
    fields = out_fields(flows)
    return divide(fields.std(axis=-1), fields.mean(axis=-1))


def variation_in(flows: ArrayLike) -> Array:
    """Coefficient of variation of each in-field of (..., n, n), by n - 1 flows; shape (..., n)."""
    fields = in_fields(flows)
    return divide(fields.std(axis=-1), fields.mean(axis=-1))


def aggregate_variation_out(flows: ArrayLike) -> Array:
    """Aggregated coefficient of variation ACV of the out-fields, sum_i cv_i O_i / M; shape (...)."""
    return _weighted(variation_out(flows), out_fields(flows).sum(axis=-1))


def aggregate_variation_in(flows: ArrayLike) -> Array:
    """ACV of the in-fields, sum_j cv_j I_j / M; shape (...). The system's ACV is in plus out."""
    return _weighted(variation_in(flows), in_fields(flows).sum(axis=-1))
