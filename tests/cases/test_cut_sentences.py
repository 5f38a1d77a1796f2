"""Titles and notes that the comma between cells has cut; wide tables whose columns the person names; names of values."""

import polars as pl
import pytest

MOVES = "origin,destination,value\nA,B,1.5\nB,A,2.5\n"
PLACES = "region,group,{}\n" + "".join(f"{a},{g},{10 + n * n}\n" for n, (a, g) in enumerate((a, g) for a in "ABC" for g in "xy"))
AGES = range(15, 80, 5)


@pytest.fixture
def said(command, tmp_path):
    """Run a command on a text: exit code, output, what was said."""

    def call(name, text, *arguments, **files):
        for file, content in {"own": text, **files}.items():
            (tmp_path / f"{file}.csv").write_text(content, encoding="utf-8")
        return command(tmp_path, *name.split(" "), "own.csv", *arguments, "--format", "csv")

    return call


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("", "Единица измерения: тыс. человек, оценка\n"), ("", "Unit: thousand persons,estimate\n"),
        ("", "\nЕдиница измерения: тыс. человек,предварительная оценка\n"), ("", "Өлшем бірлігі: мың адам, алдын ала деректер\n"),
        ("", "In thousands, revised, by the office, 2020\n"), ("Moves, thousand persons, 2019\n", ""),
        ("Таблица 1,Перемещения,тыс. человек\n\n", ""), ("Table 1, thousand persons\nMoves, by place, 2019\n\n", ""),
        ("Moves, thousand persons, by place, 2019, all ages\n", "estimate, of the office, of 2020, revised, again\n"),
        ("Кесте, мың адам\n", "\nДеректер бюроның, алдын ала, 2020\n"),
    ],
)  # fmt: skip
def test_a_cut_sentence_is_no_row(said, above, below):
    code, out, err = said("flows components", above + MOVES + below)
    assert code == 0, err
    assert out == said("flows components", MOVES, "--multiplier", "1000")[1]
    assert "multiplied by 1000" in err


@pytest.mark.parametrize(
    "text",
    [
        "Origin, Destination, Value\nA,B,1.5\nB,A,2.5\n", "from, to, n\n\nA,B,1.5\nB,A,2.5\n",
        "origin, destination, value\nA, B, 1.5\nB, A, 2.5\n", "откуда, куда, число\nA,B,1.5\nB,A,2.5\n",
    ],
)  # fmt: skip
def test_a_header_with_blanks_is_a_header(said, text):
    assert said("flows components", text)[:2] == said("flows components", MOVES)[:2]


@pytest.mark.parametrize("row", ["C,A\n", "\nC,A\n", "A, C,\n", "C,A,..\n", "Северо-Казахстанская область,Западная\n"])
def test_a_row_without_a_number_is_still_a_row(said, row):
    assert said("flows components", MOVES + row)[0] == 1


def rates(corner, ages=AGES):
    cells = [f"{0.01 + 0.02 * (20 <= age < 35):.3f}" for age in AGES]
    return f"{corner}{','.join(map(str, ages))}\n{',' if corner == ',' else 'M,' if corner else ''}{','.join(cells)}\n"


@pytest.mark.parametrize("corner", ["age,", "", ",", "возраст,", "sex,", "x,"])
def test_ages_that_the_person_names_stand_above(said, corner):
    long = "age,value\n" + "".join(f"{age},{0.01 + 0.02 * (20 <= age < 35):.3f}\n" for age in AGES)
    expected = said("schedule fit", long, "--sizes", "7")
    code, out, err = said("schedule fit", rates(corner), "--sizes", "7", "--map", "*=age_start")
    assert (code, expected[0]) == (0, 0), err
    values = [[line.split(",")[-1] for line in text.splitlines()[1:]] for text in (out, expected[1])]
    assert values[0] == values[1]
    assert "nothing in the file meets" not in err


@pytest.mark.parametrize(
    ("name", "text", "across"),
    [
        ("schedule fit --sizes 7", "age,value\n" + "".join(f"{age},0.0{age}\n" for age in range(10, 30)), "age_start"),
        ("schedule fit --sizes 7", rates("age,"), "age_end"), ("flows components", MOVES, "destination"),
        ("breaks", "time,value\n1990,5\n1991,6\n", "time"), ("segregation", PLACES.format("value"), "group"),
        ("segregation", PLACES.format("value"), "value"),
    ],
)  # fmt: skip
def test_nothing_stands_above(said, name, text, across):
    head, *options = name.split(" --")
    given = [word for option in options for word in f"--{option}".split(" ")]
    assert f"nothing in the file meets --map *={across}" in said(head, text, *given, "--map", f"*={across}")[2]


@pytest.mark.parametrize("first", ["", "region,"])
def test_columns_of_years_alone(said, first):
    years, cells = range(1990, 2020), [str(1000 + (y >= 2008) * (1000 + y % 3)) for y in range(1990, 2020)]
    text = f"{first}{','.join(map(str, years))}\n{'A,' if first else ''}{','.join(cells)}\n"
    code, out, err = said("breaks", text)
    assert (code, ",2008," in out) == (0, True), err


NAMES = ["население", "Численность населения", '"Население, тыс. человек"', "population", "births", "халық саны", "number", "кол-во",
         "численность", "количество", "саны", "Deaths", "число человек", "pop (persons)"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_value_is_called_by_what_it_counts(said, name):
    code, out, err = said("segregation", PLACES.format(name), "--draws", "0")
    assert code == 0, err
    assert out == said("segregation", PLACES.format("value"), "--draws", "0")[1]


@pytest.mark.parametrize("name", ["population", "births", "Сальдо миграции", "прибыло", "умерло", "көші-қон сальдосы"])
def test_a_series_too(said, name):
    rows = "".join(f"{y},{1000 + (y >= 2008) * (1000 + y % 3)}\n" for y in range(1990, 2020))
    code, out, err = said("breaks", f"year,{name}\n{rows}")
    assert (code, ",2008," in out) == (0, True), err


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("segregation", PLACES.format("births,deaths").replace("\n", ",1\n").replace("deaths,1", "deaths")),
        ("flows components", "origin,destination,population\nA,B,5\nB,A,6\n"),
        ("schedule fit", "age,population\n" + "".join(f"{age},{age}\n" for age in range(40))),
        ("segregation", "region,population,z\nA,1,2\nB,2,3\n"),
    ],
)  # fmt: skip
def test_where_it_could_be_another_number_it_is_asked(said, name, text):
    code, _, err = said(name, text)
    assert code == 1
    assert "--map" in err


@pytest.mark.parametrize("birth", ["births", "Births", "родилось", "туғандар", "Число родившихся"])
def test_births_under_their_name(said, birth):
    people = "time,age_start,population\n" + "".join(f"{t},{age},{1000 - age}\n" for t in (2000, 2005) for age in range(0, 40, 5))
    ratios = "age_start,value\n" + "".join(f"{age},0.99\n" for age in range(0, 40, 5))
    given = ("--rates", "ratios.csv", "--kind", "survival", "--births", "births.csv", "--draws", "40")
    code, out, err = said("flows residual", people, *given, ratios=ratios, births=f"{birth}\n400\n")
    assert code == 0, err
    assert out == said("flows residual", people, *given, ratios=ratios, births="value\n400\n")[1]


def test_a_population_of_its_own_is_no_value():
    import qonys

    frame = pl.DataFrame({"region": ["A", "A", "B", "B"], "group": list("xyxy"), "Население, человек": [10, 20, 30, 5]})
    other = frame.rename({"Население, человек": "value"})
    assert qonys.segregation(frame).frame.equals(qonys.segregation(other).frame)
