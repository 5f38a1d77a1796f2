"""One rule for all figures and tables of the report: numbers, captions, bands, credits of maps, names in cells, marks."""

import json
import re
from dataclasses import replace

import pytest
from lxml import etree

from qonys import words
from qonys.catalog import open_pack
from qonys.catalog.bibliography import references
from qonys.figures.geography.plane import OUTLINE
from qonys.figures.over_time import BANDS, levels
from qonys.inputs import secondary_sources
from qonys.report.chapters import CHAPTERS
from qonys.report.context import MARK, Context
from qonys.report.details import KEYS, gathered
from qonys.report.document import Bullets, Figure, Heading, Note, Paragraph, Section, Table, Value
from qonys.report.origins import table_of

PACK = open_pack("kazakhstan")
PARTED = re.compile(r"(?<![\d\u00a0.,])\d\u00a0\d{3}(?![\d\u00a0])")  # 1 000, which texts write 1000
TIGHT = re.compile(r"\d%(?![0-9A-F]{2})")  # a percent sign without the space; not that of an address


def labels(figure):
    """Texts in a drawing, line by line."""
    for text in etree.fromstring(figure.svg.encode()).iter("{*}text"):
        yield from [line.text or "" for line in text] or ["".join(text.itertext())]


def said(document):
    """Every text of a document with the key of its section, figure or table."""
    for section in document.sections:
        for block in section.blocks:
            match block:
                case Paragraph():
                    yield section.key, "".join(run if isinstance(run, str) else run.shown for run in block.runs)
                case Note() | Heading():
                    yield section.key, block.text
                case Bullets():
                    yield from ((section.key, item) for item in block.items)
                case Table():
                    yield from ((block.key, text) for row in ((block.caption, block.source), block.head, *block.rows) for text in row)
                case Figure():
                    yield from ((block.key, text) for text in (block.caption, block.alt, block.source, *labels(block)))


def blocks(document):
    return (*document.figures(), *document.tables())


# numbers


def misprinted(texts, language):
    """Numbers that are not written as the language writes them."""
    rules = () if language == "en" else (PARTED, TIGHT)
    return [(key, found[0]) for key, text in texts for rule in rules for found in rule.finditer(text)]


def test_numbers_of_charts_tables_and_texts_are_written_alike(document):
    assert misprinted(said(document), document.language) == []


@pytest.mark.parametrize(("text", "rings"), [("1\u00a0000", True), ("10%", True), ("10\u00a0000", False), ("1000", False), ("a%E2%80", False)])
def test_numbers_of_another_form_ring(text, rings):
    assert bool(misprinted([("k", text)], "ru")) == rings


@pytest.mark.long
def test_numbers_of_figures_and_tables_are_the_same_in_all_languages(built):
    first, *others = (built(language) for language in words.LANGUAGES)
    assert [dict(other.numbers) for other in others] == 2 * [dict(first.numbers)]


class Told:
    """What an appendix says, without a pack."""

    def say(self, key):
        return key

    def paragraph(self, key):
        return Paragraph((key,))


@pytest.mark.parametrize("order", ["cab", "abc"])
def test_details_stand_in_the_order_given_whatever_their_heights(order):
    """Heights differ by language: an order that followed them would give other numbers."""
    size = '<svg xmlns="http://www.w3.org/2000/svg" width="660" height="{0}"/>'
    figures = [Figure(key, size.format(100 * place), "a", "c", "s", PACK.labels(), True) for place, key in enumerate("abc", 1)]
    found = gathered(Told(), [Section("x", "X", (Paragraph(("T.",)), *figures))], "x", tuple(order))
    assert "".join(block.key for block in found[1].blocks if isinstance(block, Figure)) == order


# captions


def stopped(captions):
    """Captions that end in a full stop."""
    return [one for one in captions if one.endswith(".") and not words.abbreviated(one)]


def test_captions_end_without_a_full_stop(document):
    assert stopped(block.caption for block in blocks(document)) == []
    assert stopped(["Migrants by year.", "Мигранты, 2024 г.", "Migrants"]) == ["Migrants by year."]


def unsaid_bands(figures):
    """Figures with a band of a fan whose caption does not say what it holds."""
    for figure in figures:
        drawn = json.dumps(figure.picture.drawn) if hasattr(figure.picture, "drawn") else ""
        for low, _, percent, _ in BANDS:
            if f'"{low.replace(".", "_")}"' in drawn.split('"datasets"')[0] and percent not in figure.caption:
                yield figure.key, percent


def test_captions_say_what_each_band_holds(document):
    assert list(unsaid_bands(document.figures())) == []
    drawn = {figure.key for figure in document.figures() if '"q2_5"' in json.dumps(getattr(figure.picture, "drawn", ""))}
    assert drawn == {"projection_population", "projection_net", "skill_fans_population", "skill_fans_net"}


def test_a_band_without_a_word_rings(document):
    figure = next(one for one in document.figures() if one.key == "projection_net")
    silent = Figure(figure.key, figure.picture, figure.alt, figure.caption.replace("50", ""), figure.source, figure.data)
    assert list(unsaid_bands([silent])) == [("projection_net", "50")]


@pytest.mark.parametrize(("language", "expected"), [("ru", "50, 80 и 95"), ("kk", "50, 80 және 95"), ("en", "50, 80 and 95")])
def test_levels_of_bands_are_listed_from_the_narrowest(study, language, expected):
    context = Context(study, PACK, language)
    assert levels(context, ["q2.5", "q10", "q25", "q50", "q75", "q90", "q97.5"]) == expected
    assert levels(context, ["q2.5", "q50", "q97.5"]) == "95"


# maps


def uncredited(figures, language):
    """Maps whose source line does not name whose outlines they draw, in the language."""
    known = references(PACK, language)
    names = {known[PACK.geometry(vintage)["source"]].name for vintage in PACK.vintages()["vintage"]}
    return [one.key for one in figures if f'class="{OUTLINE}"' in one.svg and not any(name in one.source for name in names)]


def test_every_map_names_the_source_of_its_outlines(document):
    maps = [one for one in document.figures() if f'class="{OUTLINE}"' in one.svg]
    assert len(maps) >= 8
    assert uncredited(maps, document.language) == []
    bare = [Figure(one.key, one.picture, one.alt, one.caption, "Source", one.data) for one in maps]
    assert len(uncredited(bare, document.language)) == len(maps)


# names


def capitals(document):
    """Cells of tables and labels of drawings that begin the name of an ethnic group with a capital letter."""
    rows = PACK.labels().filter(PACK.labels()["axis"] == "ethnic_group")
    names = {name[:1].upper() + name[1:] for name in rows[f"name_{document.language}"] if name[:1].islower()}
    for block in blocks(document):
        cells = labels(block) if isinstance(block, Figure) else (cell for row in block.rows for cell in row)
        yield from ((block.key, cell) for cell in cells if cell.split(",")[0] in names)


def test_names_of_groups_begin_small_in_cells_and_labels(document):
    assert list(capitals(document)) == []


# marks


def unmarked(document, results):
    """Numbers, figures and tables that rest on quoted figures and do not say so."""
    quoted = secondary_sources(PACK)
    for section in document.sections:
        for block in section.blocks:
            for run in block.runs if isinstance(block, Paragraph) else ():
                if isinstance(run, Value):
                    number = results.number(run.name)
                    if (MARK in run.shown) != (number.value is not None and bool(quoted & set(number.sources))):
                        yield run.name
            if isinstance(block, Figure | Table) and block.data is not None and MARK not in block.source:
                name = table_of(results, block) if isinstance(block, Table) else block.key
                rows = block.data["source"].unique().to_list() if "source" in block.data.columns else None
                rests = rows if rows is not None else results.tables[name].sources if name in results.tables else ()
                if quoted & set(rests):
                    yield block.key


def test_every_number_figure_and_table_on_quoted_figures_is_marked(document, study):
    assert list(unmarked(document, study)) == []


def test_an_unmarked_number_rings(document, study):
    bare = Paragraph((Value("12", "labour.working_age.with", ""),))
    planted = replace(document, sections=(Section("labour", "L", (bare,)),))
    assert list(unmarked(planted, study)) == ["labour.working_age.with"]


# keys


def test_each_chapter_is_found_under_its_own_name(document):
    """A link to a chapter names it as the study does: a section of another key would never be reached."""
    assert {section.key for section in document.sections} <= {*CHAPTERS, *KEYS, "absent"}
