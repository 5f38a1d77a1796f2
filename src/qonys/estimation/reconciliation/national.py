"""One account of a country's population from statements that disagree, with its uncertainty.

Unknowns are the population at the start, and births, deaths and net migration of every year, so that
every draw closes to the person: P(t+1) = P(t) + B - D + N. Every source states some of them with its
own accuracy, found from how it agrees with the rest. A source of events also has its own
departure from the truth (definition and coverage), which may drift from year to year: its level is
then learned from the censuses, its changes from year to year are believed.

After Raymer et al. (2013), Journal of the American Statistical Association 108:801 (definition,
coverage and accuracy of rival sources) and Bryant and Graham (2013), Bayesian Analysis 8:591
(demographic accounts from several sources). Assumes: errors of different sources are independent.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from qonys.errors import BadInput
from qonys.estimation.tables import named, need_columns
from qonys.kernels.regression.pooling import Draws, Group, Statements, sample

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
QUANTITIES = ("population", "births", "deaths", "net_migration")
KINDS = ("register", "census", "model")
FEWEST = 5
UNIT = 1000.0
SIZE = 15_000_000
WARM_UP = 500
LIMITS = (0.025, 0.5, 0.975)


class QuantityGuess(NamedTuple):
    """Error, bias at the start and yearly drift of the bias of a source, in the units of the model."""

    error: float
    level: float
    drift: float


@dataclass(frozen=True)
class Guesses:
    """Prior guesses of errors: net migration in persons a year, births, deaths and populations as shares.

    `error`: of one statement; `level`: departure of a source at its first statement (not learned: one
    departure tells nothing of its own scale); `drift`: its change from one statement to the next.
    `register_*`: those of births and deaths in a civil register, which is nearly complete; its drift is
    not learned, so that a model's disagreement is not laid to it. `change`: true net migration from
    year to year. `weight`: how many statements a guess of `error`, `drift` or `change` is worth.
    """

    net_error: float = 5_000.0
    net_level: float = 30_000.0
    net_drift: float = 8_000.0
    vital_error: float = 0.01
    vital_level: float = 0.03
    vital_drift: float = 0.01
    register_level: float = 0.01
    register_drift: float = 0.001
    count_error: float = 0.02
    change: float = 30_000.0
    weight: float = 6.0

    def scaled(self, people: float) -> Guesses:
        """The guesses for a country of so many people: those in persons halved or doubled with its size.

        They are written for some fifteen million; a country nearest to that keeps them as they are.

        Examples
        --------
        >>> Guesses().scaled(3_700_000).net_level, Guesses().scaled(16_000_000).net_level
        (7500.0, 30000.0)

        """
        times = 2.0 ** round(math.log2(people / SIZE))
        named = ("net_error", "net_level", "net_drift", "change")
        return replace(self, **{name: times * getattr(self, name) for name in named})

    def of(self, quantity: str, register: bool = False) -> QuantityGuess:
        """Guesses of a quantity in the units of the model."""
        if quantity == "net_migration":
            return QuantityGuess(self.net_error / UNIT, self.net_level / UNIT, self.net_drift / UNIT)
        if quantity == "population":
            return QuantityGuess(self.count_error, 0.0, 0.0)
        if register:
            return QuantityGuess(self.vital_error, self.register_level, self.register_drift)
        return QuantityGuess(self.vital_error, self.vital_level, self.vital_drift)


@dataclass(frozen=True)
class Reconciled:
    """Posterior draws of one country's accounts, whole persons; all share the draw index.

    `population` (draws, T + 1) at the start of each year and at the end; `births`, `deaths`, `net`
    (draws, T). `departures`: tidy, source, quantity, year (first of the statement), low, median, high
    of what a source says above the account (persons a year; for births and deaths a share).
    `accuracies`: tidy, source, quantity, part (error | level | drift), low, median, high in the same
    units (error of a source with known errors: as a multiple of them). `rhat`: the greatest split R-hat
    of the accounts.
    """

    years: tuple[int, ...]
    population: Whole
    births: Whole
    deaths: Whole
    net: Whole
    departures: pl.DataFrame
    accuracies: pl.DataFrame
    rhat: float

    def table(self) -> pl.DataFrame:
        """Posterior by year: quantity, year, low, median, high (2.5, 50, 97.5 %), persons."""
        frames = [
            _quantiles(draws, "year", (*self.years, self.years[-1] + 1)[: draws.shape[1]], quantity)
            for quantity, draws in zip(QUANTITIES, (self.population, self.births, self.deaths, self.net), strict=True)
        ]
        return pl.concat(frames)

    def period(self, start: int, end: int) -> tuple[float, float, float]:
        """Net migration of [start, end): 2.5, 50 and 97.5 %, persons."""
        first = self.years.index(start)
        total = self.net[:, first : first + end - start].sum(axis=1)
        low, middle, high = np.quantile(total, LIMITS)
        return float(low), float(middle), float(high)

    def residual(self) -> int:
        """Greatest failure of the balancing equation over all draws and years, persons (0 by construction)."""
        left = np.diff(self.population, axis=1) - (self.births - self.deaths + self.net)
        return int(np.abs(left).max())


def reconcile(
    statements: pl.DataFrame,
    span: tuple[int, int],
    draws: int = 1000,
    seed: int = 1,
    guesses: Guesses | None = None,
) -> Reconciled:
    """Accounts of the years [span[0], span[1]) from all statements.

    Parameters
    ----------
    statements
        source, kind (register | census | model), quantity (population | births | deaths |
        net_migration), start, end, value, sd. Events are of the years [start, end); populations stand at
        `start` (mid-year as .5) and `end` is not used. `sd` (persons) may be empty: the error is then
        learned from the source's agreement.
    span
        First year, and the year after the last.
    draws, seed
        Number of posterior draws; the key of their stream.
    guesses
        Prior guesses of accuracies.

    Raises
    ------
    BadInput
        Unknown quantities, statements outside the span, empty values, or no statement at all of some
        quantity.

    """
    guesses = guesses or Guesses()
    _check(statements, span)
    builder = _Builder(span, guesses)
    for source, quantity in (
        statements.select("source", "quantity").unique(maintain_order=True).sort("quantity", "source").rows()
    ):
        rows = statements.filter((pl.col("source") == source) & (pl.col("quantity") == quantity))
        builder.add(source, quantity, rows.sort("start", "end"))
    builder.smooth()
    found = sample(builder.statements(), draws, seed, warm_up=WARM_UP)
    return builder.result(found)


def _check(statements: pl.DataFrame, span: tuple[int, int]) -> None:
    need_columns(statements, ["source", "kind", "quantity", "start", "end", "value", "sd"], "statements")
    first, last = span
    for column, known in (("quantity", QUANTITIES), ("kind", KINDS)):
        unknown = sorted(set(statements[column]) - set(known))
        if unknown:
            raise BadInput("estimation.choice", option=column, value=unknown[0], known=", ".join(known))
    for quantity in QUANTITIES:
        if quantity not in set(statements["quantity"]):
            raise BadInput("estimation.no_statement", quantity=quantity)
    events = pl.col("quantity") != "population"
    for quantity in ("births", "deaths"):
        _refuse_empty_years(statements.filter(pl.col("quantity") == quantity), quantity, span)
    outside = statements.filter(
        (pl.col("start") < first)
        | (pl.col("start") > last)
        | (events & ((pl.col("end") > last) | (pl.col("end") <= pl.col("start"))))
    )
    if outside.height:
        cells = outside.select("source", "quantity", "start", "end").rows()
        raise BadInput("estimation.outside_span", cells=named(cells), first=first, last=last)
    empty = statements.filter(pl.col("value").is_null() | ~pl.col("value").is_finite())
    if empty.height:
        raise BadInput(
            "estimation.empty", table="statements", cells=named(empty.select("source", "quantity", "start").rows())
        )


def _refuse_empty_years(rows: pl.DataFrame, quantity: str, span: tuple[int, int]) -> None:
    """Raise when some year has no births or deaths stated: nothing else tells them."""
    held = {year for start, end in rows.select("start", "end").iter_rows() for year in range(int(start), int(end))}
    missing = [(year,) for year in range(*span) if year not in held]
    if missing:
        raise BadInput("estimation.years_missing", quantity=quantity, cells=named(missing))


class _Builder:
    """Rows of the linear model, in thousands of persons."""

    def __init__(self, span: tuple[int, int], guesses: Guesses) -> None:
        self.first, self.last = span
        self.length = span[1] - span[0]
        self.guesses = guesses
        self.size = 1 + 3 * self.length
        self.rows: list[tuple[dict[int, float], float, float, int]] = []
        self.groups: list[Group] = []
        self.named: dict[tuple[str, str], int] = {}
        self.drifts: dict[tuple[str, str], tuple[int, tuple[int, ...]]] = {}

    def place(self, quantity: str, year: int) -> int:
        return 1 + QUANTITIES[1:].index(quantity) * self.length + year - self.first

    def group(self, source: str, quantity: str, group: Group) -> int:
        self.named[source, quantity] = len(self.groups)
        self.groups.append(group)
        return len(self.groups) - 1

    def add(self, source: str, quantity: str, rows: pl.DataFrame) -> None:
        """One source's statements of one quantity."""
        known = bool(rows["sd"].is_not_null().all())
        guess = 1.0 if known else self.guesses.of(quantity)[0]
        fixed = known and quantity == "population"
        place = self.group(source, quantity, Group(source, guess, np.inf if fixed else self.guesses.weight, 4.0))
        departures = self.departures(source, quantity, rows)
        relative = quantity != "net_migration"
        for at, (start, end, value, sd) in enumerate(rows.select("start", "end", "value", "sd").iter_rows()):
            size = value / UNIT if relative else 1.0
            if quantity == "population":
                cells = self.count(float(start))
            else:
                cells = {self.place(quantity, year): 1.0 for year in range(int(start), int(end))}
            if departures:
                cells[departures[at]] = size if relative else end - start
            error = sd / UNIT if known else abs(size) * np.sqrt(1 if relative else end - start)
            self.rows.append((cells, value / UNIT, max(float(error), 1e-3), place))

    def count(self, instant: float) -> dict[int, float]:
        """Coefficients of the population at an instant, events spread evenly over a year."""
        cells = {0: 1.0}
        for year in range(self.first, self.last):
            share = min(max(instant - year, 0.0), 1.0)
            if share:
                for quantity, sign in (("births", 1.0), ("deaths", -1.0), ("net_migration", 1.0)):
                    cells[self.place(quantity, year)] = sign * share
        return cells

    def departures(self, source: str, quantity: str, rows: pl.DataFrame) -> list[int]:
        """Unknown departures of a source from the truth, one a statement: a level that drifts."""
        if quantity == "population" or rows.height < FEWEST:
            return []
        places = list(range(self.size, self.size + rows.height))
        self.drifts[source, quantity] = (self.size, tuple(int(start) for start in rows["start"]))
        self.size += rows.height
        register = quantity != "net_migration" and rows["kind"][0] == "register"
        _, first, change = self.guesses.of(quantity, register)
        level = self.group(source, f"{quantity}:level", Group(source, first, np.inf))
        drift = self.group(
            source, f"{quantity}:drift", Group(source, change, np.inf if register else self.guesses.weight)
        )
        self.rows.append(({places[0]: 1.0}, 0.0, 1.0, level))
        for one, next_one in pairwise(places):
            self.rows.append(({next_one: 1.0, one: -1.0}, 0.0, 1.0, drift))
        return places

    def smooth(self) -> None:
        """True net migration changes little from year to year, seldom much."""
        change = self.group(
            "account", "net_migration", Group("account", self.guesses.change / UNIT, self.guesses.weight, 3.0)
        )
        for year in range(self.first + 1, self.last):
            cells = {self.place("net_migration", year): 1.0, self.place("net_migration", year - 1): -1.0}
            self.rows.append((cells, 0.0, 1.0, change))

    def statements(self) -> Statements:
        cells = [(i, j, value) for i, (row, *_) in enumerate(self.rows) for j, value in row.items()]
        i, j, value = zip(*cells, strict=True)
        matrix = sparse.csr_array((value, (i, j)), shape=(len(self.rows), self.size))
        _, values, errors, group = zip(*self.rows, strict=True)
        return Statements(
            matrix, np.array(values), np.array(errors), np.array(group, dtype=np.intp), tuple(self.groups)
        )

    def result(self, found: Draws) -> Reconciled:
        """Whole persons, closed by adding up."""
        whole = np.rint(found.unknowns[:, : 1 + 3 * self.length] * UNIT).astype(np.int64)
        births, deaths, net = (whole[:, 1 + k * self.length : 1 + (k + 1) * self.length] for k in range(3))
        start = whole[:, :1]
        population = np.concatenate([start, start + np.cumsum(births - deaths + net, axis=1)], axis=1)
        departures = []
        for (source, quantity), (at, years) in self.drifts.items():
            unit = UNIT if quantity == "net_migration" else 1.0
            rows = _quantiles(found.unknowns[:, at : at + len(years)] * unit, "year", years, quantity)
            departures.append(rows.with_columns(source=pl.lit(source)))
        accuracies = []
        for (source, quantity), place in self.named.items():
            unit = UNIT if source == "account" or quantity.startswith("net_migration") else 1.0
            kind, _, part = quantity.partition(":")
            rows = _quantiles(found.scales[:, [place]] * unit, "part", (part or "error",), kind)
            accuracies.append(rows.with_columns(source=pl.lit(source)))
        return Reconciled(
            tuple(range(self.first, self.last)),
            population,
            births,
            deaths,
            net,
            pl.concat(departures) if departures else pl.DataFrame(),
            pl.concat(accuracies),
            float(found.rhat[: 1 + 3 * self.length].max()),
        )


def _quantiles(
    draws: Array | Whole, axis: str, labels: tuple[object, ...], name: str, column: str = "quantity"
) -> pl.DataFrame:
    low, middle, high = np.quantile(draws, LIMITS, axis=0)
    return pl.DataFrame({axis: list(labels), "low": low, "median": middle, "high": high}).select(
        pl.lit(name).alias("quantity"), axis, "low", "median", "high"
    )
