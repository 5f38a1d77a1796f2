"""Gravity models of migration: Poisson pseudo-maximum likelihood with fixed effects and clustered errors.

    E[M_ijt] = exp(x_ijt' b + effects),

effects of origin, destination, year, their products and pairs (Santos Silva and Tenreyro 2006, Review of Economics and
Statistics 88:641; Anderson and van Wincoop 2003, American Economic Review 93:170; Beine, Bertoli and Fernandez-Huertas
Moraga 2016, The World Economy 39:496). With regressors in logs, b are elasticities: associations, not effects of an
intervention. Estimates are PyFixest's where it is installed; otherwise the package's own kernel gives the same to
1e-6. Assumes a correctly specified mean; the variance is arbitrary. Moves within a cluster may be dependent; with
few clusters (below about 40) intervals by Student's t with G - 1 degrees are still too short
(Cameron, Gelbach and Miller 2011, Journal of Business & Economic Statistics 29:238).
"""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.catalog.reading.said_names import parts_of
from qonys.errors import BadInput
from qonys.explanation.fit import ModelFit, fit_of
from qonys.kernels.regression.covariances import CLUSTER, KINDS, cautious, covariance_of, free_parameters
from qonys.kernels.regression.demeaning import demeaned, packed
from qonys.kernels.regression.linear_effects import linear_fit
from qonys.kernels.regression.poisson_effects import poisson_fit
from qonys.kernels.regression.separation import Separation, repeated_columns, separated

Array = NDArray[np.float64]
OLS = "ols"
ENGINES = ("auto", "library", "own", OLS)


@dataclass(frozen=True)
class Model:
    """What is fitted: `outcome` (moves), `regressors`, `effects` and `clusters` by name of column.

    An effect or a cluster such as "origin^year" joins columns: one level for each combination. No effects means one
    constant. One or two clusterings; the errors of two allow dependence along either. `errors`: cluster, iid (of the
    model) or hetero (HC1); the last two take the moves as independent and read no clusters.
    """

    outcome: str
    regressors: tuple[str, ...]
    effects: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ("origin^destination",)
    errors: str = CLUSTER

    def __post_init__(self) -> None:
        if self.errors not in KINDS:
            raise BadInput("estimation.choice", option="--errors", value=self.errors, known=", ".join(KINDS))

    @property
    def dependence(self) -> tuple[str, ...]:
        """The clusters that the errors read."""
        return self.clusters if self.errors == CLUSTER else ()


@dataclass(frozen=True)
class Gravity:
    """A fitted model. `terms`: term, estimate, error, low, high, p; `covariance` (k, k) of the estimates.

    `fitted` (n,), in the unit of the outcome, and `rows` (n,), positions in the frame given, refer to the rows used;
    `left_out` counts rows without information (separated zeros), `separated` names the regressors that separate them,
    `lost` those that the other rows do not identify and that are not estimated. `degrees`: of Student's t.
    """

    model: Model
    terms: pl.DataFrame
    covariance: Array
    fitted: Array
    rows: NDArray[np.int64]
    fit: ModelFit
    engine: str
    degrees: int
    left_out: int = 0
    separated: tuple[str, ...] = ()
    lost: tuple[str, ...] = field(default=())

    def estimate(self, term: str) -> tuple[float, float, float]:
        """Estimate and the ends of its interval."""
        row = self.terms.row(by_predicate=pl.col("term") == term, named=True)
        return row["estimate"], row["low"], row["high"]

    def coefficients(self) -> Array:
        """Estimates in the order of `terms`, (k,)."""
        return self.terms["estimate"].to_numpy()


def fit_gravity(frame: pl.DataFrame, model: Model, engine: str = "auto", level: float = 0.95) -> Gravity:
    """Fit `model` to the rows of `frame`; `engine` "library" (PyFixest), "own" (the package's kernel) or "auto".

    "ols" is least squares of the log of the outcome, rows of zero left out: its fitted flows are exp of the fitted
    logs, and where the spread depends on the regressors its estimates are not those of the mean (Santos Silva and
    Tenreyro 2006).

    Raises
    ------
    BadInput
        A column is missing, not a number or empty in some row; an outcome is below zero or all are zero; a regressor
        repeats others and the effects (named with them); too few clusters, or no more rows
        than parameters; the library is asked for and missing.

    Examples
    --------
    >>> moves = pl.DataFrame({"origin": ["a", "b", "c"], "m": [2.0, 4.0, 8.0], "x": [0.0, 1.0, 2.0]})
    >>> fit_gravity(moves, Model("m", ("x",), clusters=("origin",)), "own").terms["estimate"].round(4).to_list()
    [0.6931]
    """
    _check(frame, model)
    y = frame[model.outcome].cast(pl.Float64).to_numpy()
    x = np.column_stack([frame[name].cast(pl.Float64).to_numpy() for name in model.regressors])
    labels = {name: _codes(frame, name) for name in (*model.effects, *model.dependence)}
    groups = [labels[name] for name in model.effects]
    constant = groups or [np.zeros(len(y), dtype=np.int64)]
    for column, others in repeated_columns(x, constant)[:1]:
        named = ", ".join(model.regressors[other] for other in others)
        raise BadInput(
            "explanation.repeated" if others else "explanation.in_effects",
            column=model.regressors[column], others=named, effects=", ".join(model.effects) or "1",
        )  # fmt: skip
    zeros = Separation(y == 0, (), 0) if engine == OLS or (y > 0).all() else separated(y, x, constant)
    rows = np.flatnonzero(~zeros.rows)
    lost: tuple[int, ...] = ()
    if zeros.columns:
        inside = [packed(codes[rows]) for codes in constant]
        lost = tuple(column for column, _ in repeated_columns(x[rows], inside))
    names = [name for j, name in enumerate(model.regressors) if j not in lost]
    used = [j for j in range(x.shape[1]) if j not in lost]
    sets = {name: packed(codes[rows]) for name, codes in labels.items()}
    degrees = _degrees(model, sets, len(rows), len(used))
    chosen = _engine(engine)
    solve = {"library": _library, OLS: _ols}.get(chosen, _own)
    try:
        b, covariance, mu = solve(y[rows], x[rows][:, used], model, sets)
    except ZeroDivisionError as error:  # as many parameters as rows: nothing is left for the errors
        raise BadInput("explanation.few_rows", rows=len(rows), parameters=len(rows)) from error
    separating = tuple(model.regressors[j] for j in zeros.columns)
    return Gravity(
        model, terms_of(names, b, covariance, degrees, level), covariance, mu, rows, fit_of(y[rows], mu),
        chosen, degrees, int(zeros.rows.sum()), separating, tuple(model.regressors[j] for j in lost),
    )  # fmt: skip


def _degrees(model: Model, sets: dict[str, NDArray[np.int64]], rows: int, regressors: int) -> int:
    """Degrees of freedom of Student's t: clusters less one, or rows less parameters."""
    if model.errors != CLUSTER:
        effects = [sets[name] for name in model.effects] or [np.zeros(1, dtype=np.int64)]
        left = rows - free_parameters(regressors, effects)
        if left < 1:
            raise BadInput("explanation.few_rows", rows=rows, parameters=rows - left)
        return left
    few = min(int(sets[name].max()) + 1 for name in model.clusters)
    if few < 2:
        raise BadInput("explanation.few_clusters", clusters=", ".join(model.clusters), found=few)
    return few - 1


def _check(frame: pl.DataFrame, model: Model) -> None:
    parts = {part for name in (*model.effects, *model.dependence) for part in parts_of(name)}
    for name in (model.outcome, *model.regressors, *sorted(parts)):
        if name not in frame.columns:
            raise BadInput("explanation.no_column", column=name, found=", ".join(frame.columns))
        if frame[name].null_count():
            raise BadInput("explanation.empty", column=name, rows=frame[name].null_count())
    if not model.regressors:
        raise BadInput("explanation.no_regressors")
    if not 1 <= len(model.clusters) <= 2:
        raise BadInput("explanation.clusterings", found=len(model.clusters))
    for name in (model.outcome, *model.regressors):
        if not frame.schema[name].is_numeric() and frame.schema[name] != pl.Boolean:
            raise BadInput("explanation.not_number", column=name, found=str(frame.schema[name]))
        values = frame[name].cast(pl.Float64)
        if not values.is_finite().all():
            raise BadInput("explanation.not_finite", column=name, rows=int((~values.is_finite()).sum()))
    y = frame[model.outcome].cast(pl.Float64)
    low = float(y.min() or 0.0)  # type: ignore[arg-type]
    if low < 0:
        raise BadInput("explanation.below_zero", column=model.outcome, found=low)
    if not float(y.sum()) > 0:
        raise BadInput("explanation.all_zero", column=model.outcome)


def _codes(frame: pl.DataFrame, name: str) -> NDArray[np.int64]:
    parts = parts_of(name)
    keys = frame.select(pl.struct(parts).rank("dense").alias("code") if len(parts) > 1 else
                        pl.col(parts[0]).rank("dense").alias("code"))["code"]  # fmt: skip
    return keys.cast(pl.Int64).to_numpy() - 1


def _engine(engine: str) -> str:
    if engine not in ENGINES:
        raise BadInput("explanation.engine", found=engine, expected=", ".join(ENGINES))
    here = importlib.util.find_spec("pyfixest") is not None
    if engine == "library" and not here:
        raise BadInput("explanation.no_library")
    if engine == OLS:
        return OLS
    return "own" if engine == "own" or not here else "library"


def _own(y: Array, x: Array, model: Model, sets: dict[str, NDArray[np.int64]]) -> tuple[Array, Array, Array]:
    effects, clusters = ([sets[name] for name in names] for names in (model.effects, model.dependence))
    found = poisson_fit(y, x, effects, clusters, errors=model.errors)
    return found.coefficients, found.covariance, found.fitted


def _ols(y: Array, x: Array, model: Model, sets: dict[str, NDArray[np.int64]]) -> tuple[Array, Array, Array]:
    effects, clusters = ([sets[name] for name in names] for names in (model.effects, model.dependence))
    found = linear_fit(np.log(y), x, effects, clusters, model.errors)
    return found.coefficients, found.covariance, np.exp(found.fitted)


def _library(y: Array, x: Array, model: Model, sets: dict[str, NDArray[np.int64]]) -> tuple[Array, Array, Array]:
    """PyFixest on columns with plain names, so that no name of a person's file meets its formula."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pandas
        import pyfixest

        columns: dict[str, NDArray[Any]] = {"y": y, **{f"x{j}": x[:, j] for j in range(x.shape[1])}}
        columns |= {f"e{j}": sets[name] for j, name in enumerate(model.effects)}
        columns |= {f"c{j}": sets[name] for j, name in enumerate(model.dependence)}
        right = " + ".join(f"x{j}" for j in range(x.shape[1]))
        effects = " + ".join(f"e{j}" for j in range(len(model.effects)))
        found = pyfixest.fepois(
            f"y ~ {right}" + (f" | {effects}" if effects else ""),
            pandas.DataFrame(columns, copy=False),
            vcov={"CRV1": "+".join(f"c{j}" for j in range(len(model.dependence)))} if model.dependence else "iid",
            ssc=pyfixest.ssc(G_df="min"),
            fixef_rm="none",
            iwls_maxiter=100,
            collin_tol=1e-12,
            separation_check=[],
            copy_data=False,
            lean=False,
        )
    names = list(found._coefnames)
    places = [names.index(f"x{j}") for j in range(x.shape[1])]
    covariance = np.asarray(found._vcov, dtype=np.float64)[np.ix_(places, places)]
    if len(model.dependence) == 2:
        alone = []
        for j in (0, 1):
            found.vcov({"CRV1": f"c{j}"})
            alone.append(np.asarray(found._vcov, dtype=np.float64)[np.ix_(places, places)])
        covariance = cautious(covariance, alone)
    mu = np.asarray(found._Y_hat_response, dtype=np.float64).reshape(-1)
    if not model.dependence:  # by the definitions of `covariances`, whatever the library's version takes them to be
        lists = [sets[name] for name in model.effects] or [np.zeros(len(y), dtype=np.int64)]
        covariance = covariance_of(y - mu, demeaned(x, lists, mu), mu, (lists, ()), model.errors)
    return np.asarray(found._beta_hat, dtype=np.float64)[places], covariance, mu


def terms_of(names: Sequence[str], b: Array, covariance: Array, degrees: int, level: float) -> pl.DataFrame:
    """Columns term, estimate, error, low, high (at `level`, Student's t), p from `b` (k,) and `covariance` (k, k)."""
    from scipy.special import stdtr, stdtrit

    error = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    wide = stdtrit(degrees, (1 + level) / 2) * error
    ratio = np.divide(np.abs(b), error, out=np.full_like(b, np.inf), where=error > 0)
    return pl.DataFrame(
        {"term": list(names), "estimate": b, "error": error, "low": b - wide, "high": b + wide,
         "p": 2 * stdtr(degrees, -ratio)}
    )  # fmt: skip
