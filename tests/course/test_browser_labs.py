"""Each lab in a real browser: three languages, desk and phone, no error, nothing asked from outside, accessible."""

import os
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from qonys import words
from qonys.course.exercise import exercise_of
from qonys.course.opened import pack_of
from qonys.course.registry import lab_of, labs
from qonys.course.serving import HOST, QUIET, command_of

pytest.importorskip("marimo")
pytest.importorskip("playwright.sync_api")
CHROMIUM = os.environ.get("QONYS_CHROMIUM", "/usr/bin/chromium")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
SIZES = {"desk": (1280, 900), "phone": (390, 844)}
pytestmark = [
    pytest.mark.long, pytest.mark.skipif(not Path(CHROMIUM).is_file(), reason=f"no Chromium at {CHROMIUM}"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]  # fmt: skip


def free_port():
    with socket.socket() as found:
        found.bind((HOST, 0))
        return found.getsockname()[1]


@contextmanager
def served(lab):
    """The lab on this machine, as `qonys course open` serves it."""
    port = free_port()
    with subprocess.Popen(command_of(lab, port), env={**os.environ, **QUIET, "QONYS_PACK": "kazakhstan"}) as process:
        try:
            for _ in range(240):
                with socket.socket() as tried:
                    if tried.connect_ex((HOST, port)) == 0:
                        break
                time.sleep(0.25)
            yield f"http://{HOST}:{port}"
        finally:
            process.terminate()
            process.wait()


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield found
        found.close()


def opened(browser, base, language, size):
    """A page of a lab that has come to rest, and what went wrong on the way."""
    faults = []
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: faults.append(str(e)))
    page.on(
        "request",
        lambda r: None if r.url.startswith((base, "data:", "blob:", "ws://" + HOST)) else faults.append(r.url),
    )
    page.goto(f"{base}/?lang={language}")
    title = words.text("labs.further", language)
    page.get_by_text(title).first.wait_for(timeout=90_000)
    page.wait_for_timeout(500)
    return page, faults


@pytest.mark.parametrize("lab", labs(), ids=lambda lab: lab.id)
def test_every_lab_opens(browser, lab):
    from axe_core_python.sync_playwright import Axe

    with served(lab) as base:
        for language in words.LANGUAGES:
            for name, size in SIZES.items():
                page, faults = opened(browser, base, language, size)
                assert faults == [], (language, name)
                assert lab.title(language) in page.inner_text("body")
                assert page.locator("[data-testid=error], .marimo-error").count() == 0
                assert page.evaluate("document.documentElement.scrollWidth") <= size[0] + 1, (language, name)
                found = {one["id"]: one["nodes"] for one in Axe().run(page)["violations"]}
                assert found == {}, (language, name)
                assert page.evaluate("document.documentElement.lang") == language
                page.close()


def test_an_answer_is_checked_as_it_is_given(browser):
    lab = lab_of("balance")
    right = exercise_of("balance-1").right(pack_of("kazakhstan")).value
    with served(lab) as base:
        page, faults = opened(browser, base, "en", SIZES["desk"])
        field = page.locator("input[type=text]").first
        button = page.get_by_role("button", name=words.text("labs.check", "en")).first
        for answer, said in ((f"{-right:.0f}", "labs.mistake.sign"), (f"{right:.0f}", "labs.right")):
            field.fill(answer)
            button.click()
            page.get_by_text(words.text(said, "en")).first.wait_for(timeout=20_000)
        assert faults == []
        page.close()
