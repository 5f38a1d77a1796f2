"""Synthetic control: the path of a treated unit beside a weighted mean of donors that followed it before a date.

Abadie, Diamond and Hainmueller (2010), Journal of the American Statistical Association 105:493; (2015), American
Journal of Political Science 59:495. Weights on the simplex fit the whole path of the outcome before the date, not
means of it (Ferman, Pinto and Possebom 2020, Journal of Policy Analysis and Management 39:510). Inference is by
permutation: the ratio of root mean squared errors after to before, each donor treated in turn with the treated unit
left out of its donors; sets of constant effects invert that test (Firpo and Possebom 2018, Journal of Causal Inference
6:20160026). Assumes that no donor was touched and that units respond alike to what they share.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.kernels.evaluation.simplex import combination_range, nearest_combination

Array = NDArray[np.float64]
BEFORE, AFTER, DONORS = 10, 1, 4
MISFIT = 2.0  # times the median error of the donors' own fits
SHIFTS = (3, 2, 1)
LEVELS = (0.95, 0.9, 0.8)
FILTERS = (2.0, 5.0, 20.0)


@dataclass(frozen=True)
class Placebos:
    """Of each unit (u,), the treated first: root mean squared error `before` and `after` the date, mean gap after."""

    before: Array
    after: Array
    effect: Array

    @property
    def ratio(self) -> Array:
        """Error after over error before (u,)."""
        return self.after / np.maximum(self.before, np.finfo(float).tiny)

    def p(self, worst: float = np.inf) -> tuple[float, int]:
        """Share of units whose ratio is at least the treated one's, and how many units were ranked.

        `worst`: donors whose error before the date exceeds that many times the treated unit's are left out.
        """
        kept = self.before <= worst * self.before[0]
        kept[0] = True
        ratio = self.ratio
        return float((ratio[kept] >= ratio[0]).mean()), int(kept.sum())


@dataclass(frozen=True)
class SyntheticControl:
    """A fitted comparison; all values of the unit of the outcome.

    `synthetic`, `gap` (t,): path of the combination and observed less synthetic; `weights` (j,); `effect` mean gap
    from the date on, `spread` its least and greatest value over equally near combinations; `placebos`; `omitted` (j,):
    the effect without each donor that has weight (nan: none); `earlier`: date -> mean gap between an earlier pretended
    date and the true one; `level` and `low`, `high` of the set of constant effects (nan: no level can be had, or no
    constant effect agrees).
    """

    synthetic: Array
    gap: Array
    weights: Array
    effect: float
    spread: tuple[float, float]
    placebos: Placebos
    omitted: Array
    earlier: dict[int, float]
    level: float
    low: float
    high: float

    @property
    def least_p(self) -> float:
        """The least p that so many units can give."""
        return 1 / len(self.placebos.before)


def synthetic_control(treated: Array, donors: Array, at: int) -> SyntheticControl:
    """Compare `treated` (t,) with `donors` (t, j); `at`: the first time of the effect, an index.

    Raises
    ------
    BadInput
        Values are missing; fewer than ten times before the date, none after it, fewer than four donors; the treated
        unit lies outside what the donors can combine to.

    Examples
    --------
    >>> rng = np.random.default_rng(3)
    >>> donors = rng.normal(size=(30, 8)).cumsum(axis=0)
    >>> treated = donors[:, :4].mean(axis=1) + rng.normal(0, 0.1, 30) + 5.0 * (np.arange(30) >= 20)
    >>> found = synthetic_control(treated, donors, 20)
    >>> bool(4.5 < found.effect < 5.5), round(found.placebos.p()[0], 3)
    (True, 0.111)
    """
    units = np.column_stack([treated, donors]).astype(np.float64)
    _check_panel(units, at)
    fits = [_fit(units, at, one) for one in range(units.shape[1])]
    placebos = Placebos(*(np.array(part) for part in zip(*(_errors(gap, at) for _, gap, _ in fits), strict=True)))
    _check_hull(units, at, placebos)
    weights, gap, spread = fits[0]
    level, low, high = constant_effects(gap, at, placebos)
    return SyntheticControl(
        units[:, 0] - gap, gap, weights, float(gap[at:].mean()), spread, placebos, _omitted(units, at, weights),
        _earlier(units, at), level, low, high,
    )  # fmt: skip


def _check_panel(units: Array, at: int) -> None:
    """Refuse a panel (t, u) that no comparison can rest on."""
    times, count = units.shape
    if not np.isfinite(units).all():
        raise BadInput("effect.gaps", n=int((~np.isfinite(units)).sum()))
    if at < BEFORE:
        raise BadInput("effect.short", n=at, need=BEFORE)
    if times - at < AFTER:
        raise BadInput("effect.nothing_after", need=AFTER)
    if count - 1 < DONORS:
        raise BadInput("effect.few_donors", n=count - 1, need=DONORS)


def _check_hull(units: Array, at: int, placebos: Placebos) -> None:
    """Refuse a treated unit that no combination of the donors follows before the date.

    It is above or below all donors at more than half of the times, or its own fit is both worse than every donor's and
    worse than twice their median: then the gap after the date is what the fit lacks, and its rank means nothing.
    """
    before, donors = units[:at, 0], units[:at, 1:]
    beyond = float(((before > donors.max(axis=1)) | (before < donors.min(axis=1))).mean())
    usual = float(np.median(placebos.before[1:]))
    if beyond > 0.5:
        raise BadInput("effect.beyond_donors", share=round(100 * beyond))
    if placebos.before[0] > max(MISFIT * usual, float(placebos.before[1:].max())):
        raise BadInput("effect.outside_hull", times=round(placebos.before[0] / max(usual, np.finfo(float).tiny), 1))


def constant_effects(gap: Array, at: int, placebos: Placebos) -> tuple[float, float, float]:
    """Level, low and high of the set of constant effects that the permutation test does not reject; `gap` (t,).

    The mean of (gap - c)^2 is the variance of the gap plus (mean - c)^2, so that the set is an interval about the mean.
    The level is the highest of 95, 90 and 80 per cent that so many units can give.
    """
    others = np.sort(placebos.ratio[1:] ** 2)[::-1]
    after, error = gap[at:], float(np.mean(gap[:at] ** 2))
    for level in LEVELS:
        most = int((1 - level) * (len(others) + 1) + 1e-9)
        if most:
            room = others[most - 1] * error - float(after.var())
            middle, half = float(after.mean()), float(np.sqrt(room)) if room >= 0 else np.nan
            return level, middle - half, middle + half
    return np.nan, np.nan, np.nan


def _fit(units: Array, at: int, one: int) -> tuple[Array, Array, tuple[float, float]]:
    """Weights of the donors of a unit, its gap (t,), and the range of its mean gap; the treated unit is no donor."""
    others = [place for place in range(units.shape[1]) if place not in (0, one)]
    donors, target = units[:, others], units[:, one]
    fit = nearest_combination(target[:at], donors[:at])
    after = donors[at:].mean(axis=0)
    low, high = combination_range(fit, donors[:at], after) if one == 0 else (0.0, 0.0)
    mean = float(target[at:].mean())
    return fit.weights, target - donors @ fit.weights, (mean - high, mean - low)


def _errors(gap: Array, at: int) -> tuple[float, float, float]:
    return float(np.sqrt(np.mean(gap[:at] ** 2))), float(np.sqrt(np.mean(gap[at:] ** 2))), float(gap[at:].mean())


def _omitted(units: Array, at: int, weights: Array) -> Array:
    found = np.full(len(weights), np.nan)
    for place in np.flatnonzero(weights > 0):
        found[place] = _fit(np.delete(units, place + 1, axis=1), at, 0)[1][at:].mean()
    return found


def _earlier(units: Array, at: int) -> dict[int, float]:
    """Mean gap between each pretended date and the true one, fitted on what is before the pretended date."""
    found = {}
    for shift in SHIFTS:
        if at - shift >= BEFORE - max(SHIFTS):
            found[at - shift] = float(_fit(units[:at], at - shift, 0)[1][at - shift :].mean())
    return found
