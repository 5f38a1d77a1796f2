"""PC-Axis, JSON-stat, other kinds of files and what is no file, in the commands that read such files; all made up."""

import json
import os
import time
import zipfile

import pytest

from qonys.catalog.reading.formats.opening import read_file
from qonys.errors import BadInput
from qonys.study.ensembles.scenario_files import scenario_of
from qonys.study.plan import read_plan_file

PX = """CHARSET="ANSI";
AXIS-VERSION="2013";
{page}TITLE="Moves; by origin, "
"destination and year";
TITLE[en]="Moves";
UNITS="persons";
STUB="origin","destination";
HEADING="year";
VALUES("origin")="Алматы","Астана";
VALUES("destination")="Алматы",
"Астана";
VALUES("year")="2019","2020";
TIMEVAL("year")=TLIST(A1,"2019"-"2020");
CODES("origin")="75","71";
DATA=
".." ".." 100 120
80 90.5 ".." "-";
"""


@pytest.mark.parametrize("page", ["utf-8", "windows-1251", "cp866", ""])
def test_pcaxis(moves, page):
    text = PX.format(page=f'CODEPAGE="{page}";\n' if page else "").replace('"-";', '"..";')
    numbers, err = moves(text.encode(page or "cp1251"), "--map", "year=period", name="moves.px")
    assert numbers == [180, 210.5], err


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("80 90.5", "80", "holds 7 values, and its variables span 8 cells"),
        ("DATA=", "DATUM=", "has no DATA"),
        ('VALUES("year")="2019","2020";\nTIMEVAL("year")=TLIST(A1,"2019"-"2020");', "", 'has no VALUES("year")'),
        ("DATA=", 'KEYS("origin")=VALUES;\nDATA=', "KEYS"),
    ],
)
def test_pcaxis_refused(moves, before, after, said):
    text = PX.format(page='CODEPAGE="utf-8";\n')
    assert before in text
    numbers, err = moves(text.replace(before, after), name="moves.px")
    assert numbers is None
    assert said in err


def cube(**changes):
    """A JSON-stat dataset of moves."""
    places = {"category": {"index": ["A", "B"], "label": {"A": "Almaty", "B": "Astana"}}}
    whole = {"version": "2.0", "class": "dataset", "id": ["origin", "destination"], "size": [2, 2],
             "dimension": {"origin": places, "destination": places}, "value": [None, 100, 80, None]}  # fmt: skip
    return json.dumps(whole | changes)


def sparse(key):
    """Eight dimensions of forty codes: six million million cells, one value."""
    codes = [f"c{i}" for i in range(40)]
    names = ["origin", "destination", *(f"d{i}" for i in range(6))]
    return cube(id=names, size=[40] * 8, dimension={name: {"category": {"index": codes}} for name in names}, value={key: 7})


@pytest.mark.parametrize(
    ("text", "found", "said"),
    [
        (cube(), [180], ""),
        (cube(value={"1": 100, "2": 80}), [180], ""),
        (sparse(str(40**7)), [7], ""),
        (sparse(str(40**8)), None, "outside of the dataset"),
        (cube(value={"-1": 100}), None, "outside of the dataset"),
        (cube(value={"1": True}), None, "not a JSON-stat"),
        (cube(id=["origin", "origin"]), None, "does not fit the sizes"),
        (cube(size=[2, 10**30]), None, "does not fit the sizes"),
        (cube().replace("100", "NaN"), None, "cannot be read or stands twice: NaN"),
        (cube(value={"1": 100}).replace('"1": 100', '"1": 100, "1": 5'), None, "stands twice: 1"),
        (cube().replace("100", "1" * 5000), None, "cannot be read"),
        ('{"a":' * 100_000 + "1" + "}" * 100_000, None, "nested too deeply"),
        (json.dumps({"dataset": {"label": "old", "dimension": json.loads(cube())["dimension"] | {"id": ["origin", "destination"],
         "size": [2, 2]}, "value": [None, 100, 80, None]}}), [180], ""),
    ],
)  # fmt: skip
def test_jsonstat(moves, text, found, said):
    begun = time.monotonic()
    numbers, err = moves(text, name="moves.json")
    assert numbers == found, err
    assert said in err
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"<html><table><tr><td>1</td></tr></table></html>", "moves.xls", "HTML or XML"),
        (b"%PDF-1.7", "moves.csv", "PDF"),
        (b"\x1f\x8b\x08", "moves.csv.gz", "archive"),
        (b"$FL2@(#) SPSS", "moves.sav", "SPSS or Stata"),
    ],
)
def test_files_of_other_kinds_are_named(moves, content, name, said):
    numbers, err = moves(content, name=name)
    assert numbers is None
    assert said in err


def test_an_archive_of_tables_is_no_workbook(tmp_path):
    with zipfile.ZipFile(tmp_path / "moves.zip", "w") as archive:
        archive.writestr("moves.csv", "a,b\n1,2\n")
    with pytest.raises(BadInput, match="is an archive"):
        read_file(tmp_path / "moves.zip")


@pytest.mark.parametrize(
    ("content", "said"),
    [("x = " + "[" * 100_000, "too deeply|cannot be read"), ("#" * 2_000_000, "too many for a file of settings"), (b"x = '\xff'", "not UTF-8")],
)
def test_files_of_settings_are_bounded(tmp_path, content, said):
    path = tmp_path / "scenario.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    for read in (scenario_of, read_plan_file):
        with pytest.raises(BadInput, match=said):
            read(path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadInput, match="is a pipe"):
        scenario_of(tmp_path / "pipe")


def test_one_column_of_numbers_with_a_comma(tmp_path):
    (tmp_path / "one.csv").write_text("value\n1,5\n2,5\n")
    assert read_file(tmp_path / "one.csv").frame["value"].to_list() == ["1,5", "2,5"]


def test_what_is_no_file_is_named(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadInput, match="is a pipe"):
        read_file(tmp_path / "pipe")
    with pytest.raises(BadInput, match="is a folder"):
        read_file(tmp_path)


def test_a_long_cell_is_no_broken_quote(tmp_path):
    path = tmp_path / "long.csv"
    for text in ("a,b\n1," + "x" * 200_000 + "\n", "a" * 200_000 + "\n1\n"):
        path.write_text(text)
        with pytest.raises(BadInput, match="more than 131072 characters"):
            read_file(path)
