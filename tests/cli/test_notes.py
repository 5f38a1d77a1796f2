"""Notes about a file: one line for each kind, before the table, in three languages."""

import pytest

from qonys import words
from qonys.cli import main

PAIRS = [(a, b) for a in "ABC" for b in "ABC" if a != b]
TABLE = "\n".join([
    "Число переездов", "origin,destination,value", *(f"{a},{b},{n + 1}" for n, (a, b) in enumerate(PAIRS)),
    *(f"Всего,{a},10" for a in "ABC"), *(f"{a},Всего,11" for a in "ABC"), "A,A,3", "B,B,4", "Источник: регистр",
])  # fmt: skip


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_usual_file_gives_few_lines(tmp_path, capsys, language):
    path = tmp_path / "flows.csv"
    path.write_text(TABLE, encoding="utf-8")
    assert main(["indicators", str(path), "--draws", "0", "--lang", language]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert 1 < len(lines) <= 5
    totals = [line for line in lines if "Всего" in line]
    assert len(totals) == 1
    assert totals[0].endswith(words.text("cli.notes.columns", language, columns="destination"))


def test_notes_stand_before_the_error_that_ends_a_command(tmp_path, capsys):
    path = tmp_path / "flows.csv"
    path.write_text(TABLE.replace("A,B,1", "A,B,x"), encoding="utf-8")
    assert main(["indicators", str(path), "--draws", "0"]) == 1
    *notes, error = capsys.readouterr().err.splitlines()
    assert "is not a number" in error
    assert any("totals, left out" in note for note in notes)
    assert main(["indicators", str(tmp_path / "none.csv")]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_each_unmet_option_is_said(tmp_path, capsys):
    path = tmp_path / "flows.csv"
    path.write_text(TABLE, encoding="utf-8")
    assert main(["indicators", str(path), "--draws", "0", "--na", "nothing", "--na", "nowhere"]) == 0
    said = capsys.readouterr().err
    assert "--na nothing" in said
    assert "--na nowhere" in said
