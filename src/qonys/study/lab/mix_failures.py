"""When a mix fails: boxes over fertility, immigration and emigration (scenario discovery).

A future multiplies factors of the projection by points of a Sobol sequence over `RANGES`; each is run in the lab with
the mix on all draws, effects at their middle values. The mix fails where the outcome ends on the wrong side of what
the median of the projection without measures is, in the usual future. Bryant and Lempert 2010.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from qonys.kernels.search.boxes import chance_of_limits, failure_box
from qonys.study.lab.mix_aims import signs
from qonys.study.lab.mix_search import Mixes, settings_of
from qonys.study.lab.session import Lab

Array = NDArray[np.float64]
RANGES = {"fertility_times": (0.8, 1.2), "immigration_times": (0.5, 2.0), "emigration_times": (0.5, 2.0)}
FUTURES = 32


def failures(
    lab: Lab, found: Mixes, futures: int = FUTURES, tell: Callable[[str, int, int], None] | None = None
) -> list[dict[str, Any]]:
    """Rows: mix, outcome, share of cases that fail, and for each limit of the box its input, ends and quasi-p-value;
    with coverage and density of the box. One row without an input: nothing or all fails, or no limit is sure.
    """
    unit = qmc.Sobol(len(RANGES), seed=1).random_base2(int(np.ceil(np.log2(futures))))[:futures]
    low, high = np.array(list(RANGES.values())).T
    points = low + unit * (high - low)
    rows: list[dict[str, Any]] = []
    for n, (name, place) in enumerate(found.named.items()):
        cases, levels = _cases(lab, found, found.values[place], points, lambda done, n=n: tell and tell(  # type: ignore[misc]
            "policy.futures", n * futures + done, len(found.named) * futures))  # fmt: skip
        since = found.request.since
        base = lab.baseline(since).measures
        for i, outcome in enumerate(found.request.outcomes):
            usual = float(np.median(base[outcome][:, lab.years.index(found.request.year)]))
            rows += _rows(name, outcome, cases, (levels[:, i] - usual) * signs((outcome,))[0] < 0)
    return rows


def _cases(lab: Lab, found: Mixes, values: Array, points: Array, say: Callable[[int], object]) -> tuple[Array, Array]:
    """Factors of each case (N, inputs) and levels of the outcomes (N, O); a case is a future and a draw."""
    settings, place = settings_of(lab.measures, values), lab.years.index(found.request.year)
    levels = []
    for done, row in enumerate(points, 1):
        run = lab.under(settings, dict(zip(RANGES, map(float, row), strict=True)), "value", found.request.since)
        levels.append(np.stack([run.measures[name][:, place] for name in found.request.outcomes], axis=1))
        say(done)
    return np.repeat(points, lab.draws, axis=0), np.concatenate(levels)


def _rows(mix: str, outcome: str, cases: Array, failed: NDArray[np.bool_]) -> list[dict[str, Any]]:
    row: dict[str, Any] = {"mix": mix, "outcome": outcome, "failed": float(failed.mean())}
    empty = {"input": None, "range_from": None, "range_to": None, "coverage": None, "density": None, "chance": None}
    if failed.all() or not failed.any():
        return [row | empty]
    box = failure_box(cases, failed)
    chances = chance_of_limits(cases, failed, box)
    ends = [
        row | {"input": name, "range_from": _end(box.low[i]), "range_to": _end(box.high[i]), "coverage": box.coverage,
               "density": box.density, "chance": float(chances[i])}
        for i, name in enumerate(RANGES) if np.isfinite(chances[i])
    ]  # fmt: skip
    return ends or [row | empty]


def _end(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
