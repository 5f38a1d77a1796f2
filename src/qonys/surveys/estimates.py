"""Weighted tables with design errors: shares, means, totals, ratios, by domain, and cross-tables.

The estimates of designs of one stage are those of the library svy (Taylor linearisation): mean = sum w y / sum w,
ratio = sum w y / sum w x, total = sum w y; a domain keeps the whole design (Binder 1983; Saerndal, Swensson and
Wretman 1992, sect. 5.8). Intervals: t with the degrees of freedom of the design; of shares on the logit scale. The
design effect is the variance over that of a simple random sample of the same size with replacement (Kish 1965) or
without, from a population of the sum of the weights, whose variance is smaller by 1 - n / sum w (R's default). Two
stages, calibrated weights and replicate weights: the package's own sums (`sums`), which give svy's numbers where svy
has the design.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.surveys.design import WEIGHT, Design, Plan, plan_of, quietly, sample, survey_library, with_design
from qonys.surveys.reading import Microdata
from qonys.surveys.sums import Ratios, table_of

KINDS = ("share", "mean", "total", "ratio", "cross")
EFFECTS = ("with-replacement", "without-replacement")
ANSWER, OVER = "__answer", "__over"
JOINT = "\x1f"
LEAST = 1e-9  # the part by which the weights of a population exceed the respondents, at least
COLUMNS = ("answer", "estimate", "se", "low", "high", "deff", "df", "n")


@dataclass(frozen=True)
class EstimateSpec:
    """What is estimated: `kind` of figure, its variable, domains, the denominator of a ratio.

    `effect`: the simple random sample that the design effect compares with.
    """

    kind: str
    variable: str
    by: tuple[str, ...] = ()
    over: str = ""
    confidence: float = 0.95
    effect: str = EFFECTS[0]

    def __post_init__(self) -> None:
        if self.effect not in EFFECTS:
            raise BadInput("surveys.choice", option="--deff", value=self.effect, known=", ".join(EFFECTS))
        if self.kind not in KINDS:
            raise BadInput("surveys.choice", option="--kind", value=self.kind, known=", ".join(KINDS))
        if (self.kind == "ratio") != bool(self.over):
            raise BadInput("surveys.ratio", kind=self.kind)
        if self.kind == "cross" and len(self.by) != 1:
            raise BadInput("surveys.cross", n=len(self.by))
        if self.variable in self.by:
            raise BadInput("surveys.same_variable", variable=self.variable)
        if not 0 < self.confidence < 1:
            raise BadInput("surveys.confidence", value=self.confidence)


@dataclass(frozen=True)
class Estimated:
    """The table, and how many respondents were left out because an answer was missing."""

    table: pl.DataFrame
    left_out: int


def estimate(data: Microdata, design: Design, spec: EstimateSpec) -> Estimated:
    """A weighted table with design errors.

    Returns
    -------
    One row a domain and answer: the domains, answer (null where there is none), estimate, se, low, high, deff,
    df, n. Shares are parts of one; totals and means are in the unit of the variable. `n`: respondents in the domain.

    Raises
    ------
    BadInput
        The design cannot be used, a variable is missing, not a number, or has an undeclared label; weights that do not
        sum to a population have no design effect without replacement.

    """
    held = _held(data, design, spec)
    used = [ANSWER, *([OVER] if spec.over else []), *_domains(spec)]
    complete = pl.all_horizontal(pl.col(name).is_not_null() for name in used)
    left_out = int(held.select((~complete).sum()).item())
    if left_out == held.height:
        raise BadInput("surveys.no_answers", variable=spec.variable)
    known = held.select(complete).to_series()
    if not design.plain:
        plan = plan_of(held, design)
        table = by_sums(held, known.to_numpy(), plan, spec)
        return Estimated(
            _compared(table, held.with_columns(pl.Series(WEIGHT, plan.weight)).filter(known), spec), left_out
        )
    drawn = sample(_filled(held.with_columns(complete.alias("__in")), used), design)
    found = quietly(lambda: _with_effect(drawn, spec))
    frame = found.to_polars() if not isinstance(found, list) else pl.concat([part.to_polars() for part in found])
    return Estimated(_compared(_tidy(frame, spec), held.filter(known), spec), left_out)


def _compared(table: pl.DataFrame, held: pl.DataFrame, spec: EstimateSpec) -> pl.DataFrame:
    """The table with the design effect that is asked for; `held`: respondents of the table with their weights."""
    if spec.effect == EFFECTS[0] or not table["deff"].count():
        return table
    domains = [] if spec.kind == "cross" else _domains(spec)
    sums = held.group_by(domains or pl.lit(0)).agg(people=pl.len(), represented=pl.col(WEIGHT).sum())
    few = sums.filter(pl.col("represented") <= pl.col("people") * (1 + LEAST))
    if few.height:
        people, represented = few.select("people", "represented").row(0)
        raise BadInput("surveys.deff.population", n=people, sum=round(represented, 1))
    share = sums.with_columns(share=pl.col("people") / pl.col("represented"))
    if not domains:
        return table.with_columns(pl.col("deff") / (1 - share["share"][0]))
    named = share.select(*(pl.col(one).alias(by) for one, by in zip(domains, spec.by, strict=True)), "share")
    joined = table.join(named, on=list(spec.by), how="left", maintain_order="left")
    return joined.with_columns(pl.col("deff") / (1 - pl.col("share"))).select(table.columns)


def _held(data: Microdata, design: Design, spec: EstimateSpec) -> pl.DataFrame:
    categories = spec.kind in ("share", "cross")
    answer = data.categories(spec.variable) if categories else data.numbers(spec.variable)
    columns = {
        ANSWER: answer,
        **{name: data.categories(by) for name, by in zip(_domains(spec), spec.by, strict=True)},
    }
    if spec.over:
        columns[OVER] = data.numbers(spec.over)
    held = with_design(data.frame, design).with_columns(**columns)
    if spec.kind == "cross":
        held = held.with_columns(pl.concat_str("__by0", ANSWER, separator=JOINT).alias(ANSWER))
    return held


def by_sums(held: pl.DataFrame, known: NDArray[np.bool_], plan: Plan, spec: EstimateSpec) -> pl.DataFrame:
    """Estimates for the respondents `known` (n,) as ratios of weighted sums; columns as for `estimate`."""
    domains = [] if spec.kind == "cross" else _domains(spec)
    keys = held.filter(pl.Series(known)).select(domains).unique().sort(domains).rows() if domains else [()]
    ratios = Ratios()
    for key in keys:
        inside = known.copy()
        for name, label in zip(domains, key, strict=True):
            inside &= (held[name] == label).fill_null(value=False).to_numpy()
        row = {**dict(zip(spec.by, key, strict=False)), "n": int(inside.sum()), "df": plan.degrees_in(inside)}
        _add(ratios, row, held, inside, spec)
    frame = table_of(ratios, plan, spec.kind, spec.confidence)
    if spec.kind == "cross":
        parts = frame["answer"].str.split_exact(JOINT, 1)
        frame = frame.with_columns(
            parts.struct.field("field_0").alias(spec.by[0]), parts.struct.field("field_1").alias("answer")
        )
    return frame.select(*spec.by, *COLUMNS)


def _add(
    ratios: Ratios, row: dict[str, object], held: pl.DataFrame, inside: NDArray[np.bool_], spec: EstimateSpec
) -> None:
    """The ratios of one domain."""
    whole = inside.astype(float)
    if spec.kind in ("share", "cross"):
        for label in held[ANSWER].drop_nulls().unique().sort():
            mark = (held[ANSWER] == label).fill_null(value=False).to_numpy()
            ratios.add({**row, "answer": label}, whole * mark, whole)
        return
    number = np.where(inside, held[ANSWER].fill_null(0.0).to_numpy(), 0.0)
    below: dict[str, NDArray[np.float64] | None] = {"mean": whole, "total": None}
    if spec.kind == "ratio":
        below["ratio"] = np.where(inside, held[OVER].fill_null(0.0).to_numpy(), 0.0)
    ratios.add({**row, "answer": None}, number, below[spec.kind])


def _domains(spec: EstimateSpec) -> list[str]:
    return [f"__by{place}" for place in range(len(spec.by))]


def _filled(held: pl.DataFrame, used: list[str]) -> pl.DataFrame:
    """Empty cells get a value of another row: their rows stay in the design and are outside the domain."""
    fills = [
        pl.col(name).fill_null(held[name].drop_nulls()[0]) if name in used else pl.col(name)
        for name in held.columns
        if name in used or name.startswith("__")
    ]
    return held.select(fills)


def _with_effect(drawn: Any, spec: EstimateSpec) -> Any:
    """Estimates with the design effect; without it where an answer does not vary (the library refuses one there)."""
    try:
        return _estimates(drawn, spec, "wr")
    except survey_library().SvyError:
        return _estimates(drawn, spec, None)


def _estimates(drawn: Any, spec: EstimateSpec, effect: str | None) -> Any:
    domains = [] if spec.kind == "cross" else _domains(spec)
    options = {
        "by": domains or None,
        "where": survey_library().col("__in"),
        "alpha": 1 - spec.confidence,
        "deff": effect,
    }
    if spec.kind in ("share", "cross"):
        return drawn.estimation.prop(ANSWER, **options)
    if spec.kind == "mean":
        return drawn.estimation.mean(ANSWER, **options)
    if spec.kind == "total":
        return drawn.estimation.total(ANSWER, **options)
    return drawn.estimation.ratio(ANSWER, OVER, **options)


def _tidy(frame: pl.DataFrame, spec: EstimateSpec) -> pl.DataFrame:
    names = {"est": "estimate", "lci": "low", "uci": "high", ANSWER: "answer"}
    named = frame.rename({old: new for old, new in names.items() if old in frame.columns})
    if "answer" not in named.columns:
        named = named.with_columns(pl.lit(None, dtype=pl.String).alias("answer"))
    if "deff" not in named.columns:
        named = named.with_columns(pl.lit(None, dtype=pl.Float64).alias("deff"))
    if spec.kind == "cross":
        parts = named["answer"].str.split_exact(JOINT, 1)
        named = named.with_columns(
            parts.struct.field("field_0").alias(spec.by[0]), parts.struct.field("field_1").alias("answer")
        )
    named = named.rename({f"__by{place}": by for place, by in enumerate(spec.by) if f"__by{place}" in named.columns})
    columns = [pl.col("df", "n").cast(pl.Int64), pl.col("estimate", "se", "low", "high", "deff").cast(pl.Float64)]
    tidy = named.with_columns(columns).select(*spec.by, *COLUMNS)
    return tidy.with_columns(pl.col("estimate", "se", "low", "high", "deff").fill_nan(None))
