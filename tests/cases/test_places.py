"""Totals among labels and spellings of one name, in every command that reads a file and for tables given in Python.

The files in `places` are made up; the tables written here are other shapes of the same kinds.
"""

import csv
import io
import warnings
from pathlib import Path

import polars as pl
import pytest

import qonys
from qonys.catalog.reading.labels.sums import summed
from qonys.catalog.reading.labels.totals import means_total
from qonys.errors import BadInput

FILES = Path(__file__).with_name("places")


def rows_of(out):
    return list(csv.DictReader(io.StringIO(out)))


@pytest.fixture
def moves(command, tmp_path):
    """Moves between the places of a text, or None where it is refused, and what was said."""

    def call(text, *arguments):
        (tmp_path / "own.csv").write_text(text, encoding="utf-8")
        code, out, err = command(tmp_path, "indicators", "own.csv", "--draws", "0", "--format", "csv", *arguments)
        found = {row["indicator"]: float(row["value"]) for row in rows_of(out) if row["value"]} if code == 0 else {}
        return found.get("moves"), found.get("regions"), err

    return call


def test_totals_among_places_are_left_out_in_each_command(command):
    code, out, err = command(FILES, "indicators", "flows-with-totals.csv", "--draws", "0", "--format", "csv")
    found = {row["indicator"]: row["value"] for row in rows_of(out)}
    assert (code, float(found["moves"]), float(found["regions"])) == (0, 320, 3)
    assert "--keep 'origin=Total'" in err
    out = command(FILES, "flows", "components", "flows-with-totals.csv", "--format", "csv")[1]
    assert float(rows_of(out)[0]["value"]) == 320
    _, out, err = command(FILES, "factors", "flows-with-totals-distance.csv", "--outcome", "flow", "--log", "dist")
    assert "from 6 rows" in out + err
    out = command(FILES, "flows", "estimate", "stocks-with-totals.csv", "--format", "csv")[1]
    flows = {(row["origin"], row["destination"]): float(row["value"]) for row in rows_of(out)}
    assert (flows["C", "A"], flows["C", "B"]) == (5, 5)
    assert not any("Total" in pair for pair in flows)
    out = command(FILES, "segregation", "places-with-total.csv", "--format", "csv")[1]
    assert float(rows_of(out)[0]["raw"]) == pytest.approx(0.326, abs=0.001)


def test_both_sexes_beside_each_are_left_out(command):
    out = command(FILES, "indicators", "flows-sex-total.csv", "--draws", "0", "--format", "csv")[1]
    assert float(rows_of(out)[0]["value"]) == 18


def test_a_dash_is_no_place(command):
    said = ("--map", "Refugees=value", "--draws", "0")
    code, _, err = command(FILES, "indicators", "dash-for-total.csv", *said)
    assert code != 0
    assert "row 2, column “origin”: “-” is no name" in err
    assert command(FILES, "indicators", "dash-for-total.csv", *said, "--exclude", "origin=-")[0] == 0


def test_spellings_of_one_name_are_joined(command):
    _, out, err = command(FILES, "indicators", "hyphens.csv", "--draws", "0", "--format", "csv")
    found = {row["indicator"]: row["value"] for row in rows_of(out)}
    assert (float(found["regions"]), float(found["moves"])) == (3, 179)
    assert "Западно‑Казахстанская → Западно-Казахстанская" in err


def test_a_place_without_people_is_named(command):
    code, out, err = command(FILES, "segregation", "place-without-people.csv", "--kind", "places", "--format", "csv")
    assert code == 0
    assert [row["region"] for row in rows_of(out)] == ["R1", "R2"]
    assert "R3" in err


THREE = "origin,destination,value\nA,B,10\nB,A,5\nA,C,3\nC,A,2\nB,C,1\nC,B,4\n"
OTHERS = [
    (THREE + "Всего по стране,A,7\nВсего по стране,B,14\nВсего по стране,C,4\n", (), 25, 3, "Всего по стране"),
    (THREE + "A,_T,13\nB,_T,6\n", (), 25, 3, "_T"),
    (THREE + "A,World,13\n", (), 25, 3, "World"),
    (THREE + "A,Барлығы,13\n", (), 25, 3, "Барлығы"),
    (THREE + "A,в том числе: B,3\n", (), 25, 3, "в том числе"),
    (THREE + "A,из него городские,3\n", (), 25, 3, "из него"),
    (THREE + "A,Total,13\nTotal,A,7\n", ("--keep", "destination=Total", "--keep", "origin=Total"), 45, 4, ""),
    (THREE + "A,D,13\n", ("--exclude", "destination=D"), 25, 3, ""),
    (THREE, ("--exclude", "destination=D"), 25, 3, "nothing in the file meets --exclude destination=D"),
    (THREE, ("--keep", "destination=D"), 25, 3, "nothing in the file meets --keep destination=D"),
    ("origin,A,B,Итого\nA,0,10,10\nB,5,0,5\nИтого,5,10,15\n", ("--map", "*=destination"), 15, 2, "Итого"),
    ("origin,destination,age,value\nA,B,0-14,3\nB,A,0-14,4\nA,B,15+,5\nB,A,15+,6\nA,B,TOTAL,8\nB,A,TOTAL,10\n", (), 18, 2, "TOTAL"),
    ("origin,destination,sex,value\nA,B,1,3\nB,A,1,4\nA,B,2,5\nB,A,2,6\nA,B,оба пола,8\nB,A,оба пола,10\n", (), 18, 2, "оба пола"),
    ("origin,destination,value\nАртём,Пермь,3\nПермь,артем,4\n", (), 7, 2, "joined"),
    ("origin,destination,value\nг. Астана,Пермь,3\nПермь,г.Астана,4\n", (), 7, 2, "joined"),
    ("origin,destination,value\nCote d'Or,B,3\nB,Cote  d’Or,4\n", (), 7, 2, "joined"),
    ("origin,destination,value\nc,B,3\nB,C,4\n", (), 7, 2, "joined"),
    ("origin,destination,value\nc,B,3\nB,C,4\n", ("--keep", "origin=c"), 7, 3, ""),
    ("origin,destination,value\nC,B,3\nB,С,4\n", (), None, None, "CYRILLIC LETTER ES"),
    ("origin,destination,value\nC,B,3\nB,С,4\n", ("--keep", "destination=С"), 7, 3, ""),
    ("origin,destination,value\nA,B,3\nB,A,4\nA,A,9\n", (), 7, 2, "from a place to itself: 9"),
    ("origin,destination,value\nA,B,3\nB,…,4\n", (), None, None, "is no name"),
    ("origin,destination,year,sex,value\nA,B,2000,T,3\nB,A,2000,T,3\nA,B,2001,M,2\nB,A,2001,F,2\n", ("--map", "year=period"), None, None, "--where 'sex=T'"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said", "expected", "regions", "heard"), OTHERS)
def test_other_tables(moves, text, said, expected, regions, heard):
    found, places, err = moves(text, *said)
    assert (found, places) == (expected, regions)
    assert heard in err


def test_what_only_its_sums_show_is_asked_about(command, tmp_path):
    rows = [("R1", 10, 20), ("R2", 5, 7), ("R3", 1, 9), ("R4", 4, 1), ("Oblast", 20, 37)]
    text = "region,group,value\n" + "".join(f"{name},x,{a}\n{name},y,{b}\n" for name, a, b in rows)
    (tmp_path / "own.csv").write_text(text, encoding="utf-8")
    code, _, err = command(tmp_path, "segregation", "own.csv")
    assert code != 0
    assert "--exclude 'region=Oblast'" in err
    assert command(tmp_path, "segregation", "own.csv", "--exclude", "region=Oblast")[0] == 0
    assert command(tmp_path, "segregation", "own.csv", "--keep", "region=Oblast")[0] == 0
    (tmp_path / "own.csv").write_text(text.replace("Oblast,y,37", "Oblast,y,38"), encoding="utf-8")
    assert command(tmp_path, "segregation", "own.csv")[0] == 0


def test_sums_need_enough_columns():
    few = pl.DataFrame({"region": list("ABC"), "value": [1.0, 2.0, 3.0]})
    assert summed(few, ("region",), ("value",)) == []
    flows = pl.DataFrame(
        [(o, d, 10.0) for o in "ABC" for d in "ABC" if o != d], schema=["origin", "destination", "value"], orient="row"
    )
    assert summed(flows, ("origin", "destination"), ("value",)) == []


def test_a_total_that_is_computed_by_itself_stays(command, tmp_path):
    rows = "".join(f"{sex},{year},{100 + year % 7 + n}\n" for n, sex in enumerate("MFT") for year in range(1990, 2020))
    (tmp_path / "own.csv").write_text("region,time,value\n" + rows.replace("T,", "Total,"), encoding="utf-8")
    code, _, err = command(tmp_path, "breaks", "own.csv")
    assert code == 0
    assert "Total is a total; it is computed by itself" in err


def test_tables_beside_the_first_are_written_as_it_is(command, tmp_path):
    (tmp_path / "own.csv").write_text("origin,destination,value\nАртём,Усть-Илим,3\nУсть-Илим,Артём,4\n", encoding="utf-8")
    (tmp_path / "people.csv").write_text("region,population\nАртем,300\nУсть–Илим,400\nВсего,700\n", encoding="utf-8")
    said = ("--population", "people.csv", "--draws", "0", "--format", "csv")
    code, _, err = command(tmp_path, "indicators", "own.csv", *said)
    assert code == 0, err
    assert "Артем → Артём" in err


@pytest.mark.parametrize("kind", ["frame", "file"])
def test_tables_in_python_are_read_alike(kind, tmp_path):
    table = pl.read_csv(FILES / "flows-with-totals.csv") if kind == "frame" else FILES / "flows-with-totals.csv"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = qonys.multiplicative_components(table)
    assert found.frame["value"][0] == 320
    assert any("Total" in note and "--" not in note for note in found.notes)
    with pytest.raises(BadInput, match="is no name") as refused:
        qonys.multiplicative_components({"origin": ["-", "B"], "destination": ["B", "A"], "value": [1, 2]})
    assert "--" not in str(refused.value)


@pytest.mark.parametrize("label", ["Total", "ИТОГО:", "_T", "Grand total", "Всего, в том числе", "Барлық өңірлер", "World"])
def test_labels_of_totals(label):
    assert means_total(label, "place")


@pytest.mark.parametrize("label", ["T", "place", "sex", "edge", "label", "Totana", "Алматы", "Rest of the world", "persons"])
def test_labels_of_no_totals(label):
    assert not means_total(label, "place")


ADDED = ("--as", "population_regional", "--source-title", "T", "--status", "official", "--dry-run")
HEAD = "region;year;sex;area;value\nKZ-11;2015;both;total;5\n"
NAMES = [
    ("Южно-Казахстанская область", 2015, "0 errors"),
    ("Южно-Казахстанская", 2018, "0 errors"),
    ("Оңтүстік Қазақстан облысы", 2010, "0 errors"),
    ("Южно-Казахстанская область", 2019, "did you mean Туркестанская область (KZ-61)"),
    ("Нур-Султан", 2020, "0 errors"),
    ("г. Нур‑Султан", 2022, "0 errors"),
    ("Nur-Sultan", 2021, "0 errors"),
    ("Нур-Султан", 2024, "did you mean город Астана (KZ-71)"),
    ("г.Астана", 2020, "0 errors"),
    ("ЗАПАДНО–КАЗАХСТАНСКАЯ ОБЛАСТЬ", 2015, "0 errors"),
    ("Жетысу", 2023, "(KZ-33)"),
    ("Юго-Казахстанская область", 2015, "correct the cell"),
    ("Центрально-Казахстанская область", 2015, "correct the cell"),
    ("Всего", 2015, "totals, left out: Всего"),
    ("-", 2015, "is no name"),
]


@pytest.mark.parametrize(("name", "year", "said"), NAMES)
def test_names_of_regions_by_date(command, tmp_path, name, year, said):
    (tmp_path / "own.csv").write_text(f"{HEAD}{name};{year};both;total;278840\n", encoding="utf-8")
    _, out, err = command(tmp_path, "catalog", "add", "own.csv", *ADDED)
    assert said in out + err


def test_the_case_of_a_former_name(command):
    code, out, _ = command(FILES, "catalog", "add", "former-name.csv", *ADDED)
    assert (code, "0 errors" in out) == (0, True)


def test_names_of_the_standard_in_georgia():
    from qonys.catalog import open_pack
    from qonys.catalog.reading.labels.names import region_names

    names = region_names(open_pack("georgia"))
    assert (names.code("Ajaria"), names.code("K’akheti"), names.code("აჭარის ა.რ.")) == ("GE-AJ", "GE-KA", "GE-AJ")
    assert names.suggestion("Upper Kartli") == ""
