"""Agreement of labels given by rules with labels known to be true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from qonys.errors import BadInput, UnknownName
from qonys.measurement.typology.mix import share_intervals
from qonys.measurement.typology.records import listed
from qonys.measurement.typology.rules import LADDERS, UNKNOWN, standard_rules

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Agreement:
    """How labels agree with the truth.

    `table` true label, given label, count (every pair that occurs); `classes` one row per label with true (records
    of it), given, hits, precision and recall with their Wilson 95 % intervals, and f1 (nan where nothing to divide
    by). `records` have a true label, of them `decided` a given one; `without_truth` had none and took no part.
    `kappa` and its standard error `kappa_sd` over the decided records; `kappa_all`, `kappa_all_sd` with `unknown` as
    a label of its own; `accuracy` is hits / records, so that an unknown is never a hit.
    """

    table: pl.DataFrame
    classes: pl.DataFrame
    records: int
    decided: int
    without_truth: int
    accuracy: float
    kappa: float
    kappa_sd: float
    kappa_all: float
    kappa_all_sd: float


class KappaEstimate(NamedTuple):
    """Cohen's kappa and its standard error."""

    value: float
    sd: float


def kappa(counts: ArrayLike) -> KappaEstimate:
    """Cohen's kappa of a square table of counts (k by k) and its large-sample standard error.

    kappa = (p_o - p_e) / (1 - p_e), Cohen (1960), Educational and Psychological Measurement 20, 37-46; the standard
    error (not that under chance agreement) is of Fleiss, Cohen and Everitt (1969), Psychological Bulletin 72,
    323-327. Both are nan where nothing is counted or agreement by chance is certain.
    Assumes: records are independent.

    Raises
    ------
    BadInput
        The table is not square.

    Examples
    --------
    >>> value, sd = kappa([[75, 1, 4], [5, 4, 1], [0, 0, 10]])
    >>> round(value, 3), round(sd, 3)
    (0.676, 0.088)
    """
    table = np.asarray(counts, dtype=np.float64)
    if table.ndim != 2 or table.shape[0] != table.shape[1]:
        raise BadInput("typology.square", shape=table.shape)
    total = table.sum()
    if total == 0:
        return KappaEstimate(float("nan"), float("nan"))
    p = table / total
    rows, columns, hits = p.sum(axis=1), p.sum(axis=0), np.diag(p)
    chance = float(rows @ columns)
    if chance >= 1:
        return KappaEstimate(float("nan"), float("nan"))
    value = (float(hits.sum()) - chance) / (1 - chance)
    on = float((hits * (1 - (rows + columns) * (1 - value)) ** 2).sum())
    pairs = (columns[:, None] + rows[None, :]) ** 2
    off = float((p * pairs).sum() - (hits * np.diag(pairs)).sum()) * (1 - value) ** 2
    spread = on + off - (value - chance * (1 - value)) ** 2
    return KappaEstimate(value, float(np.sqrt(max(spread, 0.0) / total) / (1 - chance)))


def confusion(classified: pl.DataFrame, truth: str, label: str = "form") -> Agreement:
    """Confusion table of `label` against the true labels in column `truth`, with precision, recall and kappa.

    Records without a true label (null, empty or `unknown`) are counted and left out. A record that the rules left
    unknown counts against recall, not against precision.
    Raises `UnknownName` where a column is absent and `BadInput` for a true label that the ladder does not have.
    """
    pairs, left_out = _pairs(classified, truth, label)
    labels = [name for name in standard_rules().labels(_ladder(label)) if name != UNKNOWN]
    present = set(pairs["true"]) | set(pairs["given"])
    labels = [name for name in labels if name in present] + sorted(present - set(labels) - {UNKNOWN})
    table = pairs.group_by("true", "given").agg(count=pl.len().cast(pl.Int64)).sort("true", "given")
    square = np.zeros((len(labels) + 1, len(labels) + 1))
    place = {name: index for index, name in enumerate([*labels, UNKNOWN])}
    for true, given, count in table.iter_rows():
        square[place[true], place[given]] = count
    decided = square[:-1, :-1]
    value, sd = kappa(decided)
    value_all, sd_all = kappa(square)
    hits = float(np.trace(decided))
    return Agreement(
        table=table,
        classes=_classes(labels, square),
        records=pairs.height,
        decided=int(decided.sum()),
        without_truth=left_out,
        accuracy=hits / pairs.height if pairs.height else float("nan"),
        kappa=value,
        kappa_sd=sd,
        kappa_all=value_all,
        kappa_all_sd=sd_all,
    )


def _ladder(label: str) -> str:
    for ladder, column in LADDERS.items():
        if column == label:
            return ladder
    raise UnknownName("typology.label", found=label, allowed=", ".join(LADDERS.values()))


def _pairs(classified: pl.DataFrame, truth: str, label: str) -> tuple[pl.DataFrame, int]:
    ladder = _ladder(label)
    absent = [name for name in (truth, label) if name not in classified.columns]
    if absent:
        raise UnknownName("typology.absent", absent=listed(absent), found=listed(classified.columns))
    pairs = classified.select(true=pl.col(truth).cast(pl.String), given=pl.col(label).cast(pl.String))
    allowed = list(dict.fromkeys((*standard_rules().labels(ladder), *pairs["given"].unique().sort())))
    known = pairs["true"].is_not_null() & ~pairs["true"].is_in(["", UNKNOWN]).fill_null(value=True)
    wrong = known & ~pairs["true"].is_in(allowed).fill_null(value=True)
    if wrong.any():
        places = wrong.arg_true().to_list()
        rows = listed([place + 1 for place in places])
        value = pairs["true"].filter(wrong)[0]
        raise BadInput("typology.truth", column=truth, rows=rows, places=places, value=value,
                       allowed=", ".join(allowed))  # fmt: skip
    return pairs.filter(known), int((~known).sum())


def _classes(labels: list[str], square: Array) -> pl.DataFrame:
    true, given = square.sum(axis=1)[:-1], square.sum(axis=0)[:-1]
    hits = np.diag(square)[:-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        precision, recall, f1 = hits / given, hits / true, 2 * hits / (true + given)
    precision_low, precision_high = share_intervals(hits, given, classes=1)
    recall_low, recall_high = share_intervals(hits, true, classes=1)
    return pl.DataFrame(
        {
            "label": labels,
            "true": true.astype(np.int64),
            "given": given.astype(np.int64),
            "hits": hits.astype(np.int64),
            "precision": precision,
            "precision_low": precision_low,
            "precision_high": precision_high,
            "recall": recall,
            "recall_low": recall_low,
            "recall_high": recall_high,
            "f1": f1,
        },
        schema_overrides={"label": pl.String},
    )
