"""Human capital of the pack: schooling by cohort, those who left or came by level, and years that moved with them."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.catalog import Pack
from qonys.consequences.human_capital import (
    WORK,
    CohortChange,
    brain_drain,
    cohort_change,
    expected_years,
    mean_schooling,
    potential_years,
    schooling_stock,
)
from qonys.inputs import rows
from qonys.kernels.mortality.level_model import AGES, SEXES
from qonys.kernels.mortality.life_tables import life_table
from qonys.study.counterfactual.populations import PastAccount, PastCounterfactual

Array = NDArray[np.float64]
LEVELS = {
    "No Education": "none", "Incomplete Primary": "incomplete_primary", "Primary": "primary",
    "Lower Secondary": "basic_secondary", "Upper Secondary": "general_secondary", "Post Secondary": "higher",
}  # fmt: skip
NAMES = tuple(LEVELS.values())
FLOW_LEVELS = ("basic_secondary", "general_secondary", "specialised_secondary", "higher")
STARTS: Array = np.arange(0, 105, 5).astype(np.float64)
SETTLED = 30


def years_of_schooling(pack: Pack) -> dict[str, tuple[float, float, float]]:
    """Years behind each level: value, low, high, from the pack's norms; none has 0, incomplete primary half of it."""
    norms = pack.norms().filter(pl.col("id").str.starts_with("schooling_")).to_dicts()
    found = {row["id"].removeprefix("schooling_"): (row["value"], row["low"], row["high"]) for row in norms}
    primary = found["primary"][0]
    return found | {"none": (0.0, 0.0, 0.0), "incomplete_primary": (primary / 2, 0.0, primary)}


def by_level(pack: Pack, year: int) -> Array:
    """Persons by sex, five-year age and level, (2, 21, 6); nobody below 15 has a level."""
    found = rows(pack, "population_education").filter(
        (pl.col("year") == year) & pl.col("education").is_in(list(LEVELS))
    )
    cells = np.zeros((2, len(STARTS), len(NAMES)))
    for sex, age, level, value in found.select("sex", "age_group", "education", "value").rows():
        start = int(age.split("-")[0].rstrip("+"))
        cells[SEXES.index(sex), start // 5, NAMES.index(LEVELS[level])] += value
    return cells


def known_years(pack: Pack) -> list[int]:
    """Years of the table of education."""
    return [int(str(year)) for year in rows(pack, "population_education")["year"].unique().sort()]


def stock_table(pack: Pack) -> pl.DataFrame:
    """Schooling held by people of 15 and older: year, persons, years (all years of schooling), mean, higher (share)."""
    worth = _worth(pack)
    made = []
    for year in known_years(pack):
        people = by_level(pack, year).sum(axis=(0, 1))
        made.append(
            {
                "year": year, "persons": float(people.sum()), "years": float(schooling_stock(people, worth)),
                "mean": float(mean_schooling(people, worth)), "higher": float(people[-1] / people.sum()),
            }
        )  # fmt: skip
    return pl.DataFrame(made)


def _worth(pack: Pack) -> Array:
    years = years_of_schooling(pack)
    return np.array([years[name][0] for name in NAMES])


def cohorts(pack: Pack, found: PastAccount, start: int, end: int) -> dict[str, CohortChange]:
    """Cohorts of each sex who had left school at the start, between two years of the table, by level."""
    steps = (end - start) // 5
    changes = {}
    for s, sex in enumerate(SEXES):
        alive = _alive(found, s, start, end)
        change = cohort_change(by_level(pack, start)[s], by_level(pack, end)[s], alive, STARTS, steps)
        kept = change.ages >= SETTLED
        changes[sex] = CohortChange(change.ages[kept], change.start[kept], change.expected[kept], change.found[kept])
    return changes


def _alive(found: PastAccount, sex: int, start: int, end: int) -> Array:
    """Share of each five-year age group alive from the middle of one year to that of another, (21,)."""
    first = found.years.index(start)
    middle = np.minimum(STARTS.astype(int) + 2, len(AGES) - 1)
    share = np.ones(len(STARTS))
    for t in range(end - start):
        ages = np.minimum(middle + t + 1, len(AGES) - 1)
        share *= found.rates.survival[first + t, sex, ages]
    return share


def cohort_table(pack: Pack, found: PastAccount, start: int, end: int) -> pl.DataFrame:
    """Both sexes together: level, start, expected, found, rest (persons), rest_years (of schooling)."""
    changes = cohorts(pack, found, start, end)
    worth = _worth(pack)
    made = []
    for e, name in enumerate(NAMES):
        sums = {
            part: float(sum(getattr(change, part)[:, e].sum() for change in changes.values()))
            for part in ("start", "expected", "found", "rest")
        }
        made.append({"level": name} | sums | {"rest_years": sums["rest"] * worth[e]})
    return pl.DataFrame(made)


def leavers_table(pack: Pack) -> pl.DataFrame:
    """Emigrants by level beside residents of 15 and older: period, level, leavers, residents, rate, selection, lost.

    The rate per 1,000 is a year's: flows of half a year are doubled. Specialised secondary has no level of its own in
    the table of residents; it is in `general_secondary` there, and so here in `secondary_both`, low and high being
    the years of schooling at the ends of the norm.
    """
    found = rows(pack, "emigrants_by_education")
    worth = years_of_schooling(pack)
    cells = dict(found.select("category", "value").rows())
    period = str(found["period"][0])
    factor = 2.0 if period.endswith(("H1", "H2")) else 1.0
    people = dict(zip(NAMES, by_level(pack, known_years(pack)[-1]).sum(axis=(0, 1)), strict=True))
    groups = {"basic_secondary": ("basic_secondary",), "secondary_both": FLOW_LEVELS[1:3], "higher": ("higher",)}
    leavers = np.array([sum(cells[name] for name in names) for names in groups.values()])
    residents = np.array([people["basic_secondary"], people["general_secondary"], people["higher"]])
    rate, selection = brain_drain(factor * leavers, residents)
    lost = {
        end: np.array([sum(cells[name] * worth[name][i] for name in names) for names in groups.values()])
        for i, end in enumerate(("years", "low", "high"))
    }
    return pl.DataFrame(
        {
            "period": [period] * 3, "level": list(groups), "leavers": leavers, "residents": residents,
            "rate": 1000 * rate, "selection": selection, **lost,
        }
    )  # fmt: skip


def newcomers_table(pack: Pack) -> pl.DataFrame:
    """Repatriates by level as stated, per cent: period, level, percent, source; each period is one statement."""
    found = rows(pack, "repatriates_by_education")
    return found.select("period", "start", level="category", percent="value", source="source").sort("start", "level")


def specialities_table(pack: Pack) -> pl.DataFrame:
    """Emigrants by speciality as stated: period, speciality, persons, source."""
    found = rows(pack, "emigrants_by_speciality")
    return found.select("period", speciality="category", persons="value", source="source").sort(
        "period", "persons", descending=[False, True], nulls_last=True
    )


def years_moved(found: PastAccount, since: PastCounterfactual) -> pl.DataFrame:
    """Years of life and of ages 15-64 that net migrants took or brought: quantity, year (null: all), low, median, high.

    By the life table of each year; migrants by age as in the account carried by draws.
    """
    i = found.years.index(since.years[0])
    levels = found.longevity[i:]
    tables = [life_table(found.tables.rates[s], AGES, sex) for s, sex in enumerate(SEXES)]
    spans = {"life": (0.0, np.inf), "work": (float(WORK[0]), float(WORK[1]))}
    frames = []
    for name, span in spans.items():
        ahead = np.stack([expected_years(table, *span) for table in tables])
        place = np.rint((levels - found.tables.e0[0]) / (found.tables.e0[1] - found.tables.e0[0])).astype(int)
        at = np.stack([ahead[s, place[:, s]] for s in (0, 1)], axis=1)
        years = potential_years(since.moved.migrants, at)
        total = np.concatenate([years, years.sum(axis=1, keepdims=True)], axis=1)
        low, middle, high = np.quantile(total, (0.025, 0.5, 0.975), axis=0)
        labels = [*since.years[:-1], None]
        columns = {"quantity": [name] * len(labels), "year": labels, "low": low, "median": middle, "high": high}
        frames.append(pl.DataFrame(columns))
    return pl.concat(frames)
