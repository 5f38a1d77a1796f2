"""Mixes of measures that no other mix beats in the outcomes and in what they take: found on surfaces, run in the lab.

Mixes are looked for on the surfaces (`mix_hands`), some of them run in the lab on its draws and at each end of the
effects, the surfaces fitted again with those runs, and so on. Only what the lab gave is shown. Robust decisions:
Lempert, Popper and Bankes 2003; Kasprzyk and others 2013.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qonys.kernels.search.fronts import front
from qonys.policy.levers import SIDES
from qonys.policy.measures import Cost, Measure
from qonys.study.lab.mix_aims import Places, PooledSurface, Taken, Worth, pooled, signs
from qonys.study.lab.mix_hands import Aims, Sought, aims_of, sought
from qonys.study.lab.mix_regret import few_of, most_of, reachable, regrets
from qonys.study.lab.session import OUTCOMES, Lab
from qonys.study.lab.surface import LeverSurface, difference_of, refitted, surface

Array = NDArray[np.float64]
Tell = Callable[[str, int, int], None]
NAMED = ("least", "balanced", "robust")
ROUNDS, NEAR, RIVALS, LOSS = 2, 0.01, 16, 0.002


@dataclass(frozen=True)
class MixRequest:
    """What is sought: one or two `outcomes`, their worth, the year of the effect and the first year of the measures.

    `middle`: effects are kept at the middle of their ranges, and futures are the draws alone.
    """

    outcomes: tuple[str, ...]
    worth: Worth
    year: int
    since: int
    budget: float = 0.0
    points: int = 24
    seeds: int = 3
    design: int = 128
    middle: bool = False


@dataclass(frozen=True, kw_only=True)
class Mixes:
    """Mixes run in the lab, none beaten by another: `values` (M, L) of parameters, `effects` (M, W, O) as the lab has
    them, `worth` (M, O), `effort` (M,), and `error` (M, O) of the surface that chose them, over the outcome's span.

    `regret` (M,): largest regret in spans, against the most of any mix run that takes no more than `within` (nan for
    mixes that take more). `named`: place of each named mix. `sought`: what the last search found. `dropped`: mixes
    that the lab showed to be beaten; `rounds` of search and runs.
    """

    request: MixRequest
    measures: tuple[Measure, ...]
    values: Array
    effects: Array
    worth: Array
    effort: Array
    error: Array
    regret: Array
    within: float
    named: Mapping[str, int]
    sought: Sought
    dropped: int
    rounds: int


def mixes(
    lab: Lab, request: MixRequest, costs: Mapping[str, Cost] | None = None, tell: Tell | None = None,
    known: Mapping[str, LeverSurface] | None = None,
) -> Mixes:  # fmt: skip
    """Search and run; `costs`: what a unit of a measure costs a year, where money is what a mix takes.

    `known`: surfaces of the same lab and years that are there already, by side of the effects; the others are run.
    """
    say = tell or (lambda key, done, total: None)
    taken = Taken(lab.measures, costs, request.year - (request.since or lab.since) + 1, request.budget)
    surfaces, runs = _surfaces(lab, request, say, known or {}), _Runs(lab, request, say)
    rounds = 0
    while True:
        rounds += 1
        flat = pooled(surfaces, request.outcomes)
        found, chosen, rivals, within = _chosen(flat, request, taken, say)
        values = taken.values(chosen)
        effects, others = runs.effects(values), runs.effects(taken.values(rivals))
        span = np.maximum(np.ptp(effects.mean(axis=1), axis=0), 1e-300)
        error = np.abs(flat.effects(values).mean(axis=1) - effects.mean(axis=1)) / span
        if rounds == ROUNDS or error.max() <= NEAR:
            break
        surfaces = {side: runs.refit(one, side) for side, one in surfaces.items()}
    every = np.concatenate([effects, others])
    cheap = taken.effort(np.concatenate([values, taken.values(rivals)])) <= within * (1 + 1e-12)
    top = most_of(every, np.ones(len(every), dtype=bool))
    worth, effort = request.worth.of(effects, top), taken.effort(values)
    kept = front(np.column_stack([-worth, effort]))
    regret = np.where(effort <= within * (1 + 1e-12), regrets(effects, most_of(every, cheap), span), np.nan)[kept]
    return Mixes(
        request=request, measures=lab.measures, values=values[kept], effects=effects[kept] * signs(request.outcomes),
        worth=worth[kept], effort=effort[kept], error=error[kept], regret=regret, within=within,
        named=named(worth[kept], effort[kept], regret), sought=found, dropped=len(values) - len(kept), rounds=rounds,
    )  # fmt: skip


def _surfaces(
    lab: Lab, request: MixRequest, say: Tell, known: Mapping[str, LeverSurface]
) -> dict[str, LeverSurface]:  # fmt: skip
    sides = _sides(lab, request)
    found = {side: known[side] for side in sides if side in known}
    left = [side for side in sides if side not in known]
    total = len(left) * request.design
    for n, side in enumerate(left):
        found[side] = surface(
            lab, request.year, request.since, request.design,
            lambda done, _, n=n: say("policy.running", n * request.design + done, total),  # type: ignore[misc]
            side=side,
        )  # fmt: skip
    return {side: found[side] for side in sides}


def _sides(lab: Lab, request: MixRequest) -> tuple[str, ...]:
    return SIDES[:1] if request.middle else lab.sides({one.id: one.pushed() for one in lab.measures})


def _chosen(flat: PooledSurface, request: MixRequest, taken: Taken, say: Tell) -> tuple[Sought, Places, Places, float]:
    """What a search found, places of the mixes to be run, of their rivals in single futures, and the balanced effort.

    Rivals are sought among mixes that take no more than the balanced one; with the metric `regret` among all.
    """
    rivals, top = taken.home[None], None
    if request.worth.metric == "regret":
        rivals = reachable(flat, taken)
        top = flat.effects(taken.values(np.unique(rivals, axis=0))).max(axis=0)
    aims = aims_of(flat, request.worth, taken, top)
    found = sought(aims, taken, request.seeds, say)
    worth, effort = -found.aims[:, :-1], found.aims[:, -1]
    names = named(worth, effort, np.full(len(worth), np.nan))
    within = float(effort[names["balanced"]])
    near = reachable(flat, taken, within, found.places[effort <= within])
    effects = flat.effects(taken.values(found.places))
    cheap = flat.effects(taken.values(np.unique(np.concatenate([near, found.places[effort <= within]]), axis=0)))
    span = np.maximum(np.ptp(effects.mean(axis=1), axis=0), 1e-300)
    regret = np.where(effort <= within, regrets(effects, cheap.max(axis=0), span), np.nan)
    first = list(dict.fromkeys(named(worth, effort, regret).values()))
    places = tidied(found.places[spread(found.aims, request.points, first)], aims, taken, np.ptp(worth, axis=0))
    some = few_of(flat, taken, near, RIVALS)
    if request.worth.metric == "regret":
        some = np.unique(np.concatenate([some, few_of(flat, taken, rivals, RIVALS)]), axis=0)
    return found, places, some, within


def tidied(places: Places, aims: Aims, taken: Taken, span: Array) -> Places:
    """Mixes (M, L) without moves that give nothing: a move is taken back where no outcome loses `LOSS` spans."""
    found = []
    for mix in places:
        worth = aims(mix[None])[0][0, :-1]
        while True:
            moved = np.flatnonzero(mix != taken.home)
            back = np.repeat(mix[None], len(moved), axis=0)
            back[np.arange(len(moved)), moved] = taken.home[moved]
            tried, excess = aims(back) if len(moved) else (np.empty((0, len(worth) + 1)), np.empty(0))
            lost = ((tried[:, :-1] - worth) / np.where(span > 0, span, 1.0)).max(axis=1)
            lost = np.where(excess <= 0, lost, np.inf)
            if lost.min(initial=np.inf) > LOSS:
                break
            mix = back[lost.argmin()]
        found.append(mix)
    return np.unique(np.stack(found), axis=0)


class _Runs:
    """Mixes run in the lab, each once: differences of all outcomes to the baseline by side."""

    def __init__(self, lab: Lab, request: MixRequest, say: Tell) -> None:
        self.lab, self.request, self.say = lab, request, say
        self.sides = _sides(lab, request)
        self.known: dict[bytes, tuple[Array, dict[str, Array]]] = {}

    def effects(self, values: Array) -> Array:
        """Effects (M, W, O) over draws and sides, more being sought."""
        places = [OUTCOMES.index(name) for name in self.request.outcomes]
        found = []
        for done, row in enumerate(values, 1):
            if row.tobytes() not in self.known:
                settings = settings_of(self.lab.measures, row)
                self.known[row.tobytes()] = (
                    row,
                    {
                        side: difference_of(self.lab, settings, self.request.year, self.request.since, side)
                        for side in self.sides
                    },
                )
            sides = self.known[row.tobytes()][1]
            found.append(np.concatenate([sides[side][:, places] for side in self.sides]) * signs(self.request.outcomes))
            self.say("policy.again", done, len(values))
        return np.stack(found)

    def refit(self, one: LeverSurface, side: str) -> LeverSurface:
        """The surface of a side with all mixes run so far."""
        values = np.stack([row for row, _ in self.known.values()])
        return refitted(self.lab, one, values, np.stack([sides[side] for _, sides in self.known.values()]))


def spread(aims: Array, count: int, first: list[int]) -> NDArray[np.int64]:
    """Places of at most `count` mixes: `first`, the ends of each aim, and then always the one farthest from those."""
    low, high = aims.min(axis=0), aims.max(axis=0)
    scaled = (aims - low) / np.where(high > low, high - low, 1.0)
    taken = list(dict.fromkeys([*first, *(int(place) for place in scaled.argmin(axis=0))]))
    while len(taken) < min(count, len(aims)):
        gaps = np.linalg.norm(scaled[:, None] - scaled[taken], axis=2).min(axis=1)
        if gaps.max() <= 0:
            break
        taken.append(int(gaps.argmax()))
    return np.array(taken, dtype=np.int64)


def settings_of(measures: tuple[Measure, ...], values: Array) -> dict[str, float]:
    """Settings of a mix (L,) by measure."""
    return {one.id: float(value) for one, value in zip(measures, values, strict=True)}


def named(worth: Array, effort: Array, regret: Array) -> dict[str, int]:
    """Least: takes least of those with half of the gain within reach, outcomes averaged; balanced: its weakest aim is
    the least weak; robust: its largest regret is the smallest of those that have one (balanced, where none has).
    """

    def share(values: Array) -> Array:
        span = np.ptp(values, axis=0)
        return np.asarray((values - values.min(axis=0)) / np.where(span > 0, span, 1.0))

    gains = share(worth)
    enough = gains.mean(axis=1) >= 0.5 * gains.mean(axis=1).max()
    balanced = int(np.column_stack([gains, 1 - share(effort)]).min(axis=1).argmax())
    robust = balanced if np.isnan(regret).all() else int(np.nanargmin(regret))
    return dict(zip(NAMED, (int(np.where(enough, effort, np.inf).argmin()), balanced, robust), strict=True))
