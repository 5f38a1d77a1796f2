"""A series of counts watched value by value, with alarms whose false rate within a horizon is known.

Expected values by a seasonal regression on a base (`qonys.kernels.monitoring.seasonal`); the limit of the chart is
found by drawing bases and futures anew, so that it allows for the error of the estimated base
(`qonys.kernels.monitoring.calibration`). Two methods have a base that moves with the present: the same part of past
years (farrington) and the last seven values (short). An alarm says that the count is unusual, not why.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.kernels.monitoring.calibration import CHARTS, CUSUM_REFERENCE, EWMA_WEIGHT, Situation, delay, limit_for
from qonys.kernels.monitoring.charts import EARS_BASE, cusum, ewma, short_base
from qonys.kernels.monitoring.farrington import SeasonalBase, seasonal_limit
from qonys.kernels.monitoring.seasonal import seasonal_design, seasonal_fit
from qonys.monitor.base import beyond_own_limits, shorter_base
from qonys.monitor.learning import two_sided
from qonys.monitor.levels import light, normal_scale, states

Array = NDArray[np.float64]
FEWEST, LONG, RARE = 12, 3, 1
FARRINGTON, SHORT = "farrington", "short"
MOVING = (FARRINGTON, SHORT)
FARRINGTON_YEARS, HALF = 5, 1


@dataclass(frozen=True)
class WatchOptions:
    """How a series is watched: chart, values a cycle (12 for months, 1: no season), values of the base (0: all but the
    last cycle), chance of a false alarm within `horizon` values (0: a cycle, at least 12), and the change of level
    whose delay is said.
    """

    chart: str = "predictive"
    cycle: int = 1
    base: int = 0
    chance: float = 0.05
    horizon: int = 0
    factor: float = 1.25

    def __post_init__(self) -> None:
        if self.chart not in (*CHARTS, *MOVING):
            known = ", ".join((*CHARTS, *MOVING))
            raise BadInput("estimation.choice", option="--chart", value=self.chart, known=known)


@dataclass(frozen=True)
class Watched:
    """`values`: time, value, expected, low, high (95 % predictive), z, statistic, light, direction, alarm (new or
    continues). The `limit` of the statistic with its `chance` of a false alarm within `horizon` values; the median
    `delay` of a change by `factor` and the share `missed`; `dispersion`; how many values the expectation rests on,
    `base`, and whether a `season` is in it; the times of the base that lie `beyond` its own limits, and a base that
    ends before them (`shorter`; None where it would be too short).
    """

    values: pl.DataFrame
    limit: float
    chance: float
    horizon: int
    delay: float
    missed: float
    factor: float
    dispersion: float
    base: int
    season: bool
    beyond: tuple[int, ...] = ()
    shorter: int | None = None


def watch(counts: Array, times: NDArray[np.int64], options: WatchOptions, exposure: Array | None = None) -> Watched:
    """Watch `counts` (t,) at consecutive whole `times` (t,); `exposure` (t,) as days of the months.

    Raises
    ------
    BadInput
        Gaps, negative values, a base of fewer than twelve values or of less than one person a time, nothing after it.

    Examples
    --------
    >>> rng = np.random.default_rng(2)
    >>> counts = np.append(rng.poisson(100, 36), [104.0, 190.0])
    >>> found = watch(counts.astype(float), np.arange(38), WatchOptions(base=36))
    >>> found.values["light"].to_list()[-2:]
    ['green', 'red']
    """
    base = options.base or max(len(counts) - max(options.cycle, 1), 0)
    _check(counts, times, base)
    season = options.cycle > 1 and base >= LONG * options.cycle
    design = seasonal_design(times - times[0], options.cycle if season else 1, 2 if season else 0, trend=season)
    fit = seasonal_fit(counts, design, np.arange(len(counts)) < base, exposure)
    z = normal_scale(fit.deviations(counts), fit.degrees)
    horizon = options.horizon or max(options.cycle, 12)
    situation = Situation(fit.degrees + 1, float(fit.expected[base:].mean()), fit.dispersion, horizon)
    limit = limit_for(situation, options.chart, options.chance)
    statistic, alarms = sequential(z[base:], options.chart, limit)
    lights = [light(float(one), bool(alarm)) for one, alarm in zip(z[base:], alarms, strict=True)]
    directions = [
        "" if name == "green" else "up" if one > 0 else "down" for one, name in zip(z[base:], lights, strict=True)
    ]
    half = two_sided(fit.degrees) * np.sqrt(fit.dispersion * fit.expected + (fit.error * fit.expected) ** 2)
    none: list[str | None] = [None] * base
    values = pl.DataFrame({
        "time": times, "value": counts, "expected": fit.expected, "low": np.maximum(fit.expected - half, 0.0),
        "high": fit.expected + half, "z": z, "statistic": [*([None] * base), *statistic.tolist()],
        "light": none + lights, "direction": none + directions, "alarm": none + states(lights, directions),
    })  # fmt: skip
    median, missed = delay(situation, options.chart, limit, options.factor)
    odd = beyond_own_limits(counts, fit, base)
    shorter = shorter_base(int(odd[0]), options.cycle, FEWEST, LONG) if len(odd) else None
    return Watched(
        values, limit, options.chance, horizon, median, missed, options.factor, fit.dispersion, base, season,
        tuple(times[odd].tolist()), shorter,
    )  # fmt: skip


def watch_moving(counts: Array, times: NDArray[np.int64], options: WatchOptions) -> pl.DataFrame:
    """time, value, expected, high, light, alarm of counts against a base that moves with them; upward alarms only.

    The chance of an alarm at each value is 1 - (1 - chance)^(1 / horizon). Values without a full base have no light.

    Raises
    ------
    BadInput
        As `watch`; the series is too short for any base.

    Examples
    --------
    >>> counts = np.array([10, 12, 11, 9, 10, 11, 12, 11, 30.0])
    >>> watch_moving(counts, np.arange(9), WatchOptions(SHORT))["light"].to_list()[-2:]
    ['green', 'red']
    """
    horizon = options.horizon or max(options.cycle, 12)
    alpha = 1 - (1 - options.chance) ** (1 / horizon)
    need = options.cycle * FARRINGTON_YEARS + HALF if options.chart == FARRINGTON else EARS_BASE
    _check(counts, times, len(counts) - 1, need)
    if options.chart == FARRINGTON:
        left_out = round(options.cycle / 2) if options.cycle > FEWEST else HALF
        base = SeasonalBase(options.cycle, FARRINGTON_YEARS, HALF, periods(options.cycle), left_out, alpha)
        found = [seasonal_limit(counts, at, base) for at in range(len(counts))]
        expected = [None if one is None else one.expected for one in found]
        high = [None if one is None else one.upper for one in found]
    else:
        expected, high = (
            [None if np.isnan(one) else float(one) for one in part] for part in short_base(counts, 1 - alpha)
        )
    pairs = zip(counts, high, strict=True)
    lights = [None if top is None else "red" if value > top else "green" for value, top in pairs]
    plain = [one or "" for one in lights]
    return pl.DataFrame({
        "time": times, "value": counts, "expected": expected, "high": high, "light": lights,
        "alarm": states(plain, ["up" if one == "red" else "" for one in plain]),
    }, schema_overrides={"expected": pl.Float64, "high": pl.Float64, "light": pl.String})  # fmt: skip


def periods(cycle: int) -> int:
    """Periods of the season of a cycle: ten of weeks as published, four of months.

    Examples
    --------
    >>> periods(52), periods(12)
    (10, 4)
    """
    return 10 if cycle > 2 * FEWEST else 4


def sequential(z: Array, chart: str, limit: float) -> tuple[Array, NDArray[np.bool_]]:
    """Statistic (t,) and alarms (t,) of a chart that begins anew after each alarm.

    Examples
    --------
    >>> sequential(np.array([3.0, 3.0, 0.0]), "cusum", 4.0)[1].tolist()
    [False, True, False]
    """
    if chart == "predictive":
        return np.abs(z), np.abs(z) > limit
    if chart == "ewma":
        averages, alarms = ewma(z, EWMA_WEIGHT, limit)
        return averages, alarms
    (up, rising), (down, falling) = (cusum(sign * z, CUSUM_REFERENCE, limit) for sign in (1.0, -1.0))
    return np.maximum(up, down), rising | falling


def _check(counts: Array, times: NDArray[np.int64], base: int, need: int = FEWEST) -> None:
    if not np.isfinite(counts).all() or (np.diff(times) != 1).any():
        raise BadInput("monitor.gaps")
    if (counts < 0).any():
        raise BadInput("monitor.negative", n=int((counts < 0).sum()))
    if base < need:
        raise BadInput("monitor.short", n=base, need=need)
    if base >= len(counts):
        raise BadInput("monitor.nothing_new")
    if counts[:base].mean() < RARE:
        raise BadInput("monitor.rare", mean=round(float(counts[:base].mean()), 2), need=RARE)
