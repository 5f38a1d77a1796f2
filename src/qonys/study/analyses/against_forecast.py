"""A whole year as released beside the study's own forecast of it, made from the year before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.catalog import Pack
from qonys.errors import BadInput
from qonys.monitor.increments import Release, newest
from qonys.monitor.levels import RED, light
from qonys.study.hindcast.gross import DRAWS, flows_of_next_year

Array = NDArray[np.float64]
YEAR = 12.0
ENDS = (0.5, 0.025, 0.975)
RELEASES, FORECAST = "releases", "forecast"


def against_forecast(
    releases: Mapping[str, Sequence[Release]], pack: Pack, draws: int = DRAWS, years: Sequence[int] = ()
) -> pl.DataFrame:
    """The newest whole year of each flow (or `years`) beside the forecast that the study makes from the year before.

    Returns
    -------
    indicator, start, end, months, value, expected, low, high (95 %, persons), z (of the share of draws below the value,
    on the normal scale), light, direction: as `qonys.study.analyses.monitoring.status`, and `origin`, the last year
    that the forecast knows.

    Raises
    ------
    BadInput
        No flow has a whole year; the pack does not hold the year before whole.

    """
    rows, made = [], dict[int, dict[str, Array]]()
    for name, some in releases.items():
        whole = [one for one in newest(some) if one.months == YEAR]
        for one in whole[-1:] if not years else [each for each in whole if each.start.year in years]:
            origin = one.start.year - 1
            made[origin] = made.get(origin) or flows_of_next_year(pack, origin, draws)
            if name in made[origin]:
                rows.append({"indicator": name} | _judged(one, made[origin][name], origin))
    if not rows:
        raise BadInput("monitor.no_whole_year")
    return pl.DataFrame(rows)


def _judged(one: Release, drawn: Array, origin: int) -> dict[str, object]:
    from scipy.special import ndtri

    below = (float((drawn < one.value).sum()) + 0.5) / (len(drawn) + 1)
    z = float(ndtri(below))
    expected, low, high = (float(end) for end in np.quantile(drawn, ENDS))
    shown = light(z, abs(z) > RED)
    return {
        "start": date(one.start.year, 1, 1), "end": one.end, "months": one.months, "value": one.value,
        "expected": expected, "low": low, "high": high, "z": z, "light": shown,
        "direction": "" if shown == "green" else "up" if z > 0 else "down", "origin": origin,
    }  # fmt: skip


def reconciled(found: pl.DataFrame) -> str:
    """Which sentence reconciles both lights of a `status` with a column `base`: a key of the words.

    Examples
    --------
    >>> rows = {"indicator": ["a", "a"], "base": ["releases", "forecast"], "light": ["red", "green"]}
    >>> reconciled(pl.DataFrame(rows))
    'monitor.against.release_only'
    """
    lit = {
        base: {name for name, its, one in found.select("indicator", "base", "light").iter_rows()
               if its == base and one in ("yellow", "red")}
        for base in (RELEASES, FORECAST)
    }  # fmt: skip
    if lit[RELEASES] - lit[FORECAST]:
        return "monitor.against.both" if lit[FORECAST] - lit[RELEASES] else "monitor.against.release_only"
    return "monitor.against.year_only" if lit[FORECAST] - lit[RELEASES] else "monitor.against.agree"
