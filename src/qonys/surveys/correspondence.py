"""Multiple correspondence analysis: a map on which answers given by the same respondents lie close together.

Reference: Greenacre, M. (2017), Correspondence Analysis in Practice, 3rd ed., chapters 18 and 19. The analysis is of
the weighted indicator matrix; the principal inertias l are adjusted as Greenacre (1993) does,
(Q / (Q - 1))^2 (l - 1 / Q)^2 for l > 1 / Q, Q questions, because the raw ones understate how much of the pairwise
tables a plane shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from qonys.errors import BadInput
from qonys.surveys.design import Array, Design, plan_of, with_design
from qonys.surveys.reading import Microdata


@dataclass(frozen=True)
class Map:
    """Answers as points: variable, answer, mass, x, y, contribution of each to the axes; and inertias of the axes.

    `inertias`: axis, inertia, share, adjusted, adjusted_share. `left_out`: respondents with a missing answer.
    """

    points: pl.DataFrame
    inertias: pl.DataFrame
    left_out: int


def correspondence(data: Microdata, design: Design, variables: Sequence[str]) -> Map:
    """Map of the answers to several questions, weighted.

    Raises
    ------
    BadInput
        Fewer than two questions, a question with one answer, or nobody answered all.

    """
    if len(variables) < 2:
        raise BadInput("surveys.map.variables", n=len(variables))
    held = with_design(data.frame, design)
    weight = plan_of(held, design).weight
    columns, names = [], []
    known = np.ones(held.height, dtype=bool)
    for variable in variables:
        labels, order = data.categories(variable), data.ordered(variable)
        if len(order) < 2:
            raise BadInput("surveys.one_category", variable=variable, n=len(order))
        known &= labels.is_not_null().to_numpy()
        for label in order:
            columns.append((labels == label).fill_null(value=False).to_numpy().astype(float))
            names.append((variable, label))
    if not known.any():
        raise BadInput("surveys.no_answers", variable=", ".join(variables))
    indicator = np.column_stack(columns)[known]
    kept = np.asarray(indicator.any(axis=0))
    names = [name for name, keep in zip(names, kept, strict=True) if keep]
    burt = indicator[:, kept].T @ (indicator[:, kept] * weight[known][:, None])
    points, inertias = map_of_burt(burt, len(variables), names)
    return Map(points, inertias, int((~known).sum()))


def map_of_burt(burt: Array, questions: int, names: Sequence[tuple[str, str]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Points and inertias from the weighted Burt matrix (answers x answers).

    The eigenvalues of D^-1/2 (B / n Q^2 - r r') D^-1/2 are the principal inertias of the indicator matrix; they add
    up to J / Q - 1 for J answers to Q questions (Greenacre 2017, eq. 18.4).
    """
    share = burt / burt.sum()
    mass = share.sum(axis=0)
    apart = (share - np.outer(mass, mass)) / np.sqrt(np.outer(mass, mass))
    values, vectors = np.linalg.eigh((apart + apart.T) / 2)
    order = np.argsort(-values)
    axes = int(min(len(mass) - questions, (values > 1e-12).sum()))
    inertia, vectors = np.maximum(values[order[:axes]], 0.0), vectors[:, order[:axes]]
    vectors = vectors * np.where(vectors[np.abs(vectors).argmax(axis=0), np.arange(axes)] < 0, -1.0, 1.0)
    principal = vectors * np.sqrt(inertia) / np.sqrt(mass)[:, None]
    adjusted = np.where(
        inertia > 1 / questions, (questions / (questions - 1)) ** 2 * (inertia - 1 / questions) ** 2, 0.0
    )
    pairs = questions / (questions - 1) * (float((inertia**2).sum()) - (len(mass) - questions) / questions**2)
    second = principal[:, 1] if axes > 1 else np.zeros(len(mass))
    points = pl.DataFrame(
        {
            "variable": [variable for variable, _ in names],
            "answer": [answer for _, answer in names],
            "mass": mass,
            "x": principal[:, 0],
            "y": second,
            "part_x": vectors[:, 0] ** 2,
            "part_y": vectors[:, 1] ** 2 if axes > 1 else np.zeros(len(mass)),
        }
    )
    inertias = pl.DataFrame(
        {
            "axis": np.arange(1, axes + 1),
            "inertia": inertia,
            "share": inertia / inertia.sum(),
            "adjusted": adjusted,
            "adjusted_share": adjusted / pairs if pairs > 0 else np.zeros(axes),
        }
    )
    return points, inertias
