"""Small counts stay hidden: against all tables a reader cannot rule out, counted one by one."""

from itertools import product

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qonys.errors import BadInput
from qonys.estimation.disclosure import Protected, derivable, protect, protected_frame, with_totals


def every_table(table, withheld):
    """All whole-number tables that agree with the shown cells: the slow plain twin of the linear programme."""
    cells = [tuple(c) for c in np.argwhere(withheld)]
    most = int(table.max())
    found = []
    for values in product(range(most + 1), repeat=len(cells)):
        trial = table.copy()
        for cell, value in zip(cells, values, strict=True):
            trial[cell] = value
        whole = np.allclose(trial[:, :-1].sum(axis=1), trial[:, -1])
        if whole and (len(trial) == 1 or np.allclose(trial[:-1].sum(axis=0), trial[-1])):
            found.append(trial)
    return np.array(found)


@pytest.mark.parametrize("seed", range(6))
def test_what_a_reader_can_find_out_is_what_counting_all_tables_says(seed):
    draw = np.random.default_rng(seed)
    table = with_totals(draw.integers(0, 3, (2, 3)).astype(float))
    withheld = np.zeros(table.shape, bool)
    withheld[:-1, :2] = True
    low, high = derivable(table, withheld)
    tables = every_table(table, withheld)
    np.testing.assert_allclose(low, tables.min(axis=0), atol=1e-7)
    np.testing.assert_allclose(high, tables.max(axis=0), atol=1e-7)


def test_cox_the_only_withheld_cell_of_a_row_is_found_by_subtraction():
    table = with_totals(np.array([[20.0, 3.0, 9.0], [30.0, 40.0, 11.0]]))
    withheld = np.zeros(table.shape, bool)
    withheld[0, 1] = True
    low, high = derivable(table, withheld)
    assert low[0, 1] == pytest.approx(3)
    assert high[0, 1] == pytest.approx(3)
    found = protect(table[:-1, :-1])
    assert found.withheld[0, 1]
    assert (found.high - found.low)[found.withheld].min() >= 5 - 1e-6


def test_a_tree_of_withheld_cells_is_found_out_and_a_cycle_is_not():
    """Gusfield (1988): exactly the cells on no cycle can be told."""
    table = with_totals(np.arange(10.0, 19.0).reshape(3, 3))
    tree = np.zeros(table.shape, bool)
    for cell in ((0, 0), (0, 1), (1, 1), (1, 2)):
        tree[cell] = True
    low, high = derivable(table, tree)
    np.testing.assert_allclose(low, high)
    cycle = tree.copy()
    cycle[2, 0] = cycle[2, 2] = True
    low, high = derivable(table, cycle)
    assert (high - low)[cycle].min() > 1


@given(st.lists(st.lists(st.integers(0, 60), min_size=4, max_size=4), min_size=3, max_size=5))
def test_no_withheld_cell_can_be_narrowed_below_the_threshold(rows):
    counts = np.array(rows, dtype=float)
    found = protect(counts)
    assert not (found.primary & ~found.withheld).any()
    again_low, again_high = derivable(found.table, found.withheld)
    assert (again_high - again_low)[found.withheld].min(initial=np.inf) >= 5 - 1e-6
    assert ((again_low <= found.table + 1e-6) & (found.table - 1e-6 <= again_high)).all()
    shown = found.shown()
    assert not np.isin(shown[~np.isnan(shown)], [1, 2, 3, 4]).any()


def test_a_planted_fault_rings():
    """A protection that forgets the complementary cells is caught by the audit."""
    found = protect(np.array([[50.0, 2.0, 30.0], [41.0, 60.0, 9.0], [12.0, 33.0, 70.0]]))
    forgetful = Protected(found.table, found.primary, found.primary, *derivable(found.table, found.primary))
    width = (forgetful.high - forgetful.low)[forgetful.withheld]
    assert width.min() < 5
    for cell in np.argwhere(found.withheld & ~found.primary):
        fewer = found.withheld.copy()
        fewer[tuple(cell)] = False
        low, high = derivable(found.table, fewer)
        assert (high - low)[fewer].min() < 5


def test_a_list_with_its_total():
    found = protect(np.array([40.0, 3.0, 25.0, 7.0]))
    assert found.withheld.tolist() == [[False, True, False, True, False]]
    assert (found.high - found.low)[0, 1] == pytest.approx(10)


def test_small_totals_are_withheld_too():
    found = protect(np.array([[0.0, 3.0, 0.0], [60.0, 70.0, 80.0], [9.0, 14.0, 55.0]]))
    assert found.withheld[0, 3]
    assert (found.high - found.low)[found.withheld].min() >= 5 - 1e-6


def test_a_lonely_small_count_goes_with_its_total():
    found = protect(np.array([[3.0]]))
    assert found.withheld.all()
    assert np.isinf(found.high).all()


def test_nothing_small_nothing_withheld():
    found = protect(np.array([[10.0, 0.0], [20.0, 30.0]]))
    assert not found.withheld.any()
    assert found.shown(5).tolist() == [[10.0, 0.0, 10.0], [20.0, 30.0, 50.0], [30.0, 30.0, 60.0]]


def test_a_tidy_table_is_flagged():
    frame = pl.DataFrame({"region": ["a", "a", "b", "b", "c"], "group": ["x", "y", "x", "y", "x"], "value": [3, 40, 22, 31, 17]})
    found = protected_frame(frame, ("region", "group"), base=5)
    hidden = found.filter(pl.col("flag") == "c")
    assert hidden["value"].null_count() == hidden.height >= 4
    assert ("a", "x") in hidden.select("region", "group").rows()
    assert found.filter(pl.col("flag") == "")["value"].to_list() == [v for v in found["value"] if v is not None]
    assert all(value % 5 == 0 for value in found["value"].drop_nulls())


@pytest.mark.parametrize(
    ("counts", "threshold", "key"),
    [([[1.0, -1.0]], 5, "disclosure.negative"), ([[1.0, np.nan]], 5, "disclosure.negative"), ([[9.0, 9.0]], 1, "disclosure.threshold"),
     (np.zeros((0, 2)), 5, "disclosure.shape")],
)  # fmt: skip
def test_a_clear_refusal(counts, threshold, key):
    with pytest.raises(BadInput) as error:
        protect(np.array(counts), threshold)
    assert error.value.key == key
    for language in ("ru", "kk", "en"):
        assert error.value.sentence(language)


def test_a_bad_frame_is_refused():
    frame = pl.DataFrame({"a": ["x", "x"], "b": ["y", "y"], "value": [1, 2]})
    with pytest.raises(BadInput):
        protected_frame(frame, ("a", "b"))
    with pytest.raises(BadInput):
        protected_frame(frame, ("a", "nothing"))
