"""Ethnic composition: what of a group's change is natural increase, and what is migration and change of identity."""

from __future__ import annotations

import polars as pl

from qonys.catalog import Pack
from qonys.catalog.country import country_declaration
from qonys.course.exercise import Exercise, LabTable, Right, within
from qonys.inputs.groups import census_counts
from qonys.study.chapters.groups import changes

NEEDS = ("ethnic_census", "census_population", "births", "deaths", "population_regional")
GAIN, LOSS, UNSURE = "gain", "loss", "unsure"
POINTS = 0.1
PRECISION = 0.005


def every(pack: Pack) -> pl.DataFrame:
    """Change of each group in each period, with bounds of its parts, persons."""
    found: pl.DataFrame = pack.cached("lab groups", lambda: changes(pack, census_counts(pack)))
    return found


def contrast(pack: Pack) -> dict[str, float]:
    """The group of comparison in the period of its greatest fall."""
    code = country_declaration(pack).contrast_group
    return every(pack).filter(pl.col("ethnic_group") == code).sort("growth").row(0, named=True)


def kin(pack: Pack) -> dict[str, float]:
    """The titular group in the same period."""
    one = contrast(pack)
    same = (pl.col("ethnic_group") == country_declaration(pack).kin) & (pl.col("start") == one["start"])
    return every(pack).filter(same).row(0, named=True)


def _span(pack: Pack) -> dict[str, object]:
    one = contrast(pack)
    return {"start": int(one["start"]), "end": int(one["end"])}


def _share(pack: Pack, year: float, value: float) -> float:
    people = census_counts(pack).filter(pl.col("year") == year)
    return 100 * value / float(people["value"].sum())


def share_change(pack: Pack) -> Right:
    """Change of the share of the group of comparison among all counted by group, percentage points."""
    one = contrast(pack)
    found = _share(pack, one["end"], one["last"]) - _share(pack, one["start"], one["first"])
    return Right(found, POINTS, _span(pack))


def least_loss(pack: Pack) -> Right:
    """The bound, nearest to zero, of what natural increase does not explain, persons."""
    one = contrast(pack)
    value = min((one["rest_low"], one["rest_high"]), key=abs)
    found = within(value, PRECISION * abs(value))
    return Right(found.value, found.tolerance, _span(pack))


def sign_of_kin(pack: Pack) -> Right:
    """Whether the titular group gained beyond natural increase, by its bounds."""
    one = kin(pack)
    code = GAIN if one["rest_low"] > 0 else LOSS if one["rest_high"] < 0 else UNSURE
    return Right(code, 0.0, _span(pack))


def _relative(pack: Pack) -> float:
    one = contrast(pack)
    return 100 * one["growth"] / one["first"]


EXERCISES = (
    Exercise(
        "groups-1",
        share_change,
        "percent",
        NEEDS,
        {"relative": _relative, "last_share": lambda pack: _share(pack, contrast(pack)["end"], contrast(pack)["last"])},
        decimals=1,
    ),
    Exercise(
        "groups-2",
        least_loss,
        "persons",
        NEEDS,
        {
            "whole_change": lambda pack: contrast(pack)["growth"],
            "far_bound": lambda pack: max((contrast(pack)["rest_low"], contrast(pack)["rest_high"]), key=abs),
            "natural": lambda pack: contrast(pack)["natural_high"],
        },
    ),
    Exercise("groups-3", sign_of_kin, "", NEEDS, {"grew": lambda pack: GAIN}, lambda pack: (GAIN, LOSS, UNSURE)),
)


def composition(pack: Pack) -> LabTable:
    """Groups at both ends of the period: ethnic_group, first, last, growth (persons), shares in percent."""
    one = contrast(pack)
    rows = every(pack).filter(pl.col("start") == one["start"]).sort("first", descending=True).head(10)
    table = rows.select(
        "ethnic_group",
        "first",
        "last",
        "growth",
        share_first=100
        * pl.col("first")
        / float(census_counts(pack).filter(pl.col("year") == one["start"])["value"].sum()),
        share_last=100
        * pl.col("last")
        / float(census_counts(pack).filter(pl.col("year") == one["end"])["value"].sum()),
    )
    return LabTable(table, ("ethnic_census",))


def bounds(pack: Pack) -> LabTable:
    """Bounds of natural increase and of the rest in every period: as `changes`."""
    return LabTable(every(pack), NEEDS)


TABLES = {"composition": composition, "bounds": bounds}
