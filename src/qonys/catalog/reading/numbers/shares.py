"""Shares of persons where numbers of persons are expected: what says so in a file, and the numbers per person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import polars as pl

from qonys.catalog.reading.labels.totals import means_total
from qonys.catalog.reading.labels.vocabulary import plain, words_of
from qonys.catalog.reading.numbers.rates import bases_said
from qonys.catalog.reading.numbers.statements import is_indicator, unit_columns
from qonys.catalog.reading.numbers.units import Places
from qonys.words.each import in_each
from qonys.words.notes import note

_HUNDRED = re.compile(r"100(?:[.,]0+)?\s*%?")
_ROUNDED = 1.01
_LEAST = 2
HUNDRED = 100.0


def per_whole(path: Path, frame: pl.DataFrame, places: Places) -> pl.DataFrame:
    """Shares as parts of one, which is said; numbers of persons as they are.

    Parameters
    ----------
    path
        The file, for notes.
    frame
        Columns read already, under the names of the method.
    places
        What of the file may say it: the header, the unit or the indicator of all rows, else a title whose base the
        largest number does not exceed, as also totals say that were left out (`totals_of_hundred`). Its `counts` are
        the columns, each with its name in `frame`.

    """
    rows = places.rows
    speaking = [name for name in rows.columns if name in unit_columns(rows.columns) or is_indicator(name)]
    for column, name in places.counts.items():
        most = float(frame[name].max() or 0.0)  # type: ignore[arg-type]
        cells = [text for one in speaking if one != column for text in _of_all(rows[one], most)]
        base, text = _base([column, *cells], most) or _base(places.titles, most, titles=True) or (1.0, "")
        if base == 1.0:
            continue
        note("catalog.reading.shares", path=str(path), column=column, per=in_each(base), text=text)
        divided = frame[name] / base
        if bool((divided != divided.round()).any()):
            frame = frame.with_columns(divided.alias(name))
    return frame


def totals_of_hundred(before: pl.DataFrame, after: pl.DataFrame, labels: Iterable[str], value: str) -> tuple[str, ...]:
    """What totals that were left out say of percentages: each of them, in several rows, is 100.

    Parameters
    ----------
    before, after
        Texts of the rows with and without the totals.
    labels, value
        Columns of labels and of the number.

    Examples
    --------
    >>> rows = pl.DataFrame({"region": ["A", "A", "B", "B"], "group": ["x", "Total"] * 2, "n": ["62", "100"] * 2})
    >>> totals_of_hundred(rows, rows.filter(group="x"), ["group"], "n")
    ('Total, %: 100',)

    """
    found = []
    for column in labels:
        gone = [text for text in before[column].unique(maintain_order=True) if text not in set(after[column])]
        for label in (text for text in gone if text is not None and means_total(text)):
            cells = before.filter(pl.col(column) == label)[value].drop_nulls().str.strip_chars().to_list()
            if len(cells) >= _LEAST and all(_HUNDRED.fullmatch(cell) for cell in cells):
                found.append(f"{label}, %: 100")
    return tuple(found)


def _of_all(texts: pl.Series, most: float) -> list[str]:
    """The texts of a column where every row says a base."""
    found = [str(text or "") for text in texts.unique(maintain_order=True)]
    return found if all(_base([text], most) for text in found) else []


def _base(texts: Iterable[str], most: float, *, titles: bool = False) -> tuple[float, str] | None:
    """The first base that a text says, and the text; a title says none that the largest number exceeds."""
    for text in texts:
        bases = _bases(text, most)
        fitting = [base for base in bases if not titles or most <= base * _ROUNDED]
        if fitting:
            return fitting[0], text
    return None


def _bases(text: str, most: float) -> Mapping[float, str]:
    said = bases_said([text])
    words = f" {plain(text)} "
    if not said and 1 < most <= HUNDRED * _ROUNDED and any(f" {one} " in words for one in words_of("of", "share")):
        return {HUNDRED: text}
    return said
