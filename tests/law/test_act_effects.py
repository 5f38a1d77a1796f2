"""Effects of acts of the register on figures of the pack, with the acts and events that stand at the time."""

import json
import re

import polars as pl
import pytest

from qonys import words
from qonys.catalog import open_pack
from qonys.cli import main
from qonys.law import law_register
from qonys.study.analyses.act_effects import effect_of_act
from qonys.study.analyses.act_outcomes import outcome
from qonys.study.analyses.effect import EffectOptions, panel_of

LAW = "law-477-iv-2011"


def asked(capsys, *line):
    code = main(["law", "effect", *line])
    out = capsys.readouterr()
    return code, out.out, out.err


def test_the_effect_begins_in_the_next_year_and_names_its_rivals():
    pack = open_pack("kazakhstan")
    made = effect_of_act(pack, law_register(pack), LAW, "net_migration", EffectOptions(), "en")
    assert made.first == 2012
    assert set(made.rivals["kind"]) >= {"act", "event"}
    assert made.rivals["id"].to_list().count(LAW) == 0
    assert "event_migration_law_2011" not in made.rivals["id"].to_list(), "its own event"
    assert max(made.p) > 0.5
    assert made.series.years[0] < 1960
    spans = made.rivals.with_columns(end=pl.coalesce("end", "start"))
    assert all(abs(row["start"] - 2012) <= 2 or row["start"] <= 2012 <= row["end"] for row in spans.iter_rows(named=True))
    assert made.found.table["effect"].to_list() == ["step", "slope", "mean"]


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_command_says_what_it_rests_on(capsys, language):
    code, out, _ = asked(capsys, LAW, "--outcome", "net_migration", "--lang", language)
    assert code == 0
    assert "2012" in out
    assert words.text("effect.assumes.interrupted", language) in out


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (("no-such-act",), "no-such-act"),
        ((LAW, "--outcome", "wealth"), "wealth"),
        (("resolution-1146-2022", "--outcome", "net_migration"), "time"),
        ((LAW, "--outcome", "net_migration", "--treated", "KZ-63"), "one series"),
        ((LAW, "--outcome", "net_migration_regional_total", "--treated", "KZ-63"), "before the date"),
        ((LAW, "--outcome", "natural_rate_ratio"), "before the date"),
        ((LAW, "--outcome", "births_regional", "--treated", "KZ"), "no unit KZ"),
    ],
)
def test_what_cannot_be_answered_is_one_sentence(capsys, line, said):
    code, out, err = asked(capsys, *line)
    assert code != 0
    assert out == ""
    assert said in err
    assert len(err.strip().splitlines()) == 1


def test_without_a_figure_the_figures_are_listed(capsys):
    pack = open_pack("kazakhstan")
    code, out, _ = asked(capsys, LAW, "--format", "csv")
    listed = pl.read_csv(out.encode())
    assert code == 0
    assert listed.filter(pl.col("figure") == "net_migration").row(0, named=True) == {
        "figure": "net_migration", "name": "Net migration", "unit": "persons", "year_start": 1950, "year_end": 2024, "regions": None,
    }  # fmt: skip
    assert "poverty_rate" not in listed["figure"].to_list(), "two years before the act"
    for row in listed.iter_rows(named=True):
        found = outcome(pack, row["figure"], "ru")
        panel = panel_of(found.frame)
        assert pack.whole not in panel.units
        assert panel.times.tolist() == list(range(row["year_start"], row["year_end"] + 1))
        assert len(panel.units) == (row["regions"] or 1)


def test_regions_stay_within_one_set_of_boundaries():
    """South Kazakhstan and the parts that it became in 2018 are given for the same years: joined, both would stand twice."""
    found = outcome(open_pack("kazakhstan"), "poverty_rate", "en")
    assert (found.boundaries, found.regions, found.years) == ("boundaries before 2018", 16, (2010, 2017))


def test_a_region_beside_others_names_its_boundaries(capsys):
    code, out, _ = asked(capsys, LAW, "--outcome", "births_regional", "--treated", "KZ-35", "--lang", "en")
    assert code == 0
    assert "boundaries before 2018" in out


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_no_number_has_a_decimal_point_where_the_language_has_a_comma(capsys, language):
    for table in ("effect", "path", "curve"):
        _, out, _ = asked(capsys, LAW, "--outcome", "homicide_deaths", "--table", table, "--lang", language)
        assert re.findall(r"\d\.\d", out) == []


def test_choices_left_out_for_one_reason_are_one_line(capsys):
    _, _, err = asked(capsys, "law-110-viii-2024", "--outcome", "physicians", "--table", "curve")
    lines = err.strip().splitlines()
    assert len(lines) == len(set(lines)) == 1


def test_the_figures_offered_can_be_asked(capsys):
    code, out, _ = asked(capsys, LAW, "--format", "json")
    assert code == 0
    rows = json.loads(out)
    rows = rows["rows"] if isinstance(rows, dict) else rows
    assert rows
    for row in rows:
        before, after = 2012 - row["year_start"], row["year_end"] - 2011
        assert before >= 8
        assert after >= 3
    assert "census_population" not in {row["figure"] for row in rows}


def test_an_act_with_no_figure_long_enough(capsys):
    code, _, said = asked(capsys, "law-15-viii-2023", "--lang", "en")
    assert code == 1
    assert "8 years before 2024" in said
