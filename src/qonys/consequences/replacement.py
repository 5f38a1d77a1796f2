"""Replacement migration: the migrants needed so that a measure of the population does not fall below a level.

United Nations (2000), Replacement Migration: Is It a Solution to Declining and Ageing Populations?, scenarios III
(total population), IV (ages 15-64) and V (ages 15-64 per person of 65 and older), each held at its highest value
without migration; here also at its value in the base year. No migrants are needed before a measure falls. The
step is linear in the number of migrants, so the root of each year is found exactly from two steps. Assumes:
migrants have the age schedule given and the rates of the residents.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qonys.consequences.counterfactual import VitalRates, carry
from qonys.errors import BadInput
from qonys.kernels.cohorts.component import step
from qonys.kernels.structure.ageing import between

Array = NDArray[np.float64]
CRITERIA = ("total", "working_age", "support_ratio")
LEVELS = ("base", "peak")
WORKING = (15, 65)
PROBE = 1e6


@dataclass(frozen=True)
class Replacement:
    """Migrants of each year (..., T), the population that they keep (..., T + 1, 2, A), and the level kept (...)."""

    criterion: str
    migrants: Array
    population: Array
    level: Array


def parts(criterion: str, population: Array) -> tuple[Array, Array]:
    """Upper and lower part of the measure, (...): persons over one, or over those of 65 and older."""
    if criterion == "total":
        return between(population, 0), np.ones(population.shape[:-2])
    upper = between(population, *WORKING)
    return upper, between(population, WORKING[1]) if criterion == "support_ratio" else np.ones(upper.shape)


def measure(criterion: str, population: Array) -> Array:
    """The measure, (...): persons, or persons of working age for one above it."""
    upper, lower = parts(criterion, population)
    return np.asarray(upper / lower)


def replacement(base: Array, rates: VitalRates, schedule: Array, criterion: str, level: str = "peak") -> Replacement:
    """Migrants needed each year, never fewer than none.

    `base` (..., 2, A), `schedule` (2, A) sums to 1 (ages of the migrants at the end of the year), `level`: "peak" (the
    highest value without migration, United Nations 2000) or "base".

    Raises
    ------
    BadInput
        An unknown criterion or level, or a schedule whose migrants do not raise the measure.

    """
    if criterion not in CRITERIA or level not in LEVELS:
        raise BadInput("consequences.criterion", found=f"{criterion}, {level}", known=", ".join((*CRITERIA, *LEVELS)))
    held = measure(criterion, carry(base, rates).population)
    wanted = held[..., 0] if level == "base" else held.max(axis=-1)
    reached = np.maximum.accumulate(held, axis=-1)
    states, needed = [np.asarray(base, dtype=np.float64)], []
    for t in range(len(rates.sex_ratio)):
        floor = wanted if level == "base" else np.where(reached[..., t] < wanted, -np.inf, wanted)
        count, new = _year(states[-1], rates.year(t), schedule, criterion, floor)
        needed.append(count)
        states.append(new)
    return Replacement(criterion, np.stack(needed, axis=-1), np.stack(states, axis=-3), wanted)


def _year(
    now: Array, vital: tuple[Array, Array, Array], schedule: Array, criterion: str, floor: Array
) -> tuple[Array, Array]:
    """Migrants of one year (...,) and the population at its end."""
    survival, fertility, ratio = vital
    closed = step(now, survival, fertility, ratio, np.zeros_like(now)).population
    opened = step(now, survival, fertility, ratio, np.broadcast_to(PROBE * schedule, now.shape)).population
    each = (opened - closed) / PROBE
    upper, lower = parts(criterion, closed)
    more_upper, more_lower = parts(criterion, each)
    if criterion != "support_ratio":
        more_lower = np.zeros_like(more_upper)
    known = np.isfinite(floor)
    aim = np.where(known, floor, 0.0)
    raise_by = more_upper - aim * more_lower
    if (raise_by[known] <= 0).any():
        raise BadInput("consequences.schedule", criterion=criterion)
    count = np.where(known, np.maximum((aim * lower - upper) / np.where(known, raise_by, 1.0), 0.0), 0.0)
    return count, closed + count[..., None, None] * each
