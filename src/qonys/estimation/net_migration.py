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
from qonys.estimation.tables import clean_rows, grid, long_table, named, need_columns
from qonys.kernels.flows import intercensal
from qonys.kernels.mortality.life_tables import SEXES, certain_ages, life_table, refuse_high_rates, survival_ratios
from qonys.words.notes import note

Array = NDArray[np.float64]
LIMITS = (0.025, 0.975)


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


@dataclass(frozen=True)
class Counts:
    """Two counts, tidy: keys, age_start, population; `years` between them; births of the interval.

    `births`: keys, value (all of the interval, spread evenly over it); without it the youngest groups
    are left out. `reclassified`: keys, age_start (at the end), value: persons gained by a change of the
    declared group or of boundaries, which are no migration. `children`: without births, those born in the
    interval are estimated from the net migration of women and the ratio of children to women at the end
    (Manual VI, chapter II); a key `sex` is then needed.
    """

    start: pl.DataFrame
    end: pl.DataFrame
    years: int
    births: pl.DataFrame | None = None
    reclassified: pl.DataFrame | None = None
    children: bool = False


@dataclass(frozen=True)
class _Axes:
    """Strata and ages; `women`: place of the women of each stratum, for children (else None)."""

    keys: tuple[str, ...]
    strata: tuple[tuple[object, ...], ...]
    ages: tuple[int, ...]
    steps: int
    women: tuple[int, ...] | None = None
    by_move: bool = False


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
        10, ... (a key `sex` with female and male is needed); with kind 'survival' ratios of five-year
        groups by end age, the first from births. None: census survival ratios of all strata together,
        by sex where that is a key (the country taken as closed).
    keys
        Columns that part strata: region, group, sex, ...
    kind
        'rates' or 'survival'.
    errors
        Stated errors; without them, or without draws, low and high are null.
    by_move
        Add the methods time_even and cohort, whose age is that at the move: moves spread evenly over the
        interval, or all in its middle (five-year intervals, with births or children).

    Returns
    -------
    keys, age_start (null: all ages), method (forward, reverse, average, and by the move time_even, cohort),
    value, low, high: persons. Ages born in the interval are left out where neither births nor children are
    asked for.

    Raises
    ------
    BadInput
        Unlike ages or strata, negative or empty cells, an interval that is no multiple of five years.

    """
    errors = errors or Errors()
    axes = _axes(counts, keys, by_move)
    start, end = (_array(frame, axes, name) for frame, name in ((counts.start, "start"), (counts.end, "end")))
    gained = 0.0 if counts.reclassified is None else _signed(counts.reclassified, axes)
    births = _births(counts, axes)
    rates = None if mortality is None or kind != "rates" else _rates(mortality, axes)
    survival = _survival(mortality, kind, axes, (start, end), rates)
    value = _estimated(start, end - gained, survival, births, axes)
    low, high = (None, None)
    if errors.any:
        low, high = _bands((start, end, gained), (rates, survival), births, axes, errors)
    return _frame(value, low, high, axes)


def _axes(counts: Counts, keys: Sequence[str], by_move: bool) -> _Axes:
    if counts.years <= 0 or counts.years % 5:
        raise BadInput("net_migration.interval", years=counts.years)
    for frame, name in ((counts.start, "start"), (counts.end, "end")):
        need_columns(frame, [*keys, "age_start", "population"], name)
    ages = [tuple(sorted(frame["age_start"].unique())) for frame in (counts.start, counts.end)]
    if ages[0] != ages[1]:
        unlike = sorted(set(ages[0]) ^ set(ages[1]))
        raise BadInput("net_migration.ages_differ", ages=named([(age,) for age in unlike]))
    if any(age != 5 * i for i, age in enumerate(ages[0])) or len(ages[0]) < 4:
        raise BadInput("net_migration.ages_five", ages=named([(age,) for age in ages[0]]))
    strata = tuple(sorted(counts.start.select(keys).unique().rows())) if keys else ((),)
    other = set(counts.end.select(keys).unique().rows()) if keys else {()}
    unlike_strata = sorted(set(strata) ^ other)
    if unlike_strata:
        raise BadInput("net_migration.strata_differ", cells=named(unlike_strata))
    steps = counts.years // 5
    if by_move and (steps != 1 or (counts.births is None and not counts.children)):
        raise BadInput("net_migration.by_move", years=counts.years)
    women = _women(tuple(keys), strata) if counts.children and counts.births is None else None
    if women is not None and len(ages[0]) < 9 + steps:
        raise BadInput("net_migration.children", cells=named([(5 * (8 + steps),)]))
    return _Axes(tuple(keys), strata, tuple(int(age) for age in ages[0]), steps, women, by_move)


def _women(keys: tuple[str, ...], strata: tuple[tuple[object, ...], ...]) -> tuple[int, ...]:
    """Place of the women of each stratum: the same labels, sex female."""
    if "sex" not in keys:
        raise BadInput("net_migration.needs_sex")
    own = keys.index("sex")
    wanted = [(*stratum[:own], "female", *stratum[own + 1 :]) for stratum in strata]
    lost = [stratum for stratum, women in zip(strata, wanted, strict=True) if women not in strata]
    if lost:
        raise BadInput("net_migration.children", cells=named(lost))
    return tuple(strata.index(women) for women in wanted)


def _array(frame: pl.DataFrame, axes: _Axes, what: str) -> Array:
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


def _signed(frame: pl.DataFrame, axes: _Axes) -> Array:
    found = np.zeros((len(axes.strata), len(axes.ages)))
    place = {stratum: i for i, stratum in enumerate(axes.strata)}
    for *labels, age, value in frame.select(*axes.keys, "age_start", "value").iter_rows():
        if tuple(labels) not in place or age not in axes.ages:
            raise BadInput("net_migration.strata_differ", cells=named([(*labels, age)]))
        found[place[tuple(labels)], axes.ages.index(age)] += value
    return found


def _births(counts: Counts, axes: _Axes) -> Array | None:
    if counts.births is None:
        return None
    rows = clean_rows(counts.births, list(axes.keys), "births")
    found = dict(zip(rows.select(axes.keys).rows() if axes.keys else [()], rows["value"], strict=True))
    missing = [stratum for stratum in axes.strata if stratum not in found]
    if missing:
        raise BadInput("estimation.missing_cells", table="births", cells=named(missing))
    each = np.array([found[stratum] for stratum in axes.strata]) / axes.steps
    return np.repeat(each[:, None], axes.steps, axis=1)


def _rates(mortality: pl.DataFrame, axes: _Axes) -> dict[tuple[object, ...], tuple[Array, Array, str]]:
    """Rates, their ages and sex for every stratum."""
    if "sex" not in axes.keys:
        raise BadInput("net_migration.needs_sex")
    own = [key for key in axes.keys if key in mortality.columns]
    rows = clean_rows(mortality, [*own, "age_start"], "mortality")
    parts = rows.group_by(own) if own else [((), rows)]
    tables = {labels: part.sort("age_start") for labels, part in parts}
    found = {}
    for stratum in axes.strata:
        labels = tuple(stratum[axes.keys.index(key)] for key in own)
        sex = str(stratum[axes.keys.index("sex")])
        if labels not in tables or sex not in SEXES:
            raise BadInput("estimation.missing_cells", table="mortality", cells=named([stratum]))
        part = tables[labels]
        ages = part["age_start"].cast(pl.Float64).to_numpy()
        expected = [0.0, 1.0, *[float(age) for age in axes.ages[1:]]]
        if ages.tolist() != expected:
            raise BadInput(
                "net_migration.rate_ages", found=named([(a,) for a in ages]), expected=named([(a,) for a in expected])
            )
        refuse_high_rates(part["value"].to_numpy(), ages)
        table = life_table(part["value"].to_numpy(), ages, sex)
        if table.certain.any():
            note("mortality.certain", ages=certain_ages(table), n=int(table.certain.sum()))
        found[stratum] = (part["value"].to_numpy(), ages, sex)
    return found


def _of_rates(rates: dict[tuple[object, ...], tuple[Array, Array, str]], level: Array) -> Array:
    """Survival ratios (draws, strata, ages) of rates times a level (draws, 1)."""
    pieces = [survival_ratios(life_table(values[None, :] * level, ages, sex)) for values, ages, sex in rates.values()]
    return np.stack(pieces, axis=1)


def _survival(
    mortality: pl.DataFrame | None,
    kind: str,
    axes: _Axes,
    counts: tuple[Array, Array],
    rates: dict[tuple[object, ...], tuple[Array, Array, str]] | None,
) -> Array:
    if rates is not None:
        return np.asarray(_of_rates(rates, np.ones((1, 1)))[0])
    if mortality is None:
        return _census(axes, counts)
    own = [key for key in axes.keys if key in mortality.columns]
    rows = clean_rows(mortality, [*own, "age_start"], "mortality")
    labels = [tuple(sorted(rows[key].unique())) for key in own]
    high = rows.filter(pl.col("value") > 1)
    if high.height:
        first = high.row(0, named=True)
        raise BadInput("net_migration.high_ratio", age=first["age_start"], value=f"{first['value']:g}")
    table, _ = grid(rows, [*zip(own, labels, strict=True), ("age_start", axes.ages)], "mortality")
    places = [
        tuple(labels[n].index(stratum[axes.keys.index(key)]) for n, key in enumerate(own)) for stratum in axes.strata
    ]
    return np.stack([table[place] for place in places])


def _census(axes: _Axes, counts: tuple[Array, Array]) -> Array:
    """Census survival ratios of all strata together (by sex); only for an interval of one group width."""
    if axes.steps != 1:
        raise BadInput("net_migration.census_ratio", years=5 * axes.steps)
    start, end = counts
    sexes = [s[axes.keys.index("sex")] if "sex" in axes.keys else None for s in axes.strata]
    found = np.empty_like(start)
    for sex in set(sexes):
        here = [i for i, own in enumerate(sexes) if own == sex]
        found[here] = intercensal.census_ratios(start[here].sum(axis=0), end[here].sum(axis=0))
    return found


def _estimated(start: Array, end: Array, survival: Array, births: Array | None, axes: _Axes) -> dict[str, Array]:
    """Net migrants of every method, with children and by age at the move where asked for, and their totals."""
    found = intercensal.net_migration(start, end, survival, births, axes.steps)
    if axes.women is not None:
        for values in found.values():
            mothers, grown = values[..., axes.women, :], end[..., axes.women, :]
            for step in range(axes.steps):
                ages = tuple(range(3 + step, 9 + step))
                ratio = end[..., step] / grown[..., list(ages)].sum(axis=-1)
                share = (step + 0.5) / axes.steps
                values[..., step] = intercensal.children(mothers, ratio, ages, share)
    if axes.by_move:
        found["time_even"] = intercensal.by_event_age(found["forward"], survival)
        found["cohort"] = intercensal.by_move_cohort(found["forward"], survival)
    return _totals(found)


def _totals(parts: dict[str, Array]) -> dict[str, Array]:
    """Each method with the sum over ages (of the ages that are known) as a last column."""
    return {name: np.concatenate([v, np.nansum(v, axis=-1, keepdims=True)], axis=-1) for name, v in parts.items()}


def _bands(
    counts: tuple[Array, Array, Array | float],
    mortality: tuple[dict[tuple[object, ...], tuple[Array, Array, str]] | None, Array],
    births: Array | None,
    axes: _Axes,
    errors: Errors,
) -> tuple[dict[str, Array], dict[str, Array]]:
    start, end, gained = counts
    rates, survival = mortality
    rng = np.random.Generator(np.random.Philox(key=errors.seed))
    size = (errors.draws, len(axes.strata), 1)
    first = start * (1 + errors.first * rng.standard_normal(size))
    second = end * (1 + errors.second * rng.standard_normal(size))
    level = np.exp(errors.mortality * rng.standard_normal((errors.draws, 1)))
    if rates is not None:
        drawn = _of_rates(rates, level)
    else:
        drawn = np.clip(survival, 1e-12, None) ** level[:, :, None]
    many = None if births is None else np.broadcast_to(births, (errors.draws, *births.shape))
    found = _estimated(first, second - gained, drawn, many, axes)
    low = {name: np.quantile(values, LIMITS[0], axis=0) for name, values in found.items()}
    high = {name: np.quantile(values, LIMITS[1], axis=0) for name, values in found.items()}
    return low, high


def _frame(
    value: dict[str, Array], low: dict[str, Array] | None, high: dict[str, Array] | None, axes: _Axes
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
