"""Regressors of models of intention: columns of numbers and of categories, checked before anything is fitted.

Two faults are errors: collinear regressors, and regressors that predict an answer perfectly (separation), for which
no finite estimate exists (Albert and Anderson 1984, Biometrika 71, 1-10; the linear programme is that of Konis 2007).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import linalg, optimize

from qonys.errors import BadInput
from qonys.surveys.design import Array
from qonys.surveys.reading import Microdata

INTERCEPT = "(1)"
TOLERANCE = 1e-8


@dataclass(frozen=True)
class Regressors:
    """Matrix (respondents x columns), names of columns, and the variable and kind of each.

    `factor`: the variable a column of categories belongs to, "" for numbers. Rows with a missing value are NaN.
    """

    matrix: Array
    names: tuple[str, ...]
    factor: tuple[str, ...]


def base_levels(written: Sequence[str], variables: Sequence[str]) -> dict[str, str]:
    """Variable -> category that the others are compared with, of ``VARIABLE=LEVEL``.

    Raises
    ------
    BadInput
        Not written so, or of a variable that is no regressor.

    Examples
    --------
    >>> base_levels(["area=rural"], ["age", "area"])
    {'area': 'rural'}
    """
    found = {}
    for item in written:
        variable, sign, level = item.partition("=")
        if not sign or not level or variable not in variables:
            raise BadInput("surveys.model.base", given=item, known=", ".join(variables))
        found[variable] = level
    return found


def regressors(data: Microdata, variables: Sequence[str], base: Sequence[str] = ()) -> Regressors:
    """Columns of the regressors, without an intercept.

    A variable with declared labels, or of texts, enters as categories against its first, or against its level in `base`
    (``VARIABLE=LEVEL``); another one as a number.

    Raises
    ------
    BadInput
        A regressor that the file lacks, or that has one category; a base that is no category of a regressor.

    """
    bases = base_levels(base, variables)
    if not variables:
        raise BadInput("surveys.model.no_regressor")
    columns, names, factors = [], [], []
    for variable in variables:
        series = data.column(variable)
        if series.dtype == pl.String or data.values.get(variable):
            labels = data.categories(variable)
            order = data.ordered(variable)
            if len(order) < 2:
                raise BadInput("surveys.one_category", variable=variable, n=len(order))
            first = bases.pop(variable, order[0])
            if first not in order:
                raise BadInput("surveys.choice", option="--base", value=first, known=", ".join(order))
            for label in (label for label in order if label != first):
                columns.append((labels == label).cast(pl.Float64))
                names.append(f"{variable}={label}")
                factors.append(variable)
            continue
        columns.append(data.numbers(variable))
        names.append(variable)
        factors.append("")
    if bases:
        name, level = next(iter(bases.items()))
        raise BadInput("surveys.model.base_number", variable=name, level=level)
    matrix = np.column_stack([column.fill_null(np.nan).to_numpy().astype(float) for column in columns])
    return Regressors(matrix, tuple(names), tuple(factors))


def refuse_collinear(matrix: Array, names: Sequence[str]) -> None:
    """Raise where columns (intercept among them) are linearly dependent, naming them.

    Pivoted QR of the columns scaled to length one; a diagonal below the tolerance marks a dependent column.

    Raises
    ------
    BadInput
        A regressor is constant, or a sum of others.

    """
    lengths = np.linalg.norm(matrix, axis=0)
    flat = [names[int(place)] for place in np.flatnonzero(lengths == 0)]
    if flat:
        raise BadInput("surveys.model.constant", names=", ".join(flat))
    scaled = matrix / lengths
    _, triangle, order = linalg.qr(scaled, mode="economic", pivoting=True)
    diagonal = np.abs(np.diag(triangle))
    rank = int((diagonal > TOLERANCE * diagonal[0]).sum())
    if rank == matrix.shape[1]:
        return
    extra = int(order[rank])
    weights = np.linalg.lstsq(scaled[:, order[:rank]], scaled[:, extra], rcond=None)[0]
    partners = [names[int(order[place])] for place in np.flatnonzero(np.abs(weights) > 1e-6)]
    raise BadInput("surveys.model.collinear", name=names[extra], others=", ".join(partners))


def refuse_separated(matrix: Array, answer: NDArray[np.int64], outcomes: Sequence[str], names: Sequence[str]) -> None:
    """Raise where some combination of the columns of `matrix` (n, k) separates two answers; `answer` (n,) codes.

    Raises
    ------
    BadInput
        A regressor predicts an answer perfectly; the message names it.

    """
    for place in range(1, len(outcomes)):
        pair = (answer == 0) | (answer == place)
        sign = np.where(answer[pair] == place, 1.0, -1.0)
        found = separating(matrix[pair] * sign[:, None])
        if len(found):
            raise BadInput(
                "surveys.model.separated",
                names=", ".join(names[column] for column in found), first=outcomes[0], second=outcomes[place],
            )  # fmt: skip


def refuse_separated_order(matrix: Array, answer: NDArray[np.int64], outcomes: int, names: Sequence[str]) -> None:
    """Raise where some combination of the columns of `matrix` (n, k) orders the answers, codes (n,), perfectly.

    Raises
    ------
    BadInput
        A regressor predicts the order of answers perfectly: the ordered logit has no finite estimate.

    """
    steps = np.eye(outcomes - 1)
    below, above = answer < outcomes - 1, answer > 0
    signed = np.vstack(
        [
            np.column_stack([-matrix[below], steps[answer[below]]]),
            np.column_stack([matrix[above], -steps[answer[above] - 1]]),
        ]
    )
    found = [column for column in separating(signed) if column < len(names)]
    if found:
        raise BadInput("surveys.model.separated_order", names=", ".join(names[column] for column in found))


def separating(signed: Array) -> NDArray[np.int64]:
    """Columns of a vector b with signed x b >= 0 in all rows of `signed` (n, k) and > 0 in some; empty if none.

    Maximises the sum of signed x b over the box -1 <= b <= 1 subject to signed x b >= 0 (Konis 2007, eq. 4.12).
    """
    rows = np.unique(signed, axis=0)
    solved = optimize.linprog(
        -rows.sum(axis=0), A_ub=-rows, b_ub=np.zeros(len(rows)), bounds=[(-1.0, 1.0)] * rows.shape[1], method="highs"
    )
    if not solved.success or -solved.fun < 1e-7:
        return np.empty(0, dtype=np.int64)
    moved = rows @ solved.x
    telling = np.abs(rows[moved > 1e-9]).max(axis=0) > 0
    return np.flatnonzero((np.abs(solved.x) > 1e-7) & telling)
