"""The table of rules: what it says, and the check that it can be applied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from qonys.catalog.reading.formats.settings import named_values, toml_document
from qonys.catalog.reading.numbers.entries import Entry
from qonys.errors import BadInput
from qonys.measurement.typology.facts import FLAGS, NUMERIC, SOURCES
from qonys.measurement.typology.records import VOCABULARIES

UNKNOWN = "unknown"
# ladder -> the column of its label; in this order, since later ladders ask for earlier labels
LADDERS: dict[str, str] = {
    "cause": "cause_class",
    "volition": "volition_class",
    "frequency": "frequency_class",
    "duration": "duration_class",
    "direction": "direction_class",
    "legality": "legality_class",
    "un": "un_class",
    "form": "form",
}
RESIDENT = "resident"

Condition = tuple[str, ...] | bool | tuple[float | None, float | None]


@dataclass(frozen=True)
class Rule:
    """One rule: all conditions `when` (fact -> allowed words, truth, or (at least, below)) give `label`.

    `why` is the key of the reason without its prefix; `source` names the authority (docs: `explanation/typology.md`).
    """

    ladder: str
    id: str
    label: str
    when: Mapping[str, Condition]
    why: str
    source: str

    @property
    def reason(self) -> str:
        """Key of the sentence that gives the reason."""
        return f"typology.why.{self.why}"


@dataclass(frozen=True)
class MigrationForm:
    """A form of migration: whether the course names it, and the United Nations classes it can fall into.

    `un` empty: any class. `id` gives the keys `typology.form.<id>`, `.about` and `.un` of name, definition and note.
    """

    id: str
    course: bool
    un: tuple[str, ...]


@dataclass(frozen=True)
class RuleTable:
    """Rules by ladder, in order of priority, and the forms."""

    rules: tuple[Rule, ...]
    forms: tuple[MigrationForm, ...]

    def ladder(self, name: str) -> tuple[Rule, ...]:
        """Rules of one ladder, the strongest first."""
        return tuple(rule for rule in self.rules if rule.ladder == name)

    def labels(self, name: str) -> tuple[str, ...]:
        """Labels that a ladder can give, in the order of its rules, `unknown` last."""
        return (*dict.fromkeys(rule.label for rule in self.ladder(name)), UNKNOWN)

    def without(self, rule_id: str) -> RuleTable:
        """The same table less one rule."""
        return replace(self, rules=tuple(rule for rule in self.rules if rule.id != rule_id))


@cache
def standard_rules() -> RuleTable:
    """The rules that come with the package."""
    text = resources.files("qonys.measurement.typology").joinpath("rules.toml").read_text(encoding="utf-8")
    return read_rules(text)


def read_rules(text: str, path: str = "rules.toml") -> RuleTable:
    """A table of rules from TOML text in the manner of `rules.toml`; `path` is the file, for errors.

    Raises
    ------
    BadInput
        Names the rule that has an unknown fact, value or ladder, lacks a part, or repeats an id; there is no rule.

    """
    document = Entry(path, "", named_values(toml_document(text, path), path))
    document.only(("forms", *LADDERS))
    forms: list[MigrationForm] = []
    if "forms" in document:
        inside = document.entry("forms")
        entries = {name: inside.entry(name) for name in inside.values}
        forms = [MigrationForm(name, entry.flag("course"), entry.words("un")) for name, entry in entries.items()]
    ladders = [ladder for ladder in document.values if ladder in LADDERS]
    rules = [_rule(ladder, entry) for ladder in ladders for entry in document.entries(ladder)]
    if not rules:
        raise BadInput("typology.no_rules", path=path, known=", ".join(LADDERS))
    _check_ids(rules, path)
    table = RuleTable(tuple(rules), tuple(forms))
    _check_words(table, path)
    return table


def _rule(ladder: str, entry: Entry) -> Rule:
    entry.only(("id", "label", "when", "why", "source"))
    name, when = entry.text("id"), entry.entry("when")
    if not when.values:
        raise entry.refuse("entry", "when")
    conditions = {fact: _condition(name, ladder, fact, when) for fact in when.values}
    return Rule(ladder, name, entry.text("label"), conditions, entry.text("why"), entry.text("source"))


def _condition(rule: str, ladder: str, fact: str, when: Entry) -> Condition:
    earlier = list(LADDERS.values())[: list(LADDERS).index(ladder)]
    known = (*SOURCES, *earlier)
    if fact not in known:
        raise BadInput("typology.rule", path=when.path, rule=rule, found=fact, allowed=", ".join(known))
    if fact in FLAGS:
        return when.flag(fact)
    if fact not in NUMERIC:
        words = when.words(fact)
        if not words:
            raise when.refuse("words", fact)
        return words
    limits = when.entry(fact)
    limits.only(("min", "below"))
    if not limits.values:
        raise when.refuse("entry", fact)
    return _bound(limits, "min"), _bound(limits, "below")


def _bound(limits: Entry, field: str) -> float | None:
    """A number; -1 stands for the residence threshold, which is known only when records are classified."""
    if field not in limits:
        return None
    return -1.0 if limits.values[field] == RESIDENT else limits.number(field)


def _check_ids(rules: list[Rule], path: str) -> None:
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise BadInput("typology.rule_twice", path=path, rule=rule.id)
        seen.add(rule.id)


def _check_words(table: RuleTable, path: str) -> None:
    """Every word a condition asks for must be one that the fact can have."""
    possible = {**VOCABULARIES, **{column: table.labels(name)[:-1] for name, column in LADDERS.items()}}
    for rule in table.rules:
        for fact, wanted in rule.when.items():
            if fact not in possible or not isinstance(wanted, tuple):
                continue
            wrong = [word for word in wanted if word not in possible[fact]]
            if wrong:
                allowed = ", ".join(possible[fact])
                raise BadInput("typology.rule", path=path, rule=rule.id, found=wrong[0], allowed=allowed)
