"""Files of moves in `flows classify`: rows of the file in sentences, columns in Russian and Kazakh, words that are near."""

import csv
import io

import pytest

import qonys

MOVES = "id;origin_country;destination_country;cause;stay_months;citizenship;known\n"
RUSSIAN = "Дата;Страна выбытия;Страна прибытия;Гражданство;Причина;Срок пребывания, месяцев\n02.03.2021;UZB;KAZ;UZB;labour;18\n"
KAZAKH = "Күні;Шыққан елі;Келген елі;Азаматтығы;Себебі;Болу мерзімі (ай)\n02.03.2021;UZB;KAZ;UZB;labour;18\n"


@pytest.fixture
def classified(command, tmp_path):
    """Exit code, rows and what was said of a file of moves."""

    def call(text, *arguments):
        (tmp_path / "moves.csv").write_text(text, encoding="utf-8")
        code, out, err = command(tmp_path, "flows", "classify", "moves.csv", "--format", "csv", *arguments)
        return code, list(csv.DictReader(io.StringIO(out))) if code == 0 else [], err

    return call


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("UZB;KAZ;job;18;UZB;x", "column “cause”, row 6: “job” is not in the vocabulary"),
        ("Uzbekistan;KAZ;labour;18;UZB;x", "column “origin_country”, row 6: “Uzbekistan” is not a country code"),
        ("UZB;KAZ;labour;long;UZB;x", "column “stay_months”, row 6: long is not"),
        ("UZB;KAZ;labour;18;UZB;labuor", "column “known”, row 6: the true label is “labuor”"),
    ],
)
def test_rows_are_those_of_the_file(classified, cell, said):
    text = "Moves of 2021;;;;;;\n" + MOVES + "1;UZB;KAZ;labour;18;UZB;labour\n0;;;;;;\n\n2;" + cell + "\n"
    options = ("--table", "agreement", "--truth", "known") if "true label" in said else ()
    code, _, err = classified(text, "--where", "id=1|2", *options)
    assert (code, said in err) == (1, True), err


def test_a_column_has_its_own_name_in_the_sentence(classified):
    code, _, err = classified(RUSSIAN.replace("labour", "работа"), "--lang", "ru")
    assert (code, "столбец «Причина», строка 2: значения «работа» нет в словаре" in err) == (1, True), err
    assert "ближайшее" not in err
    assert "--na Причина=работа" in err
    assert classified(RUSSIAN.replace("labour", "работа"), "--na", "Причина=работа")[0] == 0


@pytest.mark.parametrize(("word", "near"), [("labor", "labour"), ("econ", "economic"), ("job", None), ("work", None), ("учёба", None)])
def test_only_a_near_word_is_called_so(classified, word, near):
    _, _, err = classified(MOVES + f"1;UZB;KAZ;{word};18;UZB;\n")
    assert (f"the nearest is {near}." in err) if near else ("nearest" not in err), err


@pytest.mark.parametrize("text", [RUSSIAN, KAZAKH])
def test_russian_and_kazakh_columns(classified, text):
    code, rows, err = classified(text)
    assert code == 0, err
    assert (rows[0]["form"], rows[0]["date"], rows[0]["stay_months"]) == ("labour", "2021-03-02", "18")


def test_names_of_people_without_dates_stay_what_they_are(classified):
    code, rows, err = classified("Человек;Страна выбытия;Страна прибытия\nА;UZB;KAZ\n")
    assert (code, rows[0]["Человек"]) == (0, "А"), err


def test_unknown_columns_are_told_with_the_option(classified):
    code, _, err = classified("a;b\nUZB;KAZ\n")
    assert (code, "--map a=origin_country" in err) == (1, True), err


def test_russian_columns_of_a_frame():
    moves = {"Страна выбытия": ["AAA"], "Страна прибытия": ["BBB"], "Причина": ["labour"], "срок пребывания, мес.": [18]}
    assert qonys.classify_forms(moves, home="BBB").frame["form"].to_list() == ["labour"]
