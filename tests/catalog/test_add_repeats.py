"""Figures that a file states twice, texts for no value and years under other names, in what is added to the catalogue."""

import pytest

from qonys.catalog.importing.add import prepared
from qonys.catalog.importing.understand import ReadingOptions
from qonys.catalog.reading.choices import FileChoices
from qonys.cli import main

TWICE = (
    "year,region,sex,age_group,value\n2018,TL-10,female,young,5\n2018,TL-10,female,old,6\n"
    "2018,TL-10,male,young,7\n2018,TL-10,male,old,8\n"
)


def ready_of(pack, folder, text, **file):
    path = folder / "own.csv"
    path.write_text(text, encoding="utf-8")
    options = ReadingOptions(
        source_title="Mine", status="official", constants={"area": "total"}, file=FileChoices(**file)
    )
    return prepared(pack, path, "population_regional", options)


def test_the_column_that_tells_the_rows_apart_is_named_once(testland, tmp_path):
    ready = ready_of(testland, tmp_path, TWICE)
    (finding,) = ready.findings
    assert finding.key == "catalog.add.told_apart"
    assert finding.sentence("en").startswith("rows 2 and 3: year=2018, region=TL-10, sex=female stands twice")
    assert "--where age_group=young" in finding.sentence("en")


def test_the_option_that_is_advised_helps(testland, tmp_path):
    ready = ready_of(testland, tmp_path, TWICE, where=("age_group=old",))
    assert ready.findings == ()
    assert ready.frame["value"].to_list() == [6, 8]


def test_rows_that_nothing_tells_apart_stay_as_they_were(testland, tmp_path):
    ready = ready_of(testland, tmp_path, "year,region,sex,value\n2018,TL-10,female,5\n2018,TL-10,female,6\n")
    assert [finding.key for finding in ready.findings] == ["catalog.rule.key_unique"]


def test_the_command_takes_the_option(tmp_path, capsys):
    (tmp_path / "own.csv").write_text("year,region,sex,x,value\n2018,KZ-75,female,a,5\n2018,KZ-75,female,b,6\n", "utf-8")
    given = ["catalog", "add", str(tmp_path / "own.csv"), "--as", "population_regional", "--set", "area=total"]
    given += ["--source-title", "T", "--status", "official", "--dry-run"]
    assert main(given) == 1
    assert "--where x=a" in capsys.readouterr().out
    assert main([*given, "--where", "x=a"]) == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("year,region,sex,value\n2018,TL-10,female,n/a\n", "--na 'value=n/a'"),
        ("year,region,sex,value\n2018,Nowhere,female,5\n", "--exclude 'region=Nowhere'"),
        ("date,region,sex,value\n2018-06-30,TL-10,female,5\n", "“2018-06-30” is a part of a year"),
        ("date,region,sex,value\n43466,TL-10,female,5\n", "the number by which a spreadsheet stores a date"),
    ],
)
def test_what_may_be_said_of_a_cell(testland, tmp_path, text, said):
    (finding,) = ready_of(testland, tmp_path, text).findings
    assert said in finding.sentence("en")


@pytest.mark.parametrize("name", ["date", "time", "period", "Дата", "кезең", "TIME_PERIOD", "годы"])
def test_years_under_other_names(testland, tmp_path, name):
    ready = ready_of(testland, tmp_path, f"{name},region,sex,value\n2018-01-01,TL-10,female,5\n")
    assert ready.findings == ()
    assert ready.frame["year"].to_list() == [2018]
