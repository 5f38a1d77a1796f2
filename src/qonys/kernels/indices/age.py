"""Indices of the age profile of migration intensities.

An age group is [start, start + width), in completed years: a single year of age x has start x and
width 1. `rates` are moves per person a year in each group, of shape (..., ages); inside a group the
intensity is taken as even. Groups must follow one another without a gap; where they begin is read
from `starts`, never from the place in the array.

Wide groups hide the peak: with five-year groups every age below is known only to within the width of
its group, and peak and rates of change come out lower than from single years. The width is given
back with each result; nothing is interpolated.

Source: Rogers (1975), Introduction to multiregional mathematical demography (gross migraproduction
rate); Bell et al. (2002), Journal of the Royal Statistical Society A 165: 435-464 (peak); Bell and
Muhidin (2009), Human Development Research Paper 2009/30 (breadth and share of the peak); Bernard,
Bell and Charles-Edwards (2014), Improved measures for the cross-national comparison of age profiles
of internal migration, Population Studies 68: 179-195 (maximum rates of change, asymmetry).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qonys.errors import BadInput
from qonys.kernels.indices.intensity import divide

Array = NDArray[np.float64]
PEAK_AGES = (5.0, 65.0)
BREADTH = 5.0


def age_groups(starts: ArrayLike, widths: ArrayLike) -> tuple[Array, Array]:
    """`starts` and `widths` as arrays, ages in order and without a gap or overlap, or `BadInput`.

    Raises
    ------
    BadInput
        Starts and widths of other lengths, or groups with a gap or an overlap.

    """
    low, wide = np.asarray(starts, np.float64), np.asarray(widths, np.float64)
    if low.ndim != 1 or low.shape != wide.shape or low.size < 3 or not np.all(wide > 0):
        raise BadInput("indicators.age_shape", groups=low.size)
    broken = np.flatnonzero(np.abs(low[:-1] + wide[:-1] - low[1:]) > 1e-9)
    if broken.size:
        place = int(broken[0])
        raise BadInput("indicators.age_gap", end=low[place] + wide[place], start=low[place + 1])
    return low, wide


def gross_migraproduction(rates: ArrayLike, widths: ArrayLike) -> Array:
    """Gross migraproduction rate, sum width_x m(x): moves of a person who lives all ages; shape (...).

    Examples
    --------
    >>> round(gross_migraproduction([0.01, 0.02], [5, 5]).item(), 10)
    0.15
    """
    return np.asarray((np.asarray(rates, np.float64) * np.asarray(widths, np.float64)).sum(axis=-1))


def gross_migraproduction_error(moves: ArrayLike, population: ArrayLike, widths: ArrayLike) -> Array:
    """Standard error of the gross migraproduction rate when moves at each age are Poisson; shape (...).

    `moves` and `population` (..., ages), `widths` (ages,) in years: the root of sum (width / P)^2 M. Source: for sums
    of rates Keyfitz (1966), Human Biology 38:309.

    Examples
    --------
    >>> round(gross_migraproduction_error([9.0, 16.0], [100.0, 100.0], [1.0, 1.0]).item(), 9)
    0.05
    """
    each = np.asarray(widths, np.float64) * divide(np.sqrt(np.asarray(moves, np.float64)), population)
    return np.asarray(np.sqrt((each**2).sum(axis=-1)))


def age_profile(
    rates: ArrayLike,
    starts: ArrayLike,
    widths: ArrayLike,
    peak_ages: tuple[float, float] = PEAK_AGES,
    breadth: float = BREADTH,
) -> dict[str, Array]:
    """Peak, breadth and asymmetry of the profile; every array has shape (...).

    The peak is sought among groups wholly within `peak_ages` (both ends included for single years:
    5 to 65); of equal peaks the youngest counts. Keys:
    `peak_intensity` (per person a year), `peak_age` and `peak_width` (first age and width of the peak
    group), `peak_breadth` (moves per person over the peak and `breadth` years on each side of it: 11
    ages when single), `peak_years` (how many of those years the data cover), `peak_share` (breadth over
    the gross migraproduction rate, per cent), `murc` and `mdrc` (largest rise up to the peak and
    largest fall after it, per year of age, of the profile scaled to a sum of 1, between two groups that are
    both within `peak_ages`: tables of transitions begin late, and their first step is no rise), `murc_age` and
    `mdrc_age` (age at which the later group of the pair begins), `asymmetry_ages` (murc_age over
    mdrc_age) and `asymmetry_rates` (murc over mdrc). Indices that do not exist, as a fall after a
    peak in the last group, are nan.

    Raises
    ------
    BadInput
        No age group lies in the range in which the peak is looked for.

    Examples
    --------
    >>> found = age_profile([0.05, 0.04, 0.02, 0.08, 0.03], [0, 1, 2, 3, 4], [1] * 5, (1, 4), 1)
    >>> found["peak_age"].item(), round(found["peak_breadth"].item(), 10)
    (3.0, 0.13)
    """
    low, wide = age_groups(starts, widths)
    profile = np.asarray(rates, np.float64)
    inside = (low >= peak_ages[0]) & (low + wide <= peak_ages[1] + 1)
    if not inside.any():
        raise BadInput("indicators.age_peak", low=peak_ages[0], high=peak_ages[1])
    place = np.argmax(np.where(inside, np.nan_to_num(profile, nan=-np.inf), -np.inf), axis=-1)
    middle = (low + wide / 2)[place]
    edge = breadth + 0.5
    cover = np.minimum(low + wide, middle[..., None] + edge) - np.maximum(low, middle[..., None] - edge)
    cover = np.maximum(cover, 0.0)
    total = gross_migraproduction(profile, wide)
    around = (profile * cover).sum(axis=-1)
    return {
        "peak_intensity": np.take_along_axis(profile, np.asarray(place)[..., None], axis=-1)[..., 0],
        "peak_age": low[place],
        "peak_width": wide[place],
        "peak_breadth": around,
        "peak_years": cover.sum(axis=-1),
        "peak_share": 100 * divide(around, total),
        **_changes(divide(profile, total[..., None]), low, wide, np.asarray(place), inside),
    }


def _changes(profile: Array, low: Array, wide: Array, place: Array, inside: NDArray[np.bool_]) -> dict[str, Array]:
    """Largest rise before and fall after the peak, per year of age, and where they are."""
    apart = np.diff(low + wide / 2)
    change = np.diff(profile, axis=-1) / apart
    later = np.arange(1, low.size)
    searched = inside[1:] & inside[:-1]
    rising = searched & (later <= place[..., None])
    falling = searched & (later > place[..., None])
    up, up_place = _largest(change, rising)
    down, down_place = _largest(-change, falling)
    up_age = np.where(np.isnan(up), np.nan, low[up_place + 1])
    down_age = np.where(np.isnan(down), np.nan, low[down_place + 1])
    return {
        "murc": up,
        "murc_age": up_age,
        "mdrc": down,
        "mdrc_age": down_age,
        "asymmetry_ages": divide(up_age, down_age),
        "asymmetry_rates": divide(up, down),
    }


def _largest(change: Array, allowed: NDArray[np.bool_]) -> tuple[Array, NDArray[np.intp]]:
    """Largest positive change among the allowed, nan when there is none, and its place."""
    chosen = np.where(allowed & (change > 0), change, -np.inf)
    place = np.argmax(chosen, axis=-1)
    value = np.take_along_axis(chosen, place[..., None], axis=-1)[..., 0]
    return np.where(np.isfinite(value), value, np.nan), place
