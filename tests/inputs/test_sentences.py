"""Sentences of the country: its own text where the pack has one, names in their cases, and what the check refuses."""

import shutil

import pytest

from qonys.catalog import open_pack
from qonys.catalog.checks import run_checks
from qonys.inputs import said
from qonys.study.runs.names import current
from qonys.study.runs.results import Number, Results


def sentences(folder, text):
    (folder / "sentences.yaml").write_text(text, encoding="utf-8")
    found = run_checks(open_pack(folder), ["sentences"])
    return [finding.sentence() for result in found for finding in result.findings]


def test_the_shipped_sentences_hold(shipped):
    (result,) = run_checks(shipped, ["sentences"])
    assert result.tested > 5
    assert not result.findings


def test_a_sentence_of_the_pack_takes_the_place_of_the_general_one(own, shipped):
    assert "1950" in said(shipped, "retro.intro", "en")
    (own / "sentences.yaml").unlink()
    assert "1950" not in said(open_pack(own), "retro.intro", "en")


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "from Kazakhstan"), ("ru", "из Казахстана"), ("kk", "Қазақстаннан")],
)
def test_names_stand_in_their_case(shipped, language, text):
    assert said(shipped, "bilateral.out", language) == text


def test_another_country_is_named_by_the_same_sentence(own):
    path = own / "country.yaml"
    text = path.read_text(encoding="utf-8").replace("genitive: Казахстана", "genitive: Грузии")
    path.write_text(text, encoding="utf-8")
    assert said(open_pack(own), "bilateral.out", "ru") == "из Грузии"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("retro.intros: {en: a, ru: b, kk: c}", "there is no text with the key “retro.intros”; the nearest: retro.intro"),
        ("retro.intro: {en: a, ru: b}", "the text in the language “kk” is missing"),
        ("retro.intro: {en: 'a {wind}', ru: b, kk: c}", "nothing fills the placeholder “wind”"),
        ("retro.intro: a", "keys with their values were expected"),
    ],
)
def test_planted_faults_ring(own, text, sentence):
    found = sentences(own, text)
    assert any(sentence in one for one in found), found


def test_an_empty_file_says_nothing(own):
    assert sentences(own, "") == []
    shutil.rmtree(own / "geometry")
    assert said(open_pack(own), "report.title", "en") == "Migration in Kazakhstan"


def test_results_open_under_the_names_that_they_had(tmp_path):
    assert current("regional.kazakh_now") == "regional.kin_now"
    stored = Results("release")
    stored.add(Number("regional.kin.2050", 0.7, "share"))
    assert stored.number("regional.kazakh.2050").value == 0.7
