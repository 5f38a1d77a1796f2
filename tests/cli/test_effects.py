"""Options without effect are said; values that an option cannot have are refused where it has none too."""

import pytest

from qonys import words
from qonys.cli import main


@pytest.fixture
def survey(tmp_path):
    path = tmp_path / "s.csv"
    path.write_text("\n".join(["a,b", *(f"{i % 3},{i % 2}" for i in range(30))]), encoding="utf-8")
    return ["survey", "table", str(path), "--var", "a", "--format", "csv"]


@pytest.mark.parametrize(
    "given",
    [["--bounds", "0.5,2"], ["--calibration", "linear"], ["--centre", "mean"], ["--fay", "0.3"], ["--draws", "50"]],
)
def test_survey_options_without_effect(survey, capsys, given):
    assert main([*survey, *given]) == 0
    assert f"{given[0]}: no effect here" in capsys.readouterr().err
    assert main(survey) == 0
    assert "no effect" not in capsys.readouterr().err


def test_impossible_values_are_refused(survey, capsys):
    for option in ("--centre", "--calibration"):
        assert main([*survey, option, "x"]) != 0
        assert f"{option} is x" in capsys.readouterr().err


@pytest.mark.parametrize(("table", "idle"), [("breaks", True), ("segments", True), ("effects", False), ("years", False)])
def test_events_without_their_table(tmp_path, capsys, table, idle):
    series, events = tmp_path / "s.csv", tmp_path / "e.csv"
    series.write_text("\n".join(["time,value", *(f"{y},{y % 7}" for y in range(1990, 2006))]), encoding="utf-8")
    events.write_text("id,start\nwar,1999\n", encoding="utf-8")
    assert main(["breaks", str(series), "--events", str(events), "--table", table]) == 0
    assert ("--events: no effect here" in capsys.readouterr().err) == idle


def test_all_languages_have_the_sentence():
    assert all("--fay" in words.text("cli.no_effect", language, options="--fay") for language in words.LANGUAGES)


def test_a_sheet_of_a_file_that_has_none(survey, capsys):
    assert main([*survey, "--sheet", "second"]) == 0
    assert "--sheet second" in capsys.readouterr().err
