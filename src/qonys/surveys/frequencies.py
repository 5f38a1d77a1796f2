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
from qonys.catalog.reading.labels.totals import means_total
from qonys.catalog.reading.labels.vocabulary import codes_by_word, plain
from qonys.errors import BadInput
from qonys.surveys.columns import file_rows, names_of, require
from qonys.surveys.reading import Microdata
from qonys.words.notes import note

MOST = 2_000_000


def repeated(data: Microdata, column: str, weight: str = "", keep: Collection[str] = ()) -> Microdata:
    """The respondents of a table that counts them in `column`; the data as they are where it is empty.

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
        kept = {label for column, _, label in (item.partition("=") for item in keep) if column == name}
        texts = frame[name]
        totals = sorted(text for text in texts.drop_nulls().unique() if text not in kept and _total(text))
        marked = texts.is_in(totals).fill_null(value=False)
        if not marked.any():
            continue
        note(
            "surveys.note.totals", column=name, label=", ".join(totals), n=int(marked.sum()),
            option=typed("--keep", f"{name}={totals[0]}"), rows=file_rows(frame, marked.to_numpy()),
        )  # fmt: skip
        frame = frame.filter(~marked)
    return replace(data, frame=frame)


def _total(label: str) -> bool:
    word = plain(label)
    known = codes_by_word("sex").get(word) == "both" or codes_by_word("area").get(word) == "total"
    return known or means_total(label)
