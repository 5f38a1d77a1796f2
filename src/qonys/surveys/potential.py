"""Migration potential: from stated intentions to the expected number of migrants, and its sensitivity.

Potential of a group = population x share who intend x share of these who move within a number of years (the realisation
rate). Every factor is a range with its source; the result is the range over all combinations of the ends, and an
interval where the share who intend has a sampling error. A rate without a source is rejected.

References: the rates and what they say stand in `realisation.csv`; Tjaden, Auer and Laczko (2019), International
Migration 57(1), 36-57, on intentions against flows at the level of countries.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

import numpy as np
import polars as pl

from qonys.errors import BadInput

FACTORS = ("people", "intend", "realise")


@dataclass(frozen=True)
class Range:
    """A factor: low, middle and high end, and where it comes from."""

    low: float
    middle: float
    high: float
    source: str

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.middle <= self.high:
            raise BadInput("surveys.potential.range", low=self.low, middle=self.middle, high=self.high)
        if not self.source.strip():
            raise BadInput("surveys.potential.no_source")


@dataclass(frozen=True)
class Realised:
    """A published share of those who intended that moved within `years`, with its reference and its very words.

    `first`, `last`: years in which they were asked and in which the follow-up ended.
    """

    id: str
    rate: float
    years: float
    question: str
    place: str
    first: int
    last: int
    reference: str
    address: str
    words: str


def published_rates() -> tuple[Realised, ...]:
    """Published realisation rates from panel studies that followed up stated intentions."""
    text = resources.files("qonys.surveys").joinpath("realisation.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    names = ("id", "question", "place", "reference", "address", "words")
    return tuple(
        Realised(
            rate=float(row["rate"]), years=float(row["years"]), first=int(row["first"]), last=int(row["last"]),
            **{name: row[name] for name in names},
        )
        for row in rows
    )  # fmt: skip


def rate_range(rates: Sequence[Realised]) -> Range:
    """Range over published rates; the middle is their median.

    Raises
    ------
    BadInput
        No rate is given.

    """
    if not rates:
        raise BadInput("surveys.potential.no_source")
    values = sorted(rate.rate for rate in rates)
    return Range(values[0], float(np.median(values)), values[-1], "; ".join(rate.reference for rate in rates))


def potential(factors: Mapping[str, Range]) -> pl.DataFrame:
    """Expected migrants of one group, persons, and their sensitivity to each factor.

    `factors`: people (persons), intend and realise (shares). One row for the result (factor null: low, middle, high
    over all combinations of the ends), then one per factor: the result with that factor at its ends and the others at
    their middle, and its part of the width on the logarithmic scale, ln(high / low) / sum of these (sums to one).

    Raises
    ------
    BadInput
        A factor is missing or not known, or its ends are out of order.

    """
    missing = [name for name in FACTORS if name not in factors]
    if missing:
        raise BadInput("surveys.potential.factors", lacking=", ".join(missing))
    ends = {end: float(np.prod([getattr(factors[name], end) for name in FACTORS])) for end in ("low", "middle", "high")}
    widths = {
        name: float(np.log(factors[name].high / factors[name].low)) if factors[name].low > 0 else float("inf")
        for name in FACTORS
    }
    whole = sum(widths.values())
    rows: list[dict[str, object]] = [{"factor": None, **ends, "part": None}]
    for name in FACTORS:
        own = factors[name]
        rest = ends["middle"] / own.middle if own.middle else 0.0
        part = widths[name] / whole if 0 < whole < float("inf") else None
        rows.append(
            {"factor": name, "low": own.low * rest, "middle": ends["middle"], "high": own.high * rest, "part": part}
        )
    schema = {"factor": pl.String, "low": pl.Float64, "middle": pl.Float64, "high": pl.Float64, "part": pl.Float64}
    return pl.DataFrame(rows, schema=schema)


def potential_of_groups(
    groups: pl.DataFrame, realise: Range, draws: int = 20_000, seed: int = 1, confidence: float = 0.95
) -> pl.DataFrame:
    """Potential by group from estimated shares: group, people, share, se -> low, middle, high, part_realise.

    The share is drawn from a beta distribution with the mean and error of the estimate, the realisation rate evenly
    over its range (the same draw for all groups: it is one unknown). `part_realise`: part of the variance of the
    logarithm that the rate makes. The last row, group null, is the total.

    Raises
    ------
    BadInput
        A factor is missing or not known, or an error is negative.

    """
    lacking = [name for name in ("group", "people", "share", "se") if name not in groups.columns]
    if lacking:
        raise BadInput("surveys.potential.factors", lacking=", ".join(lacking))
    rng = np.random.Generator(np.random.Philox(key=seed))
    rate = rng.uniform(realise.low, realise.high, draws)
    total = np.zeros(draws)
    rows = []
    for row in groups.iter_rows(named=True):
        share = _shares(float(row["share"]), float(row["se"]), rng, draws)
        moved = row["people"] * share * rate
        total += moved
        rows.append((row["group"], float(row["people"]), *_interval(moved, confidence), _part(rate, moved)))
    people = float(groups["people"].sum())
    rows.append((None, people, *_interval(total, confidence), _part(rate, total)))
    return pl.DataFrame(rows, schema=["group", "people", "low", "middle", "high", "part_realise"], orient="row")


def _shares(mean: float, se: float, rng: np.random.Generator, draws: int) -> np.ndarray:
    spread = mean * (1 - mean)
    if se <= 0 or spread <= 0:
        return np.full(draws, mean)
    size = spread / se**2 - 1
    if size <= 0:
        raise BadInput("surveys.potential.error", share=mean, se=se)
    return rng.beta(mean * size, (1 - mean) * size, draws)


def _interval(values: np.ndarray, confidence: float) -> tuple[float, float, float]:
    tail = (1 - confidence) / 2
    low, middle, high = np.quantile(values, [tail, 0.5, 1 - tail])
    return float(low), float(middle), float(high)


def _part(rate: np.ndarray, moved: np.ndarray) -> float:
    whole = float(np.var(np.log(np.maximum(moved, 1e-300))))
    return min(1.0, float(np.var(np.log(rate))) / whole) if whole > 0 else 0.0


def implied_rates(intended: pl.DataFrame, left: pl.DataFrame) -> pl.DataFrame:
    """Registered emigrants after a survey relative to those who stated an intention: an upper limit of realisation.

    Parameters
    ----------
    intended
        survey, year (of the fieldwork), people (who could have been asked), share.
    left
        year, low, high: registered emigrants (all ages, whatever they had said), range over sources.

    Returns
    -------
    survey, year, intended, after (year looked at), years since, low, high (emigrants), rate_low, rate_high.
    Emigrants are of one year; a rate over several years is their sum over years that are known. Those who left had
    not all intended to, children are among them, and some leave without registering: the rate can miss either way.

    """
    rows = []
    for row in intended.iter_rows(named=True):
        wish = float(row["people"]) * float(row["share"])
        for year, low, high in left.sort("year").select("year", "low", "high").rows():
            if row["year"] < year <= row["year"] + 5:
                rows.append((row["survey"], row["year"], wish, year, low, high, low / wish, high / wish))
    names = ["survey", "year", "intended", "after", "low", "high", "rate_low", "rate_high"]
    return pl.DataFrame(rows, schema=names, orient="row")
