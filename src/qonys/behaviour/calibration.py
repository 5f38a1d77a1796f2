"""The chain fitted to published figures: most likely parameters and a normal posterior around them.

Moves between regions are negative binomial with a dispersion that is estimated; shares of surveys are normal in logs or
log-odds, with the error of their design and a misfit of question to chain. Priors are those of
`behaviour.parameters`. The most likely place is found by scoring with damping (`kernels.behaviour.levenberg`); its
curvature gives the posterior (Laplace; Tierney and Kadane 1986, Journal of the American Statistical Association 81:82).
Spread of pairs by its fixed point (MacKay 1992, Neural Computation 4:415), dispersion by Pearson's chi-square.

How moves are registered changes from year to year (2017, 2024), so each year has a level of its own: only the shape of
a matrix, and no change of its sum, is taken as behaviour.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from qonys.behaviour.identification import Learnt, information, learnt_of
from qonys.behaviour.inputs import BehaviourInputs
from qonys.behaviour.observed import PUBLISHED, SETS, TERMS, Block, Observed, Terms, blocks_of, terms_of
from qonys.behaviour.parameters import NAMES, from_vector, mechanism, to_vector
from qonys.behaviour.surface import BOUNDS, SPREADS, Surface
from qonys.errors import BadInput
from qonys.kernels.behaviour.chances import Mechanism
from qonys.kernels.behaviour.levenberg import Minimum, count_slopes, count_value, dispersion_of, levenberg

Array = NDArray[np.float64]
Tell = Callable[[str], None]
ROUNDS, STEPS, FEW, TRIES = 2, 20, 1, 10_000
CLOSE, ENOUGH = 1e-3, 0.1
FIRST_DISPERSION = 10.0
ESTIMATED = ("pair", "origin_year", "destination_year")


@dataclass(frozen=True)
class Noise:
    """`dispersion` of moves around their means; spreads of logs: of pairs in all years, of origins and destinations in

    single years.
    """

    dispersion: float = FIRST_DISPERSION
    pair: float = TERMS["pair"]
    origin_year: float = TERMS["origin_year"]
    destination_year: float = TERMS["destination_year"]

    def spreads(self) -> dict[str, float]:
        """Spreads by kind of term."""
        return {kind: getattr(self, kind) for kind in ESTIMATED}


@dataclass(frozen=True)
class Fitted:
    """A posterior, on the scales of the priors: `centre` (16,), `covariance` (16, 16); `place` (16 + m,) with terms.

    `whole` (16 + m, 16 + m): covariance of all. `learnt`: what each set of figures teaches. `runs` of the chain,
    `steps`, whether the search `converged`. `held`: parameters whose centre stands at a bound of their range.
    """

    centre: Array
    covariance: Array
    place: Array
    whole: Array
    noise: Noise
    learnt: Learnt
    years: tuple[int, ...]
    figures: tuple[str, ...]
    runs: int
    steps: int
    converged: bool
    held: tuple[str, ...]

    def mean(self) -> Mechanism:
        """The chain at the centre."""
        return from_vector(self.centre)


@dataclass
class Problem:
    """The value to be made least and its slopes; `used`: rows that count."""

    surface: Surface
    blocks: list[Block]
    terms: Terms
    used: NDArray[np.bool_]
    noise: Noise
    centre: Array

    def __post_init__(self) -> None:
        counted = np.concatenate([np.full(len(one.data), one.counts) for one in self.blocks])
        self.data = np.concatenate([one.data for one in self.blocks])
        self.moves, self.counted, self.normal = counted, counted & self.used, ~counted & self.used
        self.found = np.zeros(self.terms.design.shape[1])
        self.error = np.concatenate([np.ones(len(one.data)) if one.counts else one.error for one in self.blocks])

    def precision(self) -> Array:
        """Precisions of the priors of parameters and terms."""
        return np.asarray(1 / np.concatenate([SPREADS, self.terms.spread(self.noise.spreads())]) ** 2)

    def logs(self, place: Array, terms: Array) -> Array:
        """Logs (or log-odds) of the expected figures."""
        return np.asarray(self.surface.lines(place) + self.terms.design @ terms)

    def rows(self, logs: Array) -> tuple[Array, Array]:
        """Slope of the value by each line, and its expected curvature, 0 in rows that do not count."""
        slope, weight = np.zeros((2, len(logs)))
        slope[self.counted], weight[self.counted] = count_slopes(
            self.data[self.counted], logs[self.counted], self.noise.dispersion
        )
        weight[self.normal] = 1 / self.error[self.normal] ** 2
        slope[self.normal] = (logs - self.data)[self.normal] * weight[self.normal]
        return slope, weight

    def missed(self, logs: Array) -> float:
        """Minus the log likelihood of the figures, up to a constant."""
        normal = (self.data - logs)[self.normal] / self.error[self.normal]
        counts = count_value(self.data[self.counted], logs[self.counted], self.noise.dispersion)
        return float(counts + 0.5 * normal @ normal)

    def terms_at(self, place: Array) -> Array:
        """The most likely terms given the parameters; the search begins at those found last."""
        lines, design, prior = self.surface.lines(place), self.terms.design, self.precision()[len(NAMES) :]

        def value(terms: Array) -> float:
            return self.missed(lines + design @ terms) + 0.5 * float((prior * terms) @ terms)

        def slopes(terms: Array) -> tuple[Array, Array]:
            slope, weight = self.rows(lines + design @ terms)
            curvature = (design.T @ (design * weight[:, None])).toarray() + np.diag(prior)
            return design.T @ slope + prior * terms, curvature

        open_end = np.full(len(prior), np.inf)
        self.found = levenberg(value, slopes, self.found, (-open_end, open_end), prior, enough=CLOSE).place
        return self.found

    def value(self, place: Array) -> float:
        """Minus the log of the posterior at the most likely terms, up to a constant."""
        terms = self.terms_at(place)
        away = np.concatenate([place - self.centre, terms])
        return self.missed(self.logs(place, terms)) + 0.5 * float((self.precision() * away) @ away)

    def whole(self, place: Array) -> tuple[Array, Array]:
        """Slope of the value by parameters (16,), and the curvature by parameters and terms."""
        slope, weight = self.rows(self.logs(place, self.terms_at(place)))
        slopes = self.surface.slopes(place)
        gradient = slopes.T @ slope + self.precision()[: len(NAMES)] * (place - self.centre)
        return gradient, information(slopes, self.terms.design, weight) + np.diag(self.precision())

    def slopes(self, place: Array) -> tuple[Array, Array]:
        """Slope and curvature of `value`: what the terms take is taken off (Schur's complement)."""
        gradient, whole = self.whole(place)
        count = len(NAMES)
        across = whole[:count, count:]
        return gradient, whole[:count, :count] - across @ np.linalg.solve(whole[count:, count:], across.T)


def problem_of(
    inputs: BehaviourInputs, seen: Observed, sets: tuple[str, ...] = PUBLISHED, noise: Noise | None = None
) -> Problem:
    """The problem of the figures of `sets`; sets without figures count for nothing.

    Raises
    ------
    BadInput
        A set of figures that there is not; moves that are not whole and at least 0.

    """
    for name in sets:
        if name not in PUBLISHED:
            raise BadInput("estimation.choice", option="--figures", value=name, known=", ".join(PUBLISHED))
    if not np.isfinite(seen.moves).all() or seen.moves.min() < 0:
        raise BadInput("behaviour.moves_negative")
    centre = to_vector(mechanism())
    surface = Surface(inputs, seen)
    made = surface.run(centre)
    blocks = blocks_of(seen, made, inputs.axes.bands)
    wanted = {block for name in sets for block in SETS[name][0]}
    used = np.concatenate([np.full(len(one.data), one.name in wanted and one.known) for one in blocks])
    return Problem(surface, blocks, terms_of(seen, blocks), used, noise or Noise(), centre)


def fit(
    inputs: BehaviourInputs,
    seen: Observed,
    sets: tuple[str, ...] = PUBLISHED,
    noise: Noise | None = None,
    tell: Tell = lambda key: None,
) -> Fitted:
    """The posterior of the chain's parameters, given figures; `noise` None: estimated.

    Examples
    --------
    >>> from qonys.behaviour.made_up import small_country
    >>> from qonys.behaviour.past import Past, past_run
    >>> country, past = small_country(1e6), Past((0, 1), np.ones((2, 4)))
    >>> made = past_run(mechanism({"distance": 1.0}), country, past)
    >>> found = fit(country, Observed(past, made.moves.round()), ("flows",), Noise(500.0, 0.05))
    >>> found.converged, abs(found.mean().distance - 1.0) < 0.2
    (True, True)

    Raises
    ------
    BadInput
        As `problem_of`.

    """
    task = problem_of(inputs, seen, sets, noise)
    place, steps = task.centre, 0
    for last in [True] if noise else [False] * ROUNDS + [True]:
        tell("behaviour.fit.search")
        found = minimum(task, place, STEPS if last else FEW)
        place, steps = found.place, steps + found.steps
        if not last:
            task.noise = noise_of(task, place)
    return _fitted(task, found, sets, steps)


def minimum(task: Problem, start: Array, steps: int = STEPS) -> Minimum:
    """The most likely place, or where `steps` ended."""
    return levenberg(task.value, task.slopes, start, BOUNDS, SPREADS**-2, steps, ENOUGH)


def noise_of(task: Problem, place: Array) -> Noise:
    """Dispersion and spreads of terms, given a place."""
    terms = task.terms_at(place)
    logs = task.logs(place, terms)
    rows = task.counted
    covariance = np.linalg.inv(task.whole(place)[1])
    weight = np.where(rows, task.rows(logs)[1], 0.0)
    of_moves = information(task.surface.slopes(place), task.terms.design, weight)
    freedom = max(float(rows.sum() - np.sum(covariance * of_moves)), 1.0)
    spread = {}
    for kind in ESTIMATED:
        at = task.terms.of(kind)
        spread[kind] = float(np.sqrt(np.mean(terms[at] ** 2 + np.diag(covariance)[len(NAMES) + at])))
    return Noise(dispersion_of(task.data[rows], np.exp(logs[rows]), freedom), **spread)


def _fitted(task: Problem, found: Minimum, sets: tuple[str, ...], steps: int) -> Fitted:
    count, place = len(NAMES), found.place
    terms = task.terms_at(place)
    whole: Array = np.asarray(np.linalg.inv(task.whole(place)[1]), dtype=np.float64)
    weight, every = 1 / task.error**2, task.moves
    weight[every] = count_slopes(task.data[every], task.logs(place, terms)[every], task.noise.dispersion)[1]
    ends = np.cumsum([0, *(len(one.data) for one in task.blocks)]).tolist()
    rows = {one.name: slice(*pair) for one, pair in zip(task.blocks, pairwise(ends), strict=True)}
    known = {one.name for one in task.blocks if one.known}
    lines = (task.surface.slopes(place), task.terms.design)
    low, high = BOUNDS
    held = tuple(name for k, name in enumerate(NAMES) if place[k] <= low[k] or place[k] >= high[k])
    figures = tuple(name for name in sets if any(block in known for block in SETS[name][0]))
    return Fitted(
        place, whole[:count, :count], np.concatenate([place, terms]), whole, task.noise,
        learnt_of(lines, weight, rows, task.precision(), known), task.surface.seen.past.years, figures,
        task.surface.runs, steps, found.converged, held,
    )  # fmt: skip


def draws_of(fitted: Fitted, draws: int, seed: int) -> list[Mechanism]:
    """Draws of the posterior; draw d depends only on (seed, d), and one outside a range is drawn again.

    Raises
    ------
    BadInput
        The posterior lies outside the ranges of the parameters.

    """
    root = np.linalg.cholesky(fitted.covariance)
    found = []
    for d in range(draws):
        drawn = np.random.Generator(np.random.Philox(key=np.array([seed, d], dtype=np.uint64)))
        for _ in range(TRIES):
            place = fitted.centre + root @ drawn.standard_normal(len(NAMES))
            if ((place >= BOUNDS[0]) & (place <= BOUNDS[1])).all():
                found.append(from_vector(place))
                break
        else:
            raise BadInput("behaviour.outside")
    return found
