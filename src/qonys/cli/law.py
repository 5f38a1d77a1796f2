"""``qonys law``: what held on a day, the life of an act, the value of a parameter, coverage of treaties, faults."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from qonys import words
from qonys.cli.help import new_app
from qonys.cli.options import settings
from qonys.cli.printing import heading, print_frame
from qonys.cli.written import figure
from qonys.errors import BadInput

if TYPE_CHECKING:
    from datetime import date as Date

    import polars as pl

    from qonys.law import Register

app = new_app("law", "cli.command.law")
INDEX = "mci"  # what allowances and fees are multiples of
MULTIPLE = "mci"  # their unit
Day = Annotated[str, Parameter(help="cli.law.day")]
CODES = {
    "act_type": "type", "topic": "topic", "valid_from_is": "since", "participation": "state", "change": "change",
    "what": "what", "cover": "cover", "search": "search", "unit": "unit", "status": "status", "body": "body",
    "ended_by": "ended_by",
}  # fmt: skip


def _register() -> Register:
    from qonys.catalog import open_pack
    from qonys.law import law_register

    return law_register(open_pack(settings().pack)).needed()


def _label(column: str, code: str) -> str | None:
    """The name of a code; None where the code itself is shown."""
    language = settings().language
    if column == "region":
        from qonys.catalog import open_pack
        from qonys.errors import UnknownName

        try:
            return open_pack(settings().pack).region_name(code, language)
        except UnknownName:
            return None
    key = f"law.code.{CODES[column]}.{code}" if column in CODES else ""
    return words.text(key, language) if words.has(key, language) else None


@app.command(name="on", help="cli.command.law.on")
def on(day: Day, /, *, regions: Annotated[bool, Parameter(help="cli.law.regions", negative=())] = False) -> int:
    """Acts in force on a day, values of parameters and binding instruments."""
    from qonys.law import day_of
    from qonys.law.frames import on_frames, with_own_terms
    from qonys.law.records import BASE

    register, language, when = _register(), settings().language, day_of(day)
    frames = on_frames(register, when, language, regions=regions)
    _say_ends(register, when)
    if settings().format == "json":
        print(json.dumps({name: frame.to_dicts() for name, frame in frames.items()}, ensure_ascii=False, indent=1))
        return 0
    if settings().format == "csv":
        print_frame(_together(frames))
        return 0
    aside = sum(one.role != BASE for one in register.in_force(when))
    footers = {"acts": [words.plural("law.on.aside", aside, language)]} if aside else {}
    shown = {} if when.year < register.years[0] else frames
    for number, (name, frame) in enumerate(shown.items()):
        print(("\n" if number else "") + words.text(f"law.part.{name}", language, day=when.isoformat()))
        print_frame(with_own_terms(frame.drop("source")), label=_label, footer=footers.get(name, ()))
    return 0


def _say_ends(register: Register, when: Date) -> None:
    """Say that a day lies outside of the years that the register knows."""
    first, last = register.years
    year, day = when.year, when.isoformat()
    if year > last:
        print(words.text("law.on.after", settings().language, day=day, last=last), file=sys.stderr)
    elif year < first:
        print(words.text("law.on.before", settings().language, day=day, first=first), file=sys.stderr)


def _together(frames: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """The parts of a day in one table, each row with the name of its part."""
    import polars as pl

    return pl.concat([frame.with_columns(pl.lit(name).alias("part")) for name, frame in frames.items()], how="diagonal")


@app.command(name="show", help="cli.command.law.show")
def show(act: Annotated[str, Parameter(help="cli.law.act")], /) -> int:
    """An act: its dates, what it did, what it changed and what changed it, the parameters that it sets."""
    from qonys.law.frames import acts_frame, changes_frame, values_frame, with_own_terms
    from qonys.law.records import said

    register, language = _register(), settings().language
    found = register.act(act)
    path = found.path(register.pack.country.get("code", ""))
    parts = {
        "changed": changes_frame(register.changed_by(found.id), language).drop("act"),
        "changed_by": changes_frame(register.changes_of(found.id), language).drop("target"),
        "sets": values_frame(register, [one for one in register.values if one.act == found.id], language).drop("act"),
    }
    facts = acts_frame([found], language)
    if settings().format != "table":
        document = {**facts.to_dicts()[0], "text": said(found.texts, language), "path": path}
        document |= {name: frame.to_dicts() for name, frame in parts.items()}
        print(json.dumps(document, ensure_ascii=False, indent=1))
        return 0
    print(said(found.titles, language))
    for column, value in with_own_terms(facts).drop("title").to_dicts()[0].items():
        if value is not None:
            print(f"  {heading(column, language)}: {_label(column, value) or value}")
    print(f"  {words.text('law.path', language)}: {path}")
    if found.texts:
        print(f"  {said(found.texts, language)}")
    for name, frame in parts.items():
        if frame.height:
            print(f"\n{words.text(f'law.part.{name}', language)}")
            print_frame(frame.drop("source"), label=_label)
    return 0


@app.command(name="value", help="cli.command.law.value")
def value(
    parameter: Annotated[str, Parameter(help="cli.law.parameter")], /, *,
    date: Annotated[str | None, Parameter(help="cli.law.date", negative=())] = None,
    region: Annotated[str, Parameter(help="cli.law.region", negative=())] = "",
) -> int:  # fmt: skip
    """The value of a parameter on a day, or all its values with the days on which they hold."""
    from qonys.law import day_of
    from qonys.law.frames import values_frame
    from qonys.law.records import said

    register, language = _register(), settings().language
    about = register.parameter(parameter)
    if date is None:
        if region:
            raise BadInput("law.value.region_without_day", region=region)
        found = register.history(about.id)
    else:
        found = (register.value(parameter, day_of(date), region),)
    footer = [said(about.texts, language)] if about.texts else []
    footer += [line for line in (_money(register, parameter, date),) if line]
    print_frame(values_frame(register, found, language), label=_label, footer=footer)
    return 0


def _money(register: Register, parameter: str, day: str | None) -> str | None:
    """What a multiple of the index was worth on a day, where both are known."""
    from qonys.law import day_of

    about = register.parameter(parameter)
    if about.unit != MULTIPLE or day is None:
        return None
    index = [one for one in register.values_on(day_of(day), INDEX) if one.region == register.pack.whole]
    if not index:
        return None
    language, multiple = settings().language, register.value(parameter, day_of(day)).value
    return words.text(
        "law.value.money", language, multiple=figure(multiple, language), index=figure(index[0].value, language),
        product=figure(multiple * index[0].value, language),
    )  # fmt: skip


@app.command(name="timeline", help="cli.command.law.timeline")
def timeline(*, topic: Annotated[str | None, Parameter(help="cli.law.topic", negative=())] = None) -> int:
    """Everything that is dated, by date."""
    from qonys.law.frames import timeline_frame

    register, chosen = _register(), _known_topic(topic)
    print_frame(timeline_frame(register, settings().language, chosen), label=_label)
    return 0


def _known_topic(topic: str | None) -> str | None:
    from qonys.catalog.pack import nearest
    from qonys.law.names import known_as, plain
    from qonys.law.records import TOPICS

    same = None if topic is None else known_as(topic, TOPICS)
    if topic is not None and same is None:
        said = plain(topic)
        raise BadInput("law.topic.unknown", topic=said, near=nearest(said, TOPICS), known=", ".join(TOPICS))
    return same


@app.command(name="coverage", help="cli.command.law.coverage")
def coverage(*, searched: Annotated[bool, Parameter(help="cli.law.searched", negative=())] = False) -> int:
    """Obligations of instruments with the articles that answer them; with `searched` the gaps of the register."""
    from qonys.law.frames import coverage_frame, looked_for_frame

    register = _register()
    frame = looked_for_frame(register) if searched else coverage_frame(register, settings().language)
    print_frame(frame.drop("source", strict=False) if settings().format == "table" else frame, label=_label)
    return 0


@app.command(name="check", help="cli.command.law.check")
def check() -> int:
    """The faults of the register; exit code 1 where there are any."""
    from qonys.law import law_findings

    register, language = _register(), settings().language
    found = [one.sentence(language) for one in law_findings(register)]
    if settings().format == "json":
        print(json.dumps(found, ensure_ascii=False, indent=1))
        return 1 if found else 0
    for sentence in found:
        print(sentence)
    counts = {
        name: words.integer(len(getattr(register, name)), language)
        for name in ("acts", "changes", "values", "conventions")
    }
    if found:
        print(words.plural("law.check.sum", len(found), language, **counts))
    else:
        print(words.text("law.check.clean", language, **counts))
    return 1 if found else 0


@app.command(name="diff", help="cli.command.law.diff")
def diff(first: Day, second: Day, /) -> int:
    """Acts and instruments that came and went, and values that moved, between two days."""
    from qonys.law import day_of
    from qonys.law.frames import diff_frame

    register = _register()
    days = day_of(first), day_of(second)
    written = {"first": days[0].isoformat(), "second": days[1].isoformat()}
    if days[1] < days[0]:
        raise BadInput("law.diff.order", **written)
    language = settings().language
    found = diff_frame(register, *days, language)
    for one in days:
        _say_ends(register, one)
    if found.is_empty() and settings().format == "table":
        same = days[0] == days[1]
        print(words.text("law.diff.same" if same else "law.diff.nothing", language, day=written["first"], **written))
        return 0
    print_frame(found, label=_label, footer=[words.text("law.diff.note", language)])
    return 0


app.command("qonys.cli.effect:of_act", name="effect", help="cli.command.law.effect")
