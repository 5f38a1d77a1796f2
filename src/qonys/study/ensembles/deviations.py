"""How the pack's regions have strayed from the nation: births and net migration in boundaries that did not change."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from qonys.catalog import Pack
from qonys.kernels.multiregional.step import Dense
from qonys.projection.national import NationalInputs
from qonys.projection.regional.inputs import RegionalInputs
from qonys.projection.regional.processes import AR1Process, Deviations, fit_level
from qonys.study.base.history import regional_history, wholes_of

Array = NDArray[np.float64]


def deviations(pack: Pack, inputs: RegionalInputs, national: NationalInputs) -> Deviations:
    """Fitted deviations of fertility, pull and the level of internal moves.

    Fertility: log of the regions' births per person over the nation's. Pull: net migration per person (what births and
    deaths do not explain) less the nation's, over leavers and immigrants per person of the region: the change of the
    log pull that would give it. Fitted in the oldest boundaries of the pack, where the series are longest; a part of a
    region that was divided strays as its whole did, which is rather too little. Left out are only balances that a
    recount or a moved boundary explains (`regional_history`).
    """
    history = regional_history(pack)
    moved, bearing = history.fit()
    whole = wholes_of(pack, inputs.regions, history.regions)
    response = responses(inputs, national)
    pull = np.divide(_of_regions(moved, whole), response, out=np.zeros_like(response), where=response > 0)
    return Deviations(
        replace(bearing, sd=tuple(_of_regions(bearing, whole)), lift=-0.5),
        replace(moved, sd=tuple(pull), lift=0.5),
        fit_level(inputs.levels, inputs.base_year),
    )


def _of_regions(found: AR1Process, whole: NDArray[np.int64]) -> Array:
    """The sd of each region's whole, (R,); of all regions together where none holds it."""
    own = np.asarray(found.sd)
    return np.where(whole >= 0, own[whole], float(np.sqrt((own**2).mean())))


def responses(inputs: RegionalInputs, national: NationalInputs) -> Array:
    """Net migrants per person for a unit of log pull, (R,): those who leave the region, emigrate and immigrate."""
    mean = inputs.base.mean(axis=0)
    people = mean.sum(axis=(1, 2, 3))
    inside = (Dense(inputs.od).leave()[:, None] * mean).sum(axis=(1, 2, 3))
    crossing = national.turnover * people.sum()
    away, coming = ((flow / flow.sum()).sum(axis=(1, 2, 3)) for flow in (inputs.emigration * mean, inputs.immigration))
    return np.asarray((inside + crossing * (away + coming)) / people)
