"""Measures of ageing by draw, with and without migration; each is a formula of `kernels.ageing`.

Old ages: 65 and older per 100 of 20-64; prospective: older than the age at which 15 years remain, per 100 from
20 to it (Sanderson and Scherbov 2010); support: 15-64 for one of 65 and older (United Nations 2000). A support
ratio of National Transfer Accounts needs profiles of labour income and consumption and is given only with them.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.kernels.structure import ageing

Array = NDArray[np.float64]
LEVELS = (0.025, 0.5, 0.975)
MEASURES = (
    "population", "age_0_14", "age_15_64", "age_65", "child_dependency", "old_dependency", "prospective_dependency",
    "median_age", "support",
)  # fmt: skip


def measures(population: Array, threshold: Array | None = None) -> dict[str, Array]:
    """Measures of populations (..., 2, A), (...) each; `threshold` (..., 2): prospective old age of each sex."""
    found = {
        "population": ageing.between(population, 0),
        "age_0_14": ageing.between(population, 0, 15),
        "age_15_64": ageing.between(population, 15, 65),
        "age_65": ageing.between(population, 65),
        "child_dependency": 100 * ageing.child_dependency(population),
        "old_dependency": 100 * ageing.old_dependency(population),
        "median_age": ageing.median_age(population),
        "support": ageing.potential_support(population, (15, 65)),
    }
    if threshold is not None:
        found["prospective_dependency"] = 100 * ageing.prospective_dependency(population, threshold)
    return found


def compared(years: tuple[int, ...], moved: dict[str, Array], alone: dict[str, Array]) -> pl.DataFrame:
    """Tidy: measure, year, case (with, without, difference), low, median, high over draws (D, T)."""
    frames = []
    for name in MEASURES:
        if name not in moved:
            continue
        cases = {"with": moved[name], "without": alone[name], "difference": moved[name] - alone[name]}
        for case, values in cases.items():
            low, middle, high = np.quantile(values, LEVELS, axis=0)
            columns = {"measure": [name] * len(years), "year": years, "case": [case] * len(years)}
            frames.append(pl.DataFrame(columns | {"low": low, "median": middle, "high": high}))
    return pl.concat(frames)
