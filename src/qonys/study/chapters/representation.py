"""Representation of ethnic groups in occupations, education, administration and parliament, by published shares.

Each share stands beside the share of the group in the population of the same year: at a count, or between two counts
on a straight line with both as limits. A complete count has no sampling error, only that of the printed digit; small
bodies have the exact binomial interval, which says how few seats decide.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.catalog.group_parts import group_parts
from qonys.inputs.groups import census_counts, current_estimates
from qonys.kernels.structure.segregation import most_dissimilarity
from qonys.measurement.representation import Base, Within, at, printed, ratio, seats
from qonys.study.runs.results import Number, Results, TableResult

RANK = 3
METHOD, UNEQUAL = "measurement.representation.ratio", "kernels.structure.segregation.most_dissimilarity"
SHARES, COUNTS = "representation_of_groups", "representation_counts"
ALL, POPULATION, SEATS, ROUNDING = "total", "population", "seats", "rounding"
LEAST_SPHERES = 2
Row = dict[str, Any]


def compute(pack: Pack, results: Results) -> None:
    """Add every published share with its ratio, and bounds of the dissimilarity of groups."""
    with results.part(keys=("year",)):
        frame, people = spheres(pack), _population_sources(pack)
        told = tuple(dict.fromkeys([*frame["source"].unique().sort(), *people]))
        results.add(TableResult("representation_spheres", frame, "as_measure", RANK, told, METHOD))
        results.add(*(_ratio(row, people) for row in frame.iter_rows(named=True)), *_extremes(pack, frame))
        unequal = dissimilarities(frame)
        used = tuple(frame.filter(pl.col("year").is_in(unequal["year"].to_list()))["source"].unique().sort())
        results.add(TableResult("representation_unequal", unequal, "as_measure", RANK, used, UNEQUAL),
                    *(_most(row, used) for row in unequal.iter_rows(named=True)))  # fmt: skip


def _population_sources(pack: Pack) -> list[str]:
    people = pl.concat([census_counts(pack), current_estimates(pack).drop("total")])
    since = inputs.country(pack).composition_from or 0
    return people.filter(pl.col("year") >= since)["source"].unique().sort().to_list()


def counted_shares(pack: Pack) -> dict[str, dict[int, float]]:
    """Share of each group in the population by year of a count or estimate, groups of groups among them.

    A group with parts is taken from the years that count most of its parts.
    """
    totals = dict(inputs.chosen(pack, "census_population_of_groups").select("year", "value").rows())
    estimates = current_estimates(pack)
    totals |= dict(estimates.select("year", "total").unique().rows())
    people = pl.concat([census_counts(pack), estimates.drop("total")])
    since = inputs.country(pack).composition_from or 0
    found: dict[str, dict[int, float]] = {}
    for year, group, value in people.select("year", "ethnic_group", "value").drop_nulls().rows():
        if year in totals and year >= since:
            found.setdefault(group, {})[int(year)] = value / totals[year]
    for one in group_parts(pack):
        years: dict[int, list[float]] = {}
        for code in one.parts or one.rest_of:
            for year, share in found.get(code, {}).items():
                years.setdefault(year, []).append(share)
        most = max(map(len, years.values()), default=0)
        whole = {year: sum(parts) for year, parts in years.items() if len(parts) == most}
        found[one.id] = {year: 1 - share if one.rest_of else share for year, share in whole.items()}
    return found


def spheres(pack: Pack) -> pl.DataFrame:
    """Every published share: year, sphere, group, share, share_low, share_high, seats, total, base, base_low,
    base_high, base_from, base_to, ratio, low, high, limits (seats, rounding), source.

    A share that is published as persons too stands once, by the persons.
    """
    population = counted_shares(pack)
    shares = inputs.rows(pack, SHARES).with_columns(pl.col("year").cast(pl.Int64))
    own = {(row["year"], row["ethnic_group"], row["source"]): printed(row["value"])
           for row in shares.filter(pl.col("sphere") == POPULATION).iter_rows(named=True)}  # fmt: skip
    rows = _bodies(pack)
    held = {(row["year"], row["sphere"], row["group"]) for row in rows}
    for row in shares.filter(pl.col("sphere") != POPULATION).iter_rows(named=True):
        key = (row["year"], row["sphere"], row["ethnic_group"])
        if key not in held:
            rows.append(_told(key, printed(row["value"]), row["source"]) | {"limits": ROUNDING})
    made = [row | _beside(row, own, population) for row in rows]
    return pl.DataFrame(made, SCHEMA).filter(pl.col("ratio").is_not_null()).sort("year", "sphere", "group")


SCHEMA = {
    "year": pl.Int64, "sphere": pl.String, "group": pl.String, "share": pl.Float64, "share_low": pl.Float64,
    "share_high": pl.Float64, "seats": pl.Int64, "total": pl.Int64, "base": pl.Float64, "base_low": pl.Float64,
    "base_high": pl.Float64, "base_from": pl.Int64, "base_to": pl.Int64, "ratio": pl.Float64, "low": pl.Float64,
    "high": pl.Float64, "limits": pl.String, "source": pl.String,
}  # fmt: skip


def _told(key: tuple[int, str, str], share: Within, source: str) -> Row:
    year, sphere, group = key
    return {"year": year, "sphere": sphere, "group": group, "share": share.value, "share_low": share.low,
            "share_high": share.high, "seats": None, "total": None, "source": source}  # fmt: skip


def _bodies(pack: Pack) -> list[Row]:
    """Groups of bodies that are published as persons with the whole."""
    if inputs.available(pack, (COUNTS,)):
        return []
    counts = inputs.rows(pack, COUNTS).with_columns(pl.col("year").cast(pl.Int64))
    whole = {(row["year"], row["sphere"], row["source"]): int(row["value"])
             for row in counts.filter(pl.col("ethnic_group") == ALL).iter_rows(named=True)}  # fmt: skip
    rows = []
    for row in counts.filter(pl.col("ethnic_group") != ALL).iter_rows(named=True):
        total = whole.get((row["year"], row["sphere"], row["source"]))
        if total is not None:
            key, part = (row["year"], row["sphere"], row["ethnic_group"]), int(row["value"])
            told = _told(key, seats(part, total), row["source"])
            rows.append(told | {"seats": part, "total": total, "limits": SEATS})
    return rows


def _beside(row: Row, own: dict[Any, Within], population: dict[str, dict[int, float]]) -> Row:
    """Share of the group in the population, by the same page where it says it, and the ratio."""
    said = own.get((row["year"], row["group"], row["source"]))
    base = Base(said, row["year"], row["year"]) if said else at(row["year"], population.get(row["group"], {}))
    if base is None:
        return {}
    found = ratio(Within(row["share"], row["share_low"], row["share_high"]), base.share)
    return {"base": base.share.value, "base_low": base.share.low, "base_high": base.share.high,
            "base_from": base.since, "base_to": base.until, "ratio": found.value, "low": found.low,
            "high": found.high}  # fmt: skip


def name_of(row: Row) -> str:
    """Name of the number of a row."""
    return f"representation.ratio.{row['sphere']}.{row['group']}.{row['year']}"


def _ratio(row: Row, people: list[str]) -> Number:
    few = row["limits"] == SEATS
    low, high = (row["low"], row["high"]) if few else (None, None)
    sources = tuple(dict.fromkeys([row["source"], *people]))
    return Number(name_of(row), row["ratio"], "ratio", low, high, RANK, sources, METHOD)


def _extremes(pack: Pack, frame: pl.DataFrame) -> list[Number]:
    """The year with shares of the state's own group in most spheres; none where it has two in no year."""
    own = frame.filter((pl.col("limits") == ROUNDING) & (pl.col("group") == (inputs.country(pack).kin or "")))
    counted = own.group_by("year").len().filter(pl.col("len") >= LEAST_SPHERES).sort("len", "year")
    return [] if counted.is_empty() else [Number("representation.year", float(counted["year"][-1]), "year")]


def dissimilarities(frame: pl.DataFrame) -> pl.DataFrame:
    """Pairs of groups with shares in two spheres or more of a year: year, one, other, spheres, odds, most, most_high.

    `odds`: odds ratio of the two spheres that differ most; `most`: no sizes of the spheres give a larger index of
    dissimilarity; `most_high`: the same with the printed digits as far apart as rounding lets them be.
    """
    rows = []
    kept = frame.filter(pl.col("limits") == ROUNDING)
    for (year,), part in kept.partition_by("year", as_dict=True, maintain_order=True).items():
        cells = {(row["sphere"], row["group"]): row for row in part.iter_rows(named=True)}
        groups, places = dict.fromkeys(part["group"]), dict.fromkeys(part["sphere"])
        for one, other in combinations(groups, 2):
            both = [sphere for sphere in places if {(sphere, one), (sphere, other)} <= set(cells)]
            if len(both) < LEAST_SPHERES:
                continue
            a, b = (np.array([cells[sphere, group]["share"] for sphere in both]) for group in (one, other))
            wide = _widest([cells[sphere, one] for sphere in both], [cells[sphere, other] for sphere in both], a / b)
            rows.append({"year": year, "one": one, "other": other, "spheres": len(both),
                         "odds": float((a / b).max() / (a / b).min()), "most": most_dissimilarity(a, b),
                         "most_high": most_dissimilarity(*wide)})  # fmt: skip
    return pl.DataFrame(rows, UNEQUAL_SCHEMA).sort("year", "most", descending=True)


UNEQUAL_SCHEMA = {
    "year": pl.Int64, "one": pl.String, "other": pl.String, "spheres": pl.Int64, "odds": pl.Float64,
    "most": pl.Float64, "most_high": pl.Float64,
}  # fmt: skip


def _widest(one: list[Row], other: list[Row], quotients: np.ndarray[Any, Any]) -> tuple[list[float], list[float]]:
    """Shares of both groups with the largest quotient raised and the least lowered as far as rounding allows."""
    top, least = int(np.argmax(quotients)), int(np.argmin(quotients))
    return (
        [one[top]["share_high"], one[least]["share_low"]],
        [other[top]["share_low"], other[least]["share_high"]],
    )


def _most(row: Row, sources: tuple[str, ...]) -> Number:
    name = f"representation.most.{row['one']}.{row['other']}.{row['year']}"
    return Number(name, row["most_high"], "share", rank=RANK, sources=sources, method=UNEQUAL, shown="percent")
