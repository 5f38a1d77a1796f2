"""Pages are full: none but the last of a chapter is more than a third empty, and captions stand with their tables."""

import io
import random
import re

import numpy as np
import polars as pl
import pypdfium2
import pytest

from qonys.report import pages, typesetting
from qonys.report.chapters import APPENDICES
from qonys.report.document import Document, Figure, Note, Paragraph, Section
from qonys.report.lists import MOST, short
from qonys.report.pages import ROOM, Arrangement, Piece, Step, arranged, filling
from qonys.report.writing import LABELS

TOP, FOOT, HEIGHT = 24, 22, 297  # mm: margins of a page and its height
BLANK = 0.05  # share of the page from which white is empty space, not the distance of two blocks
BODY = range(45, 62)
HEAD = 725  # points: height on the page from which a title stands at its head


def opened(pdf):
    return pypdfium2.PdfDocument(io.BytesIO(pdf))


def chapters(file):
    """First pages of the chapters, from 0."""
    return sorted(mark.get_dest().get_index() for mark in file.get_toc() if mark.level == 0)


def at_a_head(file):
    """Pages, from 0, that a chapter begins at their head."""
    marks = [mark.get_dest() for mark in file.get_toc() if mark.level == 0]
    return {mark.get_index() for mark in marks if mark.get_view()[1][1] > HEAD}


def emptiness(page):
    """Share of the height between the margins that white bands take."""
    shown = np.asarray(page.render(scale=0.5, grayscale=True).to_numpy()).squeeze()
    top, foot = (round(len(shown) * mm / HEIGHT) for mm in (TOP, HEIGHT - FOOT))
    ink = np.flatnonzero((shown[top:foot] < 245).any(axis=1))
    bands = np.diff([-1, *ink, foot - top]) - 1
    return bands[bands > BLANK * (foot - top)].sum() / (foot - top)


def too_empty(pdf):
    """Pages, from 1, that are more than a third empty and not the last before a chapter that has a page of its own."""
    file = opened(pdf)
    starts = chapters(file)
    last = {start - 1 for start in at_a_head(file)} | {len(file) - 1}
    return [place + 1 for place in range(starts[0], len(file)) if place not in last and emptiness(file[place]) > 1 / 3]


def test_no_page_is_more_than_a_third_empty(pdf):
    assert too_empty(pdf) == []


def high(text, *heights):
    """A document of one chapter: words between pictures of these heights, and a last page."""
    blocks = []
    for number, height in enumerate(heights):
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="660" height="{height}"><rect width="660" height="{height}"/></svg>'
        blocks += [Paragraph((text,)), Figure(f"f{number}", svg, "a rectangle", "Caption", "Source", pl.DataFrame())]
    labels = {name: f"{name} {{n}}" for name in LABELS}
    return Document("T", "S", "en", "2026-01-01", "I", labels, (Section("one", "Chapter", tuple(blocks)),))


@pytest.mark.parametrize("heights", [(300, 380, 450, 680, 300), (260, 380, 300, 450, 380)])
def test_planted_pages_ring_and_are_arranged(monkeypatch, heights):
    """Pictures under their texts leave pages half empty where each follows its text, and none where they are arranged."""
    document = high("Some words that fill a line of the page and a part of the next one, if not more. " * 6, *heights)
    assert too_empty(typesetting.pdf_bytes(document)) == []
    monkeypatch.setattr(typesetting, "arranged", lambda pieces, title: Arrangement(tuple(Step(place) for place in range(len(pieces))), 0.0))
    assert len(too_empty(typesetting.pdf_bytes(document))) >= 2


def test_the_body_has_the_length_of_a_report(pdf, document):
    starts = chapters(opened(pdf))
    appendix = next(place for place, section in enumerate(document.sections) if section.key in APPENDICES)
    assert starts[appendix] - starts[0] in BODY
    assert starts[0] <= 4, "contents and lists take three pages"


def flat(text):
    return re.sub(r"\W|\ufffe", "", text)


def test_captions_stand_with_their_tables(pdf, document):
    file = opened(pdf)
    first = chapters(file)[0]
    texts = [flat(file[place].get_textpage().get_text_range()) for place in range(first, len(file))]
    parted = []
    for table in document.tables():
        caption = flat(document.labels["table"].format(n=document.numbers[table.key]) + table.caption)
        cells = [flat(cell)[:12] for cell in table.rows[0] if flat(cell)]
        own = next(page for page in texts if caption in page)
        if not all(cell in own[own.index(caption) + len(caption) :] for cell in cells):
            parted.append(table.key)
    assert parted == []


def parted_notes(document, pdf):
    """Notes that no page holds whole."""
    texts = [flat(page.get_textpage().get_text_range()) for page in opened(pdf)]
    notes = (block.text for section in document.sections for block in section.blocks if isinstance(block, Note))
    return [note for note in notes if not any(flat(note) in text for text in texts)]


def test_a_note_stands_on_one_page(pdf, document):
    assert parted_notes(document, pdf) == []


def test_a_note_over_two_pages_rings(tmp_path, monkeypatch):
    """A note at the foot of a page; planted: it may part, as the text does."""
    long = Note("Some words that fill more than a line of the page, and then some more. " * 12)
    lines = [Paragraph((f"Line {number}.",)) for number in range(35)]
    labels = {name: name for name in LABELS}
    document = Document("T", "S", "en", "2026-01-01", "I", labels, (Section("one", "Chapter", (*lines, long)),))
    assert parted_notes(document, typesetting.pdf_bytes(document)) == []
    for path in typesetting.FOLDER.glob("*.typ"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8").replace("breakable: false, width: 100%, inset", "width: 100%, inset"), encoding="utf-8")
    monkeypatch.setattr(typesetting, "FOLDER", tmp_path)
    assert parted_notes(document, typesetting.pdf_bytes(document)) == [long.text]


@pytest.mark.parametrize("seed", range(40))
def test_every_block_is_set_once_and_in_its_order(seed):
    draw = random.Random(seed)
    pieces = [
        Piece(draw.uniform(150, 500), draw.choice(("figure", "table")), draw.choice((0.0, 140.0)))
        if place and draw.random() < 0.5
        else Piece(draw.uniform(8, 240))
        for place in range(draw.randint(1, 14))
    ]
    steps = arranged(pieces, 30.0).steps
    places = [step.place for step in steps if step.place is not None]
    assert sorted(places) == list(range(len(pieces)))
    for queue in ("", "figure", "table"):
        own = [place for place in places if pieces[place].queue == queue]
        assert own == sorted(own)
    assert all(step.side == "none" and step.scale == 1 for step in steps if step.place is not None and not pieces[step.place].queue)
    assert all(step.scale >= pages.SCALES[-1] for step in steps)


def test_a_picture_waits_for_the_page_of_its_mention():
    """A page of text stands before the paragraph that refers to it: the picture comes after that page."""
    steps = arranged([Piece(660.0), Piece(200.0), Piece(300.0, "figure"), Piece(400.0)], 30.0).steps
    assert [step.place for step in steps if step.place is not None].index(2) > 0


@pytest.mark.parametrize(
    ("caption", "listed"),
    [
        ("Short caption.", "Short caption"),
        ("By region: 50, 80 and 95% intervals of all the outcomes that came, years ahead of the forecast, and what they held",
         "By region: 50, 80 and 95% intervals of all the outcomes that came"),
        ("Net migration by year: reconciled, then median with intervals of 80% and 95%, from the base year on", "Net migration by year"),
        ("A long caption without any mark " * 4, "A long caption without any mark " * 4),
        ("A first sentence that is a little longer than one line of the list of figures of this report. Then more",
         "A first sentence that is a little longer than one line of the list of figures of this report"),
    ],
)
def test_lists_hold_the_first_words_of_a_caption(caption, listed):
    assert short(caption) == listed


def test_no_line_of_a_list_is_cut(document):
    captions = [one.caption for one in (*document.figures(), *document.tables())]
    assert all(one.rstrip(".").startswith(short(one).rstrip(".")) and not short(one).endswith("…") for one in captions)
    assert sum(len(short(one)) <= MOST for one in captions) > 0.9 * len(captions)


def sections(*heights, apart=()):
    """A document of chapters of one line and one picture each."""
    labels = {name: f"{name} {{n}}" for name in LABELS}
    made = []
    for number, height in enumerate(heights):
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="660" height="{height}"><rect width="660" height="{height}"/></svg>'
        figure = Figure(f"f{number}", svg, "a rectangle", "Caption", "Source", pl.DataFrame())
        made.append(Section(f"s{number}", f"Chapter {number}", (Paragraph(("One line.",)), figure), number in apart))
    return Document("T", "S", "en", "2026-01-01", "I", labels, tuple(made))


def starts_of(document):
    return chapters(opened(typesetting.pdf_bytes(document)))


def test_a_chapter_begins_on_the_page_of_the_one_before_where_there_is_room():
    first, *others = starts_of(sections(300, 300, 700, 200))
    assert [start - first for start in others] == [0, 1, 2]
    first, *others = starts_of(sections(300, 300, 300, 300, apart=(1,)))
    assert [start - first for start in others] == [1, 2, 2], "a chapter that stands apart shares no page"


def test_a_last_page_says_how_much_of_it_is_free():
    free = arranged([Piece(200.0), Piece(250.0, "figure")], 30.0).free
    assert free == pytest.approx(ROOM - 30 - 250 - pages.CLEAR - 200 - pages.SPACE)


@pytest.mark.parametrize("seed", range(20))
def test_filling_sets_every_block_once_on_no_more_pages_than_the_order_given(seed):
    draw = random.Random(seed)
    heights = [draw.uniform(100, 600) for _ in range(draw.randint(0, 20))]

    def taken(order):
        count, free = 0, 0.0
        for place in order:
            count, free = (count, free) if heights[place] <= free else (count + 1, ROOM)
            free -= heights[place]
        return count

    order = filling(heights)
    assert sorted(order) == list(range(len(heights)))
    assert taken(order) <= taken(range(len(heights)))
