"""The page of the monitor, its interface for programs and its feed: known cases, required parts, refusals."""

import re
import xml.etree.ElementTree as tree

import pytest
from lxml import html

from qonys import words
from qonys.web.pages.menu import grouped, menu
from qonys.web.pages.monitor import COUNTING, MOVING
from qonys.web.view import Site

ATOM = "{http://www.w3.org/2005/Atom}"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")


def page_in(client, language):
    answer = client.get(f"/{language}/monitor")
    assert answer.status_code == 200
    return html.fromstring(answer.content)


def rows_below(page, anchor):
    table = page.xpath(f"//h2[@id='{anchor}']/following::table[1]")[0]
    return [[cell.text_content().strip() for cell in row.xpath("./*")] for row in table.xpath(".//tbody/tr")]


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_page_shows_lights_and_both_kinds_of_explanations(client, language):
    page = page_in(client, language)
    assert {one.get("id") for one in page.xpath("//h2[@id]")} >= {"now", "unusual", "explain", "regions", "score", "feed"}
    text = page.text_content()
    for kind, names in (("counting", COUNTING), ("moving", MOVING)):
        assert all(words.text(f"monitor.explain.{kind}.{name}", language) in text for name in names)
    assert not re.search(r"monitor\.(light|direction|column|part|page|explain|caption|feed|regions|key)\.", text)
    assert page.xpath("//head/link[@rel='alternate'][@type='application/atom+xml']/@href") == [f"/monitor/feed.atom?lang={language}"]
    assert page.xpath("//span[contains(@class, 'light red')][@aria-hidden='true']")
    assert words.text("monitor.light.red", language) in text


def test_the_known_cases_stand_on_the_page(client):
    found = {(row[0], row[1]): row for row in rows_below(page_in(client, "en"), "unusual")}
    autumn = found["Immigrants", "September – December 2022"]
    assert "red, up" in autumn[2]
    assert autumn[3] == "7,698"
    assert autumn[-1] == "Arrivals from Russia after the mobilisation"
    assert "red, down" in found["Emigrants", "January – September 2020"][2]
    assert not [row for (_, period), row in found.items() if period.endswith("2023") and "red" in row[2]]


def test_no_text_of_the_page_gives_a_cause(client):
    text = page_in(client, "en").text_content().casefold()
    assert not re.search(r"\b(because of|due to|caused by|as a result of|led to)\b", text)


def test_the_newest_releases_come_first_and_one_a_series(client):
    rows = rows_below(page_in(client, "en"), "now")
    assert sorted(row[0] for row in rows) == ["Emigrants", "Immigrants"]


def test_its_place_in_the_menu_and_in_search(client, site):
    assert "monitor" in {page.id for page in grouped(site)["ahead"]}
    assert "/en/monitor" in client.get("/en/search?q=unusual").text


def test_a_site_without_its_results_has_no_page_and_no_feed(site, tmp_path):
    from qonys.study.runs.results import Results

    poor = Site(site.pack, Results(site.pack.digest()), "none", tmp_path)
    assert "monitor" not in {page.id for page in menu(poor)}


@pytest.mark.parametrize("form", ["csv", "svg", "xlsx"])
@pytest.mark.parametrize("name", ["monitor", "monitor_regions"])
def test_charts_are_given_as_files(client, name, form):
    answer = client.get(f"/kk/chart/{name}.{form}")
    assert answer.status_code == 200
    assert answer.content


def test_the_other_series_is_chosen_by_a_parameter(client):
    rows = client.get("/en/chart/monitor.csv?series=emigrants").text
    assert "21069" in rows
    assert client.get("/en/chart/monitor.csv?series=tourists").status_code in (400, 404)


def test_programs_get_the_newest_or_every_release(client):
    newest = client.get("/api/v1/monitor?lang=ru").json()
    assert {row["indicator"] for row in newest["lights"]} == {"immigrants", "emigrants"}
    assert words.text("monitor.release_rule", "ru") == newest["rule"]
    assert len({row["year"] for row in newest["regions"]}) == 1
    every = client.get("/api/v1/monitor?rows=all").json()
    autumn = next(row for row in every["lights"] if (row["indicator"], row["end"]) == ("immigrants", "2022-12-31"))
    assert (autumn["light"], autumn["direction"], autumn["alarm"]) == ("red", "up", "new")
    assert autumn["near"] == "Arrivals from Russia after the mobilisation"
    assert 0 < autumn["p"] < 0.005
    assert len(every["regions"]) > len(newest["regions"])
    assert {row["model"] for row in every["scores"]} == {"level", "year_before", "record"}
    assert client.get("/api/v1/monitor?rows=some").status_code == 400
    assert client.get("/api/v1/monitor?what=x").status_code == 400


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_feed_has_what_rfc_4287_requires(client, language):
    answer = client.get(f"/monitor/feed.atom?lang={language}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = tree.fromstring(answer.content)
    assert feed.tag == f"{ATOM}feed"
    for parent in (feed, *feed.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(parent.findall(f"{ATOM}{name}")) == 1
            assert parent.find(f"{ATOM}{name}").text
        assert MOMENT.fullmatch(parent.find(f"{ATOM}updated").text)
    assert feed.find(f"{ATOM}author/{ATOM}name").text
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links["self"].endswith(f"/monitor/feed.atom?lang={language}")
    entries = feed.findall(f"{ATOM}entry")
    ids = [entry.find(f"{ATOM}id").text for entry in entries]
    assert len(ids) == len(set(ids))
    assert all(one.startswith("urn:uuid:") for one in ids)
    assert all(entry.find(f"{ATOM}link").get("rel") == "alternate" and entry.find(f"{ATOM}summary").text for entry in entries)
    moments = [entry.find(f"{ATOM}updated").text for entry in entries]
    assert moments == sorted(moments, reverse=True)
    assert feed.find(f"{ATOM}updated").text == moments[0]


def test_an_entry_keeps_its_id_in_all_languages(client):
    found = []
    for language in words.LANGUAGES:
        feed = tree.fromstring(client.get(f"/monitor/feed.atom?lang={language}").content)
        found.append([entry.find(f"{ATOM}id").text for entry in feed.findall(f"{ATOM}entry")])
    assert found[0] == found[1] == found[2]


def test_links_of_the_feed_lead_somewhere(client):
    feed = tree.fromstring(client.get("/monitor/feed.atom?lang=en").content)
    for link in {one.get("href") for one in feed.iter(f"{ATOM}link")}:
        path = re.sub(r"^https?://[^/]+", "", link).partition("#")[0]
        assert client.get(path).status_code == 200
