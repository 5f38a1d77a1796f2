"""The year under way from what is released of it, with an interval, and what the interval rests on.

What is left of the year is forecast by what the releases taught (`qonys.monitor.learning`): level, seasons, noise. The
released part has the error of its rounding and of revisions to come. Beside it stands the plain rule: the released
figure over the mean share that the same months had in whole years before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qonys.kernels.monitoring.spans import MONTHS, Span, shares_of
from qonys.monitor.increments import Release, error_of, newest, revision_error
from qonys.monitor.learning import PRIOR, two_sided
from qonys.monitor.levels import YELLOW
from qonys.monitor.releases import FIRST, Judged, watched

WHOLE = float(MONTHS)


@dataclass(frozen=True)
class Nowcast:
    """A year as it is expected to end.

    `released` persons in `months` of it; `expected`, `low`, `high` (95 %, persons) of the whole year; `share` of the
    year that is seen, 0 to 1, with the standard deviation that the unknown seasons give it, `share_error`; `plain`: the
    released figure over the mean share of the same months in `years` whole years before (None: there are none).
    """

    year: int
    months: int
    released: float
    expected: float
    low: float
    high: float
    share: float
    share_error: float
    plain: float | None
    years: int


def nowcast(releases: Sequence[Release], revision: float | None = None) -> Nowcast | None:
    """The newest year, or the one after it where that is released whole; None with fewer than two increments.

    `revision`: standard deviation of revisions to come, as a share of a figure (None: from the releases themselves).

    Raises
    ------
    BadInput
        What `watch_releases` refuses.

    Examples
    --------
    >>> from datetime import date
    >>> made = [Release(date(y, 1, 1), date(y, m, 28), 100.0 * m) for y in (2020, 2021, 2022) for m in (3, 6, 9, 12)]
    >>> found = nowcast(made[:-2])
    >>> found.year, found.months, round(found.expected, -2), found.plain, found.years
    (2022, 6, 1200.0, 1200.0, 2)
    """
    share = revision_error(releases) if revision is None else revision
    rows, learning = watched(releases, share)
    if learning is None or len(rows) < FIRST:
        return None
    last = newest(releases)[-1]
    whole = last.months >= WHOLE
    year, months = (last.start.year + 1, 0) if whole else (last.start.year, int(last.months))
    released, error = (0.0, 0.0) if whole else (last.value, error_of(last, share))
    left, shares = MONTHS - months, shares_of(months, MONTHS - months)
    middle, spread, degrees = learning.forecast(Span(0.0, left, 0.0, year * 12 + MONTHS - left / 2, shares))
    spread *= surprise(rows)
    rest, low, high = np.exp(middle + np.array([0.0, -1.0, 1.0]) * two_sided(degrees) * spread) * left
    expected = released + rest
    seen = released / expected
    plain, years = plain_rule(releases, last) if months else (None, 0)
    return Nowcast(
        year, months, released, float(expected),
        float(max(expected - np.hypot(rest - low, YELLOW * error), 0.0)),
        float(expected + np.hypot(high - rest, YELLOW * error)),
        float(seen), float(seen * (1 - seen) * learning.season_error(shares)), plain, years,
    )  # fmt: skip


def surprise(rows: Sequence[Judged]) -> float:
    """By how much the forecasts so far missed more than they said, red ones among them; at least 1.

    The lights ask what is unusual where nothing changes; a nowcast must also allow for changes such as there were.

    Examples
    --------
    >>> surprise([])
    1.0
    """
    z = np.array([one.z for one in rows if one.z is not None])
    return float(max(np.sqrt((PRIOR + float(z @ z)) / (PRIOR + len(z))), 1.0))


def plain_rule(releases: Sequence[Release], last: Release) -> tuple[float | None, int]:
    """The figure of `last` over the mean share of its months in whole years before, and how many such years there are.

    Examples
    --------
    >>> from datetime import date
    >>> made = [Release(date(2020, 1, 1), date(2020, m, 28), v) for m, v in ((6, 400.0), (12, 1000.0))]
    >>> plain_rule(made, Release(date(2021, 1, 1), date(2021, 6, 28), 500.0))
    (1250.0, 1)
    """
    known = {(one.start.year, int(one.months)): one.value for one in newest(releases)}
    shares = [
        known[year, int(last.months)] / known[year, MONTHS]
        for year in sorted({year for year, _ in known})
        if year < last.start.year and {(year, int(last.months)), (year, MONTHS)} <= set(known)
    ]
    return (last.value / float(np.mean(shares)) if shares else None), len(shares)


def past_nowcasts(releases: Sequence[Release], revision: float | None = None) -> list[tuple[Nowcast, float]]:
    """Every nowcast of a part of a year that later was released whole, each from the releases up to it, and the year.

    Releases after each moment, revisions among them, are not used; the year is its first whole figure.

    Examples
    --------
    >>> from datetime import date
    >>> made = [Release(date(y, 1, 1), date(y, m, 28), 100.0 * m) for y in (2020, 2021, 2022) for m in (6, 12)]
    >>> [(found.year, found.months, later) for found, later in past_nowcasts(made)]
    [(2021, 6, 1200.0), (2022, 6, 1200.0)]
    """
    firsts = newest([one for one in releases if one.edition == 1])
    years = {one.start.year: one.value for one in firsts if one.months == WHOLE}
    found: list[tuple[Nowcast, float]] = []
    for place, one in enumerate(firsts):
        if one.months < WHOLE and one.start.year in years:
            made = nowcast([*firsts[:place], one], revision)
            found += [] if made is None else [(made, years[one.start.year])]
    return found
