"""Pairs, scale and settling as tidy frames. All tables are made up."""

import numpy as np
import polars as pl
import pytest

from qonys.errors import BadInput
from qonys.kernels.indices import errors as indices_errors
from qonys.kernels.indices import intensity as indices
from qonys.kernels.indices import links as indices_links
from qonys.measurement.indicators.all import SystemOptions, indicators
from qonys.measurement.indicators.pairs import pair_indicators
from qonys.measurement.indicators.scale import ScaleOptions, indicators_by_scale
from qonys.measurement.indicators.settling import settling, settling_from_census

NAMES = [f"r{i}" for i in range(6)]


def tables(seed=1):
    random = np.random.default_rng(seed)
    moves = random.integers(0, 400, (2, 6, 6))
    moves[1, 2, 3] = 0
    people = random.integers(2000, 9000, (2, 6))
    flows = pl.DataFrame(
        [(2010 + t, NAMES[i], NAMES[j], int(moves[t, i, j])) for t in range(2) for i in range(6) for j in range(6)],
        schema=["period", "origin", "destination", "value"],
        orient="row",
    )
    living = pl.DataFrame(
        [(2010 + t, NAMES[i], int(people[t, i])) for t in range(2) for i in range(6)],
        schema=["period", "region", "population"],
        orient="row",
    )
    return moves.astype(float), people.astype(float), flows, living


def test_pairs_equal_the_kernels_cell_by_cell():
    moves, people, flows, living = tables()
    found = pair_indicators(flows, living)
    kernels = {
        ("kims", "arrivals_others"): indices_links.link_intensity(moves, people),
        ("kims", "departures_all"): indices_links.link_intensity(moves, people, "departures", "all"),
        ("kims", "departures_flows"): indices_links.link_intensity(moves, None, "departures", "flows"),
        ("preference", ""): indices.preference(moves, people),
        ("velocity", ""): indices.velocity(moves, people),
    }
    for (code, variant), values in kernels.items():
        rows = found.filter((pl.col("indicator") == code) & (pl.col("variant") == variant))
        assert rows.height == 2 * 30
        for row in rows.iter_rows(named=True):
            cell = row["period"] - 2010, NAMES.index(row["origin"]), NAMES.index(row["destination"])
            assert row["value"] == pytest.approx(values[cell])
            assert row["low"] <= row["value"] <= row["high"]
    empty = found.filter((pl.col("period") == 2011) & (pl.col("origin") == "r2") & (pl.col("destination") == "r3"))
    assert empty["value"].to_list() == [0.0] * empty.height
    assert (empty["high"] > 0).all()


def test_interval_of_a_tie_is_that_of_the_share():
    moves, people, flows, living = tables()
    found = pair_indicators(flows, living).filter(
        (pl.col("variant") == "arrivals_all")
        & (pl.col("period") == 2010)
        & (pl.col("origin") == "r1")
        & (pl.col("destination") == "r4")
    )
    into = indices.between(moves)[0][:, 4]
    low, high = indices_errors.wilson(into[1], into.sum())
    size = people[0, 1] / people[0].sum()
    assert (found["low"][0], found["high"][0]) == (pytest.approx(low / size), pytest.approx(high / size))


def test_pairs_without_population_have_ties_by_flows_only():
    _, _, flows, _ = tables()
    found = pair_indicators(flows)
    assert set(found["variant"]) == {"arrivals_flows", "departures_flows"}


def test_scale_at_all_regions_is_the_table_itself():
    _, _, flows, living = tables()
    found = indicators_by_scale(flows, living, (3, 4, 6), options=ScaleOptions(repeats=20))
    whole = indicators(flows, living, None, SystemOptions(draws=0))
    top = found.filter(pl.col("zones") == 6)
    assert top.height == 2 * found.filter((pl.col("zones") == 6) & (pl.col("period") == 2010)).height
    for row in top.iter_rows(named=True):
        same = whole.filter(
            (pl.col("period") == row["period"])
            & (pl.col("indicator") == row["indicator"])
            & (pl.col("variant") == row["variant"])
        )
        assert same["value"][0] == pytest.approx(row["mean"])
        assert row["sd"] == pytest.approx(0, abs=1e-9)
    assert found["period"].dtype == flows["period"].dtype


def test_line_of_intensity_by_scale():
    _, _, flows, living = tables()
    found = indicators_by_scale(flows, living, (2, 3, 6), households=5000, options=ScaleOptions(repeats=30))
    here = found.filter((pl.col("period") == 2010) & (pl.col("indicator").is_in(["cmi", "acmi"])))
    mean = here.filter(pl.col("indicator") == "cmi").sort("zones")["mean"].to_numpy()
    start, slope, error, far = indices.aggregate_intensity(mean, [2, 3, 6], 5000)
    line = dict(here.filter(pl.col("indicator") == "acmi").select("variant", "mean").iter_rows())
    assert line == pytest.approx({"slope": slope, "start": start, "at_households": far})
    assert here.filter(pl.col("variant") == "slope")["sd"][0] == pytest.approx(error)


def test_neighbours_only_are_put_together():
    _, _, flows, living = tables()
    chain = pl.DataFrame({"origin": NAMES[:-1], "destination": NAMES[1:]})
    joined = indicators_by_scale(flows, living, (5,), chain, options=ScaleOptions(repeats=200))
    loose = indicators_by_scale(flows, living, (5,), options=ScaleOptions(repeats=200))
    pick = pl.col("indicator") == "cmi"
    assert not joined.filter(pick)["max"].equals(loose.filter(pick)["max"])
    short = chain.filter(~pl.col("origin").is_in(["r1", "r3"]))
    with pytest.raises(BadInput, match="3 unconnected parts"):
        indicators_by_scale(flows, living, (2,), short, options=ScaleOptions(repeats=3))
    with pytest.raises(BadInput, match="adjacency table has regions that are not in the flows: r0/x"):
        indicators_by_scale(flows, living, (2,), pl.DataFrame({"origin": ["r0"], "destination": ["x"]}))
    with pytest.raises(BadInput, match="adjacency table has no column destination"):
        indicators_by_scale(flows, living, (2,), chain.drop("destination"))


def test_settling_in_a_register():
    table = pl.DataFrame(
        {
            "region": ["r0", "r1"],
            "cohort": [2010, 2010],
            "duration": [3, 3],
            "arrived": [200, 80],
            "remaining": [150, 0],
        }
    )
    found = settling(table)
    assert found["value"].to_list() == [0.75, 0.0]
    low, high = indices_errors.wilson([150, 0], [200, 80])
    assert found["low"].to_list() == pytest.approx(low.tolist())
    assert found["high"].to_list() == pytest.approx(high.tolist())
    with pytest.raises(BadInput, match="More persons remain than arrived in 2010/3/r1"):
        settling(table.with_columns(remaining=pl.Series([150, 81])))
    with pytest.raises(BadInput, match="Nobody arrived in 2010/3/r0"):
        settling(table.with_columns(arrived=pl.Series([0, 80]), remaining=pl.Series([0, 80])))


def test_settling_from_a_census():
    table = pl.DataFrame(
        {"cohort": [2010, 2011], "duration": [9, 8], "arrived": [200, 80], "counted": [90, 100], "survival": [0.9, 1.0]}
    )
    found = settling_from_census(table)
    assert found["value"].to_list() == pytest.approx([0.5, 1.25])
    assert found["region"].to_list() == [None, None]
    assert (found["low"] < found["value"]).all()
    assert (found["high"] > found["value"]).all()
    assert settling_from_census(table.drop("survival"))["value"][0] == pytest.approx(0.45)
    with pytest.raises(BadInput, match="not above 0 and at most 1 in 2011/8"):
        settling_from_census(table.with_columns(survival=pl.Series([0.9, 1.1])))
