"""The simulated survey of the examples: drawn to margins that the pack holds, with labels in three languages."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from qonys import inputs, words
from qonys.catalog import Pack
from qonys.surveys.simulated import (
    GROUPS,
    MOTIVES,
    OCCUPATIONS,
    STAYS,
    SimulatedMargins,
    simulate,
    simulate_identity,
    simulate_mobility,
    simulate_stays,
)

STAGES = ("intends_within_2_3_years", "under_certain_circumstances", "plans_but_cannot_yet")
AGES = {"18-29": (18, 29), "30-39": (30, 39), "40+": (40, 200)}
NAME = "simulated-survey"


def margins_of(pack: Pack) -> SimulatedMargins:
    """Intention, intention by age and reasons as surveys published them, ages of residents.

    Intention at the ages that no share is published for is what the published total leaves.
    """
    shares = _shares(pack, "intention_stages", "answer")
    by_age = _shares(pack, "intention_by_age", "group")
    ages = adults(pack)
    rest = shares["considers_moving"] - sum(ages[age] * by_age[age] for age in by_age)
    considers = {age: by_age.get(age, rest / ages["40+"]) for age in AGES}
    named = _shares(pack, "reasons_to_leave", "answer")
    return SimulatedMargins(ages, considers, {stage: shares[stage] for stage in STAGES}, named)


def _shares(pack: Pack, figure: str, column: str) -> dict[str, float]:
    """Published percentages as shares, by the values of a column."""
    return {row[column]: row["value"] / 100 for row in inputs.rows(pack, figure).iter_rows(named=True)}


def adults(pack: Pack) -> dict[str, float]:
    """Shares of ages among residents of 18 and over, last year; five-year groups are taken as even inside."""
    people = residents_by_age(pack)
    total = {age: sum(n for year, n in people.items() if low <= year <= high) for age, (low, high) in AGES.items()}
    whole = sum(total.values())
    return {age: n / whole for age, n in total.items()}


def residents_by_age(pack: Pack, year: int | None = None) -> dict[int, float]:
    """Persons by single age in a year (the last without one), five-year groups split evenly."""
    rows = inputs.rows(pack, "population_by_age_sex").filter(pl.col("value").is_not_null())
    chosen = year if year is not None else int(str(rows["year"].max()))
    found: dict[int, float] = {}
    for row in rows.filter(pl.col("year") == chosen).iter_rows(named=True):
        end = row["age_end"] if row["age_end"] is not None else row["age_start"]
        for age in range(row["age_start"], end + 1):
            found[age] = found.get(age, 0.0) + row["value"] / (end - row["age_start"] + 1)
    return found


def write_example(margins: SimulatedMargins, folder: Path, n: int = 1200, seed: int = 1) -> tuple[Path, ...]:
    """`simulated-survey.csv`, its labels in three languages, made-up stays, moves and identities, in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    data = folder / f"{NAME}.csv"
    simulate(margins, n, seed).write_csv(data)
    stays = folder / f"{NAME}-stays.csv"
    simulate_stays(n, seed).write_csv(stays)
    moves = folder / f"{NAME}-mobility.csv"
    simulate_mobility(n, seed).write_csv(moves)
    ties = folder / f"{NAME}-identity.csv"
    simulate_identity(n, seed).write_csv(ties)
    paths = [data, stays, moves, ties]
    for language in words.LANGUAGES:
        path = folder / f"{NAME}-labels-{language}.csv"
        labels(margins, language).write_csv(path)
        paths.append(path)
    return tuple(paths)


def labels(margins: SimulatedMargins, language: str) -> pl.DataFrame:
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
