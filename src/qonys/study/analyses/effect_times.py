"""Times of a person's series: years, or months and quarters counted from the year 0, and how a person writes them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import polars as pl

from qonys.catalog.reading.numbers.bounds import AMOUNT
from qonys.catalog.reading.wanted import Wanted
from qonys.errors import BadInput

UNITS = ("region", "group", "series")
PARTS: Mapping[str, int] = {"month": 12, "quarter": 4}
NAMES: Mapping[str, tuple[str, ...]] = {
    "month": ("month", "месяц", "ай"), "quarter": ("quarter", "квартал", "тоқсан")
}  # fmt: skip
SIGNS: Mapping[int, str] = {12: "-", 4: "-Q"}
WRITTEN: Mapping[int, re.Pattern[str]] = {12: re.compile(r"(\d{4})-(\d{1,2})"), 4: re.compile(r"(\d{4})-?[QqКкТт](\d)")}
FORMS: Mapping[int, str] = {1: "YYYY", 12: "YYYY-MM", 4: "YYYY-Qn"}
SHOWN = ("time", "date", "until")  # columns of results that hold times


def wanted(columns: Sequence[str]) -> Wanted:
    """Years, with the column of months or of quarters where the file has one."""
    known = {name.strip().lower() for name in columns}
    parts = tuple(part for part, names in NAMES.items() if known.intersection(names))[:1]
    return Wanted(
        whole=("time", *parts), optional_labels=UNITS, optional_whole=("start",), kinds={"value": AMOUNT}, apart=UNITS,
        also={part: NAMES[part] for part in parts},
    )  # fmt: skip


def counted(frame: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """The frame with one whole time, and how many times a year has: 12, 4 or 1.

    Raises
    ------
    BadInput
        A month outside 1 to 12, a quarter outside 1 to 4; starts of units beside months or quarters.

    Examples
    --------
    >>> made, per = counted(pl.DataFrame({"time": [2014], "month": [5], "value": [1.0]}))
    >>> made["time"].item(), written(made["time"].item(), per)
    (24172, '2014-05')

    """
    part = next((name for name in PARTS if name in frame.columns), None)
    if part is None:
        return frame, 1
    per = PARTS[part]
    wrong = frame.filter(~pl.col(part).is_between(1, per))
    if wrong.height:
        raise BadInput("effect.part", year=wrong["time"][0], value=wrong[part][0], most=per)
    if "start" in frame.columns:
        raise BadInput("effect.parts_and_starts")
    return frame.with_columns(time=pl.col("time") * per + pl.col(part) - 1).drop(part), per


def written(time: int, per: int) -> str:
    """A time as a person writes it.

    Examples
    --------
    >>> written(24172, 12), written(8057, 4), written(2014, 1)
    ('2014-05', '2014-Q2', '2014')

    """
    if per == 1:
        return str(time)
    year, place = divmod(time, per)
    return f"{year}{SIGNS[per]}{place + 1:0{len(str(per))}d}"


def read_time(text: str, per: int) -> int:
    """The time that a person wrote.

    Raises
    ------
    BadInput
        It is not of the form of the file's times.

    Examples
    --------
    >>> read_time("2014-05", 12), read_time("2014-Q2", 4), read_time("2014", 1)
    (24172, 8057, 2014)

    """
    found = WRITTEN[per].fullmatch(text.strip()) if per in WRITTEN else re.fullmatch(r"-?\d{1,4}", text.strip())
    place = int(found[2]) if found and per in WRITTEN else 1
    if not found or not 1 <= place <= per:
        raise BadInput("effect.at_form", value=text, form=FORMS[per])
    return int(found[0]) if per == 1 else int(found[1]) * per + place - 1


def shown(table: pl.DataFrame, per: int) -> pl.DataFrame:
    """A table of results with its times as a person writes them."""
    columns = [name for name in SHOWN if name in table.columns] if per > 1 else []
    return table.with_columns(
        pl.col(name).map_elements(lambda time: written(time, per), return_dtype=pl.String) for name in columns
    )
