"""Many draws of the multiregional projection at once: a block of draws is carried through all years in cache.

The numbers are those of `multiregional.project`, to 1e-12 in double precision. Draws lie side by side in the
lanes of vectors (`multiregional_lanes`); a plane is one sex and age, all groups and regions (regions padded
to a multiple of four) of one block. Ages are worked from the oldest down, so the state needs no second copy. A
draw gives the same bits in any company and for any number of threads; moments are summed in runs of draws
whose limits depend on the number of draws alone. Kept per draw are only buckets and accounts.
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numba import get_num_threads
from numpy.typing import NDArray

from qonys.kernels import multiregional_block, multiregional_lanes
from qonys.kernels.multiregional import ACCOUNTS, END, EVEN, FACTORS, HAZARD, SIGNS, Drivers, Tables, check, structured
from qonys.kernels.multiregional_block import TILE, gather, inner, njit, rates_of, year
from qonys.kernels.multiregional_lanes import lanes, width

# ruff: noqa: ANN001, ANN202
Array = NDArray[np.float64]
_KINDS = len(ACCOUNTS)


@dataclass(frozen=True)
class Keep:
    """What to keep.

    `buckets` (R, G, 2, A): number of the bucket of each cell, -1 for none (None: no buckets); `units` (R, G): number
    of the unit whose accounts a region and group add to (None: one for all); `moments`: years (0 is the base) at
    which mean and variance over draws are kept of every cell.
    """

    buckets: NDArray[np.int64] | None = None
    units: NDArray[np.int64] | None = None
    moments: tuple[int, ...] = ()


@dataclass(frozen=True)
class Ensemble:
    """`buckets` (D, T + 1, K) persons; `accounts` (D, T, U, 9) as `multiregional.ACCOUNTS`, persons.

    `mean`, `variance` (len(moments), R, G, 2, A) over draws (divisor D - 1; 0 for one draw).
    """

    buckets: Array
    accounts: Array
    mean: Array
    variance: Array

    def gap(self) -> float:
        """Greatest failure of the accounts of a draw and year, as a share of its persons; every cell needs a bucket."""
        total = self.buckets.sum(axis=-1)
        change = np.diff(total, axis=1) - (self.accounts.sum(axis=2) @ SIGNS)
        return float((np.abs(change) / np.maximum(total[:, :-1], 1)).max())


def run(
    base: Array,
    tables: Tables,
    drivers: Drivers,
    keep: Keep | None = None,
    timing: str = END,
    dtype: Any = np.float64,
    threads: int | None = None,
) -> Ensemble:
    """Project `base` ((R, G, 2, A), or (K, R, G, 2, A), taken by the draws in turn) over all draws and years.

    `dtype` float32 halves the time; its error is below 1e-5 after 75 years. Results are float64 in any case.
    Raises ValueError as `multiregional.check`.
    """
    check(base, tables, drivers)
    keep = Keep() if keep is None else keep
    first = base if base.ndim == 5 else base[None]
    draws, years = drivers.fertility.shape[:2]
    regions, groups, _, ages = first.shape[1:]
    padded = -(-regions // TILE) * TILE
    labels, rows, unit, sizes = _labels(keep, (regions, groups, ages, padded))
    bounds = _bounds(draws, lanes(np.dtype(dtype).itemsize), len(keep.moments) > 0)
    places = np.full(years + 1, -1, dtype=np.int64)
    places[list(keep.moments)] = np.arange(len(keep.moments))
    buckets = np.zeros((draws, years + 1, sizes[0]))
    accounts = np.zeros((draws, years, sizes[1], _KINDS))
    moments = np.zeros((len(bounds) - 1, len(keep.moments), 2, 2 * ages * groups * padded))
    work = (
        (_planes(first, padded, dtype), bounds, (ages, groups, padded), drivers.first),
        _world(tables, padded, dtype),
        (drivers.mortality, drivers.place, *(drivers.by_cell(name) for name in FACTORS), drivers.sex_ratio),
        (labels, rows, unit, places),
        (1 if drivers.kind == HAZARD else 2, timing == EVEN, _fine(unit, groups)),
        (buckets, accounts, moments),
    )
    with ThreadPoolExecutor(threads or get_num_threads()) as pool:
        for _ in pool.map(lambda c: _draws(*work, c), range(len(bounds) - 1)):
            pass
    return Ensemble(buckets, accounts, *_moments(moments, bounds, (ages, groups, padded), regions))


def _planes(values: Array, padded: int, dtype: Any) -> Any:
    """(..., R, G, 2, A) as flat planes: (..., 2 * A * padded * G)."""
    lead = values.ndim - 4
    turned = np.moveaxis(values, (lead, lead + 1), (-2, -1))
    found = np.zeros((*turned.shape[:-2], padded, turned.shape[-1]), dtype=dtype)
    found[..., : turned.shape[-2], :] = turned
    return found.reshape(*values.shape[:lead], -1)


def _panels(matrices: Array, dtype: Any) -> Any:
    """(K, I, O) as panels of four columns: (K, O / 4, I, 4), columns padded with zeros, flat."""
    count, rows, columns = matrices.shape
    padded = np.zeros((count, rows, -(-columns // TILE) * TILE), dtype=dtype)
    padded[..., :columns] = matrices
    return np.ascontiguousarray(padded.reshape(count, rows, -1, TILE).transpose(0, 2, 1, 3)).ravel()


def _world(tables: Tables, padded: int, dtype: Any) -> Any:
    """The tables as flat arrays of one type, in the order the kernel reads them."""
    moves = structured(tables.moves)
    regions, groups = tables.mortality.shape[:2]
    ages = tables.fertility.shape[-1]
    which = np.full(ages, -1, dtype=np.int64)
    which[list(tables.change_ages)] = np.arange(len(tables.change_ages))
    second = np.zeros((1, 1, 1)) if moves.second is None else moves.second
    rank = 0 if moves.second is None else moves.second.shape[1]
    fertility = np.repeat(tables.fertility[:, :, None], 2, axis=2)
    people = (
        _planes(np.broadcast_to(tables.mortality, (regions, groups, 2, ages)), padded, dtype),
        _planes(tables.emigration, padded, dtype),
        _planes(tables.immigration, padded, dtype),
        _planes(moves.level[:, None], padded, dtype),
        _planes(fertility, padded, dtype)[: ages * groups * padded],
        _planes(tables.immigration.sum(axis=(2, 3), keepdims=True), padded, dtype),
    )
    top = (float(tables.emigration.max()), float(moves.level.max()))
    choice = (_panels(moves.choice, dtype), _panels(second, dtype), moves.numbers(), rank, regions)
    groupwise = (tables.mixing.astype(dtype).ravel(), which, tables.change.astype(dtype).ravel())
    return people, choice, groupwise, (tables.fertility > 0).any(axis=(0, 1)), top


def _labels(keep: Keep, shape: tuple[int, int, int, int]) -> Any:
    """Rows of buckets: cells of all groups with the same buckets share a row, so that sums run over whole vectors."""
    regions, groups, ages, padded = shape
    unit = np.full((padded, groups), -1, dtype=np.int64)
    unit[:regions] = 0 if keep.units is None else keep.units
    labels = np.full((2, ages, padded), -1, dtype=np.int64)
    if keep.buckets is None:
        return labels, np.zeros((0, groups), dtype=np.int64), unit.ravel(), (0, int(unit.max()) + 1)
    cells = keep.buckets.transpose(2, 3, 0, 1).reshape(-1, groups)
    rows, back = np.unique(cells, axis=0, return_inverse=True)
    labels[:, :, :regions] = back.reshape(2, ages, regions)
    return labels, rows, unit.ravel(), (int(rows.max()) + 1, int(unit.max()) + 1)


def _fine(unit: NDArray[np.int64], groups: int) -> bool:
    """Whether the units tell the groups of a region apart; if not, accounts are summed over groups at once."""
    by = unit.reshape(-1, groups)
    return bool((by != by[:, :1]).any())


def _bounds(draws: int, block: int, moments: bool) -> NDArray[np.int64]:
    """Limits of the runs of draws; with moments at most 16 runs, of whole 64 draws."""
    grain, most = (64, 16) if moments else (block, 256)
    length = -(-draws // (most * grain)) * grain
    return np.append(np.arange(0, draws, length), draws)


def _moments(sums: Array, bounds: NDArray[np.int64], sizes: tuple[int, int, int], regions: int) -> tuple[Array, Array]:
    """Mean and variance of all draws from those of the runs (Chan, Golub and LeVeque 1983, American Statistician)."""
    ages, groups, padded = sizes
    mean, square, count = sums[0, :, 0], sums[0, :, 1], int(bounds[1])
    for i in range(1, len(sums)):
        more = int(bounds[i + 1] - bounds[i])
        shift = sums[i, :, 0] - mean
        square = square + sums[i, :, 1] + shift**2 * (count * more / (count + more))
        mean = mean + shift * (more / (count + more))
        count += more
    shape = (sums.shape[1], 2, ages, padded, groups)
    parts = (mean, square / max(count - 1, 1))
    both = [part.reshape(shape)[:, :, :, :regions].transpose(0, 3, 4, 1, 2) for part in parts]
    return both[0], both[1]


@inner
def _room(like, count):
    """A zeroed flat array that starts on a line of the cache."""
    spare = np.zeros(count + 16, dtype=like.dtype)
    skip = (64 - spare.ctypes.data % 64) % 64 // spare.itemsize
    return spare[skip : skip + count]


@inner
def _tell_accounts(accounts, unit, out, block):
    """Adds the accounts of a block to those of the units."""
    first, count, t = block
    w = width(accounts)
    for kind in range(_KINDS):
        for c in range(len(unit)):
            if unit[c] >= 0:
                for j in range(count):
                    out[first + j, t, unit[c], kind] += accounts[(kind * len(unit) + c) * w + j]


@inner
def _tell_buckets(sums, rows, out, block):
    """Adds the rows of a block to the buckets."""
    first, count, t = block
    w, groups = width(sums), rows.shape[1]
    for u in range(len(rows)):
        for g in range(groups):
            if rows[u, g] >= 0:
                for j in range(count):
                    out[first + j, t, rows[u, g]] += sums[(u * groups + g) * w + j]


@inner
def _moment(state, count, done, out):
    """Mean and sum of squares about it of every cell, a draw at a time (Welford 1962, Technometrics)."""
    w, tile = width(state), 128
    for start in range(0, out.shape[1], tile):  # a stretch of cells stays in the cache for all draws
        for j in range(count):
            part = 1.0 / (done + j + 1)
            for i in range(start, min(start + tile, out.shape[1])):
                shift = state[i * w + j] - out[0, i]
                out[0, i] += shift * part
                out[1, i] += shift * (state[i * w + j] - out[0, i])


def _compiled(version):
    """The kernel, kept compiled on disk under `version`, that of the sources of all its parts."""

    @njit(cache=True, nogil=True)
    def draws(start, world, drivers, labels, options, out, c):
        """All blocks of one run of draws, through all years."""
        if version == 0:
            return
        base, bounds, sizes, number = start
        rows, places = labels[1], labels[3]
        w, plane = width(base), sizes[1] * sizes[2] * width(base)  # numbers of a plane of one sex and age
        middle = sizes[1] * (world[1][3] + TILE) * w
        state = _room(base, 2 * sizes[0] * plane)
        flows = (_room(base, plane), _room(base, max(plane, middle)), _room(base, plane))
        sums = (_room(base, _KINDS * plane), _room(base, plane), _room(base, 2 * plane), _room(base, rows.size * w))
        steps = np.zeros(4, dtype=np.int64)
        rates = (_room(base, 2 * sizes[0] * w), _room(base, 4 * plane), np.zeros(3), _room(base, w), steps)
        done = bounds[c] - bounds[c]
        for first in range(bounds[c], bounds[c + 1], w):
            count = min(w, bounds[c + 1] - first)
            for i in range(base.shape[1]):
                for j in range(w):
                    state[i * w + j] = base[(number + first + min(j, count - 1)) % len(base), i]
            for t in range(drivers[1].shape[1] + 1):
                if t == 0:
                    gather(state, labels, sums[3], sizes)
                else:
                    rates_of(t - 1, (first, count), drivers, rates, sizes, options[1])
                    year(state, world, labels, (flows, sums, rates), sizes, options)
                    _tell_accounts(sums[0], labels[2], out[1], (first, count, t - 1))
                _tell_buckets(sums[3], rows, out[0], (first, count, t))
                if places[t] >= 0:
                    _moment(state, count, done, out[2][c, places[t]])
            done += count

    return draws


_draws = _compiled(
    1
    + zlib.crc32(b"".join(Path(str(part.__file__)).read_bytes() for part in (multiregional_block, multiregional_lanes)))
)
