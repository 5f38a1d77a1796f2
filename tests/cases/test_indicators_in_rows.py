"""Tables that say in a column, or above their columns, what each number counts; pivot tables with levels of columns.

What an error advises is run. The figures are simulated.
"""

import csv
import io
import re
import shlex

import pandas as pd
import pytest

import qonys

LONG = [("регион", "показатель", "значение")]
for region, arrived, left in (("Абай", 100, 150), ("Алматы", 300, 200), ("Шымкент", 100, 150)):
    LONG += [(region, "прибыло", arrived), (region, "выбыло", left), (region, "сальдо", arrived - left)]
MOVED = [
    (region, year, what, 100 + 10 * i + 5 * j + 3 * k)
    for i, region in enumerate(("Абай", "Алматы", "Шымкент"))
    for j, year in enumerate((2019, 2020))
    for k, what in enumerate(("прибыло", "выбыло"))
]
FLOWS = [
    (a, b, year, sex, 10 + i + 3 * j + 2 * k + m)
    for i, a in enumerate("ABC")
    for j, b in enumerate("ABC")
    for k, year in enumerate((2019, 2020))
    for m, sex in enumerate(("female", "male"))
    if a != b
]
SERIES = [("год", "показатель", "значение")]
for year in range(1995, 2021):
    SERIES += [
        (year, "прибыло", 100 + year % 7),
        (year, "выбыло", 90 + year % 5),
        (year, "сальдо", 10 + year % 7 - year % 5),
    ]


def text(rows):
    return "\n".join(",".join(map(str, row)) for row in rows)


def moved():
    return pd.DataFrame(MOVED, columns=["регион", "год", "показатель", "значение"])


def flows():
    return pd.DataFrame(FLOWS, columns=["origin", "destination", "year", "sex", "value"])


@pytest.fixture
def run(command, tmp_path):
    """Exit code, rows, notes of a command on tables written in a folder."""

    def call(line, **files):
        for name, content in files.items():
            if isinstance(content, pd.DataFrame):
                content.to_csv(tmp_path / f"{name}.csv")
                content.to_excel(tmp_path / f"{name}.xlsx")
            else:
                (tmp_path / f"{name}.csv").write_text(content, encoding="utf-8")
        code, out, err = command(tmp_path, *shlex.split(line), "--format", "csv", "--lang", "en")
        return code, list(csv.DictReader(io.StringIO(out))), err

    return call


def advised(err):
    """The options that an error advises first."""
    return re.search(r"Choose one: (--where .+?)(?:; or|\.$)", err.strip().splitlines()[-1])[1]


def totals(rows):
    return {(row["period"], row["variant"]): float(row["value"]) for row in rows if row["indicator"] == "moves"}


def test_arrivals_and_departures_under_one_another(run):
    code, rows, err = run("indicators own.csv --totals --draws 0", own=text(LONG))
    assert (code, totals(rows)) == (0, {("", "arrivals"): 500, ("", "departures"): 500}), err
    assert "“показатель” says what each number counts; taken as columns: прибыло, выбыло" in err
    assert "left out: сальдо (rows: 3)" in err
    chosen = run("indicators own.csv --totals --draws 0 --where 'показатель=прибыло|выбыло'")
    assert (chosen[0], chosen[1], "left out" in chosen[2]) == (0, rows, False)


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_units_beside_what_is_counted_are_obeyed(command, tmp_path, language):
    (tmp_path / "own.csv").write_text(
        text(LONG).replace("прибыло", '"прибыло, тыс. человек"').replace("выбыло", '"выбыло, тыс. человек"')
    )
    _, out, err = command(
        tmp_path, "indicators", "own.csv", "--totals", "--draws", "0", "--format", "csv", "--lang", language
    )
    assert totals(csv.DictReader(io.StringIO(out))) == {("", "arrivals"): 500_000, ("", "departures"): 500_000}, err


def test_a_number_twice_or_none_is_refused(run):
    code, _, err = run("indicators own.csv --totals", own=text([*LONG, ("Абай", "прибыло", 7)]))
    assert (code, "rows 2 and 11: регион=Абай, показатель=прибыло stands twice" in err) == (1, True)
    code, _, err = run(
        "indicators own.csv --totals", own=text([row for row in LONG if row[:2] != ("Алматы", "выбыло")])
    )
    assert code == 1
    assert "row 5" in err


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("levels", [["год", "показатель"], ["показатель", "год"]])
def test_a_pivot_table_of_arrivals_and_departures(run, kind, levels):
    table = moved().pivot_table(index="регион", columns=levels, values="значение")
    code, rows, err = run(f"indicators own.{kind} --totals --draws 0", own=table)
    expected = moved().groupby(["год", "показатель"])["значение"].sum()
    names = {"прибыло": "arrivals", "выбыло": "departures"}
    assert code == 0, err
    assert totals(rows) == {(str(year), names[what]): value for (year, what), value in expected.items()}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize(
    ("index", "levels"),
    [
        ("origin", ["year", "destination"]),
        ("origin", ["destination", "year"]),
        (["origin", "destination"], ["year", "sex"]),
    ],
)
def test_a_pivot_table_of_flows(run, kind, index, levels):
    table = flows().pivot_table(index=index, columns=levels, values="value", aggfunc="sum")
    code, rows, err = run(f"indicators own.{kind} --draws 0", own=table)
    assert code == 0, err
    assert totals(rows) == {(str(year), ""): value for year, value in flows().groupby("year")["value"].sum().items()}


def test_a_level_without_use_is_asked_about_and_the_advice_works(run):
    table = flows().pivot_table(index="origin", columns=["year", "destination"], values="value", aggfunc="sum")
    code, _, err = run("flows components own.csv", own=table)
    assert code == 1
    assert "own.csv, row 4: origin=A, destination=B stands twice; the column “year”" in err
    code, rows, err = run(f"flows components own.csv {advised(err)}")
    assert (code, float(rows[0]["value"])) == (0, flows().query("year == 2019")["value"].sum()), err


def test_one_place_in_two_columns_of_a_row(run):
    matrix = "origin,Астана,Нур-Султан,Павлодарская\nПавлодарская,1,2,\nАстана,,,3\n"
    code, _, err = run("flows components own.csv", own=matrix)
    assert code == 1
    assert "own.csv, row 2: origin=Павлодарская, destination=Астана stands in two columns of the row" in err


PATTERN = "origin,destination,value\nАбай,Алматы,10\nАлматы,Абай,12\nАлматы,Шымкент,5\nШымкент,Алматы,6\nАбай,Шымкент,5\nШымкент,Абай,6\n"


@pytest.mark.parametrize(
    ("line", "files", "value"),
    [
        ("breaks series.csv", {"series": text(SERIES)}, "прибыло"),
        ("flows balance pattern.csv --net net.csv", {"pattern": PATTERN, "net": text(LONG)}, "сальдо"),
        ("flows balance pattern.csv out.csv in.csv", {
            "pattern": PATTERN,
            "out": text(LONG).replace("регион", "откуда").replace("показатель", "что"),
            "in": "destination,value\nАбай,150\nАлматы,200\nШымкент,150\n",
        }, "выбыло"),
        ("flows balance pattern.csv in.csv out.csv", {
            "pattern": PATTERN, "in": text(LONG).replace("регион", "куда"), "out": "origin,value\nАбай,180\nАлматы,150\nШымкент,170\n",
        }, "прибыло"),
        ("indicators pattern.csv --draws 0 --population people.csv", {
            "pattern": PATTERN,
            "people": "регион,показатель,population\n" + "".join(f"{place},{what},{n}\n" for place in ("Абай", "Алматы", "Шымкент")
                                                               for what, n in (("прибыло", 100), ("население", 5000))),
        }, "население"),
    ],
)  # fmt: skip
def test_the_advised_value_is_the_one_that_is_counted(run, line, files, value):
    code, _, err = run(line, **files)
    assert (code, f"={value}" in advised(err)) == (1, True), err
    code, _, err = run(f"{line} {advised(err)}")
    assert code == 0, err


def test_files_in_python(tmp_path):
    table = flows().pivot_table(index="origin", columns=["year", "destination"], values="value", aggfunc="sum")
    table.to_csv(tmp_path / "own.csv")
    with pytest.warns(UserWarning, match="the table is wide"):
        found = qonys.migration_indicators(tmp_path / "own.csv", draws=0).frame
    assert set(found["period"]) == {2019, 2020}
