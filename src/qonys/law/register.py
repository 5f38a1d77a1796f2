"""The register of a pack: what held on a day, the life of an act, the value of a parameter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from qonys.catalog.pack import nearest
from qonys.errors import BadInput, UnknownName
from qonys.law import files
from qonys.law.days import certain, earliest
from qonys.law.names import folded, known_as, plain
from qonys.law.records import (
    FOUND,
    NOT_SEARCHED,
    SEARCHED,
    TOPICS,
    Act,
    Change,
    Convention,
    LegalParameter,
    Obligation,
    Search,
    Setting,
)
from qonys.law.values import Value, values_of

if TYPE_CHECKING:
    from qonys.catalog import Pack

PERIOD = 5  # years of a cell of the register's own coverage


@dataclass(frozen=True)
class Register:
    """All that a pack knows of the law."""

    pack: Pack
    acts: tuple[Act, ...]
    changes: tuple[Change, ...]
    parameters: tuple[LegalParameter, ...]
    settings: tuple[Setting, ...]
    conventions: tuple[Convention, ...]
    obligations: tuple[Obligation, ...]
    searches: tuple[Search, ...]

    @cached_property
    def by_id(self) -> Mapping[str, Act]:
        """The acts by id."""
        return {one.id: one for one in self.acts}

    @cached_property
    def values(self) -> tuple[Value, ...]:
        """The values of all parameters with the days on which they hold, in the order of parameters and days."""
        return values_of(self.pack, self.settings, self.by_id)

    def needed(self) -> Register:
        """The register itself.

        Raises
        ------
        BadInput
            The pack has no register.

        """
        if not (self.acts or self.conventions):
            raise BadInput("law.none", pack=self.pack.name)
        return self

    def act(self, name: str) -> Act:
        """An act by its id, or by its number where only one bears it; capitals, width and outer blanks set aside.

        Raises
        ------
        UnknownName
            There is no such act; the sentence names the nearest ones.
        BadInput
            Several acts bear the number.

        """
        same = known_as(name, self.by_id)
        if same is not None:
            return self.by_id[same]
        numbered = self._numbered(folded(name))
        if len(numbered) > 1:
            raise BadInput("law.act.several", act=plain(name), known=", ".join(one.id for one in numbered))
        if not numbered:
            known = (*self.by_id, *(one.number for one in self.acts if one.number))
            raise UnknownName("law.act.unknown", act=plain(name), near=nearest(plain(name), known))
        return numbered[0]

    def _numbered(self, name: str) -> list[Act]:
        """Acts that bear a number, whole, else without the convocation of parliament behind it (477 for 477-IV)."""
        whole = [one for one in self.acts if folded(one.number) == name != ""]
        return whole or [one for one in self.acts if folded(one.number).partition("-")[0] == name != ""]

    def parameter(self, name: str) -> LegalParameter:
        """A parameter by its id; capitals, width and outer blanks set aside.

        Raises
        ------
        UnknownName
            There is no such parameter; the sentence names the nearest ones.

        """
        known = {one.id: one for one in self.parameters}
        same = known_as(name, known)
        if same is None:
            raise UnknownName("law.parameter.unknown", parameter=plain(name), near=nearest(plain(name), tuple(known)))
        return known[same]

    def region(self, name: str) -> str:
        """The code of a region of the country; empty for the country itself.

        Raises
        ------
        UnknownName
            There is no such region; the sentence names the nearest ones.

        """
        if not plain(name):
            return ""
        own = (one.region for one in self.values)
        codes = tuple(dict.fromkeys((*self.pack.regions()["region"].to_list(), *own)))
        same = known_as(name, codes)
        if same is None:
            raise UnknownName("law.region.unknown", region=plain(name), near=nearest(plain(name), codes))
        return same

    def in_force(self, day: date) -> tuple[Act, ...]:
        """Acts that hold on a day, in the order of the file."""
        return tuple(one for one in self.acts if one.holds(day))

    def binding(self, day: date) -> tuple[Convention, ...]:
        """Instruments that bind the country on a day."""
        return tuple(one for one in self.conventions if one.holds(day))

    def values_on(self, day: date, parameter: str | None = None) -> tuple[Value, ...]:
        """Values that hold on a day: of one parameter, or of all."""
        return tuple(one for one in self.values if one.holds(day) and parameter in (None, one.parameter))

    def history(self, parameter: str) -> tuple[Value, ...]:
        """All values of a parameter through time.

        Raises
        ------
        UnknownName
            There is no such parameter.
        BadInput
            No act sets a value of it.

        """
        parameter = self.parameter(parameter).id
        found = tuple(one for one in self.values if one.parameter == parameter)
        if not found:
            raise BadInput("law.parameter.no_act", parameter=parameter)
        return found

    def value(self, parameter: str, day: date, region: str = "") -> Value:
        """The value of a parameter on a day, of the whole country where no region is named.

        Raises
        ------
        UnknownName
            There is no such parameter, or no such region.
        BadInput
            No act sets it, or none for this day or region.

        """
        parameter, wanted = self.parameter(parameter).id, self.region(region) or self.pack.whole
        found = [one for one in self.history(parameter) if one.holds(day)]
        own = [one for one in found if one.region == wanted]
        if not own:
            key = "law.value.no_region" if found else "law.value.none"
            raise BadInput(key, parameter=parameter, day=day.isoformat(), region=wanted)
        return own[0]

    def changed_by(self, act: str) -> tuple[Change, ...]:
        """What an act did to others, by date."""
        return tuple(sorted((one for one in self.changes if one.act == act), key=_dated))

    def changes_of(self, act: str) -> tuple[Change, ...]:
        """What others did to an act, by date."""
        return tuple(sorted((one for one in self.changes if one.target == act), key=_dated))

    @cached_property
    def years(self) -> tuple[int, int]:
        """The year of the first act, and the last year of an act or a search; 0 of an empty register."""
        years = [found.year for one in self.acts if (found := earliest(one.adopted))]
        return min(years, default=0), max(*years, *(one.to_year for one in self.searches), 0, 0)

    def looked_for(self) -> Iterator[tuple[str, int, int, int, str]]:
        """The register's own coverage: topic, years, number of acts, and whether acts were found or looked for."""
        first, last = self.years
        if not first:
            return
        for topic in TOPICS:
            for start in range(first, last + 1, PERIOD):
                end = min(start + PERIOD - 1, last)
                count = sum(1 for one in self.acts if one.topic == topic and _within(one.adopted, start, end))
                yield topic, start, end, count, FOUND if count else self._searched(topic, start, end)

    def _searched(self, topic: str, start: int, end: int) -> str:
        """Whether the whole of a period was searched."""
        spans = [(one.from_year, one.to_year) for one in self.searches if one.topic == topic]
        return SEARCHED if any(low <= start and end <= high for low, high in spans) else NOT_SEARCHED


def law_register(pack: Pack) -> Register:
    """The register of a pack, read once; an empty one where the pack has no folder `law`.

    Raises
    ------
    BadInput
        A file of the register cannot be read; the sentence names the file, the row and the column.

    Examples
    --------
    >>> from qonys.catalog import open_pack
    >>> law_register(open_pack("kazakhstan")).act("477-IV").adopted
    '2011-07-22'

    """
    return pack.cached("law register", lambda: _read(pack))


def _read(pack: Pack) -> Register:
    return Register(
        pack=pack,
        acts=files.read(pack, "acts", files.act),
        changes=files.read(pack, "changes", files.change),
        parameters=files.read(pack, "parameters", files.parameter),
        settings=files.read(pack, "values", files.setting),
        conventions=files.read(pack, "conventions", files.convention),
        obligations=files.read(pack, "obligations", files.obligation),
        searches=files.read(pack, "searched", files.search),
    )


def _dated(change: Change) -> date:
    return certain(change.date) or date.max


def _within(written: str, start: int, end: int) -> bool:
    found = earliest(written)
    return found is not None and start <= found.year <= end
