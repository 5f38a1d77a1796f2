"""What is wrong with a register: overlaps, ends without an act, dates out of order, references that lead nowhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

from qonys import words
from qonys.catalog.rules.findings import Finding
from qonys.law.days import certain, earliest
from qonys.law.records import ENDING, Act, Convention, Setting, Texts
from qonys.law.register import Register
from qonys.law.values import Value, figure_rows, stated_values


def law_findings(register: Register) -> Iterator[Finding]:
    """All faults of a register; none where a pack has no register."""
    for find in (_ids, _references, _ends, _changes, _values, _overlaps, _conventions, _texts, _sources, _events):
        yield from find(register)


def _ids(register: Register) -> Iterator[Finding]:
    """Names that stand twice."""
    lists: tuple[tuple[str, list[str]], ...] = (
        ("acts", [one.id for one in register.acts]),
        ("parameters", [one.id for one in register.parameters]),
        ("conventions", [one.id for one in register.conventions]),
        ("obligations", [f"{one.convention} {one.id}" for one in register.obligations]),
    )
    for file, names in lists:
        for name, count in Counter(names).items():
            if count > 1:
                yield Finding("law.check.twice", {"file": file, "name": name})


def _references(register: Register) -> Iterator[Finding]:
    """Acts, parameters and instruments that are named and not there."""
    acts, parameters = set(register.by_id), {one.id for one in register.parameters}
    conventions = {one.id for one in register.conventions}
    named: list[tuple[str, str]] = [("acts", one.ended_by) for one in register.acts]
    named += [("changes", name) for one in register.changes for name in (one.act, one.target)]
    named += [("values", one.act) for one in register.settings]
    named += [("conventions", one.act) for one in register.conventions]
    named += [("obligations", one.act) for one in register.obligations]
    for file, name in named:
        if name and name not in acts:
            yield Finding("law.check.unknown", {"file": file, "name": name})
    for setting in register.settings:
        if setting.parameter not in parameters:
            yield Finding("law.check.unknown", {"file": "values", "name": setting.parameter})
    for one in register.obligations:
        if one.convention not in conventions:
            yield Finding("law.check.unknown", {"file": "obligations", "name": one.convention})


def _ends(register: Register) -> Iterator[Finding]:
    """An act's end names the act that ended it, which is in force by then; it does not end before it begins."""
    for act in register.acts:
        if act.ends is None:
            if act.ended_by:
                yield Finding("law.check.end_without_day", {"act": act.id, "by": act.ended_by})
            continue
        if not act.ended_by:
            yield Finding("law.check.end_without_act", {"act": act.id, "day": act.in_force_to})
        if act.begins is not None and act.ends <= act.begins:
            yield Finding("law.check.end_first", {"act": act.id, "day": act.in_force_to})
        ender = register.by_id.get(act.ended_by)
        adopted = earliest(ender.adopted) if ender is not None else None
        if adopted is not None and adopted > act.ends:
            yield Finding("law.check.ended_before", {"act": act.id, "by": act.ended_by, "day": act.in_force_to})


def _changes(register: Register) -> Iterator[Finding]:
    """Acts that end others do end them, and changes fall into the life of the act that is changed."""
    for change in register.changes:
        target, day = register.by_id.get(change.target), certain(change.date)
        if target is None or day is None:
            continue
        values = {"act": change.act, "target": change.target, "day": change.date}
        if change.kind in ENDING and not change.article and target.ended_by != change.act:
            yield Finding("law.check.ends_nothing", values)
        if _outside(target, register, change.kind, change.date):
            yield Finding("law.check.change_outside", values)
    ended = {(one.act, one.target) for one in register.changes if one.kind in ENDING}
    for act in register.acts:
        if act.ended_by not in ("", act.id) and (act.ended_by, act.id) not in ended:
            yield Finding("law.check.end_without_change", {"act": act.id, "by": act.ended_by})


def _outside(target: Act, register: Register, kind: str, written: str) -> bool:
    """Whether a change comes before its target was adopted, or after it has ended."""
    day, adopted = certain(written), earliest(target.adopted)
    if day is None or adopted is None:
        return False
    late = target.ends is not None and (day > target.ends if kind in ENDING else day >= target.ends)
    return day < adopted or late


def _values(register: Register) -> Iterator[Finding]:
    """The act of a value is in force when the value begins, the value does not outlive it, figures have their rows."""
    for setting in register.settings:
        if setting.figure:
            yield from _of_figure(register, setting)
        act, start = register.by_id.get(setting.act), certain(setting.start)
        if act is None or start is None:
            continue
        place = {"parameter": setting.parameter, "day": setting.start, "act": setting.act}
        if not act.holds(start):
            yield Finding("law.check.act_not_in_force", place)
        end = earliest(setting.end)
        if end is not None and end <= start:
            yield Finding("law.check.value_order", place)
        if end is not None and act.ends is not None and end > act.ends:
            yield Finding("law.check.value_outlives", place)


def _of_figure(register: Register, setting: Setting) -> Iterator[Finding]:
    """A value taken from figures has one row a region."""
    regions = [str(row.get("region")) for row in figure_rows(register.pack, setting)]
    place = {"parameter": setting.parameter, "day": setting.start, "figure": setting.figure}
    if not regions:
        yield Finding("law.check.no_rows", place)
    if len(set(regions)) < len(regions):
        yield Finding("law.check.many_rows", place)


def _overlaps(register: Register) -> Iterator[Finding]:
    """No two values of a parameter and region hold at once."""
    stated = [one for setting in register.settings for one in stated_values(register.pack, setting)]
    groups: dict[tuple[str, str], list[Value]] = {}
    for one in stated:
        groups.setdefault((one.parameter, one.region), []).append(one)
    for (parameter, region), values in groups.items():
        for first, second in pairwise(sorted(values, key=lambda one: one.start)):
            if second.start == first.start or (first.end is not None and second.start < first.end):
                values_of = {"parameter": parameter, "region": region, "day": second.start.isoformat()}
                yield Finding("law.check.overlap", values_of)


def _conventions(register: Register) -> Iterator[Finding]:
    """The days of an instrument are in order, and the domestic act is not later than the deposit."""
    for one in register.conventions:
        yield from _treaty_days(one)
        act, since = register.by_id.get(one.act), certain(one.since)
        adopted = earliest(act.adopted) if act is not None else None
        if adopted is not None and since is not None and adopted > since:
            yield Finding("law.check.act_after_deposit", {"convention": one.id, "act": one.act, "day": one.since})
        if one.ended and not one.ended_by:
            yield Finding("law.check.treaty_end", {"convention": one.id, "day": one.ended})


def _treaty_days(one: Convention) -> Iterator[Finding]:
    """Adoption, signature, deposit, binding force, end: each not before the one before it."""
    written = [day for day in (one.adopted, one.signed, one.since, one.binding, one.ended) if day]
    for first, second in pairwise(written):
        begin, end = earliest(first), certain(second)
        if begin is not None and end is not None and end < begin:
            yield Finding("law.check.treaty_order", {"convention": one.id, "first": first, "second": second})


def _texts(register: Register) -> Iterator[Finding]:
    """Titles, names and texts stand in all languages or in none."""
    texts: Iterable[tuple[str, Texts]] = (
        *((one.id, part) for one in register.acts for part in (one.titles, one.texts)),
        *((f"{one.act} > {one.target}", one.texts) for one in register.changes),
        *((one.id, part) for one in register.parameters for part in (one.names, one.texts)),
        *((one.id, part) for one in register.conventions for part in (one.titles, one.reservations, one.texts)),
        *((f"{one.convention} {one.id}", part) for one in register.obligations for part in (one.texts, one.reasons)),
    )
    wanted = set(register.pack.languages) & set(words.LANGUAGES)
    for name, part in texts:
        missing = sorted(wanted - set(part)) if part else []
        if missing:
            yield Finding("law.check.language", {"name": name, "missing": ", ".join(missing)})


def _sources(register: Register) -> Iterator[Finding]:
    """Every source is one of the pack's."""
    known = set(register.pack.sources()["id"]) if register.acts or register.conventions else set()
    named = {one.source for part in (register.acts, register.changes, register.settings) for one in part}
    named |= {one.source for part in (register.conventions, register.obligations) for one in part}
    for name in sorted(named - known):
        yield Finding("law.check.source", {"name": name})


def _events(register: Register) -> Iterator[Finding]:
    """An event that is an act (column `act` of events.csv) has the day of the act."""
    events = register.pack.events()
    if "act" not in events.columns:
        return
    for event, name, day in events.select("id", "act", "date").drop_nulls("act").rows():
        act = register.by_id.get(name)
        if act is None:
            yield Finding("law.check.unknown", {"file": "events", "name": name})
        elif day not in (act.adopted, act.in_force_from):
            yield Finding("law.check.event", {"event": event, "act": name, "day": day or "–"})
