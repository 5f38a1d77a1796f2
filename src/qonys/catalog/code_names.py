"""Names of the codes of a table beside them, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from qonys import words
from qonys.catalog.axes import FREE, axes_of
from qonys.errors import UnknownName

if TYPE_CHECKING:
    import polars as pl

    from qonys.catalog.pack import Pack

PLACES = ("region", "origin", "destination")
UNNAMED = FREE | {"owner", "flag", "key", "id", "title", "error_method", "method"}


def code_name(pack: Pack, column: str, code: str, language: str) -> str | None:
    """Name of a code in a column; None when it has none.

    Examples
    --------
    >>> from qonys.catalog import open_pack
    >>> code_name(open_pack("kazakhstan"), "sex", "female", "en"), code_name(open_pack("kazakhstan"), "note", "x", "en")
    ('women', None)

    """
    if column in UNNAMED:
        return None
    if column == "source":
        return None
    if column in PLACES:
        try:
            return pack.region_name(code, language, short=True)
        except UnknownName:
            pass
    if column == "unit" and words.has(f"unit.{code}", language):
        return words.text(f"unit.{code}", language)
    for axis in axes_of(column):
        try:
            return pack.label(axis, code, language)
        except UnknownName:
            continue
    return None


def names_of_codes(pack: Pack, column: str, codes: Iterable[str], language: str) -> dict[str, str]:
    """Names of those codes of a column that have one."""
    found = {code: code_name(pack, column, code, language) for code in codes}
    return {code: name for code, name in found.items() if name is not None}


def with_names(frame: pl.DataFrame, pack: Pack, language: str, titles: Mapping[str, str] | None = None) -> pl.DataFrame:
    """The frame with a column of names beside every column of codes that have names: `sex`, `sex_name`.

    `titles` are names of sources that the pack does not know.
    """
    import polars as pl

    for column in frame.columns:
        if frame.schema[column] != pl.String or f"{column}_name" in frame.columns:
            continue
        codes = [code for code in frame[column].unique() if code is not None]
        names = names_of_codes(pack, column, codes, language) if column != "source" else _titles(pack, codes, language)
        names |= {code: name for code, name in (titles or {}).items() if column == "source" and code in codes}
        if names:
            label = pl.col(column).replace_strict(names, default=None, return_dtype=pl.String).alias(f"{column}_name")
            place = frame.columns.index(column) + 1
            frame = frame.select(*frame.columns[:place], label, *frame.columns[place:])
    return frame


def _titles(pack: Pack, codes: Iterable[str], language: str) -> dict[str, str]:
    from qonys.catalog.bibliography import references

    known = references(pack, language)
    return {code: f"{known[code].publisher}: {known[code].title}" for code in codes if code in known}
