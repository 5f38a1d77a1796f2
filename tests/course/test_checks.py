"""Checks of answers: right ones pass, typical wrong ones are recognised, nothing that a student writes is a traceback."""

import math
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import polars as pl
import pytest

import qonys
from qonys import words
from qonys.course import checking
from qonys.course.exercise import exercise_of, exercises_of, tables_of, within
from qonys.course.opened import pack_of
from qonys.course.registry import labs
from qonys.errors import UnknownName

PACKS = ("kazakhstan", "georgia")
EXERCISES = [name for lab in labs() for name in lab.exercises]
CHEAP = ("forms", "balance", "settling")


def at_times(*case):
    """A case of the short tier where its lab is cheap, else of the long one."""
    cheap = case[0].rpartition("-")[0] in CHEAP and "georgia" not in case
    return pytest.param(*case, marks=() if cheap else pytest.mark.long)


CASES = [at_times(name, pack) for name in EXERCISES for pack in PACKS]
NAMES = [at_times(name) for name in EXERCISES]
NONSENSE = (
    "many", [1, 2], {"a": 1}, pl.DataFrame({"a": [1]}), pl.Series([1.0, 2.0]), np.array([1, 2]), float("nan"), float("inf"),
    math.nan, True, object(), "12 kg", "1e400", "--1", b"1", 1 + 2j, date.min, "9" * 400, "٣x", lambda: 1,
)  # fmt: skip
EMPTY = (None, "", "  ", "\n")


def available(name, pack):
    """Whether the pack has the figures of an exercise."""
    return qonys.course.check(name, "x", pack=pack).state != "no_data"


@pytest.mark.parametrize("name", EXERCISES)
def test_empty_answers_are_not_yet(name):
    for answer in EMPTY:
        for language in words.LANGUAGES:
            said = qonys.course.check(name, answer, language=language)
            assert (said.state, bool(said)) == ("not_yet", False)
            assert said.text == words.text("labs.not_yet", language)


@pytest.mark.parametrize(("name", "pack"), CASES)
def test_the_right_answer_passes_and_typical_errors_get_their_hint(name, pack):
    if not available(name, pack):
        return
    task, country = exercise_of(name), pack_of(pack)
    right = task.right(country)
    for language in words.LANGUAGES:
        assert qonys.course.check(name, right.value, pack=pack, language=language)
        written = str(right.value) if task.options else words.number(right.value, language, task.decimals + 2)
        assert qonys.course.check(name, written, pack=pack, language=language), written
    if task.options:
        assert right.value in task.options(country)
        wrong = {
            mistake: compute(country) for mistake, compute in task.mistakes.items() if compute(country) != right.value
        }
    else:
        wrong = dict(checking.mistakes(task, country, right))
    for mistake, value in wrong.items():
        for language in words.LANGUAGES:
            said = qonys.course.check(name, value, pack=pack, language=language)
            assert said.state == "mistake", (mistake, value, said)
            assert wrong[said.mistake] == pytest.approx(value) if not task.options else said.mistake == mistake
            assert "{" not in said.text
    assert wrong or task.options, "no typical mistake is recognised"


@pytest.mark.parametrize(("name", "pack"), CASES)
def test_hints_grow_with_the_attempts(name, pack):
    if not available(name, pack):
        return
    task, country = exercise_of(name), pack_of(pack)
    if task.options:
        known = {task.right(country).value, *(compute(country) for compute in task.mistakes.values())}
        wrong = next((code for code in task.options(country) if code not in known), None)
    else:
        wrong = 7.77 * abs(task.right(country).value) + 3.3
    if wrong is None:
        return
    for language in words.LANGUAGES:
        said = [qonys.course.check(name, wrong, attempt=one, pack=pack, language=language) for one in (0, 1, 2, 3, 9)]
        assert {one.state for one in said} == {"hint"}
        assert said[0] == said[1]
        assert len({one.text for one in said[1:4]}) == 3
        assert said[3] == said[4]


@pytest.mark.parametrize("name", NAMES)
def test_nonsense_is_answered(name):
    for answer in NONSENSE:
        for language in words.LANGUAGES:
            said = qonys.course.check(name, answer, language=language)
            assert said.state in ("unreadable", "no_data"), (answer, said)
            assert said.text
            assert "{" not in said.text.replace("{'a': 1}", "")


def test_numbers_of_any_library_are_read():
    right = exercise_of("balance-1").right(pack_of("kazakhstan")).value
    for one in (right, int(right), np.float64(right), np.array(right), Decimal(int(right)), Fraction(int(right)),
                f"{right:,.0f}", f"{right:.1f}".replace(".", ","), f"+{right:.0f}", f"{right:_.0f}".replace("_", " ")):  # fmt: skip
        assert qonys.course.check("balance-1", one), repr(one)


def test_an_unknown_exercise_names_the_nearest():
    with pytest.raises(UnknownName, match="balance-1"):
        qonys.course.check("balanse-1", 1)


def test_answers_are_of_the_pack():
    first, second = (exercise_of("balance-1").right(pack_of(name)) for name in PACKS)
    assert first.values != second.values
    assert not qonys.course.check("balance-1", first.value * 3, pack="georgia")


def test_a_pack_without_the_figures_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(checking.inputs, "available", lambda pack, names: ("births",))
    said = qonys.course.check("balance-1", 5, language="en")
    assert said.state == "no_data"
    assert "Live births" in said.text


def test_tolerance_is_of_the_number():
    assert within(1000.0, 20.0).tolerance == 20.0
    assert within(1000.0, 500.0).tolerance == 100.0
    assert within(0.0, 500.0).tolerance == 0.5


def test_every_lab_names_what_it_has():
    for lab in labs():
        assert lab.file.is_file()
        assert tuple(exercises_of(lab)) == lab.exercises
        assert tables_of(lab)
        text = lab.file.read_text(encoding="utf-8")
        for exercise in lab.exercises:
            assert f'"{exercise}"' in text
        for language in words.LANGUAGES:
            for key in ("title", "aim", "object", "subject", "question", "data", "doubt", "limits"):
                assert lab.phrase(key, language)


def test_planted_faults_ring(monkeypatch):
    """A stored answer, and a mistake that is the right answer, would be met."""
    task, country = exercise_of("balance-1"), pack_of("kazakhstan")
    right = task.right(country)
    monkeypatch.setitem(checking.COMMON, "sign", 1.0)
    assert "sign" not in dict(checking.mistakes(task, country, right))
