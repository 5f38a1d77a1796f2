"""The law register of a country as used from Python."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qonys.law import day_of, frames, law_findings

if TYPE_CHECKING:
    import polars as pl

    from qonys.law import Register


@dataclass(frozen=True)
class Law:
    """Acts, parameters and treaties of a country; days are texts such as "2026-05-01".

    Examples
    --------
    >>> import qonys
    >>> law = qonys.country("kazakhstan").law()
    >>> law.value("quota.kandas", "2026-05-01")
    2281.0
    >>> law.act("477-IV")["act"]["adopted"].to_list()
    ['2011-07-22']

    """

    register: Register
    language: str = "en"

    def on(self, day: str, regions: bool = False) -> dict[str, pl.DataFrame]:
        """What held on a day: tables `acts`, `parameters` (with `regions` of regions too) and `conventions`.

        Raises
        ------
        BadInput
            There is no such day.

        """
        return frames.on_frames(self.register, day_of(day), self.language, regions=regions)

    def act(self, name: str) -> dict[str, pl.DataFrame]:
        """An act by its id or number: tables `act`, `changed` (by it), `changed_by` (others), `sets` (parameters).

        Raises
        ------
        UnknownName
            There is no such act; the message suggests similar names.

        """
        found = self.register.act(name)
        own = [one for one in self.register.values if one.act == found.id]
        return {
            "act": frames.acts_frame([found], self.language),
            "changed": frames.changes_frame(self.register.changed_by(found.id), self.language),
            "changed_by": frames.changes_frame(self.register.changes_of(found.id), self.language),
            "sets": frames.values_frame(self.register, own, self.language),
        }

    def value(self, parameter: str, day: str, region: str = "") -> float:
        """The value of a parameter on a day, of the whole country or a region.

        Raises
        ------
        UnknownName
            There is no such parameter.
        BadInput
            No act sets it on that day for that region.

        """
        return self.register.value(parameter, day_of(day), region).value

    def values(self, parameter: str) -> pl.DataFrame:
        """All values of a parameter with the days on which they hold, their acts and sources.

        Raises
        ------
        UnknownName
            There is no such parameter.
        BadInput
            No act sets it.

        """
        return frames.values_frame(self.register, self.register.history(parameter), self.language)

    def timeline(self) -> pl.DataFrame:
        """Everything dated, by date: columns date, what, topic, id, title."""
        return frames.timeline_frame(self.register, self.language)

    def coverage(self, searched: bool = False) -> pl.DataFrame:
        """Obligations with the articles that answer them; with `searched` topics and periods that were looked for."""
        if searched:
            return frames.looked_for_frame(self.register)
        return frames.coverage_frame(self.register, self.language)

    def diff(self, first: str, second: str) -> pl.DataFrame:
        """What came, went and moved between two days.

        Raises
        ------
        BadInput
            There is no such day.

        """
        return frames.diff_frame(self.register, day_of(first), day_of(second), self.language)

    def check(self) -> list[str]:
        """The faults of the register as sentences; an empty list where there are none."""
        return [one.sentence(self.language) for one in law_findings(self.register)]
