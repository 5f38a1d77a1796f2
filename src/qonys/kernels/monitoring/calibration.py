"""Limits of control charts from the chance of a false alarm within a number of values, with the base estimated.

Nominal rules and mean run lengths take mean and dispersion as known. With a base of a year or two, false alarms soon
after the start are more frequent and the mean run length longer at once (Jones, Champ and Rigdon 2004, Technometrics
46:222, for the CUSUM): the chance within a horizon is what a reader needs. Here bases and what follows are drawn again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
DRAWS, SEED = 20_000, 11
CUSUM_REFERENCE, EWMA_WEIGHT = 0.5, 0.2
KEPT = 8  # sets of drawn values: a situation and its changes are asked for chart by chart
CHARTS = ("predictive", "cusum", "ewma")


@dataclass(frozen=True)
class Situation:
    """What is drawn: length of the base, mean count, variance over mean of counts (1: Poisson), values watched."""

    base: int
    mean: float
    dispersion: float
    horizon: int = 12


def standardised(values: Array, base: Array) -> Array:
    """Values (..., t) by the mean and deviation of each base (..., n), in units that allow for their estimation.

    (value - mean) / (deviation sqrt(1 + 1/n)), carried from t with n - 1 degrees to the normal scale.
    """
    from scipy.special import ndtri, stdtr

    n = base.shape[-1]
    spread = np.maximum(base.std(axis=-1, ddof=1, keepdims=True), 1e-9) * np.sqrt(1 + 1 / n)
    t = (values - base.mean(axis=-1, keepdims=True)) / spread
    tail = np.maximum(stdtr(n - 1, -np.abs(t)), 1e-300)
    return np.asarray(-np.sign(t) * ndtri(tail))


def statistics(z: Array, chart: str) -> Array:
    """Two-sided statistic (..., t) of standardised values, without a new beginning after alarms.

    Examples
    --------
    >>> statistics(np.array([0.0, 2.0, -1.0]), "cusum").tolist()
    [0.0, 1.5, 0.5]
    """
    if chart == "predictive":
        return np.abs(z)
    up, down = np.zeros(z.shape[:-1]), np.zeros(z.shape[:-1])
    out = np.zeros_like(z)
    for t in range(z.shape[-1]):
        if chart == "cusum":
            up = np.maximum(0.0, up + z[..., t] - CUSUM_REFERENCE)
            down = np.maximum(0.0, down - z[..., t] - CUSUM_REFERENCE)
            out[..., t] = np.maximum(up, down)
        else:
            up = (1 - EWMA_WEIGHT) * up + EWMA_WEIGHT * z[..., t]
            share = EWMA_WEIGHT / (2 - EWMA_WEIGHT) * (1 - (1 - EWMA_WEIGHT) ** (2 * (t + 1)))
            out[..., t] = np.abs(up) / np.sqrt(share)
    return out


def counts(situation: Situation, length: int, factor: float = 1.0, seed: int = SEED, draws: int = DRAWS) -> Array:
    """Negative binomial or Poisson counts (draws, length) of `factor` times the mean, with the dispersion."""
    rng = np.random.default_rng(seed)
    mean = situation.mean * factor
    if situation.dispersion <= 1:
        return rng.poisson(mean, (draws, length)).astype(np.float64)
    scale = situation.dispersion - 1
    return rng.poisson(rng.gamma(mean / scale, scale, (draws, length))).astype(np.float64)


def limit_for(situation: Situation, chart: str, chance: float) -> float:
    """The limit that the statistic passes within the horizon with `chance` where nothing changes.

    Examples
    --------
    >>> round(limit_for(Situation(200, 1000.0, 1.0, 1), "predictive", 0.05), 1)
    2.0
    """
    return float(np.quantile(_highest(situation, chart), 1 - chance))


def false_alarm(situation: Situation, chart: str, limit: float) -> float:
    """The chance that the statistic passes `limit` within the horizon where nothing changes.

    Examples
    --------
    >>> 0.0 < false_alarm(Situation(24, 1100.0, 12.0), "cusum", 5.0) < 0.3
    True
    """
    return float((_highest(situation, chart) > limit).mean())


def delay(situation: Situation, chart: str, limit: float, factor: float) -> tuple[float, float]:
    """Median number of values until the alarm when the mean becomes `factor` times itself, and the share never caught.

    Of the values watched; the median is infinite where less than half are caught.

    Examples
    --------
    >>> delay(Situation(60, 1100.0, 1.0), "cusum", 5.0, 1.5)[0]
    1.0
    """
    over = statistics(_drawn(situation, factor), chart) > limit
    first = np.where(over.any(axis=1), over.argmax(axis=1) + 1, np.inf)
    return float(np.median(first)), float(np.isinf(first).mean())


def _highest(situation: Situation, chart: str) -> Array:
    return np.asarray(statistics(_drawn(situation, 1.0), chart).max(axis=1))


@lru_cache(maxsize=KEPT)
def _drawn(situation: Situation, factor: float) -> Array:
    """Standardised values (draws, horizon) of the mean times `factor`, each by a base of its own; not to be written."""
    found = standardised(counts(situation, situation.horizon, factor, SEED + 1, _draws(situation)), _bases(situation))
    found.setflags(write=False)
    return found


@lru_cache(maxsize=1)
def _bases(situation: Situation) -> Array:
    """Bases (draws, base) of a situation; not to be written."""
    found = counts(situation, situation.base, 1.0, SEED, _draws(situation))
    found.setflags(write=False)
    return found


def _draws(situation: Situation) -> int:
    return max(1, min(DRAWS, 4_000_000 // (situation.base + situation.horizon)))
