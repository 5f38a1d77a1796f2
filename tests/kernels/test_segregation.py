"""Segregation: by definition in plain loops, exact expectation under chance, properties, planted faults."""

from __future__ import annotations

import math

import numpy as np
import pytest

from qonys.errors import BadInput
from qonys.kernels.structure import segregation as sg

UNEVEN = np.array([[30.0, 5.0, 1.0], [12.0, 40.0, 0.0], [7.0, 9.0, 25.0], [200.0, 3.0, 2.0]])


def by_definition(x: np.ndarray) -> dict[str, float]:
    """Formulas of the references, cell by cell."""
    total = float(x.sum())
    p = [float(x[:, j].sum()) / total for j in range(x.shape[1])]
    t = [float(row.sum()) for row in x]
    out = {"d_multi": 0.0, "m": 0.0, "isolation": 0.0, "d": 0.0}
    mixed = sum(q * (1 - q) for q in p)
    for i, row in enumerate(x):
        for j, count in enumerate(row):
            here = count / t[i]
            out["d_multi"] += t[i] * abs(here - p[j]) / (2 * total * mixed)
            if count:
                out["m"] += count / total * math.log(here / p[j])
        out["isolation"] += row[0] / x[:, 0].sum() * row[0] / t[i]
        out["d"] += 0.5 * abs(row[0] / x[:, 0].sum() - row[1] / x[:, 1].sum())
    out["h"] = out["m"] / -sum(q * math.log(q) for q in p)
    out["eta2"] = (out["isolation"] - p[0]) / (1 - p[0])
    return out


def test_uneven_table_by_definition() -> None:
    want = by_definition(UNEVEN)
    assert sg.dissimilarity(UNEVEN[:, 0], UNEVEN[:, 1]) == pytest.approx(want["d"])
    assert sg.exposure(UNEVEN, 0, 0) == pytest.approx(want["isolation"])
    assert sg.correlation(UNEVEN, 0) == pytest.approx(want["eta2"])
    assert sg.multigroup_dissimilarity(UNEVEN) == pytest.approx(want["d_multi"])
    assert sg.information(UNEVEN) == pytest.approx(want["m"])
    assert sg.theil(UNEVEN) == pytest.approx(want["h"])
    local = sg.local_information(UNEVEN)
    assert local @ UNEVEN.sum(axis=1) / UNEVEN.sum() == pytest.approx(want["m"])
    assert sum(sg.exposure(UNEVEN, 0, j) for j in range(3)) == pytest.approx(1.0)


def test_two_groups_agree_with_many() -> None:
    two = UNEVEN[:, :2]
    assert sg.multigroup_dissimilarity(two) == pytest.approx(sg.dissimilarity(two[:, 0], two[:, 1]))
    assert sg.quotients(two)[0] == pytest.approx(two[0] / two[0].sum() / (two.sum(axis=0) / two.sum()))


def test_ends_of_the_scale_and_equal_division() -> None:
    even, apart = np.full((3, 3), 5.0), np.eye(3) * 5
    for index in (sg.multigroup_dissimilarity, sg.theil):
        assert index(even) == pytest.approx(0.0, abs=1e-12)
        assert index(apart) == pytest.approx(1.0)
    split = np.repeat(UNEVEN, 2, axis=0) / 2
    assert sg.theil(split) == pytest.approx(sg.theil(UNEVEN))
    assert sg.multigroup_dissimilarity(split) == pytest.approx(sg.multigroup_dissimilarity(UNEVEN))


def test_surroundings_of_one_place_alone_change_nothing_and_of_all_places_end_segregation() -> None:
    assert sg.theil(UNEVEN, np.eye(4)) == pytest.approx(sg.theil(UNEVEN))
    assert sg.theil(UNEVEN, np.ones((4, 4))) == pytest.approx(0.0, abs=1e-12)
    near, far = (sg.theil(UNEVEN, sg.distance_weights(1.0 - np.eye(4), h)) for h in (0.2, 2.0))
    assert sg.theil(UNEVEN) > near > far > 0


def test_chance_alone_has_its_exact_expectation() -> None:
    """Ten schools of ten pupils, a tenth of one group: expected isolation from the binomial and hypergeometric laws."""
    counts = np.column_stack([np.full(10, 1.0), np.full(10, 9.0)])
    found = sg.estimated(counts, lambda x: sg.exposure(x, 0, 0) if x[:, 0].sum() else 0.0, draws=4000, seed=2)
    n, p = 100, 0.1
    law = [math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]
    exact = sum(law[k] * (1 / 10 + 9 / 10 * (k - 1) / (n - 1)) for k in range(1, n + 1))
    assert found.chance == pytest.approx(exact, abs=0.004)
    assert found.raw == pytest.approx(0.1)


def test_bias_of_small_units_is_removed() -> None:
    """Places drawn small from a known mixture: the raw M is far too high, the corrected one nearer to the truth."""
    rng = np.random.default_rng(5)
    truth = np.array([[0.6, 0.4], [0.4, 0.6]] * 20)
    whole = sg.information(truth * 1000)
    raw, mended = [], []
    for seed in range(12):
        found = sg.estimated(rng.multinomial(30, truth) * 1.0, sg.information, draws=60, seed=seed)
        raw.append(found.raw - whole)
        mended.append(found.value - whole)
        assert found.raw > found.chance
        assert found.low < found.value < found.high
    assert np.mean(raw) > 0.01
    assert abs(np.mean(mended)) < 0.35 * np.mean(raw)


@pytest.mark.parametrize("bad", [[[1.0, 2.0]], [[1.0], [2.0]], [[1.0, -1.0], [2.0, 1.0]], [[0.0, 0.0], [2.0, 1.0]]])
def test_unusable_counts_are_refused(bad) -> None:
    with pytest.raises(ValueError, match="two or more"):
        sg.estimated(bad, sg.theil)


def test_association_keeps_odds_whatever_the_sizes() -> None:
    found = sg.association(UNEVEN, 0.5)
    bigger = sg.association((UNEVEN + 0.5) * [[3.0], [1.0], [9.0], [2.0]] * [1.0, 5.0, 2.0], 0.0)
    assert bigger == pytest.approx(found)
    assert found.sum(axis=0) == pytest.approx(np.zeros(3), abs=1e-12)
    odds = (UNEVEN[0, 0] + 0.5) * (UNEVEN[1, 1] + 0.5) / ((UNEVEN[0, 1] + 0.5) * (UNEVEN[1, 0] + 0.5))
    assert found[0, 0] + found[1, 1] - found[0, 1] - found[1, 0] == pytest.approx(np.log(odds))


@pytest.mark.parametrize("counts", [[[1, 0], [0, 1]], [[1, 0], [1000, 0], [500, 1]], [[0.1, 0.1], [0.1, 0.1]]])
def test_groups_of_one_or_two_persons_have_no_interval(counts):
    for index in (sg.multigroup_dissimilarity, sg.theil, sg.information):
        with pytest.raises(BadInput, match="too few people"):
            sg.estimated(np.array(counts, dtype=float), index, 100)


def test_drawn_tables_without_a_group_are_left_out():
    counts = np.array([[40.0, 1.0], [30.0, 1.0], [20.0, 1.0]])
    found = sg.estimated(counts, lambda x: sg.dissimilarity(x[:, 0], x[:, 1]), 200, seed=2)
    rng, kept = np.random.default_rng(2), []
    for _ in range(200):
        drawn = rng.multinomial(counts.sum(axis=1).astype(int), counts.sum(axis=0) / counts.sum()).astype(float)
        if drawn[:, 1].sum() > 0:
            kept.append(sg.dissimilarity(drawn[:, 0], drawn[:, 1]))
    assert 180 < len(kept) < 200
    assert found.chance == pytest.approx(np.mean(kept))
