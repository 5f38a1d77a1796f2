"""Cells that stand in several rows, and the unused column of the file that tells these rows apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from qonys import words
from qonys.catalog.reading.columns import columns_found
from qonys.catalog.reading.labels.vocabulary import codes_by_word, plain
from qonys.catalog.reading.rows import NUMBER
from qonys.catalog.reading.wanted import Wanted
from qonys.errors import BadInput
from qonys.words import Worded
from qonys.words.notes import note

FIRST = ("year", "period", "sex", "age_start", "area", "indicator", "measure", "unit", "status", "flow", "category")
SDMX = ("action", "obs status", "freq", "unit mult", "conf status")
TAKERS: Mapping[str, tuple[str, ...]] = {
    "year": ("time", "period"), "period": ("period", "time"), "sex": ("sex",), "age_start": ("age_start", "age"),
    "ethnic_group": ("group",), "category": ("group",), "citizenship": ("group",), "education": ("group",),
}  # fmt: skip
MARGINS = {"origin": "departures", "destination": "arrivals"}  # what a margin of one of them counts
SHOWN = 4
MOST = 2


def refuse_repeated(
    path: Path, rows: pl.DataFrame, frame: pl.DataFrame, used: Mapping[str, str], wanted: Wanted
) -> None:
    """Refuse rows that say the same cell again: adding them up would be wrong where they differ in what is not used.

    Parameters
    ----------
    path
        The file, for errors.
    rows
        Texts, with the number of each row in the file in the column `NUMBER`.
    frame
        The same rows as the method takes them.
    used
        Name of the method -> column of the file.
    wanted
        Names the method asks for; of one that allows repeated cells the column that tells them apart is only said.

    Raises
    ------
    BadInput
        Names two such rows, the cell, and the column that tells them apart with the option that chooses.

    """
    keys = [name for name in wanted.keys if name in frame.columns]
    if frame.height < 2 or not wanted.keys or (wanted.repeats and not keys):
        return
    cells = frame.select(keys) if keys else pl.DataFrame({"all": [0] * frame.height})
    again = cells.is_duplicated()
    if not again.any():
        return
    unused = [name for name in rows.columns if name not in used.values() and name != NUMBER]
    telling = telling_apart(cells, rows, unused)
    if wanted.repeats:
        telling = [name for name in telling if _meaning(name) in (*FIRST, *SDMX)]
        whole = rows.drop(NUMBER)
        if not telling and whole.is_duplicated().any():
            places = first_two(whole, whole.is_duplicated())
            note("catalog.distinct.pooled_same", **_shown(path, rows, frame.select(keys), used, places))
        if not telling:
            return
    places = first_two(cells, again)
    shown = _shown(path, rows, frame.select(keys), used, places)
    if not telling and shown["first"] == shown["second"]:
        raise BadInput("catalog.distinct.one_row", **shown)
    if not telling:
        raise BadInput("catalog.distinct.same" if keys else "catalog.distinct.several", **shown, n=frame.height)
    shown |= {"column": ", ".join(telling), "values": values_of(rows, telling[0], again)}
    chosen = {name: _counted(rows.filter(again)[name], used, wanted) or rows[name][places[0]] or "" for name in telling}
    shown["where"] = " ".join(typed_option("--where", f"{name}={value}") for name, value in chosen.items())
    if wanted.repeats:
        note("catalog.distinct.pooled", **shown)
        return
    if not keys:
        raise BadInput("catalog.distinct.several_told", **shown, n=frame.height)
    taker = _taker(telling[0], wanted, used)
    if taker is None:
        raise BadInput("catalog.distinct.told", **shown)
    raise BadInput("catalog.distinct.told_map", **shown, map=typed_option("--map", f"{telling[0]}={taker}"))


def telling_apart(cells: pl.DataFrame, rows: pl.DataFrame, unused: Sequence[str]) -> list[str]:
    """The unused columns, one or two, that make the rows of each cell different; none where no column does.

    Columns that say what a figure is (year, sex, age, indicator …) go before others, and such with few values first.
    """
    ranked = sorted(unused, key=lambda name: (_rank(name), rows[name].n_unique()))
    chosen: list[str] = []
    left = _repeats(cells)
    for _ in range(MOST):
        rest = [name for name in ranked if name not in chosen]
        found = [(name, _repeats(cells.hstack(rows.select(*chosen, name).rename(_apart)))) for name in rest]
        better = [(name, number) for name, number in found if number < left]
        whole = [(name, number) for name, number in better if number == 0]
        if not better:
            break
        name, left = (whole or better)[0]
        chosen.append(name)
        if left == 0:
            return chosen
    return chosen if left == 0 else []


def _repeats(cells: pl.DataFrame) -> int:
    return cells.height - cells.n_unique()


def _apart(name: str) -> str:
    """A name that no label of a method has."""
    return f"of the file: {name}"


def _meaning(name: str) -> str:
    """What a column says, by its name or the part of it before a colon."""
    own = plain(name.partition(":")[0])
    return codes_by_word("columns").get(own, own)


def _rank(name: str) -> int:
    meaning = _meaning(name)
    order = (*FIRST, *SDMX)
    known = len(order) + (0 if meaning in codes_by_word("columns").values() else 1)
    return order.index(meaning) if meaning in order else known


def _shown(
    path: Path, rows: pl.DataFrame, cells: pl.DataFrame, used: Mapping[str, str], places: tuple[int, int]
) -> dict[str, object]:
    """The cell of two rows and their numbers in the file."""
    labels = {used[name]: cells[name][places[0]] for name in cells.columns}
    cell = ", ".join(f"{column}={label}" for column, label in labels.items() if label is not None)
    first, second = (rows[NUMBER][place] for place in places)
    key = "catalog.distinct.row" if first == second else "catalog.distinct.rows"
    named = {language: words.text(key, language, first=first, second=second) for language in words.LANGUAGES}
    return {"path": str(path), "cell": cell, "first": first, "second": second, "rows": Worded(named)}


def _counted(texts: pl.Series, used: Mapping[str, str], wanted: Wanted) -> str | None:
    """The text of a column of indicators that names what the method counts; None where none does."""
    sides = [name for name in MARGINS if name in used]
    names = (*wanted.numbers, *([MARGINS[sides[0]]] if len(sides) == 1 else []))
    values = [str(text) for text in texts.drop_nulls().unique(maintain_order=True)]
    found = columns_found(values, Wanted(numbers=names, also=wanted.also), {})
    return next((found[name] for name in names if name in found), None)


def first_two(cells: pl.DataFrame, again: pl.Series) -> tuple[int, int]:
    """Places of the first two rows with one cell."""
    first = int(again.arg_true()[0])
    row = cells.row(first)
    second = next(int(place) for place in again.arg_true() if int(place) > first and cells.row(int(place)) == row)
    return first, second


def values_of(rows: pl.DataFrame, column: str, again: pl.Series) -> str:
    """The first values of a column in rows whose cells stand again."""
    values = [str(value) for value in rows[column].filter(again).unique(maintain_order=True) if value is not None]
    return ", ".join(values[:SHOWN]) + (" …" if len(values) > SHOWN else "")


def _taker(column: str, wanted: Wanted, used: Mapping[str, str]) -> str | None:
    """The name of the method, not yet used, that can take the column."""
    free = [name for name in wanted.keys if name not in used]
    return next((name for name in TAKERS.get(_meaning(column), ()) if name in free), None)


def typed_option(option: str, pair: str) -> str:
    """An option as it is typed."""
    return f"{option} '{pair}'" if any(sign in pair for sign in " ;&|()<>*?\"") else f"{option} {pair}"
