"""The population forward, with and without migration, beside the UN's projection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import polars as pl

from qonys import inputs, words
from qonys.catalog import Pack
from qonys.inputs.partners import GROSS, SIDES, pool_of
from qonys.projection.national import Projection, Scenario, project_national
from qonys.projection.processes.migration import fit_migration, regimes_of
from qonys.study.analyses.gross_flows import balances, gross_table
from qonys.study.base.national import Prepared, migration_of
from qonys.study.ensembles.fits import fitted
from qonys.study.plan import Plan
from qonys.study.runs.dates import dated
from qonys.study.runs.results import Number, Results, TableResult

RANK = 5
METHOD = "projection.national.project_national"


def compute(pack: Pack, results: Results) -> None:
    """Add the projection's tables and numbers, and its counterfactuals."""
    with results.part() as account:
        reconciled = results.table("reconciled_national").frame
        ready = fitted(pack, reconciled, plan=results.plan)
    with results.part(account):
        found = _ahead(results, ready)
        if ready.processes.gross is not None:
            _gross(pack, results, gross_table(pack, ready, reconciled, found), ready)
    with results.part(keys=("variant",)):
        results.add(_table("projection_un", _un(pack, results.plan.projection.until), ready))
    with results.part(account):
        results.add(_by_register(pack, reconciled, ready, results.plan))


def _ahead(results: Results, ready: Prepared) -> Projection:
    """The projection, and the same without migration."""
    plan = results.plan.projection
    how = (plan.until - ready.inputs.base_year, plan.draws, plan.seed)
    found = project_national(ready.inputs, ready.processes, *how)
    named = {name: results.plan.scenarios.scenario(name) for name in results.plan.scenarios.nation}
    runs = {name: project_national(ready.inputs, ready.processes, *how, given) for name, given in named.items()}
    without = next((runs.pop(name) for name, given in named.items() if given == Scenario(no_migration=True)), None)
    process, migration = ready.processes, regimes_of(ready.processes.migration)
    pyramids = [found.pyramid(year).with_columns(year=pl.lit(year)) for year in (found.years[0], *plan.pyramids)]
    results.add(
        _table("projection_quantiles", found.quantiles(), ready),
        _table("projection_pyramids", pl.concat(pyramids), ready),
        _table("projection_parameters", migration.parameters(), ready),
        _table("projection_crises", migration.crises(), ready),
        Number("projection.base", float(found.years[0]), "year"),
        Number("projection.draws", float(plan.draws), "count"),
        Number("projection.gap", round(found.residual, 3), "persons", method=METHOD),
        Number("projection.rhat", max(process.fertility.rhat, process.longevity.rhat, migration.rhat), "ratio"),
        *_numbers(found, without, ready.sources, tuple(sorted({*plan.shown, plan.register_until}))),
    )
    if without is not None:
        results.add(_table("projection_effect", _effect(found, without), ready))
    if runs:
        results.add(_table("projection_scenarios", scenario_rows(found, runs), ready))
    return found


def _gross(pack: Pack, results: Results, table: pl.DataFrame, ready: Prepared) -> None:
    """Immigrants and emigrants by year, and the balance of the published years as registered and in the account."""
    both = balances(table, results.table("reconciled_draws").frame)
    results.add(TableResult("projection_gross", table, "persons", RANK, ready.sources, METHOD))
    if both.is_empty():
        return
    sums = both.group_by("draw").agg(pl.col("registered", "net_migration").sum())
    low, middle, high = np.quantile(sums["net_migration"].to_numpy(), [0.025, 0.5, 0.975])
    registered, years = float(sums["registered"][0]), both["year"].unique().to_list()
    flows = inputs.rows(pack, GROSS).filter(pl.col("flow").is_in(SIDES) & pl.col("start").dt.year().is_in(years))
    counted = tuple(flows["source"].unique().sort())
    results.add(
        dated("projection", {"projection.balance_years": words.year_ranges(years)}),
        Number("projection.registered_balance", registered, "persons", rank=3, sources=counted, method=METHOD),
        Number("projection.account_balance", middle, "persons", low, high, 4, ready.sources, METHOD),
    )


def _table(name: str, frame: pl.DataFrame, ready: Prepared) -> TableResult:
    return TableResult(name, frame, "as_measure", RANK, ready.sources, METHOD)


def _numbers(
    found: Projection, without: Projection | None, sources: tuple[str, ...], years: tuple[int, ...]
) -> list[Number]:
    numbers = []
    for year in years:
        low, middle, high = np.quantile(found.population[:, found.place(year)], [0.025, 0.5, 0.975])
        numbers.append(Number(f"projection.population.{year}", middle, "persons", low, high, RANK, sources, METHOD))
        if without is None:
            continue
        change = (found.population - without.population)[:, found.place(year)]
        low, middle, high = np.quantile(change, [0.025, 0.5, 0.975])
        numbers.append(Number(f"projection.effect.{year}", middle, "persons", low, high, RANK, sources, METHOD))
    now = float(np.median(found.population[:, 0]))
    for year in years:
        share = found.probability("population", year, below=now)
        numbers.append(
            Number(f"projection.p_decline.{year}", share, "share", rank=RANK, sources=sources, method=METHOD)
        )
    return numbers


def scenario_rows(found: Projection, runs: Mapping[str, Projection]) -> pl.DataFrame:
    """Measures under each scenario, and what they differ from the baseline, draw by draw.

    scenario, measure, year, low, median, high, change_low, change_median, change_high.
    """
    usual, frames = found.measures(), []
    for scenario, run in runs.items():
        for measure, values in run.measures().items():
            years = run.years if values.shape[1] == len(run.years) else run.years[1:]
            ends = np.quantile([values, values - usual[measure]], [0.025, 0.5, 0.975], axis=1)
            columns = {
                f"{side}{name}": ends[level, place]
                for place, side in enumerate(("", "change_"))
                for level, name in enumerate(("low", "median", "high"))
            }
            labels = {"scenario": [scenario] * len(years), "measure": [measure] * len(years), "year": years}
            frames.append(pl.DataFrame({**labels, **columns}))
    return pl.concat(frames)


def _effect(found: Projection, without: Projection) -> pl.DataFrame:
    """With less without migration, draw by draw: measure, year, low, median, high."""
    ours, theirs = found.measures(), without.measures()
    frames = []
    for name in ("population", "age_0_14", "age_15_64", "age_65", "old_age_dependency", "births", "deaths"):
        years = found.years if ours[name].shape[1] == len(found.years) else found.years[1:]
        low, middle, high = np.quantile(ours[name] - theirs[name], [0.025, 0.5, 0.975], axis=0)
        alone = np.median(theirs[name], axis=0)
        columns = {"low": low, "median": middle, "high": high, "without": alone}
        frames.append(pl.DataFrame({"measure": [name] * len(years), "year": years, **columns}))
    return pl.concat(frames)


def _un(pack: Pack, until: int) -> pl.DataFrame:
    """The UN's population at mid-year (mean of the ends of two years) by variant: year, variant, value."""
    rows = inputs.rows(pack, "projection_un_population")
    ends = rows.select("variant", pl.col("year").cast(pl.Int64), pl.col("value").cast(pl.Float64))
    both = (pl.col("value") + pl.col("value").shift(1).over("variant")) / 2
    middle = ends.sort("variant", "year").with_columns(value=both).drop_nulls()
    return middle.filter(pl.col("year") <= until)


def _by_register(pack: Pack, account: pl.DataFrame, ready: Prepared, plan: Plan) -> Number:
    """Population of a year if the register's net migration is right and the account's is not."""
    own = inputs.chosen(pack, "net_migration").select(
        pl.lit("net_migration").alias("quantity"), pl.col("year").cast(account.schema["year"]),
        *(pl.col("value").cast(pl.Float64).alias(name) for name in ("low", "median", "high")),
    )  # fmt: skip
    frame = migration_of(pool_of(pack), own, ready.inputs.country, ready.inputs.base_year)
    process = fit_migration(frame, plan.processes.draws, plan.processes.seed)
    processes = replace(ready.processes, migration=process)
    ahead, until = plan.projection, plan.projection.register_until
    length = until - ready.inputs.base_year
    found = project_national(replace(ready.inputs, last_net=None), processes, length, ahead.draws, ahead.seed)
    low, middle, high = np.quantile(found.population[:, -1], [0.025, 0.5, 0.975])
    return Number(f"projection.by_register.{until}", middle, "persons", low, high, RANK, ready.sources, METHOD)
