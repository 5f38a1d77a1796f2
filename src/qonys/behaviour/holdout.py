"""Moves that were held out, foretold by the fitted chain and by rivals that know no behaviour, and their scores.

How moves are registered is no behaviour, so every forecast is given the sum of the year; pairs alone are judged.
Scores: mean log probability of a count (Good 1952, Journal of the Royal Statistical Society B 14:107; Gneiting and
Raftery 2007, Journal of the American Statistical Association 102:359), mean absolute error, and the share of pairs
inside the central interval.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, logsumexp

from qonys.behaviour.calibration import Fitted, fit, problem_of
from qonys.behaviour.inputs import BehaviourInputs
from qonys.behaviour.observed import Observed
from qonys.behaviour.parameters import NAMES
from qonys.kernels.behaviour.levenberg import dispersion_of

Array = NDArray[np.float64]
DRAWS, LEVEL, SEED = 400, 0.95, 1


@dataclass(frozen=True)
class Forecast:
    """Expected moves of pairs by draw, `means` (D, P), D 1 where there is one forecast; `dispersion` around them."""

    means: Array
    dispersion: float


@dataclass(frozen=True)
class Score:
    """Mean log probability of a pair, mean absolute error of the middle (moves), share of pairs inside the interval."""

    log: float
    error: float
    inside: float


def score_of(counts: Array, forecast: Forecast, seed: int = SEED) -> Score:
    """Scores of a forecast of counts (P,), the sum of the year given.

    Examples
    --------
    >>> sure = score_of(np.array([10.0, 30.0]), Forecast(np.array([[1.0, 3.0]]), 1e6))
    >>> round(sure.error, 6), sure.inside
    (0.0, 1.0)

    """
    means = forecast.means * counts.sum() / forecast.means.sum(axis=1, keepdims=True)
    log = logsumexp(_log_chance(counts, means, forecast.dispersion), axis=0) - np.log(len(means))
    rng = np.random.Generator(np.random.Philox(key=seed))
    repeated = np.repeat(means, max(DRAWS // len(means), 1), axis=0)
    made = rng.poisson(repeated * rng.gamma(forecast.dispersion, 1 / forecast.dispersion, repeated.shape))
    low, high = np.quantile(made, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    inside = (counts >= low) & (counts <= high)
    return Score(float(log.mean()), float(np.abs(np.median(means, axis=0) - counts).mean()), float(inside.mean()))


def _log_chance(counts: Array, means: Array, dispersion: float) -> Array:
    """Log probability of negative binomial counts, (D, P)."""
    whole = gammaln(counts + dispersion) - gammaln(dispersion) - gammaln(counts + 1)
    odds = np.log(means / (means + dispersion))
    return np.asarray(whole + counts * odds + dispersion * np.log(dispersion / (means + dispersion)))


def spread_of(counts: Array, means: Array) -> float:
    """Dispersion of counts (n, P) around a rule's forecasts of them, the sums of years given."""
    scaled = means * counts.sum(axis=1, keepdims=True) / means.sum(axis=1, keepdims=True)
    return dispersion_of(counts.reshape(-1), scaled.reshape(-1), float(counts.size))


def by_chain(inputs: BehaviourInputs, seen: Observed, held: int, seed: int = SEED) -> tuple[Fitted, list[Forecast]]:
    """The chain fitted to all but the newest `held` years, and its forecast of each of these.

    Draws are of the posterior of parameters and terms; of parameters the lines are taken as straight.
    """
    early = seen.until(seen.past.years[-held - 1])
    fitted = fit(inputs, early)
    whole = problem_of(inputs, seen)
    place = fitted.centre
    lines, slopes = whole.surface.lines(place), whole.surface.slopes(place)
    count, years = len(NAMES), len(seen.past.years)
    kinds = problem_of(inputs, early).terms
    rng = np.random.Generator(np.random.Philox(key=seed))
    moved = rng.standard_normal((DRAWS, len(fitted.place))) @ np.linalg.cholesky(fitted.whole).T
    drawn = fitted.place + moved
    lasting = {kind: drawn[:, count + kinds.of(kind)] for kind in ("origin", "destination", "pair")}
    origin, destination = np.nonzero(seen.pairs())
    pairs = len(origin)
    kept = lasting["pair"] + lasting["origin"][:, origin] + lasting["destination"][:, destination]
    regions = seen.moves.shape[1]
    found = []
    for t in range(years - held, years):
        rows = slice(t * pairs, (t + 1) * pairs)
        new = (
            rng.standard_normal((DRAWS, regions))[:, origin] * fitted.noise.origin_year
            + rng.standard_normal((DRAWS, regions))[:, destination] * fitted.noise.destination_year
        )
        logs = lines[rows] + moved[:, :count] @ slopes[rows].T + kept + new
        found.append(Forecast(np.exp(logs), fitted.noise.dispersion))
    return fitted, found
