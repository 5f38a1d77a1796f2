"""Joins are exact, definitions are kept, identities ring."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qonys.errors import AxisMismatch, DefinitionMismatch, IdentityBroken, VintageMismatch
from qonys.quantities import Axis, Flows, Population, Series, balance

YEARS = Axis("time", (2000, 2001, 2002))


def series(values, unit="persons", definition="births", **more):
    return Series(np.array(values, float), (YEARS,), unit, definition, **more)


def people(values, vintage=None):
    return Population(np.array(values, float), (YEARS,), "persons", "residents", vintage=vintage)


def test_sum_keeps_unit_and_errors():
    total = series([1, 2, 3], sd=[3, 3, 3]) + series([1, 1, 1], sd=[4, 4, 4])
    assert total.values.tolist() == [2, 3, 4]
    assert total.sd.tolist() == [5, 5, 5]


def test_unknown_error_is_not_zero():
    assert (series([1, 2, 3], sd=[3, 3, 3]) + series([1, 1, 1])).sd is None


def test_joins_are_exact():
    other = Series(np.ones(3), (Axis("time", (2001, 2002, 2003)),), "persons", "births")
    with pytest.raises(AxisMismatch, match="only the first quantity has 2000, and only the second has 2003"):
        series([1, 2, 3]) + other


def test_definitions_and_vintages_are_held():
    with pytest.raises(DefinitionMismatch):
        series([1, 2, 3]) + series([1, 2, 3], definition="deaths")
    with pytest.raises(VintageMismatch):
        people([1, 2, 3], "2018") - people([1, 2, 3], "2022")
    with pytest.raises(DefinitionMismatch, match="negative"):
        people([1, -2, 3])
    with pytest.raises(DefinitionMismatch, match="moves"):
        Flows(np.zeros((2, 3)), (Axis("origin", "ab"), Axis("destination", "xyz")), "percent", "moves")


def test_a_transposed_table_is_refused():
    axes = (Axis("origin", ("a", "b")), Axis("destination", ("x", "y", "z")))
    assert Flows(np.zeros((2, 3)), axes, "moves", "moves").values.shape == (2, 3)
    with pytest.raises(AxisMismatch):
        Flows(np.zeros((3, 2)), axes, "moves", "moves")
    with pytest.raises(AxisMismatch):
        Flows(np.zeros((3, 2)), axes[::-1], "moves", "moves")


def test_values_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        series([1, 2, 3]).values[0] = 9


@given(st.lists(st.integers(0, 10**7), min_size=15, max_size=15))
def test_balance_closes_and_rings(numbers):
    p0, births, deaths, migration, _ = np.array(numbers, float).reshape(5, 3)
    p0 = p0 + deaths + np.abs(migration)
    end = people(p0 + births - deaths + migration)
    report = balance(people(p0), end, series(births), series(deaths), series(migration))
    report.demand(1e-6)
    broken = balance(people(p0), end, series(births + 10), series(deaths), series(migration))
    with pytest.raises(IdentityBroken):
        broken.demand(9)


def test_frames():
    frame = series([1, 2, 3], sd=[1, 1, 1]).to_frame()
    assert frame.columns == ["time", "value", "sd", "unit"]
    assert frame["value"].to_list() == [1, 2, 3]


def test_labelled_arrays():
    pytest.importorskip("xarray", reason="the extra `labels` is not installed")
    assert series([1, 2, 3]).to_xarray().sel(time=2001).item() == 2
    assert series([1, 2, 3]).at(time=2002) == 3
    assert series([1, 2, 3]).total("time").values == 6
