"""The plan of a study: what is given, the pack's own, the defaults; and sentences for what cannot be."""

import tomllib

import pytest

from qonys.catalog import open_pack
from qonys.errors import BadInput
from qonys.study.plan import SECTIONS, Plan, merged, plan_text, read_plan_file, resolve


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
    assert plan.projection.base_year == 2023  # the newest year of the age structure


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
        ({"regions": {"draws": True}}, "“regions.draws” is True"),
        ({"regions": {"draws": 1}}, "“regions.draws” is 1; it must lie between 2"),
        ({"groups": {"share": 2}}, "“groups.share” is 2; it must lie between 0"),
        ({"present": {"pyramids": 1959}}, "“present.pyramids” is 1959; expected: a list of whole numbers"),
        ({"present": {"pyramids": [1959, "x"]}}, "“present.pyramids” is"),
        ({"projection": {"until": 2020}}, "“projection.until” is 2020, but projection.base_year is 2023"),
        ({"languages": "ru"}, "“languages” is ru; expected: a list of words"),
        ({"skill": {"fans": [1977]}}, "“skill.fans” holds 1977, which is not one of skill.origins: 1980"),
        ({"skill": {"origins": []}}, "“skill.origins” is an empty list"),
        ({"projection": {"shown": [2150]}}, "“projection.shown” is 2150, but projection.until is 2100"),
        ({"projection": {"pyramids": [2000]}}, "“projection.pyramids” is 2000, but projection.base_year is 2023"),
        ({"projection": {"until": 2040, "register_until": 2045}}, "“projection.register_until” is 2045, but"),
        ({"regions": {"shown": [2060]}}, "“regions.shown” is 2060, but regions.until is 2050"),
        ({"account": {"kept": 2000}}, "“account.kept” is 2000, but account.draws is 1000"),
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
    with pytest.raises(BadInput, match="cannot be read"):
        read_plan_file(path)
    with pytest.raises(BadInput, match="cannot be read"):
        read_plan_file(tmp_path / "nowhere.toml")


def test_values_of_whole_numbers_are_taken_where_shares_stand():
    assert merged(Plan(), {"groups": {"share": 1}}).groups.share == 1.0
