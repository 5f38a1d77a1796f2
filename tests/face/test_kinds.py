"""Columns of kinds that hold no number and no text are named; other kinds are read."""

import string
import warnings

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

import qonys
from qonys import words
from qonys.errors import BadInput
from qonys.face.told import IN_PYTHON

ORIGIN, DESTINATION, VALUE = ["a", "a", "b", "b", "c", "c"], ["b", "c", "a", "c", "a", "b"], [1, 2, 3, 4, 5, 6]


def table(value):
    return {"origin": ORIGIN, "destination": DESTINATION, "value": value}


def pandas_table(value):
    return pytest.importorskip("pandas").DataFrame(table(VALUE)).assign(value=value)


@pytest.mark.parametrize("make", [table, pandas_table])
@pytest.mark.parametrize(
    "value",
    [[10**30] * 6, [1, "2", 3, 4, 5, 6], pl.Series(list("123456")).cast(pl.Categorical).to_list()],
)
def test_large_and_mixed_numbers_are_read(make, value):
    assert qonys.multiplicative_components(make(value)).frame.height


def test_categories_are_read():
    pandas = pytest.importorskip("pandas")
    expected = qonys.multiplicative_components(table(VALUE)).frame
    for value in (pandas.Categorical(list("123456")), pandas.Categorical(VALUE)):
        assert qonys.multiplicative_components(pandas_table(value)).frame.equals(expected)
    polars = pl.DataFrame(table(pl.Series(list("123456"), dtype=pl.Categorical)))
    assert qonys.multiplicative_components(polars).frame.equals(expected)


@pytest.mark.parametrize("make", [table, pandas_table])
@pytest.mark.parametrize(
    "value",
    [[[1]] * 6, [1j] * 6, np.array([1j] * 6), [{1}] * 6, [{"a": 1}] * 6, [object()] * 6],
    ids=["lists", "complex", "array", "sets", "mappings", "objects"],
)
def test_a_column_without_numbers_is_named(make, value):
    with pytest.raises(BadInput, match=r"column 'value' holds .*expected one number or one text"):
        qonys.multiplicative_components(make(value))
    assert qonys.multiplicative_components(make(VALUE) if make is pandas_table else {**table(VALUE), "x": value})


@pytest.mark.parametrize("value", [5, None, "abcdef"])
def test_one_value_is_no_column(value):
    with pytest.raises(BadInput, match=r"column 'value' is .*expected a list"):
        qonys.multiplicative_components(table(value))


def test_two_columns_of_one_name_are_named():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(table(VALUE))
    arrow = pa.table([ORIGIN, DESTINATION, VALUE, VALUE], names=["origin", "destination", "value", "value"])
    for given in (pandas.concat([frame, frame[["value"]]], axis=1), arrow):
        with pytest.raises(BadInput, match="2 columns named 'value'"):
            qonys.multiplicative_components(given)
    assert qonys.multiplicative_components(frame.set_index("value", drop=False))


def test_sentences_of_python_have_all_their_values():
    for key, own in IN_PYTHON.items():
        filled = {name for _, name, _, _ in string.Formatter().parse(words.template(key, "en")) if name}
        wanted = {name for _, name, _, _ in string.Formatter().parse(words.template(own, "en")) if name}
        assert wanted <= filled | {"table"}, own


def test_pairs_of_two_years_are_said_in_a_gravity_model(tmp_path):
    path = tmp_path / "pairs.csv"
    pairs = [(o, d) for o in "abcd" for d in "abcd" if o != d]
    rows = [f"{o},{d},{y},{50 + ord(o) + y % 7},{abs(ord(o) - ord(d))}" for y in (2001, 2002) for o, d in pairs]
    path.write_text("\n".join(["origin,destination,period,value,km", *rows]) + "\n", encoding="utf-8")
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        qonys.gravity(path, log="distance", effects=["origin", "destination"], columns={"distance": "km"})
    assert any("period" in str(one.message) for one in said)
