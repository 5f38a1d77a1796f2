"""Flows of which a count is a lower bound: the least that agree with a balance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def least_mean(net: Array, arrivals: Array, departures: Array) -> Array:
    """The least geometric mean of two flows with difference `net` of which neither is below its own bound.

    Shapes and unit: all of one unit, of shapes that broadcast. The smaller solution of i - e = n, i >= a, e >= d is
    e = max(d, a - n), i = e + n (`arrivals` a, `departures` d, 0 where nothing is counted): every greater mean keeps
    the bounds too. Source: registers as lower bounds, Raymer et al. (2013), Journal of the American Statistical
    Association 108:801 (undercount).

    Examples
    --------
    >>> from qonys.kernels.cohorts.component import gross_rates
    >>> mean = least_mean(np.array(1.0), np.array(2.0), np.array(4.0))
    >>> [round(float(flow), 9) for flow in gross_rates(np.array(1.0), mean)]
    [5.0, 4.0]

    """
    left: Array = np.maximum(departures, arrivals - net)
    least: Array = np.sqrt(np.maximum(left, 0.0) * np.maximum(left + net, 0.0))
    return least


def bounded(net: Array, mean: Array, counted: tuple[Array, Array]) -> Array:
    """`mean`, or the least that keeps both flows at their `counted` arrivals and departures; shapes as `least_mean`.

    Examples
    --------
    >>> float(bounded(np.array(0.0), np.array(5.0), (np.array(2.0), np.array(4.0))))
    5.0

    """
    found: Array = np.maximum(mean, least_mean(net, *counted))
    return found
