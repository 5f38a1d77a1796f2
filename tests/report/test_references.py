"""Every figure and table is referred to in the text, with the number of its caption and a link to it."""

import io
import re
from dataclasses import replace

import pikepdf
import polars as pl
import pypdfium2
import pytest
from lxml import html

from qonys import inputs, words
from qonys.catalog import open_pack
from qonys.errors import RenderFailed
from qonys.report.details import KEYS, gathered
from qonys.report.document import (
    Document,
    Figure,
    Heading,
    Link,
    Note,
    Paragraph,
    Section,
    See,
    Table,
    Value,
    numbers,
    to_chapter,
)
from qonys.report.references import numbered, placed
from qonys.report.typesetting import pdf_bytes
from qonys.report.webpage import html_text
from qonys.report.writing import LABELS

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 20" width="30" height="20"></svg>'


def figure(key, detail=False):
    return Figure(key, SVG, "Words", "Caption", "Source", pl.DataFrame(), detail)


def table(key, detail=False):
    return Table(key, ("a",), (("1",),), "l", "Caption", "Source", detail=detail)


def said(paragraph):
    return "".join(run if isinstance(run, str) else run.shown for run in paragraph.runs).replace("\xa0", " ")


def referring(language, *blocks):
    """The first paragraph of a section of these blocks as it is written."""
    sections = numbered([placed(Section("s", "S", (Paragraph(("Text.",)), *blocks)))], language)
    return said(sections[0].blocks[0])


@pytest.mark.parametrize(
    ("language", "one", "mixed", "details"),
    [
        ("ru", "Text (рис. 1).", "Text (рис. 1–3, табл. 1 и 2).", "Text (рис. 1; подробнее: табл. 1)."),
        ("kk", "Text (1-сурет).", "Text (1–3-суреттер, 1 және 2-кестелер).", "Text (1-сурет; толығырақ: 1-кесте)."),
        ("en", "Text (Figure 1).", "Text (Figures 1–3, Tables 1 and 2).", "Text (Figure 1; details in Table 1)."),
    ],
)
def test_a_paragraph_names_what_stands_behind_it(language, one, mixed, details):
    assert referring(language, figure("a"), Note("n")) == one
    assert referring(language, figure("a"), table("t"), figure("b"), Note("n"), figure("c"), table("u")) == mixed
    assert referring(language, figure("a"), table("t", detail=True)) == details
    assert referring(language, Paragraph(("Other.",)), figure("a")) == "Text."


def test_details_are_named_last_figures_before_tables():
    blocks = (table("t", detail=True), figure("a", detail=True), figure("b"))
    assert referring("en", *blocks) == "Text (Figure 2; details in Figure 1, Table 1)."


def test_detailed_figures_have_an_appendix_of_their_own():
    section = Section("a", "A", (Paragraph(("T.",)), figure("f", detail=True), figure("g"), table("t", detail=True)))
    found = gathered(Told(), [section], "a")
    assert [one.key for one in found] == ["a", *KEYS]
    assert numbers(found) == {"g": 1, "f": 2, "t": 1}


def test_a_sentence_may_give_the_place_and_a_bracket_takes_the_reference_in():
    first = Paragraph(("Seen", See(("b", "left_out")), " early; ", Value("7", "n", "o"), " (Author 1998)."))
    bare = Paragraph(("Not here.",))
    shown = numbered([placed(Section("s", "S", (first, figure("a"), bare, figure("b"))))], "en")[0]
    assert said(shown.blocks[0]) == "Seen (Figure 2) early; 7 (Author 1998; Figure 1)."
    assert said(shown.blocks[2]) == "Not here."
    assert [run.key for run in shown.blocks[0].runs if isinstance(run, Link)] == ["b", "a"]


def test_a_figure_without_a_paragraph_before_it_is_an_error():
    with pytest.raises(RenderFailed, match="No paragraph refers to 'a'"):
        placed(Section("s", "S", (Note("n"), figure("a"), Paragraph(("Late.",)))))


def test_two_figures_under_one_key_are_an_error():
    section = placed(Section("s", "S", (Paragraph(("Text.",)), figure("a"), table("a"))))
    with pytest.raises(RenderFailed, match="under the key 'a'"):
        numbered([section], "en")


class Told:
    """What the appendix says, without a pack."""

    def say(self, key):
        return key

    def paragraph(self, key):
        return Paragraph((key,))


def test_detailed_tables_are_printed_in_their_appendix_by_chapter():
    sections = [Section(key, key.upper(), (Paragraph(("T.",)), figure(f"f{key}"), table(f"t{key}", detail=key != "b"), table(f"u{key}")))
                for key in "abc"]  # fmt: skip
    found = gathered(Told(), sections, "b")
    assert [one.key for one in found] == ["a", "b", KEYS[1], "c"]
    assert [b.text if isinstance(b, Heading) else b.key for b in found[2].blocks[1:]] == ["A", "ta", "C", "tc"]
    assert [b.key for one in found for b in one.blocks if isinstance(b, Table)] == ["ua", "tb", "ub", "ta", "tc", "uc"]
    assert numbers(found) == {"fa": 1, "fb": 2, "fc": 3, "ua": 1, "tb": 2, "ub": 3, "ta": 4, "tc": 5, "uc": 6}
    assert [one.key for one in gathered(Told(), sections[1:2], "absent")] == ["b"]


def unreferred(document):
    """Keys of figures and tables that no paragraph leads to with the number of their caption."""
    led = {}
    for section in document.sections:
        for block in section.blocks:
            for run in block.runs if isinstance(block, Paragraph) else ():
                assert not isinstance(run, See)
                if isinstance(run, Link) and run.key in document.numbers:
                    led.setdefault(run.key, []).append(int(re.search(r"\d+", run.shown)[0]))
    spans = [said(b) for s in document.sections for b in s.blocks if isinstance(b, Paragraph)]
    within = {
        n
        for text in spans
        for a, b in re.findall(r"(\d+)–(\d+)", text)
        for n in range(int(a) + 1, int(b))
        if int(b) - int(a) < 20
    }
    blocks = (*document.figures(), *document.tables())
    return [b.key for b in blocks
            if not (document.numbers[b.key] in led.get(b.key, ()) or (b.key not in led and document.numbers[b.key] in within))]  # fmt: skip


def test_every_figure_and_table_of_the_study_is_referred_to(document):
    assert unreferred(document) == []
    assert len(document.numbers) == len(document.figures()) + len(document.tables()), "keys stand once"
    planted = figure("planted")
    alone = Section("p", "P", (Paragraph(("Text.",)), planted))  # where no text names a range of figures that spans it
    bare = Document("T", "S", document.language, "2026-01-01", "I", {}, (alone,))
    assert "planted" in unreferred(bare)


def test_links_lead_to_what_is_there(document):
    page = html.fromstring(html_text(document).encode())
    ids = set(page.xpath("//@id"))
    asked = {
        href[1:] for href in page.xpath("//a/@href") if href.startswith("#")
    }
    assert any(one.startswith("why-") for one in asked)
    assert asked <= ids
    keys = {figure.key for figure in document.figures()} | {f"table-{one.key}" for one in document.tables()}
    assert len(asked & keys) > 0.7 * len(keys)


def lost(pdf):
    """Links of a PDF that lead to no page of it, and how many links there are."""
    with pikepdf.open(io.BytesIO(pdf)) as file:
        pages = {page.objgen for page in file.pages}
        links = [one for page in file.pages for one in page.get("/Annots", []) if one.Subtype == "/Link"]
        inner = [one for one in links if "/A" not in one or one.A.S == "/GoTo"]
        named = file.Root.get("/Names", {}).get("/Dests")
        known = pikepdf.NameTree(named) if named is not None else {}
        places = [one.get("/Dest", one.get("/A", {}).get("/D")) for one in inner]
        found = [known.get(str(one)) if isinstance(one, pikepdf.String) else one for one in places]
        ends = [one.get("/D") if isinstance(one, pikepdf.Dictionary) else one for one in found]
        return [one for one in ends if one is None or one[0].objgen not in pages], len(inner)


def test_every_link_of_the_pdf_leads_to_a_page_of_it(pdf, document):
    bad, count = lost(pdf)
    assert bad == []
    assert count > len(document.numbers), "lists lead to every figure and table"


def test_a_statement_of_the_course_leads_to_each_chapter_that_answers_it(document):
    """By the name that the statement gives; a section under another key would stand without a link."""
    course = inputs.course(open_pack("kazakhstan"))
    named = {name for one in course.statements for name in one.names["chapters"]}
    section = next(one for one in document.sections if one.key == "course")
    links = {run.key for block in section.blocks if isinstance(block, Paragraph) for run in block.runs if isinstance(run, Link)}
    assert {to_chapter("", name).key for name in named} <= links
    renamed = tuple(replace(one, key="measures") if one.key == "indicators" else one for one in document.sections)
    again = numbered(renamed, document.language)
    kept = {run.key for one in again if one.key == "course" for b in one.blocks if isinstance(b, Paragraph) for run in b.runs if isinstance(run, Link)}
    assert to_chapter("", "indicators").key not in kept, "planted: a key that is not the chapter's"


def test_links_of_the_pdf_lead_to_the_page_of_the_figure():
    labels = {name: f"{name} {{n}}" for name in LABELS}
    fill = Paragraph(("Some words that fill a line and more than a line of the page. " * 60,))
    sections = numbered(
        [placed(Section("s", "S", (Paragraph(("See it.",)), fill, fill, Paragraph(("Here.",)), figure("a"))))], "en"
    )
    text = Paragraph(("First", Link("Figure 1", "a"), "; then."))
    shown = Section("s", "S", (text, *sections[0].blocks))
    file = pypdfium2.PdfDocument(io.BytesIO(pdf_bytes(Document("T", "S", "en", "2026-01-01", "I", labels, (shown,)))))
    pages = [page.get_textpage().get_text_range() for page in file]
    assert any("FirstFigure 1; then." in page for page in pages), "the text after a link is whole"
    assert any("Here (Figure\xa01)." in page for page in pages)


def test_the_words_of_references_have_a_place_for_the_numbers():
    for language in words.LANGUAGES:
        for kind in ("figure", "figures", "table", "tables", "details"):
            assert words.template(f"report.see.{kind}", language).count("{list}") == 1


def test_words_lead_to_a_chapter_that_is_there():
    """In a browser and in print; planted: a chapter that the document lacks stands without a link."""
    first = Paragraph(("See ", to_chapter("the other", "b"), " and ", to_chapter("a third", "c"), "."))
    sections = numbered([Section("a", "A", (first,)), Section("b", "B", (Paragraph(("Text.",)),))], "en")
    runs = sections[0].blocks[0].runs
    assert [run for run in runs if isinstance(run, Link)] == [to_chapter("the other", "b")]
    assert said(sections[0].blocks[0]) == "See the other and a third."
    labels = {name: name for name in (*LABELS, "title", "intro", "figures", "results")}
    document = Document("T", "S", "en", "2026-01-01", "I", labels, sections)
    page = html.fromstring(html_text(document))
    (anchor,) = page.xpath("//main//a[text()='the other']")
    assert page.xpath(f"//h2[@id='{anchor.get('href')[1:]}']/text()") == ["B"]
    assert pdf_bytes(document)[:4] == b"%PDF"
