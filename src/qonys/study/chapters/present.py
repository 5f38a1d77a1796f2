"""Present state: internal flows, external flows, repatriates and quotas, age and sex."""

from __future__ import annotations

import polars as pl

from qonys.catalog import Pack
from qonys.inputs import available, chosen, country, rows
from qonys.inputs.statements import whole_years
from qonys.study.runs.results import PUBLISHED, Number, Results, TableResult

RELEASED = ("net_between_regions_released", "internal_moves_released")


def compute(pack: Pack, results: Results) -> None:
    """Add the tables of the present state that the pack's figures allow."""
    if not available(pack, ("internal_od",)):
        with results.part(keys=("year", "origin", "destination")):
            results.add(*_internal(pack))
    if not available(pack, RELEASED):
        with results.part(keys=("period", "region")):
            results.add(_released(pack))
    if not available(pack, ("external_flow_totals",)):
        with results.part(keys=("year", "flow")):
            external = _external(pack)
            results.add(external, *_quoted(pack, external.frame))
    if not available(pack, ("repatriates_arrived", "repatriate_quota_national")):
        with results.part():
            results.add(*_repatriates(pack))
    if not available(pack, ("population_by_age_sex",)):
        with results.part(keys=("year", "sex", "age_start")):
            results.add(_pyramids(pack, results.plan.present.pyramids))
    if not available(pack, ("net_migration",)):
        with results.part():
            results.add(*_latest(pack))


def _table(name: str, frame: pl.DataFrame, unit: str) -> TableResult:
    rank = frame["rank"].max() if "rank" in frame.columns else 1
    sources = tuple(frame["source"].unique().sort())
    return TableResult(name, frame, unit, int(str(rank)), sources, PUBLISHED)


def _internal(pack: Pack) -> list[TableResult | Number]:
    """The newest whole-year origin-destination table; years under a caution of coverage are not taken."""
    table = whole_years(pack)
    year = int(str(table["year"].max()))
    flows = table.filter(pl.col("year") == year).select("year", "origin", "destination", "value", "source", "rank")
    sources = tuple(flows["source"].unique())
    return [
        _table("internal_flows", flows, "moves"),
        Number("present.internal.year", year, "year"),
        Number("present.internal.total", float(flows["value"].sum()), "moves", rank=3, sources=sources),
    ]


def _released(pack: Pack) -> TableResult:
    """Net moves of cities and regions with the rest of the country, and all moves in it, as first released."""
    found = pl.concat(rows(pack, name) for name in RELEASED)
    names = ("period", "start", "end", "region", "measure", "value", "source", "rank")
    return _table("internal_released", found.select(names).sort("start", "end", "region"), "persons")


def _external(pack: Pack) -> TableResult:
    whole = rows(pack, "external_flow_totals").filter(
        pl.col("flow").is_in(["immigrants", "emigrants"]) & pl.col("period").str.contains(r"^\d{4}$")
    )
    frame = whole.select(pl.col("period").cast(pl.Int32).alias("year"), "flow", "value", "source", "rank")
    return _table("external_flows", frame.sort("year", "flow", "value"), "persons")


def _quoted(pack: Pack, flows: pl.DataFrame) -> list[Number]:
    """Immigrants less emigrants as pages quote them: in the last official year, if it is another number, and later."""
    if available(pack, ("net_migration",)):
        return []
    official, year = _latest(pack)
    last = int(year.value or 0)
    balances = _balances(flows)
    found = [
        Number("present.net.pages", row["net"], "persons", rank=3, sources=tuple(row["sources"]))
        for row in balances.filter((pl.col("year") == last) & (pl.col("net") != official.value)).to_dicts()
    ]
    for row in balances.filter(pl.col("year") > last).sort("year").tail(1).to_dicts():
        found.append(Number("present.net.quoted", row["net"], "persons", rank=3, sources=tuple(row["sources"])))
        found.append(Number("present.net.quoted_year", float(row["year"]), "year"))
    return found


def _balances(flows: pl.DataFrame) -> pl.DataFrame:
    """Immigrants less emigrants of the years of both: year, net, sources; the first statement of each flow."""
    sides = flows.group_by("year", "flow", maintain_order=True).agg(pl.col("value").first(), pl.col("source").first())
    came, left = (sides.filter(pl.col("flow") == flow).drop("flow") for flow in ("immigrants", "emigrants"))
    both = came.join(left, on="year", suffix="_left")
    sources = pl.concat_list("source", "source_left").list.unique(maintain_order=True)
    return both.select("year", net=pl.col("value") - pl.col("value_left"), sources=sources)


def _repatriates(pack: Pack) -> list[TableResult]:
    """Cumulative totals since independence, their differences, and quotas."""
    since = f"{country(pack).independence}-01-01"
    arrived = rows(pack, "repatriates_arrived").filter(
        pl.col("start").cast(pl.String).str.starts_with(since) & pl.col("end").is_not_null()
    )
    cumulative = arrived.select("end", "value", "source", "rank", "note").sort("end", "value")
    quota = rows(pack, "repatriate_quota_national")
    return [
        _table("repatriates_cumulative", cumulative, "persons"),
        _table("repatriate_quota", quota.select("year", "measure", "value", "unit", "source", "rank"), "as_unit"),
    ]


def _pyramids(pack: Pack, years: tuple[int, ...]) -> TableResult:
    people = rows(pack, "population_by_age_sex").filter(pl.col("year").is_in(list(years)))
    shown = people.select("year", "sex", "age_start", "age_end", "value", "source", "rank")
    return _table("pyramids", shown, "persons")


def _latest(pack: Pack) -> tuple[Number, Number]:
    """Net migration of the last year, by the register where it states any, and that year."""
    registered = not available(pack, ("net_migration:register",))
    last = chosen(pack, "net_migration", "register" if registered else None).row(-1, named=True)
    return (
        Number("present.net.latest", last["value"], "persons", sources=(last["source"],)),
        Number("present.net.year", float(last["year"]), "year"),
    )
