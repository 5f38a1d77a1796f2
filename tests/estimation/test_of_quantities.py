"""Estimators of quantities say what the tidy functions say, and refuse mixed definitions and boundaries."""

from __future__ import annotations

import numpy as np
import pytest

from qonys.errors import DefinitionMismatch, VintageMismatch
from qonys.estimation.flows_from_stocks import flows_from_stocks
from qonys.estimation.of_quantities import balanced, flows_between
from qonys.quantities import Axis, Flows, Stock

PLACES = ("A", "B", "C", "D")
# Abel (2013), Demographic Research 28:505, table 2: populations by birthplace and residence
START = np.array([[1000.0, 100, 10, 0], [55, 555, 50, 5], [80, 40, 800, 40], [20, 25, 20, 200]])
END = np.array([[950.0, 100, 60, 0], [80, 505, 75, 5], [90, 30, 800, 40], [40, 45, 0, 180]])


def stock(values: np.ndarray, definition: str = "birthplace", vintage: str | None = None) -> Stock:
    axes = (Axis("birthplace", PLACES), Axis("residence", PLACES))
    return Stock(values, axes, "persons", definition, vintage=vintage)


def test_flows_between_stocks() -> None:
    found = flows_between(stock(START), stock(END))
    assert found.flows().equals(flows_from_stocks(stock(START).tidy(), stock(END).tidy()).flows())
    with pytest.raises(DefinitionMismatch, match="citizenship"):
        flows_between(stock(START), stock(END, "citizenship"))
    with pytest.raises(VintageMismatch, match="2018"):
        flows_between(stock(START, vintage="2018"), stock(END, vintage="2022"))


def test_balanced_tables() -> None:
    ends = (Axis("origin", PLACES), Axis("destination", PLACES))
    seed = Flows(np.ones((4, 4)), ends, "moves", "registered")
    rows = Flows(np.array([4.0, 3, 2, 1]), ends[:1], "moves", "registered")
    columns = Flows(np.array([1.0, 2, 3, 4]), ends[1:], "moves", "registered")
    table = balanced(seed, [rows, columns]).table
    assert table["value"].sum() == pytest.approx(10)
    with pytest.raises(DefinitionMismatch, match="persons"):
        balanced(seed, [Flows(rows.values, rows.axes, "persons", "registered")])
