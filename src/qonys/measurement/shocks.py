"""Trend and shock: what part of a series is long-term, what part is reaction to dated events.

A series is a stiff trend (change over decades only), plus reactions to events, plus noise that may be
autocorrelated (`qonys.kernels.processes.trend_model`). An event enters as a pulse (its years), a step (from its
start), a decaying reaction or a wave that peaks in its fourth year, only with the sign of its
direction, and only if the likelihood increases by more than the extended BIC requires for the number of
candidates tried (Chen and Chen 2008, Biometrika 95:759). Trend, reaction and remainder of every year add up
exactly to the observed value. Coincidence in time does not prove causation: events that would fit almost as
well are listed with the one chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.kernels.processes.trend_model import TrendFit, fit_trend, gains, shape
from qonys.measurement.breakpoints import check_series, each_series

Array = NDArray[np.float64]
Z95 = 1.959963984540054
FEWEST = 12
NEAR = 6.0
SIGNS = {"in": 1, "out": -1}
NO_MOVES = "none"
FORMS = ("pulse", "step", "decay", "wave")


@dataclass(frozen=True)
class Reaction:
    """One reaction in a model: event id ('' for an outlier of that year), form, first and last year."""

    event: str
    form: str
    start: int
    end: int
    sign: int = 0
    alike: tuple[str, ...] = ()

    def values(self, times: Array) -> Array:
        """The shape of the reaction at `times` (n,), years: (n,), without unit (1 at its peak)."""
        return shape(self.form, times, self.start, self.end)


@dataclass(frozen=True)
class TrendShock:
    """Decomposition of all series.

    `years`: keys, time, observed, trend, trend_low, trend_high, reaction, rest. `effects`: keys, event,
    form, start, end, size, error, low, high (persons a year at its peak), alike (events that would
    do almost as well). `shares`: keys, component (trend, reaction, rest), total, low, high, share (of the
    sum of absolute yearly values). `models`: keys, n, gaps, noise, level, slope, memory, loglik,
    converged.
    `failed`: keys, reason, n, need.
    """

    years: pl.DataFrame
    effects: pl.DataFrame
    shares: pl.DataFrame
    models: pl.DataFrame
    failed: pl.DataFrame


def trend_and_shock(
    frame: pl.DataFrame,
    events: pl.DataFrame | None = None,
    keys: Sequence[str] = (),
    most: int = 5,
    outliers: bool = False,
) -> TrendShock:
    """Split one or several series into trend, reactions to `events` and rest.

    Parameters
    ----------
    frame
        time (years), value, optional sd (standard error of the value), key columns. Missing years
        are allowed and counted in `models`.
    events
        id, start, end (null: one year), and optionally direction (in: raises, out: lowers, both: either,
        none: no movement is stated of it): candidates, but for those of direction none.
    keys
        Columns that part the series.
    most
        Greatest number of reactions in a series.
    outliers
        Whether single years also are candidates (additive outlier, level shift, transient change;
        Chen and Liu 1993, Journal of the American Statistical Association 88:284).

    Raises
    ------
    BadInput
        Missing columns, empty values, a year twice; no series long enough.

    """
    check_series(frame, keys)
    rows: dict[str, list[dict[str, object]]] = {n: [] for n in ("years", "effects", "shares", "models", "failed")}
    errors = _errors(frame, keys)
    for number, (about, times, values) in enumerate(each_series(frame, keys)):
        if len(values) < FEWEST or np.ptp(values) == 0:
            reason = "breaks.constant" if len(values) >= FEWEST else "breaks.short"
            rows["failed"].append({**about, "reason": reason, "n": len(values), "need": FEWEST})
            continue
        candidates = _candidates(events, times, outliers)
        chosen, fit = _select(times, values, candidates, errors[number], most)
        _report(rows, about, (times, values), (chosen, fit))
    if rows["failed"] and not rows["years"]:
        raise BadInput(str(rows["failed"][0]["reason"]), n=rows["failed"][0]["n"], need=FEWEST)
    return TrendShock(**{name: pl.DataFrame(part, infer_schema_length=None) for name, part in rows.items()})


def _errors(frame: pl.DataFrame, keys: Sequence[str]) -> list[Array | None]:
    if "sd" not in frame.columns:
        return [None] * len(each_series(frame, keys))
    return [sd for _, _, sd in each_series(frame.with_columns(value=pl.col("sd").fill_null(0)), keys)]


def _candidates(events: pl.DataFrame | None, times: Array, outliers: bool) -> list[Reaction]:
    first, last = int(times.min()), int(times.max())
    found = []
    for event in () if events is None else events.iter_rows(named=True):
        start, end = int(event["start"]), int(event["start"] if event["end"] is None else event["end"])
        if end < first or start > last or event.get("direction") == NO_MOVES:
            continue
        forms = FORMS if first < start else ("pulse",)
        sign = SIGNS.get(str(event.get("direction")), 0)
        found += [Reaction(str(event["id"]), form, start, end, sign) for form in forms]
    if outliers:
        found += [Reaction("", form, year, year) for year in range(first + 2, last) for form in FORMS]
    return [reaction for reaction in found if _tells(reaction.values(times))]


def _tells(values: Array) -> bool:
    """Whether a shape is neither empty nor the same in all years."""
    return bool(np.ptp(values) > 0)


def _select(
    times: Array, values: Array, candidates: list[Reaction], known: Array | None, most: int
) -> tuple[list[Reaction], TrendFit]:
    """Forward selection by the extended criterion; after each step the variances are fitted anew."""
    chosen: list[Reaction] = []
    fit = fit_trend(times, values, _stack(chosen, times), times, known, stiff=True)
    need = np.log(len(values)) + 2 * np.log(max(len(candidates), 1))
    rest = list(candidates)
    while rest and len(chosen) < most:
        shapes = _stack(rest, times)
        gain = gains(times, values, _stack(chosen, times), shapes, fit)
        tried = False
        for best in np.argsort(-gain)[:4]:
            trial = [*chosen, rest[int(best)]]
            model = fit_trend(times, values, _stack(trial, times), times, known, stiff=True)
            if trial[-1].sign * model.sizes[-1] >= 0 and 2 * (model.loglik - fit.loglik) > need:
                tried = True
                break
        if not tried:
            break
        alike = _alike(rest, int(best), gain, float(model.sizes[-1]))
        chosen, fit = [*chosen, _with_alike(rest[int(best)], alike)], model
        rest = [reaction for reaction in rest if reaction.event != chosen[-1].event or not reaction.event]
    return chosen, fit


def _alike(rest: list[Reaction], best: int, gain: Array, size: float) -> tuple[str, ...]:
    """Other events of a fitting direction that would raise the likelihood by almost as much as the chosen one."""
    found: list[str] = []
    for place in np.argsort(-gain):
        event = rest[int(place)].event
        fits = rest[int(place)].sign * size >= 0
        if fits and gain[place] > gain[best] - NEAR and event not in ("", rest[best].event, *found):
            found.append(event)
    return tuple(found)


def _with_alike(reaction: Reaction, alike: tuple[str, ...]) -> Reaction:
    return replace(reaction, alike=alike)


def _stack(reactions: list[Reaction], times: Array) -> Array:
    return np.column_stack([r.values(times) for r in reactions]) if reactions else np.zeros((len(times), 0))


def _report(
    rows: dict[str, list[dict[str, object]]],
    about: dict[str, object],
    series: tuple[Array, Array],
    model: tuple[list[Reaction], TrendFit],
) -> None:
    times, values = series
    chosen, fit = model
    reaction = _stack(chosen, times) @ fit.sizes
    rest = values - fit.trend - reaction
    for i, time in enumerate(times):
        rows["years"].append(
            {
                **about, "time": int(time), "observed": values[i], "trend": fit.trend[i],
                "trend_low": fit.trend[i] - Z95 * fit.trend_error[i],
                "trend_high": fit.trend[i] + Z95 * fit.trend_error[i], "reaction": reaction[i], "rest": rest[i],
            }
        )  # fmt: skip
    for one, size, error in zip(chosen, fit.sizes, fit.errors, strict=True):
        rows["effects"].append(
            {
                **about, "event": one.event or None, "form": one.form, "start": one.start, "end": one.end, "size": size,
                "error": error, "low": size - Z95 * error, "high": size + Z95 * error, "alike": ", ".join(one.alike),
            }
        )  # fmt: skip
    parts = {"trend": (fit.trend, fit.trend_sum[1]), "reaction": (reaction, fit.reaction_sum[1]), "rest": (rest, None)}
    whole = sum(float(np.abs(part).sum()) for part, _ in parts.values())
    for name, (part, error) in parts.items():
        total = float(part.sum())
        low, high = (None, None) if error is None else (total - Z95 * error, total + Z95 * error)
        rows["shares"].append(
            {
                **about,
                "component": name,
                "total": total,
                "low": low,
                "high": high,
                "share": float(np.abs(part).sum()) / whole,
            }
        )
    rows["models"].append(
        {
            **about, "n": len(values), "gaps": int(times[-1] - times[0] + 1 - len(times)), "noise": fit.noise,
            "level": fit.level, "slope": fit.slope, "memory": fit.memory, "loglik": fit.loglik,
            "converged": fit.converged,
        }
    )  # fmt: skip
