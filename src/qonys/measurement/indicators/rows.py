"""Rows of the tidy result of the indicators, and the errors that go with each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from qonys.kernels.indices import errors as indices_errors
from qonys.measurement.indicators.registry import unit

Array = NDArray[np.float64]
Bounds = tuple[ArrayLike, ArrayLike]


@dataclass
class IndicatorRows:
    """Blocks of results over the same periods and regions, made into one frame at the end."""

    periods: pl.Series
    regions: pl.Series
    blocks: list[pl.DataFrame] = field(default_factory=list)

    def add(
        self, code: str, variant: str, value: ArrayLike, bounds: Bounds | None = None, method: str | None = None
    ) -> None:
        """One indicator of shape (periods,) or (periods, regions); figures that do not exist become null."""
        values = np.asarray(value, dtype=np.float64)
        low, high = (np.full(values.shape, np.nan),) * 2 if bounds is None else bounds
        period = np.arange(len(self.periods)).repeat(values.size // len(self.periods))
        region: Sequence[int | None] | NDArray[np.int64] = [None] * values.size
        if values.ndim == 2:
            region = np.tile(np.arange(len(self.regions)), len(self.periods))
        self.blocks.append(
            pl.DataFrame(
                {
                    "period": self.periods.gather(period),
                    "indicator": pl.repeat(code, values.size, eager=True),
                    "variant": pl.repeat(variant, values.size, eager=True),
                    "region": pl.Series(region, dtype=pl.Int64),
                    "value": values.ravel(),
                    "low": np.asarray(low, np.float64).ravel(),
                    "high": np.asarray(high, np.float64).ravel(),
                    "error_method": pl.repeat(method or "none", values.size, eager=True),
                    "unit": pl.repeat(unit(code, variant), values.size, eager=True),
                }
            )
        )

    def frame(self) -> pl.DataFrame:
        """All blocks as one frame; nan is null, and error_method is null where there is no interval.

        Columns: period, indicator, variant, region, value, low, high, error_method, unit.
        """
        names = pl.DataFrame({"region": np.arange(len(self.regions)), "label": self.regions})
        whole = pl.concat(self.blocks).join(names, on="region", how="left", maintain_order="left")
        bare = pl.col("low").is_null() & (pl.col("error_method") != "no_fit")
        return (
            whole.with_columns(region=pl.col("label"))
            .drop("label")
            .with_columns(pl.col("value", "low", "high").fill_nan(None))
            .with_columns(error_method=pl.when(bare).then(pl.lit("none")).otherwise(pl.col("error_method")))
        )


def scaled(bounds: tuple[Array, Array], factor: ArrayLike) -> tuple[Array, Array]:
    """Both bounds (...,) times `factor`, which broadcasts against them; the unit is that of the product.

    Examples
    --------
    >>> [bound.tolist() for bound in scaled((np.array([1.0]), np.array([2.0])), 1000)]
    [[1000.0], [2000.0]]
    """
    return bounds[0] * np.asarray(factor), bounds[1] * np.asarray(factor)


def exchange(
    rows: IndicatorRows, found: dict[tuple[str, str], Array], totals: tuple[Array, Array], people: Array | None
) -> None:
    """Add the indices of arrivals and departures by region with their analytic errors.

    `totals` are arrivals and departures (periods, regions), which share no move.
    """
    came, left = totals
    for (code, variant), value in found.items():
        if code == "rate" and people is not None:
            per_head = 1000 / np.where(people > 0, people, np.nan)
            if variant == "net":
                half = indices_errors.Z95 * np.sqrt(came + left) * per_head
                rows.add(code, variant, value, (value - half, value + half), "poisson_normal")
            else:
                count = {"in": came, "out": left, "gross": came + left}[variant]
                rows.add(code, variant, value, scaled(indices_errors.poisson_score(count), per_head), "poisson_score")
        elif variant == "departures_per_1000_arrivals":
            rows.add(code, variant, value, scaled(indices_errors.odds_interval(left, came), 1000.0), "wilson")
        elif code in ("mei", "results"):
            low, high = indices_errors.wilson(came, came + left)
            rows.add(code, variant, value, (100 * (2 * low - 1), 100 * (2 * high - 1)), "wilson")
