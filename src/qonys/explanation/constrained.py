"""Wilson's family of spatial interaction: flows from known totals and a deterrence of distance.

Wilson (1971), Environment and Planning 3:1. With departures O_i, arrivals D_j or attractions W_j, and f_ij = f(d_ij):

    production   M_ij = A_i O_i W_j f_ij,      A_i = 1 / sum_j W_j f_ij
    attraction   M_ij = V_i B_j D_j f_ij,      B_j = 1 / sum_i V_i f_ij
    doubly       M_ij = A_i O_i B_j D_j f_ij,  A_i = 1 / sum_j B_j D_j f_ij,  B_j = 1 / sum_i A_i O_i f_ij

Calibration is Poisson regression with effects of the constrained sides (Flowerdew and Aitkin 1982, Journal of Regional
Science 22:191): its score equates the mean cost of fitted and observed moves (Hyman 1969). Cells with f = 0 (such as
i = j) have no flow.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from qonys.errors import BadInput
from qonys.explanation.gravity import Gravity, Model, fit_gravity
from qonys.kernels.flows.sinkhorn import scale

Array = NDArray[np.float64]
FORMS = {"production": ("origin",), "attraction": ("destination",), "doubly": ("origin", "destination")}
FUNCTIONS = ("power", "exponential")


@dataclass(frozen=True)
class Deterrence:
    """`function` of distance with its parameter and interval: d^b (power) or exp(b d) (exponential), b below zero."""

    function: str
    value: float
    low: float
    high: float
    fit: Gravity

    def of(self, distances: ArrayLike) -> Array:
        """Deterrence at `distances` (...,), in the unit of the fit: (...,); a power gives zero at distance zero."""
        d = np.asarray(distances, dtype=np.float64)
        if self.function == "exponential":
            return np.asarray(np.exp(self.value * d))
        return np.asarray(np.where(d > 0, np.where(d > 0, d, 1.0) ** self.value, 0.0))


def calibrated(
    frame: pl.DataFrame,
    form: str = "doubly",
    function: str = "power",
    others: tuple[str, ...] = (),
    engine: str = "auto",
) -> Deterrence:
    """Fit the deterrence function to moves between places: columns origin, destination, moves, distance, `others`.

    `others`: logs of the attractions on the unconstrained side, estimated with exponents of their own.

    Raises
    ------
    BadInput
        Unknown form or function, a distance not above zero, or what `fit_gravity` refuses.

    Examples
    --------
    >>> near = pl.DataFrame({"origin": ["a", "a", "b", "b", "c", "c"], "destination": ["b", "c", "a", "c", "a", "b"],
    ...                      "moves": [9.0, 3.0, 8.0, 2.0, 4.0, 1.0], "distance": [1.0, 3.0, 1.0, 4.0, 3.0, 4.0]})
    >>> calibrated(near, "production", engine="own").value < 0
    True
    """
    if form not in FORMS or function not in FUNCTIONS:
        expected = ", ".join((*FORMS, *FUNCTIONS))
        raise BadInput("explanation.form", found=f"{form}, {function}", expected=expected)
    for name in ("origin", "destination", "moves", "distance"):
        if name not in frame.columns:
            raise BadInput("explanation.no_column", column=name, found=", ".join(frame.columns))
    if not (frame["distance"] > 0).all():
        raise BadInput("explanation.distance", rows=int((~(frame["distance"] > 0)).sum()))
    cost = pl.col("distance").log() if function == "power" else pl.col("distance")
    model = Model("moves", ("cost", *others), FORMS[form], ("origin^destination",))
    fit = fit_gravity(frame.with_columns(cost.alias("cost")), model, engine)
    return Deterrence(function, *fit.estimate("cost"), fit)


def doubly(origins: ArrayLike, destinations: ArrayLike, deterrence: ArrayLike) -> Array:
    """Flows (I, J) of the doubly constrained model: departures (I,) and arrivals (J,) as given, persons or moves.

    Raises
    ------
    BadInput
        The two totals differ by more than a millionth, or the cells that may hold flows cannot meet them.

    Examples
    --------
    >>> doubly([6.0, 4.0], [5.0, 5.0], [[1.0, 1.0], [1.0, 1.0]]).tolist()
    [[3.0, 3.0], [2.0, 2.0]]
    """
    o, d, f = (np.asarray(one, dtype=np.float64) for one in (origins, destinations, deterrence))
    if abs(o.sum() - d.sum()) > 1e-6 * max(o.sum(), 1e-300):
        raise BadInput("explanation.totals", first=float(o.sum()), second=float(d.sum()))
    found = scale(o[None], d[None], f)
    if found.error > 1e-8 * max(float(o.max()), 1e-300):
        raise BadInput("explanation.unreachable", error=found.error)
    return np.asarray(found.total())


def production(origins: ArrayLike, attractions: ArrayLike, deterrence: ArrayLike) -> Array:
    """Flows (I, J) of the production-constrained model: departures (I,) allocated by attraction (J,) and deterrence.

    Examples
    --------
    >>> production([6.0], [2.0, 1.0], [[1.0, 1.0]]).tolist()
    [[4.0, 2.0]]
    """
    o, w, f = (np.asarray(one, dtype=np.float64) for one in (origins, attractions, deterrence))
    pull = w * f
    sums = pull.sum(axis=1, keepdims=True)
    return np.asarray(o[:, None] * np.divide(pull, sums, out=np.zeros_like(pull), where=sums > 0))


def attraction(emissions: ArrayLike, destinations: ArrayLike, deterrence: ArrayLike) -> Array:
    """Flows (I, J) of the attraction-constrained model: arrivals (J,) allocated by emission (I,) and deterrence.

    Examples
    --------
    >>> attraction([1.0, 3.0], [8.0], [[1.0], [1.0]]).tolist()
    [[2.0], [6.0]]
    """
    f = np.asarray(deterrence, dtype=np.float64)
    return production(destinations, emissions, f.T).T
