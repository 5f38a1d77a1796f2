"""Cells without a value in matrices of moves and groups: how many there are is said, and what the method takes them for."""

import json
import warnings

import pytest

import qonys

MATRIX = "origin;A;B;C\nA;;5;{}\nB;6;;9\nC;7;8;\n"
LONG = "origin,destination,value\nA,B,5\nA,C,{}\nB,A,6\nB,C,9\nC,A,7\nC,B,8\n"
SAID = "cells without a value: {}. The method takes them for none (0)"


@pytest.mark.parametrize(
    ("text", "arguments", "n"),
    [
        (MATRIX.format(""), (), 1),
        (MATRIX.format(":"), ("--na", ":"), 1),
        (MATRIX.format("…"), ("--na", "…"), 1),
        (LONG.format("not available"), ("--na", "not available"), 1),
        (LONG.format(".."), ("--na", "value=.."), 1),
        ("freq,origin,destination\\TIME_PERIOD\t2019\nA,A,B\t5 \nA,A,C\t: c\nA,B,A\t6 p\nA,C,A\t:\n", (), 2),
        ("origin,destination,value,OBS_STATUS\nA,B,5,A\nA,C,,M\nB,A,6,A\n", (), 1),
    ],
)
@pytest.mark.parametrize("given", [("indicators", "--draws", "0"), ("flows", "components")])
def test_unknown_flows_are_said(command, tmp_path, given, text, arguments, n):
    (tmp_path / "flows.csv").write_text(text, encoding="utf-8")
    name, *rest = given if given[0] == "indicators" else (" ".join(given),)
    code, _, err = command(tmp_path, *name.split(), "flows.csv", *rest, *arguments)
    assert code == 0, err
    assert SAID.format(n) in err


def test_nothing_is_said_where_all_is_known(command, tmp_path):
    (tmp_path / "flows.csv").write_text(MATRIX.format(4), encoding="utf-8")
    assert "without a value" not in command(tmp_path, "flows", "components", "flows.csv")[2]


def test_unknown_cells_of_other_formats(command, tmp_path):
    places = {"category": {"index": ["A", "B"]}}
    cube = {"version": "2.0", "class": "dataset", "id": ["origin", "destination"], "size": [2, 2],
            "dimension": {"origin": places, "destination": places}, "value": [0, 100, None, 0]}  # fmt: skip
    (tmp_path / "flows.json").write_text(json.dumps(cube), encoding="utf-8")
    assert SAID.format(1) in command(tmp_path, "flows", "components", "flows.json")[2]


def test_an_unknown_group_of_a_place(command, tmp_path):
    (tmp_path / "own.csv").write_text("region;x;y\nA;5;\nB;6;7\n", encoding="utf-8")
    assert SAID.format(1) in command(tmp_path, "segregation", "own.csv", "--draws", "0")[2]


def test_the_same_in_python(tmp_path):
    (tmp_path / "flows.csv").write_text(MATRIX.format(""), encoding="utf-8")
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        qonys.multiplicative_components(tmp_path / "flows.csv")
    said = " ".join(str(one.message) for one in heard)
    assert "The method takes them for none (0)" in said
    assert "--" not in said
