"""Limits of the paths of a process as tables: what they are, and how many draws they held."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from qonys.kernels.processes.regime_process import DrawnPaths
from qonys.kernels.processes.window_limits import WindowLimits

Rows = list[tuple[str, str | None, float | None, float | None, float | None]]
SHARE = 2 / 3  # of the record: longest window, so that a country of whole record gives a third of its years as windows
AFTER = 20  # years ahead without limits: as far as forecasts from past years are scored (`backtest.run.HORIZONS`)
SHOWN = (1, 10, 20, 30, 50)  # years


def limit_rows(
    limits: WindowLimits | None, name: str = "limit", step: int = 1, scale: Callable[[float], float] = float
) -> Rows:
    """Rows parameter, country (null), low, median, high: `name`_after, years ahead without limits (as median); then
    `name`_n, ends of means over n years (`SHOWN`, and the longest; median null).

    `step`: years of a step; `scale`: from the unit of the fit to the one shown. Without limits no row.
    """
    if limits is None:
        return []
    longest = len(limits.low) * step
    years = sorted({n for n in SHOWN if n % step == 0 and n < longest} | {step, longest})
    ends = [(n, limits.low[n // step - 1], limits.high[n // step - 1]) for n in years]
    rows: Rows = [(f"{name}_after", None, None, float(limits.after * step), None)]
    return rows + [(f"{name}_{n}", None, scale(float(low)), None, scale(float(high))) for n, low, high in ends]


def held_rows(name: str, country: str, drawn: DrawnPaths) -> pl.DataFrame:
    """Shares of the draws and of their steps that limits held: `name`_held and `name`_held_steps, country, median."""
    shares = {f"{name}_held": drawn.held.any(axis=1).mean(), f"{name}_held_steps": drawn.held.mean()}
    rows: Rows = [(parameter, country, None, float(share), None) for parameter, share in shares.items()]
    return frame_of(rows)


def frame_of(rows: Rows) -> pl.DataFrame:
    """Rows as columns parameter, country, low, median, high."""
    schema = {"parameter": pl.String, "country": pl.String} | dict.fromkeys(("low", "median", "high"), pl.Float64)
    return pl.DataFrame(rows, schema=schema, orient="row")
