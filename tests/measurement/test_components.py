"""Components of change against figures worked by hand, and their identities."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qonys.errors import AxisMismatch
from qonys.measurement.components import components, period_total
from qonys.measurement.groups import group_change
from qonys.measurement.regions import regional_components
from qonys.quantities import Axis, Population, Series


def annual(values, first=2000, definition="births"):
    years = tuple(range(first, first + len(values)))
    return Series(np.array(values, float), (Axis("time", years),), "persons", definition)


def counts(values, sd=None):
    return Population(
        np.array(list(values.values()), float), (Axis("time", tuple(values)),), "persons", "residents", sd=sd
    )


def test_pencil_example():
    population = counts({2000: 1000, 2002: 1010}, sd=[3, 4])
    found = components(
        population, (annual([30, 30]), annual([10, 10])), annual([20, 20 + 12 * 1]), None, (2000, 2002)
    )
    assert (found.natural, found.growth, found.residual) == (40, 10, -30)
    assert found.offset == pytest.approx(0.75)
    assert found.residual_sd == pytest.approx(np.sqrt(9 + 16 + 144 / 12))
    low, high = found.interval()
    assert low < found.residual < high
    assert found.registered is None


@given(st.lists(st.integers(0, 10**6), min_size=6, max_size=6), st.integers(-(10**5), 10**5))
def test_components_add_up(events, migration):
    births, deaths = events[:3], events[3:]
    start = 10**7
    end = start + sum(births) - sum(deaths) + migration
    found = components(
        counts({2000: start, 2003: end}),
        (annual(births), annual(deaths)),
        None,
        annual([1, 2, 3]),
        (2000, 2003),
    )
    assert found.residual == pytest.approx(migration)
    assert found.growth == pytest.approx(found.natural + found.residual)
    assert found.registered == 6


def test_a_missing_year_is_said_not_filled():
    assert period_total(annual([1, 2]), 2000, 2003) is None
    with pytest.raises(AxisMismatch, match="2000–2003"):
        components(counts({2000: 1, 2003: 1}), (annual([1, 2]), annual([1, 2])), None, None, (2000, 2003))


@given(st.floats(1, 1e6), st.floats(1, 1e6), st.floats(-0.02, 0.04))
def test_group_split_is_exact_at_both_ends(first, last, rate):
    change = group_change("g", (first, last), (1989, 1999), rate, (-0.3, 1.7))
    assert change.natural_low + change.rest_high == pytest.approx(change.growth, abs=1e-6)
    assert change.natural_high + change.rest_low == pytest.approx(change.growth, abs=1e-6)
    assert change.rest_low <= change.rest_high


def test_regional_components_close_and_keep_recounts_apart():
    regions, years = Axis("region", ("A", "B")), Axis("time", (2007, 2008, 2009))
    population = Population(
        np.array([[100, 200], [110, 190], [150, 200], [155, 195]], float),
        (Axis("time", (2007, 2008, 2009, 2010)), regions),
        "persons",
        "residents",
    )
    births = Series(np.full((3, 2), 5.0), (years, regions), "persons", "births")
    deaths = Series(np.full((3, 2), 2.0), (years, regions), "persons", "deaths")
    found = regional_components(population, births, deaths, (2008,))
    assert found.migration.tolist() == [7 + 2, -13 - 8]
    assert found.recount.tolist() == [37, 7]
    assert found.discrepancy() == 0
