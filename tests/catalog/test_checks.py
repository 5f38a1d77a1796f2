"""Each check passes on the test pack and finds the fault planted in it."""

import json

import polars as pl
import pytest

from qonys.catalog import open_pack
from qonys.catalog.checks import CHECKS, run_checks
from qonys.catalog.rules import columns, coverage, regions, sums
from qonys.catalog.schema import Field


def findings(pack, name):
    return [finding for result in run_checks(pack, [name]) for finding in result.findings]


def test_the_test_pack_passes_everything(testland):
    bad = [(item.check, item.where, item.findings) for item in run_checks(testland) if not item.passed]
    assert bad == []


PLANTED = [
    ("types", "tables/national.csv", "2000,deaths,20", "2000,deaths,twenty", ["row 4", "“value”", "“twenty”"]),
    ("key", "tables/national.csv", "2001,deaths,21", "2000,deaths,21", ["row 10", "row 4", "indicator=deaths"]),
    ("required", "tables/national.csv", "2000,deaths,20", "2000,deaths,", ["row 4", "“value”", "empty"]),
    ("limits", "tables/moves.csv", "TL-10,TL-20,after,1,", "TL-10,TL-20,after,-1,", ["row 2", "-1", "0 or more"]),
    ("limits", "tables/population_regional.csv", ",female,", ",femal,", ["“femal”", "both, female, male"]),
    (
        "status",
        "tables/national.csv",
        "office,\n2000,deaths,20,persons,official",
        "office,\n2000,deaths,20,persons,secondary",
        ["row 4", "“secondary”"],
    ),
    (
        "status",
        "secondary/national.csv",
        "2000,births,50,persons,secondary",
        "2000,births,50,persons,official",
        ["row 2", "“official”"],
    ),
    (
        "source",
        "tables/model.csv",
        "2000,mean,-9,persons,estimate,model",
        "2000,mean,-9,persons,estimate,modal",
        ["row 2", "“modal”"],
    ),
    ("region", "tables/moves.csv", "2018,TL-10,TL-20", "2018,TL-11,TL-20", ["row 2", "“origin”", "“TL-11”"]),
    (
        "vintage",
        "tables/moves.csv",
        "TL-50,TL-10,after",
        "TL-50,TL-10,before",
        ["“origin”", "TL-50", "“before”", "2018"],
    ),
    ("vintage", "tables/moves.csv", "TL-50,TL-10,after", "TL-50,TL-10,later", ["“vintage”", "“later”"]),
    ("labels", "labels.csv", "indicator,deaths,", "indicator,dead,", ["“indicator”", "“deaths”"]),
    ("lineage", "lineage.csv", "after,TL-50,before,TL-10", "after,TL-50,before,TL-50", ["TL-50", "“before”"]),
    ("lineage", "membership.csv", "before,TL-10", "before,TL-12", ["“TL-12”"]),
    ("references", "cautions.csv", "c1,national", "c1,natural", ["row 2", "“natural”"]),
    ("references", "events.csv", ",office", ",offices", ["row 2", "“offices”"]),
    ("references", "identities.csv", "natural_increase,national", "natural_increase,nation", ["“nation”"]),
    ("references", "comparisons.csv", "measure=mean,,year", "measure=mean,,year", []),
    ("sums", "tables/national.csv", "2001,deaths,21", "2001,deaths,22", ["natural_increase", "year=2001", "31", "+1"]),
    (
        "sums",
        "tables/population_regional.csv",
        "2016,TL,before,female,total,480",
        "2016,TL,before,female,total,479",
        ["sexes", "+1"],
    ),
    (
        "sums",
        "tables/population_regional.csv",
        "2018,TL-50,after,both,total,155",
        "2018,TL-50,after,both,total,150",
        ["regions", "1010", "+5"],
    ),
    ("sums", "identities.csv", "female;male", "woman;man", ["sexes", "nothing was checked"]),
    ("coverage", "tables/national.csv", "2001,births,52", "1901,births,52", ["births", "2001"]),
]


@pytest.mark.parametrize(("check", "name", "before", "after", "parts"), [row for row in PLANTED if row[4]])
def test_a_planted_fault_is_found(spoil, check, name, before, after, parts):
    found = findings(spoil(name, before, after), check)
    assert found, "the alarm is dead"
    sentence = found[0].sentence("en")
    for part in parts:
        assert part in sentence
    for language in ("ru", "kk"):
        assert found[0].sentence(language) != sentence


def test_a_period_that_ends_before_it_starts(folder):
    path = folder / "datapackage.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    model = next(item for item in document["resources"] if item["name"] == "model")
    model["schema"]["fields"][1:1] = [{"name": "start", "type": "date"}, {"name": "end", "type": "date"}]
    path.write_text(json.dumps(document), encoding="utf-8")
    table = folder / "tables" / "model.csv"
    lines = table.read_text(encoding="utf-8").splitlines()
    body = [line.replace(",", ",2000-01-01,2000-12-31,", 1) for line in lines[1:]]
    table.write_text("\n".join([lines[0].replace(",", ",start,end,", 1), *body]) + "\n", encoding="utf-8")
    assert findings(open_pack(folder), "dates") == []
    table.write_text(table.read_text(encoding="utf-8").replace("2000-12-31", "1999-12-31", 1), encoding="utf-8")
    assert "row 2: the end 1999-12-31 is before the start" in findings(open_pack(folder), "dates")[0].sentence()


def test_a_key_of_the_country_that_is_none(folder):
    assert findings(open_pack(folder), "country") == []
    (folder / "country.yaml").write_text("independance: 1991\n", encoding="utf-8")
    assert "independence" in findings(open_pack(folder), "country")[0].sentence()


def test_every_check_has_a_planted_fault():
    assert {check.name for check in CHECKS} == {row[0] for row in PLANTED} | {
        "dates", "figures", "country", "sentences", "shares", "course", "uncounted", "group_parts",
        "proposals", "bibliography", "glossary",
    }


def test_an_unreadable_table_is_reported_by_types_alone(spoil):
    pack = spoil("tables/national.csv", "2000,deaths,20", "2000,deaths,twenty")
    assert {item.check for item in run_checks(pack) if not item.passed} == {"types"}


def test_limits_of_fields():
    frame = pl.DataFrame({"a": [1, 5, None], "b": ["x1", "y", "x2"]})
    found = columns.within_limits(frame, [Field("a", "integer", maximum=4), Field("b", pattern="x[0-9]")])
    assert [(item.row, item.column) for item in found] == [(1, "a"), (1, "b")]


def test_key_with_empty_cells_counts_them_as_equal():
    frame = pl.DataFrame({"a": [1, 1, 1], "b": [None, None, "x"]})
    assert [item.row for item in columns.key_unique(frame, ["a", "b"])] == [1]


def test_a_year_on_the_border_of_two_vintages(testland):
    assert regions.vintage_of_year(2017, testland.vintages()) == "before"
    assert regions.vintage_of_year(2018, testland.vintages()) == "after"


def test_region_judged_by_year_where_there_is_no_vintage(testland):
    frame = pl.DataFrame({"year": [2017, 2018], "region": ["TL-50", "TL-50"]})
    found = regions.region_in_vintage(frame, testland.membership(), testland.vintages())
    assert [item.row for item in found] == [0]


def test_star_parts_are_held_against_their_own_source_only():
    frame = pl.DataFrame(
        {
            "group": ["total", "a", "b", "total"],
            "value": [3.0, 1.0, 2.0, 99.0],
            "source": ["s", "s", "s", "t"],
            "status": "official",
        }
    )
    identity = sums.Identity("i", "group", "total", ("*",), 0.0)
    checked = sums.parts_sum(frame, identity, pl.DataFrame({"vintage": [], "region": []}))
    assert (checked.tested, checked.partial, checked.findings) == (1, 1, ())


def test_tolerance_is_inclusive():
    frame = pl.DataFrame({"g": ["t", "a"], "value": [10.0, 9.0], "source": "s", "status": "official"})
    empty = pl.DataFrame({"vintage": [], "region": []})
    assert sums.parts_sum(frame, sums.Identity("i", "g", "t", ("a",), 1.0), empty).findings == ()
    assert sums.parts_sum(frame, sums.Identity("i", "g", "t", ("a",), 0.9), empty).findings != ()


def test_coverage_with_a_step():
    frame = pl.DataFrame({"year": [2000, 2010]})
    assert coverage.years_covered(frame, 2000, 2010, 10) == ()
    assert coverage.years_covered(frame, 2000, 2010, 5)[0].values["gaps"] == "2005"
