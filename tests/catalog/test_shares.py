"""Persons against published shares and totals: a contradiction is told as a note, rounding is not. Figures made up."""

import polars as pl
import pytest

from qonys.catalog import open_pack
from qonys.catalog.checks import run_checks
from qonys.catalog.rules.shares import Shares, last_digit, shares_agree

RULE = Shares("groups", "group", 0.005)
TOTALS = pl.DataFrame({"year": [1900, 1900], "value": [1_000_000.0, 1_020_345.0], "source": ["book", "archive"]})


def frame(*rows):
    columns = ("year", "group", "value", "unit", "source")
    return pl.DataFrame([dict(zip(columns, row, strict=True)) for row in rows])


def told(*rows, totals=TOTALS):
    return [note.sentence("en") for note in shares_agree(frame(*rows), totals, RULE).notes]


def test_a_misprint_of_persons_names_both_rows_and_the_total():
    (sentence,) = told(
        (1900, "a", 212_762.0, "persons", "site"), (1900, "a", 23.2, "percent", "paper"), (1900, "b", 1.0, "persons", "x")
    )
    for part in ("groups", "year=1900", "group=a", "212762", "site", "23.2", "paper", "1000000", "book", "232000"):
        assert part in sentence


def test_a_lost_digit_of_a_small_group():
    assert told((1900, "u", 5_815.0, "persons", "site"), (1900, "u", 5.58, "percent", "paper"))
    assert told((1900, "u", 55_815.0, "persons", "site"), (1900, "u", 5.58, "percent", "paper")) == []


@pytest.mark.parametrize(
    ("persons", "share"),
    [
        (232_400.0, 23.2),  # 23.2 is 23.15 … 23.25
        (236_700.0, 23.2),  # of the other total
        (200_000.0, 23.0),  # persons rounded to hundreds of thousands
        (228_000.0, 23.0),  # 23 is 22.5 … 23.5
    ],
)
def test_rounding_and_another_total_explain(persons, share):
    assert told((1900, "a", persons, "persons", "site"), (1900, "a", share, "percent", "paper")) == []


def test_another_year_and_no_total_are_not_compared():
    rows = (1900, "a", 5.0, "persons", "site"), (1901, "a", 23.2, "percent", "paper")
    assert told(*rows) == []
    rows = (1902, "a", 5.0, "persons", "site"), (1902, "a", 23.2, "percent", "paper")
    checked = shares_agree(frame(*rows), TOTALS, RULE)
    assert (checked.notes, checked.tested) == ((), 0)


def test_groups_above_the_total():
    rows = (1900, "a", 700_000.0, "persons", "site"), (1900, "b", 310_000.0, "persons", "site")
    (sentence,) = told(*rows)  # above the book's total by more than thousands can hide, below the archive's
    for part in ("year=1900", "1010000", "site", "1000000", "book"):
        assert part in sentence
    own = (1900, "total", 1_010_000.0, "persons", "site")
    assert told(*rows, own) == []
    assert told((1900, "a", 690_000.0, "persons", "one"), (1900, "b", 390_000.0, "persons", "two")) == []


def test_last_digits():
    assert [last_digit(value) for value in (0.7, 30.0, 10.95, 4_000_000.0, 0.0)] == [0.1, 10.0, 0.01, 1e6, 1.0]


DECLARED = "id,figure,where,axis,totals,totals_where,tolerance,text_en,text_ru,text_kk\n"


def test_the_check_of_a_pack_tells_notes_and_passes(folder):
    (folder / "shares.csv").write_text(
        DECLARED + "sexes,population_regional,year=2016;region=TL;area=total,sex,population_regional,"
        "year=2016;region=TL;area=total;sex=female,0.005,a,b,c\n",
        encoding="utf-8",
    )
    (result,) = run_checks(open_pack(folder), ["shares"])
    assert result.passed
    assert "both" not in [note.values["key"] for note in result.notes]
    assert result.notes[0].key == "catalog.rule.share_sum"


def test_an_unknown_figure_of_the_file_is_a_fault(folder):
    (folder / "shares.csv").write_text(DECLARED + "a,nation,,sex,national,,0.005,a,b,c\n", encoding="utf-8")
    found = [finding for result in run_checks(open_pack(folder), ["references"]) for finding in result.findings]
    assert "“nation”" in found[0].sentence("en")


def test_the_command_says_the_notes_and_does_not_fail(run, folder):
    (folder / "shares.csv").write_text(
        DECLARED + "sexes,population_regional,year=2016;region=TL;area=total,sex,population_regional,"
        "year=2016;region=TL;area=total;sex=female,0.005,a,b,c\n",
        encoding="utf-8",
    )
    for language, word in (("en", "do not agree"), ("ru", "не согласуются"), ("kk", "сәйкес келмейтін")):
        code, out, _ = run("catalog", "check", language=language)
        assert code == 0
        assert word in out


def test_the_known_contradictions_of_the_pack_of_kazakhstan_are_told():
    (result,) = run_checks(open_pack("kazakhstan"), ["shares"])
    assert result.passed
    assert result.tested > 100
    told = {(note.values["key"], note.values.get("persons"), note.values["source"]) for note in result.notes}
    assert ("year=1939, basis=census, ethnic_group=kazakh", "2127625", "gh_census_ethnic") in told
    assert ("year=1897, basis=census, ethnic_group=uyghur", "5815", "gh_census_ethnic") in told
    assert ("year=1897, basis=census, ethnic_group=uzbek", "19564", "gh_census_ethnic") in told
    assert ("year=1897, basis=census", None, "gh_census_ethnic") in told  # the groups and 4,000,000
    assert not any(source == "wiki_ethnic_groups_kz" for _, _, source in told)
