"""Columns by further names: times, totals in a name, coordinates, one group twice, a title above blanks."""

import csv
import io

import pytest

CELLS = (("А", "А", 100, 90), ("А", "Б", 10, 20), ("Б", "А", 20, 25), ("Б", "Б", 200, 195))
STOCKS = "место рождения;место жительства;{time};число\n" + "".join(
    f"{a};{b};{year};{n}\n" for a, b, *both in CELLS for year, n in zip((2010, 2020), both, strict=True)
)
HEADER = "  Year          Age             Female            Male           Total\n"
MORTALITY = "Kazakhstan, Death rates (period 1x1) \tLast modified: 12 Jan 2024;  Methods Protocol: v6 (2017)\n\n" + HEADER + "".join(
    f"  2000        {age:>5}             {0.001 * (n + 1):.6f}            {0.002 * (n + 1):.6f}          {0.0015 * (n + 1):.6f}\n"
    for n, age in enumerate((*map(str, range(110)), "110+"))
)


@pytest.fixture
def read(command, tmp_path):
    """Exit code, rows and what is said of a file."""

    def call(text, *arguments):
        (tmp_path / "own.csv").write_text(text, encoding="utf-8")
        at = arguments.index("own.csv")
        code, out, err = command(tmp_path, *arguments[: at + 1], "--format", "csv", *arguments[at + 1 :])
        return code, list(csv.DictReader(io.StringIO(out))) if code == 0 else [], err

    return call


@pytest.mark.parametrize("time", ["время", "уақыт", "Год", "жыл", "кезең"])
def test_times_of_stocks(read, time):
    code, rows, err = read(STOCKS.format(time=time), "flows", "estimate", "own.csv")
    assert (code, {row["start"] for row in rows}) == (0, {"2010"}), err


def test_the_column_of_times_is_proposed(read):
    code, _, err = read(STOCKS.format(time="момент"), "flows", "estimate", "own.csv")
    assert (code, '--map "момент=time"' in err) == (1, True), err
    assert read(STOCKS.format(time="момент"), "flows", "estimate", "own.csv", "--map", "момент=time")[0] == 0


@pytest.mark.parametrize("header", ["прибыло всего,выбыло", "всего прибыло,выбыло всего", '"прибыло всего, чел.","выбыло, чел."', "total arrivals,departures (total)"])
def test_totals_in_names(read, header):
    code, rows, err = read(f"регион,{header}\nА,100,50\nБ,50,100\n", "indicators", "own.csv", "--totals")
    assert (code, next(row["value"] for row in rows if row["variant"] == "arrivals")) == (0, "150.0"), err


def test_a_column_by_its_bare_name_goes_before_one_of_a_total(read):
    code, rows, err = read("регион,прибыло,прибыло всего,выбыло\nА,10,100,5\nБ,5,50,10\n", "indicators", "own.csv", "--totals")
    assert (code, next(row["value"] for row in rows if row["variant"] == "arrivals")) == (0, "15.0"), err


GROUPS = "город,{x},{y},казахи,русские\nА,71,51,1000,500\nБ,76,43,2000,900\nВ,69,42,800,300\n"


@pytest.mark.parametrize(("x", "y"), [("x", "y"), ("X", "Y"), ("lon", "lat"), ("долгота", "широта"), ("бойлық", "ендік")])
def test_coordinates_are_no_groups(read, x, y):
    code, rows, err = read(GROUPS.format(x=x, y=y), "segregation", "own.csv", "--draws", "0")
    plain = read("город,казахи,русские\nА,1000,500\nБ,2000,900\nВ,800,300\n", "segregation", "own.csv", "--draws", "0")
    assert (code, rows) == (0, plain[1]), err
    assert f"{x}, {y}" in err
    assert read(GROUPS.format(x=x, y=y), "segregation", "own.csv", "--keep", f"group={x}", "--keep", f"group={y}")[1] != rows


def test_short_names_of_groups_stay(read):
    table = GROUPS.format(x="x", y="y").replace("казахи,русские", "a,b")
    assert "x, y, a, b" in read(table, "segregation", "own.csv", "--draws", "0")[2]


TWICE = 'регион,казахи,"казахи, тыс. чел.",русские\nА,6000,6,4000\nБ,7000,7,3000\nВ,2000,2,8000\n'


def test_one_group_twice_is_asked_about(read):
    code, _, err = read(TWICE, "segregation", "own.csv")
    assert (code, "--exclude 'group=казахи, тыс. чел.'" in err) == (1, True), err
    code, rows, err = read(TWICE, "segregation", "own.csv", "--draws", "0", "--exclude", "group=казахи, тыс. чел.")
    assert (code, float(rows[0]["value"])) == (0, pytest.approx(0.4)), err
    assert read(TWICE, "segregation", "own.csv", "--keep", "group=казахи", "--keep", "group=казахи, тыс. чел.")[0] == 0


def test_a_title_above_a_table_parted_by_blanks(read):
    code, rows, err = read(MORTALITY, "lifetable", "own.csv", "--sex", "female", "--map", "Female=value")
    assert code == 0, err
    assert (rows[0]["age_start"], float(rows[0]["mx"])) == ("0", pytest.approx(0.001))
