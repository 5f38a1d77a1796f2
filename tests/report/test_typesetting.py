"""What follows a number stands in the PDF to the letter; columns and pictures are as wide as their content needs."""

import io
import re

import polars as pl
import pypdfium2
import pytest

from qonys import words
from qonys.report.columns import INSET, LETTER, ROOM, SMALL, length, letters, shares
from qonys.report.document import Document, Figure, Paragraph, Section, Table, Value
from qonys.report.typesetting import FOLDER, pdf_bytes, typst_source
from qonys.report.writing import LABELS


@pytest.mark.parametrize("after", ["; then", "(then)", "[then]", ".then", ", then"])
def test_the_text_after_a_number_is_whole(after) -> None:
    runs = ("Before ", Value("2023", "some.number", "somewhere"), after)
    labels = {name: f"{name} {{n}}" for name in LABELS}
    section = Section("one", "Chapter", (Paragraph(runs),))
    found = pdf_bytes(Document("Title", "Subtitle", words.LANGUAGES[0], "2026-01-01", "Imprint", labels, (section,)))
    pages = pypdfium2.PdfDocument(io.BytesIO(found))
    text = " ".join(page.get_textpage().get_text_range() for page in pages)
    assert f"Before 2023{after}" in text


def test_columns_hold_their_words_and_numbers_whole() -> None:
    head = ("Period", "Residual net migration (95 %)", "Share of natural increase removed by migration", "Net migration per 1,000")
    rows = (("1989–1999", "−2,793.9 (−3,003.3 … −2,584.6)", "180%", "−17.9"), ("2009–2021", "184.6 (40.7 … 328.4)", "−6%", "0.9"))
    table = Table("components", head, rows, "lrrr", "Caption", "Source")
    wide = shares(table)
    assert sum(wide) == pytest.approx(ROOM)
    for place, width in enumerate(wide):
        room = (width - INSET) / LETTER
        assert all(length(row[place]) <= room for row in rows)
        assert all(length(word) <= room for word in head[place].split())


def test_long_texts_share_what_numbers_leave() -> None:
    number, words_of = "1,234,567 (1,100,000 … 1,400,000)", "a text of many words that is broken into lines " * 4
    table = Table("answers", ("Year", "Answer", "Value"), (("2024", words_of, number),), "llr", "Caption", "Source")
    wide = shares(table)
    assert sum(wide) == pytest.approx(ROOM)
    assert (wide[2] - INSET) / LETTER >= length(number)
    assert wide[1] > wide[0] + wide[2]


def test_a_table_of_many_columns_has_smaller_letters_and_breaks_no_number_and_no_short_text() -> None:
    head = ("Target", "Years", "Forecast", "Coverage", "Median width", "CRPS", "MAPE", "MALPE", "Skill gain")
    row = ("People aged 15–64", "20", "last rate constant", "81%", "7.2", "5.26", "4.1", "+1.2", "56% (−16% … 71%)")
    table = Table("skill", head, (row,), "lrlrrrrrr", "Caption", "Source")
    size = letters(table)
    assert SMALL <= size < LETTER
    assert sum(shares(table)) == pytest.approx(ROOM)
    assert all(length(cell) <= (width - INSET) / size + 1e-9 for cell, width in zip(row, shares(table), strict=True))
    assert letters(Table("small", head[:2], (row[:2],), "lr", "Caption", "Source")) == LETTER
    assert f"{size:.2f}pt" in typst_source(Document("T", "S", "en", "2026-01-01", "I", {name: f"{name} {{n}}" for name in LABELS},
                                                    (Section("one", "C", (table,)),)))  # fmt: skip


def test_a_narrow_picture_keeps_the_size_of_its_letters() -> None:
    def written(width: int) -> str:
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} 20" width="{width}" height="20"></svg>'
        figure = Figure("one", svg, "Words", "Caption", "Source", pl.DataFrame())
        labels = {name: f"{name} {{n}}" for name in LABELS}
        return typst_source(Document("T", "S", "en", "2026-01-01", "I", labels, (Section("one", "C", (figure,)),)))

    assert '"one.svg", 50.0%' in written(330)
    assert '"one.svg", 100.0%' in written(700)


def test_the_templates_name_no_country() -> None:
    texts = [path.read_text(encoding="utf-8") for path in FOLDER.glob("*.typ")]
    assert len(texts) == 2
    assert not any(name in text for text in texts for name in ("Kazakhstan", "Georgia"))


def test_contents_header_and_figures_stay_with_their_chapter() -> None:
    """Three chapters of text and high pictures: each begins a page, is listed with it, and keeps its pictures."""
    picture = '<svg xmlns="http://www.w3.org/2000/svg" width="600" height="700"><rect width="600" height="700"/></svg>'
    text = Paragraph(("Some words of a paragraph that fills a line and more than a line of the page. " * 30,))

    def chapter(n):
        pictures = [Figure(f"figure{n}{k}", picture, "a rectangle", f"Caption of chapter {n}.", "Source", pl.DataFrame()) for k in range(3)]
        return Section(f"part{n}", f"Chapter {n}", (text, *pictures, text))

    labels = {name: f"{name} {{n}}" for name in LABELS}
    document = Document("Title", "Subtitle", "en", "2026-01-01", "Imprint", labels, tuple(map(chapter, (1, 2, 3))))
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(io.BytesIO(pdf_bytes(document)))]
    begins = {n: next(i for i, page in enumerate(pages) if page.count(f"Chapter {n}") == 2) for n in (1, 2, 3)}
    shown = "".join(pages[1:begins[1]])
    listed_figures = {(n, k): int(re.search(rf"\b{3 * n + k - 2}\s+Caption of chapter {n}\s*, (\d+)", shown)[1]) for n in (1, 2, 3) for k in range(3)}
    listed = {n: int(re.search(rf"Chapter {n}[ .\u2060]*?(\d+)\s", pages[1] + " ")[1]) for n in (1, 2, 3)}
    assert listed == {n: page + 1 for n, page in begins.items()}
    for n in (1, 2, 3):
        own = pages[begins[n] : begins.get(n + 1, len(pages))]
        assert sum(page.count(f"Caption of chapter {n}.") for page in own) == 3
        for k in range(3):
            assert f"{3 * n + k - 2} Caption" in pages[listed_figures[n, k] - 1]
        assert all(page.count(f"Chapter {n}") >= 1 for page in own), "the head of the page names the chapter"
        assert own[0].index(f"Chapter {n}") < own[0].index("Some words")
