"""The model age schedule of migration of Rogers and Castro, and its derivatives.

m(x) = a1 exp(-alpha1 x) + a2 exp(-alpha2 (x - mu2) - exp(-lambda2 (x - mu2)))
     + a3 exp(-alpha3 (x - mu3) - exp(-lambda3 (x - mu3))) + a4 exp(lambda4 x) + c

with 7 parameters (childhood, labour force, constant), 9 (with a post-retirement slope), 11 (with a
retirement peak) or 13 (with both). Source: Rogers and Castro (1981), Model Migration Schedules, IIASA
RR-81-30; Rogers, Little and Raymer (2010), The Indirect Estimation of Migration. Ages are exact: the
rate of a single year of age x is taken at x + 1/2.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
CHILD = ("a1", "alpha1")
LABOUR = ("a2", "alpha2", "mu2", "lambda2")
RETIRED = ("a3", "alpha3", "mu3", "lambda3")
UPWARD = ("a4", "lambda4")
MODELS: dict[int, tuple[str, ...]] = {
    7: (*CHILD, *LABOUR, "c"),
    9: (*CHILD, *LABOUR, *UPWARD, "c"),
    11: (*CHILD, *LABOUR, *RETIRED, "c"),
    13: (*CHILD, *LABOUR, *RETIRED, *UPWARD, "c"),
}
BOUNDS = {"mu2": (10.0, 40.0), "mu3": (50.0, 80.0)}
FUNDAMENTAL = {"a1": 0.02, "alpha1": 0.1, "a2": 0.06, "alpha2": 0.1, "mu2": 20.0, "lambda2": 0.4, "c": 0.003}


def curve(parameters: dict[str, float], ages: Array) -> Array:
    """Rates m(x) per person-year at exact `ages` (n,), (n,); components without parameters are zero.

    Examples
    --------
    >>> round(float(curve(FUNDAMENTAL, np.array([20.0]))[0]), 5)
    0.02778
    """
    return values_and_slopes(tuple(parameters), np.array(list(parameters.values())), ages)[0]


def values_and_slopes(names: tuple[str, ...], values: Array, ages: Array) -> tuple[Array, Array]:
    """m(x), (n,), and its derivative by each parameter, (n, parameters), at exact `ages` (n,)."""
    p = dict(zip(names, values.tolist(), strict=True))
    total = np.full_like(ages, p.get("c", 0.0))
    slopes = {"c": np.ones_like(ages)}
    if "a1" in p:
        part = np.exp(-p["alpha1"] * ages)
        total = total + p["a1"] * part
        slopes |= {"a1": part, "alpha1": -p["a1"] * ages * part}
    for k in ("2", "3"):
        if f"a{k}" in p:
            peak, found = _peak(p[f"a{k}"], p[f"alpha{k}"], p[f"mu{k}"], p[f"lambda{k}"], ages)
            total = total + peak
            slopes |= dict(zip((f"a{k}", f"alpha{k}", f"mu{k}", f"lambda{k}"), found, strict=True))
    if "a4" in p:
        part = np.exp(np.minimum(p["lambda4"] * ages, 200.0))
        total = total + p["a4"] * part
        slopes |= {"a4": part, "lambda4": p["a4"] * ages * part}
    return total, np.column_stack([slopes[name] for name in names])


def _peak(a: float, alpha: float, mu: float, rise: float, ages: Array) -> tuple[Array, list[Array]]:
    """One double-exponential peak and its derivatives by a, alpha, mu, lambda."""
    off = ages - mu
    inner = np.exp(np.minimum(-rise * off, 600.0))
    unit = np.exp(np.clip(-alpha * off - inner, -700.0, 700.0))
    with np.errstate(over="ignore", invalid="ignore"):
        bend = np.where(unit > 0, unit * inner, 0.0)
    value = a * unit
    return value, [unit, -value * off, a * (unit * alpha - bend * rise), a * bend * off]


def group_means(starts: Array, ends: Array) -> tuple[Array, Array]:
    """Single exact ages inside age groups and the matrix that averages them: (ages (s,), weights (g, s)).

    Groups run from `starts` to `ends` (g,) inclusive, completed years; each single year has the same weight.
    """
    singles: Array = np.arange(int(starts.min()), int(ends.max()) + 1, dtype=np.float64)
    inside = (singles[None, :] >= starts[:, None]) & (singles[None, :] <= ends[:, None])
    return np.asarray(singles + 0.5), np.asarray(inside / inside.sum(axis=1, keepdims=True), dtype=np.float64)


def to_free(names: tuple[str, ...], values: Array) -> Array:
    """Parameters (p,) on unbounded scales, (p,): logarithms; peak ages by the logit of their place between bounds."""
    free = np.empty_like(values)
    for i, name in enumerate(names):
        if name in BOUNDS:
            low, high = BOUNDS[name]
            share = np.clip((values[i] - low) / (high - low), 1e-6, 1 - 1e-6)
            free[i] = np.log(share / (1 - share))
        else:
            free[i] = np.log(max(values[i], 1e-12))
    return free


def from_free(names: tuple[str, ...], free: Array) -> tuple[Array, Array]:
    """Parameters (p,) from unbounded ones (p,), and the derivative of each by its unbounded one, (p,)."""
    values, slopes = np.empty_like(free), np.empty_like(free)
    for i, name in enumerate(names):
        if name in BOUNDS:
            low, high = BOUNDS[name]
            share = 1 / (1 + np.exp(-np.clip(free[i], -500, 500)))
            values[i], slopes[i] = low + (high - low) * share, (high - low) * share * (1 - share)
        else:
            values[i] = np.exp(np.clip(free[i], -60, 20))
            slopes[i] = values[i]
    return values, slopes
