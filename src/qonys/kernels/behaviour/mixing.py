"""Fixed points by Anderson's mixing: the next step is that which would have been best on the last few residuals."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
DEPTH, RIDGE = 4, 1e-8


class Mixing:
    """Steps towards the place where residuals vanish (Anderson 1965, Journal of the ACM 12:547, eq. 4.1-4.6).

    Parameters
    ----------
    depth
        Steps that are remembered; 0: each step is the residual alone.

    Notes
    -----
    In the form of Walker and Ni (2011, SIAM Journal on Numerical Analysis 49:1715): differences of residuals, least
    squares with a small ridge.

    Examples
    --------
    >>> slow = np.array([0.9, -0.5])
    >>> place, mixing = np.zeros(2), Mixing()
    >>> for _ in range(6):
    ...     place = mixing.step(place, slow * place + 1 - place)
    >>> bool(np.abs(place - 1 / (1 - slow)).max() < 1e-4)
    True

    """

    def __init__(self, depth: int = DEPTH) -> None:
        self._depth = depth
        self._places: list[Array] = []
        self._residuals: list[Array] = []

    def step(self, place: Array, residual: Array) -> Array:
        """The next place (n,), from this one and its residual (n,)."""
        self._places = [*self._places[-self._depth :], place] if self._depth else [place]
        self._residuals = [*self._residuals[-self._depth :], residual] if self._depth else [residual]
        if len(self._places) == 1:
            return place + residual
        moved, changed = (np.diff(np.stack(one), axis=0).T for one in (self._places, self._residuals))
        normal = changed.T @ changed
        normal += RIDGE * np.trace(normal) / len(normal) * np.eye(len(normal))
        parts = np.linalg.solve(normal, changed.T @ residual)
        return np.asarray(place + residual - (moved + changed) @ parts)
