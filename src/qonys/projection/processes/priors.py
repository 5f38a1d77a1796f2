"""Priors of the common parameters of net migration as a table, beside their posterior: units, medians, 95 % intervals.

The laws are those of `qonys.kernels.processes.regime_sampler` (process with crises) and of Azose and Raftery (2015),
Demography 52:1627, section 3 (`qonys.kernels.processes.hierarchical_ar`). Given the common parameters, a country's mean
is normal around `lambda` with standard deviation `tau`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.kernels.processes import hierarchical_ar, regime_sampler
from qonys.kernels.processes.regime_process import AZOSE_RAFTERY, Posterior

Array = NDArray[np.float64]
ENDS = np.array([0.025, 0.5, 0.975])
UNITS = {"lambda": "per_1000", "tau": "per_1000", "ratio": "ratio", "enter": "ratio", "leave": "ratio"}


def prior_table(posterior: Posterior) -> pl.DataFrame:
    """Columns parameter, country (null), unit, low, median, high at 95 %: `lambda`, `tau` and, `.prior`, all priors.

    `lambda` and `tau`: mean and standard deviation over countries of the long-run net rate, per 1,000 and year.
    """
    plain = posterior.settings == AZOSE_RAFTERY
    rows: list[tuple[str, None, str, float, float, float]] = []
    if posterior.pool is not None:
        spread = posterior.pool[:, 1] if plain else np.sqrt(posterior.pool[:, 1])
        for name, values in (("lambda", posterior.pool[:, 0]), ("tau", spread)):
            rows.append((name, None, UNITS[name], *np.quantile(values, ENDS).tolist()))
    for name, law in (_published() if plain else _with_crises()).items():
        rows.append((f"{name}.prior", None, UNITS[name], *law(ENDS).tolist()))
    return pl.DataFrame(rows, schema=["parameter", "country", "unit", "low", "median", "high"], orient="row")


def _published() -> dict[str, Callable[[Array], Array]]:
    """Quantiles of the priors of Azose and Raftery (2015)."""
    wide = hierarchical_ar.WIDE
    return {"lambda": lambda p: wide * (2 * p - 1), "tau": lambda p: wide * p}


def _with_crises() -> dict[str, Callable[[Array], Array]]:
    """Quantiles of the priors of the process with crises; the square of the ratio is inverse gamma above a floor."""
    from scipy.stats import beta, invgamma, norm

    square = invgamma(regime_sampler.RATIO_SHAPE, scale=regime_sampler.RATIO_SCALE)
    below = square.cdf(regime_sampler.RATIO_FLOOR)
    return {
        "ratio": lambda p: np.sqrt(square.ppf(below + p * (1 - below))),
        "enter": beta(*regime_sampler.ENTER).ppf,
        "leave": beta(*regime_sampler.LEAVE).ppf,
        "lambda": norm.ppf,
        "tau": lambda p: np.sqrt(invgamma(1.0).ppf(p)),
    }
