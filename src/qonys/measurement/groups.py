"""Growth of an ethnic group split into natural increase and the rest, as an interval.

No vital events by ethnic group are published for most periods. What can be said: the natural
increase of a group lies between the lowest and the highest natural increase seen in any region,
taken relative to the national rate. The rest is migration and reclassification together; the
figures do not part the two, and neither does this module. Reference for the residual: United
Nations (1970), Manual VI, chapter I; for bounds in place of a point: Manski (1995).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class GroupChange:
    """Change of one group over [start, end), persons; the two intervals are exact complements."""

    group: str
    start: int
    end: int
    first: float
    last: float
    natural_low: float
    natural_high: float

    @property
    def growth(self) -> float:
        """Last count less first count, persons."""
        return self.last - self.first

    @property
    def rest_low(self) -> float:
        """Lowest migration with reclassification, persons."""
        return self.growth - self.natural_high

    @property
    def rest_high(self) -> float:
        """Highest migration with reclassification, persons."""
        return self.growth - self.natural_low

    @property
    def sign_is_known(self) -> bool:
        """Whether the interval of the rest leaves out zero."""
        return self.rest_low > 0 or self.rest_high < 0


def group_change(
    group: str,
    counts: tuple[float, float],
    period: tuple[int, int],
    natural_rate: float,
    ratio_bounds: tuple[float, float],
) -> GroupChange:
    """Split of one group's growth.

    `natural_rate` is the national rate per person-year over the period; `ratio_bounds` are the
    lowest and highest ratio of a region's natural rate to the national one.

    Examples
    --------
    >>> change = group_change("a", (100.0, 90.0), (2000, 2010), 0.01, (-0.5, 1.5))
    >>> round(change.rest_low, 2), round(change.rest_high, 2)
    (-24.25, -5.25)
    """
    years = period[1] - period[0]
    exposure = years * (counts[0] + counts[1]) / 2
    bounds = sorted(exposure * natural_rate * ratio for ratio in ratio_bounds)
    return GroupChange(group, period[0], period[1], counts[0], counts[1], bounds[0], bounds[1])
