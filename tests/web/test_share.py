"""A chart is shared by its whole address and shown inside another site's page, with and without a script."""

import http.server
import threading
from dataclasses import replace

import pytest
from lxml import html
from tests.web.test_browser import PHONE, Opened, browser, contexts  # noqa: F401 (fixtures)
from tests.web.test_browser import pytestmark as needs_chromium

from qonys import words
from qonys.web.app import build_app

ADDRESS = "/ru/flows?region=KZ-75&year=2023"


def shared(text):
    """Links and codes of a page as a reader copies them: chart -> (link, code)."""
    return {
        figure.get("data-chart"): tuple(figure.xpath(f"string(.//*[@data-part='{part}'])") for part in ("permalink", "embed"))
        for figure in html.fromstring(text).xpath("//figure[@data-chart]")
    }


def frame(code):
    """The frame that a code makes."""
    found = html.fragment_fromstring(code)
    assert found.tag == "iframe"
    return found


def test_links_and_codes_hold_the_address_as_it_was_read(site, reading):
    """Also where the same page was kept for readers of another host, and behind a proxy of this machine."""
    named = reading(build_app(replace(site, alone=False, token="secret", names=frozenset({"migration.example.org"}))))
    for base in ("https://migration.example.org", str(named.base_url).rstrip("/"), "http://migration.example.org:8443"):
        scheme, _, host = base.partition("://")
        for language in words.LANGUAGES:
            answer = named.get(f"/{language}/flows?region=KZ-75&year=2023", headers={"host": host, "x-forwarded-proto": scheme})
            links = shared(answer.text)
            assert len(links) >= 4
            for name, (link, code) in links.items():
                assert link.startswith(f"{base}/{language}/flows?")
                assert link.endswith(f"#chart-{name}")
                assert frame(code).get("src").startswith(f"{base}/{language}/embed/{name}")
            assert frame(links["flow_map"][1]).get("src") == f"{base}/{language}/embed/flow_map?region=KZ-75&year=2023"
    assert named.get(ADDRESS, headers={"host": "elsewhere.example"}).status_code == 400


def test_a_title_with_signs_stays_one_attribute(client):
    for path in ("/ru/study/motives", "/en/claims"):
        page = client.get(path).text
        titles = html.fromstring(page).xpath("//figure[@data-chart]//h2")
        for title, (_, code) in zip(titles, shared(page).values(), strict=True):
            assert frame(code).get("title") == title.text_content()


@pytest.fixture
def elsewhere():
    """Another site: what it shows can be set."""

    class Page(http.server.BaseHTTPRequestHandler):
        shown = ""

        def do_GET(self):
            body = f"<!doctype html><html lang='en'><title>x</title><body><h1>x</h1>{self.shown}".encode()
            self.send_response(200 if self.path == "/" else 404)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Page, f"http://localhost:{server.server_port}/"
    server.shutdown()
    server.server_close()


@needs_chromium
def test_a_code_works_on_another_site(contexts, browser, base, client, elsewhere):  # noqa: F811
    """The code that the page shows without a script, and the one that a script writes after a choice."""
    page_class, address = elsewhere
    with Opened(contexts["desk"], base, ADDRESS.removeprefix("/")) as opened:
        page = opened.page
        page.locator("#chart-flow_map[data-drawn]").wait_for(timeout=20_000)
        page.locator("#flow_map-most-range").fill("0")
        page.locator("#chart-flow_map[data-drawn='2']").wait_for(timeout=20_000)
        written = page.locator("#chart-flow_map [data-part=embed]").text_content()
        assert page.locator("#chart-flow_map [data-part=permalink]").text_content().startswith(f"{base}/ru/flows?m=testrun&most=10&region=KZ-75&")
    assert frame(written).get("src") == f"{base}/ru/embed/flow_map?most=10&region=KZ-75&year=2023"
    plain = shared(client.get(ADDRESS).text)["flow_map"][1]
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    for code in (plain, written):
        page_class.shown = code
        page = context.new_page()
        page.goto(address)
        inner = page.frame_locator("iframe")
        image = inner.locator("figure img")
        image.wait_for(timeout=20_000)
        assert inner.locator("h1").text_content() == frame(code).get("title")
        assert image.evaluate("async (image) => { await image.decode(); return image.naturalWidth }") > 300
        page.close()
    page_class.shown = f'<iframe src="{base}{ADDRESS}"></iframe>'
    page = context.new_page()
    page.goto(address)
    page.wait_for_timeout(500)
    assert page.frame_locator("iframe").locator("figure").count() == 0, "only a chart to embed may be framed"
    context.close()
