"""Through the person's door: empty names, closed sets, reversed ranges, days that do not exist, refusals of the system."""

from __future__ import annotations

import errno
import os

import pytest

from qonys import words
from qonys.catalog.filters import parsed_conditions
from qonys.cli import main
from qonys.words import system
from qonys.words.system import NAMED, system_reason

LANGUAGES = ("en", "ru", "kk")
EMPTY = {"en": "empty text", "ru": "пустой текст", "kk": "бос мәтін"}
EMPTY_NAMES = [
    ("why", ""), ("catalog", "show", ""), ("catalog", "show", "census", "--where", ""), ("catalog", "show", "census", "--where="),
    ("survey", "identity", "x.csv", "--items", "a,b,c", "--group", ""), ("survey", "table", "x.csv", "--var", ""),
    ("texts", "code", "x.csv", "--table", ""), ("catalog", "sources", "--table", ""), ("--pack", "", "catalog", "list"),
    ("segregation", ""), ("pack", "check", ""), ("catalog", "export", "census", "--to", ""), ("study", "--out", ""),
]  # fmt: skip
REVERSED = {"en": "ends before it begins; write 1960..1970", "ru": "напишите 1960..1970", "kk": "1960..1970 деп жазыңыз"}
DATED = "document,coder,code,day\n1,a,x,2001\n1,b,x,{day}\n2,a,x,2001\n2,b,y,2002\n"
NO_DAY = {"en": "x.csv, row 3, column “day”: there is no day “{day}”", "ru": "x.csv, строка 3, столбец «day»: даты «{day}»",
          "kk": "x.csv, 3-жол, «day» бағаны: күнтізбеде «{day}»"}  # fmt: skip
ENGLISH = {os.strerror(number) for number in range(1, 134)}


def told(capsys, code, *arguments):
    assert main([*arguments]) == code
    found = capsys.readouterr()
    assert not found.out
    assert found.err.count("\n") == 1
    return found.err


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("arguments", EMPTY_NAMES)
def test_an_empty_text_is_no_name(tmp_path, monkeypatch, capsys, arguments, language):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.csv").write_text("a,b,c,g\n1,2,3,x\n")
    assert EMPTY[language] in told(capsys, 2, *arguments, "--lang", language)


def test_a_blank_may_part_cells(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.csv").write_text("document coder code\n1 a x\n1 b x\n2 a y\n2 b x\n")
    assert main(["texts", "code", "x.csv", "--delimiter", " "]) == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_closed_set_names_the_nearest_and_all(capsys, language):
    said = told(capsys, 2, "catalog", "export", "census", "--to", "x", "--as", "csvv", "--lang", language)
    assert "csv, parquet, xlsx" in said
    assert said.count("csv") > 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_range_does_not_end_before_it_begins(capsys, language):
    assert REVERSED[language] in told(capsys, 1, "catalog", "show", "census", "--where", "year=1970..1960", "--lang", language)
    assert main(["catalog", "show", "census", "--where", "year=1960..1960"]) == 0
    assert parsed_conditions(["year=1970..1960"])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("day", ["2001-02-30", "31/04/2001", "2001-13", "2001-13-01"])
def test_a_day_that_does_not_exist_is_named_with_its_cell(tmp_path, monkeypatch, capsys, day, language):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.csv").write_text(DATED.format(day=day))
    said = told(capsys, 1, "texts", "frames", "x.csv", "--map", "day=date", "--lang", language)
    assert NO_DAY[language].format(day=day) in said


def test_a_codebook_of_one_column(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.csv").write_text("document,coder,code\n1,a,x\n1,b,x\n2,a,x\n2,b,y\n")
    for text in ("code\nx\ny\nlabour migration\n", "code\n\"x\"\n\"y\"\n\"work, study\"\n"):
        (tmp_path / "book.csv").write_text(text)
        assert main(["texts", "code", "x.csv", "--codebook", "book.csv", "--format", "csv"]) == 0
        assert len(capsys.readouterr().out.splitlines()) == 4
    (tmp_path / "book.csv").write_text("hello world\nx y z\n")
    assert "--delimiter" in told(capsys, 1, "texts", "code", "x.csv", "--codebook", "book.csv", "--lang", "en")


@pytest.mark.parametrize("number", sorted({*NAMED, errno.EPROTO, errno.EBADF, -2}))
def test_every_error_of_the_system_has_a_reason_in_three_languages(number):
    reason = system_reason(OSError(number, os.strerror(abs(number))))
    assert set(reason.names) == set(LANGUAGES)
    assert len(set(reason.names.values())) == 3
    assert not ENGLISH & set(reason.names.values())


def test_a_library_that_tells_the_number_in_its_text_alone():
    assert system_reason(OSError("Is a directory (os error 21)")).names == system_reason(IsADirectoryError(21, "x")).names
    assert "gives no reason" in system_reason(ValueError("x")).names["en"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", [errno.EACCES, errno.EISDIR, errno.ENOSPC, errno.EEXIST])
def test_the_command_says_the_reason_of_the_system_in_the_language(monkeypatch, capsys, number, language):
    def refused(*given, **values):
        raise OSError(number, os.strerror(number), "some.csv")

    monkeypatch.setattr("qonys.catalog.exporting.write_table", refused)
    said = told(capsys, 1, "catalog", "export", "census", "--to", "x", "--lang", language)
    assert words.text(f"system.reason.{NAMED[number]}", language) in said
    assert os.strerror(number) not in said


def test_planted_faults_ring(monkeypatch):
    monkeypatch.setattr(system, "NAMED", {})
    assert system_reason(OSError(errno.EEXIST, "File exists")).names["ru"] != words.text("system.reason.exists", "ru")
