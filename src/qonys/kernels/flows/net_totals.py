"""Flows from net totals, and the multiplicative components of a flow table.

Flows nearest (Kullback-Leibler) to a seed m whose in-flow less out-flow of each place is a given net
total: M_ij = m_ij a_i / a_j. The dual is concave in ln a; solved by damped Newton steps with the
Laplacian of the flows. Source: Willekens (1999), Mathematical Population Studies 7:239 (entropy and
raking of flow tables); the condition for each place alone is the quadratic
a_i^2 O_i + a_i N_i - I_i = 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class NetFit:
    """Flows (I, I), their net totals' greatest error (persons), iterations, and whether all were met."""

    flows: Array
    error: float
    iterations: int
    converged: bool


def flows_from_net(seed: Array, net: Array, tolerance: float = 1e-10, max_iterations: int = 200) -> NetFit:
    """Flows with the pattern of `seed` and net migration `net` (in minus out, summing to 0).

    The diagonal is not a flow and is set to zero. If zeros of the seed make a net total impossible,
    an error remains and `converged` is False.

    Examples
    --------
    >>> fit = flows_from_net(np.array([[0.0, 8.0], [2.0, 0.0]]), np.array([-6.0, 6.0]))
    >>> fit.flows.round(9).tolist(), fit.iterations
    ([[0.0, 8.0], [2.0, 0.0]], 0)
    """
    base = np.array(seed, dtype=np.float64)
    np.fill_diagonal(base, 0)
    logs = np.zeros(len(net))
    limit = tolerance * max(float(np.abs(net).max(initial=0)), float(base.max(initial=0)), 1e-300)
    flows, difference = base, net - _net(base)
    iterations = 0
    while np.abs(difference).max(initial=0) > limit and iterations < max_iterations:
        iterations += 1
        step = _newton(flows, difference)
        step *= min(1.0, 3.0 / max(float(np.abs(step).max()), 1e-300))
        logs, flows, difference = _searched(base, net, logs, step)
        if not np.isfinite(flows).all() or np.abs(logs).max() > 500:
            break
    error = float(np.abs(net - _net(flows)).max(initial=0))
    return NetFit(flows, error, iterations, error <= limit)


def _net(flows: Array) -> Array:
    return np.asarray(flows.sum(axis=0) - flows.sum(axis=1))


def _newton(flows: Array, difference: Array) -> Array:
    """Newton step of ln a for the gap of the net totals; the level of a is free, hence least squares."""
    turnover = flows.sum(axis=0) + flows.sum(axis=1)
    laplacian = flows + flows.T - np.diag(turnover)
    return np.asarray(np.linalg.lstsq(laplacian, difference, rcond=None)[0])


def _searched(base: Array, net: Array, logs: Array, step: Array) -> tuple[Array, Array, Array]:
    """Halve the step until the dual objective falls, but for rounding: near the end no step changes it by more."""
    size, worth = 1.0, _dual(base, net, logs)
    rounding = 8 * np.finfo(np.float64).eps * abs(worth)
    while True:
        trial = logs + size * step
        if _dual(base, net, trial) <= worth + rounding or size < 1e-6:
            flows = base * _factors(trial)
            return trial, flows, net - _net(flows)
        size /= 2


def _factors(logs: Array) -> Array:
    """a_j / a_i of logarithms, kept where flows times them are finite."""
    return np.asarray(np.exp(np.clip(logs[:, None] - logs[None, :], -600, 600)))


def _dual(base: Array, net: Array, logs: Array) -> float:
    """Sum of flows + sum of net x ln a, whose gradient in ln a is the gap of the net totals."""
    return float((base * _factors(logs)).sum() + net @ logs)


@dataclass(frozen=True)
class NetComponents:
    """Multiplicative components of a flow table: total, origin and destination shares, association.

    M_ij = total x origin_i x destination_j x association_ij. Source: Rogers, Willekens, Little and
    Raymer (2002), Mathematical Population Studies 9:123.
    """

    total: float
    origin: Array
    destination: Array
    association: Array

    def table(self) -> Array:
        """The flows again."""
        return np.asarray(self.total * np.outer(self.origin, self.destination) * self.association)


def components(flows: Array) -> NetComponents:
    """Multiplicative components (total-sum reference) of flows (I, J) as they stand, diagonal included.

    A place without out- or in-flows has association 0 in its row or column.
    """
    total = float(flows.sum())
    origin, destination = flows.sum(axis=1) / total, flows.sum(axis=0) / total
    expected = total * np.outer(origin, destination)
    association = np.divide(flows, expected, out=np.zeros_like(flows), where=expected > 0)
    return NetComponents(total, origin, destination, association)
