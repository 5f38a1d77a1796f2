"""Through the person's door: one sentence that names what is wrong and what to do, in three languages."""

import json
from pathlib import Path

import pytest

from qonys.cli import main
from qonys.errors import BadInput
from qonys.report import writing

ALIKE = "document,coder,code\n1,a,x\n1,b,x\n2,a,x\n2,b,x\n"
UNDATED = "document,coder,code,date\n1,a,x,spring\n1,b,y,2000\n2,a,x,2001\n2,b,x,2002\n3,a,y,2001\n3,b,y,2001\n"
SAID = {
    "agree": {"en": "do not vary among the 2 documents", "ru": "коды не различаются", "kk": "кодтары бірдей"},
    "date": {"en": "row 2, column “date”: “spring”", "ru": "строка 2, столбец «date»: в «spring»", "kk": "2-жол, «date» бағаны: «spring»"},
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


EXAMPLES = Path(__file__).parents[2] / "docs/examples"
IDENTITY = ("identity", "simulated-survey-identity.csv")
MOVES = ("mobility", "simulated-survey-mobility.csv", "--origin", "birthplace", "--destination")
ONE = {"en": "name one column", "ru": "называют один столбец", "kk": "бір бағанды атайды"}
TWICE = {"en": "names tie_1 twice", "ru": "называет tie_1 дважды", "kk": "tie_1 бағанын екі рет атайды"}


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ((*MOVES, "birthplace"), ONE),
        ((*MOVES, "residence", "--layer", "birthplace"), ONE),
        ((*IDENTITY, "--items", "tie_1,tie_2,tie_1"), TWICE),
        ((*IDENTITY, "--items", "tie_1,tie_2,tie_3", "--group", "tie_1"), ONE),
    ],
)
def test_a_column_named_twice_is_refused(capsys, asked, said, language):
    command, file, *rest = asked
    refused(capsys, ["survey", command, str(EXAMPLES / file), *rest], said, language)


def test_shares_of_nought_and_one_have_no_interval(tmp_path, capsys):
    file = tmp_path / "x.csv"
    file.write_text("o,d\n" + "a,a\n" * 6 + "b,b\n" * 5, encoding="utf-8")
    for shown in ("outflow", "rates"):
        assert main(["survey", "mobility", str(file), "--origin", "o", "--destination", "d", "--table", shown, "--format", "json"]) == 0
        rows = json.loads(capsys.readouterr().out)
        assert {(row["low"], row["high"]) for row in rows} == {(None, None)}


def test_too_few_years_for_a_correlation_are_said(tmp_path, capsys):
    flow = tmp_path / "flow.csv"
    flow.write_text("year,value\n2001,5\n2002,6\n2003,9\n", encoding="utf-8")
    texts = str(EXAMPLES / "simulated-texts.csv")
    assert main(["texts", "frames", texts, "--flows", str(flow), "--lang", "en"]) == 0
    said = capsys.readouterr()
    assert "No correlation could be computed" in said.out + said.err
