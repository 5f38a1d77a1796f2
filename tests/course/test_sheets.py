"""Answers in files: what a lab saves, copies of labs, the sheet of a class; bad files are one sentence."""

import csv
import random

import polars as pl
import pytest

from qonys import words
from qonys.cli import main
from qonys.course.exercise import exercise_of
from qonys.course.opened import pack_of
from qonys.course.registry import lab_of, labs
from qonys.course.sheets import answers_csv, answers_of

RIGHT = "184551"


def written(folder, name, text):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.fixture
def answers(tmp_path):
    return written(tmp_path, "aliya.csv", f'exercise,answer\nbalance-1,"{RIGHT}"\nbalance-2,"12,5"\nbalance-3,\n')


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_each_answer_has_its_verdict(answers, language, capsys):
    assert main(["course", "check", answers, "--lang", language, "--format", "csv"]) == 0
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert [one["result"] for one in rows] == ["right", "hint", "not_yet"]
    assert {one["student"] for one in rows} == {"aliya"}
    assert all(one["lab"] == "balance" and one["text"] for one in rows)


def test_a_class_has_a_sheet(answers, tmp_path, capsys):
    other = written(tmp_path, "bek.csv", "student;exercise;answer;attempt\nBek;balance-1;-184551;2\nBek;forms-3;x;1\n")
    out = tmp_path / "class.csv"
    assert main(["course", "check", answers, other, "--out", str(out)]) == 0
    sheet = pl.read_csv(out)
    assert sheet["student"].to_list() == ["aliya"] * 3 + ["Bek"] * 2
    assert sheet["result"].to_list() == ["right", "hint", "not_yet", "mistake", "unreadable"]
    assert "right" in capsys.readouterr().err.lower()


def test_a_copy_of_a_lab_is_read_and_never_run(tmp_path, capsys):
    text = lab_of("balance").file.read_text(encoding="utf-8")
    text = text.replace('"balance-1")', f'"balance-1", {RIGHT})').replace('"balance-2")', '"balance-2", 1 / 0)')
    copy = written(tmp_path, "dana.py", text + "\nraise SystemExit(7)\n")
    assert main(["course", "check", copy, "--format", "csv"]) == 0
    rows = {one["exercise"]: one for one in csv.DictReader(capsys.readouterr().out.splitlines())}
    assert [rows[f"balance-{n}"]["result"] for n in (1, 2, 3)] == ["right", "unreadable", "not_yet"]


def test_what_a_lab_saves_is_what_is_read(tmp_path):
    given = {"balance-1": "1 200", "balance-2": "12,5", "balance-3": "unsure", "forms-3": None}
    path = tmp_path / "saved.csv"
    path.write_text(answers_csv(given), encoding="utf-8")
    assert {one.exercise: one.answer for one in answers_of(path)} == given


def test_another_pack_has_its_own_right_answers(tmp_path, capsys):
    right = exercise_of("balance-1").right(pack_of("georgia")).value
    path = written(tmp_path, "nino.csv", f"exercise,answer\nbalance-1,{right:.0f}\ngravity-1,1\n")
    assert main(["--pack", "georgia", "course", "check", path, "--format", "csv"]) == 0
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert [one["result"] for one in rows] == ["right", "no_data"]


@pytest.mark.parametrize(
    ("name", "content", "part"),
    [
        ("a.txt", b"exercise,answer\n", "CSV"),
        ("none.csv", None, "cannot be read"),
        ("a.csv", b"", "exercise, answer are missing"),
        ("a.csv", b"task,answer\nbalance-1,2\n", "exercise are missing"),
        ("a.csv", b"exercise,answer\n", "no answer"),
        ("a.csv", b"exercise,answer\nbalanse-1,2\n", "row 2"),
        ("a.csv", b"exercise,answer\nbalance-1,12,5\n", "quotation marks"),
        ("a.csv", "exercise,answer\nbalance-1,ж\n".encode("cp1251"), "UTF-8"),
        ("a.py", b"def (:\n", "Python"),
        ("a.py", b"x = 1\n", "no answer"),
        ("a.py", b"lab.answer('balance-9', 3)\n", "row 1"),
    ],
)  # fmt: skip
def test_a_bad_file_is_one_sentence_and_nothing_is_written(name, content, part, tmp_path, capsys):
    path, out = tmp_path / name, tmp_path / "class.csv"
    if content is not None:
        path.write_bytes(content)
    assert main(["course", "check", str(path), "--out", str(out)]) != 0
    said = capsys.readouterr()
    assert part in said.err
    assert len(said.err.strip().splitlines()) == 1
    assert not out.exists()


def test_garbage_is_never_a_traceback(tmp_path, capsys):
    """Bytes at random, and lines of random cells."""
    random.seed(5)
    path = tmp_path / "a.csv"
    cells = (
        "balance-1",
        "forms-1",
        "",
        "nan",
        "1e999",
        '"',
        "x" * 500,
        "12,5",
        "\x00",
        "=1+1",
        "[1]",
        "−3",
        "99999999999999999999",
    )
    for turn in range(120):
        if turn % 3:
            lines = ["exercise,answer", *(",".join(random.choices(cells, k=random.randint(1, 3))) for _ in range(4))]
            path.write_text("\n".join(lines), encoding="utf-8")
        else:
            path.write_bytes(random.randbytes(random.randint(0, 90)))
        code = main(["course", "check", str(path), "--format", "json"])
        said = capsys.readouterr()
        assert code in (0, 1, 2)
        assert "Traceback" not in said.err


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_list_names_every_lab(language, capsys):
    assert main(["course", "list", "--lang", language, "--format", "csv"]) == 0
    said = capsys.readouterr().out
    assert all(lab.title(language) in said for lab in labs())


def test_an_unknown_lab_names_the_nearest(capsys):
    assert main(["course", "open", "balans"]) != 0
    assert "balance" in capsys.readouterr().err


def test_a_lab_that_the_pack_cannot_carry_is_refused(capsys):
    assert main(["--pack", "georgia", "course", "open", "gravity"]) != 0
    assert "gravity" in capsys.readouterr().err


@pytest.mark.parametrize("lab", labs(), ids=lambda lab: lab.id)
def test_every_lab_has_the_head_of_the_pages(lab):
    """The head names the main part of a page and the button of its menu."""
    assert 'marimo.App(width="medium", html_head_file="head.html")' in lab.file.read_text(encoding="utf-8")
