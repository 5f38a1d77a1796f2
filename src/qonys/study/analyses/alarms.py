"""Lights of releases with the chance that each is false, and the score of the forecasts behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from qonys.catalog import Pack
from qonys.estimation.disclosure import THRESHOLD
from qonys.monitor import increments as steps
from qonys.monitor.increments import Release
from qonys.monitor.score import alarm_scores
from qonys.study.analyses.monitoring import events_near, history
from qonys.study.analyses.release_files import own_releases, stored_releases

__all__ = ["alarm_scores", "lights_of", "near", "newest", "stored_lights", "unusual"]
PACK, USER = "pack", "user"  # whose release an increment ends with


def lights_of(releases: Mapping[str, Sequence[Release]]) -> pl.DataFrame:
    """Every increment beside its forecast with its chances (see `history`); start and end are dates as text."""
    return history(releases).with_columns(pl.col("start", "end").cast(pl.String))


def stored_lights(pack: Pack) -> pl.DataFrame:
    """The same of the releases of the pack and of a person's own store, as others may see them: with `owner` ("user"
    where the increment ends with an own release), and without values of 1 to `THRESHOLD` - 1 persons in own releases.

    Raises
    ------
    BadInput
        There are no releases; a file of an addition is damaged.

    """
    own = {(name, one.source) for name, some in own_releases(pack).items() for one in some}
    stored = stored_releases(pack)
    mine = {
        (name, one.end.isoformat()) for name, some in stored.items() for one in steps.newest(some)
        if (name, one.source) in own
    }  # fmt: skip
    lights = lights_of(stored)
    ends = lights.select("indicator", "end").iter_rows()
    owner = pl.Series("owner", [USER if end in mine else PACK for end in ends], dtype=pl.String)
    small = (owner == USER) & lights["value"].is_between(0, THRESHOLD, closed="none")
    return lights.with_columns(owner, value=pl.when(small).then(None).otherwise("value"))


def newest(lights: pl.DataFrame) -> pl.DataFrame:
    """The last increment of each indicator."""
    return lights.group_by("indicator", maintain_order=True).last().select(lights.columns)


def unusual(lights: pl.DataFrame) -> pl.DataFrame:
    """Yellow and red lights, the newest first."""
    return lights.filter(pl.col("light").is_in(["yellow", "red"])).sort("end", "indicator", descending=[True, False])


def near(pack: Pack, row: Mapping[str, object], language: str) -> str | None:
    """Names of dated events that began within a quarter of an increment; nearness in time is no cause."""
    return events_near(pack, date.fromisoformat(str(row["start"])), date.fromisoformat(str(row["end"])), language)
