"""Growth of an ethnic group divided into natural increase and a residual, each as an interval.

Vital events by ethnic group are not published for most periods. The natural increase of a group is
therefore bounded by the lowest and the highest natural increase of any region, relative to the national
rate. The residual is migration and reclassification (change of declared ethnicity) together; the data do not
separate them, and neither does this module. Reference for the residual: United Nations (1970), Manual VI,
chapter I; for bounds in place of a point estimate: Manski (1995).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class GroupChange:
    """Change of one group over [start, end), persons; the intervals of its two parts are exact complements."""

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
        """Lower bound of net migration and reclassification together, persons."""
        return self.growth - self.natural_high

    @property
    def rest_high(self) -> float:
        """Upper bound of net migration and reclassification together, persons."""
        return self.growth - self.natural_low

    @property
    def sign_is_known(self) -> bool:
        """Whether the interval of the residual excludes zero."""
        return self.rest_low > 0 or self.rest_high < 0


def group_change(
    group: str,
    counts: tuple[float, float],
    period: tuple[int, int],
    natural_rate: float,
    ratio_bounds: tuple[float, float],
) -> GroupChange:
    """Growth of one group divided into natural increase and the residual (bounds after Manski 1995).

    `counts`: persons at the start and the end of `period`, years [start, end). `natural_rate`: national rate of natural
    increase per person-year over the period; `ratio_bounds`: lowest and highest ratio of a region's rate to it.

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
