"""Components of change between censuses and by year; net migration by source."""

from __future__ import annotations

import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.inputs import series
from qonys.inputs.annual import annual
from qonys.measurement.components import Components, components
from qonys.measurement.published_movements import SIGNS, Range, natural_range, published_range, rest
from qonys.quantities import Series
from qonys.study.analyses.history import movement_shares
from qonys.study.runs.parts import PERIOD, YEAR_ON
from qonys.study.runs.results import SOURCES, Number, Results, TableResult

PUBLISHED = ("published_movements", "published_natural_rates")
SHARES = "study.analyses.history.movement_shares"
COUNTS = ("census_population",)  # the error of each count rests on the disagreement of all


def compute(pack: Pack, results: Results) -> None:
    """Add the components of every intercensal period that the figures allow, and the annual table."""
    with results.part(keys=(PERIOD,), entire=COUNTS) as counted:
        found = intercensal(pack)
        frame = pl.DataFrame([_row(item) for item in found])
        sources, method = found[0].lineage.sources, "measurement.components.components"
        results.add(TableResult("components_by_period", frame, "persons", 3, sources, method))
    for item in found:
        with results.part(counted, keys=(PERIOD,), entire=COUNTS, start=item.start, end=item.end):
            results.add(*_numbers(item))
    with results.part(keys=("year",), entire=COUNTS):
        results.add(_census(pack))
    with results.part(keys=(YEAR_ON,)):
        results.add(_annual(pack))
    with results.part(counted, keys=(PERIOD,), entire=COUNTS):
        results.add(net_by_source(pack, found))
    if not inputs.available(pack, PUBLISHED):
        with results.part(keys=(PERIOD,), entire=(*COUNTS, *PUBLISHED, "births", "deaths")):
            bounds = movement_bounds(pack)
            if bounds is not None:
                shares = movement_shares(bounds.frame)
                results.add(bounds, TableResult("movement_shares", shares, "share", 3, bounds.sources, SHARES))


def periods(pack: Pack) -> tuple[tuple[int, int], ...]:
    """Intercensal periods of the pack, half-open years."""
    rows = pack.events().filter((pl.col("kind") == "period") & (pl.col("scheme") == "intercensal"))
    return tuple((int(a), int(b)) for a, b in rows.sort("start").select("start", "end").rows())


def intercensal(pack: Pack) -> list[Components]:
    """Components of each period between two counted censuses with vital events for every year."""
    population = series.census_population(pack)
    births, deaths = (series.national_series(pack, name) for name in ("births", "deaths"))
    rival, registered = annual(pack, "natural_increase", "model"), annual(pack, "net_migration", "register")
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
        Number(f"{name}.residual", item.residual, "persons", low, high, rank, sources, method, interval=SOURCES),
        Number(f"{name}.natural", item.natural, "persons", None, None, rank, sources, method),
        Number(f"{name}.growth", item.growth, "persons", None, None, rank, sources, method),
        Number(
            f"{name}.offset", item.offset, "share", offset_low, offset_high, rank, sources, method, interval=SOURCES
        ),
    ]


def _census(pack: Pack) -> TableResult:
    population = series.census_population(pack)
    frame = population.to_frame().rename({"time": "year"}).drop("unit")
    chosen = series.census_rows(pack).group_by("year").agg(rank=pl.col("rank").min(), statements=pl.len())
    frame = frame.join(chosen, on="year", how="left").sort("year")
    return TableResult("census_population", frame, "persons", 3, population.lineage.sources, "catalog.choose.preferred")


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
    people, net = annual(pack, "population_1_january", "register"), annual(pack, "net_migration", "register")
    model, quoted = annual(pack, "net_migration", "model"), annual(pack, "mid_year_population", "quoted")
    january = _column(people, "population")
    for other in (january, _column(net, "net_registered"), _column(model, "net_model"),
                  _column(quoted, "population_mid_quoted")):  # fmt: skip
        frame = frame.join(other, on="year", how="left")
    following = january.select(pl.col("year") - 1, population_next="population")
    frame = frame.join(following, on="year", how="left").sort("year")
    frame = frame.with_columns(net_balance=pl.col("population_next") - pl.col("population") - pl.col("natural")).drop(
        "population_next"
    )
    lineage = births.lineage
    for held in (net, model, people):
        lineage = lineage if held is None else lineage.joined(held.lineage, "")
    return TableResult("annual_components", frame, "persons", 3, lineage.sources, "catalog.choose.preferred")


def _column(held: Series | None, name: str) -> pl.DataFrame:
    """Years and values of a series under a name; no row where the pack has none."""
    if held is None:
        return pl.DataFrame(schema={"year": pl.Int32, name: pl.Float64})
    return held.to_frame().rename({"time": "year", "value": name}).drop("unit")


def movement_bounds(pack: Pack) -> TableResult | None:
    """Change between the counts before the registers and what is published of its components; None without counts.

    Columns: start, end, component (change, natural, flows, rest), low, high: persons with their sign in the balance.
    """
    counts = _published_counts(pack)
    births, deaths = (series.national_series(pack, name) for name in ("births", "deaths"))
    years = [int(str(year)) for year in births.axis("time").labels]
    registered = dict(zip(years, map(float, births.values - deaths.values), strict=True))
    rates = {int(year): float(value) for year, value in inputs.rows(pack, PUBLISHED[1]).select("start", "value").rows()}
    flows = inputs.rows(pack, PUBLISHED[0])
    rows: list[dict[str, object]] = []
    sources: list[str] = []
    for start, end in periods(pack):
        if start not in counts or end not in counts or start in registered:
            continue
        change = counts[end] + -counts[start]
        natural = natural_range(rates, registered, (counts[start], counts[end]), (start, end))
        parts = {"natural": natural[0]} if natural else {}
        for flow, sign in SIGNS.items():
            found = published_range(flows, flow, (start, end))
            if found is not None:
                parts[flow] = found if sign > 0 else -found
        for name, part in (("change", change), *parts.items(), ("rest", rest(change, parts))):
            rows.append({"start": start, "end": end, "component": name, "low": part.low, "high": part.high})
            sources += part.sources
    if not rows:
        return None
    method = "measurement.published_movements.published_range"
    return TableResult("movement_bounds", pl.DataFrame(rows), "persons", 3, tuple(dict.fromkeys(sources)), method)


def _published_counts(pack: Pack) -> dict[int, Range]:
    """Lowest and highest published total of each census."""
    stated = series.census_rows(pack).group_by("year", maintain_order=True).agg(
        low=pl.col("value").min(), high=pl.col("value").max(), sources=pl.col("source").unique(maintain_order=True)
    )  # fmt: skip
    return {int(year): Range(low, high, tuple(sources)) for year, low, high, sources in stated.rows()}


def net_by_source(pack: Pack, found: list[Components]) -> TableResult:
    """Net migration per year by source: start, end (half-open), value, low, high, source, rank."""
    rows: list[dict[str, object]] = []
    for role in ("register", "model"):
        net = annual(pack, "net_migration", role)
        if net is not None:
            rows += [
                _statement(int(str(year)), int(str(year)) + 1, value, None, net.lineage.sources[0], net.lineage.rank)
                for year, value in zip(net.axis("time").labels, net.values, strict=True)
            ]
    if not inputs.available(pack, ("net_migration_un_estimates",)):
        five = inputs.rows(pack, "net_migration_un_estimates")
        for start, end, value, source, rank in five.select("year_start", "year_end", "value", "source", "rank").rows():
            rows.append(_statement(start, end, value / (end - start), None, source, rank))
    if not inputs.available(pack, ("net_migration_bilateral_model",)):
        model = inputs.rows(pack, "net_migration_bilateral_model").sort("year")
        for year, value, sd, source, rank in model.select("year", "value", "sd", "source", "rank").rows():
            rows.append(_statement(year, year + 1, value, sd, source, rank))
    stated = dict.fromkeys(str(row["source"]) for row in rows)
    for item in found:
        years = item.end - item.start
        rows.append(
            _statement(item.start, item.end, item.residual / years, item.residual_sd / years, "census_residual", 4)
        )
    frame = pl.DataFrame(rows, infer_schema_length=None)
    sources = (*stated, *(found[0].lineage.sources if found else ()))
    return TableResult("net_by_source", frame, "persons", 3, sources, "measurement.components.components")


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
