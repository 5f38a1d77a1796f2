"""Totals among the labels of a table: what is the sum of other rows is not one more place, sex, age or group.

A label that means a total in words is left out and said. One that only its numbers show (it equals the sum of the
others in every column) is asked about: it may be a place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from qonys.catalog.reading.labels.alphabets import say_look_alikes
from qonys.catalog.reading.labels.vocabulary import plain, words_of
from qonys.catalog.reading.rows import NUMBER
from qonys.errors import BadInput
from qonys.words.notes import note

PLACE, SEX, AGE, TIME, OTHER = "place", "sex", "age", "time", "other"
KINDS: Mapping[str, str] = {
    **dict.fromkeys(("origin", "destination", "birthplace", "residence", "region"), PLACE),
    "sex": SEX,
    **dict.fromkeys(("age", "age_start"), AGE),
    **dict.fromkeys(("time", "period", "year"), TIME),
}
CODES = frozenset({"_t", "_tot"})
KNOWN = (PLACE, SEX, AGE, "label")
AMBIGUOUS = frozenset({"t", "mf", "m f", "persons", "people"})
DASHES = frozenset("-–—−‐‑―…") | {"--", "---", "..", "...", "."}
SHOWN = 6


@dataclass(frozen=True)
class LabelColumns:
    """Columns whose labels may be totals.

    Attributes
    ----------
    names
        Name of the method -> column of the file.
    apart
        Names whose labels are each treated by itself: a total does no harm there.
    called
        For a column of codes, what the file calls each of them.
    whole
        Column of the file -> labels that are the whole country beside its regions.

    """

    names: Mapping[str, str]
    apart: frozenset[str] = frozenset()
    called: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    whole: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def kind(self, column: str) -> str:
        """What the labels of a column of the file are: place, sex, age, time or other."""
        return next((KINDS.get(name, OTHER) for name, own in self.names.items() if own == column), OTHER)

    def total(self, column: str, label: str) -> bool:
        """Whether a label of a column, or what the file calls it, means a total."""
        kind = self.kind(column)
        if label in self.whole.get(column, ()):
            return True
        return means_total(label, kind) or means_total(self.called.get(column, {}).get(label, ""), kind)


@dataclass(frozen=True)
class SaidLabels:
    """Labels that a person says are left out (`exclude`), or are kept as they are (`keep`): ``FILE_COLUMN=LABEL``."""

    exclude: Sequence[str] = ()
    keep: Sequence[str] = ()

    def kept(self, column: str) -> frozenset[str]:
        """Labels of a column that are kept."""
        split = (item.partition("=") for item in self.keep)
        return frozenset(label.strip() for name, _, label in split if name == column)


def without_totals(path: Path, rows: pl.DataFrame, columns: LabelColumns, said: SaidLabels) -> pl.DataFrame:
    """Rows without those that a person leaves out, without headings and parts of other rows, and without totals.

    What is left out is said.

    Parameters
    ----------
    path
        The file, for errors and notes.
    rows
        Texts, with the number of each row in the file in the column `NUMBER`.
    columns
        Where labels stand.
    said
        What the person says.

    Raises
    ------
    BadInput
        A place is a dash; only totals are left; an option that names no column.

    """
    rows = _excluded(path, rows, said)
    for name, column in columns.names.items():
        rows = _without_parts(path, rows, name, column, said)
    _refuse_dashes(path, rows, columns, said)
    gone = pl.Series([False] * rows.height, dtype=pl.Boolean)
    for name, column in columns.names.items():
        totals = _totals(rows[column], column, columns, said.kept(column))
        if not totals:
            continue
        if name in columns.apart:
            note("catalog.totals.apart", path=str(path), column=column, labels=listed(totals), first=totals[0])
            continue
        own = rows[column].str.strip_chars().is_in(totals).fill_null(value=False)
        _say_left(path, rows, column, totals, own)
        gone = gone | own
    if rows.height and gone.all():
        raise BadInput("catalog.totals.nothing_left", path=str(path), rows=rows.height)
    _refuse_periods_of_totals(path, rows, columns, gone)
    return rows.filter(~gone)


def means_total(text: str, kind: str = OTHER) -> bool:
    """Whether a label means the total of others in a column of a kind: place, sex, age, time or other.

    Examples
    --------
    >>> means_total("Всего по области"), means_total("_T"), means_total("T"), means_total("T", "sex")
    (True, True, False, True)

    """
    if text.strip().casefold() in CODES:
        return True
    words = plain(text)
    kinds = (PLACE, SEX, AGE) if kind == OTHER else (kind,)
    own = [words_of(one, "total") for one in ("label", *kinds) if one in KNOWN]
    if any(words in known for known in own) and not (kind == OTHER and words in AMBIGUOUS):
        return True
    split, edges = words.split(), words_of("edge", "total")
    return len(split) > 0 and (split[0] in edges or split[-1] in edges)


def _excluded(path: Path, rows: pl.DataFrame, said: SaidLabels) -> pl.DataFrame:
    """Rows less those that the person leaves out; labels that nobody has are said."""
    names = [name for name in rows.columns if not name.startswith("__")]
    for option, items in (("--exclude", said.exclude), ("--keep", said.keep)):
        for item in items:
            column, sign, label = item.partition("=")
            if not sign:
                raise BadInput("catalog.totals.pair", option=option, given=item)
            if column not in names:
                say_look_alikes(path, [column], names)
                raise BadInput("catalog.long.no_column", path=str(path), column=column, found=", ".join(names))
            own = rows[column].str.strip_chars().fill_null("") == label.strip()
            if not own.any():
                say_look_alikes(path, [label.strip()], _labels(rows[column]))
                note("catalog.reading.unmet", path=str(path), option=option, value=item)
            elif option == "--exclude":
                rows = rows.filter(~own)
    if not rows.height:
        where = "; ".join(f"--exclude {one}" for one in said.exclude)
        raise BadInput("catalog.long.no_rows", path=str(path), where=where)
    return rows


def _without_parts(path: Path, rows: pl.DataFrame, name: str, column: str, said: SaidLabels) -> pl.DataFrame:
    """Rows less those whose label is a part of another row («в том числе»)."""
    labels = _labels(rows[column])
    names = {plain(label) for label in labels}
    parts = [label for label in labels if _is_part(label, names) and label not in said.kept(column)]
    if not parts:
        return rows
    own = rows[column].str.strip_chars().is_in(parts).fill_null(value=False)
    note("catalog.totals.parts", path=str(path), column=column, n=int(own.sum()), labels=listed(parts), first=parts[0])
    return rows.filter(~own)


def _is_part(label: str, names: Set[str] = frozenset()) -> bool:
    """Whether a label is a heading of parts, or a part of the row above it or of the one of `names` it begins with."""
    words = plain(label)
    if any(words == start or words.startswith(f"{start} ") for start in words_of("of", "part")):
        return True
    return any(words.partition(f" {start} ")[0] in names - {words} for start in words_of("of", "part"))


def _refuse_dashes(path: Path, rows: pl.DataFrame, columns: LabelColumns, said: SaidLabels) -> None:
    for name, column in columns.names.items():
        if KINDS.get(name, OTHER) == TIME:
            continue
        bare = rows[column].str.strip_chars()
        own = bare.is_in([*(DASHES - said.kept(column))]).fill_null(value=False)
        if own.any():
            index = int(own.arg_true()[0])
            values = {"path": str(path), "row": rows[NUMBER][index], "column": column, "text": bare[index]}
            raise BadInput("catalog.totals.dash", n=int(own.sum()), **values)


def _totals(texts: pl.Series, column: str, columns: LabelColumns, kept: frozenset[str]) -> list[str]:
    """Labels that mean a total, where there are others beside them."""
    labels = _labels(texts)
    totals = [label for label in labels if columns.total(column, label) and label not in kept]
    return totals if len(totals) < len(labels) else []


def _labels(column: pl.Series) -> list[str]:
    return [label for label in column.drop_nulls().str.strip_chars().unique(maintain_order=True).to_list() if label]


def _say_left(path: Path, rows: pl.DataFrame, column: str, totals: Sequence[str], own: pl.Series) -> None:
    first = int(rows[NUMBER].filter(own)[0])
    shown = {"labels": listed(totals), "first": totals[0], "row": first}
    note("catalog.totals.left_out", path=str(path), column=column, n=int(own.sum()), **shown)


def _refuse_periods_of_totals(path: Path, rows: pl.DataFrame, columns: LabelColumns, gone: pl.Series) -> None:
    """Refuse where a whole period has nothing but totals: leaving them out would lose it."""
    for name, column in columns.names.items():
        if KINDS.get(name) != TIME or not gone.any():
            continue
        before, after = (set(_labels(part)) for part in (rows[column], rows.filter(~gone)[column]))
        gone_for_good = (label for label in _labels(rows[column]) if label in before - after)
        lost = [label for label in gone_for_good if not columns.total(column, label)]
        if lost:
            others = [c for n, c in columns.names.items() if n != name]
            of_lost = rows.filter(gone & (rows[column].str.strip_chars() == lost[0]))
            held = ((c, t) for c in others for t in _labels(of_lost[c]) if columns.total(c, t))
            where, total = next(held, (column, lost[0]))
            raise BadInput(
                "catalog.totals.lost", path=str(path), column=column, labels=listed(lost), where=where, total=total
            )


def listed(labels: Sequence[str]) -> str:
    """The first labels, and how many more there are."""
    return ", ".join(labels[:SHOWN]) + (f" (+{len(labels) - SHOWN})" if len(labels) > SHOWN else "")


def say_within(path: str, frame: pl.DataFrame, within: str) -> None:
    """Say how many moves go from a place to itself, and what becomes of them: left_out, beside, kept."""
    if not within or not {"origin", "destination", "value"} <= set(frame.columns):
        return
    own = frame.filter((pl.col("origin") == pl.col("destination")) & (pl.col("value") != 0))
    if own.height:
        moves = f"{float(own['value'].sum()):,.15g}"
        note(f"catalog.totals.within.{within}", path=path, n=own.height, moves=moves, first=str(own["origin"][0]))
