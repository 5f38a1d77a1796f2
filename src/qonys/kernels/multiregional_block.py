"""One year of a block of draws of the multiregional projection: the work of `multiregional_engine`.

All arrays are flat; a vector holds the same cell of every draw of the block. A plane is one sex and age:
cells by region (padded to whole tiles), then group. The steps are those of `multiregional.step`, in the same order.
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201, ANN202

from __future__ import annotations

from numba import njit

from qonys.kernels.multiregional import BIRTHS, CLIPPED, DEATHS, DEPARTED, EMIGRANTS, ENTERED, IMMIGRANTS, JOINED, LEFT
from qonys.kernels.multiregional_lanes import exp_minus, least, load, most, one, spread, store, width, zero

TILE = 4


@njit(cache=True)
def rates_of(t, block, drivers, rates, sizes, even):
    """Death rates and factors of one year of a block, a lane for each draw; greatest factors."""
    table, place, ratio = drivers[0], drivers[1], drivers[6]
    deaths, factors, scalars, girls = rates
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
        for g in range(sizes[1]):
            for j in range(w):
                value = share * by[block[0] + min(j, block[1] - 1), t, min(g, by.shape[2] - 1)]
                factors[(k * sizes[1] + g) * w + j] = value
                if k in (1, 2):
                    scalars[k] = max(scalars[k], value)


@njit(cache=True)
def year(state, world, labels, work, sizes, options):
    """One year of a block; `options`: survival (1 hazard, 2 share), half moves at start and end, accounts by group."""
    flows, sums, rates = work
    accounts, mothers, born, rows = sums
    ages, cells = sizes[0], sizes[1] * sizes[2]
    plane = cells * width(state)
    accounts[:], mothers[:], rows[:] = 0, 0, 0
    if options[1]:
        for i in range(2 * ages):
            _move((state, i * plane, -1), state, i, world, work, (sizes, 0, options[2]))
    for s in range(2):
        for x in range(ages - 1, -1, -1):
            i = s * ages + x
            if x == 0 and s == 0:
                _bear(mothers, born, world[2], accounts, rates, sizes)
            source = (state, (i - 1) * plane, i * plane if x == ages - 1 else -1) if x > 0 else (born, s * plane, -1)
            changing, mother = world[2][1][x] >= 0, s == 0 and x > 0 and world[3][x]
            how = options[0]
            if changing or mother:
                _survive(source, i, world, work, options[0], cells)
                source, how = (flows[0], 0, -1), 0
            if changing:
                _change(flows, world[2][2], 2 * world[2][1][x] + s, accounts, sizes)
            if mother:
                _mothers(mothers, world[0][4], x * cells, (state, i * plane), cells)
                if not options[1]:
                    _mothers(mothers, world[0][4], x * cells, (flows[0], 0), cells)
            _move(source, state, i, world, work, (sizes, how, options[2]))
            if mother and options[1]:
                _mothers(mothers, world[0][4], x * cells, (state, i * plane), cells)
            if len(rows) > 0:
                _collect(state, i, labels, rows, sizes)
    _immigrants(accounts, world[0][5], rates[1], sizes, options[1])


@njit(cache=True)
def _immigrants(accounts, totals, factors, sizes, even):
    """Immigrants of the year by region and group."""
    groups, regions = sizes[1], sizes[2]
    w = width(accounts)
    for c in range(groups * regions):
        total = spread(totals, c) * load(factors, (3 * groups + c % groups) * w)
        store(accounts, (IMMIGRANTS * groups * regions + c) * w, total + total if even else total)


@njit(cache=True)
def _add(accounts, at, more):
    store(accounts, at, load(accounts, at) + more)


@njit(cache=True)
def _alive(exposed, y, how):
    """Survivors of one cell."""
    if how == 1:
        return exposed * exp_minus(y)
    return exposed - exposed * y


@njit(cache=True)
def _survive(source, i, world, work, how, cells):
    """The survivors who reach a plane, into the first buffer; deaths."""
    people, at, older = source
    alive, accounts, rates, factor = work[0][0], work[1][0], work[2][0], world[0][0]
    w = width(alive)
    m = load(rates, i * w)
    for c in range(cells):
        exposed = load(people, at + c * w)
        if older >= 0:
            exposed = exposed + load(people, older + c * w)
        left = _alive(exposed, spread(factor, i * cells + c) * m, how)
        store(alive, c * w, left)
        _add(accounts, (DEATHS * cells + c) * w, exposed - left)


@njit(cache=True)
def _mothers(mothers, fertility, at, people, cells):
    """Adds fertility times women of one age."""
    w = width(mothers)
    for c in range(cells):
        _add(mothers, c * w, spread(fertility, at + c) * load(people[0], people[1] + c * w))


@njit(cache=True)
def _bear(mothers, born, groupwise, accounts, rates, sizes):
    """Births by group of the child; girls, then boys."""
    groups, regions = sizes[1], sizes[2]
    w, cells = width(mothers), groups * regions
    mixing, girls = groupwise[0], rates[3]
    for r in range(regions):
        for child in range(groups):
            total = zero(mothers)
            for g in range(groups):
                factor = load(rates[1], g * w) * spread(mixing, g * groups + child)
                total = total + load(mothers, (r * groups + g) * w) * factor
            at = (r * groups + child) * w
            store(accounts, BIRTHS * cells * w + at, total)
            female = total * spread(girls, 0)
            store(born, at, female)
            store(born, cells * w + at, total - female)


@njit(cache=True)
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


@njit(cache=True)
def _move(source, state, i, world, work, how):
    """Survival (unless done), emigration, moves and immigration of a plane."""
    sizes, flows, choice = how[0], work[0], world[1]
    k, rank, regions = choice[2][i // sizes[0], i % sizes[0]], choice[3], choice[4]
    groups, padded = sizes[1], sizes[2]
    _leave(source, state, i, world, work, how)
    land = (state, i, world[0][2], work[2][1], work[1][0], how[2])
    if rank == 0:
        _product(flows[0], choice[0], k, flows[1], (groups, regions, padded, True), land)
    else:
        columns = -(-rank // TILE) * TILE
        _product(flows[0], choice[0], k, flows[1], (groups, regions, columns, False), land)
        _product(flows[1], choice[1], k, flows[1], (groups, rank, padded, True), land)


@njit(cache=True)
def _leave(source, state, i, world, work, how):
    """Those who stay into the plane, those who move into the first buffer; deaths, emigrants, departed."""
    people, at, older = source
    gone, accounts, factors = work[0][0], work[1][0], work[2][1]
    groups, regions, fine = how[0][1], world[1][4], how[2]
    w, cells = width(gone), groups * how[0][2]
    tight = world[4][0] * work[2][2][2] > 1 or world[4][1] * work[2][2][1] > 1
    m, none, all_of = load(work[2][0], i * w), zero(gone), one(gone)
    for r in range(regions):
        level = spread(world[0][3], i * how[0][2] + r)
        dead, away, moved, over = none, none, none, none
        for g in range(groups):
            c = r * groups + g
            alive = load(people, at + c * w)
            if older >= 0:
                alive = alive + load(people, older + c * w)
            if how[1] > 0:
                exposed = alive
                alive = _alive(exposed, spread(world[0][0], i * cells + c) * m, how[1])
                dead = dead + (exposed - alive)
            wanted = spread(world[0][1], i * cells + c) * load(factors, (2 * groups + g) * w)
            asked = level * load(factors, (groups + g) * w)
            out = alive * least(wanted, all_of)
            stay = alive - out
            leaving = stay * least(asked, all_of)
            store(gone, c * w, leaving)
            store(state, (i * cells + c) * w, stay - leaving)
            away, moved = away + out, moved + leaving
            if tight:
                over = over + alive * most(wanted - all_of, none) + stay * most(asked - all_of, none)
            if fine or g == groups - 1:
                _add(accounts, (DEATHS * cells + c) * w, dead)
                _add(accounts, (EMIGRANTS * cells + c) * w, away)
                _add(accounts, (DEPARTED * cells + c) * w, moved)
                _add(accounts, (CLIPPED * cells + c) * w, over)
                dead, away, moved, over = none, none, none, none


@njit(cache=True)
def _product(people, panels, k, out, sizes, land):
    """out[d, g] = sum over o of people[o, g] x matrix[k, o, d], in tiles of four columns, two groups; or lands it."""
    groups, rows, columns, landing = sizes
    w, step = width(people), groups * width(people)
    for d in range(0, columns, TILE):
        panel = (k * columns + d) * rows
        s0, s1, s2, s3 = zero(people), zero(people), zero(people), zero(people)
        for g in range(0, groups, 2):
            a0, a1, a2, a3 = zero(people), zero(people), zero(people), zero(people)
            b0, b1, b2, b3 = zero(people), zero(people), zero(people), zero(people)
            if g + 1 < groups:
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
            for e in range(g, min(g + 2, groups)):
                if e > g:
                    a0, a1, a2, a3 = b0, b1, b2, b3
                if landing:
                    _land(land, (d, e, groups, columns), (a0, a1, a2, a3))
                else:
                    _four(out, (d * groups + e) * w, step, (a0, a1, a2, a3))
                s0, s1, s2, s3 = s0 + a0, s1 + a1, s2 + a2, s3 + a3
        if landing and not land[5]:
            at = (ENTERED * groups * columns + d * groups) * w
            _four(land[4], at, step, (s0, s1, s2, s3), True)


@njit(cache=True)
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


@njit(cache=True)
def _land(land, where, values):
    """Adds those who arrive in four regions, and immigrants, to the plane."""
    state, i, immigration, factors, accounts, fine = land
    d, g, groups, padded = where
    w = width(state)
    c = (i * padded + d) * groups + g
    factor, step = load(factors, (3 * groups + g) * w), groups * w
    v0 = values[0] + spread(immigration, c) * factor
    v1 = values[1] + spread(immigration, c + groups) * factor
    v2 = values[2] + spread(immigration, c + 2 * groups) * factor
    v3 = values[3] + spread(immigration, c + 3 * groups) * factor
    _four(state, c * w, step, (v0, v1, v2, v3), True)
    if fine:
        _four(accounts, (ENTERED * groups * padded + d * groups + g) * w, step, values, True)


@njit(cache=True)
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


@njit(cache=True)
def gather(state, labels, rows, sizes):
    """The rows of the buckets from a whole state."""
    rows[:] = 0
    if len(rows) > 0:
        for i in range(2 * sizes[0]):
            _collect(state, i, labels, rows, sizes)
