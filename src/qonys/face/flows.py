"""Flows: from stocks, raked to margins, from net totals, and their multiplicative components."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict, Unpack

import polars as pl

from qonys.catalog.reading.wanted import USUAL, Wanted
from qonys.errors import BadInput
from qonys.estimation.balancing import balance, balance_to_net
from qonys.estimation.balancing import multiplicative_components as components_of_table
from qonys.face.charts import View
from qonys.face.frames import Columns, Table, alike, frame_of, rows_of, same_boundaries, sources_of
from qonys.face.options import checked
from qonys.face.result import Note, Result
from qonys.study.analyses.flows import PATTERN, STOCKS, VITAL, estimate_from_tables

HEAT = View("heat", "destination", "origin", colour="value")


class StockOptions(TypedDict, total=False):
    """Further options of `flows_from_stocks`."""

    weight: float
    births: str
    missing: str
    moves: float
    gap: float


def flows_from_stocks(
    stocks: Table,
    end: Table | None = None,
    *,
    vital: Table | None = None,
    seed: Table | None = None,
    method: str = "minimum",
    system: str = "closed",
    columns: Columns = None,
    **options: Unpack[StockOptions],
) -> Result:
    """Bilateral migration flows from two or more tables of migrant stocks by birthplace.

    Parameters
    ----------
    stocks
        birthplace, residence, value (persons); optional time and sex. The native-born stand on the diagonal. With
        `time` the flows of every pair of neighbouring times are estimated.
    end
        The second table, where `stocks` holds one time only.
    vital
        residence, births, deaths (persons, of the interval); optional time (start of the interval) and sex.
    seed
        origin, destination, value: a pattern of flows, for example of distance.
    method
        minimum, independence, pseudo_bayes, difference_zero, difference_reverse, rates_shares, rates_transitions.
    system
        closed (the rest goes to the native-born), open, or open_exchanged.
    columns
        Name to your column, where they differ: {"birthplace": "por"}.
    options
        `weight` of pseudo_bayes (0.87); `births`: native or proportional; `missing`: error or zero (cells without a
        row); `moves`: all moves, for rates_shares; `gap`: greatest imbalance of a closed system, as a share (0.1).

    Returns
    -------
    Persons who lived in `origin` at the start and in `destination` at the end of the interval (transitions, not moves):
    origin, destination, value, method, with start, end and sex where there are. Tables: `balance` (by place),
    `split` (leaving the birthplace, returning, onward) and `birthplaces`, for the methods that account for births and
    deaths.

    Raises
    ------
    BadInput
        Negative, empty, repeated or missing cells; more births than native-born, more deaths than residents; stocks
        that do not balance.

    Notes
    -----
    Source: Abel (2013); Abel and Sander (2014); Abel (2018); Azose and Raftery (2019); Abel and Cohen (2019).

    Examples
    --------
    >>> import qonys
    >>> start = {"birthplace": ["A", "A", "B", "B"], "residence": ["A", "B", "A", "B"], "value": [100, 10, 5, 80]}
    >>> end = {**start, "value": [95, 15, 10, 75]}
    >>> qonys.flows_from_stocks(start, end).frame.select("origin", "destination", "value").rows()
    [('A', 'B', 5.0), ('B', 'A', 5.0)]
    """
    known = checked(options, tuple(StockOptions.__annotations__), "flows_from_stocks")
    alike("flows from stocks", stocks, end)
    table = frame_of(stocks, STOCKS, "stocks", columns)
    if end is not None:
        pair = (table, frame_of(end, STOCKS, "end", columns))
        table = pl.concat([one.drop("time", strict=False).with_columns(time=pl.lit(t)) for t, one in enumerate(pair)])
    events = None if vital is None else frame_of(vital, VITAL, "vital", columns)
    if end is not None and events is not None:
        events = events.drop("time", strict=False)
    pattern = None if seed is None else frame_of(seed, PATTERN, "seed", columns)
    found = estimate_from_tables(table, events, pattern, {"method": method, "system": system, **known})
    tables = {name: frame if end is None else frame.drop("start", "end") for name, frame in found.frames.items()}
    labels = ("start", "end", "sex")
    several = next((label for label in labels if label in tables["flows"].columns), "")
    view = View("heat", "destination", "origin", colour="value", panel=several)
    flows = tables.pop("flows")
    sources = sources_of(stocks, end)
    return Result("flows_from_stocks", flows, tables, _unlabelled(found.notes, end), (view,), found, sources)


def _unlabelled(notes: tuple[tuple[str, dict[str, object]], ...], end: object) -> tuple[Note, ...]:
    """Notes, whose interval has no years where two tables were given."""
    if end is None:
        return notes
    return tuple((key, {**values, "interval": "1–2"} if "interval" in values else values) for key, values in notes)


def rake(
    seed: Table,
    margins: Table | Sequence[Table],
    *,
    axes: Sequence[str] = (),
    tolerance: float = 1e-9,
    iterations: int = 1000,
    columns: Columns = None,
) -> Result:
    """A table brought to its known margins by raking (iterative proportional fitting), for any number of axes.

    Parameters
    ----------
    seed
        Columns of labels (the axes) and value (not negative). A cell without a row is a structural zero.
    margins
        One table or several with some of the axes and value; every label must have a row.
    axes
        The seed's columns of labels; all but the value where none are named.
    tolerance
        Greatest error of a margin relative to the greatest target.
    iterations
        Cycles after which raking gives up; the notes then say so.
    columns
        Name to your column: {"value": "persons"}.

    Returns
    -------
    The axes and value, in the unit of the margins. Table `cells`: margins that are off (margin, cell, reached,
    target), the worst first; empty when all are met.

    Raises
    ------
    BadInput
        Negative, empty or repeated cells; a margin that names no axis or lacks labels.

    Notes
    -----
    Source: Deming and Stephan (1940); convergence: Csiszar (1975). Assumes that the seed holds the structure
    (interactions, structural zeros) that the margins do not say. `ipf` is the same function.

    Examples
    --------
    >>> import qonys
    >>> seed = {"origin": ["a", "a", "b", "b"], "destination": ["c", "d", "c", "d"], "value": [1, 1, 1, 1]}
    >>> out, into = {"origin": ["a", "b"], "value": [30, 70]}, {"destination": ["c", "d"], "value": [40, 60]}
    >>> qonys.rake(seed, [out, into]).frame["value"].round(6).to_list()
    [12.0, 18.0, 28.0, 42.0]
    """
    given: list[Any] = list(margins) if isinstance(margins, list | tuple) else [margins]
    if not given:
        raise BadInput("face.rake.no_margins")
    alike("balance", seed, *given)
    labels = tuple(axes) or _axes_of(seed, columns)
    table = frame_of(seed, Wanted(labels=labels), "seed", columns)
    targets = [
        frame_of(margin, Wanted(optional_labels=labels), f"margin {place + 1}", columns)
        for place, margin in enumerate(given)
    ]
    found = balance(table, targets, tolerance, iterations)
    notes: list[Note] = [("study.flows.note.structural", {"n": found.zeros})] if found.zeros else []
    if not found.converged:
        values = {"iterations": found.iterations, "error": f"{found.greatest_error:.6g}", "n": found.cells.height}
        notes.append((f"study.flows.{found.status}", values))
    view = View("heat", labels[1], labels[0], colour="value") if len(labels) == 2 else View("bars", labels[0], "value")
    sources = sources_of(seed, *given)
    return Result("rake", found.table, {"cells": found.cells}, tuple(notes), (view,), found, sources)


ipf = rake


def _axes_of(seed: Table, columns: Columns) -> tuple[str, ...]:
    """All columns of a table but its value."""
    found = rows_of(seed, "seed").columns
    value = (columns or {}).get("value")
    if value is None:
        value = next((name for name in found if name.lower() in ("value", *USUAL["value"])), "value")
    return tuple(name for name in found if name != value)


def flows_from_net(seed: Table, net: Table, *, columns: Columns = None) -> Result:
    """The flows nearest to a pattern whose arrivals less departures are given.

    Parameters
    ----------
    seed
        origin, destination, value: a pattern of flows (positive; cells without a row are structural zeros).
    net
        region, value: net migration of every region, persons; sums to zero.
    columns
        Name to your column.

    Returns
    -------
    origin, destination, value: persons, without a diagonal.

    Raises
    ------
    BadInput
        Net totals that do not sum to zero, regions without one, or a pattern whose zeros forbid them.

    Notes
    -----
    Source: Willekens (1999), the flows of least Kullback-Leibler divergence from the pattern.

    Examples
    --------
    >>> import qonys
    >>> seed = {"origin": ["a", "b"], "destination": ["b", "a"], "value": [10, 10]}
    >>> qonys.flows_from_net(seed, {"region": ["a", "b"], "value": [15, -15]}).frame["value"].round(6).to_list()
    [5.0, 20.0]
    """
    same_boundaries("balance", seed, net)
    found = balance_to_net(
        frame_of(seed, PATTERN, "seed", columns), frame_of(net, Wanted(labels=("region",)), "net", columns)
    )
    note: Note = ("study.flows.note.net", {"n": found.iterations, "error": f"{found.error:.2g}"})
    return Result("flows_from_net", found.flows, {}, (note,), (HEAT,), found, sources_of(seed, net))


def multiplicative_components(flows: Table, *, columns: Columns = None) -> Result:
    """Flows taken apart into a total, shares of origins and destinations, and their association.

    Parameters
    ----------
    flows
        origin, destination, value (moves or persons); the diagonal is left out of every sum.
    columns
        Name to your column.

    Returns
    -------
    component (total, origin, destination, association), origin, destination, value: the flow is the product of its
    four components. Shares sum to one; an association of one is what total and shares alone would give.

    Raises
    ------
    BadInput
        Negative, empty or repeated cells; no flows at all.

    Notes
    -----
    Source: Rogers, Willekens, Little and Raymer (2002).

    Examples
    --------
    >>> import qonys
    >>> flows = {"origin": ["a", "a", "b"], "destination": ["b", "c", "a"], "value": [30, 10, 60]}
    >>> found = qonys.multiplicative_components(flows).frame
    >>> found.filter(component="origin").select("origin", "value").rows()
    [('a', 0.4), ('b', 0.6), ('c', 0.0)]
    """
    table = frame_of(flows, PATTERN, "flows", columns)
    view = View("heat", "destination", "origin", colour="value", where=(("component", "association"),))
    frame = components_of_table(table)
    return Result("multiplicative_components", frame, {}, (), (view,), None, sources_of(flows))
