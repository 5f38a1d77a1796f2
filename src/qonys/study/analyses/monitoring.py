"""What is unusual now: the releases of a pack or of a person's file, and a person's own series by month or week."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from qonys import inputs
from qonys.catalog import Pack
from qonys.catalog.reading.choices import FileChoices
from qonys.catalog.reading.long_tables import AS_FOUND, read_long
from qonys.catalog.reading.wanted import Wanted
from qonys.errors import BadInput
from qonys.kernels.monitoring.calibration import CHARTS, CUSUM_REFERENCE, Situation, delay, false_alarm, limit_for
from qonys.kernels.monitoring.charts import cusum_run_length
from qonys.monitor.releases import Release, rounding_of, watch_releases
from qonys.monitor.series import MOVING, Watched, watch, watch_moving
from qonys.monitor.series import WatchOptions as WatchOptions

TOTALS = "external_flow_totals"
MONTHLY = Wanted(whole=("time", "month"), kinds={"value": "persons"})
NUMBERED = Wanted(
    whole=("number",), kinds={"value": "persons"}, also={"number": ("week", "day", "quarter", "time", "неделя", "апта")}
)
RELEASES = Wanted(
    whole=("year", "months"), optional_labels=("indicator",), kinds={"value": "persons"}, apart=("indicator",),
    also={"indicator": ("flow", "series")},
)  # fmt: skip
NEAR = 3
MONTHS = ("month", "месяц", "ай")
FACTORS = (0.5, 0.75, 1.25, 1.5)


def releases_of_pack(pack: Pack) -> Mapping[str, list[Release]]:
    """Cumulative figures of immigrants and emigrants from the beginning of a year, by flow.

    Raises
    ------
    BadInput
        The pack has none.

    """
    missing = inputs.available(pack, (TOTALS,))
    if missing:
        raise BadInput("monitor.no_releases", pack=pack.country.get("code", ""))
    start, end = pl.col("start"), pl.col("end")
    begun = (start.dt.ordinal_day() == 1) & (end.dt.year() == start.dt.year())
    rows = inputs.chosen(pack, TOTALS).with_columns(pl.col("start", "end").cast(pl.Date)).filter(begun)
    found: dict[str, list[Release]] = {}
    for row in rows.filter(pl.col("flow").is_in(["immigrants", "emigrants"])).iter_rows(named=True):
        one = Release(row["start"], row["end"], row["value"], rounding_of(row["value"]))
        found.setdefault(row["flow"], []).append(one)
    return {name: unbroken(some) for name, some in found.items()}


def unbroken(releases: Sequence[Release]) -> list[Release]:
    """The releases of the newest years that follow each other without a gap.

    Examples
    --------
    >>> made = [Release(date(year, 1, 1), date(year, 6, 30), 100.0) for year in (2013, 2016, 2017)]
    >>> [one.start.year for one in unbroken(made)]
    [2016, 2017]
    """
    years = {one.start.year for one in releases}
    first = max(years, default=0)
    while first - 1 in years:
        first -= 1
    return [one for one in releases if one.start.year >= first]


def releases_of_file(path: Path, choices: FileChoices = AS_FOUND) -> Mapping[str, list[Release]]:
    """Releases in a file: year, months (1 to 12, from January), value, optional indicator."""
    frame = read_long(path, RELEASES, choices).frame
    wrong = frame.filter(~pl.col("months").is_between(1, 12))
    if wrong.height:
        raise BadInput("monitor.months", value=wrong["months"][0])
    name = pl.col("indicator") if "indicator" in frame.columns else pl.lit("")
    found: dict[str, list[Release]] = {}
    for row in frame.with_columns(indicator=name).iter_rows(named=True):
        last = calendar.monthrange(row["year"], row["months"])[1]
        end = date(row["year"], row["months"], last)
        one = Release(date(row["year"], 1, 1), end, row["value"], rounding_of(row["value"]))
        found.setdefault(row["indicator"], []).append(one)
    return found


def releases_of(pack: Pack, path: Path | None, choices: FileChoices = AS_FOUND) -> Mapping[str, list[Release]]:
    """Those of a person's file, or of the pack where no file is given."""
    return releases_of_pack(pack) if path is None else releases_of_file(path, choices)


def history(releases: Mapping[str, Sequence[Release]]) -> pl.DataFrame:
    """Every increment of every indicator beside its forecast; see `watch_releases`."""
    return pl.concat(
        watch_releases(some).with_columns(indicator=pl.lit(name)).select("indicator", pl.exclude("indicator"))
        for name, some in releases.items()
    )


def status(releases: Mapping[str, Sequence[Release]], pack: Pack, language: str) -> pl.DataFrame:
    """The newest increment of each indicator, with the dated events within a quarter of it."""
    newest = history(releases).group_by("indicator", maintain_order=True).last()
    near = [events_near(pack, row["start"], row["end"], language) for row in newest.iter_rows(named=True)]
    return newest.with_columns(events=pl.Series(near, dtype=pl.String))


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


def watched_file(path: Path, options: WatchOptions, choices: FileChoices = AS_FOUND) -> Watched | pl.DataFrame:
    """A series in a file: number, week or day (whole numbers that follow each other) or year and month, value.

    With months their days are the exposure and twelve the cycle. Charts whose base moves give their table alone.
    """
    frame = read_long(path, _series_wanted, choices).frame
    months = "month" in frame.columns
    frame = frame.sort("time", "month") if months else frame.sort("number")
    values = frame["value"].to_numpy().astype(np.float64)
    if not months:
        times = frame["number"].to_numpy().astype(np.int64)
        return watch_moving(values, times, options) if options.chart in MOVING else watch(values, times, options)
    wrong = frame.filter(~pl.col("month").is_between(1, 12))
    if wrong.height:
        raise BadInput("monitor.months", value=wrong["month"][0])
    pairs = list(frame.select("time", "month").iter_rows())
    times = np.array([year * 12 + month - 1 for year, month in pairs], dtype=np.int64)
    days = np.array([calendar.monthrange(year, month)[1] for year, month in pairs], dtype=np.float64)
    names = pl.Series("time", [f"{year}-{month:02d}" for year, month in pairs])
    options = replace(options, cycle=12)
    if options.chart in MOVING:
        return watch_moving(values, times, options).with_columns(names)
    found = watch(values, times, options, days)
    return replace(found, values=found.values.with_columns(names))


def _series_wanted(columns: Sequence[str]) -> Wanted:
    """Years with a column of months, or times numbered one after another."""
    return MONTHLY if any(name.strip().lower() in MONTHS for name in columns) else NUMBERED


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
