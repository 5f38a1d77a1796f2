"""What a file lacks for a table: all of it told at once, with the options that say it, as they are typed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from qonys.catalog.importing.understand import Understanding
from qonys.catalog.reading.advice import OPEN, typed
from qonys.catalog.reading.formats.raw import RawTable
from qonys.catalog.reading.labels.vocabulary import codes_by_word, plain
from qonys.catalog.reading.proposals import proposed
from qonys.catalog.reading.times.years import possible_year
from qonys.catalog.reading.times.years_across import year_above
from qonys.catalog.reading.wanted import Wanted
from qonys.catalog.schema import Resource
from qonys.errors import BadInput

SHOWN, YEAR = 6, "year"
WORDED = ("sex", "area", "status", "unit")
PUBLISHED = ("official", "estimate", "secondary", "derived", "projection")


def refuse_lacking(raw: RawTable, understood: Understanding, resource: Resource) -> None:
    """Raise where columns of the table, the source or the status lack.

    The sentence has the options for all of them: a likely column of the file, else a value to fill in (`OPEN`) with
    those that a column may have.

    Raises
    ------
    BadInput
        Names all that lacks; of source and status alone the key says which, so that they can be asked for.

    """
    lacks = [
        need for need in ("source", "status")
        if understood.file_column(need) is None and need not in understood.constants
    ]  # fmt: skip
    if not lacks and not understood.missing:
        return
    understood = replace(understood, missing=_not_across(raw, understood, resource))
    options = [*_of_columns(raw, understood, resource), *(_SAID[need] for need in lacks)]
    path, text, statuses = str(raw.path), " ".join(options), ", ".join(PUBLISHED)
    if understood.missing:
        columns, found = ", ".join((*understood.missing, *lacks)), ", ".join(raw.frame.columns)
        known = "; ".join(_known(resource, name) for name in understood.missing if _values(resource, name))
        key = "catalog.add.missing_known" if known else "catalog.add.missing_column"
        said = {"known": known} if known else {}
        raise BadInput(key, path=path, table=understood.table, column=columns, found=found, options=text,
                       statuses=statuses, **said)  # fmt: skip
    if len(lacks) == 2:
        raise BadInput("catalog.add.no_source_status", path=path, options=text, known=statuses)
    if lacks == ["source"]:
        raise BadInput("catalog.add.no_source", path=path, options=text)
    raise BadInput("catalog.add.no_status", path=path, known=statuses)


_SAID = {"source": typed("--source-title", OPEN), "status": f"--status {OPEN}"}


def _not_across(raw: RawTable, understood: Understanding, resource: Resource) -> tuple[str, ...]:
    """What lacks, without years and figures where years stand above columns: these are read when the rest is said."""
    years = [name for name in raw.frame.columns if possible_year(name) is not None or year_above(name) is not None]
    rest = tuple(name for name in understood.missing if name not in (YEAR, *resource.values))
    return rest if len(years) > 1 and YEAR in understood.missing and rest else understood.missing


def _of_columns(raw: RawTable, understood: Understanding, resource: Resource) -> list[str]:
    likely = proposed(
        raw.frame, understood.missing, {guess.column: guess.file_column for guess in understood.mapping},
        _wanted(resource),
    )  # fmt: skip
    held = {name: set(raw.frame[column].drop_nulls().unique()) for name, column in likely.items()}
    likely = {name: column for name, column in likely.items() if _can_be(resource, name, held[name])}
    return [
        typed("--map", f"{likely[name]}={name}") if name in likely else typed("--set", f"{name}={OPEN}")
        for name in understood.missing
    ]


def _can_be(resource: Resource, name: str, texts: Collection[object]) -> bool:
    """Whether texts can be those of a column: where its values are known, all are values or words for them."""
    known = {plain(value) for value in _values(resource, name)}
    if known and name in WORDED:
        known |= {*codes_by_word(name)}
    return not known or all(plain(str(text)) in known for text in texts)


def _wanted(resource: Resource) -> Wanted:
    """The table's columns as a method asks for them."""
    whole = tuple(one.name for one in resource.fields if one.type == "integer")
    numbers = tuple(one.name for one in resource.fields if one.type == "number")
    labels = tuple(one.name for one in resource.fields if one.name not in (*whole, *numbers))
    return Wanted(labels=labels, whole=whole, numbers=numbers)


def _values(resource: Resource, name: str) -> tuple[str, ...]:
    return next((field.enum for field in resource.fields if field.name == name), ())


def _known(resource: Resource, name: str) -> str:
    """The values that a column may have."""
    return f"{name}: {', '.join(_values(resource, name)[:SHOWN])}"
