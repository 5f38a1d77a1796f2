"""Of a survey workbook the sheet is read that has the variables and the design that are asked for."""

import openpyxl


def test_the_sheet_that_has_the_variables(command, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["variable", "meaning"])
    book.active.append(["intent", "intends to move"])
    answers = book.create_sheet("Answers")
    for row in (["intent", "w"], *([code, 1] for code in (1, 1, 2, 2, 1))):
        answers.append(row)
    book.save(tmp_path / "own.xlsx")
    given = ("survey", "table", "own.xlsx", "--var", "intent", "--weight", "w")
    code, _, err = command(tmp_path, *given)
    assert code == 0, err
    assert "sheet “Answers” was read" in err
    code, _, err = command(tmp_path, *given, "--sheet", "Sheet")
    assert code != 0


def test_thousands_in_the_name_of_a_variable_are_said(command, tmp_path):
    (tmp_path / "own.csv").write_text('"income, thousand tenge",w\n' + "120,1\n150,1\n90,1\n", encoding="utf-8")
    given = ("survey", "table", "own.csv", "--kind", "mean", "--weight", "w", "--format", "csv")
    code, out, err = command(tmp_path, *given, "--var", "income, thousand tenge")
    assert code == 0, err
    assert ",120" in out
    assert err.count("names thousands or millions") == 1
