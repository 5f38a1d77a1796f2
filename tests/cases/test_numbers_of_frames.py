"""Thousands, signs and units of tables given in Python; all made up."""

import warnings

import polars as pl
import pytest

import qonys
from qonys.errors import BadInput


def moves_of(columns, kind, tmp_path):
    """Moves between A and B in a table given in Python."""
    table = pl.DataFrame({"origin": ["A", "B"], "destination": ["B", "A"], **columns})
    names = {"value": "flow, thousands"} if "flow, thousands" in columns else None
    if kind == "file":
        table.write_csv(tmp_path / "flows.csv", separator=";")
        table = tmp_path / "flows.csv"
    frame = qonys.multiplicative_components(table, columns=names).frame
    return frame.filter(pl.col("component") == "total")["value"][0]


@pytest.mark.parametrize("kind", ["polars", "file"])
@pytest.mark.parametrize(
    ("columns", "moves", "said"),
    [
        ({"value": ["1,5", "2,3"]}, 3.8, ""),
        ({"value": ["1 000,5", "2,5"]}, 1003.0, ""),
        ({"value": ["1,5", "2,3"], "UNIT_MULT": [3, 3]}, 3800, "multiplied by 1000, as “UNIT_MULT=3” says"),
        ({"value": [1.5, 2.3], "unit": ["тыс. человек", "тыс. человек"]}, 3800, "multiplied"),
        ({"flow, thousands": [1.5, 2.3]}, 3800, "multiplied"),
    ],
)
def test_tables_in_python_are_read_alike(columns, moves, said, kind, tmp_path):
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        assert moves_of(columns, kind, tmp_path) == pytest.approx(moves, rel=1e-12)
    assert [said in str(one.message) for one in heard] == ([True] if said else [])


@pytest.mark.parametrize("kind", ["polars", "file"])
@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"value": ["1.234", "2.345"]}, "Give numbers instead of texts"),
        ({"value": [1.5, 2.3], "UNIT_MULT": ["3", "x"]}, "leave the column out"),
        ({"flow, thousands": [1.5, 2.3], "UNIT_MULT": [0, 0]}, "rename or leave out"),
        ({"value": ["1,5", "2,3 a"]}, "is not a number"),
    ],
)
def test_tables_in_python_are_refused_without_options_of_commands(columns, said, kind, tmp_path):
    with pytest.raises(BadInput, match=said) as refused:
        moves_of(columns, kind, tmp_path)
    assert "--" not in str(refused.value)


def test_numbers_of_a_frame_need_no_question(tmp_path):
    assert moves_of({"value": [1.234, 2.345]}, "polars", tmp_path) == pytest.approx(3.579)
