"""Indicators of the age profile of migration between regions."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.kernels.indices import age as indices_age
from qonys.kernels.indices import errors as indices_errors
from qonys.measurement.indicators import tables
from qonys.measurement.indicators.rows import IndicatorRows
from qonys.words.notes import note

Array = NDArray[np.float64]
NAMES = {
    "peak_intensity": ("peak_intensity", ""),
    "peak_age": ("peak_age", "start"),
    "peak_width": ("peak_age", "width"),
    "peak_breadth": ("peak_breadth", ""),
    "peak_years": ("peak_breadth", "years_covered"),
    "peak_share": ("peak_share", ""),
    "murc": ("murc", "rate"),
    "murc_age": ("murc", "age"),
    "mdrc": ("mdrc", "rate"),
    "mdrc_age": ("mdrc", "age"),
    "asymmetry_ages": ("asymmetry", "ages"),
    "asymmetry_rates": ("asymmetry", "rates"),
}
SHORTEST_LIFE, LONGEST_LIFE = 5.0, 130.0  # years
FIXED = ("peak_width", "peak_years")


def add_ages(
    rows: IndicatorRows,
    both: tables.Inputs,
    aids: tuple[pl.DataFrame | None, pl.DataFrame | None],
    drawing: tuple[int, int, int],
) -> None:
    """Add the age-standardised intensity, gross migraproduction, expectancy and the age profile.

    `aids` are the standard (age, weight) and the life table (age, person_years), or None; `drawing`
    is (draws, seed, stream). Nothing is added when the population has no ages. With age groups the
    peak age is given as the first age of its group and the width of the group.

    Raises
    ------
    BadInput
        An age group without residents.

    """
    if both.population is None or "age" not in both.population.columns:
        return
    labels, starts, widths, opened = tables.ages(both.flows["age"].unique(maintain_order=True).to_list())
    starts, widths = indices_age.age_groups(starts, widths)
    place = [("period", both.periods), ("age", labels)]
    outside = both.flows.filter(pl.col("origin") != pl.col("destination"))
    moves, people = tables.array(outside, place, "value"), tables.array(both.population, place, "population")
    bad = np.argwhere(people <= 0)
    if bad.size:
        raise BadInput("indicators.nobody", cells=tables.named([(both.periods[t], labels[x]) for t, x in bad]))
    if opened is not None:
        rows.add("open_age_width", "", [opened] * len(both.periods))
    _summed(rows, (moves, people), aids, (labels, widths, both.flows.schema["age"]))
    _profile(rows, (moves, people), (starts, widths), drawing)


def _summed(
    rows: IndicatorRows,
    given: tuple[Array, Array],
    aids: tuple[pl.DataFrame | None, pl.DataFrame | None],
    ages: tuple[list[object], Array, pl.DataType],
) -> None:
    """Sums of rates over ages by some weight, with the standard error of such a sum of Poisson counts."""
    moves, people = given
    labels, widths, kind = ages
    rates = moves / people
    weight, name = (people / people.sum(axis=1, keepdims=True)).mean(axis=0), "standardised_mean_population"
    if aids[0] is not None:
        weight, name = _by_age(aids[0], "weight", "standard", labels, kind), "standardised_given"
    sums = [("cmi", name, 100 * weight / weight.sum()), ("gmr", "", widths)]
    if aids[1] is not None:
        lived = _by_age(aids[1], "person_years", "survivors", labels, kind)
        sums.append(("expectancy", "", _of_one_birth(lived, widths)))
    for code, variant, weights in sums:
        value = indices_age.gross_migraproduction(rates, weights)
        half = indices_errors.Z95 * indices_age.gross_migraproduction_error(moves, people, weights)
        rows.add(code, variant, value, (value - half, value + half), "poisson_delta")


def _of_one_birth(lived: Array, widths: Array) -> Array:
    """Years lived (ages) by one birth, from those of 1, 1000, 100000 … births: as the years a year of the first age
    and a life of at most 130 years say.

    Raises
    ------
    BadInput
        Years that no such number of births lives.

    """
    total = float(lived.sum())
    if total <= LONGEST_LIFE:
        return lived
    first = float(lived[0] / widths[0])
    radix = 10.0 ** np.ceil(np.log10(max(first, 1e-300)) - 1e-9)
    if not SHORTEST_LIFE <= total / radix <= LONGEST_LIFE:
        raise BadInput("indicators.survivors", total=f"{total:,.0f}", most=f"{LONGEST_LIFE:g}")
    note("indicators.radix", radix=f"{radix:,.0f}", expectancy=f"{total / radix:.1f}")
    return np.asarray(lived / radix)


def _by_age(frame: pl.DataFrame, value: str, what: str, labels: list[object], kind: pl.DataType) -> Array:
    """Column `value` of a table by age in the order of `labels`; every age must be there once."""
    checked = tables.checked(frame, ("age",), value, what)
    tables.same_labels(pl.DataFrame({"age": pl.Series(labels, dtype=kind)}), checked, "age", ("flows", what))
    return tables.array(checked, [("age", labels)], value)


def _profile(
    rows: IndicatorRows, given: tuple[Array, Array], groups: tuple[Array, Array], drawing: tuple[int, int, int]
) -> None:
    moves, people = given
    draws, seed, stream = drawing
    low, wide = groups
    inside = (low >= indices_age.PEAK_AGES[0]) & (low + wide <= indices_age.PEAK_AGES[1] + 1)
    if not inside.any():
        return
    found = indices_age.age_profile(moves / people, low, wide)
    drawn: dict[str, Array] = {}
    if draws:
        counts = indices_errors.poisson_draws(moves, draws, seed, 2**32 + stream)
        drawn = indices_age.age_profile(counts / people, low, wide)
    for key, value in found.items():
        code, variant = NAMES[key]
        factor = 100.0 if key == "peak_intensity" else 1.0
        if not draws or key in FIXED:
            rows.add(code, variant, factor * value)
            continue
        of_ages = key.endswith("age") or key == "asymmetry_ages"
        bounds = _quantiles(drawn[key]) if of_ages else indices_errors.bootstrap_interval(value, drawn[key])
        rows.add(code, variant, factor * value, (factor * bounds[0], factor * bounds[1]), "bootstrap")


def _quantiles(drawn: Array) -> tuple[Array, Array]:
    """Range of the ages that the draws point to: ages are places in a list, not sums to be unbiased."""
    enough = np.isfinite(drawn).mean(axis=0) >= 0.5
    safe = np.where(enough, drawn, 0.0)
    low, high = np.nanquantile(safe, [0.025, 0.975], axis=0, method="nearest")
    return np.where(enough, low, np.nan), np.where(enough, high, np.nan)
