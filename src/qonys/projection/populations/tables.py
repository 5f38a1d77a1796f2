"""The results of a projection from tables as frames: accounts of each step, population by age, everything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.projection.populations.rates import SEXES
from qonys.projection.populations.run import PopulationPath

Array = NDArray[np.float64]
LEVELS = (0.025, 0.1, 0.5, 0.9, 0.975)
ACCOUNT = ("population_start", "births", "deaths", "net_migration", "population_end")


def _tidy(values: Array, axes: Mapping[str, Sequence[object]], draws: Sequence[int]) -> pl.DataFrame:
    """Long frame of `values` (D, ...): value of the only draw, or quantiles over the draws."""
    index = np.indices(values.shape[1:]).reshape(len(axes), -1)
    columns: dict[str, object] = {
        name: pl.Series(list(labels))[place.tolist()] for (name, labels), place in zip(axes.items(), index, strict=True)
    }
    flat = values.reshape(len(values), -1)
    if not draws:
        return pl.DataFrame(columns).with_columns(value=pl.Series(flat[0]))
    found = np.quantile(flat, LEVELS, axis=0)
    return pl.DataFrame(columns).with_columns(
        *(pl.Series(f"q{100 * level:g}", row) for level, row in zip(LEVELS, found, strict=True))
    )


def population_by_age(path: PopulationPath) -> pl.DataFrame:
    """year, region (if there are regions), sex, age, and the persons or their quantiles."""
    axes = {"year": path.years, "region": path.inputs.regions, "sex": SEXES, "age": path.inputs.ages.labels}
    return _named(_tidy(np.moveaxis(path.population, 0, 1), axes, path.inputs.draws), path)


def accounts(path: PopulationPath) -> dict[str, Array]:
    """Each item of the account of a step, (D, T, R), persons; with moves also arrivals and departures of regions."""
    whole = path.population.sum(axis=(-2, -1))
    found = {
        "population_start": whole[:-1],
        "births": path.births.sum(axis=-1),
        "deaths": path.deaths.sum(axis=(-2, -1)),
        "net_migration": path.net().sum(axis=(-2, -1)),
        "population_end": whole[1:],
    }
    if path.moves is not None:
        moves = path.moves.sum(axis=(-2, -1))
        found["arrivals"], found["departures"] = moves.sum(axis=2), moves.sum(axis=3)
    return {name: np.moveaxis(values, 0, 1) for name, values in found.items()}


def accounts_frame(path: PopulationPath) -> pl.DataFrame:
    """Columns from_year, year (of the end), region, and items of `accounts`, persons; medians over draws."""
    items = accounts(path)
    axes = {"year": path.years[1:], "region": path.inputs.regions}
    frames = [_tidy(np.median(values, axis=0, keepdims=True), axes, ()) for values in items.values()]
    columns = [frame["value"].alias(name) for name, frame in zip(items, frames, strict=True)]
    width = path.inputs.ages.width
    found = frames[0].select(pl.lit(0).alias("from_year"), pl.exclude("value")).with_columns(columns)
    return _named(found.with_columns(from_year=pl.col("year") - width), path)


def everything(path: PopulationPath) -> pl.DataFrame:
    """measure, from_year (of events), year, region, sex, age (at the end of a step; none for births), and the numbers.

    Measures: population, births, deaths, net_migration; with moves between regions also departures, arrivals.
    """
    inputs = path.inputs
    whole = {"year": path.years[1:], "region": inputs.regions, "sex": SEXES, "age": inputs.ages.labels}
    by_sex = {name: whole[name] for name in ("year", "region", "sex")}
    events = {"deaths": path.deaths, "net_migration": path.net()}
    if path.moves is not None:
        events |= {"arrivals": path.moves.sum(axis=2), "departures": path.moves.sum(axis=3)}
    pieces = [("population", population_by_age(path))]
    pieces.append(("births", _named(_tidy(np.moveaxis(path.births, 0, 1), by_sex, inputs.draws), path)))
    for name, values in events.items():
        pieces.append((name, _named(_tidy(np.moveaxis(values, 0, 1), whole, inputs.draws), path)))
    frames = [
        frame.with_columns(
            measure=pl.lit(name),
            from_year=pl.lit(None, pl.Int64) if name == "population" else pl.col("year") - inputs.ages.width,
        )
        for name, frame in pieces
    ]
    found = pl.concat(frames, how="diagonal")
    first = ["measure", "from_year", "year", *(["region"] if inputs.parted else []), "sex", "age"]
    return found.select(*first, pl.exclude(first))


def quantiles_frame(path: PopulationPath) -> pl.DataFrame:
    """Columns measure, year (end of a step), region, quantiles over draws of the `accounts`, persons."""
    axes = {"year": path.years[1:], "region": path.inputs.regions}
    frames = [
        _tidy(values, axes, path.inputs.draws).select(pl.lit(name).alias("measure"), pl.all())
        for name, values in accounts(path).items()
        if name != "population_start"
    ]
    return _named(pl.concat(frames).with_columns(pl.col("measure").replace("population_end", "population")), path)


def whole_persons(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame of accounts in whole persons: every item rounded, and deaths so that each row still closes."""
    counted = [name for name in frame.columns if frame.schema[name].is_float()]
    found = frame.with_columns(pl.col(counted).round().cast(pl.Int64))
    if not {*ACCOUNT} <= {*found.columns}:
        return found
    closing = pl.col("population_start") + pl.col("births") + pl.col("net_migration") - pl.col("population_end")
    return found.with_columns(deaths=closing)


def _named(frame: pl.DataFrame, path: PopulationPath) -> pl.DataFrame:
    """Without the column of the only region."""
    return frame if path.inputs.parted else frame.drop("region")
