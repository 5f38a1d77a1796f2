"""What is unusual now: releases beside their forecasts, the year under way, limits of charts."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from scipy.special import ndtr

from qonys.catalog import Pack
from qonys.errors import BadInput
from qonys.kernels.monitoring.calibration import CHARTS, CUSUM_REFERENCE, Situation, delay, false_alarm, limit_for
from qonys.kernels.monitoring.charts import cusum_run_length
from qonys.monitor import nowcast as own
from qonys.monitor.increments import Release, known_by, revision_error
from qonys.monitor.levels import RED
from qonys.monitor.releases import watch_releases
from qonys.monitor.series import WatchOptions as WatchOptions
from qonys.study.analyses.release_files import releases_of as releases_of
from qonys.study.analyses.release_files import releases_of_file as releases_of_file
from qonys.study.analyses.release_files import releases_of_pack as releases_of_pack
from qonys.study.analyses.release_files import unbroken

NEAR, YEAR = 3, 12  # months
WHOLE_YEAR = ("year", "months", "released", "expected", "low", "high", "share", "share_error", "plain", "years")
ESTIMATE = ("year", "months", "expected", "low", "high", "plain")
FACTORS = (0.5, 0.75, 1.25, 1.5)


def as_of(releases: Mapping[str, Sequence[Release]], day: date) -> dict[str, list[Release]]:
    """What counted as known on a day, by indicator.

    Raises
    ------
    BadInput
        Nothing did.

    """
    found = {name: unbroken(known_by(some, day)) for name, some in releases.items()}
    if not any(found.values()):
        first = min((one.known for some in releases.values() for one in some), default=day)
        raise BadInput("monitor.nothing_known", day=day.isoformat(), first=first.isoformat())
    return {name: some for name, some in found.items() if some}


def history(releases: Mapping[str, Sequence[Release]]) -> pl.DataFrame:
    """Every increment of every indicator beside its forecast, in the editions known by then; see `watch_releases`.

    The error of revisions to come is that of all indicators together. With `p` and `false_alarm` of `with_chances`.
    """
    revision = revision_error(*releases.values())
    found = pl.concat(
        watch_releases(some, revision).with_columns(indicator=pl.lit(name)).select("indicator", pl.exclude("indicator"))
        for name, some in releases.items()
    )
    return with_chances(found)


def with_chances(found: pl.DataFrame) -> pl.DataFrame:
    """Increments with two probabilities.

    `p`: of a value at least as far from the forecast without any change; `false_alarm`: of one red light or more
    without any change within the twelve months to the end of the increment, at as many releases as there were.
    Nominal, and an upper bound on simulated series: the tests hold fewer red lights there.
    """
    tail = float(2 * ndtr(-RED))
    rows = [(name, end.year * YEAR + end.month) for name, end in found.select("indicator", "end").iter_rows()]
    counts = [sum(one == name and 0 <= month - other < YEAR for one, other in rows) for name, month in rows]
    z = found["z"].to_list()
    return found.with_columns(
        p=pl.Series([None if one is None else float(2 * ndtr(-abs(one))) for one in z], dtype=pl.Float64),
        false_alarm=pl.Series(
            [None if one is None else 1 - (1 - tail) ** n for one, n in zip(z, counts, strict=True)], dtype=pl.Float64
        ),
    )


def status(releases: Mapping[str, Sequence[Release]], pack: Pack, language: str) -> pl.DataFrame:
    """The newest increment of each indicator, with the dated events within a quarter of it."""
    newest = history(releases).group_by("indicator", maintain_order=True).last()
    near = [events_near(pack, row["start"], row["end"], language) for row in newest.iter_rows(named=True)]
    return newest.with_columns(events=pl.Series(near, dtype=pl.String))


def both_bases(found: pl.DataFrame, years: pl.DataFrame) -> pl.DataFrame:
    """A `status` with its column `base` ("releases"), and under each indicator its whole year beside the forecast.

    `years`: as `qonys.study.analyses.against_forecast.against_forecast` gives them; base "forecast".
    """
    rows = [found.with_columns(base=pl.lit("releases")), years.drop("origin").with_columns(base=pl.lit("forecast"))]
    both = pl.concat(rows, how="diagonal")
    return both.select("indicator", "base", pl.exclude("indicator", "base")).sort("indicator", maintain_order=True)


def without_light(found: pl.DataFrame) -> list[str]:
    """Indicators of a `status` that have no light: fewer than three increments are known of them."""
    return found.filter(pl.col("light").is_null())["indicator"].to_list()


def nowcasts(releases: Mapping[str, Sequence[Release]]) -> pl.DataFrame:
    """The year under way of each indicator as it is expected to end; see `qonys.monitor.nowcast.Nowcast`.

    Returns
    -------
    indicator, year, months (released), released, expected, low, high (95 %), share (of the year seen, percent),
    share_error (percentage points), plain (released over the mean share of the same months), years (behind it).
    Indicators with fewer than two increments have only their names.

    """
    revision = revision_error(*releases.values())
    rows = []
    for name, some in releases.items():
        made = own.nowcast(some, revision)
        found = {} if made is None else vars(made) | {"share": 100 * made.share, "share_error": 100 * made.share_error}
        rows.append({"indicator": name} | found)
    return pl.DataFrame(rows, schema={"indicator": pl.String} | dict.fromkeys(WHOLE_YEAR, pl.Float64)).with_columns(
        pl.col("year", "months", "years").cast(pl.Int64)
    )


def past_nowcasts(releases: Mapping[str, Sequence[Release]]) -> pl.DataFrame:
    """Every estimate of a year that was made of a part of it, from first editions known by then, and what came.

    Returns
    -------
    indicator, year, months, expected, low, high (95 %), plain, value (the year as first released whole), inside.

    """
    revision = revision_error(*releases.values())
    rows = [
        {"indicator": name, **{part: getattr(made, part) for part in ESTIMATE}, "value": value,
         "inside": made.low <= value <= made.high}
        for name, some in releases.items()
        for made, value in own.past_nowcasts(some, revision)
    ]  # fmt: skip
    numbers = dict.fromkeys((*ESTIMATE, "value"), pl.Float64) | dict.fromkeys(("year", "months"), pl.Int64)
    return pl.DataFrame(rows, schema={"indicator": pl.String, **numbers, "inside": pl.Boolean})


def events_near(pack: Pack, start: date, end: date, language: str) -> str | None:
    """Names of dated events and shocks that began between a quarter before `start` and a quarter after `end`."""
    first, last = _shifted(start, -NEAR), _shifted(end, NEAR)
    dated = pack.events().filter(pl.col("kind").is_in(["event", "shock"]) & pl.col("start").is_not_null())
    names = []
    for row in dated.iter_rows(named=True):
        exact = row.get("date")
        begun = date.fromisoformat(str(exact)) if exact else None
        within = first <= begun <= last if begun else first.year <= row["start"] <= last.year and exact is None
        if within:
            names.append(row[f"name_{language}"])
    return "; ".join(names) or None


@dataclass(frozen=True)
class CalibrateOptions:
    """What is calibrated: values of the base, mean count, variance over mean, horizon, chance of a false alarm."""

    base: int
    mean: float
    dispersion: float = 1.0
    horizon: int = 12
    chance: float = 0.05


def calibrated(options: CalibrateOptions) -> pl.DataFrame:
    """chart, limit, false_alarm (chance within the horizon), median delays of changes by a factor, run_length: mean
    number of values to a false alarm of two-sided sums if the base were known.
    """
    situation = Situation(options.base, options.mean, options.dispersion, options.horizon)
    rows = []
    for chart in CHARTS:
        limit = limit_for(situation, chart, options.chance)
        for factor in FACTORS:
            median, missed = delay(situation, chart, limit, factor)
            rows.append({
                "chart": chart, "limit": limit, "false_alarm": false_alarm(situation, chart, limit), "change": factor,
                "delay": None if np.isinf(median) else median, "missed": missed,
                "run_length": cusum_run_length(CUSUM_REFERENCE, limit) / 2 if chart == "cusum" else None,
            })  # fmt: skip
    return pl.DataFrame(rows, schema_overrides={"delay": pl.Float64, "run_length": pl.Float64})


def _shifted(day: date, months: int) -> date:
    place = day.year * 12 + day.month - 1 + months
    year, month = divmod(place, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
