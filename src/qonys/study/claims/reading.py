"""Reading of `claims.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from qonys.catalog import Pack
from qonys.catalog.bibliography import references
from qonys.catalog.reading.formats.settings import named_values
from qonys.catalog.reading.numbers.bounds import BOUNDS, YEAR
from qonys.catalog.reading.numbers.entries import Entry

FILE = "claims.yaml"
COMPARED = ("near", "above", "below", "sign")
ASOF = "asof"
DIRECTIONS = ("positive", "negative")


@dataclass(frozen=True)
class Span:
    """Years at which a thesis is judged, and those that they are compared with, both half-open."""

    years: tuple[int, int]
    base: tuple[int, int] | None = None


@dataclass(frozen=True)
class Claim:
    """One statement. `compare`: near (within `tolerance`), above, below or sign.

    `years` and `base` are half-open. `outside` gives the reason why a statement is listed but not
    computed: union (about the whole USSR), literature, no_measure. `lower_bound`: a source states
    a quantity that can only be smaller than the one claimed, so a smaller value does not contradict.
    `words`: the statement, one text or a text by language. `definition`: by language, how a thesis is put into figures.
    `now`: the years at which it is judged today as well. `until`: the last year of figures that are asked, where they
    are those of the time of the text. `figure`, `where`: a figure that a formula reads. `parts` and `whole`: movements
    of a share. `threshold`: persons.
    """

    id: str
    words: str | Mapping[str, str]
    formula: str | None = None
    years: tuple[int, int] = (0, 0)
    base: tuple[int, int] | None = None
    claimed: float | str | None = None
    tolerance: float = 0.0
    compare: str = "near"
    unit: str = "persons"
    group: str | None = None
    outside: str | None = None
    lower_bound: bool = False
    definition: Mapping[str, str] = field(default_factory=dict)
    now: Span | None = None
    until: int | None = None
    figure: str | None = None
    where: str = ""
    parts: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    threshold: float = 0.0

    def said(self, language: str) -> str:
        """The statement in a language; in the first that it is told in where it is not told in this one."""
        if isinstance(self.words, str):
            return self.words
        return self.words.get(language) or next(iter(self.words.values()))


@dataclass(frozen=True)
class Unfit:
    """A source whose net migration of the years before `until` bears no verdict; `caution`: the pack's text on it."""

    source: str
    until: int
    caution: str


def read_unfit(pack: Pack) -> tuple[Unfit, ...]:
    """The sources that `claims.yaml` calls unfit; empty where it names none.

    Raises
    ------
    BadInput
        The source or the caution is none of the pack's, or the year cannot be.

    """
    if not (pack.path / FILE).is_file() or "unfit" not in _document(pack):
        return ()
    return tuple(_unfit(pack, entry) for entry in _document(pack).entries("unfit"))


def _unfit(pack: Pack, entry: Entry) -> Unfit:
    entry.only([one.name for one in fields(Unfit)])
    source = entry.choice("source", tuple(pack.sources()["id"]))
    caution = entry.choice("caution", tuple(pack.cautions()["id"]))
    return Unfit(source, entry.whole("until", BOUNDS[YEAR]), caution)


def read_asof(pack: Pack) -> int | None:
    """The last year of the figures that the text could know; None where `claims.yaml` names none.

    Raises
    ------
    BadInput
        It is no year.

    """
    if not (pack.path / FILE).is_file() or ASOF not in _document(pack):
        return None
    return _document(pack).whole(ASOF, BOUNDS[YEAR])


def read_claims(pack: Pack) -> tuple[Claim, ...]:
    """All claims of the pack; empty when it has none.

    Raises
    ------
    BadInput
        The file is not YAML, holds no list of claims, or a claim has a field that there is not, lacks one or gives it
        a value that it cannot have.

    """
    if not (pack.path / FILE).is_file():
        return ()
    return tuple(_claim(entry) for entry in _document(pack).entries("claims"))


def claims_source(pack: Pack, language: str) -> str:
    """Title of the text that the claims are taken from, in `language`; empty where `claims.yaml` names none."""
    found = references(pack, language).get(claims_text(pack))
    return "" if found is None else found.title


def claims_text(pack: Pack) -> str:
    """Source id of the text that the claims are taken from; empty where `claims.yaml` names none."""
    return _document(pack).text("source", "") if (pack.path / FILE).is_file() else ""


def _document(pack: Pack) -> Entry:
    path = f"{pack.path.name}/{FILE}"
    return Entry(path, "", named_values(pack.document(FILE), path))


def _claim(entry: Entry) -> Claim:
    entry.only([one.name for one in fields(Claim) if one.name != "until"])
    values: dict[str, Any] = {"id": entry.text("id"), "words": _words(entry)}
    values |= {name: entry.text(name) for name in ("formula", "unit", "group", "outside", "figure") if name in entry}
    values |= {name: entry.years(name, BOUNDS[YEAR]) for name in ("years", "base") if name in entry}
    values |= {name: entry.words(name) for name in ("parts", "whole")}
    if "now" in entry:
        values["now"] = _span(entry.entry("now"))
    if "claimed" in entry:
        said = isinstance(entry.values["claimed"], str)
        values["claimed"] = entry.choice("claimed", DIRECTIONS) if said else entry.number("claimed")
    values["compare"] = entry.choice("compare", COMPARED, "near")
    values |= {name: entry.number(name, 0.0) for name in ("tolerance", "threshold")}
    for name in ("tolerance", "threshold"):
        if values[name] < 0:
            raise entry.refuse("negative", name)
    values["definition"], values["where"] = entry.texts("definition", {}), entry.text("where", "")
    return Claim(**values, lower_bound=entry.flag("lower_bound", False))


def _words(entry: Entry) -> str | Mapping[str, str]:
    given = entry.values.get("words")
    if isinstance(given, Mapping) and given:
        return entry.texts("words")
    return entry.text("words")


def _span(entry: Entry) -> Span:
    entry.only([one.name for one in fields(Span)])
    return Span(entry.years("years", BOUNDS[YEAR]), entry.years("base", BOUNDS[YEAR]) if "base" in entry else None)
