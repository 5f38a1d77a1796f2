"""Shares and percentages where persons are expected, and columns beside the groups, in `segregation`; all made up."""

import csv
import io
import warnings

import polars as pl
import pytest

import qonys

ROWS = "R1;62;20\nR2;70;15\nR3;80;11\n"
LONG = "R1;a;62{0}\nR1;b;20{0}\nR2;a;70{0}\nR2;b;15{0}\n"
NO_PERSONS = "are shares per 100, as “{}” says, not persons"


@pytest.fixture
def groups(command, tmp_path):
    """People of each group that `segregation` reads, whether there is an interval, and what was said."""

    def call(text, *arguments):
        (tmp_path / "own.csv").write_text(text, encoding="utf-8")
        given = ("segregation", "own.csv", "--kind", "groups", "--draws", "10", "--format", "csv")
        code, out, err = command(tmp_path, *given, *arguments)
        rows = list(csv.DictReader(io.StringIO(out))) if code == 0 else []
        return {row["group"]: float(row["people"]) for row in rows}, any(row["low"] for row in rows), err

    return call


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Национальный состав, %;;\nregion;казахи;русские\n" + ROWS, "Национальный состав, %"),
        ("Доля этносов в населении;;\nregion;казахи;русские\n" + ROWS, "Доля этносов в населении"),
        ("region;казахи, %;русские, %\n" + ROWS, "казахи, %"),
        ("region;в процентах;\n;казахи;русские\n" + ROWS, "в процентах"),
        ("region;group;value, %\n" + LONG.format(""), "value, %"),
        ("region;group;value;unit\n" + LONG.format(";пайыз"), "пайыз"),
        ("region;group;value;indicator\n" + LONG.format(";share"), "share"),
        ("region;казахи;русские;Всего\n" + ROWS.replace("\n", ";100\n"), "Всего, %: 100"),
        ("region;казахи;русские;Total\n" + ROWS.replace("\n", ";100,0\n"), "Total, %: 100"),
    ],
)
def test_shares_are_no_persons(groups, text, said):
    _, interval, err = groups(text)
    assert NO_PERSONS.format(said) in err
    assert not interval
    assert groups(text, "--multiplier", "1")[1]


def test_titles_that_speak_of_something_else(groups):
    counts = "Численность и доля, %;;\nregion;казахи;русские\nR1;6200;2000\nR2;7000;1500\n"
    found, interval, err = groups(counts)
    assert found == {"казахи": 13200, "русские": 3500}
    assert interval
    assert "not persons" not in err


def test_whole_percentages_without_a_word_are_asked_about(groups):
    found, _, err = groups("region;казахи;русские\n" + ROWS)
    assert not found
    assert "each place has 82 to 91 persons, so these may be percentages" in err
    assert "--multiplier 1" in err
    found, interval, err = groups("region;казахи;русские\n" + ROWS, "--multiplier", "1")
    assert interval
    assert "may be percentages" not in err
    assert found == {"казахи": 212, "русские": 46}
    assert "may be percentages" not in groups("region;казахи;русские\n" + ROWS, "--draws", "0")[2]
    assert "may be percentages" not in groups("region;казахи;русские\nR1;6;2\nR2;7;15\nR3;80;11\n")[2]


@pytest.mark.parametrize("total", [False, True])
def test_the_same_in_python(total):
    rows = [(region, group, size) for region, *sizes in (("A", 62, 20), ("B", 70, 15), ("C", 80, 11)) for group, size in zip("xy", sizes, strict=True)]
    rows += [(region, "Total", 100) for region in "ABC"] if total else []
    frame = pl.DataFrame(rows, schema=["region", "group", "value"], orient="row")
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        found = qonys.segregation(frame, draws=10).frame
    said = " ".join(str(one.message) for one in heard)
    assert ("are shares per 100, as “Total, %: 100” says" if total else "draws=0") in said
    assert "--" not in said
    assert (found["low"].null_count() == found.height) == total


WIDE = "region;{};казахи;русские\nR1;{};500;400\nR2;{};700;100\nR3;{};600;300\nR4;{};610;320\n"
READ = {"казахи": 2410, "русские": 1120}


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("area_km2", (1200, 2200, 3200, 4200)), ("Площадь, кв. км", (1200.5, 2200.5, 3200.1, 4200.5)), ("аумағы, км²", (5, 6, 7, 8)),
        ("id", (11, 12, 13, 14)), ("region code", (110000, 190000, 230000, 270000)), ("Код КАТО", (11, 19, 23, 27)),
        ("lat", (43.2, 44.1, 45.0, 46.7)), ("долгота", (76, 77, 78, 79)), ("ендік", (43, 44, 45, 46)),
        ("Population density", (12, 10, 11, 14)), ("Плотность населения", (12, 10, 11, 14)), ("халық тығыздығы", (12, 10, 11, 14)),
        ("русские, %", ("40,0", "13", "33", "34")),
    ],
)  # fmt: skip
def test_columns_that_count_nobody_are_left_out(groups, header, cells):
    found, _, err = groups(WIDE.format(header, *cells))
    assert found == READ
    assert f"count nobody were left out: {header}" in err
    assert header in groups(WIDE.format(header, *(10, 20, 30, 40)), "--keep", f"group={header}")[0]


@pytest.mark.parametrize("cells", [(12.5, 10.2, 11.1, 14.3), (2021, 2021, 2021, 2021), (1, 2, 3, 4), (0, 1, 2, 3)])
def test_columns_of_numbers_of_another_kind_are_asked_about(groups, cells):
    text = WIDE.format("z", *cells)
    found, _, err = groups(text)
    assert not found
    assert "--exclude 'group=z'; if each is a group: --keep 'group=z'" in err
    assert groups(text, "--exclude", "group=z")[0] == READ
    assert "z" in groups(text, "--keep", "group=z")[0]


@pytest.mark.parametrize("header", ["Urban area", "узбеки", "Алатау ауданы", "code switchers"])
def test_groups_that_are_called_like_them_stay(groups, header):
    assert set(groups(WIDE.format(header, 10, 25, 31, 44))[0]) >= {"казахи", "русские"} | ({header} - {"code switchers"})


def test_an_area_beside_a_matrix_is_no_destination(command, tmp_path):
    (tmp_path / "flows.csv").write_text("origin,A,B,area_km2\nA,,100,5000\nB,80,,7000\n", encoding="utf-8")
    code, out, err = command(tmp_path, "flows", "components", "flows.csv", "--format", "csv")
    assert code == 0, err
    assert next(float(row["value"]) for row in csv.DictReader(io.StringIO(out)) if row["component"] == "total") == 180
    assert "count nobody were left out: area_km2" in err


PARTS = [
    ("region;казахи;русские;из них;;узбеки\n;;;православные;прочие;\n", "из них православные, из них прочие"),
    ("region;казахи;русские;of which:;;узбеки\n;;;православные;прочие;\n", "of which: православные, of which: прочие"),
    ("region;казахи;русские;оның ішінде;;узбеки\n;;;православные;прочие;\n", "оның ішінде православные"),
    ("region;казахи;русские;из общего числа русских;;узбеки\n;;;православные;прочие;\n", "из общего числа русских прочие"),
    ("region;казахи;русские;в т.ч. православные;из них прочие;узбеки\n", "в т.ч. православные, из них прочие"),
]
PEOPLE = "R1;500;400;300;100;100\nR2;700;100;50;50;100\n"


@pytest.mark.parametrize(("header", "said"), PARTS)
def test_parts_of_a_column_are_not_counted_again(groups, header, said):
    found, _, err = groups(header + PEOPLE)
    assert found == {"казахи": 1200, "русские": 500, "узбеки": 200}
    assert "left out, so that nobody is counted twice" in err
    assert said in err
    assert "--exclude 'group=русские'" in err
    found, _, _ = groups(header + PEOPLE, "--exclude", "group=русские")
    assert found == {"казахи": 1200, "православные": 350, "прочие": 150, "узбеки": 200}


def test_parts_under_the_name_of_the_whole(groups):
    two = "region;казахи;;русские;\n;всего;из них горожане;всего;из них горожане\nR1;500;300;400;200\nR2;700;100;100;50\n"
    assert groups(two)[0] == {"казахи": 1200, "русские": 500}
    named = "region;казахи;русские, из них:;;узбеки\n;;православные;прочие;\nR1;500;300;100;100\nR2;700;50;50;100\n"
    assert groups(named)[0] == {"казахи": 1200, "русские православные": 350, "русские прочие": 150, "узбеки": 200}


@pytest.mark.parametrize("whole", ["Всего", "Население, чел.", "Жители"])
def test_parts_of_a_total_are_the_groups(groups, whole):
    text = f"region;{whole};в том числе;;\n;;казахи;русские;узбеки\nR1;1000;500;400;100\nR2;900;700;100;100\n"
    assert groups(text)[0] == {"казахи": 1200, "русские": 500, "узбеки": 200}


def test_a_label_that_says_whose_part_it_is(groups):
    rows = "region;group;value\nR1;казахи;500\nR1;русские;400\nR1;русские, в том числе православные;300\nR2;казахи;700\nR2;русские;100\n"
    found, _, err = groups(rows)
    assert found == {"казахи": 1200, "русские": 500}
    assert "parts of other rows, left out: русские, в том числе православные" in err
    alone = rows.replace(";русские;", ";узбеки;")
    assert groups(alone)[0]["русские, в том числе православные"] == 300
