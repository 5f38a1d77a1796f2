"""Age groups in completed years."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from qonys.errors import BadInput

_WRITTEN = re.compile(r"(\d{1,3})(?:\s*[-\u2013]\s*(\d{1,3})|\s*(\+))?")


@dataclass(frozen=True)
class AgeGroup:
    """Ages from `start` to `end` in completed years, both included; without `end` the group is open.

    Raises
    ------
    BadInput
        An age below 0, or an end below the start.

    Examples
    --------
    >>> AgeGroup(0, 4).width, AgeGroup(85).width
    (5, None)
    >>> 90 in AgeGroup(85), str(AgeGroup(85))
    (True, '85+')
    """

    start: int
    end: int | None = None

    def __post_init__(self) -> None:
        if self.start < 0 or (self.end is not None and self.end < self.start):
            shown = "+" if self.end is None else f"-{self.end}"
            raise BadInput("spaces.age.impossible", text=f"{self.start}{shown}")

    @classmethod
    def parse(cls, text: str) -> AgeGroup:
        """An age group written as `0-4`, `85+` or a single age `15`.

        Raises
        ------
        BadInput
            `text` is not of one of these forms.

        Examples
        --------
        >>> AgeGroup.parse("15-19"), AgeGroup.parse("85+"), AgeGroup.parse("0")
        (AgeGroup(start=15, end=19), AgeGroup(start=85, end=None), AgeGroup(start=0, end=0))
        """
        match = _WRITTEN.fullmatch(text.strip())
        if match is None:
            raise BadInput("spaces.age.malformed", text=text)
        start = int(match[1])
        if match[3]:
            return cls(start)
        return cls(start, int(match[2]) if match[2] else start)

    @property
    def is_open(self) -> bool:
        """Whether the group has no upper limit."""
        return self.end is None

    @property
    def width(self) -> int | None:
        """Width in years; None for an open group."""
        return None if self.end is None else self.end - self.start + 1

    def __contains__(self, age: int) -> bool:
        return self.start <= age and (self.end is None or age <= self.end)

    def __str__(self) -> str:
        if self.end is None:
            return f"{self.start}+"
        return str(self.start) if self.end == self.start else f"{self.start}-{self.end}"


def is_partition(groups: Iterable[AgeGroup], first: int = 0) -> bool:
    """Whether `groups`, in any order, cover all ages from `first` on, each age once.

    Examples
    --------
    >>> is_partition([AgeGroup(0, 14), AgeGroup(15, 64), AgeGroup(65)])
    True
    >>> is_partition([AgeGroup(0, 14), AgeGroup(15, 65), AgeGroup(65)])
    False
    """
    expected: int | None = first
    for group in sorted(groups, key=lambda item: item.start):
        if expected is None or group.start != expected:
            return False
        expected = None if group.end is None else group.end + 1
    return expected is None
