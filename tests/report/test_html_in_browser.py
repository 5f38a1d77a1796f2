"""The HTML report in a real Chromium: on a phone and in print nothing runs out of the page, and captions stay in sight."""

import os
from pathlib import Path

import pytest

from qonys.report.webpage import html_text

CHROMIUM = os.environ.get("QONYS_CHROMIUM", "/usr/bin/chromium")
PHONE, PRINTED = {"width": 390, "height": 844}, {"width": 690, "height": 1000}  # pixels; A4 less its margins
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not Path(CHROMIUM).is_file(), reason=f"no Chromium at {CHROMIUM}; set QONYS_CHROMIUM"),
]
OUTSIDE = """() => {
  const width = document.documentElement.clientWidth, print = matchMedia("print").matches;
  const outside = (one) => one.getBoundingClientRect().right > width + 1;
  const held = (one) => !print && one.closest(".scroll");
  return [...document.querySelectorAll("main *")].filter((one) => outside(one) && !held(one))
    .map((one) => one.tagName + " " + (one.textContent ?? "").slice(0, 40));
}"""
CUT = """() => [...document.querySelectorAll(".scroll")].filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.id)"""
HIDDEN = """() => [...document.querySelectorAll(".scroll")].filter((one) => {
  one.scrollLeft = one.scrollWidth;
  const caption = (one.querySelector("caption span") ?? one.closest("figure").querySelector("figcaption")).getBoundingClientRect();
  return caption.left < -1 || caption.right > document.documentElement.clientWidth + 1;
}).map((one) => one.id)"""


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=CHROMIUM, args=["--headless", "--no-sandbox", "--disable-gpu"])
        yield found
        found.close()


@pytest.fixture
def opened(browser, document, tmp_path):
    """A function that opens the report, perhaps with a fault, in a medium."""

    def give(size, medium, before="", after=""):
        text = html_text(document)
        assert before in text
        path = tmp_path / "report.html"
        path.write_text(text.replace(before, after) if before else text, encoding="utf-8")
        page = browser.new_page(viewport=size)
        page.emulate_media(media=medium)
        page.goto(path.as_uri())
        return page

    return give


def test_nothing_runs_out_of_the_page_of_a_phone(opened):
    page = opened(PHONE, "screen")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate(CUT), "wide tables move within their frame"
    assert page.evaluate(HIDDEN) == []
    page.close()


def test_a_caption_that_leaves_with_its_table_rings(opened):
    page = opened(PHONE, "screen", "position:sticky;left:0;max-width", "max-width")
    assert page.evaluate(HIDDEN)
    page.close()


def test_nothing_is_cut_in_print(opened):
    page = opened(PRINTED, "print")
    assert page.evaluate(CUT) == []
    assert page.evaluate(OUTSIDE) == []
    page.close()


def test_a_table_that_is_cut_in_print_rings(opened):
    page = opened(PRINTED, "print", "@media print{", "@media speech{")
    assert page.evaluate(CUT) or page.evaluate(OUTSIDE)
    page.close()
