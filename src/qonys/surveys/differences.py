"""Differences between groups: tests of independence, pairwise differences, trends over waves, multiple testing.

The test of independence is the second-order Rao-Scott chi-square as an F (Rao and Scott 1984, Annals of Statistics
12, 46-60; Thomas and Rao 1987), computed by svy. Differences of shares come from the joint covariance of all shares
under the design (linearised, `design.design_covariance`), which allows for groups that share clusters.
Multiple tests: Holm (1979) controls the family-wise error rate, Benjamini and Hochberg (1995) the false discovery rate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import polars as pl
from scipy import stats

from qonys.errors import BadInput
from qonys.surveys.design import Array, Design, design_covariance, plan_of, quietly, sample, with_design
from qonys.surveys.reading import Microdata

GROUP, ANSWER = "__group", "__answer"


@dataclass(frozen=True)
class Shares:
    """Shares (groups x answers) with their joint covariance, group by group, and the design's degrees of freedom."""

    groups: tuple[str, ...]
    answers: tuple[str, ...]
    shares: Array
    covariance: Array
    degrees: int
    left_out: int

    def difference(self, first: int, second: int, answer: int) -> tuple[float, float]:
        """Share of `answer` in group `second` less that in `first`, and its error."""
        a, b = (group * len(self.answers) + answer for group in (first, second))
        variance = self.covariance[a, a] + self.covariance[b, b] - 2 * self.covariance[a, b]
        return float(self.shares[second, answer] - self.shares[first, answer]), float(np.sqrt(max(variance, 0.0)))


def shares_by_group(data: Microdata, design: Design, answer: str, group: str) -> Shares:
    """Weighted shares of the answers in each group, p_gk = W_gk / W_g, with the design's joint covariance.

    Raises
    ------
    BadInput
        As `estimates.estimate`; or there are fewer than two groups or answers.

    """
    columns = {ANSWER: data.categories(answer), GROUP: data.categories(group)}
    held = with_design(data.frame, design).with_columns(**columns)
    plan = plan_of(held, design)
    groups = [
        name for name in data.ordered(group) if held.filter(pl.col(ANSWER).is_not_null())[GROUP].is_in([name]).any()
    ]
    answers = data.ordered(answer)
    for name, found in ((group, groups), (answer, answers)):
        if len(found) < 2:
            raise BadInput("surveys.one_category", variable=name, n=len(found))
    known = held.select(pl.col(ANSWER).is_not_null() & pl.col(GROUP).is_not_null()).to_series().to_numpy()
    shares = np.zeros((len(groups), len(answers)))
    influence = np.zeros((held.height, len(groups) * len(answers)))
    marks = [(held[ANSWER] == label).fill_null(value=False).to_numpy() for label in answers]
    for place, label in enumerate(groups):
        inside = known & (held[GROUP] == label).fill_null(value=False).to_numpy()
        weight = np.where(inside, plan.weight, 0.0)
        total = weight.sum()
        for k, mark in enumerate(marks):
            shares[place, k] = weight[mark].sum() / total
            influence[:, place * len(answers) + k] = weight * (mark - shares[place, k]) / total
    left_out = int((~known).sum())
    return Shares(tuple(groups), tuple(answers), shares, design_covariance(influence, plan), plan.degrees, left_out)


def independence(data: Microdata, design: Design, answer: str, group: str) -> dict[str, float]:
    """Rao-Scott test that answers do not depend on the group.

    Returns
    -------
    pearson (unadjusted statistic, design shares), f, df1, df2, p, n.

    Raises
    ------
    BadInput
        The answer or the group has one category.

    """
    columns = {ANSWER: data.categories(answer), GROUP: data.categories(group)}
    held = with_design(data.frame, design).with_columns(**columns)
    for name, column in ((answer, ANSWER), (group, GROUP)):
        found = held[column].n_unique() - int(held[column].null_count() > 0)
        if found < 2:
            raise BadInput("surveys.one_category", variable=name, n=found)
    known = held.with_columns((pl.col(ANSWER).is_not_null() & pl.col(GROUP).is_not_null()).alias("__in"))
    used = known.filter("__in").select(*(name for name in known.columns if name.startswith("__")))
    if not design.plain:
        return _own_independence(known, design)
    drawn = sample(used, _inside(design, used))
    table: Any = quietly(lambda: drawn.categorical.tabulate(GROUP, ANSWER))
    found = table.stats
    return {
        "pearson": float(found.chisq.value),
        "f": float(found.f.value),
        "df1": float(found.f.df_num),
        "df2": float(found.f.df_den),
        "p": float(found.f.p_value),
        "n": float(used.height),
    }


def _own_independence(known: pl.DataFrame, design: Design) -> dict[str, float]:
    """Second-order Rao-Scott F from the design's covariance of all cells (Rao and Scott 1984, section 4)."""
    plan = plan_of(known, design)
    inside = known["__in"].to_numpy()
    rows, columns = (known.filter("__in")[name].unique().sort() for name in (GROUP, ANSWER))
    marks = [(known[GROUP] == row) & (known[ANSWER] == column) for row in rows for column in columns]
    cells = np.column_stack([mark.fill_null(value=False).to_numpy() for mark in marks]) * inside[:, None]
    weight = plan.weight * inside
    total, n = weight.sum(), float(inside.sum())
    p = weight @ cells / total
    v = design_covariance((cells * inside[:, None] - p * inside[:, None]) * weight[:, None] / total, plan)
    table = p.reshape(len(rows), len(columns))
    expected = np.outer(table.sum(axis=1), table.sum(axis=0))
    pearson = float(n * ((table - expected) ** 2 / expected).sum())
    contrast = np.kron(np.eye(len(rows))[:, 1:], np.eye(len(columns))[:, 1:])
    main = np.column_stack(
        [np.kron(np.eye(len(rows)), np.ones((len(columns), 1))), np.tile(np.eye(len(columns)), (len(rows), 1))]
    )
    contrast = contrast - main @ np.linalg.lstsq(main, contrast, rcond=None)[0]
    over = np.divide(contrast, p[:, None], out=np.zeros_like(contrast), where=p[:, None] > 0)
    delta = np.linalg.solve(contrast.T @ over / n, over.T @ v @ over)
    trace = float(np.trace(delta))
    df1 = trace**2 / float(np.trace(delta @ delta))
    f, df2 = pearson / trace, df1 * plan.degrees
    return {"pearson": pearson, "f": f, "df1": df1, "df2": df2, "p": float(stats.f.sf(f, df1, df2)), "n": n}


def _inside(design: Design, used: pl.DataFrame) -> Design:
    """The design for respondents with both answers: a stratum left with one cluster is centred, not refused."""
    from dataclasses import replace

    alone = used.group_by("__stratum").agg(pl.col("__cluster").n_unique().alias("n")).filter(pl.col("n") == 1)
    return replace(design, single_psu="centre") if alone.height else design


def corrected(frame: pl.DataFrame, column: str = "p") -> pl.DataFrame:
    """The frame with the columns `p_holm` and `p_bh` of corrected p-values (nulls stay null).

    Examples
    --------
    >>> corrected(pl.DataFrame({"p": [0.01, 0.04]})).rows()
    [(0.01, 0.02, 0.02), (0.04, 0.04, 0.04)]

    """
    known = frame[column].is_not_null().to_numpy()
    p = frame[column].to_numpy()[known]
    added = []
    for name, method in (("p_holm", _holm), ("p_bh", _benjamini_hochberg)):
        values: list[float | None] = [None] * frame.height
        for place, value in zip(np.flatnonzero(known), method(p) if len(p) else [], strict=True):
            values[place] = float(value)
        added.append(pl.Series(name, values, dtype=pl.Float64))
    return frame.with_columns(added)


def _holm(p: Array) -> Array:
    from statsmodels.stats.multitest import multipletests

    return np.asarray(multipletests(p, method="holm")[1])


def _benjamini_hochberg(p: Array) -> Array:
    from statsmodels.stats.multitest import multipletests

    return np.asarray(multipletests(p, method="fdr_bh")[1])


def tests_of_groups(data: Microdata, design: Design, answers: Sequence[str], groups: Sequence[str]) -> pl.DataFrame:
    """Every answer variable against every grouping: Rao-Scott F, p-values corrected over all tests of the table.

    Columns: variable, by, n, pearson, f, df1, df2, p, p_holm, p_bh.
    """
    rows = [
        {"variable": answer, "by": group, **independence(data, design, answer, group)}
        for answer in answers
        for group in groups
    ]
    frame = corrected(pl.DataFrame(rows))
    return frame.with_columns(pl.col("n").cast(pl.Int64)).select(
        "variable", "by", "n", "pearson", "f", "df1", "df2", "p", "p_holm", "p_bh"
    )


def differences(data: Microdata, design: Design, answer: str, group: str, confidence: float = 0.95) -> pl.DataFrame:
    """Differences of the shares of each answer between all pairs of groups, with intervals and corrected p.

    Columns: answer, first, second, share_first, share_second, difference (shares), se, low, high, p, p_holm, p_bh.
    """
    found = shares_by_group(data, design, answer, group)
    return _pairs(found, list(combinations(range(len(found.groups)), 2)), confidence)


def trend(data: Microdata, design: Design, answer: str, wave: str, confidence: float = 0.95) -> pl.DataFrame:
    """Change of the shares of each answer from wave to wave, with intervals and corrected p; columns of `differences`.

    Waves are taken in the order of their codes. Waves that share clusters or strata are one design: name them so
    that a cluster visited twice has one code; independent waves need the wave in the stratum.
    """
    found = shares_by_group(data, design, answer, wave)
    return _pairs(found, list(pairwise(range(len(found.groups)))), confidence)


def _pairs(found: Shares, pairs: list[tuple[int, int]], confidence: float) -> pl.DataFrame:
    reach = float(stats.t.ppf(0.5 + confidence / 2, found.degrees))
    rows = []
    for first, second in pairs:
        for k, answer in enumerate(found.answers):
            difference, se = found.difference(first, second, k)
            p = float(2 * stats.t.sf(abs(difference) / se, found.degrees)) if se > 0 else None
            rows.append(
                {
                    "answer": answer, "first": found.groups[first], "second": found.groups[second],
                    "share_first": float(found.shares[first, k]), "share_second": float(found.shares[second, k]),
                    "difference": difference, "se": se, "low": difference - reach * se,
                    "high": difference + reach * se, "p": p,
                }
            )  # fmt: skip
    return corrected(pl.DataFrame(rows, infer_schema_length=None))
