"""Age groups of the tables of a projection, and how they fit each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import polars as pl

from qonys.errors import BadInput

WIDTHS = (1, 5)


def starts_of(frame: pl.DataFrame, name: str) -> tuple[int, ...]:
    """The starts of the age groups of a table, from 0 without a gap; the last, if bare, is taken as open.

    Raises
    ------
    BadInput
        Ages do not begin at 0, have a gap, or the last group has an end.

    """
    ends: dict[int, int | None] = {}
    columns = ["age_start", *(["age_end"] if "age_end" in frame.columns else [])]
    for row in frame.select(columns).unique().sort("age_start").iter_rows():
        ends[row[0]] = row[1] if len(row) > 1 else None
    starts = tuple(ends)
    if not starts or starts[0] != 0:
        raise BadInput("populations.ages.first", table=name, age=starts[0] if starts else "–")
    printed = any(end is not None for end in ends.values())
    for start, following in pairwise(starts):
        end = ends[start]
        if printed and (end is None or end + 1 != following):
            raise BadInput("populations.ages.gap", table=name, first=_group(start, end), second=following)
    if printed and ends[starts[-1]] is not None:
        raise BadInput("populations.ages.closed", table=name, last=_group(starts[-1], ends[starts[-1]]))
    return starts


def _group(start: int, end: int | None) -> str:
    return f"{start}+" if end is None else str(start) if end == start else f"{start}-{end}"


@dataclass(frozen=True)
class AgeGroups:
    """Groups of one `width` from 0, the last open: their starts."""

    starts: tuple[int, ...]
    width: int

    @classmethod
    def of(cls, starts: Sequence[int], name: str) -> AgeGroups:
        """The groups of a population; 0 and 1-4 before groups of five years are to be one group.

        Raises
        ------
        BadInput
            The groups are neither single years nor five years wide, or there are fewer than three.

        Examples
        --------
        >>> AgeGroups.of((0, 1, 5, 10), "population").starts
        (0, 5, 10)
        """
        joined = [start for start in starts if start != 1] if tuple(starts[:3]) == (0, 1, 5) else list(starts)
        widths = {second - first for first, second in pairwise(joined)}
        if len(joined) < 3 or len(widths) != 1 or not widths <= {*WIDTHS}:
            shown = ", ".join(map(str, joined[:8]))
            raise BadInput("populations.ages.widths", table=name, found=shown)
        return cls(tuple(joined), widths.pop())

    def place(self, start: int) -> int:
        """Number of the group that an age is in."""
        return min(start // self.width, len(self.starts) - 1)

    @property
    def labels(self) -> tuple[str, ...]:
        """How the groups are written.

        Examples
        --------
        >>> AgeGroups((0, 5, 10), 5).labels
        ('0-4', '5-9', '10+')
        """
        return (*(_group(start, start + self.width - 1) for start in self.starts[:-1]), f"{self.starts[-1]}+")

    def refuse_parted(self, starts: Sequence[int], name: str) -> None:
        """Refuse a table in whose ages a group of the population does not begin.

        Raises
        ------
        BadInput
            The ages of the table do not fit those of the population.

        """
        for start in self.starts:
            if start not in starts:
                raise BadInput(
                    "populations.ages.unfit", table=name, age=start, found=", ".join(map(str, starts[:8])),
                    groups=self.labels[min(1, len(self.labels) - 1)],
                )  # fmt: skip
