"""Units that stand beside a table: right of its title, of its header or of its last column."""

import openpyxl
import pytest

from qonys.catalog.reading.long_tables import read_long
from qonys.catalog.reading.wanted import Wanted

GROUPS = Wanted(labels=("region", "group"))
ROWS = (("A", "x", 1.5), ("A", "y", 2.5), ("B", "x", 3.5), ("B", "y", 0.5))


def write(path, cells, header=3):
    """A workbook with a title in A1, a header and four rows below it."""
    book = openpyxl.Workbook()
    sheet = book.active
    for place, name in enumerate(("region", "group", "value"), 1):
        sheet.cell(header, place, name)
        for index, row in enumerate(ROWS, header + 1):
            sheet.cell(index, place, row[place - 1])
    for cell, text in cells.items():
        sheet[cell] = text
    book.save(path)
    return path


@pytest.mark.parametrize("cell", ["B1", "C1", "D1", "H1", "H2", "D2", "C2", "D3", "F3"])
def test_a_unit_beside_a_table_holds_for_it(tmp_path, cell):
    path = write(tmp_path / "t.xlsx", {"A1": "Таблица 1. Население", cell: "тыс. человек"})
    assert read_long(path, GROUPS).frame["value"].to_list() == [1500, 2500, 3500, 500]


def test_a_title_of_several_cells_is_no_header(tmp_path):
    path = write(tmp_path / "t.xlsx", {"A1": "Население", "C1": "на 1 января"})
    found = read_long(path, GROUPS)
    assert found.frame["value"].to_list() == [1.5, 2.5, 3.5, 0.5]
    assert found.left_out == ("Население, на 1 января",)


def test_a_unit_above_a_table_of_two_columns(tmp_path):
    (tmp_path / "t.csv").write_text("Население;тыс. человек\nregion;value\nA;1,5\nB;2,5\n", encoding="utf-8")
    found = read_long(tmp_path / "t.csv", Wanted(labels=("region",)))
    assert found.frame["value"].to_list() == [1500, 2500]


def test_a_unit_in_a_row_is_that_row_s(tmp_path):
    text = "region;group;value;unit\nA;x;1,5;тыс. человек\nA;y;2300;человек\n"
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    found = read_long(tmp_path / "t.csv", Wanted(labels=("region", "group")))
    assert found.frame["value"].to_list() == [1500, 2300]
