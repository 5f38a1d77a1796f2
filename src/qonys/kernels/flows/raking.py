"""Raking (iterative proportional fitting) of an N-way table to any set of its margins.

X <- X * T_m / sum_m X, margin after margin, until every margin is met. The limit, where it exists,
is the table nearest to the seed in Kullback-Leibler divergence. Source: Deming and Stephan (1940),
Annals of Mathematical Statistics 11:427; Csiszar (1975), Annals of Probability 3:146. Assumes that
the seed has the structure (interactions, structural zeros) that the margins do not determine.

A margin is a pair (axes, targets): `targets` has one axis for each of `axes`, in rising order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]
Margin = tuple[tuple[int, ...], Array]

CONVERGED = "converged"
LIMIT = "iteration_limit"
INFEASIBLE = "infeasible"
INCONSISTENT = "inconsistent"


@dataclass(frozen=True)
class StatedCell:
    """A margin cell that cannot be met: its margin, index, fitted value and target.

    `axes`: axes of the table that the index is of, where they are not all those of the margin (a sum that two share).
    """

    margin: int
    index: tuple[int, ...]
    found: float
    target: float
    axes: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Raked:
    """Result of raking: the table and how it was reached.

    `status`: converged | iteration_limit | infeasible (a margin cell is positive where the seed is
    all zero, or the seed's zeros forbid the margins) | inconsistent (two margins disagree about a
    sum they share; no table meets both). `greatest_error` is the largest remaining difference
    between a margin and its target, in the unit of the table; `cells` lists the margin cells that are not met.
    """

    table: Array
    status: str
    iterations: int
    greatest_error: float
    cells: tuple[StatedCell, ...] = field(default=())


def rake(seed: Array, margins: Sequence[Margin], tolerance: float = 1e-9, max_iterations: int = 1000) -> Raked:
    """Rake `seed` (any number of axes, non-negative) to `margins`.

    `tolerance` is relative to the largest target. One pass over the table per margin: the factors of
    the previous margin are applied while the sums of the next are computed. Nothing is rounded; results
    are reproducible bit for bit.

    Examples
    --------
    >>> found = rake(np.ones((2, 3)), [((0,), np.array([3.0, 6.0])), ((1,), np.array([2.0, 3.0, 4.0]))])
    >>> found.status, found.table[1].round(6).tolist()
    ('converged', [1.333333, 2.0, 2.666667])
    """
    table: Array = np.asarray(seed, dtype=np.float64)
    targets = [(axes, np.ascontiguousarray(target, dtype=np.float64)) for axes, target in margins]
    clash = _inconsistent(targets, tolerance)
    hopeless = _empty_seed(table, targets)
    if clash or hopeless:
        cells = (*hopeless, *clash)
        worst = max(abs(cell.found - cell.target) for cell in cells)
        return Raked(table.copy(), INFEASIBLE if hopeless else INCONSISTENT, 0, worst, cells)
    limit = tolerance * max(1e-300, max(float(np.abs(target).max(initial=0)) for _, target in targets))
    order, shape, members = _layout(table.shape, [axes for axes, _ in targets])
    laid: Array = np.array(table.transpose(order), order="C")
    flat = laid.reshape(-1)
    strides = [_steps(shape, inside) for inside in members]
    wanted = [_in_order(axes, target, order) for axes, target in targets]
    factors: Array = np.ones(1)
    held = np.zeros(shape.size, dtype=np.int64)
    iterations = 0
    while iterations < max_iterations:
        iterations += 1
        error = 0.0
        for target, stride in zip(wanted, strides, strict=True):
            sums = np.zeros(target.size)
            _scale_and_sum(flat, shape, factors, held, sums, stride)
            error = max(error, float(np.abs(sums - target).max(initial=0)))
            factors = np.divide(target, sums, out=np.zeros_like(sums), where=sums > 0)
            held = stride
        if error <= limit:
            break
    _scale_and_sum(flat, shape, factors, held, np.zeros(1), np.zeros_like(held))
    return _judged(laid.transpose(np.argsort(order)), targets, limit, iterations)


def rake_plain(seed: Array, margins: Sequence[Margin], tolerance: float = 1e-9, max_iterations: int = 1000) -> Array:
    """The same fixed point in plain NumPy, two passes per margin, without checks: the slow reference for `rake`."""
    table = np.array(seed, dtype=np.float64)
    greatest = max(float(np.abs(target).max()) for _, target in margins)
    for _ in range(max_iterations):
        error = 0.0
        for axes, target in margins:
            rest = tuple(axis for axis in range(table.ndim) if axis not in axes)
            sums = table.sum(axis=rest)
            error = max(error, float(np.abs(sums - target).max()))
            factors = np.divide(target, sums, out=np.zeros_like(sums), where=sums > 0)
            table *= np.expand_dims(factors, rest)
        if error <= tolerance * greatest:
            break
    return table


def margin_sum(table: Array, axes: tuple[int, ...]) -> Array:
    """Sum of `table` over all axes except `axes`."""
    return np.asarray(table.sum(axis=tuple(axis for axis in range(table.ndim) if axis not in axes)))


def _judged(table: Array, targets: list[Margin], limit: float, iterations: int) -> Raked:
    """Status by the margins of the finished table; cells still off are named, the worst first."""
    off: list[StatedCell] = []
    greatest = 0.0
    for place, (axes, target) in enumerate(targets):
        sums = margin_sum(table, axes)
        error = np.abs(sums - target)
        greatest = max(greatest, float(error.max(initial=0)))
        for index in np.argwhere(error > 10 * limit):
            cell = tuple(int(i) for i in index)
            off.append(StatedCell(place, cell, float(sums[cell]), float(target[cell])))
    off.sort(key=lambda cell: -abs(cell.found - cell.target))
    if not off:
        return Raked(table, CONVERGED, iterations, greatest)
    hopeless = any(cell.found == 0 and cell.target > 0 for cell in off) or _stuck(off, targets)
    return Raked(table, INFEASIBLE if hopeless else LIMIT, iterations, greatest, tuple(off))


def _stuck(off: list[StatedCell], targets: list[Margin]) -> bool:
    """Whether the error is no small remainder: raking that cannot meet its margins swings for ever."""
    greatest = max(float(np.abs(target).max()) for _, target in targets)
    return abs(off[0].found - off[0].target) > 1e-3 * greatest


def _empty_seed(table: Array, targets: list[Margin]) -> list[StatedCell]:
    found = []
    for place, (axes, target) in enumerate(targets):
        sums = margin_sum(table, axes)
        for index in np.argwhere((target > 0) & (sums == 0)):
            cell = tuple(int(i) for i in index)
            found.append(StatedCell(place, cell, 0.0, float(target[cell])))
    return found


def _inconsistent(targets: list[Margin], tolerance: float) -> list[StatedCell]:
    """Cells of the shared sums about which a later margin disagrees with an earlier one."""
    found = []
    for place, (axes, target) in enumerate(targets):
        for other_axes, other in targets[:place]:
            shared = tuple(axis for axis in axes if axis in other_axes)
            mine = margin_sum(target, tuple(axes.index(axis) for axis in shared))
            theirs = margin_sum(other, tuple(other_axes.index(axis) for axis in shared))
            scale = max(tolerance, 1e-9) * max(float(np.abs(theirs).max(initial=0)), 1e-300) * 10
            for index in np.argwhere(np.abs(mine - theirs) > scale):
                cell = tuple(int(i) for i in index)
                found.append(StatedCell(place, cell, float(mine[cell]), float(theirs[cell]), shared))
    return found


def _layout(
    shape: tuple[int, ...], margins: Sequence[tuple[int, ...]]
) -> tuple[list[int], NDArray[np.int64], list[list[bool]]]:
    """Order of the axes in memory, sizes of the merged axes, and which of them each margin holds.

    Axes that stand in the same margins are merged to one, and the longest comes last, so that the
    inner loop of the kernel is long.
    """
    groups: dict[tuple[bool, ...], list[int]] = {}
    for axis in range(len(shape)):
        groups.setdefault(tuple(axis in axes for axes in margins), []).append(axis)
    merged = sorted(groups.items(), key=lambda group: math.prod(shape[axis] for axis in group[1]))
    order = [axis for _, axes in merged for axis in axes]
    sizes = np.array([math.prod(shape[axis] for axis in axes) for _, axes in merged], dtype=np.int64)
    return order, sizes, [[inside[place] for inside, _ in merged] for place in range(len(margins))]


def _steps(sizes: NDArray[np.int64], inside: list[bool]) -> NDArray[np.int64]:
    """Step in the flat margin for one step along each merged axis; 0 for axes summed out."""
    steps, step = np.zeros(sizes.size, dtype=np.int64), 1
    for place in range(sizes.size - 1, -1, -1):
        if inside[place]:
            steps[place] = step
            step *= int(sizes[place])
    return steps


def _in_order(axes: tuple[int, ...], target: Array, order: list[int]) -> Array:
    """A margin's targets, flat, its axes in the order of the table in memory."""
    return np.ascontiguousarray(target.transpose([axes.index(axis) for axis in order if axis in axes])).reshape(-1)


@njit(cache=True, fastmath={"reassoc", "nsz", "contract"})
def _scale_and_sum(  # type: ignore[no-untyped-def]  # noqa: ANN202
    flat: Array,
    shape: NDArray[np.int64],
    factors: Array,
    held: NDArray[np.int64],
    sums: Array,
    taken: NDArray[np.int64],
):  # pragma: no cover
    """Multiply the table by `factors` in place and add it into `sums`, in one pass."""
    axes = shape.size
    length = shape[axes - 1]
    step_f, step_s = held[axes - 1], taken[axes - 1]
    counter = np.zeros(axes, dtype=np.int64)
    at_f = at_s = 0
    for start in range(0, flat.size, length):
        row = flat[start : start + length]
        if step_f == 0:
            row *= factors[at_f]
        else:
            for j in range(length):
                row[j] *= factors[at_f + j]
        if step_s == 0:
            total = 0.0
            for j in range(length):
                total += row[j]
            sums[at_s] += total
        else:
            for j in range(length):
                sums[at_s + j] += row[j]
        axis = axes - 2
        while axis >= 0:
            counter[axis] += 1
            at_f += held[axis]
            at_s += taken[axis]
            if counter[axis] < shape[axis]:
                break
            at_f -= held[axis] * shape[axis]
            at_s -= taken[axis] * shape[axis]
            counter[axis] = 0
            axis -= 1
