"""Survival in a step from death rates, survivors or years lived of a person's life tables, for any age groups."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.kernels.mortality.life_tables import SEXES, certain_ages, life_table, refuse_high_rates, refuse_short_life
from qonys.projection.populations.ages import AgeGroups
from qonys.projection.populations.rates import refuse_outside
from qonys.words.notes import note

Array = NDArray[np.float64]
RATES, SURVIVORS, LIVED = "rates", "survivors", "lived"
KINDS = (RATES, SURVIVORS, LIVED)
_ROUNDS = 50


def refuse_unlikely(frame: pl.DataFrame, name: str, kind: str) -> None:
    """Refuse values (column value of `frame`) that are not death rates, survivors or years lived, as `kind` says.

    Raises
    ------
    BadInput
        Negative values, rates per 1,000, survivors that increase with age.

    """
    refuse_outside(frame, name, (0, np.inf), "negative")
    keys = [column for column in frame.columns if column not in ("age_start", "age_end", "value")]
    for labels, part in frame.sort("age_start").group_by(keys, maintain_order=True):
        ages, values = part["age_start"].to_numpy().astype(float), part["value"].to_numpy()
        place = " ".join(f"{key} {label}" for key, label in zip(keys, labels, strict=True))
        if kind == RATES:
            refuse_high_rates(values, ages)
            if values[-1] <= 0:
                raise BadInput("populations.mortality.open", table=name, place=place, age=int(ages[-1]))
        elif kind == SURVIVORS:
            rising = np.flatnonzero(np.diff(values) > 0)
            if len(rising) or values[0] <= 0:
                age = int(ages[rising[0] + 1]) if len(rising) else int(ages[0])
                raise BadInput("populations.mortality.rising", table=name, place=place, age=age)


def say_certain(rates: Array, starts: Sequence[int]) -> None:
    """Say at which ages death rates (..., 2, G) put a chance of dying above 1."""
    for place, sex in enumerate(SEXES):
        table = life_table(rates[..., place, :], np.asarray(starts, dtype=float), sex)
        refuse_short_life(table)
        if table.certain.any():
            note("mortality.certain", ages=certain_ages(table), n=int(table.certain.sum()))


def lived_years(values: Array, starts: Sequence[int], kind: str) -> Array:
    """Years lived in each age group by one birth, (..., 2, G), from `values` (..., 2, G) of a kind.

    Survivors: death rates under which a life table has these survivors; at the open age rates go on rising by the last
    ratio. Years lived: the radix is the power of ten above the years lived in the first group, a year.
    """
    ages = np.asarray(starts, dtype=float)
    if kind == LIVED:
        first = values[..., :1] / (ages[1] - ages[0])
        radix = 10.0 ** np.ceil(np.log10(np.maximum(first, 1e-300)) - 1e-12)
        return np.asarray(values / radix)
    if kind == SURVIVORS:
        values = np.stack([rates_of_survivors(values[..., i, :], ages, sex) for i, sex in enumerate(SEXES)], axis=-2)
    return np.stack([life_table(values[..., i, :], ages, sex).L for i, sex in enumerate(SEXES)], axis=-2)


def rates_of_survivors(survivors: Array, ages: Array, sex: str) -> Array:
    """Death rates (..., G) whose life table has `survivors` (..., G) at the starts of the age groups, by iteration.

    Examples
    --------
    >>> rates = np.array([0.02, 0.002, 0.001, 0.001, 0.004])
    >>> table = life_table(rates, np.array([0.0, 1.0, 5.0, 10.0, 15.0]), "female")
    >>> rates_of_survivors(table.l, table.ages, "female")[:4].round(9).tolist()
    [0.02, 0.002, 0.001, 0.001]
    """
    q = 1 - np.divide(
        survivors[..., 1:], survivors[..., :-1], out=np.zeros_like(survivors[..., 1:]), where=survivors[..., :-1] > 0
    )
    widths = np.diff(ages)
    rates = np.empty_like(survivors)
    rates[..., :-1] = q / (widths * (1 - q / 2))
    for _ in range(_ROUNDS):
        ratio = np.divide(rates[..., -2], rates[..., -3], out=np.ones_like(rates[..., -2]), where=rates[..., -3] > 0)
        rates[..., -1] = np.maximum(rates[..., -2] * np.maximum(ratio, 1), 1e-6)
        years = life_table(rates, ages, sex).a[..., :-1]
        rates[..., :-1] = q / np.maximum(widths - q * (widths - years), 1e-9)
    return rates


def survival_of(lived: Array, starts: Sequence[int], ages: AgeGroups) -> Array:
    """Survival ratios (..., A) of the groups of a population from years lived (..., G) by one birth.

    The first is from births, the last from the two oldest groups together to the open one.
    """
    places = [starts.index(start) for start in ages.starts]
    whole = np.add.reduceat(lived, places, axis=-1)
    ratio = np.empty_like(whole)
    ratio[..., 0] = whole[..., 0] / ages.width
    below = whole[..., :-1].copy()
    below[..., -1] += whole[..., -1]
    ratio[..., 1:] = np.divide(whole[..., 1:], below, out=np.zeros_like(below), where=below > 0)
    return np.minimum(ratio, 1.0)
