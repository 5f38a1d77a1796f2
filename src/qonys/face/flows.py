"""Flows: estimated from stocks, raked to margins, from net migration, and their multiplicative components."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict, Unpack

import polars as pl

from qonys.catalog.reading.labels.sexes import with_same_sexes, with_sexes
from qonys.catalog.reading.wanted import USUAL, Wanted
from qonys.errors import BadInput
from qonys.estimation.balancing import balance, balance_to_net
from qonys.estimation.balancing import multiplicative_components as components_of_table
from qonys.face.arguments import offered
from qonys.face.frames import Columns, Table, alike, frame_of, rows_of, same_boundaries, sources_of
from qonys.face.options import checked
from qonys.face.result import Note, Result
from qonys.figures.results import View
from qonys.kernels.flows.raking import INCONSISTENT
from qonys.study.analyses.flows import COUNTED, NET, PATTERN, STOCKS, VITAL, estimate_from_tables, net_notes

HEAT = View("heat", "destination", "origin", colour="value")


class StockOptions(TypedDict, total=False):
    """Further options of `flows_from_stocks`."""

    weight: float
    births: str
    missing: str
    moves: float
    gap: float


@offered
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
        birthplace, residence, value (persons); optional time and sex. The native-born are on the diagonal. With
        `time`, flows are estimated for each pair of consecutive times.
    end
        The second table, if `stocks` contains one time only.
    vital
        residence, births, deaths (number in the interval); optional time (start of the interval, or each year of it,
        which are added up) and sex.
    seed
        origin, destination, value: a prior pattern of flows, for example a function of distance.
    method
        minimum (fewest transitions), independence (most), pseudo_bayes (between both), difference_zero,
        difference_reverse (changes of stocks), rates_shares, rates_transitions. In Abel and Cohen (2019): da_min_closed
        and da_min_open (minimum with either system), da_pb_closed (pseudo_bayes), sd_drop_neg (difference_zero),
        sd_rev_neg (difference_reverse), mig_rate (rates_shares).
    system
        closed (the residual is assigned to the native-born; Abel and Sander 2014), open (birthplaces gain from and lose
        to the outside; Abel 2013), or open_exchanged (the same with the two tables exchanged).
    columns
        Standard column name to your column name, where they differ: {"birthplace": "por"}.
    options
        `weight` of pseudo_bayes (0.87); `births`: native or proportional; `missing`: error or zero, for cells without
        a row; `moves`: total moves, for rates_shares; `gap`: largest imbalance of a closed system, a proportion (0.1).

    Returns
    -------
    Persons who lived in `origin` at the start and in `destination` at the end of the interval (transitions, not moves):
    origin, destination, value, method, with start, end and sex if given. Tables: `balance` (by place),
    `split` (leaving the birthplace, returning, onward) and `birthplaces`, for the methods that account for births and
    deaths.

    Raises
    ------
    BadInput
        Negative, empty, repeated or missing cells; more births or deaths than residents; stocks that are inconsistent.
        Where more were born than natives are counted at the end, births of that place alone are spread over all who
        live there, and a note says so.

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
        pair = [
            with_sexes(one, name, both=True)
            for one, name in ((table, "stocks"), (frame_of(end, STOCKS, "end", columns), "end"))
        ]
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
    """Notes; their interval has no years if two tables were given."""
    if end is None:
        return notes
    return tuple((key, {**values, "interval": "1–2"} if "interval" in values else values) for key, values in notes)


@offered
def rake(
    seed: Table,
    margins: Table | Sequence[Table],
    *,
    axes: Sequence[str] = (),
    tolerance: float = 1e-9,
    iterations: int = 1000,
    columns: Columns = None,
) -> Result:
    """A table adjusted to known margins by raking (iterative proportional fitting), with any number of axes.

    Parameters
    ----------
    seed
        Label columns (the axes) and value (non-negative). A cell without a row is a structural zero.
    margins
        One or more tables with some of the axes and value; every label must have a row.
    axes
        Label columns of the seed; by default all columns but the value.
    tolerance
        Largest error of a margin relative to the largest target.
    iterations
        Maximum number of cycles; title and notes state when it is reached.
    columns
        Standard column name to your column name: {"value": "persons"}.

    Returns
    -------
    The axes and value, in the unit of the margins. Table `cells`: margins not met (margin, cell,
    reached, target), the largest error first; empty when all are met.

    Raises
    ------
    BadInput
        Negative, empty or repeated cells; a margin without a known axis or with missing labels; margins that disagree
        on a sum that they share.

    Notes
    -----
    Source: Deming and Stephan (1940); convergence: Csiszar (1975). Assumes that the seed has the structure
    (interactions, structural zeros) that the margins do not determine. `ipf` is the same function.

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
        frame_of(margin, Wanted(optional_labels=labels, kinds=COUNTED), f"margin {place + 1}", columns)
        for place, margin in enumerate(given)
    ]
    table, *targets = with_same_sexes([table, *targets])
    found = balance(table, targets, tolerance, iterations)
    if found.status == INCONSISTENT:
        worst = found.cells.row(0, named=True)
        key = "face.rake.inconsistent" if worst["cell"] else "face.rake.totals"
        numbers = {name: f"{worst[name]:.15g}" for name in ("reached", "target")}
        raise BadInput(key, **{**worst, **numbers}, n=found.cells.height)
    notes: list[Note] = [("study.flows.note.structural", {"n": found.zeros})] if found.zeros else []
    if not found.converged:
        values = {"iterations": found.iterations, "error": f"{found.greatest_error:.6g}", "n": found.cells.height}
        notes.append((f"study.flows.{found.status}", values))
    view = View("heat", labels[1], labels[0], colour="value") if len(labels) == 2 else View("bars", labels[0], "value")
    sources = sources_of(seed, *given)
    state = "" if found.converged else "unmet"
    return Result("rake", found.table, {"cells": found.cells}, tuple(notes), (view,), found, sources, state=state)


ipf = rake


def _axes_of(seed: Table, columns: Columns) -> tuple[str, ...]:
    """All columns of a table except its value."""
    found = rows_of(seed, "seed").columns
    value = (columns or {}).get("value")
    if value is None:
        value = next((name for name in found if name.lower() in ("value", *USUAL["value"])), "value")
    return tuple(name for name in found if name != value)


@offered
def flows_from_net(seed: Table, net: Table, *, criterion: str = "entropy", columns: Columns = None) -> Result:
    """The flows closest to a prior pattern that agree with given net migration.

    Parameters
    ----------
    seed
        origin, destination, value: a pattern of flows (positive; cells without a row are structural zeros).
    net
        region, value: net migration of every region (persons), summing to zero.
    criterion
        What is least: entropy (Kullback-Leibler divergence), squares (sum of squared differences over the pattern), or
        absolute (sum of absolute differences, by linear programming; other tables can be as near).
    columns
        Standard column name to your column name.

    Returns
    -------
    origin, destination, value (persons), without the diagonal.

    Raises
    ------
    BadInput
        Net migration that does not sum to zero, regions without it, or a pattern whose zeros make it impossible.

    Notes
    -----
    Source: Willekens (1999) for entropy, Deming and Stephan (1940) for squares, Charnes, Cooper and Ferguson (1955) for
    absolute.

    Examples
    --------
    >>> import qonys
    >>> seed = {"origin": ["a", "b"], "destination": ["b", "a"], "value": [10, 10]}
    >>> qonys.flows_from_net(seed, {"region": ["a", "b"], "value": [15, -15]}).frame["value"].round(6).to_list()
    [5.0, 20.0]
    """
    same_boundaries("balance", seed, net)
    tables = frame_of(seed, PATTERN, "seed", columns), frame_of(net, NET, "net", columns)
    found = balance_to_net(*tables, criterion)
    notes = net_notes(found, criterion)
    return Result("flows_from_net", found.flows, {}, notes, (HEAT,), found, sources_of(seed, net))


@offered
def multiplicative_components(flows: Table, *, columns: Columns = None) -> Result:
    """Flows decomposed into a total, proportions by origin and by destination, and their association.

    Parameters
    ----------
    flows
        origin, destination, value (moves or persons); the diagonal is excluded from every sum.
    columns
        Standard column name to your column name.

    Returns
    -------
    component (total, origin, destination, association), origin, destination, value: the flow is the product of its
    four components. Proportions sum to one; an association of one means a flow equal to that expected from them.

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
