"""Flows from net totals by other measures of nearness than divergence: least squares, and least absolute change.

Flows M nearest to a seed m whose in-flow less out-flow of each place is a given net total, none of them negative:

- least squares with the weights of Deming and Stephan (1940), Annals of Mathematical Statistics 11:427: the smallest
  sum of (M - m)^2 / m. Then M_ij = m_ij max(0, 1 + v_i - v_j); the dual is concave and piecewise quadratic, climbed by
  Newton steps. A seed cell of zero stays zero.
- least absolute change, the smallest sum of abs(M - m), a linear programme (Charnes, Cooper and Ferguson 1955,
  Management Science 1:138) solved by HiGHS (Huangfu and Hall 2018, Mathematical Programming Computation 10:119). As few
  persons as can be are moved to other cells; several tables can have that least sum, one of which is given.

With a divergence (`net_totals.flows_from_net`) every cell changes and none becomes zero; with squares small cells may
become zero; with absolute change most cells stay as they are.
"""

from __future__ import annotations

import numpy as np

from qonys.kernels.flows.net_totals import Array, NetFit

STEPS, HALVINGS = 200, 50
IDLE = 1e-10  # weight of cells at zero: more slows the last steps, none leaves a place without cells


def flows_by_squares(seed: Array, net: Array, tolerance: float = 1e-10) -> NetFit:
    """Flows (I, I) with the least sum of (M - m)^2 / m from `seed` (I, I) that have the net totals `net` (I,), persons.

    The diagonal is not a flow and is set to zero. If zeros of the seed make a net total impossible, an error remains
    and `converged` is False.

    Examples
    --------
    >>> fit = flows_by_squares(np.array([[0.0, 10.0], [10.0, 0.0]]), np.array([15.0, -15.0]))
    >>> fit.flows.round(6).tolist()
    [[0.0, 2.5], [17.5, 0.0]]
    """
    base = np.array(seed, dtype=np.float64)
    np.fill_diagonal(base, 0)
    limit = tolerance * max(float(np.abs(net).max(initial=0)), float(base.max(initial=0)), 1e-300)
    level = np.zeros(len(net))
    flows = base
    steps = 0
    while np.abs(net - _net(flows)).max(initial=0) > limit and steps < STEPS:
        steps += 1
        weights = np.where(_factor(level) > 0, base, IDLE * base)
        curve = weights + weights.T
        curve -= np.diag(curve.sum(axis=0))
        step = np.linalg.lstsq(curve, net - _net(flows), rcond=None)[0]
        level, moved = _searched(base, net, level, np.asarray(step))
        flows = base * np.maximum(_factor(level), 0)
        if not moved:
            break
    error = float(np.abs(net - _net(flows)).max(initial=0))
    return NetFit(flows, error, steps, error <= limit)


def flows_by_absolute_change(seed: Array, net: Array, tolerance: float = 1e-8) -> NetFit:
    """Flows (I, I) with the least sum of abs(M - m) from `seed` (I, I) that have the net totals `net` (I,), persons.

    A cell of the seed that is zero stays zero, the diagonal is no flow. If no flows have the net totals, `converged`
    is False and the flows are the seed's.

    Examples
    --------
    >>> fit = flows_by_absolute_change(np.array([[0.0, 10.0], [10.0, 0.0]]), np.array([15.0, -15.0]))
    >>> round(float(abs(fit.flows - np.array([[0.0, 10.0], [10.0, 0.0]])).sum()), 6)
    15.0
    """
    from scipy.optimize import linprog
    from scipy.sparse import csr_array, hstack

    base = np.array(seed, dtype=np.float64)
    np.fill_diagonal(base, 0)
    size = max(float(base.max(initial=0)), float(np.abs(net).max(initial=0)), 1e-300)
    origins, destinations = np.nonzero(base)
    cells = np.arange(len(origins))
    ones = np.ones(len(cells))
    shape = (len(net), len(cells))
    effect = csr_array((ones, (destinations, cells)), shape) - csr_array((ones, (origins, cells)), shape)
    own = base[origins, destinations] / size
    bounds = [(0.0, None)] * len(cells) + [(0.0, most) for most in own]
    found = linprog(
        np.ones(2 * len(cells)), A_eq=hstack([effect, -effect]), b_eq=(net - _net(base)) / size, bounds=bounds,
        method="highs",
    )  # fmt: skip
    if found.status != 0:
        return NetFit(base, float(np.abs(net - _net(base)).max(initial=0)), 0, False)
    flows = np.zeros_like(base)
    flows[origins, destinations] = size * np.maximum(own + found.x[: len(cells)] - found.x[len(cells) :], 0)
    error = float(np.abs(net - _net(flows)).max(initial=0))
    return NetFit(flows, error, int(found.nit), error <= tolerance * size)


def _net(flows: Array) -> Array:
    return np.asarray(flows.sum(axis=0) - flows.sum(axis=1))


def _factor(level: Array) -> Array:
    return np.asarray(1 + level[:, None] - level[None, :])


def _dual(base: Array, net: Array, level: Array) -> float:
    """Its gradient in `level` is the gap of the net totals."""
    return float((base * np.maximum(_factor(level), 0) ** 2).sum() / 2 + net @ level)


def _searched(base: Array, net: Array, level: Array, step: Array) -> tuple[Array, bool]:
    """The longest of the halved steps that lowers the dual, and whether there is one."""
    worth = _dual(base, net, level)
    for halving in range(HALVINGS):
        trial = level + step / 2**halving
        if np.isfinite(trial).all() and _dual(base, net, trial) <= worth:
            return trial, True
    return level, False
