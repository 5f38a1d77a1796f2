"""The pages of works and terms, and the appendices of the report, hold what the pack's files hold."""

import pytest

from qonys import words
from qonys.catalog import open_pack
from qonys.catalog.citing import gost
from qonys.catalog.glossary import glossary
from qonys.catalog.works import works
from qonys.errors import UnknownName
from qonys.report.chapters import bibliography as works_appendix
from qonys.report.chapters import glossary as terms_appendix
from qonys.report.document import Table
from qonys.study.runs.results import Results
from qonys.web.content import Entries, Heading
from qonys.web.pages import bibliography, course
from qonys.web.pages import glossary as terms_page
from qonys.web.view import Site, View


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site of the shipped pack without results."""
    return Site(open_pack("kazakhstan"), Results("none"), "m", tmp_path_factory.mktemp("states"))


def entries(content):
    return [one for block in content.blocks if isinstance(block, Entries) for one in block.items]


def text_of(entry):
    return " ".join(text for runs in entry.paragraphs for text, _ in runs)


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_page_of_terms_has_each_term_once_in_the_order_of_the_alphabet(site, language):
    content = terms_page.build(View(site, language), ("history", "flows"))
    found = entries(content)
    known = {one.id: one for one in glossary(site.pack)}
    assert sorted(one.anchor for one in found) == sorted(known)
    for one in found:
        told = text_of(one)
        assert one.name == known[one.anchor].names[language]
        assert all(name in told for code, name in known[one.anchor].names.items() if code != language)
        assert known[one.anchor].formula in told
    letters = [block.text for block in content.blocks if isinstance(block, Heading)]
    assert len(letters) == len(set(letters))


def test_a_term_leads_to_a_page_that_there_is(site):
    found = {one.anchor: one for one in entries(terms_page.build(View(site, "en"), ("history",)))}
    links = {href for one in found.values() for runs in one.paragraphs for _, href in runs if href}
    assert links == {"/en/history"}


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_page_of_works_has_each_work_with_its_errors_and_what_was_checked(site, language):
    found = {one.anchor: text_of(one) for one in entries(bibliography.build(View(site, language)))}
    assert set(found) == {one.key for one in works(site.pack)}
    for one in works(site.pack):
        told = found[one.key]
        assert gost(one) in told
        assert one.texts[language] in told
        assert one.said in told
        assert one.reasons.get(language, "") in told
        assert one.against in told


def test_there_is_no_page_of_works_where_there_are_none(site, tmp_path):
    georgia = Site(open_pack("georgia"), Results("none"), "m", tmp_path)
    with pytest.raises(UnknownName):
        course.item(View(georgia, "en"), "bibliography")
    with pytest.raises(UnknownName):
        course.item(View(site, "en"), "nothing")
    assert len(entries(terms_page.build(View(georgia, "kk"), ()))) == len(glossary(georgia.pack))


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_appendices_hold_the_same(site, language):
    (table,) = [block for block in terms_appendix.build(site.context(language)).blocks if isinstance(block, Table)]
    assert {row[0] for row in table.rows} == {one.names[language] for one in glossary(site.pack)}
    assert {frozenset(row) for row in table.rows} == {frozenset(one.names.values()) for one in glossary(site.pack)}
    (table,) = [block for block in works_appendix.build(site.context(language)).blocks if isinstance(block, Table)]
    assert [row[1] for row in table.rows] == [gost(one) for one in works(site.pack)]
