"""The teacher's guide: the weeks of a term, and where every statement of the text is worked on."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from qonys import inputs, words
from qonys.catalog import Pack
from qonys.catalog.course import Statement
from qonys.course.registry import Lab, lab_of
from qonys.errors import BadInput

FILE = Path(__file__).parent / "guide.toml"
PARTS = ("aim", "plan", "errors", "discuss", "discuss.answer", "exam", "exam.answer")


@dataclass(frozen=True)
class Week:
    """A week: number, labs, minutes of `lecture` and `discussion` besides them, ids of statements of the text."""

    number: int
    labs: tuple[Lab, ...]
    lecture: int
    discussion: int
    statements: tuple[str, ...]

    def phrase(self, key: str, language: str) -> str:
        """A text of the week: title, aim, plan, errors, discuss, exam, or what a good answer holds.

        Examples
        --------
        >>> weeks()[2].phrase("title", "en")
        'The balance equation'
        """
        return words.text(f"guide.week.{self.number}.{key}", language)

    def titled(self, language: str) -> str:
        """Its number and title."""
        return words.text("guide.week", language, number=self.number, title=self.phrase("title", language))

    def paragraphs(self, language: str) -> tuple[str, ...]:
        """Time, aim, plan, typical errors, and the questions with what a good answer holds."""
        minutes = sum(lab.minutes for lab in self.labs)
        time = words.text("guide.time", language, lecture=self.lecture, labs=minutes, discussion=self.discussion)
        heads = {part: "guide.answer" if part.endswith("answer") else f"guide.{part}" for part in PARTS}
        return (time, *(words.text(heads[part], language, text=self.phrase(part, language)) for part in PARTS))


@dataclass(frozen=True)
class Place:
    """Where a statement of the text is worked on: week, labs, chapters of the report, pages of the observatory."""

    statement: Statement
    week: Week
    labs: tuple[str, ...]
    chapters: tuple[str, ...]
    pages: tuple[str, ...]


@cache
def weeks() -> tuple[Week, ...]:
    """The weeks in order.

    Examples
    --------
    >>> len(weeks()), weeks()[0].labs[0].id
    (15, 'forms')
    """
    given = tomllib.loads(FILE.read_text(encoding="utf-8"))["weeks"]
    return tuple(
        Week(
            number, tuple(lab_of(name) for name in one["labs"]), one["lecture"], one["discussion"],
            tuple(one["statements"]),
        )
        for number, one in enumerate(given, 1)
    )  # fmt: skip


def week_of(number: int) -> Week:
    """A week by its number.

    Raises
    ------
    BadInput
        There is no such week.

    Examples
    --------
    >>> week_of(15).labs[0].id
    'monitor'
    """
    found = next((one for one in weeks() if one.number == number), None)
    if found is None:
        raise BadInput("guide.no_week", week=number, last=len(weeks()))
    return found


def places(pack: Pack) -> tuple[Place, ...]:
    """Every statement of the pack's text with its place; statements of no week are left out.

    Chapters are those that answer the statement, or, where it has no answer, those of the labs of its week.

    Examples
    --------
    >>> from qonys.catalog import open_pack
    >>> places(open_pack("kazakhstan"))[0].labs
    ('indicators',)
    """
    of_statement = {name: week for week in weeks() for name in week.statements}
    found = []
    for one in inputs.course(pack).statements:
        week = of_statement.get(one.id)
        if week is None:
            continue
        chapters = one.names["chapters"] or _of_labs(week, "chapters")
        found.append(Place(one, week, tuple(lab.id for lab in week.labs), tuple(chapters), _of_labs(week, "pages")))
    return tuple(found)


def _of_labs(week: Week, kind: str) -> tuple[str, ...]:
    """Chapters or pages of the labs of a week, each once."""
    return tuple(dict.fromkeys(name for lab in week.labs for name in getattr(lab, kind)))
