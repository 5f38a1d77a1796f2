"""Past revisions of the United Nations beside forecasts from the same years.

Theirs start from the population as it was known at the time, ours from today's figure of that year; where the past
was revised since, their misses of the population are misses of the base. The revision of 2012 gives 80 % intervals of
the population (base mid-2010, published in 2013), that of 2015 one figure of net migration from mid-2015 to
mid-2020, compared with the years 2016 to 2020.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.catalog import Pack
from qonys.inputs import rows
from qonys.inputs.ages import population_by_age
from qonys.kernels import scores
from qonys.projection.backtest.models import History
from qonys.projection.backtest.run import AGAIN, GOAL, OURS, outcomes, scored
from qonys.projection.processes.migration import PER
from qonys.study.base.national import SEXES
from qonys.study.hindcast.cohorts import GROUPS

Array = NDArray[np.float64]
SEED = 1
FIGURES = {"population": "un_revision_population", "net_migration": "un_revision_net_migration"}
STEP = 5
COLUMNS = {
    "source": pl.String, "origin": pl.Int64, "target": pl.String, "horizon": pl.Int64, "n": pl.Int64,
    "measure": pl.String, "ours": pl.Float64, "theirs": pl.Float64, "skill": pl.Float64, "skill_low": pl.Float64,
    "skill_high": pl.Float64, "coverage_ours": pl.Float64, "coverage_theirs": pl.Float64,
}  # fmt: skip


@dataclass(frozen=True)
class Revision:
    """One figure of a past revision: rows, source, and the year from which it was projected.

    A population is tabled every `STEP` years, so its base is that much before the first year; a balance is of periods,
    the first of which begins at the base.
    """

    rows: pl.DataFrame
    source: str
    base: int


def revision(pack: Pack, target: str) -> Revision:
    """The pack's figure of a target, population or net_migration."""
    found = rows(pack, FIGURES[target])
    first = int(str(found["year_start"].min()))
    return Revision(found, str(found["source"][0]), first - STEP if target == "population" else first)


def compared(pack: Pack, history: History, forecasts: pl.DataFrame) -> pl.DataFrame:
    """One row a revision, target and horizon: n, measure, mean score of ours and theirs, skill with interval, coverage.

    `measure`: interval_score of the 80 % intervals, or crps (of one figure the absolute error). A revision from a year
    that is no origin of ours, or over a horizon that was not forecast, has no row.
    """
    people_then, net_then = revision(pack, "population"), revision(pack, "net_migration")
    found = []
    for horizon in (5, 10):
        year = people_then.base + horizon
        part = people_then.rows.filter((pl.col("sex") == "both") & (pl.col("year_end") == year))
        ends = part.pivot(on="variant", index="country", values="value").sort("country")
        place = [history.countries.index(country) for country in ends["country"]]
        start = history.population[place, history.years.index(people_then.base)]
        low, high = (100 * ends[name].cast(pl.Float64).to_numpy() / start for name in ("80l", "80u"))
        actual = outcomes(history, people_then.base, horizon)["population"][place]
        theirs = scores.interval_score(low, high, actual, GOAL)
        held = scores.inside(low, high, actual)
        about = ((people_then.source, people_then.base), "population", horizon, "interval_score")
        found.append(_row(_mine(forecasts, about, list(ends["country"])), theirs, held, about))
    part = net_then.rows.filter(pl.col("sex") == "both").sort("country")
    place = [history.countries.index(country) for country in part["country"]]
    now = history.years.index(net_then.base)
    middle = history.population[place, now + 1 : now + 6].mean(axis=1)
    rate = PER * part["value"].cast(pl.Float64).to_numpy() / 5 / middle
    theirs = np.abs(rate - outcomes(history, net_then.base, 5)["net_migration"][place])
    about = ((net_then.source, net_then.base), "net_migration", 5, "crps")
    found.append(_row(_mine(forecasts, about, list(part["country"])), theirs, None, about))
    return pl.DataFrame([row for row in found if row["n"]], schema=COLUMNS)


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
    if not len(ours):
        return {"n": 0}
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
    found = revision(pack, "population")
    medium = found.rows.filter((pl.col("variant") == "medium") & pl.col("sex").is_in(SEXES))
    frames = []
    for horizon in (5, 10):
        year = found.base + horizon
        part = medium.filter(pl.col("year_end") == year).sort("age_start")
        theirs = np.stack([part.filter(pl.col("sex") == s)["value"].cast(pl.Float64).to_numpy() for s in SEXES])
        now, came = population_by_age(pack, found.base), population_by_age(pack, year)
        for group, (low, high) in GROUPS.items():
            start = now[:, low:high].sum()
            about: dict[str, str | int] = {
                "target": group, "model": found.source, "origin": found.base, "horizon": horizon
            }  # fmt: skip
            sample = np.array([[100 * theirs[:, low:high].sum() / start]])
            actual = np.array([100 * came[:, low:high].sum() / start])
            frames.append(scored(sample, actual, about, [pack.country["iso3"]]))
    return pl.concat(frames)
