"""What an exercise is: how its right answer and the typical wrong ones are computed from a pack."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module

import polars as pl

from qonys.catalog import Pack
from qonys.catalog.pack import nearest
from qonys.course.registry import Lab, lab_of, labs
from qonys.errors import UnknownName

WIDEST = 0.1
Answer = float | str


@dataclass(frozen=True)
class Right:
    """A right answer: a number, with the distance from it that is right as well, or the code of a choice.

    `values`: what the hints of the exercise name (years, places).
    """

    value: Answer
    tolerance: float = 0.0
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Exercise:
    """An exercise.

    Parameters
    ----------
    id
        Id of its lab and its number: balance-1.
    right
        The right answer, computed from the pack.
    unit
        Key of the unit of a number, `unit.*` of the catalogues; empty for a choice or a number without unit.
    needs
        Figures that the pack must hold.
    mistakes
        Typical wrong answers, computed from the pack: the text on each stands under `labs.ID.mistake.NAME`, or, for
        the mistakes of all labs, under `labs.mistake.NAME`.
    options
        Codes of a choice, in the order in which they are shown.
    decimals
        Decimals with which a number is asked.

    """

    id: str
    right: Callable[[Pack], Right]
    unit: str = ""
    needs: tuple[str, ...] = ()
    mistakes: Mapping[str, Callable[[Pack], Answer]] = field(default_factory=dict)
    options: Callable[[Pack], tuple[str, ...]] | None = None
    decimals: int = 0

    @property
    def lab(self) -> Lab:
        """The lab that it belongs to."""
        return lab_of(self.id.rpartition("-")[0])

    @property
    def number(self) -> str:
        """Its number within the lab."""
        return self.id.rpartition("-")[2]


@dataclass(frozen=True)
class LabTable:
    """A table that a lab shows: its rows, the figures (or figure:role) of the pack that they come from, and `sources`
    besides; neither: it is simulated. `packs`: others that the figures come from as well.
    """

    frame: pl.DataFrame
    figures: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    packs: tuple[Pack, ...] = ()


def within(value: float, error: float, decimals: int = 0) -> Right:
    """A number right within its own standard error, but no farther from it than a tenth: its size is asked.

    Examples
    --------
    >>> within(-113_131.0, 62_431.0).tolerance
    11313.1
    >>> within(28.04, 0.0, decimals=1).tolerance
    0.05
    """
    rounding = 0.5 * 10.0**-decimals
    return Right(value, max(rounding, min(error, WIDEST * abs(value))))


@cache
def exercises_of(lab: Lab) -> Mapping[str, Exercise]:
    """The exercises of a lab by id."""
    found = import_module(f"qonys.course.exercises.{lab.id}").EXERCISES
    return {one.id: one for one in found}


def tables_of(lab: Lab) -> Mapping[str, Callable[[Pack], LabTable]]:
    """The tables of a lab by name."""
    found: Mapping[str, Callable[[Pack], LabTable]] = import_module(f"qonys.course.exercises.{lab.id}").TABLES
    return found


def exercise_of(name: str) -> Exercise:
    """An exercise by its id.

    Raises
    ------
    UnknownName
        There is no such exercise; the nearest is named.

    Examples
    --------
    >>> exercise_of("balance-1").unit
    'persons'
    """
    known = [one for lab in labs() for one in lab.exercises]
    if name not in known:
        raise UnknownName("labs.no_exercise", exercise=name, near=nearest(name, tuple(known)), known=", ".join(known))
    return exercises_of(lab_of(name.rpartition("-")[0]))[name]
