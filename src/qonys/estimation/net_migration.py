"""Indirect net migration by age between two counts, for any regions, groups and sexes at once.

Survival comes from death rates (life tables), from given survival ratios, or from the counts of the
whole country where it is closed (census survival ratios). Method and references:
`qonys.kernels.flows.intercensal`, `qonys.kernels.mortality.life_tables`. Errors: draws of the undercount of both counts
and of the level of mortality, as the caller states them; a range over forward, reverse and average
beside them. Not accounted for: migrants' own mortality, and moves out and back within the interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.estimation.strata import Axes, Counts, axes_of
from qonys.estimation.survival import Rates, rates_of, ratios_of_rates, survival_of
from qonys.estimation.tables import clean_rows, long_table, named
from qonys.kernels.flows import intercensal

Array = NDArray[np.float64]
LIMITS = (0.025, 0.975)
KINDS = ("rates", "survival", "interval")


@dataclass(frozen=True)
class Errors:
    """Relative standard errors of the first and second count (shared by all ages of a stratum) and of
    death rates (shared by all ages), number of draws (at least 40, or 0 for no interval) and their key.
    """

    first: float = 0.0
    second: float = 0.0
    mortality: float = 0.0
    draws: int = 500
    seed: int = 1

    def __post_init__(self) -> None:
        stated = (self.first, self.second, self.mortality)
        if not all(0 <= error < 1 for error in stated) or 0 != self.draws < 40:
            raise BadInput("net_migration.errors", found=", ".join(f"{x:g}" for x in (*stated, self.draws)))

    @property
    def any(self) -> bool:
        """Whether any error is stated and drawn."""
        return self.draws > 0 and max(self.first, self.second, self.mortality) > 0


def net_migration(
    counts: Counts,
    mortality: pl.DataFrame | None = None,
    keys: Sequence[str] = (),
    kind: str = "rates",
    errors: Errors | None = None,
    by_move: bool = False,
) -> pl.DataFrame:
    """Net migrants by age at the end of the interval and method.

    Parameters
    ----------
    counts
        The counts and births.
    mortality
        Keys (some or all), age_start, value. With kind 'rates' deaths per person-year at ages 0, 1, 5,
        10, ... or at the single years of the counts (without a key `sex` those of both sexes); with kind 'survival'
        ratios over the width of an age group by end age, the first from births; with 'interval' ratios over the whole
        interval by end age. None: census survival ratios of all strata together, by sex where that is a key (the
        country taken as closed), unless deaths are given.
    keys
        Columns that part strata: region, group, sex, ...
    kind
        'rates', 'survival' or 'interval'.
    errors
        Stated errors; without them, or without draws, low and high are null.
    by_move
        Add the methods time_even and cohort, whose age is that at the move: moves spread evenly over the
        interval, or all in its middle (intervals of one age group, with births or children).

    Returns
    -------
    keys, age_start (null: all ages), method (forward, reverse, average, by the move time_even, cohort, and from
    registered events vital), value, low, high: persons. Ages born in the interval are left out where neither births nor
    children are asked for.

    Raises
    ------
    BadInput
        Unlike ages or strata, negative or empty cells, an interval that is no multiple of the width of age groups,
        deaths without births.

    """
    errors = errors or Errors()
    if kind not in KINDS:
        raise BadInput("estimation.choice", option="kind", value=kind, known=", ".join(KINDS))
    axes = axes_of(counts, keys, by_move, mortality is None or kind == "interval")
    start, end = (_array(frame, axes, name) for frame, name in ((counts.start, "start"), (counts.end, "end")))
    gained = np.zeros_like(end) if counts.reclassified is None else _signed(counts.reclassified, axes)
    births = _births(counts, axes)
    known = _Known(start, end, gained, births, _deaths(counts, axes))
    rates = None if mortality is None or kind != "rates" else rates_of(mortality, axes)
    survival = None
    if mortality is not None or known.deaths is None:
        survival = survival_of(mortality, axes, (start, end), rates, births)
    value = _estimated(known, survival, axes)
    low, high = (None, None)
    if errors.any:
        low, high = _bands(known, (rates, survival), axes, errors)
    return _frame(value, low, high, axes)


@dataclass(frozen=True)
class _Known:
    """Counts and events (..., strata, ages); `births` (..., strata, steps); deaths of all ages in one column."""

    start: Array
    end: Array
    gained: Array
    births: Array | None
    deaths: Array | None


def _array(frame: pl.DataFrame, axes: Axes, what: str) -> Array:
    """Populations (strata, ages); every cell must have a row."""
    rows = clean_rows(frame, [*axes.keys, "age_start"], what, "population")
    place = {stratum: i for i, stratum in enumerate(axes.strata)}
    found = np.full((len(axes.strata), len(axes.ages)), np.nan)
    for *labels, age, value in rows.select(*axes.keys, "age_start", "population").iter_rows():
        found[place[tuple(labels)], axes.ages.index(age)] = value
    empty = [(*axes.strata[i], axes.ages[j]) for i, j in np.argwhere(np.isnan(found))]
    if empty:
        raise BadInput("estimation.missing_cells", table=what, cells=named(empty))
    return found


def _signed(frame: pl.DataFrame, axes: Axes) -> Array:
    found = np.zeros((len(axes.strata), len(axes.ages)))
    place = {stratum: i for i, stratum in enumerate(axes.strata)}
    for *labels, age, value in frame.select(*axes.keys, "age_start", "value").iter_rows():
        if tuple(labels) not in place or age not in axes.ages:
            raise BadInput("net_migration.strata_differ", cells=named([(*labels, age)]))
        found[place[tuple(labels)], axes.ages.index(age)] += value
    return found


def _births(counts: Counts, axes: Axes) -> Array | None:
    """Births (strata, steps), spread evenly over the interval."""
    if counts.births is None:
        return None
    return np.repeat(_events(counts.births, axes, "births")[:, None] / axes.steps, axes.steps, axis=1)


def _events(frame: pl.DataFrame, axes: Axes, what: str) -> Array:
    """Events of each stratum (strata,)."""
    rows = clean_rows(frame, list(axes.keys), what)
    found = dict(zip(rows.select(axes.keys).rows() if axes.keys else [()], rows["value"], strict=True))
    missing = [stratum for stratum in axes.strata if stratum not in found]
    if missing:
        raise BadInput("estimation.missing_cells", table=what, cells=named(missing))
    return np.array([found[stratum] for stratum in axes.strata], dtype=np.float64)


def _deaths(counts: Counts, axes: Axes) -> Array | None:
    """Registered deaths by age at the end (strata, ages), or of all ages (strata, 1)."""
    if counts.deaths is None:
        return None
    if counts.births is None:
        raise BadInput("net_migration.vital")
    if "age_start" in counts.deaths.columns:
        return _array(counts.deaths.rename({"value": "population"}), axes, "deaths")
    return _events(counts.deaths, axes, "deaths")[:, None]


def _estimated(known: _Known, survival: Array | None, axes: Axes) -> dict[str, Array]:
    """Net migrants of every method, with children and by age at the move where asked for, and their totals."""
    found: dict[str, Array] = {}
    end = known.end - known.gained
    if survival is not None:
        found = intercensal.net_migration(known.start, end, survival, known.births, axes.steps, axes.at_once)
        _add_children(found, end, axes)
        if axes.by_move:
            found["time_even"] = intercensal.by_event_age(found["forward"], survival)
            found["cohort"] = intercensal.by_move_cohort(found["forward"], survival)
    found = _totals(found)
    if known.births is not None and known.deaths is not None:
        found["vital"] = _vital(known.start, end, known.births, known.deaths, axes.steps)
    return found


def _add_children(found: dict[str, Array], end: Array, axes: Axes) -> None:
    """Put those born in the interval, by the net migration of women, in their groups of every method."""
    if axes.women is None:
        return
    for values in found.values():
        mothers, grown = values[..., axes.women, :], end[..., axes.women, :]
        for step in range(axes.steps):
            ages = axes.mothers(step)
            ratio = end[..., step] / grown[..., list(ages)].sum(axis=-1)
            values[..., step] = intercensal.children(mothers, ratio, ages, (step + 0.5) / axes.steps)


def _vital(start: Array, end: Array, births: Array, deaths: Array, steps: int) -> Array:
    """The balance of registered events by age and of all ages; of all ages alone where deaths have none."""
    if deaths.shape[-1] == end.shape[-1]:
        by_age = intercensal.vital_balance(start, end, births, deaths, steps)
        return np.concatenate([by_age, by_age.sum(axis=-1, keepdims=True)], axis=-1)
    whole = end.sum(axis=-1) - start.sum(axis=-1) - births.sum(axis=-1) + deaths[..., 0]
    return np.concatenate([np.full(end.shape, np.nan), whole[..., None]], axis=-1)


def _totals(parts: dict[str, Array]) -> dict[str, Array]:
    """Each method with the sum over ages (of the ages that are known) as a last column."""
    return {name: np.concatenate([v, np.nansum(v, axis=-1, keepdims=True)], axis=-1) for name, v in parts.items()}


def _bands(
    known: _Known, mortality: tuple[Rates | None, Array | None], axes: Axes, errors: Errors
) -> tuple[dict[str, Array], dict[str, Array]]:
    rates, survival = mortality
    rng = np.random.Generator(np.random.Philox(key=errors.seed))
    size = (errors.draws, len(axes.strata), 1)
    first = known.start * (1 + errors.first * rng.standard_normal(size))
    second = known.end * (1 + errors.second * rng.standard_normal(size))
    level = np.exp(errors.mortality * rng.standard_normal((errors.draws, 1)))
    drawn = None
    if rates is not None:
        drawn = ratios_of_rates(rates, level, axes.width)
    elif survival is not None:
        drawn = np.clip(survival, 1e-12, None) ** level[:, :, None]
    many = None if known.births is None else np.broadcast_to(known.births, (errors.draws, *known.births.shape))
    found = _estimated(_Known(first, second, known.gained, many, known.deaths), drawn, axes)
    low = {name: np.quantile(values, LIMITS[0], axis=0) for name, values in found.items()}
    high = {name: np.quantile(values, LIMITS[1], axis=0) for name, values in found.items()}
    return low, high


def _frame(
    value: dict[str, Array], low: dict[str, Array] | None, high: dict[str, Array] | None, axes: Axes
) -> pl.DataFrame:
    places = tuple(range(len(axes.strata)))
    ages: tuple[int | None, ...] = (*axes.ages, None)
    pieces = []
    for method in value:
        frame = long_table(value[method], [("stratum", places), ("age_start", ages)])
        for name, band in (("low", low), ("high", high)):
            column = pl.lit(None, dtype=pl.Float64) if band is None else pl.Series(band[method].ravel())
            frame = frame.with_columns(column.alias(name))
        pieces.append(frame.with_columns(method=pl.lit(method)).filter(~pl.col("value").is_nan()))
    whole = pl.concat(pieces)
    columns = [
        pl.col("stratum").replace_strict(dict(enumerate(s[k] for s in axes.strata))).alias(key)
        for k, key in enumerate(axes.keys)
    ]
    return whole.select(*columns, "age_start", "method", "value", "low", "high")


def range_over_methods(found: pl.DataFrame, keys: Sequence[str] = ()) -> pl.DataFrame:
    """Range over the three methods: keys, age_start, least, value (average), greatest."""
    average = found.filter(pl.col("method") == "average").select(*keys, "age_start", "value")
    spread = (
        found.filter(pl.col("method").is_in(intercensal.METHODS))
        .group_by([*keys, "age_start"])
        .agg(least=pl.col("value").min(), greatest=pl.col("value").max())
    )
    return average.join(spread, on=[*keys, "age_start"], nulls_equal=True).select(
        *keys, "age_start", "least", "value", "greatest"
    )
