"""Rows of a survey file that are no respondents: totals below them, with a word for a total and no answers."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from qonys.catalog.reading.advice import typed
from qonys.catalog.reading.labels.totals import means_total
from qonys.catalog.reading.labels.vocabulary import codes_by_word, plain
from qonys.catalog.reading.numbers.writing import decimal_sign, parsed_number
from qonys.surveys.columns import file_rows, names_of
from qonys.words.notes import note


def is_total(label: str) -> bool:
    """Whether a label of a survey file means all: a total, both sexes, all areas.

    Examples
    --------
    >>> is_total("Итого"), is_total("Both sexes"), is_total("Абай")
    (True, True, False)

    """
    word = plain(label)
    known = codes_by_word("sex").get(word) == "both" or codes_by_word("area").get(word) == "total"
    return known or means_total(label)


def kept_labels(name: str, keep: Collection[str]) -> set[str]:
    """Labels of a column that the person keeps with ``COLUMN=LABEL``."""
    return {label for column, _, label in (item.partition("=") for item in keep) if column == name}


def without_rows(frame: pl.DataFrame, marked: pl.Series, name: str, labels: Collection[str]) -> pl.DataFrame:
    """The frame less the `marked` rows of totals, which stand in the column `name` as `labels`; it is said."""
    first = sorted(labels)[0]
    note(
        "surveys.note.totals", column=name, label=", ".join(sorted(labels)), n=int(marked.sum()),
        option=typed("--keep", f"{name}={first}"), rows=file_rows(frame, marked.to_numpy()),
    )  # fmt: skip
    return frame.filter(~marked)


def without_whole_rows(frame: pl.DataFrame, keep: Collection[str] = ()) -> pl.DataFrame:
    """Respondents without rows of totals: a word for a total among numbers, or where no question in words is answered.

    A label that a respondent with answers has too is an answer ("all" of several), and its rows stay.

    Parameters
    ----------
    frame
        The file, before texts that are numbers are made numbers.
    keep
        ``VARIABLE=LABEL`` that is an answer.

    """
    texts = [name for name in names_of(frame) if frame.schema[name] == pl.String]
    for name in texts:
        stripped = frame[name].str.strip_chars()
        kept = kept_labels(name, keep)
        totals = {text for text in stripped.drop_nulls().unique() if text and text not in kept and is_total(text)}
        if not totals:
            continue
        with_word = stripped.is_in(sorted(totals)).fill_null(value=False)
        if with_word.all() or not _sums(frame, texts, name, with_word):
            continue
        frame = without_rows(frame, with_word, name, totals)
    return frame


def _sums(frame: pl.DataFrame, texts: Collection[str], name: str, with_word: pl.Series) -> bool:
    """Whether the rows with a word for a total stand among numbers, or answer no question that is asked in words."""
    rest = frame.filter(~with_word)
    if _all_numbers(rest[name]):
        return True
    worded = [one for one in texts if one != name and not _all_numbers(rest[one])]
    said = frame.filter(with_word).select(worded)
    return bool(worded) and all(not _filled(said[one]).len() for one in worded)


def _filled(texts: pl.Series) -> pl.Series:
    return texts.str.strip_chars().replace("", None).drop_nulls()


def _all_numbers(texts: pl.Series) -> bool:
    """Whether a column holds numbers and nothing else, written with either sign."""
    known = _filled(texts).unique()
    sign = decimal_sign(known) or "."
    return bool(known.len()) and all(parsed_number(text, sign) is not None for text in known)
