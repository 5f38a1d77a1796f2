"""Ages in the columns of a table: what is printed becomes the first and the last age of each group.

The rows of one series (all that the other labels have in common) may not have groups that overlap, nor, where a method
needs ages one after the other, gaps between them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import polars as pl

from qonys.catalog.reading.labels.totals import SaidLabels
from qonys.catalog.reading.numbers.bounds import AGE, BOUNDS
from qonys.catalog.reading.rows import NUMBER
from qonys.catalog.reading.times.age_notation import (
    Ages,
    age_group,
    bare,
    gap,
    last_in_doubt,
    looks_dated,
    overlapping,
)
from qonys.catalog.reading.wanted import STARTS, USUAL, Wanted
from qonys.errors import BadInput, RefusedCells
from qonys.words.notes import note

START, END, LABEL = "age_start", "age_end", "age"
NAMES = frozenset({START, END, LABEL})
ENDS = "{} …"
NOTHING_SAID = SaidLabels()


def with_ages(
    path: Path, rows: pl.DataFrame, used: Mapping[str, str], wanted: Wanted, said: SaidLabels = NOTHING_SAID
) -> tuple[pl.DataFrame, dict[str, str]]:
    """Rows whose ages are written as machines write them, and the columns used: `age_end` is added where ages end.

    Parameters
    ----------
    path
        The file, for errors.
    rows
        Texts, with the number of each row in the file in the column `NUMBER`.
    used
        Name of the method -> column of the file.
    wanted
        Names the method asks for: `age_start` and `age_end` are numbers, `age` is a label.
    said
        Labels that the person keeps as they are.

    Raises
    ------
    BadInput
        A text is no age, or an age is impossible; a number comes last after groups of ages; groups of one series
        overlap or leave a gap.

    """
    rows, found = _joined(rows, used)
    if START in used:
        column = used[START]
        groups = _groups(path, rows, column)
        if END in used:
            _groups(path, rows, used[END])
        else:
            refuse_doubtful_last(path, column, groups, said)
            groups = _of_starts(groups, rows[column])
            _refuse_overlaps(path, rows, groups, (used, START), wanted)
            if END in wanted.names and any(group.end != group.start for group in groups.values()):
                ends = ENDS.format(column)
                rows = rows.with_columns(_texts(rows[column], groups, END).alias(ends))
                found[END] = ends
        rows = rows.with_columns(_texts(rows[column], groups, START).alias(column))
    elif LABEL in found and _any_age(rows[found[LABEL]]):
        column = found[LABEL]
        groups = _groups(path, rows, column)
        refuse_doubtful_last(path, column, groups, said)
        groups = _of_starts(groups, rows[column])
        _refuse_overlaps(path, rows, groups, (found, LABEL), wanted)
        rows = rows.with_columns(_texts(rows[column], groups, LABEL).alias(column))
    return rows, found


def read_age(path: Path, row: object, column: str, text: str) -> Ages:
    """The age group of a cell.

    Raises
    ------
    BadInput
        The text is no age, may mean two groups, or is beyond what people reach.

    """
    shown = {"path": str(path), "row": row, "column": column, "value": text}
    group = age_group(text)
    if group is None:
        raise BadInput(f"catalog.ages.{'date' if looks_dated(text) else 'none'}", **shown)
    most = BOUNDS[AGE][1]
    if max(group.start, group.end or 0) > most:
        raise BadInput("catalog.ages.impossible", **shown, most=int(most))
    return group


def refuse_doubtful_last(path: Path, column: str, groups: Mapping[str, Ages], said: SaidLabels) -> None:
    """Ask about a number that comes last after groups of ages (80-84, 85), unless it is kept as the age that it is.

    Raises
    ------
    BadInput
        The age alone or all ages above it may be meant.

    """
    doubt = last_in_doubt(groups)
    if doubt is not None and doubt[1].strip() not in said.kept(column):
        raise BadInput("catalog.ages.last", path=str(path), column=column, group=doubt[0], value=doubt[1].strip())


def _groups(path: Path, rows: pl.DataFrame, column: str) -> dict[str, Ages]:
    """The group of every text of a column; the first rows with faulty ones are named."""
    first = rows.group_by(column, maintain_order=True).agg(pl.col(NUMBER).first())
    found: dict[str, Ages] = {}
    faults: list[tuple[object, str, BadInput]] = []
    for text, row in zip(first[column], first[NUMBER], strict=True):
        if text is not None and text.strip():
            try:
                found[text] = read_age(path, row, column, text)
            except BadInput as error:
                faults.append((row, text, error))
    if faults:
        own = faults[0][2]
        others = [(row, text) for row, text, error in faults[1:] if error.key == own.key]
        raise RefusedCells(own.key, others, **own.values)
    return found


def _any_age(texts: pl.Series) -> bool:
    """Whether a column of labels holds ages; "young" and "old" are labels like any others."""
    return any(age_group(str(text)) is not None for text in texts.drop_nulls().unique())


def _of_starts(groups: Mapping[str, Ages], texts: pl.Series) -> dict[str, Ages]:
    """Where bare numbers stand beside an open group and no other, they begin groups that reach up to the next.

    So in 0, 5, 10, 85+; beside 1-4 a 0 is the single age 0, and 0, 1, 2 … 85+ are single ages either way.
    """
    plain = {text: group for text, group in groups.items() if bare(text)}
    rest = [group for text, group in groups.items() if text not in plain]
    starts = sorted({group.start for group in groups.values()})
    if not plain or len(rest) == 0 or any(group.end is not None for group in rest):
        return dict(groups)
    following = dict(pairwise(starts))
    return {
        text: Ages(group.start, following.get(group.start, group.start + 1) - 1) if text in plain else group
        for text, group in groups.items()
    }


def _refuse_overlaps(
    path: Path, rows: pl.DataFrame, groups: Mapping[str, Ages], where: tuple[Mapping[str, str], str], wanted: Wanted
) -> None:
    """Refuse groups of one series that overlap, and gaps where starts are asked for; a gap of labels is said."""
    used, name = where
    column = used[name]
    distinct = {*groups.values()}
    if all(bare(text) for text in groups) or (overlapping(distinct) is None and gap(distinct) is None):
        return
    said = False
    keys = [own for one, own in used.items() if one in wanted.keys and one != name]
    for series in _series(rows, keys, column):
        texts = {groups[text]: text for text in series if text in groups}
        both, apart = overlapping(texts), gap(texts)
        if both is not None:
            pair = [texts[one] for one in both]
            rows_of = [int(rows[NUMBER].filter((rows[column] == text).fill_null(value=False))[0]) for text in pair]
            raise BadInput(
                "catalog.ages.overlap", path=str(path), column=column, first=pair[0], second=pair[1], row=rows_of[0],
                other=rows_of[1],
            )  # fmt: skip
        if apart is not None and not said:
            values = {"path": str(path), "column": column, "first": texts[apart[0]], "second": texts[apart[1]]}
            if name == START:
                raise BadInput("catalog.ages.gap", **values)
            note("catalog.ages.gap_said", **values)
            said = True


def _series(rows: pl.DataFrame, keys: Sequence[str], column: str) -> list[list[str]]:
    """The ages of each series, each once: of rows that have all other labels in common."""
    if not keys:
        return [rows[column].unique(maintain_order=True).to_list()]
    found = rows.group_by(keys, maintain_order=True).agg(pl.col(column).unique(maintain_order=True))
    return found[column].unique(maintain_order=True).to_list()


def _joined(rows: pl.DataFrame, used: Mapping[str, str]) -> tuple[pl.DataFrame, dict[str, str]]:
    """Where a method wants ages as labels and the file has their first and last in two columns: both as one label."""
    column = used.get(LABEL, "")
    ends = {name.strip().lower(): name for name in rows.columns if name not in used.values()}
    end = next((ends[name] for name in USUAL[END] if name in ends), None)
    if end is None or column.strip().lower() not in STARTS:
        return rows, dict(used)
    both = pl.when(pl.col(end).is_null()).then(pl.col(column) + "+").otherwise(pl.col(column) + "-" + pl.col(end))
    return rows.with_columns(both.alias(column)), dict(used)


def _texts(column: pl.Series, groups: Mapping[str, Ages], part: str) -> pl.Series:
    """The texts of a column as the first age, the last age or the group."""

    def written(group: Ages) -> str | None:
        if part == START:
            return str(group.start)
        if part == END:
            return None if group.end is None else str(group.end)
        return str(group)

    texts = [None if text is None or text not in groups else written(groups[text]) for text in column]
    return pl.Series(column.name, texts, dtype=pl.String)
