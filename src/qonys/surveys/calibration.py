"""Calibration: weights are changed as little as possible so that weighted totals equal known population totals.

Weights w = d F(x'l) with l such that sum w x = T (Deville and Saerndal 1992, Journal of the American Statistical
Association 87, 376-382, section 2). F is 1 + u (``linear``: generalised regression), exp(u) (``raking``; without
numeric variables the limit of Deming and Stephan 1940) or between two bounds (``logit``, their case 6). A single
categorical variable gives post-stratification with any F. The standard error of a calibrated estimate is that of the
residuals of its influence values on x (`design.design_covariance`). Totals are taken as known without error.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import polars.selectors as cs

from qonys.catalog.reading.choices import FileChoices
from qonys.catalog.reading.formats.opening import read_whole
from qonys.catalog.reading.labels.totals import means_total
from qonys.catalog.reading.numbers.writing import decimal_sign
from qonys.errors import BadInput
from qonys.surveys.codes import as_texts, code_of, tidied
from qonys.surveys.columns import ROW, file_rows, names_of, numbers_of, require
from qonys.surveys.design import Array
from qonys.words.notes import note

METHODS = ("raking", "linear", "logit")
JOIN = "^"
ROUNDS = 200
NEAR = 1e-9
AS_FOUND = FileChoices()


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
        """The margin's name in messages."""
        return f"{self.variable} = {self.category}" if self.category else self.variable


@dataclass(frozen=True)
class Calibration:
    """Known totals (persons, or the variable's unit) and the calibration method; bounds on w / d for ``logit``."""

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


def read_margins(path: Path, choices: FileChoices = AS_FOUND) -> tuple[Margin, ...]:
    """Known totals from a file with the columns ``variable``, ``category``, ``total``, written as `choices` say.

    Raises
    ------
    BadInput
        A column is missing, a total is not a number above zero, a margin stands twice. A row whose category means all
        of them (Total, both sexes) is left out, and this is said.

    """
    raw = read_whole(path, choices)
    return margins_of(raw.numbered, str(path), choices)


def margins_of(rows: pl.DataFrame, name: str, choices: FileChoices = AS_FOUND) -> tuple[Margin, ...]:
    """Known totals from a table with the columns variable, category, total, called `name` in errors.

    Raises
    ------
    BadInput
        As `read_margins`.

    """
    lacking = [name for name in ("variable", "category", "total") if name not in rows.columns]
    if lacking:
        raise BadInput(
            "surveys.calibrate.file", path=name, lacking=", ".join(lacking), found=", ".join(names_of(rows))
        )
    totals = _totals(rows, name, choices)
    found: list[Margin] = []
    texts = as_texts(rows["category"]).fill_null("").str.strip_chars().to_list()
    numbers = rows[ROW] if ROW in rows.columns else range(1, rows.height + 1)
    for row, variable, category, total in zip(numbers, rows["variable"], texts, totals, strict=True):
        kept = f"{variable}={category}" in choices.keep
        if any(means_total(part) for part in category.split("^")) and variable is not None and not kept:
            note("surveys.note.margin_total", path=name, row=row, variable=str(variable).strip(), category=category)
            continue
        if variable is None or total is None or total <= 0:
            raise BadInput("surveys.calibrate.total", path=name, row=row)
        margin = Margin(str(variable).strip(), category, float(total))
        if any((one.variable, one.category) == (margin.variable, margin.category) for one in found):
            raise BadInput("surveys.calibrate.twice", margin=margin.name)
        found.append(margin)
    if not found:
        raise BadInput("surveys.no_rows")
    return tuple(found)


def _totals(rows: pl.DataFrame, name: str, choices: FileChoices) -> pl.Series:
    """The column of totals as numbers."""
    written = tidied(rows.select(cs.by_name(ROW, require_all=False), "total"), choices).frame
    bad = (written["total"].cast(pl.Float64, strict=False).is_null() & written["total"].is_not_null()).to_numpy()
    if bad.any() and decimal_sign(written["total"].drop_nulls()) is not None:
        raise BadInput("surveys.calibrate.total", path=name, row=file_rows(written, bad))
    return numbers_of(written, "total")


def auxiliary(frame: pl.DataFrame, margins: Sequence[Margin]) -> Array:
    """Contribution of each respondent to each margin, (n, margins): 0 or 1, or the value of a numeric variable.

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
        known = [_category(frame, margin) for margin in own]
        twice = [margin for margin, code in zip(own, known, strict=True) if known.count(code) > 1]
        if twice:
            raise BadInput("surveys.calibrate.twice", margin=twice[0].name)
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
    empty = numbers.is_null().to_numpy()
    if empty.any():
        rows = file_rows(frame, empty)
        raise BadInput("surveys.calibrate.empty", variable=variable, n=int(empty.sum()), rows=rows)
    return numbers_of(frame, variable).to_numpy()[:, None]


def _category(frame: pl.DataFrame, margin: Margin) -> str:
    """The category as the codes of the file are compared; its parts where variables are joined."""
    names = margin.variable.split(JOIN)
    parts = margin.category.split(JOIN) if len(names) > 1 else [margin.category]
    if len(parts) != len(names):
        return margin.category
    return JOIN.join(code_of(part, frame.schema[name].is_numeric()) for name, part in zip(names, parts, strict=True))


def _labels(frame: pl.DataFrame, variable: str) -> pl.Series:
    """Codes of a variable, or of several joined, as they stand in the file."""
    parts: list[pl.Series] = []
    for name in variable.split(JOIN):
        _there(frame, name)
        texts = as_texts(frame[name])
        empty = texts.is_null().to_numpy()
        if empty.any():
            rows = file_rows(frame, empty)
            raise BadInput("surveys.calibrate.empty", variable=name, n=int(empty.sum()), rows=rows)
        parts.append(texts.alias(str(len(parts))))
    return pl.DataFrame(parts).select(pl.concat_str(pl.all(), separator=JOIN)).to_series()


def _there(frame: pl.DataFrame, name: str) -> None:
    require(frame, name, "--calibrate")


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
            with np.errstate(over="ignore", invalid="ignore"):
                new = z.T @ (weight * shape(z @ tried)) - 1
                nearer = bool(np.isfinite(new).all()) and (new**2).sum() < (error**2).sum()
            if nearer:
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
