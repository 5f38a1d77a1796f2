"""From the pack's written list of statements to the frames that reconciliation takes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from qonys.catalog import Pack
from qonys.catalog.country import country_declaration
from qonys.catalog.filters import filtered, split_conditions
from qonys.inputs import series
from qonys.inputs.boundaries import in_vintage, region_lineage
from qonys.inputs.figures import available, choose, rows, sources_of
from qonys.inputs.regions import recount_years
from qonys.quantities import Population, Series

PREFERRED, COUNT = "preferred", "census"
NAMES = ("source", "kind", "quantity", "start", "end", "value", "sd")


def account_span(pack: Pack) -> tuple[int, int]:
    """Years for which births and deaths are stated: from the first to the last, inclusive and exclusive.

    A pack whose territory changed says in country.yaml from which year its account may run (`account_from`).
    """
    years = [rows(pack, name)["year"] for name in ("births", "deaths")]
    given = country_declaration(pack).account_from
    first = max(given or 0, *(int(str(found.min())) for found in years))
    return first, min(int(str(found.max())) for found in years) + 1


def unstated(pack: Pack) -> tuple[str, ...]:
    """Figures that the pack does not hold, of the quantities that no statement gives in the years of the account."""
    if available(pack, ("births", "deaths")):
        return ()
    stated = set(national_statements(pack, account_span(pack))[0]["quantity"])
    silent = pack.statements().filter(~pl.col("quantity").is_in(stated))
    return available(pack, tuple(dict.fromkeys(str(figure) for figure in silent["figure"])))


def national_statements(pack: Pack, span: tuple[int, int]) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """All statements about the nation inside the years [span[0], span[1]), and the ids of their sources.

    Columns: those of `NAMES`, value in persons. `source` is the id of a source, or 'registered' (the preferred series
    of a register, whatever its source) or 'census'. Statements whose figure the pack does not hold are left out.
    """
    frames: list[pl.DataFrame] = []
    sources: set[str] = set()
    for row in pack.statements().iter_rows(named=True):
        if available(pack, (row["figure"],)):
            continue
        if row["kind"] == COUNT:
            frame = _counts(pack)
            sources.update(series.census_population(pack).lineage.sources)
        else:
            frame = _rows(pack, row)
            sources.update(frame["origin"].unique())
        frames.append(frame.with_columns(kind=pl.lit(row["kind"]), quantity=pl.lit(row["quantity"])).select(NAMES))
    first, last = span
    events = pl.col("quantity") != "population"
    inside = (pl.col("start") >= first) & pl.when(events).then(pl.col("end") <= last).otherwise(pl.col("start") <= last)
    return pl.concat(frames).filter(inside), tuple(sorted(sources))


def _counts(pack: Pack) -> pl.DataFrame:
    """Censuses as of 1 January of their year."""
    found = series.census_population(pack)
    years = [float(str(year)) for year in found.axis("time").labels]
    frame = pl.DataFrame({"start": years, "end": years, "value": found.values})
    spread = pl.lit(None, dtype=pl.Float64) if found.sd is None else pl.Series(found.sd)
    return frame.with_columns(sd=spread).with_columns(source=pl.lit(COUNT))


def _rows(pack: Pack, statement: dict[str, str]) -> pl.DataFrame:
    """One source's rows of a table of years (year) or of periods (year_start, year_end)."""
    name, where = statement["figure"], split_conditions(statement["where"])
    table = filtered(rows(pack, name), where)
    register = statement["source"] == PREFERRED
    if register:
        table = choose(pack, name, table)
    elif statement["source"]:
        table = table.filter(pl.col("source") == statement["source"])
    if "year_start" in table.columns:
        span = (pl.col("year_start").cast(pl.Float64), pl.col("year_end").cast(pl.Float64))
    else:
        shift = 0.5 if statement["quantity"] == "population" else 0.0
        start = pl.col("year").cast(pl.Float64) + shift
        span = (start, start + (0 if shift else 1))
    sd = pl.col("sd").cast(pl.Float64) if "sd" in table.columns else pl.lit(None, dtype=pl.Float64)
    label = pl.lit("registered") if register else pl.col("source")
    return table.select(
        span[0].alias("start"), span[1].alias("end"), pl.col("value").cast(pl.Float64), sd.alias("sd"),
        label.alias("source"), pl.col("source").alias("origin"),
    )  # fmt: skip


class RegionalFrames(NamedTuple):
    """Frames under the names of `RegionalStatements`, and the first and last year of the span."""

    frames: dict[str, pl.DataFrame]
    span: tuple[int, int]


def regional_frames(pack: Pack) -> RegionalFrames:
    """Counts, registered balances, internal balances, births and deaths by region in the oldest boundaries.

    The span runs from the first population to the last births and deaths. A count is the population of
    the first year and of every recount; its error is the median relative error of the censuses. A
    balance is the difference of two yearly estimates less births and deaths, or where that is not known
    the published one.
    """
    vintage = str(pack.vintages().sort("order")["vintage"][0])
    people, births, deaths = series.regional_years(pack, vintage)
    events = series.regional_events(pack, vintage)
    natural = (
        events["births"]
        .select("year", "region", pl.col("value").cast(pl.Float64).alias("births"))
        .join(
            events["deaths"].select("year", "region", pl.col("value").cast(pl.Float64).alias("deaths")),
            on=["year", "region"],
        )
    )
    first = int(str(people.axis("time").labels[0]))
    span = (first, int(str(natural["year"].max())) + 1)
    recounts = _recounts(pack)
    frames = {
        "counts": _regional_counts(pack, people, recounts),
        "balance": _balances(pack, vintage, people, (births, deaths), recounts),
        "internal": internal_net(pack, vintage),
        "natural": natural.filter(pl.col("year") >= first).sort("year", "region"),
        "transfers": pack.transfers().select("year", "region_from", "region_to"),
    }
    return RegionalFrames(frames, span)


def regional_sources(pack: Pack) -> tuple[str, ...]:
    """Sources of the tables that the regional accounts rest on."""
    stated = {*sources_of(pack, ("population_regional", "vital_regional")), *whole_years(pack)["source"]}
    return tuple(sorted(stated | set(pack.transfers()["source"])))


def _regional_counts(pack: Pack, people: Population, recounts: set[int]) -> pl.DataFrame:
    census = series.census_population(pack)
    assert census.sd is not None
    relative = float(np.median(census.sd / census.values))
    counts = [
        (year, region, float(people.values[t, i]), relative * float(people.values[t, i]))
        for t, year in enumerate(people.axis("time").labels)
        for i, region in enumerate(people.axis("region").labels)
        if t == 0 or year in recounts
    ]
    return pl.DataFrame(counts, schema=["year", "region", "value", "sd"], orient="row")


def _balances(
    pack: Pack, vintage: str, people: Population, vital: tuple[Series, Series], recounts: set[int]
) -> pl.DataFrame:
    births, deaths = vital
    balances = [
        (
            int(str(year)),
            str(region),
            float(np.diff(people.values, axis=0)[t, i] - births.values[t, i] + deaths.values[t, i]),
        )
        for t, year in enumerate(births.axis("time").labels)
        for i, region in enumerate(births.axis("region").labels)
        if int(str(year)) + 1 not in recounts
    ]
    residual = pl.DataFrame(balances, schema=["year", "region", "value"], orient="row")
    published = series.in_one_vintage(pack, rows(pack, "net_migration_regional_total"), vintage).select(
        pl.col("year").cast(pl.Int64), "region", pl.col("value").cast(pl.Float64)
    )
    later = published.filter(~pl.col("year").is_in(residual["year"].unique().to_list()))
    return pl.concat([residual, later.sort("year", "region")])


def _recounts(pack: Pack) -> set[int]:
    return {year + 1 for year in recount_years(pack)}


def whole_years(pack: Pack) -> pl.DataFrame:
    """Moves between regions in complete years: columns of the figure internal_od (year, origin, destination, value)."""
    table = rows(pack, "internal_od")
    partial = pack.breaks().filter((pl.col("kind") == "coverage") & (pl.col("table") == "internal_od"))
    return table.filter(~pl.col("year").is_in(partial["year"].to_list()))


def moves_between_regions(pack: Pack, vintage: str) -> pl.DataFrame:
    """Moves between regions of one vintage: columns year, origin, destination, value (moves)."""
    whole = whole_years(pack).select("year", "origin", "destination", "vintage", "value", "unit", "status", "source")
    joined = in_vintage(whole, vintage, region_lineage(pack), regions=("origin", "destination"))
    moves = joined.filter(pl.col("origin") != pl.col("destination"))
    return moves.select("year", "origin", "destination", pl.col("value").cast(pl.Float64))


def internal_net(pack: Pack, vintage: str) -> pl.DataFrame:
    """Net internal migration of regions of one vintage: columns year, region, value (arrivals less departures)."""
    moves = moves_between_regions(pack, vintage)
    ends = [
        moves.select("year", pl.col(end).alias("region"), (sign * pl.col("value")).alias("value"))
        for end, sign in (("destination", 1), ("origin", -1))
    ]
    return pl.concat(ends).group_by("year", "region").agg(pl.col("value").sum()).sort("year", "region")
