"""Through the person's door: one sentence that names what is wrong and what to do, in three languages."""

from pathlib import Path

import pytest

from qonys.cli import main
from qonys.errors import BadInput
from qonys.report import writing

ALIKE = "document,coder,code\n1,a,x\n1,b,x\n2,a,x\n2,b,x\n"
UNDATED = "document,coder,code,date\n1,a,x,spring\n1,b,y,2000\n2,a,x,2001\n2,b,x,2002\n3,a,y,2001\n3,b,y,2001\n"
SAID = {
    "agree": {"en": "do not vary among the 2 documents", "ru": "коды не различаются", "kk": "кодтары бірдей"},
    "date": {"en": "“spring” of the document 1", "ru": "«spring» документа 1", "kk": "1 құжатының «spring»"},
    "one": {"en": "one respondent", "ru": "один респондент", "kk": "бір ғана респондент"},
    "study": {"en": "x.csv holds no setting", "ru": "x.csv нет ни одной настройки", "kk": "x.csv ішінде бірде-бір баптау жоқ"},
    "out": {"en": "nothing was computed", "ru": "ничего не рассчитано", "kk": "ештеңе есептелген жоқ"},
}
MOBILITY = ["survey", "mobility", "x.csv", "--origin", "origin", "--destination", "destination"]


def refused(capsys, arguments, said, language):
    """Exit code 1 and one sentence, which holds `said`."""
    assert main([*arguments, "--lang", language]) == 1
    told = capsys.readouterr()
    assert said[language] in told.err
    assert told.err.count("\n") == 1
    assert not told.out


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
@pytest.mark.parametrize(
    ("arguments", "text", "said"),
    [
        (["texts", "agree", "x.csv"], ALIKE, "agree"),
        (["texts", "agree", "x.csv", "--table", "pairs"], ALIKE, "agree"),
        (["texts", "frames", "x.csv"], UNDATED, "date"),
        (MOBILITY, "origin,destination\nA,A\n", "one"),
        (["study", "--plan", "--study", "x.csv"], "", "study"),
        (["study", "--plan", "--study", "x.csv"], "# nothing\n", "study"),
    ],
)
def test_refused_in_one_sentence(tmp_path, monkeypatch, capsys, arguments, text, said, language):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.csv").write_text(text)
    refused(capsys, arguments, SAID[said], language)


def test_a_place_that_cannot_be_written_to_is_refused_before_anything_is_computed(tmp_path, monkeypatch, capsys):
    def computed(*given):
        raise AssertionError

    monkeypatch.setattr("qonys.study.runs.run.study_results", computed)
    (tmp_path / "file").write_text("")
    refused(capsys, ["study", "--out", str(tmp_path / "file" / "reports")], SAID["out"], "ru")
    monkeypatch.setenv("QONYS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(writing, "check_open", lambda folder: None)
    assert main(["study", "--out", "/proc/reports"]) == 3
    assert "AssertionError" in capsys.readouterr().err


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_no_folder_can_be_made_in_a_file_or_among_processes(tmp_path, language):
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file" / "ru", Path("/proc/reports/ru")):
        with pytest.raises(BadInput) as refusal:
            writing.check_open(place)
        assert SAID["out"][language] in refusal.value.sentence(language)


def test_a_place_that_can_be_written_to_is_left_as_it_was(tmp_path):
    writing.check_open(tmp_path / "new" / "ru")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", ["code", "agree"])
def test_dates_are_needed_by_frames_alone(tmp_path, capsys, command):
    (tmp_path / "x.csv").write_text(UNDATED)
    assert main(["texts", command, str(tmp_path / "x.csv"), "--lang", "en"]) == 0
    assert "spring" not in capsys.readouterr().err


def test_rows_without_agreement_say_why(tmp_path, capsys):
    (tmp_path / "x.csv").write_text(UNDATED)
    (tmp_path / "book.csv").write_text("code,label\nx,X\ny,Y\nz,Z\n")
    assert main(["texts", "agree", str(tmp_path / "x.csv"), "--codebook", str(tmp_path / "book.csv"), "--lang", "en"]) == 0
    assert "Rows without a number: 1." in capsys.readouterr().err
