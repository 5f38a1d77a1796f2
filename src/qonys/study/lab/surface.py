"""The outcomes of the policy lab as functions of all measures at once, draw by draw.

Points of a scrambled Sobol sequence over the ranges of the measures are run in the lab; the differences to the baseline
in one year are fitted by polynomials of degree 2 of each draw (`kernels.sensitivity.chaos`). How well they predict is
Q2 of runs left out, pooled over draws; below `ENOUGH` the points are doubled, up to `MOST`. An outcome that stays below
has its indices from runs alone (`direct`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qonys.kernels.sensitivity.chaos import Chaos, Terms, fitted, total_degree
from qonys.kernels.sensitivity.sampled import SampledIndices, crossed, from_runs
from qonys.policy.measures import Measure
from qonys.study.lab.session import OUTCOMES, Lab

Array = NDArray[np.float64]
Tell = Callable[[int, int], None]
ENOUGH, POINTS, MOST, DEGREE, DIRECT = 0.99, 128, 512, 2, 128


@dataclass(frozen=True, kw_only=True)
class LeverSurface:
    """Fitted outcomes of one year: `points` (N, L) on [-1, 1], `runs` (N, D, O) differences to the baseline, `fit`.

    `left_out` (O,): Q2 of runs left out, pooled over draws; `worst` (O,): that of the worst draw. nan where an outcome
    does not move.
    """

    measures: tuple[Measure, ...]
    outcomes: tuple[str, ...]
    year: int
    since: int
    points: Array
    runs: Array
    fit: Chaos
    left_out: Array
    worst: Array

    @property
    def terms(self) -> Terms:
        """Degrees by term and measure."""
        return self.fit.terms

    def present(self) -> Array:
        """Where the measures stand now, (L,) on [-1, 1]."""
        return np.array([_placed(one, one.now.value) for one in self.measures])

    def poor(self) -> tuple[str, ...]:
        """Outcomes that the polynomials do not follow well enough."""
        return tuple(name for name, value in zip(self.outcomes, self.left_out, strict=True) if value < ENOUGH)


def surface(
    lab: Lab, year: int, since: int = 0, points: int = POINTS, tell: Tell | None = None, seed: int = 1,
    side: str = "value",
) -> LeverSurface:  # fmt: skip
    """Run the design and fit it, with the effects at one `side` of their ranges; `tell`: runs done and runs in all."""
    count, most = points, max(points, MOST)
    unit = _sequence(len(lab.measures), most, seed)
    terms = total_degree(len(lab.measures), DEGREE)
    runs: list[Array] = []
    while True:
        for row in unit[len(runs) : count]:
            runs.append(difference_of(lab, _settings(lab, row), year, since, side))
            if tell is not None:
                tell(len(runs), count)
        found = _fitted(lab, (year, since or lab.since), 2 * unit[:count] - 1, np.stack(runs), terms)
        if not found.poor() or 2 * count > most:
            return found
        count *= 2


def refitted(lab: Lab, found: LeverSurface, values: Array, runs: Array) -> LeverSurface:
    """The surface fitted with more runs (M, D, O) at parameters `values` (M, L)."""
    points = np.array([[_placed(one, value) for one, value in zip(found.measures, row, strict=True)] for row in values])
    return _fitted(
        lab, (found.year, found.since), np.concatenate([found.points, points]), np.concatenate([found.runs, runs]),
        found.terms,
    )  # fmt: skip


def _fitted(lab: Lab, years: tuple[int, int], points: Array, runs: Array, terms: Terms) -> LeverSurface:
    fit = fitted(points, runs, terms)
    missed = np.square(fit.residuals / np.maximum(1 - fit.leverage, 1e-12)[:, None, None]).sum(axis=(0, 1))
    total = np.square(runs - runs.mean(axis=0)).sum(axis=(0, 1))
    left_out = np.where(total > 0, 1 - missed / np.where(total > 0, total, 1.0), np.nan)
    with np.errstate(invalid="ignore"):
        worst = np.min(np.where(np.isnan(fit.left_out), np.inf, fit.left_out), axis=0)
    return LeverSurface(
        measures=lab.measures, outcomes=OUTCOMES, year=years[0], since=years[1], points=points, runs=runs, fit=fit,
        left_out=left_out, worst=np.where(np.isfinite(worst), worst, np.nan),
    )  # fmt: skip


def direct(
    lab: Lab, year: int, since: int = 0, points: int = DIRECT, tell: Tell | None = None, seed: int = 1
) -> dict[str, SampledIndices]:
    """Indices of the mean over draws of every outcome from `points` times (measures + 2) runs, without a surrogate."""
    inputs = len(lab.measures)
    design = crossed(_sequence(2 * inputs, points, seed))
    runs = []
    for done, row in enumerate(design, 1):
        runs.append(difference_of(lab, _settings(lab, row), year, since).mean(axis=0))
        if tell is not None:
            tell(done, len(design))
    return {name: from_runs(np.stack(runs)[:, place], inputs) for place, name in enumerate(OUTCOMES)}


def settings_at(measures: tuple[Measure, ...], point: Array) -> dict[str, float]:
    """Settings at a point (L,) on [-1, 1]."""
    return {
        one.id: float(np.clip(one.low + (x + 1) / 2 * (one.high - one.low), one.low, one.high))
        for one, x in zip(measures, point, strict=True)
    }


def _placed(measure: Measure, value: float) -> float:
    return 2 * (value - measure.low) / (measure.high - measure.low) - 1


def _settings(lab: Lab, unit: Array) -> dict[str, float]:
    return settings_at(lab.measures, 2 * unit - 1)


def _sequence(inputs: int, count: int, seed: int) -> Array:
    from scipy.stats import qmc  # slow to load

    log = int(np.ceil(np.log2(count)))
    return np.asarray(qmc.Sobol(inputs, seed=seed).random_base2(log)[:count], dtype=np.float64)


def difference_of(lab: Lab, settings: dict[str, float], year: int, since: int, side: str = "value") -> Array:
    """Differences of all outcomes to the baseline in a year, (D, O)."""
    place = lab.years.index(year)
    run, base = lab.run(settings, side, since), lab.baseline(since)
    return np.stack([run.measures[name][:, place] - base.measures[name][:, place] for name in OUTCOMES], axis=1)
