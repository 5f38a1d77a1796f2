"""The simulated survey of the examples: drawn to margins that the pack holds, with labels in three languages."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from qonys import words
from qonys.catalog import Pack
from qonys.surveys.simulated import GROUPS, MOTIVES, OCCUPATIONS, STAYS, Margins, simulate, simulate_stays

SURVEY = "DEMOSCOPE, migration attitudes"
REASONS = "Institute of Political Solutions (A. Skuratov)"
STAGES = ("intends_within_2_3_years", "under_certain_circumstances", "plans_but_cannot_yet")
AGES = {"18-29": (18, 29), "30-39": (30, 39), "40+": (40, 200)}
NAME = "simulated-survey"


def margins_of(pack: Pack) -> Margins:
    """Intention by age from DEMOSCOPE (2024), reasons from the Institute of Political Solutions, ages of residents.

    Intention above 40 is what the published total leaves: (21 % - 25 % of 18-29 - 30 % of 30-39) by their numbers.
    """
    rows = pack.table("survey_results")
    shares = {row["answer"]: row["value"] / 100 for row in rows.filter(
        (pl.col("survey") == SURVEY) & (pl.col("group") == "all")).iter_rows(named=True)}  # fmt: skip
    by_age = {row["group"]: row["value"] / 100 for row in rows.filter(
        (pl.col("survey") == SURVEY) & (pl.col("group_type") == "age_group")).iter_rows(named=True)}  # fmt: skip
    ages = adults(pack)
    rest = shares["considers_moving"] - sum(ages[age] * by_age[age] for age in by_age)
    considers = {age: by_age.get(age, rest / ages["40+"]) for age in AGES}
    reasons = rows.filter((pl.col("survey") == REASONS) & (pl.col("question") == "reason for leaving"))
    named = {row["answer"]: row["value"] / 100 for row in reasons.iter_rows(named=True)}
    return Margins(ages, considers, {stage: shares[stage] for stage in STAGES}, named)


def adults(pack: Pack) -> dict[str, float]:
    """Shares of ages among residents of 18 and over, last year; five-year groups are taken as even inside."""
    people = residents_by_age(pack)
    total = {age: sum(n for year, n in people.items() if low <= year <= high) for age, (low, high) in AGES.items()}
    whole = sum(total.values())
    return {age: n / whole for age, n in total.items()}


def residents_by_age(pack: Pack, year: int | None = None) -> dict[int, float]:
    """Persons by single age in a year (the last without one), five-year groups split evenly."""
    rows = pack.table("population_age_sex").filter(pl.col("value").is_not_null())
    chosen = year if year is not None else int(str(rows["year"].max()))
    found: dict[int, float] = {}
    for row in rows.filter((pl.col("year") == chosen) & pl.col("sex").is_in(["male", "female"])).iter_rows(named=True):
        end = row["age_end"] if row["age_end"] is not None else row["age_start"]
        for age in range(row["age_start"], end + 1):
            found[age] = found.get(age, 0.0) + row["value"] / (end - row["age_start"] + 1)
    return found


def write_example(margins: Margins, folder: Path, n: int = 1200, seed: int = 1) -> tuple[Path, ...]:
    """`simulated-survey.csv`, its labels in three languages and made-up records of stays, in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    data = folder / f"{NAME}.csv"
    simulate(margins, n, seed).write_csv(data)
    stays = folder / f"{NAME}-stays.csv"
    simulate_stays(n, seed).write_csv(stays)
    paths = [data, stays]
    for language in words.LANGUAGES:
        path = folder / f"{NAME}-labels-{language}.csv"
        labels(margins, language).write_csv(path)
        paths.append(path)
    return tuple(paths)


def labels(margins: Margins, language: str) -> pl.DataFrame:
    """Labels of the simulated survey: variable, code, label."""
    codes: dict[str, Iterable[str]] = {
        "age_group": AGES, "ethnic_group": dict(GROUPS), "occupation": dict(OCCUPATIONS),
        "intention": (*margins.stages, STAYS), "reason": (*margins.reasons, "other"),
        "settler": ("migrant", "native"), "simulated": ("simulated",),
    }  # fmt: skip
    rows = [
        (variable, code, words.text(f"surveys.label.{variable}.{code.replace('+', '_up')}", language))
        for variable, known in codes.items()
        for code in known
    ]
    rows += [
        (motive, code, words.text(f"surveys.label.answer.{code}", language))
        for motive in MOTIVES
        for code in ("yes", "no")
    ]
    rows += [(motive, "", words.text(f"surveys.label.{motive}", language)) for motive in MOTIVES]
    return pl.DataFrame(rows, schema=["variable", "code", "label"], orient="row")
