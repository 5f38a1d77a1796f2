"""Years from which a region has another territory under the same code, as the boundaries of a pack say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from qonys import words
from qonys.catalog.pack import Pack
from qonys.words import Worded


@dataclass(frozen=True)
class TerritoryChange:
    """A region has another territory from `year` on.

    Attributes
    ----------
    year
        First calendar year of the new territory.
    apart
        Regions that were a part of it and are apart since; None where a part passed from one region to another.
    source, target
        Regions from which and to which a part passed; None where regions became apart.

    """

    year: int
    apart: Worded | None = None
    source: Worded | None = None
    target: Worded | None = None

    def between(self, years: Collection[int]) -> bool:
        """Whether there are years before the change and years since.

        Examples
        --------
        >>> TerritoryChange(2018).between({2017, 2018}), TerritoryChange(2018).between({2018, 2019})
        (True, False)

        """
        return any(year < self.year for year in years) and any(year >= self.year for year in years)

    def sentence(self) -> tuple[str, dict[str, object]]:
        """The end of the key of a note about the change, and the values of its places."""
        if self.apart is not None:
            return "apart", {"year": self.year, "apart": self.apart}
        return "passed", {"year": self.year, "source": self.source, "target": self.target}


def territory_changes(pack: Pack) -> Mapping[str, tuple[TerritoryChange, ...]]:
    """Code of a region -> the changes of its territory, by year: from the vintages and the transfers of the pack."""
    found: dict[str, list[TerritoryChange]] = defaultdict(list)
    for code, change in (*_apart(pack), *_passed(pack)):
        found[code].append(change)
    return {code: tuple(sorted(changes, key=lambda change: change.year)) for code, changes in found.items()}


def _apart(pack: Pack) -> Iterator[tuple[str, TerritoryChange]]:
    begins = {row["vintage"]: row["valid_from"] for row in pack.vintages().iter_rows(named=True)}
    parts: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in pack.lineage().iter_rows(named=True):
        parts[row["vintage_from"], row["region_to"]].append(row["region_from"])
    for (vintage, code), regions in parts.items():
        others = [region for region in regions if region != code]
        if code in regions and others and begins.get(vintage) is not None:
            yield code, TerritoryChange(int(begins[vintage]), _called(pack, others))


def _passed(pack: Pack) -> Iterator[tuple[str, TerritoryChange]]:
    for row in pack.transfers().iter_rows(named=True):
        source, target = row["region_from"], row["region_to"]
        change = TerritoryChange(int(row["year"]), None, _called(pack, [source]), _called(pack, [target]))
        yield source, change
        yield target, change


def _called(pack: Pack, codes: Collection[str]) -> Worded:
    """Names of regions in each language."""
    return Worded(
        {language: ", ".join(pack.region_name(code, language) for code in codes) for language in words.LANGUAGES}
    )
