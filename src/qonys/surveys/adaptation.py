"""Adaptation of migrants from survey answers: scores by domain, their reliability, and ratios to non-migrants.

Domains are chosen by the user: labour, housing, language, ties, legal, well-being. An item is rescaled to 0-1 by the
ends of its scale; a domain score is the mean of its items, missing for a respondent who answered none. Adaptation
of a group in a domain = its mean over the mean of non-migrants (1: no difference); the index of a group is the
geometric mean over domains, so that one domain does not fully compensate for another. Reliability: Cronbach's alpha
(1951) of the items. Errors: linearisation under the design (Binder 1983).

The index compares averages, not subjective adaptation, and non-migrants are a reference group, not a norm.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import stats

from qonys.catalog.reading.said_names import SaidNames
from qonys.errors import BadInput
from qonys.surveys.columns import refuse_unknown
from qonys.surveys.design import Array, Design, design_covariance, plan_of, with_design
from qonys.surveys.reading import Microdata

DOMAINS = ("labour", "housing", "language", "ties", "legal", "well_being")


@dataclass(frozen=True)
class Domain:
    """A domain: its items and the ends of their scale, worst first (so a scale may fall)."""

    items: tuple[str, ...]
    worst: float
    best: float


@dataclass(frozen=True)
class Adaptation:
    """`table`: group, domain (null: index), n, mean, se, ratio, ratio_se, low, high. `reliability`: domain, items,
    alpha.
    """

    table: pl.DataFrame
    reliability: pl.DataFrame


def domain_of(text: str, known: Collection[str] = ()) -> tuple[str, Domain]:
    """A domain written as ``name=item1,item2:worst..best``; `known`: variables, some of whose names may have commas.

    Raises
    ------
    BadInput
        A domain of adaptation that is not known.

    Examples
    --------
    >>> domain_of("labour=job,pay:1..5")
    ('labour', Domain(items=('job', 'pay'), worst=1.0, best=5.0))

    """
    name, sign, rest = text.partition("=")
    items, colon, scale = rest.rpartition(":")
    worst, dots, best = scale.partition("..")
    try:
        ends = float(worst), float(best)
    except ValueError:
        ends = (0.0, 0.0)
    if not (name and sign and items and colon and dots) or ends[0] == ends[1]:
        raise BadInput("surveys.adaptation.domain", given=text)
    return name, Domain(SaidNames(tuple(known)).parted([items]), *ends)


def domains_of(written: Sequence[str], frame: pl.DataFrame) -> dict[str, Domain]:
    """Domains by name, of texts as `domain_of` reads them, for the variables of a file.

    Raises
    ------
    BadInput
        As `domain_of`; the file has not all of their variables.

    """
    found = dict(domain_of(text, frame.columns) for text in written)
    refuse_unknown(frame, [("--domain", item) for domain in found.values() for item in domain.items])
    return found


def scores(data: Microdata, domains: Mapping[str, Domain]) -> pl.DataFrame:
    """Score of every respondent in every domain, 0 to 1: one column per domain; null where no item is answered.

    Raises
    ------
    BadInput
        A value outside its scale: variable, value.

    """
    columns = {}
    for name, domain in domains.items():
        items = []
        for item in domain.items:
            values = data.numbers(item)
            low, high = sorted((domain.worst, domain.best))
            outside = values.filter((values < low) | (values > high))
            if len(outside):
                raise BadInput(
                    "surveys.adaptation.scale", variable=item, value=outside[0], low=low, high=high, n=len(outside)
                )
            items.append((values - domain.worst) / (domain.best - domain.worst))
        columns[name] = pl.DataFrame([series.alias(str(i)) for i, series in enumerate(items)]).mean_horizontal()
    return pl.DataFrame([series.alias(name) for name, series in columns.items()])


def alpha(items: Array, weight: Array) -> float:
    """Cronbach's alpha (1951), k / (k - 1) (1 - sum of item variances / variance of the sum), weighted.

    `items` (n, k) without missing values, `weight` (n,).

    Examples
    --------
    >>> same = np.array([1.0, 2.0, 3.0, 5.0])
    >>> round(alpha(np.column_stack([same, same]), np.ones(4)), 12)
    1.0

    """
    k = items.shape[1]
    known = ~np.isnan(items).any(axis=1)
    if k < 2 or known.sum() < 2:
        return float("nan")
    covariance = np.cov(items[known].T, aweights=weight[known], ddof=0)
    total = float(covariance.sum())
    return k / (k - 1) * (1 - float(np.trace(covariance)) / total) if total > 0 else float("nan")


def adaptation(
    data: Microdata, design: Design, domains: Mapping[str, Domain], group: str, native: str, confidence: float = 0.95
) -> Adaptation:
    """Scores of groups by domain, their ratio to non-migrants (`native`, a label of `group`), and the index.

    Raises
    ------
    BadInput
        The non-migrants are not among the groups, a group has nobody in a domain, a value is outside its scale.

    """
    held = with_design(data.frame, design)
    plan = plan_of(held, design)
    labels, groups = data.categories(group), data.ordered(group)
    if native not in groups:
        raise BadInput("surveys.choice", option="--native", value=native, known=", ".join(groups))
    table = scores(data, domains)
    means, influence, sizes = _means(table, labels, groups, plan.weight)
    covariance = design_covariance(influence, plan)
    names = list(domains)
    base = groups.index(native)
    reach = float(stats.t.ppf(0.5 + confidence / 2, plan.degrees))
    rows: list[tuple[str | float | int | None, ...]] = []
    for g, label in enumerate(groups):
        gradients = np.zeros((len(names), influence.shape[1]))
        for d, name in enumerate(names):
            own, other = g * len(names) + d, base * len(names) + d
            ratio = means[own] / means[other]
            gradients[d, own] += 1 / means[own]
            gradients[d, other] -= 1 / means[other]
            se = float(np.sqrt(covariance[own, own]))
            rows.append((label, name, sizes[own], means[own], se, *_ratio(ratio, gradients[d], covariance, reach)))
        logs = [np.log(means[g * len(names) + d] / means[base * len(names) + d]) for d in range(len(names))]
        index = float(np.exp(np.mean(logs)))
        whole = int(labels.eq(label).sum())
        rows.append((label, None, whole, None, None, *_ratio(index, gradients.mean(axis=0), covariance, reach)))
    schema = {
        "group": pl.String, "domain": pl.String, "n": pl.Int64, "mean": pl.Float64, "se": pl.Float64,
        "ratio": pl.Float64, "ratio_se": pl.Float64, "low": pl.Float64, "high": pl.Float64,
    }  # fmt: skip
    return Adaptation(pl.DataFrame(rows, schema=schema, orient="row"), _reliability(data, domains, table, plan.weight))


def _means(
    table: pl.DataFrame, labels: pl.Series, groups: Sequence[str], weight: Array
) -> tuple[Array, Array, list[int]]:
    """Weighted means group by group and domain by domain, their influence values, and respondents."""
    means, columns, sizes = [], [], []
    for label in groups:
        inside = labels.eq(label).fill_null(value=False).to_numpy()
        for name in table.columns:
            known = inside & table[name].is_not_null().to_numpy()
            if not known.any():
                raise BadInput("surveys.adaptation.empty", group=label, domain=name)
            own = np.where(known, weight, 0.0)
            values = np.nan_to_num(table[name].fill_null(0.0).to_numpy().astype(float))
            mean = float(own @ values / own.sum())
            if mean <= 0:
                raise BadInput("surveys.adaptation.zero", group=label, domain=name)
            means.append(mean)
            columns.append(own * (values - mean) / own.sum())
            sizes.append(int(known.sum()))
    return np.array(means), np.column_stack(columns), sizes


def _ratio(ratio: float, gradient: Array, covariance: Array, reach: float) -> tuple[float, float, float, float]:
    """Ratio with its error (from that of its logarithm) and interval on the logarithmic scale."""
    spread = float(np.sqrt(max(float(gradient @ covariance @ gradient), 0.0)))
    return (
        float(ratio),
        float(ratio) * spread,
        float(ratio * np.exp(-reach * spread)),
        float(ratio * np.exp(reach * spread)),
    )


def _reliability(data: Microdata, domains: Mapping[str, Domain], table: pl.DataFrame, weight: Array) -> pl.DataFrame:
    rows: list[tuple[str | None, int, float]] = []
    for name, domain in domains.items():
        items = np.column_stack(
            [data.numbers(item).fill_null(np.nan).to_numpy().astype(float) for item in domain.items]
        )
        rows.append((name, len(domain.items), alpha(items, weight)))
    whole = np.column_stack([table[name].fill_null(np.nan).to_numpy().astype(float) for name in table.columns])
    rows.append((None, whole.shape[1], alpha(whole, weight)))
    frame = pl.DataFrame(rows, schema=["domain", "items", "alpha"], orient="row")
    return frame.with_columns(pl.col("alpha").fill_nan(None))
