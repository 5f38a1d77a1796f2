"""Sentences are written by a person: no phrase that betrays a machine or an office, and words that agree with numbers."""

import re
import tomllib
from pathlib import Path

import pytest
from tests.house.wording import all_texts

from qonys import words
from qonys.words.agreement import ORDER, agreed

PHRASES = tomllib.loads((Path(__file__).parent / "phrases.toml").read_text(encoding="utf-8"))
FORMS = re.compile(r"(.{0,3})\[([^\[\]|{}]*(?:\|[^\[\]|]*)+)\]( \{rows\})?")
# notations of files and of the command line that a text names
NOTATION = re.compile(r"^(cli|catalog|spaces|doctor)\.")


def betrayed(text, language):
    """Phrases of a text that no person writes, with the reason."""
    found = ((re.search(phrase, text, re.IGNORECASE), reason) for phrase, reason in PHRASES[language].items())
    return [f"{one.group()!r}: {reason}" for one, reason in found if one]


def unfit_forms(text, language):
    """Forms in brackets that follow no place of a number, or are not as many as the language has; before rows, two."""
    return [
        forms for before, forms, rows in FORMS.findall(text)
        if (len(forms.split("|")) != 2 if rows else
            not re.search(r"\}†?[ \u00a0]$", before) or len(forms.split("|")) != len(ORDER[language]))
    ]  # fmt: skip


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_no_text_betrays_a_machine(language):
    assert [f"{place}: {one}" for place, text in all_texts(language) for one in betrayed(text, language)] == []


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_forms_follow_a_number_and_are_as_many_as_the_language_has(language):
    texts = [(place, text) for place, text in all_texts(language) if not NOTATION.match(place)]
    assert [(place, forms) for place, text in texts for forms in unfit_forms(text, language)] == []


@pytest.mark.parametrize(
    ("language", "planted"),
    [("en", "It should be noted that"), ("en", "in order to see"), ("en", "0 cases"), ("en", "What the data can show: much."),
     ("ru", "Следует отметить, что"), ("ru", "данный показатель"), ("ru", "Москва является столицей"), ("ru", "в 0 случаев"),
     ("ru", "из 1 источников"), ("ru", "21 регионов"), ("ru", "нельзя не сказать"), ("kk", "Айта кету керек"),
     ("kk", "астана болып табылады"), ("kk", "0 жағдай")],
)  # fmt: skip
def test_a_planted_phrase_rings(language, planted):
    assert betrayed(planted, language)


@pytest.mark.parametrize(
    ("language", "fair"),
    [("en", "10 cases"), ("en", "1,000 persons"), ("ru", "по этим данным"), ("ru", "11 регионов"), ("ru", "100 человек"),
     ("ru", "2,0 раза"), ("kk", "10 жағдай")],
)  # fmt: skip
def test_fair_words_do_not(language, fair):
    assert not betrayed(fair, language)


@pytest.mark.parametrize(
    ("language", "text", "unfit"),
    [("ru", "{n} [год|года|лет]", 0), ("ru", "{n} [год|лет]", 1), ("ru", "всего [год|года|лет]", 1), ("en", "{n} [year|years]", 0),
     ("ru", "[строка|строки] {rows}", 0), ("ru", "[строка|строки|строк] {rows}", 1), ("en", "[row|rows] of {n}", 1)],
)
def test_planted_forms_ring(language, text, unfit):
    assert len(unfit_forms(text, language)) == unfit


@pytest.mark.parametrize(
    ("n", "said"), [("1", "1 год"), ("2", "2 года"), ("5", "5 лет"), ("11", "11 лет"), ("21", "21 год"), ("1,5", "1,5 года")]
)
def test_words_agree_in_russian(n, said):
    assert agreed(f"{n} [год|года|лет]", "ru") == said
