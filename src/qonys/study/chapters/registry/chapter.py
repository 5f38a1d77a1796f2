"""A chapter of the study: what it needs of a pack and uses of others; and why one is left out."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qonys.catalog import Pack
    from qonys.study.runs.results import Results

EVERY = "*"
STATEMENTS = "statements.csv"
LISTS = (STATEMENTS, "forms.csv")
FILES = (".yaml", ".csv")
HOME = "qonys.study.chapters"


@dataclass(frozen=True)
class Chapter:
    """A chapter of the study.

    `needs`: ids of figures without which it is left out (a name that ends in `.yaml`, or a `.csv` in a folder, is a
    file of the pack; one of `LISTS` stands for the figures that this file of the pack names: one of them must be there,
    of statements one for each quantity in the years of the account).
    `wants`: ids of figures that it reads where the pack holds them; without them it says less.
    `uses`: chapters whose results it reads; it is left out with them.
    `after`: chapters whose results it reads where they are there; "*" stands for all others that do not say so too.
    `plan`: sections of the plan that it reads.
    It may read nothing else: a reading outside of these is an error.
    """

    id: str
    needs: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    plan: tuple[str, ...] = ()

    @property
    def module(self) -> str:
        """The module that computes it."""
        return f"{HOME}.{self.id}"

    def compute(self, pack: Pack, results: Results) -> None:
        """Add the chapter's results to `results`."""
        import_module(self.module).compute(pack, results)


@dataclass(frozen=True)
class Absence:
    """Why a chapter is left out: figures that the pack does not hold, or chapters that are left out themselves."""

    chapter: str
    figures: tuple[str, ...] = ()
    chapters: tuple[str, ...] = ()
