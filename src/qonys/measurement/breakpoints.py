"""Structural breaks of migration series, their dates with confidence, and the events that match them.

Input is tidy: columns time (years), value (in any unit), and optional key columns (region, group, ...) that separate
several series. Method and references: `qonys.kernels.breaks.breakpoints`. A break's `date` is the first year of the
new segment. A series that cannot be analysed is a row of `failed` with the reason; none is dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.kernels.breaks import breakpoints as kernel
from qonys.kernels.breaks import change_points
from qonys.words.numbers import year_ranges

Array = NDArray[np.float64]
CRITERIA = ("bic", "lwz")
FEWEST = 8
LONG = 400
DATED = {
    "number": pl.Int64, "date": pl.Int64, "low": pl.Int64, "high": pl.Int64, "before": pl.Float64, "after": pl.Float64,
    "change": pl.Float64,
}  # fmt: skip


@dataclass(frozen=True)
class BreakOptions:
    """`share`: least part of the series in a segment; `most` breaks; `trend`: lines instead of means;
    `criterion`: bic or lwz; `lags`: lags of the long-run variance for the dates' confidence (0: none).
    """

    share: float = 0.15
    most: int = 5
    trend: bool = False
    criterion: str = "bic"
    lags: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.share < 0.5:
            raise BadInput("breaks.share", value=self.share)
        if self.criterion not in CRITERIA:
            raise BadInput("estimation.choice", option="criterion", value=self.criterion, known=", ".join(CRITERIA))


@dataclass(frozen=True)
class Breaks:
    """Breaks of all series.

    `breaks`: keys, number, date, low, high (95 % interval of the date), before, after (fitted values on
    both sides of the break), change. `segments`: keys, segment, start, end (inclusive), mean, with `trend` also slope a
    year. `selection`: keys, breaks, rss, bic, lwz, chosen. `tests`: keys, sup_f, date, p_value. `failed`:
    keys, reason (a key of the word catalogues), n, need (the fewest years).
    """

    breaks: pl.DataFrame
    segments: pl.DataFrame
    selection: pl.DataFrame
    tests: pl.DataFrame
    failed: pl.DataFrame

    def unbroken(self, keys: Sequence[str], criterion: str) -> tuple[tuple[tuple[object, ...], float], ...]:
        """Labels and least criterion of the series that have no break."""
        if not self.selection.height:
            return ()
        rows = self.selection.filter(pl.col("chosen") & (pl.col("breaks") == 0))
        return tuple((tuple(row[key] for key in keys), float(row[criterion])) for row in rows.iter_rows(named=True))


def find_breaks(frame: pl.DataFrame, keys: Sequence[str] = (), options: BreakOptions | None = None) -> Breaks:
    """Breaks of one or several series.

    Raises
    ------
    BadInput
        A column is missing; a year stands twice in a series; values are empty; no series is long enough.

    """
    options = options or BreakOptions()
    check_series(frame, keys)
    parts: dict[str, list[dict[str, object]]] = {
        name: [] for name in ("breaks", "segments", "selection", "tests", "failed")
    }
    for about, times, values in each_series(frame, keys):
        reason = _unfit(times, values, options)
        if reason:
            parts["failed"].append(
                {**about, "reason": reason, "n": len(values), "need": _need(options), **_lacking(reason, times)}
            )
            continue
        _one(parts, about, (times, values), options)
    if parts["failed"] and not parts["selection"]:
        first = parts["failed"][0]
        raise BadInput(str(first["reason"]), **{name: first[name] for name in ("n", "need", "years") if name in first})
    tables = {name: pl.DataFrame(rows, infer_schema_length=None) for name, rows in parts.items()}
    if not parts["breaks"]:
        tables["breaks"] = pl.DataFrame(schema={**{key: frame.schema[key] for key in keys}, **DATED})
    return Breaks(**tables)


def _cells(frame: pl.DataFrame, keys: Sequence[str]) -> str:
    """The first cells by name."""
    rows = frame.select(keys).unique(maintain_order=True).head(6).rows()
    return ", ".join("/".join(str(part) for part in row if part is not None) for row in rows)


def check_series(frame: pl.DataFrame, keys: Sequence[str]) -> None:
    """Raise unless the frame has its columns, no empty value and no year twice in a series.

    Raises
    ------
    BadInput
        A column is missing, there are no rows, or a date stands twice.

    """
    missing = [name for name in ("time", "value", *keys) if name not in frame.columns]
    if missing:
        raise BadInput(
            "estimation.no_column", table="series", missing=", ".join(missing), found=", ".join(frame.columns)
        )
    twice = frame.filter(frame.select([*keys, "time"]).is_duplicated())
    if twice.height:
        cells = _cells(twice, [*keys, "time"])
        raise BadInput("estimation.twice", table="series", cells=cells)
    empty = frame.filter(pl.col("value").is_null() | ~pl.col("value").cast(pl.Float64).is_finite())
    if empty.height:
        cells = _cells(empty, [*keys, "time"])
        raise BadInput("estimation.empty", table="series", cells=cells)


def each_series(frame: pl.DataFrame, keys: Sequence[str]) -> list[tuple[dict[str, object], Array, Array]]:
    """(labels, years, values) of each series in the order of its labels."""
    ordered = frame.sort([*keys, "time"])
    groups = [((), ordered)] if not keys else list(ordered.group_by(list(keys), maintain_order=True))
    return [
        (
            dict(zip(keys, labels, strict=True)),
            part["time"].cast(pl.Float64).to_numpy(),
            part["value"].cast(pl.Float64).to_numpy(),
        )
        for labels, part in groups
    ]


def _need(options: BreakOptions) -> int:
    """The fewest years of a series."""
    return max(int(np.ceil(2 * (3 if options.trend else 2) / min(2 * options.share, 1))), FEWEST)


def _unfit(times: Array, values: Array, options: BreakOptions) -> str:
    if len(values) < _need(options):
        return "breaks.short"
    if (np.diff(times) != 1).any():
        return "breaks.gaps"
    return "breaks.constant" if np.ptp(values) == 0 else ""


def _lacking(reason: str, times: Array) -> dict[str, str]:
    """The years that a series lacks, where this is why it cannot be analysed."""
    every = range(int(times[0]), int(times[-1]) + 1)
    return {"years": year_ranges([*({*every} - {*times.astype(int).tolist()})])} if reason == "breaks.gaps" else {}


def _one(
    parts: dict[str, list[dict[str, object]]],
    about: dict[str, object],
    series: tuple[Array, Array],
    options: BreakOptions,
) -> None:
    times, values = series
    n, k = len(values), 2 if options.trend else 1
    least = max(int(np.floor(options.share * n)), k + 1)
    found = kernel.partitions(values, least, options.most, options.trend)
    chosen = min(found, key=lambda partition: getattr(partition, options.criterion))
    statistic, place = kernel.sup_f(values, options.share, options.trend)
    p_value = kernel.sup_f_pvalue(statistic, k, options.share)
    parts["tests"].append({**about, "sup_f": statistic, "date": int(times[place]), "p_value": p_value})
    for partition in found:
        parts["selection"].append(
            {
                **about, "breaks": len(partition.breaks), "rss": partition.rss, "bic": partition.bic,
                "lwz": partition.lwz, "chosen": partition is chosen,
            }
        )  # fmt: skip
    ends = [0, *chosen.breaks, n]
    lines = [_line(values[a:b], options.trend) for a, b in pairwise(ends)]
    for number, (a, b) in enumerate(pairwise(ends)):
        level, slope, _ = lines[number]
        mean = level + slope * (b - a - 1) / 2
        parts["segments"].append(
            {
                **about, "segment": number + 1, "start": int(times[a]), "end": int(times[b - 1]), "mean": mean,
                **({"slope": slope} if options.trend else {}),
            }
        )  # fmt: skip
    for number, place in enumerate(chosen.breaks):
        parts["breaks"].append({**about, **_dated(times, (ends, lines), number, place, options)})


def _line(part: Array, trend: bool) -> tuple[float, float, Array]:
    """Fitted first value, slope and residuals of a segment."""
    t = np.arange(len(part), dtype=np.float64)
    slope = float(np.polyfit(t, part, 1)[0]) if trend else 0.0
    level = float(part.mean() - slope * t.mean())
    return level, slope, part - level - slope * t


def _dated(
    times: Array,
    fitted: tuple[list[int], list[tuple[float, float, Array]]],
    number: int,
    place: int,
    options: BreakOptions,
) -> dict[str, object]:
    ends, lines = fitted
    before = lines[number][0] + lines[number][1] * (place - ends[number])
    after = lines[number + 1][0]
    spread = [kernel.long_run_variance(lines[number + side][2], options.lags) for side in (0, 1)]
    low, high = kernel.date_interval(after - before, spread[0], spread[1])
    return {
        "number": number + 1,
        "date": int(times[place]),
        "low": int(times[place] - low),
        "high": int(times[place] + high),
        "before": before,
        "after": after,
        "change": after - before,
    }


def match_events(breaks: pl.DataFrame, events: pl.DataFrame, keys: Sequence[str] = ()) -> pl.DataFrame:
    """Events that may explain a break; a break without one keeps a row with nulls.

    Their span overlaps the interval of the break's date, and they began no later than the date itself, the first time
    of the new level: what comes after a change is no cause of it.

    Columns of `breaks`: those of `Breaks.breaks`; of `events`: id, kind, start, end (years; null: one year). Result:
    keys, number, date, low, high, event, kind, distance (years from the event's last year to the date; 0 inside),
    nearest first.
    """
    rows = []
    for found in breaks.iter_rows(named=True):
        about = {name: found[name] for name in (*keys, "number", "date", "low", "high")}
        near = []
        for event in events.iter_rows(named=True):
            start, end = event["start"], event["start"] if event["end"] is None else event["end"]
            if start <= found["date"] and end >= found["low"]:
                distance = max(found["date"] - end, 0)
                near.append({**about, "event": event["id"], "kind": event["kind"], "distance": distance})
        rows += sorted(near, key=lambda row: (row["distance"], str(row["event"]))) or [
            {**about, "event": None, "kind": None, "distance": None}
        ]
    schema = {"event": pl.String, "kind": pl.String, "distance": pl.Int64}
    if not rows:
        return breaks.select(*keys, "number", "date", "low", "high").with_columns(
            pl.lit(None, dtype=kind).alias(name) for name, kind in schema.items()
        )
    return pl.DataFrame(rows, infer_schema_length=None, schema_overrides=schema)


def long_series_breaks(frame: pl.DataFrame, keys: Sequence[str] = (), variance: bool = False) -> pl.DataFrame:
    """Change points of long series by PELT: keys, number, date (first time of the new segment), mean.

    Source: Killick, Fearnhead and Eckley (2012), see `qonys.kernels.breaks.change_points`. Values are scaled by a
    robust estimate of the noise; penalty 2 ln n (mean) or 3 ln n (mean and variance).

    Raises
    ------
    BadInput
        A column is missing, there are no rows, or a date stands twice.

    """
    check_series(frame, keys)
    rows: list[dict[str, object]] = []
    for about, times, values in each_series(frame, keys):
        scale = change_points.noise_scale(values)
        if len(values) < FEWEST or scale == 0:
            raise BadInput("breaks.short" if len(values) < FEWEST else "breaks.constant", n=len(values), need=FEWEST)
        penalty = (3 if variance else 2) * np.log(len(values))
        points = change_points.change_points(values / scale, penalty, variance)
        ends = [*points, len(values)]
        for number, (a, b) in enumerate(zip(points, ends[1:], strict=True)):
            rows.append({**about, "number": number + 1, "date": times[a], "mean": float(values[a:b].mean())})
    schema = {"number": pl.Int64, "date": pl.Float64, "mean": pl.Float64}
    return pl.DataFrame(rows, infer_schema_length=None) if rows else pl.DataFrame(schema=schema)
