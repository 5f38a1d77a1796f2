"""`qonys monitor score` and `signposts`: how the forecasts did, and what would say that a mix fails."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import polars as pl
from cyclopts import Parameter

from qonys import words
from qonys.cli.files import AS_FOUND, FileOptions
from qonys.cli.options import settings
from qonys.cli.printing import print_frame
from qonys.cli.ranges import DRAWS, YEAR, Seed

SCORED = (
    "indicator", "model", "n", "held_95", "pinball_low", "pinball_high", "brier", "log_score", "precision_1",
    "value_20", "gain_pinball", "gain_brier",
)  # fmt: skip


def score(
    file: Annotated[Path | None, Parameter(help="cli.monitor.releases")] = None, *, reading: FileOptions = AS_FOUND
) -> int:
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


def _named(column: str, code: str) -> str | None:
    key = f"monitor.{column}.{code}"
    return words.text(key, settings().language) if code and words.has(key, settings().language) else None
