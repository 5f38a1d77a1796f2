"""Monitor: what is unusual now, and what false alarms and delay cost."""

from __future__ import annotations

import numpy as np
import polars as pl

from qonys.catalog import Pack
from qonys.course.exercise import Exercise, LabTable, Right
from qonys.kernels.monitoring.calibration import Situation, limit_for
from qonys.study.analyses.monitoring import history, releases_of

FIGURE = "external_flow_totals_own_report"
NEEDS = (FIGURE,)
INDICATOR = "immigrants"
GREEN, YELLOW, RED = "green", "yellow", "red"
CHANCE, HORIZON, BASE, TWO_SIGMA = 0.05, 12, 24, 1.96
CHART = "predictive"


def increments(pack: Pack) -> pl.DataFrame:
    """Increments of immigrants beside the forecasts made before: start, end, value, expected, low, high, light."""

    def make() -> pl.DataFrame:
        found = history(releases_of(pack, None))
        return found.filter((pl.col("indicator") == INDICATOR) & pl.col("light").is_not_null())

    kept: pl.DataFrame = pack.cached("lab monitor", make)
    return kept


def any_alarm(pack: Pack) -> Right:
    """The chance of at least one false alarm over all increments where each has one of twenty, percent."""
    many = increments(pack).height
    return Right(100 * (1 - (1 - CHANCE) ** many), 0.5, {"many": many})


def situation(pack: Pack, horizon: int = HORIZON) -> Situation:
    """Counts of the mean size of an increment with a short base."""
    return Situation(BASE, float(np.mean(increments(pack)["value"].to_numpy())), 1.0, horizon)


def limit(pack: Pack) -> Right:
    """The limit, in deviations, that a chart of twelve values passes by chance one time in twenty."""
    return Right(limit_for(situation(pack), CHART, CHANCE), 0.05, {"base": BASE, "horizon": HORIZON})


def newest(pack: Pack) -> Right:
    """The light of the newest increment."""
    row = increments(pack).row(-1, named=True)
    return Right(str(row["light"]), 0.0, {"start": str(row["start"]), "end": str(row["end"])})


def _surprised(pack: Pack) -> str:
    row = increments(pack).row(-1, named=True)
    return RED if row["value"] > row["expected"] else GREEN


EXERCISES = (
    Exercise(
        "monitor-1", any_alarm, "percent", NEEDS,
        {
            "single": lambda pack: 100 * CHANCE,
            "added": lambda pack: 100 * CHANCE * increments(pack).height,
            "none": lambda pack: 100 * (1 - CHANCE) ** increments(pack).height,
        },
    ),
    Exercise(
        "monitor-2", limit, "", NEEDS,
        {"two_sigma": lambda pack: TWO_SIGMA, "one_value": lambda pack: limit_for(situation(pack, 1), CHART, CHANCE)},
        decimals=1,
    ),
    Exercise("monitor-3", newest, "", NEEDS, {"surprised": _surprised}, lambda pack: (GREEN, YELLOW, RED)),
)  # fmt: skip


def released(pack: Pack) -> LabTable:
    """The newest increments beside their forecasts: start, end, value, expected, low, high, persons."""
    frame = increments(pack).select(
        pl.col("start").cast(pl.String).alias("from_day"), pl.col("end").cast(pl.String).alias("to_day"),
        "value", "expected", "low", "high",
    )  # fmt: skip
    return LabTable(frame, NEEDS)


TABLES = {"released": released}
