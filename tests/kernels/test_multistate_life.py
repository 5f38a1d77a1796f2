"""Rogers' life table and projection: Slovenia and the rest of Yugoslavia 1961 as published, plain loops, limits."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import expm

from qonys.errors import BadInput
from qonys.kernels.cohorts import component as cc
from qonys.kernels.mortality import multistate_life as ms
from qonys.kernels.mortality.life_tables import life_table as single_table
from qonys.kernels.multiregional import step as mr

RNG = np.random.Generator(np.random.Philox(key=61))
# Willekens and Rogers (1978), RR-78-18: females of Slovenia and of the rest of Yugoslavia, 1961; table 1.3, rates
DEATHS = np.array([
    [.006150, .022468], [.000432, .000669], [.000297, .000478], [.000516, .000865], [.000747, .001220], [.000677, .001585],
    [.000999, .001753], [.001224, .002073], [.001924, .002872], [.003570, .003889], [.005224, .006382], [.008004, .009615],
    [.012955, .016857], [.025864, .027784], [.047742, .048067], [.075556, .072084], [.146620, .111814], [.203611, .143486],
])  # fmt: skip
BIRTHS = np.zeros((18, 2))
BIRTHS[2:11] = [
    [.000071, .000067], [.015857, .026458], [.070652, .087978], [.063218, .074260], [.041103, .044290],
    [.022862, .023532], [.007797, .012051], [.000710, .002151], [.000292, .000714],
]  # fmt: skip
LEAVING = np.array([
    [.002832, .000272], [.002294, .000166], [.001485, .000157], [.005158, .000679], [.007170, .000937], [.005534, .000506],
    [.003756, .000350], [.001765, .000226], [.001013, .000183], [.000543, .000094], [.000663, .000130], [.000629, .000205],
    [.000884, .000203], [.000949, .000156], [.000876, .000078], [.001111, .000099], [.000704, .000196], [.001111, .000076],
])  # fmt: skip
MOVES = np.zeros((18, 2, 2))
MOVES[:, 0, 1], MOVES[:, 1, 0] = LEAVING.T
# table 3.2: observed 1961 and projected 2001
BASE = np.array([
    [67800, 847900], [74100, 905200], [70700, 808100], [60100, 617400], [62900, 725500], [66500, 774000], [67100, 728400],
    [62900, 633300], [39500, 392400], [47900, 437100], [51300, 453800], [46100, 389300], [39600, 325800], [29500, 230600],
    [21700, 180000], [14400, 120900], [7100, 61200], [3600, 39300],
], dtype=float)  # fmt: skip
LATER = np.array([
    [81001, 1130953], [77972, 1027894], [76680, 993837], [76582, 968412], [77190, 945021], [75638, 898909], [72104, 838496],
    [70384, 812666], [67731, 758104], [74725, 844134], [69342, 736956], [56291, 543472], [56672, 600813], [54501, 578276],
    [45935, 455970], [31869, 298515], [11951, 119997], [9124, 136532],
], dtype=float)  # fmt: skip


@pytest.fixture(scope="module")
def yugoslavia():
    return ms.life_table(DEATHS, MOVES)


def test_the_published_table_of_two_regions(yugoslavia) -> None:
    """Tables 2.1, 2.3, 2.4 and 2.9, to the rounding of the published rates."""
    p = yugoslavia.p
    assert p[0] == pytest.approx(np.array([[0.956084, 0.001261], [0.013103, 0.892421]]), abs=2e-5)
    assert p[4] == pytest.approx(np.array([[0.9613, 0.004571], [0.034968, 0.9894]]), abs=6e-5)
    assert 1 - p[16].sum(axis=0) == pytest.approx([0.536332, 0.436969], abs=1e-5)
    alive = 1e5 * yugoslavia.l
    assert alive[17] == pytest.approx(np.array([[14669, 342], [3469, 18367]]), abs=1.5)
    assert alive[10] == pytest.approx(np.array([[78746, 1386], [13025, 81381]]), abs=1.5)
    assert yugoslavia.lived[0] == pytest.approx(np.array([[4.8902, 0.003152], [0.03276, 4.731]]), abs=5e-4)
    assert yugoslavia.lived[17] == pytest.approx(np.array([[0.7166, 0.01717], [0.24721, 1.280]]), abs=5e-4)
    s = yugoslavia.survivorship(joined=False)
    assert s[3] == pytest.approx(np.array([[0.9668, 0.0039405], [0.030062, 0.9909]]), abs=6e-5)
    assert s[16] == pytest.approx(np.array([[0.6171, 0.0008529], [0.007229, 1.0030]]), abs=6e-5)


def test_the_published_projection_to_2001(yugoslavia) -> None:
    found = ms.project(BASE, yugoslavia, BIRTHS, 8, joined=False)
    assert found[8] == pytest.approx(LATER, rel=2e-4)
    assert found[1, 0] == pytest.approx([69924, 897654], rel=2e-4)


def plain_table(deaths, moves, width):
    """The linear table written out by rows and columns; two regions, the inverse by its formula."""
    ages = len(deaths)
    alive, lived = np.zeros((ages, 2, 2)), np.zeros((ages, 2, 2))
    alive[0] = np.eye(2)

    def inverse(a):
        det = a[0, 0] * a[1, 1] - a[0, 1] * a[1, 0]
        return np.array([[a[1, 1], -a[0, 1]], [-a[1, 0], a[0, 0]]]) / det

    for x in range(ages):
        m = np.zeros((2, 2))
        for o in range(2):
            m[o, o] = deaths[x, o] + moves[x, o, 1 - o]
            m[1 - o, o] = -moves[x, o, 1 - o]
        if x == ages - 1:
            lived[x] = inverse(m) @ alive[x]
            break
        p = inverse(np.eye(2) + width / 2 * m) @ (np.eye(2) - width / 2 * m)
        for r in range(2):
            for b in range(2):
                alive[x + 1, r, b] = sum(p[r, q] * alive[x, q, b] for q in range(2))
        lived[x] = width / 2 * (alive[x] + alive[x + 1])
    return alive, lived


def plain_steps(alive, lived, fertility, base, width, steps):
    """The projection of the joined form, cell by cell."""
    ages, now = len(base), base.copy()
    for _ in range(steps):
        new = np.zeros_like(now)
        for x in range(ages - 1):
            source = lived[x] if x < ages - 2 else lived[x] + lived[x + 1]
            s = lived[x + 1] @ np.linalg.inv(source)
            people = now[x] if x < ages - 2 else now[x] + now[x + 1]
            for r in range(2):
                new[x + 1, r] = sum(s[r, q] * people[q] for q in range(2))
        births = [width / 2 * sum(fertility[x, r] * (now[x, r] + new[x, r]) for x in range(ages)) for r in range(2)]
        for r in range(2):
            new[0, r] = sum(lived[0, r, q] / width * births[q] for q in range(2))
        now = new
    return now


def test_table_and_projection_are_the_plain_loop(yugoslavia) -> None:
    alive, lived = plain_table(DEATHS, MOVES, 5)
    assert yugoslavia.l == pytest.approx(alive, rel=1e-11, abs=1e-15)
    assert yugoslavia.lived == pytest.approx(lived, rel=1e-11, abs=1e-15)
    assert yugoslavia.expectation() == pytest.approx(lived.sum(axis=0), rel=1e-11)
    assert ms.project(BASE, yugoslavia, BIRTHS, 8)[8] == pytest.approx(plain_steps(alive, lived, BIRTHS, BASE, 5, 8), rel=1e-9)


@pytest.mark.parametrize("method", [ms.LINEAR, ms.EXPONENTIAL])
def test_deaths_are_rates_times_years_lived(method) -> None:
    """Everybody born dies once: deaths by all regions sum to 1 for each region of birth."""
    deaths, moves = RNG.uniform(0.01, 0.1, (9, 3)), RNG.uniform(0, 0.1, (9, 3, 3))
    table = ms.life_table(deaths, moves, 2.0, method)
    assert np.einsum("xr,xrb->b", deaths, table.lived) == pytest.approx(np.ones(3), rel=1e-12)
    assert (table.migration_levels().sum(axis=0) == pytest.approx(np.ones(3)))
    assert table.expectation(4) @ table.l[4] == pytest.approx(table.lived[4:].sum(axis=0), rel=1e-12)


def test_the_exponential_form_is_the_limit_of_narrow_straight_lines() -> None:
    deaths, moves = RNG.uniform(0.01, 0.1, (6, 3)), RNG.uniform(0, 0.1, (6, 3, 3))
    fine = ms.life_table(np.repeat(deaths, 200, axis=0), np.repeat(moves, 200, axis=0), 0.025)
    table = ms.life_table(deaths, moves, 5.0, ms.EXPONENTIAL)
    assert table.l == pytest.approx(fine.l[::200], rel=1e-4)
    assert table.expectation() == pytest.approx(fine.expectation(), rel=1e-5)
    assert table.p[0] == pytest.approx(expm(-5 * ms.rates(deaths, moves)[0]), rel=1e-12)


def test_without_moves_each_region_has_its_own_life_table() -> None:
    deaths = RNG.uniform(0.001, 0.1, (21, 3))
    table = ms.life_table(deaths, np.zeros((21, 3, 3)), 1.0)
    alone = single_table(deaths.T, np.arange(21.0), "female")
    q = deaths / (1 + deaths / 2)
    for r in range(3):
        assert table.l[1:, r, r] == pytest.approx(np.cumprod(1 - q[:-1, r]), rel=1e-12)
        first = table.l[0, r, r] - table.l[1, r, r]
        infant = alone.d[r, 0]
        assert table.l[2:, r, r] / table.l[1, r, r] == pytest.approx(alone.l[r, 2:] / alone.l[r, 1], rel=1e-12)
        assert first == pytest.approx(infant, rel=0.2)
    assert np.array_equal(table.expectation() > 0, np.eye(3, dtype=bool))


def test_regions_of_equal_mortality_live_as_long_wherever_they_move() -> None:
    deaths, moves = np.repeat(DEATHS[:, :1], 4, axis=1), RNG.uniform(0, 0.05, (18, 4, 4))
    one = ms.life_table(DEATHS[:, :1], np.zeros((18, 1, 1)))
    assert ms.life_table(deaths, moves).expectation().sum(axis=0) == pytest.approx(np.full(4, one.expectation()[0, 0]), rel=1e-12)


def test_long_projections_reach_the_stable_population(yugoslavia) -> None:
    end = ms.project(BASE, yugoslavia, BIRTHS, 2500)
    limit = ms.stable(yugoslavia, BIRTHS)
    assert np.log(end[-1].sum() / end[-2].sum()) / 5 == pytest.approx(limit.growth, rel=1e-9)
    assert end[-1] / end[-1].sum() == pytest.approx(limit.shares, abs=1e-9)


def test_the_five_year_form_of_the_step_is_that_of_the_nation_and_of_a_plain_loop() -> None:
    """Rates of five years in the multiregional step: one region is the nation's step of width 5, to 1e-6 and better."""
    ages = 21
    mortality = 5 * np.linspace(0.001, 0.15, ages) * np.ones((1, 2, 1))
    fertility = np.where((np.arange(ages) >= 3) & (np.arange(ages) < 10), 0.08, 0.0)
    came = RNG.uniform(0, 500, (1, 1, 2, ages))
    tables = mr.Tables(
        np.ones((1, 1, 1, 1)), 5 * fertility[None, None], np.eye(1), mr.Dense(np.ones((2, ages, 1, 1))), np.zeros((1, 1, 2, ages)), came,
    )  # fmt: skip
    ones = np.ones((1, 4))
    drivers = mr.Drivers(mortality, np.zeros((1, 4, 2)), ones, ones, ones, ones, np.full(4, 1.05))
    base = RNG.uniform(1e3, 2e4, (1, 1, 2, ages))
    path, now, loop = mr.project(base, tables, drivers, 0, mr.EVEN), base[0, 0], base[0, 0].copy()
    survival = np.exp(-mortality[0])
    for _ in range(4):
        now = cc.step(now, survival, fertility, 1.05, came[0, 0], 5).population
        start, new = loop + came[0, 0] / 2, np.zeros((2, ages))
        for s in range(2):
            for x in range(1, ages):
                new[s, x] = (start[s, x - 1] + (start[s, x] if x == ages - 1 else 0)) * survival[s, x] + came[0, 0, s, x] / 2
        born = 5 * sum(fertility[x] * (start[0, x] + new[0, x]) / 2 for x in range(1, ages))
        for s, share in enumerate((1 / 2.05, 1.05 / 2.05)):
            new[s, 0] = born * share * survival[s, 0] + came[0, 0, s, 0] / 2
        loop = new
    assert path.population[4, 0, 0] == pytest.approx(now, rel=1e-12)
    assert path.population[4, 0, 0] == pytest.approx(loop, rel=1e-6)
    assert now == pytest.approx(loop, rel=1e-12)


def test_planted_faults_ring() -> None:
    """Moves read the wrong way round, or births of the start alone, miss the published projection."""
    turned = ms.life_table(DEATHS, MOVES.transpose(0, 2, 1))
    assert not np.allclose(ms.project(BASE, turned, BIRTHS, 8, joined=False)[8], LATER, rtol=2e-3)
    table = ms.life_table(DEATHS, MOVES)
    assert not np.allclose(ms.project(BASE, table, BIRTHS * 0.99, 8, joined=False)[8], LATER, rtol=2e-3)
    assert not np.allclose(ms.life_table(DEATHS, MOVES, 4.9).l[17], table.l[17], rtol=1e-3)


def test_refusals() -> None:
    with pytest.raises(BadInput, match="negative"):
        ms.life_table(-DEATHS, MOVES)
    still = DEATHS.copy()
    still[-1] = 0
    with pytest.raises(BadInput, match="open age"):
        ms.life_table(still, MOVES)
    with pytest.raises(BadInput, match="exponential"):
        ms.life_table(100 * DEATHS, MOVES)
