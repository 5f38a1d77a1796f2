r"""Tables as Eurostat writes them: all dimensions in the first column, times across, a flag behind the number.

The heading of the first column is ``freq,sex,geo\TIME_PERIOD`` (``geo\time`` in older files), its cells are as many
codes separated by commas; "123 p" is the number 123 with the flag p, ":" is no value (Eurostat, "TSV format", API of
dissemination statistics).
"""

from __future__ import annotations

import re
from dataclasses import replace

import polars as pl

from qonys.catalog.reading.formats.raw import RawTable
from qonys.catalog.reading.labels.vocabulary import codes_by_word, plain
from qonys.errors import BadInput

FORMAT = "eurostat"
VALUE, FLAG = "OBS_VALUE", "OBS_FLAG"
HEADING = re.compile(r"\s*([A-Za-z_][\w ]*(?:,[A-Za-z_][\w ]*)*)\\([A-Za-z_]\w*)\s*")
_FIRST_LINE = re.compile(r"[^\t\n]*\t")
_CELL = re.compile(r"([+\-−]?[\d.,'\u00a0 ]*\d(?:[eE][+-]?\d+)?|:) ?([a-z]{0,5})")
_MACHINE = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


def begins_with_dimensions(text: str) -> bool:
    r"""Whether a text file is such a table, its columns separated by tabs.

    Examples
    --------
    >>> begins_with_dimensions("freq,geo\\TIME_PERIOD\t2019 \n"), begins_with_dimensions("origin\\destination\tA\n")
    (True, False)

    """
    first = _FIRST_LINE.match(text)
    return first is not None and _named(first[0].strip()) is not None


def _named(heading: str) -> tuple[list[str], str] | None:
    """The dimensions of the first column and the one across, as a heading names them; None where it does not."""
    found = HEADING.fullmatch(heading)
    if found is None:
        return None
    names, across = [name.strip() for name in found[1].split(",")], found[2]
    of_times = codes_by_word("columns").get(plain(across)) in ("year", "period")
    different = len({name.lower() for name in (*names, across)}) == len(names) + 1
    return (names, across) if different and (of_times or len(names) > 1) else None


def with_dimensions(table: RawTable) -> RawTable:
    """A table of Eurostat with one row per cell that has a value; any other table as it is.

    Raises
    ------
    BadInput
        A first cell has other than as many codes as the heading names, or no cell has a value.

    """
    columns = table.frame.columns
    named = _named(columns[0])
    if named is None or len(columns) < 2:
        return table
    names, across = named
    keys = _keys(table, names)
    pieces = []
    for place, column in enumerate(columns[1:]):
        cells = [_CELL.fullmatch(" ".join((text or ":").split())) for text in table.frame[column]]
        texts = table.frame[column].to_list()
        values = [text if cell is None else cell[1].replace(":", "") for text, cell in zip(texts, cells, strict=True)]
        flags = [None if cell is None or not cell[2] else cell[2] for cell in cells]
        piece = {across: [column] * len(cells), VALUE: values, FLAG: flags}
        texts_of = pl.DataFrame(piece, schema=dict.fromkeys(piece, pl.String))
        lines = pl.DataFrame({"__row": table.rows, "__place": [place] * len(cells)})
        pieces.append(pl.concat([keys, texts_of, lines], how="horizontal"))
    long = pl.concat(pieces).sort("__row", "__place", maintain_order=True)
    filled = long.filter(pl.col(VALUE) != "")
    if filled.is_empty():
        raise BadInput("catalog.add.empty", path=str(table.path))
    frame = filled.drop("__row", "__place")
    frame = frame if frame[FLAG].null_count() < frame.height else frame.drop(FLAG)
    machine = all(_MACHINE.fullmatch(text) for text in frame[VALUE])
    return replace(
        table, format=FORMAT, frame=frame, rows=filled["__row"].alias("row"), levels={}, places=(), broken=(),
        typed=frozenset({VALUE} if machine else ()), empty=long.height - filled.height,
    )  # fmt: skip


def _keys(table: RawTable, names: list[str]) -> pl.DataFrame:
    """The codes of the first column, each dimension in a column of its own."""
    first = table.frame.columns[0]
    split: list[list[str | None]] = []
    for text, row in zip(table.frame[first], table.rows, strict=True):
        codes = [code.strip() for code in (text or "").split(",")]
        if len(codes) != len(names):
            raise BadInput(
                "catalog.reading.dimension_codes", path=str(table.path), row=row, text=text or "", found=len(codes),
                expected=len(names), names=", ".join(names),
            )  # fmt: skip
        split.append([code or None for code in codes])
    return pl.DataFrame(split, schema=dict.fromkeys(names, pl.String), orient="row")
