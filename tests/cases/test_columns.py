"""Columns as offices call them, in three languages and with units, are those that a method asks for."""

import pytest

from qonys.catalog.reading.columns import columns_found
from qonys.catalog.reading.wanted import Wanted

FLOWS = Wanted(labels=("origin", "destination"), optional_labels=("group", "sex", "period"))
TURNOVER = Wanted(labels=("region",), numbers=("arrivals", "departures"))
VITAL = Wanted(labels=("residence",), numbers=("births", "deaths"), whole=("time",))
PEOPLE = Wanted(labels=("region",), numbers=("population",), optional_labels=("period",))
PLACES = Wanted(labels=("region", "group"))


@pytest.mark.parametrize(
    ("wanted", "header"),
    [
        (FLOWS, {"origin": "Откуда", "destination": "Куда", "value": "Число мигрантов, человек", "period": "Год"}),
        (FLOWS, {"origin": "Қайдан", "destination": "Қайда", "value": "Саны, мың адам", "period": "Жыл"}),
        (FLOWS, {"origin": "Регион выбытия", "destination": "Регион прибытия", "value": "Значение (тыс. чел.)"}),
        (FLOWS, {"origin": "ORIGIN", "destination": "Dest", "value": "Value (persons)"}),
        (TURNOVER, {"region": "Регион", "arrivals": "Прибыло", "departures": "Выбыло, человек"}),
        (TURNOVER, {"region": "Өңір", "arrivals": "Келгендер", "departures": "Кеткендер"}),
        (VITAL, {"residence": "Регион проживания", "births": "Родилось", "deaths": "Умерло", "time": "Годы"}),
        (PEOPLE, {"region": "geo", "population": "Численность населения, тыс. человек", "period": "TIME_PERIOD"}),
        (PLACES, {"region": "Район", "group": "Национальность", "value": "Количество"}),
        (PLACES, {"region": "Аудан", "group": "Ұлты", "value": "Адам саны"}),
    ],
)
def test_columns_as_offices_call_them(wanted, header):
    assert columns_found(list(header.values()), wanted, {}) == header


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (FLOWS, ["Value (men)", "Value (women)"]),
        (FLOWS, ["Число, %", "Значение (на 1000 человек)"]),
        (FLOWS, ["Value (persons)", "Value (thousands)"]),
        (FLOWS, ["Национальность", "Население"]),
        (PEOPLE, ["Население, %", "Численность, семей"]),
    ],
)
def test_columns_that_are_not_meant_are_not_taken(wanted, found):
    assert columns_found(found, wanted, {}) == {}


MATRIX = """Регион выбытия \\ Регион прибытия;Всего;Абай;Акмолинская;г. Астана
Всего;1 450;250;700;500
Абай;450;–;200;250
Акмолинская;400;150;–;250
г. Астана;600;100;500;–
* Данные предварительные;;;;
"""
TURNED = "Регион;Прибыло;Выбыло;Сальдо\nАбай;100;150;-50\nАлматы;300;200;100\nШымкент;100;150;-50\nВсего;500;500;0\n"
GROUPS = """Численность населения по национальностям, человек;;;;;
Район;Все население;в том числе:;;;
;;казахи;русские;узбеки;другие
Всего по городу;1000;600;250;100;50
Алатауский;400;300;60;30;10
Бостандыкский;350;200;110;30;10
Медеуский;250;100;80;40;30
"""
SERIES = "Год;Сальдо миграции, человек\n" + "".join(f"{y} г.;{-100 if y < 2005 else 50}\n" for y in range(1990, 2020))


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("flows components", MATRIX, ["1,450", "Акмолинская", "Всего (rows: 4"]),
        ("indicators --totals --draws 0", TURNED, ["500", "Всего (rows: 1"]),
        ("segregation --kind groups --draws 0", GROUPS, ["\nказахи", "600", "\nдругие"]),
        ("breaks --map", SERIES, ["2005"]),
    ],
)
def test_files_of_offices_are_read_without_naming_columns(command, tmp_path, name, text, said):
    (tmp_path / "own.csv").write_bytes(text.encode("cp1251"))
    head, *options = name.split(" --")
    given = [word for option in options for word in f"--{option}".split(" ")]
    named = ["Сальдо миграции, человек=value"] if name.endswith("--map") else []
    code, out, err = command(tmp_path, *head.split(" "), "own.csv", *given, *named)
    assert code == 0, err
    for one in said:
        assert one in out + err


COUNTS = "region,group,value\nA,x,10\nA,y,20\nB,x,30\nB,y,5\nC,x,5\nC,y,30\n"


@pytest.mark.parametrize("kind", ["indices", "groups"])
def test_segregation_without_draws_is_that_of_the_counts(command, tmp_path, kind):
    (tmp_path / "own.csv").write_text(COUNTS)
    code, out, err = command(tmp_path, "segregation", "own.csv", "--draws", "0", "--kind", kind)
    assert code == 0, err
    assert "0.5758" in out
    assert "nan" not in out
    code, _, err = command(tmp_path, "segregation", "own.csv", "--draws=-1", "--kind", kind)
    assert code == 2
    assert "-1" in err


@pytest.mark.parametrize("cells", ["-20;30 p;:", "-20;x;5", "30 p;5;7"])
def test_a_year_whose_cells_are_no_numbers_is_not_dropped(command, tmp_path, cells):
    (tmp_path / "own.csv").write_text(f"geo;2019;2020;2021\nKZ;{cells}\nRU;10;20 p;30\n", encoding="utf-8")
    code, _, err = command(tmp_path, "breaks", "own.csv")
    assert code == 1
    assert "is not a number" in err
    assert "2019, 2020, 2021" in err


FLOW = "origin,destination,value\nA,B,10\nB,A,20\nA,C,5\nC,A,6\nB,C,7\nC,B,8\n"
BESIDE = "place,everyone,note\nA,100,\nB,100,\nC,100,\n-,300,\nD,n/a,\n"


def test_options_reach_the_file_that_has_the_column(command, tmp_path):
    (tmp_path / "flows.csv").write_text(FLOW)
    (tmp_path / "people.csv").write_text(BESIDE)
    given = ["indicators", "flows.csv", "--population", "people.csv", "--draws", "0"]
    for said, option in (
        ("no column for population", ["--map", "everyone=population"]),
        ("--exclude 'place=-'", ["--exclude", "place=-"]),
        ('--na "everyone=n/a"', ["--na", "everyone=n/a"]),
    ):
        code, _, err = command(tmp_path, *given)
        assert code == 1
        assert said in err
        given += option
    code, out, err = command(tmp_path, *given)
    assert code == 0, err
    assert "18.6667" in out


def test_an_option_for_no_file_is_said_or_refused(command, tmp_path):
    (tmp_path / "flows.csv").write_text(FLOW)
    (tmp_path / "people.csv").write_text("region,population\nA,100\nB,100\nC,100\n")
    given = ["indicators", "flows.csv", "--draws", "0", "--map", "oring=origin"]
    assert command(tmp_path, *given)[0] == 1
    code, _, err = command(tmp_path, *given, "--population", "people.csv")
    assert code == 0
    assert "nothing in the file meets --map oring=origin" in err
