"""Nested logit of staying or moving, and of the destination, from aggregate shares by origin.

A resident of origin i in year t stays, moves to another region j, or leaves the country. With one nest of all
regions (McFadden 1978, "Modelling the choice of residential location")

    P(j | moves inside) = exp(v_ij) / sum_k exp(v_ik),     I_it = ln sum_k exp(v_ik),
    ln(inside_it / stay_it) = a_t + w_it g + lambda I_it + e_it,

I the inclusive value of the destinations open to i. lambda lies in (0, 1]: at one, the model is a multinomial logit;
towards zero, better regions draw movers from each other and not from stayers (Berry 1994, RAND Journal of Economics
25:242, eq. 28, with sigma = 1 - lambda). The odds of moving against staying do not depend on emigrants (the third
branch is separate), so lambda can be estimated without them; the effect of regions on emigration cannot.

The lower stage is Poisson regression of moves with effects of origin by year and destination by year (Guimaraes,
Figueiredo and Woodward 2003), v_ij = x_ij b + d_jt; the upper one least squares with effects of years. Intervals:
bootstrap of whole origins, both stages refitted. I is computed from the moves themselves, as is the left side, but
d_jt is common to all origins; regressors w represent reasons to stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.kernels.regression.demeaning import codes_of
from qonys.kernels.regression.poisson_effects import poisson_fit

Array = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Nested:
    """`names` and `values` (k,) with `low`, `high` of the upper stage, the inclusive value first; `lower` (m,) slopes
    of the lower stage; `inclusive` (origins, years), `odds` (origins, years) of moving against staying, as logs.
    """

    names: tuple[str, ...]
    values: Array
    low: Array
    high: Array
    lower: Array
    inclusive: Array
    odds: Array

    @property
    def dissimilarity(self) -> tuple[float, float, float]:
        """Lambda and the ends of its 95 % interval."""
        return float(self.values[0]), float(self.low[0]), float(self.high[0])


@dataclass(frozen=True)
class Choices:
    """Moves (years, origins, places), regressors of pairs (years, origins, places, m), log odds of moving (origins,
    years), regressors of origins (origins, years, k); `home` (origins,) the place that an origin is itself.
    """

    moves: Array
    pairs: Array
    odds: Array
    origins: Array
    home: Codes

    def drawn(self, origins: Codes) -> Choices:
        """A sample of origins, `origins` (n,) with repetition."""
        pick = (slice(None), origins)
        return Choices(
            self.moves[pick], self.pairs[pick], self.odds[origins], self.origins[origins], self.home[origins]
        )


def choices_of(frame: pl.DataFrame, pairs: tuple[str, ...], origins: tuple[str, ...] = ()) -> Choices:
    """Choices from a table of year, origin, destination, moves, residents (of the origin) and regressors.

    `pairs`: columns that differ by pair; `origins`: columns that differ by origin and year.

    Raises
    ------
    BadInput
        A pair of places is missing in some year; a column has an empty cell; nobody stayed or nobody moved.
    """
    for name in ("moves", "residents", *pairs, *origins):
        empty = int((frame[name].is_null() | ~frame[name].cast(pl.Float64).is_finite()).sum())
        if empty:
            raise BadInput("explanation.empty", column=name, rows=empty)
    places = sorted(set(frame["origin"]) | set(frame["destination"]))
    years = sorted(set(frame["year"]))
    n = len(places)
    ordered = frame.sort("year", "origin", "destination")
    counts = ordered.group_by("year").len().sort("year")["len"].to_list()
    if any(count != n * (n - 1) for count in counts):
        raise BadInput("explanation.nested.pairs", expected=n * (n - 1), places=n, found=min(counts))
    off = ~np.eye(n, dtype=bool)

    def grid(name: str) -> Array:
        out = np.zeros((len(years), n, n))
        out[:, off] = ordered[name].cast(pl.Float64).to_numpy().reshape(len(years), -1)
        return out

    moves = grid("moves")
    inside = moves.sum(axis=2).T
    one = ordered.group_by("origin", "year").agg(pl.first("residents", *origins)).sort("origin", "year")
    stay = one["residents"].cast(pl.Float64).to_numpy().reshape(n, len(years)) - inside
    wrong = int(((stay <= 0) | (inside <= 0)).sum())
    if wrong:
        raise BadInput("explanation.nested.stayers", cells=wrong)
    side = [one[name].cast(pl.Float64).to_numpy().reshape(n, len(years)) for name in origins]
    own = np.stack(side, axis=2) if side else np.zeros((n, len(years), 0))
    held = np.stack([grid(name) for name in pairs], axis=3)
    return Choices(moves, held, np.log(inside / stay), own, np.arange(n))


def fit_nested(choices: Choices, names: tuple[str, ...] = (), draws: int = 200, seed: int = 1) -> Nested:
    """Both stages with 95 % intervals; `names` of the regressors of origins.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> far = rng.uniform(1, 3, (1, 6, 6, 1))
    >>> moves = rng.poisson(200 * np.exp(-far[..., 0])) * (1.0 - np.eye(6))
    >>> some = Choices(moves, far, rng.normal(size=(6, 1)), np.zeros((6, 1, 0)), np.arange(6))
    >>> fit_nested(some, draws=3).lower.round(0).tolist()
    [-1.0]
    """
    return fit_variants(choices, names, [names], draws, seed)[0]


def fit_variants(
    choices: Choices, names: tuple[str, ...], variants: Sequence[tuple[str, ...]], draws: int = 200, seed: int = 1
) -> list[Nested]:
    """Fits with some of the regressors of origins, `names` being all of them in order, on the same draws of origins."""
    columns = [[0, *(1 + names.index(name) for name in held)] for held in variants]
    rng = np.random.default_rng(seed)
    n = len(choices.home)
    lower, inclusive = _lower(choices)
    points = [_upper(choices, inclusive, used) for used in columns]
    again: list[list[Array]] = [[] for _ in variants]
    for _ in range(draws):
        some = choices.drawn(rng.integers(0, n, n))
        reach = _lower(some)[1]
        for kept, used in zip(again, columns, strict=True):
            kept.append(_upper(some, reach, used))
    found = []
    for held, point, kept in zip(variants, points, again, strict=True):
        low, high = (np.asarray(np.quantile(np.stack(kept), tail, axis=0)) for tail in (0.025, 0.975))
        found.append(Nested(("inclusive", *held), point, low, high, lower, inclusive, choices.odds))
    return found


def _lower(choices: Choices) -> tuple[Array, Array]:
    """Slopes of the lower stage, inclusive values (origins, years)."""
    years, n, places = choices.moves.shape
    there = np.broadcast_to(choices.home[:, None] != np.arange(places)[None, :], (years, n, places))
    t, i, j = np.nonzero(there)
    x, y = choices.pairs[there], choices.moves[there]
    effects = [t * n + i, codes_of(t * places + j)]
    seen = np.bincount(effects[1], weights=y)[effects[1]] > 0
    sets = [codes_of(effects[0][seen]), codes_of(effects[1][seen])]
    fit = poisson_fit(y[seen], x[seen], sets, [codes_of(i[seen])])
    rest = np.zeros(len(y))
    rest[seen] = np.log(fit.fitted) - x[seen] @ fit.coefficients
    inclusive = np.empty((n, years))
    for year in range(years):
        rows = seen & (t == year)
        pull = _pull(rest[rows], i[rows], j[rows], n, places)
        v = choices.pairs[year] @ fit.coefficients + pull[None, :]
        inclusive[:, year] = np.log(np.where(there[year], np.exp(v), 0.0).sum(axis=1))
    return fit.coefficients, inclusive


def _upper(choices: Choices, inclusive: Array, used: list[int]) -> Array:
    """Slopes of the upper stage on some of the columns, the inclusive value being the first."""
    columns = np.concatenate([inclusive[:, :, None], choices.origins], axis=2)[:, :, used]
    apart = columns - columns.mean(axis=0)
    left = choices.odds - choices.odds.mean(axis=0)
    return np.asarray(np.linalg.lstsq(apart.reshape(-1, len(used)), left.ravel(), rcond=None)[0])


def _pull(rest: Array, i: Codes, j: Codes, n: int, places: int) -> Array:
    """Effects of destinations (places,) in a sum of effects of both ends; mean zero; -inf where nobody went."""
    design = np.zeros((len(rest), n + places))
    design[np.arange(len(rest)), i] = design[np.arange(len(rest)), n + j] = 1.0
    found = np.linalg.lstsq(design, rest, rcond=None)[0][n:]
    gone = np.bincount(j, minlength=places) == 0
    return np.asarray(np.where(gone, -np.inf, found - found[~gone].mean()))
