"""From intentions to moves: what surveys say, what the register shows after, and what published rates would give."""

from __future__ import annotations

import polars as pl

from qonys.catalog import Pack
from qonys.study.analyses.simulated_survey import residents_by_age
from qonys.study.runs.results import Number, Results, TableResult
from qonys.surveys.potential import Range, implied_rates, potential, published_rates, rate_range

RANK = 3
METHOD = "surveys.potential.potential"
ASKED = (
    ("Gallup World", "would_leave", "KAZ", 2012, 15),
    ("BISAM / Gallup International", "would_move", "all", 2022, 18),
    ("DEMOSCOPE, migration attitudes", "considers_moving", "all", 2024, 18),
    ("DEMOSCOPE, migration attitudes", "intends_within_2_3_years", "all", 2024, 18),
)
PLAN = ASKED[3]
RUSSIANS = "Survey of ethnic Russians cited by Simakova"
WHOLE_YEAR = r"^\d{4}$"
PEOPLE = "wpp_portal_populaR"


def compute(pack: Pack, results: Results) -> None:
    """Add intentions, registered emigrants, implied and published rates, potential with its sensitivity, and by age."""
    asked, left = intentions(pack), emigrants(pack)
    after = implied_rates(asked.select("survey", "year", "people", "share"), left.filter(pl.col("whole")))
    rates = published_rates()
    realise = rate_range(rates)
    plan = asked.filter(pl.col("answer") == PLAN[1]).row(0, named=True)
    factors = {
        "people": Range(*(3 * (plan["people"],)), PEOPLE), "intend": Range(*(3 * (plan["share"],)), plan["source"]),
        "realise": realise,
    }  # fmt: skip
    table = potential(factors)
    ends = table.row(0, named=True)
    published = pl.DataFrame([vars(rate) for rate in rates])
    sources = (*sorted(set(asked["source"])), PEOPLE)
    ages = by_age(pack, realise, plan)
    results.add(
        TableResult("potential_asked", asked, "share", RANK, sources, "catalog"),
        TableResult("potential_left", left, "persons", RANK, tuple(sorted(_emigrant_sources(pack))), "catalog"),
        TableResult("potential_after", after, "share", RANK, sources, "surveys.potential.implied_rates"),
        TableResult("potential_rates", published, "share", RANK, (), "catalog"),
        TableResult("potential_factors", table, "persons", RANK, sources, METHOD),
        TableResult("potential_ages", ages, "persons", RANK, sources, METHOD),
        Number("potential.people", round(plan["people"], -3), "persons", rank=RANK, sources=sources),
        Number("potential.plan", plan["share"], "share", rank=RANK, sources=(plan["source"],)),
        *_ends("potential.movers", (ends["low"], ends["middle"], ends["high"]), "persons", sources),
        Number("potential.rate_low", realise.low, "share"),
        Number("potential.rate_high", realise.high, "share"),
        Number("potential.after_low", min(after["rate_low"].to_list()), "share", rank=RANK, sources=sources),
        Number("potential.after_high", max(after["rate_high"].to_list()), "share", rank=RANK, sources=sources),
        *_considers(pack),
        *_since(left, plan),
        *_russians(pack),
    )


def intentions(pack: Pack) -> pl.DataFrame:
    """Published intentions: survey, answer, year, from_age, people who could be asked, share, fieldwork, source."""
    rows = pack.table("survey_results")
    found = []
    for survey, answer, group, year, from_age in ASKED:
        row = rows.filter(
            (pl.col("survey") == survey) & (pl.col("answer") == answer) & (pl.col("group") == group)
            & (pl.col("population_asked") != "adults, 57 countries")
        ).row(0, named=True)  # fmt: skip
        people = sum(n for age, n in residents_by_age(pack, min(year, 2023)).items() if age >= from_age)
        found.append((survey, answer, year, from_age, people, row["value"] / 100, row["fieldwork"], row["source"]))
    names = ["survey", "answer", "year", "from_age", "people", "share", "fieldwork", "source"]
    return pl.DataFrame(found, schema=names, orient="row")


def emigrants(pack: Pack) -> pl.DataFrame:
    """Registered emigrants: year, low, high over sources; `whole` is false where only a part of the year is known."""
    rows = pack.table("external_flows").filter(
        (pl.col("flow") == "emigrants") & (pl.col("breakdown") == "total") & (pl.col("unit") == "persons")
        & (pl.col("reported_by") == str(pack.country["iso3"])) & pl.col("period").is_not_null()
    )  # fmt: skip
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


def _emigrant_sources(pack: Pack) -> set[str]:
    rows = pack.table("external_flows").filter((pl.col("flow") == "emigrants") & (pl.col("breakdown") == "total"))
    return set(rows["source"])


def by_age(pack: Pack, realise: Range, plan: dict[str, object]) -> pl.DataFrame:
    """Potential by age: group, people, share who intend, low, middle, high.

    The published shares by age are of those who consider moving; that the same part of them means it within two or
    three years at every age is an assumption.
    """
    rows = pack.table("survey_results").filter(
        (pl.col("survey") == PLAN[0]) & (pl.col("question") == "considers moving out of the country")
    )
    considers = float(rows.filter((pl.col("answer") == ASKED[2][1]) & (pl.col("group") == "all"))["value"][0])
    part = float(str(plan["share"])) * 100 / considers
    people = residents_by_age(pack, 2023)
    found = []
    for row in rows.filter(pl.col("group_type") == "age_group").sort("group").iter_rows(named=True):
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
    rows = pack.table("survey_results").filter((pl.col("survey") == PLAN[0]) & (pl.col("group_type") == "age_group"))
    return [
        Number(f"potential.considers.{row['group']}", row["value"] / 100, "share", rank=RANK, sources=(row["source"],))
        for row in rows.iter_rows(named=True)
    ]


def _since(left: pl.DataFrame, plan: dict[str, object]) -> list[Number]:
    """Registered emigrants after the survey of plans, and their part of those who planned."""
    later = left.filter(pl.col("year") > int(str(plan["year"])))
    planned = float(str(plan["people"])) * float(str(plan["share"]))
    count = float(later["low"].sum())
    return [
        Number("potential.planned", round(planned, -3), "persons", rank=RANK),
        Number("potential.since", count, "persons", rank=RANK),
        Number("potential.since_share", count / planned, "share", rank=RANK),
    ]


def _russians(pack: Pack) -> list[Number]:
    """Ethnic Russians: those who would leave within two years by the survey, and those who left in a known year."""
    rows = pack.table("survey_results").filter(pl.col("survey") == RUSSIANS)
    share = {row["answer"]: row["value"] / 100 for row in rows.iter_rows(named=True)}
    counts = pack.table("ethnic_national").filter(
        (pl.col("ethnic_group") == "russian") & (pl.col("unit") == "persons") & pl.col("year").is_in([2009, 2021])
    )["value"]
    gone = pack.table("external_flows").filter(
        (pl.col("flow") == "emigrants") & (pl.col("category") == "russian") & (pl.col("period") == "2019")
    )["value"]
    wish = share["would_like_to"] * share["within_two_years"]
    low, high = float(str(counts.min())) * wish, float(str(counts.max())) * wish
    sources, left = tuple(sorted(set(rows["source"]))), float(gone[0])
    return [
        Number("potential.wish", share["would_like_to"], "share", rank=RANK, sources=sources),
        Number("potential.soon", share["within_two_years"], "share", rank=RANK, sources=sources),
        *_ends("potential.russians", (low, (low + high) / 2, high), "persons", sources),
        Number("potential.russians_left", left, "persons", rank=RANK, sources=("lsm_2019",)),
        *_ends("potential.russians_rate", (2 * left / high, 4 * left / (low + high), 2 * left / low), "share", sources),
    ]


def _ends(name: str, values: tuple[float, float, float], unit: str, sources: tuple[str, ...]) -> list[Number]:
    """Low end, middle and high end of a range, as three numbers: a range is not an interval of confidence."""
    digits = -3 if unit == "persons" else 9
    return [
        Number(f"{name}.{end}", round(value, digits), unit, rank=RANK, sources=sources, method=METHOD)
        for end, value in zip(("low", "middle", "high"), values, strict=True)
    ]
