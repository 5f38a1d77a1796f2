"""Tables with several levels of columns as pandas writes them: index names in a row of their own, or none at all."""

import openpyxl
import pytest

from qonys.catalog.reading.formats.opening import read_file
from qonys.errors import BadInput

BODY = "A,B,1,2,3,4\nB,A,5,6,7,8\n"
ONE = "R,1,2,3,4\nS,5,6,7,8\n"


@pytest.mark.parametrize(
    ("head", "moves"),
    [
        ("year,,2019,2019,2020,2020\nsex,,men,women,men,women\norigin,destination,,,,\n", [14, 22]),
        (",,2019,2019,2020,2020\n,,men,women,men,women\norigin,destination,,,,\n", [14, 22]),
        (",,value,value,value,value\nyear,,2019,2019,2020,2020\nsex,,men,women,men,women\norigin,destination,,,,\n", [14, 22]),
        ("Moves by year,,,,,\n\nyear,,2019,2019,2020,2020\nsex,,men,women,men,women\norigin,destination,,,,\n", [14, 22]),
    ],
)
def test_moves_by_year_and_sex(command, tmp_path, head, moves):
    (tmp_path / "own.csv").write_text(head + BODY, encoding="utf-8")
    code, out, err = command(tmp_path, "indicators", "own.csv", "--draws", "0", "--format", "csv")
    assert code == 0, err
    found = [line.split(",") for line in out.splitlines()]
    places = {name: found[0].index(name) for name in ("indicator", "value")}
    assert [float(row[places["value"]]) for row in found if row[places["indicator"]] == "moves"] == moves


@pytest.mark.parametrize(
    ("text", "names", "first_row"),
    [
        ("year,2019,2019,2020,2020\nsex,men,women,men,women\nregion,,,,\n" + ONE, "region", 4),
        (",2019,2019,2020,2020\n,men,women,men,women\n" + ONE, "column 1", 3),
        ("year,2019,2019,2020,2020\nsex,men,women,men,women\n" + ONE, "column 1", 3),
        ("region,2019,2019,2020,2020\nregion,men,women,men,women\n" + ONE, "region", 3),
    ],
)
def test_levels_and_rows(tmp_path, text, names, first_row):
    path = tmp_path / "own.csv"
    path.write_text(text, encoding="utf-8")
    raw = read_file(path)
    assert raw.frame.columns[0] == names
    assert [raw.levels[column] for column in raw.frame.columns[1:3]] == [("2019", "men"), ("2019", "women")]
    assert raw.rows.to_list() == [first_row, first_row + 1]


def test_merged_levels_of_a_workbook(tmp_path):
    book = openpyxl.Workbook()
    for row in (["year", 2019, None, 2020, None], ["sex", "men", "women", "men", "women"], ["region"], ["R", 1, 2, 3, 4]):
        book.active.append(row)
    book.active.merge_cells("B1:C1")
    book.active.merge_cells("D1:E1")
    book.save(tmp_path / "own.xlsx")
    raw = read_file(tmp_path / "own.xlsx")
    assert list(raw.levels.values())[2:] == [("2019", "women"), ("2020", "men"), ("2020", "women")]


@pytest.mark.parametrize("text", ["a,x,x\nR,1,2\nS,3,4\n", "a,x,x\nR,p,q\nS,r,s\n"])
def test_a_header_that_names_two_columns_alike_is_refused(tmp_path, text):
    (tmp_path / "own.csv").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match="x"):
        read_file(tmp_path / "own.csv")
