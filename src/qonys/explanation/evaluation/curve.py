"""A specification curve: the same question under each reasonable choice of method, window, scale and donors.

Simonsohn, Simmons and Nelson (2020), Nature Human Behaviour 4:1208. Effects are in per cent of what was expected, so
that scales agree. A choice that the figures cannot carry keeps its row with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.explanation.evaluation.interrupted import ERRORS, InterruptedModel, interrupted_series
from qonys.explanation.evaluation.synthetic import BEFORE, synthetic_control

Array = NDArray[np.float64]
LEVEL, LOG = "level", "log"
ALL, CLOSE, WITHOUT_FIRST = "all", "close", "without_first"
WORST = 5.0


@dataclass(frozen=True)
class Specification:
    """One choice: method, what it varies (errors or donors), whether a trend or slope is held, scale, times before."""

    method: str
    variant: str
    trend: bool
    scale: str
    before: int


@dataclass(frozen=True)
class Choice:
    """A specification, its effect in the unit of the outcome (where its scale is the level) and in per cent of what was
    expected, 95 % ends of that or p where the method has them, and the refusal where there is no effect.
    """

    of: Specification
    value: float | None = None
    percent: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    refused: BadInput | None = None


def interrupted_curve(values: Array, times: Array, at: float, season: int = 0) -> list[Choice]:
    """Errors x trend before x scale x times before (all, the later half) of an interrupted series.

    Examples
    --------
    >>> times = np.arange(2000.0, 2030.0)
    >>> values = 100.0 + times % 3 + 50.0 * (times >= 2020)
    >>> found = interrupted_curve(values, times, 2020)
    >>> len(found), {round(one.percent) for one in found if not one.of.trend and one.percent is not None}
    (16, {49, 50})
    """
    found = []
    count = int((times < at).sum())
    for errors, trend, scale, before in product(ERRORS, (True, False), _scales(values), _windows(count)):
        chosen = times >= at
        kept = chosen | (np.cumsum(~chosen) > count - before)
        model = InterruptedModel(errors, season, trend, trend)
        of = Specification("interrupted", errors, trend, scale, before)
        found.append(_interrupted(values[kept], times[kept], at, model, of))
    return found


def _interrupted(values: Array, times: Array, at: float, model: InterruptedModel, of: Specification) -> Choice:
    try:
        fit = interrupted_series(np.log(values) if of.scale == LOG else values, times, at, model)
    except BadInput as error:
        return Choice(of, refused=error)
    base = float(fit.expected[times >= at].mean())
    percent, low, high = (_percent(one, base, of.scale) for one in (fit.mean.value, fit.mean.low, fit.mean.high))
    return Choice(of, fit.mean.value if of.scale == LEVEL else None, percent, low, high, fit.mean.p)


def synthetic_curve(treated: Array, donors: Array, at: int) -> list[Choice]:
    """Donors (all, those that fit, without the heaviest) x scale x times before of a synthetic control.

    Examples
    --------
    >>> rng = np.random.default_rng(3)
    >>> donors = 50.0 + rng.normal(size=(40, 8)).cumsum(axis=0)
    >>> treated = donors[:, :4].mean(axis=1) + 5.0 * (np.arange(40) >= 30)
    >>> len(synthetic_curve(treated, donors, 30))
    12
    """
    found = []
    scales = _scales(np.column_stack([treated, donors]))
    for variant, scale, before in product((ALL, CLOSE, WITHOUT_FIRST), scales, _windows(at, BEFORE)):
        of = Specification("synthetic", variant, False, scale, before)
        found.append(_synthetic(treated[at - before :], donors[at - before :], before, of))
    return found


def _synthetic(treated: Array, donors: Array, at: int, of: Specification) -> Choice:
    one, others = (np.log(treated), np.log(donors)) if of.scale == LOG else (treated, donors)
    try:
        fit = synthetic_control(one, others, at)
        if of.variant == WITHOUT_FIRST:
            fit = synthetic_control(one, np.delete(others, int(np.argmax(fit.weights)), axis=1), at)
    except BadInput as error:
        return Choice(of, refused=error)
    percent = _percent(fit.effect, float(fit.synthetic[at:].mean()), of.scale)
    p, _ = fit.placebos.p(WORST if of.variant == CLOSE else np.inf)
    return Choice(of, fit.effect if of.scale == LEVEL else None, percent, p=p)


def _percent(effect: float, base: float, scale: str) -> float | None:
    """Per cent of what was expected; none where that is not above zero."""
    if scale == LOG:
        return float(100 * np.expm1(effect))
    return 100 * effect / base if base > 0 else None


def _scales(values: Array) -> tuple[str, ...]:
    return (LEVEL, LOG) if (values > 0).all() else (LEVEL,)


def _windows(count: int, least: int = 0) -> Iterator[int]:
    yield count
    if max(count // 2, least) < count:
        yield max(count // 2, least)
