"""Signs that are not seen part no number and no name, in any format; what a workbook's reader logs is not shown."""

import openpyxl
import polars as pl
import pytest

from qonys.catalog.reading.formats.opening import read_file
from qonys.catalog.reading.wanted import Wanted
from qonys.cli import main
from qonys.face.frames import frame_of

ROWS = [("al\u00adpha", "1\u200b234\u200e"), ("\ufeffbeta", "\u20602")]


def written(folder, kind):
    path = folder / f"t.{kind}"
    if kind == "csv":
        path.write_text("\n".join(["region\u200e,value", *(",".join(row) for row in ROWS)]), encoding="utf-8")
    elif kind == "parquet":
        pl.DataFrame(ROWS, schema=["region", "value"], orient="row").write_parquet(path)
    else:
        book = openpyxl.Workbook()
        for row in [("region\u200e", "value"), *ROWS]:
            book.active.append(row)
        book.save(path)
    return path


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_signs_that_are_not_seen_are_dropped(tmp_path, kind):
    assert read_file(written(tmp_path, kind)).frame.rows() == [("alpha", "1234"), ("beta", "2")]
    assert read_file(written(tmp_path, kind)).frame.columns == ["region", "value"]


def test_in_python_too():
    region, value = zip(*ROWS, strict=True)
    found = frame_of({"region": region, "value": value}, Wanted(labels=("region",)), "stocks")
    assert found.rows() == [("alpha", 1234.0), ("beta", 2.0)]


def test_a_cell_right_of_the_table_brings_no_warning_of_a_library(tmp_path, capfd):
    book = openpyxl.Workbook()
    for row in [("time", "value", None, None, "seen"), *((year, year % 7) for year in range(1990, 2006))]:
        book.active.append(row)
    book.active["E4"] = 5
    book.save(tmp_path / "t.xlsx")
    assert main(["breaks", str(tmp_path / "t.xlsx")]) == 0
    assert "dtype" not in capfd.readouterr().err
