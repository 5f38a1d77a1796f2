"""Mixes of measures that no other mix beats in the outcomes and in what they take: found on surfaces, run in the lab.

Two hands look on the surfaces: a genetic search from several seeds and the grid of three values of each measure. The
points of both together are thinned, run in the lab on its draws and at each end of the effects, and only what the lab
gave is shown. Robust decisions: Lempert, Popper and Bankes 2003; Kasprzyk and others 2013.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qonys.kernels.search.fronts import front, hypervolume
from qonys.kernels.search.genetic import genetic
from qonys.kernels.search.grids import front_of_grid
from qonys.policy.measures import Cost, Measure
from qonys.study.lab.mix_aims import RIVALS, Taken, Worth, effects_of, signs
from qonys.study.lab.session import OUTCOMES, Lab
from qonys.study.lab.surface import LeverSurface, difference_of, surface

Array = NDArray[np.float64]
Tell = Callable[[str, int, int], None]
SIZE, ROUNDS, GRID_MOST = 100, 150, 100_000
NAMED = ("least", "balanced", "robust")


@dataclass(frozen=True)
class Asked:
    """What is sought: one or two `outcomes`, their worth, the year of the effect and the first year of the measures."""

    outcomes: tuple[str, ...]
    worth: Worth
    year: int
    since: int
    budget: float = 0.0
    points: int = 24
    seeds: int = 3
    design: int = 128


@dataclass(frozen=True, kw_only=True)
class Mixes:
    """Mixes run in the lab, none beaten by another: `values` (M, L) of parameters, `effects` (M, W, O) as the lab has
    them, `worth` (M, O), `effort` (M,), and `error` (M, O) of the surface over the outcome's span.

    `named`: place of each named mix. `volumes` (seeds,): the volume that each seed reached alone over that of all
    together; `of_grid`: that of the grid. `dropped`: mixes that the lab showed to be beaten. `left_out`: Q2 by outcome.
    """

    asked: Asked
    measures: tuple[Measure, ...]
    values: Array
    effects: Array
    worth: Array
    effort: Array
    error: Array
    named: Mapping[str, int]
    volumes: Array
    of_grid: float
    dropped: int
    left_out: Array


def mixes(lab: Lab, asked: Asked, costs: Mapping[str, Cost] | None = None, tell: Tell | None = None) -> Mixes:
    """Search and run; `costs`: what a unit of a measure costs a year, where money is what a mix takes."""
    say = tell or (lambda key, done, total: None)
    taken = Taken(lab.measures, costs, asked.year - (asked.since or lab.since) + 1)
    surfaces = _surfaces(lab, asked, say)
    first = next(iter(surfaces.values()))
    values, volumes, of_grid = _searched(surfaces, asked, taken, say)
    values = values[_spread(_aims(surfaces, asked, taken)(values)[0], asked.points)]
    effects = _run(lab, asked, values, say)
    worth, effort = asked.worth.of(effects), taken.effort(values)
    predicted = effects_of(surfaces, asked.outcomes)(values)
    span = np.maximum(np.ptp(effects.mean(axis=1), axis=0), 1e-300)
    error = np.abs(predicted.mean(axis=1) - effects.mean(axis=1)) / span
    kept = front(np.column_stack([-worth, effort]))
    regret = ((effects.max(axis=0) - effects).max(axis=1) / span).max(axis=1)[kept]
    places = [first.outcomes.index(name) for name in asked.outcomes]
    return Mixes(
        asked=asked, measures=lab.measures, values=values[kept], effects=effects[kept] * signs(asked.outcomes),
        worth=worth[kept], effort=effort[kept], error=error[kept], named=_named(worth[kept], effort[kept], regret),
        volumes=volumes, of_grid=of_grid, dropped=len(values) - len(kept), left_out=first.left_out[places],
    )  # fmt: skip


def _surfaces(lab: Lab, asked: Asked, say: Tell) -> dict[str, LeverSurface]:
    sides = lab.sides({one.id: one.pushed() for one in lab.measures})
    total = len(sides) * asked.design
    found: dict[str, LeverSurface] = {}
    for n, side in enumerate(sides):
        found[side] = surface(
            lab, asked.year, asked.since, asked.design,
            lambda done, _, n=n: say("policy.running", n * asked.design + done, total),  # type: ignore[misc]
            side=side,
        )  # fmt: skip
    return found


def _aims(surfaces: Mapping[str, LeverSurface], asked: Asked, taken: Taken) -> Callable[[Array], tuple[Array, Array]]:
    """Aims to be made small (N, O + 1) and excess (N,) of parameters (N, L)."""
    effects = effects_of(surfaces, asked.outcomes)
    rivals = taken.values(np.random.default_rng(0).random((RIVALS, len(taken.measures))))
    most = effects(rivals[taken.excess(rivals, asked.budget) <= 0]) if asked.worth.metric == "regret" else None
    top = None if most is None or not len(most) else most.max(axis=0)

    def aims(values: Array) -> tuple[Array, Array]:
        worth = asked.worth.of(effects(values), top)
        return np.column_stack([-worth, taken.effort(values)]), taken.excess(values, asked.budget)

    return aims


def _searched(
    surfaces: Mapping[str, LeverSurface], asked: Asked, taken: Taken, say: Tell
) -> tuple[Array, Array, float]:
    """Parameters of the front of all hands, the volume of each seed's and of the grid's front over that of all."""
    aims, inputs = _aims(surfaces, asked, taken), len(taken.measures)
    now = taken.values(np.array([[_placed(one) for one in taken.measures]]))
    fronts: list[tuple[Array, Array]] = []
    for seed in range(asked.seeds):
        found = genetic(
            lambda unit: aims(taken.values(unit)), inputs, size=SIZE, rounds=ROUNDS, seed=seed + 1,
            first=np.array([[_placed(one) for one in taken.measures]]),
            tell=lambda done, total, seed=seed: say(  # type: ignore[misc]
                "policy.searching", seed * total + done, asked.seeds * total
            ),
        )  # fmt: skip
        fronts.append((taken.values(found.points), found.aims))
    levels = np.array([_levels(one, free) for one, free in zip(taken.measures, taken.movable, strict=True)])
    if levels.shape[1] ** int(taken.movable.sum()) <= GRID_MOST:
        fronts.append(_grid(aims, taken, levels, asked.budget))
    values = np.concatenate([now, *(one for one, _ in fronts)])
    found_aims = np.concatenate([aims(now)[0], *(one for _, one in fronts)])
    low, high = found_aims.min(axis=0), found_aims.max(axis=0)
    scale = np.where(high > low, high - low, 1.0)
    edge = np.full(found_aims.shape[1], 1.1)
    whole = hypervolume((found_aims - low) / scale, edge)
    shares = np.array([hypervolume((one - low) / scale, edge) / whole for _, one in fronts])
    of_grid = float(shares[asked.seeds]) if len(shares) > asked.seeds else float("nan")
    return values[front(found_aims)], shares[: asked.seeds], of_grid


def _grid(
    aims: Callable[[Array], tuple[Array, Array]], taken: Taken, levels: Array, budget: float
) -> tuple[Array, Array]:
    """The front of the grid over the measures that may be changed."""
    now = np.array([one.now.value for one in taken.measures])

    def full(points: Array) -> Array:
        values = np.tile(now, (len(points), 1))
        values[:, taken.movable] = points
        return values

    points, found = front_of_grid(
        lambda points: aims(full(points))[0], levels[taken.movable],
        lambda points: taken.excess(full(points), budget) <= 0,
    )  # fmt: skip
    return full(points), found


def _placed(measure: Measure) -> float:
    return (measure.now.value - measure.low) / (measure.high - measure.low)


def _levels(measure: Measure, free: bool) -> tuple[float, float, float]:
    """Lowest, present and highest value; the middle of the range where the present is an end."""
    middle = measure.now.value
    if middle in (measure.low, measure.high) and free:
        middle = (measure.low + measure.high) / 2
    return measure.low, middle, measure.high


def _spread(aims: Array, count: int) -> NDArray[np.int64]:
    """Places of at most `count` mixes, the ends of each aim and then always the one farthest from those taken."""
    low, high = aims.min(axis=0), aims.max(axis=0)
    scaled = (aims - low) / np.where(high > low, high - low, 1.0)
    taken = list(dict.fromkeys(int(place) for place in scaled.argmin(axis=0)))
    while len(taken) < min(count, len(aims)):
        gaps = np.linalg.norm(scaled[:, None] - scaled[taken], axis=2).min(axis=1)
        if gaps.max() <= 0:
            break
        taken.append(int(gaps.argmax()))
    return np.array(taken[:count], dtype=np.int64)


def _run(lab: Lab, asked: Asked, values: Array, say: Tell) -> Array:
    """Effects (M, W, O) in the lab over draws and sides, more being sought."""
    sides = lab.sides({one.id: one.pushed() for one in lab.measures})
    places = [OUTCOMES.index(name) for name in asked.outcomes]
    found = []
    for done, row in enumerate(values, 1):
        settings = settings_of(lab.measures, row)
        runs = [difference_of(lab, settings, asked.year, asked.since, side)[:, places] for side in sides]
        found.append(np.concatenate(runs) * signs(asked.outcomes))
        say("policy.again", done, len(values))
    return np.stack(found)


def settings_of(measures: tuple[Measure, ...], values: Array) -> dict[str, float]:
    """Settings of a mix (L,) by measure, as plain numbers within the ranges."""
    return {
        one.id: float(np.clip(value, one.low, one.high)) for one, value in zip(measures, values, strict=True)
    }  # fmt: skip


def _named(worth: Array, effort: Array, regret: Array) -> dict[str, int]:
    """Least: takes least of those with half of the gain within reach, outcomes averaged; balanced: its weakest aim is
    the least weak; robust: its largest regret is the smallest.
    """

    def share(values: Array) -> Array:
        span = np.ptp(values, axis=0)
        return np.asarray((values - values.min(axis=0)) / np.where(span > 0, span, 1.0))

    gains = share(worth)
    enough = gains.mean(axis=1) >= 0.5 * gains.mean(axis=1).max()
    weakest = np.column_stack([gains, 1 - share(effort)]).min(axis=1)
    places = (np.where(enough, effort, np.inf).argmin(), weakest.argmax(), regret.argmin())
    return dict(zip(NAMED, map(int, places), strict=True))
