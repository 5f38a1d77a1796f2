"""The parameters of a projection's processes as one table, with the limits of their paths and what these held."""

from __future__ import annotations

import polars as pl

from qonys.projection.national import STREAMS, Run, begun, last_nets
from qonys.projection.processes.gross import GrossProcess
from qonys.projection.processes.limits import frame_of, held_rows
from qonys.projection.processes.migration import MigrationProcess, regimes_of
from qonys.projection.processes.priors import prior_table
from qonys.projection.processes.vital import VitalProcess
from qonys.study.base.national import Prepared

COLUMNS = ("parameter", "country", "unit", "low", "median", "high")


def parameters_of(ready: Prepared, run: Run) -> pl.DataFrame:
    """parameter, country (null: common), unit, low, median, high at 95 %, of net and, where fitted, gross migration.

    Beside the common parameters of net migration stand their priors (`.prior`). Where paths are limited also `limit_n`
    and `fertility_limit_n`, ends of means over n years, `_after`, years ahead without limits, and the shares of draws
    and of their steps in the run that the limits held (`_held`, `_held_steps`).
    """
    migration = regimes_of(ready.processes.migration)
    net = migration.parameters()
    name = pl.col("parameter")
    rate = pl.when(name.is_in(["mu", "sd"])).then(pl.lit("per_1000")).otherwise(pl.lit("ratio"))
    net = net.with_columns(unit=pl.when(name.str.starts_with("limit_")).then(_unit("per_1000")).otherwise(rate))
    parts = [net, prior_table(migration.posterior), *_limits(ready, run)]
    if isinstance(ready.processes.gross, GrossProcess):
        parts.append(ready.processes.gross.parameters())
    return pl.concat([part.select(COLUMNS) for part in parts])


def _unit(of_ends: str) -> pl.Expr:
    """Unit of a row of limits: years of the first, that of the ends else."""
    return pl.when(pl.col("parameter").str.ends_with("_after")).then(pl.lit("years")).otherwise(pl.lit(of_ends))


def _limits(ready: Prepared, run: Run) -> list[pl.DataFrame]:
    """What the limits held in a run, and the limits of fertility."""
    inputs, processes = ready.inputs, ready.processes
    key = {name: run.seed * 100 + stream for name, stream in STREAMS.items()}
    found = []
    if isinstance(processes.migration, MigrationProcess) and processes.migration.posterior.limits is not None:
        start, later = last_nets(inputs, run), 0 if inputs.published is None else inputs.published.later
        drawn = processes.migration.drawn(inputs.country, run.horizon - later, run.draws, key["migration"], start)
        found.append(held_rows("limit", inputs.country, drawn).with_columns(unit=pl.lit("ratio")))
    if isinstance(processes.fertility, VitalProcess) and processes.fertility.posterior.limits is not None:
        start = begun(inputs, "fertility", processes.fertility, run)
        drawn = processes.fertility.drawn(inputs.country, run.horizon, run.draws, key["fertility"], start)
        found.append(frame_of(processes.fertility.limits()).with_columns(unit=_unit("children_per_woman")))
        found.append(held_rows("fertility_limit", inputs.country, drawn).with_columns(unit=pl.lit("ratio")))
    return found
