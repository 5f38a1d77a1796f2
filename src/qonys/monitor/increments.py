"""Releases from the beginning of a year in their editions, and the increments between them with their error.

A figure of a span may be published again, revised: both editions are kept. What was known on a day is the newest
edition of each span published by then; where no day of publication is known, `LAG` days after the end of the newest
span that came with it stand in (known days of Kazakhstan's releases: 41 to 53 after the end). An increment carries the
rounding of both its releases and, of first editions, the error of revisions to come.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from qonys.errors import BadInput

LAG = timedelta(days=60)
FEWEST_PAIRS = 3


@dataclass(frozen=True)
class Release:
    """Persons from `start` to `end`, both included, as released; `rounding` is the unit that they are rounded to.

    `edition`: 1 for the first figure of the span, then its revisions. `published`: day of publication, `with_end`: last
    day of the newest span that was published with it; None where not known. `source`: where it stands.
    """

    start: date
    end: date
    value: float
    rounding: float = 1.0
    edition: int = 1
    published: date | None = None
    with_end: date | None = None
    source: str = ""

    @property
    def months(self) -> float:
        """Months from the start to the end."""
        return (self.end.year - self.start.year) * 12 + self.end.month - self.start.month + 1.0

    @property
    def known(self) -> date:
        """The day from which it counts as known: that of publication, or `LAG` after the span it came with."""
        return self.published or (self.with_end or self.end) + LAG

    @property
    def due(self) -> date:
        """The day of publication, or `LAG` after the end of its own span, whenever a page brought it to us."""
        return self.published if self.published and self.edition == 1 else self.end + LAG


@dataclass(frozen=True)
class Increment:
    """What a release adds to the one before it: persons over `months`, their error of rounding and of revisions to
    come, the middle of the span in months since the year 0, its first and last month.
    """

    release: Release
    value: float
    months: float
    error: float
    middle: float
    first: int


def known_by(releases: Iterable[Release], day: date) -> list[Release]:
    """Releases that counted as known on a day.

    Examples
    --------
    >>> late = Release(date(2024, 1, 1), date(2024, 3, 31), 300.0, published=date(2024, 5, 12))
    >>> len(known_by([late], date(2024, 5, 11))), len(known_by([late], date(2024, 5, 12)))
    (0, 1)
    """
    return [one for one in releases if one.known <= day]


def newest(releases: Iterable[Release], day: date | None = None) -> list[Release]:
    """One release of each span in the order of time: the first, or the newest revision known by `day` (None: of all).

    Raises
    ------
    BadInput
        One edition of a span has two figures.

    Examples
    --------
    >>> first = Release(date(2024, 1, 1), date(2024, 3, 31), 300.0)
    >>> later = Release(date(2024, 1, 1), date(2024, 3, 31), 310.0, edition=2, published=date(2025, 5, 12))
    >>> newest([later, first])[0].value, newest([later, first], date(2024, 6, 1))[0].value
    (310.0, 300.0)
    """
    found: dict[tuple[date, date], Release] = {}
    before: Release | None = None
    for one in sorted(releases, key=lambda each: (each.start, each.end, each.edition)):
        span = (one.start, one.end)
        if before is not None and (before.start, before.end, before.edition) == (*span, one.edition):
            raise BadInput("monitor.twice", start=one.start.isoformat(), end=one.end.isoformat())
        if span not in found or day is None or one.known <= day:
            found[span] = one
        before = one
    return list(found.values())


def revision_error(*series: Iterable[Release]) -> float:
    """Standard deviation of the logarithm of a revised figure over the first one, less the rounding of both.

    From the first and the newest edition of every span that has several, of all `series` together; nought with fewer
    than `FEWEST_PAIRS` such spans.

    Examples
    --------
    >>> firsts = [Release(date(year, 1, 1), date(year, 12, 31), 1000.0) for year in (2021, 2022, 2023)]
    >>> later = [Release(date(year, 1, 1), date(year, 12, 31), 1010.0, edition=2) for year in (2021, 2022, 2023)]
    >>> round(revision_error(firsts + later), 4), revision_error(firsts)
    (0.0099, 0.0)
    """
    pairs = [pair for releases in series for pair in revised(releases)]
    if len(pairs) < FEWEST_PAIRS:
        return 0.0
    squares = [np.log(later.value / first.value) ** 2 for first, later in pairs]
    widths = [sum((one.rounding / one.value) ** 2 for one in pair) / 12 for pair in pairs]
    return float(np.sqrt(max(np.mean(squares) - np.mean(widths), 0.0)))


def revised(releases: Iterable[Release]) -> list[tuple[Release, Release]]:
    """The first and the newest edition of each span that has several.

    Examples
    --------
    >>> made = [Release(date(2024, 1, 1), date(2024, 3, 31), 300.0, edition=place) for place in (1, 2, 3)]
    >>> [(first.edition, later.edition) for first, later in revised(made)]
    [(1, 3)]
    """
    spans: dict[tuple[date, date], list[Release]] = {}
    for one in sorted(releases, key=lambda each: each.edition):
        spans.setdefault((one.start, one.end), []).append(one)
    return [
        (some[0], some[-1]) for some in spans.values() if len(some) > 1 and some[0].value > 0 and some[-1].value > 0
    ]


def increments(releases: Sequence[Release], revision: float = 0.0) -> list[Increment]:
    """Increments of the newest editions in the order of time; releases of one start follow each other.

    `revision`: standard deviation of revisions to come, as a share of a first edition (`revision_error`).

    Raises
    ------
    BadInput
        A figure is below the former one of the same start; one edition of a span has two values.

    Examples
    --------
    >>> made = [Release(date(2024, 1, 1), date(2024, 3, 31), 300), Release(date(2024, 1, 1), date(2024, 6, 30), 900)]
    >>> [(one.value, one.months) for one in increments(made)]
    [(300.0, 3.0), (600.0, 3.0)]
    """
    found: list[Increment] = []
    before: Release | None = None
    for one in newest(releases):
        last = before if before is not None and before.start == one.start else None
        if last is not None and one.value < last.value:
            raise BadInput(
                "monitor.shrinks", end=one.end.isoformat(), value=one.value, former=last.value,
                before=last.end.isoformat(),
            )  # fmt: skip
        value = float(one.value - (last.value if last else 0.0))
        months = one.months - (last.months if last else 0.0)
        error = float(np.hypot(error_of(one, revision), error_of(last, revision) if last else 0.0))
        end = one.end.year * 12 + one.end.month
        found.append(Increment(one, value, months, error, end - months / 2, int(end - months)))
        before = one
    return found


def error_of(one: Release, revision: float) -> float:
    """Standard deviation of a released figure, persons: rounding, and revisions to come of a first edition.

    Examples
    --------
    >>> round(error_of(Release(date(2024, 1, 1), date(2024, 6, 30), 19100.0, 100.0), 0.003), 1)
    64.2
    """
    to_come = revision * one.value if one.edition == 1 else 0.0
    return float(np.hypot(one.rounding / np.sqrt(12), to_come))


def rounding_of(value: float) -> float:
    """The unit that a figure seems rounded to: thousands, hundreds, or none.

    Examples
    --------
    >>> rounding_of(31000), rounding_of(9300), rounding_of(9233)
    (1000.0, 100.0, 1.0)
    """
    return next((unit for unit in (1000.0, 100.0) if value and value % unit == 0), 1.0)
