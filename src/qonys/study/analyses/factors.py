"""Gravity and contributions of groups of factors of a person's own table of flows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from qonys.catalog.reading.choices import FileChoices
from qonys.catalog.reading.long_tables import AS_FOUND, read_long
from qonys.catalog.reading.wanted import Wanted
from qonys.errors import BadInput
from qonys.explanation.contributions import coefficient_draws, to_direction
from qonys.explanation.gravity import Gravity, Model, fit_gravity
from qonys.explanation.three_way import correct

TABLES = ("terms", "fit", "parts")
ENGINES = {"library": "PyFixest", "own": "Qonys", "ols": "OLS"}
Note = tuple[str, dict[str, object]]


@dataclass(frozen=True, kw_only=True)
class FactorOptions:
    """What is fitted and shown.

    `log`: columns taken as logs (above zero); `plain`: columns as they are; `effects` and `clusters`, joined by "^";
    `groups`: "name=column,column", for the table of parts; `year`: column within whose values parts are counted;
    `correct`: take the bias of three-way effects from the terms; `errors`: cluster, iid or hetero; `engine` "ols":
    least squares of logs.
    """

    outcome: str = "value"
    log: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ("origin^destination",)
    groups: tuple[str, ...] = ()
    year: str = ""
    table: str = "terms"
    engine: str = "auto"
    draws: int = 500
    seed: int = 1
    correct: bool = False
    errors: str = "cluster"

    def __post_init__(self) -> None:
        if self.table not in TABLES:
            raise BadInput("estimation.choice", option="--table", value=self.table, known=", ".join(TABLES))
        if self.correct and (self.engine == "ols" or self.errors != "cluster"):
            raise BadInput("explanation.correct_poisson")

    @property
    def model(self) -> Model:
        """What is fitted."""
        return Model(self.outcome, (*self.log, *self.plain), self.effects, self.clusters, self.errors)


def factors_of_file(
    path: Path, options: FactorOptions, choices: FileChoices = AS_FOUND
) -> tuple[pl.DataFrame, tuple[Note, ...]]:
    """The asked table of a file of flows, and what was left out and why."""
    regressors = (*options.log, *options.plain)
    labels = {part for name in (*options.effects, *options.model.dependence) for part in name.split("^")}
    if options.year:
        labels.add(options.year)
    wanted = Wanted(
        labels=tuple(sorted(labels)), numbers=(options.outcome, *regressors), sums=(options.outcome,), within="kept",
        repeats=True,
    )  # fmt: skip
    frame, fit, notes = fitted(read_long(path, wanted, choices).frame, options)
    if options.table == "fit":
        rows = [{"measure": name, "value": float(value)} for name, value in fit.fit.as_dict().items()]
        return pl.DataFrame(rows), notes
    return (fit.terms if options.table == "terms" else contributions_of(frame, fit, options)), notes


def fitted(frame: pl.DataFrame, options: FactorOptions) -> tuple[pl.DataFrame, Gravity, tuple[Note, ...]]:
    """The frame with its logs, the fitted model, and what was left out and why."""
    for name in options.log:
        low = int((frame[name] <= 0).sum())
        if low:
            raise BadInput("explanation.log", column=name, rows=low)
    frame = frame.with_columns(pl.col(list(options.log)).log()) if options.log else frame
    fit = fit_gravity(frame, options.model, options.engine)
    notes: list[Note] = [("cli.factors.engine", {"engine": ENGINES[fit.engine], "rows": len(fit.rows)})]
    if fit.left_out and fit.engine == "ols":
        notes.append(("cli.factors.ols_zeros", {"rows": fit.left_out}))
    elif fit.left_out:
        notes.append(("cli.factors.left_out", {"rows": fit.left_out, "columns": ", ".join(fit.separated) or "–"}))
    if fit.lost:
        notes.append(("cli.factors.lost", {"columns": ", ".join(fit.lost)}))
    if options.correct:
        found = correct(frame, fit)
        fit = found.fit
        size = float(np.abs(found.bias / fit.terms["error"].to_numpy()).max())
        stretch = round(float(found.stretch.max()), 2)
        notes.append(("cli.factors.corrected", {"bias": round(size, 2), "stretch": stretch}))
    return frame, fit, tuple(notes)


def contributions_of(frame: pl.DataFrame, fit: Gravity, options: FactorOptions) -> pl.DataFrame:
    """Contributions of groups to the explained differences between flows; each regressor alone if none are named."""
    terms = fit.terms["term"].to_list()
    named = [item.partition("=") for item in options.groups] or [(term, "=", term) for term in terms]
    groups = {}
    for name, sign, columns in named:
        parts = [part.strip() for part in columns.split(",") if part.strip()]
        unknown = [part for part in parts if part not in terms]
        if not sign or not parts or unknown:
            raise BadInput("explanation.group", given=f"{name}{sign}{columns}", known=", ".join(terms))
        groups[name] = [terms.index(part) for part in parts]
    rows = frame[fit.rows.tolist()]
    years = rows[options.year].rank("dense").to_numpy().astype(np.int64) - 1 if options.year else np.zeros(rows.height)
    draws = coefficient_draws(fit.coefficients(), fit.covariance, options.draws, options.seed)
    found = to_direction(rows[options.outcome].to_numpy(), rows.select(terms).to_numpy(), years, draws, groups)
    return found.frame().drop("place")
