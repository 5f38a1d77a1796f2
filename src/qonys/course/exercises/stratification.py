"""Stratification and distance: how evenly groups live, how mixed a country is, how near people feel."""

from __future__ import annotations

import numpy as np
import polars as pl

from qonys.catalog import Pack
from qonys.course.exercise import Exercise, LabTable, Right, within
from qonys.kernels.structure import segregation as index
from qonys.kernels.structure.diversity import simpson
from qonys.study.chapters.stratification import regional_table

FIGURE = "ethnic_groups_of_regions"
NEEDS = (FIGURE,)
UNNAMED = ("not_", "other")
FIRST, SECOND, UNSURE = "first", "second", "unsure"
RELATIONS = ("family", "friend", "neighbour", "colleague", "citizen")
ACCEPTS = "yes"
PER_GROUP, SEED = 60, 7
NEARNESS = {FIRST: 0.15, SECOND: 0.0}
HARDNESS = (1.2, 0.4, -0.2, -0.7, -1.5)


def table(pack: Pack) -> tuple[list[str], list[str], np.ndarray]:
    """Regions, groups and persons (regions, groups) of the newest table."""
    found: tuple[list[str], list[str], np.ndarray] = pack.cached("lab stratification", lambda: regional_table(pack))
    return found


def second(pack: Pack) -> int:
    """The place of the second largest named group."""
    _, groups, counts = table(pack)
    named = [j for j, group in enumerate(groups) if not group.startswith(UNNAMED)]
    return sorted(named, key=lambda j: -counts[:, j].sum())[1]


def _against_rest(pack: Pack) -> tuple[np.ndarray, np.ndarray]:
    counts, place = table(pack)[2], second(pack)
    return counts[:, place], counts.sum(axis=1) - counts[:, place]


def uneven(pack: Pack) -> Right:
    """Dissimilarity of the second largest group and all others; its error is the rounding of the answer."""
    return Right(index.dissimilarity(*_against_rest(pack)), 0.005)


def isolation(pack: Pack) -> float:
    """The share of its own group in the region of an average member."""
    return index.exposure(table(pack)[2], second(pack), second(pack))


def _share(pack: Pack) -> float:
    counts = table(pack)[2]
    return float(counts[:, second(pack)].sum() / counts.sum())


def _national(pack: Pack) -> np.ndarray:
    counts = table(pack)[2].sum(axis=0)
    return np.asarray(counts / counts.sum())


def mixed(pack: Pack) -> Right:
    """The chance that two persons drawn at random belong to different groups, percent."""
    return within(100 * float(simpson(_national(pack))), 0.0, 1)


def respondents(pack: Pack) -> LabTable:
    """Simulated answers of two groups on relations that they would accept: group, relations, simulated."""
    rng = np.random.default_rng(SEED)
    rows = []
    for group, nearness in NEARNESS.items():
        person = rng.normal(nearness, 1.0, PER_GROUP)
        noise = rng.logistic(0.0, 0.25, (PER_GROUP, len(RELATIONS)))
        accepted = person[:, None] + noise > np.array(HARDNESS)
        rows += [(group, *(ACCEPTS if one else "no" for one in line), True) for line in accepted]
    return LabTable(pl.DataFrame(rows, schema=["group", *RELATIONS, "simulated"], orient="row"))


def nearness(pack: Pack) -> pl.DataFrame:
    """Mean number of relations accepted by each group: group, mean, se (of a simple random sample)."""
    counts = respondents(pack).frame.select("group", accepted=pl.sum_horizontal(pl.col(RELATIONS) == ACCEPTS))
    mean, spread = pl.col("accepted").mean(), pl.col("accepted").std()
    return counts.group_by("group", maintain_order=True).agg(mean=mean, se=spread / pl.len().sqrt())


def nearer(pack: Pack) -> Right:
    """The group that accepts more relations, where the difference is twice its error; else it cannot be told."""
    rows = {str(row["group"]): row for row in nearness(pack).iter_rows(named=True)}
    one, other = rows[FIRST], rows[SECOND]
    difference, error = one["mean"] - other["mean"], float(np.hypot(one["se"], other["se"]))
    return Right(UNSURE if abs(difference) < 2 * error else FIRST if difference > 0 else SECOND)


def _greater(pack: Pack) -> str:
    rows = dict(nearness(pack).select("group", "mean").rows())
    return max((FIRST, SECOND), key=lambda group: rows[group])


EXERCISES = (
    Exercise(
        "stratification-1", uneven, "", NEEDS,
        {"isolation": isolation, "even": lambda pack: 1 - float(uneven(pack).value), "share_of": _share},
        decimals=2,
    ),
    Exercise(
        "stratification-2", mixed, "percent", NEEDS,
        {
            "alike": lambda pack: 100 - float(mixed(pack).value),
            "largest": lambda pack: 100 * float(_national(pack).max()),
        },
        decimals=1,
    ),
    Exercise("stratification-3", nearer, "", (), {"greater": _greater}, lambda pack: (FIRST, SECOND, UNSURE)),
)  # fmt: skip


def places(pack: Pack) -> LabTable:
    """Persons by region and group: region, group, value."""
    regions, groups, counts = table(pack)
    rows = [(region, group, counts[i, j]) for i, region in enumerate(regions) for j, group in enumerate(groups)]
    return LabTable(pl.DataFrame(rows, schema=["region", "group", "value"], orient="row"), NEEDS)


def groups(pack: Pack) -> LabTable:
    """Persons and share of the named groups, largest first: group, value, share."""
    _, names, counts = table(pack)
    frame = pl.DataFrame({"group": names, "value": counts.sum(axis=0)}).sort("value", descending=True)
    return LabTable(frame.with_columns(share=100 * pl.col("value") / pl.col("value").sum()), NEEDS)


TABLES = {"groups": groups, "places": places, "respondents": respondents}
