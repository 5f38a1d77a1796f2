"""Multipliers as titles, notes and columns word them: multiplied where they surely say one, else asked."""

import polars as pl
import pytest

import qonys
from qonys.catalog.reading.long_tables import read_long
from qonys.catalog.reading.wanted import Wanted
from qonys.errors import BadInput

MOVES = Wanted(labels=("origin", "destination"))
TABLE = "origin;destination;value\nA;B;1,5\nB;A;2,3\n"
SURE = [
    "Migrants, in units of 1,000", "Multiplier: 1000", "UNIT_MULT: 3", "тыс.чел", "(тыс. чел.)", "Thousands", "x 1000",
    "000s", "Scale: Thousands", "Примечание: тысяч человек", "Ескерту: мың адам", "Note: 1000s of persons",
]  # fmt: skip
DOUBTFUL = ["Unit: 1000 persons", "1000 persons", "Multiplier: 3"]
NOTHING = ["Table 1000", "Map scale 1:1000", "Cities of over 1000 people", "Multiplier: 1", "Without 1000 soldiers"]


def read(tmp_path, text):
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    return read_long(tmp_path / "t.csv", MOVES).frame["value"].to_list()


@pytest.mark.parametrize("text", SURE)
def test_what_surely_says_thousands_multiplies(tmp_path, text):
    assert read(tmp_path, f"{text};;\n{TABLE}") == [1500, 2300]
    assert read(tmp_path, f"{TABLE}{text};;\n") == [1500, 2300]
    assert read(tmp_path, f"{TABLE};;\n{text};;\n") == [1500, 2300]


@pytest.mark.parametrize("text", DOUBTFUL)
def test_what_may_be_either_is_asked(tmp_path, text):
    for written in (f"{text};;\n{TABLE}", f"{TABLE};;\n{text};;\n"):
        with pytest.raises(BadInput, match="--multiplier"):
            read(tmp_path, written)


@pytest.mark.parametrize("text", NOTHING)
def test_what_says_no_unit_multiplies_nothing(tmp_path, text):
    assert read(tmp_path, f"{text};;\n{TABLE}") == [1.5, 2.3]
    assert read(tmp_path, f"{TABLE};;\n{text};;\n") == [1.5, 2.3]


def test_hundreds_below_a_table(tmp_path):
    assert read(tmp_path, f"{TABLE}In hundreds;;\n") == [150, 230]


@pytest.mark.parametrize(
    ("column", "text"), [("Scale", "Thousands"), ("scale", "1000"), ("units", "K"), ("unit", "k"), ("Масштаб", "тыс.")]
)
def test_columns_of_units(tmp_path, column, text):
    assert read(tmp_path, f"origin;destination;value;{column}\nA;B;1,5;{text}\nB;A;2,3;{text}\n") == [1500, 2300]
    frame = pl.DataFrame({"origin": ["A", "B"], "destination": ["B", "A"], "value": [1.5, 2.3], column: [text] * 2})
    with pytest.warns(UserWarning, match="multiplied"):
        qonys.migration_indicators(frame)


def test_a_scale_of_three_is_asked(tmp_path):
    with pytest.raises(BadInput, match="--multiplier"):
        read(tmp_path, "origin;destination;value;scale\nA;B;1,5;3\nB;A;2,3;3\n")
