"""More files of kinds that were known by one or two: places without people, margins that do not fit, series without a
break or with one, labels of JSON-stat whose codes are not known.
"""

import json

import pytest

ADD = ("--as", "population_regional", "--source-title", "T", "--status", "official", "--dry-run", "--set", "area=total")


@pytest.fixture
def said(command, tmp_path):
    """Run a command on files: exit code, output, what was said."""

    def call(name, *arguments, **files):
        for file, content in files.items():
            (tmp_path / f"{file}.{'json' if content[0] == '{' else 'csv'}").write_text(content, encoding="utf-8")
        return command(tmp_path, *name.split(" "), *arguments)

    return call


PEOPLE = "region,group,value\nA,x,5\nA,y,7\nB,x,3\nB,y,9\n"


@pytest.mark.parametrize(
    ("text", "places", "groups"),
    [
        (PEOPLE + "C,x,0\nC,y,0\n", "C", ""), (PEOPLE + "C,x,0.0\nC,y,0\nD,y,0\nD,x,0\n", "C, D", ""),
        (PEOPLE + "A,z,0\nB,z,0\n", "", "z"), (PEOPLE + "A,z,0\nC,x,0\nC,y,0\n", "C", "z"), (PEOPLE + "C,x,0\n", "C", ""),
        ("район;x;y\nA;5;7\nB;3;9\nC;0;0\n", "C", ""), ("region,x,y,z\nA,5,7,0\nB,3,9,0\n", "", "z"),
        ("region,group,population\nA,x,5\nA,y,7\nB,x,3\nB,y,9\nC,x,0\nC,y,0\nTotal,x,8\nTotal,y,16\n", "C", ""),
    ],
)  # fmt: skip
def test_places_and_groups_without_people_are_named_and_weigh_nothing(said, text, places, groups):
    given = ("--draws", "0", "--format", "csv")
    expected = said("segregation", "plain.csv", *given, plain=PEOPLE)
    code, out, err = said("segregation", "own.csv", *given, own=text)
    assert (code, out) == (0, expected[1]), err
    for said_of, names in (("Places without people", places), ("Groups without people", groups)):
        assert (said_of in err) == bool(names)
        assert names in err


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("region,group,value\nA,x,0\nA,y,0\nB,x,0\nB,y,0\n", "0 places"), ("region,group,value\nA,x,5\nA,y,7\nB,x,0\nB,y,0\n", "1 place"),
        (PEOPLE + "C,x,-1\nC,y,1\n", "row 6"), (PEOPLE + "C,x,\nC,y,\n", "row 6"), (PEOPLE + "C,x,0\nC,y,none\n", "row 7"),
    ],
)  # fmt: skip
def test_what_is_left_must_be_a_table(said, text, part):
    code, _, err = said("segregation", "own.csv", "--draws", "0", own=text)
    assert (code, part in err) == (1, True), err


PATTERN = "origin,destination,value\nA,A,10\nA,B,20\nB,A,30\nB,B,40\n"


@pytest.mark.parametrize(
    ("margins", "parts"),
    [
        (("origin,value\nA,100\n", "destination,value\nA,60\nB,50\n"), ("margin 1", "B")),
        (("origin,value\nA,60\nB,50\n", "destination,value\nB,50\n"), ("margin 2", "A")),
        (("origin,value\nA,60\nB,50\nC,5\n",), ("C",)), (("origin,value\nA,60\nB,-50\n",), ("row 3", "-50")),
        (("origin,value\nA,60\nB,\n",), ("row 3",)), (("origin,value\nA,60\nA,40\nB,5\n",), ("twice", "origin=A")),
        (("origin,value\nA,60\nB,50\n", "destination,value\nA,60\nB,90\n"), ("disagree",)),
        (("origin,population\nA,60\nB,..\n",), ("row 3", "..")),
    ],
)  # fmt: skip
def test_margins_that_do_not_fit_say_where(said, margins, parts):
    files = {f"m{n}": text for n, text in enumerate(margins)}
    code, out, err = said("flows balance", "pattern.csv", *(f"{file}.csv" for file in files), pattern=PATTERN, **files)
    assert code == 1, out
    for part in parts:
        assert part in err
    assert "missing cell holds none" not in err


@pytest.mark.parametrize(
    "margin",
    ["origin,value\nA,60\nB,50\n", "from;population\nA;60\nB;50\n", "откуда;выбыло\nA;60\nB;50\nИтого;110\n",
     "Moves, by origin, 2019\norigin,departures\nA,60\nB,50\n", "origin,value\nA,60\nB,50\nestimate, of the office, of 2019\n",
     "origin,A,B\nvalue,60,50\n"],
)  # fmt: skip
def test_margins_of_other_shapes(said, margin):
    given = ("--format", "csv")
    expected = said("flows balance", "pattern.csv", "plain.csv", *given, pattern=PATTERN, plain="origin,value\nA,60\nB,50\n")
    code, out, err = said("flows balance", "pattern.csv", "own.csv", *given, own=margin)
    if margin.startswith("origin,A"):
        assert (code, "own.csv" in err) == (1, True)
        return
    assert (code, out) == (0, expected[1]), err


def series(step, head="time,value", sign=",", year=str):
    """Thirty years that scatter alike, with a rise of `step` in 2008."""
    rows = (f"{year(y)}{sign}{5 + (y * 7919 % 13 - 6) / 10 + step * (y >= 2008):.2f}" for y in range(1990, 2020))
    return sign.join(head.split(",")) + "\n" + "\n".join(rows) + "\n"


FORMS = [("time,value", ",", str), ("год,сальдо", ";", lambda y: f"{y} г."), ("period,births", "\t", float),
         ("TIME_PERIOD,OBS_VALUE", ",", lambda y: f"{y}-01-01"), ("Жылы,саны", ";", lambda y: f"{y} жыл"), ("Year,net", " ", str)]  # fmt: skip


LANGUAGES = (("en", "No break was found"), ("ru", "е найден"), ("kk", "табылма"))


@pytest.mark.parametrize(("form", "language"), [(form, LANGUAGES[n % 3]) for n, form in enumerate(FORMS)])
def test_a_series_without_a_break(said, form, language):
    code, out, err = said("breaks", "own.csv", "--lang", language[0], own=series(0, *form))
    assert code == 0, err
    assert language[1] in out + err


@pytest.mark.parametrize(("form", "table"), [(form, ("breaks", "segments", "tests")[n % 3]) for n, form in enumerate(FORMS)])
def test_a_series_with_one_break(said, form, table):
    code, out, err = said("breaks", "own.csv", "--table", table, own=series(4, *form))
    assert code == 0, err
    assert "2008" in out
    assert not any(text in out for text in ("2,008", "2 008", "2\u00a0008", "2,007", "2007.0"))


NAMES = {"en": ("Turkistan Region", "Karaganda Region"), "ru": ("Туркестанская область", "Карагандинская область"),
         "kk": ("Түркістан облысы", "Қарағанды облысы"), "former": ("Южно-Казахстанская", "Карагандинская"),
         "short": ("Туркестанская", "КАРАГАНДИНСКАЯ  ОБЛАСТЬ")}  # fmt: skip


def cube(names, index, sex, year="2017"):
    region = {"category": {"index": index, "label": dict(zip("AB", names, strict=True))}}
    dimension = {"region": region, "sex": {"category": sex}, "year": {"category": {"index": [year]}}}
    found = {"version": "2.0", "class": "dataset", "label": "t", "id": ["region", "sex", "year"], "size": [2, 1, 1],
             "dimension": dimension, "value": [1983500, 1378500]}  # fmt: skip
    return json.dumps(found)


@pytest.mark.parametrize("names", NAMES)
@pytest.mark.parametrize(
    ("index", "sex"),
    [
        (["A", "B"], {"index": ["T"], "label": {"T": "Total"}}), ({"B": 1, "A": 0}, {"label": {"9": "both"}}),
        (["A", "B"], {"index": {"1": 0}, "label": {"1": "оба пола"}}), (["A", "B"], {"index": ["Q"], "label": {"Q": "Екі жыныс"}}),
    ],
)  # fmt: skip
def test_labels_stand_for_codes_that_are_not_known(said, names, index, sex):
    code, out, err = said("catalog add", "own.json", *ADD, own=cube(NAMES[names], index, sex))
    assert code == 0, out + err


def test_a_former_name_is_a_label_up_to_its_last_year(said):
    sex = {"index": ["T"], "label": {"T": "Total"}}
    for year, code in (("2017", 0), ("2021", 1)):
        found = said("catalog add", "own.json", *ADD, own=cube(NAMES["former"], ["A", "B"], sex, year))
        assert found[0] == code, found[1] + found[2]
    code, out, err = said("catalog add", "own.json", *ADD, own=cube(("Семипалатинская область", "Abai"), ["A", "B"], sex, "2000"))
    assert (code, "1997" in out + err) == (1, True), out + err


@pytest.mark.parametrize(
    ("names", "part"), [(("Turkistan Regin", "Karaganda Region"), "Turkistan Region (KZ-61)"), (("A", "B"), "“A”"), (("", "B"), "“A”")]
)
def test_a_label_that_is_not_known_either(said, names, part):
    code, out, err = said("catalog add", "own.json", *ADD, own=cube(names, ["A", "B"], {"index": ["T"], "label": {"T": "Total"}}))
    assert (code, part in out + err) == (1, True), out + err
