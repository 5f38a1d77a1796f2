"""Regional figures brought to an older, coarser boundary vintage by exact lineage.

A region of a newer vintage lies whole in one region of the older vintage (the lineage says
which), so counts can be added up exactly. The other way, and for figures that do not add up
(rates, years, percentages), there is no exact answer, and none is given.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from qonys.catalog.pack import Pack
from qonys.catalog.ranks import RANKS, status_of
from qonys.errors import VintageMismatch
from qonys.spaces import RegionLineage, RegionSet

ADDITIVE_UNITS: frozenset[str] = frozenset(
    {"persons", "moves", "events", "births", "deaths", "families", "households", "permits", "crossings",
     "crossings_or_persons", "places", "square_km", "km2"}
)  # fmt: skip
_ASIDE = ("value", "status", "source", "note", "rank", "vintage")


def in_vintage(
    frame: pl.DataFrame,
    target: str,
    lineage: RegionLineage,
    *,
    regions: Sequence[str] = ("region",),
    additive: frozenset[str] = ADDITIVE_UNITS,
) -> pl.DataFrame:
    """`frame` in the boundaries of `target`, values of joined regions added up.

    Parameters
    ----------
    frame
        Columns of `regions`, `vintage` (of each row), `value`, `unit`; all other columns but
        status, source, note and rank make the key.
    target
        The vintage wanted.
    lineage
        As `region_lineage` gives it for a pack.
    regions
        Region columns: ("region",), or ("origin", "destination") for a table of moves. Moves
        inside a joined region stay as a row with origin = destination.
    additive
        Units that may be added up.

    Returns
    -------
    The columns of `frame` less `note` and `rank`, plus `parts`, the number of rows added up.
    A sum keeps the weakest status of its parts; its `source` lists all sources, parted by "; ".

    Raises
    ------
    VintageMismatch
        A row is of an older vintage than the target; a unit does not add up; a part of a joined
        region is missing; or two rows of one key state the same region (choose one source first).

    """
    missing = [name for name in ("vintage", "value", "unit", *regions) if name not in frame.columns]
    if missing:
        raise VintageMismatch("catalog.vintages.no_column", column=missing[0])
    if frame["vintage"].null_count():
        raise VintageMismatch("catalog.vintages.no_vintage", rows=frame["vintage"].null_count())
    pieces = [_shaped(frame.clear(), target)]
    for vintage in frame["vintage"].unique(maintain_order=True):
        rows = frame.filter(pl.col("vintage") == vintage)
        mapping = lineage.mapping(vintage, target)
        pieces.append(
            _shaped(rows, target) if vintage == target else _joined(rows, mapping, target, regions, additive)
        )
    return pl.concat(pieces)


def region_lineage(pack: Pack) -> RegionLineage:
    """How the regions of the pack's boundary vintages lie in each other."""
    return pack.cached("region_lineage", lambda: lineage_of(pack.lineage(), pack.membership()))


def lineage_of(lineage: pl.DataFrame, membership: pl.DataFrame) -> RegionLineage:
    """`region_lineage` from frames with the columns of `Pack.lineage()` and `Pack.membership()`.

    Regions of a vintage are in the order of their codes.
    """
    members: dict[str, set[str]] = {}
    for vintage, region in membership.select("vintage", "region").rows():
        members.setdefault(vintage, set()).add(region)
    rows = lineage.select("vintage_from", "region_from", "vintage_to", "region_to", "part").rows()
    return RegionLineage.of((RegionSet(name, tuple(sorted(codes))) for name, codes in members.items()), rows)


def _shaped(frame: pl.DataFrame, target: str) -> pl.DataFrame:
    """Rows that keep their regions: the columns of a result, one part each."""
    aside = [name for name in ("note", "rank") if name in frame.columns]
    return frame.drop(aside).with_columns(
        pl.lit(target).alias("vintage"),
        pl.col("value").cast(pl.Float64),
        pl.lit(1, dtype=pl.Int64).alias("parts"),
    )


def _joined(
    frame: pl.DataFrame,
    mapping: dict[str, str],
    target: str,
    regions: Sequence[str],
    additive: frozenset[str],
) -> pl.DataFrame:
    key = [name for name in frame.columns if name not in (*_ASIDE, *regions)]
    vintage = str(frame["vintage"][0])
    _refuse_unusable(frame, mapping, [*key, *regions], regions, vintage)
    members = {place: sum(1 for to in mapping.values() if to == place) for place in mapping.values()}
    placed = frame.with_columns(
        pl.col(name).replace_strict(mapping, return_dtype=pl.String).alias(name) for name in regions
    )
    whole = pl.lit(1, dtype=pl.Int64)
    for name in regions:
        whole = whole * pl.col(name).replace_strict(members, return_dtype=pl.Int64)
    placed = placed.with_columns(whole.alias("__whole"))
    bad = placed.filter((pl.col("__whole") > 1) & ~pl.col("unit").is_in(sorted(additive)))
    if bad.height:
        raise VintageMismatch(
            "catalog.vintages.not_additive", unit=bad["unit"][0], region=bad[regions[0]][0], target=target
        )
    sums = _sums(placed, [*key, *regions])
    inside = pl.lit(False) if len(regions) == 1 else pl.col(regions[0]) == pl.col(regions[-1])
    diagonal = pl.col(regions[0]).replace_strict(members, return_dtype=pl.Int64)
    lacking = sums.filter(
        (pl.col("parts") != pl.col("__whole")) & ~(inside & (pl.col("parts") == pl.col("__whole") - diagonal))
    )
    if lacking.height:
        row = lacking.row(0, named=True)
        raise VintageMismatch(
            "catalog.vintages.part_missing",
            region=row[regions[0]],
            found=row["parts"],
            expected=row["__whole"],
            what=", ".join(f"{name}={row[name]}" for name in key if row[name] is not None),
        )
    return _shaped(sums, target).with_columns(sums["parts"]).select(_shaped(frame.clear(), target).columns)


def _sums(placed: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    more: list[pl.Expr] = []
    if "status" in placed.columns:
        ranks = pl.col("status").replace_strict(RANKS, return_dtype=pl.Int64).max()
        more.append(ranks.alias("status"))
    if "source" in placed.columns:
        more.append(pl.col("source").unique().sort().str.join("; ").alias("source"))
    sums = placed.group_by(by, maintain_order=True).agg(
        pl.col("value").sum(), pl.len().cast(pl.Int64).alias("parts"), pl.col("__whole").first(),
        pl.col("value").null_count().alias("__empty"), *more,
    )  # fmt: skip
    sums = sums.with_columns(
        pl.when(pl.col("__empty") == 0).then(pl.col("value")).alias("value"), pl.lit("").alias("vintage")
    )
    if "status" in placed.columns:
        words = {rank: status_of(rank) for rank in RANKS.values()}
        sums = sums.with_columns(pl.col("status").replace_strict(words, return_dtype=pl.String))
    return sums


def _refuse_unusable(
    frame: pl.DataFrame, mapping: dict[str, str], key: Sequence[str], regions: Sequence[str], vintage: str
) -> None:
    for name in regions:
        unknown = frame.filter(~pl.col(name).is_in(sorted(mapping)))
        if unknown.height:
            raise VintageMismatch("catalog.vintages.not_member", region=unknown[name][0], vintage=vintage)
    repeated = frame.filter(pl.struct(key).is_duplicated())
    if repeated.height:
        row = repeated.row(0, named=True)
        raise VintageMismatch(
            "catalog.vintages.repeated",
            what=", ".join(f"{name}={row[name]}" for name in key if row[name] is not None),
        )
