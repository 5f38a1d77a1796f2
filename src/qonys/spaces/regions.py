"""Boundary vintages and ordered sets of regions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from qonys.errors import BadInput, UnknownName


@dataclass(frozen=True)
class Vintage:
    """A state of the regional boundaries.

    `valid_from` and `valid_to` are the first and the last calendar year, None where there is no
    limit; `order` counts from the oldest vintage.

    Examples
    --------
    >>> Vintage("2018", 2, 2018, 2021).holds(2020)
    True
    """

    code: str
    order: int
    valid_from: int | None = None
    valid_to: int | None = None

    def __post_init__(self) -> None:
        if self.valid_from is not None and self.valid_to is not None and self.valid_to < self.valid_from:
            raise BadInput(
                "spaces.vintage.backwards", vintage=self.code, start=self.valid_from, end=self.valid_to
            )

    def holds(self, year: int) -> bool:
        """Whether these boundaries were valid in a calendar year."""
        return (self.valid_from is None or self.valid_from <= year) and (
            self.valid_to is None or year <= self.valid_to
        )


@dataclass(frozen=True)
class RegionSet:
    """Regions of one boundary vintage in a fixed order; positions label the cells of a matrix.

    Two sets are equal only when vintage, regions and order are the same.

    Raises
    ------
    BadInput
        A code stands twice, or there is none.

    Examples
    --------
    >>> pair = RegionSet("2022", ("KZ-71", "KZ-75"))
    >>> pair.position("KZ-75"), len(pair), "KZ-10" in pair
    (1, 2, False)
    """

    vintage: str
    codes: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.codes:
            raise BadInput("spaces.regions.none", vintage=self.vintage)
        if len(set(self.codes)) != len(self.codes):
            twice = sorted(code for code in set(self.codes) if self.codes.count(code) > 1)
            raise BadInput("spaces.regions.twice", vintage=self.vintage, regions=", ".join(twice))

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {code: place for place, code in enumerate(self.codes)}

    def position(self, code: str) -> int:
        """Place of a region, from 0.

        Raises
        ------
        UnknownName
            The region does not exist in this vintage; the sentence lists those that do.
        """
        found = self._positions.get(code)
        if found is None:
            raise UnknownName(
                "spaces.regions.unknown", region=code, vintage=self.vintage, known=", ".join(self.codes)
            )
        return found

    def subset(self, codes: tuple[str, ...]) -> RegionSet:
        """Some of the regions, in the order given.

        Raises
        ------
        UnknownName
            A region does not exist in this vintage.
        """
        for code in codes:
            self.position(code)
        return RegionSet(self.vintage, codes)

    def __contains__(self, code: str) -> bool:
        return code in self._positions

    def __iter__(self) -> Iterator[str]:
        return iter(self.codes)

    def __len__(self) -> int:
        return len(self.codes)
