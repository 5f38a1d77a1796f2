"""A unit above one column of groups or places across multiplies that column alone."""


import pytest

GROUPS = "Регион;{0};{1};{2}\nА;383900;239100;2,1\nБ;731500;103300;0,8\nВ;1493100;270000;5,2\n"
PERSONS = "Регион;Казахи;Русские;Узбеки\nА;383900;239100;2100\nБ;731500;103300;800\nВ;1493100;270000;5200\n"


@pytest.mark.parametrize("headers", [("Казахи, чел.", "Русские, чел.", "Узбеки, тыс. чел."), ("Казахи", "Русские", "Узбеки (тыс.)"), ("Казахи", "Русские", "Узбеки, т. чел.")])
def test_a_unit_of_one_column_is_that_column_s(read, headers):
    code, rows, err = read(GROUPS.format(*headers), "segregation")
    assert (code, rows) == (0, read(PERSONS, "segregation")[1]), err
    assert f"multiplied by 1000, as the file says “{headers[2]}”" in err
    kept = read(GROUPS.format(*headers), "segregation", "--keep", f"group={headers[2]}")
    assert kept[:2] == (0, rows), kept[2]


def test_a_title_that_says_otherwise_is_asked_about(read):
    code, _, err = read("Население, тыс. человек;;;\n\n" + GROUPS.format("Казахи, чел.", "Русские, чел.", "Узбеки, тыс. чел."), "segregation")
    assert (code, "--multiplier" in err) == (1, True), err


def test_a_unit_of_one_destination(read):
    cells = "откуда\\куда;А;Б;В{}\nА;0;1000;{}\nБ;3000;0;{}\nВ;5000;6000;0\n"
    code, rows, err = read(cells.format(", тыс.", "2,1", "4,2").replace("\nВ;", "\nВ, тыс.;"), "flows components")
    assert code == 0, err
    assert [row["value"] for row in rows] == [row["value"] for row in read(cells.format("", 2100, 4200), "flows components")[1]]
