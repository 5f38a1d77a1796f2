"""`qonys factors` and `qonys segregation` on files, by their functions: numbers, notes, faults named."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from qonys.errors import BadInput
from qonys.explanation.gravity import Model, fit_gravity
from qonys.kernels.structure import segregation as sg
from qonys.study.analyses.factors import FactorOptions, factors_of_file
from qonys.study.analyses.segregation import segregation_of_file


@pytest.fixture
def flows(tmp_path):
    rng = np.random.default_rng(1)
    places = [f"p{i}" for i in range(7)]
    rows = []
    for year in (2020, 2021):
        for o in places:
            for d in places:
                if o != d:
                    far, pay = float(rng.uniform(50, 900)), float(rng.uniform(100, 300))
                    moves = 0 if (o, d) == ("p0", "p1") else int(rng.poisson(4000 / far * pay / 100))
                    rows.append((o, d, year, moves, far, pay, float((o, d) == ("p0", "p1"))))
    frame = pl.DataFrame(rows, schema=["origin", "destination", "year", "moves", "far", "pay", "closed"], orient="row")
    path = tmp_path / "flows.csv"
    frame.write_csv(path)
    return path, frame


def test_terms_are_those_of_the_fit(flows) -> None:
    path, frame = flows
    asked = FactorOptions(outcome="moves", log=("far", "pay"), plain=(), effects=("origin", "year"), engine="own")
    found, notes = factors_of_file(path, asked)
    logs = frame.with_columns(pl.col("far", "pay").log())
    want = fit_gravity(logs, Model("moves", ("far", "pay"), ("origin", "year")), "own")
    assert found["estimate"].to_numpy() == pytest.approx(want.coefficients())
    assert [key for key, _ in notes] == ["cli.factors.engine"]


def test_separated_rows_are_told(flows) -> None:
    path, _ = flows
    found, notes = factors_of_file(path, FactorOptions(outcome="moves", log=("far",), plain=("closed",), engine="own"))
    assert found["term"].to_list() == ["far"]
    assert dict(notes)["cli.factors.left_out"] == {"rows": 2, "columns": "closed"}
    assert dict(notes)["cli.factors.lost"] == {"columns": "closed"}


def test_parts_sum_to_the_whole(flows) -> None:
    path, _ = flows
    asked = FactorOptions(outcome="moves", log=("far", "pay"), plain=(), effects=("year",), groups=("space=far", "economy=pay"), year="year",
                          table="parts", engine="own", draws=50)  # fmt: skip
    found, _ = factors_of_file(path, asked)
    assert found["group"].to_list() == ["space", "economy"]
    assert found["value"].sum() == pytest.approx(found["whole"][0])
    assert (
        factors_of_file(path, FactorOptions(outcome="moves", log=("far",), table="fit", engine="own"))[0]["value"][0]
        > 0
    )


def test_segregation_of_a_file(tmp_path) -> None:
    path = tmp_path / "counts.csv"
    counts = np.array([[30.0, 5.0], [12.0, 40.0], [7.0, 9.0]])
    rows = [(f"r{i}", f"g{j}", counts[i, j]) for i in range(3) for j in range(2)]
    pl.DataFrame(rows, schema=["region", "group", "value"], orient="row").write_csv(path)
    found = segregation_of_file(path)
    assert found["raw"].to_list() == pytest.approx(
        [f(counts) for f in (sg.multigroup_dissimilarity, sg.theil, sg.information, sg.normalised_exposure)]
    )
    assert segregation_of_file(path, "groups")["people"].to_list() == [49.0, 54.0]
    assert segregation_of_file(path, "places").height == 3


def test_faults_are_named(flows, tmp_path) -> None:
    path, _ = flows
    for asked, key in (
        (FactorOptions(outcome="moves", log=("closed",)), "explanation.log"),
        (
            FactorOptions(outcome="moves", log=("far",), groups=("space:far",), table="parts", engine="own"),
            "explanation.group",
        ),
        (
            FactorOptions(outcome="moves", log=("far",), groups=("space=near",), table="parts", engine="own"),
            "explanation.group",
        ),
        (FactorOptions(outcome="moves", log=("wage",)), "catalog.long.missing"),
    ):
        with pytest.raises(BadInput) as caught:
            factors_of_file(path, asked)
        assert caught.value.key == key
    with pytest.raises(BadInput):
        FactorOptions(table="all")
    counts = tmp_path / "counts.csv"
    for text, key in (
        ("a,x,1\na,x,2\n", "catalog.distinct.same"),
        ("a,x,1\nb,x,2\n", "explanation.counts"),
        ("a,x,-1\na,y,2\nb,x,3\nb,y,1\n", "catalog.reading.impossible.persons"),
    ):
        counts.write_text("region,group,value\n" + text)
        with pytest.raises(BadInput) as caught:
            segregation_of_file(counts)
        assert caught.value.key == key
