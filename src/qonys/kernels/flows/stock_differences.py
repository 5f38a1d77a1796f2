"""Flows from differences and rates of stocks: simple alternatives to demographic accounting.

Stocks are (K, I), birthplace x residence. A change of the stock of those born in k and living in i
is read as a flow from k to i. Births, deaths, return and onward moves are not accounted for; Abel and
Cohen (2019), Scientific Data 6:82, compare these with demographic accounting.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qonys.kernels.flows.stock_flows import _no_diagonal

Array = NDArray[np.float64]


def difference_zero(start: Array, end: Array) -> Array:
    """Increases of foreign-born stocks as flows from birthplace, decreases ignored (Beine, Docquier and Ozden 2011)."""
    return _no_diagonal(np.maximum(end - start, 0))


def difference_reverse(start: Array, end: Array) -> Array:
    """As `difference_zero`, with decreases as return flows to the birthplace (Beine and Parsons 2015); (K, I), persons.

    Examples
    --------
    >>> difference_reverse(np.array([[90.0, 10.0], [20.0, 80.0]]), np.array([[90.0, 15.0], [12.0, 80.0]])).tolist()
    [[0.0, 13.0], [0.0, 0.0]]
    """
    change = _no_diagonal(end - start)
    return np.asarray(np.maximum(change, 0) + np.maximum(-change, 0).T)


def rates_dennett(start: Array, moves: float) -> Array:
    """A known total of moves in proportion to foreign-born stocks: M x S / sum S (Dennett 2016); (K, I), persons.

    Examples
    --------
    >>> rates_dennett(np.array([[90.0, 10.0], [30.0, 80.0]]), 8.0).tolist()
    [[0.0, 2.0], [6.0, 0.0]]
    """
    foreign = _no_diagonal(start)
    return np.asarray(moves * foreign / foreign.sum())


def rates_rogers(start: Array, end: Array) -> Array:
    """Transitions implied by one matrix G for all birthplaces, end = start G (Rogers and von Rabenau 1971).

    Flow i -> j = G[i, j] x residents of i at the start, (I, I), persons. Cells can be negative: the model then does not
    fit the stocks, and the caller must say so.

    Raises
    ------
    LinAlgError
        A singular `start`.

    """
    transitions = np.linalg.solve(start, end)
    return _no_diagonal(transitions * start.sum(axis=0)[:, None])
