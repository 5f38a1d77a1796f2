"""What a dated act or event did to a person's own series or panel, and what else stood at the time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.catalog.reading.choices import FileChoices
from qonys.catalog.reading.long_tables import AS_FOUND, read_long
from qonys.catalog.reading.numbers.bounds import AMOUNT
from qonys.catalog.reading.times.units import YEAR, written, year_at
from qonys.catalog.reading.wanted import Wanted
from qonys.errors import BadInput
from qonys.explanation.evaluation.cohorts import NEVER, EventStudy, event_study
from qonys.explanation.evaluation.curve import Choice, interrupted_curve, synthetic_curve
from qonys.explanation.evaluation.interrupted import ERRORS, Estimate, InterruptedModel, interrupted_series
from qonys.explanation.evaluation.synthetic import FILTERS, SyntheticControl, synthetic_control
from qonys.study.analyses.series_times import SEASONS, counted, read_time, shown, with_parts
from qonys.words.each import text_in_each

Array = NDArray[np.float64]
INTERRUPTED, SYNTHETIC, STAGGERED = "interrupted", "synthetic", "staggered"
METHODS: Mapping[str, tuple[str, ...]] = {
    INTERRUPTED: ("effect", "path", "curve", "rivals"),
    SYNTHETIC: ("effect", "path", "donors", "placebos", "earlier", "curve", "rivals"),
    STAGGERED: ("effect", "since"),
}
TABLES = ("effect", "path", "donors", "placebos", "earlier", "since", "curve", "rivals")
UNITS = ("region", "group", "series")
PANEL = Wanted(whole=("time",), optional_labels=UNITS, optional_whole=("start",), kinds={"value": AMOUNT}, apart=UNITS)
NEAR, NAMED = 2, 12


@dataclass(frozen=True)
class EffectOptions:
    """What is asked: table, the first time of the effect, the treated unit, errors of an interrupted series, season."""

    table: str = "effect"
    at: int | None = None
    treated: str = ""
    errors: str = "robust"
    season: int | None = None

    def __post_init__(self) -> None:
        if self.table not in TABLES:
            raise BadInput("estimation.choice", option="--table", value=self.table, known=", ".join(TABLES))
        if self.errors not in ERRORS:
            raise BadInput("estimation.choice", option="--errors", value=self.errors, known=", ".join(ERRORS))


@dataclass(frozen=True)
class Panel:
    """`values` (units, times) of `units`, ordered by name; `starts` (units,), `NEVER` where none."""

    values: Array
    units: tuple[str, ...]
    times: NDArray[np.int64]
    starts: NDArray[np.int64] | None

    def place(self, unit: str) -> int:
        """The place of a unit that a person names."""
        if self.units == ("",):
            raise BadInput("effect.no_units", unit=unit)
        if unit not in self.units:
            raise BadInput("effect.unknown_unit", unit=unit, known=", ".join(self.units))
        return self.units.index(unit)


@dataclass(frozen=True)
class EffectFound:
    """The `method`, the asked `table`, and the choices of a curve that could not be made, with their refusals.

    `year`: that of the date, where there is one.
    """

    method: str
    table: pl.DataFrame
    refused: tuple[Choice, ...] = ()
    least_p: float | None = None
    never: bool = True
    year: int | None = None


def effect_of_file(
    path: Path, events: pl.DataFrame, options: EffectOptions, at: str = "", choices: FileChoices = AS_FOUND
) -> EffectFound:
    """The asked table of a file with time, value and, for a panel, region, group or series, and start.

    `at`: the date as the file writes its times. Of months and quarters the season is theirs where none is asked.
    """
    frame, unit = counted(read_long(path, lambda columns: with_parts(PANEL, columns), choices))
    season = SEASONS.get(unit) if options.season is None else options.season
    moment = read_time(at, unit) if at else None
    return effect_of_frame(frame, events, replace(options, at=moment, season=season), unit)


def effect_of_frame(frame: pl.DataFrame, events: pl.DataFrame, options: EffectOptions, unit: str = YEAR) -> EffectFound:
    """The same of a frame under canonical names; `events`: id, kind, start, end; `unit` of its times.

    The method follows from what there is: a column of starts is an event study with cohorts, a treated unit among
    several a synthetic control, one series an interrupted series.

    Raises
    ------
    BadInput
        The panel lacks cells; several units and none named; no date; a table that the method does not have; and what
        the methods refuse.

    """
    panel = panel_of(frame, unit)
    method = _method(panel, options)
    if options.table not in METHODS[method]:
        known = ", ".join(METHODS[method])
        named = text_in_each(f"effect.method.{method}")
        raise BadInput("effect.no_table", table=options.table, method=named, known=known)
    if method == STAGGERED:
        assert panel.starts is not None
        study = event_study(panel.values, panel.starts, panel.times)
        return EffectFound(method, _study_table(study, options.table), never=study.never)
    if options.at is None:
        raise BadInput("effect.no_date")
    year = year_at(options.at, unit)
    if options.table == "rivals":
        return EffectFound(method, rivals(events, year), year=year)
    made = (_interrupted if method == INTERRUPTED else _synthetic)(panel, options, options.at)
    return replace(made, table=shown(made.table, unit), year=year)


def panel_of(frame: pl.DataFrame, unit: str = YEAR) -> Panel:
    """Units by times; a unit that lacks a time is refused by name."""
    place = next((name for name in UNITS if name in frame.columns), None)
    rows = frame.with_columns(unit=pl.lit("") if place is None else pl.col(place).cast(pl.String))
    wide = rows.pivot("time", index="unit", values="value", sort_columns=True).sort("unit")
    times = np.array(sorted(rows["time"].unique().to_list()), dtype=np.int64)
    values = wide.select(str(one) for one in times).to_numpy().astype(np.float64)
    lacking = np.argwhere(~np.isfinite(values))
    if len(lacking):
        which, when = lacking[0]
        named = wide["unit"][int(which)] or "-"
        raise BadInput("effect.lacks", unit=named, time=written(int(times[when]), unit), n=len(lacking))
    starts = None
    if "start" in frame.columns:
        begun = rows.group_by("unit").agg(pl.col("start").min(), different=pl.col("start").n_unique()).sort("unit")
        if (begun["different"] > 1).any():
            raise BadInput("effect.two_starts", unit=begun.filter(pl.col("different") > 1)["unit"][0])
        starts = begun["start"].fill_null(NEVER).to_numpy().astype(np.int64)
    return Panel(values, tuple(wide["unit"].to_list()), times, starts)


def rivals(events: pl.DataFrame, at: int) -> pl.DataFrame:
    """Acts and events that were in force or began within two years of the date: event, kind, start, end, distance."""
    chosen = near(events, at).with_columns(distance=pl.col("start") - at)
    return chosen.select(pl.col("id").alias("event"), "kind", "start", "end", "distance").sort("start", "event")


def near(events: pl.DataFrame, at: int) -> pl.DataFrame:
    """Rows of `events` (start, end) that began within two years of a date or lasted at it, by their start."""
    end = pl.coalesce("end", "start")
    inside = (pl.col("start") - at).abs().le(NEAR) | (pl.col("start").le(at) & end.ge(at))
    return events.filter(inside).sort("start", "id")


def _method(panel: Panel, options: EffectOptions) -> str:
    if panel.starts is not None and not options.treated:
        return STAGGERED
    if options.treated or len(panel.units) > 1:
        if not options.treated:
            more = ("…",) if len(panel.units) > NAMED else ()
            raise BadInput("effect.whom", n=len(panel.units), known=", ".join(panel.units[:NAMED] + more))
        panel.place(options.treated)
        return SYNTHETIC if len(panel.units) > 1 else INTERRUPTED
    return INTERRUPTED


def _interrupted(panel: Panel, options: EffectOptions, at: int) -> EffectFound:
    values, times = panel.values[0], panel.times.astype(np.float64)
    if options.table == "curve":
        return _curve(INTERRUPTED, interrupted_curve(values, times, at, options.season or 0))
    found = interrupted_series(values, times, at, InterruptedModel(options.errors, options.season or 0))
    if options.table == "path":
        table = pl.DataFrame({
            "time": panel.times, "observed": values, "expected": found.expected, "low": found.low, "high": found.high,
            "gap": values - found.expected,
        })  # fmt: skip
        return EffectFound(INTERRUPTED, table)
    base = float(found.expected[times >= at].mean())
    named = {"step": found.step, "slope": found.slope, "mean": found.mean}
    rows = [_row(name, one, base if name == "mean" else None) for name, one in named.items() if one is not None]
    return EffectFound(INTERRUPTED, pl.DataFrame(rows))


def _row(name: str, one: Estimate, base: float | None) -> dict[str, object]:
    percent = 100 * one.value / base if base is not None and base > 0 else None
    return {"effect": name, "value": one.value, "error": one.error, "low": one.low, "high": one.high, "p": one.p,
            "percent": percent}  # fmt: skip


def _synthetic(panel: Panel, options: EffectOptions, at: int) -> EffectFound:
    place, first = panel.place(options.treated), int(np.searchsorted(panel.times, at))
    donors = tuple(name for name in panel.units if name != options.treated)
    treated, others = panel.values[place], np.delete(panel.values, place, axis=0).T
    if options.table == "curve":
        return _curve(SYNTHETIC, synthetic_curve(treated, others, first))
    found = synthetic_control(treated, others, first)
    made = {
        "effect": lambda: _synthetic_effect(found, first),
        "path": lambda: pl.DataFrame(
            {"time": panel.times, "observed": treated, "expected": found.synthetic, "gap": found.gap}
        ),
        "donors": lambda: pl.DataFrame(
            {"donor": donors, "weight": found.weights, "effect_without": found.omitted}
        ).with_columns(pl.col("effect_without").fill_nan(None)).sort("weight", descending=True),
        "placebos": lambda: _placebos(found, (options.treated, *donors)),
        "earlier": lambda: pl.DataFrame(
            [{"date": int(panel.times[one]), "until": at - 1, "value": gap} for one, gap in found.earlier.items()],
            schema={"date": pl.Int64, "until": pl.Int64, "value": pl.Float64},
        ),
    }  # fmt: skip
    return EffectFound(SYNTHETIC, made[options.table](), least_p=found.least_p)


def _synthetic_effect(found: SyntheticControl, at: int) -> pl.DataFrame:
    """One row for all units, then one for each filter of the fit before the date."""
    base = float(found.synthetic[at:].mean())
    p, units = found.placebos.p()
    low, high = (None if np.isnan(one) else one for one in (found.low, found.high))
    row = {
        "effect": "mean", "value": found.effect, "low": low, "high": high,
        "level": None if np.isnan(found.level) else found.level, "p": p, "least_p": 1 / units, "units": units,
        "percent": 100 * found.effect / base if base > 0 else None, "least": found.spread[0], "most": found.spread[1],
    }  # fmt: skip
    rows = [row]
    for worst in FILTERS:
        p, units = found.placebos.p(worst)
        rows.append({**dict.fromkeys(row), "effect": f"fit_{worst:.0f}", "p": p, "least_p": 1 / units, "units": units})
    return pl.DataFrame(rows, infer_schema_length=None)


def _placebos(found: SyntheticControl, units: tuple[str, ...]) -> pl.DataFrame:
    placebos = found.placebos
    table = pl.DataFrame(
        {"unit": units, "error_before": placebos.before, "error_after": placebos.after, "ratio": placebos.ratio,
         "value": placebos.effect, "treated": [True] + [False] * (len(units) - 1)}
    )  # fmt: skip
    return table.sort("ratio", descending=True).with_columns(rank=pl.int_range(1, pl.len() + 1))


def _study_table(study: EventStudy, table: str) -> pl.DataFrame:
    if table == "since":
        return pl.DataFrame({
            "since": study.since, "value": study.effect, "error": study.error, "low": study.low, "high": study.high,
            "units": study.units,
        })  # fmt: skip
    value, error, low, high = study.mean
    parallel = None if np.isnan(study.parallel) else study.parallel
    return pl.DataFrame(
        [{"effect": "mean", "value": value, "error": error, "low": low, "high": high, "p_before": parallel}]
    )


def _curve(method: str, choices: list[Choice]) -> EffectFound:
    rows = [
        {"variant": one.of.variant, "trend": one.of.trend, "scale": one.of.scale, "times_before": one.of.before,
         "value": one.value, "percent": one.percent, "low": one.low, "high": one.high, "p": one.p}
        for one in choices if one.refused is None
    ]  # fmt: skip
    if not rows:
        refused = choices[0].refused
        assert refused is not None
        raise refused
    table = pl.DataFrame(rows, infer_schema_length=None)
    shown = table if method == INTERRUPTED else table.drop("trend", "low", "high")
    return EffectFound(method, shown.sort("percent", "value"), tuple(one for one in choices if one.refused is not None))
