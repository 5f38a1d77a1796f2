"""The pages in a real Chromium: accessible, by keyboard, at two widths, with nothing asked from outside."""

import io
import json
import os
import re
from pathlib import Path

import axe_core_python
import httpx
import polars as pl
import pytest

from qonys import words

CHROMIUM = os.environ.get("QONYS_CHROMIUM", "/usr/bin/chromium")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
pytestmark = pytest.mark.skipif(not Path(CHROMIUM).is_file(), reason=f"no Chromium at {CHROMIUM}; set QONYS_CHROMIUM")


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield found
        found.close()


@pytest.fixture(scope="module")
def contexts(browser):
    """One context a width; pages are opened in them."""
    found = {name: browser.new_context(viewport=size) for name, size in (("desk", DESK), ("phone", PHONE))}
    yield found
    for context in found.values():
        context.close()


class Opened:
    """A page and what went wrong in it: messages, errors, requests to other hosts."""

    def __init__(self, context, base, address):
        self.page = context.new_page()
        self.faults = []
        self.page.on("console", lambda m: self.faults.append(m.text) if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda e: self.faults.append(str(e)))
        inside = (base, "data:", "blob:")
        self.page.on("request", lambda r: None if r.url.startswith(inside) else self.faults.append(r.url))
        self.page.goto(f"{base}/{address}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.page.close()

    def drawn(self):
        """Bring every chart into view and wait for it; returns how many were drawn."""
        figures = self.page.locator("figure[data-chart]:has([data-plot])")
        for place in range(figures.count()):
            figures.nth(place).scroll_into_view_if_needed()
            self.page.locator(f"#{figures.nth(place).get_attribute('id')}[data-drawn]").wait_for(timeout=20_000)
        return figures.count()

    def violations(self):
        """What axe finds."""
        self.page.evaluate(AXE)
        found = self.page.evaluate("axe.run({exclude: [['[data-plot] svg']]}, {resultTypes: ['violations']})")["violations"]
        return [(item["id"], [node["html"][:120] for node in item["nodes"][:2]]) for item in found]

    def cut(self):
        """Texts of charts that end outside of their picture."""
        return self.page.evaluate("""() => [...document.querySelectorAll("[data-plot] svg")].flatMap((svg) => {
            const frame = svg.getBoundingClientRect();
            return [...svg.querySelectorAll("text")].filter((text) => {
                const box = text.getBoundingClientRect();
                return text.textContent.trim() && (box.left < frame.left - 2 || box.right > frame.right + 2
                    || box.top < frame.top - 2 || box.bottom > frame.bottom + 2);
            }).map((text) => text.textContent);
        })""")

    def says(self, chart):
        return self.page.locator(f"#chart-{chart} [data-part=says]").text_content()


def test_a_planted_fault_rings(contexts, base):
    with Opened(contexts["desk"], base, "en/about") as opened:
        opened.page.evaluate("document.querySelector('main').append(document.createElement('img'))")
        assert [name for name, _ in opened.violations()] == ["image-alt"]
        opened.page.evaluate("document.head.append(Object.assign(document.createElement('script'), {textContent: 'window.planted = 1'}))")
        assert opened.page.evaluate("window.planted") is None
        opened.page.evaluate("fetch('http://127.0.0.1:9/planted').catch(() => 0)")
        assert any("Content Security Policy" in fault for fault in opened.faults)


def test_a_page_draws_the_indicator_that_it_is_about(contexts, base):
    """What is usual on a page is not what is usual for its chart: the drawing must be asked for by all choices."""
    with Opened(contexts["desk"], base, "en/indicators/rate") as opened:
        opened.drawn()
        assert "Migration rate, arrivals" in opened.page.locator("#chart-indicator [data-plot]").text_content()


def test_the_menu_unfolds_on_a_phone(contexts, base):
    with Opened(contexts["phone"], base, "kk/consequences") as opened:
        menu, last = opened.page.locator("nav.folded summary"), opened.page.locator("nav.folded a").last
        assert words.text("web.page.consequences", "kk") in menu.text_content()
        assert not last.is_visible()
        assert not opened.page.locator("nav.wide a").first.is_visible()
        menu.focus()
        opened.page.keyboard.press("Enter")
        assert last.is_visible()
        assert opened.page.locator("nav.folded a[aria-current=page]").text_content() in menu.text_content()
        last.click()
        opened.page.wait_for_url("**/kk/about")
        assert opened.faults == []
    with Opened(contexts["desk"], base, "kk/") as opened:
        assert opened.page.locator("nav.wide a").last.is_visible()
        assert not opened.page.locator("nav.folded summary").is_visible()


def test_an_address_inside_a_fold_opens_it(contexts, base):
    with Opened(contexts["phone"], base, "ru/history#origin-net") as opened:
        fold = opened.page.locator("details:has(> dl #origin-net)")
        assert fold.evaluate("fold => fold.open")
        fold.evaluate("fold => { fold.open = false; location.hash = '#'; location.hash = '#origin-net' }")
        opened.page.wait_for_function("document.querySelector('#origin-net').closest('details').open")
        assert opened.faults == []


def test_by_keyboard_alone(contexts, base):
    with Opened(contexts["desk"], base, "kk/flows") as opened:
        page = opened.page
        opened.drawn()
        page.evaluate("scrollTo(0, 0)")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "play"
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.type") == "range"
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        before, chord = opened.says("flow_map"), opened.says("chord")
        page.keyboard.press("ArrowLeft")
        page.locator("#chart-flow_map[data-drawn='2']").wait_for()
        page.locator("#chart-chord[data-drawn='2']").wait_for()
        assert opened.says("flow_map") != before
        assert opened.says("chord") != chord
        assert "2023" in opened.says("flow_map")
        assert page.evaluate("location.search") == "?year=2023"
        assert page.evaluate("document.activeElement.getAttribute('aria-valuetext')") == "2023"
        assert page.locator("#chart-chord output").first.text_content() == "2023"
        summary = page.locator("#chart-flow_map details.figures summary")
        summary.focus()
        page.keyboard.press("Enter")
        assert page.locator("#chart-flow_map table").is_visible()
        assert opened.faults == []


def test_a_slider_moves_chart_sentence_table_and_links_together(contexts, base):
    with Opened(contexts["desk"], base, "ru/flows?most=10") as opened:
        page = opened.page
        opened.drawn()
        page.locator("#flow_map-year-range").fill("0")
        page.locator("#flow_map-region").select_option("KZ-71")
        page.locator("#chart-flow_map[data-drawn]:not([data-drawn='1'])").wait_for()
        page.wait_for_timeout(300)
        link = page.locator("#chart-flow_map [data-form=csv]").get_attribute("href")
        frame = pl.read_csv(io.BytesIO(httpx.get(base + link).content))
        says = opened.says("flow_map")
        assert words.integer(frame["value"].sum(), "ru") in says
        assert words.integer(frame["value"].max(), "ru") in says
        assert page.locator("#chart-flow_map svg .arc").count() == 10
        cells = page.locator("#chart-flow_map tbody tr").first.locator("th, td").all_text_contents()
        assert cells[2] == words.integer(frame["value"].max(), "ru")
        kept = page.locator("#chart-flow_map [data-part=permalink]").get_attribute("href")
        assert f'"{base}{link}"' in page.locator("#chart-flow_map [data-code=curl]").text_content()
        assert "year=2010" in kept
        assert "rel=" in kept
    with Opened(contexts["phone"], base, kept.removeprefix("/")) as again:
        again.drawn()
        assert again.says("flow_map") == says
        assert again.page.locator("#flow_map-region").input_value() == "KZ-71"
        again.page.locator("[data-language][lang=kk]").click()
        again.page.wait_for_url("**/kk/flows*")
        assert again.page.locator("#flow_map-region").input_value() == "KZ-71"


def test_data_are_exchanged_and_axes_speak_kazakh(contexts, base):
    with Opened(contexts["desk"], base, "kk/population") as opened:
        page = opened.page
        opened.drawn()
        labels = page.locator("#chart-pyramids svg text").all_text_contents()
        assert "1000" in labels, "four digits stand together, as in texts"
        assert "ерлер" in labels
        widest = max(page.locator("#chart-pyramids svg [aria-roledescription=bar]").all(), key=lambda bar: bar.bounding_box()["width"])
        widest.hover()
        told = page.locator("#vg-tooltip-element.visible").text_content()
        assert re.search(r"(?<![\d\u00a0])\d{4}(?!\d)", told), told
        assert not re.search(r"(?<![\d\u00a0])\d\u00a0\d{3}(?![\d\u00a0])", told), told
        page.evaluate("document.querySelector('#chart-pyramids [data-plot] > div').dataset.kept = 'yes'")
        page.locator("#pyramids-scale").select_option("percent")
        page.locator("#chart-pyramids[data-drawn='2']").wait_for()
        before = opened.says("pyramids")
        page.locator("#pyramids-left-range").focus()
        page.evaluate("document.querySelector('#chart-pyramids [data-plot] > div').dataset.kept = 'yes'")
        page.keyboard.press("ArrowRight")
        page.locator("#chart-pyramids[data-drawn='3']").wait_for()
        assert opened.says("pyramids") != before
        assert opened.faults == []


def test_a_fan_redraws_by_changing_its_data(contexts, base):
    with Opened(contexts["desk"], base, "en/forecast") as opened:
        page = opened.page
        opened.drawn()
        page.locator("#fan-measure").select_option("median_age")
        page.locator("#chart-fan[data-drawn='2']").wait_for()
        assert "Median age" in page.locator("#chart-fan h2").text_content()
        assert page.locator("#chart-fan [data-plot]").get_attribute("aria-label") == opened.says("fan")
        page.locator("#hindcast-origin-range").focus()
        page.evaluate("document.querySelector('#chart-hindcast [data-plot] > div').dataset.kept = 'yes'")
        page.keyboard.press("ArrowRight")
        page.locator("#chart-hindcast[data-drawn='2']").wait_for()
        assert page.evaluate("document.querySelector('#chart-hindcast [data-plot] > div').dataset.kept") == "yes"
        assert opened.faults == []


def test_without_a_script_the_page_still_works(browser, base):
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{base}/ru/forecast?measure=median_age")
    assert page.locator("#fan-measure").input_value() == "median_age"
    assert page.locator("#chart-fan select[name=until]").is_visible()
    page.locator("#fan-measure").select_option("births")
    page.locator("#chart-fan form button").click()
    assert "measure=births" in page.url
    image = page.locator("#chart-fan img")
    image.scroll_into_view_if_needed()
    assert image.get_attribute("alt")
    page.locator("#chart-fan details.figures summary").click()
    assert page.locator("#chart-fan table").is_visible()
    context.close()


def test_a_download_is_a_file(contexts, base):
    with Opened(contexts["desk"], base, "en/population") as opened:
        opened.page.locator("#chart-ethnic details.take summary").click()
        with opened.page.expect_download() as waiting:
            opened.page.locator("#chart-ethnic [data-form=xlsx]").click()
        assert waiting.value.suggested_filename == "ethnic.xlsx"


def followed(page, times):
    page.locator(f"#chart-lab_future[data-followed='{times}']").wait_for(timeout=20_000)


def test_measures_are_moved_by_keyboard_and_everything_follows(contexts, base):
    with Opened(contexts["desk"], base, "ru/policy") as opened:
        page = opened.page
        opened.drawn()
        before, regions = opened.says("lab_future"), opened.says("lab_regions")
        page.evaluate("document.querySelector('#chart-lab_future [data-plot] > div').dataset.kept = 'yes'")
        slider = page.locator("#lab-s1-repatriates-range")
        slider.scroll_into_view_if_needed()
        slider.focus()
        assert words.text("lab.scenario", "ru", number=1) in slider.get_attribute("aria-label")
        page.keyboard.press("ArrowRight")
        followed(page, 1)
        assert opened.says("lab_future") != before
        assert page.evaluate("document.querySelector('#chart-lab_future [data-plot] > div').dataset.kept") == "yes"
        assert set(json.loads(page.locator("#chart-lab_future").get_attribute("data-times"))) >= {"total", "network", "model", "drawing"}
        assert page.evaluate("location.search") == "?s1.repatriates=19000"
        page.locator("#chart-lab_future[data-drawn='3']").wait_for(timeout=20_000)
        page.locator("#chart-lab_regions").scroll_into_view_if_needed()
        page.locator("#chart-lab_regions[data-drawn]:not([data-old])").wait_for(timeout=20_000)
        assert opened.says("lab_regions") != regions
        link = page.locator("[data-of=chart-lab_future] [data-form=csv]").get_attribute("href")
        frame = pl.read_csv(io.BytesIO(httpx.get(base + link, timeout=60).content)).filter(pl.col("scenario") == "s1")
        last = frame.sort("year").row(-1, named=True)
        assert words.signed(last["difference_q50"] / 1e3, "ru", 1) in opened.says("lab_future")
        assert "s1.repatriates=19000" in page.locator("[data-of=chart-lab_future] [data-part=permalink]").get_attribute("href")
        assert "set=repatriates%3D19000" in page.locator("[data-scenario=s1]").get_attribute("href")
        assert opened.faults == []


def test_extremes_of_the_past_are_marked_on_the_slider(contexts, base):
    """Each is a stop of the slider with its words, and a mark below it."""
    with Opened(contexts["desk"], base, "en/policy") as opened:
        slider = opened.page.locator("#lab-s1-border-range")
        marks = slider.evaluate("range => [...range.list.options].map(one => Number(one.value))")
        assert len(marks) == 4
        told = []
        for place in marks:
            slider.fill(str(place))
            told.append(slider.get_attribute("aria-valuetext"))
        assert {text.split(" · ")[1].rpartition(",")[0] for text in told} == {
            "lowest in registration", "highest in registration", "lowest in the account", "highest in the account"}  # fmt: skip
        assert opened.faults == []


def test_scenarios_are_compared_and_put_back(contexts, base):
    with Opened(contexts["phone"], base, "kk/policy?s1.border=1.5") as opened:
        page = opened.page
        page.locator("#chart-lab_future[data-drawn]").wait_for(timeout=20_000)
        assert page.locator(".sliders [data-letter=s2]").first.is_hidden()
        page.locator("[data-more]").click()
        assert page.evaluate("document.activeElement.id") == "lab-s2-repatriates-range"
        page.keyboard.press("End")
        followed(page, 1)
        assert words.text("lab.scenario", "kk", number=2) in opened.says("lab_future")
        page.locator("[data-reset=s1]").click()
        followed(page, 2)
        assert "border" not in page.url
        assert words.text("lab.scenario", "kk", number=1) not in opened.says("lab_future")
        slider = page.locator("#lab-s2-housing-range")
        slider.focus()
        for _ in range(10):  # a busy machine draws and scrolls later
            page.wait_for_timeout(600)
            box, plot = slider.bounding_box(), page.locator("#chart-lab_future [data-plot]").bounding_box()
            if plot["y"] + plot["height"] <= box["y"] + 1:
                break
        assert plot["y"] + plot["height"] <= box["y"] + 1, "the picture hides the slider in focus"
        assert plot["y"] > -5, "the picture stays in sight"
        assert opened.faults == []


@pytest.mark.long
def test_measures_without_a_script(browser, base):
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{base}/en/policy?outcome=working_age")
    page.locator("#lab-s2-border").select_option("1.2")
    page.locator("form.panel > button[type=submit]").click()
    assert "s2.border=1.2" in page.url
    assert "outcome=working_age" in page.url
    assert words.text("lab.scenario", "en", number=2) in page.locator("#chart-lab_future [data-part=says]").text_content()
    assert page.locator("#lab-s2-border").input_value() == "1.2"
    context.close()


def test_charts_that_nobody_scrolled_to_are_drawn_too(contexts, base):
    """Print and a capture of the whole page hold them all."""
    with Opened(contexts["phone"], base, "en/flows") as opened:
        page = opened.page
        page.locator("figure[data-chart] [data-plot]:not(:has(svg))").first.wait_for(state="detached", timeout=60_000)
        assert page.evaluate("scrollY") == 0
        assert opened.faults == []


def test_a_chart_below_does_not_show_an_old_answer(contexts, base):
    with Opened(contexts["desk"], base, "en/policy") as opened:
        page = opened.page
        below = page.locator("#chart-lab_consequences")
        page.locator("#chart-lab_consequences[data-drawn]").wait_for(timeout=60_000)
        page.evaluate("scrollTo(0, 0)")
        before = below.locator("[data-part=says]").inner_text()
        page.locator("input[type=range]").first.press("ArrowRight")
        page.locator("#chart-lab_consequences[data-old]").wait_for(timeout=20_000)
        assert below.locator("[data-part=says]").inner_text() == words.text("lab.old", "en")
        below.scroll_into_view_if_needed()
        page.locator("#chart-lab_consequences:not([data-old])").wait_for(timeout=60_000)
        assert below.locator("[data-part=says]").inner_text() not in ("", before, words.text("lab.old", "en"))
