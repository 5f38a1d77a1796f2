"""Dates of moves as people and programs write them, in `flows classify`."""

import csv
import io
from datetime import datetime

import openpyxl
import pytest

from qonys.catalog.reading.times.dates import date_of

MOVES = "person,date,origin_country,destination_country,citizenship,cause\n"
REST = ",UZB,KAZ,UZB,labour\n"


@pytest.fixture
def dated(command, tmp_path):
    """The dates that are read from texts, or None where they are refused, and what was said."""

    def call(dates, *arguments):
        if dates is not None:
            rows = "".join(f"p{n},{text}{REST}" for n, text in enumerate(dates))
            (tmp_path / "own.csv").write_text(MOVES + rows, encoding="utf-8")
        name = "own.csv" if dates is not None else "own.xlsx"
        code, out, err = command(tmp_path, "flows", "classify", name, "--format", "csv", *arguments)
        return ([row["date"] for row in csv.DictReader(io.StringIO(out))] if code == 0 else None), err

    return call


@pytest.mark.parametrize(
    ("dates", "arguments", "found"),
    [
        (["01.03.2020"], (), ["2020-03-01"]),
        (["1.3.2020 14:30"], (), ["2020-03-01"]),
        (["1/3/2020", "25/3/2020"], (), ["2020-03-01", "2020-03-25"]),
        (["1/3/2020", "3/25/2020"], (), ["2020-01-03", "2020-03-25"]),
        (["1/3/2020"], ("--dates", "day-first"), ["2020-03-01"]),
        (["1-3-2020"], ("--dates", "month-first"), ["2020-01-03"]),
        (["01.03.2020", "03.25.2020"], (), ["2020-01-03", "2020-03-25"]),
        (["3/3/2020"], ("--dates", "day-first"), ["2020-03-03"]),
        (["2020-03-01T10:30:00Z", "2020-03-01 00:00:00", "2020/3/1", "20200301"], (), ["2020-03-01"] * 4),
        (["2020-03-01T10:30:00.123+06:00", "", "43891", "43891.5"], (), ["2020-03-01", "", "2020-03-01", "2020-03-01"]),
    ],
)
def test_dates_as_written(dated, dates, arguments, found):
    read, err = dated(dates, *arguments)
    assert read == found, err


@pytest.mark.parametrize(
    ("dates", "arguments", "said"),
    [
        (["", "1/3/2020"], (), "row 3, column “date”: “1/3/2020” may be 2020-03-01 or 2020-01-03. Say --dates day-first"),
        (["13/3/2020", "3/13/2020"], (), "in row 2 (“13/3/2020”) the day is first, in row 3"),
        (["31.02.2020"], (), "31.02.2020 is not a date"),
        (["1/3/20"], (), "1/3/20 is not a date"),
        (["25/3/2020"], ("--dates", "month-first"), "25/3/2020 is not a date"),
        (["2020-03-01"], ("--dates", "first"), "day-first, month-first"),
    ],
)
def test_dates_that_are_asked_about_or_refused(dated, dates, arguments, said):
    read, err = dated(dates, *arguments)
    assert read is None
    assert said in err


def test_dates_of_a_workbook(dated, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(MOVES.strip().split(","))
    book.active.append(["p", datetime(2020, 3, 1, 8, 0), *REST.strip().split(",")[1:]])
    book.save(tmp_path / "own.xlsx")
    assert dated(None)[0] == ["2020-03-01"]


def test_a_day_that_may_be_a_month_is_no_date_by_itself():
    assert [date_of(text) for text in ("1/3/2020", "12", "2020", "2020-03", "soon")] == [None] * 5
