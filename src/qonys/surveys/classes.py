"""Latent classes of motives: P(y) = sum_c pi_c prod_m rho_m,y|c, fitted by EM from many starts.

References: Lazarsfeld and Henry (1968); Goodman, L. A. (1974), Biometrika 61, 215-231; Linzer and Lewis (2011),
poLCA, Journal of Statistical Software 42(10). BIC = -2 L + p ln n (Schwarz 1978). Entropy R2 = 1 - sum_i sum_c
-p_ic ln p_ic / (n ln C). The number of classes is chosen by the lowest BIC; classes summarise answers and are not
types of people. Local independence within classes is an assumption, tested by G2 against the full table if the table
is not too sparse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.surveys.design import Array, Design, plan_of, with_design
from qonys.surveys.latent import climb, posteriors
from qonys.surveys.reading import Microdata

STARTS, ROUNDS, TOLERANCE = 20, 20_000, 1e-14


@dataclass(frozen=True)
class Patterns:
    """Distinct patterns of answers: `codes` (P, items), -1 missing; `weight` (P,); `of_row` (n,): each respondent's."""

    codes: NDArray[np.int64]
    weight: Array
    of_row: NDArray[np.int64]
    sizes: tuple[int, ...]

    @property
    def n(self) -> float:
        """Respondents (sum of the weights, which are scaled to their number)."""
        return float(self.weight.sum())


@dataclass(frozen=True)
class Classes:
    """A fitted model: `shares` (C,), `answers`: probabilities by item, (C, answers) each, and measures of fit.

    `posterior` (P, C): probability of each class by pattern. `reached`: how many starts reached the best likelihood.
    `g2`, `degrees`: against the saturated table, None where patterns have missing answers.
    """

    shares: Array
    answers: tuple[Array, ...]
    posterior: Array
    likelihood: float
    parameters: int
    n: float
    reached: int
    starts: int
    g2: float | None
    degrees: int

    @property
    def bic(self) -> float:
        """-2 L + p ln n."""
        return -2 * self.likelihood + self.parameters * float(np.log(self.n))

    @property
    def aic(self) -> float:
        """-2 L + 2 p."""
        return -2 * self.likelihood + 2 * self.parameters

    def entropy(self, patterns: Patterns) -> float:
        """Entropy R2: 1 if every respondent's class is certain, 0 if classes are not distinguished; 1 for one class."""
        count = len(self.shares)
        if count == 1:
            return 1.0
        p = np.clip(self.posterior, 1e-300, 1)
        return 1 - float(-(patterns.weight @ (p * np.log(p)).sum(axis=1)) / (patterns.n * np.log(count)))


def patterns_of(data: Microdata, design: Design, items: Sequence[str]) -> tuple[Patterns, list[list[str]]]:
    """Distinct patterns of the items with their weights (scaled to the number of respondents), and the answers.

    A respondent who answered none of the items is left out; one who answered some is kept.

    Raises
    ------
    BadInput
        Fewer than two answers, or an answer with one category.

    """
    if len(items) < 2:
        raise BadInput("surveys.classes.items", n=len(items))
    held = with_design(data.frame, design)
    weight = plan_of(held, design).weight
    answers = [data.ordered(item) for item in items]
    columns = []
    for item, known in zip(items, answers, strict=True):
        if len(known) < 2:
            raise BadInput("surveys.one_category", variable=item, n=len(known))
        code = {label: place for place, label in enumerate(known)}
        columns.append([code.get(label, -1) if label is not None else -1 for label in data.categories(item)])
    codes = np.array(columns, dtype=np.int64).T
    some = (codes >= 0).any(axis=1)
    distinct, inverse = np.unique(codes[some], axis=0, return_inverse=True)
    inverse = inverse.reshape(-1)
    scaled = weight[some] * some.sum() / weight[some].sum()
    of_row = np.full(len(codes), -1, dtype=np.int64)
    of_row[some] = inverse
    total = np.asarray(np.bincount(inverse, weights=scaled, minlength=len(distinct)), dtype=float)
    return Patterns(distinct, total, of_row, tuple(len(known) for known in answers)), answers


def fit_classes(patterns: Patterns, count: int, starts: int = STARTS, seed: int = 1) -> Classes:
    """A model of `count` classes, the best of `starts` random starts; classes from the largest down.

    Raises
    ------
    BadInput
        Fewer than one class, or more than the patterns identify.

    """
    if count < 1:
        raise BadInput("surveys.classes.count", n=count)
    first = np.concatenate([[0], np.cumsum(patterns.sizes)]).astype(np.int64)
    rng = np.random.Generator(np.random.Philox(key=seed))
    found = []
    for _ in range(1 if count == 1 else starts):
        shares = np.full(count, 1 / count)
        answers = np.column_stack([rng.dirichlet(np.ones(size), count) for size in patterns.sizes])
        level = climb(patterns.codes, patterns.weight, first, shares, answers, ROUNDS, TOLERANCE)
        found.append((level, shares, answers))
    likelihood, shares, answers = max(found, key=lambda fit: fit[0])
    reached = sum(fit[0] > likelihood - 1e-3 for fit in found)
    order = np.argsort(-shares, kind="stable")
    shares, answers = shares[order], answers[order]
    joint = np.zeros((len(patterns.codes), count))
    total = posteriors(patterns.codes, first, shares, answers, joint)
    parameters = count - 1 + count * sum(size - 1 for size in patterns.sizes)
    complete = bool((patterns.codes >= 0).all())
    cells = int(np.prod(patterns.sizes))
    g2 = 2 * (float(patterns.weight @ np.log(patterns.weight / patterns.n)) - likelihood) if complete else None
    return Classes(
        shares, tuple(np.split(answers, first[1:-1], axis=1)), joint / total[:, None], likelihood, parameters,
        patterns.n, reached, len(found), g2, min(cells, int(patterns.n)) - 1 - parameters,
    )  # fmt: skip


def choose_classes(
    patterns: Patterns, most: int, starts: int = STARTS, seed: int = 1
) -> tuple[pl.DataFrame, list[Classes]]:
    """Models of 1 to `most` classes, and a table of their fit.

    Columns: classes, log_likelihood, parameters, aic, bic, entropy, g2, degrees, reached, starts.

    Raises
    ------
    BadInput
        More classes than the patterns identify.

    """
    fits: list[Classes] = []
    for count in range(1, most + 1):
        fit = fit_classes(patterns, count, starts, seed)
        if fit.degrees < 0:
            break
        fits.append(fit)
    if not fits:
        raise BadInput("surveys.classes.too_many", n=1)
    rows = [
        {
            "classes": len(fit.shares), "log_likelihood": fit.likelihood, "parameters": fit.parameters,
            "aic": fit.aic, "bic": fit.bic, "entropy": fit.entropy(patterns), "g2": fit.g2,
            "degrees": fit.degrees, "reached": fit.reached, "starts": fit.starts,
        }
        for fit in fits
    ]  # fmt: skip
    return pl.DataFrame(rows, infer_schema_length=None), fits


def class_table(fit: Classes, items: Sequence[str], answers: list[list[str]]) -> pl.DataFrame:
    """Answer probabilities by class: columns class (from 1), share, item, answer, probability (0 to 1)."""
    rows = [
        {
            "class": place + 1, "share": float(fit.shares[place]), "item": item, "answer": label,
            "probability": float(fit.answers[number][place, k]),
        }
        for place in range(len(fit.shares))
        for number, item in enumerate(items)
        for k, label in enumerate(answers[number])
    ]  # fmt: skip
    return pl.DataFrame(rows)
