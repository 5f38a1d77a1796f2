"""Tables of what migration did and may do: the effect, ages, replacement, parts of change; each by draws."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.consequences.ageing import LEVELS, compared, measures
from qonys.consequences.counterfactual import MigrationEffect, VitalRates, line_of
from qonys.consequences.decomposition import FACTORS, parts_of_change
from qonys.consequences.replacement import CRITERIA, replacement
from qonys.consequences.replacement import LEVELS as HELD
from qonys.kernels.structure.ageing import between, median_age, old_dependency
from qonys.study.base.national import Prepared
from qonys.study.counterfactual.populations import (
    PastAccount,
    PastCounterfactual,
    ProjectedCounterfactual,
    past_counterfactual,
    threshold,
)

Array = NDArray[np.float64]
PARTS = ("total", "direct", "indirect", "net_migration", "births", "deaths")
MEASURES: dict[str, Callable[[Array], Array]] = {
    "population": lambda people: between(people, 0),
    "age_15_64": lambda people: between(people, 15, 65),
    "old_dependency": lambda people: 100 * old_dependency(people),
    "median_age": median_age,
}


def limits(values: Array, axis: int = 0) -> dict[str, Array]:
    """Columns low, median, high (2.5, 50, 97.5 %) over draws."""
    low, middle, high = np.quantile(values, LEVELS, axis=axis)
    return {"low": low, "median": middle, "high": high}


def effect_rows(effect: MigrationEffect, years: tuple[int, ...]) -> pl.DataFrame:
    """Tidy: part, year, low, median, high, persons."""
    sums = effect.persons()
    return pl.concat(pl.DataFrame({"part": [name] * len(years), "year": years} | limits(sums[name])) for name in PARTS)


def effect_table(since: PastCounterfactual, coming: ProjectedCounterfactual | None = None) -> pl.DataFrame:
    """The effect by year: on 1 January to the account's end, in the middle of the year after it."""
    rows = effect_rows(since.effect, since.years)
    if coming is None:
        return rows
    both = pl.concat([rows, effect_rows(coming.effect, coming.years).filter(pl.col("year") > since.years[-1])])
    order = pl.col("part").replace_strict({name: i for i, name in enumerate(PARTS)}, return_dtype=pl.Int64)
    return both.sort(order, "year")


def by_start(found: PastAccount, few: PastAccount, births: float | None, starts: tuple[int, ...]) -> pl.DataFrame:
    """The effect at the account's end had nobody moved since each start, and the total under two other assumptions.

    Columns: since, part, low, median, high. Part `by_schedule`: the total where net migration is spread over ages by a
    model schedule (from `few`, with fewer draws); `fewer_births`: where migrants and their descendants have `births`
    times the fertility of the others (None: that part is left out).
    """
    frames = []
    for start in (year for year in starts if year in found.years[:-1]):
        one = past_counterfactual(found, start)
        sums = one.effect.persons()
        sums |= {"by_schedule": past_counterfactual(few, start, few.moves).effect.persons()["total"]}
        if births is not None:
            sums |= {"fewer_births": _with_births(one, births)}
        rows = [{"since": start, "part": name} | _last(values) for name, values in sums.items()]
        frames.append(pl.DataFrame(rows))
    return pl.concat(frames)


def _with_births(one: PastCounterfactual, births: float) -> Array:
    """The total effect where migrants and their descendants have `births` times the others' fertility, persons."""
    less = VitalRates(one.rates.survival, births * one.rates.fertility, one.rates.sex_ratio)
    moved = one.moved
    line = line_of(moved.migrants, less.survival, np.zeros_like(moved.migrants[..., 0, :, :]), moved.timing, less)
    return np.asarray(line.sum(axis=(-2, -1)))


def _last(values: Array) -> dict[str, float]:
    return {name: float(value) for name, value in limits(values[:, -1]).items()}


def pyramid(since: PastCounterfactual, year: int) -> pl.DataFrame:
    """Medians by sex and five-year age with and without migration on 1 January of a year, persons."""
    i = since.years.index(year)
    rows = []
    for s, sex in enumerate(("female", "male")):
        pair = (since.moved.population[:, i, s], since.alone.population[:, i, s])
        moved, alone = (np.add.reduceat(people, np.arange(0, 101, 5), axis=-1) for people in pair)
        for g in range(moved.shape[-1]):
            rows.append(
                {
                    "sex": sex, "age_start": 5 * g, "with": float(np.median(moved[:, g])),
                    "without": float(np.median(alone[:, g])),
                }
            )  # fmt: skip
    return pl.DataFrame(rows)


def ageing_table(
    found: PastAccount,
    since: PastCounterfactual,
    coming: ProjectedCounterfactual | None = None,
    ready: Prepared | None = None,
) -> pl.DataFrame:
    """Measures of ageing with and without migration and their difference: measure, year, case, low, median, high."""
    i = found.years.index(since.years[0])
    levels = found.longevity[i:]
    before = threshold(found.tables, np.concatenate([levels, levels[-1:]]))[None]
    rows = compared(since.years, measures(since.moved.population, before), measures(since.alone.population, before))
    if coming is None or ready is None:
        return rows
    late = ageing_ahead(found, coming, ready).filter(pl.col("year") > since.years[-1])
    return pl.concat([rows, late]).sort("measure", "case", "year", maintain_order=True)


def ageing_ahead(found: PastAccount, coming: ProjectedCounterfactual, ready: Prepared) -> pl.DataFrame:
    """As `ageing_table`, for the years of a projection."""
    first = found.longevity[found.years.index(coming.years[0])]
    start = np.broadcast_to(first, (len(coming.longevity), 1, 2))
    limit = threshold(ready.inputs.family, np.concatenate([start, coming.longevity], axis=1))
    return compared(coming.years, measures(coming.moved.population, limit), measures(coming.alone.population, limit))


def replacement_table(ready: Prepared, coming: ProjectedCounterfactual, ends: tuple[int, ...]) -> pl.DataFrame:
    """Migrants needed from the base year to each end: criterion, level, end, quantity, low, median, high.

    Migrants have the ages that the country's people have when they move: the model's rates on the base population.
    Quantities: level (the value kept), migrants (their sum), a_year, population (at the end), p_required (share of
    draws in which anybody must come).
    """
    base, rows = coming.moved.population[:, 0], []
    moving = ready.inputs.emigrant_ages * ready.inputs.base
    for criterion in CRITERIA:
        for level in HELD:
            found = replacement(base, coming.rates, moving / moving.sum(), criterion, level)
            for end in ends:
                i = coming.years.index(end)
                total = found.migrants[:, :i].sum(axis=1)
                values = {
                    "level": found.level, "migrants": total, "a_year": total / i,
                    "population": found.population[:, i].sum(axis=(-2, -1)), "p_required": (total > 0).astype(float),
                }  # fmt: skip
                for name, drawn in values.items():
                    known = {"mean": float(drawn.mean())} if name == "p_required" else {}
                    row = {"criterion": criterion, "level": level, "end": end, "quantity": name}
                    ends_of = {key: float(value) for key, value in limits(drawn).items()}
                    rows.append(row | (dict.fromkeys(ends_of, known["mean"]) if known else ends_of))
    return pl.DataFrame(rows)


def decomposition_table(since: PastCounterfactual | ProjectedCounterfactual) -> pl.DataFrame:
    """Parts of the change of each measure: measure, start, end, part, low, median, high."""

    def all_measures(people: Array) -> Array:
        return np.stack([measure(people) for measure in MEASURES.values()])

    found = parts_of_change(since.moved, since.rates, all_measures)
    values = {
        "first": found.first, "last": found.last, "momentum": found.momentum,
        **dict(zip(FACTORS, found.effects, strict=True)),
    }  # fmt: skip
    rows = []
    for k, name in enumerate(MEASURES):
        for part, drawn in values.items():
            row = {"measure": name, "start": since.years[0], "end": since.years[-1], "part": part}
            rows.append(row | {key: float(value) for key, value in limits(drawn[k]).items()})
    return pl.DataFrame(rows)
