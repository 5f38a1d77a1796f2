"""Populations of the user's own: projected from tables of people, births, deaths and migrants."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict, Unpack

from qonys.errors import BadInput
from qonys.face.arguments import offered
from qonys.face.frames import Columns, Table, frame_of, sources_of
from qonys.face.options import checked
from qonys.face.result import Result
from qonys.figures.results import View
from qonys.study.analyses.own_population import (
    FILES,
    PopulationRequest,
    Timing,
    divisors,
    frames_of,
    prepared,
    project_tables,
    wanted_of,
)


class PopulationOptions(TypedDict, total=False):
    """Further options of `project_population`."""

    moves: Table | None
    total: Table | None
    start: int
    mortality_kind: str
    migration_kind: str
    per: Mapping[str, float]
    timing: str
    reference: str
    sex_ratio: float
    columns: Columns


@offered
def project_population(
    population: Table,
    fertility: Table,
    mortality: Table,
    migration: Table | None = None,
    *,
    horizon: int = 0,
    **options: Unpack[PopulationOptions],
) -> Result:
    """Projection of any population by the cohort-component method, from tables of rates; deterministic, or by draws.

    Parameters
    ----------
    population
        sex, age_start (single years or five-year groups from 0, the last open; also ages as printed), value (persons);
        optional region, year.
    fertility
        age_start, value (births per woman and year); optional year, region, draw.
    mortality
        sex, age_start, value (deaths per person and year; abridged or in the ages of the population); optional year,
        region, draw.
    migration
        sex, age_start (at the end of a step), value (net migrants a year), region if the population has regions;
        optional year, draw. With origin and destination: moves between the regions of the population.
    horizon
        Last year; 0: fifty years ahead. A step is as long as an age group.
    options
        `moves`: moves between regions beside net migration from outside. `total`: total fertility by year, where
        `fertility` gives its pattern by age. `start`: year of the population. `mortality_kind`: rates, survivors (lx)
        or lived (Lx). `migration_kind`: numbers, or rates per person of the age at the start of a step (of moves: per
        person-year of the origin). `per`: what the values of a table are divided by, {"mortality": 1000} for deaths per
        1,000; it goes before the unit that the table itself says. `timing`: even (half of the migrants at the start of
        a step, half at the end) or end. `reference`: january or midyear. `sex_ratio`: boys per girl at birth (1.05).
        `columns`: standard column name to your column name.

    Returns
    -------
    from_year, year, region, population_start, births, deaths, net_migration, population_end (with moves also arrivals
    and departures): persons; every row closes. With draws: measure, year, region, q2.5 to q97.5. Tables: `population`
    (by sex and age), `all` (every measure by sex and age). `model.residual()` is the largest error of the accounts.
    Values hold from their year to the next year given.

    Raises
    ------
    BadInput
        Ages that do not fit each other, an age, sex or region that lacks, negative persons or rates, rates per 1,000, a
        last year in which no step ends, draws that differ between tables.

    Notes
    -----
    Source: step and timing: Sevcikova, Li, Kantorova, Gerland and Raftery (2016); survival: as `life_table`; regions:
    Rogers (1995) with constant rates along each cohort, van Imhoff (1990).

    Examples
    --------
    >>> import qonys
    >>> ages = list(range(0, 105, 5))
    >>> people = {"sex": ["f"] * 21 + ["m"] * 21, "age": ages * 2, "value": [1000.0] * 42}
    >>> deaths = {"sex": ["f"] * 21 + ["m"] * 21, "age": ages * 2, "value": [0.02] * 42}
    >>> births = {"age": [20, 25, 30], "value": [0.12, 0.15, 0.1]}
    >>> found = qonys.project_population(people, births, deaths, start=2020, horizon=2030)
    >>> found.frame.select("year", "births").with_columns(found.frame["births"].round()).rows()
    [(2025, 1762.0), (2030, 1594.0)]
    >>> found.model.residual() < 1e-9
    True
    """
    known = checked(options, tuple(PopulationOptions.__annotations__), "project_population")
    columns: Columns = known.pop("columns", None)
    kind, moved = str(known.get("mortality_kind", "rates")), str(known.get("migration_kind", "numbers"))
    per = _per(known.pop("per", {}))
    given = {
        "population": population, "fertility": fertility, "mortality": mortality, "migration": migration,
        "moves": known.pop("moves", None), "total": known.pop("total", None),
    }  # fmt: skip
    frames = {
        name: frame_of(table, wanted_of(name, kind, moved, divisors(per)), name, columns)
        for name, table in given.items()
        if table is not None
    }
    timing = Timing(
        str(known.pop("timing", "even")), str(known.pop("reference", "january")), float(known.pop("sex_ratio", 1.05))
    )
    request = PopulationRequest(horizon=horizon, timing=timing, **known)
    path = project_tables(prepared(frames, per), request)
    main, tables = frames_of(path)
    low, high, value = ("q2.5", "q97.5", "q50") if path.inputs.draws else ("", "", "population_end")
    where = (("measure", "population"),) if path.inputs.draws else ()
    panel = "region" if path.inputs.parted else ""
    view = View("line", "year", value, low, high, "", panel, where=where)
    return Result("project_population", main, tables, (), (view,), path, sources_of(*given.values()))


def _per(given: object) -> tuple[str, ...]:
    """What the values of each table are divided by, as the command takes it.

    Raises
    ------
    BadInput
        No mapping of tables to numbers above zero.
    """
    try:
        per = tuple(f"{name}={number}" for name, number in dict(given).items())  # type: ignore[call-overload]
        divisors(per)
    except (BadInput, TypeError, ValueError):
        raise BadInput("face.populations.per", given=str(given), known=", ".join(FILES[1:])) from None
    return per
