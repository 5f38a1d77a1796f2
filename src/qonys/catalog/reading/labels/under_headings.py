"""Rows below a heading such as «из них» in a long file: parts of the row above it, or rows of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from qonys.catalog.reading.labels.sums import answers
from qonys.catalog.reading.labels.totals import KINDS, OTHER, SaidLabels, listed, means_total
from qonys.catalog.reading.labels.vocabulary import plain, words_of
from qonys.errors import BadInput


def refuse_under_headings(path: Path, rows: pl.DataFrame, labels: Mapping[str, str], said: SaidLabels) -> None:
    """Refuse rows below a heading of parts: where these end, and other rows begin, only the person knows.

    Below a heading that follows a total stand the rows themselves: they are read.

    Parameters
    ----------
    path
        The file, for errors.
    rows
        Texts in the order of the file.
    labels
        Name -> column of the file where labels stand.
    said
        What the person says: a column of which a label is left out, be it the heading, is not asked about.

    Raises
    ------
    BadInput
        Names the rows and the options that answer.

    """
    headings, answered = words_of("of", "part"), {item.partition("=")[0] for item in said.exclude}
    for name, column in labels.items():
        if column in answered or not any(plain(str(text)) in headings for text in rows[column].drop_nulls().unique()):
            continue
        kept, others = said.kept(column), [one for one in labels.values() if one != column]
        found = list(_below(rows, column, others, KINDS.get(name, OTHER), kept))
        if found:
            heading, whole, _ = found[0]
            parts = list(dict.fromkeys(part for _, _, part in found))
            raise BadInput(
                "catalog.totals.under_heading", path=str(path), column=column, heading=heading, whole=whole,
                labels=listed(parts), exclude=answers((column, part) for part in parts)["exclude"],
                own=answers([(column, heading)])["exclude"],
            )  # fmt: skip


def _below(
    rows: pl.DataFrame, column: str, others: list[str], kind: str, kept: frozenset[str]
) -> Iterator[tuple[str, str, str]]:
    """Heading, the row that it stands below, and the label of each row under it, up to a total or to other labels."""
    before: tuple[object, ...] | None = None
    whole = heading = ""
    for text, *own in rows.select(column, *others).iter_rows():
        label, place = str(text or "").strip(), tuple(own)
        if place != before:
            whole, heading, before = "", "", place
        if plain(label) in words_of("of", "part") and label not in kept:
            heading = label if whole and not means_total(whole, kind) else ""
        elif heading and not means_total(label, kind):
            if label and label not in kept:
                yield heading, whole, label
        else:
            whole, heading = label, ""
