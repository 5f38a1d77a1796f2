"""Records of moves: canonical columns, their vocabularies, and the check of what a user gives.

A record is one move of one person. Every column may be absent or empty; what is given must be readable. An empty
text, `unknown` and null all mean "not known" and nothing is put in their place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

import polars as pl

from qonys.errors import BadInput, UnknownName

VOCABULARIES: dict[str, tuple[str, ...]] = {
    "cause": (
        "economic",
        "labour",
        "commercial",
        "education",
        "family",
        "social",
        "stress",
        "ethnic",
        "ecological",
        "political",
        "conflict",
        "demographic",
        "other",
    ),
    "volition": ("voluntary", "compelled", "forced"),
    "legal_status": (
        "regular",
        "citizen",
        "permanent_permit",
        "temporary_permit",
        "work_permit",
        "visa",
        "visa_free",
        "protected",
        "irregular",
        "irregular_entry",
        "overstay",
        "unauthorised_work",
    ),
    "refugee_status": ("none", "asylum_seeker", "temporary_protection", "refugee"),
    "repatriate_status": ("none", "in_quota", "outside_quota"),
    "pattern": ("single", "repeated", "circular", "seasonal", "shuttle", "transit", "permanent"),
    "lived_at_destination": ("yes", "no"),
}
COUNTRIES: tuple[str, ...] = ("origin_country", "destination_country", "citizenship", "birth_country")
TEXTS: tuple[str, ...] = ("person", "origin", "destination", "ethnic_group")
NUMBERS: tuple[str, ...] = ("stay_months", "prior_moves", "months_away")
COLUMNS: tuple[str, ...] = (
    "person",
    "date",
    "origin",
    "destination",
    *COUNTRIES,
    "ethnic_group",
    *VOCABULARIES,
    *NUMBERS,
)
STATELESS = "stateless"
SHOWN = 6
NEAR = 0.6


def check_records(frame: pl.DataFrame, outputs: Sequence[str]) -> pl.DataFrame:
    """The canonical columns of `frame`, each of its right kind, null where nothing is known; same rows, same order.

    Texts stay texts, `date` becomes a date (ISO, such as 2021-05-30, where it was text), numbers become floats.
    Raises `BadInput` (unreadable date, number or country, value outside a vocabulary, a person without a date, a
    column that would be overwritten) and `UnknownName` (no canonical column, or a name one slip away from one); each
    names up to six rows, counted from 1, and how many more there are.
    """
    _check_names(frame.columns, outputs)
    known = [_column(frame, name) for name in COLUMNS]
    return pl.DataFrame(known)


def _check_names(columns: Sequence[str], outputs: Sequence[str]) -> None:
    taken = [name for name in columns if name in set(outputs)]
    if taken:
        raise BadInput("typology.taken", columns=listed(taken))
    missing = [name for name in COLUMNS if name not in columns]
    for name in columns:
        near = get_close_matches(name.lower(), missing, n=1, cutoff=0.85) if name not in COLUMNS else []
        if near:
            raise UnknownName("typology.column", found=name, nearest=near[0])
    if not set(columns) & (set(COLUMNS) - {"person", "date"}):
        raise UnknownName("typology.no_columns", found=listed(columns), allowed=", ".join(COLUMNS))
    if "person" in columns and "date" not in columns:
        raise UnknownName("typology.no_date", found=listed(columns))


def _column(frame: pl.DataFrame, name: str) -> pl.Series:
    if name not in frame.columns:
        kind = pl.Date if name == "date" else pl.Float64 if name in NUMBERS else pl.String
        return pl.Series(name, [None], dtype=kind).new_from_index(0, frame.height)
    given = frame[name]
    if name == "date":
        return _dates(given)
    if name in NUMBERS:
        return _numbers(given)
    text = _texts(given)
    if name in VOCABULARIES:
        _check_words(text, VOCABULARIES[name])
    elif name in COUNTRIES:
        _check_countries(text, name)
    return text


def _texts(given: pl.Series) -> pl.Series:
    text = given.cast(pl.String).str.strip_chars()
    return text.set(text.is_in(["", "unknown"]), None)


def _check_words(text: pl.Series, allowed: tuple[str, ...]) -> None:
    wrong = (~text.is_in(allowed)).fill_null(value=False)
    if wrong.any():
        value = str(text.filter(wrong)[0])
        near = get_close_matches(value.lower(), allowed, n=1, cutoff=NEAR)
        said = {"nearest": near[0]} if near else {}
        key = "typology.word" if near else "typology.word_far"
        raise BadInput(key, column=text.name, **_where(wrong), value=value, allowed=", ".join(allowed), **said)


def _check_countries(text: pl.Series, name: str) -> None:
    good = text.str.contains(r"^[A-Z]{3}$")
    if name == "citizenship":
        good |= text == STATELESS
    wrong = (~good).fill_null(value=False)
    if wrong.any():
        raise BadInput("typology.country", column=name, **_where(wrong), value=text.filter(wrong)[0])


def _dates(given: pl.Series) -> pl.Series:
    if given.dtype == pl.Date:
        return given
    if isinstance(given.dtype, pl.Datetime):
        return given.dt.date()
    text = _texts(given)
    dates = text.str.to_date("%Y-%m-%d", strict=False)
    wrong = text.is_not_null() & (dates.is_null() | ~text.str.contains(r"^\d{4}-\d{2}-\d{2}$"))
    if wrong.any():
        raise BadInput("typology.date", **_where(wrong), value=text.filter(wrong)[0])
    return dates


def _numbers(given: pl.Series) -> pl.Series:
    text = _texts(given)
    numbers = text.cast(pl.Float64, strict=False)
    bad = numbers.is_null() | ~numbers.is_finite().fill_null(value=True) | (numbers < 0).fill_null(value=False)
    if given.name == "prior_moves":
        bad |= (numbers != numbers.floor()).fill_null(value=False)
    wrong = text.is_not_null() & bad
    if wrong.any():
        raise BadInput("typology.number", column=given.name, **_where(wrong), value=text.filter(wrong)[0])
    return numbers


def _where(wrong: pl.Series) -> dict[str, object]:
    """The rows that are wrong as a sentence names them, counted from 1, and their `places`, counted from 0."""
    places = wrong.arg_true().to_list()
    return {"rows": listed([place + 1 for place in places]), "places": places}


def listed(names: Iterable[object]) -> str:
    """The first six names, then how many more there are."""
    every = [str(name) for name in names]
    more = f" (+{len(every) - SHOWN})" if len(every) > SHOWN else ""
    return ", ".join(every[:SHOWN]) + more if every else "–"
