"""The record of skill, as the command line asks for it."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from qonys.catalog import Pack
from qonys.errors import BadInput
from qonys.projection.backtest.models import TARGETS
from qonys.projection.backtest.run import ORIGINS, WIDTHS, Progress, backtest, summary
from qonys.projection.regional.backtest import regional_backtest, regional_summary
from qonys.study.analyses.project import Tell, silent
from qonys.study.base.history import regional_history
from qonys.study.hindcast.gross import gross_record_of_skill
from qonys.study.hindcast.national import Hindcast
from qonys.study.plan import Skill

__all__ = ["ORIGINS", "TARGETS", "skill_of"]

EARLIEST = 25
REGIONS, GROSS = "regions", "gross"


def skill_of(
    pack: Pack, target: str = "", origins: Sequence[int] = (), full: bool = False, tell: Tell = silent
) -> pl.DataFrame:
    """Summary of the record, or every forecast; of one target, or (empty) of all that are forecast for every country.

    `regions`: net migration and population of the country's regions; `gross`: its immigration and emigration.
    `origins`: empty for the usual ones, whose record comes with the pack. `tell` is called with the key of a sentence
    and its values.

    Raises
    ------
    BadInput
        A target that is not known; an origin without figures before or after it.
    """
    if target and target not in (*TARGETS, REGIONS, GROSS):
        raise BadInput("study.skill.target", found=target, known=", ".join((*TARGETS, REGIONS, GROSS)))
    tell("study.project.history")
    if target == GROSS:
        flows = gross_record_of_skill(pack, origins)
        return flows.drop(WIDTHS) if full else summary(flows)

    def progress(done: int, total: int) -> None:
        tell("study.project.backtest", done=done, total=total)

    usual = Hindcast(pack, Skill(), progress=progress)
    if target == REGIONS:
        rows = _regions(usual, origins, progress) if origins else usual.regions()
        return rows.drop(WIDTHS) if full else regional_summary(rows)
    found = _forecasts(usual, origins, progress) if origins else usual.record.forecasts
    frame = found.drop(WIDTHS) if full else summary(found)
    return frame.filter(pl.col("target") == target) if target else frame


def _regions(usual: Hindcast, origins: Sequence[int], progress: Progress) -> pl.DataFrame:
    pack = usual.pack
    return regional_backtest(regional_history(pack), usual.past, pack.country["iso3"], origins, progress=progress)


def _forecasts(usual: Hindcast, origins: Sequence[int], progress: Progress) -> pl.DataFrame:
    past = usual.past
    first, last = past.years[0] + EARLIEST, past.years[-1] - 1
    for origin in origins:
        if not first <= origin <= last:
            raise BadInput("study.project.origin", origin=origin, first=first, last=last)
    return backtest(past, tuple(origins), progress=progress).forecasts
