"""``qonys pack check`` is ``qonys catalog check``: file, row and column of what is wrong, and the chapters carried."""

import shutil

import pytest

from qonys.catalog import open_pack
from qonys.catalog.packing.gathering import Published
from qonys.catalog.packing.making import make_pack
from qonys.cli import main
from qonys.cli.catalog import check as checking
from qonys.study.chapters.registry import CHAPTERS


@pytest.fixture(scope="module")
def once(make_forms, tmp_path_factory):
    """A pack made once."""
    folder = tmp_path_factory.mktemp("once")
    forms = make_forms(folder)
    return make_pack("GEO", Published((forms.indicators, forms.ages([2000, 2001]))), folder / "made").folder


@pytest.fixture
def made(once, tmp_path):
    """A copy that a test may spoil."""
    return shutil.copytree(once, tmp_path / "made")


@pytest.fixture
def say(capsys):
    def call(*arguments):
        ended = main([*map(str, arguments), "--lang", "en"])
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return ended, printed.out + printed.err

    return call


def test_one_command_under_two_names(made, say):
    first = say("pack", "check", made)
    assert first[0] == 0
    assert say("catalog", "check", made) == first
    assert say("catalog", "check", "--pack", made) == first
    assert say("pack", "check", "--pack", made) == first


SPOILT = {
    "a word for a number": ("tables/national.csv", ",84379,", ",many,", ["tables/national.csv, row ", "“value”", "“many”"]),
    "a status that is none": ("tables/national.csv", "persons,estimate", "persons,guess", ["tables/national.csv", "row 2", "“guess”"]),
    "an empty value": ("tables/population_age_sex.csv", ",persons,", ",,", ["population_age_sex.csv", "row 2", "“unit”"]),
    "a sex that is none": ("tables/population_age_sex.csv", "2000,female", "2000,woman", ["row 2", "“woman”"]),
    "an unknown source": ("tables/sex_ratio_birth.csv", ",wpp2024,", ",wpp2042,", ["sex_ratio_birth.csv", "row 2", "“wpp2042”"]),
    "an indicator without a name": ("labels.csv", "indicator,births,", "indicator,birth,", ["“indicator”", "“births”"]),
    "births that do not add up": ("tables/national.csv", ",births,84379,", ",births,84479,", ["natural_increase_un", "year=1950"]),
    "a year lost": ("tables/national.csv", "1987,births,", "2187,births,", ["births", "1987"]),
    "a column taken away": ("tables/sex_ratio_birth.csv", "year_end", "end_year", ["sex_ratio_birth.csv, row 1", "“year_end”"]),
    "a table that is not there": ("statements.csv", ",births,,", ",birth,,", ["statements.csv", "row 4", "“birth”"]),
    "a year that is none": ("preferences.csv", "national.births,1,", "national.births,first,", ["preferences.csv, row 2", "“place”", "“first”"]),
    "another unit of a figure": ("figures.yaml", "unit: persons", "unit: moves", ["figures.yaml", "births", "moves"]),
}  # fmt: skip


@pytest.mark.parametrize("fault", SPOILT)
def test_a_planted_fault_is_named_with_its_place(fault, made, say):
    name, before, after, parts = SPOILT[fault]
    path = made / name
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    ended, said = say("pack", "check", made)
    assert ended == 1, "the alarm is dead"
    for part in parts:
        assert part in said, said


def test_a_folder_that_is_no_pack(tmp_path, say):
    ended, said = say("pack", "check", tmp_path)
    assert ended == 1
    assert "has no datapackage.json" in said


def test_which_chapters_the_pack_carries(made, say):
    ended, said = say("pack", "check", made)
    assert ended == 0
    assert "Chapters supported by the pack: " in said
    for chapter in CHAPTERS:
        assert f"({chapter.id})" in said, "every chapter is carried or left out, and said"
    line = next(line for line in said.splitlines() if "(ages)" in line)
    assert line.startswith("Omitted: ")
    assert line.endswith("; missing: death_rates_by_age_sex.")
    assert not next(line for line in said.splitlines() if "(shocks)" in line).startswith("Omitted")


def test_a_chapter_whose_figure_is_taken_away_is_left_out(forms, tmp_path):
    """Bilateral stocks: carried with stocks and partners, left out without the table of partners."""
    stocks = [(268, 792, "B", {(2024, "both"): 3, (2024, "male"): 1, (2024, "female"): 2})]
    files = Published((forms.indicators,), forms.desa(stocks))
    found = checking.carried_chapters(open_pack(make_pack("GE", files, tmp_path / "made").folder))
    assert "migrant_stock" not in found.lacking.get("bilateral", ())
    bare = checking.carried_chapters(
        open_pack(make_pack("GE", Published((forms.indicators,)), tmp_path / "bare").folder)
    )
    assert "migrant_stock" in bare.lacking["bilateral"]


def test_the_shipped_pack_carries_every_chapter():
    assert checking.carried_chapters(open_pack("kazakhstan")).lacking == {}


def test_a_pack_whose_figures_cannot_be_read_says_so_and_no_chapters(made, say):
    (made / "figures.yaml").write_text("births: [\n", encoding="utf-8")
    ended, said = say("pack", "check", made)
    assert ended == 1
    assert "figures.yaml, row 2, column 1: not written as YAML requires" in said
    assert "Chapters" not in said
