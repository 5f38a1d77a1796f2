"""The draws of the regional projection, and what they say of regions and groups to come.

One column a region (persons, persons of 15-64) or group, one row a draw and year. Where a pack has not the tables that
a projection by region and group takes, the simple processes of `composing` serve in its place; the column `basis`
says which of them a row rests on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.catalog import Pack
from qonys.consequences.composition import diasporas
from qonys.consequences.settlement import depopulation
from qonys.inputs import available
from qonys.projection.national import Run
from qonys.projection.regional.project import Keep, RegionalProjection, project_world
from qonys.study.base.regional import TABLES
from qonys.study.counterfactual import composition as composing
from qonys.study.ensembles.fits import world_of
from qonys.study.plan import Groups, resolve
from qonys.study.runs.folders import cache_folder
from qonys.study.runs.stored import kept_frames, stored_chapter, stored_table

WORK = (0, 15, 65)
KEEP = Keep(("region", "group", "age"), WORK)
NAMES = ("regional_draws", "regional_work_draws")
CHAPTER = "regional_projection"
NEEDED = (*TABLES, "external_flows", "internal_totals")
PROJECTION, COUNTS, BLOCKS = "projection", "counts", "blocks"
OTHER = "other"
Array = NDArray[np.float64]
Tell = Callable[[str], None]


def frames_of(found: RegionalProjection) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The tables of `NAMES` from a projection that kept `KEEP`: people by region and by group; those of 15-64."""
    people = np.concatenate([found.draws(over=(axis,)) for axis in ("region", "group")], axis=2)
    work = found.draws(over=("region", "age"), ages=WORK)[..., 1]
    return wide(people, found.years, (*found.regions, *found.groups)), wide(work, found.years, found.regions)


def wide(values: Array, years: Sequence[int], names: Sequence[str]) -> pl.DataFrame:
    """Draws (D, T, K) with a column each: draw, year, names; whole persons."""
    flat = np.rint(values).reshape(-1, len(names)).astype(np.int32)
    head = {
        "draw": np.repeat(np.arange(len(values), dtype=np.int32), len(years)),
        "year": np.tile(np.array(years, dtype=np.int32), len(values)),
    }
    return pl.DataFrame(head | {name: flat[:, i] for i, name in enumerate(names)})


def drawn(frame: pl.DataFrame, names: Sequence[str]) -> tuple[Array, Array]:
    """Draws (D, T, K) of the named columns and the years (T,)."""
    years = frame["year"].unique().sort().to_numpy().astype(float)
    values = frame.sort("draw", "year").select(names).to_numpy().astype(float)
    return values.reshape(-1, len(years), len(names)), years


def columns(pack: Pack, frame: pl.DataFrame) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of the regions and of the groups of a table of draws."""
    known = set(pack.membership()["region"])
    names = [name for name in frame.columns if name not in ("draw", "year")]
    return tuple(name for name in names if name in known), tuple(name for name in names if name not in known)


def projected(pack: Pack) -> bool:
    """Whether the pack has the figures that a projection by region and group takes."""
    return not available(pack, NEEDED)


def draws_of(pack: Pack, seed: int | None = None, tell: Tell = lambda key: None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The two tables of draws: of a stored chapter, else projected once and kept; `seed`: None for the plan's."""
    plan = resolve(pack)
    how = replace(plan.regions, seed=plan.regions.seed if seed is None else seed)
    if how == plan.regions:
        people, work = (stored_table(CHAPTER, pack, plan, name) for name in NAMES)
        if people is not None and work is not None:
            return people, work

    def make() -> dict[str, pl.DataFrame]:
        world = world_of(pack, None, tell, plan=plan)
        tell("study.project.running")
        run = Run(how.until - world.regional.base_year, (0, how.draws), how.seed)
        return dict(zip(NAMES, frames_of(project_world(world, run, keep=KEEP)), strict=True))

    own = cache_folder() / CHAPTER / f"{stored_chapter(CHAPTER, pack, plan).name}-{how.seed}"
    found = kept_frames(own, make)
    return found[NAMES[0]], found[NAMES[1]]


def diaspora_rows(pack: Pack, people: pl.DataFrame | None, plan: Groups) -> pl.DataFrame:
    """Chances that a group's share falls below or rises above `plan.share`, with the column `basis`.

    Groups of the projection by its draws `people`; those that it holds together as `other`, and all where there is no
    projection (None), by the process of their counts.
    """
    return with_projection(pack, people, composing.groups_forward(composing.composition(pack), plan), plan.share)


def with_projection(
    pack: Pack, people: pl.DataFrame | None, counted: composing.GroupPaths, share: float
) -> pl.DataFrame:
    """`diaspora_rows` of a fitted process of counts that is there already; the last count itself is never a draw."""
    table = composing.diaspora_table(counted, share).with_columns(basis=pl.lit(COUNTS))
    if people is None:
        return table
    groups = columns(pack, people)[1]
    found = diasporas(*_by_group(people, groups), share)
    years = counted.years.astype(int).tolist()
    known = (pl.col("year") == years[0]) & pl.col("group").is_in(table["group"].unique().to_list())
    ahead = pl.col("year").is_in(years) & (pl.col("group") != OTHER) & ~known
    rows = found.filter(ahead).with_columns(basis=pl.lit(PROJECTION))
    others = table.filter(~pl.col("group").is_in(groups) | known)
    counted_only = [name for name in others["group"].unique(maintain_order=True) if name not in groups]
    order = [name for name in groups if name != OTHER] + counted_only
    place = pl.col("group").replace_strict(order, list(range(len(order))), return_dtype=pl.Int64)
    return pl.concat([rows, others]).sort("year", place)


def _by_group(people: pl.DataFrame, groups: tuple[str, ...]) -> tuple[Array, tuple[str, ...], Array]:
    values, years = drawn(people, groups)
    return values, groups, years


def depopulation_rows(pack: Pack, people: pl.DataFrame | None, plan: Groups) -> pl.DataFrame:
    """Chance that each region has fewer people than in the first year, with the column `basis`.

    By the draws `people` in the regions of today; where there is no projection (None), by blocks of past years in the
    oldest boundaries.
    """
    if people is None:
        found = composing.depopulation_table(composing.regions_of(pack), plan)
        return found.with_columns(basis=pl.lit(BLOCKS))
    regions = columns(pack, people)[0]
    values, years = drawn(people, regions)
    kept = (int(years[0]), *plan.years)
    found = depopulation(values, regions, years)
    return found.filter(pl.col("year").is_in(kept)).with_columns(basis=pl.lit(PROJECTION))
