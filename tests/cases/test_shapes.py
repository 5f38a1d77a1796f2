"""Shapes, sheets and encodings of files as offices and programs write them, in the commands that read such files.

The files in `shapes` are made up; the tables written here are other shapes of the same kinds.
"""

import csv
import io
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest

from qonys.catalog.reading.formats.workbook_layout import layouts_of
from qonys.errors import BadInput

FILES = Path(__file__).with_name("shapes")
MATRIX = "{},A,B,C\nA,{},100,50\nB,80,{},20\nC,30,40,{}\n"
LONG = [["origin", "destination", "value"], ["A", "B", 100], ["B", "A", 80]]


@pytest.mark.parametrize(
    ("name", "arguments", "found", "said"),
    [
        ("wide-flows.csv", (), [320], "A, B, C were read as destination"),
        ("cover-sheet.xlsx", (), [180], "sheet “Flows” was read; sheets of the workbook: Cover, Flows"),
        ("cover-sheet.xlsx", ("--sheet", "Flows"), [180], ""),
        ("cover-sheet.xlsx", ("--sheet", "Cover"), None, "no column for origin"),
        ("cell-na.xlsx", (), None, "cell C2: the cell holds the error #N/A"),
        ("cell-formula.xlsx", (), None, "cell C2: the formula =50+50 was never computed"),
        ("blanks-between.csv", (), [180], "separated by blanks"),
        (
            "cp1251-lower-case.csv",
            ("--map", "откуда=origin", "--map", "куда=destination", "--map", "число=value"),
            [15],
            "read as cp1251",
        ),
    ],
)
def test_the_cases(moves, name, arguments, found, said):
    numbers, err = moves(None, *arguments, name=name, folder=FILES)
    assert numbers == found
    assert said in err


@pytest.mark.parametrize(
    ("text", "arguments", "found", "said"),
    [
        (MATRIX.format("origin\\destination", "", "", ""), (), [320], "read as destination"),
        (MATRIX.format("from / to", "-", "-", "-"), (), [320], ""),
        (MATRIX.format("destination", 0, 0, 0), (), [320], "read as origin"),
        (MATRIX.format("Region", "", "", ""), (), None, "--map 'Region=origin' or --map 'Region=destination'"),
        (MATRIX.format("Region", "", "", ""), ("--map", "Region=origin"), [320], ""),
        (MATRIX.format("", "", "", ""), ("--map", "column 1=origin"), [320], ""),
        ("A,B,C\nA,0,100,50\nB,80,0,20\nC,30,40,0\n", ("--map", "column 1=origin"), [320], ""),
        ("origin,X,Y\nA,5,6\nB,7,8\n", (), None, "--map '*=destination'"),
        ("origin,X,Y\nA,5,6\nB,7,8\n", ("--map", "*=destination"), [26], ""),
        ("Moves, by region, 2019\n,To,,\n" + MATRIX.format("origin", 0, 0, 0), (), [320], ""),
        (MATRIX.format("origin", 0, 0, 0) + "\nSource: Bureau, 2020\n* preliminary\n", (), [320], "Source: Bureau, 2020"),
        ("origin,destination,2019,2020\nA,B,10,20\nB,A,5,\n", (), [15, 20], "empty cells left out: 1"),
        ("origin,destination,2019 г.,2020 г.\nA,B,10,20\nB,A,5,6\n", (), [15, 26], "read as period"),
        ("origin,destination,X2019,X2020\nA,B,10,20\nB,A,5,6\n", (), [15, 26], ""),
        ("a,b\n\norigin,destination,2019 [YR2019]\nA,B,10\nB,A,5\n", (), [15], ""),
        ("origin,destination,2019,,2020,\n,,men,women,men,women\nA,B,1,2,3,4\nB,A,5,6,7,8\n", (), [14, 22], "period, sex"),
        ("origin,destination,men,women\nA,B,1,2\nB,A,5,6\n", ("--by", "sex"), [6, 8], "men, women were read as sex"),
        ('"","origin","destination","value"\n"1","A","B",100\n"2","B","A",80\n', (), [180], ""),
        ('"origin" "destination" "value"\n"1" "A" "B" 100\n"2" "B" "A" 80\n', (), [180], "separated by blanks"),
        (",origin,destination,value\n0,A,B,100\n1,B,A,80\n", (), [180], ""),
        ("origin     destination   value\nA          B        100\nB          A         80\n", (), [180], ""),
        ("sep=;\norigin;destination;value\nA;B;5\nB;A;3\n", (), [8], ""),
        ("origin~destination~value\nA~B~5\nB~A~3\n", (), None, "Name the delimiter with --delimiter"),
        ("origin~destination~value\nA~B~5\nB~A~3\n", ("--delimiter", "~"), [8], ""),
    ],
)  # fmt: skip
def test_other_shapes_of_flows(moves, text, arguments, found, said):
    numbers, err = moves(text, *arguments)
    assert numbers == found, err
    assert said in err


def test_who_moves_where_is_not_turned_round(command, tmp_path):
    """Rows that are destinations give the opposite net migration of rows that are origins."""
    nets = []
    for corner in ("origin", "destination"):
        (tmp_path / "flows.csv").write_text(f"{corner},A,B\nA,,100\nB,20,\n", encoding="utf-8")
        _, out, _ = command(tmp_path, "flows", "components", "flows.csv", "--format", "csv")
        parts = {(row["component"], row.get("origin") or row.get("region")): row for row in csv.DictReader(io.StringIO(out))}
        nets.append(next(float(row["value"]) for (part, region), row in parts.items() if part == "origin" and region == "A"))
    assert nets[0] == pytest.approx(5 / 6)
    assert nets[1] == pytest.approx(1 / 6)


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("region,x,y\nR1,500,600\nR2,700,100\n", {"x", "y"}),
        ("Segregation of groups\n\nregion,kazakh,uzbek\nR1,500,600\nR2,700,100\n\nNote: counted persons\n", {"kazakh", "uzbek"}),
    ],
)
def test_groups_across(command, tmp_path, text, groups):
    (tmp_path / "places.csv").write_text(text, encoding="utf-8")
    code, _, err = command(tmp_path, "segregation", "places.csv", "--format", "csv")
    assert code == 0, err
    assert ", ".join(groups) in err or ", ".join(sorted(groups)) in err


def test_years_across_in_a_series_and_ages_across_in_counts(command, tmp_path):
    years = range(1990, 2012)
    (tmp_path / "series.csv").write_text(
        ",".join(["country", *map(str, years)]) + "\n" + ",".join(["K", *(str(i + 40 * (i > 10)) for i, _ in enumerate(years))]) + "\n"
    )
    code, _, err = command(tmp_path, "breaks", "series.csv")
    assert code == 0, err
    assert "read as time" in err


def written(*sheets, hidden=()):
    """Fill a workbook: name and rows of each sheet."""

    def fill(book):
        book.remove(book.active)
        for name, rows in sheets:
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
            sheet.sheet_state = "hidden" if name in hidden else "visible"

    return fill


COVER = ("About", [["Bureau of statistics", "Internal migration"], ["Released", 2024]])


@pytest.mark.parametrize(
    ("book", "arguments", "found", "said"),
    [
        (written(COVER, ("Data", LONG)), (), [180], "sheet “Data” was read"),
        (written(("a", LONG), ("b", [*LONG, ["A", "C", 5]])), (), [180], "sheets of the workbook: a, b"),
        (written(("a", LONG), ("b", [*LONG, ["A", "C", 5]])), ("--sheet", "b"), [185], ""),
        (written(("a", [*LONG, ["A", "C", 5]]), ("b", LONG), hidden=("a",)), (), [180], "hidden sheets were not read: a"),
        (written(("a", LONG), ("b", []), hidden=("a",)), (), None, "only hidden sheets hold cells: a"),
        (written(("a", LONG), ("b", []), hidden=("a",)), ("--sheet", "a"), [180], ""),
        (written(("a", [["origin", "A", "B"], ["A", None, 5], ["B", 6, None]]), COVER), (), [11], "sheet “a” was read"),
        (written(("a", [*LONG, ["C", "A", "#REF!"]])), (), None, "cell C4: the cell holds the error #REF!"),
        (written(("a", [[*row, "#DIV/0!" if i else "share"] for i, row in enumerate(LONG)])), (), [180], ""),
        (written(("a", [*LONG, ["C", "=A2", 5]])), (), None, "cell B4: the formula =A2 was never computed"),
        (written(("a", [["Title"], [], *LONG, [], ["Source: Bureau"]])), (), [180], "Source: Bureau"),
    ],
)
def test_workbooks(moves, book, arguments, found, said):
    numbers, err = moves(book, *arguments)
    assert numbers == found, err
    assert said in err


@pytest.mark.parametrize(("cell", "said"), [("#DIV/0!", "the error #DIV/0!"), ("=B2", "was never computed")])
def test_broken_cells_of_a_survey(command, tmp_path, cell, said):
    book = openpyxl.Workbook()
    for row in (["intent", "w"], [1, 1], [2, 2], [cell, 1]):
        book.active.append(row)
    book.save(tmp_path / "survey.xlsx")
    code, _, err = command(tmp_path, "survey", "table", "survey.xlsx", "--var", "intent", "--weight", "w")
    assert code == 1
    assert "cell A4" in err
    assert said in err


def test_merged_cells_stand_for_all_their_rows_and_columns(moves):
    def fill(book):
        sheet = book.active
        for row in (["origin", "destination", 2019, None], [None, None, "men", "women"], ["A", "B", 1, 2], [None, "C", 3, 4], ["B", "A", 5, 6]):
            sheet.append(row)
        for cells in ("C1:D1", "A1:A2", "B1:B2", "A3:A4"):
            sheet.merge_cells(cells)

    numbers, err = moves(fill, "--by", "sex")
    assert numbers == [9, 12], err


def test_one_far_cell_is_named_and_does_no_harm(moves):
    def fill(book):
        for row in LONG:
            book.active.append(row)
        book.active["XFD1048576"] = "x"

    begun = time.monotonic()
    numbers, err = moves(fill)
    assert numbers is None
    assert "cell XFD1048576 lies far from the table" in err
    assert time.monotonic() - begun < 5


def test_far_cells_of_other_workbooks(tmp_path):
    """A cell repeated over a whole sheet of .ods; a record of .xlsb in the last row and column."""
    ods = (
        '<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><table:table table:name="S">'
        '<table:table-row table:number-rows-repeated="1048576"><table:table-cell office:value-type="float" '
        'table:number-columns-repeated="16384"/></table:table-row></table:table></office:document-content>'
    )
    last = b"\x00\x04" + (1_048_575).to_bytes(4, "little") + b"\x05\x04" + (16_383).to_bytes(4, "little")
    first = b"\x00\x04" + bytes(4) + b"\x05\x04" + bytes(4)
    for name, part, content in (("a.ods", "content.xml", ods.encode()), ("a.xlsb", "xl/worksheets/sheet1.bin", first + last)):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr(part, content)
        with pytest.raises(BadInput, match="XFD1048576 lies far"):
            layouts_of(tmp_path / name)


def test_births_of_one_column_lack_the_sexes_of_the_counts(command):
    _, _, err = command(
        FILES, "flows", "residual", "counts-by-sex.csv", "--rates", "rates-by-sex.csv", "--births", "births-one-column.csv"
    )  # fmt: skip
    assert "births table has no column sex" in err


ADD = ("--as", "population_regional", "--source-title", "T", "--status", "official", "--dry-run")
CODED = "REF_AREA: Area,SEX: Sex,TIME_PERIOD: Time,OBS_VALUE: Value\n"


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("sdmx-labels-both.csv", ("--set", "area=total")),
        ("sdmx-labels-name.csv", ("--set", "area=total")),
        ("jsonstat-labels.json", ("--set", "area=total")),
    ],
)
def test_labels_beside_codes(command, name, arguments):
    code, out, err = command(FILES, "catalog", "add", name, *ADD, *arguments)
    assert (code, err) == (0, "")
    assert "→ sex (sex)" in out
    assert "area = total" in out or "area (area) = total" in out


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("region,sex,area,2019,2020\nKZ-61,both,total,1983500,2016000\nKZ-63,both,total,1378500,1376800\n", ()),
        ("Население\n\nrегион;2019;2020\nТуркестанская область;1983500;2016000\n\nИсточник: БНС\n",
         ("--set", "area=total", "--set", "sex=both")),
        ("region,2019,,2020,\n,male,female,male,female\nKZ-61,983500,1000000,1000000,1016000\n", ("--set", "area=total")),
        ("region,year,male,female\nKZ-61,2019,983500,1000000\n", ("--set", "area=total")),
        (CODED + "KZ-61: Turkistan,F: Female,2019,1000000\n", ("--set", "area=total")),
        ("STRUCTURE_NAME,REF_AREA,Area,SEX,Sex,TIME_PERIOD,Time,OBS_VALUE\nP,KZ-61,Turkistan,F,Female,2019,2019,5000\n",
         ("--set", "area=total")),
    ],
)  # fmt: skip
def test_catalog_add_reads_the_same_shapes(command, tmp_path, text, arguments):
    (tmp_path / "own.csv").write_text(text, encoding="utf-8")
    code, out, err = command(tmp_path, "catalog", "add", "own.csv", *ADD, *arguments)
    assert code == 0, out + err
    assert "0 errors found" in out
