"""The plan of a study: what is given, the pack's own, the defaults; and sentences for what cannot be."""

import importlib.util
import tomllib
from pathlib import Path

import polars as pl
import pytest

from qonys.catalog import open_pack
from qonys.cli import main
from qonys.errors import BadInput
from qonys.projection.national import project_national
from qonys.projection.scenarios import Scenario
from qonys.study.chapters.projection import scenario_rows
from qonys.study.chapters.registry import CHAPTERS
from qonys.study.plan import SECTIONS, Plan, merged, plan_text, read_plan_file, resolve

spec = importlib.util.spec_from_file_location("made_up", Path(__file__).parents[1] / "projection" / "made_up.py")
made_up = importlib.util.module_from_spec(spec)
spec.loader.exec_module(made_up)


@pytest.fixture(scope="module")
def pack():
    return open_pack("kazakhstan")


def test_the_resolved_plan_leaves_nothing_out_and_is_a_study_file(pack):
    plan = resolve(pack)
    again = resolve(pack, tomllib.loads(plan_text(plan)))
    assert again == plan
    assert again.digest() == plan.digest()
    assert set(plan.document()) == {"country", "languages", *SECTIONS}


def test_given_before_the_pack_before_the_defaults(pack):
    plan = resolve(pack, {"regions": {"draws": 40}})
    assert plan.regions.draws == 40
    assert plan.present.pyramids == (1959, 1979, 1999, 2023)  # the pack's own study.toml
    assert plan.consequences.since == 1991  # independence, of the pack's country.yaml
    assert plan.account == Plan().account
    assert plan.projection.base_year == 2024  # it ends in the last official count


def test_years_that_no_one_named_end_with_the_projection(pack):
    ahead = resolve(pack, {"projection": {"until": 2040}}).projection
    assert (ahead.shown, ahead.pyramids, ahead.register_until) == ((2030, 2040), (2040,), 2040)
    assert resolve(pack, {"projection": {"until": 2100}}) == resolve(pack)
    assert resolve(pack, {"skill": {"origins": [2000, 2013]}}).skill.fans == (2000,)
    assert resolve(pack, {"skill": {"origins": [2013]}}).skill.fans == (2013,)


def test_the_hash_names_what_numbers_depend_on(pack):
    plan = resolve(pack)
    assert plan.digest() == resolve(pack, {"languages": ["kk"]}).digest()
    assert plan.digest() != resolve(pack, {"account": {"seed": 21}}).digest()
    assert plan.digest("regions") == resolve(pack, {"account": {"seed": 21}}).digest("regions")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"region": {}}, "no setting “region”; did you mean regions"),
        ({"regions": {"drows": 3}}, "no setting “regions.drows”; did you mean draws"),
        ({"regions": 3}, "“regions” is 3; expected"),
        ({"regions": {"draws": "many"}}, "“regions.draws” is many; expected: a whole number"),
        ({"regions": {"draws": True}}, "“regions.draws” is true"),
        ({"regions": {"draws": 1}}, "“regions.draws” is 1; it must lie between 2"),
        ({"groups": {"share": 2}}, "“groups.share” is 2; it must lie between 0"),
        ({"present": {"pyramids": 1959}}, "“present.pyramids” is 1959; expected: a list of whole numbers"),
        ({"present": {"pyramids": [1959, "x"]}}, "“present.pyramids” is"),
        ({"projection": {"until": 2020}}, "“projection.until” is 2020, but projection.base_year is 2024"),
        ({"languages": "ru"}, "“languages” is ru; expected: a list of words"),
        ({"skill": {"fans": [1977]}}, "“skill.fans” holds 1977, which is not one of skill.origins: 1980"),
        ({"skill": {"origins": []}}, "“skill.origins” is an empty list"),
        ({"projection": {"shown": [2150]}}, "“projection.shown” is 2150, but projection.until is 2100"),
        ({"projection": {"pyramids": [2000]}}, "“projection.pyramids” is 2000, but projection.base_year is 2024"),
        ({"projection": {"until": 2040, "register_until": 2045}}, "“projection.register_until” is 2045, but"),
        ({"regions": {"shown": [2060]}}, "“regions.shown” is 2060, but regions.until is 2050"),
        ({"account": {"kept": 2000}}, "“account.kept” is 2000, but account.draws is 1000"),
        ({"scenarios": {"nation": ["half"]}}, "“scenarios.nation” holds half, which is not one of scenarios.named: no_migration"),
        ({"scenarios": {"regions": "half"}}, "“scenarios.regions” is half; expected: a list of words"),
        ({"scenarios": {"named": {"half": 3}}}, "“scenarios.named.half” is 3"),
        ({"scenarios": {"named": 3}}, "“scenarios.named” is 3"),
        ({"scenarios": {"named": {"half": {"emigration": 1}}}}, "“scenarios.named.half” cannot be: "),
        ({"scenarios": {"named": {"half": {"emigration_times": -1}}}}, "emigration_times is -1; it must lie between 0 and 100"),
        ({"scenarios": {"nation": ["x"], "named": {"x": {"internal_times": 2}}}}, "x, which sets internal_times"),
        ({"country": "georgia"}, "is a study of “georgia”"),
        ({"languages": ["xx"]}, "there is no language “xx”"),
    ],
)
def test_what_cannot_be_is_one_sentence(pack, given, sentence):
    with pytest.raises(BadInput) as caught:
        resolve(pack, given, "my.toml")
    for language in ("en", "ru", "kk"):
        assert "my.toml" in caught.value.sentence(language)
    assert sentence in str(caught.value)


def test_a_broken_file_is_one_sentence(tmp_path):
    path = tmp_path / "study.toml"
    path.write_text("[regions\n", encoding="utf-8")
    with pytest.raises(BadInput, match="row 1, column 9: not written as TOML"):
        read_plan_file(path)
    with pytest.raises(BadInput, match="no file"):
        read_plan_file(tmp_path / "nowhere.toml")


def test_values_of_whole_numbers_are_taken_where_shares_stand():
    assert merged(Plan(), {"groups": {"share": 1}}).groups.share == 1.0


def test_scenarios_of_a_plan(pack, capsys, tmp_path):
    plan = resolve(pack)
    assert plan.scenarios.nation == ("no_migration",)  # what runs where nothing is said
    assert plan.scenarios.regions == ()
    assert plan.scenarios.scenario("no_migration") == Scenario(no_migration=True)
    path = tmp_path / "study.toml"
    path.write_text(
        '[scenarios]\nnation = ["no_migration", "half"]\nregions = []\n'
        "[scenarios.named.half]\nemigration_times = 0.5\nsince = 2027\n", encoding="utf-8",
    )  # fmt: skip
    found = resolve(pack, read_plan_file(path))
    assert found.scenarios.scenario("half") == Scenario(emigration_times=0.5, since=2027)
    assert found.digest() != plan.digest()
    assert found.digest("projection") == plan.digest("projection")
    assert main(("study", "--plan", "--study", str(path), "--lang", "en")) == 0
    printed = tomllib.loads(capsys.readouterr().out)
    assert printed["scenarios"]["nation"] == ["no_migration", "half"]
    assert printed["scenarios"]["named"]["half"] == {"emigration_times": 0.5, "since": 2027}
    assert resolve(pack, printed).scenarios == found.scenarios


def test_only_the_projections_depend_on_scenarios():
    assert [one.id for one in CHAPTERS if "scenarios" in one.plan] == ["projection", "regional_projection", "voters"]


def test_a_scenario_differs_from_the_baseline_by_its_changes():
    made = made_up.world()
    nation, processes = made.national, made.processes
    how = (10, 30, 1)
    usual = project_national(nation, processes, *how)
    named = {"same": Scenario(), "more": Scenario(net_add=1000.0, since=nation.base_year + 6)}
    frame = scenario_rows(usual, {name: project_national(nation, processes, *how, one) for name, one in named.items()})
    people = frame.filter(pl.col("measure") == "population").sort("scenario", "year")
    same = people.filter(pl.col("scenario") == "same")
    assert (same["change_low"] == 0).all()
    assert (same["change_high"] == 0).all()
    expected = usual.quantiles().filter(pl.col("measure") == "population").sort("year")
    assert same["median"].to_list() == pytest.approx(expected["q50"].to_list())
    more = people.filter(pl.col("scenario") == "more")["change_median"].to_list()
    assert more[:6] == pytest.approx([0.0] * 6)
    assert 900 < more[6] < 1100
    assert more[-1] > more[6]


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_a_wrong_process_names_the_file_and_the_key(pack, language):
    for given, name in (
        ({"fertility": "regime"}, "processes.fertility"),
        ({"dependence": "correlated", "longevity": "double_logistic"}, "processes.dependence"),
    ):
        with pytest.raises(BadInput) as caught:
            resolve(pack, {"processes": given}, "mine.toml")
        assert "mine.toml" in caught.value.sentence(language)
        assert name in caught.value.sentence(language)


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_draws_that_a_chapter_cannot_use_are_refused_where_the_plan_is_read(pack, language):
    for given, part in (
        ({"indicators": {"draws": 19}}, "indicators.draws"),
        ({"skill": {"draws": 10}}, "skill.draws"),
        ({"skill": {"draws": 42}}, "4"),
    ):
        with pytest.raises(BadInput) as caught:
            resolve(pack, given)
        assert part in caught.value.sentence(language)
    assert resolve(pack, {"indicators": {"draws": 20}, "skill": {"draws": 40}}).skill.draws == 40
