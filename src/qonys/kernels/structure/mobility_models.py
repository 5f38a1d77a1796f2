"""Log-linear models of tables of origin by destination by layer, and the log-multiplicative layer effect.

ln F_ijk = margins of each layer + association. Independence: no association. Quasi-independence: every diagonal cell
has a parameter of its own, so that only movers are modelled (Goodman 1965, American Journal of Sociology 70, 564-585).
Quasi-symmetry: association psi_ij = psi_ji (Caussinus 1965). Constant association: psi_ij in all layers (the model of
common social fluidity). Uniform difference: phi_k psi_ij, phi of the first layer one and of others any number (Xie
1992, American Sociological Review 57, 380-395; Erikson and Goldthorpe 1992, The Constant Flux, ch. 3). Fitted to
Poisson counts by Fisher scoring. Degrees of freedom: cells not fitted as zero, less the rank of the derivative.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
ROUNDS, TOLERANCE = 500, 1e-12
NONE = 1e-8  # a fitted count below it is zero
LOWEST = -40.0
WIDEST = 100.0  # an error so many times a layer effect (or one) says that nothing determines the effect
PLAIN = ("independence", "quasi_independence", "quasi_symmetry")
LAYERED = (*PLAIN, "constant", "uniform", "constant_movers", "uniform_movers")
MULTIPLIED = ("uniform", "uniform_movers")


@dataclass(frozen=True)
class TableFit:
    """A fitted table: `fitted` (I, J, K), deviance `g2`, its degrees of freedom, and the derivative of ln F (cells, p).

    `effects` (K,): phi by layer, the first one; None where the model has none. `places`: columns of the derivative
    that belong to the other layers' phi.
    """

    fitted: Array
    g2: float
    degrees: int
    derivative: Array
    effects: Array | None = None
    places: tuple[int, ...] = ()


def deviance(counts: Array, fitted: Array) -> float:
    """G2 = 2 sum F ln(F / fitted) - F + fitted, of two tables of one shape (...,).

    Examples
    --------
    >>> round(deviance(np.array([10.0, 20.0]), np.array([15.0, 15.0])), 4)
    3.398
    """
    some = counts > 0
    logs = np.zeros_like(counts)
    logs[some] = counts[some] * np.log(counts[some] / fitted[some])
    return float(2 * (logs - counts + fitted).sum())


def terms(model: str, shape: tuple[int, int, int]) -> tuple[Array, Array]:
    """Columns with a parameter in each layer (cells, p), and columns of the association shared by layers (cells, q).

    Cells in the order of a table (I, J, K). Columns may depend on each other. Margins of each layer are in the first.

    Raises
    ------
    ValueError
        No such model, or a model of the diagonal of a table that is not square.
    """
    rows, columns, layers = shape
    if model not in LAYERED:
        raise ValueError(model)
    if model not in ("independence", "constant", "uniform") and rows != columns:
        raise ValueError("not square")
    i, j, k = (axis.ravel() for axis in np.indices(shape))
    own = [i, rows + j]
    if model in ("quasi_independence", "quasi_symmetry", "constant_movers", "uniform_movers"):
        own.append(np.where(i == j, rows + columns + i, -1))
    if model == "quasi_symmetry":
        pair = np.minimum(i, j) * columns + np.maximum(i, j)
        own.append(np.where(i == j, -1, 2 * rows + columns + pair))
    width = 2 * rows + columns + rows * columns
    cells = np.arange(len(i))
    first = np.zeros((len(i), layers * width))
    for code in own:
        there = code >= 0
        first[cells[there], k[there] * width + code[there]] = 1.0
    first = first[:, first.any(axis=0)]
    shared = np.zeros((len(i), rows * columns if model.startswith(("constant", "uniform")) else 0))
    if shared.shape[1]:
        there = (i != j) if model.endswith("movers") else np.ones(len(i), dtype=bool)
        shared[cells[there], (i * columns + j)[there]] = 1.0
    return first, shared[:, shared.any(axis=0)]


def fit_table(counts: Array, model: str) -> TableFit:
    """A model of `LAYERED` fitted to counts (I, J, K), origin by destination by layer; at least two layers for phi.

    Raises
    ------
    ValueError
        No such model; a diagonal of a table that is not square; a phi with one layer; the fit does not settle.

    Examples
    --------
    >>> found = fit_table(np.array([[10.0, 20.0], [30.0, 40.0]])[:, :, None], "independence")
    >>> round(found.g2, 4), found.degrees
    (0.8043, 1)
    """
    shape = (counts.shape[0], counts.shape[1], counts.shape[2])
    first, shared = terms(model, shape)
    if model not in MULTIPLIED:
        return _scored(counts, np.hstack([first, shared]))
    if shape[2] < 2:
        raise ValueError("one layer")
    start = _scored(counts, np.hstack([first, shared]))
    return _multiplied(counts, first, shared, start)


def _scored(counts: Array, matrix: Array) -> TableFit:
    """A log-linear model with the columns of `matrix`, by Fisher scoring from the counts."""
    y = counts.ravel()
    eta = np.log(y + 0.5)
    level = np.inf
    for _ in range(ROUNDS):
        mu = np.exp(eta)
        root = np.sqrt(mu)
        solved = np.linalg.lstsq(matrix * root[:, None], root * (eta + (y - mu) / mu), rcond=1e-11)[0]
        eta = np.clip(matrix @ solved, LOWEST, None)
        before, level = level, deviance(y, np.exp(eta))
        if abs(before - level) < TOLERANCE * (1 + level):
            return _finished(counts, np.exp(eta), matrix)
    raise ValueError("no fit")


def _finished(counts: Array, fitted: Array, derivative: Array) -> TableFit:
    there = fitted > NONE
    rank = int(np.linalg.matrix_rank(derivative[there], tol=1e-7))
    return TableFit(fitted.reshape(counts.shape), deviance(counts.ravel(), fitted), int(there.sum()) - rank, derivative)


def _multiplied(counts: Array, first: Array, shared: Array, start: TableFit) -> TableFit:
    """The layer effect: eta = first a + phi_k shared psi, by scoring of all parameters with halved steps."""
    layers = counts.shape[2]
    y, layer = counts.ravel(), np.indices(counts.shape)[2].ravel()
    a, q = first.shape[1], shared.shape[1]
    other = np.equal.outer(layer, np.arange(1, layers)).astype(float)
    eta = np.log(np.maximum(start.fitted.ravel(), np.exp(LOWEST)))
    inside = np.linalg.lstsq(np.hstack([first, shared]), eta, rcond=1e-11)[0]
    state = np.concatenate([inside, np.ones(layers - 1)])

    def predicted(state: Array) -> Array:
        times = np.concatenate([[1.0], state[a + q :]])[layer]
        return np.asarray(np.clip(first @ state[:a] + times * (shared @ state[a : a + q]), LOWEST, 40.0))

    def derivative(state: Array) -> Array:
        times = np.concatenate([[1.0], state[a + q :]])[layer]
        psi = shared @ state[a : a + q]
        return np.hstack([first, shared * times[:, None], other * psi[:, None]])

    level = deviance(y, np.exp(predicted(state)))
    for _ in range(ROUNDS):
        mu = np.exp(predicted(state))
        matrix, root = derivative(state), np.sqrt(mu)
        step = np.linalg.lstsq(matrix * root[:, None], root * (y - mu) / mu, rcond=1e-11)[0]
        size, before = 1.0, level
        while size > 1e-8:
            level = deviance(y, np.exp(predicted(state + size * step)))
            if np.isfinite(level) and level <= before + 1e-12 * (1 + before):
                break
            size /= 2
        state = state + size * step
        if abs(before - level) < TOLERANCE * (1 + level):
            found = _finished(counts, np.exp(predicted(state)), derivative(state))
            effects = np.concatenate([[1.0], state[a + q :]])
            places = tuple(range(a + q, a + q + layers - 1))
            return TableFit(found.fitted, found.g2, found.degrees, found.derivative, effects, places)
    raise ValueError("no fit")


def parameter_covariance(fit: TableFit, of_counts: Array | None = None) -> Array:
    """Covariance (p, p) of the parameters: inverse information, or with `of_counts` (cells, cells) the sandwich."""
    mu = fit.fitted.ravel()
    there = mu > NONE
    matrix = fit.derivative[there]
    bread = np.linalg.pinv((matrix.T * mu[there]) @ matrix, rcond=1e-11, hermitian=True)
    if of_counts is None:
        return np.asarray(bread)
    return np.asarray(bread @ (matrix.T @ of_counts[np.ix_(there, there)] @ matrix) @ bread)


def open_layers(fit: TableFit) -> tuple[int, ...]:
    """Places of the other layers whose phi the fitted table does not determine; empty where the model has none.

    The information on phi, given all other parameters, is what of its column of the derivative, weighted by the fitted
    counts, no other column explains. It is nought where the design is rank deficient (a layer without movers) and goes
    to nought where the likelihood rises without end; then the error is above `WIDEST` times phi.
    """
    if fit.effects is None:
        return ()
    mu = fit.fitted.ravel()
    weighted = fit.derivative * np.sqrt(np.where(mu > NONE, mu, 0.0))[:, None]
    found = []
    for place, effect in zip(fit.places, fit.effects[1:], strict=True):
        others = np.delete(weighted, place, axis=1)
        column = weighted[:, place]
        left = column - others @ np.linalg.lstsq(others, column, rcond=1e-11)[0]
        if float(left @ left) * (WIDEST * max(1.0, abs(float(effect)))) ** 2 < 1:
            found.append(fit.places.index(place) + 1)
    return tuple(found)


def mean_design_effect(fit: TableFit, counts: Array, of_shares: Array) -> float:
    """Mean generalised design effect of the residual of a model: tr(A^-1 B) / rank, 1 for a simple random sample.

    A = C' D^-1 P D^-1 C / n, B the same with the covariance of the design for P / n, C the complement of the
    derivative, D the fitted shares (Rao and Scott 1984, Annals of Statistics 12, 46-60).
    `counts` (I, J, K), `of_shares` (cells, cells).
    """
    mu, y = fit.fitted.ravel(), counts.ravel()
    there = mu > NONE
    total = y.sum()
    left, size, _ = np.linalg.svd(fit.derivative[there], full_matrices=True)
    rank = int((size > 1e-7).sum())
    apart = left[:, rank:] / (mu[there] / total)[:, None]
    share = y[there] / total
    simple = apart.T @ (np.diag(share) - np.outer(share, share)) @ apart / total
    drawn = apart.T @ of_shares[np.ix_(there, there)] @ apart
    inverse = np.linalg.pinv(simple, rcond=1e-10, hermitian=True)
    return float(np.trace(inverse @ drawn) / max(np.linalg.matrix_rank(simple, tol=1e-10 * abs(simple).max()), 1))
