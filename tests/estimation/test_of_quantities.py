"""Estimators of quantities say what the tidy functions say, and refuse mixed definitions and boundaries."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from qonys.errors import DefinitionMismatch, VintageMismatch
from qonys.estimation.flows_from_stocks import flows_from_stocks
from qonys.estimation.of_quantities import (
    balanced,
    balanced_to_net,
    components_of,
    flows_between,
    net_migration_between,
)
from qonys.quantities import Axis, Flows, Population, Series, Stock

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


def test_net_totals_and_components() -> None:
    ends = (Axis("origin", PLACES), Axis("destination", PLACES))
    seed = Flows(np.arange(16.0).reshape(4, 4) + 1, ends, "moves", "registered", vintage="2022")
    net = Series(np.array([3.0, -1, -4, 2]), (Axis("region", PLACES),), "moves", "net migration", vintage="2022")
    table = balanced_to_net(seed, net).flows
    came, left = (table.group_by(end).agg(pl.col("value").sum()).sort(end)["value"] for end in ("destination", "origin"))
    assert (came - left).to_list() == pytest.approx([3, -1, -4, 2])
    with pytest.raises(VintageMismatch, match="2018"):
        balanced_to_net(seed, Series(net.values, net.axes, "moves", "net migration", vintage="2018"))
    assert components_of(seed)["value"][0] == seed.values.sum() - np.trace(seed.values)


def test_net_migration_between_populations() -> None:
    ages = (*(f"{5 * x}-{5 * x + 4}" for x in range(17)), "85+")
    axes = (Axis("region", ("A", "B")), Axis("group", ("k", "g")), Axis("sex", ("female", "male")), Axis("age", ages))
    values = np.random.Generator(np.random.Philox(key=1)).uniform(100, 200, (2, 2, 2, 18))
    survival = pl.DataFrame({"age_start": [5 * x for x in range(18)], "value": [0.99] * 18})
    start, end = (Population(values * f, axes, "persons", "resident") for f in (1.0, 1.1))
    found = net_migration_between(start, end, 5, None, survival, kind="survival", children=True)
    one = found.filter(region="A", group="g", sex="male", age_start=10, method="forward")["value"].item()
    assert one == pytest.approx(1.1 * values[0, 1, 1, 2] - 0.99 * values[0, 1, 1, 1])
    assert 0 in found["age_start"].to_list()
    with pytest.raises(DefinitionMismatch, match="present"):
        net_migration_between(start, Population(values, axes, "persons", "present"), 5, None, survival, kind="survival")
