"""Backtest: forecasts from rolling origins against outcomes and benchmark models.

Each forecast uses figures up to its origin only (of the current revision: those published at the time may have
differed, which favours all models equally). Measures: coverage and width of central intervals, interval score
and CRPS (Gneiting and Raftery 2007), probability integral transform, mean absolute and mean algebraic percentage
error (Smith, Tayman and Swanson 2001, chapter 13), skill = 1 - score / score of the benchmark. Origins overlap and a
country's errors are dependent: every interval and test resamples whole countries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.kernels import scores
from qonys.projection.backtest.models import MODELS, TARGETS, DrawnRates, History, draw, values
from qonys.projection.processes.migration import Settings

Array = NDArray[np.float64]
T = TypeVar("T")
Progress = Callable[[int, int], None]
ORIGINS = (1980, 1985, 1990, 1995, 2000, 2005, 2010, 2013, 2015, 2018)
HORIZONS = (1, 5, 10, 15, 20)
LEVELS = (0.5, 0.8, 0.95)
GRID = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98)
OURS = "process"
DRAWS, AGAIN = 400, 1000
BINS = 10
SIGNED = ("net_migration",)
WIDTHS = tuple(f"width_{100 * level:g}" for level in GRID)
GOAL = 0.8
DERIVED = (*(f"width_{100 * level:g}" for level in LEVELS), "interval_score")


@dataclass(frozen=True)
class Record:
    """`forecasts`: one row a target, model, origin, horizon and country; `drawn` by origin; `rhat`: the greatest."""

    forecasts: pl.DataFrame
    drawn: dict[int, DrawnRates]

    def finished(self) -> Finished:
        """The record without its draws."""
        return Finished(self.forecasts, tuple(self.drawn), max(one.rhat for one in self.drawn.values()))


@dataclass(frozen=True)
class Finished:
    """A record whose draws are gone: `forecasts` (those of `Record`), `origins`, `rhat`: the greatest of all fits."""

    forecasts: pl.DataFrame
    origins: tuple[int, ...]
    rhat: float


def outcomes(history: History, origin: int, horizon: int) -> dict[str, Array]:
    """Outcomes by target, (C,) each, in the units of the targets; `origin` + `horizon` lies within the figures."""
    now = history.years.index(origin)
    end = now + horizon
    return {
        "net_migration": history.net[:, now + 1 : end + 1].mean(axis=1),
        "population": 100 * history.population[:, end] / history.population[:, now],
        "population_15_64": 100 * history.work[:, end] / history.work[:, now],
    }


def counted(parts: Iterable[T], total: int, progress: Progress) -> Iterator[T]:
    """The parts as they come; `progress` hears at the start and after each how many of `total` are done."""
    progress(0, total)
    for done, part in enumerate(parts, 1):
        progress(done, total)
        yield part


def backtest(
    history: History,
    origins: Sequence[int] = ORIGINS,
    horizons: Sequence[int] = HORIZONS,
    draws: int = DRAWS,
    settings: Settings | None = None,
    progress: Progress = lambda done, total: None,
) -> Record:
    """Forecasts of all targets by all models, and their scores (see `scored`).

    Horizons that reach beyond the figures are left out. Two origins run at once; the numbers do not depend on it.
    `progress` hears how many of how many origins are done.
    """
    last = history.years[-1]
    used = [origin for origin in origins if origin + min(horizons) <= last]

    def one(origin: int) -> tuple[list[pl.DataFrame], DrawnRates]:
        past = history.upto(origin)
        possible = [h for h in horizons if origin + h <= last]
        drawn = draw(past, max(possible), draws, settings)
        ahead = values(past, drawn)
        frames = []
        for horizon in possible:
            came = outcomes(history, origin, horizon)
            for target in TARGETS:
                for model in MODELS:
                    about: dict[str, str | int] = {
                        "target": target,
                        "model": model,
                        "origin": origin,
                        "horizon": horizon,
                    }
                    sample = ahead[model][target][:, :, horizon - 1]
                    frames.append(scored(sample, came[target], about, history.countries))
        return frames, drawn

    with ThreadPoolExecutor(2) as pool:
        found = list(counted(pool.map(one, used), len(used), progress))
    drawn = {origin: one for origin, (_, one) in zip(used, found, strict=True)}
    return Record(pl.concat([frame for frames, _ in found for frame in frames]), drawn)


def scored(
    sample: Array, actual: Array, about: dict[str, str | int], names: Sequence[str], column: str = "country"
) -> pl.DataFrame:
    """One row a case: `about`, the case's name, actual, median, ends of the 50, 80 and 95 % intervals, widths, scores.

    `sample` (N, D) draws of N cases, `actual` (N,). A certain forecast (one draw) has intervals without width.
    All values are rounded to single precision (seven figures), so that a record that was stored is the one computed.
    """
    found: dict[str, Array] = {"actual": actual, "median": np.median(sample, axis=1)}
    for level in LEVELS:
        low, high = scores.interval(sample, level)
        found |= {f"low_{100 * level:g}": low, f"high_{100 * level:g}": high}
    for level, name in zip(GRID, WIDTHS, strict=True):
        if name not in DERIVED:
            low, high = scores.interval(sample, level)
            found[name] = high - low
    luck = np.random.Generator(np.random.Philox(key=1))
    found["crps"] = scores.crps(sample, actual, fair=sample.shape[1] > 1)
    found["pit"] = scores.pit(sample, actual, luck)
    head = {name: [value] * len(names) for name, value in about.items()}
    return restored(pl.DataFrame({**head, column: list(names), **found}).cast({pl.Float64: pl.Float32}))


def compact(forecasts: pl.DataFrame) -> pl.DataFrame:
    """The columns of `scored` in single precision, without those of `DERIVED`, which `restored` gives again."""
    return forecasts.drop(DERIVED).cast({pl.Float64: pl.Float32})


def restored(forecasts: pl.DataFrame) -> pl.DataFrame:
    """All columns of `scored` from those of `compact`, to the bit, in double precision."""
    wide = forecasts.cast({pl.Float32: pl.Float64})
    widths = [pl.col(f"high_{100 * level:g}") - pl.col(f"low_{100 * level:g}") for level in LEVELS]
    low, high, actual = (wide[name].to_numpy() for name in ("low_80", "high_80", "actual"))
    score = scores.interval_score(low, high, actual, GOAL)
    derived = [width.alias(name) for width, name in zip(widths, DERIVED[:-1], strict=True)]
    head = wide.columns[: wide.columns.index("high_95") + 1]
    return wide.with_columns(*derived, pl.Series(DERIVED[-1], score)).select(*head, *WIDTHS, "crps", "pit", DERIVED[-1])


def summary(forecasts: pl.DataFrame, ours: str = OURS, seed: int = 1) -> pl.DataFrame:
    """Measures by target, horizon and model over all origins and countries.

    n, coverage of 50, 80, 95 % (that of 80 % with its interval), width_80 (median) and width_equal (median width
    of the intervals that do hold 80 %), crps, interval_score, bias (median less actual), mape and malpe (where the
    target cannot be negative), and the skill of `ours` against the model with its 95 % interval.
    """
    rows = []
    keys = ("target", "horizon", "model")
    for (target, horizon, model), part in forecasts.partition_by(*keys, as_dict=True, maintain_order=True).items():
        mine = forecasts.filter(
            (pl.col("model") == ours) & (pl.col("target") == target) & (pl.col("horizon") == horizon)
        )
        both = part.join(mine.select("origin", "country", ours="crps"), on=["origin", "country"])
        gain = scores.skill(both["ours"].to_numpy(), both["crps"].to_numpy(), _blocks(both), AGAIN, seed)
        rows.append(
            {"target": target, "horizon": horizon, "model": model, **_measures(part, str(target), seed)}
            | {"skill": gain[0], "skill_low": gain[1], "skill_high": gain[2]}
        )
    return pl.DataFrame(rows).fill_nan(None)


def _blocks(frame: pl.DataFrame) -> NDArray[np.int64]:
    return np.asarray(frame["country"].rank("dense").cast(pl.Int64).to_numpy())


def _measures(part: pl.DataFrame, target: str, seed: int) -> dict[str, float | int | None]:
    actual, median = part["actual"].to_numpy(), part["median"].to_numpy()
    row: dict[str, float | int | None] = {"n": part.height}
    for level in LEVELS:
        name = f"{100 * level:g}"
        held = scores.inside(part[f"low_{name}"].to_numpy(), part[f"high_{name}"].to_numpy(), actual)
        row[f"coverage_{name}"] = float(held.mean())
        if level == GOAL:
            _, row["coverage_low"], row["coverage_high"] = scores.block_mean(held, _blocks(part), AGAIN, seed)
    signed = target in SIGNED
    return row | {
        "width_80": float(np.median(part["width_80"].to_numpy())),
        "width_equal": equal_width(part),
        "crps": float(part["crps"].to_numpy().mean()),
        "interval_score": float(part["interval_score"].to_numpy().mean()),
        "bias": float((median - actual).mean()),
        "mape": None if signed else float(scores.mape(median, actual)),
        "malpe": None if signed else float(scores.malpe(median, actual)),
    }


def equal_width(part: pl.DataFrame, share: float = GOAL) -> float:
    """Median width of the central intervals at the level whose empirical coverage is `share`; nan if out of the grid.

    `part`: rows of `scored` for one target, model and horizon; width in the target's unit. The level that just covers a
    case is |2 pit - 1|; the level sought is its quantile `share`.
    """
    level = float(np.quantile(np.abs(2 * part["pit"].to_numpy() - 1), share))
    widths = np.array([np.median(part[name].to_numpy()) for name in WIDTHS])
    if widths[-1] == 0 or not GRID[0] <= level <= GRID[-1]:
        return float("nan")
    return float(np.interp(level, GRID, widths))


def transforms(forecasts: pl.DataFrame, model: str = OURS, seed: int = 1) -> pl.DataFrame:
    """Histogram of the probability integral transform by target and horizon.

    Columns: target, horizon, n, count_1 ... count_10, mean, spread, probability (p-value of uniformity).
    """
    rows = []
    chosen = forecasts.filter(pl.col("model") == model)
    for (target, horizon), part in chosen.partition_by("target", "horizon", as_dict=True, maintain_order=True).items():
        pit = part["pit"].to_numpy()
        shape = scores.uniformity(pit, BINS)
        row: dict[str, object] = {"target": target, "horizon": horizon, "n": part.height}
        row |= {f"count_{i + 1}": int(count) for i, count in enumerate(shape.counts)}
        row |= {"mean": shape.mean, "spread": shape.spread}
        row["probability"] = scores.uniform_by_blocks(pit, _blocks(part), AGAIN, seed)
        rows.append(row)
    return pl.DataFrame(rows)


def not_better(table: pl.DataFrame, ours: str = OURS) -> pl.DataFrame:
    """Rows of a `summary` where the skill is not above zero: target, horizon, model, skill, skill_low, skill_high."""
    rivals = table.filter((pl.col("model") != ours) & ~(pl.col("skill_low") > 0))
    return rivals.select("target", "horizon", "model", "skill", "skill_low", "skill_high")


def missed(table: pl.DataFrame, ours: str = OURS, low: float = 0.75, high: float = 0.85) -> pl.DataFrame:
    """Rows of a `summary` where coverage_80 is outside [`low`, `high`]: columns target, horizon, coverage_80."""
    mine = table.filter(pl.col("model") == ours)
    return mine.filter(~pl.col("coverage_80").is_between(low, high)).select("target", "horizon", "coverage_80")
