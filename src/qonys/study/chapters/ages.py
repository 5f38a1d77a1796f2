"""Net migration by age and sex between UN populations five years apart, and model schedules of it."""

from __future__ import annotations

import numpy as np
import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.errors import BadInput
from qonys.estimation.net_migration import Errors, net_migration
from qonys.estimation.strata import Counts
from qonys.inputs import series
from qonys.measurement.schedules import SIZES, fit_schedules
from qonys.study.runs.parts import CLOSED
from qonys.study.runs.results import Number, Results, TableResult

METHOD = "estimation.net_migration.net_migration"
SCHEDULE = "measurement.schedules.fit_schedules"
RANK = 2
LAST = 95
COUNTS = ("census_population",)  # the error of a count rests on the disagreement of all


def compute(pack: Pack, results: Results) -> None:
    """Add net migration by age for every five years, and fitted schedules of the years of loss or gain."""
    with results.part(keys=(CLOSED, "sex"), entire=COUNTS) as balanced:
        people, rates = (inputs.rows(pack, name) for name in ("population_by_age_sex", "death_rates_by_age_sex"))
        count = _count_error(pack)
        table = balances(pack, people, rates, count)
        sources = tuple(sorted({*people["source"], *rates["source"]}))
        results.add(TableResult("net_by_age", table, "persons", RANK, sources, METHOD))
    with results.part(balanced, keys=(CLOSED,), entire=COUNTS):
        results.add(*_schedules(table, people, sources))
    with results.part(balanced):
        results.add(
            Number("ages.first", int(str(table["start"].min())), "year"),
            Number("ages.last", int(str(table["end"].max())), "year"),
        )
    if count is not None:
        with results.part():
            results.add(Number("ages.count_error", _count_error(pack), "share"))


def balances(pack: Pack, people: pl.DataFrame, rates: pl.DataFrame, count: float | None) -> pl.DataFrame:
    """Net migration by sex and age of every five years: start, end, and the columns of `net_migration`."""
    pieces = []
    for start in range(int(str(people["year"].min())), int(str(people["year"].max())) - 4, 5):
        mortality = rates.filter(pl.col("year_start") == start)
        if mortality.height == 0:
            continue
        counts = Counts(_ages(people, start), _ages(people, start + 5), 5, _births(pack, start))
        errors = None if count is None else Errors(count, count, _death_error(pack, start), 400, start)
        found = net_migration(counts, _joined(mortality), ["sex"], errors=errors)
        pieces.append(found.select(pl.lit(start).alias("start"), pl.lit(start + 5).alias("end"), pl.all()))
    return pl.concat(pieces)


def _ages(people: pl.DataFrame, year: int) -> pl.DataFrame:
    """Population in the middle of a year by five-year ages to an open group."""
    rows = people.filter(pl.col("year") == year).with_columns(age_start=pl.col("age_start").clip(upper_bound=LAST))
    return rows.group_by("sex", "age_start").agg(population=pl.col("value").sum()).sort("sex", "age_start")


def _joined(mortality: pl.DataFrame) -> pl.DataFrame:
    """Death rates up to the open group: the rate of its first age stands for it."""
    return mortality.filter(pl.col("age_start") <= LAST).select("sex", "age_start", "value")


def _births(pack: Pack, start: int) -> pl.DataFrame:
    """Births from mid-year to mid-year by sex, by the sex ratio of the period."""
    modelled = not inputs.available(pack, ("births:model",))
    stated = inputs.rows(pack, "births", role="model") if modelled else inputs.chosen(pack, "births")
    rows = stated.filter(pl.col("year").is_between(start, start + 5))
    half = pl.when(pl.col("year").is_in([start, start + 5])).then(0.5).otherwise(1.0)
    total = float(rows.select((pl.col("value") * half).sum()).item())
    ratio = float(inputs.rows(pack, "sex_ratio_at_birth").filter(pl.col("year_start") == start)["value"][0])
    return pl.DataFrame({"sex": ["female", "male"], "value": [total / (1 + ratio), total * ratio / (1 + ratio)]})


def _count_error(pack: Pack) -> float | None:
    """Median relative disagreement between the statements of one census; None where no census is stated twice."""
    if inputs.available(pack, ("census_population",)):
        return None
    census = series.census_population(pack)
    return None if census.sd is None else float(np.median(census.sd / census.values))


def _death_error(pack: Pack, start: int) -> float:
    """Standard error of the level of mortality: the disagreement of registered and UN deaths in the years."""
    inside = pl.col("year").is_between(start, start + 4)
    rows = inputs.rows(pack, "deaths").filter(inside)
    sums = rows.group_by("year").agg(low=pl.col("value").min(), high=pl.col("value").max())
    high, low = (float(sums[end].to_numpy().sum()) for end in ("high", "low"))
    return float(np.log(high / low) / np.sqrt(12))


def net_rates(table: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Net migration below age 85 per person-year: start, end, age_start, value (persons), exposure, rate."""
    rows = table.filter((pl.col("method") == "average") & pl.col("age_start").is_between(0, 80))
    net = rows.group_by("start", "end", "age_start").agg(pl.col("value").sum())
    exposed = []
    for start in net["start"].unique().sort():
        both = [
            _ages(people, int(start) + shift).group_by("age_start").agg(pl.col("population").sum()) for shift in (0, 5)
        ]
        middle = both[0].join(both[1], on="age_start", suffix="_end")
        exposed.append(
            middle.select(
                pl.lit(start).alias("start"),
                "age_start",
                exposure=5 * (pl.col("population") + pl.col("population_end")) / 2,
            )
        )
    return net.join(pl.concat(exposed), on=["start", "age_start"]).with_columns(
        rate=pl.col("value") / pl.col("exposure")
    )


def _schedules(table: pl.DataFrame, people: pl.DataFrame, sources: tuple[str, ...]) -> list[TableResult | Number]:
    """Schedules of the net rate of the ages below 85 in intervals whose balance has one sign at nearly all ages."""
    rates = net_rates(table, people)
    signs = rates.group_by("start").agg(loss=(pl.col("rate") < 0).mean(), total=pl.col("value").sum())
    fitted = signs.filter(pl.col("loss") == 1.0)["start"].sort().to_list()
    data = rates.filter(pl.col("start").is_in(fitted)).select(
        "start", "age_start", (pl.col("age_start") + 4).alias("age_end"), (-pl.col("rate")).alias("value")
    )
    found = _fitted(data)
    return [
        TableResult("net_rates_by_age", rates.sort("start", "age_start"), "per_person_year", RANK, sources, METHOD),
        TableResult("schedule_parameters", found["parameters"], "as_parameter", RANK, sources, SCHEDULE),
        TableResult("schedule_models", found["models"], "bic", RANK, sources, SCHEDULE),
        TableResult("schedule_curves", found["curves"], "per_person_year", RANK, sources, SCHEDULE),
        TableResult("schedule_indices", found["indices"], "as_index", RANK, sources, SCHEDULE),
        Number("ages.fitted", float(len(fitted)), "count"),
    ]


def _fitted(data: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Tables of the schedules of all intervals; the curve of the smallest model where the ages identify none."""
    pieces = []
    for (_,), part in data.sort("start").group_by("start", maintain_order=True):
        try:
            pieces.append(fit_schedules(part, ["start"]))
        except BadInput as error:
            if error.key != "schedules.none_identified":
                raise
            pieces.append(fit_schedules(part, ["start"], SIZES[:1]))
    pieces = pieces or [fit_schedules(data, ["start"])]
    names = ("parameters", "models", "curves", "indices")
    return {name: pl.concat([getattr(one, name) for one in pieces], how="vertical_relaxed") for name in names}
