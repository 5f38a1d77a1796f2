"""Lights of a monitored value: inside the 95 % limits, outside them, or past the limit of the alarm."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
YELLOW, RED = 1.959963984540054, 2.807033768343811  # two-sided 95 and 99.5 %
LIGHTS = ("green", "yellow", "red")
NEW, CONTINUES = "new", "continues"


def light(z: float, alarm: bool) -> str:
    """The light of a deviation on the normal scale.

    Examples
    --------
    >>> light(-2.1, False), light(0.3, True)
    ('yellow', 'red')
    """
    return "red" if alarm else "yellow" if abs(z) > YELLOW else "green"


def states(lights: list[str], directions: list[str]) -> list[str]:
    """Whether each red light is new or goes on from one of the same direction just before; empty for others.

    Examples
    --------
    >>> states(["red", "red", "green", "red"], ["up", "up", "", "down"])
    ['new', 'continues', '', 'new']
    """
    found, before = [], ""
    for one, direction in zip(lights, directions, strict=True):
        red = one == "red"
        found.append("" if not red else CONTINUES if before == direction else NEW)
        before = direction if red else ""
    return found


def normal_scale(deviations: Array, degrees: float) -> Array:
    """Deviations (t,) that follow t with `degrees`, carried to the normal scale by their tail.

    Examples
    --------
    >>> normal_scale(np.array([2.228, -2.228]), 10).round(2).tolist()
    [1.96, -1.96]
    """
    from scipy.special import ndtri, stdtr

    tail = np.maximum(stdtr(degrees, -np.abs(deviations)), 1e-300)
    return np.asarray(-np.sign(deviations) * ndtri(tail))
