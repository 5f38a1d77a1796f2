"""The long end of the national projection: what makes it wide, what limits it, and the skill 20 to 40 years ahead.

Run: ./.venv/bin/python benchmarks/long_end.py
Prints the figures of docs/explanation/processes.md, section on the long end. About ten minutes on one core.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from qonys.catalog import open_pack
from qonys.inputs.partners import pool_of
from qonys.projection.backtest.run import ORIGINS, backtest
from qonys.projection.national import STREAMS, Projection, Run, begun, last_nets, project_national
from qonys.projection.processes.limits import AFTER
from qonys.projection.processes.migration import BOUNDED, CRISES, MigrationProcess, rates_of, regimes_of
from qonys.projection.processes.protocol import FixedPaths
from qonys.projection.processes.vital import VitalProcess
from qonys.study.base.national import Prepared, migration_of
from qonys.study.ensembles.fits import account_of, fitted
from qonys.study.hindcast.national import history

DRAWS, YEARS = 1000, (2030, 2050, 2075, 2100)
ENDS = (0.025, 0.1, 0.5, 0.9, 0.975)
LENGTHS = (1, 10, 30, 50)


def shown(label: str, found: Projection) -> None:
    """Quantiles of the population in millions, and the standard deviation of its logarithm."""
    for year in YEARS:
        people = found.population[:, found.place(year)]
        ends = " ".join(f"{value / 1e6:.1f}" for value in np.quantile(people, ENDS))
        print(f"{label}, {year}: {ends}; sd of ln {np.log(people).std():.3f}")


def parts(ready: Prepared) -> None:
    """The projection with one component at its median path or alone, the draws shared; without limits and with."""
    inputs = ready.inputs
    horizon = YEARS[-1] - inputs.base_year
    run = Run(horizon, (0, DRAWS))
    net, births = ready.processes.migration, ready.processes.fertility
    assert isinstance(net, MigrationProcess)
    assert isinstance(births, VitalProcess)
    free = replace(
        ready.processes,
        migration=replace(net, posterior=replace(net.posterior, limits=None)),
        fertility=replace(births, posterior=replace(births.posterior, limits=None)),
    )
    start = {
        "migration": last_nets(inputs, run), "fertility": begun(inputs, "fertility", births, run),
        "longevity": begun(inputs, "longevity", ready.processes.longevity, run),
    }  # fmt: skip
    still = {}
    for name in ("fertility", "longevity", "migration"):
        process = getattr(free, name)
        drawn = process.paths(inputs.country, horizon, DRAWS, 100 + STREAMS[name], start[name])
        middle = np.broadcast_to(np.median(drawn, axis=0), drawn.shape)
        still[name] = FixedPaths(values=middle, countries=process.countries, last_year=inputs.base_year)
    sure = replace(inputs, last_net=None, base_error=0.0)
    shown("without limits", project_national(inputs, free, horizon, DRAWS))
    shown("with limits", project_national(inputs, ready.processes, horizon, DRAWS))
    for name in still:
        others = {other: path for other, path in still.items() if other != name}
        known = replace(inputs, base_error=0.0) if name == "migration" else sure
        shown(f"{name} alone", project_national(known, replace(free, **others), horizon, DRAWS))
        fixed = sure if name == "migration" else inputs
        shown(f"{name} at its median", project_national(fixed, replace(free, **{name: still[name]}), horizon, DRAWS))


def spreads(ready: Prepared, rates: np.ndarray) -> None:
    """Root mean square of means of net rates over windows, observed and in histories drawn from the fit, per 1,000."""
    posterior = regimes_of(ready.processes.migration).posterior
    rng = np.random.Generator(np.random.Philox(key=3))
    x = np.broadcast_to(rates[:, 0], posterior.mu.shape).copy()
    crisis = np.zeros(x.shape, dtype=bool)
    drawn = np.empty((*x.shape, rates.shape[1]))
    drawn[..., 0] = x
    pull = posterior.settings.pull
    for t in range(1, rates.shape[1]):
        luck = rng.random(x.shape)
        crisis = np.where(crisis, luck >= posterior.leave[:, None], luck < posterior.enter[:, None])
        off = pull * np.arcsinh((x - posterior.mu) / pull)
        size = posterior.sd * np.where(crisis, posterior.ratio[:, None], 1)
        x = posterior.mu + posterior.phi * off + size * rng.standard_normal(x.shape)
        drawn[..., t] = x
    for length in LENGTHS:
        seen, made = (np.lib.stride_tricks.sliding_window_view(one, length, axis=-1).mean(-1) for one in (rates, drawn))
        found, far = np.sqrt((made**2).mean(axis=(1, 2))), np.abs(made).max(axis=(1, 2))
        usual, greatest = (np.quantile(one, [0.1, 0.5, 0.9]).round(2) for one in (found, far))
        print(f"{length} years: observed {np.sqrt((seen**2).mean()):.2f}, drawn {usual};", end=" ")
        print(f"greatest {np.abs(seen).max():.1f}, drawn {greatest}")


def skill() -> None:
    """Coverage, width and CRPS of net migration and population 20 to 40 years ahead, without limits and with."""
    past = history(open_pack("kazakhstan"))
    for label, settings in (("without limits", CRISES), ("with limits", BOUNDED)):
        origins = [origin for origin in ORIGINS if origin + AFTER <= past.years[-1]]
        rows = backtest(past, origins, (20, 30, 40), settings=settings).forecasts
        mine = rows.filter((pl.col("model") == "process") & pl.col("target").is_in(["net_migration", "population"]))
        held = [
            pl.col("actual").is_between(f"low_{level}", f"high_{level}").mean().alias(f"covered_{level}")
            for level in (80, 95)
        ]
        table = mine.group_by("target", "horizon").agg(
            pl.len(), *held, pl.col("width_80").mean(), pl.col("width_95").mean(), pl.col("crps").mean()
        )
        print(label, table.sort("target", "horizon"))


if __name__ == "__main__":
    pack = open_pack("kazakhstan")
    account = account_of(pack)
    ready = fitted(pack, account)
    parts(ready)
    spreads(ready, rates_of(migration_of(pool_of(pack), account, "KAZ", ready.inputs.base_year))[0])
    skill()
