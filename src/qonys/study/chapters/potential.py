"""From intentions to moves: what surveys say, what the register shows after, and what published rates would give."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.study.analyses.simulated_survey import residents_by_age
from qonys.study.runs.dates import dated
from qonys.study.runs.results import PUBLISHED, Number, Results, TableResult
from qonys.surveys.potential import Range, implied_rates, potential, published_rates, rate_range

RANK = 3
METHOD = "surveys.potential.potential"
PLANS, CONSIDERS, BY_AGE = "intention_plans", "intention_considers", "intention_by_age"
CONTRAST = ("intention_contrast_group", "counts_contrast_group", "emigrants_contrast_group")
AGES, REGISTERED = "population_by_age_sex", "external_flow_totals_own_report"
WHOLE_YEAR = r"^\d{4}$"
OR_EARLIER = " or earlier"  # of a year of fieldwork, in the pack


def compute(pack: Pack, results: Results) -> None:
    """Add intentions, registered emigrants, implied and published rates, potential with its sensitivity, and by age."""
    with results.part() as known:
        asked, left = intentions(pack), emigrants(pack)
        plan = asked.filter(pl.col("figure") == PLANS).row(0, named=True)
        _movers(pack, results, asked, left)
    with results.part():
        registered = inputs.sources_of(pack, ("emigrants",))
        results.add(TableResult("potential_left", emigrants(pack), "persons", RANK, registered, PUBLISHED))
    with results.part():
        considers = asked.filter(pl.col("figure") == CONSIDERS)["year"]
        results.add(*_considers(pack), *(Number("potential.considers_year", year, "year") for year in considers))
    with results.part(known):
        results.add(*_since(pack, left, plan))
    with results.part():
        results.add(*_contrast(pack))


def _movers(pack: Pack, results: Results, asked: pl.DataFrame, left: pl.DataFrame) -> None:
    """People who could move: asked, counted after, by published rates, in all and by age."""
    after = implied_rates(asked.select("survey", "year", "people", "share"), left.filter(pl.col("whole")))
    rates = published_rates()
    realise = rate_range(rates)
    plan = asked.filter(pl.col("figure") == PLANS).row(0, named=True)
    asked = asked.drop("figure", "people_year")
    counted = inputs.sources_of(pack, (AGES,))
    factors = {
        "people": Range(*(3 * (plan["people"],)), "; ".join(counted)),
        "intend": Range(*(3 * (plan["share"],)), plan["source"]),
        "realise": realise,
    }
    table = potential(factors)
    ends = table.row(0, named=True)
    published = pl.DataFrame([vars(rate) for rate in rates])
    sources = (*sorted(set(asked["source"])), *counted)
    ages = by_age(pack, realise, plan)
    results.add(
        TableResult("potential_asked", asked, "share", RANK, sources, PUBLISHED),
        TableResult("potential_after", after, "share", RANK, sources, "surveys.potential.implied_rates"),
        TableResult("potential_rates", published, "share", RANK, (), "surveys.potential.published_rates"),
        TableResult("potential_factors", table, "persons", RANK, sources, METHOD),
        TableResult("potential_ages", ages, "persons", RANK, sources, METHOD),
        *_years("rates", (rate.first for rate in rates), (rate.last for rate in rates)),
        *_years("looked", after["year"], after["after"]),
        Number("potential.asked", plan["year"], "year"),
        Number("potential.people_year", plan["people_year"], "year"),
        Number("potential.from_age", plan["from_age"], "years"),
        Number("potential.people", round(plan["people"], -3), "persons", rank=RANK, sources=sources),
        Number("potential.plan", plan["share"], "share", rank=RANK, sources=(plan["source"],)),
        *_ends("potential.movers", (ends["low"], ends["middle"], ends["high"]), "persons", sources),
        *(Number(f"potential.rate_{end}", getattr(realise, end), "share") for end in ("low", "middle", "high")),
        Number("potential.after_low", min(after["rate_low"].to_list()), "share", rank=RANK, sources=sources),
        Number("potential.after_high", max(after["rate_high"].to_list()), "share", rank=RANK, sources=sources),
    )


def intentions(pack: Pack) -> pl.DataFrame:
    """Published intentions that the pack holds.

    figure, survey, answer, year, from_age, people who could be asked, share, fieldwork, source,
    people_year (to which the people are counted).
    """
    last = int(str(inputs.rows(pack, AGES)["year"].max()))
    found = []
    for one in inputs.country(pack).intentions:
        if inputs.available(pack, (one.figure,)):
            continue
        row = inputs.rows(pack, one.figure).row(0, named=True)
        counted = min(one.year, last)
        people = sum(n for age, n in residents_by_age(pack, counted).items() if age >= one.from_age)
        found.append(
            (one.figure, row["survey"], row["answer"], one.year, one.from_age, people, row["value"] / 100,
             row["fieldwork"], row["source"], counted)
        )  # fmt: skip
    names = ["figure", "survey", "answer", "year", "from_age", "people", "share", "fieldwork", "source", "people_year"]
    return pl.DataFrame(found, schema=names, orient="row")


def emigrants(pack: Pack) -> pl.DataFrame:
    """Registered emigrants: year, low, high over sources; `whole` is false where only a part of the year is known."""
    rows = inputs.rows(pack, REGISTERED)
    rows = rows.filter(pl.col("flow") == "emigrants").drop_nulls("period")
    dated = rows.with_columns(
        pl.col("period").str.extract(r"^(\d{4})(?:$|-)").cast(pl.Int64).alias("year"),
        pl.col("period").str.contains(WHOLE_YEAR).alias("whole"),
    ).filter(pl.col("year").is_not_null())
    whole = (
        dated.filter("whole")
        .group_by("year")
        .agg(pl.col("value").min().alias("low"), pl.col("value").max().alias("high"))
    )
    parts = dated.filter(~pl.col("whole")).join(whole, on="year", how="anti")
    part = parts.group_by("year").agg(pl.col("value").max().alias("low"), pl.col("value").max().alias("high"))
    both = [whole.with_columns(pl.lit(True).alias("whole")), part.with_columns(pl.lit(False).alias("whole"))]
    return pl.concat(both).sort("year")


def by_age(pack: Pack, realise: Range, plan: dict[str, object]) -> pl.DataFrame:
    """Potential by age: group, people, share who intend, low, middle, high.

    The published shares by age are of those who consider moving; that the same part of them means it within two or
    three years at every age is an assumption.
    """
    considers = float(inputs.rows(pack, CONSIDERS)["value"][0])
    part = float(str(plan["share"])) * 100 / considers
    people = residents_by_age(pack)
    found = []
    for row in inputs.rows(pack, BY_AGE).sort("group").iter_rows(named=True):
        low, high = (int(end) for end in row["group"].split("-"))
        count = sum(n for age, n in people.items() if low <= age <= high)
        share = row["value"] / 100 * part
        found.append(
            (
                row["group"],
                count,
                share,
                *(count * share * rate for rate in (realise.low, realise.middle, realise.high)),
            )
        )
    return pl.DataFrame(found, schema=["group", "people", "share", "low", "middle", "high"], orient="row")


def _considers(pack: Pack) -> list[Number]:
    """Published shares by age of those who consider moving."""
    rows = inputs.rows(pack, BY_AGE)
    return [
        Number(f"potential.considers.{row['group']}", row["value"] / 100, "share", rank=RANK, sources=(row["source"],))
        for row in rows.iter_rows(named=True)
    ]


def _since(pack: Pack, left: pl.DataFrame, plan: dict[str, object]) -> list[Number]:
    """Registered emigrants after the survey of plans, and their part of those who planned."""
    later = left.filter(pl.col("year") > int(str(plan["year"])))
    planned = float(str(plan["people"])) * float(str(plan["share"]))
    count = float(later["low"].sum())
    asked, counted = (str(plan["source"]), *inputs.sources_of(pack, (AGES,))), _counting(pack, later["year"].to_list())
    return [
        Number("potential.planned", round(planned, -3), "persons", rank=RANK, sources=asked),
        *_years("since", later["year"], later["year"]),
        Number("potential.since", count, "persons", rank=RANK, sources=counted),
        Number("potential.since_share", count / planned, "share", rank=RANK, sources=(*asked, *counted)),
    ]


def _counting(pack: Pack, years: list[int]) -> tuple[str, ...]:
    """Sources of the registered emigrants of these years."""
    rows = inputs.rows(pack, REGISTERED).filter(pl.col("flow") == "emigrants").drop_nulls("period")
    of_years = rows.filter(pl.col("period").str.extract(r"^(\d{4})").cast(pl.Int64).is_in(years))
    return tuple(of_years["source"].unique().sort())


def _contrast(pack: Pack) -> list[Number | TableResult]:
    """The contrast group: those who would leave within two years by a survey, and those who left in a known year."""
    if inputs.available(pack, CONTRAST):
        return []
    rows = inputs.rows(pack, CONTRAST[0])
    share = {row["answer"]: row["value"] / 100 for row in rows.iter_rows(named=True)}
    counts = inputs.rows(pack, CONTRAST[1])["value"]
    gone = inputs.rows(pack, CONTRAST[2])
    wish = share["would_like_to"] * share["within_two_years"]
    low, high = float(str(counts.min())) * wish, float(str(counts.max())) * wish
    sources, left = tuple(sorted(set(rows["source"]))), float(gone["value"][0])
    asked = dict.fromkeys(str(when) for when in rows["fieldwork"])
    return [
        dated("potential", {"potential.contrast_asked": ", ".join(_period(when) for when in asked)}),
        Number("potential.contrast_year", int(str(gone["period"][0])[:4]), "year"),
        Number("potential.wish", share["would_like_to"], "share", rank=RANK, sources=sources),
        Number("potential.soon", share["within_two_years"], "share", rank=RANK, sources=sources),
        *_ends("potential.contrast", (low, (low + high) / 2, high), "persons", sources),
        Number("potential.contrast_left", left, "persons", rank=RANK, sources=tuple(gone["source"].unique())),
        *_ends("potential.contrast_rate", (2 * left / high, 4 * left / (low + high), 2 * left / low), "share", sources),
    ]


def _years(name: str, first: Iterable[int], last: Iterable[int]) -> tuple[Number, Number]:
    """First and last year of a number."""
    return Number(f"potential.{name}_from", min(first), "year"), Number(f"potential.{name}_to", max(last), "year")


def _period(fieldwork: str) -> str:
    """When a survey asked, as an interval; "../2016" where only the last possible year is stated."""
    year = fieldwork.removesuffix(OR_EARLIER)
    return f"../{year}" if fieldwork.endswith(OR_EARLIER) else year


def _ends(name: str, values: tuple[float, float, float], unit: str, sources: tuple[str, ...]) -> list[Number]:
    """Low end, middle and high end of a range, as three numbers: a range is not an interval of confidence."""
    digits = -3 if unit == "persons" else 9
    return [
        Number(f"{name}.{end}", round(value, digits), unit, rank=RANK, sources=sources, method=METHOD)
        for end, value in zip(("low", "middle", "high"), values, strict=True)
    ]
