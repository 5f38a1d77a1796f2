"""The record of skill on gross flows: immigrants and emigrants forecast from a past year against those registered.

As the projection does it: the net rate follows the pooled process, fitted to years up to the origin and begun at the
registered balance of the origin; the geometric mean of both flows follows its own process, fitted to what had been
published by the origin; immigration and emigration follow from the two. Both are compared with the registered flows
per 1,000 residents. Whole years of both flows are few, so that cases are few, overlap and hold one country: their
coverage can show a gross fault, not that the intervals are right.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.catalog import Pack
from qonys.errors import BadInput
from qonys.inputs.country import country as declared
from qonys.inputs.partners import MONTHS, gross_record, pool_of
from qonys.kernels.cohorts.component import gross_rates
from qonys.projection.backtest.run import scored
from qonys.projection.national import STREAMS
from qonys.projection.processes.gross import fit_gross
from qonys.projection.processes.migration import PER, fit_migration

Array = NDArray[np.float64]
TARGETS = ("immigration", "emigration")
EARLIEST, DRAWS, SEED = 2021, 400, 1
OURS, KEPT = "process", "last_rate"


def gross_origins(pack: Pack) -> tuple[int, ...]:
    """Years from 2021 on of which both flows are published whole, with such a year right after them; maybe none."""
    years = set(_registered(pack)["year"].to_list())
    return tuple(sorted(year for year in years if year >= EARLIEST and year + 1 in years))


def gross_record_of_skill(pack: Pack, origins: Sequence[int] = (), draws: int = DRAWS) -> pl.DataFrame:
    """One row a flow, model, origin and year ahead; columns as for `backtest.run.scored`, per 1,000 residents.

    Models: `process`, and the rate of the origin kept.

    Raises
    ------
    BadInput
        A year that is no origin (see `gross_origins`), or a country without any.

    """
    known = gross_origins(pack)
    wanted = tuple(origins) or known
    if not known or set(wanted) - set(known):
        year = next((year for year in wanted if year not in known), EARLIEST)
        raise BadInput("study.project.origin", origin=year, first=min(known, default=0), last=max(known, default=0))
    came, country = _registered(pack), pack.country["iso3"]
    rates = {int(row["year"]): (row["immigration"], row["emigration"]) for row in came.iter_rows(named=True)}
    frames = []
    for origin in wanted:
        years = [year for year in range(origin + 1, max(rates) + 1) if year in rates]
        ahead = _forecast(pack, origin, years[-1] - origin, rates[origin], draws)
        for flow, target in enumerate(TARGETS):
            for year in years:
                horizon = year - origin
                about: dict[str, str | int] = {"target": target, "model": OURS, "origin": origin, "horizon": horizon}
                actual = np.array([rates[year][flow]])
                frames.append(scored(ahead[flow][:, horizon - 1][None], actual, about, [country]))
                kept = np.array([[rates[origin][flow]]])
                frames.append(scored(kept, actual, about | {"model": KEPT}, [country]))
    return pl.concat(frames)


def flows_of_next_year(pack: Pack, origin: int, draws: int = DRAWS) -> dict[str, Array]:
    """Draws (D,) of immigrants and emigrants, persons, in the year after `origin`, from what was published by then.

    The rates of `gross_record_of_skill` on the residents of the origin.

    Raises
    ------
    BadInput
        A year of which the pack does not hold both flows whole, or before 2021.

    """
    registered = _registered(pack)
    rates = {int(year): (come, go) for year, come, go in registered.select("year", "immigration", "emigration").rows()}
    known = sorted(year for year in rates if year >= EARLIEST)
    if origin not in known:
        raise BadInput("monitor.no_origin", origin=origin, known=", ".join(map(str, known)) or "–")
    residents = dict(registered.select("year", "residents").rows())[origin] / PER
    ahead = _forecast(pack, origin, 1, rates[origin], draws)
    return {flow: residents * drawn[:, 0] for flow, drawn in zip(("immigrants", "emigrants"), ahead, strict=True)}


def _registered(pack: Pack) -> pl.DataFrame:
    """Whole years of both registered flows: year, immigration, emigration, per 1,000 residents; residents.

    Residents are those of `gross_record`, for the forecast and what came alike.
    """
    record = gross_record(pack, pool_of(pack)["mid_year_population"]).filter(pl.col("months") == MONTHS)
    residents = (pl.col("immigrants") * pl.col("emigrants")).sqrt() / pl.col("rate")
    return record.select(
        "year", immigration=PER * pl.col("immigrants") / residents, emigration=PER * pl.col("emigrants") / residents,
        residents=residents,
    )  # fmt: skip


def _forecast(pack: Pack, origin: int, horizon: int, now: tuple[float, float], draws: int) -> tuple[Array, Array]:
    """Immigration and emigration of the years after the origin, (D, H) each, per 1,000 residents."""
    pool, country = pool_of(pack), pack.country["iso3"]
    net = pool["net_migration"].rename({"value": "net_migration"})
    frame = net.join(pool["mid_year_population"].rename({"value": "population"}), on=["country", "year"])
    process = fit_migration(frame.filter(pl.col("year") <= origin), draws, SEED)
    people = pool["mid_year_population"].filter(pl.col("year") <= origin)
    gross = fit_gross(
        gross_record(pack, people, origin), country, origin, declared(pack).independence or origin, draws, SEED
    )
    if gross is None:
        raise BadInput("projection.no_gross", country=country)
    start = np.full(draws, now[0] - now[1])
    balance = process.paths(country, horizon, draws, 100 * SEED + STREAMS["migration"], start)
    mean = gross.paths(country, horizon, draws, 100 * SEED + STREAMS["gross"])
    come, go = gross_rates(balance, mean)
    return PER * come, PER * go
