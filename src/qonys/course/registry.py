"""The labs of the course: number, time, statements of the course, pages, chapters and exercises of each."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from qonys import words
from qonys.catalog.pack import nearest
from qonys.errors import UnknownName

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Lab:
    """A lab.

    `number`: its place in the course; `minutes`: a student's time; `steps`: how many it has; `statements`: ids of the
    statements of the course whose task it works on; `pages` of the observatory and `chapters` of the report that have
    its figures; `exercises`: their ids in order; `reading`: keys of the bibliography besides its shelf; `needs`:
    figures without which it cannot be opened.
    """

    id: str
    number: int
    minutes: int
    steps: int
    statements: tuple[str, ...]
    pages: tuple[str, ...]
    chapters: tuple[str, ...]
    exercises: tuple[str, ...]
    reading: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()

    @property
    def file(self) -> Path:
        """Its marimo file."""
        return FOLDER / "notebooks" / f"lab_{self.number:02}_{self.id}.py"

    def phrase(self, key: str, language: str, **values: object) -> str:
        """A text of the lab."""
        return words.text(f"labs.{self.id}.{key}", language, **values)

    def title(self, language: str) -> str:
        """Its name.

        Examples
        --------
        >>> lab_of("balance").title("en")
        'The balance equation'
        """
        return self.phrase("title", language)


@cache
def labs() -> tuple[Lab, ...]:
    """All labs in the order of the course.

    Examples
    --------
    >>> [lab.number for lab in labs()] == sorted(lab.number for lab in labs())
    True
    """
    given = tomllib.loads((FOLDER / "labs.toml").read_text(encoding="utf-8"))
    found = [_lab(name, dict(entry)) for name, entry in given.items()]
    return tuple(sorted(found, key=lambda lab: lab.number))


def _lab(name: str, entry: dict[str, object]) -> Lab:
    lists = {key: tuple(map(str, value)) for key, value in entry.items() if isinstance(value, list)}
    numbers = {key: value for key, value in entry.items() if isinstance(value, int)}
    return Lab(
        name, numbers["number"], numbers["minutes"], numbers["steps"], lists["statements"], lists["pages"],
        lists["chapters"], lists["exercises"], lists.get("reading", ()), lists.get("needs", ()),
    )  # fmt: skip


def lab_of(name: str) -> Lab:
    """A lab by its id or its number.

    Raises
    ------
    UnknownName
        There is no such lab; the nearest is named.

    Examples
    --------
    >>> lab_of("3") is lab_of("balance")
    True
    """
    known = {lab.id: lab for lab in labs()}
    numbers = {str(lab.number): lab for lab in labs()}
    found = known.get(name) or numbers.get(name.removeprefix("0"))
    if found is None:
        raise UnknownName("labs.no_lab", lab=name, near=nearest(name, tuple(known)), known=", ".join(known))
    return found
