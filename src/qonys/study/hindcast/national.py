"""What forecasts from past years take of the pack, and the record of them: found with the pack, else computed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, reduce
from typing import Any

import numpy as np
import polars as pl

from qonys.catalog import Pack
from qonys.inputs.ages import death_rates, fertility_shares, population_by_age, sex_ratios
from qonys.inputs.partners import pool_of
from qonys.projection.backtest.models import History, history_of
from qonys.projection.backtest.run import Finished, Progress, Record, backtest, compact, restored
from qonys.projection.regional.backtest import regional_backtest
from qonys.study.base.history import regional_history
from qonys.study.base.national import schedule
from qonys.study.ensembles.shipped import FitKey, Fits, Make, frame_digest, taken
from qonys.study.hindcast.cohorts import KEPT, Cohorts, PastFigures, cohorts
from qonys.study.plan import Skill

REGIONAL_FIGURES = (
    "population_regional", "vital_regional", "population_regional_total", "births_regional", "deaths_regional",
)  # fmt: skip
FEWEST = 2
FORECASTS, AGES, REGIONS = "past_forecasts", "past_ages", "past_regions"
INDICATORS = {
    "births": "births", "deaths": "deaths", "net_migration": "net_migration", "mid_year_population": "population",
    "population_15_64": "population_15_64",
}  # fmt: skip


def history(pack: Pack) -> History:
    """The country and its partners as one source gives them: the UN's estimates of today."""
    pool = pool_of(pack)
    named = [pool[name].rename({"value": column}) for name, column in INDICATORS.items()]
    return history_of(reduce(lambda one, two: one.join(two, on=["country", "year"]), named))


def figures_of(pack: Pack, origins: Iterable[int], until: int) -> PastFigures:
    """What the country's cohorts are carried forward from, from each of `origins` to `until`."""
    pool, origins = pool_of(pack), tuple(origins)
    years = sorted({year for origin in origins for year in (origin - KEPT, *range(origin, until + 1))})
    return PastFigures(
        country=pack.country["iso3"],
        births=pool["total_fertility_rate"],
        lives=pool["life_expectancy_both"],
        people={year: population_by_age(pack, year) for year in years},
        deaths={origin: death_rates(pack, origin) for origin in origins},
        shares=fertility_shares(pack),
        ratios=sex_ratios(pack),
        moving=schedule(),
    )


@dataclass
class Hindcast:
    """The record of forecasts from past years by a plan, each part found by `fits` or computed.

    `progress` hears how many of how many origins are done where the countries' forecasts are computed.
    """

    pack: Pack
    plan: Skill
    fits: Fits | None = None
    progress: Progress = field(default=lambda done, total: None)

    @cached_property
    def past(self) -> History:
        """The country and its partners."""
        return history(self.pack)

    @cached_property
    def record(self) -> Finished:
        """Forecasts of all countries, as `backtest` gives them."""

        def make() -> Finished:
            found = self._whole.finished()
            return replace(found, forecasts=compact(found.forecasts))

        found: Finished = self._found(FORECASTS, "qonys.projection.backtest.run", "", make)
        return replace(found, forecasts=restored(found.forecasts))

    def cohorts(self) -> Cohorts:
        """Forecasts of the country's ages."""
        last, plan = self.past.years[-1], self.plan
        used = [origin for origin in plan.origins if origin + min(plan.horizons) <= last]
        figures = figures_of(self.pack, used, last)

        def make() -> Cohorts:
            return cohorts(figures, self.past, self._whole.drawn, plan.horizons, plan.fans).packed()

        found: Cohorts = self._found(AGES, "qonys.study.hindcast.cohorts", _digest(figures), make)
        return found.unpacked()

    def regions(self) -> pl.DataFrame:
        """Forecasts of the country's regions, with the nation's fits that the record of countries made."""
        known = regional_history(self.pack)

        def make() -> pl.DataFrame:
            country = self.pack.country["iso3"]
            return compact(regional_backtest(known, self.past, country, drawn=self._whole.drawn))

        own = [known.regions, known.years, *(part.tolist() for part in (known.people, known.births, known.deaths))]
        own.append(known.known.tolist())
        found: pl.DataFrame = self._found(REGIONS, "qonys.projection.regional.backtest", own, make)
        return restored(found)

    @cached_property
    def _whole(self) -> Record:
        """The record of countries with its draws, computed."""
        plan = self.plan
        return backtest(self.past, plan.origins, plan.horizons, plan.draws, progress=self.progress)

    def _found(self, name: str, module: str, figures: object, make: Make) -> Any:
        """A part of the record; all parts rest on the history of the countries, besides their own `figures`."""
        past, plan = self.past, self.plan
        arrays = (past.net, past.natural, past.population, past.work, past.births)
        digest = frame_digest(pl.DataFrame(), past.countries, past.years, [part.tolist() for part in arrays], figures)
        lists = ((title, getattr(plan, title)) for title in ("origins", "horizons", "fans"))
        setting = ", ".join([f"{plan.draws} draws", *(" ".join(map(str, (title, *given))) for title, given in lists)])
        return (self.fits or taken(self.pack))(FitKey(name, setting, digest, module), make)


def _digest(figures: PastFigures) -> str:
    """Hash of the figures, of the schedule to nine decimals: it is computed, in the last digit by the machine."""
    by_year: Mapping[int, object] = {year: people.tolist() for year, people in figures.people.items()}
    deaths = {origin: [part.tolist() for part in known] for origin, known in figures.deaths.items()}
    also = (figures.country, by_year, deaths, np.round(figures.moving, 9).tolist())
    frames = (figures.births, figures.lives, figures.shares, figures.ratios)
    return frame_digest(pl.DataFrame(), also, [frame_digest(frame) for frame in frames])
