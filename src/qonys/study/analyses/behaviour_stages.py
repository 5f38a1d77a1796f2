"""Who intends, plans, moves and settles by the fitted chain, and how far that hangs on what no figure teaches.

Three tables: stages by group of people, over draws of the posterior; results along directions of the parameters that
the figures do not teach; results under other strengths of the norm and of networks. Every run meets the first year of
the regional projection by offsets of its own, so what differs is the chain, not the level of moves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.behaviour.alignment import Targets, aligned
from qonys.behaviour.calibration import Fitted
from qonys.behaviour.identification import LEARNT
from qonys.behaviour.inputs import BehaviourInputs
from qonys.behaviour.outcomes import Outcomes
from qonys.behaviour.parameters import KNOWN, NAMES, PARAMETERS, from_vector, mechanism
from qonys.behaviour.surface import BOUNDS, SPREADS
from qonys.behaviour.twin import settling, twin
from qonys.kernels.behaviour.chances import Mechanism
from qonys.projection.national import Run
from qonys.projection.regional.drivers import World
from qonys.projection.regional.project import forcing_of
from qonys.study.analyses.behaviour_tables import AXES, MEASURES, names_of, settling_frame
from qonys.study.base.behaviour import Country, behaviour_inputs, targets_of

Array = NDArray[np.float64]
Tell = Callable[[int, int], None]
NORMAL = 1.959963984540054
YEARS, LATER, YOUNGEST = 10, 5, 15
ALL = "all"
HAZARDS = ("norm", "plan", "drop", "move")  # of the stages in series: flows show their product alone
STRENGTHS: Mapping[str, tuple[str, float]] = {
    "norm_off": ("norm", 0.0), "norm_twice": ("norm", 2.0),
    "network_off": ("network", 0.0), "network_twice": ("network", 2.0),
}  # fmt: skip
ENDS = {"low": 0.025, "median": 0.5, "high": 0.975}
FIRST_YEAR = {"share_intending": "potential", "share_planning": "potential", "per_1000": "stays"}


def silent(done: int, total: int) -> None:
    """Tell nothing."""


@dataclass(frozen=True)
class ChainRun:
    """A run from the base: outcomes, those of the first year's movers still there (T, R, G), the miss of a target."""

    outcomes: Outcomes
    stay: Array
    miss: float


@dataclass(frozen=True)
class Scene:
    """What all runs share: inputs of each draw of the regional projection, and the counts that the first year meets."""

    inputs: tuple[BehaviourInputs, ...]
    wanted: Targets

    def run(self, chain: Mechanism, draw: int = 0) -> ChainRun:
        """The chain from the base, its first year meeting the targets."""
        ready = aligned(chain, self.inputs[draw], self.wanted)
        made = twin(chain, ready.inputs, ready.start)
        return ChainRun(made, settling(chain, ready.inputs, ready.start), ready.miss)


def scene_of(country: Country, world: World, draws: int, seed: int = 1, years: int = YEARS) -> Scene:
    """Inputs of so many draws."""
    run = Run(years, (0, draws), seed)
    plain = behaviour_inputs(country, world, run)
    return Scene(tuple(plain), targets_of(country, plain, forcing_of(world, run)[0], world))


def stages_frame(runs: Sequence[ChainRun]) -> pl.DataFrame:
    """axis, code, measure, low, median, high: stages of all people and of the parts of each axis.

    Shares in percent of adults at the end of the first year; those who left per 1,000 in it; of those who moved in it
    the percent still there five years later (regions and ethnic groups alone).
    """
    parts = [_axis_frame(runs, by) for by in ("", *AXES)]
    return pl.concat(parts).filter(~((pl.col("axis") == "age") & (_first_age() < YOUNGEST)))


def _first_age() -> pl.Expr:
    return pl.col("code").str.extract(r"^(\d+)").cast(pl.Int64, strict=False).fill_null(YOUNGEST)


def _axis_frame(runs: Sequence[ChainRun], by: str) -> pl.DataFrame:
    axes = runs[0].outcomes.axes
    codes = names_of(axes, by) if by else [ALL]
    found = {}
    for measure, table in FIRST_YEAR.items():
        place = 1 if table == "potential" else 0  # stocks begin with the base, events with the first year
        found[measure] = np.stack([MEASURES[table](one.outcomes, by)[measure][place] for one in runs])
    if by in ("", "region", "group"):
        kept = {"": (1, 2), "region": (2,), "group": (1,)}[by]
        there = [one.stay.sum(axis=kept).reshape(len(one.stay), -1) for one in runs]
        found["share_there"] = np.stack([100 * one[LATER] / one[0] for one in there])
    return pl.DataFrame([
        {"axis": by or ALL, "code": code, "measure": measure,
         **{name: float(np.quantile(values[:, n], level)) for name, level in ENDS.items()}}
        for measure, values in found.items() for n, code in enumerate(codes)
    ])  # fmt: skip


def settled_frame(runs: Sequence[ChainRun]) -> pl.DataFrame:
    """years_here and the percent still there of those who moved in the first year: low, median, high."""
    stay = np.stack([one.stay for one in runs])
    frame = settling_frame(stay, runs[0].outcomes.axes, "")
    return frame.select("years_here", low="q2.5", median="q50", high="q97.5")


def totals_of(run: ChainRun) -> dict[str, float]:
    """A run in few numbers: shares of the first year, moves and emigrants of all years, settling, togetherness.

    `same_region`: the chance in percent that two people of one ethnic group live in one region at the end (Simpson
    1949, Nature 163:688), groups by their size.
    """
    one = run.outcomes
    potential = MEASURES["potential"](one, "")
    first = {name: float(potential[name][1][0]) for name, table in FIRST_YEAR.items() if table == "potential"}
    people = one.people[-1].sum(axis=(2, 3, 4))
    groups = people.sum(axis=0)
    alike = (np.square(people).sum(axis=0)[groups > 0] / groups[groups > 0]).sum() / groups.sum()
    there = run.stay.sum(axis=(1, 2))
    return first | {
        "moves": float((one.moves + one.returns).sum()), "emigrants": float(one.emigrants.sum()),
        "share_there": float(100 * there[LATER] / there[0]), "same_region": float(100 * alike),
    }  # fmt: skip


def open_directions(fitted: Fitted, most: int = 3) -> list[int]:
    """Directions that the figures do not teach and in which the hazards in series weigh most, the heaviest first."""
    learnt = fitted.learnt
    values, vectors = learnt.eigenvalues[learnt.last], learnt.directions[learnt.last]
    weight = np.square(vectors[[NAMES.index(name) for name in HAZARDS]]).sum(axis=0)
    return sorted(np.flatnonzero(values < LEARNT).tolist(), key=lambda d: -float(weight[d]))[:most]


def ends_of(fitted: Fitted, direction: int) -> tuple[Array, Array, float]:
    """Places at both ends of a direction's 95 % interval, and which part of the way the ranges of parameters allow."""
    learnt = fitted.learnt
    spread = 1 / np.sqrt(1 + max(float(learnt.eigenvalues[learnt.last, direction]), 0.0))
    way = NORMAL * spread * SPREADS * learnt.directions[learnt.last, :, direction]
    room = np.where(way > 0, BOUNDS[1] - fitted.centre, fitted.centre - BOUNDS[0])
    back = np.where(way > 0, fitted.centre - BOUNDS[0], BOUNDS[1] - fitted.centre)
    reach = min(1.0, float((np.minimum(room, back) / np.maximum(np.abs(way), 1e-12)).min()))
    return fitted.centre - reach * way, fitted.centre + reach * way, reach


def ranges_frame(scene: Scene, fitted: Fitted, centre: Mapping[str, float], tell: Tell = silent) -> pl.DataFrame:
    """direction, parameters, reach, outcome, low, middle, high: results at the ends of directions that are not learnt.

    `centre`: `totals_of` the centre of the fit, the middle. `reach`: the part of the 95 % interval that the ranges of
    parameters allow.
    """
    chosen, rows = open_directions(fitted), list[tuple[int, str, float, str, float, float, float]]()
    for number, direction in enumerate(chosen):
        tell(number, len(chosen))
        *places, reach = ends_of(fitted, direction)
        ends = [totals_of(scene.run(from_vector(np.clip(place, *BOUNDS)))) for place in places]
        named = fitted.learnt.named(fitted.learnt.last, direction)
        rows += [
            (direction + 1, named, reach, name, min(one[name] for one in (*ends, centre)), centre[name],
             max(one[name] for one in (*ends, centre)))
            for name in centre
        ]  # fmt: skip
    names = ["direction", "parameters", "reach", "outcome", "low", "middle", "high"]
    return pl.DataFrame(rows, schema=names, orient="row")


def strengths_frame(scene: Scene, fitted: Fitted, usual: Mapping[str, float], tell: Tell = silent) -> pl.DataFrame:
    """case, parameter, value, outcome, fitted, found: other strengths of the norm and of networks, all else as fitted.

    `usual`: `totals_of` the centre of the fit.
    """
    chain, rows = fitted.mean(), list[tuple[str, str, float, str, float, float]]()
    for number, (case, (name, times)) in enumerate(STRENGTHS.items()):
        tell(number, len(STRENGTHS))
        value = min(times * getattr(chain, name), KNOWN[name].high)
        given = {one.name: getattr(chain, one.name) for one in PARAMETERS} | {name: value}
        other = totals_of(scene.run(mechanism(given)))
        rows += [(case, name, value, outcome, usual[outcome], other[outcome]) for outcome in usual]
    names = ["case", "parameter", "value", "outcome", "fitted", "found"]
    return pl.DataFrame(rows, schema=names, orient="row")
