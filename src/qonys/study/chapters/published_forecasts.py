"""Forecasts of other authors and of the United Nations: scored by what came, or beside the projection of this study.

Forecasts whose year has come are compared with the population on 1 January of that year and of the next, and with what
a forecast of this study from the same years would have said; the others with the 95 % interval of the projection.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.projection.backtest.run import OURS
from qonys.study.runs.results import Number, Results, TableResult

RANK = 3
METHOD = "study.chapters.published_forecasts.error"
POPULATION, NATIONS, REVISION = "population", "united_nations", "un_revision_population"
ENDS = {"80l": "low", "80u": "high"}
SCHEMA = {
    "forecaster": pl.String, "made": pl.Int64, "horizon": pl.Int64, "quantity": pl.String, "unit": pl.String,
    "low": pl.Float64, "value": pl.Float64, "high": pl.Float64, "source": pl.String, "came_low": pl.Float64,
    "came": pl.Float64, "came_high": pl.Float64, "error": pl.Float64, "inside": pl.Boolean, "back_from": pl.Int64,
    "back": pl.Float64, "back_low": pl.Float64, "back_high": pl.Float64, "ours_low": pl.Float64, "ours": pl.Float64,
    "ours_high": pl.Float64, "within": pl.Boolean,
}  # fmt: skip


def compute(pack: Pack, results: Results) -> None:
    """Add every forecast with what came or the projection beside it, and how many hold."""
    with results.part():
        made = pl.concat([_quoted(pack), _revision(pack)])
        rows = [_row(one, _came(pack, one), results, pack) for one in made.iter_rows(named=True)]
        frame = pl.DataFrame(rows, SCHEMA).sort("quantity", "horizon", "made", "forecaster")
        sources = tuple(frame["source"].unique().sort())
        results.add(TableResult("forecasts_scored", frame, "as_unit", RANK, sources, METHOD), *_numbers(frame))


def _quoted(pack: Pack) -> pl.DataFrame:
    """Forecasts as published, low, value and high side by side; percentages as shares."""
    keys = ["forecaster", "made", "horizon", "quantity", "unit"]
    found = inputs.rows(pack, "published_forecasts").with_columns(pl.col("made", "horizon").cast(pl.Int64))
    scale = pl.when(pl.col("unit") == "percent").then(0.01).otherwise(1.0)
    wide = found.with_columns(pl.col("value") * scale).group_by(keys).agg(
        *(pl.col("value").filter(pl.col("bound") == bound).first().alias(bound) for bound in ("low", "value", "high")),
        source=pl.col("source").sort().first(),
    )  # fmt: skip
    return wide.select(*keys, pl.col("low", "value", "high").cast(pl.Float64), "source")


def _revision(pack: Pack) -> pl.DataFrame:
    """The United Nations' past projection of the whole population: 80 % interval; made in the year it starts from."""
    empty = pl.DataFrame(schema={name: SCHEMA[name] for name in (
        "forecaster", "made", "horizon", "quantity", "unit", "low", "value", "high", "source")})  # fmt: skip
    if inputs.available(pack, (REVISION,)):
        return empty
    found = inputs.rows(pack, REVISION).filter(
        (pl.col("country") == str(pack.country["iso3"])) & (pl.col("sex") == "both") & pl.col("age_start").is_null()
        & pl.col("variant").is_in(list(ENDS))
    )  # fmt: skip
    step = found["year_start"].unique().sort().diff().min()
    start = int(str(found["year_start"].min())) - int(str(step)) if step is not None else None
    wide = found.with_columns(end=pl.col("variant").replace_strict(ENDS)).group_by("year_start", "source").agg(
        low=pl.col("value").filter(pl.col("end") == "low").first().cast(pl.Float64),
        high=pl.col("value").filter(pl.col("end") == "high").first().cast(pl.Float64),
    )  # fmt: skip
    return wide.select(
        forecaster=pl.lit(NATIONS), made=pl.lit(start, pl.Int64), horizon=pl.col("year_start").cast(pl.Int64),
        quantity=pl.lit(POPULATION), unit=pl.lit("persons"), low="low", value=pl.lit(None, pl.Float64), high="high",
        source="source",
    )  # fmt: skip


def _came(pack: Pack, one: dict[str, Any]) -> tuple[float, float] | None:
    """The ends of what came: population on 1 January of the year and of the next; None where it did not come yet."""
    if one["quantity"] != POPULATION or inputs.available(pack, ("population_1_january",)):
        return None
    counts = dict(inputs.chosen(pack, "population_1_january").select(pl.col("year").cast(pl.Int64), "value").rows())
    ends = [float(counts[one["horizon"] + more]) for more in (0, 1) if one["horizon"] + more in counts]
    return (min(ends), max(ends)) if len(ends) > 1 else None


def error(low: float | None, value: float | None, high: float | None, came: float) -> float:
    """Forecast less what came, share of what came; 0 inside a range that has no middle, else from its nearest end.

    Examples
    --------
    >>> error(None, 110.0, None, 100.0), error(90.0, None, 95.0, 100.0), error(90.0, None, 120.0, 100.0)
    (0.10000000000000009, -0.050000000000000044, 0.0)

    """
    if value is not None:
        return value / came - 1
    if low is not None and came < low:
        return low / came - 1
    if high is not None and came > high:
        return high / came - 1
    return 0.0


def _row(one: dict[str, Any], came: tuple[float, float] | None, results: Results, pack: Pack) -> dict[str, Any]:
    row = dict.fromkeys(SCHEMA) | one
    if came is not None:
        middle = (came[0] + came[1]) / 2
        ends = one["low"], one["high"]
        row |= {
            "came_low": came[0], "came": middle, "came_high": came[1],
            "error": error(one["low"], one["value"], one["high"], middle),
            "inside": None if None in ends else ends[0] <= came[1] and ends[1] >= came[0],
        } | _back(one, results, pack)  # fmt: skip
        return row
    ours = _ours(one, results, pack)
    if ours is None:
        return row
    low, high = (one[end] if one[end] is not None else one["value"] for end in ("low", "high"))
    met = ours[0] <= high and low <= ours[2]
    return row | {"ours_low": ours[0], "ours": ours[1], "ours_high": ours[2], "within": met}


def _back(one: dict[str, Any], results: Results, pack: Pack) -> dict[str, Any]:
    """What this study would have said of the year from an origin not after the forecast: relative error and 80 %."""
    if not results.has_table("skill_forecasts"):
        return {}
    kept = results.table("skill_forecasts").frame.filter(
        (pl.col("country") == str(pack.country["iso3"])) & (pl.col("target") == POPULATION) & (pl.col("model") == OURS)
        & (pl.col("origin") <= one["made"]) & (pl.col("origin") + pl.col("horizon") == one["horizon"])
    ).sort("origin")  # fmt: skip
    if kept.is_empty():
        return {}
    row = kept.row(-1, named=True)
    names = {"back": "median", "back_low": "low_80", "back_high": "high_80"}
    return {"back_from": row["origin"]} | {name: row[end] / row["actual"] - 1 for name, end in names.items()}


def _ours(one: dict[str, Any], results: Results, pack: Pack) -> tuple[float, float, float] | None:
    """The 95 % interval and the median of the projection for the quantity and the year."""
    quantity, settings = one["quantity"], inputs.country(pack)
    places = {POPULATION: ("projection_quantiles", "measure", POPULATION)}
    for group in (settings.kin, settings.contrast_group):
        if group is not None:
            places[f"share_of_{group}s"] = ("group_shares", "group", group)
            places[f"{group}s"] = ("group_sizes", "group", group)
    if quantity not in places or not results.has_table(places[quantity][0]):
        return None
    table, column, code = places[quantity]
    found = results.table(table).frame.filter((pl.col(column) == code) & (pl.col("year") == one["horizon"]))
    return None if found.is_empty() else found.select("q2.5", "q50", "q97.5").row(0)


def _numbers(frame: pl.DataFrame) -> list[Number]:
    scored, ahead = frame.drop_nulls("error"), frame.drop_nulls("within")
    counts = {
        "forecasts.all": frame.height, "forecasts.scored": scored.height, "forecasts.ahead": ahead.height,
        "forecasts.within": ahead["within"].sum(), "forecasts.unscored": frame.height - scored.height - ahead.height,
    }  # fmt: skip
    found = [Number(name, float(value), "count") for name, value in counts.items()]
    for row in scored.iter_rows(named=True):
        name = f"{row['forecaster']}.{row['made']}.{row['horizon']}"
        found.append(
            Number(f"forecasts.error.{name}", row["error"], "share", rank=RANK, sources=(row["source"],), method=METHOD)
        )
        if row["back"] is not None:
            found.append(Number(f"forecasts.back.{name}", row["back"], "share", rank=5, method=METHOD))
    return found
