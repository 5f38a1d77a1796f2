"""The record of skill: what forecasts from past years would have said, beside rivals and past UN revisions."""

from __future__ import annotations

import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.projection.backtest.models import History
from qonys.projection.backtest.run import (
    OURS,
    WIDTHS,
    Finished,
    missed,
    not_better,
    summary,
    transforms,
)
from qonys.projection.regional.backtest import NO_DEVIATIONS, by_region, regional_summary
from qonys.study.hindcast.cohorts import Cohorts
from qonys.study.hindcast.national import FEWEST, REGIONAL_FIGURES, Hindcast
from qonys.study.hindcast.un_revisions import COLUMNS, ages_of, compared
from qonys.study.runs.results import PUBLISHED, Number, Results, TableResult

RANK = 5
METHOD = "projection.backtest.run.backtest"
COHORTS = "study.hindcast.cohorts.cohorts"
REVISIONS = "study.hindcast.un_revisions.compared"
REGIONS = "projection.regional.backtest.regional_backtest"
REGIONAL = ("population_regional", "vital_regional")
PAST_REVISIONS = ("un_revision_population", "un_revision_net_migration")
NEAR, FAR = 5, 10


def compute(pack: Pack, results: Results) -> None:
    """Add the tables and numbers of the record; nothing for a country alone: gains are compared over countries."""
    with results.part() as nations:
        found = Hindcast(pack, results.plan.skill)
        past = found.past
        if len(past.countries) < FEWEST:
            return
        record = found.record
    with results.part(nations):
        add(pack, results, past, record, found.cohorts())
    if not inputs.available(pack, REGIONAL_FIGURES):
        with results.part(nations):
            _regions(pack, results, found.regions())


def add(pack: Pack, results: Results, past: History, record: Finished, own: Cohorts) -> None:
    """Tables and numbers of a record that was computed."""
    sources = inputs.sources_of(pack, ("partners_wpp",))
    ages = inputs.sources_of(pack, ("partners_wpp", "population_age_sex"))
    held = not inputs.available(pack, PAST_REVISIONS)
    told = inputs.sources_of(pack, ("partners_wpp", "un_revisions")) if held else sources
    forecasts = record.forecasts.drop(WIDTHS)
    table = summary(record.forecasts)
    country = record.forecasts.filter(pl.col("country") == pack.country["iso3"])
    revisions = compared(pack, past, record.forecasts) if held else pl.DataFrame(schema=COLUMNS)
    every = pl.concat([own.ages, *([ages_of(pack)] if held else [])])
    results.add(
        TableResult("skill_summary", table, "as_measure", RANK, sources, METHOD),
        TableResult("skill_country", summary(country), "as_measure", RANK, sources, METHOD),
        TableResult("skill_worse", not_better(table), "as_measure", RANK, sources, METHOD),
        TableResult("skill_pit", transforms(record.forecasts), "as_measure", RANK, sources, METHOD),
        TableResult("skill_forecasts", forecasts, "as_measure", RANK, sources, METHOD),
        TableResult("skill_ages", summary(every, "cohorts"), "as_measure", RANK, ages, COHORTS),
        TableResult("skill_cells", _cells(own.cells), "as_measure", RANK, ages, COHORTS),
        TableResult("skill_fans", own.fans, "as_measure", RANK, ages, COHORTS),
        TableResult("skill_came", _came(past, pack.country["iso3"]), "as_measure", 2, sources, PUBLISHED),
        TableResult("skill_un", revisions, "as_measure", RANK, told, REVISIONS),
        *_numbers(record, table, revisions),
    )


def _numbers(record: Finished, table: pl.DataFrame, revisions: pl.DataFrame) -> list[Number]:
    rivals = table.filter(pl.col("model") != OURS)
    worse = not_better(table)
    told = revisions.filter(pl.col("target") == "net_migration")
    ours = table.filter((pl.col("model") == OURS) & (pl.col("target") == "net_migration"))
    found = {
        "skill.countries": (float(record.forecasts["country"].n_unique()), "count"),
        "skill.origins": (float(len(record.origins)), "count"),
        "skill.first": (float(min(record.origins)), "year"),
        "skill.last": (float(max(record.origins)), "year"),
        "skill.forecasts": (float(record.forecasts.height), "count"),
        "skill.rhat": (record.rhat, "ratio"),
        "skill.comparisons": (float(rivals.height + told.height), "count"),
        "skill.not_better": (float(worse.height + (~(told["skill_low"] > 0)).sum()), "count"),
        "skill.missed": (float(missed(table).height), "count"),
        "skill.narrower": (float(_narrower(table)), "count"),
        "skill.goals": (float(table.filter(pl.col("model") == OURS).height), "count"),
    }
    found |= {f"skill.coverage.{row['horizon']}": (row["coverage_80"], "share") for row in ours.iter_rows(named=True)}
    return [Number(name, value, unit, method=METHOD) for name, (value, unit) in found.items()]


def _narrower(table: pl.DataFrame) -> int:
    """Targets and horizons at which the intervals that held 80 % are narrower than the autoregression's."""
    keys = ["target", "horizon"]
    ours, theirs = (table.filter(pl.col("model") == model) for model in (OURS, "autoregression"))
    both = ours.join(theirs.select(*keys, other="width_equal"), on=keys)
    return both.filter(pl.col("width_equal") < pl.col("other")).height


def _cells(cells: pl.DataFrame) -> pl.DataFrame:
    """By horizon and age, both sexes and all origins: n, coverage of 80 %, mape, malpe."""
    error = 100 * (pl.col("median") / pl.col("actual") - 1)
    return (
        cells.group_by("horizon", "age_start")
        .agg(
            n=pl.len(),
            coverage_80=pl.col("actual").is_between("low_80", "high_80").mean(),
            mape=error.abs().mean(),
            malpe=error.mean(),
        )
        .sort("horizon", "age_start")
    )


def _came(past: History, country: str) -> pl.DataFrame:
    """What came in the country: target, year, value (persons; net migrants per 1,000)."""
    place = past.countries.index(country)
    frames = [
        pl.DataFrame({"target": [target] * len(past.years), "year": past.years, "value": values[place]})
        for target, values in (("population", past.population), ("net_migration", past.net))
    ]
    return pl.concat(frames)


def _regions(pack: Pack, results: Results, found: pl.DataFrame) -> None:
    """The record by region."""
    table, places = regional_summary(found), by_region(found)
    sources = inputs.sources_of(pack, (*REGIONAL, "partners_wpp"))
    results.add(
        TableResult("skill_regions", table, "as_measure", RANK, sources, REGIONS),
        TableResult("skill_regions_worse", not_better(table), "as_measure", RANK, sources, REGIONS),
        TableResult("skill_regions_places", places, "as_measure", RANK, sources, REGIONS),
        TableResult("skill_regions_forecasts", found.drop(WIDTHS), "as_measure", RANK, sources, REGIONS),
        *_regional_numbers(found, table),
    )


def _regional_numbers(found: pl.DataFrame, table: pl.DataFrame) -> list[Number]:
    cells = {(row["target"], row["horizon"], row["model"]): row for row in table.iter_rows(named=True)}
    ours, kept = (cells["population", FAR, model] for model in (OURS, "mean_5"))
    origins = found["origin"].unique().sort()
    numbers = {
        "regions": (float(found["region"].n_unique()), "count"),
        "origins": (float(len(origins)), "count"),
        "first": (float(origins[0]), "year"),
        "last": (float(origins[-1]), "year"),
        "forecasts": (float(found.height), "count"),
        "comparisons": (float(table.filter(pl.col("model") != OURS).height), "count"),
        "not_better": (float(not_better(table).height), "count"),
        "held_one": (cells["net_migration", 1, OURS]["coverage_80"], "share"),
        "held_near": (cells["net_migration", NEAR, OURS]["coverage_80"], "share"),
        "no_deviations_one": (cells["net_migration", 1, NO_DEVIATIONS]["coverage_80"], "share"),
        "bias": (ours["bias"], "percent"),
        "mape": (ours["mape"], "percent"),
        "mape_kept": (kept["mape"], "percent"),
    }
    return [Number(f"skill.regions.{name}", value, unit, method=REGIONS) for name, (value, unit) in numbers.items()]
