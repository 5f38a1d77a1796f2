"""Which link and which measure to act on: the measures of the lab together, over their whole ranges."""

from __future__ import annotations

import polars as pl

from qonys.catalog import Pack
from qonys.policy.measures import Measure
from qonys.study.lab.lever_ranking import LeverRanking, rank_levers
from qonys.study.lab.mix_aims import Worth
from qonys.study.lab.mix_failures import failures
from qonys.study.lab.mix_search import MixRequest, mixes
from qonys.study.lab.mix_tables import front_results, named_table
from qonys.study.lab.session import Lab, open_lab
from qonys.study.runs.results import Number, Results, TableResult

RANK = 5
DRAWS = 32
METHOD = "study.lab.lever_ranking.rank_levers"
MIXED = "study.lab.mix_search.mixes"
CHIEF, SECOND = "population", "receiving_regions"
MIXES, SEARCHES, FUTURES = 12, 1, 16


def compute(pack: Pack, results: Results) -> None:
    """Add the rankings of all measures in the last year of the regional projection, and mixes that none beats."""
    lab = open_lab(pack, results, min(DRAWS, results.plan.regions.draws))
    if len(lab.measures) < 2:
        return
    with results.part():
        ranking = rank_levers(lab, lab.until)
        _add(ranking, lab.measures, results)
        if lab.receiving:
            _add_mixes(lab, ranking, results)


def _add_mixes(lab: Lab, ranking: LeverRanking, results: Results) -> None:
    """Named mixes, the front that they lie on, and when they fail, with effects at their middle."""
    own = _all_sources(lab.measures)
    request = MixRequest(
        (CHIEF, SECOND), Worth("low"), ranking.year, ranking.since, points=MIXES, seeds=SEARCHES, middle=True
    )  # fmt: skip
    found = mixes(lab, request, known={"value": ranking.surface})
    failed = pl.DataFrame(failures(lab, found, FUTURES), infer_schema_length=None)
    for name, frame in (("mixes", named_table(found)), ("front", front_results(found)), ("failures", failed)):
        results.add(TableResult(f"levers_{name}", frame, "as_measure", RANK, own, MIXED))
    shares = failed.unique(["mix", "outcome"], maintain_order=True)
    results.add(
        Number("levers.mixes", float(len(found.values)), "count"),
        Number("levers.futures", float(FUTURES), "count"),
        *(
            Number(f"levers.failed.{row['mix']}.{row['outcome']}", row["failed"], "share", rank=RANK, sources=own,
                   method="study.lab.mix_failures.failures")
            for row in shares.iter_rows(named=True)
        ),
    )  # fmt: skip


def _add(found: LeverRanking, measures: tuple[Measure, ...], results: Results) -> None:
    own = _all_sources(measures)
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


def _all_sources(measures: tuple[Measure, ...]) -> tuple[str, ...]:
    return tuple(sorted({source for one in measures for source in _sources(one)}))


def _sources(measure: Measure) -> tuple[str, ...]:
    cost = () if measure.cost is None else measure.cost.sources
    effects = (source for one in measure.effects for source in one.unit.sources)
    return (*measure.now.sources, *effects, *cost)
