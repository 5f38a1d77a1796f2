"""Reconciled accounts: the nation from all sources, and its regions in agreement with it."""

from __future__ import annotations

import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.estimation.reconciliation.national import Reconciled
from qonys.inputs.series import census_population
from qonys.study.base.accounts import national_account, regional_account
from qonys.study.chapters.retrospective import net_by_source
from qonys.study.ensembles.account_draws import drawn
from qonys.study.runs.parts import PERIOD
from qonys.study.runs.results import Number, Results, TableResult

METHOD = "estimation.reconciliation.national.reconcile"
REGIONAL = "estimation.reconciliation.regional.reconcile_regions"
RANK = 4
PERIODS = {"start": pl.Int64, "end": pl.Int64} | dict.fromkeys(
    ("residual", "residual_low", "residual_high", "registered", "low", "median", "high"), pl.Float64
)
REGIONAL_FIGURES = (
    "census_population", "population_regional_total", "births_regional", "deaths_regional", "population_regional",
    "vital_regional", "internal_od", "net_migration_regional_total",
)  # fmt: skip


def compute(pack: Pack, results: Results) -> None:
    """Add the posterior tables and the numbers of the chapter."""
    plan = results.plan.account
    with results.part() as nation:
        found, sources = national_account(pack, plan)
    table = found.table()
    with results.part(nation):
        periods = _periods(pack, found, results)
        results.add(TableResult("reconciled_periods", periods, "persons", RANK, sources, METHOD))
    with results.part(nation):
        results.add(*_nation(found, table, sources, plan.kept))
    if not results.has_table("net_by_source"):
        with results.part(keys=(PERIOD,)):
            results.add(net_by_source(pack, []))
    with results.part(nation):
        if not inputs.available(pack, REGIONAL_FIGURES) and census_population(pack).sd is not None:
            _regions(pack, results, found, plan.seed)


def _nation(
    found: Reconciled, table: pl.DataFrame, sources: tuple[str, ...], kept: int
) -> list[TableResult | Number]:
    sign = table.filter((pl.col("quantity") == "net_migration") & (pl.col("low") < 0) & (pl.col("high") > 0))
    return [
        TableResult("reconciled_national", table, "persons", RANK, sources, METHOD),
        TableResult("reconciled_draws", drawn(found, kept), "persons", RANK, sources, METHOD),
        TableResult("reconciled_departures", found.departures, "as_quantity", RANK, sources, METHOD),
        TableResult("reconciled_accuracies", found.accuracies, "as_quantity", RANK, sources, METHOD),
        Number("accounts.first", found.years[0], "year"),
        Number("accounts.last", found.years[-1], "year"),
        Number("accounts.draws", float(found.net.shape[0]), "count"),
        Number("accounts.gap", float(found.residual()), "persons", method=METHOD),
        Number("accounts.unsure", float(sign.height), "count", rank=RANK, sources=sources, method=METHOD),
        _net_of(table, found.years[-1], sources),
        Number("accounts.rhat", found.rhat, "ratio", method=METHOD),
    ]


def _net_of(table: pl.DataFrame, year: int, sources: tuple[str, ...]) -> Number:
    """Reconciled net migration of the last year."""
    row = table.filter((pl.col("quantity") == "net_migration") & (pl.col("year") == year)).row(0, named=True)
    ends = (row["median"], "persons", row["low"], row["high"])
    return Number("accounts.net.last", *ends, rank=RANK, sources=sources, method=METHOD)


def _periods(pack: Pack, found: Reconciled, results: Results) -> pl.DataFrame:
    """Reconciled net migration of each intercensal period beside the plain residual; no row without censuses."""
    periods: list[dict[str, object]] = []
    if not results.has_table("components_by_period"):
        return pl.DataFrame(schema=PERIODS)
    for row in results.table("components_by_period").frame.iter_rows(named=True):
        if row["start"] < found.years[0] or row["end"] > found.years[-1] + 1:
            continue
        low, middle, high = found.period(row["start"], row["end"])
        periods.append(
            {
                "start": row["start"], "end": row["end"], "residual": row["residual"],
                "residual_low": row["residual_low"], "residual_high": row["residual_high"],
                "registered": row["registered"], "low": low, "median": middle, "high": high,
            }
        )  # fmt: skip
    return pl.DataFrame(periods, infer_schema_length=None) if periods else pl.DataFrame(schema=PERIODS)


def _regions(pack: Pack, results: Results, national: Reconciled, seed: int) -> None:
    found, used = regional_account(pack, national, seed)
    years = (found.years[0], found.years[-1] + 1)
    sums = [
        found.period(name, *years).with_columns(quantity=pl.lit(name))
        for name in ("internal", "external", "reclassified")
    ]
    results.add(
        TableResult("reconciled_regional", found.table(), "persons", RANK, used, REGIONAL),
        TableResult("reconciled_regional_sums", pl.concat(sums), "persons", RANK, used, REGIONAL),
        TableResult("register_missed", found.missed, "persons", RANK, used, REGIONAL),
        Number("accounts.regions.first", years[0], "year"),
        Number("accounts.regions.last", years[1] - 1, "year"),
        Number("accounts.regions.gap", float(found.residual(national)), "persons", method=REGIONAL),
        Number("accounts.regions.rhat", found.rhat, "ratio", method=REGIONAL),
    )
