"""What migration did to size, ages, composition and settlement, and what it would have to do to hold them."""

from __future__ import annotations

import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.consequences.settlement import migration_effect, regional_growth
from qonys.projection.national import project_national
from qonys.study.counterfactual.composition import (
    composition,
    concentration_table,
    diversity_table,
    groups_forward,
    regions_of,
)
from qonys.study.counterfactual.populations import (
    PastAccount,
    PastCounterfactual,
    fewer,
    known,
    past_counterfactual,
    projected_counterfactual,
)
from qonys.study.counterfactual.tables import (
    ageing_table,
    by_start,
    decomposition_table,
    effect_table,
    pyramid,
    replacement_table,
)
from qonys.study.ensembles.fits import fitted
from qonys.study.ensembles.regional_draws import NAMES, depopulation_rows, with_projection
from qonys.study.runs.results import SOURCES, Number, Results, TableResult

RANK = 5
LIKELY = 0.9
MEASURED = {"old_dependency": "per_100", "prospective_dependency": "per_100", "median_age": "years", "support": "ratio"}
SHOWN = {"ratio": "one"}  # as many decimals as the other measures of ages have
GROUP_FIGURES = ("ethnic_census", "census_population_of_groups")
LEAVERS = "total_fertility_contrast_group"
EFFECT = "consequences.counterfactual.effect_of"
AGEING = "consequences.ageing.measures"
REPLACEMENT = "consequences.replacement.replacement"
PARTS = "consequences.decomposition.parts_of_change"
GROUPS = "consequences.composition.fit_groups"
DIASPORAS = "consequences.composition.diasporas"
SIMPSON = "consequences.simpson"
SETTLEMENT = "consequences.settlement"


def compute(pack: Pack, results: Results) -> None:
    """Add the tables and numbers of the chapter."""
    plan = results.plan.consequences
    with results.part() as past:
        found = known(pack, results.table("reconciled_draws").frame, results.plan.account.kept)
        since = past_counterfactual(found, plan.since)
    with results.part() as fertility:
        leavers = fertility_of_leavers(pack)
        results.add(*_leavers(pack, leavers))
    with results.part(past, fertility):
        few = fewer(found, plan.few)
        _past(results, found, since, by_start(found, few, leavers, tuple(sorted({*plan.starts, plan.since}))))
    with results.part(past):
        _future(pack, results, found, since)
    if not inputs.available(pack, GROUP_FIGURES):
        with results.part():
            _groups(pack, results)
    if results.has_table("components_by_region"):
        with results.part():
            _regions(pack, results)


def fertility_of_leavers(pack: Pack) -> float | None:
    """Fertility of the largest group of those who left as a part of the country's: mean of years known, or None."""
    if inputs.available(pack, (LEAVERS,)):
        return None
    own = inputs.rows(pack, LEAVERS).drop_nulls("year").select("year", own="value")
    whole = inputs.rows(pack, "total_fertility_rate", role="model").select("year", all="value")
    both = own.join(whole, on="year")
    return float((both["own"] / both["all"]).to_numpy().mean())


def _number(name: str, row: dict[str, float], unit: str, sources: tuple[str, ...], method: str = EFFECT) -> Number:
    """A result with its interval, or alone where the account leaves no room (ages of a counted year)."""
    sure = abs(row["high"] - row["low"]) < 1e-9 * max(1.0, abs(row["median"]))
    low, high = (None, None) if sure else (row["low"], row["high"])
    return Number(f"consequences.{name}", row["median"], unit, low, high, RANK, sources, method, SHOWN.get(unit, ""))


def _ends(row: dict[str, float]) -> tuple[float | None, float | None]:
    return (None, None) if round(row["low"], 2) == round(row["high"], 2) else (row["low"], row["high"])


def _row(frame: pl.DataFrame, **keys: object) -> dict[str, float]:
    found = frame
    for key, value in keys.items():
        found = found.filter(pl.col(key) == value)
    return found.row(0, named=True)


def _leavers(pack: Pack, leavers: float | None) -> tuple[Number, ...]:
    if leavers is None:
        return ()
    return (Number("consequences.fewer", leavers, "share", rank=3, sources=inputs.sources_of(pack, (LEAVERS,))),)


def _past(results: Results, found: PastAccount, since: PastCounterfactual, starts: pl.DataFrame) -> None:
    sources, end, plan = found.sources, since.years[-1], results.plan.consequences
    known_starts, known_parts = set(starts["since"]), set(starts["part"])
    effect, parts = effect_table(since), decomposition_table(since)
    results.add(
        TableResult("consequences_by_start", starts, "persons", RANK, sources, EFFECT),
        TableResult("consequences_pyramid", pyramid(since, end), "persons", RANK, sources, EFFECT),
        TableResult("consequences_parts_past", parts, "as_measure", RANK, sources, PARTS),
        Number("consequences.since", plan.since, "year"),
        Number("consequences.end", end, "year"),
        Number("consequences.draws", results.plan.account.kept, "count"),
        Number("consequences.gap", round(since.effect.residual(), 3), "persons", method=EFFECT),
        *(
            _number(f"effect.{part}", _row(effect, part=part, year=end), "persons", sources)
            for part in ("total", "direct", "indirect", "net_migration", "births", "deaths")
        ),
        *(
            _number(f"{name}.{start}", _row(starts, since=start, part=part), "persons", sources)
            for start in plan.named
            if start in known_starts
            for name, part in (("start", "total"), ("schedule", "by_schedule"), ("fewer_births", "fewer_births"))
            if part in known_parts
        ),
    )


def _future(pack: Pack, results: Results, found: PastAccount, since: PastCounterfactual) -> None:
    plan = results.plan.consequences
    until, draws = plan.until, results.plan.account.kept
    ready = fitted(pack, results.table("reconciled_national").frame, plan=results.plan)
    length = until - ready.inputs.base_year
    projection = project_national(ready.inputs, ready.processes, length, draws, plan.seed)
    coming = projected_counterfactual(ready, projection, plan.since, since)
    later = projected_counterfactual(ready, projection, ready.inputs.base_year)
    sources = tuple(sorted({*found.sources, *ready.sources}))
    effect = effect_table(since, coming)
    ages = ageing_table(found, since, coming, ready)
    needed = replacement_table(ready, later, (*plan.replacement, until))
    results.add(
        TableResult("consequences_effect", effect, "persons", RANK, sources, EFFECT),
        TableResult("consequences_ageing", ages, "as_measure", RANK, sources, AGEING),
        TableResult("consequences_replacement", needed, "as_quantity", RANK, sources, REPLACEMENT),
        TableResult("consequences_parts_future", decomposition_table(later), "as_measure", RANK, sources, PARTS),
        Number("consequences.base", ready.inputs.base_year, "year"),
        Number("consequences.until", until, "year"),
        Number("consequences.engine_gap", round(coming.residual, 3), "persons", method=EFFECT),
        _number("effect.until", _row(effect, part="total", year=until), "persons", sources),
        *(
            _number(
                f"{measure}.{case}.{year}", _row(ages, measure=measure, case=case, year=year), unit, sources, AGEING,
            )
            for measure, unit in MEASURED.items()
            for case in ("with", "without")
            for year in (since.years[0], since.years[-1], until)
        ),
        *(
            _number(
                f"p_required.{name}",
                _row(needed, criterion=name, level="peak", end=until, quantity="p_required"), "share", sources,
                REPLACEMENT,
            )
            for name in ("total", "working_age")
        ),
        *(
            _number(
                f"replacement.{criterion}.{level}",
                _row(needed, criterion=criterion, level=level, end=until, quantity="a_year"), "persons", sources,
                REPLACEMENT,
            )
            for criterion in ("total", "working_age", "support_ratio")
            for level in ("base", "peak")
        ),
    )  # fmt: skip


def _drawn(results: Results) -> TableResult | None:
    """The draws of the regional projection; None where the pack has none."""
    return results.table(NAMES[0]) if results.has_table(NAMES[0]) else None


def _groups(pack: Pack, results: Results) -> None:
    people = composition(pack)
    sources = tuple(people["source"].unique().sort())
    plan = results.plan.groups
    index, forward = diversity_table(people), groups_forward(people, plan)
    drawn = _drawn(results)
    told = tuple(sorted({*sources, *(drawn.sources if drawn else ())}))
    chances = with_projection(pack, drawn.frame if drawn else None, forward, plan.share)
    simpson = index.filter(pl.col("index") == "simpson").sort("year")
    results.add(
        TableResult("ethnic_diversity", index, "as_index", 3, sources, "consequences.composition.diversity_bounds"),
        TableResult("ethnic_diasporas", chances, "share", RANK, told, DIASPORAS),
        Number("consequences.group_share", plan.share, "share"),
        Number("consequences.group_hits", float(forward.hits), "count", method=GROUPS),
        Number("consequences.group_tried", float(forward.tried), "count", method=GROUPS),
        *(
            Number(f"{SIMPSON}.{row['year']}", row["low"], "ratio", *_ends(row), 3, sources, interval=SOURCES)
            for row in simpson.to_dicts()
        ),
    )


def _regions(pack: Pack, results: Results) -> None:
    regions = regions_of(pack)
    table = results.table("components_by_region")
    columns = ("start_population", "natural", "migration", "recount")
    start, natural, moved, other = (table.frame[name].to_numpy() for name in columns)
    growth = regional_growth(tuple(table.frame["region"]), start, natural, moved, other)
    everything, alone, apart = migration_effect(start, natural, moved)
    drawn = _drawn(results)
    told = drawn.sources if drawn else table.sources
    plan = results.plan.groups
    chances = depopulation_rows(pack, drawn.frame if drawn else None, plan)
    spread = concentration_table(regions)
    below = chances.filter(pl.col("year") == plan.years[-1])["below"]
    named = {"all": everything, "natural": alone, "migration": apart}
    results.add(
        TableResult("regional_growth", growth, "persons", 3, table.sources, f"{SETTLEMENT}.regional_growth"),
        TableResult("regional_concentration", spread, "percent", 3, table.sources, f"{SETTLEMENT}.hoover"),
        TableResult("regional_depopulation", chances, "percent", RANK, told, f"{SETTLEMENT}.depopulation"),
        Number("consequences.regions.losing", float(growth["losing"].sum()), "count", rank=3, sources=table.sources),
        Number("consequences.regions.likely", float((below >= LIKELY).sum()), "count", rank=RANK, sources=told),
        Number("consequences.regions.half", float((below > 0.5).sum()), "count", rank=RANK, sources=told),
        Number("consequences.regions.all", float(len(below)), "count"),
        Number("consequences.regions.base", float(str(chances["year"].min())), "year"),
        Number("consequences.regions.first", float(spread["year"][0]), "year"),
        Number("consequences.regions.last", float(spread["year"][-1]), "year"),
        Number("consequences.hoover.first", float(spread["hoover"][0]), "percent", rank=3, sources=table.sources),
        Number("consequences.hoover.last", float(spread["hoover"][-1]), "percent", rank=3, sources=table.sources),
        *(
            Number(f"consequences.redistributed.{name}", value, "percent", rank=3, sources=table.sources)
            for name, value in named.items()
        ),
    )
