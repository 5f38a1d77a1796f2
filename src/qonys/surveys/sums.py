"""Tables as ratios of weighted sums under any design: two stages, calibrated weights, replicate weights.

Every figure of `estimates` is N / D with N = sum w a and D = sum w b (D = 1 for a total). Its influence is
w (a - N / D b) / D (Binder 1983); with replicate weights N / D is taken again with each set. Intervals are those of
`estimates`: t with the degrees of freedom of the design, of shares on the logit scale.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl
from scipy import stats

from qonys.surveys.design import Array, Plan, design_covariance


@dataclass
class Ratios:
    """Ratios to be estimated: what each respondent adds above and below, and the rows they belong to."""

    above: list[Array] = field(default_factory=list)
    below: list[Array | None] = field(default_factory=list)
    rows: list[dict[str, object]] = field(default_factory=list)

    def add(self, row: dict[str, object], above: Array, below: Array | None) -> None:
        """Add a ratio with numerators `above` (n,) and denominators `below` (n,) by respondent; None: a total."""
        self.above.append(np.asarray(above, dtype=float))
        self.below.append(None if below is None else np.asarray(below, dtype=float))
        self.rows.append(row)


def values_of(ratios: Ratios, weight: Array) -> Array:
    """The ratios under one set of weights (n,) or several (n, R): (k,) or (R, k)."""
    above = weight.T @ np.column_stack(ratios.above)
    ones = np.ones(len(weight)) / len(weight)
    below = weight.T @ np.column_stack([ones if b is None else b for b in ratios.below])
    total = np.array([b is None for b in ratios.below])
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(total, above, above / below))


def estimated(ratios: Ratios, plan: Plan) -> tuple[Array, Array]:
    """Values (k,) and their covariance (k, k)."""
    full = values_of(ratios, plan.weight)
    if plan.replicates is not None:
        return full, plan.replicates.covariance(values_of(ratios, plan.replicates.weights), full)
    columns = []
    for value, above, below in zip(full, ratios.above, ratios.below, strict=True):
        if below is None:
            columns.append(plan.weight * above)
        else:
            columns.append(plan.weight * (above - value * below) / (plan.weight @ below))
    return full, design_covariance(np.column_stack(columns), plan)


def table_of(ratios: Ratios, plan: Plan, kind: str, confidence: float) -> pl.DataFrame:
    """The rows of `ratios` (`df` among them) with columns estimate, se, low, high, deff (of shares and means)."""
    value, covariance = estimated(ratios, plan)
    se = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    frame = pl.DataFrame(ratios.rows, infer_schema_length=None)
    reach = stats.t.ppf(0.5 + confidence / 2, frame["df"].to_numpy())
    share = kind in ("share", "cross")
    low, high = _logit_ends(value, se, reach) if share else (value - reach * se, value + reach * se)
    deff = [_effect(ratios, plan, place, value[place], se[place]) for place in range(len(value))]
    return frame.with_columns(
        pl.Series("estimate", value), pl.Series("se", se), pl.Series("low", low), pl.Series("high", high),
        pl.Series("deff", deff if share or kind == "mean" else [None] * len(value), dtype=pl.Float64),
    )  # fmt: skip


def _logit_ends(value: Array, se: Array, reach: Array) -> tuple[Array, Array]:
    inside = (value > 0) & (value < 1)
    safe = np.where(inside, value, 0.5)
    middle, width = np.log(safe / (1 - safe)), reach * se / (safe * (1 - safe))
    ends = (1 / (1 + np.exp(-(middle + sign * width))) for sign in (-1, 1))
    low, high = (np.where(inside, end, value) for end in ends)
    return low, high


def _effect(ratios: Ratios, plan: Plan, place: int, value: float, se: float) -> float | None:
    """Variance over that of a simple sample with replacement of the same size (Kish 1965)."""
    below = ratios.below[place]
    if below is None:
        return None
    inside = below != 0
    weight = plan.weight[inside]
    simple = float(weight @ (ratios.above[place][inside] - value) ** 2 / weight.sum() / max(int(inside.sum()) - 1, 1))
    return se**2 / simple if simple > 0 else None
