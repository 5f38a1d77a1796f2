"""Components of change between censuses and by year; net migration by source."""

from __future__ import annotations

import polars as pl

from qonys.catalog import Pack
from qonys.inputs import series
from qonys.measurement.components import Components, components
from qonys.study.runs.results import Number, Results, TableResult


def compute(pack: Pack, results: Results) -> None:
    """Add the components of every intercensal period that the figures allow, and the annual table."""
    found = intercensal(pack)
    results.add(
        TableResult(
            "components_by_period",
            pl.DataFrame([_row(item) for item in found]),
            "persons",
            3,
            found[0].lineage.sources,
            "measurement.components.components",
        )
    )
    for item in found:
        results.add(*_numbers(item))
    results.add(_census(pack), _annual(pack), _by_source(pack, found))


def periods(pack: Pack) -> tuple[tuple[int, int], ...]:
    """Intercensal periods of the pack, half-open years."""
    rows = pack.events().filter((pl.col("kind") == "period") & (pl.col("scheme") == "intercensal"))
    return tuple((int(a), int(b)) for a, b in rows.sort("start").select("start", "end").rows())


def intercensal(pack: Pack) -> list[Components]:
    """Components of each period between two counted censuses with vital events for every year."""
    population = series.census_population(pack)
    births, deaths = (series.national_series(pack, name) for name in ("births", "deaths"))
    rival = series.national_series(pack, "natural_increase", "wpp2024")
    registered = series.national_series(pack, "net_migration", "bns_migration_balance")
    counted = population.axis("time").labels
    covered = births.axis("time").labels
    return [
        components(population, (births, deaths), rival, registered, (start, end))
        for start, end in periods(pack)
        if start in counted and end in counted and start in covered
    ]


def _row(item: Components) -> dict[str, object]:
    low, high = item.interval()
    offset_low, offset_high = item.offset_interval()
    return {
        "start": item.start,
        "end": item.end,
        "population_start": item.population_start,
        "population_end": item.population_end,
        "births": item.births,
        "deaths": item.deaths,
        "natural": item.natural,
        "residual": item.residual,
        "residual_low": low,
        "residual_high": high,
        "registered": item.registered,
        "offset": item.offset,
        "offset_low": offset_low,
        "offset_high": offset_high,
        "natural_rate": item.natural_rate,
        "migration_rate": item.migration_rate,
    }


def _numbers(item: Components) -> list[Number]:
    name = f"retrospective.{item.start}_{item.end}"
    low, high = item.interval()
    offset_low, offset_high = item.offset_interval()
    method = item.lineage.method
    sources, rank = item.lineage.sources, item.lineage.rank
    return [
        Number(f"{name}.residual", item.residual, "persons", low, high, rank, sources, method),
        Number(f"{name}.natural", item.natural, "persons", None, None, rank, sources, method),
        Number(f"{name}.growth", item.growth, "persons", None, None, rank, sources, method),
        Number(f"{name}.offset", item.offset, "share", offset_low, offset_high, rank, sources, method),
    ]


def _census(pack: Pack) -> TableResult:
    population = series.census_population(pack)
    frame = population.to_frame().rename({"time": "year"}).drop("unit")
    chosen = series.census_rows(pack).group_by("year").agg(rank=pl.col("rank").min(), statements=pl.len())
    frame = frame.join(chosen, on="year", how="left").sort("year")
    return TableResult("census_population", frame, "persons", 3, population.lineage.sources, "catalog.choose")


def _annual(pack: Pack) -> TableResult:
    births, deaths = (series.national_series(pack, name) for name in ("births", "deaths"))
    frame = pl.DataFrame(
        {
            "year": list(births.axis("time").labels),
            "births": births.values,
            "deaths": deaths.values,
            "natural": births.values - deaths.values,
        }
    )
    people = series.national_series(pack, "population_1_january", "bns_pop_regions")
    january = people.to_frame().rename({"time": "year", "value": "population"}).drop("unit")
    net = series.national_series(pack, "net_migration", "bns_migration_balance")
    official = net.to_frame().rename({"time": "year", "value": "net_registered"}).drop("unit")
    wpp = series.national_series(pack, "net_migration", "wpp2024")
    estimated = wpp.to_frame().rename({"time": "year", "value": "net_wpp2024"}).drop("unit")
    middle = series.national_series(pack, "mid_year_population", "wiki_demographics_kz")
    quoted = middle.to_frame().rename({"time": "year", "value": "population_mid_quoted"}).drop("unit")
    for other in (january, official, estimated, quoted):
        frame = frame.join(other, on="year", how="left")
    following = january.select(pl.col("year") - 1, population_next="population")
    frame = frame.join(following, on="year", how="left").sort("year")
    frame = frame.with_columns(net_balance=pl.col("population_next") - pl.col("population") - pl.col("natural")).drop(
        "population_next"
    )
    sources = births.lineage.joined(net.lineage, "").joined(wpp.lineage, "").joined(people.lineage, "").sources
    return TableResult("annual_components", frame, "persons", 3, sources, "catalog.choose")


def _by_source(pack: Pack, found: list[Components]) -> TableResult:
    """Net migration per year by source: start, end (half-open), value, low, high, source, rank."""
    rows: list[dict[str, object]] = []
    for source in ("bns_migration_balance", "wpp2024"):
        net = series.national_series(pack, "net_migration", source)
        rows += [
            _statement(int(str(year)), int(str(year)) + 1, value, None, source, net.lineage.rank)
            for year, value in zip(net.axis("time").labels, net.values, strict=True)
        ]
    five = pack.table("net_migration_periods").filter(pl.col("status") == "estimate")
    for start, end, value in five.select("year_start", "year_end", "value").rows():
        rows.append(_statement(start, end, value / (end - start), None, "wpp2019", 2))
    model = pack.table("net_migration_model").sort("year")
    for year, value, sd in model.select("year", "value", "sd").rows():
        rows.append(_statement(year, year + 1, value, sd, "gaskin_abel_2025", 2))
    for item in found:
        years = item.end - item.start
        rows.append(
            _statement(item.start, item.end, item.residual / years, item.residual_sd / years, "census_residual", 4)
        )
    frame = pl.DataFrame(rows, infer_schema_length=None)
    sources = ("bns_migration_balance", "wpp2024", "wpp2019", "gaskin_abel_2025", *found[0].lineage.sources)
    return TableResult("net_by_source", frame, "persons", 3, sources, "measurement.components")


def _statement(start: int, end: int, value: float, sd: float | None, source: str, rank: int) -> dict[str, object]:
    spread = None if sd is None else 1.959963984540054 * sd
    return {
        "start": start,
        "end": end,
        "value": float(value),
        "low": None if spread is None else value - spread,
        "high": None if spread is None else value + spread,
        "source": source,
        "rank": rank,
    }
