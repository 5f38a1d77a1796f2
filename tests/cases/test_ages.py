"""Ages and years as printed, cells that repeat, and rows that are no data, in every command that reads such a file.

The files in `ages` are made up; the tables written here are other shapes of the same kinds.
"""

import csv
import io
import math
from pathlib import Path

import pytest

import qonys
from qonys.catalog import open_pack
from qonys.catalog.reading.times.age_notation import age_group, looks_dated
from qonys.catalog.reading.times.years import year_of
from qonys.catalog.user_tables import user_frame
from qonys.errors import BadInput

FILES = Path(__file__).with_name("ages")
STARTS = range(0, 90, 5)
RATES = [row["rate"] for row in qonys.model_schedule("fundamental", ages=[s + 2.5 for s in STARTS]).frame.to_dicts()]

PRINTED = [
    ("0–4", "0-4"), ("00-04", "0-4"), ("0 to 4 years", "0-4"), ("15-19 жас", "15-19"), ("от 15 до 19 лет", "15-19"),
    ("в возрасте 15-19 лет", "15-19"), ("65 and 66 years", "65-66"), ("85+", "85+"), ("85 and over", "85+"),
    ("85 years or older", "85+"), ("85 лет и старше", "85+"), ("65 және одан жоғары", "65+"), ("≥85", "85+"),
    ("Under 1", "0"), ("до 1 года", "0"), ("до года", "0"), ("1 жасқа дейін", "0"), ("<5", "0-4"), ("Y_LT1", "0"),
    ("Y15-19", "15-19"), ("Y15T19", "15-19"), ("Y_GE85", "85+"), ("Y_GT84", "85+"), ("Y5", "5"), ("80UP", "80+"),
    ("Y15: 15 years", "15"), ("[0,5)", "0-4"), ("(0,5]", "1-5"), ("[85,Inf)", "85+"), ("5.0", "5"), ("20 лет", "20"),
    ("Total", None), ("over 85", None), ("старше 85", None), ("-5", None), ("4-0", None), ("1990", None), ("x", None),
    ("60 and 70", None), ("35 жастан жоғары", "35+"), ("0 à 4 ans", "0-4"), ("80 et plus", "80+"), ("0 a 4", "0-4"),
    ("de 0 a 4 años", "0-4"), ("85 y mas", "85+"), ("35_plus", "35+"), ("A0_4", "0-4"), ("A85+", "85+"), ("A1", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "group"), PRINTED)
def test_age_groups_as_printed(text, group):
    found = age_group(text)
    assert (None if found is None else str(found)) == group


@pytest.mark.parametrize("text", ["2019-05-09 00:00:00", "9-May", "окт.14", "Oct-14"])
def test_dates_made_of_ages(text):
    assert looks_dated(text)


@pytest.mark.parametrize(
    ("text", "year"),
    [("2019", 2019), ("2019.0", 2019), ("2019 г.", 2019), ("2019-жыл", 2019), ("YR2019", 2019), ("2019-01-01", 2019),
     ("01.01.2019", 2019), ("2019 [YR2019]", 2019), ("2019: 2019", 2019), ("2,019", 2019), ("19", None),
     ("2019-03", None), ("2019-02-01", None), ("-2024", None)],
)  # fmt: skip
def test_years_as_written(text, year):
    assert year_of(text) == year


@pytest.fixture
def fitted(command, tmp_path):
    """Parameter -> value of the schedule fitted to ages and rates, or None; and what was said."""

    def call(ages, *arguments, header="age,value", rates=RATES):
        rows = "\n".join(f'"{age}",{rate}' for age, rate in zip(ages, rates, strict=False))
        (tmp_path / "rates.csv").write_text(f"{header}\n{rows}\n", encoding="utf-8")
        code, out, err = command(tmp_path, "schedule", "fit", "rates.csv", "--sizes", "7", "--format", "csv", *arguments)
        rows = csv.DictReader(io.StringIO(out)) if code == 0 else ()
        return {row["parameter"]: float(row["value"]) for row in rows} or None, err

    return call


def groups(form, last, first=None):
    printed = [form.format(start, start + 4) for start in STARTS]
    return [first or printed[0], *printed[1:-1], last]


@pytest.mark.parametrize(
    ("header", "ages"),
    [
        ("age,value", groups("{}-{}", "85+")),
        ("возраст,value", groups("{}–{} лет", "85 лет и старше", "до 5 лет")),
        ("жас тобы,value", groups("{}-{} жас", "85 және одан жоғары")),
        ("AGE,value", groups("Y{}-{}", "Y_GE85", "Y_LT5")),
        ("age_group,value", groups("{} to {} years", "85 years and over", "Under 5 years")),
        ("ages,value", groups("Y{}T{}", "Y_GE85")),
        ("age,value", groups("{0}", "85+")),
        ("age_start,value", groups("{0}", "85")),
        ("age,value", [f"[{start},{start + 5})" for start in STARTS]),
    ],
)
def test_schedules_of_printed_ages_are_those_of_numbers(fitted, header, ages):
    expected = fitted(list(STARTS))[0]
    found, err = fitted(ages, header=header)
    assert found is not None, err
    assert math.isclose(found["mu2"], expected["mu2"], rel_tol=1e-6)


@pytest.mark.parametrize("total", ["TOTAL", "_T", "всего", "барлығы", "All ages"])
def test_totals_beside_ages_are_left_out(fitted, total):
    expected = fitted(groups("{}-{}", "85+"))[0]
    found, err = fitted([*groups("{}-{}", "85+"), total], rates=[*RATES, sum(RATES)])
    assert found == expected
    assert total in err


REFUSED = [
    ([*groups("{}-{}", "85+"), "unknown"], ["row 20", "“unknown” is no age", "--exclude 'age=unknown'"]),
    ([*groups("{}-{}", "85+"), "999"], ["row 20", "999 is impossible", "--exclude 'age=999'"]),
    ([*groups("{}-{}", "85+"), "-5"], ["row 20", "“-5” is no age"]),
    ([*groups("{}-{}", "85+"), "150+"], ["row 20", "150+ is impossible"]),
    ([*groups("{}-{}", "85+"), "0-14"], ["“0-14” (row 20)", "“0-4” (row 2)", "overlap"]),
    ([*groups("{}-{}", "85+"), "15-19"], ["rows 5 and 20", "age=15 stands twice"]),
    (groups("{}-{}", "85+")[:5] + groups("{}-{}", "85+")[6:], ["“20-24”", "“30-34”", "lacking"]),
    (groups("{}-{}", "85+", "2019-05-09 00:00:00"), ["row 2", "is a date"]),
    (groups("{}-{}", "over 84"), ["row 19", "“over 84” is no age"]),
    (groups("{}-{}", "85"), ["“80-84”", "the last age is “85”", "85+", "--keep 'age=85'"]),
    (groups("{}-{}", "85 ", "0"), ["“80-84”", "the last age is “85”"]),
]  # fmt: skip


def test_a_last_number_may_be_kept_as_the_age_that_it_is(fitted):
    kept, err = fitted(groups("{}-{}", "85"), "--keep", "age=85")
    assert kept == fitted(groups("{}-{}", "85-85"))[0], err
    assert fitted([*range(5, 23)])[0] is not None


def test_a_last_number_is_asked_about_in_python():
    people = {"age_start": [*groups("{}-{}", "85")], "sex": ["female"] * 18, "value": [5] * 18}
    with pytest.raises(BadInput, match="85-85 for that age alone"):
        qonys.graduate(people)


@pytest.mark.parametrize(("ages", "said"), REFUSED)
def test_faulty_ages_are_named(fitted, ages, said):
    found, err = fitted(ages, rates=[*RATES, 0.5])
    assert found is None
    for text in said:
        assert text in err


FILED = [
    ("schedule fit ages-as-printed.csv", 0, ["mu2"]),
    ("schedule fit age-999.csv", 1, ["row 87", "age 999 is impossible"]),
    ("schedule fit schedule-age-twice.csv", 1, ["rows 5 and 87", "age_start=3 stands twice"]),
    ("schedule fit schedule-two-years.csv", 1, ["“year”", "2019, 2020", "--where year=2019"]),
    ("schedule fit schedule-two-years.csv --where year=2019", 0, ["mu2"]),
    ("indicators flows-by-year.csv --draws 0", 0, ["2019", "180", "200"]),
    ("flows components flows-by-year.csv", 1, ["origin=A, destination=B stands twice", "--where year=2019"]),
    ("breaks series-year-twice.csv", 1, ["rows 12 and 23", "time=2000 stands twice"]),
    ("breaks series-no-break.csv", 0, ["No break was found (least BIC 94.1635"]),
    ("breaks series-no-break.csv --table events --lang ru", 0, ["Разрывов не найдено (наименьший BIC 94,1635"]),
    ("breaks series-no-break.csv --format csv", 0, ["number,date,low,high", "No break was found"]),
    ("breaks series-one-break.csv", 0, ["2008  2007  2009"]),
    ("breaks series-one-break.csv --table segments", 0, ["1980  2007"]),
    ("flows balance pattern.csv margin-one-missing.csv margin-full.csv", 1, ["no row for B", "the value 0"]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "code", "said"), FILED)
def test_what_each_file_says(command, name, code, said):
    found, out, err = command(FILES, *name.split(" "))
    assert found == code, err
    for text in said:
        assert text in out + err
    for text in ("There are no rows", "(2000,)", "2,008", "None/A"):
        assert text not in out + err


TWICE = [
    ("indicators", "origin,destination,age,STATUS,value\nA,B,0-4,P,1\nA,B,0–4,F,2\nB,A,0-4,F,2\n",
     ["A", "age=0-4", "STATUS", "P, F", "--where STATUS=P"]),
    ("flows components", "origin,destination,Пол,value\nA,B,М,1\nB,A,М,2\nA,B,Ж,3\nB,A,Ж,4\n", ["Пол", "--where Пол=М"]),
    ("indicators", "origin,destination,breed,value\nA,B,x,1\nB,A,x,2\nA,B,y y,3\nB,A,y y,4\n", ["breed", "--where breed=x"]),
    ("flows estimate", "birthplace,residence,value,YEAR,Gender\nA,A,5,2000,m\nA,A,6,2000,f\nA,A,5,2010,m\nA,A,6,2010,f\n",
     []),
    ("flows estimate", "birthplace,residence,value,year,age\nA,A,5,2000,1\nA,A,6,2000,2\nA,A,5,2010,1\nA,A,6,2010,2\n",
     ["birthplace=A, residence=A, year=2000", "age", "--where age=1"]),
    ("segregation", "region,group,year,value\nR1,x,2009,1\nR1,y,2009,2\nR2,x,2009,3\nR1,x,2021,1\nR1,y,2021,2\nR2,x,2021,3\n",
     ["year", "2009, 2021", "--where year=2009"]),
    ("breaks", "year,indicator,sex,value\n" + "".join(f"{y},{i},{s},{y % 7}\n" for y in range(1990, 2010) for i in "ab" for s in "mf"),
     ["year=1990", "sex, indicator", "--where sex=m --where indicator=a"]),
    ("schedule fit", "age,Год,value\n" + "".join(f"{a},{y},0.0{a + 10}\n" for y in (2019, 2020) for a in range(60)), ["Год"]),
    ("flows residual", "time,age,region,note,population\n2000,0-4,A,x,5\n2000,0-4,A,y,6\n", ["note", "--where note=x"]),
    ("indicators --totals", "region,period,SEX,arrivals,departures\nA,2019,M,1,2\nA,2019,F,1,2\n", ["SEX"]),
    ("indicators", "origin,destination,национальность,value\nA,B,x,1\nB,A,x,2\nA,B,y,3\nB,A,y,4\n",
     ["национальность", "--where национальность=x", "--map национальность=group"]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "said"), TWICE)
@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_the_column_that_tells_repeated_cells_apart_is_named(command, tmp_path, name, text, said, language):
    (tmp_path / "own.csv").write_text(text, encoding="utf-8")
    head, *rest = name.split(" --")
    code, _, err = command(tmp_path, *head.split(" "), "own.csv", *(f"--{one}" for one in rest), "--lang", language)
    assert code == (1 if said else 0), err
    for part in said:
        assert part in err


PERIODS = ["year", "Year", "time", "TIME_PERIOD", "год", "жыл", "yr", "period", "период"]


@pytest.mark.parametrize("header", PERIODS)
def test_periods_under_their_usual_names(command, tmp_path, header):
    (tmp_path / "own.csv").write_text(f"origin,destination,{header},value\nA,B,2019 г.,1\nB,A,2019 г.,2\nA,B,2020,3\nB,A,2020,4\n")
    _, out, err = command(tmp_path, "indicators", "own.csv", "--draws", "0", "--format", "csv")
    found = {row["period"]: float(row["value"]) for row in csv.DictReader(io.StringIO(out)) if row["indicator"] == "moves"}
    assert found == {"2019": 3, "2020": 7}, err


YEARS = [
    ("-2024", "-2024 is impossible"), ("24", "four figures"), ("19", "four figures"), ("2190", "2190 is impossible"),
    ("45292", "the date 2024-01-01"), ("2019-03", "a part of a year"), ("2019-07-01", "a part of a year"),
    ("last", "is no year"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), YEARS)
@pytest.mark.parametrize("name", ["breaks", "flows estimate", "indicators"])
def test_impossible_years_are_refused(command, tmp_path, text, said, name):
    head = {"breaks": "year", "flows estimate": "birthplace,residence,year", "indicators": "origin,destination,year"}[name]
    cells = "".join("A,B,"[: 2 * head.count(",")] + f"{year},1\n" for year in (2018, text, 2020))
    (tmp_path / "own.csv").write_text(f"{head},value\n{cells}")
    code, _, err = command(tmp_path, *name.split(" "), "own.csv")
    if name == "indicators" and said.endswith(("of a year", "is no year")):
        assert "row 3" not in err
    else:
        assert code == 1
        assert said in err
        assert "row 3" in err


ROWS = [
    ("ACTION,origin,destination,value\nD,A,B,9\nA,A,B,1\nA,B,A,2\n", 3, "are deleted, left out: 1 of 3"),
    ("ACTION: Action,origin,destination,value\nD: Delete,A,C,9\nI: Information,A,B,1\nI: Information,B,A,2\n", 3, "1 of 3"),
    ("origin,destination,value,OBS_STATUS\nA,B,1,p\nB,A,2,A\n", 3, "provisional"),
    ("origin,destination,value,OBS_STATUS\nA,B,1,E: Estimated\nB,A,2,b\n", 3, "estimated"),
    ("origin,destination,value,OBS_STATUS\nA,B,1,A\nB,A,2,A\nA,C,,M\n", 3, "without a value"),
    ("origin,destination,value,OBS_STATUS\nA,B,1,A\nB,A,2,A\nA,C,,A\n", None, "is empty"),
    ("ACTION,origin,destination,value\nD,A,B,9\n", None, "every row is deleted (1 in all)"),
    ("ACTION,origin,destination,value\nA,A,B,9\nR,A,B,1\nA,B,A,2\n", None, "--where ACTION=A"),
    ("ACTION,origin,destination,value\nD,A,B,1\nmoved,B,A,2\n", 3, ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "moves", "said"), ROWS)
def test_rows_that_are_no_data(command, tmp_path, text, moves, said):
    (tmp_path / "own.csv").write_text(text)
    code, out, err = command(tmp_path, "flows", "components", "own.csv", "--format", "csv")
    rows = csv.DictReader(io.StringIO(out)) if code == 0 else ()
    assert next((float(row["value"]) for row in rows if row["component"] == "total"), None) == moves, err
    assert said in err


def test_ages_of_flows_and_people_agree_however_they_are_printed(command, tmp_path):
    (tmp_path / "flows.csv").write_text("origin,destination,возраст,value\n" + "".join(
        f"{o},{d},{age},{n}\n" for o, d in ("AB", "BA") for age, n in (("0–14", 5), ("15–64", 9), ("65+", 2))))  # fmt: skip
    (tmp_path / "people.csv").write_text("region,age_start,age_end,population\n" + "".join(
        f"{place},{age},100\n" for place in "AB" for age in ("0,14", "15,64", "65,")))  # fmt: skip
    asked = ("indicators", "flows.csv", "--population", "people.csv", "--draws", "0", "--format", "csv")
    code, out, err = command(tmp_path, *asked)
    assert code == 0, err
    assert any(row["indicator"] == "gmr" for row in csv.DictReader(io.StringIO(out)))


@pytest.mark.parametrize(
    ("flows", "people", "code"),
    [("2019", "", 0), ("", "2019", 1), ("2019", "2019", 0), ("2019", "2018", 1), ("2019|2020", "", 1)],
)
def test_flows_of_one_year_go_with_people_without_a_year(command, tmp_path, flows, people, code):
    def table(name, head, rows, years):
        lines = [f"{row},{year}".rstrip(",") for year in years.split("|") for row in rows]
        (tmp_path / name).write_text("\n".join([head + (",year" if years else ""), *lines]) + "\n")

    table("flows.csv", "origin,destination,value", ["A,B,5", "B,A,6"], flows)
    table("people.csv", "region,population", ["A,50", "B,60"], people)
    found, out, err = command(tmp_path, "indicators", "flows.csv", "--population", "people.csv", "--draws", "0")
    assert found == code, err
    assert "None" not in out + err


def test_tables_given_in_python():
    ages = groups("{}–{}", "85 and over")
    found = qonys.age_schedule({"age": ages, "value": RATES}, sizes=[7]).frame
    expected = qonys.age_schedule({"age": list(STARTS), "value": RATES}, sizes=[7]).frame
    assert found["value"].to_list() == pytest.approx(expected["value"].to_list(), rel=1e-6)
    rates = {"age": ["<1", "1-4", "5-9", "10+"], "value": [0.02, 0.01, 0.01, 0.1]}
    numbers = {"age_start": [0, 1, 5, 10], "value": [0.02, 0.01, 0.01, 0.1]}
    assert qonys.life_table(rates, sex="male").frame.equals(qonys.life_table(numbers, sex="male").frame)
    for ages, said in (([0, 1, 999], "999 is impossible"), ([0, 1, 1], "age=1 stands twice"), (["0-4", "0-14", "15+"], "overlap")):
        with pytest.raises(BadInput, match=said):
            qonys.life_table({"age": ages, "value": [0.1, 0.1, 0.5]}, sex="male")
    with pytest.raises(BadInput, match=r"“kind”.*columns"):
        qonys.life_table({"age": [0, 1, 0, 1], "value": [0.1, 0.5] * 2, "kind": list("aabb")}, sex="male")


HEAD = "year,sex,{},value,unit\n2019,male,{},7,persons\n2019,male,{},8,persons\n"
ADDED = [
    (HEAD.format("возраст", "0–4", "85 лет и старше"), [(0, 4), (85, None)], "возраст"),
    (HEAD.format("жас тобы", "15-19 жас", "65 және одан жоғары"), [(15, 19), (65, None)], "жас тобы"),
    (HEAD.format("AGE", "Y_LT1", "Y_GE85"), [(0, 0), (85, None)], "AGE"),
    (HEAD.format("age_start,age_end", "0,4", "85,"), [(0, 4), (85, None)], ""),
    (HEAD.format("age", "Under 1", "всего"), [(0, 0)], "всего"),
    (HEAD.format("age", "0-4", "999"), None, "row 3, column “age”: found “999”, expected an age"),
    (HEAD.format("age", "0-4", "over 85"), None, "found “over 85”, expected an age"),
    (HEAD.format("age", "0-4", "5"), None, "the last age is “5”: that age alone"),
    (HEAD.format("age_start,age_end", "0,4", "-5,-1"), None, "found “-5”, expected an age"),
    (HEAD.format("age", "0-4", "5-9").replace("2019", "19"), None, "found “19”, expected a calendar year"),
    (HEAD.format("age", "0-4", "5-9").replace("2019", "45292"), None, "45292 is no year but the number by which a spreadsheet"),
    (HEAD.format("age", "0-4", "5-9").replace("2019", "2140"), None, "2140 is still to come"),
    (HEAD.format("age", "0-4", "5-9").replace("2019", "2019 г."), [(0, 4), (5, 9)], ""),
    ("ACTION,year,sex,age,value\nD,2019,male,0-4,7\nA,2019,male,5-9,8\n", [(5, 9)], "are deleted"),
    ("OBS_STATUS,year,sex,age,value\nM,2019,male,0-4,\nA,2019,male,5-9,8\n", [(5, 9)], "without a value"),
]


@pytest.mark.parametrize(("text", "ages", "said"), ADDED)
def test_ages_and_years_that_are_added(command, tmp_path, text, ages, said):
    (tmp_path / "own.csv").write_text(text, encoding="utf-8")
    asked = ("--as", "population_age_sex", "--source-title", "T", "--status", "official")
    code, out, err = command(tmp_path, "catalog", "add", "own.csv", *asked)
    assert said in out + err
    assert code == (1 if ages is None else 0), err
    if ages is not None:
        assert user_frame(open_pack("kazakhstan"), "population_age_sex").select("age_start", "age_end").rows() == ages


def test_a_year_of_two_figures_is_not_added(command):
    asked = ("--as", "population_regional", "--source-title", "T", "--status", "official", "--dry-run")
    code, out, err = command(FILES, "catalog", "add", "year-two-figures.csv", *asked)
    assert code == 1
    assert "row 2, column “year”: found “19”, expected a calendar year" in out + err
