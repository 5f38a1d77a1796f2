"""The command line, in process and as a program."""

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import fastexcel
import openpyxl
import polars as pl
import pytest

from qonys.catalog import exporting, open_pack
from qonys.catalog.user_tables import user_folder, user_tables
from qonys.cli import main
from qonys.cli.printing import figure

HEAVY = ("scipy", "numba", "pandas", "statsmodels", "polars", "duckdb", "altair", "numpy", "pyarrow")
PROGRAM = [sys.executable, "-m", "qonys.cli"]


@pytest.fixture
def run(folder, capsys):
    """Run a command on a copy of the test pack: exit code, output, errors."""

    def call(*arguments, language="en"):
        code = main([*arguments, "--pack", str(folder), "--lang", language])
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return code, printed.out, printed.err

    return call


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
    assert out.splitlines()[-1].startswith("* A page or paper quotes this figure")
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
    assert "faults: 0." in out
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
        (["catalog", "show", "national", "--where", "year=abc"], 1, "“abc” is not one"),
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
        (["catalog", "list", "--lang", "de"], 2, "“de” is not spoken"),
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


def own(tmp_path, text="year,indicator,value,unit\n2001,deaths,30,persons\n"):
    path = tmp_path / "own.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_add_shows_how_the_file_is_understood(run, tmp_path, folder):
    arguments = [
        "catalog",
        "add",
        own(tmp_path),
        "--as",
        "national",
        "--source-title",
        "My notes",
        "--status",
        "estimate",
    ]
    code, out, _ = run(*arguments, "--dry-run")
    assert code == 0
    assert "year → year (year): same name" in out
    assert "0 faults found; nothing was added." in out
    assert user_tables(open_pack(folder)) == ()
    code, out, _ = run(*arguments)
    assert code == 0
    assert "1 row added to your table national" in out
    _, out, _ = run("catalog", "show", "national", "--where", "indicator=deaths")
    assert "user+" in out
    assert "+ Your own figure" in out
    code, _, err = run(*arguments)
    assert code == 1
    assert "already added" in err
    assert '"user_rows": 1' in run("catalog", "list", "--format", "json")[1]
    assert "user_my_notes" in run("catalog", "conflicts", "--table", "national", "--format", "csv")[1]


def test_add_takes_several_columns_and_values(run, tmp_path):
    path = own(tmp_path, "jahr,was,zahl\n2003,deaths,30\n")
    given = [
        "--map",
        "jahr=year",
        "--map",
        "was=indicator",
        "--map=zahl=value",
        "--set",
        "unit=persons",
        "--set",
        "note=by hand",
    ]
    code, _, err = run("catalog", "add", path, "--as", "national", *given, "--source", "un", "--status", "estimate")
    assert (code, err) == (0, "")
    rows = json.loads(run("catalog", "show", "national", "--where", "year=2003", "--format", "json")[1])
    assert [(row["value"], row["note"], row["owner"]) for row in rows] == [(30.0, "by hand", "user")]


def test_a_dry_run_lists_every_fault(run, tmp_path):
    path = own(tmp_path, "year,indicator,value,unit\n2001,deaths,x,persons\n2002,deaths,y,persons\n")
    code, out, err = run(
        "catalog", "add", path, "--as", "national", "--source", "un", "--status", "estimate", "--dry-run"
    )
    assert (code, err) == (1, "")
    assert "row 2, column “value”: found “x”" in out
    assert "row 3, column “value”: found “y”" in out


def test_add_asks_on_a_terminal(run, tmp_path, monkeypatch):
    answers = iter(["My notes", "estimate"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _: next(answers))
    code, out, _ = run("catalog", "add", own(tmp_path), "--as", "national")
    assert code == 0
    assert "source (source) = user_my_notes" in out


def test_export_in_every_form(run, tmp_path, testland):
    frame = testland.table("national")
    for form in ("csv", "parquet", "xlsx"):
        code, out, _ = run("catalog", "export", "national", "--to", str(tmp_path / "out"), "--as", form)
        assert code == 0
        assert f"national.{form}" in out
    assert pl.read_parquet(tmp_path / "out" / "national.parquet").drop("owner").equals(frame)
    assert pl.read_csv(tmp_path / "out" / "national.csv").height == frame.height
    sheet = fastexcel.read_excel(tmp_path / "out" / "national.xlsx").load_sheet(0).to_polars()
    assert sheet["value"].to_list() == frame["value"].to_list()
    assert sheet["note"].to_list() == frame["note"].to_list()
    assert openpyxl.load_workbook(tmp_path / "out" / "national.xlsx").active["B2"].value == "births"
    assert not list((tmp_path / "out").glob(".*"))


def test_export_of_all_tables_with_their_sources(run, tmp_path):
    assert run("catalog", "export", "--all", "--to", str(tmp_path / "out"))[0] == 0
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["model.csv", "moves.csv", "national.csv", "population_regional.csv", "sources.csv"]


def test_export_to_a_place_that_is_a_file(run, tmp_path):
    (tmp_path / "out").write_text("", encoding="utf-8")
    code, _, err = run("catalog", "export", "national", "--to", str(tmp_path / "out"))
    assert code == 1
    assert "cannot be written" in err


def test_excel_text_that_looks_like_a_formula_or_breaks_xml(tmp_path):
    frame = pl.DataFrame({"a": ["=1+1", "<&>\x00\x0b", None], "b": [1.5, float("nan"), None], "c": [True, False, None]})
    exporting.write_table(frame, tmp_path, "t", "xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").active
    assert sheet["A2"].value == "=1+1"
    assert sheet["A2"].data_type in ("s", "inlineStr")
    assert sheet["A3"].value == "<&>"
    assert sheet["B2"].value == 1.5
    first = (tmp_path / "t.xlsx").read_bytes()
    exporting.write_table(frame, tmp_path, "t", "xlsx")
    assert (tmp_path / "t.xlsx").read_bytes() == first


def test_a_sheet_that_cannot_hold_the_rows(tmp_path, monkeypatch):
    monkeypatch.setattr(exporting, "EXCEL_ROWS", 3)
    with pytest.raises(exporting.BadInput, match="3 rows at most"):
        exporting.write_table(pl.DataFrame({"a": [1, 2, 3]}), tmp_path, "t", "xlsx")
    assert list(tmp_path.glob("*t.*")) == []


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


def environment(tmp_path, **more):
    own_places = {"QONYS_CACHE": str(tmp_path / "c"), "XDG_DATA_HOME": str(tmp_path / "d")}
    return {key: value for key, value in os.environ.items() if key != "QONYS_LANG"} | own_places | more


def program(arguments, tmp_path, **more):
    return subprocess.run(
        [*PROGRAM, *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        env=environment(tmp_path, **more),
        check=False,
    )


def test_version(tmp_path):
    done = program(["--version"], tmp_path)
    assert (done.returncode, done.stdout.strip()) == (0, "0.1.0")


@pytest.mark.parametrize(
    "arguments",
    [
        "import qonys",
        "main(['--help'])",
        "main(['--version'])",
        "main(['catalog', '--help'])",
        "main(['catalog', 'add', '--help'])",
    ],
)
def test_import_and_help_pull_in_nothing_heavy(arguments, tmp_path):
    code = f"import sys; from qonys.cli import main; {arguments}; print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment(tmp_path), check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_help_is_quick(tmp_path):
    best = 10.0
    for _ in range(3):
        start = time.perf_counter()
        assert program(["--help"], tmp_path).returncode == 0
        best = min(best, time.perf_counter() - start)
    assert best < 0.5


def test_kazakh_prints_under_a_plain_locale(tmp_path, folder):
    done = program(
        ["--pack", str(folder), "--lang", "kk", "catalog", "list"],
        tmp_path,
        LC_ALL="C",
        LANG="C",
        PYTHONUTF8="0",
        PYTHONCOERCECLOCALE="0",
    )
    assert done.returncode == 0
    assert "кесте" in done.stdout


def test_a_closed_pipe_is_no_error(tmp_path, folder):
    command = " ".join(
        [*PROGRAM, "--pack", str(folder), "catalog", "show", "moves", "--limit", "0", "--format", "json"]
    )
    done = subprocess.run(
        ["bash", "-c", f"{command} | head -1"], capture_output=True, text=True, env=environment(tmp_path), check=False
    )
    assert done.stderr == ""


def test_ctrl_c_ends_with_130_and_leaves_nothing(tmp_path, folder, monkeypatch):
    path = tmp_path / "long.csv"
    rows = (f"{1500 + n % 500},net_migration,{n},persons,s{n}" for n in range(400_000))
    path.write_text("year,indicator,value,unit,note\n" + "\n".join(rows) + "\n", encoding="utf-8")
    arguments = [
        "--pack",
        str(folder),
        "catalog",
        "add",
        str(path),
        "--as",
        "national",
        "--source-title",
        "x",
        "--status",
        "estimate",
    ]
    process = subprocess.Popen(
        [*PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(tmp_path)
    )
    time.sleep(0.9)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "d"))
    left = user_folder(open_pack(folder))
    assert not left.exists() or not [item for item in left.iterdir() if item.name != ".lock"]


def test_the_entry_point_of_the_package(tmp_path):
    script = Path(sys.executable).with_name("qonys")
    done = subprocess.run(
        [str(script), "--version"], capture_output=True, text=True, env=environment(tmp_path), check=True
    )
    assert done.stdout.strip() == "0.1.0"
