"""Immigrants and emigrants by year, one table from the first year of the state to the last projected one.

Past years are calendar years. Their net migration is that of the reconciled account with its error, the geometric
mean of the two flows that of the process of gross flows; where the country has published both flows the counts stand
beside, and neither flow is below them in any draw: registers miss moves, but invent none. Projected years run from
mid-year to mid-year.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.catalog import Pack
from qonys.errors import BadInput
from qonys.inputs.partners import MONTHS, gross_record, pool_of
from qonys.kernels.cohorts.component import gross_rates
from qonys.kernels.cohorts.counted import bounded
from qonys.projection.national import STREAMS, Projection, normals
from qonys.projection.processes.gross import GrossProcess
from qonys.projection.published import FORECAST, PARTLY, PUBLISHED, status_of
from qonys.study.base.national import Prepared

Array = NDArray[np.float64]
FLOWS = ("immigrants", "emigrants")
COUNTS = ("low", "median", "high", "published")
ENDS = (0.025, 0.5, 0.975)
AHEAD = {PUBLISHED: "halves", PARTLY: "half", FORECAST: "projected"}
TWO_SIDED = 2 * 1.96
YEAR_KEY = 1_000_000  # years of the past are keyed apart from each other and from other seeds


def gross_of(ready: Prepared) -> GrossProcess:
    """The process of gross flows.

    Raises
    ------
    BadInput
        The pack publishes no year with both flows: only their balance is projected.

    """
    found = ready.processes.gross
    if not isinstance(found, GrossProcess):
        raise BadInput("projection.no_gross", country=ready.inputs.country)
    return found


def gross_table(pack: Pack, ready: Prepared, account: pl.DataFrame, found: Projection) -> pl.DataFrame:
    """Tidy: start, end, flow, status, low, median, high (persons, 95 %), published (persons).

    `status`: "published" (both flows of the whole year), "partly" (of a part of it), "latent" (neither); of projected
    years "halves" (both half-years are published), "half" (one is) or "projected".
    `account`: the reconciled account: quantity, year, low, median, high. A published count is registered, the interval
    is that of flows whose balance is the account's: the two need not agree.

    Raises
    ------
    BadInput
        As `gross_of`.

    """
    process = gross_of(ready)
    record = gross_record(pack, pool_of(pack)["mid_year_population"])
    by_year = {row["year"]: row for row in record.iter_rows(named=True)}
    years, flows = past_flows(process, account, (len(found.net_rate), found.seed), by_year)
    places = {year: place for place, year in enumerate(years)}
    rows: list[tuple[object, ...]] = []
    for year in sorted({*years, *(year for year in by_year if year > years[-1])}):
        known = by_year.get(year)
        whole = known is not None and known["months"] == MONTHS
        status = "published" if whole else "latent" if known is None else "partly"
        for flow in FLOWS:
            ends = _ends(flows[flow][:, places[year]]) if year in places else (None, None, None)
            count = None if known is None or not whole else round(known[flow])
            rows.append((date(year, 1, 1), date(year, 12, 31), flow, status, *ends, count))
    for place, year in enumerate(found.years[1:]):
        for flow, values in found.gross().items():
            status = AHEAD[status_of(found.published, flow, place + 1)]
            rows.append((date(year - 1, 7, 1), date(year, 6, 30), flow, status, *_ends(values[:, place]), None))
    texts, counts = dict.fromkeys(("flow", "status"), pl.String), dict.fromkeys(COUNTS, pl.Int64)
    return pl.DataFrame(rows, schema={"start": pl.Date, "end": pl.Date, **texts, **counts}, orient="row")


def balances(table: pl.DataFrame, account: pl.DataFrame) -> pl.DataFrame:
    """Years in which both flows are published and the account ends later: what either says of their balance.

    `table`: as `gross_table`; `account`: draws of the reconciled account (draw, year, net_migration).
    Returns year, registered (persons), draw, net_migration (persons): one row a year and draw.
    """
    sign = pl.when(pl.col("flow") == "immigrants").then(1).otherwise(-1)
    whole = table.filter(pl.col("status") == "published").with_columns(year=pl.col("start").dt.year().cast(pl.Int64))
    registered = whole.group_by("year").agg((sign * pl.col("published")).sum().alias("registered"))
    known = account.select("draw", pl.col("year").cast(pl.Int64), "net_migration").drop_nulls()
    return registered.join(known, on="year").sort("year", "draw")


def _ends(values: Array) -> tuple[int, int, int]:
    """Limits of 95 % and median, whole persons."""
    low, middle, high = (round(float(one)) for one in np.quantile(values, ENDS))
    return low, middle, high


def past_flows(
    process: GrossProcess, account: pl.DataFrame, run: tuple[int, int], counts: Mapping[int, Mapping[str, float]]
) -> tuple[tuple[int, ...], dict[str, Array]]:
    """Years of the account that the process reaches, and both flows in them, persons, (D, T).

    `account`: as `gross_table`; `run`: draws D and seed; `counts`: year -> registered immigrants and emigrants,
    persons, of the year or a part of it: no draw is below them.
    """
    draws, seed = run
    net = account.filter(pl.col("quantity") == "net_migration").sort("year")
    net = net.filter(pl.col("year").is_between(process.years[0], process.years[-1]))
    years = tuple(int(year) for year in net["year"])
    people = dict(account.filter(pl.col("quantity") == "population").select("year", "median").rows())
    middle = np.array([(people[year] + people.get(year + 1, people[year])) / 2 for year in years])
    error = ((net["high"] - net["low"]) / TWO_SIDED).to_numpy()
    luck = [normals(100 * seed + STREAMS["past_net"] + YEAR_KEY * place, (0, draws)) for place in range(len(years))]
    rates = (net["median"].to_numpy() + error * np.stack(luck, axis=1)) / middle
    least = [np.array([counts[year][flow] if year in counts else 0.0 for year in years]) / middle for flow in FLOWS]
    mean = np.sqrt(np.prod(process.past(rates, years), axis=0))
    came, left = gross_rates(rates, bounded(rates, mean, (least[0], least[1])))
    return years, {"immigrants": came * middle, "emigrants": left * middle}
