"""Questions about draws in words, such as "population[region=KZ-75,2050] < 22e6": read without evaluating code.

A question is TERM SIGN TERM or several of them joined by "and"; a term is a number, or a measure with the year and, if
wanted, axis=label pairs in brackets, times or divided by a number: 1.2 * population[2023].
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qonys.errors import BadInput

Array = NDArray[np.float64]
EXAMPLE = "population[region=KZ-75,2050] < 2.5e6"
SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt,
}  # fmt: skip
_NUMBER = r"[0-9][0-9_]*(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?"
_TERM = re.compile(
    rf"\s*(?:({_NUMBER})\s*\*\s*)?([A-Za-z_][A-Za-z_0-9]*)\s*\[([^\[\]]*)\]\s*(?:([*/])\s*({_NUMBER})\s*)?"
)
_SIGN = re.compile(r"(<=|>=|<|>)")


@dataclass(frozen=True)
class Term:
    """A measure in a year (`year`), of a part of the people (`where`: axis -> label), times `times`."""

    measure: str
    year: int
    where: Mapping[str, str] = field(default_factory=dict)
    times: float = 1.0

    def only(self, known: Sequence[str]) -> None:
        """Raise unless all axes are among `known`, the axes of the projection.

        Raises
        ------
        BadInput
            An axis that is not among `known`.

        """
        for axis in self.where:
            if axis not in known:
                raise BadInput("regional.axis", found=axis, known=", ".join(known) or "-")


@dataclass(frozen=True)
class Question:
    """Comparisons that must all hold: (left, sign, right)."""

    parts: tuple[tuple[Term | float, str, Term | float], ...]

    def share(self, values: Callable[[Term], Array]) -> float:
        """Share of draws in which the question is answered yes; `values` gives a term's draws (D,)."""
        held: Any = True
        for left, sign, right in self.parts:
            a, b = (values(one) * one.times if isinstance(one, Term) else one for one in (left, right))
            held = held & SIGNS[sign](a, b)
        return float(np.mean(held))


def parse(text: str) -> Question:
    """Read a question.

    Raises
    ------
    BadInput
        It cannot be read, or names no measure.

    Examples
    --------
    >>> parse("population[region=KZ-75, 2050] < 22e6").parts[0][0]
    Term(measure='population', year=2050, where={'region': 'KZ-75'}, times=1.0)

    """
    parts = []
    for piece in re.split(r"\band\b", text):
        sides = _SIGN.split(piece)
        if len(sides) not in (3, 5):
            raise BadInput("regional.question", text=text, example=EXAMPLE)
        terms = [_side(side, text) for side in sides[::2]]
        if not any(isinstance(term, Term) for term in terms):
            raise BadInput("regional.question", text=text, example=EXAMPLE)
        parts += [(terms[i], sides[2 * i + 1], terms[i + 1]) for i in range(len(terms) - 1)]
    return Question(tuple(parts))


def _side(side: str, text: str) -> Term | float:
    if re.fullmatch(rf"-?{_NUMBER}", side.strip()):
        return float(side)
    found = _TERM.fullmatch(side)
    if found is None:
        raise BadInput("regional.question", text=text, example=EXAMPLE)
    before, measure, inside, sign, after = found.groups()
    times = float(before or 1)
    if sign:
        times = times * float(after) if sign == "*" else times / float(after)
    year, where = None, {}
    for part in inside.split(","):
        axis, equal, label = part.partition("=")
        if equal and axis.strip() and label.strip():
            where[axis.strip()] = label.strip()
        elif re.fullmatch(r"\s*\d{4}\s*", part) and year is None:
            year = int(part)
        else:
            raise BadInput("regional.question", text=text, example=EXAMPLE)
    if year is None and re.fullmatch(r"\d{4}", where.get("year", "")):
        year = int(where.pop("year"))
    if year is None:
        raise BadInput("regional.question", text=text, example=EXAMPLE)
    return Term(measure, year, where, times)


def ages_of(label: str) -> tuple[int, int | None]:
    """Ages of a label: "15-64" or "15–64" inclusive, "65+" open: (15, 65), (65, None).

    Raises
    ------
    BadInput
        The label names no ages.

    """
    found = re.fullmatch(r"(\d{1,3})\s*(?:[-–](\d{1,3})|(\+))", label.strip())
    if found is None or (found[2] and int(found[2]) < int(found[1])):
        raise BadInput("regional.ages", found=label)
    return int(found[1]), int(found[2]) + 1 if found[2] else None


def labelled(values: Array, dims: Sequence[str], coords: Mapping[str, Sequence[Any]]) -> Any:
    """An xarray.DataArray of `values` (...), persons, one axis for each of `dims` (optional extra `labels`)."""
    import xarray as xr

    places = {name: list(labels) for name, labels in coords.items()}
    return xr.DataArray(values, dims=list(dims), coords=places, attrs={"unit": "persons"})
