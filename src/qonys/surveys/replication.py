"""Replicate weights: read from the file, or made from the strata and clusters; and the scale of each.

V = sum_r scale_r (value_r - value)^2, with scales

    JK1 (R - 1) / R,  JK2 1,  JKn (n_h - 1) / n_h,  BRR 1 / R,  Fay 1 / (R (1 - k)^2),  bootstrap 1 / R

(Wolter 2007, Introduction to Variance Estimation, ch. 3-5; Judkins 1990, Journal of Official Statistics 6, 223-239;
Rao, Wu and Yue 1992, Survey Methodology 18, 209-217). Made: JKn leaves out one cluster at a time (JK1 the same without
strata), BRR and Fay take one of the two clusters of each stratum by a Hadamard matrix, the bootstrap draws n_h - 1
clusters of each stratum with replacement. Jackknife and bootstrap keep the finite population correction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.surveys.columns import file_rows, names_of, near_names, numbers_of
from qonys.surveys.design import LARGEST_WEIGHT, Array, Design, Plan, plan_of, with_design

KINDS = ("JK1", "JK2", "JKn", "BRR", "Fay", "bootstrap")
CENTRES = ("estimate", "mean")


@dataclass(frozen=True)
class Replication:
    """Columns (names, or patterns such as ``rep*``) of replicate weights, or none to make them; their kind.

    `fay`: k of Fay's method, 0 to below 1. `centre`: deviations from the ``estimate`` of the whole sample, or from the
    ``mean`` of the replicates. `draws` and `seed` of the bootstrap.
    """

    kind: str
    columns: tuple[str, ...] = ()
    fay: float = 0.5
    centre: str = "estimate"
    draws: int = 200
    seed: int = 1

    def __post_init__(self) -> None:
        for option, value, known in (("--replicate-type", self.kind, KINDS), ("--centre", self.centre, CENTRES)):
            if value not in known:
                raise BadInput("surveys.choice", option=option, value=value, known=", ".join(known))
        if not 0 <= self.fay < 1:
            raise BadInput("surveys.replicates.fay", value=self.fay)
        if self.draws < 2:
            raise BadInput("surveys.replicates.few", n=self.draws)


def replicate_weights(frame: pl.DataFrame, design: Design, spec: Replication) -> tuple[Array, Array]:
    """Replicate weights (respondents x R) and their scales (R,).

    Raises
    ------
    BadInput
        No column fits, a replicate weight is missing or negative, there are fewer than two; strata do not have two
        clusters each (BRR, Fay), or there is no cluster that a replicate leaves out (JKn read from a file).

    """
    plan = plan_of(with_design(frame, design), design)
    weights, scales = _read(frame, plan, spec) if spec.columns else _made(plan, spec, bool(design.strata))
    if weights.shape[1] < 2:
        raise BadInput("surveys.replicates.few", n=weights.shape[1])
    return weights, scales


def _read(frame: pl.DataFrame, plan: Plan, spec: Replication) -> tuple[Array, Array]:
    names: dict[str, None] = {}
    columns: list[Array] = []
    for pattern in spec.columns:
        fits = [name for name in names_of(frame) if fnmatchcase(name, pattern)]
        if not fits:
            near = near_names(pattern, names_of(frame))
            raise BadInput("surveys.no_column", option="--replicates", column=pattern, near=near)
        names |= dict.fromkeys(fits)
    for name in names:
        numbers = numbers_of(frame, name)
        bad = (numbers.is_null() | (numbers < 0) | (numbers > LARGEST_WEIGHT)).fill_null(value=True).to_numpy()
        if bad.any():
            raise BadInput("surveys.replicates.bad", column=name, n=int(bad.sum()), rows=file_rows(frame, bad))
        columns.append(numbers.to_numpy())
    weights = np.column_stack(columns)
    many = weights.shape[1]
    if spec.kind == "JKn":
        return weights, _scales_of_dropped(weights, plan, list(names))
    fixed = {
        "JK1": (many - 1) / many, "JK2": 1.0, "BRR": 1 / many, "bootstrap": 1 / many,
        "Fay": 1 / (many * (1 - spec.fay) ** 2),
    }  # fmt: skip
    return weights, np.full(many, fixed[spec.kind])


def _scales_of_dropped(weights: Array, plan: Plan, names: Sequence[str]) -> Array:
    """(n_h - 1) / n_h (1 - f_h) of the stratum whose cluster each replicate leaves out."""
    n = np.bincount(plan.of_cluster)
    scales = []
    for name, column in zip(names, weights.T, strict=True):
        empty = np.bincount(plan.cluster, weights=column, minlength=len(plan.of_cluster)) == 0
        strata = np.unique(plan.of_cluster[empty])
        if len(strata) != 1:
            raise BadInput("surveys.replicates.dropped", column=name, found=int(empty.sum()))
        h = int(strata[0])
        scales.append((n[h] - 1) / n[h] * (1 - plan.share[h]))
    return np.array(scales)


def _made(plan: Plan, spec: Replication, strata: bool) -> tuple[Array, Array]:
    n = np.bincount(plan.of_cluster)
    if spec.kind == "JK2" or (spec.kind == "JK1" and strata):
        raise BadInput("surveys.replicates.cannot_make", kind=spec.kind)
    if spec.kind in ("JK1", "JKn"):
        kept = [c for c, h in enumerate(plan.of_cluster) if n[h] > 1]
        factors = np.ones((len(plan.of_cluster), len(kept)))
        for r, c in enumerate(kept):
            h = plan.of_cluster[c]
            factors[plan.of_cluster == h, r] = n[h] / (n[h] - 1)
            factors[c, r] = 0.0
        of = plan.of_cluster[kept]
        return _spread(plan, factors), (n[of] - 1) / n[of] * (1 - plan.share[of])
    if spec.kind == "bootstrap":
        return _spread(plan, _drawn(plan, n, spec)), np.full(spec.draws, 1 / spec.draws)
    if (n != 2).any():
        raise BadInput("surveys.replicates.two", kind=spec.kind, n=int((n != 2).sum()))
    k = spec.fay if spec.kind == "Fay" else 0.0
    factors = _halves(plan, len(n), k)
    many = factors.shape[1]
    return _spread(plan, factors), np.full(many, 1 / (many * (1 - k) ** 2))


def _spread(plan: Plan, factors: Array) -> Array:
    """Weights of respondents from factors of clusters."""
    return np.asarray(plan.weight[:, None] * factors[plan.cluster])


def _drawn(plan: Plan, n: NDArray[np.int64], spec: Replication) -> Array:
    """1 + sqrt(1 - f) (n / (n - 1) times drawn - 1) for each cluster and draw."""
    rng = np.random.Generator(np.random.Philox(key=spec.seed))
    factors = np.ones((len(plan.of_cluster), spec.draws))
    for h, many in enumerate(n):
        if many < 2:
            continue
        times = rng.multinomial(many - 1, np.full(many, 1 / many), size=spec.draws).T
        factors[plan.of_cluster == h] = 1 + np.sqrt(1 - plan.share[h]) * (many / (many - 1) * times - 1)
    return factors


def _halves(plan: Plan, strata: int, k: float) -> Array:
    from scipy.linalg import hadamard

    order = 2
    while order <= strata:
        order *= 2
    signs = hadamard(order)[1 : strata + 1].astype(float)
    side = np.zeros(len(plan.of_cluster))
    for h in range(strata):
        side[np.flatnonzero(plan.of_cluster == h)] = (1.0, -1.0)
    return np.asarray(1 + (1 - k) * side[:, None] * signs[plan.of_cluster])
