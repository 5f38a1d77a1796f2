"""`qonys monitor`: what is unusual now, in releases and in a person's own series."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import polars as pl
from cyclopts import Parameter

from qonys import words
from qonys.cli.effects import say_unused
from qonys.cli.files import AS_FOUND, FileOptions
from qonys.cli.help import new_app
from qonys.cli.options import settings
from qonys.cli.printing import print_frame
from qonys.cli.ranges import DRAWS, YEAR, Seed, Within

if TYPE_CHECKING:
    from qonys.monitor.series import Watched

Said = tuple[str, Mapping[str, object]]
app = new_app("monitor", "cli.command.monitor")
Releases = Annotated[Path | None, Parameter(help="cli.monitor.releases")]


@app.command(help="cli.command.monitor.status")
def status(file: Releases = None, *, reading: FileOptions = AS_FOUND) -> int:
    """The newest release of each indicator beside its forecast."""
    from qonys.catalog import open_pack
    from qonys.study.analyses import monitoring

    pack = open_pack(settings().pack)
    releases = monitoring.releases_of(pack, file, reading.choices())
    _show(monitoring.status(releases, pack, settings().language), ("monitor.release_rule", {}))
    return 0


@app.command(help="cli.command.monitor.history")
def history(
    file: Releases = None,
    *,
    alarms: Annotated[bool, Parameter(help="cli.monitor.alarms", negative=())] = False,
    reading: FileOptions = AS_FOUND,
) -> int:
    """Every release beside its forecast made before it."""
    from qonys.catalog import open_pack
    from qonys.study.analyses import monitoring

    pack = open_pack(settings().pack)
    releases = monitoring.releases_of(pack, file, reading.choices())
    found = monitoring.history(releases)
    _show(found.filter(pl.col("light") == "red") if alarms else found, ("monitor.release_rule", {}))
    return 0


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


SCORED = (
    "indicator", "model", "n", "held_95", "pinball_low", "pinball_high", "brier", "log_score", "precision_1",
    "value_20", "gain_pinball", "gain_brier",
)  # fmt: skip
WATCH = WatchChoices()


@app.command(help="cli.command.monitor.watch")
def watch(
    file: Annotated[Path, Parameter(help="cli.monitor.series")],
    *,
    options: WatchChoices = WATCH,
    reading: FileOptions = AS_FOUND,
) -> int:
    """A person's own series, value by value after its base."""
    from qonys.study.analyses.monitoring import WatchOptions, watched_file

    found = watched_file(file, WatchOptions(**vars(options)), reading.choices())
    frame = found if isinstance(found, pl.DataFrame) else found.values
    say_unused(options, {"cycle": frame.schema["time"] != pl.String})
    if isinstance(found, pl.DataFrame):
        say_unused(options, {"base": False, "factor": False})
        rule: Said = ("monitor.moving_rule", {"chance": _percent(options.chance)})
        _show(found.filter(pl.col("light").is_not_null()), rule)
        return 0
    _show(found.values.filter(pl.col("light").is_not_null()), *_rules(found, options.chart))
    return 0


def _rules(found: Watched, chart: str) -> tuple[Said, ...]:
    """What the chart promises, and what is expected."""
    language = settings().language
    values: dict[str, object] = {
        "chart": _named("chart", chart), "chance": _percent(found.chance), "horizon": found.horizon,
        "base": found.base, "dispersion": words.number(found.dispersion, language, 1),
        "factor": words.number(found.factor, language, 2), "missed": _percent(found.missed),
    }  # fmt: skip
    season: Said = ("monitor.with_season" if found.season else "monitor.without_season", {})
    if found.delay == float("inf"):
        return ("monitor.chart_rule_late", values), season
    return ("monitor.chart_rule", {**values, "delay": round(found.delay)}), season


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
    """Persons whole, deviations with two digits; what a computer reads keeps all."""
    if settings().format != "table":
        return frame
    persons = [name for name in ("value", "expected", "low", "high") if name in frame.columns]
    digits = [name for name in ("z", "statistic") if name in frame.columns]
    return frame.with_columns(pl.col(persons).round(0), pl.col(digits).round(2))


def _named(column: str, code: str) -> str | None:
    if column in ("light", "direction", "alarm", "indicator", "chart", "model", "fails", "tells"):
        key = f"monitor.{column}.{code}"
        return words.text(key, settings().language) if code and words.has(key, settings().language) else None
    return None


def _percent(share: float) -> str:
    return words.number(100 * share, settings().language, 0 if share in (0, 1) or share >= 0.1 else 1)


@app.command(help="cli.command.monitor.score")
def score(file: Releases = None, *, reading: FileOptions = AS_FOUND) -> int:
    """How the forecasts behind the lights did, beside plain rivals."""
    from qonys.catalog import open_pack
    from qonys.study.analyses.alarms import alarm_scores
    from qonys.study.analyses.monitoring import releases_of

    found = alarm_scores(releases_of(open_pack(settings().pack), file, reading.choices()))
    if settings().format == "table":
        found = found.select(SCORED).with_columns(pl.selectors.float().round(2))
    print_frame(found, label=_named, footer=(words.text("monitor.score_rule", settings().language),))
    return 0


@Parameter(name="*")
@dataclass(frozen=True)
class SignpostsChoices:
    """Whose signposts, and from how many draws."""

    scenario: Annotated[Path | None, Parameter(help="cli.monitor.scenario")] = None
    changes: Annotated[tuple[str, ...], Parameter(name="--set", help="cli.project.set", consume_multiple=False)] = ()
    draws: Annotated[int, Parameter(help="cli.project.draws", validator=DRAWS)] = 1000
    horizon: Annotated[int, Parameter(help="cli.project.horizon", validator=YEAR)] = 0
    seed: Seed = 1


SIGNPOSTS = SignpostsChoices()


@app.command(help="cli.command.monitor.signposts")
def signposts(*, options: SignpostsChoices = SIGNPOSTS) -> int:
    """Which figure, at which value in which year, would say that a scenario fails."""
    from qonys.catalog import open_pack
    from qonys.cli.progress import stages_shown
    from qonys.study.analyses.signposts import SignpostsRequest, signposts_of

    with stages_shown() as tell:
        found = signposts_of(open_pack(settings().pack), SignpostsRequest(**vars(options)), tell)
    silent = not found["tells"].any()
    if settings().format == "table":
        persons = ("expected", "low", "high", "without_scenario", "limit")
        tells = pl.when("tells").then(pl.lit("yes")).otherwise(pl.lit("no"))
        found = found.with_columns(pl.col(persons).round(0), pl.col("beyond_without").round(2), tells=tells)
    language = settings().language
    lines = [words.text(key, language) for key in ("monitor.signposts_rule", "cli.project.dates")]
    if silent:
        lines.insert(0, words.text("monitor.signposts_none", language))
    print_frame(found, label=_named, footer=tuple(lines))
    return 0
