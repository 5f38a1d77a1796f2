"""Five-year periods from yearly figures, and what a year or a period is worth as evidence.

World Population Prospects gives its five-year figures from the middle of a year to the middle of the fifth year after
it (United Nations, World Population Prospects 2024, methodology). A mean over such a period therefore takes the first
and the last year by half. The rates are averaged with equal weight of the years, not with the persons exposed, so they
differ from the United Nations' own five-year rates by the change of population inside a period.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from qonys.catalog.packing.wpp import Figure

LENGTH = 5
Row = dict[str, str]


def mid_year_mean(values: Mapping[int, Decimal], start: int) -> Decimal:
    """Mean from the middle of `start` to the middle of ``start + 5``, exact.

    Examples
    --------
    >>> mid_year_mean({year: Decimal(year) for year in range(2000, 2006)}, 2000)
    Decimal('2002.5')

    """
    ends = values[start] + values[start + LENGTH]
    return (ends + 2 * sum((values[year] for year in range(start + 1, start + LENGTH)), Decimal(0))) / 10


def whole_periods(years: set[int]) -> tuple[int, ...]:
    """First years, divisible by five, of the periods whose six years are all there."""
    return tuple(
        start
        for start in range(-(-min(years) // LENGTH) * LENGTH, max(years), LENGTH)
        if all(year in years for year in range(start, start + LENGTH + 1))
    ) if years else ()  # fmt: skip


def status_of_year(year: int, first_projected: int) -> str:
    """`estimate` or `projection`."""
    return "estimate" if year < first_projected else "projection"


def status_of_period(start: int, first_projected: int) -> str:
    """As of a year; a period with estimated and projected years is `estimate_projection_mix`.

    Examples
    --------
    >>> [status_of_period(start, 2024) for start in (2015, 2020, 2025)]
    ['estimate', 'estimate_projection_mix', 'projection']

    """
    first, last = (status_of_year(year, first_projected) for year in (start, start + LENGTH))
    return first if first == last else "estimate_projection_mix"


def period_row(start: int, first_projected: int, figures: Mapping[int, Figure]) -> Row:
    """The columns of a period that do not depend on the figure: period, years, status, source, note.

    The source is that of the first year; where later years stand in other files the note names them.
    """
    sources = list(dict.fromkeys(figures[year].source for year in range(start, start + LENGTH + 1)))
    return {
        "period": f"{start}-{start + LENGTH}",
        "year_start": str(start),
        "year_end": str(start + LENGTH),
        "status": status_of_period(start, first_projected),
        "source": sources[0],
        "note": "" if len(sources) == 1 else "also " + ", ".join(sources[1:]),
    }
