"""Two names of one region of the pack in a person's own files: joined by code and by date, in every command."""

import csv
import io

import pytest

HEAD = "origin,destination,period,value\n"
OWN = HEAD + (
    "Астана,Павлодарская,2018,3\nПавлодарская,Нур-Султан,2020,4\nЮжно-Казахстанская,Астана,2017,5\n"
    "Астана,Туркестанская,2019,2\nКарагандинская,KZ-71,2020,1\n"
)
KEPT = ("--keep", "destination=Нур-Султан", "--draws", "0", "--format", "csv")


@pytest.fixture
def said(command, tmp_path):
    """Places and notes of a command on the text of a file."""

    def call(text, *arguments, name="indicators"):
        (tmp_path / "own.csv").write_text(text, encoding="utf-8")
        code, out, err = command(tmp_path, *name.split(), "own.csv", *arguments)
        return code, list(csv.DictReader(io.StringIO(out))), err

    return call


def flows(said, text, *arguments):
    code, rows, err = said(text, "--format", "csv", *arguments, name="flows components")
    places = {row[column] for row in rows for column in ("origin", "destination") if row[column]}
    return code, places, err


def test_names_of_one_region_are_joined_and_said(said):
    code, places, err = flows(said, OWN.replace("period", "time"), "--lang", "en")
    assert (code, places) == (0, {"Астана", "Павлодарская", "Южно-Казахстанская", "Карагандинская"})
    assert "Нур-Султан → Астана; Туркестанская → Южно-Казахстанская; KZ-71 → Астана" in err
    assert "--keep 'destination=" in err or "--keep 'origin=" in err


def test_a_name_that_is_kept_stays_apart(said):
    places = flows(said, OWN, "--keep", "destination=Нур-Султан")[1]
    assert {"Астана", "Нур-Султан"} <= places


def test_a_former_name_after_its_last_year_is_not_joined(said):
    rows = "A,B,2000,1\n".replace("A", "Астана").replace("B", "Павлодарская")
    _, found, err = said(HEAD + rows + "Павлодарская,Нур-Султан,2024,4\n", "--draws", "0", "--format", "csv")
    assert "is a name until 2022; its rows of 2024 are not joined with “Астана”" in err
    assert "joined:" not in err
    assert {row["region"] for row in found if row["region"] and row["period"] == "2024"} >= {"Нур-Султан"}


def test_a_companion_is_written_as_the_first_file(said, tmp_path):
    people = "region,population\nг. Астана,300\nPavlodar,400\nTurkistan Region,700\nKZ-35,10\n"
    (tmp_path / "people.csv").write_text(people, encoding="utf-8")
    rows = [line.split(",") for line in OWN.splitlines()]
    text = "\n".join(f"{origin},{destination},{value}" for origin, destination, _, value in rows)
    code, _, err = said(text, "--population", "people.csv", "--draws", "0", "--format", "csv", "--lang", "en")
    assert code == 0, err
    assert "г. Астана → Астана; Pavlodar → Павлодарская; Turkistan Region → Южно-Казахстанская" in err


OTHERS = [
    "Ontario,Quebec,2018,3\nQuebec,Astana,2018,4\nAlberta,Nur-Sultan,2018,5\nOntario,Alberta,2018,1\n",
    "Павлодарская,Казахстанская,2018,3\nАлматы,Павлодарская,2018,3\n",
    "Семипалатинская,Восточно-Казахстанская,1990,3\nВосточно-Казахстанская,Абай,1990,3\n",
    "Алматинская,KZ-75,2018,3\nKZ-75,Алматинская,2018,3\n",
]


@pytest.mark.parametrize("rows", OTHERS)
def test_nothing_else_is_joined(said, rows):
    code, places, err = flows(said, HEAD + rows)
    assert (code, "→" in err) == (0, False)
    assert places == {name for row in rows.split() for name in row.split(",")[:2]}


@pytest.mark.parametrize(("pack", "joined"), [(("--pack", "kazakhstan"), True), ((), False), (("--pack", "georgia"), False)])
def test_few_regions_among_other_places_are_joined_where_the_pack_is_named(said, pack, joined):
    assert ("Nur-Sultan → Astana" in flows(said, HEAD + OTHERS[0], "--lang", "en", *pack)[2]) is joined


def test_regions_of_another_pack(said):
    rows = "Adjara,Tbilisi,2018,3\nTbilisi,აჭარის ა.რ.,2018,4\nGE-TB,Guria,2018,5\n"
    assert "აჭარის ა.რ. → Adjara" in flows(said, HEAD + rows, "--pack", "georgia")[2]
    assert "→" not in flows(said, HEAD + rows)[2]


def test_segregation_and_factors_read_alike(said):
    rows = [("Астана", 10, 20), ("Павлодарская", 5, 7), ("KZ-35", 8, 3), ("Pavlodar", 1, 2)]
    text = "region,group,value\n" + "".join(f"{name},x,{a}\n{name},y,{b}\n" for name, a, b in rows)
    code, _, err = said(text, name="segregation")
    assert code == 1
    assert "Pavlodar → Павлодарская" in err
    assert said(text, "--keep", "region=Pavlodar", name="segregation")[0] == 0
    text = "origin,destination,value,dist\nАстана,Павлодарская,3,400\nПавлодарская,Нур-Султан,4,410\nKZ-35,Астана,5,200\n"
    assert "Нур-Султан → Астана" in said(text, "--log", "dist", name="factors")[2]
