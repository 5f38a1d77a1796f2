"""Options of `qonys indicators`, `flows estimate` and `flows residual` beyond the plain call."""

from __future__ import annotations

import contextlib
import csv
import io

import pytest

from qonys.cli import main

AGES = ("0-14", "15-29", "30+")
PLACES = "ABC"


@pytest.fixture
def run(tmp_path, capsys):
    """Run a command among the files of `tmp_path`: exit code, rows, errors."""

    def call(*arguments: str):
        with contextlib.chdir(tmp_path):
            code = main([*arguments, "--format", "csv"])
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return code, list(csv.DictReader(io.StringIO(printed.out))), printed.err

    return call


@pytest.fixture
def write(tmp_path):
    """Write a file of lines."""

    def call(name: str, *lines: str) -> str:
        (tmp_path / name).write_text("\n".join(lines) + "\n")
        return name

    return call


@pytest.fixture
def flows(write):
    pairs = [(a, b) for a in PLACES for b in PLACES if a != b]
    moves = [f"{a},{b},{age},{10 + n * 3 + m}" for n, (a, b) in enumerate(pairs) for m, age in enumerate(AGES)]
    people = [f"{a},{age},{1000 + 100 * n}" for n, a in enumerate(PLACES) for age in AGES]
    return write("od.csv", "origin,destination,age,value", *moves), write("people.csv", "region,age,population", *people)


def test_areas_standard_and_life_table(run, write, flows) -> None:
    od, people = flows
    write("areas.csv", "region,area", "A,10", "B,20", "C,70")
    write("standard.csv", "age,weight", "0-14,30", "15-29,20", "30+,50")
    write("lived.csv", "age,person_years", "0-14,14.8", "15-29,14.6", "30+,45")
    code, rows, _ = run(
        "indicators", od, "--population", people, "--areas", "areas.csv", "--standard", "standard.csv",
        "--survivors", "lived.csv", "--draws", "0",
    )  # fmt: skip
    value = {(row["indicator"], row["variant"]): float(row["value"]) for row in rows if row["value"]}
    assert code == 0
    rates = [sum(10 + n * 3 + m for n in range(6)) / 3300 for m in range(3)]
    assert value["cmi", "standardised_given"] == pytest.approx(30 * rates[0] + 20 * rates[1] + 50 * rates[2])
    assert value["expectancy", ""] == pytest.approx(14.8 * rates[0] + 14.6 * rates[1] + 45 * rates[2])
    shares = [1000 / 3300, 1100 / 3300, 1200 / 3300]
    assert value["hoover", "population_area"] == pytest.approx(
        50 * sum(abs(p - a) for p, a in zip(shares, (0.1, 0.2, 0.7), strict=True))
    )


def test_scale_of_neighbours_drawn_out_to_households(run, write, flows) -> None:
    od, people = flows
    near = write("near.csv", "origin,destination", "A,B", "B,C")
    asked = ("indicators", od, "--population", people, "--scale", "2,3", "--neighbours", near, "--households", "900")
    code, rows, _ = run(*asked)
    assert code == 0
    assert {row["variant"] for row in rows if row["indicator"] == "acmi"} == {"slope", "start", "at_households"}
    write("near.csv", "origin,destination", "A,X")
    code, _, told = run(*asked)
    assert code == 1
    assert "A/X" in told


def test_settling_of_cohorts(run, write) -> None:
    register = write("r.csv", "cohort,duration,arrived,remaining", "2015,1,200,180")
    census = write("c.csv", "cohort,duration,arrived,counted,survival", "2015,6,200,147,0.98")
    assert float(run("indicators", register, "--settling")[1][0]["value"]) == pytest.approx(0.9)
    assert float(run("indicators", census, "--settling")[1][0]["value"]) == pytest.approx(0.75)
    code, rows, told = run("indicators", write("o.csv", "cohort,duration,arrived,remaining", "2015,1,9,10"), "--settling")
    assert (code, rows) == (1, [])
    assert "2015/1" in told
    code, _, told = run("indicators", write("n.csv", "cohort,duration,arrived", "2015,1,9"), "--settling")
    assert code == 1
    assert "remaining" in told


@pytest.fixture
def stocks(write):
    tables = {2000: [[900, 60, 40], [30, 700, 20], [10, 50, 640]], 2005: [[890, 70, 45], [30, 690, 25], [12, 50, 640]]}
    cells = [(t, k, i) for t in tables for k in range(3) for i in range(3)]
    return write(
        "stocks.csv", "year,pob,country,persons", *(f"{t},{PLACES[k]},{PLACES[i]},{tables[t][k][i]}" for t, k, i in cells)
    )


def test_flows_by_birthplace_add_up(run, stocks) -> None:
    (_, whole, _), (_, parts, _) = (run("flows", "estimate", stocks, "--table", name) for name in ("flows", "birthplaces"))
    for row in whole:
        pair = (row["origin"], row["destination"])
        cells = [float(r["value"]) for r in parts if (r["origin"], r["destination"]) == pair]
        assert sum(cells) == pytest.approx(float(row["value"]))


def test_known_moves(run, stocks) -> None:
    _, rows, _ = run("flows", "estimate", stocks, "--method", "rates_shares", "--moves", "500")
    assert sum(float(row["value"]) for row in rows) == pytest.approx(500)
    code, rows, told = run("flows", "estimate", stocks, "--method", "rates_shares")
    assert (code, rows) == (1, [])
    assert "known total of moves" in told


def test_residual_with_groups_reclassified_and_children(run, write) -> None:
    cells = [(g, s, 5 * x) for g in ("k", "g") for s in ("female", "male") for x in range(14)]
    write(
        "counts.csv", "time,group,sex,age_start,population",
        *(f"{t},{g},{s},{x},{1000 - 10 * x + t - 1999}" for t in (1999, 2004) for g, s, x in cells),
    )  # fmt: skip
    write("survival.csv", "age_start,value", *(f"{5 * x},0.98" for x in range(14)))
    write("changed.csv", "age_start,group,sex,value", "20,k,male,30", "20,g,male,-30")
    asked = ("flows", "residual", "counts.csv", "--rates", "survival.csv", "--kind", "survival", "--children")
    code, rows, told = run(*asked, "--reclassified", "changed.csv", "--by-move", "--first", "0.01", "--draws", "50")
    assert code == 0, told
    assert {row["method"] for row in rows} == {"forward", "reverse", "average", "time_even", "cohort"}
    _, plain, _ = run(*asked)
    value = [
        float(r["value"]) for f in (rows, plain) for r in f
        if (r["group"], r["sex"], r["age_start"], r["method"]) == ("k", "male", "20", "forward")
    ]  # fmt: skip
    assert value[1] - value[0] == pytest.approx(30)
    code, rows, told = run(*asked[:-2], "other", "--children")
    assert (code, rows) == (1, [])
    assert "--kind" in told


def test_residual_of_single_years_from_registered_deaths_leaves_nothing_out(run, write) -> None:
    ages = range(5)
    write("counts.csv", "time,age_start,population", *(f"{t},{a},{100 + t - 2000}" for t in (2000, 2002) for a in ages))
    write("births.csv", "value", "210")
    write("deaths.csv", "age_start,value", *(f"{a},{a + 1}" for a in ages))
    _, rows, said = run("flows", "residual", "counts.csv", "--births", "births.csv", "--deaths", "deaths.csv")
    assert "leaves out" not in said
    values = {row["age_start"]: float(row["value"]) for row in rows}
    assert values == {"0": -2, "1": -1, "2": 5, "3": 6, "4": 102 - 300 + 5, "": -185}


def test_residual_names_the_ages_that_its_sum_leaves_out(run, write) -> None:
    write("counts.csv", "time,age_start,population", *(f"{t},{a},100" for t in (2000, 2010) for a in range(0, 40, 5)))
    write("ratios.csv", "age_start,value", *(f"{a},0.9" for a in range(10, 40, 5)))
    code, _, said = run("flows", "residual", "counts.csv", "--rates", "ratios.csv", "--kind", "interval")
    assert code == 0, said
    assert "leaves out ages 0-4, 5-9 at the end (forward, reverse, average)" in said
