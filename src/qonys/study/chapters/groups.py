"""Ethnic composition and the growth of each group, split as far as the figures allow."""

from __future__ import annotations

import polars as pl

from qonys.catalog import Pack
from qonys.inputs import available, chosen, series
from qonys.inputs.groups import census_counts, current_estimates
from qonys.measurement.groups import group_change
from qonys.study.chapters.retrospective import intercensal
from qonys.study.runs.parts import CLOSED
from qonys.study.runs.results import Results, TableResult

NEAREST_YEARS = 3
# the error of a count rests on all counts, the bounds of a period on the nearest years with figures of regions
ELSEWHERE = ("census_population", "population_regional_total", "births_regional", "deaths_regional")


def compute(pack: Pack, results: Results) -> None:
    """Add the composition by census and the change of the large groups."""
    with results.part(keys=("year", "ethnic_group")) as composed:
        people = census_counts(pack)
        shares = _shares(pack, people)
        sources = tuple(shares["source"].unique().sort())
        results.add(TableResult("ethnic_composition", shares, "share", 3, sources, "catalog.choose.preferred"))
    with results.part(composed, keys=(CLOSED, "ethnic_group"), entire=ELSEWHERE):
        method = "measurement.groups.group_change"
        results.add(TableResult("ethnic_change", changes(pack, people), "persons", 4, sources, method))


def _shares(pack: Pack, people: pl.DataFrame) -> pl.DataFrame:
    """Counts and current estimates of groups with the total of their year and their share in it."""
    totals = chosen(pack, "census_population_of_groups").select("year", total="value")
    people_shares = people.join(totals, on="year", how="inner")
    parts = [people_shares]
    if not available(pack, ("ethnic_current",)):
        parts.append(current_estimates(pack).select(people_shares.columns))
    return pl.concat(parts).with_columns(share=pl.col("value") / pl.col("total"))


def natural_ratio_bounds(pack: Pack, vintage: str, period: tuple[int, int]) -> tuple[float, float]:
    """Lowest and highest ratio of a region's natural rate to the national one.

    Over the years of the period that have regional figures; where there are none, over the
    nearest `NEAREST_YEARS` years, because the spread between regions changes with time.
    """
    population, births, deaths = series.regional_years(pack, vintage)
    years = [int(str(year)) for year in births.axis("time").labels]
    inside = [i for i, year in enumerate(years) if period[0] <= year < period[1]]
    if not inside:
        near = sorted(range(len(years)), key=lambda i: min(abs(years[i] - end) for end in period))
        inside = near[:NEAREST_YEARS]
    natural = (births.values - deaths.values)[inside].sum(axis=0)
    exposure = ((population.values[:-1] + population.values[1:]) / 2)[inside].sum(axis=0)
    ratio = (natural / exposure) / (natural.sum() / exposure.sum())
    return float(ratio.min()), float(ratio.max())


def changes(pack: Pack, people: pl.DataFrame) -> pl.DataFrame:
    """Change of each large group in every intercensal period with bounds of its natural increase and of the rest."""
    first_vintage = str(pack.vintages().sort("order")["vintage"][0])
    cells = {(year, group): value for year, group, value in people.select("year", "ethnic_group", "value").rows()}
    found = []
    for period in intercensal(pack):
        rate = period.natural_rate / 1000
        bounds = natural_ratio_bounds(pack, first_vintage, (period.start, period.end))
        for group in sorted({group for _, group in cells}):
            ends = cells.get((period.start, group)), cells.get((period.end, group))
            if ends[0] is None or ends[1] is None or ends[0] < 10_000:
                continue
            change = group_change(group, (ends[0], ends[1]), (period.start, period.end), rate, bounds)
            found.append(
                {
                    "ethnic_group": group,
                    "start": change.start,
                    "end": change.end,
                    "first": change.first,
                    "last": change.last,
                    "growth": change.growth,
                    "natural_low": change.natural_low,
                    "natural_high": change.natural_high,
                    "rest_low": change.rest_low,
                    "rest_high": change.rest_high,
                    "sign_known": change.sign_is_known,
                }
            )
    return pl.DataFrame(found)
