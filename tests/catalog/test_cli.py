"""The command line, in process."""

import csv
import io
import json
import re

import polars as pl
import pytest

from qonys.cli import main
from qonys.cli.options import CommandSettings, use_settings
from qonys.cli.printing import print_frame
from qonys.cli.written import figure


def test_list(run):
    code, out, err = run("catalog", "list")
    assert (code, err) == (0, "")
    assert re.search(r"population_regional +population regional +2016 +2018 +16 +0 +2", out)


def test_list_as_json_and_csv(run):
    rows = json.loads(run("catalog", "list", "--format", "json")[1])
    assert next(row for row in rows if row["table"] == "national")["secondary_rows"] == 2
    table = list(csv.DictReader(io.StringIO(run("catalog", "list", "--format=csv")[1])))
    assert [row["table"] for row in table] == ["model", "moves", "national", "population_regional"]


def test_secondary_figures_are_marked_and_explained(run):
    _, out, _ = run("catalog", "show", "national", "--where", "year=2001", "--where", "indicator=births")
    line = next(line for line in out.splitlines() if " page" in line)
    assert "secondary*" in line
    assert out.splitlines()[-1].startswith("* Secondary figure, quoted by a page or paper")
    _, without, _ = run("catalog", "show", "national", "--where", "source=un")
    assert "*" not in without


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ru", ["Во всех строках", "Северная", "вторичные*", "* Вторичные данные:"]),
        ("kk", ["Барлық жолда", "Солтүстік", "қайталама*", "* Қайталама дерек:"]),
    ],
)
def test_tables_in_russian_and_kazakh(run, language, words):
    printed = run("catalog", "show", "population_regional", language=language)[1]
    printed += run("catalog", "show", "national", language=language)[1]
    for word in words:
        assert word in printed


def test_numbers_in_the_chosen_language():
    assert figure(-1234567.0, "ru") == "−1\u00a0234\u00a0567"
    assert figure(0.5, "kk") == "0,5"
    assert figure(12.0, "en", plus=True) == "+12"
    assert figure(1 / 3, "en") == "0.3333"
    assert figure(3608989.6974, "en") == "3,608,989.7"
    assert figure(123456789.25, "en") == "123,456,789"


def test_where_takes_alternatives_ranges_and_empty_cells(run):
    code, out, _ = run(
        "catalog",
        "show",
        "national",
        "--where",
        "year=2001..2002",
        "--where",
        "indicator=deaths|natural_increase",
        "--format",
        "csv",
    )
    assert code == 0
    assert [row["value"] for row in csv.DictReader(io.StringIO(out))] == ["21.0", "31.0", "22.0", "33.0"]
    out = run("catalog", "show", "national", "--where", "note=", "--format", "json")[1]
    assert len(json.loads(out)) == 18
    out = run("catalog", "show", "national", "--where", "source!=office|un", "--format", "json")[1]
    assert {row["source"] for row in json.loads(out)} == {"page"}


def test_limit_says_how_many_there_are(run):
    out = run("catalog", "show", "moves", "--limit", "3")[1]
    assert "3 of 20 rows are shown; --limit 0 shows all." in out
    assert "rows are shown" not in run("catalog", "show", "moves", "--limit", "0")[1]


def test_sources_of_one_table(run):
    rows = json.loads(run("catalog", "sources", "--table", "national", "--format", "json")[1])
    assert [(row["id"], row["rows"]) for row in rows] == [("office", 12), ("un", 6), ("page", 2)]


def test_conflicts_of_one_table(run):
    rows = json.loads(run("catalog", "conflicts", "--table", "model", "--format", "json")[1])
    assert [(row["comparison"], row["difference"]) for row in rows] == [("model_net", -1.0)]


def test_check_passes_and_fails(run, spoil):
    code, out, _ = run("catalog", "check")
    assert code == 0
    assert re.search(r"unique keys +5 +59", out)
    assert "errors: 0." in out
    spoil("tables/national.csv", "2001,deaths,21", "2001,deaths,22")
    code, out, _ = run("catalog", "check", language="ru")
    assert code == 1
    assert "тождество «natural_increase»" in out
    assert "ошибок: 1." in out
    code, out, _ = run("catalog", "check", "--format", "json")
    assert [row["where"] for row in json.loads(out) if row["found"]] == ["national: natural_increase"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["catalog", "show", "nationa"], 1, "did you mean: national"),
        (["catalog", "show", "national", "--where", "yaer=1"], 1, "did you mean: year"),
        (["catalog", "show", "national", "--where", "year"], 1, "no equals sign"),
        (["catalog", "show", "national", "--where", "year=abc"], 1, "“abc” is not a number"),
        (["catalog", "conflicts", "--table", "x"], 1, "no table “x”"),
        (["catalog", "add", "none.csv", "--as", "national"], 1, "no file none.csv"),
        (["catalog", "add", ".", "--as", "national"], 1, "is a folder"),
        (["catalog", "sho"], 2, "no command “sho”"),
        (["catalog", "show"], 2, "TABLE is missing"),
        (["catalog", "show", "national", "more"], 2, "“more” is one argument too many"),
        (["catalog", "show", "national", "--colour"], 2, "no option --colour"),
        (["catalog", "show", "national", "--limit", "few"], 2, "--limit cannot be “few”"),
        (["catalog", "show", "national", "--format", "xml"], 2, "--format can be: table, json, csv"),
        (["catalog", "export", "--to", "x"], 2, "Name one table, or give --all"),
        (["catalog", "export", "national"], 2, "--to is missing"),
        (["catalog", "add", "x.csv"], 2, "--as is missing"),
        (["catalog", "add", "x.csv", "--as", "national", "--map", "x"], 2, "LEFT=RIGHT"),
        (["catalog", "list", "--lang", "de"], 2, "“de” is not available"),
        (["catalog", "list", "--lang"], 2, "--lang needs a value"),
    ],
)
def test_errors_are_one_sentence_on_the_error_stream(folder, capsys, arguments, code, words):
    assert main(["--pack", str(folder), "--lang", "en", *arguments]) == code
    printed = capsys.readouterr()
    assert printed.out == ""
    assert words in printed.err
    assert printed.err.count("\n") == 1


def test_usage_errors_in_kazakh(folder, capsys):
    assert main(["catalog", "sho", "--lang", "kk"]) == 2
    assert "«sho» командасы жоқ. Анықтама: qonys catalog --help" in capsys.readouterr().err


def test_unknown_pack(capsys):
    assert main(["catalog", "list", "--pack", "atlantis", "--lang", "ru"]) == 1
    assert "Пакета «atlantis» нет" in capsys.readouterr().err


@pytest.mark.parametrize("width", ["60", "100", "200"])
def test_wide_tables_stay_within_the_width(run, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", width)
    for arguments in (["catalog", "conflicts"], ["catalog", "show", "moves"], ["catalog", "sources"]):
        out = run(*arguments)[1]
        table = [line for line in out.splitlines() if not line.startswith(("*", "In all"))]
        assert max(map(len, table)) <= int(width)


def test_help_in_three_languages(capsys):
    for language, word in [
        ("en", "Usage: qonys COMMAND"),
        ("ru", "Использование: qonys КОМАНДА"),
        ("kk", "Қолданылуы: qonys КОМАНДА"),
    ]:
        assert main(["--help", "--lang", language]) == 0
        out = capsys.readouterr().out
        assert word in out
        assert "cli." not in out
        assert main(["catalog", "add", "--help", "--lang", language]) == 0
        out = capsys.readouterr().out
        assert "--source-title" in out
        assert not re.search(r"\b(cli|catalog)\.[a-z_]+\.", out)


def test_the_language_of_the_environment(capsys, monkeypatch):
    monkeypatch.setenv("QONYS_LANG", "kk")
    assert main(["--help"]) == 0
    assert "Қолданылуы" in capsys.readouterr().out


def test_years_are_written_as_years_and_counts_under_the_same_name_are_not(capsys):
    use_settings(CommandSettings())
    print_frame(pl.DataFrame({"end": [2050, 2051], "start": [2050, 9000]}), footer=())
    printed = capsys.readouterr().out
    assert "2050" in printed
    assert "2,051" not in printed
    assert "9,000" in printed
