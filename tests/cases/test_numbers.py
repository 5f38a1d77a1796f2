"""Thousands, signs and units as files write them, and what a person says, in every command that reads a file.

The files in `numbers` are made up; the tables written here are other shapes of the same kinds.
"""

import csv
import io
import json
import math
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from qonys.catalog import open_pack
from qonys.catalog.reading.long_tables import read_long
from qonys.catalog.reading.wanted import Wanted
from qonys.catalog.user_tables import user_frame
from qonys.errors import BadInput

FILES = Path(__file__).with_name("numbers")
ADD = ("--as", "population_regional", "--source-title", "T", "--status", "official")
MATRIX = "origin;destination;value\nA;B;{}\nB;A;{}\n"
GROUPS = "region;group;value\nR1;x;{}\nR1;y;{}\nR2;x;{}\nR2;y;{}\n"


@pytest.fixture
def add(command):
    """Add a file to the regional population: the values stored, or the refusal, and what was said."""

    def call(folder, *arguments):
        code, out, err = command(folder, "catalog", "add", *arguments, *ADD)
        frame = user_frame(open_pack("kazakhstan"), "population_regional") if code == 0 else None
        return (out + err if frame is None else frame), err

    return call


@pytest.fixture
def total(command, tmp_path):
    """Moves of a file that `flows components` counts, or None where it refuses; and what was said."""

    def call(text, *arguments, name="flows.csv"):
        if isinstance(text, str):
            (tmp_path / name).write_text(text, encoding="utf-8")
        else:
            text(tmp_path / name)
        code, out, err = command(tmp_path, "flows", "components", name, "--format", "csv", *arguments)
        rows = list(csv.DictReader(io.StringIO(out))) if code == 0 else []
        return next((float(row["value"]) for row in rows if row["component"] == "total"), None), err

    return call


@pytest.mark.parametrize(
    ("arguments", "values", "said"),
    [
        (("sdmx-unit-mult.csv", "--set", "area=total"), [1983500, 1378500], "UNIT_MULT=3"),
        (("header-thousands.csv", "--map", "Население, тыс. человек=value"), [1983500, 1378500], "тыс. человек"),
        (("point-thousands.csv", "--decimal", ","), [983500, 378500], ""),
        (("point-thousands.csv", "--thousands", "."), [983500, 378500], ""),
        (("point-thousands.csv", "--decimal", "."), [983.5, 378.5], ""),
        (("point-thousands.csv", "--decimal", ".", "--multiplier", "1000"), [983500, 378500], ""),
        (("sdmx-unit-mult.csv", "--set", "area=total", "--multiplier", "1"), [1983.5, 1378.5], ""),
    ],
)
def test_what_is_added(add, arguments, values, said):
    frame, err = add(FILES, *arguments)
    assert frame["value"].to_list() == values
    assert set(frame["unit"]) == {"persons"}
    assert said in err
    assert said or not err


def test_a_point_before_three_figures_is_asked_about(add):
    text, _ = add(FILES, "point-thousands.csv")
    assert "“983.500” may be a thousand or a fraction. Say --decimal . for a fraction, --decimal , for thousands" in text


def test_rates_with_a_comma_are_no_thousands(command):
    code, out, _ = command(FILES, "schedule", "fit", "comma-three-decimals.csv", "--format", "csv")
    found = {row["parameter"]: float(row["value"]) for row in csv.DictReader(io.StringIO(out))}
    assert code == 0
    assert math.isclose(found["a1"], 0.0209, rel_tol=0.01)
    code, out, _ = command(FILES, "indicators", "comma-three-decimals-flows.csv", "--draws", "0", "--format", "csv")
    moves = next(row["value"] for row in csv.DictReader(io.StringIO(out)) if row["indicator"] == "moves")
    assert math.isclose(float(moves), 1.925)


SIGNS = [
    (("1,234", "2,345"), (), None),
    (("1.234", "2.345"), (), None),
    (("1,234", "2,345"), ("--decimal", ","), 3.579),
    (("1,234", "2,345"), ("--thousands", ","), 3579),
    (("1.234", "2.345"), ("--thousands", "."), 3579),
    (("1.234", "2.345"), ("--thousands", "none"), 3.579),
    (("1,234", "2,345"), ("--thousands", "space"), 3.579),
    (("1,234", "2,5"), (), 3.734),
    (("1.234", "2,5"), (), 1236.5),
    (("1.234.567", "1.000"), (), 1235567),
    (("0,234", "2,345"), (), 2.579),
    (("0.234", "2.345"), (), 2.579),
    (("1'234,5", "2'000"), (), 3234.5),
    (("1 234,567", "2\u00a0000"), (), 3234.567),
    (("12,5", "0.5"), (), None),
    (("0,5", "1,5"), ("--decimal", "."), None),
    (("1983,500", "1"), (), 1984.5),
]


@pytest.mark.parametrize(("cells", "said", "moves"), SIGNS)
def test_signs_of_numbers(total, cells, said, moves):
    found, err = total(MATRIX.format(*cells), *said)
    assert found == (None if moves is None else pytest.approx(moves, rel=1e-12))
    assert moves is not None or "--decimal" in err


ASKED = [
    ("flows estimate", "birthplace;residence;time;value\nA;A;2000;1,234\nA;B;2000;2,345\nA;A;2010;1,200\nA;B;2010;2,379\n"),
    ("flows split", "birthplace;residence;time;value\nA;A;2000;1.234\nA;B;2000;2.345\nA;A;2010;1.200\nA;B;2010;2.379\n"),
    ("indicators", MATRIX.format("1,234", "2,345")),
    ("schedule fit", "age_start;value\n" + "".join(f"{age};1.{age:03}\n" for age in range(60))),
    ("factors --log dist", "origin;destination;value;dist\nA;B;1,234;100\nB;A;2,345;200\n"),
    ("segregation", GROUPS.format("1.234", "2.345", "3.456", "4.567")),
    ("breaks", "time;value\n" + "".join(f"{year};1,{year - 1900}\n" for year in range(2000, 2030))),
    ("flows residual", "time;age_start;population\n2000;0;1,234\n2000;5;2,345\n2005;0;3,456\n2005;5;4,567\n"),
]


@pytest.mark.parametrize(("name", "text"), ASKED)
@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_every_command_asks_alike(command, tmp_path, name, text, language):
    (tmp_path / "own.csv").write_text(text, encoding="utf-8")
    head, *rest = name.split(" --")
    options = [part for item in rest for part in f"--{item}".split(" ")]
    code, _, err = command(tmp_path, *head.split(" "), "own.csv", *options, "--lang", language)
    assert code == 1
    assert "--decimal ," in err
    assert "--decimal ." in err


def workbook(path, *rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)


HEAD = ("origin", "destination", "value")


def jsonstat(path, **unit):
    cells = {"origin": ["A", "B"], "destination": ["B", "A"], "content": ["N"]}
    dimension = {name: {"category": {"index": codes}} for name, codes in cells.items()}
    dimension["content"]["category"]["unit"] = {"N": unit}
    document = {
        "version": "2.0", "class": "dataset", "label": "Flows", "id": list(cells), "size": [2, 2, 1],
        "dimension": dimension, "value": [1.234, None, None, 2.345],
    }  # fmt: skip
    path.write_text(json.dumps(document), encoding="utf-8")


UNITS = [
    ("origin;destination;тыс. человек\nA;B;1,5\nB;A;2,3\n", ("--map", "тыс. человек=value"), 3800),
    ("origin;destination;мың адам\nA;B;1,5\nB;A;2,3\n", ("--map", "мың адам=value"), 3800),
    ("origin;destination;flow (thousands)\nA;B;1.5\nB;A;2.3\n", ("--map", "flow (thousands)=value"), 3800),
    ("origin;destination;moves, '000\nA;B;1.5\nB;A;2.3\n", ("--map", "moves, '000=value"), 3800),
    ("origin;destination;moves, mln\nA;B;1.5\nB;A;2.3\n", ("--map", "moves, mln=value"), 3800000),
    ("origin;destination;На 1000 человек\nA;B;1,5\nB;A;2,3\n", ("--map", "На 1000 человек=value"), 3.8),
    ("origin;destination;per 1,000\nA;B;1.5\nB;A;2.3\n", ("--map", "per 1,000=value"), 3.8),
    ("origin;destination;мың адамға шаққанда\nA;B;1,5\nB;A;2,3\n", ("--map", "мың адамға шаққанда=value"), 3.8),
    ("origin;destination;moves, ‰\nA;B;1.5\nB;A;2.3\n", ("--map", "moves, ‰=value"), 3.8),
    ("Миграция на 1 января 2019 г., тыс. человек;;\norigin;destination;value\nA;B;1,5\nB;A;2,3\n", (), 3800),
    ("Көші-қон, мың адам;;\norigin;destination;value\nA;B;1,5\nB;A;2,3\n", (), 3800),
    ("Миграция городов свыше 100 тыс. человек;;\norigin;destination;value\nA;B;1,5\nB;A;2,3\n", (), 3.8),
    ("origin;destination;value\nA;B;1,5\nB;A;2,3\n\nЕдиница измерения: тыс. человек\n", (), 3800),
    ("origin;destination;value\nA;B;1,5\nB;A;2,3\n\nWithout a thousand soldiers.\n", (), 3.8),
    ("origin;A;B\nA;0;1,5\nB;2,3;0\n", (), 3.8),
    ("Миграция, тыс. человек;;\norigin;A;B\nA;0;1,5\nB;2,3;0\n", (), 3800),
    ("origin,destination,value,SCALAR_FACTOR\nA,B,1.5,thousands\nB,A,2.3,units\n", (), 1502.3),
    ("origin,destination,value,UNIT_MULT\nA,B,1.5,3: Thousands\nB,A,2.3,6\n", (), 2301500),
    ("origin,destination,value,PowerCode Code\nA,B,1.5,3\nB,A,2.3,3\n", (), 3800),
    ("origin;destination;value;unit\nA;B;1,5;тыс. человек\nB;A;2300;человек\n", (), 3800),
    ("origin;destination;value;unit\nA;B;1,5;THS_PER\nB;A;2,3;THS_PER\n", (), 3800),
    ("origin;destination;value;unit;UNIT_MULT\nA;B;1,5;PS;3\nB;A;2,3;PS;3\n", (), 3800),
    ("origin;destination;value;indicator\nA;B;1,5;Прибыло, тыс.\nB;A;2,3;Прибыло, тыс.\n", (), 3800),
    ("origin;destination;value;UNIT_MULT\nA;B;1,5;3\nB;A;2,3;3\n", ("--multiplier", "1"), 3.8),
    ("origin;destination;value;unit\nA;B;1,5;на 1000 человек\nB;A;2,3;на 1000 человек\n", (), 3.8),
    ("origin;destination;тыс. человек;unit\nA;B;1,5;человек\nB;A;2,3;человек\n", ("--map", "тыс. человек=value"), None),
    ("origin;destination;тыс. человек;UNIT_MULT\nA;B;1,5;0\nB;A;2,3;0\n", ("--map", "тыс. человек=value"), None),
    ("origin;destination;value;UNIT_MULT\nA;B;1,5;x\nB;A;2,3;3\n", (), None),
    ("origin;destination;1000 человек\nA;B;1,5\nB;A;2,3\n", ("--map", "1000 человек=value"), None),
    ("origin;destination;value;unit\nA;B;1,5;тыс. человек\nB;A;2300;млн тенге\n", (), None),
    (lambda path: workbook(path, ("Thousand persons",), (), HEAD, ("A", "B", 1.234), ("B", "A", 2.345)), (), 3579),
    (lambda path: workbook(path, HEAD, ("A", "B", 1.234), ("B", "A", 2.345)), (), 3.579),
    (lambda path: workbook(path, HEAD, ("A", "B", "1.234"), ("B", "A", "2.345")), (), None),
    (lambda path: jsonstat(path, base="persons", multiplier=3), (), 3579),
    (lambda path: jsonstat(path, label="thousand persons"), (), 3579),
    (lambda path: jsonstat(path, base="persons"), (), 3.579),
    (lambda path: pl.DataFrame({"from": ["A", "B"], "to": ["B", "A"], "n": [1.234, 2.345]}).write_parquet(path), (), 3.579),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said", "moves"), UNITS)
def test_thousands_and_rates(total, text, said, moves):
    found, err = total(text, *said)
    assert found == (None if moves is None else pytest.approx(moves, rel=1e-12))
    if moves is None:
        assert "--multiplier" in err or "--decimal" in err or "--where" in err
    else:
        assert ("multiplied" in err) == (moves > 100)


THOUSANDS = [
    ("segregation", "region;group;тыс. человек\nR1;x;1,5\nR1;y;2,5\nR2;x;3,5\nR2;y;0,5\n", "тыс. человек=value"),
    ("breaks", "year;thousand persons\n" + "".join(f"{year};{year % 7}.5\n" for year in range(1990, 2020)), "thousand persons=value"),
    ("schedule fit", "age_start;мың адам\n" + "".join(f"{age};{90 - age},5\n" for age in range(80)), "мың адам=value"),
    ("flows estimate", "birthplace;residence;time;'000\nA;A;2000;5.5\nA;B;2000;2.5\nB;A;2000;1\nB;B;2000;9\nA;A;2010;4.5\nA;B;2010;3.5\nB;A;2010;1\nB;B;2010;9\n", "'000=value"),
    ("indicators --draws 0", "origin;destination;mln\nA;B;1.5\nB;A;2.5\n", "mln=value"),
    ("factors --log dist", "origin;destination;тыс.;dist\n" + "".join(f"{o};{d};{len(o + d) + i},5;{i + 1}00\n" for i, (o, d) in enumerate((a, b) for a in "ABC" for b in "ABC" if a != b)), "тыс.=value"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "mapping"), THOUSANDS)
def test_every_command_says_that_it_multiplies(command, tmp_path, name, text, mapping):
    (tmp_path / "own.csv").write_text(text, encoding="utf-8")
    head, _, rest = name.partition(" --")
    options = f"--{rest}".split(" ") if rest else []
    _, _, err = command(tmp_path, *head.split(" "), "own.csv", *options, "--map", mapping)
    assert "were multiplied by 1000" in err


@pytest.mark.parametrize(
    ("text", "said", "values"),
    [
        ("region,year,sex,area,value,unit\nKZ-61,2019,both,total,1.5,тыс. человек\n", (), [1500]),
        ("region,year,sex,area,value,unit\nKZ-61,2019,both,total,1.5,Thousands\n", (), [1500]),
        ("region;year;sex;area;мың адам\nKZ-61;2019;both;total;2,3\n", ("--map", "мың адам=value"), [2300]),
        ("Население, тыс. чел.;;;;\nregion;year;sex;area;value\nKZ-61;2019;both;total;2,3\n", (), [2300]),
        ("region;year;sex;area;value\nKZ-61;2019;both;total;..\nKZ-63;2019;both;total;7\n", ("--na", "value=.."), [7]),
        ("region;year;sex;area;value\nKZ-61;2019;both;total;\nKZ-63;2019;both;total;7\n", ("--na", "value="), [7]),
        ("region;year;sex;area;тыс.\nKZ-61;2019;both;total;2,3\n", ("--map", "тыс.=value", "--set", "unit=persons"), None),
        ("region;year;sex;area;value\nKZ-61;2019;both;total;1e30\n", (), None),
        ("region;year;sex;area;value\nKZ-61;2019;both;total;1,234\n", (), None),
        ("region;year;sex;area;value\nKZ-61;2019;both;total;0,234\n", ("--thousands", ","), None),
    ],
)
def test_other_files_that_are_added(add, tmp_path, text, said, values):
    (tmp_path / "own.csv").write_text(text, encoding="utf-8")
    found, _ = add(tmp_path, "own.csv", *said)
    assert isinstance(found, str) == (values is None)
    assert values is None or found["value"].to_list() == values


HUGE = [
    ("flows components", MATRIX.format("1e30", "1")),
    ("indicators", MATRIX.format("30000000000", "1")),
    ("segregation", GROUPS.format(1, 2, "1e11", 4)),
    ("breaks", "time;value\n2000;1e200\n2001;2\n"),
    ("flows residual", "time;age_start;population\n2000;0;1\n2000;5;-2\n2005;0;3\n2005;5;4\n"),
    ("schedule fit", "age_start;value\n0;1e300\n1;2\n"),
]


@pytest.mark.parametrize(("name", "text"), HUGE)
def test_impossible_magnitudes_are_refused(command, tmp_path, name, text):
    (tmp_path / "own.csv").write_text(text, encoding="utf-8")
    code, _, err = command(tmp_path, *name.split(" "), "own.csv")
    assert code == 1
    assert "is impossible; expected" in err


def test_a_constant_goes_before_a_column(add):
    frame, err = add(FILES, "set-against-column.csv", "--set", "area=urban")
    assert frame["area"].to_list() == ["urban"]
    assert "area=urban in all rows, as you said; the column “area” (total) is not read" in err
    assert err.count("as you said") == 1


def test_a_label_beside_its_code_is_no_data(add):
    frame, _ = add(FILES, "sdmx-labels-name.csv", "--set", "area=total")
    assert frame.select("area", "sex", "value").rows() == [("total", "both", 1983500.0)]


SAID = [
    ("region,year,sex,area,value,status\nKZ-61,2019,both,total,5,estimate\n", (), "status", ["official"], "status=official"),
    ("region,year,sex,area,value,source\nKZ-61,2019,both,total,5,un\n", (), "source", ["user_t"], "source=user_t"),
    ("region,year,sex,area,value\nKZ-61,2019,both,total,5\n", ("--set", "year=2018"), "year", [2018], "year=2018"),
    ("region,год,sex,area,value\nKZ-61,2019,both,total,5\n", ("--set", "year=2018"), "year", [2018], "“год” (2019)"),
    ("region,year,sex,тип местности,value\nKZ-61,2019,both,urban,5\n", ("--set", "area=total"), "area", ["total"], "(urban)"),
    ("region,year,sex,area,value\nKZ-61,2019,both,total,5\n", ("--set", "area=total"), "area", ["total"], ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said", "column", "values", "note"), SAID)
def test_what_a_person_says_wins(add, tmp_path, text, said, column, values, note):
    (tmp_path / "own.csv").write_text(text, encoding="utf-8")
    frame, err = add(tmp_path, "own.csv", *said)
    assert frame[column].to_list() == values
    assert note in err
    assert note or not err


def test_a_column_and_a_constant_for_one_thing_are_refused(add, tmp_path):
    (tmp_path / "own.csv").write_text("region,year,sex,was,value\nKZ-61,2019,both,total,5\n", encoding="utf-8")
    text, _ = add(tmp_path, "own.csv", "--map", "was=area", "--set", "area=urban")
    assert "“was” is mapped to area, and --set says area=urban" in text


UNMET = [
    (("--na", "n/a"), "nothing in the file meets --na n/a"),
    (("--na", "value=.."), "nothing in the file meets --na value=.."),
    (("--decimal", ","), "nothing in the file meets --decimal ,"),
    (("--thousands", "'"), "nothing in the file meets --thousands '"),
    (("--where", "origin=A|B|Z"), "nothing in the file meets --where origin=Z"),
]


@pytest.mark.parametrize(("said", "note"), UNMET)
def test_an_option_that_nothing_meets_is_said(total, said, note):
    found, err = total(MATRIX.format(1, 2), *said)
    assert found == 3
    assert note in err


@pytest.mark.parametrize("option", [("--multiplier", "0"), ("--multiplier", "thousand"), ("--na", "nowhere=x")])
def test_an_option_that_cannot_be_is_refused(total, option):
    assert total(MATRIX.format(1, 2), *option)[0] is None


def test_moves_to_be_classified_are_read_alike(command, tmp_path):
    text = "origin_country;destination_country;stay_months\nKAZ;RUS;1,5\nRUS;KAZ;-\nRUS;UZB;3\n"
    (tmp_path / "own.csv").write_text(text, encoding="utf-8")
    said = ("--na=-", "--where", "origin_country=KAZ|RUS|XXX", "--format", "csv")
    code, out, err = command(tmp_path, "flows", "classify", "own.csv", *said)
    assert code == 0
    assert [row["stay_months"] for row in csv.DictReader(io.StringIO(out))] == ["1.5", "", "3"]
    assert "nothing in the file meets --where origin_country=XXX" in err
    (tmp_path / "own.csv").write_text(text.replace("1,5", "1,500"), encoding="utf-8")
    assert "may be a thousand or a fraction" in command(tmp_path, "flows", "classify", "own.csv", *said)[2]


def test_a_text_for_no_value(total):
    found, err = total("origin;destination;value\nA;B;1\nB;A;..\nB;C;2\n", "--na", "value=..")
    assert found == 3
    assert "left out: 1, the first in row 3" in err
    assert total("origin;destination;value\nA;B;..\nB;A;..\n", "--na", "..")[0] is None
    assert '--na "value=.."' in total("origin;destination;value\nA;B;1\nB;A;..\n")[1]


@pytest.mark.parametrize(("far", "value"), [("0.5", 1234.0), ("0,5", 1.234), ("5", None)])
def test_another_column_of_the_file_shows_the_decimal_sign(tmp_path, far, value):
    path = tmp_path / "own.csv"
    path.write_text(f"origin;destination;value;distance\nA;B;1,234;{far}\n", encoding="utf-8")
    wanted = Wanted(labels=("origin", "destination"), numbers=("value", "distance"))
    if value is None:
        with pytest.raises(BadInput, match="may be a thousand or a fraction"):
            read_long(path, wanted)
    else:
        assert read_long(path, wanted).frame["value"].to_list() == [value]


def test_products_are_exact(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("region;group;value;UNIT_MULT\nA;x;1,005;3\nA;y;0,0011;6\n", encoding="utf-8")
    assert read_long(path, Wanted(labels=("region", "group"))).frame["value"].to_list() == [1005.0, 1100.0]
