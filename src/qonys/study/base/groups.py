"""Groups of regions before their ages are known: counts in mid-year, parts of divided regions, who is younger."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize_scalar

from qonys.catalog import Pack
from qonys.inputs.groups import by_group as by_group_of_regions
from qonys.inputs.groups import group_counts
from qonys.kernels.flows.raking import rake
from qonys.spaces.nested_regions import NestedRegions

Array = NDArray[np.float64]
GENERATION = 24
MIDDLE_AGE = 30.0


def middle_counts(
    pack: Pack, shape: NestedRegions, groups: Sequence[str], people: Array, year: int
) -> tuple[Array, float]:
    """Residents by whole region and group in the middle of `year`, (P, G), and the greatest relative change made.

    The newest table, raked to the residents `people` (P,) of the middle of the year and to the nation's groups there:
    shares between the last census and the table change at an even relative pace.
    """
    table_year, table = by_group_of_regions(pack, shape, groups)
    years, counts = group_counts(pack, groups)
    last, before = table.sum(axis=0) / table.sum(), counts[-1] / counts[-1].sum()
    part = (year + 0.5 - (years[-1] + 0.5)) / (table_year - (years[-1] + 0.5))
    share = np.exp((1 - part) * np.log(before) + part * np.log(last))
    scaled = table * people.sum() / table.sum()
    found = rake(scaled, [((0,), people), ((1,), people.sum() * share / share.sum())], 1e-12).table
    return found, float(np.abs(found / scaled - 1).max())


@dataclass(frozen=True)
class Split:
    """Seed of the groups of regions, `shares` (R, G), and its error where a region is a part, `error` (G,), logarithms.

    `slopes` (G, 2): of the logit of a group's share on the logarithms of the crude birth and death rate.
    """

    shares: Array
    error: Array
    slopes: Array


def split_of(counts: Array, shape: NestedRegions, births: Array, deaths: Array, people: Array) -> Split:
    """Parts of divided regions by their birth and death rates, as groups and rates go together over whole regions.

    `counts` (P, G); `births`, `deaths`, `people` (R,). Least squares over the whole regions; slopes are shrunk by
    1 - 1 / F (James and Stein 1961), to none where F < 1. The error is the scatter of the whole regions about the
    line: that a part differs from its region as regions differ from each other is an assumption on the wide side.
    """
    wholes = len(shape.wholes)

    def added(values: Array) -> Array:
        return np.asarray(np.bincount(shape.whole, values, wholes), dtype=np.float64)

    here = np.log(np.column_stack([births / people, deaths / people]))
    there = np.log(np.column_stack([added(births) / added(people), added(deaths) / added(people)]))
    share = counts / counts.sum(axis=1, keepdims=True)
    logit = np.log(share / (1 - share))
    design = np.column_stack([np.ones(wholes), there])
    slopes = np.linalg.lstsq(design, logit, rcond=None)[0]
    rest = ((logit - design @ slopes) ** 2).sum(axis=0)
    explained = ((logit - logit.mean(axis=0)) ** 2).sum(axis=0) - rest
    free = wholes - 3
    ratio = (explained / 2) / (rest / free)
    kept = slopes[1:] * np.maximum(0, 1 - 1 / ratio)
    found = logit[shape.whole] + (here - there[shape.whole]) @ kept
    return Split(1 / (1 + np.exp(-found)), np.sqrt(rest / free), np.asarray(kept.T))


@dataclass(frozen=True)
class GroupAgeTilt:
    """`tilts` (G,): growth by which groups are younger than the nation, a year: `factor` times their own growth.

    `by_regions`, `by_births`: the factor by either way (NaN: no figures). `error` (G,) of a tilt everywhere, `local` of
    a tilt in one region, a year: the scatter of regions' mean ages that the groups do not explain.
    """

    tilts: Array
    factor: float
    by_regions: float
    by_births: float
    error: Array
    local: float


@dataclass(frozen=True)
class Births:
    """What is known of the births of groups: registered of regions (R,), fertility by age (A,), `shares` of groups in
    the nation's births (G,; NaN: not stated), and `levels` (G,) of their total fertility at an earlier time.
    """

    of_regions: Array
    pattern: Array
    shares: Array
    levels: Array


def younger(growth: Array, by_age: Array, by_group: Array, births: Births) -> GroupAgeTilt:
    """Tilts of groups from their growth (G,), a year more than the nation's.

    A group that has grown faster is younger (stable population: Lotka; Coale 1957); how much of the growth counts is
    one factor, found in two ways. By regions: the groups' tilted ages, weighed by `by_group` (R, G), come nearest
    to the ages of regions `by_age` (R, 2, A) (ecological regression: Goodman 1953, American Sociological Review
    18:663; it holds if a group has the same ages everywhere). By births: the shares of groups in births ask of them
    the ratio of total fertilities that was last published. The factor is their mean, its error half their distance.
    """
    ages = by_age.sum(axis=1)
    nation = ages.sum(axis=0)
    middle = np.arange(len(nation)) + 0.5

    def shape_of(factor: float) -> Array:
        shape = nation * np.exp(-factor * growth[:, None] * (middle - MIDDLE_AGE))
        return np.asarray(shape / shape.sum(axis=1, keepdims=True))

    def distance(factor: float) -> float:
        model = by_group @ shape_of(factor)
        return float((ages * np.log(ages / (model * (nation / model.sum(axis=0))))).sum())

    by_regions = float(minimize_scalar(distance, bounds=(0.0, 2.0), method="bounded").x)
    by_births = _by_births(births, by_group, shape_of)
    known = [value for value in (by_regions, by_births) if np.isfinite(value)]
    factor, error = float(np.mean(known)), (abs(by_regions - by_births) / 2 if len(known) > 1 else by_regions / 2)
    weight = nation / nation.sum()
    spread = float(weight @ (middle - weight @ middle) ** 2)
    difference = (ages @ middle) / ages.sum(axis=1) - (by_group @ shape_of(factor) @ middle) / by_group.sum(axis=1)
    local = float(np.sqrt(np.mean((difference / spread) ** 2)))
    return GroupAgeTilt(factor * growth, factor, by_regions, by_births, np.hypot(error * growth, local), local)


def _by_births(births: Births, by_group: Array, shape_of: Callable[[float], Array]) -> float:
    """The factor at which fertilities of groups stand to each other as published; NaN where that is not known."""
    known = np.flatnonzero(np.isfinite(births.shares) & np.isfinite(births.levels))
    if len(known) < 2:
        return float("nan")
    first, second = known[np.argmax(births.levels[known])], known[np.argmin(births.levels[known])]
    published = np.log(births.levels[first] / births.levels[second])

    def excess(factor: float) -> float:
        women = by_group * (shape_of(factor) @ births.pattern)
        born = (women * (births.of_regions / women.sum(axis=1))[:, None]).sum(axis=0)
        wanted = np.log(births.shares / (born / born.sum()))
        return float(wanted[first] - wanted[second] - published)

    if excess(0.0) * excess(2.0) > 0:
        return float("nan")
    return float(brentq(excess, 0.0, 2.0))


def growth_of(pack: Pack, groups: Sequence[str], by_group: Array, year: int) -> Array:
    """Growth of groups less that of the nation, (G,), a year, since the last census a generation before `year`."""
    years, counts = group_counts(pack, groups)
    first = max(i for i, census in enumerate(years) if census <= year - GENERATION)
    now, then = by_group.sum(axis=0), counts[first]
    return np.asarray(np.log(now / now.sum() / (then / then.sum())) / (year - years[first]))
