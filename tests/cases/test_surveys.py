"""Survey files as other programs write them: codes, blanks, labels, ends of stays, frequencies, weights.

The files in `surveys` are made up; the inputs written here are other shapes of the same kinds.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from qonys.catalog.reading.advice import typed
from qonys.cli import main

pytest.importorskip("svy")
FILES = Path(__file__).with_name("surveys")


@pytest.fixture
def run(capsys):
    """Call `qonys survey`; gives the exit status, the rows of the table and what was said."""

    def call(*arguments):
        code = main(("survey", *map(str, arguments), "--format", "csv"))
        found = capsys.readouterr()
        return code, list(csv.DictReader(io.StringIO(found.out))), found.err

    return call


def shares(rows):
    return {row["answer"]: float(row["estimate"]) for row in rows}


@pytest.fixture
def written(tmp_path):
    def write(name, text, encoding="utf-8"):
        path = tmp_path / name
        path.write_text(text, encoding=encoding)
        return path

    return write


@pytest.mark.parametrize("codes", [("97.0", "98.0", "99.0"), ("97", "98", "99"), ("97,0", "98.00", " 99")])
def test_one_code_however_it_is_written(run, codes):
    missing = [part for code in codes for part in ("--missing", f"intent={code}")]
    code, rows, said = run("table", FILES / "survey-codes.csv", "--var", "intent", "--weight", "w", *missing)
    assert code == 0, said
    assert rows[0]["n"] == "57"
    assert shares(rows) == {"1": pytest.approx(0.5408, abs=5e-5), "2": pytest.approx(0.4592, abs=5e-5)}


def test_one_code_in_a_column_of_texts(run, written):
    path = written("mixed.csv", "v,w\n97.0,1\n97,1\nother,1\n97.00,1\n")
    assert shares(run("table", path, "--var", "v")[1]) == {"97": 0.75, "other": 0.25}
    code, rows, said = run("table", path, "--var", "v", "--missing", "v=97,0")
    assert (code, set(shares(rows))) == (0, {"other"}), said


def test_a_missing_code_that_nobody_has_is_said(run):
    said = run("table", FILES / "survey-codes.csv", "--var", "intent", "--missing", "intent=55")[2]
    assert "intent=55" in said


def test_texts_of_no_answer_are_left_out_and_said(run):
    asked = ("table", FILES / "survey-na-text.csv", "--var", "intent", "--weight", "w")
    code, rows, said = run(*asked)
    assert (code, rows[0]["n"], set(shares(rows))) == (0, "58", {"1", "2"})
    assert "NA" in said
    assert "(rows: 2)" in said
    assert set(shares(run(*asked, "--keep", "intent=NA")[1])) == {"1", "2", "NA"}
    mean = run("table", FILES / "survey-na-text.csv", "--var", "income", "--kind", "mean")
    assert (mean[0], mean[1][0]["n"]) == (0, "31")


@pytest.mark.parametrize("blank", ["NA", "N/A", "#N/A", "#Н/Д", "nan", "<NA>", "NULL", "#NULL!", ".", "  "])
def test_blanks_of_other_programs(run, written, blank):
    path = written("blanks.csv", f"v,x\n1,2\n{blank},3\n2,{blank}\n1,5\n")
    code, rows, said = run("table", path, "--var", "v")
    assert (code, rows[0]["n"]) == (0, "3"), said
    assert run("table", path, "--var", "x", "--kind", "mean")[1][0]["estimate"].startswith("3.33")


def test_none_of_these_is_an_answer(run, written):
    path = written("none.csv", "v,x\nNone,1\nnone,2\nna,3\nyes,4\n")
    assert shares(run("table", path, "--var", "v")[1]) == {"None": 0.5, "na": 0.25, "yes": 0.25}


def test_namibia_is_a_country(run, written):
    named = written("named.csv", "country;w\nNA;1\nKZ;1\nNA;1\nRU;1\n")
    code, rows, said = run("table", named, "--var", "country")
    assert (code, shares(rows)["NA"]) == (0, 0.5)
    assert "Namibia" in said
    many = written("many.csv", "born,w\n" + "".join(f"{c},1\n" for c in ("NA", "KZ", "RU", "UZ", "KG", "DE", "CN")))
    assert "NA" in shares(run("table", many, "--var", "born")[1])
    names = written("names.csv", "country,w\nNA,1\nKazakhstan,1\nRussia,1\n")
    assert "NA" not in shares(run("table", names, "--var", "country")[1])
    assert "NA" not in shares(run("table", named, "--var", "country", "--missing", "country=NA")[1])


def test_a_label_of_the_missing_code_alone(run, written):
    asked = ("table", FILES / "survey-label-of-missing-only.sav", "--var", "children", "--weight", "w")
    code, rows, said = run(*asked)
    assert code == 0, said
    assert shares(rows) == {k: pytest.approx(n / 7) for k, n in (("0", 2), ("1", 2), ("2", 2), ("3", 1))}
    data = written("c.csv", "children,w\n0,1\n2,1\n99,1\n2.0,1\n")
    labels = written("l.csv", "variable,code,label\nchildren,99.0,no answer\n")
    code, rows, said = run("table", data, "--var", "children", "--labels", labels, "--missing", "children=no answer")
    assert (code, set(shares(rows))) == (0, {"0", "2"}), said


def test_codes_with_one_label_are_kept_apart(run, written):
    code, rows, said = run("table", FILES / "codes-with-one-label.sav", "--var", "v", "--missing", "v=97")
    assert (code, set(shares(rows))) == (0, {"yes [1]", "yes [2]"})
    assert "1, 2" in said
    data = written("c.csv", "v,w\n1,1\n2,1\n")
    labels = written("l.csv", "variable,code,label\nv,1,yes\nv,1.0,no\nv,2,no\n")
    code, _, said = run("table", data, "--var", "v", "--labels", labels)
    assert code == 1
    assert "row 3" in said


def test_a_code_labelled_no_answer_is_no_number(run):
    asked = ("table", FILES / "codes-with-one-label.sav", "--var", "opinion", "--kind", "mean")
    code, _, said = run(*asked)
    assert (code, "--missing opinion=9" in said) == (1, True)
    assert run(*asked, "--missing", "opinion=9")[1][0]["estimate"].startswith("2.636")


def test_grouped_thousands_are_the_numbers_of_other_commands(run, written):
    asked = ("--var", "income", "--kind", "mean")
    grouped = run("table", FILES / "survey-grouped-spaces.csv", *asked, "--weight", "w")
    assert float(grouped[1][0]["estimate"]) == pytest.approx(103128.8273, abs=1e-3)
    thin = written("thin.csv", "income;w\n1\u2009200,5;1\n2\u202f400,5;1\n")
    assert float(run("table", thin, *asked)[1][0]["estimate"]) == 1800.5


def test_a_comma_that_may_be_a_thousand_is_asked_about(run, written):
    path = written("c.csv", "income;w\n1,200;1\n2,400;1\n")
    code, _, said = run("table", path, "--var", "income", "--kind", "mean")
    assert (code, "--decimal" in said) == (1, True)
    means = {
        sign: run("table", path, "--var", "income", "--kind", "mean", "--decimal", sign)[1][0]["estimate"]
        for sign in (",", ".")
    }
    assert {sign: float(mean) for sign, mean in means.items()} == {",": pytest.approx(1.8), ".": 1800}
    code, _, said = run("table", path, "--var", "w", "--weight", "income")
    assert (code, "--decimal" in said) == (1, True)


STAYS = "years,end\n1,{1}\n2,{1}\n2,{0}\n3,{1}\n3,{0}\n4,{0}\n5,{0}\n"


@pytest.mark.parametrize(
    ("there", "left"),
    [("0", "1"), ("no", "yes"), ("нет", "да"), ("жоқ", "иә"), ("Stayed", "returned"), ("", "return"),
     ("остался", "вернулся"), ("қалды", "кетті"), ("False", "True"), ("0.0", "2.0")],
)  # fmt: skip
def test_who_is_still_there(run, written, there, left):
    path = written("stays.csv", STAYS.format(there, left))
    code, rows, said = run("settling", path, "--years", 3)
    assert code == 0, said
    assert float(rows[0]["settled"]) == pytest.approx(6 / 7 * 5 / 6 * 3 / 4)
    assert left.removesuffix(".0") in said


def test_the_case_of_0_and_1(run):
    assert float(run("settling", FILES / "stays-0-1.csv", "--years", 3)[1][0]["settled"]) == pytest.approx(0.5357, abs=5e-5)


def test_numbers_that_do_not_tell_who_is_there_are_asked_about(run, written):
    path = written("stays.csv", STAYS.format("2", "1"))
    code, _, said = run("settling", path, "--years", 3)
    assert (code, "--censored" in said) == (1, True)
    assert float(run("settling", path, "--years", 3, "--censored", "2.0")[1][0]["settled"]) == pytest.approx(0.5357, abs=5e-5)
    assert run("settling", path, "--years", 3, "--censored", "none")[1][0]["settled"].startswith("0.28")
    assert run("settling", path, "--censored", "7")[0] == 1


@pytest.mark.parametrize("years", ["-1", "NA", "1e300", "400", "soon"])
def test_lengths_of_stay_name_the_row(run, written, years):
    path = written("stays.csv", f"years,end\n1,1\n\n{years},0\n")
    code, _, said = run("settling", path)
    assert (code, "row" in said, "4" in said) == (1, True, True)


TABLE = "sex,moves,n,w\nf,yes,30,1\nf,no,70,1\nm,yes,10,2\nm,no,40,2\n"


def test_frequencies_are_respondents(run, written):
    table = written("table.csv", TABLE)
    rows = [line.split(",") for line in TABLE.splitlines()[1:]]
    lines = "".join(f"{sex},{moves},{w}\n" * int(n) for sex, moves, n, w in rows)
    people = written("people.csv", "sex,moves,w\n" + lines)
    for asked in (
        ("table", "--var", "moves", "--by", "sex"), ("test", "--var", "moves", "--by", "sex"),
        ("model", "--var", "moves", "--on", "sex"), ("classes", "--var", "moves", "--var", "sex", "--most", 1),
    ):  # fmt: skip
        short = run(asked[0], table, *asked[1:], "--weight", "w", "--frequency", "n")
        long = run(asked[0], people, *asked[1:], "--weight", "w")
        assert short[0] == 0, short[2]
        assert short[1] == long[1]
        assert "150" in short[2]


@pytest.mark.parametrize("total", ["Total", "_T", "Всего", "Итого", "Барлығы", "both sexes"])
def test_totals_among_frequencies_are_left_out_and_said(run, written, total):
    table = written("table.csv", f"{TABLE}{total},yes,40,1\n{total},no,110,1\n")
    code, rows, said = run("table", table, "--var", "moves", "--frequency", "n")
    assert (code, rows[0]["n"]) == (0, "150"), said
    assert typed("--keep", f"sex={total}") in said
    kept = run("table", table, "--var", "moves", "--frequency", "n", "--keep", f"sex={total}")
    assert kept[1][0]["n"] == "300"
    assert "sex=nothing" in run("table", table, "--var", "moves", "--keep", "sex=nothing")[2]


@pytest.mark.parametrize(("n", "part"), [("1.5", "row"), ("-2", "row"), ("NA", "row"), ("1e14", "weights"), ("x", "x")])
def test_frequencies_are_whole(run, written, n, part):
    code, _, said = run("table", written("t.csv", f"v,n\na,1\nb,{n}\n"), "--var", "v", "--frequency", "n")
    assert (code, part in said) == (1, True)


@pytest.mark.parametrize("weight", ["1e308", "1e12", "1e-12", "1e-300", "0", "-3", "", "NA", "inf", "heavy"])
def test_weights_out_of_bounds_name_the_row_of_the_file(run, written, weight):
    path = written("w.csv", f"a title\n\nv,w\n1,1\n2,{weight}\n1,2\n")
    code, _, said = run("table", path, "--var", "v", "--weight", "w")
    assert (code, "5" in said, len(said.splitlines())) == (1, True, 1)


def test_values_near_the_float_limit(run, written):
    path = written("x.csv", "x,w\n1e308,1\n1e308,1\n-1e308,2\n")
    code, _, said = run("table", path, "--var", "x", "--kind", "mean")
    assert (code, "rows 2" in said) == (1, True)
    assert len(run("table", path, "--var", "x")[1]) == 2, "a share of answers needs no arithmetic on them"


def test_identifiers_that_numbers_cannot_hold_stay_apart(run, written):
    rows = "".join(f"90071992547409{93 + i},{i % 2},1\n" for i in range(4))
    code, found, said = run("table", written("ids.csv", "psu,v,w\n" + rows), "--var", "v", "--cluster", "psu")
    assert (code, found[0]["df"]) == (0, "3"), said
    padded = written("padded.csv", "v,w\n01,1\n1,1\n2,1\n")
    assert set(shares(run("table", padded, "--var", "v")[1])) == {"01", "1", "2"}


def test_totals_of_calibration_are_codes_and_numbers_too(run, written):
    data = written("d.csv", "v,w\n97.0,1\n1.0,1\n1.0,1\n")
    totals = written("t.csv", "variable;category;total\nv;97;1 500,5\nv;1,0;2 000,5\n")
    code, rows, said = run("table", data, "--var", "v", "--kind", "share", "--weight", "w", "--calibrate", totals)
    assert code == 0, said
    assert shares(rows)["97"] == pytest.approx(1500.5 / 3501)
    twice = written("t2.csv", "variable,category,total\nv,97,1\nv,97.0,2\nv,1,3\n")
    assert run("table", data, "--var", "v", "--calibrate", twice)[0] == 1


def test_near_names_in_three_languages(run):
    for language in ("en", "ru", "kk"):
        for asked in (("--var", "Intend"), ("--var", "intent", "--weight", "W"), ("--var", "intent", "--missing", "Intent=1")):
            code, _, said = run("table", FILES / "survey-codes.csv", *asked, "--lang", language)
            assert code == 1
            assert ("intent" if "W" not in asked else "--weight w") in said


def test_dates_no_calendar_has_and_files_cut_short(run, tmp_path):
    code, rows, said = run("table", FILES / "dates-beyond-calendar.sav", "--var", "v")
    assert (code, rows[0]["n"], "dates" in said) == (0, "3", True)
    whole = (FILES / "codes-with-one-label.sav").read_bytes()
    for name, content in (("cut.sav", whole[: len(whole) // 2]), ("a.dta", b"abc" * 99), ("a.por", b"ASCII SPSS PORT FILE" * 9)):
        path = tmp_path / name
        path.write_bytes(content)
        code, _, said = run("table", path, "--var", "v")
        assert (code, name in said, len(said.splitlines())) == (1, True, 1)
    (tmp_path / "folder.sav").mkdir()
    assert run("table", tmp_path / "folder.sav", "--var", "v")[0] == 1


def test_a_file_too_large_is_never_opened(run, monkeypatch, tmp_path):
    path = tmp_path / "large.sav"
    path.write_bytes((FILES / "codes-with-one-label.sav").read_bytes() + bytes(1_100_000))
    monkeypatch.setenv("QONYS_IMPORT_LIMIT_MB", "1")
    code, _, said = run("table", path, "--var", "v")
    assert (code, "QONYS_IMPORT_LIMIT_MB" in said) == (1, True)


def test_encoding_and_sheet_are_taken(run, written):
    path = written("c.csv", "ответ;w\nда;1\nнет;2\n", "cp866")
    assert set(shares(run("table", path, "--var", "ответ", "--encoding", "cp866")[1])) == {"да", "нет"}
    piped = written("p.csv", "v^w\n1^1\n2^2\n")
    assert len(run("table", piped, "--var", "v", "--delimiter", "^")[1]) == 2


@pytest.mark.parametrize("none", ["нет ответа", "отказ", "x"])
def test_a_variable_is_of_numbers_once_its_text_for_no_answer_is_named(command, tmp_path, none):
    rows = "\n".join(f"{none if n % 4 == 0 else '120 000' if n % 2 else '90 000'};1" for n in range(20))
    (tmp_path / "own.csv").write_text(f"доход;вес\n{rows}\n", encoding="utf-8")
    given = ["survey", "table", "own.csv", "--var", "доход", "--kind", "mean", "--weight", "вес"]
    code, _, err = command(tmp_path, *given)
    assert code == 1
    assert "--missing" in err
    code, out, err = command(tmp_path, *given, "--missing", f"доход={none}")
    assert code == 0, err
    assert "110,000" in out
