"""Own files added and tables written out from the command line."""

import json

import fastexcel
import openpyxl
import polars as pl
import pytest

from qonys.catalog import exporting, open_pack
from qonys.catalog.user_tables import user_tables


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
    assert "0 errors found; nothing was added." in out
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
    with pytest.raises(exporting.BadInput, match="at most 3 rows"):
        exporting.write_table(pl.DataFrame({"a": [1, 2, 3]}), tmp_path, "t", "xlsx")
    assert list(tmp_path.glob("*t.*")) == []
