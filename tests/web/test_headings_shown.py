"""Rendered pages: every column has a name in the language, no two columns of a table one name, no decimal point where the
language has a comma."""

import re

import pytest
from lxml import html

from qonys import words
from qonys.report.document import Figure
from qonys.web.charts import report_figures
from qonys.web.pages.menu import menu
from qonys.web.view import View

POINT = re.compile(r"(?<![\w.,:/\-–])[−+]?\d+\.\d+(?![\w./\-])")
DATE = re.compile(r"\b(?:\d{1,2}\.)?\d{2}\.\d{4}\b|WCAG 2\.\d")
CODE = "//script | //style | //pre | //code | //*[contains(@class, 'snippet')]"
RAW = re.compile(r"[a-z]+(?:_[a-z0-9]+)+")


def blocks(site, language):
    """Figures and tables of all chapters."""
    for chapter in report_figures.chapters(site):
        yield from report_figures._blocks(report_figures.section(site, language, chapter))


def alike(heads):
    """Headings that stand over more than one column of a table."""
    return sorted({head for head in heads if heads.count(head) > 1})


def pointed(text):
    """Numbers with a decimal point; dates and data quoted in English aside."""
    return [] if re.search(r"[a-z]{3,} [a-z]{3,}", text) else POINT.findall(DATE.sub("", text))


def test_every_column_of_a_figure_has_a_name_in_each_language(site):
    shown = {(block.key, name) for block in blocks(site, "ru") if isinstance(block, Figure) for name in block.data.columns}
    assert len(shown) > 300
    assert [
        (key, name, language) for key, name in sorted(shown) for language in words.LANGUAGES
        if report_figures.column_name(name, language) is None
    ] == []  # fmt: skip


@pytest.mark.parametrize("language", ["ru", *(pytest.param(one, marks=pytest.mark.long) for one in ("kk", "en"))])
def test_no_two_columns_of_a_table_are_headed_alike(site, language):
    view = View(site, language)
    heads = {
        block.key: report_figures.named_sheet(view, block.data).head if isinstance(block, Figure) else block.head
        for block in blocks(site, language)
    }
    assert {key: found for key, head in heads.items() if (found := alike(head))} == {}


@pytest.mark.long
@pytest.mark.parametrize("language", words.LANGUAGES)
def test_pages_as_they_are_read(client, site, language):
    addresses = ["", *(page.id for page in menu(site)), *(f"study/{name}" for name in report_figures.chapters(site)),
                 "law/law-477-iv-2011", "region/KZ-63", "group/kazakh", "partner/RUS"]  # fmt: skip
    wrong, read = [], 0
    for address in dict.fromkeys(addresses):
        page = html.fromstring(client.get(f"/{language}/{address}").content)
        for table in page.xpath("//table"):
            heads = [head.text_content().strip() for head in table.xpath("./thead//th")]
            read += len(heads)
            wrong += [(address, "alike", head) for head in alike(heads)]
            wrong += [(address, "raw", head) for head in heads if RAW.fullmatch(head)]
        for part in page.xpath(CODE):
            part.drop_tree()
        if language != "en":
            wrong += [(address, "point", text.strip()) for text in page.itertext() if pointed(text)]
    assert read > 1000
    assert wrong == []


def test_planted_faults_ring():
    assert alike(["Year", "95% interval", "Net", "95% interval"]) == ["95% interval"]
    assert pointed("4.1 есе нашар") == ["4.1"]
    assert pointed("01.02.2020; 12.2025; WCAG 2.2; 4,1 есе; KZ-63.5") == []
    assert RAW.fullmatch("share_low")
    assert report_figures.column_name("a_column_without_a_name", "kk") is None
