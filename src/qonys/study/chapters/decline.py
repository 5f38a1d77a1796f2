"""Why fewer leave, and which groups became diasporas: emigration split into size and rate, groups above a size."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.inputs.groups import census_counts, current_estimates
from qonys.measurement.leaving import fall
from qonys.study.analyses import history
from qonys.study.chapters.emigrants import REST, WHOLE_YEAR
from qonys.study.runs.dates import dated
from qonys.study.runs.results import PUBLISHED, Number, Results, TableResult

RANK = 3
METHOD, EXACT = "measurement.leaving.fall", "measurement.permutations.exact_difference"
LEAST, SHARE = 50_000.0, 0.01  # people, and share of the population, from which a group is a diaspora here
APART = ("total", "other")
PER_THOUSAND = 1000.0
SCHEMA = {
    "group": pl.String, "start": pl.String, "end": pl.String, "left_start": pl.Float64, "left_end": pl.Float64,
    "size_start": pl.Float64, "size_end": pl.Float64, "rate_start": pl.Float64, "rate_end": pl.Float64,
    "change": pl.Float64, "exhaustion": pl.Float64, "propensity": pl.Float64, "exhaustion_low": pl.Float64,
    "exhaustion_high": pl.Float64, "part": pl.Float64, "part_low": pl.Float64, "part_high": pl.Float64,
    "main": pl.Boolean, "source": pl.String,
}  # fmt: skip


def compute(pack: Pack, results: Results) -> None:
    """Add the parts of the fall by group and pair of periods, and the groups that passed the size of a diaspora."""
    with results.part():
        people = counts(pack)
        falls = falls_of(results.table("emigrants_parts").frame, people)
        sources = tuple(dict.fromkeys([*falls["source"].unique().sort(), *people["source"].unique().sort()]))
        ends = {f"decline.{end}.{row['group']}": str(row[end])
                for row in falls.filter("main").iter_rows(named=True) for end in ("start", "end")}  # fmt: skip
        results.add(TableResult("decline_parts", falls, "persons", RANK, sources, METHOD), *_numbers(falls),
                    dated("decline", ends))  # fmt: skip
    with results.part():
        grown = diasporas(people, regions_of(pack))
        told = tuple(people["source"].unique().sort())
        results.add(TableResult("decline_diasporas", grown, "persons", RANK, told, PUBLISHED),
                    Number("decline.diasporas", float(grown.height), "count"),
                    Number("decline.new", float(grown["new"].sum()), "count"),
                    Number("decline.least", LEAST, "count"))  # fmt: skip
    if inputs.country(pack).independence and any(not inputs.available(pack, (name,)) for name in history.DEPORTED):
        with results.part():
            _history(pack, results)


def _history(pack: Pack, results: Results) -> None:
    """Add the change of groups since independence by whether they were deported to the country, and its test."""
    people, country = history.counted(pack), inputs.country(pack)
    groups = history.changes(people, history.deported(pack), country.kin_groups, int(country.independence or 0))
    told = history.tested(groups)
    years = {*groups["start"], *groups["end"]}
    behind = people.filter(pl.col("year").is_in(list(years)) & pl.col("ethnic_group").is_in(groups["group"].unique()))
    at: dict[str, Any] = {"rank": RANK, "sources": tuple(behind["source"].unique().sort()), "method": EXACT}
    results.add(TableResult("decline_history", groups, "persons", RANK, at["sources"], PUBLISHED),
                TableResult("decline_history_test", told, "as_measure", RANK, at["sources"], EXACT))  # fmt: skip
    for row in told.head(1).iter_rows(named=True):
        results.add(
            *(Number(f"decline.history.{name}", row[name], "share", **at) for name in ("deported", "others")),
            *(Number(f"decline.history.{name}", row[name], "ratio", **at) for name in ("p", "low", "high")),
            Number("decline.history.start", row["start"], "year"), Number("decline.history.end", row["end"], "year"),
        )  # fmt: skip


def counts(pack: Pack) -> pl.DataFrame:
    """Groups by comparable count: year, ethnic_group, value (persons), total, source."""
    since = inputs.country(pack).composition_from or 0
    totals = inputs.chosen(pack, "census_population_of_groups").select("year", total=pl.col("value").cast(pl.Float64))
    census = census_counts(pack).join(totals, on="year", how="left")
    current = current_estimates(pack).filter(pl.col("value") > PER_THOUSAND)  # persons; other years are in percent
    columns = [
        pl.col("year").cast(pl.Int64),
        "ethnic_group",
        pl.col("value").cast(pl.Float64),
        pl.col("total").cast(pl.Float64),
        "source",
    ]
    found = pl.concat([part.select(columns) for part in (census, current)])
    return found.filter((pl.col("year") >= since) & ~pl.col("ethnic_group").is_in(list(APART))).sort(
        "ethnic_group", "year"
    )


def size_at(people: pl.DataFrame, group: str, when: float) -> float | None:
    """Size of a group at a time between its counts, of equal yearly growth; None outside of them."""
    own = people.filter((pl.col("ethnic_group") == group) & (pl.col("value") > 0)).sort("year")
    years, values = own["year"].to_numpy().astype(float), own["value"].to_numpy()
    if len(years) < 2 or not years[0] <= when <= years[-1]:
        return None
    return float(np.exp(np.interp(when, years, np.log(values))))


def falls_of(parts: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """The fall of each group from each earlier period to the newest one, split; `main` from the largest emigration.

    `parts`: emigrants by breakdown, category, period, start (first day), months and value (persons); of whole years.
    """
    named = (pl.col("breakdown") == "ethnic_group") & (pl.col("category") != REST) & pl.col("value").is_not_null()
    whole = parts.filter(named & (pl.col("months") % WHOLE_YEAR == 0))
    rows: list[dict[str, Any]] = []
    for (group,), own in whole.sort("start", "months").group_by("category", maintain_order=True):
        told = [one for row in own.iter_rows(named=True) if (one := _told(row, people, str(group)))]
        if len(told) > 1:
            last = max(told, key=lambda one: one["middle"])
            pairs = [_pair(str(group), one, last) for one in told if one["middle"] + 1 < last["middle"]]
            most = max((pair["left_start"] for pair in pairs), default=None)
            rows += [pair | {"main": pair["left_start"] == most} for pair in pairs]
    return pl.DataFrame(rows, SCHEMA)


def _told(row: dict[str, Any], people: pl.DataFrame, group: str) -> dict[str, Any] | None:
    years = row["months"] / WHOLE_YEAR
    middle = int(str(row["start"])[:4]) + years / 2
    size = size_at(people, group, middle)
    left = row["value"] / years
    return (
        None
        if size is None
        else {"period": row["period"], "middle": middle, "left": left, "size": size, "source": row["source"]}
    )


def _pair(group: str, first: dict[str, Any], last: dict[str, Any]) -> dict[str, Any]:
    found = fall((first["left"], last["left"]), (first["size"], last["size"]))
    ends = (
        sorted((found.exhaustion_low / found.change, found.exhaustion_high / found.change))
        if found.change
        else (0.0, 0.0)
    )
    return {
        "group": group, "start": first["period"], "end": last["period"], "left_start": first["left"],
        "left_end": last["left"], "size_start": first["size"], "size_end": last["size"],
        "rate_start": PER_THOUSAND * first["left"] / first["size"],
        "rate_end": PER_THOUSAND * last["left"] / last["size"],
        "change": found.change, "exhaustion": found.exhaustion, "propensity": found.propensity,
        "exhaustion_low": found.exhaustion_low, "exhaustion_high": found.exhaustion_high,
        "part": found.exhaustion / found.change if found.change else None, "part_low": ends[0], "part_high": ends[1],
        "source": first["source"],
    }  # fmt: skip


def _numbers(falls: pl.DataFrame) -> list[Number]:
    found = []
    for row in falls.filter("main").iter_rows(named=True):
        at: dict[str, Any] = {"rank": RANK, "sources": (row["source"],), "method": METHOD}
        found += [
            Number(f"decline.{name}.{row['group']}", row[name], unit, **at)
            for name, unit in (("change", "persons"), ("rate_start", "per_1000"), ("rate_end", "per_1000"))
        ]
        found += [Number(f"decline.since.{row['group']}", _years(row["start"])[0], "year"),
                  Number(f"decline.until.{row['group']}", _years(row["end"])[-1], "year")]  # fmt: skip
        found.append(Number(f"decline.part.{row['group']}", row["part"], "share", **at))
        found += [Number(f"decline.{end}.{row['group']}", row[end], "share", **at) for end in ("part_low", "part_high")]
    return found


def _years(period: str) -> list[int]:
    """The years that a period names."""
    return [int(year) for year in re.findall(r"\d{4}", period)]


def regions_of(pack: Pack) -> pl.DataFrame:
    """The region in which most of a group live: ethnic_group, region, region_share; no rows where no table tells."""
    if inputs.available(pack, ("ethnic_groups_regions",)):
        return pl.DataFrame(schema={"ethnic_group": pl.String, "region": pl.String, "region_share": pl.Float64})
    rows = inputs.rows(pack, "ethnic_groups_regions").with_columns(pl.col("value").cast(pl.Float64))
    newest = rows.filter(pl.col("year") == pl.col("year").max())
    share = (pl.col("value") / pl.col("value").sum()).over("ethnic_group")
    return (
        newest.with_columns(region_share=share)
        .sort("value", descending=True)
        .unique("ethnic_group", keep="first")
        .select("ethnic_group", "region", "region_share")
    )


def diasporas(people: pl.DataFrame, regions: pl.DataFrame) -> pl.DataFrame:
    """Groups with at least `LEAST` people or the `SHARE` of the population in the newest count that has them.

    Columns: group, passed (first count in which it had as many), at (its number then), before (its number in the count
    before, null where it was not counted), new (smaller in a count before), year, last, share, yearly
    (mean growth a year since `passed`), region, region_share. The largest growth stands first.
    """
    rows = []
    for (group,), own in people.sort("year").group_by("ethnic_group", maintain_order=True):
        large = [
            row
            for row in own.iter_rows(named=True)
            if row["value"] >= LEAST or row["value"] >= SHARE * (row["total"] or np.inf)
        ]
        last = own.row(-1, named=True)
        if not large or large[-1]["year"] != last["year"]:
            continue
        first = large[0]
        before = own.filter(pl.col("year") < first["year"])
        years = last["year"] - first["year"]
        rows.append({
            "ethnic_group": group, "passed": first["year"], "at": first["value"],
            "before": before["value"][-1] if before.height else None, "new": bool(before.height),
            "year": last["year"], "last": last["value"],
            "share": last["value"] / last["total"] if last["total"] else None,
            "yearly": (last["value"] / first["value"]) ** (1 / years) - 1 if years else None,
        })  # fmt: skip
    schema = {"ethnic_group": pl.String, "passed": pl.Int64, "at": pl.Float64, "before": pl.Float64, "new": pl.Boolean,
              "year": pl.Int64, "last": pl.Float64, "share": pl.Float64, "yearly": pl.Float64}  # fmt: skip
    found = pl.DataFrame(rows, schema).join(regions, on="ethnic_group", how="left")
    return found.rename({"ethnic_group": "group"}).sort("new", "yearly", descending=True, nulls_last=True)
