"""Calibration: weights changed as little as can be so that the sample meets totals known from outside.

Weights w = d F(x'l) with l such that sum w x = T (Deville and Saerndal 1992, Journal of the American Statistical
Association 87, 376-382, section 2). F is 1 + u (``linear``: generalised regression), exp(u) (``raking``; without
numeric variables the limit of Deming and Stephan 1940) or between two bounds (``logit``, their case 6). One variable of
categories gives post-stratification under each. The error of a calibrated estimate is that of its influence without
the regression on x (`design.design_covariance`). Totals are taken as known without error.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from qonys.catalog.reading.files import read_file
from qonys.errors import BadInput
from qonys.surveys.design import Array
from qonys.surveys.reading import as_texts

METHODS = ("raking", "linear", "logit")
JOIN = "^"
ROUNDS = 200
NEAR = 1e-9


@dataclass(frozen=True)
class Margin:
    """One known total: of the category of a variable, or of the variable itself where the category is empty.

    Variables joined by "^" have categories joined by "^".
    """

    variable: str
    category: str
    total: float

    @property
    def name(self) -> str:
        """The margin as it is named to a person."""
        return f"{self.variable} = {self.category}" if self.category else self.variable


@dataclass(frozen=True)
class Calibration:
    """Known totals and the way weights are brought to them; bounds on w / d for ``logit``."""

    margins: tuple[Margin, ...]
    method: str = "raking"
    bounds: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise BadInput("surveys.choice", option="--calibration", value=self.method, known=", ".join(METHODS))
        if (self.method == "logit") != (self.bounds is not None):
            raise BadInput("surveys.calibrate.bounds_needed", method=self.method)
        if self.bounds is not None and not 0 <= self.bounds[0] < 1 < self.bounds[1]:
            raise BadInput("surveys.calibrate.bounds", low=self.bounds[0], high=self.bounds[1])


def read_margins(path: Path) -> tuple[Margin, ...]:
    """Known totals from a file with the columns ``variable``, ``category``, ``total``.

    Raises
    ------
    BadInput
        A column is missing, a total is not a number above zero, a margin stands twice.

    """
    return margins_of(read_file(path).frame, str(path))


def margins_of(rows: pl.DataFrame, name: str) -> tuple[Margin, ...]:
    """`read_margins` of a table read already, called `name` in errors.

    Raises
    ------
    BadInput
        As `read_margins`.

    """
    lacking = [name for name in ("variable", "category", "total") if name not in rows.columns]
    if lacking:
        raise BadInput(
            "surveys.calibrate.file", path=name, lacking=", ".join(lacking), found=", ".join(rows.columns)
        )
    totals = rows["total"].cast(pl.String).str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
    found: list[Margin] = []
    texts = as_texts(rows["category"]).fill_null("").str.strip_chars().to_list()
    for place, (variable, category, total) in enumerate(zip(rows["variable"], texts, totals, strict=True)):
        if variable is None or total is None or not 0 < total < np.inf:
            raise BadInput("surveys.calibrate.total", path=name, row=place + 2)
        margin = Margin(str(variable).strip(), category, float(total))
        if any((one.variable, one.category) == (margin.variable, margin.category) for one in found):
            raise BadInput("surveys.calibrate.twice", margin=margin.name)
        found.append(margin)
    if not found:
        raise BadInput("surveys.no_rows")
    return tuple(found)


def auxiliary(frame: pl.DataFrame, margins: Sequence[Margin]) -> Array:
    """What each respondent adds to each margin (respondents x margins).

    Raises
    ------
    BadInput
        A variable is missing, empty for somebody or not a number; a category of the sample has no total, or the
        other way round; totals of two variables add up to different numbers.

    """
    columns, sums = [], {}
    for variable in dict.fromkeys(margin.variable for margin in margins):
        own = [margin for margin in margins if margin.variable == variable]
        if any(not margin.category for margin in own):
            columns.append(_numbers(frame, variable, own))
            continue
        labels = _labels(frame, variable)
        known = [margin.category for margin in own]
        strange = sorted(set(labels.unique()) - set(known))
        unseen = [category for category in known if category not in set(labels.unique())]
        if strange or unseen:
            key = "surveys.calibrate.no_total" if strange else "surveys.calibrate.nobody"
            raise BadInput(key, variable=variable, categories=", ".join((strange or unseen)[:6]))
        columns.append(np.column_stack([(labels == category).to_numpy() for category in known]).astype(float))
        sums[variable] = sum(margin.total for margin in own)
    for variable, total in list(sums.items())[1:]:
        first = next(iter(sums))
        if abs(total - sums[first]) > 1e-6 * total:
            raise BadInput(
                "surveys.calibrate.sums", first=first, one=f"{sums[first]:g}", second=variable, other=f"{total:g}"
            )
    return np.hstack(columns)


def _numbers(frame: pl.DataFrame, variable: str, own: Sequence[Margin]) -> Array:
    if len(own) > 1:
        raise BadInput("surveys.calibrate.mixed", variable=variable)
    _there(frame, variable)
    numbers = frame[variable].cast(pl.Float64, strict=False)
    bad = int((numbers.is_null() | ~numbers.is_finite()).sum())
    if bad:
        raise BadInput("surveys.calibrate.empty", variable=variable, n=bad)
    return numbers.to_numpy()[:, None]


def _labels(frame: pl.DataFrame, variable: str) -> pl.Series:
    """Codes of a variable, or of several joined, as they stand in the file."""
    parts: list[pl.Series] = []
    for name in variable.split(JOIN):
        _there(frame, name)
        texts = as_texts(frame[name])
        if texts.null_count():
            raise BadInput("surveys.calibrate.empty", variable=name, n=texts.null_count())
        parts.append(texts.alias(str(len(parts))))
    return pl.DataFrame(parts).select(pl.concat_str(pl.all(), separator=JOIN)).to_series()


def _there(frame: pl.DataFrame, name: str) -> None:
    if name not in frame.columns:
        raise BadInput("surveys.no_column", option="--calibrate", column=name, found=", ".join(frame.columns))


def calibrated(weight: Array, x: Array, calibration: Calibration) -> Array:
    """Weights (n,) above zero that meet the totals of `calibration` on x (n, margins), near to `weight` (n,).

    Raises
    ------
    BadInput
        The totals cannot be met (the furthest is named), or only with a weight not above zero.

    Examples
    --------
    >>> two = Calibration((Margin("sex", "f", 6.0), Margin("sex", "m", 2.0)))
    >>> calibrated(np.ones(3), np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]), two).round(9).tolist()
    [3.0, 3.0, 2.0]

    """
    totals = np.array([margin.total for margin in calibration.margins])
    z = x / totals
    shape, slope = _distance(calibration)
    found = np.zeros(z.shape[1])
    error = z.T @ weight - 1
    for _ in range(ROUNDS):
        if np.abs(error).max() < NEAR:
            break
        u = z @ found
        step = np.linalg.lstsq((z * (weight * slope(u))[:, None]).T @ z, -error, rcond=1e-12)[0]
        size = 1.0
        while size > 1e-6:
            tried = found + size * step
            with np.errstate(over="ignore"):
                new = z.T @ (weight * shape(z @ tried)) - 1
            if np.isfinite(new).all() and (new**2).sum() < (error**2).sum():
                break
            size /= 2
        else:
            break
        found, error = tried, new
    if np.abs(error).max() >= 1e-6:
        worst = int(np.abs(error).argmax())
        margin = calibration.margins[worst]
        raise BadInput(
            "surveys.calibrate.unreachable", margin=margin.name, total=f"{margin.total:g}",
            found=f"{margin.total * (1 + error[worst]):g}", method=calibration.method,
        )  # fmt: skip
    out = weight * shape(z @ found)
    if (out <= 0).any():
        raise BadInput("surveys.calibrate.negative", n=int((out <= 0).sum()))
    return np.asarray(out)


def _distance(calibration: Calibration) -> tuple[Callable[[Array], Array], Callable[[Array], Array]]:
    """F and its derivative."""
    if calibration.method == "linear":
        return lambda u: 1 + u, np.ones_like
    if calibration.bounds is None:
        return np.exp, np.exp
    low, high = calibration.bounds
    steep = (high - low) / ((1 - low) * (high - 1))

    def raised(u: Array) -> Array:
        return np.asarray(np.exp(np.clip(steep * u, -200, 200)))

    def shape(u: Array) -> Array:
        e = raised(u)
        return np.asarray((low * (high - 1) + high * (1 - low) * e) / (high - 1 + (1 - low) * e))

    def slope(u: Array) -> Array:
        e = raised(u)
        return np.asarray((1 - low) * (high - 1) * (high - low) * steep * e / (high - 1 + (1 - low) * e) ** 2)

    return shape, slope
