"""Texts of records as values: days, places by their date, sexes, events, ages; what cannot be read has no value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.catalog import Pack
from qonys.catalog.reading.labels.names import coded_names, region_names
from qonys.catalog.reading.labels.vocabulary import codes_by_word, plain
from qonys.catalog.reading.rows import NUMBER
from qonys.catalog.reading.times.dates import date_of, with_dates
from qonys.kernels.registers.pairing import ARRIVAL, DEPARTURE, MOVE
from qonys.registers.staging import Texts

EPOCH = date.fromordinal(719_163)  # day 0 of `datetime64`
NONE = np.int32(-(2**31))
EVENTS: Mapping[str, int] = {"move": MOVE, "arrival": ARRIVAL, "departure": DEPARTURE}
SEXES = ("female", "male")
NUMBERED = {"1": "male", "2": "female"}
OLDEST_AGE = 130
Days = NDArray[np.int32]


def days_of(path: Path, texts: Texts, column: str, order: str) -> Days:
    """The day of each text, (texts,), days since 1 January 1970; `NONE` where it is no day.

    `order`: what the person says of day and month in dates whose year is last; else the column decides.

    Raises
    ------
    BadInput
        Day and month may be either and nothing decides.

    """
    if order:
        found = [date_of(text, order) for text in texts.texts]
    else:
        frame = pl.DataFrame(
            {column: pl.Series(texts.texts, dtype=pl.String), NUMBER: pl.Series(texts.rows, dtype=pl.Int64)}
        )
        read = with_dates(path, frame, column)[column]
        found = [date_of(text) for text in read]
    return np.array([NONE if day is None else (day - EPOCH).days for day in found], dtype=np.int32)


def births_of(path: Path, texts: Texts, column: str, order: str) -> tuple[Days, Days]:
    """Day and year of birth of each text, (texts,) each; a text may be a year alone. `NONE` where there is none."""
    years = np.array([int(text) if _is_year(text) else NONE for text in texts.texts], dtype=np.int32)
    dated = Texts([text if year == NONE else "" for text, year in zip(texts.texts, years, strict=True)], texts.rows)
    days = days_of(path, dated, column, order)
    of_days = [NONE if day == NONE else date.fromordinal(EPOCH.toordinal() + int(day)).year for day in days]
    return days, np.where(years == NONE, np.array(of_days, dtype=np.int32), years)


def _is_year(text: str) -> bool:
    return len(text) == 4 and text.isascii() and text.isdigit()


@dataclass(frozen=True)
class PlaceNames:
    """Codes of the places of a register in order, and how texts of a file mean them."""

    pack: Pack

    def codes_of(self, texts: Sequence[str], years: Sequence[int]) -> dict[tuple[str, int | None], str]:
        """Code of each text; with a year where the text is a name that does not hold in all years."""
        regions, countries = region_names(self.pack), coded_names(self.pack, "partner")
        found: dict[tuple[str, int | None], str] = {}
        for text in texts:
            if regions.means_whole(text):
                found[text, None] = self.pack.whole
                continue
            if regions.code(text) is None and regions.dated_name(text) is not None:
                for year in years:
                    code = regions.region_of(text, year)
                    if code is not None:
                        found[text, year] = code
                continue
            code = regions.region_of(text) or countries.code(text)
            if code is not None:
                found[text, None] = code
        return found


def place_table(
    texts: Sequence[str], years: Sequence[int], codes: Mapping[tuple[str, int | None], str], places: Sequence[str]
) -> NDArray[np.int16]:
    """Number of the place that a text means in a year, (texts + 1, years); -1: unknown; last row: empty cell, -2."""
    table = np.full((len(texts) + 1, len(years)), -1, dtype=np.int16)
    table[-1] = EMPTY
    number = {code: at for at, code in enumerate(places)}
    for row, text in enumerate(texts):
        if (text, None) in codes:
            table[row] = number[codes[text, None]]
            continue
        for at, year in enumerate(years):
            if (text, year) in codes:
                table[row, at] = number[codes[text, year]]
    return table


EMPTY = -2


def events_of(texts: Sequence[str]) -> NDArray[np.int16]:
    """`MOVE`, `ARRIVAL` or `DEPARTURE` of each text, (texts,); -1 where it is none.

    Examples
    --------
    >>> events_of(["Прибытие", "departure", "marriage"]).tolist()
    [1, 2, -1]

    """
    words = codes_by_word("record_events")
    return np.array([EVENTS.get(words.get(plain(text), ""), -1) for text in texts], dtype=np.int16)


def sexes_of(texts: Sequence[str]) -> NDArray[np.int16]:
    """0 female, 1 male of each text, (texts,); -1 where it is neither. Texts 1 and 2 alone are of ISO/IEC 5218.

    Examples
    --------
    >>> sexes_of(["Ж", "ер", "x"]).tolist(), sexes_of(["1", "2"]).tolist()
    ([0, 1, -1], [1, 0])

    """
    known = NUMBERED if set(texts) <= {*NUMBERED, "0", "9"} else codes_by_word("sex")
    codes = [known.get(plain(text), "") for text in texts]
    return np.array([SEXES.index(code) if code in SEXES else -1 for code in codes], dtype=np.int16)


def ages_of(texts: Sequence[str]) -> NDArray[np.int16]:
    """Completed years of each text, (texts,); -1 where it is no age.

    Examples
    --------
    >>> ages_of(["0", "34", "34.0", "-1", "1000"]).tolist()
    [0, 34, 34, -1, -1]

    """
    plain_ages = [text.removesuffix(".0").removesuffix(",0") for text in texts]
    good = [int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else -1 for text in plain_ages]
    return np.array([age if age <= OLDEST_AGE else -1 for age in good], dtype=np.int16)


def groups_of(pack: Pack, texts: Sequence[str]) -> list[str]:
    """Code of the group of each text where the pack knows it, else the text.

    Examples
    --------
    >>> from qonys.catalog import open_pack
    >>> groups_of(open_pack("kazakhstan"), ["Казахи", "qazaq", "X"])
    ['kazakh', 'qazaq', 'X']

    """
    names = coded_names(pack, "ethnic_group")
    return [names.code(text) or text for text in texts]
