"""A seeded sample of cases for the short tier; the others of their kind are marked long."""

from __future__ import annotations

import random
from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

import pytest

Case = TypeVar("Case", bound=tuple)


def sampled(cases: Iterable[Case], kept: int, kind: Callable[[Case], Hashable] = lambda case: None) -> list:
    """The cases as parameters of a test: of each kind `kept` drawn with a seed stay in the short tier."""
    every = list(cases)
    places: dict[Hashable, list[int]] = {}
    for place, case in enumerate(every):
        places.setdefault(kind(case), []).append(place)
    drawn = {
        place for name, those in places.items() for place in random.Random(str(name)).sample(those, min(kept, len(those)))
    }
    return [pytest.param(*case, marks=() if place in drawn else pytest.mark.long) for place, case in enumerate(every)]


def short(parameters: list) -> list[tuple]:
    """The cases of the short tier."""
    return [one.values for one in parameters if not one.marks]
