"""What is known of a country: as declared, as found in the tables, and what the check refuses."""

import pytest
import yaml

from qonys.catalog import open_pack
from qonys.catalog.checks import run_checks
from qonys.errors import BadInput
from qonys.inputs import country, country_words


def changed(folder, **keys):
    """The pack of `folder` with keys of country.yaml replaced; None takes a key out."""
    path = folder / "country.yaml"
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    for key, value in keys.items():
        document.pop(key, None) if value is None else document.__setitem__(key, value)
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    return open_pack(folder)


def test_the_shipped_declaration_holds(shipped):
    (result,) = run_checks(shipped, ["country"])
    assert result.tested == 1
    assert not result.findings
    found = country(shipped)
    assert (found.code, found.iso3, found.kin, found.contrast_group) == ("KZ", "KAZ", "kazakh", "russian")
    assert found.survey("wish") == "Gallup World"


def test_what_is_not_declared_is_found_in_the_tables(own, shipped):
    (own / "country.yaml").unlink()
    found, declared = country(open_pack(own)), country(shipped)
    assert found.independence is None
    assert found.kin_groups == declared.kin_groups
    assert found.contrast_group == declared.contrast_group
    assert (found.first_census, found.account_from) == (declared.first_census, declared.account_from)
    assert found.composition_from in found.composition_dates
    assert set(declared.composition_dates) <= set(found.composition_dates)
    with pytest.raises(BadInput, match="no survey in the role “wish”"):
        found.survey("wish")


def test_sentences_take_the_forms_of_their_language(own, shipped):
    assert country_words(shipped, "ru")["country_gen"] == "Казахстана"
    assert country_words(shipped, "kk")["kin_loc"] == "қазақтарда"
    assert country_words(shipped, "en")["contrast"] == "ethnic Russians"
    plain = country_words(changed(own, names=None, groups=None), "ru")
    assert (plain["country_gen"], plain["kin_gen"]) == ("Казахстан", "казахи")


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ({"independance": 1991}, "the key “independance” is not known; the nearest: independence"),
        ({"independence": "soon"}, "independence: a year was expected, “soon” was found"),
        ({"kin_groups": "kazakh"}, "kin_groups: a list was expected"),
        ({"span": [2026, 1897]}, "the first and the last year were expected"),
        ({"contrast_group": "martian"}, "“martian” is not in labels.csv"),
        ({"surveys": {"wish": "Galup World"}}, "the nearest: Gallup World"),
        ({"names": {"ru": {"nominative": "Казахстан"}}}, "the form “genitive” is missing"),
        ({"intentions": [{"figure": "births"}]}, "intentions 1: the keys figure, year and from_age were expected"),
        ({"names": "Kazakhstan"}, "country.yaml: names: keys with their values were expected"),
    ],
)
def test_planted_faults_ring(own, keys, sentence):
    found = [finding.sentence() for result in run_checks(changed(own, **keys), ["country"]) for finding in result.findings]
    assert any(sentence in text for text in found), found
