"""Which link and which measure to act on: the measures of the lab together, over their whole ranges."""

from __future__ import annotations

import polars as pl

from qonys.catalog import Pack
from qonys.policy.measures import Measure
from qonys.study.lab.lever_ranking import LeverRanking, rank_levers
from qonys.study.lab.session import open_lab
from qonys.study.runs.results import Number, Results, TableResult

RANK = 5
DRAWS = 32
METHOD = "study.lab.lever_ranking.rank_levers"
CHIEF = "population"


def compute(pack: Pack, results: Results) -> None:
    """Add the rankings of all measures in the last year of the regional projection."""
    lab = open_lab(pack, results, min(DRAWS, results.plan.regions.draws))
    if len(lab.measures) < 2:
        return
    with results.part():
        _add(rank_levers(lab, lab.until), lab.measures, results)


def _add(found: LeverRanking, measures: tuple[Measure, ...], results: Results) -> None:
    own = tuple(sorted({source for one in measures for source in _sources(one)}))
    for name, unit in (("levers", "as_measure"), ("above", "share"), ("stages", "share"), ("fit", "share")):
        frame: pl.DataFrame = getattr(found, name)
        key = "levers_ranking" if name == "levers" else f"levers_{name}"
        results.add(TableResult(key, frame, unit, RANK, own, METHOD))
    fit = found.fit.row(by_predicate=pl.col("outcome") == CHIEF, named=True)
    chief = found.levers.filter(pl.col("outcome") == CHIEF)
    results.add(
        Number("levers.year", float(found.year), "year"), Number("levers.since", float(found.since), "year"),
        Number("levers.measures", float(len(measures)), "count"),
        Number("levers.points", float(fit["points"]), "count"), Number("levers.draws", float(found.draws), "count"),
        Number("levers.least", min(found.fit["left_out"].to_list()), "share", rank=RANK, sources=own, method=METHOD),
        Number("levers.luck", float(fit["luck_total"]), "share", rank=RANK, sources=own, method=METHOD),
        *(
            Number(f"levers.total.{row['measure']}", row["total_order"], "share",
                   row["total_order_low"], row["total_order_high"], RANK, own, METHOD)
            for row in chief.iter_rows(named=True)
        ),
        *(
            Number(f"levers.stage.{row['outcome']}.{row['stage']}", row["total_order"], "share",
                   row["total_order_low"], row["total_order_high"], RANK, own, METHOD)
            for row in found.stages.iter_rows(named=True)
        ),
    )  # fmt: skip


def _sources(measure: Measure) -> tuple[str, ...]:
    cost = () if measure.cost is None else measure.cost.sources
    effects = (source for one in measure.effects for source in one.unit.sources)
    return (*measure.now.sources, *effects, *cost)
