"""Correspondence between the regions of different boundary vintages.

Regions are divided over time, so a region of a newer vintage lies entirely within one region of an older
one, and figures can be converted to the older, coarser boundaries exactly. The reverse has no exact
solution, and such a mapping is an error.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from qonys.errors import BadInput, VintageMismatch
from qonys.spaces.regions import RegionSet

WHOLE = "whole"


class LineageRow(NamedTuple):
    """The region `region_from` of one vintage lies in `region_to` of the other.

    `part` is "whole" where all of it does; any other word means that it is divided.
    """

    vintage_from: str
    region_from: str
    vintage_to: str
    region_to: str
    part: str = WHOLE


@dataclass(frozen=True)
class RegionLineage:
    """Vintages with their regions, and the steps from one vintage to the next coarser one.

    A region without a row keeps its boundaries and must exist under the same code in both vintages.

    Raises
    ------
    BadInput
        A vintage stands twice, or a row names a vintage or a region that is not there.

    Examples
    --------
    >>> new = RegionSet("2018", ("KZ-61", "KZ-75", "KZ-79"))
    >>> old = RegionSet("pre2018", ("KZ-61", "KZ-75"))
    >>> lineage = RegionLineage.of((new, old), [("2018", "KZ-79", "pre2018", "KZ-61", "whole")])
    >>> lineage.mapping("2018", "pre2018")
    {'KZ-61': 'KZ-61', 'KZ-75': 'KZ-75', 'KZ-79': 'KZ-61'}
    >>> lineage.common_vintage("pre2018", "2018")
    'pre2018'
    """

    sets: tuple[RegionSet, ...]
    rows: tuple[LineageRow, ...]

    @classmethod
    def of(
        cls,
        sets: Iterable[RegionSet],
        rows: Iterable[LineageRow | tuple[str, str, str, str, str]],
    ) -> RegionLineage:
        """From region sets and plain tuples in the order of `LineageRow`."""
        return cls(tuple(sets), tuple(LineageRow(*row) for row in rows))

    def __post_init__(self) -> None:
        names = [item.vintage for item in self.sets]
        if len(set(names)) != len(names):
            raise BadInput("spaces.lineage.vintage_twice", vintages=", ".join(names))
        known = {(item.vintage, code) for item in self.sets for code in item}
        for row in self.rows:
            for vintage, region in (row[:2], row[2:4]):
                if (vintage, region) not in known:
                    raise BadInput("spaces.lineage.unknown_region", region=region, vintage=vintage)

    def regions(self, vintage: str) -> RegionSet:
        """The regions of a vintage.

        Raises
        ------
        VintageMismatch
            The lineage does not know the vintage.
        """
        for item in self.sets:
            if item.vintage == vintage:
                return item
        known = ", ".join(item.vintage for item in self.sets)
        raise VintageMismatch("spaces.lineage.unknown_vintage", vintage=vintage, known=known)

    def reachable(self, vintage: str) -> tuple[str, ...]:
        """Vintages to which figures of `vintage` can be brought, itself first, finest to coarsest."""
        self.regions(vintage)
        found = [vintage]
        for place in found:
            found.extend(
                dict.fromkeys(
                    row.vintage_to
                    for row in self.rows
                    if row.vintage_from == place and row.vintage_to not in found
                )
            )
        return tuple(found)

    def common_vintage(self, first: str, second: str) -> str:
        """The finest vintage to which figures of both can be brought exactly.

        Raises
        ------
        VintageMismatch
            A vintage is unknown, or there is none common to both.
        """
        reached = self.reachable(second)
        for vintage in self.reachable(first):
            if vintage in reached:
                return vintage
        raise VintageMismatch("spaces.lineage.none_common", first=first, second=second)

    def mapping(self, vintage: str, target: str) -> dict[str, str]:
        """Each region of `vintage` -> the region of `target` that holds it whole.

        In the order of the regions of `vintage`.

        Raises
        ------
        VintageMismatch
            A vintage is unknown; `target` is finer than `vintage` or not connected with it; or a
            region is divided between regions of `target`.
        """
        places = {region: region for region in self.regions(vintage)}
        for before, after in self._steps(vintage, target):
            step = self._step(before, after)
            places = {region: step[place] for region, place in places.items()}
        return places

    def _steps(self, vintage: str, target: str) -> list[tuple[str, str]]:
        """The chain of vintages from `vintage` to `target`."""
        self.regions(target)
        came_from: dict[str, str] = {}
        waiting = [vintage]
        for place in waiting:
            for row in self.rows:
                new = row.vintage_to
                if row.vintage_from == place and new != vintage and new not in came_from:
                    came_from[new] = place
                    waiting.append(new)
        if target != vintage and target not in came_from:
            raise VintageMismatch("spaces.lineage.too_fine", vintage=vintage, target=target)
        chain: list[tuple[str, str]] = []
        while target != vintage:
            chain.append((came_from[target], target))
            target = came_from[target]
        return chain[::-1]

    def _step(self, before: str, after: str) -> dict[str, str]:
        """One step: region of `before` -> region of `after`."""
        rows = [row for row in self.rows if (row.vintage_from, row.vintage_to) == (before, after)]
        step: dict[str, str] = {}
        for row in rows:
            if row.part != WHOLE or row.region_from in step:
                raise VintageMismatch(
                    "spaces.lineage.divided", region=row.region_from, vintage=before, target=after
                )
            step[row.region_from] = row.region_to
        there = self.regions(after)
        for region in self.regions(before):
            if step.setdefault(region, region) not in there:
                raise VintageMismatch("spaces.lineage.no_row", region=region, vintage=before, target=after)
        return step
