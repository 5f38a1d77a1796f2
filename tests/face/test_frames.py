"""The door for tables: every kind of table gives the same frame; what cannot be read is named by table, row, column."""

from __future__ import annotations

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

import qonys
from qonys.catalog.reading.wanted import Wanted
from qonys.errors import BadInput, DefinitionMismatch, VintageMismatch
from qonys.face.frames import alike, frame_of, sources_of
from qonys.quantities import Axis, Flows, Lineage, Stock

FLOWS = Wanted(labels=("origin", "destination"), optional_labels=("period",), optional_whole=("year",))
ROWS = {"from": ["a", "b"], "to": ["b", "a"], "persons": [3, 4.5]}
EXPECTED = pl.DataFrame({"origin": ["a", "b"], "destination": ["b", "a"], "value": [3.0, 4.5]})


def kinds(tmp_path):
    pandas = pytest.importorskip("pandas")
    path = tmp_path / "flows.csv"
    pl.DataFrame(ROWS, strict=False).write_csv(path)
    frame = pandas.DataFrame(ROWS)
    return {
        "mapping": ROWS, "polars": pl.DataFrame(ROWS, strict=False), "lazy": pl.DataFrame(ROWS, strict=False).lazy(),
        "arrow": pa.table(ROWS), "pandas": frame, "index": frame.set_index(["from", "to"]),
        "filtered": pandas.concat([frame, frame])[2:], "path": path, "text": str(path),
    }  # fmt: skip


def test_every_kind_of_table_gives_the_same_frame(tmp_path):
    for name, given in kinds(tmp_path).items():
        assert frame_of(given, FLOWS, "flows").equals(EXPECTED), name


def test_a_quantity_and_a_result_are_tables():
    axes = (Axis("origin", ("a", "b")), Axis("destination", ("a", "b")))
    flows = Flows(np.array([[0, 3], [4, 0]]), axes, "persons", "moves", lineage=Lineage(("register",)))
    assert frame_of(flows, FLOWS, "flows")["value"].to_list() == [0, 3, 4, 0]
    found = qonys.multiplicative_components(flows)
    assert found.sources == ("register",)
    assert frame_of(found, Wanted(labels=("component",)), "parts").height == found.frame.height
    assert sources_of(found, flows, None) == ("register",)
    assert pl.DataFrame(found).equals(found.frame)


def test_columns_are_found_by_usual_names_by_the_mapping_and_not_twice():
    table = {"o": ["a"], "d": ["b"], "value": [1], "persons": [2]}
    assert frame_of(table, FLOWS, "flows")["value"].to_list() == [1]
    assert frame_of(table, FLOWS, "flows", {"value": "persons"})["value"].to_list() == [2]
    swapped = frame_of(table, FLOWS, "flows", {"origin": "d", "destination": "o"})
    assert swapped.select("origin", "destination").row(0) == ("b", "a")


def test_labels_and_years_are_alike_whatever_their_type():
    table = {"origin": [1.0, 2.0], "destination": [2, 1], "value": [1, 2], "period": [2001, 2002]}
    found = frame_of(table, FLOWS, "flows")
    assert found["origin"].to_list() == ["1", "2"]
    assert found["period"].to_list() == [2001, 2002]
    text = frame_of({**table, "period": ["2001-2005", "2006-2010"]}, FLOWS, "flows")
    assert text["period"].to_list() == ["2001-2005", "2006-2010"]


@pytest.mark.parametrize(
    ("table", "key", "words"),
    [
        ({"from": ["a"], "value": [1]}, "face.table.missing", ["flows", "destination", "from, value"]),
        ({"from": ["a", None], "to": ["b", "b"], "n": [1, 2]}, "face.table.empty", ["row 2", "'from'"]),
        ({"from": ["a", "b"], "to": ["b", "a"], "n": [1, None]}, "face.table.empty", ["row 2", "'n'"]),
        ({"from": ["a", "b"], "to": ["b", "a"], "n": ["1", "x"]}, "face.table.not_number", ["row 2", "'x'", "'n'"]),
        ({"from": ["a"], "to": ["b"], "n": [1], "year": [2.5]}, "face.table.not_whole", ["row 1", "2.5", "'year'"]),
        ({"from": ["a"], "to": ["b"], "n": [1, 2]}, "face.table.lengths", ["from 1", "n 2"]),
        ({"from": [], "to": [], "n": []}, "face.table.no_rows", ["flows"]),
        ({"from": ["a", "b"], "to": ["b", "a"], "n": [1, 2], "unit": ["x", "y"]}, "face.table.mixed", ["unit", "x, y"]),
        (3, "face.table.kind", ["int"]),
    ],
)
def test_what_cannot_be_read_is_named(table, key, words):
    with pytest.raises(BadInput) as caught:
        frame_of(table, FLOWS, "flows")
    assert caught.value.key == key
    for word in words:
        assert word in str(caught.value)


def test_a_wrong_name_in_the_mapping_is_named():
    with pytest.raises(BadInput, match="'nowhere'"):
        frame_of(ROWS, FLOWS, "flows", {"origin": "nowhere"})


def test_quantities_of_other_definitions_or_boundaries_are_refused():
    axes = (Axis("birthplace", ("a", "b")), Axis("residence", ("a", "b")))
    born, citizens = (Stock(np.eye(2), axes, "persons", name, vintage="2010") for name in ("birthplace", "citizenship"))
    with pytest.raises(DefinitionMismatch):
        alike("flows", born, citizens)
    with pytest.raises(VintageMismatch):
        qonys.flows_from_stocks(born, Stock(np.eye(2), axes, "persons", "birthplace", vintage="2020"))


def test_a_planted_fault_rings():
    """A number dropped on the way in would show as another sum."""
    broken = {**ROWS, "persons": [3, 4.4]}
    assert not frame_of(broken, FLOWS, "flows").equals(EXPECTED)


def test_dates_and_truths_are_no_numbers():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"year": pandas.to_datetime(["2000", "2001"]), "value": [1.0, 2.0]})
    with pytest.raises(BadInput, match=r"'year' holds dates, not numbers.*dt\.year"):
        frame_of(frame, Wanted(whole=("year",)), "series")
    with pytest.raises(BadInput, match="True and False"):
        frame_of({"year": [2000], "value": [True]}, Wanted(whole=("year",)), "series")


def test_a_pandas_series_is_a_table_of_its_index_and_values():
    pandas = pytest.importorskip("pandas")
    series = pandas.Series([1.0, 2.0], index=pandas.Index([2000, 2001], name="year"))
    expected = pl.DataFrame({"year": [2000, 2001], "value": [1.0, 2.0]})
    assert frame_of(series, Wanted(whole=("year",)), "series").equals(expected)
