"""Forecasts of moves between regions by rules without behaviour, for the newest years, and the table of all scores."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.behaviour.calibration import Fitted
from qonys.behaviour.holdout import Forecast, Score, by_chain, score_of, spread_of
from qonys.behaviour.observed import Observed
from qonys.errors import BadInput
from qonys.explanation.gravity import Model, fit_gravity
from qonys.study.base.behaviour_figures import Ground

Array = NDArray[np.float64]
FEWEST = 3
SCORES = ("log_score", "error", "inside_percent")
SCHEMA = {"year": pl.Int64, "method": pl.String, **dict.fromkeys(SCORES, pl.Float64)}


def compared(ground: Ground, held: int) -> tuple[Fitted, pl.DataFrame]:
    """Scores of the chain and of its rivals in the newest `held` years: year, method and what `Score` has.

    Raises
    ------
    BadInput
        Fewer than three years are left to fit.

    """
    seen = ground.seen
    if not 1 <= held <= len(seen.past.years) - FEWEST:
        raise BadInput("behaviour.held", held=held, years=len(seen.past.years), most=len(seen.past.years) - FEWEST)
    fitted, chain = by_chain(ground.inputs, seen, held)
    forecasts = {"chain": chain, "gravity": by_gravity(ground, held), "same_rates": by_rates(seen, held)}
    years, pairs = seen.past.years[-held:], seen.pairs()
    rows = []
    for place, year in enumerate(years):
        counts = seen.moves[place - held][pairs]
        for method, found in forecasts.items():
            one: Score = score_of(counts, found[place])
            rows.append((year, method, one.log, one.error, 100 * one.inside))
    return fitted, pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _rates(seen: Observed, before: int, year: int) -> Array:
    """Moves of pairs in a year at the rates per resident of an earlier one, (P,)."""
    grown = seen.past.scale[year] / seen.past.scale[before]
    return np.asarray((seen.moves[before] * grown[:, None])[seen.pairs()])


def by_rates(seen: Observed, held: int) -> list[Forecast]:
    """The same rates as in the last year known; their spread is that of the years before from year to year."""
    pairs, first = seen.pairs(), len(seen.past.years) - held
    past = np.stack([_rates(seen, t - 1, t) for t in range(1, first)])
    spread = spread_of(np.stack([seen.moves[t][pairs] for t in range(1, first)]), past)
    return [Forecast(_rates(seen, first - 1, first + place)[None], spread) for place in range(held)]


def by_gravity(ground: Ground, held: int) -> list[Forecast]:
    """A gravity model with the moves of the pair in the year before, residents of both ends, and distance."""
    seen, first = ground.seen, len(ground.seen.past.years) - held
    model = Model("moves", ("before", "from", "to", "distance"), ("year",), ("origin",))
    known = pl.concat([_gravity_rows(ground, t - 1, t) for t in range(1, first)])
    fitted = fit_gravity(known, model, "own")
    slopes = fitted.coefficients()
    pairs = seen.pairs()
    counts = np.stack([seen.moves[t][pairs] for t in range(1, first)])
    spread = spread_of(counts, fitted.fitted.reshape(counts.shape))
    found = []
    for place in range(held):
        rows = _gravity_rows(ground, first - 1, first + place).select(model.regressors).to_numpy()
        found.append(Forecast(np.exp(rows @ slopes)[None], spread))
    return found


def _gravity_rows(ground: Ground, before: int, year: int) -> pl.DataFrame:
    """Rows of pairs: moves, the log of those before (of one where there were none), and logs of what else is known."""
    seen, pairs = ground.seen, ground.seen.pairs()
    origin, destination = np.nonzero(pairs)
    people = np.log(ground.inputs.base.sum(axis=(1, 2, 3, 4)) * seen.past.scale[year])
    return pl.DataFrame(
        {"moves": seen.moves[year][pairs], "before": np.log(np.maximum(seen.moves[before][pairs], 1.0)),
         "from": people[origin], "to": people[destination], "distance": ground.inputs.of_year(0).apart[pairs],
         "origin": origin, "year": np.full(len(origin), year)}
    )  # fmt: skip


def worse(frame: pl.DataFrame) -> list[tuple[int, str, str]]:
    """Where a rival has the better score than the chain: year, rival, score."""
    found = []
    for (year,), rows in sorted(frame.group_by("year")):
        chain = rows.filter(pl.col("method") == "chain").row(0, named=True)
        for row in rows.filter(pl.col("method") != "chain").iter_rows(named=True):
            if row["log_score"] > chain["log_score"]:
                found.append((int(str(year)), row["method"], "log_score"))
            if row["error"] < chain["error"]:
                found.append((int(str(year)), row["method"], "error"))
    return found
