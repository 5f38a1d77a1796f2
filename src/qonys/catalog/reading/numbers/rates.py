"""Rates per 1,000, per 100,000 or in percent that a file says: they become rates per person, and it is said."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import polars as pl

from qonys.catalog.reading.labels.vocabulary import codes_by_word, plain
from qonys.catalog.reading.numbers.powers import bases_in
from qonys.catalog.reading.numbers.statements import is_indicator, unit_columns
from qonys.catalog.reading.numbers.units import Places
from qonys.catalog.reading.rows import NUMBER
from qonys.errors import BadInput
from qonys.words.catalogue import LANGUAGES, Worded
from qonys.words.notes import note
from qonys.words.numbers import number

_CODES: Mapping[str, float] = {
    "percent": 100.0, "per_1000": 1000.0, "p thab": 1000.0, "p hthab": 100_000.0,
}  # fmt: skip


def per_person(path: Path, frame: pl.DataFrame, places: Places, options: Mapping[str, str]) -> pl.DataFrame:
    """Rates as the file says them divided by the persons they are per, which is said.

    The unit or the indicator of the row and the header of the column go before the titles.

    Parameters
    ----------
    path
        The file, for errors and notes.
    frame
        Columns read already, under the names of the method.
    places
        What of the file may say it; its `counts` are the columns of rates, each with its name in `frame`.
    options
        Name -> option that says the numbers are rates, where they are taken for something else: then rates are refused.

    Raises
    ------
    BadInput
        Two places contradict each other; rates where no rates are expected.

    """
    speaking = [name for name in places.rows.columns if name in unit_columns(places.rows.columns) or is_indicator(name)]
    titles = bases_said(places.titles)
    for column, name in places.counts.items():
        divisors: dict[tuple[str, ...], float] = {}
        found = []
        for index in range(places.rows.height):
            cells = [str(places.rows[one][index] or "") for one in speaking if one != column]
            texts = (column, *cells)
            if texts not in divisors:
                divisors[texts] = _agreed(path, (column, int(places.rows[NUMBER][index])), bases_said(texts) or titles)
            found.append(divisors[texts])
        changed = [base for base in dict.fromkeys(divisors.values()) if base != 1.0]
        if not changed:
            continue
        shown = _listed(changed)
        if name in options:
            raise BadInput(
                "catalog.reading.rates_unexpected", path=str(path), column=column, per=shown, option=options[name]
            )
        note("catalog.reading.per_person", path=str(path), column=column, per=shown)
        frame = frame.with_columns(pl.col(name) / pl.Series(found, dtype=pl.Float64))
    return frame


def bases_said(texts: Collection[str]) -> dict[float, str]:
    """Base (100 of %, 1000 of ‰ …) -> the text that says it."""
    found: dict[float, str] = {}
    for text in texts:
        code = plain(text)
        known = _CODES.get(codes_by_word("unit").get(code, code))
        for base in [known] if known else sorted(bases_in(text)):
            found.setdefault(base, text)
    return found


def _listed(bases: Sequence[float]) -> Worded:
    """The bases as each language writes them."""
    return Worded({one: ", ".join(number(base, one) for base in bases) for one in LANGUAGES})


def _agreed(path: Path, cell: tuple[str, int], said: Mapping[float, str]) -> float:
    """The one base that is said; 1 where none is."""
    if len(said) > 1:
        column, row = cell
        found = said.items()
        shown = Worded({one: ", ".join(f"“{text}” ({number(base, one)})" for base, text in found) for one in LANGUAGES})
        raise BadInput("catalog.reading.powers", path=str(path), row=row, column=column, said=shown)
    return next(iter(said), 1.0)
