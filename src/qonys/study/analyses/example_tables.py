"""Small tables of a pack's figures, under the names that the examples in the help of the commands have."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.errors import BadInput
from qonys.study.analyses.example_people import MADE_UP, OF_PEOPLE, made_up, of_people
from qonys.study.analyses.indicators import own_tables
from qonys.study.analyses.shocks import dated_events
from qonys.words.notes import note

FLOWS = ("flows.csv", "population.csv", "gravity.csv", "departures.csv", "arrivals.csv", "net.csv")
SERIES, EVENTS, GROUPS = "series.csv", "events.csv", "groups.csv"
NAMES = (*FLOWS, SERIES, EVENTS, GROUPS, *OF_PEOPLE, *MADE_UP)
TOTAL, SHARES = "Total", "ethnic_groups_regions"


def write_examples(pack: Pack, folder: Path, language: str) -> tuple[Path, ...]:
    """Write the tables that the pack has figures for; their paths. Regions and groups have their names in `language`.

    Flows, population and distances are of the latest year that has them (gravity.csv: of all years), the margins and
    net totals of the year before; groups of the latest year.

    Raises
    ------
    BadInput
        A file of the name stands in the folder, or the pack has none of the figures.

    """
    made = dict(_tables(pack, language))
    if not made.keys() - set(MADE_UP):
        raise BadInput("catalog.example.none", pack=pack.country.get("code", ""))
    there = [name for name in made if (folder / name).exists()]
    if there:
        raise BadInput("catalog.example.there", folder=str(folder), files=", ".join(there))
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in made.items():
        frame.write_csv(folder / name)
    note("catalog.example.made_up", files=", ".join(MADE_UP))
    return tuple(folder / name for name in made)


def _tables(pack: Pack, language: str) -> Iterator[tuple[str, pl.DataFrame]]:
    if not inputs.available(pack, ("internal_od",)):
        yield from zip(FLOWS, _of_flows(pack, language), strict=True)
    net = inputs.chosen(pack, "net_migration")
    if net.height:
        yield SERIES, net.sort("year").select("year", "value")
        yield EVENTS, dated_events(pack).select("id", "start", "end", "kind", "direction")
    if not inputs.available(pack, (SHARES,)):
        yield GROUPS, _groups(pack, language)
    yield from of_people(pack)
    yield from made_up(pack)


def _of_flows(pack: Pack, language: str) -> tuple[pl.DataFrame, ...]:
    """Moves and residents of a year, moves with distances; departures, arrivals, net totals of the year before."""
    moves, auxiliary = own_tables(pack)
    places = {code: pack.region_name(code, language, short=True) for code in moves["origin"].unique()}
    named = moves.with_columns(pl.col("origin", "destination").replace(places))
    far = auxiliary["distances"].with_columns(pl.col("origin", "destination").replace(places))
    people = auxiliary["population"].with_columns(pl.col("region").replace(places))
    *_, before, last = sorted(moves["period"].unique())
    flows = named.filter(pl.col("period") == last).select("origin", "destination", "value")
    other = named.filter(pl.col("period") == before)
    out = other.group_by("origin", maintain_order=True).agg(pl.col("value").sum())
    into = other.group_by("destination", maintain_order=True).agg(pl.col("value").sum())
    net = into.join(out, left_on="destination", right_on="origin", suffix="_out")
    return (
        flows,
        people.filter(pl.col("period") == last).select("region", "population"),
        named.join(far, on=["origin", "destination"]).rename({"period": "year"}),
        out,
        into,
        net.select(region="destination", value=pl.col("value") - pl.col("value_out")),
    )


def _groups(pack: Pack, language: str) -> pl.DataFrame:
    rows = inputs.rows(pack, SHARES).filter((pl.col("year") == pl.col("year").max()) & pl.col("value").is_not_null())
    rows = rows.sort("rank").unique(["region", "ethnic_group"], keep="first", maintain_order=True)
    places = {code: pack.region_name(code, language, short=True) for code in rows["region"].unique()}
    groups = {code: pack.label("ethnic_group", code, language) for code in rows["ethnic_group"].unique()}
    group = pl.col("ethnic_group").replace({**groups, "total": TOTAL})
    return rows.select(pl.col("region").replace(places), group=group, value="value").sort("region", "group")
