"""Survey files as offices write them: Stata's missing codes, spellings of one answer, rows of totals, counts."""

import polars as pl
import pytest

from qonys.catalog.reading.choices import FileChoices
from qonys.study.analyses.surveys import SurveyFile, table
from qonys.surveys.endings import stays_of
from qonys.surveys.frequencies import repeated
from qonys.surveys.reading import read_microdata
from qonys.words.notes import listening

SHEET = "№;Вес;Пол;Причина;Доход\n1;1,2;м;работа;200\n2;0,8;ж;Работа ;150\n3;1,2;М;семья;120\n4;1;ж;работа;90\n"
COUNTED = "Пол;Причина;Число респондентов\nМ;работа;120\nМ;семья;50\nЖ;работа;60\nВсего;работа;180\n"


def _read(tmp_path, text, missing=(), **choices):
    path = tmp_path / "survey.csv"
    path.write_text(text)
    said = []
    with listening(lambda key, values: said.append((key, values))):
        data = read_microdata(path, None, missing, FileChoices(**choices))
        found = {name: data.column(name).to_list() for name in data.frame.columns if not name.startswith("__")}
    return data, found, said


def test_missing_codes_of_stata_are_no_answers(tmp_path):
    _, found, said = _read(tmp_path, "motive,income\nwork,.a\n.z,120\n.,.\nfamily,90\n")
    assert found == {"motive": ["work", None, None, "family"], "income": [None, 120, None, 90]}
    assert {(values["variable"], values["text"]) for _, values in said} == {
        ("motive", ".z"), ("motive", "."), ("income", ".a"), ("income", "."),
    }  # fmt: skip
    assert _read(tmp_path, "motive,n\nwork,1\n.a,2\n", keep=("motive=.a",))[1]["motive"] == ["work", ".a"]


def test_spellings_of_one_answer_are_joined_with_a_note(tmp_path):
    data, found, said = _read(tmp_path, SHEET)
    assert found["Причина"] == ["работа", "работа", "семья", "работа"]
    assert found["Пол"] == ["м", "ж", "м", "ж"] or found["Пол"] == ["М", "ж", "М", "ж"]
    pairs = {values["variable"]: values["pairs"] for key, values in said if key == "surveys.note.joined"}
    assert pairs["Причина"] == "Работа → работа"
    assert data.ordered("Причина") == ["работа", "семья"]
    assert _read(tmp_path, SHEET, keep=("Причина=Работа",))[1]["Причина"][1] == "Работа"


def test_an_answer_named_missing_goes_in_all_its_spellings(tmp_path):
    for text in ("Причина=Работа", "Причина=работа"):
        _, found, said = _read(tmp_path, SHEET, [text])
        assert found["Причина"] == [None, None, "семья", None]
        assert "surveys.note.missing_nobody" not in {key for key, _ in said}


def test_codes_with_labels_are_not_joined(tmp_path):
    (tmp_path / "labels.csv").write_text("variable,code,label\nm,a,yes\nm,A,no\n")
    (tmp_path / "coded.csv").write_text("m,n\na,1\nA,2\na,3\n")
    data = read_microdata(tmp_path / "coded.csv", tmp_path / "labels.csv")
    assert data.categories("m").to_list() == ["yes", "no", "yes"]


@pytest.mark.parametrize("row", ["Итого;4,2;;;", "Всего;4,2;;;560", ";;Итого;;560", "Барлығы;4;ж;работа;1"])
def test_a_row_of_totals_is_no_respondent(tmp_path, row):
    data, found, said = _read(tmp_path, SHEET + row + "\n")
    assert found["Вес"] == [1.2, 0.8, 1.2, 1]
    assert data.frame["№"].dtype == pl.Float64
    told = [values for key, values in said if key == "surveys.note.totals"]
    assert len(told) == 1
    assert (told[0]["n"], told[0]["rows"]) == (1, "6")


def test_all_as_an_answer_is_a_respondent(tmp_path):
    text = "id,reasons,sex,age\n1,all,f,20\n2,one,m,30\n3,all,,40\n4,none,f,50\n"
    _, found, said = _read(tmp_path, text)
    assert found["reasons"] == ["all", "one", "all", "none"]
    assert not said
    kept = SHEET + "Итого;4,2;;;\n"
    assert len(_read(tmp_path, kept, keep=("№=Итого",))[1]["Вес"]) == 5


def test_a_column_that_counts_respondents_is_said(tmp_path):
    data, _, _ = _read(tmp_path, COUNTED)
    said = []
    with listening(lambda key, values: said.append((key, values))):
        assert repeated(data, "") is data
        assert repeated(data, "", "Число респондентов") is data
    told = {"column": "Число респондентов", "rows": 4, "option": '--frequency "Число респондентов"'}
    assert said == [("surveys.note.likely_frequency", told)]
    with listening(lambda key, values: said.append((key, values))):
        assert repeated(data, "Число респондентов").frame.height == 230
    assert "surveys.note.totals" in {key for key, _ in said}


def test_the_table_of_a_sheet_with_a_total_is_that_without(tmp_path):
    frames = []
    for text in (SHEET, SHEET + "Итого;4,2;;;\n"):
        path = tmp_path / "sheet.csv"
        path.write_text(text)
        frames.append(table(SurveyFile(path, weight="Вес"), "share", ("Причина",), (), "").frame)
    assert frames[0].equals(frames[1])


def test_spellings_of_a_group_of_stays_are_joined(tmp_path):
    path = tmp_path / "stays.csv"
    path.write_text("years,end,Причина\n1,left,работа\n2,stay,Работа\n3,left,семья\n4,,работа\n")
    stays = stays_of(read_microdata(path))
    assert [label for label, _ in stays.groups("Причина")] == ["работа", "семья"]
