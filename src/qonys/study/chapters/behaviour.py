"""How people come to move: stages of the fitted chain by group, what the figures teach of it, and how it foretells."""

from __future__ import annotations

import polars as pl

from qonys.behaviour.calibration import Fitted, draws_of
from qonys.behaviour.parameters import NAMES
from qonys.catalog import Pack
from qonys.study.analyses import behaviour_stages as stages
from qonys.study.analyses.behaviour_fit import calibrated, fitted_frame, learnt_frame, scores_of
from qonys.study.analyses.behaviour_rivals import worse
from qonys.study.analyses.behaviour_stages import ALL, ChainRun, scene_of
from qonys.study.ensembles.fits import world_of
from qonys.study.runs.results import Number, Results, TableResult

RANK, DRAWS, HELD, NEAR = 5, 12, 2, 0.01
RUN = "behaviour.twin.twin"
FIT = "behaviour.calibration.fit"
HELD_OUT = "study.analyses.behaviour_rivals.compared"
SHARES = {"share_intending": "intend", "share_planning": "plan", "share_there": "there"}


def compute(pack: Pack, results: Results) -> None:
    """Add stages by group, settling, results along what is not taught, other strengths, the fit and its forecasts."""
    with results.part():
        plan = results.plan
        world = world_of(pack, results.table("reconciled_national").frame, plan=plan)
        fit = calibrated(pack, world=world)
        scene = scene_of(fit.ground.country, world, DRAWS, plan.regions.seed)
        chains = draws_of(fit.fitted, DRAWS, plan.regions.seed)
        runs = [scene.run(chain, draw) for draw, chain in enumerate(chains)]
        centre = stages.totals_of(scene.run(fit.fitted.mean()))
        frames = {
            "behaviour_stages": (stages.stages_frame(runs), "as_measure", RUN),
            "behaviour_settled": (stages.settled_frame(runs), "percent", RUN),
            "behaviour_open": (stages.ranges_frame(scene, fit.fitted, centre), "as_measure", RUN),
            "behaviour_strengths": (stages.strengths_frame(scene, fit.fitted, centre), "as_measure", RUN),
            "behaviour_fit": (fitted_frame(fit.fitted), "as_parameter", FIT),
            "behaviour_learnt": (learnt_frame(fit.fitted.learnt), "percent", FIT),
            "behaviour_scores": (scores_of(pack, HELD, world), "as_measure", HELD_OUT),
        }  # fmt: skip
        sources = fit.ground.sources
        results.add(*(TableResult(name, frame, unit, RANK, sources, method)
                      for name, (frame, unit, method) in frames.items()))  # fmt: skip
        results.add(*_whole(frames["behaviour_stages"][0], sources), *_counts(fit.fitted, runs))
        results.add(Number("behaviour.year", float(world.regional.base_year + 1), "year"))
        results.add(Number("behaviour.until", float(world.regional.base_year + stages.YEARS), "year"))
        lost = len(worse(frames["behaviour_scores"][0]))
        results.add(Number("behaviour.worse", float(lost), "count", method=HELD_OUT))


def _whole(frame: pl.DataFrame, sources: tuple[str, ...]) -> list[Number]:
    """Stages of all people."""
    rows = {row["measure"]: row for row in frame.filter(pl.col("axis") == ALL).iter_rows(named=True)}
    found = [
        Number(f"behaviour.{name}", rows[measure]["median"] / 100, "share", rows[measure]["low"] / 100,
               rows[measure]["high"] / 100, RANK, sources, RUN)
        for measure, name in SHARES.items()
    ]  # fmt: skip
    left = rows["per_1000"]
    return [*found, Number("behaviour.left", left["median"], "per_1000", left["low"], left["high"], RANK, sources, RUN)]


def _counts(fitted: Fitted, runs: list[ChainRun]) -> list[Number]:
    """How many directions are taught, draws and matrices, and what the first year misses."""
    learnt = fitted.learnt
    counts = {
        "directions": learnt.count(learnt.last), "parameters": len(NAMES), "draws": len(runs), "held": HELD,
        "matrices": len(fitted.years), "missed": sum(one.miss > NEAR for one in runs),
    }  # fmt: skip
    found = [Number(f"behaviour.{name}", float(count), "count", method=FIT) for name, count in counts.items()]
    miss = max(one.miss for one in runs)
    return [*found, Number("behaviour.miss", miss, "share", method=RUN)]
