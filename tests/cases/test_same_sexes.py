"""Sexes of a file and of the files beside it: one sex by whatever words each of them has; all made up."""

import csv
import io

import polars as pl
import pytest

import qonys
from qonys.errors import BadInput

WORDS = [("male", "female"), ("M", "F"), ("мужчины", "женщины"), ("ерлер", "әйелдер"), ("1", "2")]
PAIRS = [("A", "A", 100, 95), ("A", "B", 10, 15), ("B", "A", 5, 10), ("B", "B", 80, 75)]


def stocks(words):
    rows = [
        f"{born},{lives},{year},{sex},{size + 7 * place}"
        for place, sex in enumerate(words) for born, lives, *sizes in PAIRS for year, size in zip((2010, 2015), sizes, strict=True)
    ]  # fmt: skip
    return "birthplace,residence,time,sex,value\n" + "\n".join(rows) + "\n"


def events(words):
    rows = [f"{place},{sex},{9 + 5 * one},{7 + 5 * one}" for one, sex in enumerate(words) for place in "AB"]
    return "residence,sex,births,deaths\n" + "\n".join(rows) + "\n"


@pytest.fixture
def estimated(command, tmp_path):
    """Flows by sex of stocks and events, or None where they are refused, and what was said."""

    def call(first, second):
        (tmp_path / "stocks.csv").write_text(first, encoding="utf-8")
        (tmp_path / "vital.csv").write_text(second, encoding="utf-8")
        code, out, err = command(tmp_path, "flows", "estimate", "stocks.csv", "--vital", "vital.csv", "--format", "csv")
        rows = list(csv.DictReader(io.StringIO(out))) if code == 0 else []
        return {(row["sex"], row["origin"]): float(row["value"]) for row in rows} or None, err

    return call


@pytest.mark.parametrize("words", WORDS)
def test_stocks_and_events_of_one_sex(estimated, words):
    found, err = estimated(stocks(words), events(WORDS[0]))
    assert found == estimated(stocks(WORDS[0]), events(WORDS[0]))[0], err
    assert {sex for sex, _ in found} == {"male", "female"}
    assert estimated(stocks(WORDS[0]), events(words[::-1]))[0] == estimated(stocks(WORDS[0]), events(WORDS[0][::-1]))[0]


def test_events_of_other_sexes_than_the_stocks_are_refused(estimated):
    for first, second in (
        (stocks(WORDS[0]), "residence,births,deaths\nA,20,20\nB,20,20\n"),
        (stocks(WORDS[0]), events(("M",))),
        ("\n".join(line for line in stocks(("",)).replace(",,", ",").replace(",sex", "").splitlines()) + "\n", events(WORDS[0])),
    ):
        found, err = estimated(first, second)
        assert found is None
        assert "Give births and deaths of each sex of the stocks" in err


def test_a_word_that_is_no_sex_is_named(estimated):
    found, err = estimated(stocks(("male", "boys?")), events(WORDS[0]))
    assert found is None
    assert "has boys? in its column of sexes" in err


def test_the_same_in_python(tmp_path):
    one, other, vital = (pl.read_csv(io.StringIO(text)) for text in (stocks(("M", "F")), stocks(("ер", "әйел")), events(("м", "ж"))))
    start, end = one.filter(time=2010).drop("time"), other.filter(time=2015).drop("time")
    found = qonys.flows_from_stocks(start, end, vital=vital).frame
    assert sorted(found["sex"].unique()) == ["female", "male"]
    with pytest.raises(BadInput, match="Give births and deaths of each sex"):
        qonys.flows_from_stocks(start, end, vital=vital.filter(sex="м"))


def test_flows_and_the_population_beside_them(command, tmp_path):
    (tmp_path / "flows.csv").write_text("origin,destination,sex,value\nA,B,M,5\nB,A,M,3\nA,B,F,2\nB,A,F,4\n", encoding="utf-8")
    (tmp_path / "people.csv").write_text("region,sex,population\nA,ерлер,90\nB,ерлер,80\nA,әйелдер,70\nB,әйелдер,60\n", encoding="utf-8")
    given = ("indicators", "flows.csv", "--population", "people.csv", "--by", "sex", "--draws", "0", "--format", "csv")
    code, out, err = command(tmp_path, *given)
    assert code == 0, err
    rows = [row for row in csv.DictReader(io.StringIO(out)) if row["indicator"] == "cmi" and row["variant"] == "crude"]
    assert {row["sex"]: float(row["value"]) for row in rows} == {"male": pytest.approx(800 / 170), "female": pytest.approx(600 / 130)}


def test_margins_of_sexes(command, tmp_path):
    (tmp_path / "seed.csv").write_text("region,sex,value\nA,M,5\nB,M,3\nA,F,2\nB,F,4\n", encoding="utf-8")
    (tmp_path / "sexes.csv").write_text("sex,value\nмужчины,16\nженщины,12\n", encoding="utf-8")
    (tmp_path / "regions.csv").write_text("region,value\nA,14\nB,14\n", encoding="utf-8")
    given = ("flows", "balance", "seed.csv", "sexes.csv", "regions.csv", "--axes", "region,sex", "--format", "csv")
    code, out, err = command(tmp_path, *given)
    assert code == 0, err
    rows = list(csv.DictReader(io.StringIO(out)))
    assert sum(float(row["value"]) for row in rows if row["sex"] == "male") == pytest.approx(16)
