"""Which column of a file stands for which name that a method asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from qonys.catalog.reading.wanted import BASIS, USUAL, Wanted
from qonys.errors import BadInput


def used_columns(path: Path, found: Sequence[str], wanted: Wanted, given: Mapping[str, str]) -> dict[str, str]:
    """Name -> column of the file: the one that the person named, else one of this or of a usual other name.

    Parameters
    ----------
    path
        The file, for errors.
    found
        Columns of the file.
    wanted
        Names that must or may be there.
    given
        Name -> column, as the person says.

    Raises
    ------
    BadInput
        A column that the person named is not there; a needed name has no column.

    """
    for column in given.values():
        if column not in found:
            raise BadInput("catalog.long.no_column", path=str(path), column=column, found=", ".join(found))
    used = columns_found(found, wanted, given)
    missing = [name for name in wanted.needed if name not in used]
    if missing:
        raise BadInput("catalog.long.missing", path=str(path), name=", ".join(missing), found=", ".join(found))
    return used


def columns_found(found: Sequence[str], wanted: Wanted, given: Mapping[str, str]) -> dict[str, str]:
    """Name -> column of the file for the names that have one: as `used_columns`, without asking for the others."""
    lower = {column.strip().lower(): column for column in found}
    used: dict[str, str] = {}
    for name in wanted.names:
        if name in given:
            if given[name] in found:
                used[name] = given[name]
            continue
        taken = {*given.values(), *used.values()}
        for guess in usual_names(name, wanted):
            if guess in lower and lower[guess] not in taken:
                used[name] = lower[guess]
                break
    return used


def usual_names(name: str, wanted: Wanted) -> tuple[str, ...]:
    """The names that a column may have, less what the method calls something else; where it asks for times beside
    periods, a year is no period.
    """
    if name == "period" and "time" in wanted.names:
        return (name,)
    return (name, *(guess for guess in USUAL.get(name, ()) if guess not in wanted.names))


def one_basis(path: Path, rows: pl.DataFrame, used: Mapping[str, str]) -> None:
    """Raise where rows of several definitions, units or boundary vintages stand together."""
    for column in rows.columns:
        if column.strip().lower() not in BASIS or column in used.values():
            continue
        values = [str(value) for value in rows[column].drop_nulls().unique(maintain_order=True)]
        if len(values) > 1:
            raise BadInput(
                "catalog.long.mixed", path=str(path), column=column, values=", ".join(values[:6]), first=values[0]
            )
