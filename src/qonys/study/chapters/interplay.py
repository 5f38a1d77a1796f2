"""Whether moves inside the country and moves abroad answer each other, region by region.

Rates are those of the reconciled accounts: the sum of both is seen every year in the balance of the region, its
division into inside and abroad only in the years with a table of moves between regions, so it is estimated for the
others. An error of the division makes one rate too high and the other as much too low, which looks like an answer of
one to the other. Two guards: the division is drawn again within its limits for every interval, and rates of years
with tables stand apart.

Beside it the nested choice of staying or moving inside, from tables of moves and residents. Leaving the country is not
in it: emigrants by region are known for some regions and parts of years only.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.explanation.interplay import (
    PanelVar,
    ReachInterval,
    panel_var,
    replacement,
    resampled,
    responses,
    variance_shares,
)
from qonys.explanation.nested import choices_of, fit_variants
from qonys.inputs.statements import whole_years
from qonys.kernels.regression.demeaning import Array
from qonys.study.factors.covariates import pair_frame
from qonys.study.plan import Interplay
from qonys.study.runs.results import Number, Results, TableResult

METHOD = "explanation.interplay.panel_var"
RANK = 4
VARIABLES = ("internal", "external")
PERIOD = 5
LEAST = 0.5
LIMITS = 3.92
NESTED = "explanation.nested.fit_variants"
REACH = ("distance", "contiguous", "likeness")
HELD: dict[str, tuple[str, ...]] = {
    "none": (),
    "residents": ("population_o",),
    "increase": ("population_o", "increase_o"),
    "income": ("population_o", "income_o"),
}


def compute(pack: Pack, results: Results) -> None:
    """Add the fitted system, tests, responses, shares of variance, replacement, and the years with tables."""
    with results.part():
        _system(pack, results)
    with results.part():
        results.add(*_nested(pack, results))
    with results.part():
        results.add(*_leavers(pack))


def _system(pack: Pack, results: Results) -> None:
    """Rates of the accounts, and how they answer each other."""
    table = results.table("reconciled_regional")
    years, regions, rates, errors, people = _rates(table.frame)
    fit, plain = panel_var(rates), panel_var(rates, jackknife=False)
    net = rates.sum(axis=2)
    plan = results.plan.interplay
    how = (plan.draws, plan.seed)

    def renew(rng: np.random.Generator) -> Array:
        """The division drawn again, the sum kept."""
        inside = rates[..., 0] + errors * rng.standard_normal(errors.shape)
        return np.stack([inside, net - inside], axis=2)

    matrix = resampled(rates, lambda one: one.matrix, *how, jackknife=False)
    redrawn = resampled(rates, lambda one: one.matrix, *how, renew, jackknife=False)
    paths = resampled(rates, lambda one: responses(one, plan.horizon), *how, jackknife=False)
    shares = resampled(rates, lambda one: variance_shares(one, plan.horizon), *how, jackknife=False)
    seen = _seen_years(pack, years)
    direct = _within(rates[:, [years.index(y) for y in seen]], plan)

    def item(name: str, frame: pl.DataFrame, unit: str = "as_indicator") -> TableResult:
        return TableResult(name, frame, unit, RANK, table.sources, METHOD)

    sums = _replacement(years, regions, rates, people)
    results.add(
        item("interplay_rates", _long(years, regions, rates), "per_1000"),
        item("interplay_matrix", _matrix(plain, fit, matrix, redrawn)),
        item("interplay_responses", _paths(paths.point, paths.low, paths.high), "per_1000"),
        item("interplay_shares", _square(shares.point, shares.low, shares.high)),
        item("interplay_replacement", sums, "ratio"),
        Number("interplay.first", float(years[0]), "year"),
        Number("interplay.last", float(years[-1]), "year"),
        Number("interplay.regions", float(len(regions)), "count"),
        Number("interplay.seen", float(len(seen)), "count"),
        *(
            Number(f"interplay.{name}", value, "ratio", low, high, RANK, table.sources, METHOD)
            for name, value, low, high in (
                ("answer", matrix.point[0, 1], matrix.low[0, 1], matrix.high[0, 1]),
                ("back", matrix.point[1, 0], matrix.low[1, 0], matrix.high[1, 0]),
                ("answer_redrawn", redrawn.middle[0, 1], redrawn.low[0, 1], redrawn.high[0, 1]),
                ("same_year", *direct),
            )
        ),
    )  # fmt: skip


def _nested(pack: Pack, results: Results) -> list[Number | TableResult]:
    """Staying or moving inside: the weight of what is within reach, with and without what else is held; and how many
    regions have emigrants in one and the same period.
    """
    vintage = str(pack.vintages().sort("order")["vintage"][0])
    plan = results.plan.interplay
    frame = pair_frame(pack, results, vintage).with_columns(residents=pl.col("population_o").exp())
    every = tuple(sorted({name for held in HELD.values() for name in held}))
    lacking = frame.filter(pl.any_horizontal(pl.col(c).is_null() for c in ("residents", *every)))["year"].unique()
    used = frame.filter(~pl.col("year").is_in(lacking.to_list()))
    fits = fit_variants(choices_of(used, REACH, every), every, list(HELD.values()), plan.draws, plan.seed)
    years = used["year"].n_unique()
    rows = [(name, *fit.dissimilarity, years, *fit.lower) for name, fit in zip(HELD, fits, strict=True)]
    names = ["held", "value", "low", "high", "years", *REACH]
    table = pl.DataFrame(rows, schema=names, orient="row")
    sources = results.table("reconciled_regional").sources
    own = tuple(sorted({*sources, *whole_years(pack)["source"]}))
    return [
        TableResult("interplay_nested", table, "ratio", RANK, own, NESTED),
        *(
            Number(f"interplay.reach_{name}", value, "ratio", low, high, RANK, own, NESTED)
            for name, value, low, high, *_ in rows
        ),
    ]


def _leavers(pack: Pack) -> list[Number]:
    """The most regions whose emigrants are known in one and the same period, where any are."""
    if inputs.available(pack, ("emigrants_by_region",)):
        return []
    flows = inputs.rows(pack, "emigrants_by_region").drop_nulls("period")
    counts = flows.group_by("period").agg(pl.col("category").n_unique().alias("n"))
    return [Number("interplay.leavers", float(counts["n"].to_numpy().max()), "count")]


def _rates(frame: pl.DataFrame) -> tuple[list[int], list[str], Array, Array, Array]:
    """Years, regions, rates per 1000 (regions, years, 2), standard errors of the internal one, mean residents."""

    def grid(quantity: str, column: str = "median") -> pl.DataFrame:
        rows = frame.filter(pl.col("quantity") == quantity)
        return rows.pivot(on="year", index="region", values=column, sort_columns=True).sort("region")

    inside, abroad = grid("internal_net"), grid("external_net")
    years = [int(name) for name in inside.columns if name != "region"]
    stock = grid("population").drop("region").to_numpy()
    people = (stock[:, : len(years)] + stock[:, 1 : len(years) + 1]) / 2
    rates = np.stack([part.drop("region").to_numpy() / people * 1000 for part in (inside, abroad)], axis=2)
    low, high = (grid("internal_net", end).drop("region").to_numpy() for end in ("low", "high"))
    return years, inside["region"].to_list(), rates, (high - low) / LIMITS / people * 1000, people


def _seen_years(pack: Pack, years: list[int]) -> list[int]:
    """Years of the panel with a table of moves between regions."""
    tables = set(whole_years(pack)["year"].cast(pl.Int64))
    return [year for year in years if year in tables]


def _within(rates: Array, plan: Interplay) -> tuple[float, float, float]:
    """Slope of the internal on the external rate of the same year within regions and years; interval over regions."""

    def slope(block: Array) -> float:
        part = block - block.mean(axis=1, keepdims=True)
        part = part - part.mean(axis=0, keepdims=True)
        return float((part[..., 0] * part[..., 1]).sum() / (part[..., 1] ** 2).sum())

    rng = np.random.default_rng(plan.seed)
    again = [slope(rates[rng.integers(0, len(rates), len(rates))]) for _ in range(plan.draws)]
    low, high = (float(np.quantile(again, tail)) for tail in (0.025, 0.975))
    return slope(rates), low, high


def _long(years: list[int], regions: list[str], rates: Array) -> pl.DataFrame:
    rows = [
        (region, year, rates[i, t, 0], rates[i, t, 1])
        for i, region in enumerate(regions)
        for t, year in enumerate(years)
    ]
    return pl.DataFrame(rows, schema=["region", "year", *VARIABLES], orient="row")


def _matrix(plain: PanelVar, mended: PanelVar, found: ReachInterval, redrawn: ReachInterval) -> pl.DataFrame:
    """Rows: moved, lagged, value, interval over regions, jackknife value, F, p, interval with the division redrawn."""
    rows = [
        (moved, lagged, plain.matrix[i, j], found.low[i, j], found.high[i, j], mended.matrix[i, j],
         plain.tests[i, j], plain.p[i, j], redrawn.low[i, j], redrawn.high[i, j])
        for i, moved in enumerate(VARIABLES)
        for j, lagged in enumerate(VARIABLES)
    ]  # fmt: skip
    names = ["moved", "lagged", "value", "low", "high", "mended", "f", "p", "redrawn_low", "redrawn_high"]
    return pl.DataFrame(rows, schema=names, orient="row")


def _paths(point: Array, low: Array, high: Array) -> pl.DataFrame:
    """Rows: moved, shock, year after, value, low, high."""
    rows = [
        (moved, shock, step, point[step, i, j], low[step, i, j], high[step, i, j])
        for i, moved in enumerate(VARIABLES)
        for j, shock in enumerate(VARIABLES)
        for step in range(len(point))
    ]
    return pl.DataFrame(rows, schema=["moved", "shock", "step", "value", "low", "high"], orient="row")


def _square(point: Array, low: Array, high: Array) -> pl.DataFrame:
    return _paths(point[None], low[None], high[None]).drop("step")


def _replacement(years: list[int], regions: list[str], rates: Array, people: Array) -> pl.DataFrame:
    """Persons gained inside and abroad and their ratio by region and five years; the last period may be shorter.

    No ratio where fewer than `LEAST` per 1000 residents a year were lost abroad: it would be noise over noise.
    """
    starts = list(range(years[0], years[-1] + 1, PERIOD))
    rows = []
    for start in starts:
        inside = [t for t, year in enumerate(years) if start <= year < start + PERIOD]
        moved = (rates[:, inside] * people[:, inside, None] / 1000).sum(axis=1)
        lost = -1000 * moved[:, 1] / people[:, inside].sum(axis=1)
        ratio = np.where(lost >= LEAST, replacement(moved[:, 0], moved[:, 1]), np.nan)
        last = years[inside[-1]]
        rows += [(r, start, last, moved[i, 0], moved[i, 1], ratio[i]) for i, r in enumerate(regions)]
    frame = pl.DataFrame(rows, schema=["region", "start", "last", *VARIABLES, "ratio"], orient="row")
    return frame.with_columns(pl.col("ratio").fill_nan(None))
