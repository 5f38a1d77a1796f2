"""Distance of migration: mean and median distance, and distance decay.

Tables are as in `qonys.kernels.indices.intensity`; distances have shape (n, n), any unit of length, positive
off the diagonal; the diagonal is ignored.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qonys.errors import BadInput
from qonys.kernels.indices.fields import out_fields
from qonys.kernels.indices.intensity import between, divide

Array = NDArray[np.float64]


def mean_distance(flows: ArrayLike, distances: ArrayLike) -> Array:
    """Mean distance of moves between regions, sum M_ij d_ij / M, in the unit of distance; shape (...).

    `flows` (..., n, n) moves, `distances` (n, n); nan without moves. Source: Bell et al. (2002), Journal of the Royal
    Statistical Society A 165: 435-464.

    Examples
    --------
    >>> mean_distance([[0, 3], [1, 0]], [[0, 100], [200, 0]]).item()
    125.0
    """
    moves = between(flows)
    far = between(distances)
    return divide((moves * far).sum(axis=(-2, -1)), moves.sum(axis=(-2, -1)))


def median_distance(flows: ArrayLike, distances: ArrayLike) -> Array:
    """Smallest distance that covers at least half of the moves; shape (...), nan without moves.

    `flows` (..., n, n) moves, `distances` (n, n); in the unit of distance. Source: Bell et al. (2002).

    Examples
    --------
    >>> median_distance([[0, 1, 5], [0, 0, 3], [0, 0, 0]], [[0, 10, 20], [10, 0, 30], [20, 30, 0]]).item()
    20.0
    """
    fields, far = out_fields(flows), out_fields(distances).ravel()
    order = np.argsort(far, kind="stable")
    running = np.cumsum(fields.reshape(*fields.shape[:-2], -1)[..., order], axis=-1)
    total = running[..., -1:]
    place = np.argmax(running >= total / 2, axis=-1)
    return np.where(total[..., 0] > 0, far[order][place], np.nan)


@dataclass(frozen=True)
class Decay:
    """Distance exponent b of one table, its errors and the fitted flows.

    `error` is the standard error if flows are Poisson; `robust` is the sandwich standard error, valid also
    under overdispersion (persons move in families, and the model is not exact).
    """

    exponent: float
    error: float
    robust: float
    fitted: Array
    rounds: int


def distance_decay(flows: ArrayLike, distances: ArrayLike, rounds: int = 100, tolerance: float = 1e-9) -> Decay:
    """Exponent b of the Poisson model ln E(M_ij) = a_i + c_j + b ln d_ij, i != j, by Newton steps.

    Shape (n, n) only. b is below zero when flows fall with distance. Regions without departures take
    no part as origins, those without arrivals none as destinations.
    Source: Poisson gravity model with both sets of effects: Flowerdew and Aitkin (1982),
    Journal of Regional Science 22: 191-202; Santos Silva and Tenreyro (2006), Review of Economics and
    Statistics 88: 641-658; sandwich error without small-sample factor (White 1980).

    Raises
    ------
    BadInput
        A distance between regions is not positive, fewer than three regions take part, or no finite maximum is found.

    """
    moves = between(flows)
    n = moves.shape[-1]
    outside = ~np.eye(n, dtype=bool)
    far = np.where(outside, np.asarray(distances, np.float64), 1.0)
    if not np.all(np.isfinite(far)) or far.min() <= 0:
        raise BadInput("indicators.distance_positive", cells=_cells(~np.isfinite(far) | (far <= 0)))
    origins, destinations = moves.sum(axis=1) > 0, moves.sum(axis=0) > 0
    if origins.sum() < 3 or destinations.sum() < 3:
        raise BadInput("indicators.decay_few", origins=int(origins.sum()), destinations=int(destinations.sum()))
    part = outside & origins[:, None] & destinations[None, :]
    log = np.where(part, np.log(far), 0.0)
    log = np.where(part, log - log[part].mean(), 0.0)
    return _newton(np.where(part, moves, 0.0), log, part, (rounds, tolerance))


def _newton(moves: Array, log: Array, part: NDArray[np.bool_], limits: tuple[int, float]) -> Decay:
    """Fit over the cells of `part`, from the quasi-independent start a_i = ln O_i, c_j = ln I_j / M."""
    n = moves.shape[-1]
    out, arrivals = moves.sum(axis=1), moves.sum(axis=0)
    beta = np.concatenate(
        [np.log(np.where(out > 0, out, 1.0)), np.log(np.where(arrivals > 0, arrivals, 1.0) / out.sum()), [0]]
    )
    fixed = np.concatenate([out == 0, arrivals == 0, [False]])
    fixed[n + int(np.argmax(arrivals))] = True
    free = ~fixed
    size = float(moves.sum())
    for turn in range(1, limits[0] + 1):
        fitted = _fitted(beta, log, part)
        score, matrix = _score(moves, fitted, log)
        try:
            step = np.linalg.solve(matrix[np.ix_(free, free)], score[free])
        except np.linalg.LinAlgError:
            break
        if not np.all(np.isfinite(step)):
            break
        beta[free] += step * min(1.0, 5.0 / max(float(np.abs(step).max()), 1e-300))
        if np.abs(step).max() <= limits[1] and np.abs(score[free]).max() <= 1e-6 * size:
            return _decay(float(beta[-1]), moves, _fitted(beta, log, part), log, (free, turn))
    raise BadInput("indicators.no_decay", rounds=limits[0])


def _fitted(beta: Array, log: Array, part: NDArray[np.bool_]) -> Array:
    n = log.shape[0]
    power = np.clip(beta[:n, None] + beta[None, n : 2 * n] + beta[-1] * log, -700.0, 700.0)
    return np.asarray(np.where(part, np.exp(power), 0.0))


def _score(moves: Array, fitted: Array, log: Array) -> tuple[Array, Array]:
    """Gradient and information of the likelihood for (a, c, b)."""
    n = moves.shape[0]
    rest = moves - fitted
    score = np.concatenate([rest.sum(axis=1), rest.sum(axis=0), [(rest * log).sum()]])
    matrix = np.zeros((2 * n + 1, 2 * n + 1))
    matrix[:n, :n] = np.diag(fitted.sum(axis=1))
    matrix[n:-1, n:-1] = np.diag(fitted.sum(axis=0))
    matrix[:n, n:-1] = fitted
    matrix[n:-1, :n] = fitted.T
    weighted = fitted * log
    matrix[-1, :-1] = matrix[:-1, -1] = np.concatenate([weighted.sum(axis=1), weighted.sum(axis=0)])
    matrix[-1, -1] = (weighted * log).sum()
    return score, matrix


def _decay(exponent: float, moves: Array, fitted: Array, log: Array, how: tuple[NDArray[np.bool_], int]) -> Decay:
    """The exponent with its errors: from ln d freed of the weighted origin and destination effects."""
    free, turn = how
    _, matrix = _score(moves, fitted, log)
    row = np.zeros(free.size)
    row[free] = np.linalg.inv(matrix[np.ix_(free, free)])[-1]
    n = moves.shape[0]
    lever = row[:n, None] + row[None, n : 2 * n] + row[-1] * log
    robust = np.sqrt(((moves - fitted) ** 2 * lever**2).sum())
    return Decay(exponent, float(np.sqrt(row[-1])), float(robust), fitted, turn)


def _cells(bad: NDArray[np.bool_]) -> str:
    places = np.argwhere(bad)
    shown = ", ".join(f"({i}, {j})" for i, j in places[:6])
    return shown if len(places) <= 6 else f"{shown} (+{len(places) - 6})"
