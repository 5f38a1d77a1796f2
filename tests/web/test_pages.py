"""Every page in every language; headers; the menu; links."""

import re
from pathlib import Path

import pytest
from lxml import html

from qonys import words
from qonys.report.chapters import CHAPTERS
from qonys.study.runs.results import Results
from qonys.web import layout
from qonys.web.charts.catalogue import CHARTS
from qonys.web.charts.report_figures import chapters, needed, ready
from qonys.web.pages.menu import GROUPS, PAGES, grouped, menu
from qonys.web.view import Site, View

LANGUAGES = ("ru", "kk", "en")
ADDRESSES = [page.id for page in PAGES if page.when is None] + ["indicators/mei", "indicators/rate", "data/national", "study/claims"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_in_every_language(client, language, address):
    answer = client.get(f"/{language}/{address}")
    assert answer.status_code == 200
    page = html.fromstring(answer.content)
    assert page.get("lang") == language
    assert len(page.xpath("//h1")) == 1
    assert not re.search(r"\bweb\.[a-z_]+\.|chapter\.[a-z]+\b", page.text_content())
    assert len(page.xpath("//main")) == len(page.xpath("//header")) == len(page.xpath("//footer")) == 1
    assert page.xpath("//a[@class='skip']/@href") == ["#main"]
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert not page.xpath("//*[@style] | //style | //script[not(@src)] | //@*[starts-with(name(), 'on')]")


def test_each_chart_has_a_sentence_a_table_a_source_and_links(client):
    for address in ("", "history", "flows", "population", "forecast", "claims", "indicators/rate"):
        page = html.fromstring(client.get(f"/ru/{address}").content)
        figures = page.xpath("//figure[@data-chart]")
        assert figures
        for figure in figures:
            says = figure.xpath(".//*[@data-part='says']")[0]
            assert says.get("role") == "status"
            assert re.search(r"\d", says.text_content())
            assert figure.xpath(".//table//td")
            assert figure.xpath(".//*[@data-part='source']")[0].text_content().strip()
            forms = {a.get("data-form") for a in figure.xpath(".//*[@data-part='forms']/a")}
            assert forms == {"xlsx", "csv", "page.csv", "parquet", "jsonstat.json", "sdmx.csv", "metadata.json"}
            link = figure.xpath(".//*[@data-part='permalink']/@href")[0]
            assert "m=testrun" in link
            assert "rel=" in link


def test_every_control_has_a_label_and_works_without_a_script(client):
    page = html.fromstring(client.get("/kk/flows?year=2010&region=KZ-75").content)
    for select in page.xpath("//select"):
        assert page.xpath(f"//label[@for='{select.get('id')}']")
        assert len(select.xpath("./option[@selected]")) == 1
    chord = page.get_element_by_id("chart-chord")
    assert chord.xpath(".//select[@name='year']/option[@selected]/@value") == ["2010"]
    assert chord.xpath(".//input[@type='hidden'][@name='region']/@value") == ["KZ-75"]


def test_headers_let_nothing_in_and_nothing_out(client):
    for path in ("/en/", "/en/flows", "/api/v1", "/en/chart/fan.csv", "/en/nope", "/static/site.css"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in headers
        assert "server" not in headers
    assert "frame-ancestors *" in client.get("/en/embed/fan").headers["content-security-policy"]
    assert "frame-ancestors 'none'" in client.get("/en/forecast").headers["content-security-policy"]


def test_the_root_speaks_the_readers_language(client):
    assert client.get("/", headers={"accept-language": "kk,ru;q=0.8"}).headers["location"] == "/kk/"
    assert client.get("/", headers={"accept-language": "fr"}).headers["location"] == "/en/"


def test_every_link_of_the_pages_leads_somewhere(client):
    seen, bad = set(), []
    for address in ("", "flows", "indicators", "data", "study", "about", "data/census"):
        page = html.fromstring(client.get(f"/en/{address}").content)
        for href in page.xpath("//a/@href | //link/@href | //script/@src"):
            path = href.partition("#")[0]
            slow = re.search(r"\.(svg|png|pdf)(\?|$)|form=xlsx|results/|/study/|\.xlsx", path) and "static" not in path
            if not path.startswith("/") or path in seen or slow or path.startswith(("/ru", "/kk")):
                continue
            seen.add(path)
            status = client.get(path).status_code
            if status not in (200, 307):
                bad.append((path, status))
    assert len(seen) > 80
    assert bad == []


def test_nothing_leaves_the_server(client, site):
    for name in ("charts.js", "site.css"):
        text = client.get(f"/static/{name}").text
        assert not re.search(r"https?://|Intl\.|toLocale", text)
    for page in ("/en/", "/en/flows"):
        document = html.fromstring(client.get(page).content)
        for source in document.xpath("//link/@href | //script/@src | //img/@src | //source/@srcset"):
            assert source.startswith("/")
    assert not re.search("https?://(?!vega.github.io|www.w3.org)", layout.page_html(View(site, "en"), menu(site)[0].build(View(site, "en")), ""))


def test_a_page_without_results_is_not_in_the_menu(stored, site, tmp_path):
    whole = {page.id for page in menu(site)}
    assert {"forecast", "claims", "indicators", "history", "flows", "policy"} <= whole
    less = Results(stored.release, dict(stored.numbers), {n: t for n, t in stored.tables.items() if not n.startswith(("projection", "skill", "claim", "consequences", "labour"))})
    poor = Site(site.pack, less, "less", tmp_path)
    poor.keep("simulation", lambda: site.simulation)
    left = {page.id for page in menu(poor)}
    assert left == whole - {"forecast", "claims", "consequences"}
    assert not CHARTS["effect"].available(poor)
    for page in menu(poor):
        state = {item.name: item.default for item in page.parameters(poor)}
        assert page.build(View(poor, "kk", state)).title


def test_no_results_at_all_still_gives_data_and_methods(site, tmp_path):
    empty = Site(site.pack, Results(site.pack.digest()), "none", tmp_path)
    assert {page.id for page in menu(empty)} == {"", "study", "data", "methods", "about", "population", "law"}
    for page in menu(empty):
        state = {item.name: item.default for item in page.parameters(empty)}
        view = View(empty, "ru", state)
        assert words.text("web.site", "ru") in layout.page_html(view, page.build(view), page.id)


def test_pages_of_a_theme_appear_with_their_results(client, site):
    for page in PAGES:
        if page.when is None:
            continue
        answer = client.get(f"/ru/{page.id}", timeout=120)
        assert answer.status_code == (200 if page.available(site) else 404)
        in_menu = f'href="/ru/{page.id}"' in client.get("/ru/about").text
        assert in_menu == page.available(site)


def test_a_chapter_without_its_results_is_not_listed(client, site):
    listed = html.fromstring(client.get("/en/study").content).xpath("//main//a/@href")
    names = [href.rsplit("/", 1)[1] for href in listed]
    assert names == list(chapters(site))
    assert all(site.has(*needed(name)) for name in names)
    absent = next((name for name in CHAPTERS if not ready(site, name)), None)
    assert absent is None or client.get(f"/en/study/{absent}").status_code == 404


def test_an_old_link_says_that_numbers_may_differ(client, site):
    plain = client.get(f"/en/forecast?rel={site.release}&m={site.model}")
    assert "numbers may differ" not in plain.text
    old = client.get("/en/forecast?rel=000000000000&m=older")
    assert "numbers may differ" in old.text
    assert "000000000000" in old.text


def test_the_same_state_is_one_answer(client):
    a = client.get("/en/flows?region=KZ-75&year=2024&most=40")
    b = client.get("/en/flows?region=KZ-75")
    assert a.headers["etag"] == b.headers["etag"]
    assert a.headers["etag"] != client.get("/en/flows").headers["etag"]


def test_etag_gives_304_and_text_is_compressed(client):
    first = client.get("/ru/flows")
    assert first.headers["content-encoding"] == "gzip"
    again = client.get("/ru/flows", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""
    plain = client.get("/ru/flows", headers={"accept-encoding": "identity"})
    assert plain.text == first.text
    static = client.get("/static/charts.js?v=1")
    assert "immutable" in static.headers["cache-control"]


def test_head_answers_like_get(client):
    answer = client.head("/en/flows")
    assert answer.status_code == 200
    assert answer.content == b""
    assert answer.headers["etag"] == client.get("/en/flows").headers["etag"]


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_six_groups_hold_every_page_once(client, site, language):
    groups = grouped(site)
    held = [page.id for pages in groups.values() for page in pages]
    assert list(groups) == list(GROUPS)
    assert len(groups) == 6
    assert sorted(held) == sorted(page.id for page in menu(site) if page.id)
    for group, pages in groups.items():
        page = html.fromstring(client.get(f"/{language}/{pages[-1].id}").content)
        wide, folded = page.xpath("//nav[contains(@class, 'wide')]"), page.xpath("//nav[contains(@class, 'folded')]")
        assert wide[0].xpath(".//a[@aria-current]/text()") == [
            words.text(f"web.group.{group}", language), words.text(f"web.page.{pages[-1].id}", language)
        ]  # fmt: skip
        assert len(folded[0].xpath(".//a")) == len(held)


def test_the_guide_lists_the_pages_by_group():
    guide = (Path(__file__).parents[2] / "docs/how-to/observatory.md").read_text(encoding="utf-8")
    for group, pages in GROUPS.items():
        (row,) = [line for line in guide.splitlines() if line.startswith(f"| {words.text(f'web.group.{group}', 'en')} |")]
        assert tuple(re.findall(r"`([a-z]+)`", row)) == pages
    listed = {page.id for page in PAGES if page.listed and page.id}
    assert listed == {name for pages in GROUPS.values() for name in pages}
