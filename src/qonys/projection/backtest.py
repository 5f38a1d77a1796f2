"""The record of skill of the migration process: forecasts from rolling origins against what came, and rivals.

Each forecast uses figures up to its origin only (of today's revision: what was known at the time may have
differed, which flatters every rival alike). Rivals: the last rate kept, no migration, the mean of the
last five years (all certain), and the pooled autoregression of five-year means of Azose and Raftery (2015).
Smith (2001) and Gneiting and Raftery (2007) on the measures.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.kernels import regime_process as process
from qonys.kernels import scores
from qonys.projection.migration import AZOSE_RAFTERY, Settings, rates_of

Array = NDArray[np.float64]
Forecast = Callable[[Array, int, int], Array]
MEAN = 5
WARM, THIN = 1500, 4
LEVELS = (0.5, 0.8, 0.95)


def _process(past: Array, horizon: int, draws: int) -> Array:
    found = process.sample(past, draws, 1, Settings(), WARM, THIN)
    return np.stack([process.paths(found, c, row[-1], horizon, draws, 7) for c, row in enumerate(past)])


def _autoregression(past: Array, horizon: int, draws: int) -> Array:
    length = past.shape[1] // MEAN * MEAN
    means = past[:, past.shape[1] - length :].reshape(len(past), -1, MEAN).mean(axis=2)
    found = process.sample(means, draws, 1, AZOSE_RAFTERY, WARM, THIN)
    steps = -(-horizon // MEAN)
    drawn = [process.paths(found, c, row[-1], steps, draws, 7) for c, row in enumerate(means)]
    return np.stack(drawn).repeat(MEAN, axis=2)[:, :, :horizon]


def _certain(value: Array, horizon: int) -> Array:
    return np.broadcast_to(value[:, None, None], (len(value), 1, horizon))


MODELS: dict[str, Forecast] = {
    "process": _process,
    "autoregression": _autoregression,
    "last_kept": lambda past, horizon, draws: _certain(past[:, -1], horizon),
    "zero": lambda past, horizon, draws: _certain(np.zeros(len(past)), horizon),
    "mean_5": lambda past, horizon, draws: _certain(past[:, -MEAN:].mean(axis=1), horizon),
}


def backtest(
    frame: pl.DataFrame, origins: tuple[int, ...], horizons: tuple[int, ...] = (1, 5, 10), draws: int = 500
) -> pl.DataFrame:
    """Forecasts of the mean net rate (per 1,000) of the first h years after each origin, and their scores.

    Returns model, origin, country, horizon, actual, median, low and high of the 50, 80 and 95 % intervals, crps, pit,
    interval score of the 80 % interval. Horizons that reach beyond the figures are left out.
    """
    table, countries, years = rates_of(frame)
    rows: list[dict[str, object]] = []
    for origin in origins:
        past = table[:, : years.index(origin) + 1]
        for model, forecast in MODELS.items():
            drawn = forecast(past, max(horizons), draws)
            for horizon in horizons:
                if origin + horizon > years[-1]:
                    continue
                actual = table[:, past.shape[1] : past.shape[1] + horizon].mean(axis=1)
                rows += _scored(drawn[:, :, :horizon].mean(axis=2), actual, (model, origin, horizon), countries)
    return pl.DataFrame(rows)


def _scored(
    sample: Array, actual: Array, about: tuple[str, int, int], countries: tuple[str, ...]
) -> list[dict[str, object]]:
    limits = {level: scores.interval(sample, level) for level in LEVELS}
    found: dict[str, Array] = {"median": np.median(sample, axis=1)}
    for level, (low, high) in limits.items():
        found |= {f"low_{100 * level:g}": low, f"high_{100 * level:g}": high}
    found |= {"crps": scores.crps(sample, actual), "pit": scores.pit(sample, actual)}
    found["interval_score"] = scores.interval_score(*limits[0.8], actual, 0.8)
    model, origin, horizon = about
    return [
        {
            "model": model, "origin": origin, "horizon": horizon, "country": country, "actual": float(actual[c]),
            **{name: float(values[c]) for name, values in found.items()},
        }
        for c, country in enumerate(countries)
    ]  # fmt: skip


def summary(forecasts: pl.DataFrame, seed: int = 1) -> pl.DataFrame:
    """By model and horizon: n, coverage of 50, 80, 95 %, median width of 80 %, mean crps, bias, skill of `process`.

    `bias`: mean of median less actual; skill: 1 - crps of the process / crps of the model, with its 95 %
    interval by drawing countries again.
    """
    rows = []
    for (model, horizon), part in forecasts.partition_by("model", "horizon", as_dict=True).items():
        ours = forecasts.filter((pl.col("model") == "process") & (pl.col("horizon") == horizon))
        both = part.join(ours.select("origin", "country", ours="crps"), on=["origin", "country"])
        blocks = both["country"].rank("dense").cast(pl.Int64).to_numpy()
        gain = scores.skill(both["ours"].to_numpy(), both["crps"].to_numpy(), blocks, 2000, seed)
        row: dict[str, object] = {"model": model, "horizon": horizon, "n": part.height}
        for level in LEVELS:
            name = f"{100 * level:g}"
            inside = part["actual"].is_between(part[f"low_{name}"], part[f"high_{name}"])
            row[f"coverage_{name}"] = float(inside.to_numpy().mean())
        row |= {
            "width_80": float(np.median((part["high_80"] - part["low_80"]).to_numpy())),
            "crps": float(part["crps"].to_numpy().mean()),
            "bias": float((part["median"] - part["actual"]).to_numpy().mean()),
            "skill": gain[0], "skill_low": gain[1], "skill_high": gain[2],
        }  # fmt: skip
        rows.append(row)
    order = {name: place for place, name in enumerate(MODELS)}
    frame = pl.DataFrame(rows).with_columns(place=pl.col("model").replace_strict(order))
    return frame.sort("horizon", "place").drop("place")
