"""The design of a survey: weights, strata, clusters; and the covariance that it gives to weighted sums.

A design is declared, never guessed. What cannot be used is refused by name: a weight that is zero, negative or
missing, a stratum or cluster without a code, a stratum with one cluster (unless the person chooses to centre it).

Reference: Binder, D. A. (1983), On the variances of asymptotically normal estimators from complex surveys,
International Statistical Review 51, 279-292; Wolter, K. (2007), Introduction to Variance Estimation, eq. 6.11.1.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence

Array = NDArray[np.float64]
WEIGHT, STRATUM, CLUSTER, CLUSTERS_IN_ALL = "__weight", "__stratum", "__cluster", "__in_all"
LONELY = ("refuse", "centre")
OWN = (WEIGHT, STRATUM, CLUSTER, CLUSTERS_IN_ALL)


@dataclass(frozen=True)
class Design:
    """Names of the columns that tell how the sample was drawn; an empty name means there is none.

    `in_all`: how many clusters the stratum holds in all (finite population). `lonely`: what is done with a
    stratum that has one cluster: ``refuse``, or ``centre`` (its cluster is set against the mean of all).
    """

    weight: str = ""
    strata: str = ""
    cluster: str = ""
    in_all: str = ""
    lonely: str = "refuse"

    def __post_init__(self) -> None:
        if self.lonely not in LONELY:
            raise BadInput("surveys.choice", option="--lonely", value=self.lonely, known=", ".join(LONELY))


@dataclass(frozen=True)
class Plan:
    """A checked design as arrays: one weight, stratum number and cluster number a respondent.

    `of_cluster`: stratum of each cluster; `share`: sampled share of the clusters of each stratum (0: unlimited).
    """

    weight: Array
    cluster: NDArray[np.int64]
    of_cluster: NDArray[np.int64]
    share: Array
    centre_lonely: bool

    @property
    def degrees(self) -> int:
        """Degrees of freedom of the design: clusters less strata."""
        return len(self.of_cluster) - len(self.share)


def with_design(frame: pl.DataFrame, design: Design) -> pl.DataFrame:
    """The frame with its design in four own columns, checked.

    Raises
    ------
    BadInput
        A column is missing; a weight is missing, not a number, zero or negative; a stratum or cluster is empty;
        a stratum has one cluster and `lonely` is ``refuse``; `in_all` is less than the clusters there are.

    """
    if frame.height == 0:
        raise BadInput("surveys.no_rows")
    for option, name in (
        ("--weight", design.weight),
        ("--strata", design.strata),
        ("--cluster", design.cluster),
        ("--in-all", design.in_all),
    ):
        if name and name not in frame.columns:
            raise BadInput("surveys.no_column", option=option, column=name, found=", ".join(frame.columns))
    weight = _weights(frame, design.weight)
    stratum = _codes(frame, design.strata, "--strata")
    cluster = _codes(frame, design.cluster, "--cluster")
    if cluster is None:
        cluster = pl.Series([str(i) for i in range(frame.height)])
    held = frame.with_columns(
        weight.alias(WEIGHT),
        (pl.lit("all") if stratum is None else stratum).alias(STRATUM),
        cluster.alias(CLUSTER),
    )
    held = held.with_columns(pl.concat_str(STRATUM, CLUSTER, separator=" / ").alias(CLUSTER))
    return _checked(held, design)


def _weights(frame: pl.DataFrame, name: str) -> pl.Series:
    if not name:
        return pl.Series(np.ones(frame.height))
    weight = frame[name].cast(pl.Float64, strict=False)
    missing = weight.is_null() | weight.is_nan() | weight.is_infinite()
    for problem, bad in (("missing", missing), ("negative", weight < 0), ("zero", weight == 0)):
        rows = np.flatnonzero(bad.fill_null(value=False).to_numpy())
        if len(rows):
            raise BadInput(f"surveys.weight.{problem}", column=name, n=len(rows), rows=_some(rows + 1))
    return weight


def _codes(frame: pl.DataFrame, name: str, option: str) -> pl.Series | None:
    if not name:
        return None
    codes = frame[name].cast(pl.String)
    rows = np.flatnonzero(codes.is_null().to_numpy())
    if len(rows):
        raise BadInput("surveys.no_code", option=option, column=name, n=len(rows), rows=_some(rows + 1))
    return codes


def _some(rows: Sequence[int] | NDArray[np.int64]) -> str:
    """The first rows by number."""
    return ", ".join(str(row) for row in rows[:6]) + (", …" if len(rows) > 6 else "")


def _checked(held: pl.DataFrame, design: Design) -> pl.DataFrame:
    sizes = held.group_by(STRATUM, maintain_order=True).agg(pl.col(CLUSTER).n_unique().alias("n"))
    alone = sizes.filter(pl.col("n") == 1)[STRATUM].to_list()
    if alone and (design.lonely == "refuse" or len(alone) == sizes.height):
        raise BadInput("surveys.lonely", n=len(alone), strata="; ".join(alone[:6]))
    if not design.in_all:
        return held
    held = held.with_columns(pl.col(design.in_all).cast(pl.Float64, strict=False).alias(CLUSTERS_IN_ALL))
    wrong = (
        held.group_by(STRATUM, maintain_order=True)
        .agg(
            pl.col(CLUSTER).n_unique().alias("n"),
            pl.col(CLUSTERS_IN_ALL).min(),
            pl.col(CLUSTERS_IN_ALL).max().alias("most"),
            pl.col(CLUSTERS_IN_ALL).null_count().alias("empty"),
        )
        .filter(
            (pl.col("empty") > 0) | (pl.col(CLUSTERS_IN_ALL) < pl.col("n")) | (pl.col("most") > pl.col(CLUSTERS_IN_ALL))
        )
    )
    if wrong.height:
        row = wrong.row(0, named=True)
        raise BadInput("surveys.in_all", column=design.in_all, stratum=row[STRATUM], found=row["n"])
    return held


def plan_of(held: pl.DataFrame, design: Design) -> Plan:
    """The design as arrays, for frames that `with_design` gave."""
    clusters = held.select(STRATUM, CLUSTER, *([CLUSTERS_IN_ALL] if design.in_all else [])).unique(
        CLUSTER, maintain_order=True
    )
    numbers = pl.DataFrame({CLUSTER: clusters[CLUSTER], "number": np.arange(clusters.height)})
    cluster = held.select(CLUSTER).join(numbers, on=CLUSTER, how="left", maintain_order="left")["number"]
    strata = clusters.select(STRATUM).unique(maintain_order=True).with_row_index("number")
    of_cluster = clusters.select(STRATUM).join(strata, on=STRATUM, how="left", maintain_order="left")["number"]
    share = np.zeros(strata.height)
    if design.in_all:
        n = np.bincount(of_cluster.to_numpy(), minlength=strata.height)
        total = np.zeros(strata.height)
        total[of_cluster.to_numpy()] = clusters[CLUSTERS_IN_ALL].to_numpy()
        share = n / total
    return Plan(
        held[WEIGHT].to_numpy().astype(float),
        cluster.to_numpy().astype(np.int64),
        of_cluster.to_numpy().astype(np.int64),
        share,
        design.lonely == "centre",
    )


def design_covariance(influence: Array, plan: Plan) -> Array:
    """Covariance (k x k) of the column sums of `influence` (respondents x k, weights already in it).

    V = sum_h (1 - f_h) n_h / (n_h - 1) sum_c (z_hc - zbar_h)(z_hc - zbar_h)', z_hc the sum over a cluster
    (Wolter 2007, eq. 6.11.1; with replacement between clusters where f_h is 0). A lonely cluster is set
    against the mean of all clusters.
    """
    influence = np.atleast_2d(influence.T).T
    sums = np.column_stack(
        [np.bincount(plan.cluster, weights=column, minlength=len(plan.of_cluster)) for column in influence.T]
    )
    n = np.bincount(plan.of_cluster)
    means = np.column_stack([np.bincount(plan.of_cluster, weights=column) / n for column in sums.T])
    if plan.centre_lonely:
        means[n == 1] = sums.mean(axis=0)
    factor = (1 - plan.share) * np.where(n > 1, n / np.maximum(n - 1, 1), 1.0)
    apart = (sums - means[plan.of_cluster]) * np.sqrt(factor)[plan.of_cluster, None]
    return np.asarray(apart.T @ apart)


def sample(held: pl.DataFrame, design: Design) -> Any:
    """The frame with its design as a `svy` sample (Taylor linearisation).

    Raises
    ------
    BadInput
        The library is not installed.

    """
    svy = survey_library()
    options: dict[str, Any] = {"wgt": WEIGHT, "stratum": STRATUM, "psu": CLUSTER}
    if design.in_all:
        options["pop_size"] = CLUSTERS_IN_ALL
    if design.lonely == "centre":
        options["singleton"] = svy.Singleton("center")
    return quietly(lambda: svy.Sample(held, svy.Design(**options)))


def survey_library() -> Any:
    """The module `svy`, or one sentence that says how to get it."""
    try:
        return quietly(lambda: importlib.import_module("svy"))
    except ImportError as error:
        raise BadInput("surveys.no_library", library="svy") from error


def quietly(work: Any) -> Any:
    """What `work` gives, without the warnings that libraries print on import or use."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return work()
