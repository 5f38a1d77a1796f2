"""Adding a file to a person's own tables: everything, or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from qonys import words
from qonys.catalog.digest import file_digest
from qonys.catalog.importing.ages import with_age_columns
from qonys.catalog.importing.boundaries import say_smaller_regions
from qonys.catalog.importing.lacking import refuse_lacking
from qonys.catalog.importing.multiples import multiplied
from qonys.catalog.importing.opening import opened
from qonys.catalog.importing.repeats import distinguished, with_telling_columns
from qonys.catalog.importing.sums import PLACES as PARTNERS
from qonys.catalog.importing.sums import refuse_total_labels
from qonys.catalog.importing.translate import translated
from qonys.catalog.importing.understand import ReadingOptions, Understanding, understanding
from qonys.catalog.importing.validate import against_earlier, first_rows, in_file, validated, whole_persons
from qonys.catalog.locks import exclusive
from qonys.catalog.pack import Pack
from qonys.catalog.places import write_ready
from qonys.catalog.reading.formats.raw import RawTable, refuse_broken
from qonys.catalog.reading.labels.observations import live_rows
from qonys.catalog.reading.labels.totals import LabelColumns, SaidLabels, without_totals
from qonys.catalog.reading.labels.vocabulary import codes_by_word, plain
from qonys.catalog.reading.labels.world import say_world_regions
from qonys.catalog.reading.numbers.no_value import Marks, with_values, without_na
from qonys.catalog.reading.rows import rows_where
from qonys.catalog.rules.findings import Finding
from qonys.catalog.schema import Resource
from qonys.catalog.user_tables import UserTable, user_folder, user_frame, user_tables, write_user_table
from qonys.errors import BadInput

POSITION = "__position__"


class ImportRefused(BadInput):
    """A file was read, and its rows cannot be taken; `findings` holds every reason."""

    def __init__(self, path: str, findings: tuple[Finding, ...]) -> None:
        super().__init__("catalog.add.refused", path=path)
        self.path = path
        self.findings = findings

    def sentence(self, language: str = "en") -> str:
        """The first reason as one sentence, and how many more there are."""
        more = len(self.findings) - 1
        return words.text(
            self.key,
            language,
            path=self.path,
            finding=self.findings[0].sentence(language),
            more=words.plural("catalog.add.more", more, language) if more else "",
        )


@dataclass(frozen=True)
class PreparedTable:
    """A file read and understood; `rows` are row numbers of the file, `findings` what is wrong."""

    understood: Understanding
    frame: pl.DataFrame
    rows: pl.Series
    findings: tuple[Finding, ...]
    sources: Mapping[str, str]


def prepared(pack: Pack, path: Path, table: str, options: ReadingOptions) -> PreparedTable:
    """Read, understand, translate and validate a file; nothing is written.

    Raises
    ------
    BadInput
        The file cannot be opened or understood at all.
    UnknownName
        The pack has no such table.

    """
    resource = pack.resources_of(table)[0]
    raw = _data_rows(opened(path, pack, table, options), resource, options)
    rows, marks = without_na(path, raw.numbered, options.file.na)
    raw = raw.with_rows(rows)
    understood = understanding(raw, pack, table, options)
    raw, marks = _without_totals(raw, marks, understood, resource.region_columns, options)
    understood = replace(understood, rows=raw.frame.height)
    refuse_lacking(raw, understood, resource)
    refuse_broken(raw, [guess.file_column for guess in understood.mapping], raw.rows, options.file.na)
    raw = raw.with_rows(with_values(path, raw.numbered, marks, _value_columns(pack, understood)))
    raw, factors = multiplied(raw, understood, pack, options)
    frame, unread = translated(raw, understood, pack, factors)
    say_smaller_regions(frame, pack, resource, understood)
    titles = _new_sources(pack, understood, options)
    findings = list(unread)
    if not unread:
        refuse_total_labels(raw, frame, understood, pack, options)
        known = {*pack.sources()["id"].to_list(), *titles, *_user_sources(pack)}
        distinction = distinguished(frame, raw, understood, resource)
        if options.file.factor is None and not factors:
            findings += in_file(whole_persons(frame, pack.table(table), resource), raw.rows, understood)
        findings += with_telling_columns(validated(frame, raw.rows, understood, pack, known), distinction)
        findings += _repeated(pack, table, frame, raw.rows)
    return PreparedTable(understood, frame, raw.rows, first_rows(findings), titles)


def _data_rows(raw: RawTable, resource: Resource, options: ReadingOptions) -> RawTable:
    """The rows that the person chooses, without those that the file says are deleted or empty, ages in figures."""
    raw = raw.with_rows(rows_where(raw.path, raw.numbered, options.file.where))
    known = codes_by_word("columns")
    values = [name for name in raw.frame.columns if known.get(plain(name.partition(":")[0])) == "value"]
    raw = raw.with_rows(live_rows(raw.path, raw.numbered, options.mapping, values))
    return with_age_columns(raw, resource, options)


def _without_totals(
    raw: RawTable, marks: Marks, understood: Understanding, places: Sequence[str], options: ReadingOptions
) -> tuple[RawTable, Marks]:
    """The rows without totals among regions and ages, less what the person leaves out, and their marks of no value."""
    columns = {name: column for name in places if (column := understood.file_column(name)) is not None}
    kinds = columns if len(columns) > 1 else dict(zip(["region"], columns.values(), strict=False))
    age = understood.file_column("age_start")
    kinds = kinds if age is None else {**kinds, "age_start": age}
    said = SaidLabels(options.file.exclude, options.file.keep)
    rows = raw.numbered.with_columns(pl.int_range(raw.frame.height).alias(POSITION))
    rows = without_totals(raw.path, rows, LabelColumns(kinds, called=raw.labels), said)
    for partner in filter(None, map(understood.file_column, PARTNERS)):
        say_world_regions(raw.path, rows, LabelColumns({"residence": partner}, called=raw.labels), said)
    kept = rows[POSITION].to_list()
    return raw.with_rows(rows.drop(POSITION)), {name: mark[kept] for name, mark in marks.items()}


def _value_columns(pack: Pack, understood: Understanding) -> set[str]:
    values = pack.resources_of(understood.table)[0].values
    return {guess.file_column for guess in understood.mapping if guess.column in values}


def _repeated(pack: Pack, table: str, frame: pl.DataFrame, rows: pl.Series) -> tuple[Finding, ...]:
    return against_earlier(frame, rows, user_frame(pack, table), pack.resources_of(table)[0])


def _user_sources(pack: Pack) -> set[str]:
    return {source for item in user_tables(pack) for source in item.sources}


def _new_sources(pack: Pack, understood: Understanding, options: ReadingOptions) -> dict[str, str]:
    """The source that the options describe, if the pack does not know it."""
    source = understood.constants.get("source")
    if source is None or not options.source_title or source in pack.sources()["id"].to_list():
        return {}
    return {source: options.source_title}


def add_file(
    pack: Pack, path: Path, table: str, options: ReadingOptions, ready: PreparedTable | None = None
) -> UserTable:
    """Add all rows of a file to a person's own tables, or none of them; `ready` where the file was prepared already.

    Figures that disagree with the pack are taken: they stand beside the pack's as a conflict.

    Raises
    ------
    ImportRefused
        A row breaks a rule, or states what the person has already added from the same source.
    BadInput
        The file cannot be opened or understood.

    """
    ready = ready or prepared(pack, path, table, options)
    if ready.findings:
        raise ImportRefused(str(path), ready.findings)
    folder = write_ready(user_folder(pack), "XDG_DATA_HOME")
    with exclusive(folder / ".lock"):
        again = _repeated(pack, table, ready.frame, ready.rows)
        if again:
            raise ImportRefused(str(path), again)
        about = _about(pack, path, table, ready)
        write_user_table(pack, about, ready.frame)
    return about


def _about(pack: Pack, path: Path, table: str, ready: PreparedTable) -> UserTable:
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    digest = file_digest(path)
    mark = hashlib.sha256(f"{now} {digest}".encode()).hexdigest()[:12]
    return UserTable(
        id=f"{table}-{now[:10]}-{mark}",
        table=table,
        rows=ready.frame.height,
        sources=dict(ready.sources),
        added=now,
        file=path.name,
        file_digest=digest,
        mapping={guess.file_column: guess.column for guess in ready.understood.mapping},
        pack=pack.name,
        pack_digest=pack.digest(),
    )
