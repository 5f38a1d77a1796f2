"""What each source answers to a claim: one value with its arithmetic, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.inputs import series
from qonys.inputs.annual import annual
from qonys.inputs.groups import census_counts
from qonys.kernels.flows.balance import offset_ratio
from qonys.measurement.components import Components, components, period_total
from qonys.quantities import Series
from qonys.study.claims.reading import Claim

REGISTERED = "registered"
CENSUS = "census_residual"
COUNTED = ("census_population", "births", "deaths")
LONG = 15  # years of a span that is judged by its decades as well
MODELS = ("net_migration", "net_migration_un_estimates")


@dataclass(frozen=True)
class ClaimResult:
    """One source's answer. `figures` holds (label key or name, value) pairs of the arithmetic.

    `since`: the earliest year of net migration that it rests on, None where it rests on none. `bounds`: low and high
    bound it and no value between is likelier. `least`: more than the value is possible. `comparable`: False where what
    is compared was asked or counted differently.
    """

    source: str
    value: float
    figures: tuple[tuple[str, float], ...]
    sources: tuple[str, ...]
    rank: int
    low: float | None = None
    high: float | None = None
    since: int | None = None
    bounds: bool = False
    least: bool = False
    comparable: bool = True


def balances(pack: Pack, start: int, end: int) -> Iterator[ClaimResult]:
    """Net migration of [start, end) by every source that covers it, persons.

    A source by period answers with the periods that lie nearest: censuses with both ends within a
    year of the asked ones, five-year periods when they tile the asked years.
    """
    yield from (replace(answer, since=start) for answer in _balances(pack, start, end))


def _balances(pack: Pack, start: int, end: int) -> Iterator[ClaimResult]:
    for role in ("register", "model"):
        net = annual(pack, "net_migration", role)
        total = None if net is None else period_total(net, start, end)
        if net is not None and total is not None:
            yield ClaimResult(net.lineage.sources[0], total, (("net", total),), net.lineage.sources, net.lineage.rank)
    yield from _modelled(pack, start, end)
    yield from _census_balances(pack, start, end)


def _modelled(pack: Pack, start: int, end: int) -> Iterator[ClaimResult]:
    """Five-year periods that tile the years, and a model of bilateral flows that covers them."""
    if not inputs.available(pack, ("net_migration_un_estimates",)):
        five = inputs.rows(pack, "net_migration_un_estimates").filter(
            (pl.col("year_start") >= start) & (pl.col("year_end") <= end)
        )
        if five.height and five["year_start"].min() == start and five["year_end"].max() == end:
            yield _summed(five)
    if not inputs.available(pack, ("net_migration_bilateral_model",)):
        model = inputs.rows(pack, "net_migration_bilateral_model").filter(pl.col("year").is_between(start, end - 1))
        if model.height == end - start:
            yield _summed(model)


def _summed(frame: pl.DataFrame) -> ClaimResult:
    """The sum of one source's rows."""
    total, source = float(frame["value"].sum()), str(frame["source"][0])
    return ClaimResult(source, total, (("net", total),), (source,), int(str(frame["rank"].max())))


def census_components(pack: Pack, start: int, end: int) -> Components | None:
    """Components between the two censuses nearest to the asked years, if each lies within two years."""
    if inputs.available(pack, COUNTED):
        return None
    population = series.census_population(pack)
    years = [int(str(year)) for year in population.axis("time").labels]
    first, last = (min(years, key=lambda year: abs(year - wanted)) for wanted in (start, end))
    if abs(first - start) > 2 or abs(last - end) > 2 or first >= last:
        return None
    births, deaths = (series.national_series(pack, name) for name in ("births", "deaths"))
    rival = annual(pack, "natural_increase", "model")
    if period_total(births, first, last) is None:
        return None
    return components(population, (births, deaths), rival, None, (first, last))


def _census_balances(pack: Pack, start: int, end: int) -> Iterator[ClaimResult]:
    found = census_components(pack, start, end)
    if found is not None:
        low, high = found.interval()
        yield ClaimResult(CENSUS, found.residual, _figures(found), found.lineage.sources, 4, low, high)


def _figures(found: Components) -> tuple[tuple[str, float], ...]:
    return (
        (f"P({found.start})", found.population_start),
        (f"P({found.end})", found.population_end),
        ("births", found.births),
        ("deaths", found.deaths),
        ("net", found.residual),
    )


def balance_sign(pack: Pack, claim: Claim) -> Iterator[ClaimResult]:
    """Net migration over the years, and over each decade when the span is longer, over the last year when it is not."""
    yield from balances(pack, *claim.years)
    start, end = claim.years
    decades = ((first, min(first + 10, end)) for first in range(start, end, 10))
    for part in decades if end - start > LONG else ((end - 1, end),):
        yield from balances(pack, *part)


def offset(pack: Pack, claim: Claim) -> Iterator[ClaimResult]:
    """Share of natural increase taken by migration, -N / (B - D), source by source."""
    start, end = claim.years
    found = census_components(pack, start, end)
    if found is not None:
        low, high = found.offset_interval()
        yield ClaimResult(CENSUS, found.offset, _figures(found), found.lineage.sources, 4, low, high, start)
    modelled = {name for figure in MODELS for name in _speaking(pack, figure)}
    for answer in balances(pack, start, end):
        if answer.source == CENSUS:
            continue
        natural = _natural(pack, "model" if answer.source in modelled else None)
        if natural is None:
            continue
        total = period_total(natural, start, end)
        if total is None:
            continue
        figures = (("net", answer.value), ("natural", total))
        sources = tuple(dict.fromkeys((*answer.sources, *natural.lineage.sources)))
        value, rank = float(offset_ratio(total, answer.value)), max(answer.rank, natural.lineage.rank)
        yield ClaimResult(answer.source, value, figures, sources, rank, since=start)


def _speaking(pack: Pack, figure: str) -> tuple[str, ...]:
    """Sources that state a figure as a model, where the pack holds it."""
    return () if inputs.available(pack, (figure,)) else inputs.spec(pack, figure).roles.get("model", ())


def _natural(pack: Pack, role: str | None) -> Series | None:
    if role is not None:
        return annual(pack, "natural_increase", role)
    if inputs.available(pack, COUNTED[1:]):
        return None
    births, deaths = (series.national_series(pack, name) for name in ("births", "deaths"))
    return series.natural_increase(births, deaths)


def net_loss(pack: Pack, claim: Claim) -> Iterator[ClaimResult]:
    """Net loss, -N: a lower bound of the number who left."""
    for answer in balances(pack, *claim.years):
        yield replace(answer, value=-answer.value, low=None, high=None)


def loss_ratio(pack: Pack, claim: Claim) -> Iterator[ClaimResult]:
    """Yearly net loss of the years over that of the base years."""
    assert claim.base is not None
    base = {answer.source: answer for answer in balances(pack, *claim.base)}
    spans = (claim.years[1] - claim.years[0]) / (claim.base[1] - claim.base[0])
    for answer in balances(pack, *claim.years):
        before = base.get(answer.source)
        if before is None or before.value >= 0:
            continue
        figures = (("net_base", before.value), ("net", answer.value))
        value, since = answer.value / before.value / spans, min(claim.base[0], claim.years[0])
        yield ClaimResult(answer.source, value, figures, answer.sources, answer.rank, since=since)


def _vital_ratio(name: str) -> Callable[[Pack, Claim], Iterator[ClaimResult]]:
    def ratio(pack: Pack, claim: Claim) -> Iterator[ClaimResult]:
        assert claim.base is not None
        for role in (None, "model"):
            events = _natural(pack, role) if name == "natural" else annual(pack, name, role)
            if events is None:
                continue
            label = REGISTERED if role is None else events.lineage.sources[0]
            now, before = period_total(events, *claim.years), period_total(events, *claim.base)
            if now is None or not before:
                continue
            figures = ((f"{name}_base", before), (name, now))
            yield ClaimResult(label, now / before, figures, events.lineage.sources, events.lineage.rank)

    return ratio


def census_change(pack: Pack, claim: Claim) -> Iterator[ClaimResult]:
    """Change of the population between two censuses, for every pair of statements of one source or more."""
    if inputs.available(pack, COUNTED[:1]):
        return
    rows = series.census_rows(pack)
    ends = [rows.filter(pl.col("year") == year) for year in claim.years]
    for first in ends[0].iter_rows(named=True):
        for last in ends[1].iter_rows(named=True):
            if first["source"] != last["source"]:
                continue
            figures = ((f"P({claim.years[0]})", first["value"]), (f"P({claim.years[1]})", last["value"]))
            value = last["value"] / first["value"] - 1
            yield ClaimResult(first["source"], value, figures, (first["source"],), max(first["rank"], last["rank"]))


def groups_shrunk(pack: Pack, claim: Claim) -> Iterator[ClaimResult]:
    """Number of ethnic groups counted fewer at the second census."""
    if inputs.available(pack, ("ethnic_census",)):
        return
    people = census_counts(pack)
    ends = [dict(people.filter(pl.col("year") == y).select("ethnic_group", "value").rows()) for y in claim.years]
    fewer = {group: ends[1][group] - ends[0][group] for group in ends[0] if group in ends[1]}
    fewer = {group: change for group, change in fewer.items() if change < 0}
    sources = tuple(people["source"].unique().sort())
    yield ClaimResult("census", float(len(fewer)), tuple(sorted(fewer.items())), sources, 3)


def group_emigrants(pack: Pack, claim: Claim) -> Iterator[ClaimResult]:
    """Emigrants of one group as reported, one answer per source."""
    if inputs.available(pack, ("emigrants_by_ethnic_group",)):
        return
    rows = inputs.rows(pack, "emigrants_by_ethnic_group").filter(pl.col("category") == claim.group)
    if claim.until is not None:
        rows = rows.filter(pl.col("end").dt.year() <= claim.until)
    for row in rows.sort("period").iter_rows(named=True):
        figures = ((str(row["period"]), float(row["value"])),)
        yield ClaimResult(row["source"], float(row["value"]), figures, (row["source"],), row["rank"])


FORMULAS: dict[str, Callable[[Pack, Claim], Iterator[ClaimResult]]] = {
    "balance_sign": balance_sign,
    "offset": offset,
    "net_loss": net_loss,
    "loss_ratio": loss_ratio,
    "natural_ratio": _vital_ratio("natural"),
    "births_ratio": _vital_ratio("births"),
    "deaths_ratio": _vital_ratio("deaths"),
    "census_change": census_change,
    "groups_shrunk": groups_shrunk,
    "group_emigrants": group_emigrants,
}
