"""A simulated survey for examples and teaching, in place of microdata that may not be redistributed.

Age and intention are drawn to published margins and then weighted to them exactly; reasons are drawn with their
published shares. Everything else (groups, occupations, motives, items of adaptation, strata and clusters, and their
associations) is invented to illustrate the methods and says nothing about any country.
The column `simulated` says so in every row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from qonys.errors import BadInput
from qonys.surveys.design import Array

STRATA, CLUSTERS = 6, 12
GROUPS = (("group_a", 0.6), ("group_b", 0.25), ("group_c", 0.15))
OCCUPATIONS = (("worker", 0.4), ("specialist", 0.35), ("not_working", 0.25))
MOTIVES = ("motive_work", "motive_study", "motive_family", "motive_language", "motive_safety")
ITEMS = ("labour_1", "labour_2", "housing_1", "housing_2", "language_1", "language_2", "ties_1", "ties_2",
         "legal_1", "legal_2", "well_being_1", "well_being_2")  # fmt: skip
STAYS = "does_not_intend"
SETTLEMENTS = ("village", "town", "city", "capital")


@dataclass(frozen=True)
class SimulatedMargins:
    """What the drawing keeps to: shares of ages, share that considers moving by age, stages of the intention (parts
    of all), reasons (parts of those who consider moving; the rest gives another reason). All between 0 and 1.
    """

    ages: Mapping[str, float]
    considers: Mapping[str, float]
    stages: Mapping[str, float]
    reasons: Mapping[str, float]

    def __post_init__(self) -> None:
        if set(self.ages) != set(self.considers) or abs(sum(self.ages.values()) - 1) > 1e-9:
            raise BadInput("surveys.simulated.margins", part="ages")
        if not all(0 < share < 1 for share in self.considers.values()) or sum(self.reasons.values()) > 1:
            raise BadInput("surveys.simulated.margins", part="considers, reasons")


def simulate(margins: SimulatedMargins, n: int = 1200, seed: int = 1, waves: int = 2) -> pl.DataFrame:
    """A simulated sample of `n` respondents per wave: columns of strata, clusters, weights and answers; reproducible.

    Weighted shares of age, and of intention by age, are those of `margins` to rounding in every wave.

    Raises
    ------
    BadInput
        Fewer people than the margins need.

    """
    rng = np.random.Generator(np.random.Philox(key=seed))
    frame = pl.concat([_wave(margins, n, wave + 1, rng) for wave in range(waves)])
    return frame.with_columns(pl.lit("simulated").alias("simulated"))


def simulate_stays(n: int = 600, seed: int = 1) -> pl.DataFrame:
    """Simulated records of stays, one row per person.

    Columns: id, years (in the place), end (empty: censored), place, kin, simulated. The annual probability of leaving
    falls with duration and is lower for those with kin in the place; of those who leave, two in three return and one
    moves on; observation ends after one to ten years.
    """
    rng = np.random.Generator(np.random.Philox(key=seed))
    place = np.array(["place_a", "place_b", "place_c"])[rng.integers(0, 3, n)]
    kin = rng.random(n) < 0.5
    level = 0.16 * np.where(place == "place_a", 0.7, 1.0) * np.where(kin, 0.6, 1.2)
    alive, left = np.ones(n, dtype=bool), np.full(n, np.inf)
    for year in range(15):
        goes = alive & (rng.random(n) < level * np.exp(-year / 6))
        left[goes] = year + rng.random(int(goes.sum()))
        alive &= ~goes
    watched = rng.uniform(1, 10, n)
    end = np.where(rng.random(n) < 2 / 3, "return", "move_on")
    return pl.DataFrame(
        {
            "id": [f"made-up-{i + 1}" for i in range(n)], "years": np.round(np.minimum(left, watched), 3),
            "end": pl.Series(end).set(pl.Series(left > watched), None), "place": place,
            "kin": np.where(kin, "yes", "no"), "simulated": ["simulated"] * n,
        }
    )  # fmt: skip


def simulate_mobility(n: int = 1500, seed: int = 1) -> pl.DataFrame:
    """Simulated places of birth and of residence, one row per person, of two generations; invented throughout.

    Columns: id, generation, birthplace, residence, simulated. Log odds of staying are two thirds as high in the younger
    generation; everybody is drawn to larger places.
    """
    rng = np.random.Generator(np.random.Philox(key=seed))
    young = rng.random(n) < 0.5
    start = np.array([0.45, 0.25, 0.2, 0.1])
    birth = rng.choice(len(SETTLEMENTS), size=n, p=start)
    steps = -np.abs(np.subtract.outer(np.arange(4), np.arange(4))) + 1.0 * np.eye(4)
    score = steps[birth] * np.where(young, 2 / 3, 1.0)[:, None] + 0.25 * np.arange(4)
    share = np.exp(score) / np.exp(score).sum(axis=1, keepdims=True)
    return pl.DataFrame(
        {
            "id": [f"made-up-{i + 1}" for i in range(n)], "generation": np.where(young, "younger", "older"),
            "birthplace": np.array(SETTLEMENTS)[birth], "residence": _drawn(SETTLEMENTS, share, rng),
            "simulated": ["simulated"] * n,
        }
    )  # fmt: skip


def simulate_identity(n: int = 800, seed: int = 1) -> pl.DataFrame:
    """Simulated answers to a scale of identity and of social distance, one row per person; invented throughout.

    Columns: id, group, tie_1 to tie_4 (1 to 5, one factor; the third is answered higher in group_b at the same level),
    family, friend, neighbour, colleague (whether one of another group is accepted), would_move, simulated.
    """
    rng = np.random.Generator(np.random.Philox(key=seed))
    second = rng.random(n) < 0.4
    factor = rng.normal(0, 1, n) + 0.3 * second
    loadings = (0.8, 0.9, 0.7, 0.6)
    shifts = np.array([0.0, 0.0, 0.5, 0.0])
    answers = {}
    for place, loading in enumerate(loadings):
        level = 3.2 + loading * factor + shifts[place] * second + rng.normal(0, 0.7, n)
        answers[f"tie_{place + 1}"] = np.clip(np.round(level), 1, 5).astype(int)
    open_to = rng.normal(0, 1.5, n) - 0.4 * factor
    for name, ease in (("family", -1.5), ("friend", 0.2), ("neighbour", 1.2), ("colleague", 2.2)):
        answers[name] = np.where(open_to + ease + rng.logistic(0, 0.35, n) > 0, "yes", "no")
    moves = rng.random(n) < 1 / (1 + np.exp(1.2 + 0.5 * factor))
    return pl.DataFrame(
        {
            "id": [f"made-up-{i + 1}" for i in range(n)], "group": np.where(second, "group_b", "group_a"), **answers,
            "would_move": np.where(moves, "yes", "no"), "simulated": ["simulated"] * n,
        }
    )  # fmt: skip


def _wave(margins: SimulatedMargins, n: int, wave: int, rng: np.random.Generator) -> pl.DataFrame:
    stratum = rng.integers(1, STRATA + 1, n)
    cluster = rng.integers(1, CLUSTERS + 1, n)
    pull = rng.normal(0, 0.25, (STRATA + 1, CLUSTERS + 1))[stratum, cluster]
    age = _drawn(tuple(margins.ages), np.tile(list(margins.ages.values()), (n, 1)), rng)
    group = _drawn([name for name, _ in GROUPS], np.tile([share for _, share in GROUPS], (n, 1)), rng)
    work = _drawn([name for name, _ in OCCUPATIONS], np.tile([share for _, share in OCCUPATIONS], (n, 1)), rng)
    share = np.array([margins.considers[label] for label in age])
    score = np.log(share / (1 - share)) + pull + 0.5 * (group == "group_b") - 0.3 * (work == "not_working")
    considers = rng.random(n) < 1 / (1 + np.exp(-score))
    total = sum(margins.stages.values())
    stage = _drawn(tuple(margins.stages), np.tile([part / total for part in margins.stages.values()], (n, 1)), rng)
    intention = np.where(considers, stage, STAYS)
    named = [*margins.reasons.values(), 1 - sum(margins.reasons.values())]
    reason = _drawn((*margins.reasons, "other"), np.tile(named, (n, 1)), rng)
    answers = _motives(group, considers, rng)
    migrant = rng.random(n) < 0.3
    years = np.where(migrant, np.ceil(rng.exponential(6, n)).clip(1, 30), np.nan)
    answers |= _items(migrant, years, rng)
    weight = _weights(margins, age, intention, rng.uniform(0.6, 1.6, n) * n)
    return pl.DataFrame(
        {
            "id": [f"made-up-{wave}-{i + 1}" for i in range(n)], "wave": np.full(n, wave), "stratum": stratum,
            "cluster": wave * 100 + cluster, "weight": weight, "age_group": age, "ethnic_group": group,
            "occupation": work, "intention": intention,
            "reason": pl.Series(reason).set(pl.Series(~considers), None), **answers,
            "settler": np.where(migrant, "migrant", "native"), "years_here": pl.Series(years).fill_nan(None),
        }
    )  # fmt: skip


def _drawn(labels: tuple[str, ...] | list[str], shares: Array, rng: np.random.Generator) -> np.ndarray:
    """One label a row with the row's shares."""
    place = (rng.random(len(shares))[:, None] > np.cumsum(shares, axis=1)[:, :-1]).sum(axis=1)
    return np.asarray(np.array(labels)[place])


def _motives(group: np.ndarray, considers: np.ndarray, rng: np.random.Generator) -> dict[str, pl.Series]:
    """Yes or no to five motives, from two made-up classes; asked only of those who consider moving."""
    first = rng.random(len(group)) < np.where(group == "group_a", 0.7, 0.4)
    chances = {True: (0.8, 0.7, 0.3, 0.15, 0.2), False: (0.35, 0.2, 0.6, 0.7, 0.55)}
    found = {}
    for place, name in enumerate(MOTIVES):
        p = np.where(first, chances[True][place], chances[False][place])
        answer = np.where(rng.random(len(group)) < p, "yes", "no")
        found[name] = pl.Series(answer).set(pl.Series(~considers), None)
    return found


def _items(migrant: np.ndarray, years: np.ndarray, rng: np.random.Generator) -> dict[str, pl.Series]:
    """Two items a domain, 1 to 5; migrants lower, and less so with years."""
    lag = np.where(migrant, 0.9 * np.exp(-np.nan_to_num(years) / 8), 0.0)
    own = rng.normal(0, 0.5, len(migrant))
    found = {}
    for place, name in enumerate(ITEMS):
        if place % 2 == 0:
            shared = rng.normal(0, 0.6, len(migrant))
        level = 3.5 - lag * (0.6 + 0.12 * (place // 2)) + own + shared + rng.normal(0, 0.6, len(migrant))
        found[name] = pl.Series(np.clip(np.round(level), 1, 5).astype(int))
    return found


def _weights(margins: SimulatedMargins, age: np.ndarray, intention: np.ndarray, start: Array) -> Array:
    """Weights brought to the margins cell by cell (age by intention), summing to the number of respondents."""
    weight = start.copy()
    total = sum(margins.stages.values())
    for label, share in margins.ages.items():
        wish = margins.considers[label]
        parts = {STAYS: 1 - wish, **{stage: wish * part / total for stage, part in margins.stages.items()}}
        for answer, part in parts.items():
            cell = (age == label) & (intention == answer)
            if not cell.any():
                raise BadInput("surveys.simulated.few", n=len(age))
            weight[cell] *= share * part * len(age) / weight[cell].sum()
    return np.round(weight, 6)
