"""The design of a survey: weights, strata, clusters; and the covariance that it gives to weighted sums.

A design is declared, never guessed. Errors name the fault: a weight that is zero, negative or missing, a stratum
or cluster without a code, a stratum with a single cluster (unless the user chooses to centre it).

Reference: Binder, D. A. (1983), On the variances of asymptotically normal estimators from complex surveys,
International Statistical Review 51, 279-292; Wolter, K. (2007), Introduction to Variance Estimation, eq. 6.11.1.
Two stages: Saerndal, Swensson and Wretman (1992), Model Assisted Survey Sampling, result 4.3.1. Calibrated weights:
Deville and Saerndal (1992), Journal of the American Statistical Association 87, 376-382, sect. 3.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.catalog.reading.numbers.bounds import BOUNDS, PERSONS
from qonys.errors import BadInput
from qonys.surveys.codes import as_texts
from qonys.surveys.columns import file_rows, numbers_of, require

Array = NDArray[np.float64]
WEIGHT, STRATUM, CLUSTER, CLUSTERS_OF_STRATUM = "__weight", "__stratum", "__cluster", "__in_all"
SECOND, UNITS_OF_CLUSTER = "__second", "__second_in_all"
SINGLE_PSU = ("refuse", "centre")
LARGEST_WEIGHT, SMALLEST_WEIGHT = BOUNDS[PERSONS][1], 1e-9
OWN = (WEIGHT, STRATUM, CLUSTER, CLUSTERS_OF_STRATUM)


@dataclass(frozen=True)
class Design:
    """Names of the columns that tell how the sample was drawn; an empty name means there is none.

    `fpc`: how many clusters the stratum holds in all (finite population). `single_psu`: what is done with a
    stratum that has one cluster: ``refuse``, or ``centre`` (its cluster is set against the mean of all).
    `second`: units drawn inside clusters, `fpc_second`: how many the cluster holds in all. The others are given by
    `weighting.prepared`: columns of `auxiliary` variables the weights were calibrated on with the weights `before`
    that, columns of `replicates` with their `scales`, and what they are centred at.
    """

    weight: str = ""
    strata: str = ""
    cluster: str = ""
    fpc: str = ""
    single_psu: str = "refuse"
    second: str = ""
    fpc_second: str = ""
    auxiliary: tuple[str, ...] = ()
    before: str = ""
    replicates: tuple[str, ...] = ()
    scales: tuple[float, ...] = ()
    centre: str = "estimate"

    def __post_init__(self) -> None:
        if self.single_psu not in SINGLE_PSU:
            raise BadInput("surveys.choice", option="--single-psu", value=self.single_psu, known=", ".join(SINGLE_PSU))
        if bool(self.second) != bool(self.fpc_second) or (self.second and not (self.cluster and self.fpc)):
            raise BadInput("surveys.second.alone")

    @property
    def plain(self) -> bool:
        """Whether the design has one stage and weights as they were given."""
        return not (self.second or self.auxiliary or self.replicates)


@dataclass(frozen=True)
class Second:
    """The second stage: unit of each respondent, cluster of each unit, sampled share of the units of each cluster."""

    unit: NDArray[np.int64]
    of_unit: NDArray[np.int64]
    share: Array


@dataclass(frozen=True)
class Replicates:
    """Replicate weights (respondents x replicates), a scale each, whether they are centred at their mean."""

    weights: Array
    scales: Array
    at_mean: bool

    def covariance(self, values: Array, full: Array) -> Array:
        """sum_r scale_r (value_r - centre)(value_r - centre)' of `values` (replicates x k) with `full` (k,)."""
        apart = (values - (values.mean(axis=0) if self.at_mean else full)) * np.sqrt(self.scales)[:, None]
        return np.asarray(apart.T @ apart)


@dataclass(frozen=True)
class Plan:
    """A checked design as arrays: one weight, stratum number and cluster number a respondent.

    `of_cluster`: stratum of each cluster; `share`: sampled share of the clusters of each stratum (0: unlimited).
    `auxiliary` (respondents x variables) and `before`: what the weights were calibrated on, and from.
    """

    weight: Array
    cluster: NDArray[np.int64]
    of_cluster: NDArray[np.int64]
    share: Array
    centre_single: bool
    second: Second | None = None
    auxiliary: Array | None = None
    before: Array | None = None
    replicates: Replicates | None = None

    @property
    def degrees(self) -> int:
        """Degrees of freedom of the design: clusters less strata; rank of the replicate weights less one."""
        if self.replicates is not None:
            return int(np.linalg.matrix_rank(self.replicates.weights)) - 1
        return len(self.of_cluster) - len(self.share)

    def degrees_in(self, inside: NDArray[np.bool_]) -> int:
        """Degrees of freedom in a domain, `inside` (n,) by respondent: its clusters less its strata, at least one."""
        if self.replicates is not None:
            return self.degrees
        clusters = np.unique(self.cluster[inside])
        return max(len(clusters) - len(np.unique(self.of_cluster[clusters])), 1)


def with_design(frame: pl.DataFrame, design: Design) -> pl.DataFrame:
    """The frame with its checked design in additional columns (weight, stratum, cluster, clusters of the stratum).

    Raises
    ------
    BadInput
        There are fewer than two respondents; a column is missing; a weight is missing, not a number, zero, negative or
        too large; a stratum or cluster is empty; a stratum has one cluster and `single_psu` is ``refuse``; `fpc` is
        less than the clusters there are.

    """
    if frame.height == 0:
        raise BadInput("surveys.no_rows")
    if frame.height == 1:
        raise BadInput("surveys.one_row")
    for option, name in (
        ("--weight", design.weight),
        ("--strata", design.strata),
        ("--cluster", design.cluster),
        ("--fpc", design.fpc),
        ("--second", design.second),
        ("--fpc-second", design.fpc_second),
    ):
        if name:
            require(frame, name, option)
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
    held = _checked(held, design)
    return _with_second(held, design) if design.second else held


def _weights(frame: pl.DataFrame, name: str) -> pl.Series:
    if not name:
        return pl.Series(np.ones(frame.height))
    weight = numbers_of(frame, name)
    far = (weight > LARGEST_WEIGHT) | (weight < SMALLEST_WEIGHT)
    for problem, bad in (
        ("missing", weight.is_null()), ("negative", weight < 0), ("zero", weight == 0), ("far", far)
    ):  # fmt: skip
        marked = bad.fill_null(value=False).to_numpy()
        if marked.any():
            rows = file_rows(frame, marked)
            raise BadInput(f"surveys.weight.{problem}", column=name, n=int(marked.sum()), rows=rows)
    return weight


def _codes(frame: pl.DataFrame, name: str, option: str) -> pl.Series | None:
    if not name:
        return None
    codes = as_texts(frame[name])
    empty = codes.is_null().to_numpy()
    if empty.any():
        rows = file_rows(frame, empty)
        raise BadInput("surveys.no_code", option=option, column=name, n=int(empty.sum()), rows=rows)
    return codes


def _checked(held: pl.DataFrame, design: Design) -> pl.DataFrame:
    sizes = held.group_by(STRATUM, maintain_order=True).agg(pl.col(CLUSTER).n_unique().alias("n"))
    alone = sizes.filter(pl.col("n") == 1)[STRATUM].to_list()
    if alone and (design.single_psu == "refuse" or len(alone) == sizes.height):
        raise BadInput("surveys.lonely", n=len(alone), strata="; ".join(alone[:6]))
    if not design.fpc:
        return held
    held = held.with_columns(numbers_of(held, design.fpc).alias(CLUSTERS_OF_STRATUM))
    wrong = (
        held.group_by(STRATUM, maintain_order=True)
        .agg(
            pl.col(CLUSTER).n_unique().alias("n"),
            pl.col(CLUSTERS_OF_STRATUM).min(),
            pl.col(CLUSTERS_OF_STRATUM).max().alias("most"),
            pl.col(CLUSTERS_OF_STRATUM).null_count().alias("empty"),
        )
        .filter(
            (pl.col("empty") > 0)
            | (pl.col(CLUSTERS_OF_STRATUM) < pl.col("n"))
            | (pl.col("most") > pl.col(CLUSTERS_OF_STRATUM))
        )
    )
    if wrong.height:
        row = wrong.row(0, named=True)
        raise BadInput("surveys.in_all", column=design.fpc, stratum=row[STRATUM], found=row["n"])
    return held


def _with_second(held: pl.DataFrame, design: Design) -> pl.DataFrame:
    """The frame with the units of the second stage, checked: one number of units in all for each cluster."""
    units = _codes(held, design.second, "--second")
    held = held.with_columns(
        pl.concat_str(pl.col(CLUSTER), units, separator=" / ").alias(SECOND),
        numbers_of(held, design.fpc_second).alias(UNITS_OF_CLUSTER),
    )
    sizes = held.group_by(CLUSTER, maintain_order=True).agg(
        pl.col(SECOND).n_unique().alias("n"), pl.col(UNITS_OF_CLUSTER).min().alias("least"),
        pl.col(UNITS_OF_CLUSTER).max().alias("most"), pl.col(UNITS_OF_CLUSTER).null_count().alias("empty"),
    )  # fmt: skip
    wrong = sizes.filter((pl.col("empty") > 0) | (pl.col("least") < pl.col("n")) | (pl.col("most") > pl.col("least")))
    if wrong.height:
        row = wrong.row(0, named=True)
        raise BadInput("surveys.second.in_all", column=design.fpc_second, cluster=row[CLUSTER], found=row["n"])
    alone = sizes.filter((pl.col("n") == 1) & (pl.col("least") > 1))[CLUSTER].to_list()
    if alone and design.single_psu == "refuse":
        raise BadInput("surveys.second.lonely", n=len(alone), clusters="; ".join(alone[:6]))
    return held


def plan_of(held: pl.DataFrame, design: Design) -> Plan:
    """The design as arrays, from a frame with the columns that `with_design` adds."""
    clusters = held.select(STRATUM, CLUSTER, *([CLUSTERS_OF_STRATUM] if design.fpc else [])).unique(
        CLUSTER, maintain_order=True
    )
    numbers = pl.DataFrame({CLUSTER: clusters[CLUSTER], "number": np.arange(clusters.height)})
    cluster = held.select(CLUSTER).join(numbers, on=CLUSTER, how="left", maintain_order="left")["number"]
    strata = clusters.select(STRATUM).unique(maintain_order=True).with_row_index("number")
    of_cluster = clusters.select(STRATUM).join(strata, on=STRATUM, how="left", maintain_order="left")["number"]
    share = np.zeros(strata.height)
    if design.fpc:
        n = np.bincount(of_cluster.to_numpy(), minlength=strata.height)
        total = np.zeros(strata.height)
        total[of_cluster.to_numpy()] = clusters[CLUSTERS_OF_STRATUM].to_numpy()
        share = n / total
    return Plan(
        held[WEIGHT].to_numpy().astype(float),
        cluster.to_numpy().astype(np.int64),
        of_cluster.to_numpy().astype(np.int64),
        share,
        design.single_psu == "centre",
        _second(held, clusters[CLUSTER]) if design.second else None,
        held.select(design.auxiliary).to_numpy() if design.auxiliary else None,
        held[design.before].to_numpy() if design.auxiliary else None,
        _replicates(held, design) if design.replicates else None,
    )


def _second(held: pl.DataFrame, clusters: pl.Series) -> Second:
    units = held.select(SECOND, CLUSTER, UNITS_OF_CLUSTER).unique(SECOND, maintain_order=True)
    numbers = pl.DataFrame({SECOND: units[SECOND], "number": np.arange(units.height)})
    unit = held.select(SECOND).join(numbers, on=SECOND, how="left", maintain_order="left")["number"].to_numpy()
    places = pl.DataFrame({CLUSTER: clusters, "number": np.arange(len(clusters))})
    of_unit = units.select(CLUSTER).join(places, on=CLUSTER, how="left", maintain_order="left")["number"].to_numpy()
    total = np.zeros(len(clusters))
    total[of_unit] = units[UNITS_OF_CLUSTER].to_numpy()
    return Second(unit, of_unit, np.bincount(of_unit, minlength=len(clusters)) / total)


def _replicates(held: pl.DataFrame, design: Design) -> Replicates:
    weights = held.select(design.replicates).to_numpy().astype(float)
    return Replicates(weights, np.asarray(design.scales), design.centre == "mean")


def design_covariance(influence: Array, plan: Plan) -> Array:
    """Covariance (k x k) of the column sums of `influence` (respondents x k, weights already in it).

    V = sum_h (1 - f_h) n_h / (n_h - 1) sum_c (z_hc - zbar_h)(z_hc - zbar_h)', z_hc the sum over a cluster
    (Wolter 2007, eq. 6.11.1; with replacement between clusters where f_h is 0). A lonely cluster is set
    against the mean of all clusters. A second stage adds f_h times the same of the units in each cluster. Calibrated
    weights: the influence without its regression on the auxiliary variables. Replicate weights: the sums are taken
    with every set of weights (for models, Rao and Tausi 2004, Communications in Statistics 33, 2087-2095).
    """
    influence = np.atleast_2d(influence.T).T
    if plan.replicates is not None:
        ratio = plan.replicates.weights / plan.weight[:, None]
        return plan.replicates.covariance(ratio.T @ influence, influence.sum(axis=0))
    if plan.auxiliary is not None and plan.before is not None:
        influence = _apart_from(influence / plan.weight[:, None], plan.auxiliary, plan.before) * plan.weight[:, None]
    found = _between(influence, plan.cluster, plan.of_cluster, 1 - plan.share, plan.centre_single)
    if plan.second is None:
        return found
    inside = plan.share[plan.of_cluster] * (1 - plan.second.share)
    return found + _between(influence, plan.second.unit, plan.second.of_unit, inside, plan.centre_single)


def _between(influence: Array, unit: NDArray[np.int64], of_unit: NDArray[np.int64], left: Array, centre: bool) -> Array:
    """Variance between the sums of units within groups (`of_unit`), times `left` of each group."""
    sums = np.column_stack([np.bincount(unit, weights=column, minlength=len(of_unit)) for column in influence.T])
    n = np.bincount(of_unit)
    means = np.column_stack([np.bincount(of_unit, weights=column) / n for column in sums.T])
    if centre:
        means[n == 1] = sums.mean(axis=0)
    factor = left * np.where(n > 1, n / np.maximum(n - 1, 1), 1.0)
    apart = (sums - means[of_unit]) * np.sqrt(factor)[of_unit, None]
    return np.asarray(apart.T @ apart)


def _apart_from(values: Array, auxiliary: Array, weight: Array) -> Array:
    """What the weighted regression of `values` on the auxiliary variables leaves."""
    root = np.sqrt(weight)[:, None]
    scaled = auxiliary / np.maximum(np.abs(auxiliary).max(axis=0), 1e-300)
    return np.asarray(values - scaled @ np.linalg.lstsq(scaled * root, values * root, rcond=1e-10)[0])


def sample(held: pl.DataFrame, design: Design) -> Any:
    """The frame with the columns of `with_design` as a `svy` sample (Taylor linearisation).

    Raises
    ------
    BadInput
        The library is not installed.

    """
    svy = survey_library()
    options: dict[str, Any] = {"wgt": WEIGHT, "stratum": STRATUM, "psu": CLUSTER}
    if design.fpc:
        options["pop_size"] = CLUSTERS_OF_STRATUM
    if design.single_psu == "centre":
        options["singleton"] = svy.Singleton("center")
    return quietly(lambda: svy.Sample(held, svy.Design(**options)))


def survey_library() -> Any:
    """The module `svy`.

    Raises
    ------
    BadInput
        The library is not installed (extra `surveys`).

    """
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
