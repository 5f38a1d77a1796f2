"""Gravity and contributions of groups of factors of a person's own table of flows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl

from qonys.catalog.reading.choices import FileChoices, pairs
from qonys.catalog.reading.long_tables import AS_FOUND, read_long
from qonys.catalog.reading.said_names import SaidNames, in_quotes, parts_of
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
    `groups`: "name=column,column" (a name with commas in quotation marks), for the table of parts; `year`: column
    within whose values parts are counted; `correct`: take the bias of three-way effects from the terms; `errors`:
    cluster, iid or hetero; `engine` "ols": least squares of logs.
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

    @property
    def wanted(self) -> Wanted:
        """What is asked of the table."""
        joined = (*self.effects, *self.model.dependence, *filter(None, (self.year,)))
        labels = {part for name in joined for part in parts_of(name)}
        return Wanted(
            labels=tuple(sorted(labels)), numbers=(self.outcome, *self.log, *self.plain), sums=(self.outcome,),
            within="kept", repeats=True, own=(*self.log, *self.plain),
        )  # fmt: skip

    def parted(self, said: SaidNames) -> FactorOptions:
        """The same, each text of an option parted into the columns that it names."""
        log, plain, effects, clusters = map(said.parted, (self.log, self.plain, self.effects, self.clusters))
        return replace(self, log=log, plain=plain, effects=effects, clusters=clusters)

    def of_method(self, said: SaidNames) -> FactorOptions:
        """The same, each column under the name by which the method asks for it."""
        joined = (*self.effects, *self.clusters)
        called = said.of_method(
            [self.outcome, *self.log, *self.plain, self.year, *(part for name in joined for part in parts_of(name))]
        )
        log, plain = (tuple(called[name] for name in names) for names in (self.log, self.plain))
        effects, clusters = (said.joined_of_method(names, called) for names in (self.effects, self.clusters))
        return replace(
            self, outcome=called[self.outcome], log=log, plain=plain, effects=effects, clusters=clusters,
            year=called[self.year], groups=tuple(_group_of_method(item, said) for item in self.groups),
        )  # fmt: skip


def _group_of_method(item: str, said: SaidNames) -> str:
    """A group of factors with the names of the method in quotation marks."""
    name, sign, columns = item.partition("=")
    parts = said.parted([columns])
    called = said.of_method(parts)
    return f"{name}{sign}{','.join(in_quotes(called[part]) for part in parts)}"


def factors_of_file(
    path: Path, options: FactorOptions, choices: FileChoices = AS_FOUND
) -> tuple[pl.DataFrame, tuple[Note, ...]]:
    """The asked table of a file of flows, and what was left out and why."""

    def named_by(columns: Sequence[str]) -> FactorOptions:
        said = SaidNames(columns, pairs(choices.mapping))
        found = options.parted(said).of_method(said)
        if not found.model.regressors:
            raise BadInput("explanation.no_regressors_in", path=str(path), found=", ".join(columns))
        return found

    table = read_long(path, lambda columns: named_by(columns).wanted, choices)
    options = named_by(table.columns)
    frame, fit, notes = fitted(table.frame, options)
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
    named = [item.partition("=") for item in options.groups] or [(term, "=", in_quotes(term)) for term in terms]
    groups = {}
    for name, sign, columns in named:
        parts = SaidNames(terms).parted([columns])
        if not sign or not parts or not {*parts} <= {*terms}:
            raise BadInput("explanation.group", given=f"{name}{sign}{', '.join(parts)}", known=", ".join(terms))
        groups[name] = [terms.index(part) for part in parts]
    rows = frame[fit.rows.tolist()]
    years = rows[options.year].rank("dense").to_numpy().astype(np.int64) - 1 if options.year else np.zeros(rows.height)
    draws = coefficient_draws(fit.coefficients(), fit.covariance, options.draws, options.seed)
    found = to_direction(rows[options.outcome].to_numpy(), rows.select(terms).to_numpy(), years, draws, groups)
    return found.frame().drop("place")
