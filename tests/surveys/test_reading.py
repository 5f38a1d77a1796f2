"""Files with labels: SPSS, Stata, CSV; undeclared values are named."""

import polars as pl
import pytest

from qonys.errors import BadInput
from qonys.surveys.design import quietly
from qonys.surveys.reading import read_microdata

LABELS = {1: "yes", 2: "no"}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    pyreadstat = pytest.importorskip("pyreadstat")
    folder = tmp_path_factory.mktemp("files")
    frame = pl.DataFrame({"leaves": [1, 2, 2, None], "age": [20.0, 31.5, 44.0, 60.0]})
    options = {"variable_value_labels": {"leaves": LABELS}, "column_labels": ["means to leave", "age in years"]}
    quietly(lambda: pyreadstat.write_sav(frame, str(folder / "a.sav"), **options))
    quietly(lambda: pyreadstat.write_dta(frame, str(folder / "a.dta"), **options))
    (folder / "a.csv").write_text("leaves;age\n1;20\n2;31,5\n2;44\n;60\n")
    (folder / "labels.csv").write_text("variable,code,label\nleaves,1,yes\nleaves,2,no\nleaves,,means to leave\n")
    return folder


@pytest.mark.parametrize("name", ["a.sav", "a.dta"])
def test_labels_of_statistical_files(files, name):
    data = read_microdata(files / name)
    assert data.categories("leaves").to_list() == ["yes", "no", "no", None]
    assert data.ordered("leaves") == ["yes", "no"]
    assert data.titles["leaves"] == "means to leave"
    assert data.numbers("age").to_list() == [20, 31.5, 44, 60]


def test_labels_beside_a_csv(files):
    (files / "b.csv").write_text("leaves,age\n1,20\n2,31.5\n2,44\n,60\n")
    data = read_microdata(files / "b.csv", files / "labels.csv")
    assert data.categories("leaves").to_list() == ["yes", "no", "no", None]
    assert data.titles == {"leaves": "means to leave"}


def test_decimal_commas_are_numbers(files):
    assert read_microdata(files / "a.csv").numbers("age").to_list() == [20, 31.5, 44, 60]


def test_an_undeclared_value_is_named_and_can_be_marked(files):
    (files / "c.csv").write_text("leaves,age\n1,20\n9,30\n9,31\n")
    data = read_microdata(files / "c.csv", files / "labels.csv")
    with pytest.raises(BadInput) as caught:
        data.categories("leaves")
    told = {"variable": "leaves", "value": "9", "n": 2, "known": "1 = yes, 2 = no", "rows": "3, 4", "options": "--missing leaves=9"}
    assert caught.value.values == told
    marked = read_microdata(files / "c.csv", files / "labels.csv", ["leaves=9"])
    assert marked.categories("leaves").to_list() == ["yes", None, None]


@pytest.mark.parametrize(
    ("call", "key"),
    [
        (lambda f: read_microdata(f / "none.sav"), "catalog.add.no_file"),
        (lambda f: read_microdata(f / "b.csv", f / "b.csv"), "surveys.label_file"),
        (lambda f: read_microdata(f / "b.csv", None, ["nothing"]), "surveys.missing_code"),
        (lambda f: read_microdata(f / "b.csv").categories("nothing"), "surveys.no_variable"),
        (lambda f: read_microdata(f / "words.csv").numbers("age"), "surveys.not_number"),
        (lambda f: read_microdata(f / "broken.sav"), "surveys.damaged"),
    ],
)
def test_what_cannot_be_read_is_named(files, call, key):
    (files / "b.csv").write_text("leaves,age\n1,20\n")
    (files / "words.csv").write_text("leaves,age\n1,20\n2,many\n")
    (files / "broken.sav").write_bytes(b"$FL2 nothing of the kind")
    with pytest.raises(BadInput) as caught:
        call(files)
    assert caught.value.key == key
