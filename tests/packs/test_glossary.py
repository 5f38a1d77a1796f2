"""One glossary for the documentation, the pages, the report and the command line: same term, same notion, three languages."""

import json
from pathlib import Path

import pytest

from qonys import words
from qonys.catalog import open_pack
from qonys.catalog.checks import run_checks
from qonys.catalog.glossary import FILE, GENERAL, OWN, general_by_id, glossary, ordered, term_findings, term_of
from qonys.cli import main
from qonys.cli.app import has_command
from qonys.errors import UnknownName
from qonys.report.chapters import CHAPTERS
from qonys.web.pages.menu import PAGES

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "glossary.md"
LEAST = 150


def row(one):
    """The row of a term on the page of the documentation."""
    formula = f" `{one.formula}`".replace("|", "\\|") if one.formula else ""
    return f"| {one.names['en']} | {one.names['ru']} | {one.names['kk']} | {one.texts['en']}{formula} |"


def rows():
    """The rows of the page: general terms, then those of the shipped pack."""
    general = sorted(general_by_id().values(), key=lambda one: words.sort_key(one.names["en"], "en"))
    pack = open_pack("kazakhstan")
    own = [one for one in ordered(pack, "en") if general_by_id().get(one.id) != one]
    return [row(one) for one in general], [row(one) for one in own]


def test_there_are_enough_terms_each_whole_in_three_languages(pack):
    found = glossary(pack)
    assert len(found) >= LEAST
    for one in found:
        assert set(one.names) == set(one.texts) == set(words.LANGUAGES), one.id
        assert len(set(one.texts.values())) == len(words.LANGUAGES), one.id
        assert all(text.endswith(".") for text in one.texts.values()), one.id
        assert one.sources, one.id


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_no_two_notions_share_a_term(pack, language):
    names = [one.names[language] for one in glossary(pack)]
    assert [name for name in names if names.count(name) > 1] == []


def test_its_commands_and_pages_exist(pack):
    pages = {page.id for page in PAGES}
    for one in glossary(pack):
        assert [name for name in one.commands if not has_command(name)] == [], one.id
        page, _, chapter = one.page.partition("/")
        assert not page or page in pages, one.id
        assert not chapter or chapter in CHAPTERS, one.id


def test_the_page_of_the_documentation_has_every_term_and_no_other():
    shown = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ") and "Русский" not in line]
    general, own = rows()
    assert shown == [*general, *own]


def test_a_pack_without_terms_has_the_general_ones():
    georgia = open_pack("georgia")
    assert {one.id for one in glossary(georgia)} == set(general_by_id())
    assert term_of(georgia, "repatriate").names["kk"] == "репатриант"
    assert list(term_findings(georgia)) == []


@pytest.mark.parametrize("name", ["net_migration", "Net Migration", "сальдо миграции", "көші-қон  айырымы"])
def test_a_term_is_found_by_its_id_and_in_each_language(pack, name):
    assert term_of(pack, name).id == "net_migration"


def test_an_unknown_term_names_the_nearest(pack):
    with pytest.raises(UnknownName) as caught:
        term_of(pack, "сальдо миграци")
    assert caught.value.values["near"] == "сальдо миграции"


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_command_tells_a_term(capsys, language):
    assert main(["course", "glossary", "kims", "--lang", language]) == 0
    told = capsys.readouterr().out
    for said in general_by_id()["kims"].names.values():
        assert said in told
    assert "qonys indicators" in told


def test_the_command_gives_all_terms_as_json(capsys, pack):
    assert main(["course", "glossary", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert len(found) == len(glossary(pack))
    assert main(["course", "glossary", "no such term at all"]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_the_shipped_terms_hold(pack):
    (result,) = run_checks(pack, ["glossary"])
    assert result.tested > 10
    assert not result.findings


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("oralman,oralman", "repatriate,oralman", "the id “repatriate” stands twice"),
        ("oralman,oralman,оралман,оралман", "oralman,oralman,,оралман", "oralman: the column name_ru is empty"),
        ("law:law-327-vi-2020", "law:law-327-vi-2021", "the source “law:law-327-vi-2021” is unknown"),
        ("source:bns_migration_balance", "source:bns_migration", "the source “source:bns_migration” is unknown"),
        ("law:law-327-vi-2020", "iussp:", "the source “iussp:” is unknown"),
        ("law:law-327-vi-2020", "book", "the source “book” is unknown"),
    ],
)
def test_planted_faults_ring(own, before, after, sentence):
    path = own / FILE
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    found = [one.sentence("en") for one in term_findings(open_pack(own))]
    assert any(sentence in one for one in found), found


def test_sources_of_the_general_terms_are_of_known_kinds():
    assert GENERAL.is_file()
    for one in general_by_id().values():
        assert all(source == OWN or source.partition(":")[0] in ("iussp", "ref") for source in one.sources), one.id
