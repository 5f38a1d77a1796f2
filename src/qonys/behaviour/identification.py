"""What figures teach of the chain: posterior to prior width for nested sets, and the directions that are learnt.

Information on the parameters is that of all rows less what the terms take (Schur's complement). In units of the priors'
spreads its eigenvectors are directions in which the parameters move together; an eigenvalue of 1 says that the figures
know as much of a direction as the prior does, and a direction is called learnt from there on (Cui, Martin, Marzouk,
Solonen and Spantini 2014, Inverse Problems 30:114015, have the likelihood-informed subspace).
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from qonys.behaviour.observed import PUBLISHED, SETS
from qonys.behaviour.parameters import NAMES, PARAMETERS

Array = NDArray[np.float64]
LEARNT, NAMED = 1.0, 0.3
COUNT = len(NAMES)


@dataclass(frozen=True)
class Learnt:
    """For each of `sets`: `ratio` (S, 16) of posterior to prior spread, `eigenvalues` (S, 16) falling and `directions`

    (S, 16, 16), a column each; `known`: whether figures of the set are there.
    """

    sets: tuple[str, ...]
    known: tuple[bool, ...]
    ratio: Array
    eigenvalues: Array
    directions: Array

    def count(self, place: int) -> int:
        """Directions learnt from a set and those before it."""
        return int((self.eigenvalues[place] >= LEARNT).sum())

    @property
    def last(self) -> int:
        """Place of the last of the published sets."""
        return len(PUBLISHED) - 1

    def named(self, place: int, direction: int) -> str:
        """The parameters that move most along a direction: + distance - gain; the first with +."""
        vector = self.directions[place, :, direction]
        falling = np.argsort(-np.abs(vector), kind="stable")
        order = [k for k in falling if abs(vector[k]) >= NAMED] or [falling[0]]
        sign = np.sign(vector[order[0]])
        parts = [f"{'+' if sign * vector[k] > 0 else '-'} {NAMES[k]}" for k in order]
        return " ".join(parts).removeprefix("+ ")


def information(slopes: Array, design: csr_array, weight: Array) -> Array:
    """Information on parameters and terms (16 + m, 16 + m) of rows with slopes (N, 16), terms (N, m), weights (N,)."""
    weighted = slopes * weight[:, None]
    terms = design.T @ (design * weight[:, None])
    across = design.T @ weighted
    return np.asarray(np.block([[slopes.T @ weighted, across.T], [across, terms.toarray()]]))


def learnt_of(
    lines: tuple[Array, csr_array], weight: Array, rows: Mapping[str, slice], prior: Array, known: Set[str]
) -> Learnt:
    """What each set adds: published ones one after the other, each unpublished alone on top of all published.

    `lines`: slopes (N, 16) and terms (N, m), `weight` (N,) their information, `prior` (16 + m,) precisions.
    """
    names, flags, found = [], [], []
    base: tuple[str, ...] = ()
    for name, (blocks, published) in SETS.items():
        there = tuple(block for block in blocks if block in known or not published)
        chosen = base + there
        base = chosen if published else base
        names.append(name)
        flags.append(bool(there) and published)
        kept = np.zeros_like(weight)
        for block in chosen:
            kept[rows[block]] = weight[rows[block]]
        found.append(_of(information(*lines, kept) + np.diag(prior)))
    ratio, values, vectors = (np.stack(parts) for parts in zip(*found, strict=True))
    return Learnt(tuple(names), tuple(flags), ratio, values, vectors)


def _of(curvature: Array) -> tuple[Array, Array, Array]:
    """Ratio (16,), eigenvalues (16,) and directions (16, 16)."""
    covariance = np.linalg.inv(curvature)[:COUNT, :COUNT]
    spread = np.array([one.sd for one in PARAMETERS])
    ratio = np.sqrt(np.diag(covariance)) / spread
    whole = np.linalg.inv(covariance) * np.outer(spread, spread) - np.eye(COUNT)
    values, vectors = np.linalg.eigh((whole + whole.T) / 2)
    return ratio, values[::-1].copy(), vectors[:, ::-1].copy()
