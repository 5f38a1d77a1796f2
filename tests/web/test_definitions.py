"""Beside each chart stand its unit and what it speaks of, and its source line leads to how the numbers were made."""

import re

import pytest
from lxml import html

from qonys import words
from qonys.report.document import Figure
from qonys.study.notions.register import register
from qonys.web.chart_requests import ask, drawn
from qonys.web.charts.catalogue import CHARTS
from qonys.web.charts.definitions import declared, meaning
from qonys.web.charts.portraits import PORTRAITS, charts_of
from qonys.web.charts.report_figures import PREFIX, chapters, section
from qonys.web.kinds import codes_of
from qonys.web.pages.menu import menu


def pictures(site, language):
    """Names of all charts with a picture: of the catalogue, of the report, one of each kind of thing."""
    yield from (name for name, chart in CHARTS.items() if chart.available(site) and chart.gate != "lab")
    for chapter in chapters(site):
        blocks = section(site, language, chapter).blocks
        yield from (f"{PREFIX}{chapter}-{block.key}" for block in blocks if isinstance(block, Figure))
    for kind in PORTRAITS:
        yield from charts_of(site, kind, codes_of(site, kind)[1])


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_chart_has_its_unit_and_a_definition_in_words(site, language):
    lacking = []
    for name in pictures(site, language):
        asked = ask(site, language, name, [])
        found = meaning(asked, drawn(asked))
        texts = [found.unit, *(part for term in found.terms for part in term)]
        if not (found.unit and found.terms) or any(re.search(r"[{}]|\bdefine\.|\bnotion\.", text) for text in texts):
            lacking.append(name)
    assert lacking == []


def test_what_is_declared_exists(site):
    notions = {f"{one.notion}.{one.id}" for one in register().variants()}
    for name, row in declared().items():
        for one in row.get("says", ()):
            kind, _, rest = one.rpartition(":")
            assert kind in ("define", "indicator") or one in notions, (name, one)
            assert kind != "define" or words.has(f"define.{rest}.text", "kk"), (name, one)
        assert all(words.has(key, "ru") for key in row.get("unit", ())), name
        assert all(site.has(table) for table in row.get("from", ())), name


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_pages_show_them_outside_of_folds_and_lead_to_the_origin(client, site, language):
    followed = set()
    for page in menu(site):
        if page.gate == "lab":
            continue
        read = html.fromstring(client.get(f"/{language}/{page.id}").content)
        for figure in read.xpath("//figure[@data-chart][.//*[@data-plot]]"):
            box = figure.xpath(".//dl[@data-part='meaning'][not(ancestor::details)]")
            assert len(box) == 1, figure.get("id")
            assert box[0].xpath("string(.//dt)") == words.text("web.chart.unit", language)
            assert len(box[0].xpath(".//dt")) >= 2, figure.get("id")
            links = figure.xpath(".//p[@class='source']//a")
            assert links or figure.get("data-chart").startswith("lab_"), figure.get("id")
            for link in links:
                assert not re.search(r"[a-z]+_[a-z]+", link.text), "a name in words"
                followed.add(link.get("href"))
    assert len(followed) > 20
    for href in sorted(followed)[::6]:
        assert client.get(href).status_code == 200, href


def test_the_definition_follows_the_choice(client):
    births, age = (client.get(f"/en/chart/fan.json?measure={one}").json()["meaning"] for one in ("births", "median_age"))
    assert words.text("notion.births.registered", "en") in births
    assert words.text("define.median_age.text", "en") in age
    assert words.text("unit.years", "en") in age
    assert words.text("define.median_age.text", "kk") in client.get("/kk/embed/fan?measure=median_age").text
