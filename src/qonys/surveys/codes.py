"""Codes and blanks of survey files as other programs write them.

97, "97" and "97.0" are one code, in the data and in whatever names it. R, pandas, Excel, Stata and SPSS write no
answer in their own ways (`BLANKS`); "NA" in a column of two-letter country codes is Namibia.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from string import ascii_lowercase

import polars as pl

from qonys.catalog.reading.cells import numbers_in
from qonys.catalog.reading.choices import FileChoices
from qonys.catalog.reading.labels.vocabulary import codes_by_word, plain
from qonys.catalog.reading.numbers.signs import said_signs
from qonys.catalog.reading.numbers.writing import MACHINE, Signs, decimal_sign, parsed_number
from qonys.surveys.whole_rows import kept_labels

BLANKS = frozenset(
    {"NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NaT", "NULL", "#NULL!", "#Н/Д", "."}
) | {f".{letter}" for letter in ascii_lowercase}  # Stata's extended missing values: .a to .z
NAMIBIA = "NA"
PLACES = frozenset({"region", "origin", "destination", "partner", "citizenship"})
MANY_COUNTRIES = 6
EXACT_DIGITS = 15
_WHOLE = re.compile(r"([+-]?\d+)[.,]0{1,2}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_LONG = re.compile(rf"[+-]?\d{{{EXACT_DIGITS + 1},}}")
_PADDED = re.compile(r"[+-]?0\d+")


@dataclass(frozen=True)
class Tidied:
    """A frame with numbers as numbers, and what stood for no answer: column, text, number of cells."""

    frame: pl.DataFrame
    blanks: Mapping[str, Mapping[str, int]]


def code_of(text: str, numeric: bool) -> str:
    """A code as it is compared: a whole number without its decimals; in a column of numbers without leading zeros.

    Examples
    --------
    >>> code_of("97.0", False), code_of(" 97,00 ", False), code_of("01", True), code_of("01", False)
    ('97', '97', '1', '01')

    """
    found = text.strip()
    whole = _WHOLE.fullmatch(found)
    found = whole[1] if whole else found
    if not numeric:
        return found
    number = parsed_number(found, decimal_sign([found]) or ".")
    return found if number is None else _number_text(number)


def _number_text(number: float) -> str:
    return str(int(number)) if number == int(number) and abs(number) < 10**EXACT_DIGITS else repr(number)


def as_texts(series: pl.Series) -> pl.Series:
    """Values as texts; whole numbers without a decimal point.

    Examples
    --------
    >>> as_texts(pl.Series([1.0, 2.5, None])).to_list()
    ['1', '2.5', None]
    >>> as_texts(pl.Series(["97", "97.0", "yes"])).to_list()
    ['97', '97', 'yes']

    """
    known = series.drop_nulls().unique()
    if series.dtype.is_float():
        known = known.filter(known.is_not_nan())
        texts = {value: _number_text(value) if abs(value) < float("inf") else str(value) for value in known}
    elif series.dtype == pl.String:
        texts = {value: code_of(value, numeric=False) for value in known}
    else:
        return series.cast(pl.String)
    if not texts:
        return pl.Series(series.name, [None] * len(series), dtype=pl.String)
    found = series.replace_strict(list(texts), list(texts.values()), default=None, return_dtype=pl.String)
    return found.alias(series.name)


def tidied(frame: pl.DataFrame, choices: FileChoices, typed: Collection[str] = ()) -> Tidied:
    """Columns of texts as numbers where every value is one and no code would be lost by it; blanks as nulls.

    Signs are those that the person names, then those that the column shows, then those of the other columns. A column
    whose signs may mean thousands or fractions stays text until it is asked for as numbers.

    Parameters
    ----------
    frame
        Texts; columns of other types stay as they are.
    choices
        What the person says about the file.
    typed
        Columns that the file itself stores as numbers.

    """
    texts: dict[str, pl.Series] = {}
    blanks: dict[str, dict[str, int]] = {}
    for series in frame.select(pl.col(pl.String)).iter_columns():
        stripped = series.str.strip_chars().replace("", None)
        written = _blanks(stripped, kept_labels(series.name, choices.keep))
        if written:
            blanks[series.name] = {text: int((stripped == text).sum()) for text in sorted(written)}
        texts[series.name] = stripped.replace(sorted(written), [None] * len(written)) if written else stripped
    known = {name: column.drop_nulls().unique() for name, column in texts.items()}
    shown = {name: _shown(name in typed, values, choices) for name, values in known.items()}
    decided = {signs for name, signs in shown.items() if signs and _decides(known[name], signs)}
    elsewhere = next(iter(decided)) if len(decided) == 1 else None
    new = {name: _numbers(column, known[name], shown[name] or elsewhere) for name, column in texts.items()}
    return Tidied(frame.with_columns(**new), blanks)


def _shown(typed: bool, known: pl.Series, choices: FileChoices) -> Signs | None:
    if typed:
        return MACHINE
    sign = decimal_sign(known)
    return said_signs(choices) or (None if sign is None else Signs(sign))


def _decides(known: pl.Series, signs: Signs) -> bool:
    """Whether a column is of numbers and shows which sign is the decimal."""
    signed = known.filter(known.str.contains("[,.]"))
    return bool(len(signed)) and decimal_sign(signed) is not None and not numbers_in(known, signs).null_count()


def _blanks(texts: pl.Series, kept: set[str]) -> set[str]:
    found = set(texts.drop_nulls().unique())
    return {text for text in found & BLANKS if text not in kept and not (text == NAMIBIA and _countries(texts))}


def _countries(texts: pl.Series) -> bool:
    """Whether a column holds two-letter codes of countries, by its name or by having many of them."""
    others = set(texts.drop_nulls().unique()) - BLANKS
    if not others or not all(_COUNTRY.fullmatch(text) for text in others):
        return False
    named = codes_by_word("columns").get(plain(texts.name)) in PLACES
    return named or len(others) >= MANY_COUNTRIES


def _numbers(texts: pl.Series, known: pl.Series, signs: Signs | None) -> pl.Series:
    if signs is None or any(_LONG.fullmatch(text) for text in known):
        return texts
    if not len(known):
        return texts.cast(pl.Float64)
    numbers = dict(zip(known, numbers_in(known, signs), strict=True))
    padded = {text for text in known if _PADDED.fullmatch(text)}
    lost = {numbers[text] for text in padded} & {numbers[text] for text in known if text not in padded}
    if lost or None in numbers.values():
        return texts
    return texts.replace_strict(list(numbers), list(numbers.values()), default=None, return_dtype=pl.Float64)
