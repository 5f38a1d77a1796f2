"""Labels of a table given in Python, as those of a file: deleted rows, totals, the country, names of one region."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path

import polars as pl

from qonys.catalog.pack import Pack, open_pack, shipped_packs
from qonys.catalog.reading.labels.names import Names, region_names
from qonys.catalog.reading.labels.observations import live_rows
from qonys.catalog.reading.labels.one_region import KnownRegions, SaidRegions, one_region
from qonys.catalog.reading.labels.spellings import one_spelling
from qonys.catalog.reading.labels.totals import KINDS, TIME, LabelColumns, SaidLabels, without_totals
from qonys.catalog.reading.labels.whole_country import whole_country
from qonys.catalog.reading.labels.world import say_world_regions
from qonys.catalog.reading.rows import NUMBER
from qonys.catalog.reading.wanted import Wanted
from qonys.surveys.codes import as_texts

FIRST = "kazakhstan"


@cache
def _names(pack: str) -> Names:
    return region_names(open_pack(pack))


@cache
def known_packs() -> tuple[Pack, ...]:
    """The shipped packs, opened when their names are asked for."""
    return tuple(open_pack(name) for name in sorted(shipped_packs(), key=lambda name: name != FIRST))


@cache
def known_regions() -> KnownRegions:
    """Names of regions of the shipped packs, each read when a table asks for it."""
    packs = sorted(shipped_packs(), key=lambda name: name != FIRST)
    first, *others = (KnownRegions(partial(_names, pack), pack) for pack in packs)
    return KnownRegions(first.read, first.pack, others=tuple(others))


def with_live_rows(
    raw: pl.DataFrame, used: Mapping[str, str], wanted: Wanted, name: str
) -> tuple[pl.DataFrame, pl.Series]:
    """Rows that ACTION and OBS_STATUS do not say are deleted or without a value, and their numbers from 1.

    Parameters
    ----------
    raw
        The table, any columns.
    used
        Standard name -> column of the table.
    wanted, name
        What the method asks for; the name of the table.

    Raises
    ------
    BadInput
        No row is left.

    """
    plain = [column for column in raw.columns if not raw.schema[column].is_nested()]
    texts = pl.DataFrame([_text(raw[column]).alias(column) for column in plain])
    texts = texts.with_columns(pl.int_range(1, raw.height + 1, eager=True).alias(NUMBER))
    values = [used[key] for key in wanted.numbers if key in used]
    numbers = live_rows(Path(name), texts, used.values(), values)[NUMBER]
    return (raw[(numbers - 1).to_list()] if numbers.len() < raw.height else raw), numbers


def with_own_labels(
    raw: pl.DataFrame, rows: pl.Series, sought: tuple[Mapping[str, str], Wanted], name: str
) -> tuple[pl.DataFrame, pl.Series]:
    """Rows whose labels are neither totals nor spellings or names of one another, and their numbers in the table.

    Parameters
    ----------
    raw
        The table, any columns.
    rows
        Number of each of its rows in the table as given, from 1.
    sought
        Standard name -> column of the table; what the method asks for.
    name
        The name of the table.

    Raises
    ------
    BadInput
        Only totals are left; a place is a dash; names that only look alike.

    """
    used, wanted = sought
    texts = {key: used[key] for key in (*wanted.all_labels, *wanted.without_fractions) if key in used}
    labels = {key: column for key, column in texts.items() if key in wanted.all_labels}
    year = next((used[key] for key, kind in KINDS.items() if kind == TIME and key in used), None)
    columns = {column: as_texts(raw[column]) for column in dict.fromkeys([*texts.values(), *([year] if year else [])])}
    found = pl.DataFrame({**columns, NUMBER: rows})
    whole, apart = whole_country(found, texts, known_regions()), frozenset(wanted.apart)
    totals = LabelColumns({key: column for key, column in texts.items() if key not in wanted.codes}, apart, whole=whole)
    found = without_totals(Path(name), found, totals, SaidLabels())
    say_world_regions(Path(name), found, LabelColumns(labels), SaidLabels())
    found = one_spelling(Path(name), found, LabelColumns(labels), SaidLabels())
    found = one_region(Path(name), found, LabelColumns(labels), SaidRegions(SaidLabels(), (), known_regions()), year)
    kept = raw.filter(rows.is_in(found[NUMBER].to_list())) if found.height < raw.height else raw
    changed = [name for name in labels.values() if not as_texts(kept[name]).equals(found[name], null_equal=True)]
    return kept.with_columns(found[column] for column in changed), found[NUMBER]


def _text(column: pl.Series) -> pl.Series:
    return as_texts(column.fill_nan(None) if column.dtype.is_float() else column)
