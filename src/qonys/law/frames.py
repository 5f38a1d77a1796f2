"""The register as tables in a language: what the commands, Python and the pages show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import polars as pl

from qonys.law.records import BASE, Act, Change, Convention, said
from qonys.law.register import Register
from qonys.law.timeline import entries
from qonys.law.values import Value

ACT = {"act": pl.String, "act_type": pl.String, "number": pl.String, "topic": pl.String, "title": pl.String,
       "adopted": pl.String, "valid_from": pl.String, "valid_from_is": pl.String, "valid_to": pl.String,
       "ended_by": pl.String, "status": pl.String, "source": pl.String}  # fmt: skip
VALUE = {"parameter": pl.String, "name": pl.String, "region": pl.String, "value": pl.Float64, "unit": pl.String,
         "valid_from": pl.String, "valid_to": pl.String, "act": pl.String, "article": pl.String, "status": pl.String,
         "source": pl.String}  # fmt: skip
TREATY = {"convention": pl.String, "title": pl.String, "body": pl.String, "participation": pl.String,
          "joined": pl.String, "binding": pl.String, "act": pl.String, "reservation": pl.String, "status": pl.String,
          "source": pl.String}  # fmt: skip
CHANGE = {"date": pl.String, "act": pl.String, "change": pl.String, "target": pl.String, "article": pl.String,
          "text": pl.String, "status": pl.String, "source": pl.String}  # fmt: skip
EVENT = {"date": pl.String, "what": pl.String, "topic": pl.String, "id": pl.String, "title": pl.String}
COVERAGE = {"convention": pl.String, "title": pl.String, "participation": pl.String, "obligation": pl.String,
            "article": pl.String, "act": pl.String, "domestic_article": pl.String, "cover": pl.String,
            "reason": pl.String, "status": pl.String, "source": pl.String}  # fmt: skip
OWN_TERM = "own_term"  # what ended an act whose term ran out
LOOKED = {"topic": pl.String, "year_start": pl.Int64, "year_end": pl.Int64, "acts": pl.Int64, "search": pl.String}
MOVED = {"what": pl.String, "id": pl.String, "title": pl.String, "region": pl.String, "before": pl.Float64,
         "after": pl.Float64, "unit": pl.String}  # fmt: skip


def _frame(rows: Iterable[Sequence[Any]], schema: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def _blank(text: str) -> str | None:
    return text or None


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def acts_frame(acts: Iterable[Act], language: str) -> pl.DataFrame:
    """Acts with the day since which they hold, and whether that day was read or is the day of adoption."""
    return _frame((_act_row(one, language) for one in acts), ACT)


def _act_row(one: Act, language: str) -> tuple[Any, ...]:
    return (
        one.id, one.type, _blank(one.number), one.topic, said(one.titles, language), one.adopted, _iso(one.begins),
        "in_force" if one.day_is_read else "adoption", _blank(one.in_force_to), _blank(one.ended_by), one.status,
        one.source,
    )  # fmt: skip


def with_own_terms(frame: pl.DataFrame) -> pl.DataFrame:
    """Acts for people: one that ended by its own term is said to, not to have ended itself.

    Examples
    --------
    >>> with_own_terms(pl.DataFrame({"act": ["a", "b"], "ended_by": ["a", "c"]}))["ended_by"].to_list()
    ['own_term', 'c']

    """
    if not {"act", "ended_by"} <= {*frame.columns}:
        return frame
    own = pl.col("ended_by") == pl.col("act")
    return frame.with_columns(ended_by=pl.when(own).then(pl.lit(OWN_TERM)).otherwise("ended_by"))


def values_frame(register: Register, values: Iterable[Value], language: str) -> pl.DataFrame:
    """Values of parameters with their days, act and source."""
    known = {one.id: one for one in register.parameters}
    rows = []
    for one in values:
        about = known.get(one.parameter)
        name, unit = (said(about.names, language), about.unit) if about is not None else (None, None)
        rows.append(
            (one.parameter, name, one.region, one.value, unit, one.since, _iso(one.end), one.act,
             _blank(one.article), one.status, one.source)
        )  # fmt: skip
    return _frame(rows, VALUE)


def conventions_frame(conventions: Iterable[Convention], language: str) -> pl.DataFrame:
    """Instruments with the country's state, days, domestic act and reservation."""
    return _frame(
        (
            (one.id, said(one.titles, language), one.body, one.state, _blank(one.since), _blank(one.binding),
             _blank(one.act), _blank(said(one.reservations, language)), one.status, one.source)
            for one in conventions
        ),
        TREATY,
    )  # fmt: skip


def changes_frame(changes: Iterable[Change], language: str) -> pl.DataFrame:
    """Changes by date: which act, what it does, to which act and article."""
    return _frame(
        (
            (one.date, one.act, one.kind, one.target, _blank(one.article), _blank(said(one.texts, language)),
             one.status, one.source)
            for one in changes
        ),
        CHANGE,
    )  # fmt: skip


def on_frames(register: Register, day: date, language: str, *, regions: bool = False) -> dict[str, pl.DataFrame]:
    """What held on a day: acts that make rules, values (of regions too where asked), instruments that bind."""
    acts = [one for one in register.in_force(day) if one.role == BASE]
    whole = register.pack.whole
    values = [one for one in register.values_on(day) if regions or one.region == whole]
    return {
        "acts": acts_frame(acts, language),
        "parameters": values_frame(register, values, language),
        "conventions": conventions_frame(register.binding(day), language),
    }


def timeline_frame(register: Register, language: str, topic: str | None = None) -> pl.DataFrame:
    """Adoptions, entries into force, ends, changes and treaties, by date."""
    found = [one for one in entries(register) if topic in (None, one.topic)]
    return _frame(((one.date, one.what, one.topic, one.name, said(one.titles, language)) for one in found), EVENT)


def coverage_frame(register: Register, language: str) -> pl.DataFrame:
    """Obligations with the domestic articles that answer them; an instrument without any has one row."""
    rows: list[tuple[Any, ...]] = []
    for one in register.conventions:
        own = [duty for duty in register.obligations if duty.convention == one.id]
        head = (one.id, said(one.titles, language), one.state)
        rows += [
            (*head, said(duty.texts, language), duty.article, _blank(duty.act), _blank(duty.domestic_article),
             duty.cover, _blank(said(duty.reasons, language)), duty.status, duty.source)
            for duty in own
        ]  # fmt: skip
        if not own:
            rows.append((*head, None, None, _blank(one.act), None, "unknown", None, one.status, one.source))
    return _frame(rows, COVERAGE)


def looked_for_frame(register: Register) -> pl.DataFrame:
    """The register's own coverage by topic and period."""
    return _frame(register.looked_for(), LOOKED)


def diff_frame(register: Register, first: date, second: date, language: str) -> pl.DataFrame:
    """What came, what went and which values moved between two days."""
    rows: list[tuple[Any, ...]] = []
    for name, titles, before, after in (
        *((one.id, one.titles, one.holds(first), one.holds(second)) for one in register.acts if one.role == BASE),
        *((one.id, one.titles, one.holds(first), one.holds(second)) for one in register.conventions),
    ):
        if before != after:
            rows.append(("gone" if before else "come", name, said(titles, language), None, None, None, None))
    known = {one.id: one for one in register.parameters}
    old, new = (_by_place(register.values_on(day)) for day in (first, second))
    for parameter, region in sorted({*old, *new}):
        before_value, after_value = old.get((parameter, region)), new.get((parameter, region))
        if before_value != after_value:
            title = said(known[parameter].names, language) if parameter in known else None
            unit = known[parameter].unit if parameter in known else None
            rows.append(("value", parameter, title, region, before_value, after_value, unit))
    return _frame(rows, MOVED)


def _by_place(values: Iterable[Value]) -> dict[tuple[str, str], float]:
    return {(one.parameter, one.region): one.value for one in values}
