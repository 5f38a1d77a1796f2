"""A fall of emigration split exactly into exhaustion (fewer people of the group) and propensity (a lower rate).

E = N r with N the group's size and r its rate of leaving, so that E1 − E0 = (N1 − N0)(r0 + r1)/2 + (r1 − r0)(N0 + N1)/2
(Kitagawa 1955, Journal of the American Statistical Association 50:1168; Das Gupta 1993, Standardization and
Decomposition of Rates, two factors).
"""

from __future__ import annotations

from dataclasses import dataclass

from qonys.errors import BadInput


@dataclass(frozen=True)
class Fall:
    """The change of emigrants a year and its two parts, persons; they add up to the change.

    `exhaustion_low`, `exhaustion_high`: the part of size at the lower and at the higher of the two rates, between which
    the part of both factors together can be given to either.
    """

    change: float
    exhaustion: float
    propensity: float
    exhaustion_low: float
    exhaustion_high: float


def fall(emigrants: tuple[float, float], sizes: tuple[float, float]) -> Fall:
    """Split the change of emigrants between two periods.

    Parameters
    ----------
    emigrants
        Emigrants a year in the earlier and in the later period, persons.
    sizes
        The group's size in the middle of each, persons.

    Raises
    ------
    BadInput
        A size is not positive.

    Examples
    --------
    >>> found = fall((100.0, 20.0), (1000.0, 500.0))
    >>> found.change, found.exhaustion, found.propensity
    (-80.0, -35.0, -45.0)

    """
    if min(sizes) <= 0:
        raise BadInput("measurement.leaving.size", first=sizes[0], last=sizes[1])
    rates = emigrants[0] / sizes[0], emigrants[1] / sizes[1]
    fewer = sizes[1] - sizes[0]
    ends = sorted((fewer * rates[0], fewer * rates[1]))
    exhaustion = fewer * (rates[0] + rates[1]) / 2
    propensity = (rates[1] - rates[0]) * (sizes[0] + sizes[1]) / 2
    return Fall(emigrants[1] - emigrants[0], exhaustion, propensity, ends[0], ends[1])
