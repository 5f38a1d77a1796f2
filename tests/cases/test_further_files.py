"""Further files of the kinds that the other tests of this folder know by one or two: series of two columns, SDMX-CSV of
other publishers, titles with numbers, years said or written otherwise, rows that are the same."""

from itertools import product

import pytest

from .sampled import sampled

ADD = ("--as", "population_regional", "--source-title", "T", "--status", "official", "--dry-run")
YEARS = range(1990, 2020)
SERIES = {year: 1000 if year < 2008 else 2000 + year % 3 for year in YEARS}


@pytest.fixture
def said(command, tmp_path):
    """Run a command on a text: exit code and all that was printed."""

    def call(name, text, *arguments):
        (tmp_path / "own.csv").write_text(text, encoding="utf-8")
        code, out, err = command(tmp_path, *name.split(" "), "own.csv", *arguments)
        return code, out + err

    return call


@pytest.mark.parametrize(
    ("sign", "case"),
    sampled(product([" ", "   ", "\t"], range(4)), 1, lambda case: case[1]),
)
def test_blanks_part_two_columns_as_they_part_more(said, sign, case):
    name, head, rows = [
        ("breaks", "time value", SERIES.items()),
        ("breaks", "Год Сальдо", [(year, value - 1500) for year, value in SERIES.items()]),
        ("schedule fit --sizes 7", "age value", [(age, f"0.0{age + 10}") for age in range(60)]),
        ("flows components", "origin destination value", [("A", "B", 5), ("B", "A", 6)]),
    ][case]
    text = "\n".join(sign.join(map(str, row)) for row in [head.split(" "), *rows]) + "\n"
    head, *options = name.split(" --")
    given = [word for option in options for word in f"--{option}".split(" ")]
    code, printed = said(head, text, *given, *(("--map", "Сальдо=value") if "Сальдо" in text else ()))
    assert code == 0, printed


@pytest.mark.parametrize("rows", ["1 250\n1 260\n", "1\u00a0250,5\n260\n", "1,250.5\n7\n", "1.5e3\n-2\n", "1'250\n5\n"])
def test_thousands_of_one_column_are_no_columns(said, rows):
    code, printed = said("breaks", f"value\n{rows}")
    assert code == 1
    assert "it has value." in printed


EUROSTAT = "STRUCTURE,STRUCTURE_ID,STRUCTURE_NAME,freq,Time frequency,sex,Sex,geo,Geopolitical entity (reporting),TIME_PERIOD,Time,OBS_VALUE,Observation value\n"
CENSUS = "DATAFLOW,REF_AREA: Area,{}: Citizenship,OBS_VALUE: Value\n" + "".join(
    f"X:Y(1.0): N,{a}: Area {a},{g}: Group {g},{10 + n * n}\n" for n, (a, g) in enumerate((a, g) for a in "ABC" for g in "xyz"))  # fmt: skip
SDMX = [
    ("breaks", EUROSTAT + "".join(f"dataflow,E:X(1.0),Moves,A,Annual,M,Males,KZ,Kazakhstan,{y},,{v},\n" for y, v in SERIES.items()),
     (), ["KZ", "2008"]),
    ("breaks", EUROSTAT + "".join(f"dataflow,E:X(1.0),Moves,A,Annual,{s},{s}ales,KZ,Kazakhstan,{y},,{v},\n" for s in ("M", "Fem")
     for y, v in SERIES.items()), ("--where", "sex=M"), ["KZ", "2008"]),
    ("segregation", CENSUS.format("GROUP"), ("--draws", "0", "--kind", "groups"), ["\nx ", "\nz "]),
    ("segregation", CENSUS.format("CITIZEN"), ("--draws", "0", "--kind", "places", "--map", "CITIZEN=group"), ["\nA ", "\nC "]),
    ("flows components", "ORIGIN: Origin,DESTINATION: Destination,OBS_VALUE: Value\nA: Aland,B: Bland,5\nB: Bland,A: Aland,6\n",
     (), ["A ", "B ", "11"]),
    ("flows components", "STRUCTURE[;],STRUCTURE_ID,ORIGIN: Origin,DESTINATION: Destination,OBS_VALUE: Value\ndataflow,X:Y(1.0),A: "
     "Aland,B: Bland,5\ndataflow,X:Y(1.0),B: Bland,A: Aland,6\n", (), ["A ", "B ", "11"]),
    ("schedule fit", "DATAFLOW,AGE: Age,OBS_VALUE: Value\n" + "".join(f"X:Y(1.0): N,Y{a}: {a} years,0.0{a + 10}\n" for a in range(60)),
     ("--sizes", "7"), ["mu2"]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "arguments", "expected"), SDMX)
def test_codes_are_the_data_of_sdmx(said, name, text, arguments, expected):
    code, printed = said(name, text, *arguments)
    assert code == 0, printed
    for part in expected:
        assert part in printed
    for label in ("Aland", "Area A", "Group x", "Kazakhstan"):
        assert label not in printed


@pytest.mark.parametrize(
    ("title", "moves"),
    [
        ("Таблица 1, тыс. человек", "3,800"), ("Таблица 1 тыс. человек", "3,800"), ("Table 2.1 thousand persons", "3,800"),
        ("3-кесте мың адам", "3,800"), ("Moves, thousands", "3,800"), ("Table 1 million", "3,800,000"),
        ("Города свыше 100 тыс. человек", "3.8"), ("Таблица 100", "3.8"),
    ],
)  # fmt: skip
def test_the_number_of_a_table_counts_no_thousands(said, title, moves):
    code, printed = said("flows components", f"{title}\n\norigin,destination,value\nA,B,1.5\nB,A,2.3\n")
    assert code == 0
    assert f" {moves}\n" in printed


ROW = "region;{};sex;area;value\nKZ-61;{};both;total;1983500\n"


@pytest.mark.parametrize(
    "name", sampled([(name,) for name in ("year", "Time", "TIME_PERIOD", "период", "Period", "кезең", "date", "жыл")], 3)
)
def test_the_year_of_an_addition_under_its_usual_names(said, name):
    code, printed = said("catalog add", ROW.format(name, "2019"), *ADD)
    assert (code, "→ year (year)" in printed) == (0, True), printed


@pytest.mark.parametrize(
    ("year", "name"),
    sampled(product(["19", "019", "19.0", "19 г.", "2019/20", "2019.5", "0", "-2019"], ["year", "period"]), 2, lambda case: case[1]),
)
def test_a_year_has_four_figures(said, year, name):
    code, printed = said("catalog add", ROW.format(name, year), *ADD)
    assert code == 1
    assert ("year in a row of its own" if "/" in year else "expected a calendar year of four figures") in printed


CONSTANTS = {"year=19": "“19”", "year=2019.5": "“2019.5”", "sex=femail": "female", "area=country": "“country”",
             "region=Turkistan Regin": "KZ-61"}  # fmt: skip


@pytest.mark.parametrize(("language", "constant"), sampled(product(["en", "ru", "kk"], CONSTANTS), 1, lambda case: case[1]))
def test_a_constant_that_cannot_be(said, language, constant):
    part = CONSTANTS[constant]
    cells = {"region": "KZ-61", "year": "2019", "sex": "both", "area": "total", "value": "5"}
    del cells[constant.partition("=")[0]]
    text = ";".join(cells) + "\n" + ";".join(cells.values()) + "\n"
    code, printed = said("catalog add", text, *ADD, "--set", constant, "--lang", language)
    assert code == 1
    assert part.strip("“”") in printed
    assert "--set" in printed
    assert not any(rest in printed for rest in (": .", "(known)"))


PAIR = "origin,destination,value,dist,year\nA,B,5,10,2019\nB,A,6,12,2019\nA,C,7,20,2019\nC,A,8,30,2019\n"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("A,B,5,10,2019\n", "rows 2 and 6: destination=B, origin=A stands twice, and nothing tells the rows apart"),
        ("A,B,5,10,2020\n", "the column “year”, which is not used, tells them apart"),
        ("A,B,5,10,2020\nC,A,8,30,2019\n", "rows 5 and 7"),
        ("A,B,6,11,2019\n", ""),
    ],
)
def test_rows_that_are_the_same_are_said_where_all_are_used(said, more, expected):
    code, printed = said("factors", PAIR + more, "--log", "dist")
    assert code == 0
    assert expected in printed
    assert expected or "twice" not in printed


FIVE = range(0, 85, 5)
GROUPS = [f"{age}-{age + 4}" for age in FIVE[1:-1]]


def rate(age):
    return round(0.01 + 0.02 * (20 <= age < 35) + 0.0003 * age, 4)


@pytest.mark.parametrize(
    ("headers", "ages"),
    sampled([
        (["0-4", *GROUPS, "80+"], FIVE),
        (["0", "1-4", *GROUPS, "80+"], (0, 1, *FIVE[1:])),
        (["до 1 года", "1-4", *[f"{group} лет" for group in GROUPS], "80 лет и старше"], (0, 1, *FIVE[1:])),
        (["1 жасқа дейін", "1-4 жас", *GROUPS, "80 жас және одан жоғары"], (0, 1, *FIVE[1:])),
        ([*map(str, range(80)), "80+"], range(81)),
        ([*map(str, FIVE)], FIVE),
        (["Under 5", *GROUPS, "80 and over"], FIVE),
        (["Y_LT5", *[f"Y{group}" for group in GROUPS], "Y_GE80"], FIVE),
    ], 4),
)  # fmt: skip
def test_no_age_across_is_left_out(said, headers, ages):
    long = "age;value\n" + "".join(f"{header};{rate(age)}\n" for header, age in zip(headers, ages, strict=True))
    expected = said("schedule fit", long, "--sizes", "7", "--format", "csv")
    wide = f"sex;{';'.join(headers)};Total\nM;{';'.join(str(rate(age)) for age in ages)};9.5\n"
    code, printed = said("schedule fit", wide, "--sizes", "7", "--format", "csv")
    assert (code, expected[0]) == (0, 0), printed
    assert f"one row per cell ({len(ages)} rows)" in printed
    assert [line.split(",")[2] for line in printed.splitlines() if line.startswith("M,")] == [
        line.split(",")[1] for line in expected[1].splitlines() if line[:2] in ("a1", "al", "a2", "mu", "la", "c,")
    ]


@pytest.mark.parametrize("places", ["012", "123"])
def test_numbers_across_are_places_where_places_lack(said, places):
    rows = "".join(f"{a}," + ",".join("" if a == b else "5" for b in places) + "\n" for a in places)
    code, printed = said("flows components", f"origin,{','.join(places)}\n{rows}")
    assert (code, "were read as destination" in printed) == (0, True), printed


@pytest.mark.parametrize("head", ['"Births, thousands"', '"Births, persons"', "births"])
def test_one_column_under_a_name_with_a_comma(said, head):
    code, printed = said("breaks", f"{head}\n5.5\n6.5\n")
    assert code == 1
    assert f"it has {head.strip(chr(34))}." in printed


AGED = "time,age_start,population\n" + "".join(f"{t},{age},{1000 - age}\n" for t in (2000, 2005) for age in range(0, 40, 5))
RATIOS = "age_start,value\n" + "".join(f"{age},0.99\n" for age in range(0, 40, 5))


@pytest.mark.parametrize(
    ("births", "expected"),
    [
        ("value\n400\n", ""), ("value\n1 400\n", ""), ("births\n400\n", ""), ("value\n-5\n", "-5"), ("value\n400\n500\n", "2 rows"),
        ("region,value\nA,400\nB,1\n", "2 rows"), ("value\n5,000\n", "--decimal"), ("value\n\n", ""),
    ],
)  # fmt: skip
def test_births_of_one_number(said, tmp_path, births, expected):
    (tmp_path / "births.csv").write_text(births)
    (tmp_path / "ratios.csv").write_text(RATIOS)
    given = ("--rates", "ratios.csv", "--kind", "survival", "--births", "births.csv", "--draws", "40")
    code, printed = said("flows residual", AGED, *given)
    assert code == (1 if expected or births == "value\n\n" else 0), printed
    assert expected in printed
    assert " in ;" not in printed


@pytest.mark.parametrize("label", ["Turkistan Regin", "Almaty"])
def test_a_region_is_offered_by_the_label_of_its_code(said, label):
    head = "DATAFLOW,REF_AREA: Area,SEX: Sex,TIME_PERIOD: Time,OBS_VALUE: Value\n"
    code, printed = said("catalog add", f"{head}X,Q1: {label},F: Female,2019,5\n", *ADD, "--set", "area=total")
    assert code == 1
    assert "found “Q1”" in printed
    assert "did you mean" in printed
