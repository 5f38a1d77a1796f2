"""How regions bear arrivals: unemployment, housing and recorded offences beside arrivals and net migration."""

from __future__ import annotations

import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.explanation.association import association
from qonys.inputs import series
from qonys.measurement.association import rank_correlation
from qonys.study.factors.covariates import goals_of, per_head, summed, unemployment, weights_of
from qonys.study.factors.places import internal_moves

FAILING, HOUSING, OFFENCES, ARRIVALS = (
    "people_in_failing_buildings", "housing_commissioned", "recorded_offences", "internal_arrivals",
)  # fmt: skip
UNEMPLOYMENT = ("unemployment_rate", "unemployment_rate_quarter", "unemployment_rate_goals")
THOUSAND, TEN_THOUSAND = 1000.0, 10_000.0
KEYS = ["year", "place"]


def people(pack: Pack, vintage: str) -> pl.DataFrame:
    """Residents of regions on 1 January: year, place, people."""
    population, _, _ = series.regional_years(pack, vintage)
    rows = [
        {"year": int(str(year)), "place": str(place), "people": float(population.values[i, j])}
        for i, year in enumerate(population.axis("time").labels)
        for j, place in enumerate(population.axis("region").labels)
    ]
    return pl.DataFrame(rows)


def per(counts: pl.DataFrame, residents: pl.DataFrame, size: float, name: str) -> pl.DataFrame:
    """Counts (year, region, value) per `size` residents of 1 January of the year: year, place, and `name`.

    Examples
    --------
    >>> counts = pl.DataFrame({"year": [2000], "region": ["a"], "value": [5.0]})
    >>> per(counts, pl.DataFrame({"year": [2000], "place": ["a"], "people": [1000.0]}), 100.0, "rate").row(0)
    (2000, 'a', 0.5)

    """
    named = counts.select(pl.col("year").cast(pl.Int64), place="region", value="value")
    return named.join(residents, on=KEYS).select(*KEYS, (size * pl.col("value") / pl.col("people")).alias(name))


def outcomes(pack: Pack, vintage: str, residents: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Conditions of regions by year, those of which the pack has figures: frames of year, place, outcome.

    unemployment: percent; failing: people in failing buildings per 1,000; housing: m² commissioned per 1,000 people.
    """
    found = {}
    if not inputs.available(pack, UNEMPLOYMENT):
        rates = per_head(pack, unemployment(pack), weights_of(pack), vintage)
        found["unemployment"] = rates.select(pl.col("year").cast(pl.Int64), place="region", outcome="value")
    for name, figure in (("failing", FAILING), ("housing", HOUSING)):
        if not inputs.available(pack, (figure,)):
            counts = goals_of(pack, figure) if figure == FAILING else _whole_years(pack, figure)
            found[name] = per(summed(pack, counts, vintage), residents, THOUSAND, "outcome")
    return found


def _whole_years(pack: Pack, name: str) -> pl.DataFrame:
    """A figure of regions whose `period` is a year: year, region, vintage, value."""
    whole = pl.col("period").str.contains(r"^\d{4}$") & (pl.col("region") != pack.whole)
    return inputs.rows(pack, name).filter(whole).select(
        pl.col("period").cast(pl.Int64).alias("year"), "region", "vintage", "value"
    )  # fmt: skip


def arrivals(pack: Pack, vintage: str, residents: pl.DataFrame) -> pl.DataFrame:
    """Arrivals from other regions per 1,000 residents of 1 January: year, place, factor."""
    counts = internal_moves(pack, vintage).group_by("period", "destination").agg(pl.col("value").sum())
    return per(counts.rename({"period": "year", "destination": "region"}), residents, THOUSAND, "factor")


def panel(factor: pl.DataFrame, conditions: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Association of each condition with a factor (year, place, factor): outcome and the fields of an association."""
    rows = []
    for name, values in conditions.items():
        frame = factor.join(values, on=KEYS)
        rows.append({"outcome": name} | vars(association(frame, "outcome", "factor")))
    return pl.DataFrame(rows)


def offences(pack: Pack, vintage: str, residents: pl.DataFrame, net: pl.DataFrame) -> pl.DataFrame:
    """Recorded offences beside migration in the newest year of which every region is published; no rows without one.

    `net`: year, place, factor (per 1,000). Columns: year, place, offences, rate (per 10,000 residents), net, arrivals
    (internal, moves within the region among them; both per 1,000; null where the year has none).
    """
    rows = inputs.rows(pack, OFFENCES).filter(pl.col("region") != pack.whole)
    counts = summed(pack, rows.select("year", "region", "vintage", "value"), vintage)
    counts = counts.with_columns(pl.col("year").cast(pl.Int64))
    known = residents.group_by("year").agg(known=pl.len())
    full = counts.group_by("year").agg(found=pl.len()).join(known, on="year").filter(pl.col("found") == pl.col("known"))
    newest = full.filter(pl.col("year") == pl.col("year").max()).select("year")
    one = counts.join(newest, on="year").select("year", place="region", offences="value")
    frame = one.join(per(counts, residents, TEN_THOUSAND, "rate"), on=KEYS)
    frame = frame.join(net.rename({"factor": "net"}), on=KEYS, how="left")
    if inputs.available(pack, (ARRIVALS,)):
        return frame.with_columns(arrivals=pl.lit(None, pl.Float64)).sort("rate", descending=True)
    came = inputs.rows(pack, ARRIVALS).select("year", "region", "vintage", "value")
    moved = per(summed(pack, came, vintage), residents, THOUSAND, "arrivals")
    return frame.join(moved, on=KEYS, how="left").sort("rate", descending=True)


def offences_ranked(frame: pl.DataFrame) -> pl.DataFrame:
    """Rank correlation of offences per head with each factor of `offences`: factor, value, low, high, p, n."""
    rows = []
    for factor in ("net", "arrivals"):
        both = frame.drop_nulls(factor)
        found = rank_correlation(both["rate"].to_numpy(), both[factor].to_numpy())
        if found is not None:
            rows.append({"factor": factor} | vars(found))
    schema = {"factor": pl.String, **dict.fromkeys(("value", "low", "high", "p"), pl.Float64), "n": pl.Int64}
    return pl.DataFrame(rows, schema)
