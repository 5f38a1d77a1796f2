"""People of voting age by region and ethnic group, now and at the end of the projection, from its draws.

They are residents of the age, whatever their citizenship and right to vote.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys import inputs
from qonys.catalog import Pack
from qonys.projection.national import Run
from qonys.projection.regional.project import Keep, project_world
from qonys.study.ensembles.fits import world_of
from qonys.study.runs.results import Number, Results, TableResult

RANK = 5
METHOD = "projection.regional.project.project_world"
AGES = (0, 18)
LEVELS = (0.025, 0.5, 0.975)
ENDS = ("low", "median", "high")

Array = NDArray[np.float64]


def compute(pack: Pack, results: Results) -> None:
    """Add people of voting age and their shares by region, by group and in whole, in the first and the last year."""
    with results.part():
        plan = results.plan.regions
        world = world_of(pack, results.table("reconciled_national").frame, plan=results.plan)
        run = Run(plan.until - world.regional.base_year, (0, plan.draws), plan.seed)
        found = project_world(world, run, keep=Keep(("region", "group", "age"), AGES))
        both = {axis: found.draws(over=(axis, "age"), ages=AGES) for axis in ("region", "group")}
        names = {"region": found.regions, "group": found.groups}
        frames = [table_of(values, axis, names[axis], found.years) for axis, values in both.items()]
        frame, sources = pl.concat(frames), world.regional.sources
        years = (found.years[0], found.years[-1])
        results.add(TableResult("voters", frame, "as_measure", RANK, sources, METHOD),
                    Number("voters.age", float(AGES[1]), "years"),
                    Number("voters.from", float(years[0]), "year"), Number("voters.to", float(years[1]), "year"),
                    *_numbers(both["group"], found.groups, years, (pack, sources)))  # fmt: skip
        _beside(results, years[0])


def _beside(results: Results, first: int) -> None:
    """Add the adults to whom a survey is applied beside those of the projection, where both begin at the same age."""
    if not results.has_table("potential_asked") or results.number("potential.from_age").value != AGES[1]:
        return
    own, asked = results.number(f"voters.people.{first}"), results.number("potential.people")
    counted = int(results.number("potential.people_year").value or 0)
    rows = [(basis, f"{counted}/{first}", year, one.value, one.low, one.high)
            for basis, year, one in (("asked", counted, asked), ("projection", first, own))]  # fmt: skip
    schema = {"basis": pl.String, "period": pl.String, "year": pl.Int64, "persons": pl.Float64, "low": pl.Float64,
              "high": pl.Float64}  # fmt: skip
    frame, sources = pl.DataFrame(rows, schema, orient="row"), tuple(sorted({*own.sources, *asked.sources}))
    results.add(TableResult("voters_beside", frame, "persons", RANK, sources, METHOD))


def table_of(values: Array, axis: str, names: tuple[str, ...], years: tuple[int, ...]) -> pl.DataFrame:
    """Quantiles over draws of the first and the last year.

    `values`: persons (D, T, K, 2), below the age and from it on. Columns: axis, code, year, measure (persons, or the
    share of each in all of the age), low, median, high (95 %).
    """
    adults = values[..., 1]
    kinds = {"persons": adults, "share": adults / adults.sum(axis=2, keepdims=True),
             "of_residents": adults / values.sum(axis=3)}  # fmt: skip
    rows = []
    for measure, held in kinds.items():
        for place in (0, -1):
            ends = np.quantile(held[:, place], LEVELS, axis=0)
            rows += [(axis, code, int(years[place]), measure, *map(float, ends[:, i])) for i, code in enumerate(names)]
    return pl.DataFrame(rows, ["axis", "code", "year", "measure", *ENDS], orient="row")


def _numbers(
    values: Array, groups: tuple[str, ...], years: tuple[int, int], told: tuple[Pack, tuple[str, ...]]
) -> list[Number]:
    """All people of the age, and the share of the state's own group among them and among those below it."""
    pack, sources = told
    own = inputs.country(pack).kin
    found = []
    for place, year in zip((0, -1), years, strict=True):
        adults, children = values[:, place, :, 1], values[:, place, :, 0]
        drawn = {f"voters.people.{year}": (adults.sum(axis=1), "persons")}
        if own in groups:
            at = groups.index(own)
            drawn[f"voters.kin.{year}"] = (adults[:, at] / adults.sum(axis=1), "share")
            drawn[f"voters.kin_young.{year}"] = (children[:, at] / children.sum(axis=1), "share")
        for name, (held, unit) in drawn.items():
            low, middle, high = map(float, np.quantile(held, LEVELS))
            sure = high - low < 1e-6
            found.append(
                Number(name, middle, unit, None if sure else low, None if sure else high, RANK, sources, METHOD)
            )
    return found
