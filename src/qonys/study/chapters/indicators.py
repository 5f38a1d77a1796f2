"""Indicators of the internal system and of external flows, and their dependence on the zones."""

from __future__ import annotations

import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.inputs.statements import whole_years
from qonys.measurement.indicators.all import AuxiliaryTables, SystemOptions, indicators, indicators_from_totals
from qonys.measurement.indicators.pairs import pair_indicators
from qonys.measurement.indicators.scale import ScaleOptions, indicators_by_scale
from qonys.study.factors.places import centre_distances, internal_moves, residents, touching
from qonys.study.runs.results import Number, Results, TableResult

METHOD = "measurement.indicators.all.indicators"
RANK = 3


def compute(pack: Pack, results: Results) -> None:
    """Add indicators of every year with an origin-destination table, of pairs and scales, and of external flows."""
    with results.part():
        _internal(pack, results)
    if not inputs.available(pack, ("external_flow_totals_own_report",)):
        with results.part(keys=("year",)):
            results.add(_external(pack))


def _internal(pack: Pack, results: Results) -> None:
    """Indicators of the system of regions, of pairs and of scales."""
    vintage = str(pack.vintages().sort("order")["vintage"][0])
    moves = internal_moves(pack, vintage)
    people = residents(pack, vintage, results)
    years = sorted(set(moves["period"]) & set(people["period"]))
    moves, people = (frame.filter(pl.col("period").is_in(years)) for frame in (moves, people))
    regions = sorted(people["region"].unique())
    aids = AuxiliaryTables(distances=centre_distances(pack, regions))
    plan = results.plan.indicators
    table = indicators(moves, people, aids, SystemOptions(draws=plan.draws, seed=plan.seed))
    last = years[-1]
    pairs = pair_indicators(moves.filter(pl.col("period") == last), people.filter(pl.col("period") == last))
    zones = [n for n in (4, 6, 8, 10, 12, 14) if n < len(regions)] + [len(regions)]
    scale = indicators_by_scale(
        moves.filter(pl.col("period") == last),
        people.filter(pl.col("period") == last),
        zones,
        adjacency=touching(pack, vintage, regions),
        options=ScaleOptions(repeats=plan.repeats, seed=plan.seed),
    )
    sources = tuple(sorted({*whole_years(pack)["source"], *inputs.sources_of(pack, ("population_regional",))}))
    results.add(
        TableResult("internal_indicators", table, "as_indicator", RANK, sources, METHOD),
        TableResult(
            "internal_pairs", pairs, "as_indicator", RANK, sources, "measurement.indicators.pairs.pair_indicators"
        ),
        TableResult(
            "internal_scale", scale, "as_indicator", RANK, sources, "measurement.indicators.scale.indicators_by_scale"
        ),
        Number("measures.first", years[0], "year"),
        Number("measures.last", last, "year"),
        Number("measures.regions", float(len(regions)), "count"),
    )


def _external(pack: Pack) -> TableResult:
    """Effectiveness of external migration in the whole years for which arrivals and departures are reported."""
    rows = inputs.rows(pack, "external_flow_totals_own_report").filter(
        pl.col("flow").is_in(["immigrants", "emigrants"]) & pl.col("period").str.contains(r"^\d{4}$")
    )
    most = rows.group_by("period", "flow").agg(pl.col("value").max())
    wide = most.pivot(on="flow", index="period", values="value").drop_nulls().sort("period")
    totals = wide.select(
        pl.col("period").cast(pl.Int64),
        pl.lit(pack.whole).alias("region"),
        pl.col("immigrants").cast(pl.Float64).alias("arrivals"),
        pl.col("emigrants").cast(pl.Float64).alias("departures"),
    )
    found = indicators_from_totals(totals)
    sources = tuple(sorted(set(rows.filter(pl.col("period").is_in(wide["period"].to_list()))["source"])))
    return TableResult(
        "external_indicators", found, "as_indicator", RANK, sources, "measurement.indicators.all.indicators_from_totals"
    )
