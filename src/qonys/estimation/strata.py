"""Two counts of the same regions, groups, sexes and ages, and what lies between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from qonys.errors import BadInput
from qonys.estimation.tables import named, need_columns

WIDTHS = (5, 1)
FIRST_MOTHER, MOTHERS = 15, 30  # years of age


@dataclass(frozen=True)
class Counts:
    """Two counts, tidy: keys, age_start, population; `years` between them; births of the interval.

    `births`: keys, value (all of the interval, spread evenly over it); without it the youngest groups
    are left out. `reclassified`: keys, age_start (at the end), value: persons gained by a change of the
    declared group or of boundaries, which are no migration. `children`: without births, those born in the
    interval are estimated from the net migration of women and the ratio of children to women at the end
    (Manual VI, chapter II); a key `sex` is then needed. `deaths`: keys, value, registered in the interval; with
    age_start (at the end, had they lived) the balance is by age, else for all ages together.
    """

    start: pl.DataFrame
    end: pl.DataFrame
    years: int
    births: pl.DataFrame | None = None
    reclassified: pl.DataFrame | None = None
    children: bool = False
    deaths: pl.DataFrame | None = None


@dataclass(frozen=True)
class Axes:
    """Strata and ages in groups of `width` years; `steps` widths between the counts.

    `women`: place of the women of each stratum, for children (else None). `at_once`: survival ratios are over the
    whole interval.
    """

    keys: tuple[str, ...]
    strata: tuple[tuple[object, ...], ...]
    ages: tuple[int, ...]
    width: int
    steps: int
    women: tuple[int, ...] | None = None
    by_move: bool = False
    at_once: bool = False

    def mothers(self, step: int) -> tuple[int, ...]:
        """Places of the ages at the end of women who were 15-44 when the children of a step were born."""
        first = FIRST_MOTHER // self.width + step
        return tuple(range(first, first + MOTHERS // self.width))


def axes_of(counts: Counts, keys: Sequence[str], by_move: bool, at_once: bool) -> Axes:
    """Strata and ages that both counts have.

    Raises
    ------
    BadInput
        Unlike ages or strata, ages that are neither single years nor groups of five, an interval that is no multiple of
        their width, ages at the move or children without what they need.

    """
    for frame, name in ((counts.start, "start"), (counts.end, "end")):
        need_columns(frame, [*keys, "age_start", "population"], name)
    ages = [tuple(sorted(frame["age_start"].unique())) for frame in (counts.start, counts.end)]
    if ages[0] != ages[1]:
        unlike = sorted(set(ages[0]) ^ set(ages[1]))
        raise BadInput("net_migration.ages_differ", ages=named([(age,) for age in unlike]))
    width = next((w for w in WIDTHS if ages[0] == tuple(range(0, w * len(ages[0]), w))), None)
    if width is None or len(ages[0]) < 4:
        raise BadInput("net_migration.ages_five", ages=named([(age,) for age in ages[0]]))
    if counts.years <= 0 or counts.years % width or counts.years >= width * (len(ages[0]) - 1):
        raise BadInput("net_migration.interval", years=counts.years, width=width, last=ages[0][-1])
    strata = tuple(sorted(counts.start.select(keys).unique().rows())) if keys else ((),)
    other = set(counts.end.select(keys).unique().rows()) if keys else {()}
    unlike_strata = sorted(set(strata) ^ other)
    if unlike_strata:
        raise BadInput("net_migration.strata_differ", cells=named(unlike_strata))
    steps = counts.years // width
    if by_move and (steps != 1 or (counts.births is None and not counts.children)):
        raise BadInput("net_migration.by_move", years=counts.years, width=width)
    women = _women(tuple(keys), strata) if counts.children and counts.births is None else None
    found = Axes(tuple(keys), strata, tuple(int(a) for a in ages[0]), width, steps, women, by_move, at_once)
    if women is not None and len(ages[0]) < found.mothers(steps - 1)[-1] + 2:
        raise BadInput("net_migration.children", cells=named([(FIRST_MOTHER + MOTHERS + counts.years - width,)]))
    return found


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
