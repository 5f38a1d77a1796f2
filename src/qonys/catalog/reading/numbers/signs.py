"""How the numbers of each column are written: as the person says, as the column shows, as its neighbours do."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import polars as pl

from qonys.catalog.reading.choices import THOUSANDS, FileChoices
from qonys.catalog.reading.numbers.writing import MACHINE, OTHER, Signs, decimal_sign, may_be_either, tidy
from qonys.catalog.reading.rows import NUMBER
from qonys.errors import BadInput
from qonys.words.notes import note

SAMPLE = 1000


def signs_of(
    path: Path, rows: pl.DataFrame, columns: Mapping[str, bool], choices: FileChoices, typed: Collection[str] = ()
) -> dict[str, Signs]:
    """Column -> signs of its numbers.

    What the person says goes first, then what the column shows, then what the other columns of the file show.

    Parameters
    ----------
    path
        The file, for errors.
    rows
        Texts, with the number of each row in the file in the column `NUMBER`.
    columns
        Columns of numbers, and whether their numbers are whole: these have no fractions to be taken for thousands.
    choices
        What the person says about the file.
    typed
        Columns that the file itself stores as numbers: nothing is to be told there.

    Raises
    ------
    BadInput
        A number may be a thousand or a fraction, and nothing decides.

    """
    shown = {name: _shown(rows[name]) for name in columns if name not in typed}
    decided = {sign for sign in shown.values() if sign}
    elsewhere = next(iter(decided)) if len(decided) == 1 else None
    found: dict[str, Signs] = {}
    for name, whole in columns.items():
        if name in typed:
            found[name] = MACHINE
            continue
        said = said_signs(choices)
        if said is not None:
            found[name] = said
        else:
            sign = shown[name]
            known = None if sign is None else Signs(sign, _between(choices))
            found[name] = known or _undecided(path, rows, name, whole, elsewhere, choices)
    _say_unmet(path, rows, [name for name in columns if name not in typed], choices)
    return found


def said_signs(choices: FileChoices) -> Signs | None:
    """The signs that the person names; None where the numbers are to show them."""
    if choices.decimal is not None:
        return Signs(choices.decimal, _between(choices))
    if choices.thousands in OTHER:
        return Signs(OTHER[choices.thousands], choices.thousands)
    return None


def _between(choices: FileChoices) -> str | None:
    return None if choices.thousands is None else THOUSANDS[choices.thousands]


def _shown(texts: pl.Series) -> str | None:
    """The decimal sign that a column shows; None where it has none, or only in numbers that may be read in two ways."""
    signed = texts.filter(texts.str.contains("[.,]").fill_null(value=False)).unique(maintain_order=True)
    if signed.is_empty():
        return None
    return decimal_sign(signed.head(SAMPLE)) or (decimal_sign(signed) if len(signed) > SAMPLE else None)


def _undecided(
    path: Path, rows: pl.DataFrame, name: str, whole: bool, elsewhere: str | None, choices: FileChoices
) -> Signs:
    signed = rows[name].str.contains("[.,]").fill_null(value=False)
    either = pl.Series([bool(one) and may_be_either(text) for one, text in zip(signed, rows[name], strict=True)])
    if not signed.any() or not either.any():
        return Signs(elsewhere or ".", _between(choices))
    index = int(either.arg_true()[0])
    used = {"," if "," in tidy(text) else "." for text in rows[name].filter(either)}
    sign = next(iter(used))
    if len(used) == 1:
        if choices.thousands is not None:
            return Signs(sign, _between(choices))
        if whole:
            return Signs(OTHER[sign])
        if elsewhere is not None:
            return Signs(elsewhere)
    raise BadInput(
        "catalog.reading.either", path=str(path), row=rows[NUMBER][index], column=name, value=rows[name][index],
        sign=sign, other=OTHER[sign],
    )  # fmt: skip


def _say_unmet(path: Path, rows: pl.DataFrame, columns: list[str], choices: FileChoices) -> None:
    """A sign that the person names and no number has is said."""
    for option, value, signs in (
        ("--decimal", choices.decimal, ",."), ("--thousands", choices.thousands, _between(choices)),
    ):  # fmt: skip
        texts = (tidy(text) for name in columns for text in rows[name].drop_nulls())
        if value and signs and not any(sign in text for text in texts for sign in signs):
            note("catalog.reading.unmet", path=str(path), option=option, value=value)
