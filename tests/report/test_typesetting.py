"""What follows a number in a sentence stands in the PDF to the letter."""

import io

import pypdfium2
import pytest

from qonys import words
from qonys.report.document import Document, Paragraph, Section, Value
from qonys.report.typesetting import pdf_bytes

LABELS = ("contents", "legend", "figure", "table", "source", "note")


@pytest.mark.parametrize("after", ["; then", "(then)", "[then]", ".then", ", then"])
def test_the_text_after_a_number_is_whole(after) -> None:
    runs = ("Before ", Value("2023", "some.number", "somewhere"), after)
    labels = {name: f"{name} {{n}}" for name in LABELS}
    section = Section("one", "Chapter", (Paragraph(runs),))
    found = pdf_bytes(Document("Title", "Subtitle", words.LANGUAGES[0], "2026-01-01", "Imprint", labels, (section,)))
    pages = pypdfium2.PdfDocument(io.BytesIO(found))
    text = " ".join(page.get_textpage().get_text_range() for page in pages)
    assert f"Before 2023{after}" in text
