"""How the pack's regions have strayed from the nation: births and net migration in boundaries that did not change."""

from __future__ import annotations

import numpy as np

from qonys.catalog import Pack
from qonys.kernels.multiregional import Dense
from qonys.projection.national import Inputs
from qonys.projection.regional_inputs import RegionalInputs
from qonys.projection.regional_processes import Deviations, fit_level, fit_wander
from qonys.study import series
from qonys.study.chapters.regions import recount_years


def deviations(pack: Pack, inputs: RegionalInputs, national: Inputs) -> Deviations:
    """Fitted deviations of fertility, pull and the level of internal moves.

    Fertility: log of the regions' births per person over the nation's. Pull: net migration per person (what births and
    deaths do not explain, years of recounts left out) less the nation's, over leavers and immigrants per person: the
    change of the log pull that would give it. All in the oldest boundaries of the pack, where the series are longest.
    """
    vintage = str(pack.vintages().sort("order")["vintage"][0])
    population, births, deaths = series.regional_years(pack, vintage)
    people = (population.values[:-1] + population.values[1:]) / 2
    years = np.array([int(str(year)) for year in births.axis("time").labels])
    rate = births.values / people
    bearing = np.log(rate) - np.log(births.values.sum(axis=1) / people.sum(axis=1))[:, None]
    net = np.diff(population.values, axis=0) - births.values + deaths.values
    strayed = net / people - (net.sum(axis=1) / people.sum(axis=1))[:, None]
    strayed[np.isin(years, recount_years(pack))] = np.nan
    pull = fit_wander(strayed, _response(inputs, national))
    return Deviations(fit_wander(bearing), pull, fit_level(inputs.levels, inputs.base_year))


def _response(inputs: RegionalInputs, national: Inputs) -> float:
    """Net migrants per person for a unit of log pull: those who leave a region for another and those who immigrate."""
    mean = inputs.base.mean(axis=0)
    leaving = (Dense(inputs.od).leave()[:, None] * mean).sum() / mean.sum()
    return float(leaving + 2 * national.turnover)
