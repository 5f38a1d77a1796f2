"""The page "Coming from R": its Python runs as written, and every number of R on it is ours to the last digit shown."""

from __future__ import annotations

import doctest
import re
import shutil
from pathlib import Path

import pytest

import qonys

pytest.importorskip("svy")
ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "how-to" / "coming-from-r.md").read_text(encoding="utf-8")
NUMBER = r"(?<![\w.])-?\d+(?:\.\d+)?(?:e-?\d+)?(?![\w])"
FILES = {"apistrat.csv": "surveys/apistrat.csv", "yaish.csv": "surveys/yaish.csv", "austria.csv": "explanation/austria_moves.csv"}


def blocks(page):
    """Pairs of the numbers of R and the numbers of the Python block after them."""
    found, waiting = [], None
    for language, text in re.findall(r"```(r|python)\n(.*?)```", page, re.DOTALL):
        if language == "r":
            waiting = [n for line in text.splitlines() if line.startswith("#>") for n in re.findall(NUMBER, line)]
        elif waiting is not None:
            examples = doctest.DocTestParser().get_examples(text)
            ours = [float(n) for one in examples for n in re.findall(NUMBER, one.want)]
            found.append((waiting, ours))
            waiting = None
    return found


def apart(theirs, ours):
    """Numbers of R that are not ours: half a unit of the last digit shown is the most that rounding makes."""
    if len(theirs) != len(ours):
        return [(len(theirs), len(ours))]
    steps = [0.5 * 10.0 ** -len(one.partition(".")[2]) for one in theirs]
    return [(a, b) for a, b, step in zip(theirs, ours, steps, strict=True) if abs(float(a) - b) > step * (1 + 1e-9)]


def test_the_python_of_the_page_runs_as_written(tmp_path, monkeypatch):
    for name, path in FILES.items():
        shutil.copy(ROOT / "tests" / path, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    code = "\n".join(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL))
    test = doctest.DocTestParser().get_doctest(code, {}, "coming-from-r.md", None, 0)
    runner = doctest.DocTestRunner(verbose=False)
    report = []
    runner.run(test, out=report.append)
    assert runner.summarize(verbose=False).failed == 0, "".join(report)
    assert len(test.examples) > 30


def test_every_number_of_r_is_ours():
    pairs = blocks(PAGE)
    assert len(pairs) >= 10
    for theirs, ours in pairs:
        assert theirs
        assert not apart(theirs, ours), (theirs, ours)


def test_a_wrong_number_of_r_rings():
    """Planted fault: one digit of one published number."""
    wrong = PAGE.replace("#> 662.29 9.4089", "#> 662.29 9.4189")
    assert sum(bool(apart(*pair)) for pair in blocks(wrong)) == 1


def test_the_functions_that_the_page_names_exist():
    named = re.findall(r"`(?:qonys\.)?([a-z_]+)\((?:[^`]*)`", PAGE) + re.findall(r"^\|[^|]*\|([^|]*)\|", PAGE, re.M)
    ours = {name for text in named for name in re.findall(r"`([a-z_]+)[`(]", f"`{text}`")}
    known = {name for name in ours if hasattr(qonys, name)}
    assert len(known) > 20
    for name in re.findall(r"qonys\.([a-z_]+)\(", PAGE):
        assert name in qonys.__all__, name
