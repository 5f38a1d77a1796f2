"""Balancing of tidy tables to margins and to net totals."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from qonys.errors import BadInput
from qonys.estimation.balancing import CRITERIA, balance, balance_to_net, multiplicative_components


def flows(seed: int = 1, places: str = "ABCD") -> pl.DataFrame:
    rng = np.random.Generator(np.random.Philox(key=seed))
    rows = [(a, b, float(rng.gamma(1, 50))) for a in places for b in places if a != b]
    return pl.DataFrame(rows, schema=["origin", "destination", "value"], orient="row")


def sums(frame: pl.DataFrame, *by: str) -> pl.DataFrame:
    return frame.group_by(by).agg(pl.col("value").sum()).sort(by)


def test_margins_are_met_and_structural_zeros_stay() -> None:
    truth = flows(2)
    found = balance(flows(1), [sums(truth, "origin"), sums(truth, "destination")])
    assert found.converged
    assert found.zeros == 4
    for axis in ("origin", "destination"):
        got, want = sums(found.table, axis), sums(truth, axis)
        np.testing.assert_allclose(got["value"].to_numpy(), want["value"].to_numpy(), rtol=1e-7)
    assert found.table.filter(pl.col("origin") == pl.col("destination"))["value"].sum() == 0


def test_infeasible_cells_are_named() -> None:
    seed = flows(1).filter(pl.col("destination") != "C")
    seed = pl.concat([seed, pl.DataFrame({"origin": ["A"], "destination": ["C"], "value": [0.0]})])
    truth = flows(2)
    found = balance(seed, [sums(truth, "origin"), sums(truth, "destination")])
    assert found.status == "infeasible"
    assert found.cells.row(0)[:2] == ("destination", "C")


def test_inconsistent_margins_are_named() -> None:
    truth = flows(2)
    margins = [sums(truth, "origin"), sums(truth, "destination").with_columns(pl.col("value") * 1.5)]
    found = balance(flows(1), margins)
    assert found.status == "inconsistent"
    assert found.cells.height


def test_faults_of_margins() -> None:
    with pytest.raises(BadInput, match="none of which is an axis"):
        balance(flows(1), [pl.DataFrame({"area": ["A"], "value": [1.0]})])
    with pytest.raises(BadInput, match="no row for D"):
        balance(flows(1), [sums(flows(2), "origin").head(3)])
    margin = sums(flows(2), "origin").with_columns(value=pl.Series([1.0, -2, 3, 4]))
    with pytest.raises(BadInput, match="negative numbers in B"):
        balance(flows(1), [margin])


def test_net_totals_are_met_exactly() -> None:
    net = pl.DataFrame({"region": list("ABCD"), "value": [10.0, -25, 40, -25]})
    found = balance_to_net(flows(1), net)
    for region, value in net.iter_rows():
        into = found.flows.filter(pl.col("destination") == region)["value"].sum()
        out = found.flows.filter(pl.col("origin") == region)["value"].sum()
        assert into - out == pytest.approx(value, abs=1e-6)
    assert found.flows["value"].min() > 0


def test_net_totals_by_other_criteria_differ_and_are_met() -> None:
    net = pl.DataFrame({"region": list("ABCD"), "value": [10.0, -25, 40, -25]})
    found = {name: balance_to_net(flows(1), net, name).flows for name in CRITERIA}
    for one in found.values():
        into, out = (one.group_by(side).agg(pl.sum("value")).sort(side)["value"] for side in ("destination", "origin"))
        assert (into - out).to_list() == pytest.approx([10.0, -25, 40, -25])
    change = {name: (one["value"] - found["absolute"]["value"]).abs().sum() for name, one in found.items()}
    assert change["entropy"] > 1
    assert change["squares"] > 1
    with pytest.raises(BadInput, match="criterion is 'best'"):
        balance_to_net(flows(1), net, "best")


def test_net_faults() -> None:
    with pytest.raises(BadInput, match="sum to 5"):
        balance_to_net(flows(1), pl.DataFrame({"region": list("ABCD"), "value": [10.0, -25, 45, -25]}))
    with pytest.raises(BadInput, match=r"only one of the two tables.*D"):
        balance_to_net(flows(1), pl.DataFrame({"region": list("ABC"), "value": [10.0, -25, 15]}))
    seed = flows(1).with_columns(value=pl.when(pl.col("destination") == "C").then(0.0).otherwise("value"))
    with pytest.raises(BadInput, match="make the net totals of C, D, A, B impossible"):
        balance_to_net(seed, pl.DataFrame({"region": list("ABCD"), "value": [0.0, -10, 20, -10]}))


def test_components_multiply_back_to_the_flows() -> None:
    table = flows(4)
    parts = multiplicative_components(table)
    total = parts.filter(pl.col("component") == "total")["value"].item()
    assert total == pytest.approx(table["value"].sum())
    one = parts.filter(
        (pl.col("component") == "association") & (pl.col("origin") == "A") & (pl.col("destination") == "B")
    )
    o = parts.filter((pl.col("component") == "origin") & (pl.col("origin") == "A"))["value"].item()
    d = parts.filter((pl.col("component") == "destination") & (pl.col("destination") == "B"))["value"].item()
    value = table.filter((pl.col("origin") == "A") & (pl.col("destination") == "B"))["value"].item()
    assert total * o * d * one["value"].item() == pytest.approx(value)
    with pytest.raises(BadInput, match="no flows"):
        multiplicative_components(table.with_columns(value=pl.lit(0.0)))
