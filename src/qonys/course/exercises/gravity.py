"""Gravity: how flows fall with distance, by PPML with fixed effects and by least squares of logarithms."""

from __future__ import annotations

import math

import polars as pl

from qonys.catalog import Pack
from qonys.course.exercise import Exercise, LabTable, Right, within
from qonys.explanation.gravity import Model, fit_gravity
from qonys.study.analyses.indicators import own_tables

NEEDS = ("internal_od", "population_regional")
ENDS = ("origin", "destination")
FARTHER_OLS, FARTHER_PPML, ALIKE = "ols", "ppml", "alike"
Z95 = 1.96
DECIMALS = 2


def pairs(pack: Pack) -> pl.DataFrame:
    """Moves of the last period between pairs of regions with the distance of their centres, km."""
    found: pl.DataFrame = pack.cached("lab gravity", lambda: _pairs(pack))
    return found


def _pairs(pack: Pack) -> pl.DataFrame:
    moves, tables = own_tables(pack)
    last = moves.filter((pl.col("period") == moves["period"].max()) & (pl.col("origin") != pl.col("destination")))
    return last.join(tables["distances"], on=list(ENDS)).sort(*ENDS)


def fitted(pack: Pack, engine: str) -> tuple[float, float]:
    """Elasticity of moves to distance with fixed effects of both ends, and its standard error."""

    def make() -> tuple[float, float]:
        logged = pairs(pack).with_columns(pl.col("distance").log())
        fit = fit_gravity(logged, Model("value", ("distance",), ENDS), engine)
        row = fit.terms.row(0, named=True)
        return float(row["estimate"]), float(row["error"])

    found: tuple[float, float] = pack.cached(f"lab gravity:{engine}", make)
    return found


def elasticity(pack: Pack) -> Right:
    """Elasticity of moves to distance by PPML."""
    estimate, error = fitted(pack, "own")
    found = within(estimate, error, DECIMALS)
    return Right(found.value, found.tolerance, _year(pack))


def doubled(pack: Pack) -> Right:
    """Change of a flow when the distance doubles, percent."""
    estimate, error = fitted(pack, "own")
    found = within(_change(estimate), abs(_change(estimate + error) - _change(estimate)), 0)
    return Right(found.value, found.tolerance, _year(pack))


def _change(estimate: float) -> float:
    return 100 * (math.pow(2, estimate) - 1)


def _year(pack: Pack) -> dict[str, object]:
    return {"year": int(pairs(pack)["period"][0])}


def farther(pack: Pack) -> Right:
    """Which of the two estimates is farther from zero, beyond their errors."""
    (ppml, first), (ols, second) = fitted(pack, "own"), fitted(pack, "ols")
    if abs(ppml - ols) <= Z95 * math.hypot(first, second):
        return Right(ALIKE, 0.0, _year(pack))
    return Right(FARTHER_OLS if abs(ols) > abs(ppml) else FARTHER_PPML, 0.0, _year(pack))


def _larger(pack: Pack) -> str:
    return FARTHER_OLS if abs(fitted(pack, "ols")[0]) > abs(fitted(pack, "own")[0]) else FARTHER_PPML


EXERCISES = (
    Exercise(
        "gravity-1",
        elasticity,
        "",
        NEEDS,
        {"least_squares": lambda pack: fitted(pack, "ols")[0], "reversed": lambda pack: -fitted(pack, "own")[0]},
        decimals=DECIMALS,
    ),
    Exercise(
        "gravity-2",
        doubled,
        "percent",
        NEEDS,
        {
            "straight": lambda pack: 100 * fitted(pack, "own")[0],
            "remains": lambda pack: 100 * 2 ** fitted(pack, "own")[0],
            "natural_log": lambda pack: 100 * math.log(2) * fitted(pack, "own")[0],
        },
    ),
    Exercise(
        "gravity-3", farther, "", NEEDS, {"without_error": _larger}, lambda pack: (FARTHER_OLS, FARTHER_PPML, ALIKE)
    ),
)


def flows(pack: Pack) -> LabTable:
    """Moves between regions with distances: period, origin, destination, value, distance (km)."""
    return LabTable(pairs(pack), NEEDS)


def largest(pack: Pack) -> LabTable:
    """The ten largest and the ten smallest flows: origin, destination, value, distance."""
    ordered = pairs(pack).sort("value", descending=True).select("origin", "destination", "value", "distance")
    return LabTable(pl.concat([ordered.head(10), ordered.tail(10)]), NEEDS)


TABLES = {"flows": flows, "largest": largest}
