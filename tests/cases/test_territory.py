"""A region whose territory changed: said where its names are joined, and marked at a break of that date.

The figures are simulated; the regions and their changes are those of the pack.
"""

import csv
import io
import json
import warnings

import pytest

import qonys
from qonys import words
from qonys.catalog import open_pack
from qonys.catalog.reading.labels.territory import territory_changes
from qonys.words import Worded

FORMER, PRESENT = "Южно-Казахстанская", "Туркестанская"
SENTENCES = {
    "en": "“Южно-Казахстанская”: in 2018 its territory changed (Shymkent city apart since then)",
    "ru": "«Южно-Казахстанская»: в 2018 году изменилась территория (с тех пор отдельно: город Шымкент)",
    "kk": "«Южно-Казахстанская»: 2018 жылы аумағы өзгерді (содан бері бөлек: Шымкент қаласы)",
}
BREAKS = {
    "en": "the break of 2019 may be the change of its territory in 2018 (Shymkent city apart since then)",
    "ru": "перелом 2019 года, возможно, — изменение территории в 2018 году (с тех пор отдельно: город Шымкент)",
    "kk": "2019 жылғы бетбұрыс көші-қонның өзгеруі емес, 2018 жылғы аумақ өзгерісі болуы мүмкін",
}


def level(region, years, height):
    return [(region, year, height + 10 * (year % 5)) for year in years]


SERIES = [
    *level(FORMER, range(2000, 2019), 2000),
    *level(PRESENT, range(2019, 2031), 1500),
    *level("Павлодарская", range(2000, 2031), 500),
]
STEP = [*level("Алматинская", range(2000, 2015), 900), *level("Алматинская", range(2015, 2031), 600)]


def text(rows, head="регион,год,население"):
    return "\n".join([head, *(",".join(map(str, row)) for row in rows)])


@pytest.fixture
def said(command, tmp_path):
    def call(content, *arguments):
        (tmp_path / "own.csv").write_text(content, encoding="utf-8")
        name, *rest = arguments
        return command(tmp_path, *name.split(), "own.csv", *rest)

    return call


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_break_at_the_change_is_marked_and_said(said, language):
    code, out, err = said(text(SERIES), "breaks", "--format", "csv", "--lang", language)
    found = list(csv.DictReader(io.StringIO(out)))
    assert code == 0
    assert [(row["date"], row["territory"]) for row in found] == [("2019", "2018")]
    assert SENTENCES[language] in err
    assert BREAKS[language] in err


def test_one_name_is_enough_for_the_mark(said):
    _, out, err = said(text(STEP), "breaks", "--format", "json", "--lang", "en")
    assert [row["territory"] for row in json.loads(out)] == [2014]
    assert "a part passed: Almaty Region → Almaty city" in err
    assert "joined" not in err


@pytest.mark.parametrize(
    "rows", [level("Павлодарская", range(2000, 2018), 5) + level("Павлодарская", range(2018, 2031), 900)]
)
def test_a_region_that_did_not_change_has_no_mark(said, rows):
    _, out, err = said(text(rows), "breaks", "--format", "csv")
    assert "territory" not in out + err
    assert out.count("\n") == 2


def test_two_regions_are_both_named(said):
    rows = [*SERIES, *level("Алматинская", range(2005, 2014), 800), *level("Almaty Region", range(2014, 2031), 800)]
    err = said(text(rows), "breaks", "--lang", "en")[2]
    assert SENTENCES["en"] in err
    assert "in 2014 its territory changed (a part passed" in err
    assert "in 2022 its territory changed (Zhetisu Region apart since then)" in err


MOVES = [(FORMER, "Павлодарская", 2016, 5), (PRESENT, "Павлодарская", 2020, 6), ("Павлодарская", FORMER, 2016, 3)]
COMMANDS = {
    "indicators": (text(MOVES, "origin,destination,year,value"), ("--draws", "0")),
    "flows components": (text(MOVES, "origin,destination,year,value").replace("year", "time"), ()),
    "factors": (text([(*row, 100 + 50 * n) for n, row in enumerate(MOVES)], "origin,destination,period,value,distance"), ("--log", "distance")),
    "segregation": (text([(place, 2010 + 10 * n, group, 5 + n) for n, place in enumerate((FORMER, PRESENT)) for group in "xy"]
                         + [("Павлодарская", 2010, group, 7) for group in "xy"], "region,period,group,value"), ("--draws", "0")),
}  # fmt: skip


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_that_joins_says_it(said, name):
    content, options = COMMANDS[name]
    assert (
        "in 2018 its territory changed (Shymkent city apart since then)"
        in said(content, name, *options, "--lang", "en")[2]
    )


def test_names_without_years_are_of_two_dates(said):
    content = text([row[:2] + row[3:] for row in MOVES], "origin,destination,value")
    assert SENTENCES["en"] in said(content, "flows components", "--lang", "en")[2]


def test_years_on_one_side_only_are_not_said(said):
    rows = [
        (FORMER, "Павлодарская", 2010, 5),
        ("Turkistan Region", "Павлодарская", 2012, 6),
        ("Павлодарская", FORMER, 2010, 3),
    ]
    err = said(text(rows, "origin,destination,year,value"), "indicators", "--draws", "0", "--lang", "en")[2]
    assert "joined" in err
    assert "its territory changed" not in err


def test_the_same_in_python():
    regions, years, values = zip(*SERIES, strict=True)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        found = qonys.breaks({"region": regions, "time": years, "value": values})
    assert any("in 2018 its territory changed (Shymkent city apart since then)" in str(one.message) for one in warned)
    assert found.frame["territory"].to_list() == [2018]
    assert BREAKS["en"] in " ".join(found.notes)
    assert BREAKS["ru"] in " ".join(found.in_language("ru").notes)


def test_changes_are_those_of_the_vintages_and_transfers():
    found = territory_changes(open_pack("kazakhstan"))
    assert {code: [change.year for change in changes] for code, changes in found.items()} == {
        "KZ-61": [2018], "KZ-63": [2022], "KZ-19": [2014, 2022], "KZ-35": [2022], "KZ-75": [2014],
    }  # fmt: skip
    assert found["KZ-61"][0].apart == Worded({"en": "Shymkent city", "ru": "город Шымкент", "kk": "Шымкент қаласы"})


def test_segments_of_a_level_have_no_slope(said):
    heads = [
        said(text(SERIES), "breaks", "--table", "segments", "--format", "csv", *more)[1].splitlines()[0]
        for more in ((), ("--trend",))
    ]
    assert heads == ["region,segment,start,end,mean", "region,segment,start,end,mean,slope"]
    regions, years, values = zip(*SERIES[-31:], strict=True)
    own = {"region": regions, "time": years, "value": values}
    assert "slope" not in qonys.breaks(own).table("segments").columns
    assert "slope" in qonys.breaks(own, trend=True).table("segments").columns
