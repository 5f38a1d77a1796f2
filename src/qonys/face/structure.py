"""Population structure: segregation, diversity, ageing, and decomposition of change."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from qonys.catalog.reading.wanted import Wanted
from qonys.errors import BadInput
from qonys.face.arguments import offered
from qonys.face.frames import Columns, Table, alike, frame_of, sources_of
from qonys.face.options import names
from qonys.face.result import Result
from qonys.figures.results import View
from qonys.kernels.structure import ageing
from qonys.kernels.structure import diversity as mixture
from qonys.kernels.structure.decomposition import product_effects
from qonys.study.analyses.flows import COUNTED
from qonys.study.analyses.segregation import AREAS, COUNTS, KINDS, Places

PLACES = COUNTS
MIXED = Wanted(
    labels=("group",), optional_labels=("region", "period"), optional_whole=("time",), kinds=COUNTED,
    apart=("region",),
)  # fmt: skip
PEOPLE = Wanted(
    labels=("sex",), whole=("age_start",), optional_labels=("region", "group"), optional_whole=("time",),
    kinds=COUNTED, apart=("region", "group"),
)  # fmt: skip


@offered
def segregation(counts: Table, *, areas: Table | None = None, draws: int = 200, columns: Columns = None) -> Result:
    """Residential segregation of groups, corrected for small-sample bias, with intervals.

    Parameters
    ----------
    counts
        region, group, value (persons); a missing pair is a count of zero. Shares, percentages and counts with fractions
        are no persons: they have no correction for chance and no interval, and a note says why.
    areas
        region, area (any unit) of every region, for delta.
    draws
        Number of bootstrap replicates and of random allocations.
    columns
        Standard column name to your column name: {"region": "school", "group": "race", "value": "n"}.

    Returns
    -------
    index (d_multi: multigroup dissimilarity; h: Theil's information theory index; normalised_exposure, all 0 to 1; m:
    mutual information, nats), value (bias removed), low, high (95%), raw (of the counts), chance (expected under random
    allocation). Tables: `groups` (each group against all others: d, isolation, eta2, h, and from `areas` delta: the
    share that would have to move for an even density); `pairs` (d between two groups, exposure of the first to the
    second, to itself isolation); `quotients` (location quotients); `places` (divergence of each place, nats).

    Raises
    ------
    BadInput
        Fewer than two places or groups, an empty place or group, negative counts, a repeated pair, areas that are not
        those of the regions.

    Notes
    -----
    Source: Duncan and Duncan (1955); Reardon and Firebaugh (2002); delta: Duncan, Cuzzort and Duncan (1961), Massey and
    Denton (1988); bias: Winship (1977), Carrington and Troske (1997), Elbers (2021).

    Examples
    --------
    >>> import qonys
    >>> counts = {"region": ["a", "a", "b", "b"], "group": ["x", "y", "x", "y"], "value": [400, 0, 0, 400]}
    >>> qonys.segregation(counts, draws=20).frame.filter(index="h")["raw"].to_list()
    [1.0]
    """
    frame = frame_of(counts, PLACES, "counts", columns)
    sizes = None if areas is None else frame_of(areas, AREAS, "areas", columns)
    places = Places.of_table(frame, draws, sizes)
    tables = {kind: table(places) for kind, table in KINDS.items()}
    views = (
        View("dots", "value", "index", "low", "high"),
        View("dots", "d", "group", "low", "high", table="groups"),
        View("heat", "other", "group", colour="d", table="pairs"),
        View("dots", "divergence", "region", table="places"),
    )
    return Result("segregation", tables.pop("indices"), tables, (), views, None, sources_of(counts, areas))


@offered
def diversity(counts: Table, *, columns: Columns = None) -> Result:
    """Diversity of a population by group: fractionalisation, polarisation, entropy.

    Parameters
    ----------
    counts
        group, value (persons); optional region, time or period, each measured separately.
    columns
        Standard column name to your column name.

    Returns
    -------
    The group columns, index (fractionalisation 0 to 1, polarisation 0 to 1, entropy in nats, groups: exp of the
    entropy), value. Table `shares`: the group columns, group, share.

    Raises
    ------
    BadInput
        Negative counts, a repeated group, a population of zero.

    Notes
    -----
    Source: Simpson (1949); Montalvo and Reynal-Querol (2005); Shannon (1948).

    Examples
    --------
    >>> import qonys
    >>> found = qonys.diversity({"group": ["a", "b"], "value": [50, 50]}).frame
    >>> found.filter(index="fractionalisation")["value"].to_list()
    [0.5]
    """
    frame = frame_of(counts, MIXED, "counts", columns)
    keys = [name for name in ("region", "period", "time") if name in frame.columns]
    if (frame["value"] < 0).any() or frame.select(*keys, "group").is_duplicated().any():
        raise BadInput("face.diversity", rows=frame.height)
    rows: list[dict[str, object]] = []
    shares: list[pl.DataFrame] = []
    for labels, part in list(frame.group_by(keys, maintain_order=True)) if keys else [((), frame)]:
        about = dict(zip(keys, labels, strict=True))
        if part["value"].sum() <= 0:
            raise BadInput("face.diversity", rows=part.height)
        share = mixture.shares(part["value"].to_numpy())
        entropy = float(mixture.entropy(share))
        measures = {
            "fractionalisation": float(mixture.simpson(share)),
            "polarisation": float(mixture.polarisation(share)),
            "entropy": entropy,
            "groups": float(np.exp(entropy)),
        }
        rows += [{**about, "index": name, "value": value} for name, value in measures.items()]
        shares.append(part.select(*keys, "group", pl.Series("share", share)))
    x = "time" if "time" in keys else keys[-1] if keys else "index"
    view = View("line" if x == "time" else "bars", x, "value", panel="index" if keys else "")
    tables = {"shares": pl.concat(shares)}
    return Result("diversity", pl.DataFrame(rows), tables, (), (view,), None, sources_of(counts))


@offered
def age_structure(population: Table, *, working: tuple[int, int] = (20, 65), columns: Columns = None) -> Result:
    """Measures of population ageing from a population by sex and single year of age.

    Parameters
    ----------
    population
        sex (female, male), age_start (0, 1, ..., last open), value (persons); optional time, region, group.
    working
        Working age, low <= age < high, years.
    columns
        Standard column name to your column name: {"age_start": "age"}.

    Returns
    -------
    The group columns, measure (child_dependency, old_age_dependency, total_dependency: persons per person
    of working age; potential_support; median_age, mean_age: years), value.

    Raises
    ------
    BadInput
        Gaps between ages, a missing sex, negative or repeated cells.

    Notes
    -----
    Source: United Nations (2000), Replacement Migration, for the potential support ratio. For the mean age, persons
    in the open age group are assumed to be two years above its lower limit.

    Examples
    --------
    >>> import qonys
    >>> ages = list(range(81))
    >>> people = {"sex": ["female"] * 81 + ["male"] * 81, "age_start": ages * 2, "value": [10] * 162}
    >>> qonys.age_structure(people).frame.filter(measure="median_age")["value"].to_list()
    [40.5]
    """
    frame = frame_of(population, PEOPLE, "population", columns)
    keys = [name for name in ("time", "region", "group") if name in frame.columns]
    rows: list[dict[str, object]] = []
    for labels, part in list(frame.group_by(keys, maintain_order=True)) if keys else [((), frame)]:
        about = dict(zip(keys, labels, strict=True))
        people = _by_sex_and_age(part)
        measures = {
            "child_dependency": ageing.child_dependency(people, working),
            "old_age_dependency": ageing.old_dependency(people, working),
            "total_dependency": ageing.total_dependency(people, working),
            "potential_support": ageing.potential_support(people, working),
            "median_age": ageing.median_age(people),
            "mean_age": ageing.mean_age(people),
        }
        rows += [{**about, "measure": name, "value": float(value)} for name, value in measures.items()]
    found = pl.DataFrame(rows).with_columns(pl.col("value").fill_nan(None))
    x = "time" if "time" in keys else keys[0] if keys else "measure"
    view = View("line" if x == "time" else "bars", x, "value", panel="measure" if keys else "")
    return Result("age_structure", found, {}, (), (view,), None, sources_of(population))


def _by_sex_and_age(part: pl.DataFrame) -> np.ndarray:
    """Persons (2, ages) by single year of age from 0."""
    ages = part["age_start"].unique().sort().to_list()
    sexes = ("female", "male")
    whole = part.height == 2 * len(ages) and not part.select("sex", "age_start").is_duplicated().any()
    if ages != list(range(len(ages))) or set(part["sex"]) != set(sexes) or not whole or (part["value"] < 0).any():
        raise BadInput("face.ages", ages=", ".join(map(str, ages[:6])), sexes=", ".join(sorted(set(part["sex"]))))
    return np.stack([part.filter(sex=sex).sort("age_start")["value"].to_numpy() for sex in sexes])


@offered
def decompose(
    before: Table,
    after: Table,
    factors: str | Sequence[str],
    *,
    cells: str | Sequence[str] = (),
    columns: Columns = None,
) -> Result:
    """Decomposition of the change of a rate or total into the effects of its factors (Kitagawa, Das Gupta).

    Parameters
    ----------
    before, after
        Cells and factors of two populations or times; the rate is the sum over cells of the product of the factors.
    factors
        Columns whose product is summed: ["share", "rate"] gives Kitagawa's composition and rate effects.
    cells
        Label columns (age, region, ...); by default there is a single cell.
    columns
        Standard column name to your column name.

    Returns
    -------
    factor, value: the effect of each factor's change, in the unit of the product; effects sum to the total change,
    without a residual. Table `cells`: the same by cell.

    Raises
    ------
    BadInput
        Cells present in one table only, or repeated; empty or missing numbers.

    Notes
    -----
    Source: Kitagawa (1955) for two factors; Das Gupta (1993), chapter 2, for any number.

    Examples
    --------
    Birth rates of Austria and Chile, 1981 (Das Gupta 1993, chapter 2).

    >>> import qonys
    >>> austria = {"b": [51.78746], "w": [0.45919], "f": [0.52638]}
    >>> chile = {"b": [84.90502], "w": [0.75756], "f": [0.51065]}
    >>> qonys.decompose(austria, chile, ["b", "w", "f"]).frame["value"].round(3).to_list()
    [10.434, 10.561, -0.667]
    """
    alike("decompose", before, after)
    own, keys = names(factors), list(names(cells))
    wanted = Wanted(labels=tuple(keys), numbers=own)
    old, new = (frame_of(one, wanted, name, columns) for one, name in ((before, "before"), (after, "after")))
    if keys:
        old, new = old.sort(keys), new.sort(keys)
        twice = any(one.select(keys).is_duplicated().any() for one in (old, new))
        if twice or not old.select(keys).equals(new.select(keys)):
            raise BadInput("face.decompose.cells", before=old.height, after=new.height, cells=", ".join(keys))
    elif old.height != 1 or new.height != 1:
        raise BadInput("face.decompose.one", before=old.height, after=new.height)
    effects = product_effects([old[name].to_numpy() for name in own], [new[name].to_numpy() for name in own])
    pieces = [
        old.select(pl.lit(name).alias("factor"), *keys, pl.Series("value", effects[i])) for i, name in enumerate(own)
    ]
    frame = pl.DataFrame({"factor": list(own), "value": effects.sum(axis=1)})
    views = (View("bars", "factor", "value"),)
    return Result("decompose", frame, {"cells": pl.concat(pieces)}, (), views, None, sources_of(before, after))
