"""Names of regions that held for some years only: former names, and names of regions that were abolished."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from qonys.catalog.pack import Pack


@dataclass(frozen=True)
class DatedName:
    """A name of a region in a span of years, both ends included; None where an end is not stated.

    Attributes
    ----------
    regions
        Code of the region that had the name; of an abolished one the codes of those that its territory is in today.
    since, until
        First and last calendar year of the name.
    abolished
        Whether the name is of a former region that is a part of `regions` today.

    """

    regions: tuple[str, ...]
    since: int | None = None
    until: int | None = None
    abolished: bool = False

    def region_in(self, year: int | None) -> str | None:
        """The region meant in a year up to the last one of the name; None of an abolished region or a later year.

        Examples
        --------
        >>> name = DatedName(("KZ-71",), 2019, 2022)
        >>> name.region_in(2020), name.region_in(2010), name.region_in(2024), name.region_in(None)
        ('KZ-71', 'KZ-71', None, None)

        """
        if self.abolished or year is None:
            return None
        return self.regions[0] if self.until is None or year <= self.until else None

    def is_early(self, year: int | None) -> bool:
        """Whether the region did not yet have the name in a year."""
        return self.since is not None and year is not None and year < self.since

    def together(self, other: DatedName) -> DatedName:
        """Both spans of one name as one, or all regions that an abolished one is in."""
        since = None if self.since is None or other.since is None else min(self.since, other.since)
        until = None if self.until is None or other.until is None else max(self.until, other.until)
        regions = tuple(dict.fromkeys((*self.regions, *other.regions)))
        return DatedName(regions, since, until, self.abolished or other.abolished)


def dated_names(pack: Pack, taken: Collection[str], bare: Callable[[str], tuple[str, str]]) -> Mapping[str, DatedName]:
    """Key of a name -> its region and years, for names that do not hold in all years.

    Parameters
    ----------
    pack
        The pack: `names.csv`, and `former_name_<language>` with `former_until` of `regions.csv`.
    taken
        Names of today without the words region and city; a former name displaces none and needs its own word.
    bare
        A name without the words region, city, republic, and which of them it had.

    """
    found: dict[str, DatedName] = {}
    for name, dated in _stated(pack):
        word, kind = bare(name)
        of_today = word in taken and dated.until is not None
        for key in dict.fromkeys((key_of(word, kind), key_of(word, ""))):
            if of_today and key == key_of(word, ""):
                continue
            known = found.get(key)
            if known is None:
                found[key] = dated
            elif known.abolished == dated.abolished and (dated.abolished or known.regions == dated.regions):
                found[key] = known.together(dated)
    return found


def key_of(word: str, kind: str) -> str:
    """The key of a name without the words region, city, republic, and of which of them it had."""
    return f"{word}|{kind}"


def _stated(pack: Pack) -> Iterator[tuple[str, DatedName]]:
    for row in pack.other_names().iter_rows(named=True):
        since, until = row["from_year"], row["to_year"]
        if since is not None or until is not None:
            yield str(row["name"]), DatedName((str(row["region"]),), since, until, bool(row["part"]))
    frame = pack.regions()
    columns = [name for name in frame.columns if name.startswith("former_name_")]
    for row in frame.iter_rows(named=True):
        for column in columns:
            if row[column]:
                yield str(row[column]), DatedName((str(row["region"]),), None, int(row["former_until"]))
