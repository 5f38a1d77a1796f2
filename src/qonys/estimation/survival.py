"""Survival ratios by stratum and age at the end of an interval: from death rates, as given, or of the whole nation."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.estimation.strata import Axes
from qonys.estimation.tables import clean_rows, grid, named
from qonys.kernels.flows import intercensal
from qonys.kernels.mortality.life_tables import (
    SEXES,
    certain_ages,
    life_table,
    refuse_high_rates,
    refuse_short_life,
    survival_ratios,
)
from qonys.words.notes import note

Array = NDArray[np.float64]
BOTH = "both"
Rates = dict[tuple[object, ...], tuple[Array, Array, str]]


def rates_of(mortality: pl.DataFrame, axes: Axes) -> Rates:
    """Death rates per person-year, their ages and sex for every stratum.

    `mortality`: columns age_start, value, and any keys of the counts; without sex the rates are of both.

    Raises
    ------
    BadInput
        Rates by sex of counts without it, a stratum without rates, other ages than 0, 1, 5, 10, ... (or
        the single years of the counts), rates above 2 per person-year below age 90, a life expectancy below 5 years.

    """
    if "sex" in mortality.columns and "sex" not in axes.keys:
        raise BadInput("net_migration.rates_by_sex")
    own = [key for key in axes.keys if key in mortality.columns]
    rows = clean_rows(mortality, [*own, "age_start"], "mortality")
    parts = rows.group_by(own) if own else [((), rows)]
    tables = {labels: part.sort("age_start") for labels, part in parts}
    found = {}
    for stratum in axes.strata:
        labels = tuple(stratum[axes.keys.index(key)] for key in own)
        sex = str(stratum[axes.keys.index("sex")]) if "sex" in axes.keys else BOTH
        if labels not in tables or sex not in (*SEXES, BOTH):
            raise BadInput("estimation.missing_cells", table="mortality", cells=named([stratum]))
        part = tables[labels]
        ages = part["age_start"].cast(pl.Float64).to_numpy()
        grown = [float(age) for age in axes.ages[1:]]
        expected = [0.0, *([1.0] if axes.width == 5 else []), *grown]
        if ages.tolist() != expected:
            raise BadInput(
                "net_migration.rate_ages", found=named([(a,) for a in ages]), expected=named([(a,) for a in expected])
            )
        refuse_high_rates(part["value"].to_numpy(), ages)
        table = life_table(part["value"].to_numpy(), ages, SEXES[0] if sex == BOTH else sex)
        refuse_short_life(table)
        if table.certain.any():
            note("mortality.certain", ages=certain_ages(table), n=int(table.certain.sum()))
        found[stratum] = (part["value"].to_numpy(), ages, sex)
    return found


def ratios_of_rates(rates: Rates, level: Array, width: int) -> Array:
    """Survival ratios (draws, strata, ages) over `width` years of rates times a level (draws, 1).

    Those of both sexes together are the mean of what female and male infant deaths give.
    """
    found = []
    for values, ages, sex in rates.values():
        tables = [life_table(values[None, :] * level, ages, one) for one in (SEXES if sex == BOTH else (sex,))]
        found.append(np.mean([survival_ratios(table, width) for table in tables], axis=0))
    return np.stack(found, axis=1)


def survival_of(
    mortality: pl.DataFrame | None,
    axes: Axes,
    counts: tuple[Array, Array],
    rates: Rates | None,
    births: Array | None,
) -> Array:
    """Survival ratios (strata, ages) from rates, as given, or of the whole nation.

    Raises
    ------
    BadInput
        Missing, repeated or negative ratios, ratios above 1.

    """
    if rates is not None:
        return np.asarray(ratios_of_rates(rates, np.ones((1, 1)), axes.width)[0])
    if mortality is None:
        return _census(axes, counts)
    own = [key for key in axes.keys if key in mortality.columns]
    rows = clean_rows(mortality, [*own, "age_start"], "mortality")
    labels = [tuple(sorted(rows[key].unique())) for key in own]
    high = rows.filter(pl.col("value") > 1)
    if high.height:
        first = high.row(0, named=True)
        raise BadInput("net_migration.high_ratio", age=first["age_start"], value=f"{first['value']:g}")
    idle = axes.steps if axes.at_once and births is None else 0
    rows = rows.filter(~pl.col("age_start").is_in(axes.ages[:idle]))
    table, _ = grid(rows, [*zip(own, labels, strict=True), ("age_start", axes.ages[idle:])], "mortality")
    table = np.concatenate([np.full((*table.shape[:-1], idle), np.nan), table], axis=-1)
    places = [
        tuple(labels[n].index(stratum[axes.keys.index(key)]) for n, key in enumerate(own)) for stratum in axes.strata
    ]
    return np.stack([table[place] for place in places])


def _census(axes: Axes, counts: tuple[Array, Array]) -> Array:
    """Census survival ratios of all strata together (by sex), over the whole interval.

    One stratum alone is refused: its net migration would be zero by construction.
    """
    start, end = counts
    sexes = [s[axes.keys.index("sex")] if "sex" in axes.keys else None for s in axes.strata]
    found = np.empty_like(start)
    for sex in set(sexes):
        here = [i for i, own in enumerate(sexes) if own == sex]
        if len(here) == 1:
            raise BadInput("net_migration.one_stratum")
        found[here] = intercensal.census_ratios(start[here].sum(axis=0), end[here].sum(axis=0), axes.steps)
    return found
