"""The page of what the course asks: every statement with links that lead somewhere; the menu."""

import pytest
from lxml import html

from qonys import words
from qonys.catalog import open_pack
from qonys.catalog.course import course
from qonys.study.runs.results import Results
from qonys.web.pages.menu import menu
from qonys.web.view import Site


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_statement_stands_on_the_page(client, language):
    answer = client.get(f"/{language}/course")
    assert answer.status_code == 200
    page = html.fromstring(answer.content)
    shown = [one.text_content() for one in page.xpath("//p[@class='linked']")]
    statements = course(open_pack("kazakhstan")).statements
    assert len(shown) == len(statements)
    for text, one in zip(shown, statements, strict=True):
        assert text.partition(". ")[2].startswith(one.says[language])
        assert one.id not in text
    stored = {name for one in statements for name in one.names["results"] if "_" in name}
    assert [name for name in stored if any(name in text for text in shown)] == []
    parts = page.xpath("//main//ul//a/@href")
    assert [part for part in parts if part.startswith("#") and not page.xpath(f"//*[@id='{part[1:]}']")] == []


def test_its_links_lead_to_pages(client):
    page = html.fromstring(client.get("/ru/course").content)
    links = sorted(set(page.xpath("//p[@class='linked']/a/@href")))
    assert len(links) > 40
    assert [link for link in links if client.get(link).status_code != 200] == []


def test_a_study_without_a_course_has_no_such_page(site, tmp_path):
    assert "course" in {page.id for page in menu(site)}
    stored = site.results
    tables = {name: table for name, table in stored.tables.items() if name != "course"}
    poor = Site(site.pack, Results(stored.release, stored.numbers, tables, stored.plan, stored.about), "m", tmp_path)
    assert "course" not in {page.id for page in menu(poor)}


def test_links_of_a_chapter_of_the_report_lead_to_other_chapters(client):
    page = html.fromstring(client.get("/en/study/course").content)
    assert "/en/study/retrospective" in page.xpath("//main//p/a/@href")
