"""Labour and human capital that moved, and what moves ask of services, as far as the pack's figures go."""

from __future__ import annotations

import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.study.counterfactual.composition import load_table
from qonys.study.counterfactual.populations import PastAccount, known, past_counterfactual
from qonys.study.counterfactual.schooling import (
    cohort_table,
    known_years,
    leavers_table,
    newcomers_table,
    specialities_table,
    stock_table,
    years_moved,
)
from qonys.study.ensembles.regional_draws import NAMES, depopulation_rows
from qonys.study.runs.dates import dated
from qonys.study.runs.results import PUBLISHED, Number, Results, TableResult

RANK = 5
LIKELY = 0.9
YEARS = "person_years"
CAPITAL = "consequences.human_capital"
LOADS = "consequences.loads.loads"
EDUCATED = ("external_flows_by_education", "population_education")
LOADED = (
    ("net_migration_regional_total", "register"),
    ("births_regional", "register"),
    ("housing_commissioned", "register"),
    ("population_regional_total", "register"),
)


def compute(pack: Pack, results: Results) -> None:
    """Add the tables and numbers of the chapter."""
    with results.part():
        _working_age(results)
    with results.part() as past:
        found = known(pack, results.table("reconciled_draws").frame, results.plan.account.kept)
        moved = years_moved(found, past_counterfactual(found, results.plan.consequences.since))
        _years(results, moved, found.sources)
    with results.part():
        _schooling(pack, results)
    with results.part(past):
        _cohorts(pack, results, found)
    with results.part():
        _flows(pack, results)
    with results.part():
        _loads(pack, results)
    if results.has_table(NAMES[1]):
        with results.part():
            _ahead(pack, results)


def _cohorts(pack: Pack, results: Results, found: PastAccount) -> None:
    """Cohorts by education that the censuses count again, less deaths: what is left is migration."""
    first, last = results.plan.capital.first, known_years(pack)[-1]
    cohorts = cohort_table(pack, found, first, last)
    sources = tuple(sorted({*inputs.sources_of(pack, ("population_education",)), *found.sources}))
    gone = cohorts["rest"].sum()
    results.add(
        TableResult("human_capital_cohorts", cohorts, "persons", 4, sources, f"{CAPITAL}.cohort_change"),
        Number("labour.cohort_first", first, "year"),
        Number("labour.cohort_last", last, "year"),
        Number("labour.cohort_rest", round(float(gone), -3), "persons", rank=4, sources=sources),
        Number("labour.cohort_years", round(float(cohorts["rest_years"].sum()), -4), YEARS, rank=4, sources=sources),
    )


def _working_age(results: Results) -> None:
    """People of working age at the end of the account, with and without migration."""
    table = results.table("consequences_ageing")
    end, base = (int(results.number(f"consequences.{name}").value or 0) for name in ("end", "base"))
    for case in ("with", "without"):
        part = table.frame.filter((pl.col("measure") == "age_15_64") & (pl.col("case") == case))
        year = end if end in part["year"].to_list() else min(end, base)
        row = part.filter(pl.col("year") == year).row(0, named=True)
        ends = (float(row["low"]), float(row["high"]))
        name = f"labour.working_age.{case}"
        results.add(Number(name, float(row["median"]), "persons", *ends, RANK, table.sources, table.method))


def _years(results: Results, moved: pl.DataFrame, sources: tuple[str, ...]) -> None:
    method = f"{CAPITAL}.potential_years"
    results.add(TableResult("labour_years_moved", moved, "years", RANK, sources, method))
    results.add(Number("labour.since", results.plan.consequences.since, "year"))
    for row in moved.filter(pl.col("year").is_null()).to_dicts():
        low, middle, high = (round(row[name] / 1e6, 1) for name in ("low", "median", "high"))
        name = f"labour.{row['quantity']}"
        results.add(Number(name, middle, "million_person_years", low, high, RANK, sources, method))


def _schooling(pack: Pack, results: Results) -> None:
    stock = stock_table(pack)
    sources = (*inputs.sources_of(pack, ("population_education",)), *pack.norms()["source"].unique().sort())
    results.add(
        TableResult("human_capital_stock", stock, "years", 2, sources, f"{CAPITAL}.schooling_stock"),
        *(
            Number(f"labour.schooling.{row['year']}", row["mean"], "years", rank=2, sources=sources)
            for row in stock.to_dicts()
        ),
    )


def _flows(pack: Pack, results: Results) -> None:
    leavers, special = leavers_table(pack), specialities_table(pack)
    used = tuple(name for figure in EDUCATED for name in inputs.sources_of(pack, (figure,)))
    newcomers = newcomers_table(pack)
    told, named = (tuple(frame["source"].unique().sort()) for frame in (newcomers, special))
    high = leavers.filter(pl.col("level") == "higher").row(0, named=True)
    method = f"{CAPITAL}.brain_drain"
    results.add(
        TableResult("brain_drain", leavers, "as_index", 3, used, method),
        TableResult("newcomers_education", newcomers, "percent", 3, told, PUBLISHED),
        TableResult("leavers_speciality", special, "persons", 3, named, PUBLISHED),
        dated("labour", {"labour.leavers_period": ", ".join(leavers["period"].unique().sort())}),
        Number("labour.selection", high["selection"], "ratio", rank=3, sources=used, method=method),
        Number("labour.drain", high["rate"], "per_1000", rank=3, sources=used, method=method),
        Number("labour.leavers", float(leavers["leavers"].sum()), "persons", rank=3, sources=used),
        *(Number(f"labour.years_lost_{end}", round(float(leavers[end].sum()), -3), YEARS, rank=3, sources=used,
                 method=method) for end in ("low", "high")),
    )  # fmt: skip


def _loads(pack: Pack, results: Results) -> None:
    frame = load_table(pack)
    sources = tuple(dict.fromkeys(name for figure, role in LOADED for name in _speaking(pack, figure, role)))
    results.add(
        TableResult("regional_loads", frame, "persons", 3, sources, LOADS),
        Number("labour.loads_year", float(frame["year"][0]), "year"),
    )


def _speaking(pack: Pack, figure: str, role: str) -> tuple[str, ...]:
    """Sources that state a figure in a role; all of them where the pack names none in it."""
    named = role in inputs.spec(pack, figure).roles
    return tuple(inputs.rows(pack, figure, role if named else None)["source"].unique().sort())


def _ahead(pack: Pack, results: Results) -> None:
    """People of working age by region to come, by the draws of the regional projection."""
    table = results.table(NAMES[1])
    rows = depopulation_rows(pack, table.frame, results.plan.groups)
    last = rows.filter(pl.col("year") == results.plan.groups.years[-1])["below"]
    method = "consequences.settlement.depopulation"
    results.add(
        TableResult("regional_working_age", rows, "percent", RANK, table.sources, method),
        Number("labour.regions.half", float((last > 0.5).sum()), "count", rank=RANK, sources=table.sources),
        Number("labour.regions.likely", float((last >= LIKELY).sum()), "count", rank=RANK, sources=table.sources),
        Number("labour.regions.all", float(len(last)), "count"),
        Number("labour.regions.base", float(str(rows["year"].min())), "year"),
    )
