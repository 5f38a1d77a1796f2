"""What the register is made of: one frozen record for a row of each file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from qonys.law.days import certain, earliest

Texts = Mapping[str, str]
BASE, AMENDING, RATIFYING, DRAFT = "base", "amending", "ratifying", "draft"
ROLES = (BASE, AMENDING, RATIFYING, DRAFT)
TYPES = ("constitution", "code", "law", "decree", "resolution", "order", "programme", "concept")
TOPICS = (
    "framework", "policy", "citizenship", "entry", "labour", "repatriation", "internal", "refugees", "trafficking",
    "rights",
)  # fmt: skip
ENDING = ("replaces", "repeals")
KINDS = ("adds", "amends", *ENDING, "suspends")
PARTY, SIGNATORY, NOT_PARTY, SUPPORTS, TO_CHECK = "party", "signatory", "not_party", "supports", "to_check"
STATES = (PARTY, SIGNATORY, NOT_PARTY, SUPPORTS, TO_CHECK)
COVERS = ("covered", "partly", "not", "unknown")
SEARCHED, NOT_SEARCHED, FOUND = "searched", "not_searched", "found"


def said(texts: Texts, language: str) -> str:
    """The text in the language, else in English, else in any."""
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")


@dataclass(frozen=True)
class Act:
    """An act; `role`: makes rules (base), only changes other acts, ratifies a treaty, or is a bill sent to parliament.

    `ended_by`: the act that ended it, itself where its own term ran out. `in_force_to`: the first day without it.
    """

    id: str
    type: str
    number: str
    adopted: str
    in_force_from: str
    in_force_to: str
    ended_by: str
    role: str
    topic: str
    titles: Texts
    texts: Texts
    status: str
    source: str

    @property
    def begins(self) -> date | None:
        """The day on which it has come into force; the day of adoption where that one was not read."""
        return certain(self.in_force_from or self.adopted)

    @property
    def ends(self) -> date | None:
        """The first day on which it does not hold any more; None while it holds."""
        return earliest(self.in_force_to)

    @property
    def day_is_read(self) -> bool:
        """Whether the day of entry into force was read, not put for by the day of adoption."""
        return bool(self.in_force_from)

    def holds(self, day: date) -> bool:
        """Whether it is in force on a day; a bill never is."""
        begins, ends = self.begins, self.ends
        return self.role != DRAFT and begins is not None and begins <= day and (ends is None or day < ends)

    def path(self, jurisdiction: str) -> str:
        """Identifier in the manner of Akoma Ntoso: jurisdiction, type, date, number."""
        return f"/{jurisdiction.lower()}/act/{self.type}/{self.adopted}/{self.number or '-'}"


@dataclass(frozen=True)
class Change:
    """What an act does to another one; `article`: of the other act, empty where the whole act or not read."""

    act: str
    target: str
    article: str
    date: str
    kind: str
    texts: Texts
    status: str
    source: str


@dataclass(frozen=True)
class LegalParameter:
    """A number that acts set: its unit, names and what it means."""

    id: str
    topic: str
    unit: str
    names: Texts
    texts: Texts


@dataclass(frozen=True)
class Setting:
    """A value of a parameter over [from, to) as an act set it.

    Either `value`, or `figure` and `where`: the rows of the pack's figures that state it, one a region.
    """

    parameter: str
    region: str
    start: str
    end: str
    value: float | None
    figure: str
    where: str
    act: str
    article: str
    status: str
    source: str


@dataclass(frozen=True)
class Convention:
    """An international instrument and where the country stands to it.

    `since`: the day of ratification, accession or deposit; `binding`: in force for the country.
    """

    id: str
    topic: str
    body: str
    adopted: str
    in_force: str
    state: str
    signed: str
    since: str
    binding: str
    ended: str
    ended_by: str
    act: str
    titles: Texts
    reservations: Texts
    texts: Texts
    status: str
    source: str

    def holds(self, day: date) -> bool:
        """Whether it binds the country on a day."""
        begins, ends = certain(self.binding or self.since), earliest(self.ended)
        return self.state == PARTY and begins is not None and begins <= day and (ends is None or day < ends)


@dataclass(frozen=True)
class Obligation:
    """A duty of an instrument and the domestic article that answers it."""

    convention: str
    id: str
    article: str
    act: str
    domestic_article: str
    cover: str
    texts: Texts
    reasons: Texts
    status: str
    source: str


@dataclass(frozen=True)
class Search:
    """Years of a topic in which acts were looked for."""

    topic: str
    from_year: int
    to_year: int
