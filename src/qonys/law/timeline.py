"""Everything dated in a register as one line of time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from qonys.law.days import earliest
from qonys.law.records import Act, Texts
from qonys.law.register import Register

ADOPTED, IN_FORCE, ENDED, CHANGED = "adopted", "in_force", "ended", "changed"
SIGNED, DEPOSITED, BINDING = "signed", "deposited", "binding"


@dataclass(frozen=True)
class Entry:
    """Something that happened on a day; `name`: of the act or instrument."""

    date: str
    what: str
    topic: str
    name: str
    titles: Texts


def entries(register: Register) -> tuple[Entry, ...]:
    """All entries by date."""
    found = [*_of_acts(register), *_of_changes(register), *_of_conventions(register)]
    return tuple(sorted(found, key=lambda one: (earliest(one.date) or date.max, one.date, one.name, one.what)))


def _of_acts(register: Register) -> Iterator[Entry]:
    for act in register.acts:
        for what, written in ((ADOPTED, act.adopted), (IN_FORCE, act.in_force_from), (ENDED, act.in_force_to)):
            if written:
                yield _entry(act, what, written)


def _entry(act: Act, what: str, written: str) -> Entry:
    return Entry(written, what, act.topic, act.id, act.titles)


def _of_changes(register: Register) -> Iterator[Entry]:
    for change in register.changes:
        target = register.by_id.get(change.target)
        if target is not None:
            yield _entry(target, CHANGED, change.date)


def _of_conventions(register: Register) -> Iterator[Entry]:
    for one in register.conventions:
        for what, written in ((SIGNED, one.signed), (DEPOSITED, one.since), (BINDING, one.binding), (ENDED, one.ended)):
            if written:
                yield Entry(written, what, one.topic, one.id, one.titles)
