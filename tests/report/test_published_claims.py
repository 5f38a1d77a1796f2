"""What the report and the site say of claims: from what a pack has, not of one country's course."""

import re

import pytest

from qonys import inputs, words
from qonys.catalog import open_pack
from qonys.study.claims.reading import claims_source

COURSE = {
    "en": re.compile(r"\b[Tt]he course\b(?! of)"),
    "ru": re.compile("[Кк]урс(?!ив)"),
    "kk": re.compile("[Кк]урс(?!ив)"),
}
SAID = ("summary.claims", "claims.intro", "web.lead.claims", "web.doors.student_text", "forms.intro")


def sentence(key, language):
    """The text under a key; empty where it has plural forms."""
    try:
        return words.template(key, language)
    except KeyError:
        return ""


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_general_texts_name_no_course(language):
    single = {key: text for key in words.keys(language) if (text := sentence(key, language))}
    told = [key for key, text in single.items() if COURSE[language].search(text)]
    assert told == []


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("key", SAID)
def test_only_a_pack_with_a_course_speaks_of_it(key, language):
    assert COURSE[language].search(inputs.template(open_pack("kazakhstan"), key, language))
    assert not COURSE[language].search(inputs.template(open_pack("georgia"), key, language))


def test_the_text_that_the_claims_are_taken_from():
    assert claims_source(open_pack("georgia"), "en") == "Georgia's shrinking population"
    assert "university course" in claims_source(open_pack("kazakhstan"), "en")
