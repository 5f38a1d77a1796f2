"""The record of skill, as the command line asks for it."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from qonys.catalog import Pack
from qonys.errors import BadInput
from qonys.projection.backtest import ORIGINS, WIDTHS, backtest, summary
from qonys.projection.backtest_models import TARGETS
from qonys.study.past import history

__all__ = ["ORIGINS", "TARGETS", "skill_of"]

EARLIEST = 25


def skill_of(pack: Pack, target: str = "", origins: Sequence[int] = ORIGINS, full: bool = False) -> pl.DataFrame:
    """Summary of the record, or every forecast; of one target, or (empty) of all.

    Raises
    ------
    BadInput
        A target that is not known; an origin without figures before or after it.
    """
    if target and target not in TARGETS:
        raise BadInput("study.skill.target", found=target, known=", ".join(TARGETS))
    past = history(pack)
    first, last = past.years[0] + EARLIEST, past.years[-1] - 1
    for origin in origins:
        if not first <= origin <= last:
            raise BadInput("study.project.origin", origin=origin, first=first, last=last)
    found = backtest(past, tuple(origins)).forecasts
    frame = found.drop(WIDTHS) if full else summary(found)
    return frame.filter(pl.col("target") == target) if target else frame
