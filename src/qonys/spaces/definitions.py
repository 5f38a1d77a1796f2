"""What a figure counts."""

from __future__ import annotations

from dataclasses import dataclass

from qonys.errors import BadInput

COUNTS: tuple[str, ...] = ("moves", "persons", "transitions", "events", "rate", "share", "as_indicator")


@dataclass(frozen=True)
class Definition:
    """What a figure counts, whom, and how long a stay makes a migrant.

    Attributes
    ----------
    id
        Key of the definition.
    counts
        moves: events, one person can make several in a period; transitions: persons whose
        residence differs at two instants; persons: a stock; events: births, deaths, decisions;
        rate: per person-year; share: part of a whole, 0 to 1; as_indicator: a table of mixed
        indicators, each of which says it for itself.
    who
        Whom it counts, as a code or a short text ("residents", "born_abroad").
    duration
        Shortest stay that counts, as written by the source ("12 months"); empty when not stated.

    Examples
    --------
    >>> a = Definition("registered_moves", "moves", "residents")
    >>> a.is_comparable(Definition("census_residence", "transitions", "residents"))
    False
    """

    id: str
    counts: str
    who: str = ""
    duration: str = ""

    def __post_init__(self) -> None:
        if self.counts not in COUNTS:
            raise BadInput(
                "spaces.definition.counts", id=self.id, counts=self.counts, known=", ".join(COUNTS)
            )

    def is_comparable(self, other: Definition) -> bool:
        """Whether both count the same thing of the same people with the same length of stay.

        Never true for "as_indicator": there the indicators have to be compared.
        """
        return self.counts != "as_indicator" and (self.counts, self.who, self.duration) == (
            other.counts,
            other.who,
            other.duration,
        )
