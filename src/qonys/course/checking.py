"""Checks of answers: the right answer is recomputed from the open pack, typical mistakes as well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from qonys import inputs, words
from qonys.catalog import Pack
from qonys.course import opened
from qonys.course.answers import Unread, is_empty, numbers_in, shown
from qonys.course.exercise import Exercise, Right, exercise_of
from qonys.course.framing import said, word
from qonys.course.verdicts import HINT, MISTAKE, NO_DATA, NOT_YET, RIGHT, UNREADABLE, Verdict

HINTS = 3
CLOSE = 0.02
COMMON: Mapping[str, float] = {
    "sign": -1.0, "thousands": 1e-3, "thousandfold": 1e3, "share": 1e-2, "percent": 1e2,
}  # fmt: skip
OF_UNIT: Mapping[str, tuple[str, ...]] = {
    "percent": ("sign", "share"),
    "persons": ("sign", "thousands", "thousandfold"),
    "share": ("sign", "percent"),
}


def check(exercise: str, answer: object, *, attempt: int = 1, pack: str = "", language: str = "") -> Verdict:
    """What is to be said of an answer: right, not yet, a recognised mistake or a hint.

    Parameters
    ----------
    exercise
        Id of an exercise, such as balance-1.
    answer
        A number in the unit of the exercise, as number or text, or the code of a choice; nothing: not yet.
    attempt
        Number of the attempt, from 1; later ones get fuller hints.
    pack
        Name or folder of a pack; empty: the one that the lab was opened with (QONYS_PACK).
    language
        ru, kk or en; empty: that of the lab (QONYS_LANG).

    Raises
    ------
    UnknownName
        There is no such exercise or pack.

    Examples
    --------
    >>> import qonys.course
    >>> qonys.course.check("balance-1", None).state, qonys.course.check("balance-1", "many").state
    ('not_yet', 'unreadable')

    """
    task, country = exercise_of(exercise), opened.pack_of(pack)
    language = language or opened.language()
    if is_empty(answer):
        return Verdict(task.id, NOT_YET, words.text("labs.not_yet", language))
    missing = inputs.available(country, task.needs)
    if missing:
        names = ", ".join(inputs.figure_name(country, name, language) for name in missing)
        return Verdict(task.id, NO_DATA, words.text("labs.no_data", language, figures=names))
    return (_choice if task.options else _number)(task, country, answer, max(1, attempt), language)


def _number(task: Exercise, pack: Pack, answer: object, attempt: int, language: str) -> Verdict:
    found = numbers_in(answer)
    if isinstance(found, Unread):
        unit = words.text(f"unit.{task.unit}", language) if task.unit else words.text("labs.number", language)
        return Verdict(task.id, UNREADABLE, words.text(found.key, language, answer=found.shown, unit=unit))
    right = task.right(pack)
    assert isinstance(right.value, float)
    if any(abs(value - right.value) <= right.tolerance for value in found):
        return Verdict(task.id, RIGHT, _praise(task, pack, right, language))
    met = [
        (abs(value - wrong), name)
        for name, wrong in mistakes(task, pack, right)
        for value in found
        if _near(value, wrong, right.tolerance)
    ]
    if met:
        name = min(met)[1]
        return Verdict(task.id, MISTAKE, _of_mistake(task, pack, name, right, language), name)
    return Verdict(task.id, HINT, _hint(task, pack, right, attempt, language))


def _near(value: float, wrong: float, tolerance: float) -> bool:
    """Whether a value is a typical wrong one: as near to it as roundings lead."""
    return abs(value - wrong) <= min(tolerance, CLOSE * abs(wrong)) or abs(value - wrong) <= CLOSE / 2 * abs(wrong)


def mistakes(task: Exercise, pack: Pack, right: Right) -> Iterator[tuple[str, float]]:
    """Typical wrong numbers of an exercise with their names, those that the right answer does not take in."""
    own = ((name, compute(pack)) for name, compute in task.mistakes.items())
    common = ((name, COMMON[name] * float(right.value)) for name in OF_UNIT.get(task.unit, ()))
    for name, wrong in (*own, *common):
        if abs(float(wrong) - float(right.value)) > right.tolerance:
            yield name, float(wrong)


def _choice(task: Exercise, pack: Pack, answer: object, attempt: int, language: str) -> Verdict:
    assert task.options is not None
    code = answer.strip() if isinstance(answer, str) else None
    if code not in task.options(pack):
        known = ", ".join(f"{one} ({word(task.lab, one, language)})" for one in task.options(pack))
        return Verdict(
            task.id, UNREADABLE, words.text("labs.answer.choice", language, answer=shown(answer), known=known)
        )
    right = task.right(pack)
    if code == right.value:
        return Verdict(task.id, RIGHT, _praise(task, pack, right, language))
    for name, compute in task.mistakes.items():
        if code == compute(pack):
            return Verdict(task.id, MISTAKE, _of_mistake(task, pack, name, right, language), name)
    return Verdict(task.id, HINT, _hint(task, pack, right, attempt, language))


def _praise(task: Exercise, pack: Pack, right: Right, language: str) -> str:
    """That the answer is right, and what it means."""
    numbers = {"answer": right.value, "tolerance": right.tolerance} if isinstance(right.value, float) else {}
    written = {name: words.number(float(value), language, task.decimals) for name, value in numbers.items()}
    meaning = said(task.lab, pack, language, f"exercise.{task.number}.right", **{**written, **right.values})
    return f"{words.text('labs.right', language)} {meaning}"


def _of_mistake(task: Exercise, pack: Pack, name: str, right: Right, language: str) -> str:
    if name in COMMON:
        return words.text(f"labs.mistake.{name}", language)
    return said(task.lab, pack, language, f"mistake.{name}", **right.values)


def _hint(task: Exercise, pack: Pack, right: Right, attempt: int, language: str) -> str:
    """A hint that grows with the attempts."""
    return said(task.lab, pack, language, f"exercise.{task.number}.hint.{min(attempt, HINTS)}", **right.values)
