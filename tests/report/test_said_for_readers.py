"""What a reader would stumble over: headings in code, empty cells, a cover without a date, two numbers of one notion."""

import re

import pytest
from lxml import html

from qonys import words
from qonys.catalog import open_pack
from qonys.report.chapters import section_of
from qonys.report.context import Context
from qonys.report.document import Note, Paragraph, Table, Value
from qonys.report.typesetting import typst_source
from qonys.report.webpage import html_text
from qonys.report.writing import _imprint

CODE = re.compile(r"[a-z_]+(\.[A-Za-z0-9_-]+)+|[a-z]+(_[a-z]+)+")
PACK = open_pack("kazakhstan")


def coded(titles):
    """Headings that are a name of a result, not words."""
    return [one for one in titles if CODE.fullmatch(one.strip())]


def test_origins_are_headed_by_the_words_in_which_the_number_stands(document):
    page = html.fromstring(html_text(document).encode())
    section = page.xpath("//section[@aria-labelledby='why']")[0]
    titles = [one.text_content() for one in section.xpath("./details/summary")]
    assert len(titles) == len(document.origins) > 300
    assert coded(titles) == []
    assert coded(["labour.since", "skill_regions", "1991 — since 1991"]) == ["labour.since", "skill_regions"]
    values = {run.name: run.shown for s in document.sections for b in s.blocks if isinstance(b, Paragraph)
              for run in reversed(b.runs) if isinstance(run, Value)}  # fmt: skip
    numbers = [one for one in document.origins if one.name in values]
    assert all(" — " in one.title for one in numbers)
    shown = html_text(document)
    assert all(f'id="why-{name}"' in shown for one in document.origins for name, label in one.results if label)


def gaps(tables):
    """Cells of columns of numbers without a word."""
    return [(table.key, row[0]) for table in tables for row in table.rows
            for cell, side in zip(row, table.align, strict=True) if side == "r" and not cell.strip()]  # fmt: skip


def test_no_cell_of_numbers_is_empty(document):
    assert gaps(document.tables()) == []
    assert gaps([Table("t", ("a", "b"), (("x", ""),), "lr", "c", "s")]) == [("t", "x")]


def test_the_cover_bears_the_date_of_the_data(document):
    from datetime import date

    day = words.date_text(date.fromisoformat(document.date), document.language)
    assert day in document.imprint
    assert day in html_text(document)
    assert document.imprint.split(" ")[0] in typst_source(document)


def test_a_pack_without_a_day_has_no_invented_one_on_its_cover(study, monkeypatch):
    monkeypatch.setattr("qonys.report.writing._created", lambda pack: "")
    assert "2020" not in _imprint(Context(study, PACK, "en"), "2020-01-01")
    assert "January" not in _imprint(Context(study, PACK, "en"), "2020-01-01")


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_adults_of_two_chapters_stand_in_one_sentence_and_in_the_register(study, language):
    context = Context(study, PACK, language)
    section = section_of("voters", context)
    named = [{run.name for run in block.runs if isinstance(run, Value)} for block in section.blocks if isinstance(block, Paragraph)]
    assert any({"potential.people", "voters.people.2024"} <= names for names in named)
    pair = study.table("notion_pairs").frame.filter(notion="adults").row(0, named=True)
    assert pair["lead_value"] == study.number("potential.people").value
    assert pair["value"] == study.number("voters.people.2024").value
    assert words.has(f"notion.adults.{pair['variant']}", language)


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_caution_on_repatriates_says_what_it_counts(study, language):
    (note,) = [one for one in Context(study, PACK, language).cautions("repatriates") if "12" in one.text and "17" in one.text]
    assert isinstance(note, Note)
    word = {"ru": "репатриант", "kk": "қандас", "en": "repatriate"}[language]
    assert word in note.text


LATIN = re.compile(r"[A-Z][a-z]+(?:[, ]+(?:и|мен|бен|және|and)? ?[A-Z][a-z]+)*(?: (?:и др|т\.б|және т\.б)\.)?,? \(?(?:1[89]|20)\d\d")


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_authors_are_written_in_the_letters_of_the_language(language):
    """Abel in one text and Абель in another are one man."""
    from qonys.words.catalogue import _entries

    texts = {key: " ".join(forms) if isinstance(forms, tuple | list) else str(forms) for key, forms in _entries(language).items()}
    assert {key: LATIN.findall(text) for key, text in texts.items() if LATIN.search(text)} == {}
    assert LATIN.search("замкнутый баланс, Abel и Sander 2014")
