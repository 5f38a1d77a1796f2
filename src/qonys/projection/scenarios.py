"""What may be changed against the processes of a projection, by whom and from when: one scenario for all levels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from qonys.errors import BadInput

ALL = "all"
FACTORS = ("emigration_times_by_group", "emigration_times_by_region")
BY_REGION = ("region_attraction",)
PARTS = (*FACTORS, "region_attraction", "immigration_add", "internal_times")


@dataclass(frozen=True)
class Scenario:
    """Changes against the processes, in the years from `since` to `until` (0: the first, the last).

    `no_migration`: nobody crosses the border. `net_add`: persons a year added to the balance, half as arrivals.
    `immigration_times`, `emigration_times`, `fertility_times`: factors. `longevity_add`: years. Only with
    regions or groups: `internal_times` factor on moves between regions; `emigration_times_by_group`,
    `emigration_times_by_region` and `region_attraction` (factor on the pull of a region for movers from inside and
    outside, totals kept) by name; `immigration_add`: persons a year who come besides, by group and by region ("all":
    spread as other immigrants are), such as repatriates; below zero as many come fewer, as far as there are any
    (`RegionalProjection.missed` counts the rest). An empty scenario is the baseline.
    """

    since: int = 0
    no_migration: bool = False
    net_add: float = 0.0
    fertility_times: float = 1.0
    longevity_add: float = 0.0
    until: int = 0
    immigration_times: float = 1.0
    emigration_times: float = 1.0
    internal_times: float = 1.0
    emigration_times_by_group: Mapping[str, float] = field(default_factory=dict)
    emigration_times_by_region: Mapping[str, float] = field(default_factory=dict)
    region_attraction: Mapping[str, float] = field(default_factory=dict)
    immigration_add: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("fertility_times",):
            if getattr(self, name) <= 0:
                raise BadInput("regional.scenario.value", name=name, value=getattr(self, name), expected="> 0")
        for name in ("immigration_times", "emigration_times", "internal_times"):
            if getattr(self, name) < 0:
                raise BadInput("regional.scenario.value", name=name, value=getattr(self, name), expected=">= 0")
        for name in (*FACTORS, *BY_REGION):
            for key, value in getattr(self, name).items():
                if value < 0 or (name in BY_REGION and value == 0):
                    expected = "> 0" if name in BY_REGION else ">= 0"
                    raise BadInput("regional.scenario.value", name=f"{name}.{key}", value=value, expected=expected)
        if self.until and self.until < self.since:
            raise BadInput("regional.scenario.until", since=self.since, until=self.until)

    def parts(self) -> tuple[str, ...]:
        """Names of the changes that need regions or groups."""
        plain = Scenario()
        return tuple(name for name in PARTS if getattr(self, name) != getattr(plain, name))

    def active(self, base_year: int, horizon: int) -> NDArray[np.bool_]:
        """Whether the changes hold in the years base_year + 1 .. base_year + horizon."""
        years = np.arange(base_year + 1, base_year + horizon + 1)
        return np.asarray((years >= self.since) & (years <= (self.until or years[-1])))

    def arriving(self) -> float:
        """Persons a year who immigrate besides; below zero: fewer."""
        return float(sum(sum(places.values()) for places in self.immigration_add.values()))


KEYS = tuple(one.name for one in fields(Scenario))
