"""Dependence between fertility, life expectancy and migration of one country.

Standardised innovations of the fitted processes are correlated over all countries and five-year steps; the
interval is a bootstrap of countries. Paths are made dependent by a Gaussian copula on the keyed normals
(Nelsen 2006, An Introduction to Copulas, section 2.10): each component's normals are a combination, with unit
variance, of its own and those before it, so the marginal distribution of each path is unchanged. Migration comes
first with its own normals; five of its years make one step of the others. The timing of crises is independent.
Assumes that correlations remain constant.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.kernels.processes.regime_process import Posterior
from qonys.kernels.processes.regime_sampler import HUGE
from qonys.projection.processes.migration import MigrationProcess, rates_of
from qonys.projection.processes.vital import STEP, Link, VitalProcess, steps_of

Array = NDArray[np.float64]
STREAMS = {"fertility": 11, "longevity": 12, "migration": 13}
ORDER = ("migration", "fertility", "longevity")


def innovations(posterior: Posterior, rates: Array) -> Array:
    """Innovations of rates (C, T) over their scale at the posterior medians, (C, T); nan where there is none.

    The scale in a year is the root of its expected square, given the probability that the year was a crisis.
    """
    mu, phi, sd = (np.median(getattr(posterior, name), axis=0)[:, None] for name in ("mu", "phi", "sd"))
    pull = min(posterior.settings.pull, HUGE)
    off = rates[:, :-1] - mu
    back = off if pull >= HUGE else pull * np.arcsinh(off / pull)
    larger = 1 + (float(np.median(posterior.ratio)) ** 2 - 1) * posterior.crisis[:, 1:]
    found = (rates[:, 1:] - mu - phi * back) / (sd * np.sqrt(larger))
    return np.concatenate([np.full((len(rates), 1), np.nan), found], axis=1)


def five_yearly(yearly: Array, steps: int) -> Array:
    """Sums of five years over the root of five, (C, steps), the last step ending in the last year."""
    last = yearly[:, max(yearly.shape[1] - steps * STEP, 0) :]
    whole = np.full((len(yearly), steps * STEP), np.nan)
    whole[:, steps * STEP - last.shape[1] :] = last
    return np.asarray(whole.reshape(len(yearly), steps, STEP).sum(axis=2) / np.sqrt(STEP))


@dataclass(frozen=True)
class Correlation:
    """`matrix` (3, 3) in the order of `names`; `low`, `high` its 95 % interval; `count` pairs of steps."""

    names: tuple[str, ...]
    matrix: Array
    low: Array
    high: Array
    count: int

    def table(self) -> pl.DataFrame:
        """Columns first, second, low, correlation, high (95 %), one row per pair."""
        rows = [
            (self.names[i], self.names[j], float(self.low[i, j]), float(self.matrix[i, j]), float(self.high[i, j]))
            for i, j in combinations(range(len(self.names)), 2)
        ]
        return pl.DataFrame(rows, schema=["first", "second", "low", "correlation", "high"], orient="row")


def correlation(parts: dict[str, Array], draws: int = 2000, seed: int = 1) -> Correlation:
    """Correlation over countries and steps of innovations (C, S) with the same countries in the same rows.

    Scores are the normal quantiles of ranks, so that a single war does not decide.

    Raises
    ------
    BadInput
        Fewer than ten country-steps hold all three.

    """
    stacked = np.stack([parts[name] for name in ORDER], axis=-1)
    known = np.isfinite(stacked).all(axis=-1)
    if known.sum() < 10:
        raise BadInput("processes.pairs", found=int(known.sum()), need=10)
    flat = _normal_scores(stacked[known])
    country = np.nonzero(known)[0]
    groups = [flat[country == c] for c in np.unique(country)]
    cross = np.stack([g.T @ g for g in groups])
    rng = np.random.Generator(np.random.Philox(key=seed))
    again = cross[rng.integers(0, len(groups), (draws, len(groups)))].sum(axis=1)
    low, high = np.quantile(_scaled(again), [0.025, 0.975], axis=0)
    return Correlation(ORDER, _scaled(cross.sum(axis=0)), low, high, int(known.sum()))


def _normal_scores(x: Array) -> Array:
    from scipy.special import ndtri

    rank = x.argsort(axis=0).argsort(axis=0)
    return np.asarray(ndtri((rank + 0.5) / len(x)))


def _scaled(cross: Array) -> Array:
    size = np.sqrt(np.diagonal(cross, axis1=-2, axis2=-1))
    return np.asarray(cross / size[..., :, None] / size[..., None, :])


def linked(fertility: VitalProcess, longevity: VitalProcess, matrix: Array) -> tuple[VitalProcess, VitalProcess]:
    """The two processes with paths correlated with migration and each other; `matrix` (3, 3) in the order of `ORDER`.

    Paths of migration are unchanged; the keys are those of `qonys.projection.national.STREAMS`.

    Raises
    ------
    BadInput
        The matrix is not a correlation matrix.

    """
    sound = matrix.shape == (3, 3) and np.allclose(np.diag(matrix), 1) and np.allclose(matrix, matrix.T)
    if not sound or np.linalg.eigvalsh(matrix).min() <= 0:
        raise BadInput("processes.matrix")
    lower = np.linalg.cholesky(matrix)
    lead = STREAMS["migration"]
    one = Link(((lead - STREAMS["fertility"], float(lower[1, 0]), STEP), (0, float(lower[1, 1]), 1)))
    both = STREAMS["fertility"] - STREAMS["longevity"]
    first = (lead - STREAMS["longevity"], float(lower[2, 0]), STEP)
    two = Link((first, (both, float(lower[2, 1]), 1), (0, float(lower[2, 2]), 1)))
    return replace(fertility, link=one), replace(longevity, link=two)


def fitted_correlation(
    processes: tuple[VitalProcess, VitalProcess, MigrationProcess], frames: dict[str, pl.DataFrame]
) -> Correlation:
    """Correlation of the innovations of fertility, longevity and migration as fitted to `frames` by component.

    The frames have the columns of the fits; countries and steps common to all three are used, aligned at the last step.

    Raises
    ------
    BadInput
        Fewer than ten country-steps hold all three.

    """
    fertility, longevity, migration = processes
    births, first = steps_of("fertility", frames["fertility"])
    lives, second = steps_of("longevity", frames["longevity"])
    rates, third, _ = rates_of(frames["migration"])
    both = [country for country in first if country in second and country in third]
    count = min(births.shape[1], lives.shape[1], rates.shape[1] // STEP)
    parts = {
        "migration": (five_yearly(innovations(migration.posterior, rates), count), third),
        "fertility": (innovations(fertility.posterior, births)[:, -count:], first),
        "longevity": (innovations(longevity.posterior, lives)[:, -count:], second),
    }
    return correlation({name: x[[order.index(one) for one in both]] for name, (x, order) in parts.items()})
