"""Bilateral flows from two stock tables by birthplace and residence.

Methods (reference at the kernel): `minimum` (fewest transitions), `independence`, `pseudo_bayes`
(demographic accounting: births, deaths and every birthplace close), `difference_zero`,
`difference_reverse` (changes of stocks, nothing accounted), `rates_shares` (a known total of moves spread
as the foreign-born at the start) and `rates_transitions` (one matrix of transitions for all birthplaces;
refused where it asks for negative flows). Results are transitions: residence at
the start of the interval against residence at its end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.estimation.tables import SHOWN, clean_rows, grid, labels_of, long_table, named
from qonys.kernels.flows import stock_differences, stock_flows
from qonys.kernels.flows.stock_flows import Accounts, BirthplaceFlows
from qonys.words.each import in_each

Array = NDArray[np.float64]
ACCOUNTING = ("minimum", "independence", "pseudo_bayes")
DIFFERENCING = ("difference_zero", "difference_reverse")
RATES = ("rates_shares", "rates_transitions")
METHODS = (*ACCOUNTING, *DIFFERENCING, *RATES)
SYSTEMS = ("closed", "open", "open_exchanged")


@dataclass(frozen=True)
class Choice:
    """How flows are to be estimated.

    `system`: closed (all persons stay within the table; the rest goes to the native-born and to
    birthplace totals), open (birthplaces may gain from and lose to the outside), open_exchanged (the
    same with the tables exchanged; can leave negative stocks, which are refused). `weight` is that of
    pseudo_bayes. `births`: native (born natives of their residence; a place with fewer natives at the end
    than births has them spread over its residents) or proportional. `missing`: error,
    or zero (a cell without a row holds none). `moves`: all moves of the interval, which rates_shares needs.
    `imbalance`: greatest share of the people at the start by which a closed system may be out of balance.
    """

    method: str = "minimum"
    system: str = "closed"
    weight: float = stock_flows.PSEUDO_BAYES_WEIGHT
    births: str = "native"
    missing: str = "error"
    moves: float | None = None
    imbalance: float = 0.1

    def __post_init__(self) -> None:
        for name, value, known in (
            ("method", self.method, METHODS),
            ("system", self.system, SYSTEMS),
            ("births", self.births, ("native", "proportional")),
            ("missing", self.missing, ("error", "zero")),
        ):
            if value not in known:
                raise BadInput("estimation.choice", option=name, value=value, known=", ".join(known))
        if not 0 <= self.weight <= 1:
            raise BadInput("estimation.weight", value=self.weight)
        if self.method == "rates_shares" and not (self.moves is not None and 0 <= self.moves < np.inf):
            raise BadInput("estimation.moves", value="–" if self.moves is None else self.moves)


@dataclass(frozen=True)
class StockFlows:
    """Estimated transitions between places, (origin, destination), persons.

    `accounts` and `by_birthplace` are None for differencing. `balance`: per place the population at
    both ends, births, deaths, moves from and to the outside, net transitions, and the gap that closing
    the system left (0 in an open one). `zeros`: stock cells that had no row and were taken as none.
    """

    places: tuple[str, ...]
    choice: Choice
    total: Array
    accounts: Accounts | None
    by_birthplace: BirthplaceFlows | None
    balance: pl.DataFrame
    zeros: int

    def births_beyond(self) -> list[str]:
        """Places with fewer natives at the end than births, whose births were spread over all who live there."""
        born = np.zeros((len(self.places),) * 2) if self.accounts is None else self.accounts.births
        beyond = born.sum(axis=0) - np.diagonal(born) > 0
        return [place for place, one in zip(self.places, beyond, strict=True) if one]

    def flows(self) -> pl.DataFrame:
        """Flows as columns origin, destination, value (persons who moved between the two dates); no diagonal."""
        frame = long_table(self.total, [("origin", self.places), ("destination", self.places)])
        return frame.filter(pl.col("origin") != pl.col("destination"))

    def split(self) -> pl.DataFrame:
        """Flows by kind: leaving_home (from the birthplace), returning (to it), onward (neither).

        Columns: origin, destination, value (persons), kind.
        """
        found = self._accounted()
        axes = [("origin", self.places), ("destination", self.places)]
        kinds = {"leaving_home": found.leaving_home(), "returning": found.returning(), "onward": found.onward()}
        frames = [long_table(values, axes).with_columns(kind=pl.lit(kind)) for kind, values in kinds.items()]
        return pl.concat(frames).filter(pl.col("origin") != pl.col("destination"))

    def births_table(self) -> pl.DataFrame:
        """Flows as columns birthplace, origin, destination, value (persons); cells of zero left out."""
        tables = self._accounted().by_birthplace()
        axes = [("birthplace", self.places), ("origin", self.places), ("destination", self.places)]
        return long_table(tables, axes).filter(pl.col("value") != 0)

    def _accounted(self) -> BirthplaceFlows:
        if self.by_birthplace is None:
            raise BadInput("estimation.no_birthplace", method=self.choice.method, known=", ".join(ACCOUNTING))
        return self.by_birthplace


def flows_from_stocks(
    start: pl.DataFrame,
    end: pl.DataFrame,
    vital: pl.DataFrame | None = None,
    seed: pl.DataFrame | None = None,
    choice: Choice | None = None,
) -> StockFlows:
    """Flows between two stock tables.

    Parameters
    ----------
    start, end
        Tidy stocks: birthplace, residence, value (persons). The native-born stand on the diagonal.
    vital
        Tidy events of the interval: residence, births, deaths (persons). None means none.
    seed
        Tidy pattern: origin, destination, value (not negative), for example a function of distance. Its
        diagonal, which only `independence` uses, is taken as its greatest cell.
    choice
        Method and options.

    Raises
    ------
    BadInput
        Negative, empty, repeated or missing cells; births or deaths above the
        residents; stocks that do not balance.

    """
    choice = choice or Choice()
    first, last = (clean_rows(f, ["birthplace", "residence"], n) for f, n in ((start, "start"), (end, "end")))
    places = tuple(sorted({*labels_of(first, "birthplace", "residence"), *labels_of(last, "birthplace", "residence")}))
    axes = [("birthplace", places), ("residence", places)]
    zero = choice.missing == "zero"
    s1, empty1 = grid(first, axes, "start", zero)
    s2, empty2 = grid(last, axes, "end", zero)
    births, deaths = _vital(vital, places)
    pattern = None
    if seed is not None:
        rows = clean_rows(seed.filter(pl.col("origin") != pl.col("destination")), ["origin", "destination"], "seed")
        greatest = float(np.max(rows["value"].to_numpy(), initial=0))
        filled = pl.DataFrame({"origin": places, "destination": places, "value": [greatest] * len(places)})
        pattern, _ = grid(pl.concat([rows, filled]), [("origin", places), ("destination", places)], "seed")
    return estimate(places, (s1, s2), (births, deaths), pattern, choice, empty1 + empty2)


def estimate(
    places: tuple[str, ...],
    stocks: tuple[Array, Array],
    vital: tuple[Array, Array],
    seed: Array | None,
    choice: Choice,
    zeros: int = 0,
) -> StockFlows:
    """The same on arrays: stocks (K, I) at both ends, births and deaths (I,), seed (I, J).

    Raises
    ------
    BadInput
        A seed that forbids the flows, no foreign-born, or a method that finds negative flows.

    """
    if choice.method not in ACCOUNTING:
        total = _unaccounted(places, stocks, choice)
        balance = _balance(places, stocks, vital, total, np.zeros((2, len(places))))
        return StockFlows(places, choice, total, None, None, balance, zeros)
    accounts = prepare(places, stocks, vital, choice)
    if choice.method == "minimum":
        found = stock_flows.minimum_migration(accounts.start, accounts.end, seed)
    elif choice.method == "independence":
        found = stock_flows.independence(accounts.start, accounts.end, seed)
    else:
        found = stock_flows.pseudo_bayes(accounts.start, accounts.end, choice.weight, seed)
    _refuse_unmet(found, accounts, places)
    total = found.total()
    outside = np.array([accounts.arrivals.sum(axis=0), accounts.departures.sum(axis=0)])
    balance = _balance(places, stocks, vital, total, outside)
    return StockFlows(places, choice, total, accounts, found, balance, zeros)


def _unaccounted(places: Sequence[str], stocks: tuple[Array, Array], choice: Choice) -> Array:
    """Flows by the methods that account for nothing; a cell that would be negative is named."""
    start, end = stocks
    if choice.method in DIFFERENCING:
        return np.asarray(getattr(stock_differences, choice.method)(start, end))
    if choice.method == "rates_shares":
        if start.sum() <= np.trace(start):
            raise BadInput("estimation.no_foreign")
        return stock_differences.rates_dennett(start, float(choice.moves or 0))
    if np.linalg.matrix_rank(start) < len(places):
        empty = [(place,) for place, row in zip(places, start, strict=True) if not row.any()]
        raise BadInput("estimation.singular", cells=named(empty) or "–")
    total = stock_differences.rates_rogers(start, end)
    cells = [(places[i], places[j]) for i, j in np.argwhere(total < -1e-9 * max(float(start.max()), 1.0))]
    if cells:
        raise BadInput("estimation.negative_flow", cells=named(cells), method=choice.method)
    return np.maximum(total, 0.0)


def prepare(places: Sequence[str], stocks: tuple[Array, Array], vital: tuple[Array, Array], choice: Choice) -> Accounts:
    """Stocks after closing the system, births, deaths and birthplace totals, persons; errors name the places.

    `stocks`: birthplace x residence at the start and the end, (n, n) each; `vital`: births and deaths (n,).

    Raises
    ------
    BadInput
        Negative stocks, no native-born, or a closed system out of balance.

    """
    start, end = stocks
    births, deaths = vital
    closure = 0.0
    proportional = choice.births == "proportional"
    _refuse_places(births > end.sum(axis=0), places, "estimation.births_above")
    _refuse_places(deaths > start.sum(axis=0), places, "estimation.deaths_above")
    if choice.system == "closed":
        if np.trace(start) <= 0 or np.trace(end) <= 0:
            raise BadInput("estimation.no_natives")
        _refuse_imbalance(
            end.sum(axis=0) - start.sum(axis=0) - births + deaths, float(start.sum()), places, choice.imbalance
        )
        start, end, closure = stock_flows.close_system(start, end, float((births - deaths).sum()))
        _refuse_places(np.diagonal(start) < 0, places, "estimation.unbalanced")
        _refuse_places(np.diagonal(end) < 0, places, "estimation.unbalanced")
    _refuse_places(births > end.sum(axis=0), places, "estimation.births_above")
    _refuse_places(deaths > start.sum(axis=0), places, "estimation.deaths_above")
    born, died = stock_flows.spread_births(end, births, proportional), stock_flows.spread_deaths(start, deaths)
    alive, older = start - died, end - born
    nothing = np.zeros_like(alive)
    if choice.system == "closed":
        first, last, shifted = stock_flows.match_birthplaces(alive, older)
        return Accounts(first, last, born, died, nothing, nothing, closure, shifted)
    arrivals, departures = stock_flows.open_birthplaces(alive, older, own=choice.system == "open")
    first, last = alive - departures, older - arrivals
    for table in (first, last):
        cells = [(places[k], places[i]) for k, i in np.argwhere(table < -1e-9)]
        if cells:
            raise BadInput("estimation.negative_stock", cells=named(cells), system=choice.system)
    return Accounts(first, last, born, died, arrivals, departures, closure, 0.0)


def _refuse_imbalance(change: Array, people: float, places: Sequence[str], limit: float) -> None:
    """Raise when all places together change by more than births less deaths and `limit` of the people allow."""
    difference = float(change.sum())
    if abs(difference) <= limit * people:
        return
    order = np.argsort(-change * np.sign(difference), kind="stable")[:SHOWN]
    cells = ", ".join(f"{places[int(i)]} ({change[i]:+,.0f})" for i in order if change[i] * difference > 0)
    raise BadInput(
        "estimation.gap",
        share=in_each(round(100 * abs(difference) / people, 1)),
        limit=in_each(100 * limit),
        cells=cells,
    )


def _refuse_places(bad: NDArray[np.bool_], places: Sequence[str], message: str) -> None:
    if np.any(bad):
        raise BadInput(message, places=named([(places[int(i)],) for i in np.flatnonzero(bad)]))


def _refuse_unmet(found: BirthplaceFlows, accounts: Accounts, places: Sequence[str]) -> None:
    """Raise when a seed forbids what the stocks ask for."""
    greatest = max(float(accounts.start.max()), 1.0)
    if found.error <= 1e-6 * greatest:
        return
    reached = found.by_birthplace().sum(axis=2) + found.stayers
    off = np.argwhere(np.abs(reached - accounts.start) > 1e-6 * greatest)
    cells = [(places[k], places[i]) for k, i in off]
    raise BadInput("estimation.seed_forbids", cells=named(cells), error=round(found.error, 3))


def _vital(vital: pl.DataFrame | None, places: tuple[str, ...]) -> tuple[Array, Array]:
    if vital is None:
        return np.zeros(len(places)), np.zeros(len(places))
    found = []
    for event in ("births", "deaths"):
        rows = clean_rows(vital, ["residence"], event, event)
        found.append(grid(rows, [("residence", places)], event, value=event)[0])
    return found[0], found[1]


def _balance(
    places: Sequence[str], stocks: tuple[Array, Array], vital: tuple[Array, Array], total: Array, outside: Array
) -> pl.DataFrame:
    start, end = stocks[0].sum(axis=0), stocks[1].sum(axis=0)
    arrivals, departures = total.sum(axis=0) + outside[0], total.sum(axis=1) + outside[1]
    net = arrivals - departures
    return pl.DataFrame(
        {
            "place": list(places),
            "population_start": start,
            "population_end": end,
            "births": vital[0],
            "deaths": vital[1],
            "arrivals": arrivals,
            "departures": departures,
            "net": net,
            "difference": end - start - vital[0] + vital[1] - net,
        }
    )
