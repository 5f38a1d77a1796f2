"""One year of a block of draws of the multiregional projection: the work of `multiregional_engine`.

All arrays are flat; a vector holds the same cell of every draw of the block. A plane is one sex and age:
cells by region (padded to whole tiles), then group. The steps are those of `multiregional.step`, in the same order.
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201, ANN202

from __future__ import annotations

from typing import Any

from numba import njit as _njit

from qonys.kernels.multiregional import BIRTHS, CLIPPED, DEATHS, DEPARTED, EMIGRANTS, ENTERED, IMMIGRANTS, JOINED, LEFT
from qonys.kernels.multiregional_lanes import (
    WIDE,
    exp_minus,
    least,
    load,
    most,
    one,
    one_minus,
    spread,
    store,
    width,
    zero,
)

TILE = 4  # columns of a product worked together
TWO = WIDE  # two groups at once where the registers hold 16 sums
njit: Any = _njit
inner: Any = njit(no_cpython_wrapper=True, no_cfunc_wrapper=True)  # compiled with, and kept in, the one who calls
inlined: Any = njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, forceinline=True)  # a call would pass all tables


@inner
def rates_of(t, block, drivers, rates, sizes, even):
    """Death rates and factors of one year of a block, a lane for each draw; greatest factors."""
    table, place, ratio = drivers[0], drivers[1], drivers[6]
    deaths, factors, scalars, girls, steps = rates
    w = width(deaths)
    scalars[:] = 0.0
    girls[0] = 1 / (1 + ratio[t])
    for j in range(w):
        d = block[0] + min(j, block[1] - 1)
        for s in range(2):
            low = max(min(int(place[d, t, s]), len(table) - 2), 0)
            high, part = min(low + 1, len(table) - 1), place[d, t, s] - low
            for x in range(sizes[0]):
                deaths[(s * sizes[0] + x) * w + j] = (1 - part) * table[low, s, x] + part * table[high, s, x]
    for k, by in enumerate((drivers[2], drivers[3], drivers[4], drivers[5])):
        share = 0.5 if even or k == 0 else 1.0
        steps[k] = sizes[1] if by.shape[2] > 1 else 0
        for r in range(by.shape[2]):
            for g in range(sizes[1]):
                at = ((k * sizes[2] + r) * sizes[1] + g) * w
                for j in range(w):
                    value = share * by[block[0] + min(j, block[1] - 1), t, r, min(g, by.shape[3] - 1)]
                    factors[at + j] = value
                    if k in (1, 2):
                        scalars[k] = max(scalars[k], value)


@inner
def year(state, world, labels, work, sizes, options):
    """One year of a block; `options`: survival (1 hazard, 2 share), half moves at start and end, accounts by group."""
    flows, sums, rates = work
    accounts, mothers, born, rows = sums
    ages, cells = sizes[0], sizes[1] * sizes[2]
    plane, nil = cells * width(state), ages - ages  # no constants in calls: one compiled form of each function serves
    accounts[:], mothers[:], rows[:] = 0, 0, 0
    if options[1]:
        for i in range(2 * ages):
            _move((state, i * plane, nil - 1), state, i, world, work, (sizes, nil, options[2]))
    for s in range(2):
        for x in range(ages - 1, -1, -1):
            i = s * ages + x
            if x == 0 and s == 0:
                if world[3][0]:
                    _mothers(mothers, world[0][4], nil, (state, nil), cells)
                _bear(mothers, born, world[2], accounts, rates, sizes)
            people, at, older, how = state, (i - 1) * plane, nil - 1, options[0]
            if x == 0:
                people, at = born, s * plane
            elif x == ages - 1:
                older = i * plane
            changing, mother = world[2][1][x] >= 0, s == 0 and x > 0 and world[3][x]
            if changing or mother:
                _survive((people, at, older), i, world, work, how, cells)
                people, at, older, how = flows[0], nil, nil - 1, nil
            if changing:
                _change(flows, world[2][2], 2 * world[2][1][x] + s, accounts, sizes)
            if mother:
                _mothers(mothers, world[0][4], x * cells, (state, i * plane), cells)
                if not options[1]:
                    _mothers(mothers, world[0][4], x * cells, (flows[0], nil), cells)
            _move((people, at, older), state, i, world, work, (sizes, how, options[2]))
            if mother and options[1]:
                _mothers(mothers, world[0][4], x * cells, (state, i * plane), cells)
            if len(rows) > 0:
                _collect(state, i, labels, rows, sizes)
    _immigrants(accounts, world[0][5], rates, sizes, options[1])


@inner
def _immigrants(accounts, totals, rates, sizes, even):
    """Immigrants of the year by region and group."""
    groups, regions = sizes[1], sizes[2]
    factors, by = rates[1], rates[4][3]
    w, cells = width(accounts), sizes[1] * sizes[2]
    for r in range(regions):
        for g in range(groups):
            c = r * groups + g
            total = spread(totals, c) * load(factors, (3 * cells + r * by + g) * w)
            store(accounts, (IMMIGRANTS * cells + c) * w, total + total if even else total)


@inner
def _add(accounts, at, more):
    store(accounts, at, load(accounts, at) + more)


@inner
def _share(y, how):
    """The share who survive a rate (1) or a share who die (2)."""
    if how == 1:
        return exp_minus(y)
    return one_minus(y)


@inner
def _survive(source, i, world, work, how, cells):
    """The survivors who reach a plane, into the first buffer; deaths."""
    people, at, older = source
    alive, accounts, rates, factor = work[0][0], work[1][0], work[2][0], world[0][0]
    w = width(alive)
    m, share, last = load(rates, i * w), one(alive), factor[i * cells] * 0 - 1
    for c in range(cells):
        exposed = load(people, at + c * w)
        if older >= 0:
            exposed = exposed + load(people, older + c * w)
        if factor[i * cells + c] != last:
            last = factor[i * cells + c]
            share = _share(spread(factor, i * cells + c) * m, how)
        left = exposed * share
        store(alive, c * w, left)
        _add(accounts, (DEATHS * cells + c) * w, exposed - left)


@inner
def _mothers(mothers, fertility, at, people, cells):
    """Adds fertility times women of one age."""
    w = width(mothers)
    for c in range(cells):
        _add(mothers, c * w, spread(fertility, at + c) * load(people[0], people[1] + c * w))


@inner
def _bear(mothers, born, groupwise, accounts, rates, sizes):
    """Births by group of the child; girls, then boys."""
    groups, regions = sizes[1], sizes[2]
    w, cells = width(mothers), groups * regions
    mixing, girls = groupwise[0], rates[3]
    for r in range(regions):
        for child in range(groups):
            total = zero(mothers)
            for g in range(groups):
                factor = load(rates[1], (r * rates[4][0] + g) * w) * spread(mixing, g * groups + child)
                total = total + load(mothers, (r * groups + g) * w) * factor
            at = (r * groups + child) * w
            store(accounts, BIRTHS * cells * w + at, total)
            female = total * spread(girls, 0)
            store(born, at, female)
            store(born, cells * w + at, total - female)


@inner
def _change(flows, matrices, k, accounts, sizes):
    """Survivors of a plane, in the first buffer, change their group."""
    alive, spare = flows[0], flows[1]
    groups, regions = sizes[1], sizes[2]
    w, cells = width(alive), groups * regions
    for c in range(cells):
        r, new = c // groups, c % groups
        total = zero(alive)
        for g in range(groups):
            total = total + load(alive, (r * groups + g) * w) * spread(matrices, (k * groups + g) * groups + new)
        store(spare, c * w, total)
    for c in range(cells):
        g = c % groups
        before, after = load(alive, c * w), load(spare, c * w)
        stayed = before * spread(matrices, (k * groups + g) * groups + g)
        _add(accounts, (LEFT * cells + c) * w, before - stayed)
        _add(accounts, (JOINED * cells + c) * w, after - stayed)
        store(alive, c * w, after)


@inlined
def _move(source, state, i, world, work, how):
    """Survival (unless done), emigration, moves and immigration of a plane."""
    (sizes, share, fine), flows, choice = how, work[0], world[1]
    accounts, rates = work[1][0], work[2]
    k, rank, regions = choice[2][i // sizes[0], i % sizes[0]], choice[3], choice[4]
    groups, padded = sizes[1], sizes[2]
    shape = (i, regions, groups, padded, fine)
    people, at = source[0], source[1]
    if share > 0:
        _remain(source, (flows[0], accounts, world[0][0], rates[0]), shape, share)
        people, at = flows[0], at - at
    tight = world[4][0] * rates[2][2] > 1 or world[4][1] * rates[2][1] > 1
    _part((people, at), (state, flows[0], accounts), (world[0][1], world[0][3], rates[1], rates[4]), shape, tight)
    land = (state, i, world[0][2], rates[1], rates[4][3], accounts, fine)
    if rank == 0:
        _product(flows[0], choice[0], k, flows[1], (groups, regions, padded, rank == 0), land)
    else:
        columns = -(-rank // TILE) * TILE
        _product(flows[0], choice[0], k, flows[1], (groups, regions, columns, rank == 0), land)
        _product(flows[1], choice[1], k, flows[1], (groups, rank, padded, rank > 0), land)


@inner
def _remain(source, parts, shape, how):
    """Survivors of a plane into the first buffer; deaths."""
    people, at, older = source
    alive, accounts, mortality, deaths = parts
    i, regions, groups, padded, fine = shape
    w, cells = width(alive), groups * padded
    m, share, last = load(deaths, i * w), one(alive), mortality[i * cells] * 0 - 1
    for r in range(regions):
        dead = zero(alive)
        for c in range(r * groups, (r + 1) * groups):
            exposed = load(people, at + c * w)
            if older >= 0:
                exposed = exposed + load(people, older + c * w)
            if mortality[i * cells + c] != last:
                last = mortality[i * cells + c]
                share = _share(spread(mortality, i * cells + c) * m, how)
            left = exposed * share
            store(alive, c * w, left)
            dead = dead + (exposed - left)
            if fine or c == (r + 1) * groups - 1:
                _add(accounts, (DEATHS * cells + c) * w, dead)
                dead = zero(alive)


@inner
def _part(source, parts, tables, shape, tight):
    """Emigrants, those who move and those who stay, of a plane."""
    people, at = source
    state, gone, accounts = parts
    emigration, levels, factors, steps = tables
    i, regions, groups, padded, fine = shape
    w, cells, all_of = width(gone), groups * padded, one(gone)
    for r in range(regions):
        level, away, moved = spread(levels, i * padded + r), zero(gone), zero(gone)
        for g in range(groups):
            c = r * groups + g
            alive = load(people, at + c * w)
            wanted = spread(emigration, i * cells + c) * load(factors, (2 * cells + r * steps[2] + g) * w)
            asked = level * load(factors, (cells + r * steps[1] + g) * w)
            out = alive * least(wanted, all_of)
            stay = alive - out
            leaving = stay * least(asked, all_of)
            if tight:
                over = alive * most(wanted - all_of, zero(gone)) + stay * most(asked - all_of, zero(gone))
                _add(accounts, (CLIPPED * cells + c) * w, over)
            store(gone, c * w, leaving)
            store(state, (i * cells + c) * w, stay - leaving)
            away, moved = away + out, moved + leaving
            if fine or g == groups - 1:
                _add(accounts, (EMIGRANTS * cells + c) * w, away)
                _add(accounts, (DEPARTED * cells + c) * w, moved)
                away, moved = zero(gone), zero(gone)


@inner
def _product(people, panels, k, out, sizes, land):
    """out[d, g] = sum over o of people[o, g] x matrix[k, o, d], in tiles of four columns, two groups; or lands it."""
    groups, rows, columns, landing = sizes
    w, step = width(people), groups * width(people)
    for d in range(0, columns, TILE):
        panel = (k * columns + d) * rows
        for g in range(0, groups, 2 if TWO else 1):
            a0, a1, a2, a3 = zero(people), zero(people), zero(people), zero(people)
            b0, b1, b2, b3 = zero(people), zero(people), zero(people), zero(people)
            if TWO and g + 1 < groups:
                for o in range(rows):
                    p, q = load(people, o * step + g * w), load(people, o * step + (g + 1) * w)
                    c = spread(panels, panel + TILE * o)
                    a0, b0 = a0 + p * c, b0 + q * c
                    c = spread(panels, panel + TILE * o + 1)
                    a1, b1 = a1 + p * c, b1 + q * c
                    c = spread(panels, panel + TILE * o + 2)
                    a2, b2 = a2 + p * c, b2 + q * c
                    c = spread(panels, panel + TILE * o + 3)
                    a3, b3 = a3 + p * c, b3 + q * c
            else:
                for o in range(rows):
                    p, at = load(people, o * step + g * w), panel + TILE * o
                    a0, a1 = a0 + p * spread(panels, at), a1 + p * spread(panels, at + 1)
                    a2, a3 = a2 + p * spread(panels, at + 2), a3 + p * spread(panels, at + 3)
            for e in range(g, min(g + (2 if TWO else 1), groups)):
                if e > g:
                    a0, a1, a2, a3 = b0, b1, b2, b3
                if landing:
                    _land(land, (d, e, groups, columns), (a0, a1, a2, a3))
                else:
                    _four(out, (d * groups + e) * w, step, (a0, a1, a2, a3))


@inner
def _four(out, at, step, values, adding=False):
    """Writes, or adds, four vectors `step` apart."""
    if adding:
        for_0, for_1 = load(out, at) + values[0], load(out, at + step) + values[1]
        for_2, for_3 = load(out, at + 2 * step) + values[2], load(out, at + 3 * step) + values[3]
    else:
        for_0, for_1, for_2, for_3 = values
    store(out, at, for_0)
    store(out, at + step, for_1)
    store(out, at + 2 * step, for_2)
    store(out, at + 3 * step, for_3)


@inner
def _land(land, where, values):
    """Adds those who arrive in four regions, and immigrants, to the plane."""
    state, i, immigration, factors, by, accounts, fine = land
    d, g, groups, padded = where
    w, step = width(state), groups * width(state)
    c = (i * padded + d) * groups + g
    at, by = (3 * groups * padded + d * by + g) * w, by * w
    v0 = values[0] + spread(immigration, c) * load(factors, at)
    v1 = values[1] + spread(immigration, c + groups) * load(factors, at + by)
    v2 = values[2] + spread(immigration, c + 2 * groups) * load(factors, at + 2 * by)
    v3 = values[3] + spread(immigration, c + 3 * groups) * load(factors, at + 3 * by)
    _four(state, c * w, step, (v0, v1, v2, v3), True)
    _four(accounts, (ENTERED * groups * padded + d * groups + (g if fine else 0)) * w, step, values, True)


@inner
def _collect(state, i, labels, rows, sizes):
    """Adds a plane to the rows of the buckets."""
    names, groups, regions = labels[0], sizes[1], sizes[2]
    w = width(state)
    s, x = i // sizes[0], i % sizes[0]
    for r in range(regions):
        u = names[s, x, r]
        if u >= 0:
            for g in range(groups):
                _add(rows, (u * groups + g) * w, load(state, ((i * regions + r) * groups + g) * w))


@inner
def gather(state, labels, rows, sizes):
    """The rows of the buckets from a whole state."""
    rows[:] = 0
    if len(rows) > 0:
        for i in range(2 * sizes[0]):
            _collect(state, i, labels, rows, sizes)
