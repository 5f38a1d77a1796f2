"""Intensity, impact and concentration of migration from an origin-destination table.

Every table has shape (..., n, n) with the origin in rows and the destination in columns; leading
axes (periods, ages, draws) are carried through. Moves within a region stand on the diagonal and
are never counted: they are reported by `intra_moves`. Populations have shape (..., n), persons at
risk in the same regions. Nothing is annualised: an index covers the whole period of its table.

Source: Bell, M., Blake, M., Boyle, P., Duke-Williams, O., Rees, P., Stillwell, J. and Hugo, G.
(2002), Cross-national comparison of internal migration, Journal of the Royal Statistical Society A
165: 435-464; Bell and Muhidin (2009), Cross-national comparisons of internal migration, Human
Development Research Paper 2009/30; United Nations (1970), Manual VI, chapter IV.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qonys.errors import BadInput

Array = NDArray[np.float64]


def divide(above: ArrayLike, below: ArrayLike) -> Array:
    """``above / below`` with nan where `below` is zero; shapes are broadcast, (...).

    Examples
    --------
    >>> divide([1.0, 1.0], [2.0, 0.0]).tolist()
    [0.5, nan]
    """
    above, below = np.broadcast_arrays(np.asarray(above, np.float64), np.asarray(below, np.float64))
    empty: Array = np.full(above.shape, np.nan)
    return np.asarray(np.divide(above, below, out=empty, where=below != 0))


def table(flows: ArrayLike) -> Array:
    """`flows` as float64 of shape (..., n, n) with n at least 2.

    Raises
    ------
    BadInput
        The array is no square table.

    """
    array = np.asarray(flows, dtype=np.float64)
    if array.ndim < 2 or array.shape[-1] != array.shape[-2] or array.shape[-1] < 2:
        raise BadInput("indicators.shape", shape=array.shape)
    return array


def between(flows: ArrayLike) -> Array:
    """Moves between regions: a copy of `flows` with the diagonal set to zero.

    Examples
    --------
    >>> between([[5.0, 1.0], [2.0, 7.0]]).tolist()
    [[0.0, 1.0], [2.0, 0.0]]
    """
    array = table(flows).copy()
    place = np.arange(array.shape[-1])
    array[..., place, place] = 0.0
    return array


def intra_moves(flows: ArrayLike) -> Array:
    """Moves inside regions, the sum of the diagonal of `flows` (..., n, n); shape (...)."""
    return np.asarray(np.trace(table(flows), axis1=-2, axis2=-1))


def total_moves(flows: ArrayLike) -> Array:
    """Moves between regions, M, of `flows` (..., n, n); shape (...)."""
    return np.asarray(between(flows).sum(axis=(-2, -1)))


def out_moves(flows: ArrayLike) -> Array:
    """Departures of each region to other regions, O; shape (..., n)."""
    return np.asarray(between(flows).sum(axis=-1))


def in_moves(flows: ArrayLike) -> Array:
    """Arrivals in each region from other regions, I; shape (..., n)."""
    return np.asarray(between(flows).sum(axis=-2))


def crude_intensity(flows: ArrayLike, population: ArrayLike) -> Array:
    """Crude migration intensity CMI = 100 M / P, moves per 100 persons; shape (...).

    Source: Bell et al. (2002), section 4. The figure grows with the number of regions.

    Examples
    --------
    >>> crude_intensity([[0, 30], [20, 0]], [1000, 4000]).item()
    1.0
    """
    return 100 * divide(total_moves(flows), np.sum(np.asarray(population, np.float64), axis=-1))


def courgeau_k(intensity: ArrayLike, regions: ArrayLike) -> Array:
    """Courgeau's k = CMI / ln(n^2), per 100 persons, nan for one region.

    `intensity` per 100 persons and number of `regions`, of one shape or scalars; the result has that shape.
    Source: Courgeau (1973), Migrants et migrations, Population 28: 95-129.
    Assumes: the intensity is proportional to the logarithm of the number of region pairs.

    Examples
    --------
    >>> round(courgeau_k(np.log(100.0), 10).item(), 12)
    1.0
    """
    return divide(intensity, np.log(np.asarray(regions, np.float64) ** 2))


def aggregate_intensity(
    intensity: ArrayLike, regions: ArrayLike, households: float | None = None
) -> tuple[float, float, float, float]:
    """Line CMI = a + b ln(n^2) over several divisions of one territory, by least squares.

    Returns (a, b, standard error of b, CMI extended to n = `households`, or nan). With as many zones
    as households every change of residence crosses a border, so the last figure estimates the
    aggregate crude migration intensity ACMI. Source: Courgeau (1973); Courgeau, Muhidin and Bell
    (2012), Population (English) 67: 631-651, who use households per zone: the same line read from the
    other end. Far extrapolation; the standard error is that of the line, and divisions nested in one
    another are not independent.

    Raises
    ------
    BadInput
        Fewer than two different numbers of regions.

    Examples
    --------
    >>> [round(x, 6) for x in aggregate_intensity([2 + np.log(4), 2 + np.log(16)], [2, 4], 8)[:2]]
    [2.0, 1.0]
    """
    y, x = np.asarray(intensity, np.float64), np.log(np.asarray(regions, np.float64) ** 2)
    centred = x - x.mean()
    spread = float(centred @ centred)
    if x.size < 2 or spread == 0:
        raise BadInput("indicators.two_divisions", found=x.size)
    slope = float(centred @ y) / spread
    start = float(y.mean()) - slope * float(x.mean())
    rest = y - start - slope * x
    error = float(np.sqrt(rest @ rest / (x.size - 2) / spread)) if x.size > 2 else float("nan")
    at_households = float("nan") if households is None else start + slope * float(np.log(households**2))
    return start, slope, error, at_households


def effectiveness(flows: ArrayLike) -> Array:
    """Migration effectiveness of each region, 100 (I - O) / (I + O), per cent; shape (..., n).

    From -100 (only departures) to 100; nan without moves. Source: Shryock, Siegel and associates (1975).

    Examples
    --------
    >>> effectiveness([[0, 30], [10, 0]]).tolist()
    [-50.0, 50.0]
    """
    arrivals, departures = in_moves(flows), out_moves(flows)
    return 100 * divide(arrivals - departures, arrivals + departures)


def system_effectiveness(flows: ArrayLike) -> Array:
    """Effectiveness of the system MEI = 100 sum|I - O| / sum(I + O), per cent; shape (...).

    Source: Shryock, Siegel and associates (1975); Bell et al. (2002).

    Examples
    --------
    >>> system_effectiveness([[0, 30], [20, 0]]).item()
    20.0
    """
    arrivals, departures = in_moves(flows), out_moves(flows)
    return 100 * divide(np.abs(arrivals - departures).sum(axis=-1), (arrivals + departures).sum(axis=-1))


def aggregate_net_rate(flows: ArrayLike, population: ArrayLike) -> Array:
    """Aggregate net migration rate ANMR = 50 sum|I - O| / P, per 100 persons; shape (...).

    `flows` (..., n, n), `population` (..., n). Equals CMI * MEI / 100. Source: Bell et al. (2002).

    Examples
    --------
    >>> aggregate_net_rate([[0, 30], [20, 0]], [1000, 4000]).item()
    0.2
    """
    net = np.abs(in_moves(flows) - out_moves(flows)).sum(axis=-1)
    return 50 * divide(net, np.sum(np.asarray(population, np.float64), axis=-1))


def connectivity(flows: ArrayLike) -> Array:
    """Share of the n (n - 1) possible flows that are not zero; shape (...). Source: Bell et al. (2002)."""
    moves = between(flows)
    regions = moves.shape[-1]
    return np.asarray((moves > 0).sum(axis=(-2, -1)) / (regions * (regions - 1)))


def inequality(flows: ArrayLike, expected: ArrayLike | None = None) -> Array:
    """Half the sum of |m_ij - e_ij|, m and e the shares of flows in all moves; 0 to 1; shape (...).

    `expected` is a table of any total with its diagonal ignored; None means all flows equal.
    `flows` (..., n, n). Source: Bell et al. (2002), index of migration inequality.

    Examples
    --------
    >>> inequality([[0, 30], [10, 0]]).item()
    0.25
    """
    moves = between(flows)
    same = between(np.ones_like(moves) if expected is None else expected)
    total, other = moves.sum(axis=(-2, -1), keepdims=True), same.sum(axis=(-2, -1), keepdims=True)
    return np.asarray(0.5 * np.abs(divide(moves, total) - divide(same, other)).sum(axis=(-2, -1)))


def quasi_independent(flows: ArrayLike, rounds: int = 2000, tolerance: float = 1e-10) -> Array:
    """Flows expected from origin and destination effects alone, with an empty diagonal; (..., n, n).

    The maximum-likelihood fit of the Poisson model ln E(M_ij) = a_i + b_j for i != j; its margins equal
    those of `flows` within `tolerance` of the total.
    Source: Bishop, Fienberg and Holland (1975), Discrete multivariate analysis, chapter 5.

    Raises
    ------
    BadInput
        `rounds` do not bring some table there: almost all moves share one region, and no finite fit exists.

    """
    fitted, difference = quasi_independent_fit(flows, rounds, tolerance)
    if np.max(difference, initial=0.0) > tolerance:
        raise BadInput("indicators.no_fit", rounds=rounds, gap=f"{np.max(difference):.1e}")
    return fitted


def quasi_independent_fit(flows: ArrayLike, rounds: int, tolerance: float) -> tuple[Array, Array]:
    """As `quasi_independent`, with the gap of margins of each table (...) in place of an error.

    Alternating scaling of origins and destinations; the gap is the largest difference of an origin's
    or destination's total from its fit, as a share of all moves.
    """
    moves = between(flows)
    out, arrivals = moves.sum(axis=-1, keepdims=True), moves.sum(axis=-2, keepdims=True)
    scale = np.maximum(moves.sum(axis=(-2, -1), keepdims=True), 1e-300)
    allowed = between(np.ones_like(moves))
    right = arrivals / scale
    for _ in range(rounds):
        left = np.nan_to_num(divide(out, (allowed * right).sum(axis=-1, keepdims=True)))
        reached = (allowed * left).sum(axis=-2, keepdims=True)
        difference = (np.abs(reached * right - arrivals) / scale).max(axis=(-2, -1))
        if np.max(difference, initial=0.0) <= tolerance:
            break
        right = np.nan_to_num(divide(arrivals, reached))
    return np.asarray(allowed * left * right), np.asarray(difference)


def preference(flows: ArrayLike, population: ArrayLike) -> Array:
    """Preference M_ij / (M p_i p_j), p population shares; 1 means as expected; (..., n, n).

    `flows` (..., n, n), `population` (..., n). Source: Bachi (1957); United Nations (1970), Manual VI, chapter IV.
    The diagonal is nan.

    Examples
    --------
    >>> preference([[0, 30], [20, 0]], [100, 100])[0, 1].item()
    2.4
    """
    share = np.asarray(population, np.float64)
    share = share / share.sum(axis=-1, keepdims=True)
    total = total_moves(flows)[..., None, None]
    return _no_diagonal(divide(between(flows), total * share[..., :, None] * share[..., None, :]))


def velocity(flows: ArrayLike, population: ArrayLike) -> Array:
    """Velocity M_ij P / (P_i P_j), moves per person of origin by the share of destination; (..., n, n).

    Source: Bogue, Shryock and Hoermann (1957); United Nations (1970), Manual VI, chapter IV.
    The diagonal is nan. Equals `preference` times M / P. `flows` (..., n, n), `population` (..., n).

    Examples
    --------
    >>> velocity([[0, 30], [20, 0]], [100, 100])[0, 1].item()
    0.6
    """
    people = np.asarray(population, np.float64)
    total = people.sum(axis=-1)[..., None, None]
    return _no_diagonal(divide(between(flows) * total, people[..., :, None] * people[..., None, :]))


def _no_diagonal(array: Array) -> Array:
    place = np.arange(array.shape[-1])
    array[..., place, place] = np.nan
    return array


def impact_index(
    intensity: ArrayLike,
    effectiveness: ArrayLike,
    reference: tuple[float, float] | None = None,
) -> Array:
    """Index of net migration impact of several systems or periods: (CMI / CMI_0) (MEI / MEI_0).

    `reference` is (CMI_0, MEI_0); None takes the means of the systems given. 1 is the impact of the
    reference; the two factors show whether intensity or effectiveness makes the difference.
    Source: Rees, Bell, Kupiszewski, Kupiszewska, Ueffing, Bernard, Charles-Edwards and Stillwell
    (2017), The impact of internal migration on population redistribution, Population, Space and Place
    23: e2036, who build such an index from intensity and effectiveness. That paper works with figures
    made comparable over numbers of zones; its exact scaling could not be read, so the plain ratio to
    the mean used here is not confirmed as theirs. Compare systems of a like number of zones only.
    """
    one, two = np.asarray(intensity, np.float64), np.asarray(effectiveness, np.float64)
    base = (float(np.nanmean(one)), float(np.nanmean(two))) if reference is None else reference
    return np.asarray((one / base[0]) * (two / base[1]))


def redistribution(start: ArrayLike, end: ArrayLike) -> Array:
    """Half the sum of |share at end - share at start| over the last axis; 0 to 1; shape (...).

    `start` and `end` (..., n), persons. The part of a group that would have to move to bring the old distribution back.
    Source: Duncan and Duncan (1955), American Sociological Review 20: 210-217, the index of dissimilarity in time.

    Examples
    --------
    >>> redistribution([50.0, 50.0], [75.0, 25.0]).item()
    0.25
    """
    first, last = np.asarray(start, np.float64), np.asarray(end, np.float64)
    difference = divide(last, last.sum(axis=-1, keepdims=True)) - divide(first, first.sum(axis=-1, keepdims=True))
    return np.asarray(0.5 * np.abs(difference).sum(axis=-1))


def hoover(population: ArrayLike, areas: ArrayLike) -> Array:
    """Hoover concentration 50 sum|p_i - a_i| of population and area shares, per cent; shape (...).

    `population` and `areas` (..., n), any unit of area; 0 for uniform density.
    Source: Hoover (1941), Interstate redistribution of population, Journal of Economic History 1.

    Examples
    --------
    >>> hoover([90.0, 10.0], [50.0, 50.0]).item()
    40.0
    """
    return 100 * redistribution(areas, population)


def selectivity(group_moves: ArrayLike, group_population: ArrayLike) -> Array:
    """Selectivity of groups, (M_g / M) / (P_g / P) over the last axis; 1 is no selection; (..., g).

    `group_moves` and `group_population` (..., g). Equals the intensity of the group over that of all groups together.

    Examples
    --------
    >>> selectivity([30.0, 10.0], [100.0, 100.0]).tolist()
    [1.5, 0.5]
    """
    moves, people = np.asarray(group_moves, np.float64), np.asarray(group_population, np.float64)
    share = divide(moves, moves.sum(axis=-1, keepdims=True))
    return divide(share, divide(people, people.sum(axis=-1, keepdims=True)))
