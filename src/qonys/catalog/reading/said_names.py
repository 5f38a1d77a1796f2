"""Columns as a person names them in an option: by a method's name or by the file's own, several parted by commas."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from qonys.catalog.reading.columns import columns_found
from qonys.catalog.reading.wanted import Wanted

JOIN = "^"
_PART = re.compile(r'"((?:[^"]|"")*)"[ \t]*(?:,|$)|([^,]*)(?:,|$)')


@dataclass(frozen=True)
class SaidNames:
    """Names that can be said of a file.

    Attributes
    ----------
    columns
        Columns of the file.
    given
        Name that a method asks for -> column of the file, as `--map` says.

    """

    columns: Sequence[str]
    given: Mapping[str, str] = field(default_factory=dict)

    def parted(self, written: Iterable[str]) -> tuple[str, ...]:
        """The names of the texts of an option, each one name or several parted by commas.

        A name that has commas itself is told by the columns of the file, or stands in quotation marks. Where the parts
        are columns themselves they are meant.

        Examples
        --------
        >>> SaidNames(["Distance, km", "a", "b"]).parted(["a,Distance, km", "b"])
        ('a', 'Distance, km', 'b')
        >>> SaidNames([]).parted(['"Distance, km",a'])
        ('Distance, km', 'a')

        """
        return tuple(name for text in written for name in self._parts(text))

    def _parts(self, text: str) -> list[str]:
        parts = [(found[1], found[2]) for found in _PART.finditer(text.strip()) if found[0]]
        names = [(quoted.replace('""', '"') if quoted is not None else bare).strip() for quoted, bare in parts]
        if all(self._known(name) for name in names) or len(names) < 2:
            return [name for name in names if name]
        most = 1 + max((column.count(",") for column in (*self.columns, *self.given)), default=0)
        found: list[str] = []
        place = 0
        while place < len(names):
            ends = range(min(place + most, len(names)), place + 1, -1)
            bare = (end for end in ends if all(quoted is None for quoted, _ in parts[place:end]))
            joined = {end: ",".join(text for _, text in parts[place:end]).strip() for end in bare}
            end = next((end for end, name in joined.items() if self._known(name)), place + 1)
            found.append(joined.get(end, names[place]))
            place = end
        return [name for name in found if name]

    def _known(self, name: str) -> bool:
        return all(part.strip() in self.columns or part.strip() in self.given for part in name.split(JOIN))

    def of_method(self, names: Collection[str]) -> dict[str, str]:
        """What is said -> the name by which a method asks for that column; itself where it is no other's column.

        Examples
        --------
        >>> SaidNames(["Land", "dest", "n"], {"origin": "Land"}).of_method(["Land", "dest", "destination"])
        {'Land': 'origin', 'dest': 'destination', 'destination': 'destination'}

        """
        own = {column: name for name, column in self.given.items()}
        called = {name: name if name in self.given else own.get(name, name) for name in names}
        known = {*self.columns}
        sought = tuple(dict.fromkeys(name for name in called.values() if name not in known))
        taken = {column: name for name, column in columns_found(self.columns, _labels(sought), self.given).items()}
        return {name: taken.get(one, one) for name, one in called.items()}

    def joined_of_method(self, names: Sequence[str], called: Mapping[str, str]) -> tuple[str, ...]:
        """Names that may be joined by `JOIN`, each of their columns as in `called`."""
        return tuple(JOIN.join(called.get(part, part) for part in parts_of(name)) for name in names)


def parts_of(name: str) -> list[str]:
    """The columns that a name joins.

    Examples
    --------
    >>> parts_of("origin ^ year")
    ['origin', 'year']

    """
    return [part.strip() for part in name.split(JOIN)]


def in_quotes(name: str) -> str:
    """A name as `SaidNames.parted` takes it for one, whatever signs it has.

    Examples
    --------
    >>> in_quotes("Distance, km")
    '"Distance, km"'

    """
    return '"' + name.replace('"', '""') + '"'


def _labels(names: tuple[str, ...]) -> Wanted:
    return Wanted(labels=names, numbers=())
