"""Retention of migrants: survival in the place of arrival, competing risks, and the hazard of leaving by covariates.

приживаемость after t years = the Kaplan-Meier share still settled at t (Kaplan and Meier 1958), with Greenwood's
error and an interval on the log(-log) scale. Competing risks (return, onward migration, death): cumulative
incidence (Aalen and Johansen 1978). Hazard by year since arrival: logit of leaving in the year given presence at
its start (Allison 1982; Singer and Willett 1993); errors clustered by person are not needed because the likelihood
of a person's years factorises. Fitted by statsmodels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import polars.selectors as cs
from scipy import stats

from qonys.catalog.reading.numbers.bounds import AGE, BOUNDS
from qonys.errors import BadInput
from qonys.surveys.codes import as_texts
from qonys.surveys.columns import file_rows, names_of, near_names, numbers_of, require
from qonys.surveys.design import Array, quietly
from qonys.surveys.regressors import refuse_collinear, separating

STAY = "stay"
LONGEST = int(BOUNDS[AGE][1])


@dataclass(frozen=True)
class Stays:
    """Stays as records: `years` in the place, `end` (null or "stay": still there when last seen), group."""

    frame: pl.DataFrame

    def __post_init__(self) -> None:
        lacking = [name for name in ("years", "end") if name not in self.frame.columns]
        if lacking:
            near = near_names(lacking[0], names_of(self.frame))
            raise BadInput("surveys.settling.columns", lacking=", ".join(lacking), near=near)
        years = numbers_of(self.frame, "years")
        bad = (years.is_null() | (years < 0) | (years > LONGEST)).fill_null(value=True).to_numpy()
        if bad.any():
            rows = file_rows(self.frame, bad)
            raise BadInput("surveys.settling.years", n=int(bad.sum()), rows=rows, most=LONGEST)
        if self.frame.height == 0:
            raise BadInput("surveys.no_rows")

    @property
    def ended(self) -> Array:
        """1 where the stay ended, 0 where it is censored, (n,)."""
        end = self.frame["end"].cast(pl.String)
        return (end.is_not_null() & (end != STAY)).fill_null(value=False).to_numpy().astype(float)

    @property
    def causes(self) -> list[str]:
        """Kinds of end, in alphabetical order."""
        return sorted(set(self.frame["end"].cast(pl.String).drop_nulls()) - {STAY})

    def groups(self, by: str) -> list[tuple[str | None, Stays]]:
        """Parts by a column, or the whole.

        Raises
        ------
        BadInput
            The stays have no such column.

        """
        if not by:
            return [(None, self)]
        require(self.frame, by)
        texts = as_texts(self.frame[by])
        return [(label, Stays(self.frame.filter(texts == label))) for label in sorted(set(texts.drop_nulls()))]


def survival(stays: Stays, by: str = "", confidence: float = 0.95) -> pl.DataFrame:
    """Share still resident (Kaplan and Meier 1958), one row per time at which someone left.

    Columns: group, years (since arrival), at_risk, left (persons), settled (share), se, low, high.

    Raises
    ------
    BadInput
        Nobody left.

    """
    rows = []
    for label, part in stays.groups(by):
        found = _survival(part)
        for time, risk, left, share, se in zip(
            found.surv_times, found.n_risk, found.n_events, found.surv_prob, found.surv_prob_se, strict=True
        ):
            low, high = loglog(float(share), float(se), confidence)
            rows.append((label, float(time), int(risk), int(left), float(share), float(se), low, high))
    names = {
        "group": pl.String, "years": pl.Float64, "at_risk": pl.Int64, "left": pl.Int64, "settled": pl.Float64,
        "se": pl.Float64, "low": pl.Float64, "high": pl.Float64,
    }  # fmt: skip
    return _plain(pl.DataFrame(rows, schema=names, orient="row"))


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Errors that do not exist (at the end of a curve) as nulls."""
    return frame.with_columns(cs.float().fill_nan(None))


def _survival(part: Stays) -> Any:
    from statsmodels.duration.survfunc import SurvfuncRight

    ended = part.ended
    if not ended.any():
        raise BadInput("surveys.settling.nobody_left", n=len(ended))
    return quietly(lambda: SurvfuncRight(part.frame["years"].to_numpy().astype(float), ended))


def loglog(share: float, se: float, confidence: float = 0.95) -> tuple[float | None, float | None]:
    """Interval of a survival share on the log(-log) scale (Kalbfleisch and Prentice 1980); none at 0 and 1."""
    if not 0 < share < 1 or not np.isfinite(se):
        return None, None
    z = float(stats.norm.ppf(0.5 + confidence / 2))
    spread = z * se / (share * abs(np.log(share)))
    return float(share ** np.exp(spread)), float(share ** np.exp(-spread))


def settled_after(stays: Stays, years: Sequence[float], by: str = "", confidence: float = 0.95) -> pl.DataFrame:
    """Retention (приживаемость) after given years since arrival.

    Columns: group, years, n, at_risk (persons), settled (share), se, low, high. Null beyond the longest observation:
    the curve is not extrapolated.

    Raises
    ------
    BadInput
        Nobody left.

    """
    rows: list[tuple[str | float | int | None, ...]] = []
    for label, part in stays.groups(by):
        durations = part.frame["years"].to_numpy().astype(float)
        found = _survival(part)
        for year in years:
            watched = int((durations >= year).sum())
            place = int(np.searchsorted(found.surv_times, year, side="right")) - 1
            share = 1.0 if place < 0 else float(found.surv_prob[place])
            se = 0.0 if place < 0 else float(found.surv_prob_se[place])
            if watched == 0 and share > 0:
                rows.append((label, float(year), len(durations), watched, None, None, None, None))
                continue
            rows.append((label, float(year), len(durations), watched, share, se, *loglog(share, se, confidence)))
    names = ["group", "years", "n", "at_risk", "settled", "se", "low", "high"]
    return _plain(pl.DataFrame(rows, schema=names, orient="row", infer_schema_length=None))


def same_survival(stays: Stays, by: str) -> dict[str, float]:
    """Log-rank test that groups leave at the same rate (Mantel 1966): chi2, degrees, p.

    Raises
    ------
    BadInput
        The groups are fewer than two.

    """
    from statsmodels.duration.survfunc import survdiff

    if len(stays.groups(by)) < 2:
        raise BadInput("surveys.one_category", variable=by, n=len(stays.groups(by)))
    known = stays.frame.filter(pl.col(by).is_not_null())
    part = Stays(known)
    groups = known[by].cast(pl.String).to_numpy()
    statistic, p = quietly(lambda: survdiff(known["years"].to_numpy().astype(float), part.ended, groups))
    return {"chi2": float(statistic), "degrees": float(len(set(groups)) - 1), "p": float(p)}


def incidence(stays: Stays, by: str = "", confidence: float = 0.95) -> pl.DataFrame:
    """Cumulative incidence of each kind of end (Aalen and Johansen 1978).

    Columns: group, end, years (since arrival), share, se, low, high.

    Raises
    ------
    BadInput
        Nobody left.

    """
    from statsmodels.duration.survfunc import CumIncidenceRight

    z = float(stats.norm.ppf(0.5 + confidence / 2))
    rows = []
    for label, part in stays.groups(by):
        causes = part.causes
        if not causes:
            raise BadInput("surveys.settling.nobody_left", n=part.frame.height)
        code = {cause: place + 1 for place, cause in enumerate(causes)}
        ends = part.frame["end"].cast(pl.String)
        status = np.array([code.get(end, 0) if end is not None else 0 for end in ends])
        durations = part.frame["years"].to_numpy().astype(float)
        found = quietly(lambda d=durations, s=status: CumIncidenceRight(d, s))
        for place, cause in enumerate(causes):
            for time, share, se in zip(found.times, found.cinc[place], found.cinc_se[place], strict=True):
                low, high = max(0.0, share - z * se), min(1.0, share + z * se)
                rows.append((label, cause, float(time), float(share), float(se), float(low), float(high)))
    names = ["group", "end", "years", "share", "se", "low", "high"]
    return _plain(pl.DataFrame(rows, schema=names, orient="row", infer_schema_length=None))


def person_years(stays: Stays, most: int, covariates: Sequence[str] = ()) -> pl.DataFrame:
    """Stays at risk and departures by year since arrival: columns year (from 1), covariates, at_risk, left.

    A stay of 2.4 years is at risk in years 1 to 3 and, if it ended, ended in the third; a stay censored within a year
    is not at risk in that year.

    Raises
    ------
    BadInput
        A covariate that the stays lack.

    """
    for name in covariates:
        require(stays.frame, name)
    ended = pl.Series("ended", stays.ended)
    last = (
        pl.when(pl.col("ended") == 1).then((pl.col("years") - 1e-9).ceil().clip(1)).otherwise(pl.col("years").floor())
    )
    frame = stays.frame.select("years", *covariates).hstack([ended]).with_columns(last.cast(pl.Int64).alias("last"))
    frame = frame.filter(pl.all_horizontal(pl.col("last") >= 1, *(pl.col(name).is_not_null() for name in covariates)))
    long = frame.with_columns(pl.int_ranges(1, pl.col("last") + 1).alias("year")).explode("year")
    long = long.filter(pl.col("year") <= most).with_columns(
        ((pl.col("ended") == 1) & (pl.col("year") == pl.col("last"))).alias("leaves")
    )
    return (
        long.group_by("year", *covariates)
        .agg(pl.len().cast(pl.Int64).alias("at_risk"), pl.col("leaves").sum().cast(pl.Int64).alias("left"))
        .sort("year", *covariates)
    )


def hazard(stays: Stays, covariates: Sequence[str] = (), most: int = 10, confidence: float = 0.95) -> pl.DataFrame:
    """Discrete-time hazard of leaving: term, estimate (log-odds), se, low, high, p, odds.

    Terms: a level for each year since arrival, and covariates (numbers, or categories against the first).

    Raises
    ------
    BadInput
        Covariates are collinear, or separate those who left; a year in which nobody or everybody left.

    """
    import statsmodels.api as sm

    cells = person_years(stays, most, covariates)
    if cells.height == 0 or int(cells["left"].sum()) == 0:
        raise BadInput("surveys.settling.nobody_left", n=stays.frame.height)
    years = sorted(cells["year"].unique())
    by_year = cells.group_by("year").agg(pl.col("left").sum(), pl.col("at_risk").sum()).sort("year")
    flat = by_year.filter((pl.col("left") == 0) | (pl.col("left") == pl.col("at_risk")))["year"].to_list()
    if flat:
        raise BadInput("surveys.settling.flat_year", years=", ".join(map(str, flat)))
    columns = [(cells["year"] == year).cast(pl.Float64).to_numpy() for year in years]
    names = [f"year={year}" for year in years]
    for name in covariates:
        series = cells[name]
        if series.dtype.is_numeric():
            columns.append(series.cast(pl.Float64).to_numpy())
            names.append(name)
            continue
        for label in sorted(series.cast(pl.String).unique())[1:]:
            columns.append((series.cast(pl.String) == label).cast(pl.Float64).to_numpy())
            names.append(f"{name}={label}")
    matrix = np.column_stack(columns)
    refuse_collinear(matrix, names)
    _refuse_parted(matrix, cells, names)
    left, risk = (cells[name].to_numpy().astype(float) for name in ("left", "at_risk"))
    model = sm.GLM(np.column_stack([left, risk - left]), matrix, family=sm.families.Binomial())
    fit = quietly(model.fit)
    z = float(stats.norm.ppf(0.5 + confidence / 2))
    b, se = np.asarray(fit.params), np.asarray(fit.bse)
    return pl.DataFrame(
        {
            "term": names, "estimate": b, "se": se, "low": b - z * se, "high": b + z * se,
            "p": np.asarray(fit.pvalues), "odds": np.exp(b),
        }
    )  # fmt: skip


def _refuse_parted(matrix: Array, cells: pl.DataFrame, names: Sequence[str]) -> None:
    left = cells["left"].to_numpy() > 0
    stayed = (cells["at_risk"] - cells["left"]).to_numpy() > 0
    found = separating(np.vstack([matrix[left], -matrix[stayed]]))
    if len(found):
        raise BadInput("surveys.model.separated", names=", ".join(names[i] for i in found), first=STAY, second="left")
