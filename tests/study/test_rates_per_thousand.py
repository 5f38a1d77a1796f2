"""Rates that a file says are per 1,000 or in percent are divided by it, and it is said; impossible results are refused."""

from __future__ import annotations

import contextlib
import csv
import io

import pytest

import qonys
from qonys.catalog.reading.long_tables import read_long
from qonys.catalog.reading.wanted import Wanted
from qonys.cli import main
from qonys.errors import BadInput
from qonys.words.notes import listening

RATES = Wanted(whole=("age_start",), rates=("value",))


@pytest.fixture
def run(tmp_path, capsys):
    """Run a command among files, each given by name as lines: exit code, rows, errors."""

    def call(files: dict[str, list[str]], *arguments: str):
        for name, lines in files.items():
            (tmp_path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
        with contextlib.chdir(tmp_path):
            code = main([*arguments, "--format", "csv"])
        printed = capsys.readouterr()
        return code, list(csv.DictReader(io.StringIO(printed.out))), printed.err

    return call


@pytest.mark.parametrize(
    ("lines", "first"),
    [
        (["age,value,unit", "0,20,per 1000", "1,3,per 1000"], 0.02),
        (["age,value,unit", "0,20,‰", "1,3,‰"], 0.02),
        (["возраст;значение;единица измерения", "0;20;на 1000 человек", "1;3;на 1000 человек"], 0.02),
        (["age,value,unit_measure", "0,2000,PER_100000", "1,300,PER_100000"], 0.02),
        (["age,value,unit", "0,2,percent", "1,0.3,percent"], 0.02),
        (['age,"value, per 1,000"', "0,20", "1,3"], 0.02),
        (["Коэффициенты смертности на 1000 населения;", "возраст;значение", "0;20", "1;3", "2;1"], 0.02),
        (["Мың адамға шаққандағы өлім коэффициенті;", "жас;мәні", "0;20", "1;3", "2;1"], 0.02),
        (["Deaths per person-year,", "age,value", "0,0.02", "1,0.003", "2,0.001"], 0.02),
        (["age,value", "0,0.02", "1,0.003"], 0.02),
    ],
)
def test_rates_are_per_person(tmp_path, lines, first) -> None:
    path = tmp_path / "rates.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    heard = []
    with listening(lambda key, values: heard.append(key)):
        found = read_long(path, RATES).frame
    assert found["value"][0] == pytest.approx(first)
    assert ("catalog.reading.per_person" in heard) == (not lines[-1].endswith("0.003") and "person" not in lines[0])


def test_two_bases_contradict_each_other(tmp_path) -> None:
    path = tmp_path / "rates.csv"
    path.write_text("age,value,unit,indicator\n0,20,percent,deaths per 1000\n")
    with pytest.raises(BadInput, match="per 1000"):
        read_long(path, RATES)


def test_a_life_table_of_rates_per_thousand_in_a_frame() -> None:
    ages = list(range(101))
    told = {"age_start": ages, "value": [20.0] * 101, "unit": ["per 1000"] * 101}
    with pytest.warns(UserWarning, match="per person"):
        found = qonys.life_table(told, sex="female").frame
    assert found["ex"][0] == pytest.approx(50)


def test_a_life_of_less_than_five_years_is_refused() -> None:
    with pytest.raises(BadInput, match="per 1,000"):
        qonys.life_table({"age_start": [0, 1, *range(5, 45, 5)], "value": [0.99] * 10}, sex="female")


POPULATION = ["sex,age,population", *(f"{sex},{age},1000" for sex in ("female", "male") for age in range(0, 90, 5))]
BIRTHS = ["age,value", *(f"{age},0.1" for age in range(15, 50, 5))]
DEATHS = ["sex,age,value", *(f"{sex},{age},0.02" for sex in ("female", "male") for age in range(0, 90, 5))]


def moved(value: float, unit: str) -> list[str]:
    return ["sex,age,value,unit", *(f"{s},{a},{value},{unit}" for s in ("female", "male") for a in range(0, 90, 5))]


PROJECT = ("project", "--population", "people.csv", "--fertility", "births.csv", "--mortality", "deaths.csv",
           "--migration", "migrants.csv", "--start", "2020", "--horizon", "2025")  # fmt: skip


def test_migrants_per_thousand_are_as_per_person(run) -> None:
    files = {"people.csv": POPULATION, "births.csv": BIRTHS, "deaths.csv": DEATHS}
    asked = (*PROJECT, "--migration-kind", "rates")
    _, first, said = run({**files, "migrants.csv": moved(3, "per 1000")}, *asked)
    assert "migrants.csv" in said
    _, second, _ = run({"migrants.csv": moved(0.003, "")}, *asked)
    assert [float(row["value"]) for row in first] == pytest.approx([float(row["value"]) for row in second])
    _, third, said = run({"migrants.csv": moved(3, "per 1000")}, *asked, "--per", "migration=1000")
    assert third == first
    assert "migrants.csv" not in said
    code, _, said = run({}, *PROJECT)
    assert code == 1
    assert "--migration-kind rates" in said
    code, _, said = run({"migrants.csv": moved(3, "")}, *asked)
    assert code == 1
    assert "--per migration=1000" in said


def test_survival_ratios_taken_for_death_rates_are_refused(run) -> None:
    ages = range(0, 40, 5)
    counts = ["time,sex,age,population", *(f"{t},female,{a},100" for t in (2000, 2005) for a in ages)]
    rates = ["sex,age,value", *(f"female,{a},0.99" for a in (0, 1, *range(5, 40, 5)))]
    code, rows, said = run({"c.csv": counts, "r.csv": rates}, "flows", "residual", "c.csv", "--rates", "r.csv")
    assert (code, rows) == (1, [])
    assert "survival" in said
