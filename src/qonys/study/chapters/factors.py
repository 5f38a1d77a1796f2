"""Why people move between regions: gravity with what is known of the regions, and what each group of factors adds.

Every figure here is an association. The regions are those of the oldest boundaries, the years those with a table of
origins and destinations for a whole year; errors allow moves that share an origin or a destination to depend on each
other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from qonys.catalog import Pack
from qonys.explanation.contributions import (
    ContributionParts,
    coefficient_draws,
    summed,
    to_change,
    to_direction,
    to_level,
)
from qonys.explanation.fit import fit_of
from qonys.explanation.gravity import Gravity, Model, fit_gravity
from qonys.inputs import sources_of
from qonys.inputs.statements import whole_years
from qonys.study.factors.covariates import pair_frame
from qonys.study.factors.covariates_abroad import partner_frame
from qonys.study.plan import Gravity as GravityPlan
from qonys.study.runs.results import Number, Results, TableResult

METHOD = "explanation.gravity.fit_gravity"
SHAPLEY = "explanation.contributions.to_direction"
TABLES = ("population_regional", "economy_regional", "vital_regional", "ethnic_regional")
RANK = 3
PAIR = ("distance", "contiguous", "likeness")
ENDS = ("origin", "destination")
BOTH_YEARS = ("origin^year", "destination^year")
PULL = ("origin^destination", "origin^year")
GROUPS = {
    "space": ("distance", "contiguous"),
    "economic": ("income", "unemployment"),
    "social": ("housing",),
    "demographic": ("population", "increase"),
    "ethnic": ("likeness",),
}

NAMED = (
    ("pairs", "distance"), ("pairs", "contiguous"), ("pairs", "likeness"), ("gravity", "population_d"),
    ("income_alone", "income_d"), ("housing_alone", "housing_d"),
)  # fmt: skip


@dataclass(frozen=True)
class Spec:
    """One model: its name, regressors, effects, and the last year used."""

    name: str
    regressors: tuple[str, ...]
    effects: tuple[str, ...]
    last: int = 9999


def _sides(*names: str) -> tuple[str, ...]:
    return tuple(f"{name}{end}" for name in names for end in ("_o", "_d"))


LONG = (*PAIR, *_sides("population", "increase", "income", "unemployment"))
SPECS = (
    Spec("gravity", LONG, ("year",)),
    Spec("levels", (*LONG, *_sides("housing")), ("year",)),
    Spec("pairs", PAIR, BOTH_YEARS),
    Spec("income", ("population_d", "income_d"), PULL),
    Spec("income_alone", ("income_d",), PULL),
    Spec("housing", ("population_d", "income_d", "housing_d"), PULL),
    Spec("housing_alone", ("housing_d",), PULL),
    Spec("changes", _sides("population", "increase", "income", "unemployment", "housing"),
         ("origin^destination", "year")),
)  # fmt: skip


def compute(pack: Pack, results: Results) -> None:
    """Add gravity models, their fit, contributions of groups of factors, and the two elasticities of the levers."""
    with results.part():
        _inside(pack, results)
    with results.part():
        results.add(*_abroad(pack))


def _inside(pack: Pack, results: Results) -> None:
    """Moves between regions."""
    vintage = str(pack.vintages().sort("order")["vintage"][0])
    frame = pair_frame(pack, results, vintage)
    fits = {spec.name: _fitted(frame, spec) for spec in SPECS}
    sources = tuple(sorted({*sources_of(pack, TABLES), *whole_years(pack)["source"]}))

    def table(name: str, rows: pl.DataFrame, method: str = METHOD) -> TableResult:
        return TableResult(name, rows, "as_indicator", RANK, sources, method)

    results.add(
        table("factors_gravity", _terms(fits)),
        table("factors_fit", pl.concat([_fit_rows(frame, fits), _outside(frame)], how="diagonal")),
        table("factors_contributions", _contributions(frame, fits, results.plan.gravity), SHAPLEY),
        table("factors_residuals", _residuals(frame, fits["levels"])),
        _elasticity("income", fits["income"], sources),
        _elasticity("housing", fits["housing"], sources),
        *_about(frame, fits, sources),
    )


def _fitted(frame: pl.DataFrame, spec: Spec) -> tuple[pl.DataFrame, Gravity]:
    """The rows with all regressors, and the model fitted to them by the package's own kernel, the same everywhere."""
    rows = frame.filter(pl.col("year") <= spec.last).drop_nulls(list(spec.regressors))
    return rows, fit_gravity(rows, Model("moves", spec.regressors, spec.effects, ENDS), "own")


def _terms(fits: dict[str, tuple[pl.DataFrame, Gravity]]) -> pl.DataFrame:
    """Terms of all models: spec, term, estimate, error, low, high, p, and the effects and years of the model."""
    return pl.concat(
        fit.terms.select(pl.lit(name).alias("spec"), pl.all(), pl.lit(" ".join(fit.model.effects)).alias("effects"),
                         pl.lit(" ".join(str(y) for y in sorted(rows["year"].unique()))).alias("years"))
        for name, (rows, fit) in fits.items()
    )  # fmt: skip


def _fit_rows(frame: pl.DataFrame, fits: dict[str, tuple[pl.DataFrame, Gravity]]) -> pl.DataFrame:
    return pl.DataFrame(
        [{"spec": name, "year": None, **fit.fit.as_dict()} for name, (_, fit) in fits.items()],
        schema_overrides={"year": pl.Int64},
    )


def _outside(frame: pl.DataFrame) -> pl.DataFrame:
    """Fit in the last year of models that did not see it: gravity, and the table of the year before scaled to its sum.

    The sum of the year is given to both, so the row tells of directions only.
    """
    last = int(str(frame["year"].max()))
    rows, fit = _fitted(frame.filter(pl.col("year") < last), SPECS[0])
    ahead = frame.filter(pl.col("year") == last).drop_nulls(list(SPECS[0].regressors))
    mu = np.exp(ahead.select(SPECS[0].regressors).to_numpy() @ fit.coefficients())
    before = frame.filter(pl.col("year") == rows["year"].max())
    seen = before.select("origin", "destination", pl.col("moves").alias("seen"))
    naive = ahead.join(seen, on=["origin", "destination"], how="left", maintain_order="left")["seen"].to_numpy()
    moves = ahead["moves"].to_numpy()
    return pl.DataFrame(
        [{"spec": name, "year": last, **fit_of(moves, guess * moves.sum() / guess.sum()).as_dict()}
         for name, guess in (("gravity_ahead", mu), ("last_table_ahead", naive))]
    )  # fmt: skip


def _contributions(
    frame: pl.DataFrame, fits: dict[str, tuple[pl.DataFrame, Gravity]], plan: GravityPlan
) -> pl.DataFrame:
    """Contributions to direction, to level by region, and to change: what, group, place, value, low, high, whole.

    `base`: moves of the first year, where a change is split.
    """
    rows, fit = fits["levels"]
    terms = fit.terms["term"].to_list()
    groups = _columns(terms)
    draws = coefficient_draws(fit.coefficients(), fit.covariance, plan.draws, plan.seed)
    x = rows.select(terms).to_numpy()
    years = rows["year"].rank("dense").cast(pl.Int64).to_numpy() - 1
    moves = rows["moves"].to_numpy()
    tables = [_named("direction", to_direction(moves, x, years, draws, groups))]
    for side in ENDS:
        regions = sorted(rows[side].unique())
        places = np.array([regions.index(region) for region in rows[side]])
        tables.append(_named(f"level_{side}", to_level(moves, x, years, draws, groups, places), regions))
    return pl.concat([*tables, *_change(*fits["changes"], plan)], how="diagonal")


def _change(rows: pl.DataFrame, fit: Gravity, plan: GravityPlan) -> list[pl.DataFrame]:
    """Change between the first and the last year of the model, in all and by region of destination.

    Regressors are taken less their mean of the year: what changes for all regions alike (prices, the economy, rules of
    registration, policy for the whole country) cannot be told apart by any model of these data: it stands in `common`.
    """
    terms = fit.terms["term"].to_list()
    ends = [int(str(rows["year"].min())), int(str(rows["year"].max()))]
    keys = ["origin", "destination"]
    sides = [rows.filter(pl.col("year") == year).sort(keys) for year in ends]
    common = sides[0].select(keys).join(sides[1].select(keys), on=keys).sort(keys)
    old, new = (common.join(side, on=keys, how="left", maintain_order="left") for side in sides)
    draws = coefficient_draws(fit.coefficients(), fit.covariance, plan.draws, plan.seed)
    x0, x1 = (side.select(pl.col(terms) - pl.col(terms).mean()).to_numpy() for side in (old, new))
    parts = to_change(
        old["moves"].to_numpy(), new["moves"].to_numpy(), (x0, x1), draws, _columns(terms), "common", "rest"
    )
    regions = sorted(common["destination"].unique())
    places = np.array([regions.index(region) for region in common["destination"]])
    base = pl.DataFrame({"place": regions, "base": np.bincount(places, weights=old["moves"].to_numpy())})
    by_region = _named("change_destination", summed(parts, places), regions)
    return [_named("change", summed(parts)), by_region.join(base, on="place", how="left")]


def _columns(terms: list[str]) -> dict[str, list[int]]:
    """Places of each group's terms; groups without any are left out."""
    stems = [term.removesuffix("_o").removesuffix("_d") for term in terms]
    found = {group: [j for j, stem in enumerate(stems) if stem in names] for group, names in GROUPS.items()}
    return {group: columns for group, columns in found.items() if columns}


def _named(what: str, parts: ContributionParts, places: list[str] | None = None) -> pl.DataFrame:
    return parts.frame(places or [""]).with_columns(pl.lit(what).alias("what"))


def _residuals(frame: pl.DataFrame, fitted: tuple[pl.DataFrame, Gravity]) -> pl.DataFrame:
    """Observed less fitted arrivals, departures and net by year and region, moves and per 1000 residents."""
    rows, fit = fitted
    both = rows.with_columns(pl.Series("left", rows["moves"].to_numpy() - fit.fitted))
    people = both.select("year", pl.col("destination").alias("region"), pl.col("population_d").exp().alias("people"))
    sums = {
        name: both.group_by("year", side).agg(pl.col("left").sum().alias(name)).rename({side: "region"})
        for name, side in (("arrivals", "destination"), ("departures", "origin"))
    }
    keys = ["year", "region"]
    joined = sums["arrivals"].join(sums["departures"], on=keys).join(people.unique(), on=keys)
    net = 1000 * (pl.col("arrivals") - pl.col("departures")) / pl.col("people")
    return joined.with_columns(net.alias("net")).sort(keys)


def _elasticity(name: str, fitted: tuple[pl.DataFrame, Gravity], sources: tuple[str, ...]) -> Number:
    value, low, high = fitted[1].estimate(f"{name}_d")
    return Number(f"factors.elasticity.{name}", value, "ratio", low, high, RANK, sources, METHOD)


def _about(
    frame: pl.DataFrame, fits: dict[str, tuple[pl.DataFrame, Gravity]], sources: tuple[str, ...]
) -> list[Number]:
    """Numbers that the text of the chapter names."""
    rows, _ = fits["changes"]
    regions = frame["origin"].n_unique()
    found = [
        Number("factors.first", float(str(frame["year"].min())), "year"),
        Number("factors.last", float(str(frame["year"].max())), "year"),
        Number("factors.regions", float(regions), "count"),
        Number("factors.cells", float(frame.height), "count"),
        Number("factors.change_first", float(str(rows["year"].min())), "year"),
        Number("factors.change_last", float(str(rows["year"].max())), "year"),
    ]
    for spec, term in NAMED:
        value, low, high = fits[spec][1].estimate(term)
        found.append(Number(f"factors.{spec}.{term}", value, "ratio", low, high, RANK, sources, METHOD))
    return found


def _abroad(pack: Pack) -> list[Number | TableResult]:
    """Reported flows with partners on networks, distance and incomes, errors by partner: terms, rows, size."""
    rows = partner_frame(pack)
    model = Model("moves", ("stock", "distance", "income"), ("flow^period",), ("partner",))
    found = fit_gravity(rows, model, "own")
    sources = sources_of(pack, ("external_flows", "migrant_stock", "partners_wdi"))
    value, low, high = found.estimate("stock")
    return [
        TableResult("factors_abroad", found.terms, "as_indicator", RANK, sources, METHOD),
        TableResult("factors_abroad_rows", rows, "as_indicator", RANK, sources, METHOD),
        Number("factors.abroad.stock", value, "ratio", low, high, RANK, sources, METHOD),
        Number("factors.abroad.rows", float(rows.height), "count"),
        Number("factors.abroad.partners", float(rows["partner"].n_unique()), "count"),
    ]
