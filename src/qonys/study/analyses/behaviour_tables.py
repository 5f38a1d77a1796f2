"""Tables of runs of the chain: year, axis, measure and quantiles over draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.behaviour.inputs import Axes
from qonys.behaviour.outcomes import Outcomes
from qonys.projection.regional.result import tidy

Array = NDArray[np.float64]
AXES = ("region", "group", "education", "age")
ADULT = 15
LEVELS = (0.025, 0.1, 0.5, 0.9, 0.975)
PLACE = {"region": 1, "group": 2, "education": 3, "age": 4}
COLUMN = {"region": "region", "group": "group", "education": "education", "age": "age_group"}


def names_of(axes: Axes, by: str) -> list[str]:
    """Names along an axis; bands of age as 15-19, 75+."""
    if by == "age":
        ends = [f"-{high - 1}" for high in axes.bands[1:]] + ["+"]
        return [f"{low}{end}" for low, end in zip(axes.bands, ends, strict=True)]
    return list({"region": axes.regions, "group": axes.groups, "education": axes.educations}[by])


def _summed(cells: Array, by: str) -> Array:
    """Sums of (T, R, G, E, B) by year and axis, (T, n); n 1 without one."""
    kept = (0,) if not by else (0, PLACE[by])
    found = cells.sum(axis=tuple(axis for axis in range(cells.ndim) if axis not in kept))
    return np.asarray(found.reshape(len(cells), -1))


def _potential(one: Outcomes, by: str) -> dict[str, Array]:
    """Adults, those who intend, who plan, and their shares, at the end of each year."""
    adult = np.array(one.axes.bands) >= ADULT
    stages = [_summed(one.people[:, :, :, :, adult, k], by if by != "age" else "") for k in range(3)]
    if by == "age":
        stages = [_summed(one.people[..., k], by) for k in range(3)]
    people = stages[0] + stages[1] + stages[2]
    return {
        "people": people, "intend": stages[1], "plan": stages[2],
        "share_intending": 100 * _over(stages[1] + stages[2], people), "share_planning": 100 * _over(stages[2], people),
    }  # fmt: skip


def _moves(one: Outcomes, by: str) -> dict[str, Array]:
    """Moves inside the country, returns, emigrants by country, immigrants, of each year."""
    inside, back, gone, came = one.moves, one.returns, one.emigrants, one.immigrants
    countries = {f"to_{name}": gone[:, :, k] for k, name in enumerate(one.axes.abroad)}
    if by == "region":
        found = {"left": (inside + back).sum(axis=(2, 3)), "came": (inside + back).sum(axis=(1, 3)),
                 "returned": back.sum(axis=(1, 3)), **{name: flow.sum(axis=2) for name, flow in countries.items()},
                 "immigrants": came.sum(axis=2)}  # fmt: skip
        return found
    axes: tuple[int, ...] = (1, 2) if by else (1, 2, 3)
    ends = (1,) if by else (1, 2)
    found = {"moves": (inside + back).sum(axis=axes), "returned": back.sum(axis=axes)}
    found |= {name: flow.sum(axis=ends) for name, flow in countries.items()} | {"immigrants": came.sum(axis=ends)}
    return {name: flow.reshape(len(inside), -1) for name, flow in found.items()}


def _stays(one: Outcomes, by: str) -> dict[str, Array]:
    """People at the start of the year, those who left their region in it by the chain, those who did not, per 1,000."""
    people, gone = _summed(one.people[:-1].sum(axis=-1), by), _summed(one.movers, by)
    return {"people": people, "leavers": gone, "per_1000": 1000 * _over(gone, people)}


def _over(top: Array, bottom: Array) -> Array:
    return np.divide(top, bottom, out=np.zeros_like(top), where=bottom > 0)


MEASURES = {"potential": _potential, "moves": _moves, "stays": _stays}


def frame_of(runs: Sequence[Outcomes], table: str, by: str) -> pl.DataFrame:
    """Quantiles over runs of a table's measures: year, axis (if any), measure, q2.5 to q97.5."""
    made = [MEASURES[table](one, by) for one in runs]
    years = runs[0].years if table == "potential" else runs[0].years[1:]
    return _framed({name: np.stack([each[name] for each in made]) for name in made[0]}, list(years), runs[0].axes, by)


def effect_frame(baseline: Sequence[Outcomes], changed: Sequence[Outcomes], by: str) -> pl.DataFrame:
    """Differences that a scenario makes, draw by draw on the same numbers: population, those who intend, moves."""

    def measures(one: Outcomes) -> dict[str, Array]:
        people = _summed(one.people[1:].sum(axis=-1), by)
        intending = _summed(one.people[1:, ..., 1:].sum(axis=-1), by)
        return {"people": people, "intend": intending, "leavers": _summed(one.movers, by)}

    pairs = [(measures(a), measures(b)) for a, b in zip(baseline, changed, strict=True)]
    found = {name: np.stack([b[name] - a[name] for a, b in pairs]) for name in pairs[0][0]}
    return _framed(found, list(baseline[0].years[1:]), baseline[0].axes, by)


def settling_frame(stay: Array, axes: Axes, by: str) -> pl.DataFrame:
    """Percent of the first year's movers who are still there after n years: years_here, axis, measure, quantiles.

    `stay` (D, T, R, G).
    """
    kept = {"": (2, 3), "region": (3,), "group": (2,)}[by]
    there = stay.sum(axis=kept).reshape(*stay.shape[:2], -1)
    share = 100 * _over(there, np.broadcast_to(there[:, :1], there.shape).copy())
    frame = _framed({"share_there": share}, list(range(stay.shape[1])), axes, by)
    return frame.rename({"year": "years_here"})


def _framed(found: Mapping[str, Array], years: list[int], axes: Axes, by: str) -> pl.DataFrame:
    """Quantiles over draws of arrays (D, T, n)."""
    places = {COLUMN[by]: names_of(axes, by)} if by else {}
    stacked = np.stack([np.quantile(values, LEVELS, axis=0) for values in found.values()])
    if not by:
        stacked = stacked[..., 0]
    columns = {f"q{100 * level:g}": stacked[:, k] for k, level in enumerate(LEVELS)}
    return tidy({"measure": list(found), "year": years, **places}, columns)
