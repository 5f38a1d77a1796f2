"""Input and output of a block of draws: rates and factors in; accounts, buckets and moments out.

The layout is that of `multiregional.block`; `flat` addresses are those of `multiregional.lanes`.
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201, ANN202

from __future__ import annotations

from qonys.kernels.multiregional.lanes import flat, inner, width
from qonys.kernels.multiregional.step import ACCOUNTS

_KINDS = len(ACCOUNTS)


@inner
def begin(state, base, start, count):
    """Base populations of a block of draws, used in turn from number `start`."""
    w, cells, given = width(state), base.shape[1], flat(base)
    for part in range(0, cells, w):  # a stretch of cells stays in the nearest cache for all draws
        for j in range(w):
            at = (start + min(j, count - 1)) % len(base) * cells
            for i in range(part, min(part + w, cells)):
                state[i * w + j] = given[at + i]


@inner
def rates_of(t, block, drivers, rates, sizes, even):
    """Death rates and factors of one year of a block, one lane per draw; returns the largest factors."""
    girls, at = rates[3], (block[0], block[1], t)
    girls[0] = 1 / (1 + drivers[6][t])
    _deaths(drivers[0], drivers[1], at, rates[0], sizes[0])
    for k, by in enumerate((drivers[2], drivers[3], drivers[4], drivers[5])):
        _factor(by, k, 0.5 if even or k == 0 else 1.0, at, rates, sizes)


@inner
def _deaths(table, place, block, deaths, ages):
    """Death rates of the draws, linear between two tables."""
    given, at, count, w = flat(table), flat(place), len(table), width(deaths)
    for j in range(w):
        d = block[0] + min(j, block[1] - 1)
        for s in range(2):
            where = at[(d * place.shape[1] + block[2]) * 2 + s]
            low = max(min(int(where), count - 2), 0)
            part, below, above = where - low, (2 * low + s) * ages, (2 * min(low + 1, count - 1) + s) * ages
            for x in range(ages):
                deaths[(s * ages + x) * w + j] = (1 - part) * given[below + x] + part * given[above + x]


@inner
def _factor(by, k, share, block, rates, sizes):
    """One of the four factors, by region (if it differs by region) and group."""
    factors, top, steps = rates[1], rates[2], rates[4]
    given, rows, columns = flat(by), by.shape[2], by.shape[3]
    w, groups, most = width(factors), sizes[1], 0.0
    for j in range(w):
        at = ((block[0] + min(j, block[1] - 1)) * by.shape[1] + block[2]) * rows * columns
        for r in range(rows):
            for g in range(groups):
                value = share * given[at + r * columns + min(g, columns - 1)]
                factors[((k * sizes[2] + r) * groups + g) * w + j] = value
                most = max(most, value)
    top[k], steps[k] = most, groups if rows > 1 else 0


@inner
def tell_accounts(accounts, unit, out, block):
    """Adds the accounts of a block to those of the units."""
    first, count, t = block
    cells, units, to, w = len(unit), out.shape[2], flat(out), width(accounts)
    for c in range(cells):
        if unit[c] >= 0:
            for kind in range(_KINDS):
                for j in range(count):
                    at = (((first + j) * out.shape[1] + t) * units + unit[c]) * _KINDS + kind
                    to[at] += accounts[(kind * cells + c) * w + j]


@inner
def tell_buckets(sums, rows, out, block):
    """Adds the rows of a block to the buckets."""
    first, count, t = block
    groups, to, w = rows.shape[1], flat(out), width(sums)
    for u in range(len(rows)):
        for g in range(groups):
            if rows[u, g] >= 0:
                for j in range(count):
                    to[((first + j) * out.shape[1] + t) * out.shape[2] + rows[u, g]] += sums[(u * groups + g) * w + j]


@inner
def moment(state, count, done, out):
    """Mean and sum of squares about it of every cell, a draw at a time (Welford 1962, Technometrics)."""
    w, tile = width(state), 128
    for start in range(0, out.shape[1], tile):  # a stretch of cells stays in the cache for all draws
        for j in range(count):
            part = 1.0 / (done + j + 1)
            for i in range(start, min(start + tile, out.shape[1])):
                shift = state[i * w + j] - out[0, i]
                out[0, i] += shift * part
                out[1, i] += shift * (state[i * w + j] - out[0, i])
