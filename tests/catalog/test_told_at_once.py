"""Faults of one kind are told together, and a column that lacks with the option that names the likely one."""

import shlex

import pytest

from qonys import words
from qonys.catalog.reading.long_tables import read_long
from qonys.catalog.reading.wanted import Wanted
from qonys.cli import main
from qonys.errors import BadInput, RefusedCells

FLOWS = Wanted(("origin", "destination"), optional_whole=("age_start",), optional_labels=("period",))
STOCKS = Wanted(("birthplace", "residence"), whole=("time",))


def refused(tmp_path, text, wanted=FLOWS):
    """What a table is refused with."""
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as told:
        read_long(path, wanted)
    return told.value


def rows(head, values):
    """Flows with these texts in the last column."""
    return "\n".join([head, *(f"A,B{n},{value}" for n, value in enumerate(values))])


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (["1", "x", "2", "y", "z"], "row 3: 'x' in column 'value' is not a number"),
        (["1", "x", "2", "y", "z"], "Rows with the same fault: 5 (y); 6 (z)."),
        (list("abcdefgh"), "Rows with the same fault: 3 (b); 4 (c); 5 (d); 6 (e) and 3 more."),
        (["1", "", "2", ""], "Rows with the same fault: 5."),
        (["1", "9e40", "2", "-9e40"], "Rows with the same fault: 5 (-9e+40)."),
    ],
)
def test_several_cells_are_named(tmp_path, values, said):
    assert said in str(refused(tmp_path, rows("origin,destination,value", values)))


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_one_cell_is_named_alone_and_several_in_each_language(tmp_path, language):
    one = refused(tmp_path, rows("origin,destination,value", ["1", "x"]))
    many = refused(tmp_path, rows("origin,destination,value", "xyxyxyx"))
    assert isinstance(one, RefusedCells)
    assert one.others == ()
    assert many.sentence(language).endswith(words.text("errors.others_more", language, cells="3 (y); 4 (x); 5 (y); 6 (x)", n=2))


def test_ages_and_years_are_told_together(tmp_path):
    flows = "\n".join(["origin,destination,age,value", *(f"A,B,{age},5" for age in ("0-4", "abc", "5-9", "xyz"))])
    assert "Rows with the same fault: 5 (xyz)." in str(refused(tmp_path, flows))
    stocks = "\n".join(["birthplace,residence,year,value", *(f"A,B,{year},5" for year in ("2000", "soon", "later"))])
    assert "Rows with the same fault: 4 (later)." in str(refused(tmp_path, stocks, STOCKS))


@pytest.mark.parametrize(
    ("table", "wanted", "options"),
    [
        (rows("origin,destination,Всего выехало", ["1", "2"]), FLOWS, ["--map", "Всего выехало=value"]),
        (rows("начало,destination,value", ["1", "2"]), FLOWS, ["--map", "начало=origin"]),
        ("orign,qz,value\nA,B,1\nB,A,2", FLOWS, ["--map", "orign=origin", "--map", "qz=destination"]),
        ("birthplace,residence,moment,people\nA,B,2000,1\nB,A,2001,2", STOCKS, ["--map", "moment=time", "--map", "people=value"]),
        ("origin,destination,year,a$b\nA,B,2000,1\nB,A,2000,2", FLOWS, ["--map", "a$b=value"]),
    ],
)
def test_the_likely_column_is_offered(tmp_path, table, wanted, options):
    error = refused(tmp_path, table, wanted)
    assert error.key == "catalog.long.missing_proposed"
    assert shlex.split(error.values["options"]) == options


@pytest.mark.parametrize("table", ["origin,destination,a,b\nA,B,1,2\nB,A,3,4", "origin,destination,kind\nA,B,x\nB,A,y", "p,q,value\nA,B,1\nB,A,2"])
def test_nothing_is_offered_where_it_may_be_either(tmp_path, table):
    assert refused(tmp_path, table).key in ("catalog.long.missing", "catalog.reading.wide")


def test_what_is_offered_works(tmp_path, capsys):
    path = tmp_path / "t.csv"
    path.write_text("origin,destination,Всего, чел.\nA,B,1\n".replace("Всего, чел.", '"Всего, чел."') + "B,A,2\nA,C,4\n", encoding="utf-8")
    assert main(["flows", "components", str(path)]) == 1
    offered = shlex.split(capsys.readouterr().err.partition("Probably: ")[2].partition("; otherwise")[0])
    assert main(["flows", "components", str(path), *offered]) == 0
