"""Years and ages of tables given in Python are those that a file may have."""

import pytest

from qonys.catalog.reading.wanted import Wanted
from qonys.errors import BadInput
from qonys.face.frames import frame_of

STOCK = Wanted(labels=("region",), whole=("time",))
FLOWS = Wanted(labels=("region",), optional_labels=("period",))
AGES = Wanted(whole=("age_start",))


@pytest.mark.parametrize(("time", "found"), [(2019, 2019), (2019.0, 2019), ("2019 г.", 2019), ("2019-01-01", 2019)])
def test_years_as_written(time, found):
    assert frame_of({"region": ["a"], "time": [time], "value": [1]}, STOCK, "stocks")["time"].to_list() == [found]


@pytest.mark.parametrize(
    ("time", "said"),
    [(19, "a year has four figures"), (45292, "by which a spreadsheet stores"), (3000, "impossible"), (-2019, "impossible")],
)
def test_years_that_cannot_be(time, said):
    with pytest.raises(BadInput, match=said):
        frame_of({"region": ["a"], "time": [time], "value": [1]}, STOCK, "stocks")


def test_periods_may_be_spans():
    table = {"region": ["a", "b"], "period": ["2015-2019", "before"], "value": [1, 2]}
    assert frame_of(table, FLOWS, "flows")["period"].to_list() == ["2015-2019", "before"]
    with pytest.raises(BadInput, match="impossible"):
        frame_of(table | {"period": [2019, 9019]}, FLOWS, "flows")


@pytest.mark.parametrize("age", [999, -5])
def test_ages_that_nobody_has(age):
    with pytest.raises(BadInput):
        frame_of({"age": [0, 1, age], "value": [1, 2, 3]}, AGES, "ages")
