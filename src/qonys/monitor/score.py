"""How well the monitor's forecasts did: quantiles, the chance of an unusual value, beside plain rivals.

Three forecasts of the logarithm of an increment's monthly rate, each made from the releases before it: the monitor's
(`qonys.monitor.releases`); the same months of the newest earlier year that covers them (`year_before`, the seasonal
naive forecast, with the deviation of its own errors so far); all earlier increments alike (`record`, mean and
deviation). The event is a rate outside the 95 % limits of the record, for all the same, so that the record itself says
5 % each time. Intervals of gains draw whole calendar years again (block bootstrap); of few years they are known to be
short.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from qonys.errors import BadInput
from qonys.kernels import scores, warning_scores
from qonys.monitor.increments import Release, revision_error
from qonys.monitor.releases import Judged, watched

Array = NDArray[np.float64]
LEVEL, RIVAL, RECORD = "level", "year_before", "record"
MODELS = (LEVEL, RIVAL, RECORD)
FEWEST, OUTSIDE = 4, 0.05
LOW, HIGH = OUTSIDE / 2, 1 - OUTSIDE / 2
RATIOS = (0.05, 0.1, 0.2, 0.5)
WARNINGS = (1, 2)
DRAWS, SEED = 4000, 1
ALL = "all"


@dataclass(frozen=True)
class Scored:
    """An increment with the t forecast (middle, deviation, degrees) of each model and the event's limits."""

    year: int
    actual: float
    forecasts: Mapping[str, tuple[float, float, float]]

    @property
    def limits(self) -> tuple[float, float]:
        """The 95 % limits of the record before it."""
        return self.quantile(RECORD, LOW), self.quantile(RECORD, HIGH)

    def quantile(self, model: str, level: float) -> float:
        """A quantile of a model's forecast."""
        middle, spread, degrees = self.forecasts[model]
        return float(middle + spread * stdtrit(degrees, level))

    def outside(self, model: str) -> float:
        """Probability that a model gave to a value outside the limits."""
        middle, spread, degrees = self.forecasts[model]
        low, high = ((one - middle) / spread for one in self.limits)
        return float(stdtr(degrees, low) + stdtr(degrees, -high))

    @property
    def happened(self) -> bool:
        """Whether the value lay outside the limits."""
        low, high = self.limits
        return not low <= self.actual <= high


def scored(releases: Sequence[Release], revision: float | None = None) -> list[Scored]:
    """The increments for which every model has a forecast; `revision` as in `watch_releases`.

    Examples
    --------
    >>> from datetime import date
    >>> some = [Release(date(y, 1, 1), date(y, m, 28), m * (100.0 + y % 3)) for y in range(2015, 2022) for m in (6, 12)]
    >>> len(scored(some)), sorted(scored(some)[0].forecasts)
    (7, ['level', 'record', 'year_before'])
    """
    found: list[Scored] = []
    covered: dict[int, float] = {}
    rates: list[float] = []
    errors: list[float] = []
    for one in watched(releases, revision)[0]:
        y = float(np.log(one.increment.value / one.increment.months))
        naive = _same_months(one, covered)
        if one.forecast is not None and naive is not None and len(errors) >= FEWEST:
            spread, n = float(np.std(rates, ddof=1)), len(rates)
            known = {
                LEVEL: one.forecast,
                RIVAL: (naive, float(np.sqrt(np.mean(np.square(errors)))), float(len(errors))),
                RECORD: (float(np.mean(rates)), spread * np.sqrt(1 + 1 / n), n - 1.0),
            }
            found.append(Scored(one.increment.release.end.year, y, known))
        if naive is not None:
            errors.append(y - naive)
        rates.append(y)
        covered |= dict.fromkeys(_months(one), float(np.exp(y)))
    return found


def _months(one: Judged) -> range:
    return range(one.increment.first, one.increment.first + int(one.increment.months))


def _same_months(one: Judged, covered: Mapping[int, float]) -> float | None:
    """Logarithm of the mean rate of the same months, each of the newest earlier year that covers it."""
    found = []
    for month in _months(one):
        before = next((covered[m] for m in range(month - 12, min(covered, default=month), -12) if m in covered), None)
        if before is None:
            return None
        found.append(before)
    return float(np.log(np.mean(found)))


def cases_of(releases: Mapping[str, Sequence[Release]]) -> dict[str, list[Scored]]:
    """The scored increments by indicator; the error of revisions to come is that of all indicators together."""
    revision = revision_error(*releases.values())
    return {name: scored(some, revision) for name, some in releases.items()}


def alarm_scores(releases: Mapping[str, Sequence[Release]]) -> pl.DataFrame:
    """Scores of every model by indicator, and of all together.

    Returns
    -------
    indicator, model, n, held_95 (share inside the 95 % interval), pinball_low and pinball_high (2.5 and 97.5 %,
    hundredths of the logarithm), events, brier, log_score, precision_1 and precision_2 (share of the one or two highest
    chances a year that came true), value_5 ... value_50 (relative value where acting costs so many hundredths of
    the loss), gain_pinball and gain_brier over `year_before` with their 95 % ends.

    Raises
    ------
    BadInput
        As `watch_releases`; no indicator has enough releases.
    """
    cases = cases_of(releases)
    known = {name: some for name, some in cases.items() if some}
    if not known:
        raise BadInput("monitor.too_few_to_score", need=FEWEST + 1)
    numbered = {name: place for place, name in enumerate(known)}
    groups = {name: np.array([one.year for one in some]) + 10_000 * numbered[name] for name, some in known.items()}
    if len(known) > 1:
        groups[ALL] = np.concatenate(list(groups.values()))
        known |= {ALL: [one for some in known.values() for one in some]}
    rows = [_row(name, model, some, groups[name]) for name, some in known.items() for model in MODELS]
    return pl.DataFrame(rows)


def _row(name: str, model: str, cases: Sequence[Scored], groups: NDArray[np.int64]) -> dict[str, object]:
    actual, happened = np.array([one.actual for one in cases]), np.array([float(one.happened) for one in cases])
    chance, pinballs = _parts(cases, model, actual)
    rival_chance, rival_pinballs = _parts(cases, RIVAL, actual)
    years = np.array([one.year for one in cases])
    low, high = (np.array([one.quantile(model, level) for one in cases]) for level in (LOW, HIGH))
    briers = [warning_scores.brier(p, happened) for p in (chance, rival_chance)]
    found: dict[str, object] = {
        "indicator": name, "model": model, "n": len(cases), "held_95": float(scores.inside(low, high, actual).mean()),
        "pinball_low": 100 * float(pinballs[0].mean()), "pinball_high": 100 * float(pinballs[1].mean()),
        "events": int(happened.sum()), "brier": float(briers[0].mean()),
        "log_score": float(warning_scores.log_score(chance, happened).mean()),
    }  # fmt: skip
    for each in WARNINGS:
        hits, warned = warning_scores.hits_of_highest(chance, happened, groups, each)
        found[f"precision_{each}"] = hits / warned
    for ratio in RATIOS:
        value = warning_scores.relative_value(chance, happened, ratio)
        found[f"value_{100 * ratio:.0f}"] = None if np.isnan(value) else value
    pairs = {"pinball": (pinballs.sum(axis=0), rival_pinballs.sum(axis=0)), "brier": (briers[0], briers[1])}
    for what, (ours, theirs) in pairs.items():
        gain = (None, None, None) if model == RIVAL else scores.skill(ours, theirs, years, DRAWS, SEED)
        found |= dict(zip((f"gain_{what}", f"gain_{what}_low", f"gain_{what}_high"), gain, strict=True))
    return found


def _parts(cases: Sequence[Scored], model: str, actual: Array) -> tuple[Array, Array]:
    """Chance of the event (n,), and the pinball scores (2, n) of a model."""
    chance = np.array([one.outside(model) for one in cases])
    ends = [np.array([one.quantile(model, level) for one in cases]) for level in (LOW, HIGH)]
    return chance, np.stack(
        [warning_scores.pinball(ends[0], actual, LOW), warning_scores.pinball(ends[1], actual, HIGH)]
    )
