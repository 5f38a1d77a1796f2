"""Short words for thousand in the header of a population, fractions of persons, moves beyond a population."""

import csv
import io

import pytest

import qonys
from qonys.catalog.reading.numbers.powers import power_in

MOVES = "origin,destination,value\nA,B,40000\nB,A,50000\nA,C,30000\nC,A,60000\nB,C,70000\nC,B,20000\n"
PEOPLE = {"A": 610, "B": 300, "C": 500}
THOUSANDS = ["Population (k)", "Population, k", "Population, th. persons", "Population (th.)", "pop_thou", "pop_k", "Население, т. чел.", "Население (т.чел.)", "Population, thou"]  # fmt: skip


@pytest.fixture
def rates(command, tmp_path):
    """Crude intensity of moves with a file of population, exit code and what is said."""

    def call(header, numbers, *arguments):
        (tmp_path / "u.csv").write_text(MOVES, encoding="utf-8")
        lines = "".join(f"{place};{number}\n" for place, number in numbers.items())
        (tmp_path / "p.csv").write_text(f"region;{header}\n{lines}", encoding="utf-8")
        code, out, err = command(
            tmp_path, "indicators", "u.csv", "--population", "p.csv", "--draws", "0", "--format", "csv", *arguments
        )
        rows = list(csv.DictReader(io.StringIO(out))) if code == 0 else []
        return code, [float(row["value"]) for row in rows if row["indicator"] == "cmi" and not row["region"]], err

    return call


@pytest.mark.parametrize("header", THOUSANDS)
def test_short_words_for_thousand_multiply(rates, header):
    code, found, err = rates(header, PEOPLE)
    assert (code, found) == (0, rates("population", {a: n * 1000 for a, n in PEOPLE.items()})[1]), err
    assert "were multiplied by 1000" in err


def test_hundreds_multiply(rates):
    code, found, err = rates("Население, сотен человек", {a: n * 10 for a, n in PEOPLE.items()})
    assert (code, found) == (0, rates("population", {a: n * 1000 for a, n in PEOPLE.items()})[1]), err


@pytest.mark.parametrize("text", ["k", "group k", "Ұлы жүз", "5th quintile", "One hundred years of migration", "Население (т)", "Рост т"])
def test_other_words_say_no_unit(text):
    assert not power_in(text).powers


def test_moves_beyond_the_population_are_asked_about(rates):
    code, _, err = rates("population", PEOPLE)
    assert (code, "--multiplier p.csv=1000" in err, "exceed its population of 300" in err) == (1, True, True), err
    assert rates("population", PEOPLE, "--multiplier", "p.csv=1")[0] == 0
    assert rates("population", PEOPLE, "--multiplier", "p.csv=1000")[1] == rates("Population (k)", PEOPLE)[1]


def test_fractions_of_persons_are_asked_about(rates):
    numbers = {"A": "610,2", "B": "2200,1", "C": "1200,5"}
    code, _, err = rates("population", numbers)
    assert (code, "610.2 persons" in err, "--multiplier p.csv=1000" in err) == (1, True, True), err
    assert rates("population", numbers, "--multiplier", "p.csv=1000")[0] == 0
    assert rates("population", {"A": "610200,5", "B": "2200100", "C": "1200500,5"})[0] == 0


def test_a_person_may_be_told_in_python():
    flows = {"origin": ["A", "B"], "destination": ["B", "A"], "value": [700.0, 20.0]}
    people = {"region": ["A", "B"], "population": [610.0, 2200.0]}
    with pytest.warns(UserWarning, match="exceed its population of 610"):
        qonys.migration_indicators(flows, population=people, draws=0)


def test_fractions_of_persons_in_the_catalogue_are_asked_about(command, tmp_path):
    text = "Регион;Год;Пол;Тип местности;Значение\nАбай;2031;Оба пола;Все;610,5\nПавлодарская;2031;Оба пола;Все;755,2\n"
    (tmp_path / "own.csv").write_text(text, encoding="utf-8")
    call = ("catalog", "add", "own.csv", "--as", "population_regional", "--dry-run", "--source-title", "x", "--status", "estimate")
    code, out, err = command(tmp_path, *call, "--set", "vintage=2022")
    assert (code, "755.2" in out + err, "--multiplier 1000" in out + err) == (1, True, True), out + err
