"""Reading of a person's own long table: names, numbers, and one sentence for each fault."""

from __future__ import annotations

import pytest

from qonys.catalog.reading.choices import FileChoices
from qonys.catalog.reading.long_tables import read_long
from qonys.catalog.reading.wanted import Wanted
from qonys.errors import BadInput

FLOWS = Wanted(labels=("origin", "destination"), optional_whole=("time",), optional_labels=("sex",))


def written(tmp_path, text: str):
    path = tmp_path / "flows.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_usual_names_are_understood(tmp_path) -> None:
    found = read_long(written(tmp_path, "year;from;to;n;note\n2001;A;B;1 234,5;x\n2002;B;A;7,0;\n"), FLOWS)
    assert found.frame.columns == ["origin", "destination", "value", "time"]
    assert found.frame["value"].to_list() == [1234.5, 7.0]
    assert found.used == {"origin": "from", "destination": "to", "value": "n", "time": "year"}
    assert found.left_out == ("note",)


def test_columns_can_be_named_and_rows_chosen(tmp_path) -> None:
    path = written(tmp_path, "откуда,куда,число,вид\nA,B,5,m\nA,B,6,w\n")
    mapping = ("откуда=origin", "куда=destination", "число=value")
    assert read_long(path, FLOWS, FileChoices(mapping, ("вид=w",))).frame["value"].to_list() == [6.0]


@pytest.mark.parametrize(
    ("text", "mapping", "where", "sentence"),
    [
        ("from,to\nA,B\n", (), (), "no column for value"),
        ("from,to,n\nA,B,many\n", (), (), "row 2: 'many' in column 'n' is not a number"),
        ("from,to,n\nA,B,1\nA,,2\n", (), (), "row 3: column 'to' is empty"),
        ("from,to,n\nA,B,\n", (), (), "row 2: column 'n' is empty"),
        ("from,to,n,year\nA,B,1,2001.5\n", (), (), "“2001.5” is no year"),
        ("from,to,n\nA,B,1\n", ("x=value",), (), "no column x"),
        ("from,to,n\nA,B,1\n", ("n=volume",), (), "volume: not known"),
        ("from,to,n\nA,B,1\n", ("n",), (), "expected COLUMN=NAME"),
        ("from,to,n\nA,B,1\n", ("n=value", "to=value"), (), "Two columns are named 'value'"),
        ("from,to,n\nA,B,1\n", (), ("from=Z",), "no rows for from=Z"),
        ("from,to,n\nA,B,1\n", (), ("sex=m",), "no column sex"),
    ],
)
def test_faults_are_one_sentence(tmp_path, text, mapping, where, sentence) -> None:
    with pytest.raises(BadInput, match=sentence):
        read_long(written(tmp_path, text), FLOWS, FileChoices(mapping, where))


@pytest.mark.parametrize("column", ["unit", "definition", "boundary_vintage"])
def test_mixed_definitions_are_refused_until_one_is_chosen(tmp_path, column) -> None:
    path = tmp_path / "flows.csv"
    path.write_text(f"origin,destination,value,{column}\nA,B,1,x\nB,A,2,y\n")
    wanted = Wanted(labels=("origin", "destination"))
    with pytest.raises(BadInput, match=rf"{column}.*x, y.*--where {column}=x"):
        read_long(path, wanted)
    assert read_long(path, wanted, FileChoices(where=(f"{column}=x",))).frame.height == 1
