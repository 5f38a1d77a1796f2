"""Town and village: urban and rural population, its components between recounts, and what is not published of them."""

from __future__ import annotations

import math
from itertools import pairwise

import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.inputs import series
from qonys.measurement.town_and_village import Area, Bounds, bounded, split
from qonys.study.chapters.groups import natural_ratio_bounds
from qonys.study.runs.results import PUBLISHED, Number, Results, TableResult

METHOD, SPLIT = "measurement.town_and_village.bounded", "measurement.town_and_village.split"
RATIO, HALF = "natural_rate_ratio", 0.05  # the ratio is printed to one decimal
AREAS = ("urban", "rural")
PARTS = ("growth", "net", "natural_low", "natural_high", "moved_low", "moved_high")
JANUARY = {f"population_1_january_{area}": area for area in AREAS}
NET = {f"net_migration_{area}_all_flows": area for area in AREAS}
WORLD_BANK = {f"{area}_population": area for area in AREAS}
RECOUNT, TABLE = "recount", "national"


def compute(pack: Pack, results: Results) -> None:
    """Add urban and rural population by source, net migration of both, and the components of their growth."""
    with results.part(keys=("year",)) as counted:
        people = population(pack)
        sources = tuple(people["source"].unique().sort())
        rank = int(str(people["rank"].max()))
        results.add(TableResult("settlement_population", people.drop("rank"), "persons", rank, sources, PUBLISHED))
        results.add(*_shares(people))
    with results.part(keys=("year",)) as moved:
        net = net_migration(pack)
        told = tuple(net["source"].unique().sort())
        results.add(TableResult("settlement_net", net, "persons", 1, told, PUBLISHED), *_newest(net, told))
    if not inputs.available(
        pack, ("births", "deaths", "population_regional_total", "births_regional", "deaths_regional")
    ):
        with results.part(counted, moved):
            counts = people.filter(pl.col("series") == "january").sort("year")
            spans = periods(counts["year"].to_list(), recounts_of(pack))
            parts, years = (components(pack, counts, net, some) for some in (spans, yearly(spans)))
            named = tuple(dict.fromkeys((*told, *counts["source"].unique().sort(), *_vital_sources(pack, counts))))
            results.add(TableResult("settlement_components", parts, "persons", 3, named, METHOD),
                        TableResult("settlement_years", years, "persons", 3, named, METHOD),
                        *_longest(parts, named), *_certain(years, named))  # fmt: skip
            _split(pack, counts, net, named, results)


def _by_area(frame: pl.DataFrame, column: str, names: dict[str, str], counted: str) -> pl.DataFrame:
    return frame.select(
        pl.col("year").cast(pl.Int64), pl.col(column).replace_strict(names).alias("area"),
        pl.col("value").cast(pl.Float64), pl.lit(counted).alias("series"), "source", pl.col("rank").cast(pl.Int64),
    ).drop_nulls("value")  # fmt: skip


def population(pack: Pack) -> pl.DataFrame:
    """Urban and rural population: series (census, january, world_bank), year, urban, rural, share, source, rank."""
    same = {area: area for area in AREAS}
    parts = [_by_area(inputs.chosen(pack, "urban_rural_census"), "area", same, "census")]
    if not inputs.available(pack, ("urban_rural_january",)):
        parts.append(_by_area(inputs.chosen(pack, "urban_rural_january"), "indicator", JANUARY, "january"))
    if not inputs.available(pack, ("urban_rural_estimates",)):
        parts.append(_by_area(inputs.chosen(pack, "urban_rural_estimates"), "indicator", WORLD_BANK, "world_bank"))
    wide = pl.concat(parts).pivot(on="area", index=["series", "year", "source", "rank"], values="value").drop_nulls()
    share = pl.col("urban") / (pl.col("urban") + pl.col("rural"))
    return (
        wide.with_columns(share=share)
        .select("series", "year", *AREAS, "share", "source", "rank")
        .sort("series", "year")
    )


def net_migration(pack: Pack) -> pl.DataFrame:
    """Registered net migration of towns and villages, between them and over the border: year, urban, rural, source."""
    if inputs.available(pack, ("urban_rural_net",)):
        return pl.DataFrame(schema={"year": pl.Int64, "urban": pl.Float64, "rural": pl.Float64, "source": pl.String})
    found = _by_area(inputs.chosen(pack, "urban_rural_net"), "indicator", NET, "net")
    return found.pivot(on="area", index=["year", "source"], values="value").drop_nulls().select(
        "year", *AREAS, "source"
    ).sort("year")  # fmt: skip


def _shares(people: pl.DataFrame) -> list[Number]:
    """First census, the newest official count and the year in which towns had more than half."""
    official = people.filter(pl.col("series") != "world_bank").sort("year")
    ends = [official.row(0, named=True), official.row(-1, named=True)]
    found = [
        Number("settlement.from", float(ends[0]["year"]), "year"),
        Number("settlement.to", float(ends[1]["year"]), "year"),
    ]
    for row in ends:
        found.append(
            Number(f"settlement.share.{row['year']}", row["share"], "share", rank=row["rank"], sources=(row["source"],))
        )
        found += [
            Number(f"settlement.{area}.{row['year']}", row[area], "persons", rank=row["rank"], sources=(row["source"],))
            for area in AREAS
        ]
    return found


def _newest(net: pl.DataFrame, sources: tuple[str, ...]) -> list[Number]:
    if net.is_empty():
        return []
    row = net.row(-1, named=True)
    found = [Number("settlement.net.from", float(net["year"][0]), "year"),
             Number("settlement.net.to", float(row["year"]), "year")]  # fmt: skip
    for area in AREAS:
        found += [
            Number(f"settlement.net.{area}.{row['year']}", row[area], "persons", sources=sources),
            Number(f"settlement.net_sum.{area}.{row['year']}", float(net[area].sum()), "persons", sources=sources),
        ]
    return found


def periods(years: list[int], recounts: set[int]) -> list[tuple[int, int]]:
    """Spans of 1 January counts that no recount parts.

    `years`: counts on 1 January, each a year after the one before; `recounts`: years whose first day is recounted. The
    year before a recount belongs to no span.

    Examples
    --------
    >>> periods([2000, 2001, 2002, 2003, 2004], {2003})
    [(2000, 2002), (2003, 2004)]

    """
    if not years:
        return []
    spans, start = [], years[0]
    for before, year in pairwise(years):
        if year in recounts or year != before + 1:
            spans.append((start, before))
            start = year
    spans.append((start, years[-1]))
    return [(first, last) for first, last in spans if last > first]


def yearly(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Each year of the spans as a span of its own."""
    return [(year, year + 1) for start, end in spans for year in range(start, end)]


def recounts_of(pack: Pack) -> set[int]:
    """Years on whose first day the population was recounted."""
    told = pack.breaks().filter((pl.col("kind") == RECOUNT) & (pl.col("table") == TABLE))
    return {int(year) for year in told["year"]}


def components(pack: Pack, counts: pl.DataFrame, net: pl.DataFrame, spans: list[tuple[int, int]]) -> pl.DataFrame:
    """Components of the growth of towns and villages in each span; of spans with every figure.

    `counts`: year, urban, rural on 1 January; `net`: year, urban, rural, net migration.

    Columns: start, end (1 January), area, population_start, population_end, growth, net, natural_low, natural_high,
    moved_low, moved_high (reclassified places, with the errors of the figures), sign_known; persons.
    """
    at, moved, natural = _by_year(counts), _by_year(net), _natural(pack)
    first_vintage = str(pack.vintages().sort("order")["vintage"][0])
    rows = []
    for start, end in spans:
        inside = range(start, end)
        if not all(year in moved and year in natural for year in inside):
            continue
        areas = _areas(at, moved, inside)
        ratios = natural_ratio_bounds(pack, first_vintage, (start, end))
        ends = bounded(areas[0], areas[1], sum(natural[year] for year in inside), ratios)
        rows += [_row((start, end), name, at, one, told) for name, one, told in zip(AREAS, areas, ends, strict=True)]
    return pl.DataFrame(rows, SCHEMA)


def _by_year(frame: pl.DataFrame) -> dict[int, dict[str, float]]:
    return {row["year"]: row for row in frame.iter_rows(named=True)}


def _areas(at: dict[int, dict[str, float]], moved: dict[int, dict[str, float]], inside: range) -> list[Area]:
    """Growth, net migration and exposure of the towns and of the villages in the years of a span."""
    first, last = inside[0], inside[-1] + 1
    return [
        Area(at[last][area] - at[first][area], sum(moved[year][area] for year in inside),
             sum((at[year][area] + at[year + 1][area]) / 2 for year in inside))
        for area in AREAS
    ]  # fmt: skip


def _split(
    pack: Pack, counts: pl.DataFrame, net: pl.DataFrame, sources: tuple[str, ...], results: Results
) -> None:
    """Add the growth of both areas in years with a published ratio of natural increase, split in its parts."""
    if inputs.available(pack, (RATIO,)):
        return
    told, at, moved, natural = inputs.chosen(pack, RATIO), _by_year(counts), _by_year(net), _natural(pack)
    rows: list[dict[str, object]] = []
    for year, value in told.select(pl.col("year").cast(pl.Int64), "value").rows():
        if {year, year + 1} <= set(at) and year in moved and year in natural:
            areas = _areas(at, moved, range(year, year + 1))
            ends = split(areas[0], areas[1], natural[year], (value - HALF, value + HALF))
            rows += [_row((year, year + 1), name, at, one, found)
                     for name, one, found in zip(AREAS, areas, ends, strict=True)]  # fmt: skip
    if rows:
        frame, named = pl.DataFrame(rows, SCHEMA), tuple(dict.fromkeys([*told["source"].unique().sort(), *sources]))
        results.add(TableResult("settlement_split", frame, "persons", 3, named, SPLIT))
        ratios = dict(told.select(pl.col("year").cast(pl.Int64), "value").rows())
        for row in frame.filter(pl.col("area") == AREAS[0]).iter_rows(named=True):
            year = row["start"]
            results.add(Number(f"settlement.ratio.{year}", ratios[year], "ratio", rank=3,
                               sources=tuple(told["source"].unique().sort()), shown="one"))  # fmt: skip
            results.add(Number(f"settlement.split_to.{year}", row["end"], "year"))
            results.add(*(Number(f"settlement.split.{year}.{part}", outward(row[part], part), "persons", rank=3,
                                 sources=named, method=SPLIT) for part in PARTS))  # fmt: skip


SCHEMA = {
    "start": pl.Int64, "end": pl.Int64, "area": pl.String, "population_start": pl.Float64, "population_end": pl.Float64,
    "growth": pl.Float64, "net": pl.Float64, "natural_low": pl.Float64, "natural_high": pl.Float64,
    "moved_low": pl.Float64, "moved_high": pl.Float64, "sign_known": pl.Boolean,
}  # fmt: skip


def _natural(pack: Pack) -> dict[int, float]:
    births, deaths = (series.national_series(pack, name) for name in ("births", "deaths"))
    died = dict(zip((int(str(year)) for year in deaths.axis("time").labels), deaths.values, strict=True))
    born = zip((int(str(year)) for year in births.axis("time").labels), births.values, strict=True)
    return {year: float(value - died[year]) for year, value in born if year in died}


def _row(
    period: tuple[int, int], area: str, at: dict[int, dict[str, float]], parts: Area, ends: Bounds
) -> dict[str, object]:
    return {
        "start": period[0], "end": period[1], "area": area, "population_start": at[period[0]][area],
        "population_end": at[period[1]][area], "growth": parts.growth, "net": parts.net_migration,
        "natural_low": ends.natural_low, "natural_high": ends.natural_high, "moved_low": ends.moved_low,
        "moved_high": ends.moved_high, "sign_known": ends.sign_is_known,
    }  # fmt: skip


def _vital_sources(pack: Pack, counts: pl.DataFrame) -> list[str]:
    """Sources of births and deaths in the years of the counts."""
    years = pl.col("year") >= counts["year"].min()
    events = pl.concat([inputs.chosen(pack, name).filter(years).select("source") for name in ("births", "deaths")])
    return events["source"].unique().sort().to_list()


def _certain(years: pl.DataFrame, sources: tuple[str, ...]) -> list[Number]:
    """Years in which reclassification has a known sign, and its bounds in the towns in each."""
    towns = years.filter(pl.col("area") == AREAS[0])
    known = towns.filter(pl.col("sign_known"))
    found = [Number("settlement.years", float(towns.height), "count"),
             Number("settlement.certain", float(known.height), "count")]  # fmt: skip
    for row in known.iter_rows(named=True):
        found.append(Number(f"settlement.reclassified_to.{row['start']}", row["end"], "year"))
        found += [
            Number(f"settlement.reclassified.{row['start']}.{end}", outward(row[f"moved_{end}"], end), "persons",
                   rank=3, sources=sources, method=METHOD)
            for end in ("low", "high")
        ]  # fmt: skip
    return found


def outward(value: float, part: str) -> float:
    """A bound away from its interval to whole thousands; what is no bound as it is.

    Examples
    --------
    >>> outward(-1234.0, "moved_low"), outward(1234.0, "moved_high"), outward(1234.0, "growth")
    (-2000.0, 2000.0, 1234.0)

    """
    ends = {"low": math.floor, "high": math.ceil}
    away = ends.get(part.rpartition("_")[2])
    return value if away is None else float(1000 * away(value / 1000))


def _longest(parts: pl.DataFrame, sources: tuple[str, ...]) -> list[Number]:
    """Growth, net migration and the bounds of the towns in the longest span."""
    towns = parts.filter(pl.col("area") == AREAS[0]).sort(pl.col("end") - pl.col("start"), "start")
    if towns.is_empty():
        return []
    row = towns.row(-1, named=True)
    name = f"settlement.{row['start']}_{row['end']}"
    found = [Number("settlement.span.from", float(row["start"]), "year"),
             Number("settlement.span.to", float(row["end"]), "year")]  # fmt: skip
    found += [
        Number(f"{name}.{part}", outward(row[part], part), "persons", rank=3, sources=sources, method=METHOD)
        for part in PARTS
    ]
    return found
