"""Events of each year between two counts are added up; years that lack are refused."""

from __future__ import annotations

import contextlib
import csv
import io

import polars as pl
import pytest

import qonys
from qonys.cli import main
from qonys.errors import BadInput
from qonys.estimation.events import EventsOfIntervals
from qonys.words.notes import listening


@pytest.fixture
def run(tmp_path, capsys):
    """Run a command among files, each given by name as lines: exit code, rows, errors."""

    def call(files: dict[str, list[str]], *arguments: str):
        for name, lines in files.items():
            (tmp_path / name).write_text("\n".join(lines) + "\n")
        with contextlib.chdir(tmp_path):
            code = main([*arguments, "--format", "csv"])
        printed = capsys.readouterr()
        return code, list(csv.DictReader(io.StringIO(printed.out))), printed.err

    return call


COUNTS = ["time,age_start,population", *(f"{t},{a},100" for t in (2000, 2005) for a in (0, 5, 10, 15))]


def of_years(years, *values: float) -> list[str]:
    return ["time,value", *(f"{year},{value}" for year, value in zip(years, values, strict=True))]


def test_births_and_deaths_of_each_year_are_added_up_and_said(run) -> None:
    files = {
        "counts.csv": COUNTS,
        "births.csv": of_years(range(2000, 2005), 10, 11, 12, 13, 14),
        "deaths.csv": of_years(range(2000, 2006), 1, 2, 3, 4, 5, 600),
    }
    asked = ("flows", "residual", "counts.csv", "--births", "births.csv", "--deaths", "deaths.csv")
    code, rows, said = run(files, *asked)
    assert code == 0, said
    assert [float(row["value"]) for row in rows] == [-60 + 15]
    assert "added up" in said
    assert "2005" in said


def test_a_year_that_lacks_is_refused(run) -> None:
    births = of_years((2000, 2001, 2003, 2004), 10, 10, 10, 10)
    files = {"counts.csv": COUNTS, "births.csv": births, "deaths.csv": ["value", "9"]}
    code, rows, said = run(files, "flows", "residual", "counts.csv", "--births", "births.csv", "--deaths", "deaths.csv")
    assert (code, rows) == (1, [])
    assert "2002" in said


def test_events_without_year_are_of_one_interval_only(run) -> None:
    counts = [*COUNTS, *(f"2010,{a},100" for a in (0, 5, 10, 15))]
    files = {"counts.csv": counts, "births.csv": ["value", "10"], "deaths.csv": ["value", "9"]}
    code, rows, said = run(files, "flows", "residual", "counts.csv", "--births", "births.csv", "--deaths", "deaths.csv")
    assert (code, rows) == (1, [])
    assert "2000–2005, 2005–2010" in said


def test_reclassified_of_each_year_are_added_up(run) -> None:
    files = {
        "counts.csv": COUNTS,
        "ratios.csv": ["age_start,value", *(f"{a},1" for a in (0, 5, 10, 15))],
        "changed.csv": ["time,age_start,value", "2001,10,-20", "2003,10,5"],
    }
    asked = ("flows", "residual", "counts.csv", "--rates", "ratios.csv", "--kind", "survival")
    _, rows, said = run(files, *asked, "--reclassified", "changed.csv")
    assert {row["value"] for row in rows if (row["age_start"], row["method"]) == ("10", "forward")} == {"15.0"}, said


def test_vital_events_of_each_year_are_those_of_the_interval(run) -> None:
    stocks = ["time,birthplace,residence,value", *(
        f"{t},{b},{r},{100 + 9 * (b == r) + (t - 2000) * (b == r)}" for t in (2000, 2005) for b in "AB" for r in "AB"
    )]  # fmt: skip
    yearly = ["time,residence,births,deaths", *(f"{t},{r},3,2" for t in range(2000, 2005) for r in "AB")]
    whole = ["residence,births,deaths", "A,15,10", "B,15,10"]
    files = {"stocks.csv": stocks, "yearly.csv": yearly, "whole.csv": whole, "less.csv": yearly[:-1]}
    _, first, said = run(files, "flows", "estimate", "stocks.csv", "--vital", "yearly.csv")
    _, second, _ = run({}, "flows", "estimate", "stocks.csv", "--vital", "whole.csv")
    assert first == second
    assert first
    assert "added up" in said
    code, _, said = run({}, "flows", "estimate", "stocks.csv", "--vital", "less.csv")
    assert code == 1
    assert "B/2004" in said


def test_the_start_of_an_interval_stands_for_all_of_it() -> None:
    table = pl.DataFrame({"time": [2000, 2005], "region": ["A", "A"], "value": [10.0, 20.0]})
    found = EventsOfIntervals(table, "births").between([2000, 2005, 2010])
    assert [frame.rows() for frame in found] == [[("A", 10.0)], [("A", 20.0)]]
    with pytest.raises(BadInput, match="2010–2015"):
        EventsOfIntervals(table, "births").between([2000, 2005, 2010, 2015])


def test_a_year_said_twice_is_not_added_up() -> None:
    table = pl.DataFrame({"time": [2000, 2001, 2001], "value": [1.0, 2.0, 2.0]})
    with pytest.raises(BadInput), listening(lambda key, values: None):
        EventsOfIntervals(table, "births").between([2000, 2002])


def test_years_in_python_are_added_up_as_in_a_file() -> None:
    ages = [0, 5, 10, 15]
    counts = {"time": [2000] * 4 + [2005] * 4, "age_start": ages * 2, "population": [100] * 8}
    births = {"time": list(range(2000, 2005)), "value": [10] * 5}
    deaths = {"time": list(range(2000, 2005)), "value": [2] * 5}
    with pytest.warns(UserWarning, match="added up"):
        found = qonys.net_migration_residual(counts, births=births, deaths=deaths)
    assert found.frame["value"].to_list() == [-40.0]
