"""The table of rules: what it says, and the check that it can be applied."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

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


def read_rules(text: str) -> RuleTable:
    """A table of rules from TOML text in the manner of `rules.toml`.

    Raises `BadInput` naming the rule that has an unknown fact, value or ladder, lacks a part, or repeats an id.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput("typology.rules_text", problem=str(error)) from error
    forms = tuple(
        MigrationForm(name, bool(entry["course"]), tuple(entry["un"])) for name, entry in data.pop("forms", {}).items()
    )
    rules: list[Rule] = []
    for ladder, entries in data.items():
        if ladder not in LADDERS:
            raise BadInput("typology.rule", rule=ladder, found=ladder, allowed=", ".join(LADDERS))
        rules += [_rule(ladder, entry) for entry in entries]
    _check_ids(rules)
    table = RuleTable(tuple(rules), forms)
    _check_words(table)
    return table


def _rule(ladder: str, entry: Mapping[str, object]) -> Rule:
    parts = ("id", "label", "when", "why", "source")
    if set(entry) != set(parts):
        raise BadInput("typology.rule", rule=entry.get("id", ladder), found=", ".join(entry), allowed=", ".join(parts))
    name, when = str(entry["id"]), entry["when"]
    if not isinstance(when, Mapping) or not when:
        raise BadInput("typology.rule", rule=name, found=when, allowed="{fact = [...]}")
    conditions = {fact: _condition(name, ladder, fact, wanted) for fact, wanted in when.items()}
    return Rule(ladder, name, str(entry["label"]), conditions, str(entry["why"]), str(entry["source"]))


def _condition(rule: str, ladder: str, fact: str, wanted: object) -> Condition:
    earlier = list(LADDERS.values())[: list(LADDERS).index(ladder)]
    known = (*SOURCES, *earlier)
    if fact not in known:
        raise BadInput("typology.rule", rule=rule, found=fact, allowed=", ".join(known))
    if fact in FLAGS and isinstance(wanted, bool):
        return wanted
    if fact in NUMERIC and isinstance(wanted, Mapping) and wanted and set(wanted) <= {"min", "below"}:
        return _bound(wanted.get("min")), _bound(wanted.get("below"))
    if fact not in FLAGS and fact not in NUMERIC and isinstance(wanted, list) and wanted:
        return tuple(str(word) for word in wanted)
    kind = "true, false" if fact in FLAGS else "{min, below}" if fact in NUMERIC else "[...]"
    raise BadInput("typology.rule", rule=rule, found=f"{fact} = {wanted}", allowed=kind)


def _bound(value: object) -> float | None:
    """A number; -1 stands for the residence threshold, which is known only when records are classified."""
    if value is None:
        return None
    return -1.0 if value == RESIDENT else float(str(value))


def _check_ids(rules: list[Rule]) -> None:
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise BadInput("typology.rule_twice", rule=rule.id)
        seen.add(rule.id)


def _check_words(table: RuleTable) -> None:
    """Every word a condition asks for must be one that the fact can have."""
    possible = {**VOCABULARIES, **{column: table.labels(name)[:-1] for name, column in LADDERS.items()}}
    for rule in table.rules:
        for fact, wanted in rule.when.items():
            if fact not in possible or not isinstance(wanted, tuple):
                continue
            wrong = [word for word in wanted if word not in possible[fact]]
            if wrong:
                raise BadInput("typology.rule", rule=rule.id, found=wrong[0], allowed=", ".join(possible[fact]))
