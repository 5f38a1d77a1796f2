"""Net migration as a process: fitted to several countries at once, with paths and diagnostics.

Rates are net migrants per 1,000 residents and year. Method and references: `qonys.kernels.processes.regime_process`.
Errors are normal within calm and within crisis years: heavy tails in addition to crises are weakly identified,
chains converge slowly, and backtests (`qonys.projection.backtest.run`) do not improve. By default the means of paths
over one and more years are held, from the twenty-first year ahead, to those observed
(`qonys.kernels.processes.window_limits`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.kernels.processes import regime_process as process
from qonys.kernels.processes.chain_checks import ChainCheck
from qonys.kernels.processes.regime_process import AZOSE_RAFTERY, Posterior, Settings
from qonys.projection.processes.limits import AFTER, SHARE, Rows, frame_of, limit_rows
from qonys.projection.processes.protocol import Process, place_of

__all__ = [
    "AZOSE_RAFTERY", "BOUNDED", "CRISES", "MigrationProcess", "Settings", "fit_migration", "rates_of", "regimes_of",
]  # fmt: skip

Array = NDArray[np.float64]
PER = 1000.0
CRISES = Settings(np.inf, True, 40.0, 100.0)
BOUNDED = replace(CRISES, window=SHARE, after=AFTER)


@dataclass(frozen=True)
class MigrationProcess:
    """A fitted process. `years` of the data, `last` rate of each country, `rhat` the greatest split R-hat."""

    posterior: Posterior
    countries: tuple[str, ...]
    years: tuple[int, ...]
    last: dict[str, float]
    rhat: float
    checks: tuple[ChainCheck, ...] = ()

    @property
    def last_year(self) -> int:
        """Last year of the data."""
        return self.years[-1]

    def diagnostics(self) -> pl.DataFrame:
        """Columns parameter, country (null: common), rhat, ess, accepted (acceptance rate; null: exact draws)."""
        return diagnosed(self.checks)

    def paths(
        self, country: str, horizon: int, draws: int | tuple[int, int], seed: int, start: Array | None = None
    ) -> Array:
        """Net migrants per person and year, (draws, horizon), after the last year of data.

        `start` (draws,): other last rates (per 1,000) than that of the data, where the last year is not sure.

        Raises
        ------
        BadInput
            The process was not fitted to the country.

        """
        place = place_of(country, self.countries)
        first = self.last[country] if start is None else start
        return process.paths(self.posterior, place, first, horizon, draws, seed) / PER

    def drawn(
        self, country: str, horizon: int, draws: int | tuple[int, int], seed: int, start: Array | None = None
    ) -> process.DrawnPaths:
        """The paths of `paths` per 1,000, (draws, horizon), and which years the limits held.

        Raises
        ------
        BadInput
            The process was not fitted to the country.

        """
        place = place_of(country, self.countries)
        first = self.last[country] if start is None else start
        return process.drawn_paths(self.posterior, place, first, horizon, draws, seed)

    def parameters(self) -> pl.DataFrame:
        """Columns parameter, country (null: common), low, median, high (95 %); mu, sd per 1,000.

        Where paths are limited, `limit_after`: years ahead without limits, and `limit_n`: least and greatest mean net
        rate over n years, per 1,000.
        """
        p = self.posterior
        rows: Rows = []
        for name in ("mu", "phi", "sd"):
            values = np.quantile(getattr(p, name), [0.025, 0.5, 0.975], axis=0)
            for c, country in enumerate(self.countries):
                low, middle, high = map(float, values[:, c])
                rows.append((name, country, low, middle, high))
        for name in ("ratio", "enter", "leave"):
            low, middle, high = map(float, np.quantile(getattr(p, name), [0.025, 0.5, 0.975]))
            rows.append((name, None, low, middle, high))
        return frame_of(rows + limit_rows(p.limits))

    def crises(self) -> pl.DataFrame:
        """Columns country, year, probability (that the year was a crisis)."""
        rows = [
            (country, year, float(self.posterior.crisis[c, t]))
            for c, country in enumerate(self.countries)
            for t, year in enumerate(self.years)
        ]
        return pl.DataFrame(rows, schema=["country", "year", "probability"], orient="row")


def regimes_of(process: Process) -> MigrationProcess:
    """The process as a `MigrationProcess`, with parameters and crises.

    Raises
    ------
    BadInput
        It is a process of another kind.

    """
    if not isinstance(process, MigrationProcess):
        raise BadInput("processes.no_regimes", kind=type(process).__name__)
    return process


def rates_of(frame: pl.DataFrame) -> tuple[Array, tuple[str, ...], tuple[int, ...]]:
    """Net migration per 1,000 by country and year, (C, T), from country, year, net_migration, population.

    Raises
    ------
    BadInput
        A column is missing; a country has a year twice, a gap, or ends before the others.

    """
    _need(frame, ("country", "year", "net_migration", "population"))
    rate = PER * pl.col("net_migration").cast(pl.Float64) / pl.col("population").cast(pl.Float64)
    return table_of(frame.select("country", "year", rate.alias("value")))


def _need(frame: pl.DataFrame, names: tuple[str, ...]) -> None:
    missing = [name for name in names if name not in frame.columns]
    if missing:
        raise BadInput("projection.columns", missing=", ".join(missing), found=", ".join(frame.columns))


def table_of(frame: pl.DataFrame) -> tuple[Array, tuple[str, ...], tuple[int, ...]]:
    """Values by country and year, (C, T), with the countries and years, from country, year, value.

    Raises
    ------
    BadInput
        A column is missing; a country has a year twice, a gap, or ends before the others.

    """
    _need(frame, ("country", "year", "value"))
    twice = frame.filter(frame.select("country", "year").is_duplicated())
    if twice.height:
        cells = twice.select("country", "year").unique().sort("country", "year").rows()[:6]
        raise BadInput("projection.twice", cells=", ".join(map(str, cells)))
    years = tuple(range(int(str(frame["year"].min())), int(str(frame["year"].max())) + 1))
    countries = tuple(sorted(frame["country"].unique()))
    table = np.full((len(countries), len(years)), np.nan)
    for country, year, value in frame.select("country", "year", "value").iter_rows():
        table[countries.index(country), year - years[0]] = np.nan if value is None else value
    for row, country in zip(table, countries, strict=True):
        known = np.isfinite(row)
        if not known.any() or not known[int(known.argmax()) :].all():
            hole = years[0] + int(np.flatnonzero(~known)[-1])
            raise BadInput("projection.gap", country=country, year=hole)
    return table, countries, years


def diagnosed(checks: tuple[ChainCheck, ...]) -> pl.DataFrame:
    """The checks of a fit: columns parameter, country (null: common), rhat, ess, accepted (null: exact draws)."""
    rows = [(c.parameter, c.unit, c.rhat, c.ess, c.accepted if c.accepted == c.accepted else None) for c in checks]
    schema = {"parameter": pl.String, "country": pl.String} | dict.fromkeys(("rhat", "ess", "accepted"), pl.Float64)
    return pl.DataFrame(rows, schema=schema, orient="row")


def fit_migration(
    frame: pl.DataFrame, draws: int = 1000, seed: int = 1, settings: Settings | None = None
) -> MigrationProcess:
    """Fit the process to all countries of the frame (columns as for `rates_of`) by two chains of half the draws each.

    The chains run until every parameter has an effective sample size of 150; `diagnostics` reports what was reached.
    `settings`: None for `BOUNDED`.
    """
    table, countries, years = rates_of(frame)
    posterior, checks = process.fit(table, draws, seed, settings or BOUNDED, countries)
    last = dict(zip(countries, map(float, table[:, -1]), strict=True))
    return MigrationProcess(posterior, countries, years, last, max(c.rhat for c in checks), tuple(checks))
