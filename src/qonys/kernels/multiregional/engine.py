"""Many draws of the multiregional projection at once: a block of draws is projected over all years in cache.

Results agree with `multiregional.step.project` (sources there) to 1e-12 in double precision. Draws occupy the lanes
of vectors (`multiregional.lanes`); a plane is one sex and age with all groups and regions (regions padded to a
multiple of four) of one block. Ages are processed from the oldest down, so no second copy of the state is needed. A
draw is bitwise the same whichever draws are computed with it and for any number of threads; moments are summed over
runs of draws whose limits depend only on the number of draws. Only buckets and accounts are kept of each draw.
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypedDict, Unpack

import numpy as np
from numba import get_num_threads
from numpy.typing import NDArray

from qonys.kernels.effort import spent
from qonys.kernels.multiregional import (
    block as multiregional_block,
)
from qonys.kernels.multiregional import (
    lanes as multiregional_lanes,
)
from qonys.kernels.multiregional import (
    margins as multiregional_margins,
)
from qonys.kernels.multiregional import (
    native as multiregional_native,
)
from qonys.kernels.multiregional.block import STRIP, TILE, gather, year
from qonys.kernels.multiregional.lanes import beyond, flat, lanes, njit, width
from qonys.kernels.multiregional.margins import begin, moment, rates_of, tell_accounts, tell_buckets
from qonys.kernels.multiregional.step import (
    ACCOUNTS,
    END,
    EVEN,
    FACTORS,
    HAZARD,
    SIGNS,
    Drivers,
    Tables,
    check,
    check_drivers,
    structured,
)

# ruff: noqa: ANN001, ANN202
Array = NDArray[np.float64]
_KINDS = len(ACCOUNTS)


@dataclass(frozen=True)
class KeptSums:
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

    def residual(self) -> float:
        """Largest residual of the accounts of a draw and year, share of its population; every cell needs a bucket."""
        total = self.buckets.sum(axis=-1)
        change = np.diff(total, axis=1) - (self.accounts.sum(axis=2) @ SIGNS)
        return float((np.abs(change) / np.maximum(total[:, :-1], 1)).max())


class Machine(TypedDict, total=False):
    """Options: `threads` (None: all that Numba may use), `engine` (auto, numba, native; None: QONYS_ENGINE).

    `checked`: base and tables are known to be sound, and only the drivers are looked at.
    """

    threads: int | None
    engine: str | None
    checked: bool


def run(
    base: Array,
    tables: Tables,
    drivers: Drivers,
    keep: KeptSums | None = None,
    timing: str = END,
    dtype: Any = np.float64,
    **machine: Unpack[Machine],
) -> Ensemble:
    """Project `base` ((R, G, 2, A), or (K, R, G, 2, A), used by the draws in turn), persons, over all draws and years.

    `dtype` float32 halves the time; its relative error is below 1e-5 after 75 years. Results are float64 in any case.

    Raises
    ------
    ValueError
        As `step.check` for tables and drivers, and as `kernel` for the engine.
    """
    if machine.get("checked", False):
        check_drivers(base.shape[-4:], drivers)
    else:
        check(base, tables, drivers)
    draws, length = drivers.fertility.shape[:2]
    spent("regional_cell_years", draws * length * int(np.prod(base.shape[-4:])))
    native, kept = kernel(dtype, machine.get("engine")), KeptSums() if keep is None else keep
    return carry(native, (base, tables, drivers), kept, timing, dtype, machine.get("threads"))


def kernel(dtype: Any = np.float64, engine: str | None = None) -> multiregional_native.Kernel | None:
    """The compiled kernel that reproduces the specification, or None where Numba is used instead.

    Raises
    ------
    ValueError
        An unknown `engine`, or native is requested and not available.
    """
    return multiregional_native.kernel(dtype, _trial, engine)


def engine_in_use(dtype: Any = np.float64) -> str:
    """The engine in use, native or numba; compiles the kernel on the first call."""
    return "numba" if kernel(dtype) is None else "native"


def why_not(dtype: Any = np.float64) -> str:
    """Why the compiled kernel is not available; empty where it is."""
    return multiregional_native.found_kernel(np.dtype(dtype).str, _trial)[1]


def _trial(
    made: multiregional_native.Kernel, given: tuple[Array, Tables, Drivers], timing: str
) -> tuple[Array, Array, Array]:
    """Every cell, the accounts of regions and groups, and the mean of one year, carried by a kernel on trial."""
    cells = np.arange(given[0].size).reshape(given[0].shape)
    keep = KeptSums(cells, cells[:, :, 0, 0] // cells[0, 0].size, (multiregional_native.TRIAL_YEAR,))
    found = carry(made, given, keep, timing)
    return found.buckets, found.accounts, found.mean[0]


def carry(
    native: multiregional_native.Kernel | None,
    given: tuple[Array, Tables, Drivers],
    keep: KeptSums,
    timing: str = END,
    dtype: Any = np.float64,
    threads: int | None = None,
) -> Ensemble:
    """Project checked input (`given`: as for `run`) by a compiled kernel, in its precision, or by Numba's (None)."""
    base, tables, drivers = given
    dtype = dtype if native is None else native.dtype
    pad, panels = (TILE, partial(_panels, dtype=dtype)) if native is None else (native.pad, native.panels)
    first = base if base.ndim == 5 else base[None]
    draws, years = drivers.fertility.shape[:2]
    regions, groups, _, ages = first.shape[1:]
    padded = -(-regions // pad) * pad
    block = lanes(np.dtype(dtype).itemsize) if native is None else native.wide(draws, groups)
    labels, rows, unit, sizes = _labels(keep, (regions, groups, ages, padded))
    bounds = _bounds(draws, block, len(keep.moments) > 0)
    places = np.full(years + 1, -1, dtype=np.int64)
    places[list(keep.moments)] = np.arange(len(keep.moments))
    buckets = np.zeros((draws, years + 1, sizes[0]))
    accounts = np.zeros((draws, years, sizes[1], _KINDS))
    moments = np.zeros((len(bounds) - 1, len(keep.moments), 2, 2 * ages * groups * padded))
    work = (
        (_planes(first, padded, dtype), bounds, (ages, groups, padded), drivers.first),
        _world(tables, padded, dtype, panels),
        tuple(map(_plain, (drivers.mortality, drivers.place, *map(drivers.by_cell, FACTORS), drivers.sex_ratio))),
        (labels, rows, unit, places),
        (1 if drivers.kind == HAZARD else 2, timing == EVEN, _fine(unit, groups)),
        (buckets, accounts, moments),
    )
    compiled = None if native is None else native.part(work)
    start = partial(_numba_part, work, (rows.size, dtype))
    _share(
        start if compiled is None else lambda: compiled,
        min(threads or get_num_threads(), len(bounds) - 1),
        len(bounds) - 1,
    )
    return Ensemble(buckets, accounts, *_moments(moments, bounds, (ages, groups, padded), regions))


def _share(begin: Callable[[], Callable[[int], None]], threads: int, runs: int) -> None:
    """Runs of draws are taken in turn by the threads, each of which begins with a room of its own."""
    waiting = iter(range(runs))

    def thread(_: int) -> None:
        do = begin()
        for c in waiting:
            do(c)

    if threads == 1:
        return thread(0)
    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(thread, range(threads)):
            pass


def _numba_part(work: Any, room: tuple[int, Any]) -> Callable[[int], None]:
    """What does one run of draws in one thread."""
    own = _room(work[0][2], work[1][1][3], *room)
    return lambda c: _draws(*work, (*own, c))


def _room(sizes: tuple[int, int, int], rank: int, kept: int, dtype: Any) -> Any:
    """Memory of one thread, from the start of a line of the cache; where its parts begin; greatest factors, steps."""
    ages, groups, padded = sizes
    cells, wide = groups * padded, lanes(np.dtype(dtype).itemsize)
    moved = (max(STRIP, TILE * groups), max(cells, groups * (rank + TILE)), cells)
    counts = (2 * ages * cells, *moved, _KINDS * cells, cells, 2 * cells, kept, 2 * ages, 4 * cells, 1)
    marks = np.append(0, np.cumsum(counts)) * wide
    spare = np.zeros(int(marks[-1]) + 16, dtype=dtype)
    skip = -spare.ctypes.data % 64 // spare.itemsize
    return spare[skip : skip + int(marks[-1])], marks, np.zeros(4), np.zeros(4, dtype=np.int64)


def _plain(values: Any, kind: Any = np.float64) -> Any:
    """Contiguous and writable, so that one compiled form of the kernel serves all callers."""
    return np.require(values, kind, ["C", "W"])


def _planes(values: Array, padded: int, dtype: Any) -> Any:
    """(..., R, G, 2, A) as flat planes: (..., 2 * A * padded * G)."""
    lead = values.ndim - 4
    turned = np.moveaxis(values, (lead, lead + 1), (-2, -1))
    if turned.shape[-2] == padded:
        return _plain(turned, dtype).reshape(*values.shape[:lead], -1)
    found = np.zeros((*turned.shape[:-2], padded, turned.shape[-1]), dtype=dtype)
    found[..., : turned.shape[-2], :] = turned
    return found.reshape(*values.shape[:lead], -1)


def _panels(matrices: Array, dtype: Any) -> Any:
    """(K, I, O) as panels of four columns: (K, O / 4, I, 4), columns padded with zeros, flat."""
    count, rows, columns = matrices.shape
    padded = np.zeros((count, rows, -(-columns // TILE) * TILE), dtype=dtype)
    padded[..., :columns] = matrices
    return np.ascontiguousarray(padded.reshape(count, rows, -1, TILE).transpose(0, 2, 1, 3)).ravel()


def _world(tables: Tables, padded: int, dtype: Any, panels: Callable[[Array], Any]) -> Any:
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
    choice = (panels(moves.choice), panels(second), _plain(moves.numbers(), np.int64), rank, regions)
    groupwise = (tables.mixing.astype(dtype).ravel(), which, tables.change.astype(dtype).ravel())
    return people, choice, groupwise, (tables.fertility > 0).any(axis=(0, 1)), top


def _labels(keep: KeptSums, shape: tuple[int, int, int, int]) -> Any:
    """Rows of buckets: cells of all groups with the same buckets share a row, so that sums run over whole vectors."""
    regions, groups, ages, padded = shape
    unit = np.full((padded, groups), -1, dtype=np.int64)
    unit[:regions] = 0 if keep.units is None else keep.units
    labels = np.full((2, ages, padded), -1, dtype=np.int64)
    if keep.buckets is None:
        return labels, np.zeros((0, groups), dtype=np.int64), unit.ravel(), (0, int(unit.max()) + 1)
    cells = keep.buckets.transpose(2, 3, 0, 1).reshape(-1, groups)
    rows, back = _distinct(cells)
    labels[:, :, :regions] = back.reshape(2, ages, regions)
    return labels, rows, unit.ravel(), (int(rows.max()) + 1, int(unit.max()) + 1)


def _distinct(cells: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The distinct rows of numbers from -1 on, in order, and the place of each row among them."""
    base = int(cells.max()) + 2
    code, top = np.zeros(len(cells), dtype=np.int64), 1
    for column in cells.T:  # a row as one number; where it would be too long, its place so far stands for it
        if top > 2**62 // base:
            found, code = np.unique(code, return_inverse=True)
            top = len(found)
        code, top = code * base + column + 1, top * base
    _, first, back = np.unique(code, return_index=True, return_inverse=True)
    return cells[first], back


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


def _compiled(version):
    """The kernel, kept compiled on disk under `version`, that of the sources of all its parts."""

    @njit(cache=True, nogil=True)
    def draws(start, world, drivers, labels, options, out, turn):
        """All blocks of one run of draws, through all years."""
        if version == 0:
            return
        base, bounds, sizes, number = start
        places, kept, (numbers, marks, top, steps, c) = labels[3], labels[1].size, turn
        spare, w = flat(numbers), width(flat(base))
        state, gone, arrived = beyond(spare, marks[0]), beyond(spare, marks[1]), beyond(spare, marks[2])
        alive, accounts, mothers = beyond(spare, marks[3]), beyond(spare, marks[4]), beyond(spare, marks[5])
        born, rows, deaths = beyond(spare, marks[6]), beyond(spare, marks[7]), beyond(spare, marks[8])
        rates = (deaths, beyond(spare, marks[9]), flat(top), beyond(spare, marks[10]), flat(steps))
        work = ((gone, arrived, alive), (accounts, mothers, born, rows, kept), rates)
        people, choice, groupwise, bears, most = world
        given = (
            (flat(people[0]), flat(people[1]), flat(people[2]), flat(people[3]), flat(people[4]), flat(people[5])),
            (flat(choice[0]), flat(choice[1]), flat(choice[2]), choice[3], choice[4]),
            (flat(groupwise[0]), flat(groupwise[1]), flat(groupwise[2])),
            flat(bears.view(np.uint8)),
            most,
        )
        names = flat(labels[0])
        done = bounds[c] - bounds[c]
        for first in range(bounds[c], bounds[c + 1], w):
            count = min(w, bounds[c + 1] - first)
            begin(state, base, number + first, count)
            for t in range(drivers[1].shape[1] + 1):
                if t == 0:
                    gather(state, names, rows, kept, sizes)
                else:
                    rates_of(t - 1, (first, count), drivers, rates, sizes, options[1])
                    year(state, given, names, work, sizes, options)
                    tell_accounts(accounts, labels[2], out[1], (first, count, t - 1))
                tell_buckets(rows, labels[1], out[0], (first, count, t))
                if places[t] >= 0:
                    moment(state, count, done, out[2][c, places[t]])
            done += count

    return draws


_PARTS = (multiregional_block, multiregional_lanes, multiregional_margins)
_draws = _compiled(1 + zlib.crc32(b"".join(Path(str(part.__file__)).read_bytes() for part in _PARTS)))
