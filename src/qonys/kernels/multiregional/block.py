"""One year of a block of draws of the multiregional projection: the inner loop of `multiregional.engine`.

All arrays are flat and passed by address (`lanes.flat`); a vector holds the same cell of every draw of the block. A
plane is one sex and age: cells by region (padded to whole tiles), then by group. The steps and their order are those
of `multiregional.step` (sources there); a plane is processed in strips of regions that fit in cache.
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201, ANN202

from __future__ import annotations

from qonys.kernels.multiregional.lanes import (
    WIDE,
    exp_minus,
    inner,
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
from qonys.kernels.multiregional.step import (
    BIRTHS,
    CLIPPED,
    DEATHS,
    DEPARTED,
    EMIGRANTS,
    ENTERED,
    IMMIGRANTS,
    JOINED,
    LEFT,
)

TILE = 4  # columns of a product worked together
TWO = WIDE  # two groups at once where the registers hold 16 sums
STRIP = 1024  # cells of a strip


@inner
def year(state, world, labels, work, sizes, options):
    """One year of a block; `options`: mortality (1 hazard, 2 share), half moves at start and end, accounts by group."""
    accounts, mothers, born, rows, kept = work[1]
    ages, cells = sizes[0], sizes[1] * sizes[2]
    plane, nil = cells * width(state), ages - ages  # no constants in calls: one compiled form of each function serves
    clear(accounts, (LEFT + 2) * cells)
    clear(mothers, cells)
    clear(rows, kept)
    all_of = (state, world, work, sizes, options[2])
    for s in range(2):
        for x in range(ages - 1, -1, -1):
            i = s * ages + x
            if options[1] and x == ages - 1:
                _move((state, i * plane, nil - 1), i, nil, all_of)
            if options[1] and x > 0:
                _move((state, (i - 1) * plane, nil - 1), i - 1, nil, all_of)
            if x == 0 and s == 0:
                if world[3][0]:
                    _mothers(mothers, world[0][4], nil, (state, nil), cells)
                _bear(mothers, born, world[2], accounts, work[2], sizes)
            people, at, older, how = state, (i - 1) * plane, nil - 1, options[0]
            if x == 0:
                people, at = born, s * plane
            elif x == ages - 1:
                older = i * plane
            changing, mother = world[2][1][x] >= 0, s == 0 and x > 0 and world[3][x]
            if changing or mother:
                _survive((people, at, older), i, world[0][0], work, how, cells)
                people, at, older, how = work[0][2], nil, nil - 1, nil
            if changing:
                _change(work[0], world[2][2], 2 * world[2][1][x] + s, accounts, sizes)
            if mother:
                _mothers(mothers, world[0][4], x * cells, (state, i * plane), cells)
                if not options[1]:
                    _mothers(mothers, world[0][4], x * cells, (people, nil), cells)
            _move((people, at, older), i, how, all_of)
            if mother and options[1]:
                _mothers(mothers, world[0][4], x * cells, (state, i * plane), cells)
            if kept > 0:
                _collect(state, i, labels, rows, sizes)
    _immigrants(accounts, world[0][5], work[2], sizes, options[1])


@inner
def clear(place, count):
    """Zeros in `count` vectors."""
    for c in range(count):
        store(place, c * width(place), zero(place))


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
def _survive(source, i, mortality, work, how, cells):
    """The survivors who reach a plane, into a buffer; deaths."""
    people, at, older = source
    alive, accounts, rates = work[0][2], work[1][0], work[2][0]
    w = width(alive)
    m, last = load(rates, i * w), mortality[i * cells]
    share = _share(spread(mortality, i * cells) * m, how)
    for c in range(cells):
        exposed = load(people, at + c * w)
        if older >= 0:
            exposed = exposed + load(people, older + c * w)
        if mortality[i * cells + c] != last:
            last = mortality[i * cells + c]
            share = _share(spread(mortality, i * cells + c) * m, how)
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
    """Survivors of a plane change their group, in their buffer."""
    spare, alive = flows[1], flows[2]
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


@inner
def _move(source, i, how, all_of):
    """Survival (`how`, unless done: 0), emigration, moves and immigration of a plane."""
    state, world, work, sizes, fine = all_of
    (gone, arrived, _), accounts, rates = work[0], work[1][0], work[2]
    panels, second, numbers, rank, regions = world[1]
    groups, padded, nil = sizes[1], sizes[2], sizes[0] - sizes[0]
    columns = padded if rank == 0 else -(-rank // TILE) * TILE
    tight = world[4][0] * rates[2][2] > 1 or world[4][1] * rates[2][1] > 1
    tables = (world[0][0], world[0][1], world[0][3], rates[0], rates[1], rates[4])
    land = (state, i, world[0][2], rates[1], rates[4][3], accounts, fine)
    length = max(STRIP // groups, TILE)
    for first in range(nil, regions, length):
        strip = (first, min(first + length, regions))
        _leave(source, (state, gone, accounts), tables, (i, strip, groups, padded, fine, tight), how)
        _product(gone, panels, numbers[i], arrived, (strip, regions, groups, columns, rank == 0), land)
    if rank > 0:
        _product(arrived, second, numbers[i], arrived, ((nil, rank), rank, groups, padded, rank > 0), land)


@inner
def _leave(source, parts, tables, shape, how):
    """Survival (`how`, unless done: 0), emigrants, those who move and those who stay, of a strip of a plane."""
    people, at, older = source
    state, gone, accounts = parts
    mortality, emigration, levels, deaths, factors, steps = tables
    i, (first, end), groups, padded, fine, tight = shape
    w, cells, all_of, from_2, from_1 = width(gone), groups * padded, one(gone), steps[2], steps[1]
    m, last = load(deaths, i * w), mortality[i * cells + first * groups]
    share = _share(spread(mortality, i * cells + first * groups) * m, how)
    for r in range(first, end):
        level, dead, away, moved = spread(levels, i * padded + r), zero(gone), zero(gone), zero(gone)
        for g in range(groups):
            c = r * groups + g
            alive = load(people, at + c * w)
            if how > 0:
                if older >= 0:
                    alive = alive + load(people, older + c * w)
                if mortality[i * cells + c] != last:
                    last = mortality[i * cells + c]
                    share = _share(spread(mortality, i * cells + c) * m, how)
                left = alive * share
                dead, alive = dead + (alive - left), left
            wanted = spread(emigration, i * cells + c) * load(factors, (2 * cells + r * from_2 + g) * w)
            intended = level * load(factors, (cells + r * from_1 + g) * w)
            out = alive * least(wanted, all_of)
            stay = alive - out
            leaving = stay * least(intended, all_of)
            if tight:
                over = alive * most(wanted - all_of, zero(gone)) + stay * most(intended - all_of, zero(gone))
                _add(accounts, (CLIPPED * cells + c) * w, over)
            store(gone, (c - first * groups) * w, leaving)
            store(state, (i * cells + c) * w, stay - leaving)
            away, moved = away + out, moved + leaving
            if fine or g == groups - 1:
                if how > 0:
                    _add(accounts, (DEATHS * cells + c) * w, dead)
                _add(accounts, (EMIGRANTS * cells + c) * w, away)
                _add(accounts, (DEPARTED * cells + c) * w, moved)
                dead, away, moved = zero(gone), zero(gone), zero(gone)


@inner
def _product(people, panels, k, out, shape, land):
    """out[d, g] = sum over o of people[o, g] x matrix[k, o, d], in tiles of four columns, two groups; or lands it.

    The rows are those of a strip; all but the first add to what stands in `out`, the last lands.
    """
    (first, end), rows, groups, columns, landing = shape
    w, step, wide = width(people), groups * width(people), TWO
    for d in range(0, columns, TILE):
        panel = (k * columns + d) * rows + TILE * first
        for g in range(0, groups, 2 if wide else 1):
            at, both = (d * groups + g) * w, wide and g + 1 < groups
            a0, a1, a2, a3 = zero(people), zero(people), zero(people), zero(people)
            b0, b1, b2, b3 = zero(people), zero(people), zero(people), zero(people)
            if first > 0:
                a0, a1, a2, a3 = load(out, at), load(out, at + step), load(out, at + 2 * step), load(out, at + 3 * step)
                if both:
                    b0, b1 = load(out, at + w), load(out, at + w + step)
                    b2, b3 = load(out, at + w + 2 * step), load(out, at + w + 3 * step)
            if both:
                for o in range(end - first):
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
                for o in range(end - first):
                    p, c = load(people, o * step + g * w), panel + TILE * o
                    a0, a1 = a0 + p * spread(panels, c), a1 + p * spread(panels, c + 1)
                    a2, a3 = a2 + p * spread(panels, c + 2), a3 + p * spread(panels, c + 3)
            for e in range(g, min(g + (2 if wide else 1), groups)):
                if e > g:
                    a0, a1, a2, a3 = b0, b1, b2, b3
                if landing and end == rows:
                    _land(land, (d, e, groups, columns), (a0, a1, a2, a3))
                else:
                    _four(out, (d * groups + e) * w, step, (a0, a1, a2, a3))


@inner
def _four(out, at, step, values):
    """Writes four vectors `step` apart."""
    store(out, at, values[0])
    store(out, at + step, values[1])
    store(out, at + 2 * step, values[2])
    store(out, at + 3 * step, values[3])


@inner
def _four_more(out, at, step, values):
    """Adds four vectors `step` apart."""
    _add(out, at, values[0])
    _add(out, at + step, values[1])
    _add(out, at + 2 * step, values[2])
    _add(out, at + 3 * step, values[3])


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
    _four_more(state, c * w, step, (v0, v1, v2, v3))
    _four_more(accounts, (ENTERED * groups * padded + d * groups + (g if fine else 0)) * w, step, values)


@inner
def _collect(state, i, labels, rows, sizes):
    """Adds a plane to the rows of the buckets."""
    names, groups, regions = labels, sizes[1], sizes[2]
    w = width(state)
    for r in range(regions):
        u = names[i * regions + r]
        if u >= 0:
            for g in range(groups):
                _add(rows, (u * groups + g) * w, load(state, ((i * regions + r) * groups + g) * w))


@inner
def gather(state, labels, rows, kept, sizes):
    """The rows of the buckets from a whole state."""
    clear(rows, kept)
    if kept > 0:
        for i in range(2 * sizes[0]):
            _collect(state, i, labels, rows, sizes)
