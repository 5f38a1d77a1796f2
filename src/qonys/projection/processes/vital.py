"""Total fertility and life expectancy as processes, fitted to several countries at once, with paths.

Both run in steps of five years (single years of estimates carry momentum that an annual autoregression
denies) and are drawn straight between steps. Fertility: ln f around a country's mean, after the fall
below `LATE` (the third phase of Alkema et al. 2011, Demography 48:815, and Raftery, Alkema and Gerland 2014,
Statistical Science 29:58). Life expectancy: the gain of -ln(LIMIT - e0) around a country's mean, so that gains
slow as life grows longer (in place of the double logistic of Raftery, Chunn, Gerland and Sevcikova 2013,
Demography 50:777). Both with crisis steps of larger errors, see `qonys.kernels.processes.regime_process`. By default
the means of ln f over one and more steps are held, from the fifth step ahead, to those of the countries below `LATE`
(`qonys.kernels.processes.window_limits`).
Held out, the 80 % intervals of 5 to 20 years ahead cover 70-80 % of country-years.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.kernels.processes import regime_process as process
from qonys.kernels.processes.chain_checks import ChainCheck
from qonys.kernels.processes.regime_process import Posterior, Settings
from qonys.projection.processes.limits import AFTER, SHARE, Rows, limit_rows
from qonys.projection.processes.migration import diagnosed, table_of
from qonys.projection.processes.protocol import place_of

Array = NDArray[np.float64]
STEP, LATE, LIMIT = 5, 4.0, 95.0
LEVEL, SCALE, GAIN = 2.0, 5.0, 20.0
FLOOR, BEND = 40.0, 45.0
SETTINGS = Settings(np.inf, True, np.inf, np.inf)
BOUNDED = replace(SETTINGS, window=SHARE, after=AFTER // STEP)
LEAST = 4
GOAL = 150.0


@dataclass(frozen=True)
class Link:
    """Normals mixed of several keyed streams: (offset of the key, weight, normals to a step) each, unit variance."""

    parts: tuple[tuple[int, float, int], ...]

    def normals(self, seed: int, draws: int | tuple[int, int], steps: int) -> Array:
        """Standard normals of the process with key `seed`, (draws, steps)."""
        span = range(draws) if isinstance(draws, int) else range(*draws)
        out = np.zeros((len(span), steps))
        for row, d in enumerate(span):
            for offset, weight, each in self.parts:
                key = np.array([4 * (seed + offset) + 1, d], dtype=np.uint64)
                drawn = np.random.Generator(np.random.Philox(key=key)).standard_normal(steps * each)
                out[row] += weight * drawn.reshape(steps, each).sum(axis=1) / np.sqrt(each)
        return out


@dataclass(frozen=True)
class VitalProcess:
    """A fitted process of `kind` fertility or longevity; `last` value by country, `rhat` the greatest split R-hat."""

    kind: str
    posterior: Posterior
    countries: tuple[str, ...]
    last_year: int
    last: dict[str, float]
    starts: dict[str, float]
    rhat: float
    checks: tuple[ChainCheck, ...] = ()
    link: Link | None = None

    def diagnostics(self) -> pl.DataFrame:
        """Columns parameter, country (null: common), rhat, ess, accepted (acceptance rate; null: exact draws)."""
        return diagnosed(self.checks)

    def paths(
        self, country: str, horizon: int, draws: int | tuple[int, int], seed: int, start: Array | None = None
    ) -> Array:
        """Total fertility, or life expectancy of both sexes, of the years after the data, (draws, horizon).

        `start` (draws,): values of the last year in place of that of the data; the last gain of life expectancy stays.

        Raises
        ------
        BadInput
            The process was not fitted to the country.

        """
        drawn = self.drawn(country, horizon, draws, seed, start).values
        now = np.broadcast_to(self.last[country] if start is None else start, (len(drawn),))[:, None]
        if self.kind == "fertility":
            levels = np.concatenate([SCALE * np.log(now / LEVEL), drawn], axis=1)
            return np.asarray(LEVEL * np.exp(yearly(levels, horizon) / SCALE))
        far = np.log(LIMIT - now) - np.cumsum(drawn, axis=1) / GAIN
        levels = np.concatenate([np.log(LIMIT - now), far], axis=1)
        return floored(LIMIT - np.exp(yearly(levels, horizon)))

    def drawn(
        self, country: str, horizon: int, draws: int | tuple[int, int], seed: int, start: Array | None = None
    ) -> process.DrawnPaths:
        """The steps of the paths, (draws, steps), in the unit of `steps_of`, and which of them the limits held.

        Raises
        ------
        BadInput
            The process was not fitted to the country.

        """
        place, steps = place_of(country, self.countries), -(-horizon // STEP)
        normals = None if self.link is None else self.link.normals(seed, draws, steps)
        begin: float | Array = self.starts[country]
        if start is not None and self.kind == "fertility":
            begin = SCALE * np.log(start / LEVEL)
        return process.drawn_paths(self.posterior, place, begin, steps, draws, seed, normals)

    def limits(self) -> Rows:
        """Rows `fertility_limit_n`: least and greatest geometric mean of total fertility over n years.

        In births per woman. Fertility alone has limits; a process without them has no row.
        """
        return limit_rows(self.posterior.limits, "fertility_limit", STEP, lambda x: LEVEL * float(np.exp(x / SCALE)))


def floored(life: Array) -> Array:
    """Life expectancies (...), years; values below `BEND` (45) are mapped smoothly to values above `FLOOR` (40).

    A part of the model, not of the data: crisis steps have unbounded tails. Values above 45 years are unchanged.

    Examples
    --------
    >>> floored(np.array([70.0, 45.0, 20.0])).round(2).tolist()
    [70.0, 45.0, 40.03]
    """
    low = np.minimum(life, BEND)
    return np.asarray(np.where(life < BEND, FLOOR + (BEND - FLOOR) * np.exp((low - BEND) / (BEND - FLOOR)), life))


def yearly(levels: Array, horizon: int) -> Array:
    """Linear interpolation between steps: levels (draws, steps + 1) to the years 1 .. horizon, (draws, horizon)."""
    place = np.arange(1, horizon + 1) / STEP
    before = np.minimum(place.astype(int), levels.shape[1] - 2)
    weight = place - before
    return np.asarray(levels[:, before] * (1 - weight) + levels[:, before + 1] * weight)


def fit_fertility(
    frame: pl.DataFrame, draws: int = 1000, seed: int = 1, goal: float = GOAL, settings: Settings = BOUNDED
) -> VitalProcess:
    """Fit total fertility from the columns country, year, value (births per woman).

    Only years after a country's last one above `LATE` are used; countries with fewer than four such steps are left out
    (`countries` lists those that remain). Source: phase III of Alkema et al. (2011), as in the module's docstring.

    Raises
    ------
    BadInput
        A value that is not positive, or no country with four steps below `LATE`.

    """
    return _fitted("fertility", frame, (draws, seed, goal), settings)


def fit_longevity(frame: pl.DataFrame, draws: int = 1000, seed: int = 1, goal: float = GOAL) -> VitalProcess:
    """Fit life expectancy at birth of both sexes from the columns country, year, value (years, below `LIMIT`).

    Raises
    ------
    BadInput
        A value that is not positive, or of `LIMIT` and more; no country with four steps.

    """
    return _fitted("longevity", frame, (draws, seed, goal), SETTINGS)


def steps_of(kind: str, frame: pl.DataFrame) -> tuple[Array, tuple[str, ...]]:
    """Data to which a process of `kind` is fitted, (C, S) by step of `STEP` years, and the countries; nan: left out.

    Fertility: 5 ln(f / 2) of the years after a country's last one above `LATE`; longevity: 20 times the gain of
    -ln(LIMIT - e0). Countries with fewer than four steps are left out.

    Raises
    ------
    BadInput
        A value that is not positive, a life expectancy of `LIMIT` or more, or no country with four steps.

    """
    steps, enough, _, countries, _ = _laid_out(kind, frame)
    return steps[enough], tuple(country for country, good in zip(countries, enough, strict=True) if good)


def _laid_out(kind: str, frame: pl.DataFrame) -> tuple[Array, NDArray[np.bool_], Array, tuple[str, ...], int]:
    """Steps, whether a country has enough of them, the values by year, the countries and the last year."""
    table, countries, years = table_of(frame)
    _positive(table, countries, years)
    if kind == "fertility":
        kept = table.copy()
        for row in kept:
            above = np.flatnonzero(row > LATE)
            if len(above):
                row[: above[-1] + 1] = np.nan
        x = SCALE * np.log(kept / LEVEL)
    else:
        if np.nanmax(table) >= LIMIT:
            raise BadInput("projection.above", value=float(np.nanmax(table)), limit=LIMIT)
        x = -np.log(LIMIT - table)
    steps = x[:, ::-1][:, ::STEP][:, ::-1]
    if kind == "longevity":
        steps = GAIN * np.diff(steps, axis=1)
    enough = np.isfinite(steps).sum(axis=1) >= LEAST
    if not enough.any():
        raise BadInput("projection.short", need=LEAST * STEP)
    return steps, enough, table, countries, years[-1]


def _positive(table: Array, countries: tuple[str, ...], years: tuple[int, ...]) -> None:
    for c, t in np.argwhere(table <= 0)[:1]:
        raise BadInput("projection.not_positive", country=countries[c], year=years[t], value=float(table[c, t]))


def _fitted(kind: str, frame: pl.DataFrame, luck: tuple[int, int, float], settings: Settings) -> VitalProcess:
    draws, seed, goal = luck
    steps, enough, table, countries, last_year = _laid_out(kind, frame)
    used = tuple(country for country, good in zip(countries, enough, strict=True) if good)
    posterior, checks = process.fit(steps[enough], draws, seed, settings, used, goal)
    rhat = max(c.rhat for c in checks)
    last = dict(zip(used, map(float, table[enough][:, -1]), strict=True))
    starts = dict(zip(used, map(float, steps[enough][:, -1]), strict=True))
    return VitalProcess(kind, posterior, used, last_year, last, starts, rhat, tuple(checks))


def by_sex(both: Array, sex_gap: tuple[Array, Array]) -> Array:
    """Life expectancy of females and males, (..., 2), from that of both sexes and the gap at its levels.

    `sex_gap`: life expectancies of both sexes in rising order and the gap (years) there, straight between
    and beyond the ends; each sex lies half a gap away.
    """
    levels, gaps = sex_gap
    half = np.interp(both, levels, gaps) / 2
    return np.stack([both + half, both - half], axis=-1)
