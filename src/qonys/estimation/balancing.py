"""Tables of flows brought to known margins or to known net totals, with an account of the fit.

Raking (Deming and Stephan 1940) for margins of any number of axes; the nearest flows with given net
totals where only balances are known, by divergence (Willekens 1999), least squares or least absolute
change. Nothing is rounded, clipped or dropped: a margin that cannot be met is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from qonys.errors import BadInput
from qonys.estimation.tables import clean_rows, grid, labels_of, long_table, named
from qonys.kernels.flows import net_criteria, net_totals
from qonys.kernels.flows.raking import CONVERGED, Raked, rake

CRITERIA = {
    "entropy": net_totals.flows_from_net,
    "squares": net_criteria.flows_by_squares,
    "absolute": net_criteria.flows_by_absolute_change,
}
CELLS = {"margin": pl.String, "cell": pl.String, "reached": pl.Float64, "target": pl.Float64}


@dataclass(frozen=True)
class Balanced:
    """A table that meets its margins, or as near as its seed allows.

    `status`: converged | iteration_limit | infeasible | inconsistent. `cells`: margin cells that are
    off (margin, cell, reached, target), the worst first. `zeros`: seed cells without a row, taken as
    none.
    """

    table: pl.DataFrame
    status: str
    iterations: int
    greatest_error: float
    cells: pl.DataFrame
    zeros: int

    @property
    def converged(self) -> bool:
        """Whether every margin is met."""
        return self.status == CONVERGED


def balance(
    seed: pl.DataFrame, margins: Sequence[pl.DataFrame], tolerance: float = 1e-9, max_iterations: int = 1000
) -> Balanced:
    """Rake a tidy table to tidy margins.

    Parameters
    ----------
    seed
        Any label columns (the axes) and `value`; a cell without a row is a structural zero.
    margins
        Each with some of the label columns of the seed and `value`; every cell must have a row.
    tolerance
        Greatest margin error, relative to the greatest target.
    max_iterations
        Cycles over the margins after which raking gives up and says so.

    Raises
    ------
    BadInput
        Negative, empty or repeated cells; a margin that names no axis of the seed, or lacks cells.

    """
    axes = [column for column in seed.columns if column != "value"]
    rows = clean_rows(seed, axes, "seed")
    labels = {axis: tuple(rows[axis].unique().sort()) for axis in axes}
    table, zeros = grid(rows, [(axis, labels[axis]) for axis in axes], "seed", zero=True)
    targets = []
    for place, margin in enumerate(margins):
        inside = [axis for axis in axes if axis in margin.columns]
        if not inside:
            raise BadInput(
                "estimation.margin_axes", margin=place + 1, found=", ".join(margin.columns), axes=", ".join(axes)
            )
        name = f"margin {place + 1}"
        cells = clean_rows(margin, inside, name)
        values, _ = grid(cells, [(axis, labels[axis]) for axis in inside], name)
        targets.append((tuple(axes.index(axis) for axis in inside), values))
    found = rake(table, targets, tolerance, max_iterations)
    return Balanced(
        long_table(found.table, [(axis, labels[axis]) for axis in axes]),
        found.status,
        found.iterations,
        found.greatest_error,
        _cells(found, axes, [inside for inside, _ in targets], labels),
        zeros,
    )


def _cells(
    found: Raked, axes: Sequence[str], margins: Sequence[tuple[int, ...]], labels: dict[str, tuple[object, ...]]
) -> pl.DataFrame:
    """Cells that are off; a sum that two margins share is named by the axes that they share, their total by none."""
    rows = []
    for cell in found.cells:
        inside = [axes[i] for i in (margins[cell.margin] if cell.axes is None else cell.axes)]
        name = "/".join(str(labels[axis][i]) for axis, i in zip(inside, cell.index, strict=True))
        rows.append((" x ".join(inside), name, cell.found, cell.target))
    return pl.DataFrame(rows, schema=CELLS, orient="row")


@dataclass(frozen=True)
class NetBalanced:
    """Flows (origin, destination, value) with given net totals; `error` persons, `iterations`."""

    flows: pl.DataFrame
    iterations: int
    error: float


def balance_to_net(seed: pl.DataFrame, net: pl.DataFrame, criterion: str = "entropy") -> NetBalanced:
    """Flows nearest to a pattern whose arrivals less departures are given.

    Parameters
    ----------
    seed
        origin, destination, value: a pattern of flows; cells without a row are structural zeros.
    net
        region, value: net migration of every region (may be negative), summing to zero.
    criterion
        What is least: entropy (divergence from the pattern), squares (sum of (M - m)^2 / m), or absolute (sum of
        abs(M - m), by linear programming).

    Raises
    ------
    BadInput
        An unknown criterion; net totals that do not sum to zero, regions without one, or a seed whose zeros forbid
        them.

    """
    if criterion not in CRITERIA:
        raise BadInput("estimation.choice", option="criterion", value=criterion, known=", ".join(CRITERIA))
    rows = clean_rows(seed.filter(pl.col("origin") != pl.col("destination")), ["origin", "destination"], "seed")
    places = labels_of(rows, "origin", "destination")
    table, _ = grid(rows, [("origin", places), ("destination", places)], "seed", zero=True)
    positive = clean_rows(net.with_columns(value=pl.lit(0.0)), ["region"], "net")
    unknown = sorted(set(positive["region"]) ^ set(places))
    if unknown:
        raise BadInput("estimation.net_regions", cells=named([(place,) for place in unknown]))
    found = dict(net.select("region", pl.col("value").cast(pl.Float64)).iter_rows())
    totals = np.array([found[place] for place in places], dtype=np.float64)
    if abs(totals.sum()) > 1e-6 * max(float(np.abs(totals).sum()), 1.0):
        raise BadInput("estimation.net_sum", total=round(float(totals.sum()), 3))
    fit = CRITERIA[criterion](table, totals)
    if not fit.converged:
        difference = totals - (fit.flows.sum(axis=0) - fit.flows.sum(axis=1))
        order = np.argsort(-np.abs(difference))
        raise BadInput(
            "estimation.net_forbidden", cells=named([(places[int(i)],) for i in order if abs(difference[i]) > 1e-6])
        )
    axes = [("origin", places), ("destination", places)]
    flows = long_table(fit.flows, axes).filter(pl.col("origin") != pl.col("destination"))
    return NetBalanced(flows, fit.iterations, fit.error)


def multiplicative_components(flows: pl.DataFrame) -> pl.DataFrame:
    """Multiplicative components of tidy flows (Rogers, Willekens, Little and Raymer 2002).

    Returns rows of component (total, origin, destination, association), origin, destination, value;
    the diagonal is not a flow and is left out of every sum.

    Raises
    ------
    BadInput
        The table holds no flows off the diagonal.

    """
    rows = clean_rows(flows.filter(pl.col("origin") != pl.col("destination")), ["origin", "destination"], "flows")
    places = labels_of(rows, "origin", "destination")
    table, _ = grid(rows, [("origin", places), ("destination", places)], "flows", zero=True)
    if table.sum() == 0:
        raise BadInput("estimation.no_flows")
    parts = net_totals.components(table)
    axes = [("origin", places), ("destination", places)]
    association = long_table(parts.association, axes).filter(pl.col("origin") != pl.col("destination"))
    none = pl.lit(None, dtype=pl.String)
    order = ["component", "origin", "destination", "value"]
    return pl.concat(
        [
            pl.DataFrame({"component": ["total"], "value": [parts.total]})
            .with_columns(origin=none, destination=none)
            .select(order),
            pl.DataFrame({"component": "origin", "origin": places, "value": parts.origin})
            .with_columns(destination=none)
            .select(order),
            pl.DataFrame({"component": "destination", "destination": places, "value": parts.destination})
            .with_columns(origin=none)
            .select(order),
            association.with_columns(component=pl.lit("association")).select(order),
        ]
    )
