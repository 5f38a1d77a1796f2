"""Frequency weights: rows that represent several respondents with the same answers.

A frequency is the number of respondents that a row of an aggregated table stands for (StataCorp, User's Guide,
section 20.24.1, fweight; SPSS: WEIGHT BY). It says nothing of how they were drawn, which the sampling weight does:
a row of frequency f and weight w is f respondents of weight w each, so that estimates, errors and tests are those of
the file with one row a respondent. A total row among them is no row of respondents and is left out.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np
import polars as pl

from qonys.catalog.reading.advice import typed
from qonys.catalog.reading.labels.vocabulary import plain
from qonys.errors import BadInput
from qonys.surveys.columns import file_rows, names_of, require
from qonys.surveys.reading import Microdata
from qonys.surveys.whole_rows import is_total, kept_labels, without_rows
from qonys.words.notes import note

MOST = 2_000_000
NAMES = frozenset(
    plain(name) for name in (
        "frequency", "freq", "respondents", "number of respondents", "частота", "число респондентов",
        "количество респондентов", "респондентов", "респонденты", "опрошено", "число опрошенных",
        "количество опрошенных", "число ответов", "количество ответов", "число ответивших", "количество ответивших",
        "жиілік", "жиілігі", "респонденттер", "респонденттер саны", "респондент саны", "сұралғандар",
        "сұралғандар саны", "жауаптар саны", "жауап бергендер саны",
    )
)  # fmt: skip


def repeated(data: Microdata, column: str, weight: str = "", keep: Collection[str] = ()) -> Microdata:
    """The respondents of a table that counts them in `column`; the data as they are where it is empty.

    A column that looks like such a count though none is named is said.

    Parameters
    ----------
    data
        The table, a row a combination of answers; rows of totals are left out, and this is said.
    column, weight
        Columns of frequencies, and of weights.
    keep
        ``COLUMN=LABEL`` that is no total though it looks like one.

    Raises
    ------
    BadInput
        There is no such column, it is the weight too, a frequency is missing, negative or not whole, or there are more
        than two million respondents or none.

    Examples
    --------
    >>> import polars as pl
    >>> table = Microdata(pl.DataFrame({"answer": ["yes", "no"], "n": [2.0, 1.0]}))
    >>> repeated(table, "n").frame["answer"].to_list()
    ['yes', 'yes', 'no']

    """
    if not column:
        _say_likely(data, weight)
        return data
    require(data.frame, column, "--frequency")
    if column == weight:
        raise BadInput("surveys.frequency.weight", column=column)
    data = _without_totals(data, keep)
    times, weights = data.numbers(column, counted=True), typed("--weight", column)
    bad = (times.is_null() | (times < 0) | (times != times.floor())).fill_null(value=True).to_numpy()
    if bad.any():
        raise BadInput("surveys.frequency.not_whole", column=column, rows=file_rows(data.frame, bad), option=weights)
    people = int(times.sum())
    if people > MOST:
        raise BadInput("surveys.frequency.many", column=column, n=people, most=MOST, option=weights)
    if people == 0:
        raise BadInput("surveys.no_rows")
    none = int((times == 0).sum())
    if none:
        note("surveys.note.frequency_none", n=none, column=column)
    places = np.repeat(np.arange(data.frame.height), times.to_numpy().astype(np.int64))
    note("surveys.note.frequency", column=column, rows=data.frame.height - none, n=people)
    return replace(data, frame=data.frame[places])


def _without_totals(data: Microdata, keep: Collection[str]) -> Microdata:
    """The rows that are no totals of the others."""
    frame = data.frame
    for name in names_of(frame):
        if frame.schema[name] != pl.String:
            continue
        kept, texts = kept_labels(name, keep), frame[name]
        totals = {text for text in texts.drop_nulls().unique() if text not in kept and is_total(text)}
        marked = texts.is_in(sorted(totals)).fill_null(value=False)
        if marked.any():
            frame = without_rows(frame, marked, name, totals)
    return replace(data, frame=frame)


def _say_likely(data: Microdata, weight: str) -> None:
    """Say which column looks like the number of respondents of each row, where none is named."""
    for name in names_of(data.frame):
        counts = data.frame[name]
        if name == weight or plain(name) not in NAMES or not counts.dtype.is_numeric():
            continue
        known = counts.drop_nulls().cast(pl.Float64)
        if known.len() and bool(((known >= 0) & (known == known.floor())).all()) and bool((known > 1).any()):
            rows = data.frame.height
            note("surveys.note.likely_frequency", column=name, rows=rows, option=typed("--frequency", name))
