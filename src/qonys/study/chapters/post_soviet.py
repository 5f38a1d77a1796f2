"""One group in the states that were one country: its count at the last common census and since, and who moved between.

Change of a group's number holds births, deaths, migration and changed declaration together; only registered net
migration to the group's own state is published apart. Ranks are given for each choice of the newest count.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.inputs.groups import census_counts
from qonys.study.runs.results import PUBLISHED, Number, Results, TableResult

RANK = 3
COMPUTED = "study.chapters.post_soviet.change"
BETWEEN = "study.chapters.post_soviet.stocks"
CENSUS, LEFT, NATIVE = "census", "russians_net_to_russia", "russian_native_speakers"
THOUSAND, HALF = 1000, 0.5
RULES = ("newest", "census", "yearly", "first")


def compute(pack: Pack, results: Results) -> None:
    """Add counts of the group by state, change since the last common census, ranks, stocks between the states."""
    home = str(pack.country["iso3"])
    with results.part(keys=("country",)) as counted:
        counts = all_counts(pack)
        sources = tuple(counts["source"].unique().sort())
        results.add(TableResult("post_soviet_counts", counts, "persons", RANK, sources, PUBLISHED))
    with results.part(counted):
        since = common_census(counts)
        changed = change(counts, since, registered_moves(pack))
        results.add(TableResult("post_soviet_change", changed, "persons", RANK, sources, COMPUTED),
                    Number("post_soviet.since", float(since), "year"),
                    Number("post_soviet.states", float(changed.filter(~pl.col("own")).height), "count"))  # fmt: skip
        _told(changed, home, results)
    if not inputs.available(pack, ("migrant_stock", "partners_stock", "partners_population_mid_year")):
        with results.part(counted):
            _between(pack, counts["country"].unique().to_list(), results)


def all_counts(pack: Pack) -> pl.DataFrame:
    """Counts of the group by state and year: country, year, basis, value, share, population, source, rank.

    Of several sources of a count the one that is not rounded is taken. The home country's censuses come from its own
    counts of groups. `population`: as published with the count, else the mid-year estimate of the year, else the count
    divided by its published share; null where there is none of them.
    """
    persons = pl.concat([_published(pack), _of_censuses(pack)])
    rounded = (pl.col("value") % THOUSAND == 0).alias("rounded")
    first = persons.sort("country", "year", rounded, "rank", "source").unique(["country", "year"], keep="first")
    shares = inputs.rows(pack, "russians_post_soviet_share").select(
        "country", pl.col("year").cast(pl.Int64), share=pl.col("value") / 100
    ).unique(["country", "year"], keep="first")  # fmt: skip
    people = pl.concat([_of_home(pack), inputs.rows(pack, "population_post_soviet").select(
        "country", pl.col("year").cast(pl.Int64), published=pl.col("value").cast(pl.Float64)
    )]).unique(["country", "year"], keep="first", maintain_order=True)  # fmt: skip
    joined = first.join(shares, on=["country", "year"], how="left").join(people, on=["country", "year"], how="left")
    joined = joined.join(_middle(pack), on=["country", "year"], how="left")
    population = pl.coalesce("published", "middle", pl.col("value") / pl.col("share"))
    return joined.with_columns(population=population, share=pl.coalesce("share", pl.col("value") / population)).select(
        "country", "year", "basis", "value", "share", "population", "source", "rank"
    ).sort("country", "year")  # fmt: skip


def _published(pack: Pack) -> pl.DataFrame:
    return inputs.rows(pack, "russians_post_soviet").drop_nulls("value").select(
        "country", pl.col("year").cast(pl.Int64), "basis", pl.col("value").cast(pl.Float64), "source", "rank"
    )  # fmt: skip


def _of_censuses(pack: Pack) -> pl.DataFrame:
    """The group next to the state's own one by the censuses of the home country."""
    group = inputs.country(pack).contrast_group
    own = census_counts(pack).filter(pl.col("ethnic_group") == group)
    return own.select(
        pl.lit(str(pack.country["iso3"])).alias("country"), pl.col("year").cast(pl.Int64),
        pl.lit(CENSUS).alias("basis"),
        pl.col("value").cast(pl.Float64), "source", "rank",
    )  # fmt: skip


def _of_home(pack: Pack) -> pl.DataFrame:
    """The home country's population as its groups were counted in it."""
    return inputs.chosen(pack, "census_population_of_groups").select(
        pl.lit(str(pack.country["iso3"])).alias("country"), pl.col("year").cast(pl.Int64),
        published=pl.col("value").cast(pl.Float64),
    )  # fmt: skip


def _middle(pack: Pack) -> pl.DataFrame:
    if inputs.available(pack, ("partners_population_mid_year",)):
        return pl.DataFrame(schema={"country": pl.String, "year": pl.Int64, "middle": pl.Float64})
    return inputs.rows(pack, "partners_population_mid_year").select(
        "country", pl.col("year").cast(pl.Int64), middle=pl.col("value").cast(pl.Float64)
    )


def common_census(counts: pl.DataFrame) -> int:
    """The last year in which every state was counted."""
    states = counts["country"].n_unique()
    years = counts.filter(pl.col("basis") == CENSUS).group_by("year").agg(n=pl.col("country").n_unique())
    return int(str(years.filter(pl.col("n") == states)["year"].max()))


def registered_moves(pack: Pack) -> pl.DataFrame:
    """Registered net migration of the group to its own state, by state: country, left (persons), upto, left_source."""
    told = inputs.rows(pack, "post_soviet_russians").filter(pl.col("indicator") == LEFT)
    return told.select(
        "country", left=pl.col("value").cast(pl.Float64), upto=pl.col("year").cast(pl.Int64), left_source="source"
    )  # fmt: skip


def change(counts: pl.DataFrame, since: int, left: pl.DataFrame) -> pl.DataFrame:
    """Change of the group since the common census by state, and the places of each choice of the newest count.

    Columns: country, own (more than half of its people are of the group), first, first_source, share_first,
    population_first; year, basis, source, last, share_last, population_last of the newest count; left, upto,
    left_source; changed_newest, changed_census (newest census alone), changed_yearly (a year, to the newest count),
    changed_first (to the first census after), shares of the first count; place_… of each, 1 is the largest loss, among
    the states that are not the group's own.
    """
    start = counts.filter(pl.col("year") == since).select(
        "country", first="value", first_source="source", share_first="share", population_first="population"
    )
    later = counts.filter(pl.col("year") > since).sort("country", "year")
    newest = (
        later.group_by("country", maintain_order=True)
        .last()
        .select("country", "year", "basis", "source", last="value", share_last="share", population_last="population")
    )
    counted = later.filter(pl.col("basis") == CENSUS)
    ends = {
        "census": counted.group_by("country", maintain_order=True).last(),
        "first": counted.group_by("country", maintain_order=True).first(),
    }
    frame = start.join(newest, on="country").join(left, on="country", how="left")
    for name, end in ends.items():
        frame = frame.join(end.select("country", pl.col("value").alias(f"last_{name}")), on="country", how="left")
    frame = frame.with_columns(
        own=pl.col("share_first").fill_null(0.0) > HALF,
        changed_newest=pl.col("last") / pl.col("first") - 1, changed_census=pl.col("last_census") / pl.col("first") - 1,
        changed_yearly=(pl.col("last") / pl.col("first")).pow(1 / (pl.col("year") - since)) - 1,
        changed_first=pl.col("last_first") / pl.col("first") - 1,
    )  # fmt: skip
    places = [
        pl.when(~pl.col("own"))
        .then(pl.col(f"changed_{rule}").rank("min").over("own")).cast(pl.Int64).alias(f"place_{rule}")
        for rule in RULES
    ]  # fmt: skip
    return frame.with_columns(*places).drop("last_census", "last_first").sort("changed_newest")


def _told(changed: pl.DataFrame, home: str, results: Results) -> None:
    """The home country's change and place, with the range that the choice of the newest count leaves."""
    found = changed.filter(pl.col("country") == home)
    if found.is_empty():
        return
    row, others = found.row(0, named=True), changed.filter((pl.col("country") != home) & ~pl.col("own"))
    places = [row[f"place_{rule}"] for rule in RULES if row[f"place_{rule}"] is not None]
    named, end = tuple(dict.fromkeys((row["first_source"], row["source"]))), row["year"]
    results.add(
        Number(f"post_soviet.first.{home}", row["first"], "persons", None, None, RANK, named[:1], PUBLISHED),
        Number(f"post_soviet.last.{home}.{end}", row["last"], "persons", None, None, RANK, named[-1:], PUBLISHED),
        Number("post_soviet.to", float(end), "year"),
        Number(f"post_soviet.change.{home}.{end}", row["changed_newest"], "share", None, None, RANK, named, COMPUTED),
        Number("post_soviet.change.middle", float(str(others["changed_newest"].median())), "share", None, None, RANK,
               tuple(others["source"].unique().sort()), COMPUTED),
        Number("post_soviet.place", float(row["place_newest"]), "count"),
        Number("post_soviet.place_low", float(min(places)), "count"),
        Number("post_soviet.place_high", float(max(places)), "count"),
    )  # fmt: skip
    _left(changed, row, results)


def _left(changed: pl.DataFrame, row: dict[str, Any], results: Results) -> None:
    """Registered net migration of the home country's group to its own state, and its place among the states."""
    home, named = row["country"], (row["left_source"],)
    if row["left"] is not None:
        told = changed.drop_nulls("left").filter(~pl.col("own"))
        more = told.filter(pl.col("left") / pl.col("first") > row["left"] / row["first"]).height
        results.add(
            Number(f"post_soviet.left.{home}.{row['upto']}", row["left"], "persons", rank=RANK, sources=named),
            Number(f"post_soviet.left_share.{home}.{row['upto']}", row["left"] / row["first"], "share", rank=RANK,
                   sources=named, method=COMPUTED),
            Number("post_soviet.upto", float(row["upto"]), "year"),
            Number("post_soviet.left_place", float(more + 1), "count"),
            Number("post_soviet.left_states", float(told.height), "count"),
        )  # fmt: skip


def _between(pack: Pack, states: list[str], results: Results) -> None:
    home = str(pack.country["iso3"])
    frame, sources = stocks(pack, states), _newest_sources(pack)
    ends = int(str(frame["year"].min())), int(str(frame["year"].max()))
    results.add(TableResult("post_soviet_stocks", frame, "persons", 2, sources, BETWEEN),
                Number("post_soviet.stocks.from", float(ends[0]), "year"),
                Number("post_soviet.stocks.to", float(ends[1]), "year"),
                Number("post_soviet.stocks.states", float(frame["country"].n_unique()), "count"))  # fmt: skip
    for row in frame.filter((pl.col("country") == home) & pl.col("year").is_in(ends)).iter_rows(named=True):
        results.add(*(
            Number(f"post_soviet.stock.{side}.{home}.{row['year']}", row[side], "persons", rank=2, sources=sources,
                   method=BETWEEN)
            for side in ("abroad", "here")
        ))  # fmt: skip


def _newest_sources(pack: Pack) -> tuple[str, ...]:
    """Sources of the stocks, the home country's of the newest revision alone, and of the mid-year populations."""
    own = inputs.rows(pack, "migrant_stock").filter(pl.col("revision") == pl.col("revision").max())
    return tuple(sorted({*own["source"], *inputs.sources_of(pack, ("partners_stock", "partners_population_mid_year"))}))


def stocks(pack: Pack, states: list[str]) -> pl.DataFrame:
    """Stocks by birthplace between the states of which the pack has both sides.

    Columns: country, year, abroad (born there, living in the others), here (living there, born in the others), net
    (here less abroad), population (middle of the year, or of the last year with an estimate), persons.
    """
    own = inputs.rows(pack, "migrant_stock").filter(pl.col("revision") == pl.col("revision").max())
    columns = ("year", "origin", "destination", "value")
    partners = inputs.rows(pack, "partners_stock").select(columns)
    held = [state for state in states if state in {str(pack.country["iso3"]), *partners["origin"].unique()}]
    inside = (
        pl.col("origin").is_in(held) & pl.col("destination").is_in(held) & (pl.col("origin") != pl.col("destination"))
    )
    pairs = pl.concat([partners, own.select(columns)]).filter(inside).with_columns(pl.col("year").cast(pl.Int64))
    sums = [
        pairs.group_by("year", pl.col(end).alias("country")).agg(pl.col("value").sum().cast(pl.Float64).alias(name))
        for end, name in (("origin", "abroad"), ("destination", "here"))
    ]  # fmt: skip
    both = (
        sums[0]
        .join(sums[1], on=["year", "country"], how="full", coalesce=True)
        .with_columns(pl.col("abroad", "here").fill_null(0.0))
    )
    people = _middle(pack).sort("country", "year")
    joined = both.sort("country", "year").join_asof(
        people, on="year", by="country", strategy="backward", check_sortedness=False
    )
    return joined.select(
        "country", "year", "abroad", "here", net=pl.col("here") - pl.col("abroad"), population="middle"
    ).sort("country", "year")
