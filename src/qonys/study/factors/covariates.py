"""What may explain moves between regions, put beside them: one row for each pair of regions and year, one vintage.

All regional figures are brought to the oldest boundaries by lineage: counts add up; a figure per head of a divided
region is the mean of its parts weighted by residents, which is what the whole would show. A covariate of a year of
moves is the figure of the year before (`LAG`), so that moves of the year itself do not make it; residents are of
1 January. Nothing is filled in: a pair without a covariate has none.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from qonys.catalog import Pack
from qonys.inputs import choose, rows
from qonys.inputs.boundaries import region_lineage
from qonys.inputs.series import regional_events
from qonys.study.factors.places import centre_distances, internal_moves, residents, touching
from qonys.study.runs.results import Results

LAG = 1
ASIDE = "total"


def pair_frame(pack: Pack, results: Results, vintage: str) -> pl.DataFrame:
    """Moves and covariates by pair and year: year, origin, destination, moves and one column for each covariate.

    Logs: distance (km between centres), population, income (tenge a month a head), housing (m2 commissioned a head).
    Percent: unemployment, poverty. Per 1000: natural increase. Ends with `_o` origin, `_d` destination. `contiguous`:
    0 or 1. `likeness`: 1 - half the sum of differences of the shares of ethnic groups.
    """
    moves = internal_moves(pack, vintage).rename({"period": "year", "value": "moves"})
    regions = sorted(set(moves["origin"]))
    frame = moves.join(centre_distances(pack, regions), on=["origin", "destination"], how="left")
    edges = touching(pack, vintage, regions).with_columns(contiguous=pl.lit(1.0))
    frame = frame.join(edges, on=["origin", "destination"], how="left").with_columns(
        pl.col("contiguous").fill_null(0.0), distance=pl.col("distance").log()
    )
    frame = frame.join(likeness(pack), on=["origin", "destination"], how="left")
    yearly = regional_frame(pack, results, vintage)
    for side, end in (("origin", "_o"), ("destination", "_d")):
        named = yearly.rename({"region": side, **{c: c + end for c in yearly.columns if c not in ("year", "region")}})
        frame = frame.join(named, on=["year", side], how="left")
    return frame.sort("year", "origin", "destination")


def regional_frame(pack: Pack, results: Results, vintage: str) -> pl.DataFrame:
    """Covariates of regions by the year of the moves they stand beside: year, region, and one column each."""
    people = residents(pack, vintage, results).rename({"period": "year"})
    weights = weights_of(pack)
    parts = {
        "income": per_head(pack, _chosen(pack, "income_per_head"), weights, vintage),
        "unemployment": per_head(pack, unemployment(pack), weights, vintage),
        "housing": summed(pack, _chosen(pack, "housing_commissioned"), vintage),
        "poverty": per_head(pack, goals_of(pack, "poverty_rate"), weights, vintage),
        "increase": _increase(pack, vintage),
    }
    frame = people
    for name, values in parts.items():
        later = values.select("region", pl.col("year") + LAG, pl.col("value").alias(name))
        frame = frame.join(later, on=["year", "region"], how="left")
    before = people.select(pl.col("year") + LAG, "region", pl.col("population").alias("before"))
    frame = frame.join(before, on=["year", "region"], how="left")
    return frame.select(
        "year", "region", pl.col("population").log(), pl.col("income").log(), "unemployment", "poverty",
        (pl.col("housing") / pl.col("before")).log().alias("housing"),
        (1000 * pl.col("increase") / pl.col("before")).alias("increase"),
    )  # fmt: skip


def unemployment(pack: Pack) -> pl.DataFrame:
    """Unemployment by year and region, percent: yearly figures, then the means of four quarters, then the SDG table."""
    of_year = rows(pack, "unemployment_rate").filter(pl.col("period").str.contains(r"^\d{4}$"))
    yearly = of_year.select(pl.col("period").cast(pl.Int64).alias("year"), "region", "vintage", "value", place=0)
    quarters = rows(pack, "unemployment_rate_quarter").with_columns(
        year=pl.col("period").str.slice(0, 4).cast(pl.Int64)
    )
    means = quarters.group_by("year", "region", "vintage").agg(pl.col("value").mean(), n=pl.len())
    means = means.filter(pl.col("n") == 4).drop("n").with_columns(place=1)
    sdg = goals_of(pack, "unemployment_rate_goals").with_columns(place=2)
    both = pl.concat([part.select("year", "region", "vintage", "value", "place") for part in (yearly, means, sdg)],
                     how="vertical_relaxed")  # fmt: skip
    both = both.filter(pl.col("region") != pack.whole).sort("place")
    return both.unique(subset=["year", "region"], keep="first", maintain_order=True).drop("place")


def per_head(pack: Pack, figures: pl.DataFrame, weights: pl.DataFrame, vintage: str) -> pl.DataFrame:
    """Figures per head or per cent in one vintage: means of the parts weighted by residents; all parts or none.

    `figures`: year, region, vintage, value; `weights`: year, region, people, of the regions as they were.
    """
    pieces = []
    for (own,), part in figures.partition_by("vintage", as_dict=True).items():
        mapping = {k: v for k, v in region_lineage(pack).mapping(str(own), vintage).items()
                   if k != pack.whole}  # fmt: skip
        sizes = pl.DataFrame({"region": list(mapping), "place": list(mapping.values())})
        needed = sizes.group_by("place").len("needed")
        placed = part.join(sizes, on="region").join(weights, on=["year", "region"], how="left").join(needed, on="place")
        one = pl.col("needed") == 1
        placed = placed.with_columns(people=pl.when(one).then(1.0).otherwise(pl.col("people")))
        mean = (pl.col("value") * pl.col("people")).sum() / pl.col("people").sum()
        groups = placed.drop_nulls("people").group_by("year", "place")
        means = groups.agg(mean, found=pl.len(), needed=pl.first("needed"))
        pieces.append(means.filter(pl.col("found") == pl.col("needed")).select("year", region="place", value="value"))
    return pl.concat(pieces)


def likeness(pack: Pack) -> pl.DataFrame:
    """Likeness of the ethnic structures of two regions, 0 ... 1: 1 less half the sum of differences of shares.

    Of 1 January 2025, the only year with a table by region and group: it is taken for every year.
    """
    groups = rows(pack, "ethnic_groups_regions").filter(pl.col("ethnic_group") != ASIDE)
    wide = groups.pivot(on="ethnic_group", index="region", values="value").sort("region").fill_null(0.0)
    counts = wide.drop("region").to_numpy()
    shares = counts / counts.sum(axis=1, keepdims=True)
    alike = 1 - np.abs(shares[:, None, :] - shares[None, :, :]).sum(axis=2) / 2
    names = wide["region"].to_list()
    pairs = [(a, b, alike[i, j]) for i, a in enumerate(names) for j, b in enumerate(names) if i != j]
    return pl.DataFrame(pairs, schema=["origin", "destination", "likeness"], orient="row")


def weights_of(pack: Pack) -> pl.DataFrame:
    """Residents by year and region in the boundaries of each year; after the last count, the last count."""
    people = rows(pack, "population_regional_total")
    counted = people.select(pl.col("year").cast(pl.Int64), "region", pl.col("value").alias("people"))
    last = int(str(counted["year"].max()))
    later = [counted.filter(pl.col("year") == last).with_columns(year=pl.lit(last + k, pl.Int64)) for k in (1, 2, 3)]
    return pl.concat([counted, *later])


def _chosen(pack: Pack, name: str) -> pl.DataFrame:
    """A figure of regions in whole years, the preferred source of each."""
    whole = rows(pack, name).filter(pl.col("period").str.contains(r"^\d{4}$") & (pl.col("region") != pack.whole))
    return choose(pack, name, whole).select(
        pl.col("period").cast(pl.Int64).alias("year"), "region", "vintage", "value", "unit", "status", "source"
    )


def summed(pack: Pack, figures: pl.DataFrame, vintage: str) -> pl.DataFrame:
    """Counts in one vintage: sums of all parts, or none."""
    pieces = []
    for (own,), part in figures.partition_by("vintage", as_dict=True).items():
        mapping = region_lineage(pack).mapping(str(own), vintage)
        sizes = pl.DataFrame({"region": list(mapping), "place": list(mapping.values())})
        needed = sizes.group_by("place").len("needed")
        placed = part.join(sizes, on="region").join(needed, on="place")
        sums = placed.group_by("year", "place").agg(pl.col("value").sum(), found=pl.len(), needed=pl.first("needed"))
        pieces.append(sums.filter(pl.col("found") == pl.col("needed")).select("year", region="place", value="value"))
    return pl.concat(pieces)


def goals_of(pack: Pack, name: str) -> pl.DataFrame:
    """An indicator of the sustainable development goals of whole regions, both sexes, all ages, by year."""
    stated = rows(pack, name).filter(pl.col("region") != pack.whole)
    once = stated.group_by("year", "region", "vintage", maintain_order=True).agg(pl.first("value"), n=pl.len())
    return once.filter(pl.col("n") == 1).select(pl.col("year").cast(pl.Int64), "region", "vintage", "value")


def _increase(pack: Pack, vintage: str) -> pl.DataFrame:
    """Births less deaths by year and region."""
    events = regional_events(pack, vintage)
    both = (
        events["births"]
        .select("year", "region", births="value")
        .join(events["deaths"].select("year", "region", deaths="value"), on=["year", "region"])
    )
    return both.select(pl.col("year").cast(pl.Int64), "region", value=pl.col("births") - pl.col("deaths"))
