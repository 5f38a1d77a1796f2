"""Three rankings of the measures side by side: by a step, by the whole range, by what a sourced cost buys.

None of them is the ranking: by range it is a ranking of ranges, by step one of steps, by cost only of what has one.
Beside them stand who decides (an order) and the link of the mechanism at which a measure acts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.kernels.sensitivity.indices import SobolIndices, from_chaos, of_groups, pairs, shapley
from qonys.kernels.sensitivity.tied import shapley_tied
from qonys.policy.levers import Interval
from qonys.policy.measures import STAGES, Cost, Measure
from qonys.policy.rankings import above, chances_above, next_below, ranks_of
from qonys.study.lab.lever_effects import Alone, alone, interval, weights
from qonys.study.lab.session import Lab
from qonys.study.lab.surface import POINTS, LeverSurface, direct, surface

Array = NDArray[np.float64]
Tell = Callable[[int, int], None]
SAMPLES, NODES, TAILS, MILLION = 200, 24, (0.025, 0.975), 1e6


@dataclass(frozen=True)
class LeverRanking:
    """Tables: `levers` (a row an outcome and measure), `above` (chances by pair), `stages`, `fit` (how good it is).

    `surface`: what the indices were made of, the effects at their middle.
    """

    measures: tuple[Measure, ...]
    levers: pl.DataFrame
    above: pl.DataFrame
    stages: pl.DataFrame
    fit: pl.DataFrame
    year: int
    since: int
    draws: int
    surface: LeverSurface


def rank_levers(
    lab: Lab, year: int, since: int = 0, *, points: int = POINTS, costs: Mapping[str, Cost] | None = None,
    tell: Tell | None = None,
) -> LeverRanking:  # fmt: skip
    """Run what the rankings need and make them; `costs`: a user's, in place of those of the pack."""
    found = surface(lab, year, since, points, tell)
    effects = {one.id: alone(lab, one, year, since) for one in lab.measures}
    rest = direct(lab, year, since, tell=tell) if found.poor() else {}
    by_measure = _Sobol(found)
    known = {one.id: one.cost for one in lab.measures} if costs is None else costs
    rows: list[dict[str, object]] = []
    aboves: list[dict[str, object]] = []
    for place, outcome in enumerate(found.outcomes):
        rows += _levers(found, effects, by_measure, place, known)
        aboves += _above(found, effects, place)
        if outcome in rest:
            ends = rest[outcome]
            for row, i in zip(rows[-len(lab.measures) :], range(len(lab.measures)), strict=True):
                row |= {"first_order": ends.first[i], "first_order_low": ends.first_ends[0, i],
                        "first_order_high": ends.first_ends[1, i], "total_order": ends.total[i],
                        "total_order_low": ends.total_ends[0, i], "total_order_high": ends.total_ends[1, i],
                        "shapley": None}  # fmt: skip
    return LeverRanking(
        lab.measures, pl.DataFrame(rows, infer_schema_length=None), pl.DataFrame(aboves),
        _stages(found, by_measure.samples), _fit(found, by_measure, rest), year, found.since, lab.draws, found,
    )  # fmt: skip


class _Sobol:
    """Indices of every outcome, with samples of residuals and of draws."""

    def __init__(self, found: LeverSurface) -> None:
        self.of, self.samples = from_chaos(found.terms, found.fit.coefficients), _sampled(found)
        drawn = [from_chaos(found.terms, one) for one in self.samples]
        self.first, self.total = (
            centred(getattr(self.of, name), np.stack([getattr(one, name) for one in drawn]))
            for name in ("first", "total")
        )


def centred(estimate: Array, drawn: Array) -> Array:
    """Ends (2, ...) of the samples' interval, moved so that their mean is the estimate.

    Squares of coefficients that are drawn again are too large on average by the variance of the drawing.

    Examples
    --------
    >>> centred(np.array(1.0), np.array([1.0, 2.0, 3.0])).round(2).tolist()
    [0.05, 1.95]
    """
    return np.asarray(np.quantile(drawn, TAILS, axis=0) - drawn.mean(axis=0) + estimate)


def _sampled(found: LeverSurface) -> list[Array]:
    """Coefficients of samples: residuals drawn again, and draws with replacement."""
    rng, draws = np.random.default_rng(1), found.runs.shape[1]
    drawn = found.fit.bootstrapped(found.runs, SAMPLES, 1)
    return [one[:, rng.integers(0, draws, draws)] for one in drawn]


def _levers(
    found: LeverSurface, effects: Mapping[str, Alone], sobol: _Sobol, place: int, costs: Mapping[str, Cost | None]
) -> list[dict[str, object]]:
    """Rows of one outcome."""
    slopes = found.fit.gradient(found.present())[:, :, place]
    shares = _shapley(found, place)
    years = found.year - found.since + 1
    rows: list[dict[str, object]] = []
    for i, measure in enumerate(found.measures):
        mine, cost = effects[measure.id], costs.get(measure.id)
        step, whole = interval(mine.step, place), interval(mine.whole, place)
        slope = float(np.median(slopes[i])) * 2 * measure.step / (measure.high - measure.low)
        spent = None if cost is None else cost.value * measure.step * years / MILLION
        rows.append({
            "outcome": found.outcomes[place], "year": found.year, "measure": measure.id,
            "name": json.dumps(dict(measure.name), ensure_ascii=False), "stage": measure.stage,
            "decided_by": measure.decided_by, "controllability": measure.controllability(), "unit": measure.unit,
            "one_step": measure.step, **_ends("step", step), "slope": slope,
            "range_from": measure.low, "range_to": measure.high, **_ends("range", whole),
            **_shares(sobol, i, place), "shapley": float(shares[i]) if np.isfinite(shares[i]) else None,
            "cost": None if cost is None else cost.value, "cost_unit": None if cost is None else cost.unit,
            "cost_year": None if cost is None else cost.year,
            **_bought(step, spent),
        })  # fmt: skip
    return rows


def _bought(step: Interval, spent: float | None) -> dict[str, float | None]:
    """The effect of a step by million of the money spent on it in all years; nothing where no cost is known."""
    return {f"bought_{end}": None if spent is None else getattr(step, end) / spent for end in ("low", "middle", "high")}


def _ends(name: str, one: Interval) -> dict[str, float]:
    return {f"{name}_{end}": getattr(one, end) for end in ("low", "middle", "high")}


def _shares(sobol: _Sobol, i: int, place: int) -> dict[str, float]:
    row: dict[str, float] = {}
    for name in ("first", "total"):
        low, high = getattr(sobol, name)[:, i, place]
        value = float(getattr(sobol.of, name)[i, place])
        row |= {f"{name}_order": value, f"{name}_order_low": float(low), f"{name}_order_high": float(high)}
    return row


def _shapley(found: LeverSurface, place: int) -> Array:
    """Shapley effects of the mean over draws; where one measure is part of another, over what is possible together."""
    names = [one.id for one in found.measures]
    tied = [(names.index(one.within), i) for i, one in enumerate(found.measures) if one.within]
    coefficients = found.fit.coefficients[:, :, place]
    if len(tied) != 1:
        return shapley(found.terms, coefficients)
    (whole, part), nodes = tied[0], np.linspace(-1, 1, NODES)
    big, small = (
        found.measures[i].low + (nodes + 1) / 2 * (found.measures[i].high - found.measures[i].low) for i in tied[0]
    )
    weight = (small[None, :] <= big[:, None]).astype(np.float64)
    return shapley_tied(found.terms, coefficients.mean(axis=1), (whole, part), nodes, weight / weight.sum())


def _above(found: LeverSurface, effects: Mapping[str, Alone], place: int) -> list[dict[str, object]]:
    """Chance that a measure stands above another, its rank in what is sure, and whether a line joins the two."""
    chances = chances_above([weights(one, effects[one.id].tenth, place) for one in found.measures])
    order = above(chances)
    ranks, lines = ranks_of(order), next_below(order)
    return [
        {"outcome": found.outcomes[place], "measure": one.id, "other_measure": other.id, "chance": float(chances[i, j]),
         "surely": bool(order[i, j]), "next": bool(lines[i, j]), "rank": ranks[i], "rank_of_other": ranks[j]}
        for i, one in enumerate(found.measures) for j, other in enumerate(found.measures) if i != j
    ]  # fmt: skip


def _stages(found: LeverSurface, samples: list[Array]) -> pl.DataFrame:
    """Indices of the links of the mechanism, each with the measures that act on it together."""
    stages = [one for one in STAGES if any(measure.stage == one for measure in found.measures)]
    groups = np.array([[measure.stage == one for measure in found.measures] for one in stages], dtype=bool)
    if not stages:
        return pl.DataFrame(schema={"outcome": pl.String, "stage": pl.String})
    whole = of_groups(found.terms, found.fit.coefficients, groups)
    low, high = centred(whole.total, np.stack([of_groups(found.terms, one, groups).total for one in samples]))
    return pl.DataFrame([
        {"outcome": outcome, "stage": stage, "measures": int(groups[i].sum()),
         "first_order": float(whole.first[i, place]),
         "total_order": float(whole.total[i, place]), "total_order_low": float(low[i, place]),
         "total_order_high": float(high[i, place])}
        for place, outcome in enumerate(found.outcomes) for i, stage in enumerate(stages)
    ])  # fmt: skip


def _fit(found: LeverSurface, sobol: _Sobol, rest: Mapping[str, object]) -> pl.DataFrame:
    """How the indices of each outcome were found, how well, the share of luck, and the strongest pair."""
    known: SobolIndices = sobol.of
    both = pairs(found.terms, found.fit.coefficients)
    names = [one.id for one in found.measures]
    rows = []
    for place, outcome in enumerate(found.outcomes):
        i, j = np.unravel_index(np.nanargmax(both[:, :, place]), both.shape[:2])
        rows.append({
            "outcome": outcome, "way": "runs" if outcome in rest else "surface", "points": len(found.points),
            "draws": found.runs.shape[1], "terms": len(found.terms), "left_out": float(found.left_out[place]),
            "worst_draw": float(found.worst[place]), "luck": float(known.luck_first[place]),
            "luck_total": float(known.luck_total[place]), "alone": float(known.first[:, place].sum()),
            "pair_one": names[i], "pair_other": names[j], "pair": float(both[i, j, place]),
        })  # fmt: skip
    return pl.DataFrame(rows)
