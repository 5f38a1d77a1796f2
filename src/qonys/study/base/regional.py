"""What a projection by region and group starts from: the base population and its rates, from the pack's tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qonys.catalog import Pack
from qonys.errors import BadInput
from qonys.estimation.base.history import raked
from qonys.estimation.base.population import BasePopulation, Margins, Seeds, base_population
from qonys.inputs import regions as inputs_of_regions
from qonys.inputs import sources_of
from qonys.inputs.boundaries import region_lineage
from qonys.inputs.groups import fertility_levels, groups_of, share_of_births
from qonys.kernels.mortality.level_model import at_level
from qonys.projection.national import NationalInputs
from qonys.projection.regional.inputs import RegionalInputs
from qonys.spaces.nested_regions import NestedRegions
from qonys.study.base import ages as regional_ages
from qonys.study.base import groups as regional_groups
from qonys.study.base import rates as regional_rates
from qonys.study.base.merge import merged
from qonys.study.base.middle import middle_of
from qonys.study.base.national import Prepared

Array = NDArray[np.float64]
DEATH_ERROR = 0.03
ALL = "all"
TABLES = (
    "population_age_sex", "population_regional", "ethnic_regional", "vital_regional", "life_expectancy_regional",
    "net_migration_regional", "internal_od", "fertility_age", "mortality_age", "sex_ratio_birth", "ethnic_censuses",
    "total_fertility", "births_share",
)  # fmt: skip


@dataclass(frozen=True)
class Findings:
    """How the base came about; `kept`: factors of the groups' fertility.

    `moved`: greatest relative change of a published cell that had to agree with the others, by margin; `lacking`:
    immigrants below zero (see `regional_rates.External`). `names`: regions and groups of the arrays.
    """

    base: BasePopulation
    margins: Margins
    ages: regional_ages.Ages
    younger: regional_groups.GroupAgeTilt
    split: regional_groups.Split
    kept: Array
    moved: dict[str, float]
    lacking: float


def regional_inputs(
    pack: Pack, prepared: Prepared, regions: str | None = None, groups: Sequence[str] | None = None, seed: int = 1,
    replicates: int = 64,
) -> RegionalInputs:  # fmt: skip
    """Regions and groups of the pack's country in the middle of the national base year.

    Parameters
    ----------
    pack, prepared
        The country; the national projection's inputs, whose base the regions sum to.
    regions
        A boundary vintage of the pack (default: the newest), or the code of the whole country.
    groups
        Names out of `groups_of(pack)`; those not named are joined to the last, `other`. ("all",): one
        group. Default: the seven largest and all others.
    seed, replicates
        Key of the randomness and number of base populations.

    Raises
    ------
    BadInput
        A vintage or group that is not known, missing cells of a table, margins that contradict each other.

    """
    found, fine = fitted(pack, prepared.inputs, seed, replicates)
    shape = inputs_of_regions.shapes(pack)
    return merged(fine, found.base.best, _regions(pack, shape, regions), _groups(fine.groups, groups))


def fitted(pack: Pack, inputs: NationalInputs, seed: int = 1, replicates: int = 64) -> tuple[Findings, RegionalInputs]:
    """The findings, and the inputs by the newest regions and all groups."""
    shape = inputs_of_regions.shapes(pack)
    names = groups_of(pack)
    middle = middle_of(pack, shape, inputs)
    year, whole = inputs.base_year, len(shape.wholes)
    births, deaths = (inputs_of_regions.events_of(pack, shape, e, year) for e in ("births", "deaths"))
    known = inputs_of_regions.last_life_expectancy(pack)
    e0 = inputs_of_regions.life_expectancies(pack, shape.newest, shape.regions, [known])[0]
    rates = at_level(inputs.family, inputs.family.rates, e0)
    ages = regional_ages.ages_of(regional_ages.Ground(pack, shape, inputs, middle, rates, deaths), seed, replicates)
    people = middle.people.sum(axis=1)
    counts, moved = regional_groups.middle_counts(
        pack, shape, names, np.asarray(np.bincount(shape.whole, people, whole), dtype=np.float64), year
    )
    split = regional_groups.split_of(counts, shape, births, deaths, people)
    by_group = people[:, None] * split.shares / split.shares.sum(axis=1, keepdims=True)
    shares = share_of_births(pack, names)
    pattern = inputs.pattern[0]
    younger = regional_groups.younger(
        regional_groups.growth_of(pack, names, counts, year),
        raked(ages.best, middle.people, inputs.base),
        by_group,
        regional_groups.Births(births, pattern, shares, fertility_levels(pack, names)),
    )
    margins = Margins(shape.regions, names, inputs.base, middle.people, shape.wholes, shape.whole, counts)
    seeds = Seeds(
        ages=ages.best, drawn=ages.drawn, age_error=ages.error, rates=rates, deaths=deaths, death_error=DEATH_ERROR,
        shares=split.shares, share_error=split.error, tilts=younger.tilts, tilt_error=younger.error,
        local_error=younger.local,
    )  # fmt: skip
    base = base_population(margins, seeds, seed, replicates)
    fertility, kept = regional_rates.fertility(base.replicates, births, shares, pattern)
    outside = regional_rates.external(pack, shape, names, inputs, base.best)
    findings = Findings(
        base, margins, ages, younger, split, kept, {"by_sex": middle.moved, "by_group": moved}, outside.lacking
    )
    moves = regional_rates.moves(pack, shape, inputs, base.best.sum(axis=1))
    nation = inputs_of_regions.life_expectancy_of_country(pack, known)
    mortality = regional_rates.mortality(inputs, e0, nation, base.best.sum(axis=1))
    used = set(outside.used) | set(sources_of(pack, TABLES))
    return findings, RegionalInputs(
        regions=shape.regions, groups=names, base_year=year, base=base.replicates, fertility=fertility,
        mortality=np.repeat(mortality[:, None], len(names), axis=1), mixing=np.eye(len(names)), od=moves.od,
        levels=moves.levels, emigration=outside.emigration, immigration=outside.immigration,
        sources=tuple(sorted(used)), notes=NOTES,
    )  # fmt: skip


NOTES = tuple(
    f"base.note.{name}"
    for name in (
        "ages", "ages_check", "parts", "groups_ages", "groups_parts", "fertility_groups", "mortality", "mixing",
        "moves", "registration", "emigration", "immigration",
    )
)  # fmt: skip


def _regions(pack: Pack, shape: NestedRegions, wanted: str | None) -> dict[str, str]:
    """Region of the newest vintage -> the region asked for."""
    if wanted is None or wanted == shape.newest:
        return {region: region for region in shape.regions}
    if wanted == pack.whole:
        return dict.fromkeys(shape.regions, pack.whole)
    known = pack.vintages()["vintage"].to_list()
    if wanted not in known:
        raise BadInput("base.regions", found=wanted, known=", ".join([*known, pack.whole]))
    mapping = region_lineage(pack).mapping(shape.newest, wanted)
    return {region: mapping[region] for region in shape.regions}


def _groups(known: tuple[str, ...], wanted: Sequence[str] | None) -> dict[str, str]:
    """Group -> the group asked for."""
    if wanted is None:
        return {name: name for name in known}
    if tuple(wanted) == (ALL,):
        return dict.fromkeys(known, ALL)
    unknown = [name for name in wanted if name not in known]
    if unknown or not wanted:
        raise BadInput("base.groups", found=", ".join(unknown), known=", ".join((*known, ALL)))
    return {name: name if name in wanted else known[-1] for name in known}
