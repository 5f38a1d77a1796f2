"""What to cite: the references of a method, the sources of figures, and Qonys."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import qonys
from qonys import words
from qonys.catalog.bibliography import references as references_of

if TYPE_CHECKING:
    from qonys.catalog import Pack


@cache
def _book() -> dict[str, Any]:
    text = (resources.files("qonys.face") / "references.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def references(function: str) -> tuple[str, ...]:
    """References for the method of a function, the most important first.

    Examples
    --------
    >>> references("life_table")[0].split(".")[0]
    'Andreev, E'
    """
    return tuple(_book()["functions"].get(function, ()))


def qonys_itself() -> str:
    """How to cite Qonys: authors, year, title, version."""
    own = _book()["qonys"]
    return f"{own['authors']} ({own['year']}). {own['title']}. {own['version_word']} {qonys.__version__}."


def citation(function: str, sources: tuple[str, ...], pack: Pack | None, language: str) -> list[str]:
    """The lines to cite: references for the method, sources of the figures, Qonys."""
    return [*references(function), *(_source(one, pack, language) for one in sources), qonys_itself()]


def _source(name: str, pack: Pack | None, language: str) -> str:
    """A source as the pack describes it; only its id if there is no pack or the pack lacks the source."""
    if pack is None:
        return words.text("face.source", language, id=name)
    found = references_of(pack, language).get(name)
    if found is None:
        return words.text("face.source", language, id=name)
    seen = f" ({words.text('source.accessed', language, day=found.accessed)})" if found.accessed else ""
    return f"{found.publisher} ({found.published}). {found.title}. {found.address}{seen} [{name}]."
