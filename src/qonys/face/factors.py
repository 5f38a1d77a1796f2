"""Determinants of migration: gravity model, contributions of factors, internal and external migration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypedDict, Unpack

import numpy as np
import polars as pl

from qonys.catalog.reading.said_names import SaidNames, in_quotes
from qonys.catalog.reading.wanted import Wanted
from qonys.errors import BadInput
from qonys.explanation.interplay import panel_var, resampled, responses
from qonys.face.arguments import offered
from qonys.face.frames import Columns, Table, frame_of, rows_of, sources_of
from qonys.face.options import checked, names
from qonys.face.result import Note, Result
from qonys.figures.results import View
from qonys.quantities import Quantity
from qonys.study.analyses.factors import FactorOptions, contributions_of, fitted


class GravityOptions(TypedDict, total=False):
    """Further options of `gravity` and `contributions`."""

    outcome: str
    clusters: str | Sequence[str]
    errors: str
    engine: str
    correct: bool
    draws: int
    seed: int


@offered
def gravity(
    flows: Table,
    *,
    log: str | Sequence[str] = (),
    plain: str | Sequence[str] = (),
    effects: str | Sequence[str] = (),
    columns: Columns = None,
    **options: Unpack[GravityOptions],
) -> Result:
    """Gravity model of migration by Poisson pseudo-maximum likelihood (PPML), with fixed effects and clustered errors.

    Parameters
    ----------
    flows
        One row per flow: value (moves or persons, including zeros), regressors, and the columns of the fixed effects.
    log
        Positive regressors that enter as logarithms; their coefficients are elasticities.
    plain
        Regressors that enter untransformed.
    effects
        Fixed effects, interacted with ^: "origin", "destination", "origin^year".
    columns
        Standard column name to your column name: {"value": "flow"}.
    options
        `outcome` (value); `clusters` of the errors ("origin^destination"); `errors`: cluster, iid (of the model) or
        hetero (HC1); `engine`: auto, library (PyFixest), own, or ols (least squares of the log, zeros left out);
        `correct` True: correct the bias of three-way fixed effects.

    Returns
    -------
    term, estimate, error, low, high (95%, Student's t), p. Table `fit`: common part of flows,
    SRMSE, r2, deviance explained. `model` contains the fit with covariance matrix and fitted flows.

    Raises
    ------
    BadInput
        A missing, empty or non-numeric column; a negative outcome; a regressor collinear with others or with the
        effects; too few clusters.

    Notes
    -----
    Source: Santos Silva and Tenreyro (2006); separation: Correia, Guimaraes and Zylkin (2021); bias of three-way
    effects: Weidner and Zylkin (2021). Coefficients are associations, not effects of interventions.

    Examples
    --------
    >>> import qonys
    >>> flows = {"origin": list("abc"), "destination": list("bca"), "value": [2, 4, 8], "far": [1, 2, 4]}
    >>> found = qonys.gravity(flows, log="far", clusters="origin", engine="own")
    >>> found.frame["estimate"].round(6).to_list()
    [1.0]
    """
    table, said = _named(flows, columns)
    request = _options(options, log, plain, effects).of_method(said)
    _, fit, notes = fitted(frame_of(table, request.wanted, "flows", columns), request)
    measures = fit.fit.as_dict()
    shares = pl.DataFrame({"measure": list(measures), "value": [float(value) for value in measures.values()]})
    view = View("dots", "estimate", "term", "low", "high")
    return Result("gravity", fit.terms, {"fit": shares}, notes, (view,), fit, sources_of(flows))


@offered
def contributions(
    flows: Table,
    groups: Mapping[str, str | Sequence[str]] | None = None,
    *,
    log: str | Sequence[str] = (),
    plain: str | Sequence[str] = (),
    effects: str | Sequence[str] = (),
    columns: Columns = None,
    **options: Unpack[GravityOptions],
) -> Result:
    """Contribution of each group of factors to the explained deviance of flows: Shapley values of a gravity model.

    Parameters
    ----------
    flows, log, plain, effects, columns, options
        As in `gravity`; also `draws` (500) and `seed` for the intervals.
    groups
        Group name to its regressors: {"distance": "far", "income": ["income_o", "income_d"]}; None: each regressor by
        itself.

    Returns
    -------
    group, value, low, high (95%), whole: shares of the Poisson deviance explained; the shares sum to the whole.

    Raises
    ------
    BadInput
        As in `gravity`; a group of unknown regressors.

    Notes
    -----
    Source: Shapley (1953); intervals: Krinsky and Robb (1986); explained deviance: Cameron and Windmeijer (1996).

    Examples
    --------
    >>> import qonys
    >>> flows = {"origin": list("abc"), "destination": list("bca"), "value": [2, 4, 8], "far": [1, 2, 4]}
    >>> found = qonys.contributions(flows, log="far", clusters="origin", engine="own", draws=40).frame
    >>> round(found["value"][0], 6), round(found["whole"][0], 6)
    (1.0, 1.0)
    """
    joined = tuple(f"{name}={','.join(map(in_quotes, names(cols)))}" for name, cols in (groups or {}).items())
    table, said = _named(flows, columns)
    request = _options(options, log, plain, effects, joined).of_method(said)
    frame, fit, notes = fitted(frame_of(table, request.wanted, "flows", columns), request)
    view = View("dots", "value", "group", "low", "high")
    parts = contributions_of(frame, fit, request)
    return Result("contributions", parts, {"terms": fit.terms}, notes, (view,), fit, sources_of(flows))


def _options(
    options: GravityOptions,
    log: str | Sequence[str],
    plain: str | Sequence[str],
    effects: str | Sequence[str],
    groups: tuple[str, ...] = (),
) -> FactorOptions:
    known: dict[str, Any] = checked(options, tuple(GravityOptions.__annotations__), "gravity")
    if "clusters" in known:
        known["clusters"] = names(known["clusters"])
    return FactorOptions(log=names(log), plain=names(plain), effects=names(effects), groups=groups, **known)


def _named(flows: Table, columns: Columns) -> tuple[Table, SaidNames]:
    """The flows, read once, and the names that their columns have; of a file those of `columns` alone."""
    if isinstance(flows, str | Path):
        return flows, SaidNames((), columns or {})
    rows = rows_of(flows, "flows")
    return flows if isinstance(flows, Quantity | Result) else rows, SaidNames(rows.columns, columns or {})


class PanelOptions(TypedDict, total=False):
    """Further options of `interplay`."""

    horizon: int
    draws: int
    seed: int
    jackknife: bool


@offered
def interplay(
    rates: Table,
    variables: Sequence[str],
    *,
    years: bool = True,
    columns: Columns = None,
    **options: Unpack[PanelOptions],
) -> Result:
    """Internal and external migration of regions as one system: panel vector autoregression with one lag.

    Parameters
    ----------
    rates
        region, time (years, complete for every region), and the variables (rates per 1,000 person-years).
    variables
        Two or more columns, such as net internal and net external migration.
    years
        Include year effects common to all regions.
    columns
        Standard column name to your column name.
    options
        `horizon` of the responses, years (10); `draws` of the bootstrap over regions (300); `seed`; `jackknife` (True).

    Returns
    -------
    moved, lagged, value, low, high (95%, bootstrap over regions): the coefficients; f and p: Granger test of whether
    the lagged variable helps to predict the moved one. Table `responses`: moved, shock, step, value, low, high:
    generalised impulse responses, per 1,000.

    Raises
    ------
    BadInput
        Gaps in the panel, fewer than six years, too few regions.

    Notes
    -----
    Source: Holtz-Eakin, Newey and Rosen (1988); bias: Nickell (1981), Dhaene and Jochmans (2015); responses: Pesaran
    and Shin (1998). Predictive precedence does not establish causation.

    Examples
    --------
    >>> import qonys
    >>> import polars as pl
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> rows = [(r, t, *rng.normal(size=2)) for r in "abcdef" for t in range(2000, 2020)]
    >>> panel = pl.DataFrame(rows, schema=["region", "time", "internal", "external"], orient="row")
    >>> qonys.interplay(panel, ["internal", "external"], draws=20).frame.select("moved", "lagged").row(1)
    ('internal', 'external')
    """
    known = checked(options, tuple(PanelOptions.__annotations__), "interplay")
    horizon, draws, seed = (int(known.get(name, usual)) for name, usual in PANEL)
    jackknife = bool(known.get("jackknife", True))
    wanted = Wanted(labels=("region",), whole=("time",), numbers=tuple(variables))
    z = _panel(frame_of(rates, wanted, "rates", columns), variables)
    fit = panel_var(z, years, jackknife)
    found = resampled(z, lambda one: one.matrix, draws, seed, jackknife=jackknife)
    paths = resampled(z, lambda one: responses(one, horizon), draws, seed, jackknife=jackknife)
    rows = [
        (moved, lagged, fit.matrix[i, j], found.low[i, j], found.high[i, j], fit.tests[i, j], fit.p[i, j])
        for i, moved in enumerate(variables)
        for j, lagged in enumerate(variables)
    ]
    frame = pl.DataFrame(rows, schema=["moved", "lagged", "value", "low", "high", "f", "p"], orient="row")
    steps = [
        (moved, shock, step, paths.point[step, i, j], paths.low[step, i, j], paths.high[step, i, j])
        for i, moved in enumerate(variables)
        for j, shock in enumerate(variables)
        for step in range(horizon + 1)
    ]
    schema = ["moved", "shock", "step", "value", "low", "high"]
    tables = {"responses": pl.DataFrame(steps, schema=schema, orient="row")}
    notes: tuple[Note, ...] = () if fit.stable() else (("face.interplay.unstable", {}),)
    view = View("line", "step", "value", "low", "high", "shock", "moved", "responses")
    return Result("interplay", frame, tables, notes, (view,), fit, sources_of(rates))


PANEL = (("horizon", 10), ("draws", 300), ("seed", 1))


def _panel(frame: pl.DataFrame, variables: Sequence[str]) -> np.ndarray:
    """Rates (regions, years, variables); every region has every year exactly once."""
    regions = frame["region"].unique().sort().to_list()
    times = frame["time"].unique().sort().to_list()
    if frame.select("region", "time").is_duplicated().any() or frame.height != len(regions) * len(times):
        raise BadInput("face.interplay.panel", rows=frame.height, regions=len(regions), years=len(times))
    if times[-1] - times[0] + 1 != len(times):
        raise BadInput("face.interplay.panel", rows=frame.height, regions=len(regions), years=len(times))
    ordered = frame.sort("region", "time").select(variables).to_numpy()
    return np.asarray(ordered.reshape(len(regions), len(times), len(variables)), dtype=np.float64)
