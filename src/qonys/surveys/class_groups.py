"""Latent classes by group: the three-step method with the correction of Bolck, Croon and Hagenaars.

Step 1 fits the classes, step 2 assigns each respondent to the most likely class, step 3 relates classes to
covariates. Misclassification in step 2 attenuates differences; the inverse of the matrix of classification
errors, D(t, s) = P(assigned s | true t), corrects for it: a respondent assigned to s counts in class t with weight
(D^-1)(s, t) (Bolck, Croon and Hagenaars 2004, Political Analysis 12, 3-27; Vermunt 2010, Political Analysis 18,
eq. 13). Standard errors treat the classes of step 1 as known and are therefore somewhat too small.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy import stats

from qonys.errors import BadInput
from qonys.surveys.classes import Classes, Patterns
from qonys.surveys.design import Array, Design, design_covariance, plan_of, with_design
from qonys.surveys.reading import Microdata

SURE = 1e-3


def error_matrix(fit: Classes, patterns: Patterns) -> Array:
    """D(t, s), (classes, classes): probability that a respondent of class t is assigned to s; rows sum to one."""
    given = fit.posterior.argmax(axis=1)
    count = len(fit.shares)
    table = np.zeros((count, count))
    for s in range(count):
        inside = given == s
        table[:, s] = (patterns.weight[inside, None] * fit.posterior[inside]).sum(axis=0)
    return np.asarray(table / table.sum(axis=1, keepdims=True))


def corrected_weights(fit: Classes, patterns: Patterns) -> Array:
    """Corrected weights (patterns, classes); rows sum to one, single weights may be negative (Bolck et al. 2004).

    Raises
    ------
    BadInput
        A class has no respondents, or classes are not distinguishable (the matrix of errors is singular).

    """
    errors = error_matrix(fit, patterns)
    given = fit.posterior.argmax(axis=1)
    if len(np.unique(given)) < len(fit.shares) or abs(np.linalg.det(errors)) < SURE:
        raise BadInput("surveys.classes.unsure", n=len(fit.shares))
    return np.asarray(np.linalg.inv(errors)[given])


def classes_by_group(data: Microdata, design: Design, fit: Classes, patterns: Patterns, group: str) -> pl.DataFrame:
    """Share of each class in each group with design-based errors, and a Wald test of equal shares in all groups.

    Returns
    -------
    group, class, share, se, low, high, n, f, p (the test's, the same in all rows).

    Raises
    ------
    BadInput
        The group has one category.

    """
    corrected = corrected_weights(fit, patterns)
    held = with_design(data.frame, design)
    plan = plan_of(held, design)
    labels = data.categories(group)
    groups = data.ordered(group)
    if len(groups) < 2:
        raise BadInput("surveys.one_category", variable=group, n=len(groups))
    classes = len(fit.shares)
    known = patterns.of_row >= 0
    part = np.zeros((held.height, classes))
    part[known] = corrected[patterns.of_row[known]]
    shares, influence, sizes = np.zeros((len(groups), classes)), [], []
    for place, label in enumerate(groups):
        inside = known & (labels == label).fill_null(value=False).to_numpy()
        weight = np.where(inside, plan.weight, 0.0)
        shares[place] = weight @ part / weight.sum()
        influence.append(weight[:, None] * (part - shares[place]) / weight.sum())
        sizes.append(int(inside.sum()))
    covariance = design_covariance(np.hstack(influence), plan)
    f, p = same_shares(shares, covariance, plan.degrees)
    reach = float(stats.t.ppf(0.975, plan.degrees))
    rows = []
    for place, label in enumerate(groups):
        for c in range(classes):
            se = float(np.sqrt(covariance[place * classes + c, place * classes + c]))
            share = float(shares[place, c])
            rows.append((label, c + 1, share, se, share - reach * se, share + reach * se, sizes[place], f, p))
    return pl.DataFrame(rows, schema=["group", "class", "share", "se", "low", "high", "n", "f", "p"], orient="row")


def same_shares(shares: Array, covariance: Array, degrees: int) -> tuple[float, float]:
    """F and p of the Wald test that all groups have the shares of the first (the last class is implied).

    `shares` (G, C), `covariance` (G C, G C) group by group, `degrees` of freedom of the design.
    """
    groups, classes = shares.shape
    width = (groups - 1) * (classes - 1)
    if width == 0:
        return 0.0, 1.0
    contrast = np.zeros((width, groups * classes))
    for row, (g, c) in enumerate((g, c) for g in range(1, groups) for c in range(classes - 1)):
        contrast[row, g * classes + c], contrast[row, c] = 1.0, -1.0
    apart = contrast @ shares.ravel()
    below = degrees - width + 1
    if below < 1:
        return float("nan"), float("nan")
    inner = contrast @ covariance @ contrast.T
    f = float(apart @ np.linalg.solve(inner, apart)) / width * below / degrees
    return f, float(stats.f.sf(f, width, below))
