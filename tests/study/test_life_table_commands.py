"""`qonys lifetable` as a user calls it: one population, several, regions that exchange people; and its functions."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from tests.kernels.test_multistate_life import DEATHS, LEAVING

import qonys
from qonys import words
from qonys.errors import BadInput

from .test_flow_commands import run

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
AGES = range(0, 90, 5)
PLACES = ("Slovenia", "Rest")


def table(*arguments: str, cwd) -> list[dict[str, str]]:
    done = run("lifetable", *arguments, "--format", "csv", cwd=cwd)
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout)))


def test_one_table_for_each_year_and_sex() -> None:
    rows = table("own-mortality.csv", cwd=EXAMPLES)
    assert list(rows[0]) == ["sex", "period", "age_start", "mx", "ax", "qx", "lx", "dx", "Lx", "Tx", "ex"]
    assert len({(row["sex"], row["period"]) for row in rows}) == 12
    women = table("own-mortality.csv", "--where", "year=2020", "--where", "sex=female", cwd=EXAMPLES)
    assert float(women[0]["ex"]) == pytest.approx(77.8, abs=1)
    assert sum(float(row["dx"]) for row in women) == pytest.approx(1e5)


def test_deaths_and_population_have_an_error(tmp_path) -> None:
    """Chiang's error of a table of one open age beyond two ages is that of a hand's calculation."""
    (tmp_path / "d.csv").write_text("Возраст;пол;Умерло;Население\n0;Ж;40;2000\n1;Ж;10;2000\n2;Ж;100;2000\n", encoding="utf-8")
    rows = table("d.csv", cwd=tmp_path)
    assert rows[0]["sex"] == "female"
    m, a0 = 0.02, 0.04667 + 3.88089 * 0.02
    q0, q1 = m / (1 + (1 - a0) * m), 0.005 / (1 + 0.5 * 0.005)
    e2, e1 = 20.0, (1 - q1) * 21 + q1 * 0.5
    variance = (e1 + 1 - a0) ** 2 * q0**2 * (1 - q0) / 40 + (1 - q0) ** 2 * (e2 + 0.5) ** 2 * q1**2 * (1 - q1) / 10
    assert float(rows[0]["ex"]) == pytest.approx((1 - q0) * (1 + e1) + q0 * a0)
    assert float(rows[0]["ex_error"]) == pytest.approx(variance**0.5)


def yugoslavia(folder: Path, numbers: bool = False) -> tuple[str, ...]:
    """Willekens and Rogers (1978): rates, or numbers per 100,000 of population."""
    times = 1e5 if numbers else 1
    head = "region,age,deaths,population" if numbers else "region,age,rate"
    lines = [f"{place},{age},{times * DEATHS[x, r]}" + (f",{times}" if numbers else "")
             for r, place in enumerate(PLACES) for x, age in enumerate(AGES)]  # fmt: skip
    (folder / "deaths.csv").write_text("\n".join([head, *lines]))
    moved = [f"{PLACES[r]},{PLACES[1 - r]},{age},{times * LEAVING[x, r]}" for r in (0, 1) for x, age in enumerate(AGES)]
    (folder / "moves.csv").write_text("\n".join(["from,to,age,value", *moved]))
    return "deaths.csv", "--moves", "moves.csv"


@pytest.mark.parametrize("numbers", [False, True])
def test_the_published_table_of_two_regions_by_the_door(tmp_path, numbers) -> None:
    """RR-78-18, tables 2.3 and 2.9: survivors at age 85 and expectations at birth, by region."""
    files = yugoslavia(tmp_path, numbers)
    rows = {(row["age_start"], row["birth"], row["residence"]): row for row in table(*files, cwd=tmp_path)}
    alive = [[float(rows["85", birth, live]["lx"]) for birth in PLACES] for live in PLACES]
    assert np.array(alive) == pytest.approx(np.array([[14669, 342], [3469, 18367]]), abs=1.5)
    again = table(files[0], "--multiregional", files[2], "--table", "expectation", cwd=tmp_path)
    ex = [float(row["ex"]) for row in again if row["age_start"] == "0"]
    whole = [float(row["Lx"]) for row in rows.values()]
    assert sum(ex) == pytest.approx(sum(whole) / 1e5)
    px = table(*files, "--table", "transitions", cwd=tmp_path)
    assert float(px[0]["px"]) == pytest.approx(0.956084, abs=2e-5)
    assert (px[1]["origin"], px[1]["destination"]) == PLACES
    assert float(px[1]["px"]) == pytest.approx(0.013103, abs=2e-5)
    other = table(*files, "--method", "exponential", cwd=tmp_path)
    assert float(other[4]["lx"]) == pytest.approx(float(table(*files, cwd=tmp_path)[4]["lx"]), rel=1e-3)


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_headings_are_named(tmp_path, language) -> None:
    done = run("lifetable", *yugoslavia(tmp_path), "--lang", language, cwd=tmp_path)
    assert done.returncode == 0
    assert words.text("cli.column.residence", language) in done.stdout


def test_sexes_are_apart() -> None:
    rates = {"region": list("abab") * 3, "sex": list("FFMM") * 3, "age": [0] * 4 + [5] * 4 + [10] * 4, "value": [0.01, 0.02] * 6}
    found = qonys.multiregional_life_table(rates, {"origin": ["a"], "destination": ["b"], "age": [0], "value": [0.1]})
    assert found.frame["sex"].unique().sort().to_list() == ["female", "male"]
    assert found.frame.filter(sex="female")["lx"].to_list() == found.frame.filter(sex="male")["lx"].to_list()


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("age,rate\n0,0.1\n1,0.1\n2,0.1\n", (), "sex"),
        ("age,sex\n0,F\n1,F\n2,F\n", (), "no column for value"),
        ("age,sex,rate\n0,F,0.1\n1,F,-0.1\n2,F,0.1\n", (), "negative"),
        ("age,sex,rate\n0,F,0.1\n1,F,0.1\n2,F,0.1\n", ("--by", "region"), "--by"),
        ("age,sex,rate\n0,X,0.1\n1,X,0.1\n2,X,0.1\n", (), "female, F"),
        ("age,sex,rate\n0,F,0.1\n1,F,0.1\n2,F,0.1\n", ("--table", "expectation"), "--moves FILE"),
        ("age,rate\n0,0.1\n5,0.1\n10,0.1\n", ("--moves", "moves.csv"), "column region"),
        ("region,age,rate\nA,0,0.1\nA,5,0.1\nA,10,0.1\n", ("--moves", "moves.csv"), "two regions"),
        ("region,age,rate\nA,0,0.1\nA,5,0.1\nA,10,0.1\nB,0,0.1\nB,5,0.1\n", ("--moves", "moves.csv"), "no row for"),
        ("region,age,rate\nA,0,0.1\nA,5,0.1\nA,10,0.1\nC,0,0.1\nC,5,0.1\nC,10,0.1\n", ("--moves", "moves.csv"), "known are"),
        ("region,age,deaths,population\nA,0,1,9\nA,5,1,0\nA,10,1,9\nB,0,1,9\nB,5,1,9\nB,10,1,9\n", ("--moves", "moves.csv"), "no exposure"),
        ("region,age,rate\nA,0,0.1\nA,5,0.1\nA,10,0.1\nB,0,0.1\nB,5,0.1\nB,10,0\n", ("--moves", "moves.csv"), "open age"),
        ("region,age,rate\nA,0,1.9\nA,5,1.9\nA,10,0.1\nB,0,0.1\nB,5,0.1\nB,10,1\n", ("--moves", "moves.csv"), "exponential"),
        ("region,age,rate\nA,0,0.1\n", ("--moves", "moves.csv", "--sex", "male"), "--sex"),
        ("region,age,rate\nA,0,0.1\n", ("--moves", "moves.csv", "--table", "x"), "--table"),
    ],
)  # fmt: skip
def test_what_is_no_life_table_is_refused(tmp_path, text, options, said) -> None:
    (tmp_path / "rates.csv").write_text(text)
    (tmp_path / "moves.csv").write_text("from,to,age,value\nA,B,0,0.01\nA,B,5,0.01\n")
    done = run("lifetable", "rates.csv", *options, cwd=tmp_path)
    assert done.returncode == 1, done.stdout
    assert said in done.stderr


def test_functions_take_the_words_for_sexes() -> None:
    rates = {"age_start": [0, 1, 2], "sex": ["мужчины"] * 3, "value": [0.02, 0.01, 0.5]}
    assert qonys.life_table(rates).frame["sex"].unique().to_list() == ["male"]
    with pytest.raises(BadInput, match="method"):
        qonys.multiregional_life_table(
            {"region": ["a"], "age_start": [0], "value": [0.1]},
            {"origin": ["a"], "destination": ["b"], "age_start": [0], "value": [0.1]}, method="x",
        )  # fmt: skip
