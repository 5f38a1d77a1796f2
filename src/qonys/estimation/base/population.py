"""Population by region, group, sex and single age of which only margins are published, by maximum entropy.

Two steps. Ages of regions: the table (R, 2, A) nearest to a seed that meets the nation's ages and the residents
of each region and sex exactly, and the registered deaths of regions with a stated error. Groups: within each region the
table (G, 2, A) nearest to a tilted seed that meets those ages and the region's residents by group exactly;
where groups are published for a whole region that has been divided since, its parts meet them together. Sources:
Jaynes (1957); Deming and Stephan (1940); `max_entropy`. Replicates perturb the seed and the estimated
statements by their stated errors and solve again (randomised maximum likelihood: Oliver, He and Reynolds 1996;
Bardsley, Solonen, Haario and Laine 2014, SIAM Journal on Scientific Computing 36:A1895); each meets the exact margins.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.estimation.base.history import raked
from qonys.kernels.flows.max_entropy import MarginSums, Nearest, nearest, sums_over
from qonys.kernels.flows.raking import rake

Array = NDArray[np.float64]
SEXES = ("female", "male")
STREAM = 21
KNOT = 10
AGREE = 0.5
_TIGHT = 1e-12


@dataclass(frozen=True)
class Margins:
    """What is published, persons at one instant: R regions, G groups, sexes female and male, A single ages.

    `national` (2, A); `by_sex` (R, 2); `wholes` (P,) names of the regions for which groups are published, `whole`
    (R,) the number of the one a region lies in; `by_group` (P, G).
    """

    regions: tuple[str, ...]
    groups: tuple[str, ...]
    national: Array
    by_sex: Array
    wholes: tuple[str, ...]
    whole: NDArray[np.int64]
    by_group: Array


@dataclass(frozen=True, kw_only=True)
class Seeds:
    """What is estimated, with its errors (standard deviations; of logarithms unless said).

    `ages` (R, 2, A): seed of the ages; `drawn` (K0, R, 2, A): draws of it, replicate k starts from k mod K0;
    `age_error` (A,) its further error, smooth over ages. `rates` (R, 2, A), `deaths` (R,), `death_error`:
    expected deaths are those of the rates times one factor common to all. `shares` (R, G): groups in regions,
    `share_error` (G,) where a region is a part. `tilts` (G,): growth by which a group is younger than the nation,
    a year; `tilt_error` (G,) of a group everywhere, `local_error` of a group in one region, a year.
    """

    ages: Array
    drawn: Array
    age_error: Array
    rates: Array
    deaths: Array
    death_error: float
    shares: Array
    share_error: Array
    tilts: Array
    tilt_error: Array
    local_error: float


@dataclass(frozen=True)
class BasePopulation:
    """`best` (R, G, 2, A) and `replicates` (K, R, G, 2, A), persons; all meet the margins.

    `checks`: statement, exact, greatest_error (persons or deaths, over all cells and replicates), cell.
    `factor`: registered over expected deaths of the nation.
    """

    best: Array
    replicates: Array
    checks: pl.DataFrame
    factor: float


def base_population(margins: Margins, seeds: Seeds, seed: int = 1, replicates: int = 64) -> BasePopulation:
    """The population and its replicates.

    Replicate k depends on (seed, k) alone: more replicates leave the others as they are.

    Raises
    ------
    BadInput
        Shapes that do not fit, negative or empty cells, margins that contradict each other (the two margins and the
        cell are named), margins that the seed's zeros forbid.

    """
    check(margins, seeds)
    work = _Work(margins, seeds)
    best, first = work.solve(None, None, seed)
    found = np.empty((replicates, *best.shape))
    for k in range(replicates):
        found[k], _ = work.solve(k, first, seed)
    return BasePopulation(best, found, work.checked(best, found), work.factor)


def check(margins: Margins, seeds: Seeds) -> None:
    """Raise BadInput where the margins cannot hold together or shapes do not fit.

    Raises
    ------
    BadInput
        Margins of another shape, negative, that contradict each other, or that the seed's zeros forbid.

    """
    m, r, g = margins, len(margins.regions), len(margins.groups)
    ages = m.national.shape[-1]
    shapes = {
        "national": (m.national, (2, ages)), "by_sex": (m.by_sex, (r, 2)), "by_group": (m.by_group, (len(m.wholes), g)),
        "rates": (seeds.rates, (r, 2, ages)), "shares": (seeds.shares, (r, g)), "ages": (seeds.ages, (r, 2, ages)),
    }  # fmt: skip
    for name, (table, shape) in shapes.items():
        if table.shape != shape:
            raise BadInput("base.shape", name=name, found=str(table.shape), expected=str(shape))
        wrong = ~np.isfinite(table) | (table < 0)
        if wrong.any():
            at = tuple(int(i) for i in np.argwhere(wrong)[0])
            raise BadInput("base.negative", name=name, cell=str(at), value=float(table[at]))
    for s, age in np.argwhere((m.national > 0) & (seeds.ages.sum(axis=0) == 0))[:1]:
        cell, other = f"{SEXES[s]} {age}", round(float(m.national[s, age]))
        raise BadInput("base.infeasible", margin="national", cell=cell, found=0, other=other)
    for s, sex in enumerate(SEXES):
        _agree(("national", "by_sex"), sex, float(m.national[s].sum()), float(m.by_sex[:, s].sum()))
    residents = np.bincount(m.whole, m.by_sex.sum(axis=1), len(m.wholes))
    for p, name in enumerate(m.wholes):
        _agree(("by_sex", "by_group"), name, float(residents[p]), float(m.by_group[p].sum()))


def _agree(names: tuple[str, str], cell: str, first: float, second: float) -> None:
    if abs(first - second) > AGREE:
        raise BadInput(
            "base.contradiction", first=names[0], second=names[1], cell=cell, found=round(first), other=round(second)
        )


def smooth(draws: Array, ages: int) -> Array:
    """Errors of variance 1 at single ages, smooth over about ten years, from normal `draws` (..., knots)."""
    at = np.arange(ages) / KNOT
    low = at.astype(np.int64)
    part = at - low
    weight = np.hypot(1 - part, part)
    return np.asarray(((1 - part) * draws[..., low] + part * draws[..., low + 1]) / weight)


class _Work:
    """Matrices that all replicates share."""

    def __init__(self, margins: Margins, seeds: Seeds) -> None:
        self.margins, self.seeds = margins, seeds
        self.shape = (len(margins.regions), *margins.national.shape)
        regions, _, ages = self.shape
        r, s, a = np.indices(self.shape).reshape(3, -1)
        # The first region's sums follow from the nation's and the others'.
        self.exact = (sums_over(s * ages + a, 2 * ages), sums_over(2 * r + s - 2, 2 * regions - 2))
        seed = raked(self._raked(seeds.ages), margins.by_sex, margins.national)
        self.factor = float(seeds.deaths.sum() / self._expected(seed).sum())
        self.dying = sums_over(r, regions).multiply(seeds.rates.reshape(1, -1) * self.factor).tocsr()
        # A person of the seed moves the expected deaths by its rate; smooth errors of `age_error` move them together.
        alone = (seeds.rates**2 * seed).sum(axis=(1, 2)) * self.factor**2
        jointly = ((seeds.rates * seed * seeds.age_error).sum(axis=(1, 2)) * self.factor) ** 2
        self.dispersion = float(np.median(jointly / alone))

    def _raked(self, seed: Array) -> Array:
        """The seed brought to the residents of each region and sex."""
        total = seed.sum(axis=-1, keepdims=True)
        return np.asarray(
            seed * np.divide(self.margins.by_sex[..., None], total, out=np.zeros_like(total), where=total > 0)
        )

    def _expected(self, people: Array) -> Array:
        return np.asarray((people * self.seeds.rates).sum(axis=(1, 2)))

    @cached_property
    def targets(self) -> Array:
        return np.concatenate([self.margins.national.ravel(), self.margins.by_sex[1:].ravel()])

    def solve(self, k: int | None, first: Array | None, seed: int) -> tuple[Array, Array]:
        """Table (R, G, 2, A) and multipliers of the ages: the best one (k None) or a replicate."""
        regions, _, ages = self.shape
        groups = len(self.margins.groups)
        normal = np.zeros(regions * (2 * (ages // KNOT + 2) + 1 + 2 * groups) + groups)
        if k is not None:
            stream = np.random.Generator(np.random.Philox(key=np.array([seed * 64 + STREAM, k], dtype=np.uint64)))
            normal = stream.standard_normal(len(normal))
        cut = np.cumsum([regions * 2 * (ages // KNOT + 2), regions, regions * groups, groups])
        curve, dead, split, common, local = np.split(normal, cut)
        start = self.seeds.ages if k is None else self.seeds.drawn[k % len(self.seeds.drawn)]
        start = start * np.exp(smooth(curve.reshape(regions, 2, -1), ages) * self.seeds.age_error)
        found = self._ages(start, self.seeds.deaths * np.exp(dead * self.seeds.death_error), first)
        by_age = found.table.reshape(self.shape)
        by_group = self._split(split.reshape(regions, groups))
        tilts = (
            self.seeds.tilts + common * self.seeds.tilt_error + local.reshape(regions, groups) * self.seeds.local_error
        )
        return self._groups(by_age, by_group, tilts), found.multipliers

    def _ages(self, start: Array, deaths: Array, first: Array | None) -> Nearest:
        """Ages of regions, met exactly; the sentence of an infeasible margin names its worst cell."""
        sums = MarginSums.joined(
            MarginSums(self.exact[0], self.margins.national.ravel(), np.zeros(self.exact[0].shape[0])),
            MarginSums(self.exact[1], self.margins.by_sex[1:].ravel(), np.zeros(self.exact[1].shape[0])),
            MarginSums(self.dying, deaths, self.seeds.death_error * self.seeds.deaths),
        )
        found = nearest(self._raked(start).ravel(), sums, self.dispersion, first, _TIGHT, 2 * self.shape[2])
        if found.infeasible:
            raise BadInput("base.infeasible", **self._named(found.infeasible[0], found))
        return found

    def _named(self, row: int, found: Nearest) -> dict[str, object]:
        ages = self.shape[2]
        if row < 2 * ages:
            margin, cell = "national", f"{SEXES[row // ages]} {row % ages}"
        else:
            margin, cell = "by_sex", f"{self.margins.regions[1 + (row - 2 * ages) // 2]} {SEXES[row % 2]}"
        target = float(self.targets[row])
        return {
            "margin": margin,
            "cell": cell,
            "found": round(target + float(found.errors[row])),
            "other": round(target),
        }

    def _split(self, errors: Array) -> Array:
        """Residents by region and group, (R, G): the published ones, or a part's share of them."""
        m = self.margins
        residents = m.by_sex.sum(axis=1)
        table: Array = np.asarray(residents[:, None] * self.seeds.shares * np.exp(errors * self.seeds.share_error))
        for p in range(len(m.wholes)):
            parts = np.flatnonzero(m.whole == p)
            if len(parts) == 1:
                table[parts[0]] = m.by_group[p]
                continue
            table[parts] = _met(
                table[parts], [((0,), residents[parts]), ((1,), m.by_group[p])], f"by_group {m.wholes[p]}"
            )
        return table

    def _groups(self, by_age: Array, by_group: Array, tilts: Array) -> Array:
        """(R, G, 2, A) from ages (R, 2, A), residents by group (R, G) and tilts (R, G)."""
        regions, _, ages = self.shape
        lean = np.exp(-tilts[..., None] * (np.arange(ages) - 30.0))
        seed = by_age[:, None] * lean[:, :, None] * by_group[..., None, None]
        flat = seed.reshape(regions, len(self.margins.groups), -1)
        flat *= (by_group / flat.sum(axis=2))[..., None]
        met = _met(flat, [((0, 1), by_group), ((0, 2), by_age.reshape(regions, -1))], "by_group")
        return np.asarray(met.reshape(seed.shape))

    def checked(self, best: Array, found: Array) -> pl.DataFrame:
        """The greatest error of every statement over the best table and all replicates."""
        m = self.margins
        rows = []
        whole = np.zeros((len(m.wholes), len(m.regions)))
        whole[m.whole, np.arange(len(m.regions))] = 1
        tables = [best, *found]
        sexes, ages = SEXES, range(self.shape[2])
        labels = {
            "national": (sexes, ages),
            "by_sex": (m.regions, sexes),
            "by_group": (m.wholes, m.groups),
            "deaths": (m.regions,),
        }
        for name, exact, wanted, measure in (
            ("national", True, m.national, lambda t: t.sum(axis=(0, 1))),
            ("by_sex", True, m.by_sex, lambda t: t.sum(axis=(1, 3))),
            ("by_group", True, m.by_group, lambda t: whole @ t.sum(axis=(2, 3))),
            ("deaths", False, self.seeds.deaths, lambda t: self.factor * self._expected(t.sum(axis=1))),
        ):
            off = np.max([np.abs(measure(table) - wanted) for table in tables], axis=0)
            cell = np.unravel_index(int(off.argmax()), off.shape)
            named = ", ".join(str(axis[int(i)]) for axis, i in zip(labels[name], cell, strict=True))
            rows.append((name, exact, float(off.max()), named))
        return pl.DataFrame(rows, schema=["statement", "exact", "greatest_error", "cell"], orient="row")


def _met(seed: Array, margins: list[tuple[tuple[int, ...], Array]], name: str) -> Array:
    found = rake(seed, margins, tolerance=1e-11, max_iterations=3000)
    if found.status != "converged":
        cell = found.cells[0]
        raise BadInput(
            "base.infeasible", margin=name, cell=str(cell.index), found=round(cell.found), other=round(cell.target)
        )
    return found.table
