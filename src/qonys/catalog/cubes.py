"""A table as a cube: which columns are its dimensions, which its values, which only describe a value.

JSON-stat and SDMX both ask for it. The dimensions of a table of the pack are the columns of its key and the source; of
any other table, the columns of codes and times that tell its rows apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from qonys.errors import BadInput

if TYPE_CHECKING:
    import polars as pl

TIMES = ("year", "period", "time", "date", "year_start", "year_end", "start", "end", "month", "ref_date", "origin_year")
GEO = ("region", "origin", "destination", "country", "partner", "citizenship", "asylum")
KNOWN = (*TIMES, *GEO, "sex", "age", "age_start", "age_end", "age_group", "horizon", "draw", "indicator", "measure")
DESCRIBING = ("note", "status", "rank", "owner", "flag", "method", "error_method")
MEASURE, REPEAT, OBSERVED = "measure", "repeat", "obs_value"
NOT_STATED = "_Z"
MOST_CELLS = 10_000_000


@dataclass(frozen=True)
class Cube:
    """Rows with one `value` (a column) each: `dimensions` tell them apart, `attributes` describe them."""

    frame: pl.DataFrame
    dimensions: tuple[str, ...]
    attributes: tuple[str, ...]
    value: str

    @cached_property
    def codes(self) -> dict[str, list[str]]:
        """The codes of every dimension in their order, times as they follow each other."""
        return {name: _sorted(self.frame[name].unique()) for name in self.dimensions}

    @property
    def cells(self) -> int:
        """How many cells the cube has, empty ones too."""
        found = 1
        for codes in self.codes.values():
            found *= max(len(codes), 1)
        return found

    def places(self) -> list[int]:
        """The place of every row in the cells, the last dimension running fastest."""
        found = [0] * self.frame.height
        for name, codes in self.codes.items():
            order = {code: place for place, code in enumerate(codes)}
            found = [
                place * len(codes) + order[code] for place, code in zip(found, self.frame[name].to_list(), strict=True)
            ]
        return found


def cube_of(frame: pl.DataFrame, key: Sequence[str] = (), values: Sequence[str] = ()) -> Cube:
    """A table as a cube.

    Parameters
    ----------
    frame
        The rows.
    key
        Columns that tell them apart where this is known; others are added until they do.
    values
        The columns of values where they are known, else those of decimals, else of whole numbers that are no times.

    Returns
    -------
    The cube; several columns of values become the dimension `measure`, and rows that nothing tells apart are counted in
    the dimension `repeat`. Dimensions hold texts, `_Z` where nothing stands.

    Raises
    ------
    BadInput
        There is no value, or there are too many cells.

    """
    import polars as pl

    values = [name for name in values if name in frame.columns] or _values(frame)
    if not values:
        raise BadInput("catalog.cube.no_value", columns=", ".join(frame.columns)[:200])
    others = [name for name in frame.columns if name not in values]
    if not _apart(frame, [name for name in others if name != "note"]):
        same = [name for name in others if name != "note"]
        repeat = pl.int_range(pl.len()).over(same) + 1 if same else pl.int_range(pl.len()) + 1
        frame, others = frame.with_columns(repeat.alias(REPEAT)), [*others, REPEAT]
    dimensions = _dimensions(frame, [name for name in key if name in others], others)
    attributes = [name for name in others if name not in dimensions]
    if len(values) > 1:
        name = MEASURE if MEASURE not in frame.columns else "measured"
        frame = frame.with_columns(pl.col(values).cast(pl.Float64))
        frame = frame.unpivot(values, index=others, variable_name=name, value_name=OBSERVED)
        dimensions, values = [*dimensions, name], [OBSERVED]
    texts = [pl.col(name).cast(pl.String).fill_null(NOT_STATED) for name in dimensions]
    return Cube(frame.with_columns(*texts), tuple(dimensions), tuple(attributes), values[0])


def _values(frame: pl.DataFrame) -> list[str]:
    found = [
        name
        for name, kind in frame.schema.items()
        if (kind.is_float() and name not in KNOWN) or (kind.is_integer() and name == "value")
    ]
    return found or [
        name for name, kind in frame.schema.items() if kind.is_integer() and name not in (*KNOWN, *DESCRIBING)
    ]


def _dimensions(frame: pl.DataFrame, key: list[str], others: list[str]) -> list[str]:
    """Columns that tell the rows apart, in the order of the table, as few of the unknown ones as do."""
    chosen = [name for name in others if name not in DESCRIBING]
    if not _apart(frame, chosen):
        chosen = [name for name in others if name != "note"]
    spare = [name for name in chosen if name not in key and (key or name not in KNOWN)]
    for name in sorted(spare, key=lambda one: -_width(frame, one)):
        fewer = [one for one in chosen if one != name]
        chosen = fewer if _apart(frame, fewer) else chosen
    while _cells(frame, chosen) > MOST_CELLS:
        fitting = [name for name in chosen if _apart(frame, [one for one in chosen if one != name])]
        fitting = [name for name in fitting if frame[name].n_unique() > 1]
        if not fitting:
            raise BadInput("catalog.cube.too_large", cells=_cells(frame, chosen), most=MOST_CELLS)
        chosen.remove(max(fitting, key=lambda name: frame[name].n_unique()))
    return chosen


def _apart(frame: pl.DataFrame, names: Sequence[str]) -> bool:
    return frame.height <= 1 or bool(names and not frame.select(names).is_duplicated().any())


def _width(frame: pl.DataFrame, name: str) -> int:
    return int(frame[name].n_unique())


def _cells(frame: pl.DataFrame, names: Iterable[str]) -> int:
    found = 1
    for name in names:
        found *= max(frame[name].n_unique(), 1)
    return found


def _sorted(codes: Iterable[str]) -> list[str]:
    """Numbers by their size, then texts."""
    return sorted(codes, key=lambda code: (0, float(code), code) if _number(code) else (1, 0.0, code))


def _number(code: str) -> bool:
    return code.removeprefix("-").isdecimal() and code.isascii()
