"""How two figures of places and years move together once what is constant of a place and of a year is taken out.

Least squares with effects of places and of years; errors clustered by place (Arellano 1987, Oxford Bulletin of
Economics and Statistics 49:431) with the quantiles of t at one degree less than the places, as Cameron and Miller
(2015, Journal of Human Resources 50:317, section VI) advise for few clusters. It is an association: what moves both
with time within a place is not taken out, and either may follow the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import stats

from qonys.errors import BadInput
from qonys.kernels.regression.demeaning import demeaned
from qonys.kernels.regression.linear_effects import linear_fit

LEAST_PLACES, LEAST_YEARS = 6, 3
FLAT = 1e-9  # of the range of a factor: what is left of it within places and years is rounding


@dataclass(frozen=True)
class Association:
    """Change of the outcome for one unit of the factor, its 95 % interval, and what it rests on."""

    value: float
    low: float
    high: float
    places: int
    rows: int
    first: int
    last: int


def association(frame: pl.DataFrame, outcome: str, factor: str) -> Association:
    """Association of two columns of a frame with `place` and `year`; rows with a gap in either are left out.

    Raises
    ------
    BadInput
        Fewer than 6 places or 3 years, or a factor that does not vary within places and years.

    Examples
    --------
    >>> places, years = [f"p{i}" for i in range(6)], range(2000, 2004)
    >>> rows = [(p, y, (i * (y - 2000)) % 5) for i, p in enumerate(places) for y in years]
    >>> frame = pl.DataFrame(rows, schema=["place", "year", "x"], orient="row").with_columns(y=2.0 * pl.col("x") + 1)
    >>> round(association(frame, "y", "x").value, 6)
    2.0

    """
    rows = frame.drop_nulls([outcome, factor])
    places, years = rows["place"].n_unique(), rows["year"].n_unique()
    if places < LEAST_PLACES or years < LEAST_YEARS:
        raise BadInput("association.few", places=places, years=years, least=LEAST_PLACES, least_years=LEAST_YEARS)
    codes = [rows[name].rank("dense").to_numpy().astype(np.int64) - 1 for name in ("place", "year")]
    y, x = (rows[name].cast(pl.Float64).to_numpy() for name in (outcome, factor))
    if np.ptp(demeaned(x[:, None], codes)) < FLAT * np.ptp(x):
        raise BadInput("association.constant", factor=factor)
    fit = linear_fit(y, x[:, None], codes, [codes[0]])
    error = float(np.sqrt(fit.covariance[0, 0]))
    value, reach = float(fit.coefficients[0]), float(stats.t.ppf(0.975, places - 1)) * error
    first, last = int(str(rows["year"].min())), int(str(rows["year"].max()))
    return Association(value, value - reach, value + reach, places, rows.height, first, last)
