"""Facts used by the rules, derived from a record and its history; null where the record gives no information."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from qonys.measurement.typology.history import Windows, histories
from qonys.measurement.typology.records import COLUMNS, VOCABULARIES

# fact -> the columns that would have told it
SOURCES: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in VOCABULARIES if name != "lived_at_destination"},
    "crosses": ("origin_country", "destination_country"),
    "from_home": ("origin_country",),
    "to_home": ("destination_country",),
    "citizen": ("citizenship",),
    "born_home": ("birth_country",),
    "kin": ("ethnic_group",),
    "stay": ("stay_months",),
    "settles": ("stay_months",),
    "earlier_moves": ("prior_moves",),
    "months_away": ("months_away",),
    "lived_before": ("lived_at_destination",),
    "in_transit": ("pattern",),
    "same_season": ("person", "date", "origin_country", "destination_country", "destination"),
    "circular": ("person", "date", "origin_country", "destination_country", "stay_months"),
}
NUMERIC: tuple[str, ...] = ("stay", "earlier_moves", "months_away")
FLAGS: tuple[str, ...] = tuple(name for name in SOURCES if name not in VOCABULARIES and name not in NUMERIC)
MONTH_DAYS = 365.25 / 12


def facts(
    records: pl.DataFrame, home: str, kin_groups: Sequence[str], windows: Windows, resident: float
) -> pl.DataFrame:
    """One row per record with the columns of `SOURCES`, each Boolean, float or text, and `empty`.

    `empty` is the bit set of the canonical columns that are empty in the record, in the order of `COLUMNS`.

    `records` is the answer of `check_records`. Where a stay is not stated, the complete months until the person's
    next record of leaving the destination are the stay; where both a statement and the history tell, the stated
    stay counts, and for earlier moves the larger of both.
    """
    bits = [pl.lit(1 << place, dtype=pl.Int32) for place in range(len(COLUMNS))]
    places = [pl.when(pl.col(name).is_null()).then(bit).otherwise(0) for name, bit in zip(COLUMNS, bits, strict=True)]
    joined = pl.concat([records, histories(records, home, windows)], how="horizontal")
    joined = joined.with_columns(empty=pl.sum_horizontal(places))
    country, goal = pl.col("origin_country"), pl.col("destination_country")
    stated_home = pl.col("lived_at_destination")
    joined = joined.with_columns(
        crosses=country != goal,
        from_home=country == home,
        to_home=goal == home,
        citizen=pl.col("citizenship") == home,
        born_home=pl.col("birth_country") == home,
        kin=pl.col("ethnic_group").is_in(list(kin_groups)) if kin_groups else pl.lit(value=False),
        stay=pl.coalesce("stay_months", "next_months"),
        earlier_moves=pl.max_horizontal("prior_moves", "earlier"),
        months_away=pl.coalesce("months_away", "gap_months"),
        lived_before=pl.coalesce("seen_before", stated_home == "yes"),
        same_season=pl.col("season"),
    )
    joined = joined.with_columns(in_transit=_in_transit(windows), settles=_settles(resident))
    return joined.select(*SOURCES, "empty")


def _in_transit(windows: Windows) -> pl.Expr:
    """True by history; false where the pattern, the stay, citizenship or the countries speak against it."""
    against = pl.any_horizontal(
        ~pl.col("crosses"),
        ~pl.col("from_home") & ~pl.col("to_home"),
        pl.col("citizen"),
        pl.col("pattern").is_not_null(),
        pl.col("to_home") & (pl.col("stay") * MONTH_DAYS > windows.transit_days),
    )
    stranger = ~pl.col("citizen").fill_null(value=False)
    return pl.when(pl.col("transit") & stranger).then(statement=True).when(against).then(statement=False)


def _settles(resident: float) -> pl.Expr:
    """Whether the stay reaches the residence threshold; a stay "for good" without months does."""
    settled = pl.when(pl.col("pattern") == "permanent").then(statement=True)
    return pl.coalesce(pl.col("stay") >= resident, settled)


def missing_fields(fact: str) -> pl.Expr:
    """Bit set (places of `COLUMNS`) of the empty columns that would have told the fact; the first if none is empty."""
    bits = [1 << COLUMNS.index(name) for name in SOURCES[fact]]
    empty = pl.col("empty") & sum(bits)
    return pl.when(empty > 0).then(empty).otherwise(bits[0])


def names_of(bits: int) -> str:
    """The columns of a bit set, in the order of `COLUMNS`, joined by commas.

    Examples
    --------
    >>> names_of(0b11)
    'person, date'
    """
    return ", ".join(name for place, name in enumerate(COLUMNS) if bits >> place & 1)
