"""Representation of groups: their share in a sphere over their share in the population, with the limits of both.

The ratio is the quotient of location of the field of occupations (Duncan and Duncan 1955, American Journal of Sociology
60:493), one at parity. A count of all people of a sphere has no sampling error; of small bodies the exact binomial
interval describes how few seats decide the share.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qonys.errors import BadInput
from qonys.kernels.indices.exact import clopper_pearson


@dataclass(frozen=True)
class Within:
    """A value with its limits, dimensionless."""

    value: float
    low: float
    high: float


def ratio(share: Within, base: Within) -> Within:
    """Share in a sphere over share in the population, with the limits that those of both leave.

    Raises
    ------
    BadInput
        The share in the population or its least value is not above zero.

    Examples
    --------
    >>> ratio(Within(0.2, 0.1, 0.3), Within(0.4, 0.4, 0.5))
    Within(value=0.5, low=0.2, high=0.75)

    """
    if base.low <= 0:
        raise BadInput("measurement.representation.base", value=base.low)
    return Within(*(round(one, 12) for one in (share.value / base.value, share.low / base.high, share.high / base.low)))


def printed(percent: float) -> Within:
    """A percentage as printed, as a share with the limits that rounding to its last digit leaves.

    Examples
    --------
    >>> printed(42.5)
    Within(value=0.425, low=0.4245, high=0.4255)

    """
    digits = len(f"{percent:g}".partition(".")[2])
    half = 0.5 * 10.0**-digits
    return Within(percent / 100, round(max(0.0, percent - half) / 100, 9), round(min(100.0, percent + half) / 100, 9))


def seats(part: int, whole: int) -> Within:
    """Share of a small body with its exact binomial interval of 95 per cent.

    Raises
    ------
    BadInput
        More members of a group than members.

    """
    if not 0 <= part <= whole or whole == 0:
        raise BadInput("measurement.representation.seats", part=part, whole=whole)
    low, high = clopper_pearson(part, whole)
    return Within(part / whole, float(low), float(high))


@dataclass(frozen=True)
class Base:
    """A share in the population at a date, and the first and last year of the counts that it stands on."""

    share: Within
    since: int
    until: int


def at(year: int, counted: Mapping[int, float]) -> Base | None:
    """Share at a year between two counts on a straight line, with both counts as limits; the nearest outside of them.

    `counted`: year -> share; None where it is empty.

    Examples
    --------
    >>> at(1994, {1989: 0.4, 1999: 0.5}).share
    Within(value=0.45, low=0.4, high=0.5)

    """
    if not counted:
        return None
    before = max((one for one in counted if one <= year), default=min(counted))
    after = min((one for one in counted if one >= year), default=max(counted))
    one, other = counted[before], counted[after]
    part = 0.0 if after == before else (year - before) / (after - before)
    value = one + part * (other - one)
    return Base(Within(round(value, 12), min(one, other), max(one, other)), before, after)
