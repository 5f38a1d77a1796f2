"""Ten plain questions: each answered on a page two clicks from the first one, by the numbers that are stored."""

import re

import polars as pl
import pytest
from lxml import html

from qonys import words
from qonys.study.runs.results import Results
from qonys.web.pages.answers import QUESTIONS, ready
from qonys.web.pages.answers.ahead import SHARES
from qonys.web.view import Site, View


def page_of(client, language):
    """The page, reached from the first one by its menu."""
    first = html.fromstring(client.get(f"/{language}/").content)
    (link,) = {one.get("href") for one in first.xpath("//nav[contains(@class, 'wide')]//a") if one.get("href").endswith("answers")}
    return html.fromstring(client.get(link).content)


def told(page, name):
    """What stands under the heading of a question."""
    (heading,) = page.xpath(f"//*[@id='{name}']")
    found = []
    for one in heading.itersiblings():
        if one.tag == "h2":
            break
        found.append(one.text_content())
    return " ".join(found)


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_ten_questions_are_answered_two_clicks_from_the_first_page(client, language):
    page = page_of(client, language)
    anchors = [link.removeprefix("#") for link in page.xpath("//main//ul//a/@href") if link.startswith("#")]
    assert anchors == list(QUESTIONS)
    assert len(anchors) == 10
    for name in anchors:
        text = told(page, name)
        assert re.search(r"\d", text), name
        assert not re.search(r"[{}]|answers\.|summary\.|\bNone\b|nan", text), name


def test_its_links_lead_somewhere(client):
    page = page_of(client, "ru")
    links = {link.partition("#")[0] for link in page.xpath("//p[@class='linked']/a/@href")}
    assert len(links) > 10
    assert [link for link in sorted(links) if client.get(link).status_code != 200] == []


def test_the_numbers_are_those_of_the_results(client, site):
    page, results = page_of(client, "en"), site.results
    net = told(page, "net")
    assert words.integer(results.number("present.net.latest").value, "en") in net
    assert words.integer(round(results.number("accounts.net.last").value, -3), "en") in net
    flows = results.table("internal_flows").frame.filter(pl.col("origin") != pl.col("destination"))
    assert words.integer(flows["value"].max(), "en") in told(page, "flow")
    loads = results.table("regional_loads").frame
    assert words.integer(loads["net"].min(), "en") in told(page, "losing")
    assert "not published" in told(page, "left")
    assert "8,800" in told(page, "left")


def test_chances_are_counted_in_the_draws(client, site):
    draws = site.results.table("regional_draws").frame.filter(pl.col("year") == 2040)
    places = [name for name in draws.columns if "-" in name]
    share = draws.select(pl.col("kazakh") / pl.sum_horizontal(places)).to_series()
    text = told(page_of(client, "en"), "share")
    for asked in SHARES:
        chance = (share >= asked).mean()
        if 1 / len(share) <= chance <= 1 - 1 / len(share):
            assert f"at least {words.percent(asked, 'en', 0)}: {words.percent(chance, 'en', 1)}" in text
    assert "below 0.0%" not in text


def test_a_study_without_these_results_answers_what_it_can(site, tmp_path):
    stored = site.results
    assert ready(site)
    empty = Site(site.pack, Results(stored.release, {}, {}, stored.plan, stored.about), "m", tmp_path)
    left = {name for name, make in QUESTIONS.items() if make(View(empty, "en")) is not None}
    assert left <= {"repatriates"}


def test_the_country_of_most_repatriates_is_the_one_asked_about(client):
    page = page_of(client, "en")
    (question,) = page.xpath("//*[@id='repatriates']")
    assert "Uzbekistan" in question.text_content()
    assert "62,737" in told(page, "repatriates")
