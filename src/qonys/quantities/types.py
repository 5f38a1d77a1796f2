"""The kinds of quantity; each is final and adds only what it promises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from qonys.errors import DefinitionMismatch
from qonys.quantities.quantity import Quantity


def _check_unit(quantity: Quantity, allowed: tuple[str, ...]) -> None:
    if quantity.unit not in allowed:
        raise DefinitionMismatch(
            "quantities.unit_wrong",
            kind=type(quantity).__name__,
            unit=quantity.unit,
            allowed=", ".join(allowed),
        )


def _check_persons(quantity: Quantity) -> None:
    """Persons by unit, and never fewer than none."""
    _check_unit(quantity, ("persons",))
    least = np.nanmin(quantity.values, initial=0)
    if least < 0:
        raise DefinitionMismatch("quantities.negative", kind=type(quantity).__name__, value=least)


@final
@dataclass(frozen=True)
class Population(Quantity):
    """Persons living at instants; never negative."""

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_persons(self)


@final
@dataclass(frozen=True)
class Stock(Quantity):
    """Persons counted by a migrant characteristic at instants; never negative."""

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_persons(self)


@final
@dataclass(frozen=True)
class Flows(Quantity):
    """Moves (events) by origin and destination within periods."""

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_unit(self, ("moves", "persons"))


@final
@dataclass(frozen=True)
class Rates(Quantity):
    """Events per person-year, or per 1,000 person-years as the unit says."""

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_unit(self, ("per_person_year", "per_1000"))


@final
@dataclass(frozen=True)
class Series(Quantity):
    """Events or balances by calendar year or period; the axis `time` is first."""


@final
@dataclass(frozen=True)
class Indicator(Quantity):
    """A computed measure with its own unit."""
