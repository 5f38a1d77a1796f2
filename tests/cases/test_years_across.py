"""Years above the columns of a wide table: with footnotes, as first days, with units; none is left out in silence."""

from __future__ import annotations

import pytest

from qonys.catalog.reading.choices import FileChoices
from qonys.catalog.reading.long_tables import read_long
from qonys.catalog.reading.numbers.writing import Signs, plain_number
from qonys.catalog.reading.times.years import fault_of_year
from qonys.catalog.reading.wanted import Wanted
from qonys.errors import BadInput
from qonys.words.notes import listening

WANTED = Wanted(labels=("region",), whole=("time",), numbers=("population",))


def years(tmp_path, header, first="region"):
    """Years and numbers of a table with two years across, and the keys and values of its notes."""
    path = tmp_path / "people.csv"
    path.write_text(f"{first};{header}\nA;100;110\nB;200;210\n", encoding="utf-8")
    said = {}
    with listening(lambda key, values: said.update({key: values})):
        frame = read_long(path, WANTED, FileChoices()).frame
    return frame.sort("region", "time").select("time", "population").rows()[:2], said


@pytest.mark.parametrize(
    "second",
    [
        "2023*", "2023**", "2023 *", "2023 (предв.)", "2023 г.¹⁾", "2023 г. ¹", "2023¹", "2023 (оценка)", "2023г.*", "20231)",
        "2023 1)", "2023 (1)", "2023 [2]", "2023†", "2023p", "2023 (p)", "2023 preliminary", "2023 (алдын ала)", "2023 год*",
        "2023 ж.*", "2023, предварительные данные", "2023 (предварительные данные)*", "2023 (прогноз)", "на 01.01.2023*",
    ],
)  # fmt: skip
def test_a_mark_behind_a_year_is_a_footnote(tmp_path, second):
    found, said = years(tmp_path, f"2014;{second}")
    assert found == [(2014, 100.0), (2023, 110.0)]
    assert said["catalog.reading.marks_across"]["first"] == second
    assert "catalog.reading.across_left" not in said


@pytest.mark.parametrize(
    "form",
    [
        "на 01.01.{}", "на 1 января {} г.", "1 января {} года", "на начало {}", "на начало {} года", "{} год (на начало года)",
        "по состоянию на 01.01.{} г.", "January 1, {}", "1 Jan {}", "as of 1 January {}", "{} жылғы 1 қаңтар", "за {} год",
        "{} жылдың басына", "{} ж. 1 қаңтарға",
    ],
)  # fmt: skip
def test_first_days_are_their_years(tmp_path, form):
    assert years(tmp_path, f"{form.format(2014)};{form.format(2023)}")[0] == [(2014, 100.0), (2023, 110.0)]


@pytest.mark.parametrize("form", ["{}, тыс. чел.", "{} (тыс. человек)", "{} г., тыс. чел.", "{}, thousand persons"])
def test_a_unit_behind_each_year_holds_for_the_table(tmp_path, form):
    assert years(tmp_path, f"{form.format(2014)};{form.format(2023)}")[0] == [(2014, 1e5), (2023, 1.1e5)]


@pytest.mark.parametrize("left", ["2023 (мужчины)", "2022/23", "на конец 2023", "2023 I квартал", "2019-2023", "январь 2023"])
def test_what_is_not_understood_is_named(tmp_path, left):
    found, said = years(tmp_path, f"2014;{left}")
    assert found == [(2014, 100.0), (2014, 200.0)]
    assert left in said["catalog.reading.across_left"]["columns"]


@pytest.mark.parametrize("header", ["2010/11;2020/21", "2010, тыс. чел.;2020", "на конец 2010;на конец 2020", "2010-2014;2015-2019"])
def test_years_that_cannot_be_told_are_refused_as_years(tmp_path, header):
    with pytest.raises(BadInput) as refused:
        years(tmp_path, header)
    assert (refused.value.key, header.split(";")[0] in str(refused.value)) == ("catalog.reading.years_across", True)


def test_a_year_with_and_without_a_mark_is_one_cell_twice(tmp_path):
    with pytest.raises(BadInput) as refused:
        years(tmp_path, "2023;2023*")
    assert refused.value.key.startswith("catalog.distinct")


@pytest.mark.parametrize("corner", ["Год", "Годы", "year"])
def test_the_corner_may_name_what_stands_across(command, tmp_path, corner):
    across = [f"{year}г." for year in range(2005, 2020)] + ["2020 г.*"]
    numbers = ["7 502", "15 465", "5 096", "- 1 426", *["-279"] * 6, *["-12 162"] * 6]
    (tmp_path / "own.csv").write_text(f"{corner};{';'.join(across)}\nРеспублика;{';'.join(numbers)}\n", encoding="utf-8")
    plain = "".join(f"{year},{number.replace(' ', '')}\n" for year, number in zip(range(2005, 2021), numbers, strict=True))
    (tmp_path / "plain.csv").write_text(f"year,value\n{plain}", encoding="utf-8")
    code, out, err = command(tmp_path, "breaks", "own.csv", "--format", "csv")
    assert code == 0, err
    assert out == command(tmp_path, "breaks", "plain.csv", "--format", "csv")[1]


@pytest.mark.parametrize("mark", ["*", " *", "¹⁾", " 1)"])
def test_a_mark_behind_ages_is_a_footnote(tmp_path, mark):
    path = tmp_path / "people.csv"
    path.write_text(f"region;0-4;5-9{mark};10+;15-19 чел.?\nA;1;2;3;4\n", encoding="utf-8")
    said = {}
    wanted = Wanted(labels=("region",), whole=("age_start",), numbers=("population",))
    with listening(lambda key, values: said.update({key: values})):
        frame = read_long(path, wanted, FileChoices()).frame
    assert frame.select("age_start", "population").rows() == [(0, 1.0), (5, 2.0), (10, 3.0)]
    assert said["catalog.reading.marks_across"]["read"] == "5-9"
    assert "15-19 чел.?" in said["catalog.reading.across_left"]["columns"]


HEADERS = {"empty": ";2020*;;2021;", "named": "Регион;2020*;;2021;"}


@pytest.mark.parametrize("corner", HEADERS)
def test_years_over_measures_with_names_below(command, tmp_path, corner):
    rows = "Регион;Прибыло;Выбыло;Прибыло;Выбыло\nА;100;150;110;160\nБ;300;200;310;220\nВ;100;150;120;160\n"
    (tmp_path / "own.csv").write_text(f"{HEADERS[corner]}\n{rows}", encoding="utf-8")
    long = "period,region,arrivals,departures\n2020,А,100,150\n2020,Б,300,200\n2020,В,100,150\n"
    (tmp_path / "plain.csv").write_text(f"{long}2021,А,110,160\n2021,Б,310,220\n2021,В,120,160\n", encoding="utf-8")
    asked = ("--totals", "--draws", "0", "--format", "csv")
    code, out, err = command(tmp_path, "indicators", "own.csv", *asked)
    assert (code, "2020*" in err) == (0, True), err
    assert sorted(out.splitlines()) == sorted(command(tmp_path, "indicators", "plain.csv", *asked)[1].splitlines())


@pytest.mark.parametrize("number", ["- 1 426", "\u2212 1 426", "\u2013\u00a01\u00a0426"])
def test_a_blank_after_the_minus(number):
    assert plain_number(number, Signs(",")) == "-1426"


@pytest.mark.parametrize(
    ("text", "fault"), [("2009-2018", "span"), ("2009\u20132018 гг.", "span"), ("2009/10", "span"), ("2009-10", "part")]
)
def test_several_years_are_no_part_of_a_year(text, fault):
    assert fault_of_year(text) == fault


@pytest.mark.parametrize(("language", "per"), [("ru", "на 1000"), ("kk", "1000 адамға"), ("en", "per 1,000")])
def test_bases_of_rates_are_written_as_the_language_does(command, tmp_path, language, per):
    table = 'age_start,"value, per 1,000"\n' + "".join(f"{age},{20 - age / 10}\n" for age in range(0, 85, 5))
    (tmp_path / "own.csv").write_text(table, encoding="utf-8")
    _, _, err = command(tmp_path, "schedule", "fit", "own.csv", "--sizes", "7", "--lang", language)
    assert per in err


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_missing_years_are_named(command, tmp_path, language):
    rows = "".join(f"{year},{(year * 7919) % 97}\n" for year in range(1980, 2010) if year not in (1990, 2001))
    (tmp_path / "own.csv").write_text(f"year,value\n{rows}", encoding="utf-8")
    code, _, err = command(tmp_path, "breaks", "own.csv", "--lang", language)
    assert (code, "1990, 2001" in err) == (1, True), err
