"""Options of commands that read several files: they hold for the files that have the column, or the file that is named."""

import csv
import io

import openpyxl
import pytest

FLOWS = "origin,destination,period,value\nA,B,2019,30\nB,A,2019,20\nA,B,2020,33\nB,A,2020,22\n"
PEOPLE = "place,period,population\nA,2019,1000\nB,2019,2000\nA,2020,1100\nB,2020,2100\n"


@pytest.fixture
def intensity(command, tmp_path):
    """Crude migration intensities by period, or None where a file is refused, and what was said."""

    def call(*arguments, flows=FLOWS, people=PEOPLE, name="people.csv"):
        (tmp_path / "flows.csv").write_text(flows, encoding="utf-8")
        if people is not None:
            (tmp_path / name).write_text(people, encoding="utf-8")
        given = ("indicators", "flows.csv", "--population", name, "--draws", "0", "--format", "csv")
        code, out, err = command(tmp_path, *given, *arguments)
        found = [row for row in csv.DictReader(io.StringIO(out)) if row["indicator"] == "cmi"] if code == 0 else None
        return found and {row.get("period"): float(row["value"]) for row in found}, err

    return call


BOTH = {"2019": pytest.approx(100 * 50 / 3000), "2020": pytest.approx(100 * 55 / 3200)}


def test_a_column_of_the_companion_alone_is_met(intensity):
    found, err = intensity("--map", "place=region")
    assert found == BOTH
    assert "nothing in the file meets" not in err


def test_a_column_of_no_file_is_said_once(intensity):
    _, err = intensity("--map", "place=region", "--na", "nowhere=x")
    assert err.count("nothing in the file meets --na nowhere=x") == 1


def test_the_rows_that_are_chosen_are_those_of_both_files(intensity):
    found, err = intensity("--map", "place=region", "--where", "period=2020")
    assert list(found.values()) == [BOTH["2020"]]
    people = PEOPLE.replace("population\n", "population,sex\n").replace("00\n", "00,both\n") + "A,2019,1,x\n"
    found, err = intensity("--map", "place=region", "--where", "sex=both", people=people)
    assert found == BOTH, err
    assert "meets" not in err


def test_rows_of_a_column_that_no_file_has_are_refused(intensity):
    found, err = intensity("--map", "place=region", "--where", "sx=both")
    assert found is None
    assert "has no column sx" in err


def test_a_multiplier_of_one_file(intensity):
    people = PEOPLE.replace("000\n", "\n").replace("100\n", ".1\n")
    found, err = intensity("--map", "place=region", "--multiplier", "people.csv=1000", people=people)
    assert found == BOTH, err
    found, _ = intensity("--map", "place=region", "--multiplier", "10", "--multiplier", "people.csv=1000", people=people)
    assert found == {year: pytest.approx(10 * value.expected) for year, value in BOTH.items()}


def test_a_sheet_of_one_file(intensity, tmp_path):
    book = openpyxl.Workbook()
    for number, rows in enumerate((PEOPLE.replace("000", "999"), PEOPLE)):
        sheet = book.active if number == 0 else book.create_sheet("Right")
        for row in rows.splitlines():
            sheet.append([int(cell) if cell.isdigit() else cell for cell in row.split(",")])
    book.save(tmp_path / "people.xlsx")
    said = ("--map", "place=region", "--sheet", "people.xlsx=Right")
    assert intensity(*said, people=None, name="people.xlsx")[0] == BOTH


def test_two_values_for_one_file_are_refused(intensity):
    found, err = intensity("--map", "place=region", "--multiplier", "10", "--multiplier", "100")
    assert found is None
    assert "--multiplier is said more than once" in err
