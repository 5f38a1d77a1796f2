"""`qonys monitor`: what is unusual now, in releases and in a person's own series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import polars as pl
from cyclopts import Parameter

from qonys import words
from qonys.cli.alarms import score, signposts
from qonys.cli.effects import say_unused
from qonys.cli.files import AS_FOUND, FileOptions
from qonys.cli.help import new_app
from qonys.cli.notes import hear
from qonys.cli.options import settings
from qonys.cli.printing import print_frame
from qonys.cli.ranges import Within
from qonys.cli.release_store import add, releases, remove

if TYPE_CHECKING:
    from qonys.catalog import Pack
    from qonys.monitor.increments import Release
    from qonys.monitor.series import Watched
    from qonys.study.analyses.watched_series import CountSeries

NAMED = 6
Said = tuple[str, Mapping[str, object]]
app = new_app("monitor", "cli.command.monitor")
Releases = Annotated[Path | None, Parameter(help="cli.monitor.releases")]
AsOf = Annotated[str | None, Parameter(help="cli.monitor.as_of")]
Against = Annotated[Literal["releases", "forecast"], Parameter(help="cli.monitor.against")]
app.command(add, name="add", help="cli.command.monitor.add")
app.command(remove, name="remove", help="cli.command.monitor.remove")
app.command(releases, name="releases", help="cli.command.monitor.releases")
app.command(score, name="score", help="cli.command.monitor.score")
app.command(signposts, name="signposts", help="cli.command.monitor.signposts")


@app.command(help="cli.command.monitor.status")
def status(
    file: Releases = None, *, as_of: AsOf = None, against: Against = "releases", reading: FileOptions = AS_FOUND
) -> int:
    """The newest release of each indicator beside its forecast."""
    from qonys.catalog import open_pack
    from qonys.study.analyses import monitoring

    pack, language = open_pack(settings().pack), settings().language
    releases, known = known_releases(pack, file, as_of, reading)
    found = monitoring.status(releases, pack, language)
    said: list[Said] = [("monitor.release_rule", {}), *known, *lacking(monitoring.without_light(found), "no_light")]
    if against == "forecast":
        from qonys.study.analyses import against_forecast as own

        found = monitoring.both_bases(found, own.against_forecast(releases, pack))
        said.append((own.reconciled(found), {}))
    _show(found, *said)
    return 0


@app.command(help="cli.command.monitor.history")
def history(
    file: Releases = None,
    *,
    alarms: Annotated[bool, Parameter(help="cli.monitor.alarms", negative=())] = False,
    as_of: AsOf = None,
    reading: FileOptions = AS_FOUND,
) -> int:
    """Every release beside its forecast made before it."""
    from qonys.catalog import open_pack
    from qonys.study.analyses import monitoring

    releases, known = known_releases(open_pack(settings().pack), file, as_of, reading)
    found = monitoring.history(releases)
    _show(found.filter(pl.col("light") == "red") if alarms else found, ("monitor.release_rule", {}), *known)
    return 0


@app.command(help="cli.command.monitor.nowcast")
def nowcast(
    file: Releases = None,
    *,
    past: Annotated[bool, Parameter(help="cli.monitor.past", negative=())] = False,
    as_of: AsOf = None,
    reading: FileOptions = AS_FOUND,
) -> int:
    """The year under way from what is released of it."""
    from qonys.catalog import open_pack
    from qonys.study.analyses import monitoring

    releases, known = known_releases(open_pack(settings().pack), file, as_of, reading)
    if past:
        found = monitoring.past_nowcasts(releases)
        counted = {"n": int(found["inside"].sum()), "of": found.height}
        _show(found, ("monitor.past_rule", counted), *known)
        return 0
    found = monitoring.nowcasts(releases)
    without = found.filter(pl.col("expected").is_null())["indicator"].to_list()
    _show(found, ("monitor.nowcast_rule", {}), *known, *lacking(without, "no_nowcast"))
    return 0


def known_releases(
    pack: Pack, file: Path | None, day: str | None, reading: FileOptions
) -> tuple[Mapping[str, Sequence[Release]], list[Said]]:
    """Releases of a file or of the store, on a day only those known by then, and the sentence that says so."""
    from qonys.law import day_of
    from qonys.study.analyses import monitoring

    releases = monitoring.releases_of(pack, file, reading.choices())
    if day is None:
        return releases, []
    found = monitoring.as_of(releases, day_of(day))
    return found, [("monitor.known_rule", {"day": words.date_text(day_of(day), settings().language)})]


def lacking(indicators: Sequence[str], key: str) -> list[Said]:
    """The sentence that some indicators have no light or no estimate, and why; none where all have."""
    language = settings().language
    names = [_named("indicator", one) or one or words.text("monitor.unnamed", language) for one in indicators]
    return [(f"monitor.{key}", {"names": ", ".join(names)})] if names else []


@Parameter(name="*")
@dataclass(frozen=True)
class WatchChoices:
    """How a series is watched."""

    chart: Annotated[str, Parameter(help="cli.monitor.chart")] = "predictive"
    cycle: Annotated[int, Parameter(help="cli.monitor.cycle", validator=Within(1, 366))] = 1
    base: Annotated[int, Parameter(help="cli.monitor.base", validator=Within(0, 100_000))] = 0
    chance: Annotated[float, Parameter(help="cli.monitor.chance", validator=Within(0.001, 0.5))] = 0.05
    horizon: Annotated[int, Parameter(help="cli.monitor.horizon", validator=Within(0, 366))] = 0
    factor: Annotated[float, Parameter(help="cli.monitor.factor", validator=Within(0.1, 10))] = 1.25


WATCH = WatchChoices()


@app.command(help="cli.command.monitor.watch")
def watch(
    file: Annotated[Path, Parameter(help="cli.monitor.series")],
    *,
    options: WatchChoices = WATCH,
    reading: FileOptions = AS_FOUND,
) -> int:
    """A person's own series, value by value after its base."""
    from qonys.catalog import open_pack
    from qonys.study.analyses import watched_series as own
    from qonys.study.analyses.monitoring import WatchOptions

    series = own.series_of(open_pack(settings().pack), file, reading.choices())
    found = own.watched_series(series, WatchOptions(**vars(options)))
    say_unused(options, {"cycle": not series.cycle})
    if isinstance(found, pl.DataFrame):
        say_unused(options, {"base": False, "factor": False})
        rule: Said = ("monitor.moving_rule", {"chance": _percent(options.chance)})
        _show(found.filter(pl.col("light").is_not_null()), rule)
        return 0
    _say_beyond(found, series)
    shown = found.values.filter(pl.col("light").is_not_null())
    if options.chart != "predictive" and settings().format == "table":
        shown = shown.drop("low", "high").with_columns(limit=pl.lit(found.limit))
    _show(shown, *_rules(found, options.chart))
    return 0


def _say_beyond(found: Watched, series: CountSeries) -> None:
    """Say that values of the base are unusual beside the others of it, and what to do."""
    if not found.beyond:
        return
    names = dict(zip(series.times.tolist(), series.names.to_list(), strict=True))
    first = [str(names[one]) for one in found.beyond[:NAMED]] + ["…"] * (len(found.beyond) > NAMED)
    key = "monitor.beyond_base" if found.shorter else "monitor.beyond_base_early"
    hear(key, {"n": len(found.beyond), "base": found.base, "times": ", ".join(first), "shorter": found.shorter})


def _rules(found: Watched, chart: str) -> tuple[Said, ...]:
    """What the chart promises, and what is expected."""
    language = settings().language
    values: dict[str, object] = {
        "chart": _named("chart", chart), "chance": _percent(found.chance), "horizon": found.horizon,
        "base": found.base, "dispersion": words.number(found.dispersion, language, 1),
        "factor": words.number(found.factor, language, 2), "missed": _percent(found.missed),
    }  # fmt: skip
    season: Said = ("monitor.with_season" if found.season else "monitor.without_season", {})
    limits: list[Said] = []
    if chart == "predictive":
        limits.append(("monitor.watch_limits", {"limit": words.number(found.limit, language, 2)}))
    if found.delay == float("inf"):
        return ("monitor.chart_rule_late", values), season, *limits
    return ("monitor.chart_rule", {**values, "delay": round(found.delay)}), season, *limits


def _show(frame: pl.DataFrame, *said: Said) -> None:
    lines = tuple(words.text(key, settings().language, **values) for key, values in said)
    print_frame(_rounded(frame), label=_named, footer=lines)


@Parameter(name="*")
@dataclass(frozen=True)
class CalibrateChoices:
    """What is calibrated."""

    base: Annotated[int, Parameter(help="cli.monitor.base_length", validator=Within(3, 10_000))] = 36
    mean: Annotated[float, Parameter(help="cli.monitor.mean", validator=Within(1, 1e9))] = 100.0
    dispersion: Annotated[float, Parameter(help="cli.monitor.dispersion", validator=Within(1, 1e6))] = 1.0
    horizon: Annotated[int, Parameter(help="cli.monitor.horizon_length", validator=Within(1, 366))] = 12
    chance: Annotated[float, Parameter(help="cli.monitor.chance", validator=Within(0.001, 0.5))] = 0.05


CALIBRATE = CalibrateChoices()


@app.command(help="cli.command.monitor.calibrate")
def calibrate(*, options: CalibrateChoices = CALIBRATE) -> int:
    """Limits of the charts for a chance of a false alarm, and how late they are."""
    from qonys.study.analyses.monitoring import CalibrateOptions, calibrated

    _show(calibrated(CalibrateOptions(**vars(options))))
    return 0


def _rounded(frame: pl.DataFrame) -> pl.DataFrame:
    """Persons and lengths of runs whole, deviations with two digits; what a computer reads keeps all."""
    if settings().format != "table":
        return frame
    whole = ("value", "expected", "low", "high", "released", "plain", "run_length")
    persons = [name for name in whole if name in frame.columns]
    digits = [name for name in ("z", "statistic", "limit") if name in frame.columns]
    shares = [name for name in ("share", "share_error") if name in frame.columns]
    chances = [name for name in ("false_alarm", "missed", "p") if name in frame.columns]
    return frame.with_columns(
        pl.col(persons).round(0), pl.col(digits).round(2), pl.col(shares).round(1), pl.col(chances).round(3)
    )


def _named(column: str, code: str) -> str | None:
    if column in ("light", "direction", "alarm", "indicator", "chart", "base"):
        key = f"monitor.{column}.{code}"
        return words.text(key, settings().language) if code and words.has(key, settings().language) else None
    return None


def _percent(share: float) -> str:
    return words.number(100 * share, settings().language, 0 if share in (0, 1) or share >= 0.1 else 1)
