"""Half-open periods of calendar years."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qonys.errors import BadInput

_WRITTEN = re.compile(r"\s*(\d{4})\s*[-\u2013]\s*(\d{4})\s*")
_SHORTEST, _LONGEST = 1000, 2500


@dataclass(frozen=True, order=True)
class Period:
    """Time from the beginning of the year `start` to the beginning of the year `end`.

    Half-open: `Period(1970, 1979)` holds the years 1970 to 1978, lasts nine years and touches
    `Period(1979, 1989)` without sharing a year with it. Periods sort by their start.

    Raises
    ------
    BadInput
        The end does not come after the start, or a year does not have four digits.

    Examples
    --------
    >>> Period(1970, 1979).length
    9
    >>> 1978 in Period(1970, 1979), 1979 in Period(1970, 1979)
    (True, False)
    >>> str(Period(1970, 1979))
    '1970-1979'
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        for year in (self.start, self.end):
            if not _SHORTEST <= year <= _LONGEST:
                raise BadInput("spaces.period.year", year=year, first=_SHORTEST, last=_LONGEST)
        if self.end <= self.start:
            raise BadInput("spaces.period.backwards", start=self.start, end=self.end)

    @classmethod
    def parse(cls, text: str) -> Period:
        """A period written as two years with a hyphen or an en dash.

        Raises
        ------
        BadInput
            `text` is not of this form, or the years are out of order.

        Examples
        --------
        >>> Period.parse("1970\u20131979")
        Period(start=1970, end=1979)
        """
        match = _WRITTEN.fullmatch(text)
        if match is None:
            raise BadInput("spaces.period.malformed", text=text)
        return cls(int(match[1]), int(match[2]))

    @property
    def length(self) -> int:
        """Length in years."""
        return self.end - self.start

    @property
    def years(self) -> range:
        """The calendar years inside."""
        return range(self.start, self.end)

    def __contains__(self, year: int) -> bool:
        return self.start <= year < self.end

    def contains(self, other: Period) -> bool:
        """Whether `other` lies whole inside.

        Examples
        --------
        >>> Period(1970, 1989).contains(Period(1979, 1989))
        True
        """
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Period) -> bool:
        """Whether the two share at least one year; touching periods do not.

        Examples
        --------
        >>> Period(1970, 1979).overlaps(Period(1979, 1989))
        False
        """
        return self.start < other.end and other.start < self.end

    def __str__(self) -> str:
        return f"{self.start}-{self.end}"
