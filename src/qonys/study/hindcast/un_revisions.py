"""Past revisions of the United Nations beside forecasts from the same years.

Theirs start from the population as it was known at the time, ours from today's figure of that year; where the past
was revised since, their misses of the population are misses of the base. The revision of 2012 gives 80 % intervals of
the population (base mid-2010, published in 2013), that of 2015 one figure of net migration from mid-2015 to
mid-2020, set beside the years 2016 to 2020.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.catalog import Pack
from qonys.kernels import scores
from qonys.projection.backtest.models import History
from qonys.projection.backtest.run import AGAIN, GOAL, OURS, outcomes, scored
from qonys.projection.processes.migration import PER
from qonys.study.base.national import SEXES
from qonys.study.hindcast.national import GROUPS, people

Array = NDArray[np.float64]
SEED = 1
POPULATION, MIGRATION = ("wpp2012", 2010), ("wpp2015", 2015)


def compared(pack: Pack, history: History, forecasts: pl.DataFrame) -> pl.DataFrame:
    """One row a revision, target and horizon: n, measure, mean score of ours and theirs, skill with interval, coverage.

    `measure`: interval_score of the 80 % intervals, or crps (of one figure the absolute error).
    """
    rows = pack.table("un_revisions").filter(pl.col("sex") == "both")
    found = []
    for horizon in (5, 10):
        year = POPULATION[1] + horizon
        part = rows.filter((pl.col("source") == POPULATION[0]) & (pl.col("year_end") == year))
        ends = part.pivot(on="variant", index="country", values="value").sort("country")
        place = [history.countries.index(country) for country in ends["country"]]
        start = history.population[place, history.years.index(POPULATION[1])]
        low, high = (100 * ends[name].cast(pl.Float64).to_numpy() / start for name in ("80l", "80u"))
        actual = outcomes(history, POPULATION[1], horizon)["population"][place]
        theirs = scores.interval_score(low, high, actual, GOAL)
        held = scores.inside(low, high, actual)
        about = (POPULATION, "population", horizon, "interval_score")
        found.append(_row(_mine(forecasts, about, list(ends["country"])), theirs, held, about))
    part = rows.filter(pl.col("source") == MIGRATION[0]).sort("country")
    place = [history.countries.index(country) for country in part["country"]]
    now = history.years.index(MIGRATION[1])
    middle = history.population[place, now + 1 : now + 6].mean(axis=1)
    rate = PER * part["value"].cast(pl.Float64).to_numpy() / 5 / middle
    theirs = np.abs(rate - outcomes(history, MIGRATION[1], 5)["net_migration"][place])
    about = (MIGRATION, "net_migration", 5, "crps")
    found.append(_row(_mine(forecasts, about, list(part["country"])), theirs, None, about))
    return pl.DataFrame(found)


def _mine(forecasts: pl.DataFrame, about: tuple[tuple[str, int], str, int, str], countries: list[str]) -> pl.DataFrame:
    (_, origin), target, horizon, _ = about
    mine = forecasts.filter(
        (pl.col("model") == OURS) & (pl.col("target") == target) & (pl.col("origin") == origin)
        & (pl.col("horizon") == horizon) & pl.col("country").is_in(countries)
    )  # fmt: skip
    return mine.sort("country")


def _row(
    mine: pl.DataFrame, theirs: Array, held: Array | None, about: tuple[tuple[str, int], str, int, str]
) -> dict[str, object]:
    (source, origin), target, horizon, measure = about
    ours = mine[measure].to_numpy()
    value, low, high = scores.skill(ours, theirs, np.arange(len(ours)), AGAIN, SEED)
    inside = scores.inside(mine["low_80"].to_numpy(), mine["high_80"].to_numpy(), mine["actual"].to_numpy())
    return {
        "source": source, "origin": origin, "target": target, "horizon": horizon, "n": len(ours), "measure": measure,
        "ours": float(ours.mean()), "theirs": float(theirs.mean()), "skill": value, "skill_low": low,
        "skill_high": high, "coverage_ours": float(inside.mean()),
        "coverage_theirs": None if held is None else float(held.mean()),
    }  # fmt: skip


def ages_of(pack: Pack) -> pl.DataFrame:
    """The country's age groups by the medium variant of 2012, scored like those of `past.cohorts`."""
    rows = pack.table("un_revisions").filter((pl.col("variant") == "medium") & (pl.col("indicator") == "population"))
    frames = []
    for horizon in (5, 10):
        year = POPULATION[1] + horizon
        part = rows.filter(pl.col("year_end") == year).sort("age_start")
        theirs = np.stack([part.filter(pl.col("sex") == s)["value"].cast(pl.Float64).to_numpy() for s in SEXES])
        now, came = people(pack, POPULATION[1]), people(pack, year)
        for group, (low, high) in GROUPS.items():
            start = now[:, low:high].sum()
            about: dict[str, str | int] = {
                "target": group, "model": POPULATION[0], "origin": POPULATION[1], "horizon": horizon
            }  # fmt: skip
            sample = np.array([[100 * theirs[:, low:high].sum() / start]])
            actual = np.array([100 * came[:, low:high].sum() / start])
            frames.append(scored(sample, actual, about, [pack.country["iso3"]]))
    return pl.concat(frames)
