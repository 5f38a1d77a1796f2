"""Layouts of statistical offices: years over measures, a cover before the table, years across in an addition."""

import openpyxl
import pytest

TITLE = ["1. Миграция населения по регионам"]
TABLE = [
    [None, "2022 год", None, None, "2023 год", None, None],
    [None, "прибыло", "выбыло", "сальдо", "прибыло", "выбыло", "сальдо"],
    ["Абай", 100, 120, -20, 110, 115, -5],
    ["Ақмола", 90, 80, 10, 100, 95, 5],
    ["Алматы қаласы", 110, 110, 0, 120, 110, 10],
]


def book(path, *sheets):
    """A workbook of sheets: name and rows; texts over three columns are merged."""
    found = openpyxl.Workbook()
    found.remove(found.active)
    for name, rows in sheets:
        sheet = found.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for number, row in enumerate(rows, 1):
            if "2022 год" in row:
                sheet.merge_cells(f"B{number}:D{number}")
                sheet.merge_cells(f"E{number}:G{number}")
    found.save(path)


@pytest.mark.parametrize("unit", [None, "человек"])
@pytest.mark.parametrize("cover", [True, False])
def test_years_over_measures_with_an_empty_corner(command, tmp_path, unit, cover):
    rows = [TITLE, *([[None] * 6 + [unit]] if unit else []), *TABLE]
    sheets = [("Содержание", [["Содержание"], ["1.", "Миграция"]])] if cover else []
    book(tmp_path / "own.xlsx", *sheets, ("1", rows))
    asked = ("indicators", "own.xlsx", "--totals", "--draws", "0", "--format", "csv")
    code, _, err = command(tmp_path, *asked)
    assert (code, "2022 год прибыло=arrivals" in err) == (1, True), err
    named = ("2023 год прибыло=arrivals", "2023 год выбыло=departures", "column 1=region")
    code, out, err = command(tmp_path, *asked, *(word for item in named for word in ("--map", item)))
    assert code == 0, err
    plain = "region,arrivals,departures\n" + "".join(f"{row[0]},{row[4]},{row[5]}\n" for row in TABLE[2:])
    (tmp_path / "own.csv").write_text(plain, encoding="utf-8")
    assert out == command(tmp_path, "indicators", "own.csv", *asked[2:])[1]


def test_the_refusal_is_that_of_the_fullest_sheet(command, tmp_path):
    wrong = [["region", "arrivals", "arrivals"], *(["A", n, n] for n in range(9))]
    book(tmp_path / "own.xlsx", ("About", [["Bureau", "of"]]), ("1", wrong))
    code, _, err = command(tmp_path, "indicators", "own.xlsx", "--totals", "--lang", "en")
    assert (code, "the column “arrivals” is repeated" in err) == (1, True), err


def test_years_across_are_not_asked_for(command, tmp_path):
    (tmp_path / "own.csv").write_text("Регион;2019;2020\nKZ-61;5;6\nKZ-63;7;8\n", encoding="utf-8")
    asked = ("catalog", "add", "own.csv", "--as", "population_regional", "--source-title", "T", "--status", "official", "--dry-run")
    code, _, err = command(tmp_path, *asked, "--lang", "en")
    assert (code, "--set sex=… --set area=… (…" in err) == (1, True), err
    assert command(tmp_path, *asked, "--set", "sex=both", "--set", "area=total")[0] == 0


def test_names_of_gravity_data_are_known(command, tmp_path):
    rows = "".join(f"{o},{d},{5 + n},{100 + 7 * n}\n" for n, (o, d) in enumerate((o, d) for o in "ABC" for d in "ABC" if o != d))
    (tmp_path / "own.csv").write_text("iso_o,iso_d,flow,dist\n" + rows)
    (tmp_path / "plain.csv").write_text("origin,destination,value,dist\n" + rows)
    options = ("--log", "dist", "--engine", "own", "--format", "csv")
    assert command(tmp_path, "factors", "own.csv", *options)[:2] == command(tmp_path, "factors", "plain.csv", *options)[:2]
