"""Three-way gravity (origin-year, destination-year and pair effects): correction of bias and standard errors.

With a fixed number of years T and N places the Poisson estimate of b has a bias of order 1 / N, as large as its
standard error, and errors clustered by pair are too small (Weidner and Zylkin 2021, Journal of International Economics
132:103513, section 3). Given the moves of a pair over all years, its years follow a multinomial with shares
s = mu / sum mu: score S = y - s sum y, information H = sum y (diag s - s s'), third derivative G. With x~ the
regressors less their regression on all effects, W = sum x~' H x~ and, over destinations j of each origin i,

    B = sum_i -tr[(sum_j H)^+ sum_j H x~ S'] + tr[(sum_j G x~)(sum_j H)^+ (sum_j S S')(sum_j H)^+] / 2,

D the same over origins of each destination, and b - W^-1 (B + D) is the corrected estimate. Errors: each pair's score
is stretched by (I - L)^-1, L the part of its moves that fitting took from themselves (their correction of errors; here
with the exact L of all effects). Assumes that pairs are independent of each other and dependent over years in any way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.catalog.reading.said_names import parts_of
from qonys.errors import BadInput
from qonys.explanation.gravity import Gravity, Model, terms_of
from qonys.kernels.regression.demeaning import codes_of, demeaned

Array = NDArray[np.float64]
Codes = NDArray[np.int64]
MOST = 4000


@dataclass(frozen=True)
class Corrected:
    """`fit` with corrected terms and covariance; `bias` (k,) taken from the estimates; `stretch` (k,) of the errors."""

    fit: Gravity
    bias: Array
    stretch: Array


def three_parts(model: Model) -> tuple[str, str, str]:
    """Names of origin, destination and year of a model of three effects of two columns each; clusters name the pair.

    Raises
    ------
    BadInput
        The effects or clusters are others.

    Examples
    --------
    >>> three_parts(Model("m", ("x",), ("a^t", "b^t", "a^b"), ("a^b",)))
    ('a', 'b', 't')
    """
    sets = [frozenset(parts_of(name)) for name in model.effects]
    pair = frozenset(parts_of(model.clusters[0]))
    names = frozenset().union(*sets)
    sound = len(sets) == 3 and len(set(sets)) == 3 and all(len(one) == 2 for one in sets) and len(names) == 3
    if not sound or len(model.clusters) != 1 or pair not in sets:
        raise BadInput(
            "explanation.three_way", effects=", ".join(model.effects) or "–", clusters=", ".join(model.clusters)
        )
    (year,) = names - pair
    origin, destination = parts_of(model.clusters[0])
    return origin, destination, year


@dataclass(frozen=True)
class Pairs:
    """Pairs by years, zero where a year is missing: moves, fitted moves (P, T), regressors less effects (P, T, k);
    origin and destination of each pair (P,).
    """

    y: Array
    mu: Array
    x: Array
    origin: Codes
    destination: Codes

    @property
    def score(self) -> Array:
        """Scores y - s sum y, (P, T)."""
        return np.asarray(self.y - self.share * self.y.sum(axis=1, keepdims=True))

    @property
    def share(self) -> Array:
        """Share of each year in the pair's moves, (P, T)."""
        return np.asarray(self.mu / self.mu.sum(axis=1, keepdims=True))

    @property
    def information(self) -> Array:
        """Information sum y (diag s - s s'), (P, T, T)."""
        s = self.share
        spread = s[:, :, None] * np.eye(s.shape[1]) - s[:, :, None] * s[:, None, :]
        return np.asarray(spread * self.mu.sum(axis=1)[:, None, None])


def correct(frame: pl.DataFrame, fit: Gravity, level: float = 0.95) -> Corrected:
    """Estimates of `fit`, made on `frame` (its columns), corrected for the bias of order 1 / N, with corrected errors.

    Weidner and Zylkin (2021), section 3; method in the module's docstring.

    Raises
    ------
    BadInput
        The model has not the three effects with errors by pair, or there are too many places and years for the exact
        errors (twice places times years above 4000).

    """
    origin, destination, year = three_parts(fit.model)
    rows = frame[fit.rows.tolist()]
    codes = {name: codes_of(rows[name].to_numpy()) for name in (origin, destination, year)}
    cells = 2 * (int(max(codes[origin].max(), codes[destination].max())) + 1) * (int(codes[year].max()) + 1)
    if cells > MOST:
        raise BadInput("explanation.three_way_size", found=cells, most=MOST)
    pairs = pairs_of(rows, fit, codes[origin], codes[destination], codes[year])
    bread = np.linalg.inv(np.einsum("pt,ptk,ptl->kl", pairs.mu, pairs.x, pairs.x))
    bias = bread @ (_bias(pairs, pairs.origin) + _bias(pairs, pairs.destination))
    covariance = _covariance(pairs, bread, fit)
    stretch = np.sqrt(np.diag(covariance) / np.diag(fit.covariance))
    terms = terms_of(fit.terms["term"].to_list(), fit.coefficients() - bias, covariance, fit.degrees, level)
    return Corrected(replace(fit, terms=terms, covariance=covariance), bias, stretch)


def pairs_of(rows: pl.DataFrame, fit: Gravity, origin: Codes, destination: Codes, year: Codes) -> Pairs:
    """The rows of a fit as pairs by years, (P, T); codes (n,) of `origin`, `destination` and `year` by row."""
    pair = codes_of(origin * (destination.max() + 1) + destination)
    sets = [codes_of(origin * (year.max() + 1) + year), codes_of(destination * (year.max() + 1) + year), pair]
    names = fit.terms["term"].to_list()
    x = demeaned(rows.select(pl.col(names).cast(pl.Float64)).to_numpy(), sets, fit.fitted)
    many, years = int(pair.max()) + 1, int(year.max()) + 1
    y, mu, held = np.zeros((many, years)), np.zeros((many, years)), np.zeros((many, years, x.shape[1]))
    y[pair, year], mu[pair, year], held[pair, year] = rows[fit.model.outcome].to_numpy(), fit.fitted, x
    first = np.unique(pair, return_index=True)[1]
    return Pairs(y, mu, held, origin[first], destination[first])


def _bias(pairs: Pairs, side: Codes) -> Array:
    """B (k,) of one side: for each of its places the two traces above, summed."""
    s, total, score, h = pairs.share, pairs.mu.sum(axis=1), pairs.score, pairs.information
    out = np.zeros(pairs.x.shape[2])
    for place in range(int(side.max()) + 1):
        inside = side == place
        inverse = np.linalg.pinv(h[inside].sum(axis=0), rcond=1e-10, hermitian=True)
        spread = inverse @ (score[inside].T @ score[inside]) @ inverse
        for k in range(len(out)):
            x = pairs.x[inside, :, k]
            first = np.einsum("pts,ps,pr->tr", h[inside], x, score[inside])
            off = x - (s[inside] * x).sum(axis=1, keepdims=True)
            weighted = total[inside, None] * s[inside] * off
            cross = weighted.T @ s[inside]
            third = cross + cross.T - np.diag(weighted.sum(axis=0))
            out[k] += -np.trace(inverse @ first) + np.trace(third @ spread) / 2
    return out


def leverage(pairs: Pairs, bread: Array) -> Array:
    """L (P, T, T): what a pair's fitted moves follow its own moves by, the moves of its years together held.

    d mu / d y = s 1' + L (I - s 1'), 1 a row of ones; `bread` (k, k) is W^-1.
    """
    h, years = pairs.information, pairs.y.shape[1]
    places = int(pairs.origin.max()) + 1
    size = (places + int(pairs.destination.max()) + 1) * years
    whole = np.zeros((size, size))
    blocks = [slice(i * years, (i + 1) * years) for i in range(size // years)]
    ends = [(blocks[o], blocks[places + d]) for o, d in zip(pairs.origin, pairs.destination, strict=True)]
    for p, pair in enumerate(ends):
        for a in pair:
            for b in pair:
                whole[a, b] += h[p]
    inverse = np.linalg.pinv(whole, rcond=1e-10, hermitian=True)
    out = np.empty_like(h)
    for p, pair in enumerate(ends):
        around = sum(inverse[a, b] for a in pair for b in pair) + pairs.x[p] @ bread @ pairs.x[p].T
        out[p] = h[p] @ around
    return out


def _covariance(pairs: Pairs, bread: Array, fit: Gravity) -> Array:
    """Sandwich of pairs' scores, one of the two stretched by (I - L)^-1; no variance below that of `fit`."""
    score, many = pairs.score, len(pairs.y)
    left = np.eye(score.shape[1]) - leverage(pairs, bread)
    freed = np.stack([np.linalg.lstsq(one, own, rcond=1e-10)[0] for one, own in zip(left, score, strict=True)])
    plain, stretched = (np.einsum("pt,ptk->pk", one, pairs.x) for one in (score, freed))
    meat = (plain.T @ stretched + stretched.T @ plain) / 2
    found = bread @ meat @ bread * many / (many - 1)
    floor = np.maximum(np.diag(found), np.diag(fit.covariance))
    values, vectors = np.linalg.eigh(found)
    mended = (vectors * np.maximum(values, max(float(values.max()), 0.0) * 1e-12)) @ vectors.T
    ratio = np.sqrt(floor / np.maximum(np.diag(mended), 1e-300))
    return np.asarray(mended * np.outer(ratio, ratio))
