"""Perturbation tables, keys of persons and cells, and bounds that readers can derive."""

from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog, minimize

from qonys.errors import BadInput
from qonys.kernels.protection.attack import (
    Bounds,
    KnownTable,
    differences,
    exact_bounds,
    narrowed,
    perturbed_bounds,
    rounded_bounds,
    sums_of,
    sure,
)
from qonys.kernels.protection.keys import add_keyed, perturbed, record_keys
from qonys.kernels.protection.perturbation import KEYS, allowed, entropic, perturbation_table

GRID = [(5, 2.0, 2), (5, 3.0, 2), (5, 2.0, 0), (3, 1.0, 0), (10, 4.0, 2), (2, 1.0, 1), (5, 1.5, 1), (8, 3.0, 2), (3, 2.0, 1),
        (2, 1.08, 0), (6, 2.5, 0), (4, 2.0, 1)]  # fmt: skip
SECRET = np.array([0x0706050403020100, 0x0F0E0D0C0B0A0908], dtype=np.uint64)


@pytest.mark.parametrize("size", GRID)
def test_chances_meet_the_constraints(size):
    table = perturbation_table(*size)
    noise = table.noise
    assert np.abs(table.chances.sum(axis=1) - 1).max() < 1e-12
    assert np.abs(table.chances @ noise).max() < 1e-10
    assert np.abs((table.chances @ noise**2)[1:] - size[1]).max() < 1e-10
    results = np.arange(len(table.chances))[:, None] + noise
    never = (results < 0) | ((results > 0) & (results <= size[2]))
    assert not table.chances[never].any()
    assert table.chances[0, size[0]] == 1


@pytest.mark.parametrize("size", [(5, 3.0, 2), (3, 1.0, 0), (8, 3.0, 2)])
def test_no_other_chances_have_more_entropy(size):
    """Another hand: the primal problem by sequential least squares, as the R package ptable solves it."""
    for count in (1, 4, 12):
        noise = allowed(count, size[0], size[2])
        mine = entropic(noise, size[1], count)
        other = minimize(
            lambda p: float(np.sum(p * np.log(p))), np.full(len(noise), 1 / len(noise)), method="SLSQP",
            jac=lambda p: np.log(p) + 1, bounds=[(1e-12, 1)] * len(noise),
            constraints=[{"type": "eq", "fun": lambda p, n=noise: [p.sum() - 1, p @ n, p @ n**2 - size[1]]}],
            options={"ftol": 1e-14, "maxiter": 500},
        )  # fmt: skip
        assert np.abs(mine - other.x).max() < 1e-5


def test_the_published_example_of_one_person():
    """ptable's own panel (README, D = 2): a count of 1 becomes 0, 2, 3 with 0.5133, 0.46, 0.0267."""
    assert entropic(np.array([-1, 1, 2]), 1.08).round(4).tolist() == [0.5133, 0.46, 0.0267]


def test_a_variance_that_no_noise_has_is_refused_with_its_range():
    with pytest.raises(BadInput) as found:
        perturbation_table(5, 1.9, 2)
    assert found.value.values["count"] == 1
    assert found.value.values["least"] == 2.0
    with pytest.raises(BadInput):
        perturbation_table(2, 2.0, 2)


def test_keys_are_those_of_the_published_vectors():
    """Appendix A of Aumasson and Bernstein 2012, and `openssl mac ... SIPHASH` of eight bytes: 6224939A79F5F593."""
    assert record_keys(SECRET, np.array([0x0706050403020100], dtype=np.uint64)).tolist() == [
        0x93F5F5799A932462 & 0xFFFF
    ]
    assert record_keys(SECRET, np.array([0], dtype=np.uint64)).tolist() == [record_twin(0)]


def record_twin(word):
    """The plain twin in whole numbers of Python."""
    full = (1 << 64) - 1
    k0, k1 = (int(one) for one in SECRET)
    v = [0x736F6D6570736575 ^ k0, 0x646F72616E646F6D ^ k1, 0x6C7967656E657261 ^ k0, 0x7465646279746573 ^ k1]

    def turned(x, by):
        return ((x << by) | (x >> (64 - by))) & full

    def rounds(times):
        for _ in range(times):
            v[0] = (v[0] + v[1]) & full
            v[1] = turned(v[1], 13) ^ v[0]
            v[0] = turned(v[0], 32)
            v[2] = (v[2] + v[3]) & full
            v[3] = turned(v[3], 16) ^ v[2]
            v[0] = (v[0] + v[3]) & full
            v[3] = turned(v[3], 21) ^ v[0]
            v[2] = (v[2] + v[1]) & full
            v[1] = turned(v[1], 17) ^ v[2]
            v[2] = turned(v[2], 32)

    for block in (word, 8 << 56):
        v[3] ^= block
        rounds(2)
        v[0] ^= block
    v[2] ^= 0xFF
    rounds(4)
    return (v[0] ^ v[1] ^ v[2] ^ v[3]) & 0xFFFF


def cube(place, person, cells):
    counts, sums = np.zeros(cells, dtype=np.int64), np.zeros(cells, dtype=np.uint16)
    add_keyed(place, record_keys(SECRET, person), counts, sums)
    return counts, sums


def test_cells_are_the_same_in_any_order_and_unbiased():
    draws = np.random.default_rng(3)
    place, person = draws.integers(0, 40_000, 400_000), draws.integers(0, 2**62, 400_000)
    order = draws.permutation(len(place))
    counts, sums = cube(place, person, 40_000)
    again = cube(place[order], person[order], 40_000)
    assert np.array_equal(counts, again[0])
    assert np.array_equal(sums, again[1])
    table = perturbation_table()
    shown = perturbed(counts, sums, table.thresholds(), table.largest)
    noise = shown - counts
    assert abs(noise.mean()) < 4 * np.sqrt(2 / len(noise))
    assert abs(noise.var() - 2) < 0.06
    assert not np.isin(shown, [1, 2]).any()
    assert np.array_equal(perturbed(np.zeros(3, dtype=np.int64), sums[:3], table.thresholds(), 5), np.zeros(3))


def test_a_record_more_changes_the_key_of_its_cell_alone():
    """Keys that hang on the whole file, not on the person, are the fault of cellKey 3 (sdcTools): all cells move."""
    place, person = np.repeat(np.arange(20), 10), np.arange(200)
    before, after = cube(place, person, 20), cube(np.append(place, 7), np.append(person, 999), 20)
    assert np.flatnonzero(before[1] != after[1]).tolist() == [7]


def test_bounds_hold_the_truth_and_every_count_that_a_published_one_can_stand_for():
    table = perturbation_table()
    counts = np.repeat(np.arange(30), KEYS // 64)
    keys = np.tile(np.arange(0, KEYS, 64), 30)
    shown = perturbed(counts, keys, table.thresholds(), table.largest)
    found = perturbed_bounds(shown, table)
    assert (found.low <= counts).all()
    assert (counts <= found.high).all()
    assert not (found.low == found.high).any()


def margins(shape):
    """All margins of a cube as tables over its cells, the whole cube among them."""
    for kept in product((False, True), repeat=len(shape)):
        sizes = [n if k else 1 for n, k in zip(shape, kept, strict=True)]
        index = np.indices(shape)
        of = np.zeros(shape, dtype=np.int64)
        for axis, n in enumerate(sizes):
            of = of * n + (index[axis] if n > 1 else 0)
        yield of.ravel(), int(np.prod(sizes))


def published(shape, truth, bounds):
    return [KnownTable(of, *bounds(of, np.bincount(of, truth, n).astype(np.int64))) for of, n in margins(shape)]


def test_propagation_is_never_narrower_than_linear_programmes():
    draws = np.random.default_rng(5)
    for _ in range(6):
        shape = (3, 4)
        truth = draws.poisson(2.0, 12)
        tables = published(shape, truth, lambda of, sums: rounded_bounds(np.rint(sums / 3).astype(int) * 3, 3))
        found = narrowed(12, tables)
        matrix = np.concatenate([(one.of[None, :] == np.arange(len(one.low))[:, None]).astype(float) for one in tables])
        high = np.concatenate([one.high for one in tables])
        low = np.concatenate([one.low for one in tables])
        for cell in range(12):
            goal = np.zeros(12)
            goal[cell] = 1
            ends = [
                sign
                * linprog(sign * goal, np.vstack([matrix, -matrix]), np.concatenate([high, -low]), method="highs").fun
                for sign in (1, -1)
            ]
            assert found.low[cell] <= ends[0] + 1e-6 <= ends[1] + 2e-6 <= found.high[cell] + 3e-6
            assert found.low[cell] <= truth[cell] <= found.high[cell]


def test_without_protection_a_reader_is_sure_of_every_cell_and_of_the_one_person_between_two_tables():
    truth = np.array([1, 4, 0, 9])
    found = narrowed(4, published((2, 2), truth, lambda of, sums: exact_bounds(sums)))
    assert sure(found).sum() == 3
    more = truth + np.array([1, 0, 0, 0])
    between = differences(exact_bounds(more), exact_bounds(truth))
    assert sure(between).tolist() == [True, False, False, False]


def test_withheld_cells_alone_are_found_by_subtraction():
    truth = np.array([3, 14, 8, 9])
    tables = published((2, 2), truth, lambda of, sums: exact_bounds(sums))
    hidden = KnownTable(np.arange(4), np.array([0, 14, 8, 9]), np.array([99, 14, 8, 9]))
    assert sure(narrowed(4, [*tables[:-1], hidden]))[0]


def test_bounds_of_sums_follow_from_their_cells():
    one = KnownTable(np.array([0, 0]), np.array([2]), np.array([9]))
    assert sums_of(Bounds(np.array([1, 2]), np.array([3, 4])), one).low.tolist() == [3]
