"""Social distance as a cumulative scale: whom a respondent would accept, from the nearest relation to the farthest.

Bogardus (1925, Journal of Applied Sociology 9, 299-308): who accepts a near relation accepts the farther ones. The
score is the number of relations accepted. Errors are answers that differ from the perfect pattern with the same score
(Goodenough and Edwards); reproducibility = 1 - errors / answers (Guttman 1950, 0.9 or more is asked for); minimal
reproducibility: what the shares of the answers alone give; scalability = (reproducibility - minimal) / (1 - minimal)
(Menzel 1953, 0.6 or more is asked for).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from scipy import stats

from qonys.errors import BadInput
from qonys.surveys.design import Array, Design, design_covariance, plan_of, with_design
from qonys.surveys.reading import Microdata

SURE = 0.95


def scale_errors(accepted: Array) -> Array:
    """Errors of each respondent (n,) of answers (n, k), 1 accepted, 0 not, items from the nearest to the farthest.

    Examples
    --------
    >>> scale_errors(np.array([[0.0, 1.0, 1.0], [1.0, 0.0, 1.0]])).tolist()
    [0.0, 2.0]
    """
    k = accepted.shape[1]
    perfect = np.arange(k) >= k - accepted.sum(axis=1)[:, None]
    return np.asarray(np.abs(accepted - perfect).sum(axis=1))


def social_distance(
    data: Microdata, design: Design, items: Sequence[str], answers: Sequence[str], group: str = ""
) -> tuple[pl.DataFrame, int]:
    """Acceptance of all and of each group, with the share of errors of the cumulative scale; who was left out.

    Columns group (null: all), n, items, mean (relations accepted), se, low, high, reproducibility,
    reproducibility_low, reproducibility_high, minimal, scalability.

    Raises
    ------
    BadInput
        Fewer than two items; an answer that nobody gives; a group of one category; nobody answered all items.
    """
    if len(items) < 2:
        raise BadInput("surveys.scale.items", n=len(items))
    labels = [data.categories(item) for item in items]
    every = list(dict.fromkeys(answer for item in items for answer in data.ordered(item)))
    wrong = [answer for answer in answers if answer not in every]
    if wrong or not answers:
        raise BadInput("surveys.choice", option="--answer", value=wrong[0] if wrong else "", known=", ".join(every))
    plan = plan_of(with_design(data.frame, design), design)
    known = np.all([column.is_not_null().to_numpy() for column in labels], axis=0)
    if not known.any():
        raise BadInput("surveys.no_answers", variable=", ".join(items))
    given = [column.is_in(list(answers)).fill_null(value=False).to_numpy() for column in labels]
    accepted = np.column_stack(given).astype(float)
    parts: list[tuple[str | None, np.ndarray]] = [(None, known)]
    if group:
        groups, of_group = data.ordered(group), data.categories(group)
        if len(groups) < 2:
            raise BadInput("surveys.one_category", variable=group, n=len(groups))
        parts += [(one, known & (of_group == one).fill_null(value=False).to_numpy()) for one in groups]
    score, right = accepted.sum(axis=1), 1 - scale_errors(accepted) / len(items)
    rows, columns = [], []
    for name, inside in (part for part in parts if part[1].any()):
        weight = np.where(inside, plan.weight, 0.0) / plan.weight[inside].sum()
        values = [float(weight @ value) for value in (score, right)]
        columns += [weight * (value - mean) for value, mean in zip((score, right), values, strict=True)]
        share = weight @ accepted
        minimal = float(np.maximum(share, 1 - share).mean())
        scaled = (values[1] - minimal) / (1 - minimal) if minimal < 1 else None
        rows.append((name, int(inside.sum()), *values, minimal, scaled, plan.degrees_in(inside)))
    se = np.sqrt(np.maximum(np.diag(design_covariance(np.column_stack(columns), plan)), 0.0)).reshape(-1, 2)
    names = ["group", "n", "mean", "reproducibility", "minimal", "scalability", "df"]
    frame = pl.DataFrame(rows, schema=names, orient="row").with_columns(pl.col("group").cast(pl.String))
    reach = stats.t.ppf(0.5 + SURE / 2, frame["df"].to_numpy())[:, None] * se
    of_mean, of_right = (pl.Series(reach[:, place]) for place in (0, 1))
    least = pl.col("reproducibility")
    table = frame.select(
        "group", "n", pl.lit(len(items)).alias("items"), "mean", pl.Series("se", se[:, 0]),
        (pl.col("mean") - of_mean).alias("low"), (pl.col("mean") + of_mean).alias("high"), "reproducibility",
        (least - of_right).alias("reproducibility_low"),
        pl.min_horizontal(least + of_right, pl.lit(1.0)).alias("reproducibility_high"), "minimal", "scalability",
    )  # fmt: skip
    return table, int((~known).sum())
