"""Scenarios: changes to the processes of a projection from a given year, the same form for nation and regions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from qonys.errors import BadInput
from qonys.spaces.ranges import Between, outside, ranges_of

ALL = "all"
FACTORS = ("emigration_times_by_group", "emigration_times_by_region")
BY_REGION = ("region_attraction",)
YEARS = (1800, 2200)
Year = Annotated[int, Between(*YEARS, also=0)]
Persons = Annotated[float, Between(-1e8, 1e8)]
Times = Annotated[float, Between(0.0, 100.0)]
TimesByName = Annotated[Mapping[str, float], Between(0.0, 100.0)]
PARTS = (*FACTORS, "region_attraction", "immigration_add", "internal_times")


@dataclass(frozen=True)
class Scenario:
    """Changes against the processes, in the years from `since` to `until` (0: the first, the last).

    `no_migration`: nobody crosses the border. `net_add`: persons a year added to the balance, as arrivals
    and fewer departures whose geometric mean stays.
    `immigration_times`, `emigration_times`, `fertility_times`: factors. `longevity_add`: years. Only with
    regions or groups: `internal_times` factor on moves between regions; `emigration_times_by_group`,
    `emigration_times_by_region` and `region_attraction` (factor on the pull of a region for movers from inside and
    outside, totals kept) by name; `immigration_add`: persons a year who come besides, by group and by region ("all":
    spread as other immigrants are), such as repatriates; below zero as many come fewer, as far as there are any
    (`RegionalProjection.missed` counts the rest). An empty scenario is the baseline.
    """

    since: Year = 0
    no_migration: bool = False
    net_add: Persons = 0.0
    fertility_times: Annotated[float, Between(0.01, 10.0)] = 1.0
    longevity_add: Annotated[float, Between(-60.0, 60.0)] = 0.0
    until: Year = 0
    immigration_times: Times = 1.0
    emigration_times: Times = 1.0
    internal_times: Times = 1.0
    emigration_times_by_group: TimesByName = field(default_factory=dict)
    emigration_times_by_region: TimesByName = field(default_factory=dict)
    region_attraction: Annotated[Mapping[str, float], Between(1e-6, 1e6)] = field(default_factory=dict)
    immigration_add: Annotated[Mapping[str, Mapping[str, float]], Between(-1e8, 1e8)] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, value, limits in self._outside():
            key = "regional.scenario.year" if name in ("since", "until") else "regional.scenario.range"
            low, high = (f"{end:.15g}" for end in (limits.low, limits.high))
            raise BadInput(key, name=name, value=f"{value:.15g}", low=low, high=high)
        if self.until and self.until < self.since:
            raise BadInput("regional.scenario.until", since=self.since, until=self.until)

    def _outside(self) -> Iterator[tuple[str, float, Between]]:
        """Name, value and range of each value that cannot be; of tables one by one."""
        yield from outside(self)
        tables: dict[str, Mapping[str, float]] = {name: getattr(self, name) for name in (*FACTORS, *BY_REGION)}
        tables |= {f"immigration_add.{group}": places for group, places in self.immigration_add.items()}
        for table, values in tables.items():
            limits = RANGES[table.partition(".")[0]]
            yield from ((f"{table}.{key}", value, limits) for key, value in values.items() if not limits.holds(value))

    def parts(self) -> tuple[str, ...]:
        """Names of the changes that need regions or groups."""
        plain = Scenario()
        return tuple(name for name in PARTS if getattr(self, name) != getattr(plain, name))

    def active(self, base_year: int, horizon: int) -> NDArray[np.bool_]:
        """Whether the changes apply in the years base_year + 1 .. base_year + horizon, (horizon,).

        Raises
        ------
        BadInput
            They hold in none of these years.

        """
        years = np.arange(base_year + 1, base_year + horizon + 1)
        held = np.asarray((years >= self.since) & (years <= (self.until or years[-1])))
        if not held.any():
            ends = {"first": base_year + 1, "last": base_year + horizon}
            raise BadInput("regional.scenario.never", since=self.since, until=self.until or ends["last"], **ends)
        return held

    def arriving(self) -> float:
        """Additional immigrants, persons a year; below zero: fewer."""
        return float(sum(sum(places.values()) for places in self.immigration_add.values()))


KEYS = tuple(one.name for one in fields(Scenario))
RANGES = ranges_of(Scenario)
