"""Change between two counts before there are registers, set against published numbers of movements, with bounds.

Every component is a range from the lowest to the highest number that is published of it, not the range of what may have
happened: P(t+n) − P(t) = natural increase − deaths of famine + arrivals − departures + rest. The rest has what nobody
published, so its range is wide; it is reported, not spread over the components.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

ALL = "all"
WIDER = "wider"
SIGNS: Mapping[str, int] = {
    "famine_deaths": -1,
    "settlement": 1,
    "deportation": 1,
    "evacuation": 1,
    "virgin_lands": 1,
    "return": 1,
    "flight": -1,
}
SPARE = 1  # years by which a movement may begin before the first count or end after the last


@dataclass(frozen=True)
class Range:
    """Lowest and highest published number, persons; `sources` name the rows behind it."""

    low: float
    high: float
    sources: tuple[str, ...] = ()

    def __add__(self, other: Range) -> Range:
        return Range(self.low + other.low, self.high + other.high, (*self.sources, *other.sources))

    def __neg__(self) -> Range:
        return Range(0.0 - self.high, 0.0 - self.low, self.sources)


def published_range(rows: pl.DataFrame, flow: str, period: tuple[int, int]) -> Range | None:
    """Range of what is published of one flow between two counts; None where nothing is.

    Parameters
    ----------
    rows
        start, end (calendar years), flow, ethnic_group, territory, value (persons), source. Bounds and values are
        numbers alike.
    flow
        The flow.
    period
        Years of the two counts. A row belongs to it if its years lie inside, with a year to spare at either end.

    A group of which only numbers of a `wider` territory are published has 0 to the highest of them. Groups are added;
    one whose code is a part of a joint code (``polish`` of ``polish_german``) stands in it. Numbers of all groups
    together raise the ends of the sum, since a part cannot exceed the whole.

    Examples
    --------
    >>> rows = pl.DataFrame({"start": [1937, 1936], "end": [1937, 1936], "flow": ["in", "in"], "value": [95.0, 40.0],
    ...     "ethnic_group": ["korean", "polish"], "territory": ["kazakhstan", "wider"], "source": ["a", "b"]})
    >>> published_range(rows, "in", (1926, 1939))
    Range(low=95.0, high=135.0, sources=('a', 'b'))

    """
    first, last = period[0] - SPARE, period[1] + SPARE
    found = rows.filter((pl.col("flow") == flow) & (pl.col("start") >= first) & (pl.col("end") <= last))
    if not found.height:
        return None
    groups = {str(name): _of_group(part) for (name,), part in found.group_by(["ethnic_group"], maintain_order=True)}
    whole = groups.pop(ALL, None)
    parts = [part for name, part in groups.items() if not _stands_in(name, groups)]
    summed = sum(parts, Range(0.0, 0.0))
    if whole is None:
        return summed
    sources = (*whole.sources, *summed.sources)
    return Range(max(whole.low, summed.low), max(whole.high, summed.high), tuple(dict.fromkeys(sources)))


def _of_group(rows: pl.DataFrame) -> Range:
    own = rows.filter(pl.col("territory") != WIDER)
    values = [float(value) for value in (own if own.height else rows)["value"]]
    sources = tuple((own if own.height else rows)["source"].unique(maintain_order=True))
    return Range(min(values) if own.height else 0.0, max(values), sources)


def _stands_in(name: str, groups: Mapping[str, Range]) -> bool:
    return any(name != other and name in other.split("_") for other in groups)


def natural_range(
    rates: Mapping[int, float], registered: Mapping[int, float], counts: Sequence[Range], period: tuple[int, int]
) -> tuple[Range, int] | None:
    """Natural increase of the years between two counts of which something is published, persons, and how many they are.

    Parameters
    ----------
    rates
        Natural increase per 1,000 by year, used where no events are registered; of a population between the lowest and
        the highest of the two counts.
    registered
        Births less deaths by year, persons.
    counts
        The two counts.
    period
        Their years; the first year counts, the last does not.

    """
    low, high = min(item.low for item in counts), max(item.high for item in counts)
    parts = []
    for year in range(*period):
        if year in registered:
            parts.append(Range(registered[year], registered[year]))
        elif year in rates:
            ends = sorted((rates[year] / 1000 * low, rates[year] / 1000 * high))
            parts.append(Range(ends[0], ends[1]))
    return (sum(parts, Range(0.0, 0.0)), len(parts)) if parts else None


def rest(change: Range, components: Mapping[str, Range]) -> Range:
    """What the change leaves after all components, each already with its sign in the balance."""
    return sum((-part for part in components.values()), change)
