"""A person's own figures as they may be shown to others: marked as theirs, small counts withheld."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl

from qonys.catalog import Pack
from qonys.catalog.ranks import with_rank
from qonys.catalog.user_tables import user_frame, user_tables
from qonys.estimation.disclosure import THRESHOLD, WITHHELD
from qonys.estimation.disclosure_rows import known_sums, withheld_rows

OWNER, FLAG = "owner", "flag"
SMALLEST = THRESHOLD  # the smallest count that is shown
TOTALS = ("total", "all", "both", "whole", "both_sexes")
RATIOS = ("per_", "percent", "share", "ratio", "index", "years", "year", "children_per_woman", "sd", "std_dev")
AGES = ("age_start", "age_end")
# Columns whose codes are no parts of one whole: times, definitions, sources, and what is measured.
NO_PARTS = frozenset({
    "year", "year_start", "year_end", "start", "end", "period", "month", "ref_date", "made", "horizon", "fieldwork",
    "vintage", "unit", "status", "source", "note", "rank", "value", "indicator", "measure", "flow", "event", "basis",
    "bound", "variant", "survey", "question", "mode", "n", "population_asked", "group_type", "breakdown", "revision",
    "reported_by", "quantity", "forecaster", "item", "gdl_code", "macro_region", "source_code", "per", "act", "edition",
})  # fmt: skip


@dataclass(frozen=True)
class OwnTable:
    """What a person added to one table, as others may see it.

    `frame`: the columns of the table, `owner` (always "user") and `flag` ("c" where the value is withheld); `hidden`:
    how many values are withheld; `sources`: id -> title of sources the pack does not know; `added`: ISO day of the last
    addition.
    """

    name: str
    frame: pl.DataFrame
    hidden: int
    sources: Mapping[str, str]
    added: str


def own_tables(pack: Pack, threshold: int = THRESHOLD) -> dict[str, OwnTable]:
    """A person's tables by name, protected: no count of 1 ... threshold - 1 persons can be read or derived.

    Rates and money are shown as they are; shares of a survey count as the respondents behind them where the row states
    how many there were.

    Raises
    ------
    BadInput
        A file of an addition is damaged.

    """
    found: dict[str, OwnTable] = {}
    added = user_tables(pack)
    for name in sorted({item.table for item in added}):
        frame = user_frame(pack, name)
        if frame is None or name not in pack.tables():
            continue
        mine = [item for item in added if item.table == name]
        shown = protected_rows(pack, name, with_rank(frame), threshold)
        titles = {key: title for item in mine for key, title in item.sources.items()}
        hidden = int(shown[FLAG].eq(WITHHELD).sum())
        found[name] = OwnTable(name, shown, hidden, titles, mine[-1].added[:10])
    return found


def protected_rows(pack: Pack, table: str, frame: pl.DataFrame, threshold: int = THRESHOLD) -> pl.DataFrame:
    """Rows of a table with small counts withheld (empty, flagged `c`) and what could give them away.

    The sums that a reader knows are those along every column whose codes are parts of one whole, in the person's rows.
    """
    resource = pack.resources_of(table)[0]
    value = resource.values[0]
    kept = [name for name in resource.statement_key() if name in frame.columns]
    parts = [name for name in kept if name not in NO_PARTS]
    axes: list[tuple[str, ...]] = [(name,) for name in parts if name not in AGES]
    ages = tuple(name for name in AGES if name in parts)
    axes += [ages] if ages else []
    within = [name for name in dict.fromkeys((*kept, "unit", "source")) if name not in parts and name in frame.columns]
    totals: dict[str, tuple[str | None, ...]] = {axis[0]: TOTALS for axis in axes}
    totals |= dict.fromkeys(resource.region_columns, (*TOTALS, pack.whole))
    totals |= {ages[0]: (*TOTALS, None)} if ages else {}
    hidden = withheld_rows(counts_of(frame, value), known_sums(frame, axes, totals, within), threshold)
    floats = [name for name, kind in frame.schema.items() if kind.is_float()]
    emptied = [
        pl.when(pl.Series(hidden)).then(None).otherwise(pl.col(name)).alias(name)
        for name in dict.fromkeys((*floats, value, "note"))
        if name in frame.columns
    ]
    flags = pl.Series(FLAG, np.where(hidden, WITHHELD, "").tolist(), dtype=pl.String)
    return frame.with_columns(*emptied).with_columns(pl.lit("user").alias(OWNER), flags)


def counts_of(frame: pl.DataFrame, value: str = "value") -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Persons behind each row, (n,): a count, the respondents behind a share; NaN of a rate or of money."""
    given = frame[value].cast(pl.Float64).fill_null(np.nan).to_numpy().copy()
    units = [str(unit or "") for unit in frame["unit"]] if "unit" in frame.columns else [""] * frame.height
    respondents = (
        frame["n"].cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy() if "n" in frame.columns else None
    )
    money = _currencies()
    for place, unit in enumerate(units):
        if unit.startswith("percent") and respondents is not None:
            given[place] *= respondents[place] / 100
        elif (
            unit.startswith(RATIOS)
            or "_per_" in unit
            or "currency" in unit
            or money.intersection(unit.upper().split("_"))
        ):
            given[place] = np.nan
        elif unit.startswith("thousand"):
            given[place] *= 1000
    return given


@cache
def _currencies() -> frozenset[str]:
    from babel.numbers import list_currencies

    return frozenset(list_currencies())
