"""Names of regions by date in an added file: former names, abolished regions, near misses, and boundaries that fit."""

import re

import pytest

from qonys.catalog import open_pack
from qonys.catalog.reading.labels.names import region_names
from qonys.cli import main

ADDED = ("--as", "population_regional", "--source-title", "T", "--status", "official", "--dry-run")
HEAD = "region;year;sex;area;value\n"
ABOLISHED = {
    "Семипалатинская": "KZ-63", "Semipalatinsk": "KZ-63", "Семей облысы": "KZ-63", "Семипалатинская обл.": "KZ-63",
    "Джезказганская область": "KZ-35", "Жезказганская": "KZ-35", "Жезқазған облысы": "KZ-35", "Dzhezkazgan": "KZ-35",
    "Талды-Курганская": "KZ-19", "Талдыкорганская область": "KZ-19", "Taldy-Kurgan Region": "KZ-19",
    "Кокчетавская": "KZ-59 KZ-11", "Көкшетау облысы": "KZ-59 KZ-11", "Kokchetav": "KZ-59 KZ-11",
    "Тургайская": "KZ-39 KZ-11", "Торғай облысы": "KZ-39 KZ-11", "Turgay": "KZ-39 KZ-11",
}  # fmt: skip
RENAMED = [
    ("Гурьевская", 1992, "KZ-23"), ("Guryev Region", 1992, "KZ-23"), ("Целиноградская область", 1992, "KZ-11"),
    ("Чимкентская", 1992, "KZ-61"), ("Уральская обл.", 1992, "KZ-27"), ("Алма-Атинская", 1992, "KZ-19"),
    ("Джамбулская", 1993, "KZ-31"), ("Джамбульская область", 1993, "KZ-31"), ("Кзыл-Ординская", 1997, "KZ-43"),
    ("Кустанайская", 1997, "KZ-39"), ("Мангышлакская", 1988, "KZ-47"), ("Mangyshlak", 1988, "KZ-47"),
    ("Гурьев облысы", 1992, "KZ-23"), ("Орал облысы", 1992, "KZ-27"), ("Шымкент облысы", 1992, "KZ-61"),
]  # fmt: skip
NEAR = [
    "Казахстанская", "Казахстанская область", "Центрально-Казахстанская", "Юго-Казахстанская", "Kazakhstan Region",
    "Қазақстан облысы", "область", "инская", "Московская", "Кустовская", "Region", "Ташкентская область", "Семиреченская",
]  # fmt: skip


@pytest.fixture(scope="module")
def names():
    return region_names(open_pack("kazakhstan"))


@pytest.fixture
def added(tmp_path, monkeypatch, capsys):
    """What `catalog add` prints for rows of region and year, and its exit code."""
    monkeypatch.setenv("QONYS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))

    def call(rows, *arguments):
        text = HEAD + "".join(f"{region};{year};both;total;{5 + n}\n" for n, (region, year) in enumerate(rows))
        (tmp_path / "own.csv").write_text(text, encoding="utf-8")
        code = main([*arguments[:2], "catalog", "add", str(tmp_path / "own.csv"), *ADDED, *arguments[2:]])
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return call


@pytest.mark.parametrize("name", ABOLISHED)
def test_a_region_that_was_abolished_is_named_with_those_that_hold_it(names, name):
    assert names.code(name) is None
    assert names.former_code(name, 1989) is None
    found = names.abolished(name)
    assert (" ".join(found.regions), found.until) == (ABOLISHED[name], 1997)


@pytest.mark.parametrize(("name", "year", "code"), RENAMED)
def test_a_renamed_region_is_known_up_to_the_last_year_of_its_name(names, name, year, code):
    assert (names.former_code(name, year), names.former_code(name, year + 1)) == (code, None)
    assert names.suggestion(name).endswith(f"({code})")


@pytest.mark.parametrize("name", NEAR)
def test_no_region_is_offered_for_what_it_shares_with_others(names, name):
    assert (names.suggestion(name), names.abolished(name)) == ("", None)


def test_a_slip_in_what_only_one_region_has_is_offered(names):
    slips = {"Жетысу": "KZ-33", "Мангыстауская": "KZ-47", "Карагандынская": "KZ-35", "Pavlodarr": "KZ-55", "Казакстан": "KZ"}
    assert {name: names.suggestion(name).rpartition("(")[2] for name in slips} == {k: f"{v})" for k, v in slips.items()}
    assert names.suggestion("Алматы").count("KZ-") == 2


def test_a_former_name_displaces_none_of_today(names):
    assert (names.region_of("Шымкент", 1990), names.region_of("г. Шымкент")) == ("KZ-79", "KZ-79")
    assert (names.region_of("Шымкент облысы", 1990), names.region_of("Шымкент облысы", 2020)) == ("KZ-61", None)


def test_every_dated_name_has_a_source_and_a_region():
    pack = open_pack("kazakhstan")
    rows = pack.other_names()
    assert set(rows["source"]) <= set(pack.sources()["id"])
    assert set(rows["region"]) <= set(pack.regions()["region"])
    assert set(rows["part"].drop_nulls()) <= {"", "whole", "part"}


@pytest.mark.parametrize(("language", "said"), [("en", "own until 1997"), ("ru", "до 1997 года"), ("kk", "1997 жылға дейін")])
def test_an_abolished_region_is_refused_and_can_be_left_out(added, language, said):
    rows = [("Семипалатинская", 1990), ("Павлодарская", 1990)]
    code, text = added(rows, "--lang", language)
    assert (code, said in text, "(KZ-63)" in text) == (1, True, True)
    advised = re.search("--exclude '([^']+)'", text)[1]
    assert added(rows, "--lang", language, "--exclude", advised)[0] == 0


def test_a_name_that_came_later_than_its_row_is_said(added):
    code, text = added([("Нур-Султан", 2010), ("Нур-Султан", 2012)], "--lang", "en")
    assert (code, "the name since 2019; rows of 2010–2012 with it are taken as город Астана (KZ-71)" in text) == (0, True)
    assert "the name since" not in added([("Нур-Султан", 2020)], "--lang", "en")[1]


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
@pytest.mark.parametrize(
    "rows",
    [
        [("KZ-79", 2015), ("KZ-61", 2015)],
        [("KZ-10", 2019), ("KZ-79", 2019), ("KZ-63", 2023)],
        [("KZ-63", 1990)],
    ],
)
def test_advised_boundaries_can_be_set(added, rows, language):
    text = added(rows, "--lang", language)[1]
    advised = re.search(r"--set (vintage=\w+)", text)[1]
    code, text = added(rows, "--lang", language, "--set", advised)
    assert (code, "--set" in text) == (0, False)


def test_boundaries_are_advised_only_where_they_hold(added):
    assert "1990" not in added([("Павлодарская", 1990)], "--lang", "en")[1]
    assert "vintage=" not in added([("KZ-63", 1999)], "--lang", "en")[1]
    code, text = added([("KZ-63", 1999)], "--lang", "en", "--set", "vintage=2017")
    assert (code, "pre2018, 2018, 2022" in text) == (1, True)
