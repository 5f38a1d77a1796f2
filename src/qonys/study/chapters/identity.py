"""Language and identity: languages of groups, marriages between groups, and whether both go with leaving.

How many people of the other groups speak a language is bounded (Fréchet 1951): those who speak it are all of the group
of the same name, or as few of it as the others leave.
"""

from __future__ import annotations

import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.inputs.groups import census_counts, current_estimates
from qonys.measurement.association import LEAST, rank_correlation
from qonys.study.runs.results import PUBLISHED, Number, Results, TableResult

RANK = 3
COMMAND, SCHOOL, DAILY, OWN, SPEAKERS = "command", "instruction_school", "daily_use", "mother_tongue", "speakers"
EVERYBODY, BOTH, EXACTLY = "all", "both", "value"
BOUNDS = "study.chapters.identity.bounds"
ASSOCIATION = "measurement.association.rank_correlation"


def compute(pack: Pack, results: Results) -> None:
    """Add languages by group and year, marriages, bounds of the speakers among other groups, the association."""
    with results.part(keys=("year",)) as told:
        languages = shares_of(pack, "languages_known")
        sources = tuple(languages["source"].unique().sort())
        results.add(TableResult("identity_languages", languages, "share", RANK, sources, PUBLISHED))
        _published(pack, languages, results)
    with results.part() as married:
        marriages = shares_of(pack, "marriages_between_groups")
        wed = tuple(marriages["source"].unique().sort())
        results.add(TableResult("identity_marriages", marriages, "share", RANK, wed, PUBLISHED))
        whole = marriages.filter(pl.col("ethnic_group") == EVERYBODY)
        results.add(*(_published_number(f"identity.mixed.{row['year']}", row) for row in whole.iter_rows(named=True)),
                    *_ends("identity.mixed", whole["year"]))  # fmt: skip
    with results.part(told) as counted:
        people = census_counts(pack)
        shares = shares_of_groups(pack, people)
        _bounds(pack, languages, shares, results)
    with results.part(told, married, counted):
        given = indicators(languages, marriages, shares, spoken(pack))
        groups = given.join(
            growth_after(pl.concat([people, _current(pack, people)])), on=["ethnic_group", "year"], how="left"
        )
        tied = association(groups)
        named = _behind(groups, languages, wed, people)
        results.add(TableResult("identity_groups", groups, "as_indicator", 4, named, ASSOCIATION),
                    TableResult("identity_association", tied, "as_indicator", 4, named, ASSOCIATION),
                    *_coefficients(tied, named))  # fmt: skip


def shares_of(pack: Pack, figure: str) -> pl.DataFrame:
    """Rows of a figure published in percent, as shares: its columns, `share`, source and rank."""
    frame = inputs.rows(pack, figure).drop("unit", "status", "note")
    return frame.with_columns(pl.col("year").cast(pl.Int64), share=pl.col("value") / 100).drop("value")


def spoken(pack: Pack) -> tuple[str, ...]:
    """Codes of the languages of the group that the state counts as its own and of the one next to it."""
    settings = inputs.country(pack)
    return tuple(code for code in (settings.kin, settings.contrast_group) if code is not None)


def _ends(name: str, years: pl.Series) -> tuple[Number, Number]:
    """First and newest year of what stands under a name."""
    first, last = years.min(), years.max()
    return Number(f"{name}.from", float(str(first)), "year"), Number(f"{name}.to", float(str(last)), "year")


def _published_number(name: str, row: dict[str, object]) -> Number:
    return Number(name, float(str(row["share"])), "share", None, None, RANK, (str(row["source"]),), PUBLISHED)


def _published(pack: Pack, languages: pl.DataFrame, results: Results) -> None:
    """Newest command of both languages, first and newest share of pupils taught in them."""
    kept = languages.filter(pl.col("language").is_in(spoken(pack)) & (pl.col("bound") == EXACTLY))
    everybody = kept.filter(pl.col("ethnic_group") == EVERYBODY)
    command = everybody.filter(pl.col("measure") == COMMAND)
    newest = command.filter(pl.col("year") == command["year"].max())
    school = everybody.filter(pl.col("measure") == SCHOOL)
    both = school.group_by("year").len().filter(pl.col("len") == len(spoken(pack)))["year"]
    ends = school.filter(pl.col("year").is_in([both.min(), both.max()]))
    results.add(
        Number("identity.command.to", float(str(newest["year"].max())), "year"), *_ends("identity.school", both)
    )
    results.add(*(_published_number(f"identity.command.{row['language']}.{row['year']}", row)
                  for row in newest.iter_rows(named=True)),
                *(_published_number(f"identity.school.{row['language']}.{row['year']}", row)
                  for row in ends.iter_rows(named=True)))  # fmt: skip


def shares_of_groups(pack: Pack, people: pl.DataFrame) -> dict[tuple[int, str], float]:
    """Share of each group in the population by census, as counted with the groups."""
    totals = dict(inputs.chosen(pack, "census_population_of_groups").select("year", "value").rows())
    return {
        (int(year), group): value / totals[year]
        for year, group, value in people.select("year", "ethnic_group", "value").rows() if year in totals
    }  # fmt: skip


def bounds(spoken_by_all: float, group: float) -> tuple[float, float]:
    """Least and largest share of speakers among people outside of a group that is the share `group` of all.

    Examples
    --------
    >>> [round(end, 3) for end in bounds(0.8, 0.5)]
    [0.6, 1.0]

    """
    return max(0.0, spoken_by_all - group) / (1 - group), min(1.0, spoken_by_all / (1 - group))


def _bounds(pack: Pack, languages: pl.DataFrame, shares: dict[tuple[int, str], float], results: Results) -> None:
    """Speakers of each language among the other groups, in the years of censuses; who of them uses it daily."""
    rows, kept = [], languages.filter((pl.col("ethnic_group") == EVERYBODY) & (pl.col("bound") == EXACTLY))
    for row in kept.filter(pl.col("measure").is_in([COMMAND, DAILY])).iter_rows(named=True):
        group = shares.get((row["year"], row["language"]))
        if row["language"] not in spoken(pack) or group is None:
            continue
        own = languages.filter(
            (pl.col("measure") == row["measure"]) & (pl.col("year") == row["year"])
            & (pl.col("language") == row["language"]) & (pl.col("ethnic_group") == row["language"])
        )  # fmt: skip
        low, high = bounds(row["share"], group)
        if own.height:  # the group's own share is published: what is left is of the others
            low = high = min(1.0, max(0.0, (row["share"] - group * own["share"][0]) / (1 - group)))
        rows.append({"year": row["year"], "measure": row["measure"], "language": row["language"],
                     "everybody": row["share"], "group": group, "low": low, "high": high,
                     "source": row["source"]})  # fmt: skip
    frame = pl.DataFrame(rows, SCHEMA)
    sources = tuple(frame["source"].unique().sort())
    results.add(TableResult("identity_others", frame, "share", 4, sources, BOUNDS))
    for row in rows:
        name = f"identity.others.{row['measure']}.{row['language']}.{row['year']}"
        named = (row["source"],)
        results.add(Number(f"{name}.least", row["low"], "share", None, None, 4, named, BOUNDS),
                    Number(f"{name}.most", row["high"], "share", None, None, 4, named, BOUNDS))  # fmt: skip


SCHEMA = {
    "year": pl.Int64, "measure": pl.String, "language": pl.String, "everybody": pl.Float64, "group": pl.Float64,
    "low": pl.Float64, "high": pl.Float64, "source": pl.String,
}  # fmt: skip


def indicators(
    languages: pl.DataFrame, marriages: pl.DataFrame, shares: dict[tuple[int, str], float], common: tuple[str, ...]
) -> pl.DataFrame:
    """Indicators of groups: indicator, year, ethnic_group, value.

    `mother_tongue` and `command_…` are shares of a group, `mixed_marriages` the mean share of both sexes, `speakers`
    those who speak the language of the group's name per member of it, but for languages that are `common` to all.
    """
    exact = languages.filter(pl.col("bound") == EXACTLY).rename({"share": "value"})
    grouped = exact.filter(pl.col("ethnic_group") != EVERYBODY)
    own = grouped.filter((pl.col("measure") == OWN) & (pl.col("language") == pl.col("ethnic_group")))
    known = grouped.filter((pl.col("measure") == COMMAND) & pl.col("language").is_in(common))
    wed = (
        marriages.filter(pl.col("ethnic_group") != EVERYBODY)
        .group_by("year", "ethnic_group")
        .agg(value=pl.col("share").mean())
    )
    spoken_by = exact.filter((pl.col("ethnic_group") == EVERYBODY) & (pl.col("measure") == COMMAND)
                             & ~pl.col("language").is_in(common))  # fmt: skip
    per_member = [
        (SPEAKERS, year, group, value / shares[year, group])
        for year, group, value in spoken_by.select("year", "language", "value").rows() if (year, group) in shares
    ]  # fmt: skip
    columns = ["indicator", "year", "ethnic_group", "value"]
    parts = [
        own.with_columns(indicator=pl.lit(OWN)), known.with_columns(indicator="command_" + pl.col("language")),
        wed.with_columns(indicator=pl.lit("mixed_marriages")),
    ]  # fmt: skip
    schema = {"indicator": pl.String, "year": pl.Int64, "ethnic_group": pl.String, "value": pl.Float64}
    found = [part.select(columns) for part in parts]
    return pl.concat([*found, pl.DataFrame(per_member, schema, orient="row")]).sort(columns[:3])


def _current(pack: Pack, people: pl.DataFrame) -> pl.DataFrame:
    """Newest estimate of the groups after the last census, in persons; no rows where there is none."""
    found = current_estimates(pack)
    later = found.filter(pl.col("value") > 100).select(people.columns)  # persons: other years are published in percent
    return later.filter((pl.col("year") == later["year"].max()) & (pl.col("year") > people["year"].max()))


def growth_after(people: pl.DataFrame) -> pl.DataFrame:
    """Growth of each group to its next count: ethnic_group, year, end, growth (share of the first count).

    Examples
    --------
    >>> made = pl.DataFrame({"ethnic_group": ["a", "a"], "year": [1, 11], "value": [100.0, 50.0]})
    >>> growth_after(made).select("year", "end", pl.col("growth").round(4)).rows()
    [(1, 11, -0.5)]

    """
    ordered = (
        people.filter(pl.col("value") > 0).sort("ethnic_group", "year").with_columns(pl.col("year").cast(pl.Int64))
    )
    later = {name: pl.col(name).shift(-1).over("ethnic_group") for name in ("year", "value")}
    rate = later["value"] / pl.col("value") - 1
    return ordered.select("ethnic_group", "year", end=later["year"], growth=rate).drop_nulls("end")


def association(groups: pl.DataFrame) -> pl.DataFrame:
    """Rank correlation of an indicator of groups with their growth to the next count.

    `groups`: indicator, year, ethnic_group, value, end, growth. Columns: indicator, year, end, groups (with both
    figures), least (groups that are needed), correlation, low, high, p; null where the groups are too few.
    """
    rows = []
    for (indicator, year), part in groups.group_by("indicator", "year", maintain_order=True):
        both = part.drop_nulls("growth")
        found = rank_correlation(both["value"].to_numpy(), both["growth"].to_numpy())
        ends = (None,) * 4 if found is None else (found.value, found.low, found.high, found.p)
        rows.append((indicator, year, both["end"].max() if both.height else None, both.height, LEAST, *ends))
    columns = {"indicator": pl.String, "year": pl.Int64, "end": pl.Int64, "groups": pl.Int64, "least": pl.Int64,
               "correlation": pl.Float64, "low": pl.Float64, "high": pl.Float64, "p": pl.Float64}  # fmt: skip
    return pl.DataFrame(rows, columns, orient="row")


def _behind(
    groups: pl.DataFrame, languages: pl.DataFrame, wed: tuple[str, ...], people: pl.DataFrame
) -> tuple[str, ...]:
    """Sources of the indicators of groups and of the counts since the first of them."""
    used = languages.filter((pl.col("measure") == COMMAND) & (pl.col("bound") == EXACTLY))
    since = people.filter(pl.col("year") >= groups["year"].min())
    return tuple(dict.fromkeys([*used["source"].unique().sort(), *wed, *since["source"].unique().sort()]))


def _coefficients(tied: pl.DataFrame, sources: tuple[str, ...]) -> list[Number]:
    return [
        Number(f"identity.tied.{row['indicator']}.{row['year']}", row["correlation"], "ratio", row["low"], row["high"],
               4, sources, ASSOCIATION)
        for row in tied.drop_nulls("correlation").iter_rows(named=True)
    ]  # fmt: skip
