"""Random zonings: contiguity, conservation of moves, and indices against one-by-one loops. Tables are made up."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qonys.errors import BadInput
from qonys.kernels.indices import intensity as indices
from qonys.kernels.indices.system import system_indices
from qonys.kernels.indices.zoning import aggregate_flows, membership, parts, random_zones, scale_effect


def grid(rows, columns):
    """Neighbours on a chessboard of rows x columns."""
    n = rows * columns
    touch = np.zeros((n, n))
    for i in range(n):
        if (i + 1) % columns:
            touch[i, i + 1] = 1
        if i + columns < n:
            touch[i, i + columns] = 1
    return touch


def connected(members, touch):
    """Whether the members hang together, by a plain walk."""
    both = touch + touch.T
    found, todo = {members[0]}, [members[0]]
    while todo:
        here = todo.pop()
        for there in members:
            if both[here, there] and there not in found:
                found.add(there)
                todo.append(there)
    return len(found) == len(members)


def made_up(n, seed=1):
    random = np.random.default_rng(seed)
    return random.integers(0, 300, (n, n)).astype(float), random.integers(1000, 9000, n).astype(float)


@given(st.integers(1, 12), st.integers(0, 1000))
def test_zones_are_contiguous_and_none_is_empty(zones, seed):
    touch = grid(3, 4)
    for row in random_zones(12, zones, 5, seed, touch):
        assert sorted(set(row.tolist())) == list(range(zones))
        for zone in range(zones):
            assert connected(np.flatnonzero(row == zone).tolist(), touch)


@given(st.integers(1, 9), st.integers(0, 1000))
def test_free_zones_are_never_empty(zones, seed):
    found = random_zones(9, zones, 20, seed)
    assert all(sorted(set(row.tolist())) == list(range(zones)) for row in found)
    assert (found == random_zones(9, zones, 20, seed)).all()


def test_zonings_vary_with_the_seed_and_between_repeats():
    found = random_zones(12, 4, 200, 1, grid(3, 4))
    assert (found != random_zones(12, 4, 200, 2, grid(3, 4))).any()
    assert len({tuple(row) for row in found}) > 150
    together = (found[:, 0] == found[:, 11]).mean()
    assert together < (found[:, 0] == found[:, 1]).mean(), "neighbours share a zone more often than far corners"


def test_islands_get_their_own_seed():
    touch = np.zeros((6, 6))
    touch[0, 1] = touch[1, 2] = touch[3, 4] = 1
    assert parts(touch).tolist() == [0, 0, 0, 1, 1, 2]
    for row in random_zones(6, 3, 30, 1, touch):
        assert row[0] == row[1] == row[2] != row[3] == row[4] != row[5] != row[0]
    with pytest.raises(BadInput, match="3 unconnected parts"):
        random_zones(6, 2, 5, 1, touch)


@given(st.integers(2, 8), st.integers(0, 500))
def test_aggregation_conserves_moves_and_people(zones, seed):
    flows, people = made_up(8, seed)
    places = random_zones(8, zones, 3, seed)
    belongs = membership(places, zones)
    merged = aggregate_flows(flows, belongs)
    assert merged.sum(axis=(1, 2)) == pytest.approx([flows.sum()] * 3)
    assert (people @ belongs).sum(axis=1) == pytest.approx([people.sum()] * 3)
    for one, row in zip(merged, places, strict=True):
        for a in range(zones):
            for b in range(zones):
                assert one[a, b] == sum(flows[i, j] for i in range(8) for j in range(8) if row[i] == a and row[j] == b)


def test_scale_effect_equals_one_by_one():
    flows, people = made_up(9, 4)
    zones, repeats = (3, 6, 9), 15
    done = scale_effect(flows, people, zones, repeats, 11, grid(3, 3), expected=True)
    for row, k in enumerate(zones):
        each = []
        for places in random_zones(9, k, repeats, 11, grid(3, 3)):
            belongs = membership(places, k)
            each.append(system_indices(aggregate_flows(indices.between(flows), belongs), people @ belongs))
        for column, name in enumerate(done.names):
            values = np.array([found[name] for found in each])
            assert done.mean[row, column] == pytest.approx(values.mean(), rel=1e-6), name
            assert done.spread[row, column] == pytest.approx(values.std(), rel=1e-4, abs=1e-9), name
            assert done.lowest[row, column] == pytest.approx(values.min(), rel=1e-6)
            assert done.highest[row, column] == pytest.approx(values.max(), rel=1e-6)
    intensity = done.mean[:, done.names.index(("cmi", "crude"))]
    assert intensity[0] < intensity[1] < intensity[2], "fewer borders, fewer crossings"
    assert done.spread[2].max() < 1e-9, "as many zones as regions: one division only"
    assert (done.start, done.slope) == pytest.approx(indices.aggregate_intensity(intensity, zones)[:2])
    assert np.isnan(scale_effect(flows, None, (3, 6), 5).slope)


def test_zoning_rings():
    flows, people = made_up(5)
    for zones, repeats in ((6, 1), (0, 1), (2, 0)):
        with pytest.raises(BadInput, match="cannot be put into"):
            random_zones(5, zones, repeats, 1)
    with pytest.raises(BadInput, match="cannot be put into"):
        scale_effect(flows, people, (1, 3))
    with pytest.raises(BadInput, match="adjacency has the shape"):
        random_zones(5, 2, 1, 1, grid(2, 2))
