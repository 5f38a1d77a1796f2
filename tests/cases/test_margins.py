"""Margins of `flows balance` whose file has none of the columns of the table."""

import pytest

PATTERN = "origin,destination,value\nA,B,5\nB,A,6\nA,A,1\nB,B,2\n"


@pytest.fixture
def balanced(command, tmp_path):
    def call(margin, *arguments):
        (tmp_path / "pattern.csv").write_text(PATTERN, encoding="utf-8")
        (tmp_path / "margin.csv").write_text(margin, encoding="utf-8")
        code, _, err = command(tmp_path, "flows", "balance", "pattern.csv", "margin.csv", "--format", "csv", *arguments)
        return code, err

    return call


@pytest.mark.parametrize("margin", ["place,value\nA,10\nB,9\n", "x,value\nA,10\n"])
def test_the_columns_that_are_missing_are_named(balanced, margin):
    code, err = balanced(margin)
    assert code != 0
    assert "margin.csv has no column for any of origin, destination" in err
    assert "stands twice" not in err


def test_one_of_them_is_enough(balanced):
    assert balanced("place,value\nA,10\nB,9\n", "--map", "place=origin")[0] == 0


def test_several_rows_where_one_number_is_expected(command, tmp_path):
    (tmp_path / "births.csv").write_text("kind,value\na,5\nb,6\n", encoding="utf-8")
    counts = "age,time,population\n" + "".join(f"{a},{t},{100 - a}\n" for t in (2000, 2005) for a in range(0, 85, 5))
    (tmp_path / "counts.csv").write_text(counts, encoding="utf-8")
    rates = "age,value\n" + "".join(f"{a},0.01\n" for a in range(0, 85, 5))
    (tmp_path / "rates.csv").write_text(rates, encoding="utf-8")
    given = ("--rates", "rates.csv", "--births", "births.csv")
    _, _, err = command(tmp_path, "flows", "residual", "counts.csv", *given)
    assert "one number is expected, but there are 2 rows" in err
    assert "--where kind=a" in err
