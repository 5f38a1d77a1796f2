"""Indices of a flow table against plain loops, published program output, and their identities.

The tables of random numbers are made up; PLANE and SECOND are the hypothetical matrices that the
R package migration.indices gives with its documented results.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from qonys.errors import BadInput
from qonys.kernels.indices import fields, links
from qonys.kernels.indices import intensity as ix
from qonys.kernels.indices.system import region_indices, system_indices, total_indices

PLANE = np.array([[0, 10, 10], [20, 0, 20], [30, 30, 0]], float)
SECOND = np.array([[0, 20, 20], [30, 0, 50], [20, 20, 0]], float)
counts = st.integers(3, 6).flatmap(lambda n: arrays(np.int64, (n, n), elements=st.integers(0, 200)))
filled = st.integers(3, 6).flatmap(lambda n: arrays(np.int64, (n, n), elements=st.integers(1, 200)))


def made_up(n=5, seed=1, low=1):
    random = np.random.default_rng(seed)
    return random.integers(low, 90, (n, n)).astype(float), random.integers(900, 9000, n).astype(float)


def off(n):
    return [(i, j) for i in range(n) for j in range(n) if i != j]


def test_gini_equals_the_documented_output_of_another_program():
    for table, total, rows, columns, exchange in (
        (PLANE, 0.2222222, 0.0, 0.05555556, 0.05555556),
        (SECOND, 0.1875, 0.02083333, 0.04166667, 0.04166667),
    ):
        assert fields.gini_total(table, corrected=False) == pytest.approx(total, abs=1e-7)
        assert fields.gini_rows(table, corrected=False) == pytest.approx(rows, abs=1e-7)
        assert fields.gini_columns(table, corrected=False) == pytest.approx(columns, abs=1e-7)
        assert fields.gini_exchange(table, corrected=False) == pytest.approx(exchange, abs=1e-7)
    assert fields.gini_in(PLANE) == pytest.approx([0.2, 0.5, 0.3333333])
    assert fields.gini_in(PLANE, corrected=False) == pytest.approx([0.1, 0.25, 0.1666667])
    assert fields.gini_out(SECOND) == pytest.approx([0, 0.25, 0])
    assert fields.gini_in(SECOND) == pytest.approx([0.2, 0, 0.4285714])
    assert system_indices(SECOND)["gini", "rows_standardised"] == pytest.approx(11.11111, abs=1e-5)
    assert system_indices(PLANE)["gini", "columns_standardised"] == pytest.approx(25)


def test_variation_equals_the_documented_output_of_another_program():
    assert fields.variation_in(PLANE) == pytest.approx([0.2, 0.5, 0.3333333])
    assert fields.aggregate_variation_in(PLANE) == pytest.approx(1 / 3)
    assert fields.aggregate_variation_out(PLANE) == 0
    assert fields.aggregate_variation_in(SECOND) == pytest.approx(0.25)
    assert fields.aggregate_variation_out(SECOND) == pytest.approx(0.125)


def test_weighted_gini_uses_the_margin_of_its_own_fields():
    """The other program gives 0.1222 here: it weighs columns by row sums and divides by n."""
    assert fields.weighted_gini_in(PLANE) == pytest.approx((0.2 * 50 + 0.5 * 40 + 30 / 3) / 120)
    wrong = (fields.gini_in(PLANE) * PLANE.sum(axis=1)).sum() / 120 / 3
    assert wrong == pytest.approx(0.1222222, abs=1e-7)
    assert fields.weighted_gini_out(SECOND) == pytest.approx(0.25 * 80 / 160)


@given(counts)
def test_gini_and_variation_equal_plain_loops(table):
    n, moves = len(table), ix.between(table)
    cells = [moves[i, j] for i, j in off(n)]
    pairs = sum(abs(a - b) for a in cells for b in cells)
    rows = sum(abs(moves[i, j] - moves[i, k]) for i, j in off(n) for k in range(n) if k != i)
    columns = sum(abs(moves[i, j] - moves[k, j]) for i, j in off(n) for k in range(n) if k != j)
    swaps = sum(abs(moves[i, j] - moves[j, i]) for i, j in off(n))
    total = sum(cells)
    found = system_indices(table, expected=False)
    if total == 0:
        assert all(np.isnan(found["gini", name]) for name in ("total", "rows_corrected"))
        return
    size = n * (n - 1)
    for name, part in (("total", pairs), ("rows", rows), ("columns", columns), ("exchange", swaps)):
        assert found["gini", name] == pytest.approx(part / (2 * size * total))
        assert found["gini", f"{name}_corrected"] == pytest.approx(part / (2 * (size - 1) * total))
    variation, weighted = 0.0, 0.0
    for i in range(n):
        field = [moves[i, j] for j in range(n) if j != i]
        if sum(field):
            mean = sum(field) / len(field)
            variation += (sum((x - mean) ** 2 for x in field) / len(field)) ** 0.5 / mean * sum(field) / total
            gini = sum(abs(a - b) for a in field for b in field) / (2 * (n - 2) * sum(field))
            weighted += gini * sum(field) / total
    assert found["acv", "out"] == pytest.approx(variation)
    assert found["mwg", "out_corrected"] == pytest.approx(weighted)
    assert fields.weighted_gini_out(table) == pytest.approx(weighted)


@given(filled, st.integers(0, 10**6))
def test_the_summary_equals_the_single_functions(table, seed):
    people = np.random.default_rng(seed).integers(500, 5000, len(table)).astype(float)
    found = system_indices(table, people)
    for (code, variant), kernel in {
        ("gini", "total"): lambda t: fields.gini_total(t, False),
        ("gini", "rows_corrected"): fields.gini_rows,
        ("gini", "columns_corrected"): fields.gini_columns,
        ("gini", "exchange"): lambda t: fields.gini_exchange(t, False),
        ("mwg", "out"): lambda t: fields.weighted_gini_out(t, False),
        ("mwg", "in_corrected"): fields.weighted_gini_in,
        ("acv", "in"): fields.aggregate_variation_in,
        ("inequality", "equal"): ix.inequality,
        ("mei", "system"): ix.system_effectiveness,
    }.items():
        assert found[code, variant] == pytest.approx(kernel(table)), (code, variant)
    assert found["anmr", "system"] == pytest.approx(found["cmi", "crude"] * found["mei", "system"] / 100)
    assert found["gini", "rows"] == pytest.approx(
        found["mwg", "out"] * (len(table) - 1) / (len(table) * (len(table) - 1))
    )


def test_all_moves_in_one_flow_are_the_most_focused():
    table = np.zeros((4, 4))
    table[2, 1] = 7
    found = system_indices(table, expected=False)
    assert found["gini", "total_corrected"] == 1
    assert found["mwg", "out_corrected"] == found["mwg", "in_corrected"] == 1
    assert found["inequality", "equal"] == pytest.approx(11 / 12)
    assert found["connectivity", "nonzero"] == pytest.approx(1 / 12)
    assert found["mei", "system"] == 100


@given(filled, st.permutations(range(6)), st.floats(0.5, 50))
def test_relabelling_and_scaling(table, order, factor):
    n = len(table)
    people = np.arange(n) * 7.0 + 50
    order = [i for i in order if i < n]
    found = system_indices(table, people)
    moved = system_indices(table[np.ix_(order, order)], people[order])
    larger = system_indices(table * factor, people * factor)
    for key, value in found.items():
        assert moved[key] == pytest.approx(value, rel=1e-6, abs=1e-9, nan_ok=True), key
        assert larger[key] == pytest.approx(value, rel=1e-6, abs=1e-9, nan_ok=True), key
    regions, again = region_indices(table, people), region_indices(table[np.ix_(order, order)], people[order])
    for key, value in regions.items():
        assert again[key] == pytest.approx(value[order], nan_ok=True), key


@given(filled)
def test_merging_two_regions_moves_their_exchange_to_the_diagonal(table):
    n = len(table)
    join = np.zeros((n, n - 1))
    join[np.arange(n), np.maximum(np.arange(n) - 1, 0)] = 1
    merged = join.T @ table @ join
    people = np.full(n, 1000.0)
    inside = table[0, 1] + table[1, 0]
    assert ix.total_moves(merged) == ix.total_moves(table) - inside
    assert ix.intra_moves(merged) == ix.intra_moves(table) + inside
    assert ix.crude_intensity(merged, people @ join) <= ix.crude_intensity(table, people)
    assert ix.aggregate_net_rate(merged, people @ join) <= ix.aggregate_net_rate(table, people) + 1e-12


def test_leading_axes_are_carried_through():
    tables = np.stack([made_up(seed=s)[0] for s in range(6)]).reshape(2, 3, 5, 5)
    people = np.stack([made_up(seed=s)[1] for s in range(6)]).reshape(2, 3, 5)
    far = np.abs(np.subtract.outer(np.arange(5.0), np.arange(5.0) ** 2)) + 1
    whole, field = system_indices(tables, people, far), region_indices(tables, people)
    for place in np.ndindex(2, 3):
        one, part = system_indices(tables[place], people[place], far), region_indices(tables[place], people[place])
        assert all(whole[key][place] == pytest.approx(one[key], rel=1e-7) for key in one)
        assert all(field[key][place] == pytest.approx(part[key]) for key in part)


def test_the_diagonal_is_never_counted():
    table, people = made_up()
    other = table + np.diag([5000.0, 1, 2, 3, 4])
    for first, second in ((system_indices(table, people), system_indices(other, people)),):
        assert all(first[key] == pytest.approx(second[key]) for key in first)
    assert ix.intra_moves(other) - ix.intra_moves(table) == 5010


def test_rates_and_effectiveness_by_hand():
    arrivals, departures, people = [30, 10], [10, 30], [1000, 4000]
    found = total_indices(arrivals, departures, people)
    assert found["rate", "in"].tolist() == [30, 2.5]
    assert found["rate", "net"].tolist() == [20, -5]
    assert found["rate", "gross"].tolist() == [40, 10]
    assert found["mei", "region"].tolist() == [50, -50]
    assert found["results", "departures_per_1000_arrivals"] == pytest.approx([1000 / 3, 3000])


def test_quasi_independence_is_the_poisson_fit_of_another_program():
    import statsmodels.api as sm

    table, _ = made_up(6, seed=4)
    moves = ix.between(table)
    cells = off(6)
    design = np.array([[i == a for a in range(6)] + [j == b for b in range(1, 6)] for i, j in cells], float)
    fit = sm.GLM([moves[c] for c in cells], design, family=sm.families.Poisson()).fit()
    expected = ix.quasi_independent(table)
    assert [expected[c] for c in cells] == pytest.approx(fit.fittedvalues.tolist(), rel=1e-6)
    assert expected.sum(axis=0) == pytest.approx(moves.sum(axis=0))
    assert np.diag(expected).tolist() == [0] * 6
    truth = 0.5 * sum(abs(moves[c] - f) for c, f in zip(cells, fit.fittedvalues, strict=True)) / moves.sum()
    assert ix.inequality(table, expected) == pytest.approx(truth, rel=1e-6)


def test_quasi_independence_rings_when_there_is_no_fit():
    table = np.zeros((4, 4))
    table[0, 1], table[2, 0], table[0, 3], table[1, 2] = 50, 30, 20, 1
    with pytest.raises(BadInput, match="did not converge in 3 rounds"):
        ix.quasi_independent(table, rounds=3)
    lonely = np.zeros((3, 3))
    lonely[0, 1] = 5
    assert ix.quasi_independent(lonely) == pytest.approx(lonely)


def test_preference_and_velocity_by_loops():
    table, people = made_up(4, seed=9)
    moves, total, size = ix.between(table), ix.total_moves(table), people.sum()
    taste, speed = ix.preference(table, people), ix.velocity(table, people)
    for i, j in off(4):
        assert taste[i, j] == pytest.approx(moves[i, j] / (total * people[i] / size * people[j] / size))
        assert speed[i, j] == pytest.approx(moves[i, j] / people[i] / (people[j] / size))
        assert speed[i, j] == pytest.approx(taste[i, j] * total / size)
    assert np.isnan(np.diag(taste)).all()


def test_aggregate_intensity_is_the_least_squares_line():
    random = np.random.default_rng(2)
    regions = np.array([3, 8, 20, 90, 400])
    x = np.log(regions**2.0)
    y = 1.2 + 0.7 * x + random.normal(0, 0.1, 5)
    start, slope, error, far = ix.aggregate_intensity(y, regions, households=1e6)
    design = np.column_stack([np.ones(5), x])
    known, rest, *_ = np.linalg.lstsq(design, y, rcond=None)
    assert (start, slope) == pytest.approx(tuple(known))
    assert error == pytest.approx(np.sqrt(rest[0] / 3 * np.linalg.inv(design.T @ design)[1, 1]))
    assert far == pytest.approx(start + slope * 2 * np.log(1e6))
    per_zone = np.polyfit(np.log(1e6 / regions), y, 1)
    assert far == pytest.approx(per_zone[1]), "the line on households per zone has its start there"
    with pytest.raises(BadInput, match="two different"):
        ix.aggregate_intensity([1.0, 2.0], [5, 5])


def test_small_indices_by_hand():
    assert ix.courgeau_k(3.0, 10).item() == pytest.approx(3 / (2 * np.log(10)))
    assert ix.redistribution([50, 50], [80, 20]).item() == pytest.approx(0.3)
    assert ix.hoover([75, 25], [50, 50]).item() == pytest.approx(25)
    assert ix.selectivity([30, 10], [50, 50]).tolist() == [1.5, 0.5]
    assert ix.impact_index([2, 4], [10, 30]).tolist() == pytest.approx([2 / 3 * 0.5, 4 / 3 * 1.5])
    assert ix.impact_index([2, 4], [10, 30], (4.0, 10.0)).tolist() == pytest.approx([0.5, 3])
    assert np.isnan(ix.effectiveness(np.zeros((3, 3)))).all()


@pytest.mark.parametrize("shape", [(3,), (2, 3), (1, 1)])
def test_a_table_that_is_not_square_rings(shape):
    with pytest.raises(BadInput, match="must be square"):
        ix.between(np.ones(shape))


def test_ties_by_loops_and_their_mean_of_one():
    table, people = made_up(5, seed=3)
    moves = ix.between(table)
    for base in links.BASES:
        came = links.link_intensity(table, people, "arrivals", base)
        went = links.link_intensity(table, people, "departures", base)
        for i, j in off(5):
            others = {
                "others": (people[i] / (people.sum() - people[j]), people[j] / (people.sum() - people[i])),
                "all": (people[i] / people.sum(), people[j] / people.sum()),
                "flows": (
                    (moves[i].sum() - moves[i, j]) / sum(moves[k].sum() - moves[k, j] for k in range(5) if k != j),
                    (moves[:, j].sum() - moves[i, j])
                    / sum(moves[:, k].sum() - moves[i, k] for k in range(5) if k != i),
                ),
            }[base]
            assert came[i, j] == pytest.approx(moves[i, j] / moves[:, j].sum() / others[0])
            assert went[i, j] == pytest.approx(moves[i, j] / moves[i].sum() / others[1])
        if base != "all":
            size = links.link_base(table, people, "arrivals", base)
            assert np.nansum(size, axis=0) == pytest.approx(np.ones(5))
            assert np.nansum(came * size, axis=0) == pytest.approx(np.ones(5))


def test_ties_proportional_to_population_are_one():
    people = np.array([100.0, 300, 50, 700])
    table = np.outer([3, 1, 9, 2], people)
    assert links.link_intensity(table, people, "departures")[~np.eye(4, dtype=bool)] == pytest.approx(np.ones(12))


def test_ties_ring():
    table, people = made_up()
    with pytest.raises(BadInput, match="option base is 'x'"):
        links.link_intensity(table, people, base="x")
    with pytest.raises(BadInput, match="option by is 'y'"):
        links.link_base(table, people, by="y")
    with pytest.raises(BadInput, match="needs a population"):
        links.link_intensity(table, None)
    assert np.isfinite(links.link_intensity(table, None, base="flows")[0, 1])


def test_settled_shares():
    assert links.settled_share(150, 200).item() == 0.75
    assert links.settled_share_census(150, 200, 0.9).item() == pytest.approx(150 / 180)
    assert links.settled_share_census(250, 200).item() == 1.25


def test_a_table_without_fit_is_nan_beside_tables_with_one():
    """Region 0 takes part in every move: the best fit lies at infinity and is never reached."""
    hopeless = np.array([[0, 60, 40, 0], [0, 0, 0, 0], [0, 0, 0, 0], [50, 0, 0, 0.0]])
    both = np.stack([hopeless, made_up(4)[0]])
    found = system_indices(both)["inequality", "quasi_independent"]
    assert np.isnan(found[0])
    assert found[1] == pytest.approx(system_indices(both[1])["inequality", "quasi_independent"], rel=1e-6)
    _, gap = ix.quasi_independent_fit(both, 500, 1e-9)
    assert gap[0] > 1e-9 >= gap[1]
    with pytest.raises(BadInput, match="did not converge in 500 rounds"):
        ix.quasi_independent(both, 500)
