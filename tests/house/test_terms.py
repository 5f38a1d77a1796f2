"""One notion has one term in each language, in every text that a person reads; the glossaries bear the same terms."""

import re
import tomllib
from pathlib import Path

import pytest
from tests.house.wording import all_texts

from qonys import words
from qonys.catalog.glossary import general_by_id

HERE = Path(__file__).parent
NOTIONS = tomllib.loads((HERE / "terms.toml").read_text(encoding="utf-8"))
PAGE = HERE.parents[1] / "docs" / "reference" / "glossary.md"


def rings(notion, language, place, text):
    """Variants of a notion that a text uses where they are wrong."""
    if not re.search(notion.get("only", ""), place) or (notion.get("but") and re.search(notion["but"], place)):
        return []
    found = (re.search(variant, text, re.IGNORECASE) for variant in notion[language]["not"])
    return [one.group() for one in found if one]


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_no_text_uses_another_term_of_a_notion(language):
    met = [
        f"{name}: {place}: {variant!r}; write {notion[language]['term']!r}"
        for place, text in all_texts(language)
        for name, notion in NOTIONS.items()
        for variant in rings(notion, language, place, text)
    ]
    assert met == []


def test_the_glossary_bears_the_terms():
    for name, notion in NOTIONS.items():
        if "glossary" in notion:
            said = general_by_id()[notion["glossary"]].names
            assert said == {language: notion[language]["term"] for language in words.LANGUAGES}, name


def test_the_page_of_terms_bears_them():
    page = PAGE.read_text(encoding="utf-8")
    for name, notion in NOTIONS.items():
        if notion.get("page"):
            terms = [re.escape(notion[language]["term"]) for language in ("en", "ru", "kk")]
            assert re.search(r"\| " + r"[^|]* \| ".join(terms), page), name


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_terms_are_used(language):
    """A term that no text uses is no term of the package, but for endings and what stands for several words."""
    said = " ".join(text for _, text in all_texts(language)).casefold()
    unused = [
        name
        for name, notion in NOTIONS.items()
        if not all(stem[:6].casefold() in said for stem in re.split(r"[ ,]+", notion[language]["term"]))
    ]
    assert unused == []


@pytest.mark.parametrize(
    ("language", "place", "planted", "name"),
    [("ru", "retro.x", "Чистая миграция составила", "net_migration"), ("ru", "x", "миграционное сальдо", "net_migration"),
     ("kk", "x", "көші-қон сальдосы", "net_migration"), ("en", "x", "the official balance fell", "net_migration"),
     ("kk", "accounts.x", "келісілген есеп бойынша", "account"), ("kk", "x", "ағымдағы есеп", "registration"),
     ("ru", "x", "по учётам 1999 г.", "registration"), ("ru", "x", "в девяти розыгрышах", "trajectory"),
     ("kk", "shocks.x", "1989 жылғы үзіліс", "structural_break"), ("kk", "x", "қосалқы деректер", "secondary"),
     ("kk", "x", "Қазақстан жастары когорта бойынша", "age_groups"), ("en", "x", "origin-destination table", "table_of_moves")],
)  # fmt: skip
def test_a_planted_variant_rings(language, place, planted, name):
    assert rings(NOTIONS[name], language, place, planted)


@pytest.mark.parametrize(
    ("language", "place", "fair", "name"),
    [("ru", "x", "чистый приток прямых иностранных инвестиций", "net_migration"), ("kk", "data.breaks", "үзіліс", "structural_break"),
     ("en", "x", "births, deaths and migration balance in each", "net_migration"), ("kk", "x", "таза әкелінуі", "net_migration"),
     ("kk", "x", "жас топтары", "age_groups"), ("ru", "x", "учёт по месту жительства", "registration")],
)  # fmt: skip
def test_fair_words_do_not(language, place, fair, name):
    assert not rings(NOTIONS[name], language, place, fair)
