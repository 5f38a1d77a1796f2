"""Answers in files: those that a lab saves, those that stand in a copy of its file, and the sheet of a class."""

from __future__ import annotations

import ast
import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import polars as pl

from qonys.course.checking import check
from qonys.course.exercise import exercise_of
from qonys.course.verdicts import Verdict
from qonys.errors import BadInput, RefusedWithin, UnknownName

HEAD = ("exercise", "answer")
STUDENT, ATTEMPT = "student", "attempt"
SUFFIXES = (".csv", ".py")
METHOD = "answer"


class Given(NamedTuple):
    """An answer of a student: where it stands (row or line of the file), the exercise, the answer as it is written."""

    student: str
    place: int
    exercise: str
    answer: object
    attempt: int = 1


def answers_csv(answers: Mapping[str, object]) -> str:
    r"""Answers by exercise as the text of a file.

    Examples
    --------
    >>> answers_csv({"balance-1": "12,5", "balance-2": None})
    'exercise,answer\nbalance-1,"12,5"\nbalance-2,\n'
    """
    held = io.StringIO()
    rows = csv.writer(held, lineterminator="\n")
    rows.writerow(HEAD)
    rows.writerows((name, "" if answer is None else answer) for name, answer in answers.items())
    return held.getvalue()


def results(files: Sequence[Path], pack: str, language: str) -> pl.DataFrame:
    """The verdict on every answer of the files, a row each.

    Columns: student (of the file, or its name), lab, exercise, answer, result (the state of the verdict), text.

    Raises
    ------
    BadInput
        A file cannot be read, has no answers, or names an exercise that there is not.

    """
    rows = []
    for path in files:
        given = list(answers_of(path))
        if not given:
            raise BadInput("labs.file.no_answers", path=str(path))
        for one in given:
            verdict = _verdict(path, one, pack, language)
            lab = exercise_of(one.exercise).lab.id
            written = "" if one.answer is None else str(one.answer)
            rows.append((one.student, lab, one.exercise, written, verdict.state, verdict.text))
    names = ("student", "lab", "exercise", "answer", "result", "text")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


def _verdict(path: Path, one: Given, pack: str, language: str) -> Verdict:
    try:
        return check(one.exercise, one.answer, attempt=one.attempt, pack=pack, language=language)
    except UnknownName as error:
        raise RefusedWithin("labs.file.row", error, path=str(path), row=one.place) from None


def answers_of(path: Path) -> Iterator[Given]:
    """The answers of a CSV file, or those that stand in a copy of a lab's marimo file; nothing of it is run.

    Raises
    ------
    BadInput
        The file is of another kind, cannot be read, or lacks the columns.

    """
    if path.suffix.lower() not in SUFFIXES:
        raise BadInput("labs.file.kind", path=str(path), known=", ".join(SUFFIXES))
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError:
        raise BadInput("labs.file.unread", path=str(path)) from None
    except UnicodeDecodeError:
        raise BadInput("labs.file.encoding", path=str(path)) from None
    return _of_lab(path, text) if path.suffix.lower() == ".py" else _of_table(path, text)


def _of_table(path: Path, text: str) -> Iterator[Given]:
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error:
        raise BadInput("labs.file.unread", path=str(path)) from None
    head = [name.strip().lower() for name in rows[0]] if rows else []
    missing = [name for name in HEAD if name not in head]
    if missing:
        raise BadInput("labs.file.columns", path=str(path), missing=", ".join(missing), found=", ".join(head) or "–")
    for number, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        cells = dict(zip(head, (cell.strip() for cell in row), strict=False))
        if len(row) > len(head):
            raise BadInput("labs.file.cells", path=str(path), row=number, found=len(row), expected=len(head))
        attempt = cells.get(ATTEMPT, "")
        tries = int(attempt) if attempt.isdecimal() and len(attempt) < len("1000") else 1
        yield Given(cells.get(STUDENT) or path.stem, number, cells["exercise"], cells.get("answer") or None, tries)


def _of_lab(path: Path, text: str) -> Iterator[Given]:
    """Answers that stand as `lab.answer("balance-1", 12.5)`."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise BadInput("labs.file.python", path=str(path)) from None
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr != METHOD:
            continue
        if not node.args or not isinstance(node.args[0], ast.Constant) or not isinstance(node.args[0].value, str):
            continue
        given = [*node.args[1:], *(one.value for one in node.keywords if one.arg == "given")]
        yield Given(path.stem, node.lineno, node.args[0].value, _written(given[0]) if given else None)


def _written(node: ast.expr) -> object:
    """The value that stands in the file, or its text where it would have to be computed."""
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, RecursionError, MemoryError):
        return ast.unparse(node)
