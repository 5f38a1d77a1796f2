"""Growth of urban and rural population by component, where births, deaths and reclassified places are not published.

Growth of the towns G_u = N_u + M_u + R and of the villages G_r = N_r + M_r − R: natural increase N, net migration M and
places that became towns R (United Nations 1980, Patterns of Urban and Rural Population Growth, ch. II). M is
registered; N_u + N_r is known, and each of the two is bounded by the natural rates of regions, so that R is
bounded as well.
"""

from __future__ import annotations

from dataclasses import dataclass

from qonys.errors import BadInput


@dataclass(frozen=True)
class Area:
    """The towns or the villages in a period: growth, net migration (persons), exposure (person-years)."""

    growth: float
    net_migration: float
    exposure: float


@dataclass(frozen=True)
class Bounds:
    """Least and largest natural increase and net reclassification of an area, persons; a loss is negative."""

    natural_low: float
    natural_high: float
    moved_low: float
    moved_high: float

    @property
    def sign_is_known(self) -> bool:
        """Whether reclassification has one sign within its bounds."""
        return self.moved_low > 0 or self.moved_high < 0


def bounded(urban: Area, rural: Area, natural: float, ratios: tuple[float, float]) -> tuple[Bounds, Bounds]:
    """Bounds of natural increase and of net reclassification of the towns and of the villages.

    Parameters
    ----------
    urban, rural
        The two areas, whose exposures make that of the country.
    natural
        Natural increase of both together, persons.
    ratios
        Least and largest ratio of an area's natural rate to that of the country, dimensionless.

    Raises
    ------
    BadInput
        No natural increase of the two lies within the ratios: the least is above one or the largest below it.

    Notes
    -----
    Net migration and the two natural increases add up to the country's, so that what is left of the growth of both
    areas together is the error of the figures; it is left in reclassification.

    Examples
    --------
    >>> towns, villages = Area(60.0, 20.0, 500.0), Area(10.0, -20.0, 500.0)
    >>> one, other = bounded(towns, villages, 60.0, (0.8, 1.4))
    >>> (one.natural_low, one.natural_high, one.moved_low, one.moved_high)
    (24.0, 36.0, 4.0, 16.0)

    """
    low, high = ratios
    if not low <= 1 <= high:
        raise BadInput("measurement.town.ratios", low=low, high=high)
    rate = natural / (urban.exposure + rural.exposure)
    found = []
    for own, other in ((urban, rural), (rural, urban)):
        ends = sorted((rate * own.exposure * low, rate * own.exposure * high))
        rest = sorted((natural - rate * other.exposure * low, natural - rate * other.exposure * high))
        least, most = max(ends[0], rest[0]), min(ends[1], rest[1])
        left = own.growth - own.net_migration
        found.append(Bounds(least, most, left - most, left - least))
    return found[0], found[1]


def split(urban: Area, rural: Area, natural: float, ratios: tuple[float, float]) -> tuple[Bounds, Bounds]:
    """Both areas by a published ratio of natural increase, villages to towns, read as of rates and as of numbers.

    Parameters
    ----------
    urban, rural
        The two areas, with their exposures.
    natural
        Natural increase of both together, persons.
    ratios
        Least and largest ratio that the printed one may stand for, dimensionless, above zero.

    Raises
    ------
    BadInput
        A ratio that is not above zero.

    Notes
    -----
    As rates, N_u = N E_u / (E_u + k E_r); as numbers, N_u = N / (1 + k), for the ratio k and exposures E. The bounds
    hold both readings; with either, natural increase, net migration and what is left make the growth exactly.

    Examples
    --------
    >>> one, other = split(Area(60.0, 20.0, 750.0), Area(10.0, -20.0, 250.0), 60.0, (3.0, 3.0))
    >>> (one.natural_low, one.natural_high, one.moved_low, one.moved_high)
    (15.0, 30.0, 10.0, 25.0)

    """
    if ratios[0] <= 0:
        raise BadInput("measurement.town.ratio", value=ratios[0])
    towns = [natural * part for k in ratios
             for part in (urban.exposure / (urban.exposure + k * rural.exposure), 1 / (1 + k))]  # fmt: skip
    found = []
    for own, ends in ((urban, towns), (rural, [natural - one for one in towns])):
        left = own.growth - own.net_migration
        found.append(Bounds(min(ends), max(ends), left - max(ends), left - min(ends)))
    return found[0], found[1]
