"""Flows from two tables of stocks by birthplace and residence, by demographic accounting.

Stocks are (K, I): birthplace k (rows) x residence i (columns), K = I. Steps and methods after Abel
(2013), Demographic Research 28:505; Abel and Sander (2014), Science 343:1520; Abel (2018),
International Migration Review 52:809; Azose and Raftery (2019), PNAS 116:116; Abel and Cohen (2019),
Scientific Data 6:82. A flow is a transition: residence at the start against residence at the end;
moves in between, and the moves of those born or dead in the interval, are not seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qonys.kernels.flows.sinkhorn import Factored, closed_form, scale

Array = NDArray[np.float64]
MINIMUM, INDEPENDENCE, PSEUDO_BAYES = "minimum", "independence", "pseudo_bayes"
PSEUDO_BAYES_WEIGHT = 0.87


@dataclass(frozen=True)
class Accounts:
    """Stocks prepared for flow estimation, with all adjustments made.

    `start`, `end` (K, I): stocks after births and deaths with equal row sums. `closure`: persons by
    which births less deaths exceeded the change of all stocks, (closed systems) split half and half over
    the native-born of both tables. `arrivals`, `departures` (K, I): moves from and to the outside
    (open systems, else 0). `births`, `deaths` (K, I): how they were spread over birthplaces.
    `shifted`: persons moved between cells to make the birthplace totals of both tables equal.
    """

    start: Array
    end: Array
    births: Array
    deaths: Array
    arrivals: Array
    departures: Array
    closure: float
    shifted: float


def close_system(start: Array, end: Array, natural: float) -> tuple[Array, Array, float]:
    """Scale the native-born so that the change of all stocks is `natural`; both tables and the gap.

    Half of the gap is taken from the diagonal of each table, in proportion (Abel and Sander 2014,
    supplement). `natural` is births less deaths of all places.
    """
    difference = natural - float(end.sum() - start.sum())
    first, last = start.copy(), end.copy()
    places = np.arange(start.shape[0])
    first[places, places] *= 1 - difference / (2 * np.trace(start))
    last[places, places] *= 1 + difference / (2 * np.trace(end))
    return first, last, difference


def spread_births(end: Array, births: Array, proportional: bool = False) -> Array:
    """Births by birthplace x residence: all on the diagonal, or (proportional) over the column's stocks.

    Newborns are native where they are born and are taken as living there at the end of the interval. A place that has
    fewer natives at the end than were born has its births, and its alone, spread over its column (Abel 2018; the
    function birth_mat of migest).
    """
    totals = end.sum(axis=0)
    spread = end * np.divide(births, totals, out=np.zeros_like(totals), where=totals > 0)
    columns = proportional | (births > np.diagonal(end))
    return np.asarray(np.where(columns, spread, np.diag(births)))


def spread_deaths(start: Array, deaths: Array) -> Array:
    """Deaths by birthplace x residence in proportion to the stocks of each residence at the start."""
    totals = start.sum(axis=0)
    share = np.divide(deaths, totals, out=np.zeros_like(totals), where=totals > 0)
    return np.asarray(start * share)


def match_birthplaces(start: Array, end: Array) -> tuple[Array, Array, float]:
    """Rake both tables to the mean of their birthplace totals, residence totals kept (closed system).

    Abel and Sander (2014): each takes half of the difference. Needs equal grand totals. The third
    value is the number of persons moved between cells of the two tables.
    """
    middle = (start.sum(axis=1) + end.sum(axis=1)) / 2
    first = _rake_to(start, middle)
    last = _rake_to(end, middle)
    shifted = (np.abs(first - start).sum() + np.abs(last - end).sum()) / 2
    return first, last, float(shifted)


def _rake_to(table: Array, rows: Array) -> Array:
    found = scale(rows[None, :], table.sum(axis=0)[None, :], table)
    return np.asarray(found.tables()[0])


def open_birthplaces(start: Array, end: Array, own: bool = True) -> tuple[Array, Array]:
    """(arrivals, departures) from and to the outside, (K, I), by the change of each birthplace total.

    A birthplace that lost persons sent them outside from where they lived at the start (`own`; never
    negative; what the R package migest calls "open-dr" and gives as the example of Abel 2013), or in
    proportion to the other table (its "open"), which can leave negative stocks.
    """
    change = start.sum(axis=1) - end.sum(axis=1)
    out_seed, in_seed = (start, end) if own else (end, start)
    return _along(in_seed, np.maximum(-change, 0)), _along(out_seed, np.maximum(change, 0))


def _along(seed: Array, rows: Array) -> Array:
    totals = seed.sum(axis=1)
    return np.asarray(seed * np.divide(rows, totals, out=np.zeros_like(totals), where=totals > 0)[:, None])


@dataclass(frozen=True)
class BirthplaceFlows:
    """Flows by origin x destination x birthplace, kept as weighted factored parts and stayers (K, I).

    All results have shape (I, J) with origin rows; the diagonal (no move) is zero.
    """

    parts: tuple[tuple[float, Factored], ...]
    stayers: Array

    def total(self) -> Array:
        """Flows over all birthplaces."""
        return _no_diagonal(_weighted([(w, part.total()) for w, part in self.parts]))

    def returning(self) -> Array:
        """Flows to the place of birth."""
        return _no_diagonal(_weighted([(w, part.own_destination()) for w, part in self.parts]))

    def leaving_home(self) -> Array:
        """Flows from the place of birth (first moves of the interval, "outward")."""
        return _no_diagonal(_weighted([(w, part.own_origin()) for w, part in self.parts]))

    def onward(self) -> Array:
        """Flows between two places neither of which is the birthplace (transit)."""
        return np.asarray(self.total() - self.returning() - self.leaving_home())

    def by_birthplace(self) -> Array:
        """All flows written out, (K, I, J); stayers not on the diagonal, see `stayers`."""
        tables = _weighted([(w, part.tables()) for w, part in self.parts])
        places = np.arange(tables.shape[1])
        tables[:, places, places] = 0
        return tables

    @property
    def error(self) -> float:
        """Greatest margin error left by the iterations, persons."""
        return max(part.error for _, part in self.parts)

    @property
    def iterations(self) -> int:
        """Iterations of the slowest part; 0 for closed forms."""
        return max(part.iterations for _, part in self.parts)


def minimum_migration(start: Array, end: Array, seed: Array | None = None) -> BirthplaceFlows:
    """The fewest transitions that turn `start` into `end` (equal row sums), by birthplace.

    Stayers are min(start, end); what is left has rows and columns that never meet, so that without
    a seed raking has the closed form a_ki c_kj / sum_i a_ki. With a `seed` (I, J), e.g. a function of
    distance, the same margins are raked from it. Source: Abel (2013), section 3; closed form by the
    disjoint supports.
    """
    stayers = np.minimum(start, end)
    rows, columns = start - stayers, end - stayers
    part = closed_form(rows, columns) if seed is None else scale(rows, columns, _no_diagonal(seed))
    return BirthplaceFlows(((1.0, part),), stayers)


def independence(start: Array, end: Array, seed: Array | None = None) -> BirthplaceFlows:
    """Residence at the end independent of residence at the start within each birthplace: the upper case.

    Source: Azose and Raftery (2019), who mix it with the minimum. With a seed the table, its
    diagonal included, is raked from the seed.
    """
    part = closed_form(start, end) if seed is None else scale(start, end, seed)
    own = np.diagonal(part.seed) if part.seed is not None else 1.0
    return BirthplaceFlows(((1.0, part),), np.asarray(part.u * part.v * own))


def pseudo_bayes(
    start: Array, end: Array, weight: float = PSEUDO_BAYES_WEIGHT, seed: Array | None = None
) -> BirthplaceFlows:
    """Weighted mean: weight x minimum migration + (1 - weight) x independence.

    Source: Azose and Raftery (2019), who calibrated the weight on European registers. The default 0.87
    is quoted at second hand and was not read in the paper: a result must name its weight, and the two
    ends (weights 1 and 0) belong beside it.
    """
    low, high = minimum_migration(start, end, seed), independence(start, end, seed)
    parts = ((weight, low.parts[0][1]), (1 - weight, high.parts[0][1]))
    return BirthplaceFlows(parts, np.asarray(weight * low.stayers + (1 - weight) * high.stayers))


def _weighted(terms: list[tuple[float, Array]]) -> Array:
    total: Array = terms[0][0] * terms[0][1]
    for weight, term in terms[1:]:
        total += weight * term
    return total


def _no_diagonal(table: Array) -> Array:
    clean: Array = np.array(table)
    np.fill_diagonal(clean, 0)
    return clean
