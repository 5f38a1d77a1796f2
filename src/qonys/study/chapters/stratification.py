"""How ethnic groups live over the regions: segregation with chance removed, by group and by place.

The pack has one table of regions by ethnic group (estimates of one year) and no table of group by occupation or
education: social strata of groups cannot be shown, places can. Diversity of the nation is followed over censuses.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.inputs.series import census_population
from qonys.kernels.structure import segregation as sg
from qonys.kernels.structure.segregation import Array
from qonys.study.factors.places import centre_distances
from qonys.study.plan import Segregation
from qonys.study.runs.results import Number, Results, TableResult

METHOD = "kernels.structure.segregation.estimated"
ALL = "total"
INDICES = {"d_multi": sg.multigroup_dissimilarity, "h": sg.theil, "m": sg.information}
REST = "other_and_not_stated"


def compute(pack: Pack, results: Results) -> None:
    """Add indices of segregation, groups, regions, representation, and the diversity of the nation over time."""
    with results.part():
        _places(pack, results)
    with results.part(keys=("year",)):
        frame, sources = _diversity(pack)
        rank = int(str(frame["rank"].max()))
        results.add(TableResult("stratification_diversity", frame, "ratio", rank, sources, METHOD))


def _places(pack: Pack, results: Results) -> None:
    """Segregation of the newest table of regions by group."""
    regions, groups, counts = regional_table(pack)
    plan = results.plan.segregation
    around = _around(pack, regions, plan.bands)
    told = inputs.rows(pack, "ethnic_groups_of_regions")
    sources = inputs.sources_of(pack, ("ethnic_groups_of_regions",))
    rank = int(str(told["rank"].max()))
    indices = _indices(counts, around, plan)
    by_group = _by_group(groups, counts, around, plan)

    def table(name: str, frame: pl.DataFrame, unit: str = "as_indicator") -> TableResult:
        return TableResult(name, frame, unit, rank, sources, METHOD)

    h = indices.row(by_predicate=(pl.col("index") == "h") & (pl.col("band") == 0), named=True)
    d = indices.row(by_predicate=(pl.col("index") == "d_multi") & (pl.col("band") == 0), named=True)
    results.add(
        table("segregation_indices", indices),
        table("segregation_groups", by_group),
        table("segregation_regions", _by_region(regions, groups, counts)),
        table("representation", _representation(regions, groups, counts)),
        Number("stratification.h", h["value"], "ratio", rank=rank, sources=sources, method=METHOD),
        Number("stratification.d", d["value"], "ratio", rank=rank, sources=sources, method=METHOD),
        Number("stratification.groups", float(len(groups)), "count"),
        Number("stratification.regions", float(len(regions)), "count"),
        Number("stratification.year", float(str(told["year"].max())), "year"),
        Number("stratification.people", float(counts.sum()), "persons", rank=rank, sources=sources),
    )


def regional_table(pack: Pack) -> tuple[list[str], list[str], Array]:
    """Regions, groups and persons (regions, groups) of the newest table."""
    told = inputs.rows(pack, "ethnic_groups_of_regions")
    newest = told.filter(pl.col("year") == told["year"].max())
    wide = newest.pivot(on="ethnic_group", index="region", values="value").sort("region").fill_null(0.0)
    groups = sorted(name for name in wide.columns if name != "region")
    return wide["region"].to_list(), groups, wide.select(groups).to_numpy().astype(np.float64)


def _around(pack: Pack, regions: list[str], bands: tuple[int, ...]) -> dict[int, Array | None]:
    """Weights of surroundings by band, km; none for the place alone."""
    far = {(a, b): d for a, b, d in centre_distances(pack, regions).rows()}
    distances = np.array([[far.get((a, b), 0.0) for b in regions] for a in regions])
    return {band: sg.distance_weights(distances, float(band)) if band else None for band in bands}


def _indices(counts: Array, around: dict[int, Array | None], plan: Segregation) -> pl.DataFrame:
    """Indices of all groups together, of places and of surroundings: index, band, raw, chance, value, low, high."""
    rows = []
    for name, index in INDICES.items():
        for band, weights in around.items():
            found = sg.estimated(counts, lambda x, f=index, w=weights: f(x, w), plan.draws, plan.seed)  # type: ignore[misc]
            rows.append((name, band, found.raw, found.chance, found.value, found.low, found.high))
    names = ["index", "band", "raw", "chance", "value", "low", "high"]
    return pl.DataFrame(rows, schema=names, orient="row")


def _by_group(
    groups: list[str], counts: Array, around: dict[int, Array | None], plan: Segregation
) -> pl.DataFrame:
    """Each group: persons, share, D against all others with interval, isolation (and of surroundings), eta2."""
    rows = []
    wide = next((weights for weights in around.values() if weights is not None), None)
    for j, group in enumerate(groups):
        own = counts[:, j]
        two = np.column_stack([own, counts.sum(axis=1) - own])
        found = sg.estimated(two, lambda x: sg.dissimilarity(x[:, 0], x[:, 1]), plan.draws, plan.seed)
        rows.append(
            (group, float(own.sum()), float(own.sum() / counts.sum()), found.value, found.low, found.high,
             sg.exposure(counts, j, j), sg.correlation(counts, j), sg.exposure(counts, j, j, wide))
        )  # fmt: skip
    names = ["group", "people", "share", "d", "low", "high", "isolation", "eta2", "isolation_around"]
    return pl.DataFrame(rows, schema=names, orient="row").sort("people", descending=True)


def _by_region(regions: list[str], groups: list[str], counts: Array) -> pl.DataFrame:
    """Each region: persons, divergence from the country (nats), and the group that stands out most, with its quotient.

    Only groups with a thousandth of the region's people or more can stand out.
    """
    local, quotients = sg.local_information(counts), sg.quotients(counts)
    seen = (sg.shares(counts) >= 0.001) & (np.array(groups) != REST)
    best = np.where(seen, quotients, 0.0).argmax(axis=1)
    return pl.DataFrame(
        {"region": regions, "people": counts.sum(axis=1), "divergence": local,
         "group": [groups[j] for j in best], "quotient": quotients[np.arange(len(regions)), best]}
    )  # fmt: skip


def _representation(regions: list[str], groups: list[str], counts: Array) -> pl.DataFrame:
    """Region by group: persons, share, quotient and log-linear association."""
    share, quotient, tie = sg.shares(counts), sg.quotients(counts), sg.association(counts)
    rows = [
        (region, group, counts[i, j], share[i, j], quotient[i, j], tie[i, j])
        for i, region in enumerate(regions)
        for j, group in enumerate(groups)
    ]
    names = ["region", "group", "people", "share", "quotient", "association"]
    return pl.DataFrame(rows, schema=names, orient="row")


def _diversity(pack: Pack) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Effective number of groups exp(entropy) of the nation by year, groups of the census table common to all years.

    Groups that some year lacks are counted among the others, so that years compare.
    """
    counts = inputs.chosen(pack, "ethnic_persons")
    years = counts["year"].n_unique()
    named = counts.filter(~pl.col("ethnic_group").is_in([ALL, REST, "other"]))
    often = named.group_by("ethnic_group").agg(pl.col("year").n_unique().alias("n")).filter(pl.col("n") == years)
    counted = census_population(pack)
    totals = dict(zip(counted.axes[0].labels, counted.values.tolist(), strict=True))
    totals |= dict(counts.filter(pl.col("ethnic_group") == ALL).select("year", "value").rows())
    out = []
    for (year,), part in named.join(often, on="ethnic_group").partition_by("year", as_dict=True).items():
        whole = totals.get(year)
        if whole is None:
            continue
        people = [*part["value"].to_list(), max(whole - float(part["value"].sum()), 0.0)]
        share = np.array(people) / whole
        entropy = float(-(share * np.log(np.where(share > 0, share, 1.0))).sum())
        out.append((int(str(year)), float(np.exp(entropy)), len(people), int(str(part["rank"].max()))))
    frame = pl.DataFrame(out, schema=["year", "effective", "groups", "rank"], orient="row").sort("year")
    return frame, tuple(sorted(set(counts["source"])))
