"""What a reader does with a chart in a real Chromium: leaves a map for a region, plays years, picks several regions."""

import pytest
from tests.web.test_browser import PHONE, Opened, browser, contexts, pytestmark  # noqa: F401 (fixtures)

from qonys import words

MAP = "#chart-indicator_map [data-plot] svg a"
SLOW = """() => { const fetched = window.fetch; let open = 0; window.most = 0; window.asked = [];
    window.fetch = async (url, ...more) => {
        if (!url.includes("indicator_map.json")) return fetched(url, ...more);
        window.asked.push(url);
        window.most = Math.max(window.most, ++open);
        await new Promise((next) => setTimeout(next, 1100));
        return fetched(url, ...more).finally(() => open--);
    }; }"""
PAGES = ("population", "compare?regions=KZ-10,KZ-71,KZ-75", "indicators/rate?place=KZ-71,KZ-75", "flows?partners=DEU,RUS,UZB")


def inside_pictures(opened):
    """What axe finds on a page, its pictures too where something in them can be reached."""
    from tests.web.test_browser import AXE

    opened.page.evaluate(AXE)
    found = opened.page.evaluate("axe.run(document.querySelector('main'), {resultTypes: ['violations']})")["violations"]
    return [(item["id"], [node["html"][:160] for node in item["nodes"][:2]]) for item in found if item["id"] != "svg-img-alt"]


def test_a_region_of_a_map_is_left_by_keyboard_and_by_pointer(contexts, base):  # noqa: F811
    with Opened(contexts["desk"], base, "kk/indicators/rate") as opened:
        page = opened.page
        opened.drawn()
        assert page.locator("#chart-indicator_map [data-plot]").get_attribute("role") == "group"
        link = page.locator(MAP).nth(3)
        link.focus()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith(page.locator(MAP).nth(4).get_attribute("aria-label"))
        assert page.evaluate("getComputedStyle(document.activeElement.firstChild).strokeWidth") == "3.5px", "the focus is seen"
        assert inside_pictures(opened) == []
        href = page.evaluate("document.activeElement.getAttribute('href')")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{href}")
        assert opened.faults == []
        page.go_back()
        page.locator("#chart-indicator_map[data-drawn]").wait_for(timeout=20_000)
        spot = page.evaluate("""() => { const path = document.querySelector('#chart-indicator_map a[href$="KZ-47"] path');
            path.scrollIntoView({block: 'center', behavior: 'instant'}); const box = path.getBoundingClientRect();
            return [box.left + box.width / 2, box.top + box.height / 3]; }""")
        page.mouse.click(*spot)
        page.wait_for_url("**/kk/region/KZ-47")


@pytest.mark.long
def test_years_are_played_one_after_the_other_and_stop(contexts, base):  # noqa: F811
    """Every year is drawn before the next is asked for, whatever the time that a drawing takes."""
    with Opened(contexts["desk"], base, "ru/indicators/rate?period=2020") as opened:
        page = opened.page
        opened.drawn()
        page.evaluate(SLOW)
        button = page.locator("#chart-indicator_map .play")
        assert button.get_attribute("aria-label") == f"{words.text('web.play.start', 'ru')}: {words.text('web.parameter.name.period', 'ru')}"
        button.focus()
        page.keyboard.press("Enter")
        assert button.get_attribute("aria-label").startswith(words.text("web.play.stop", "ru"))
        assert page.locator("#chart-indicator_map [data-part=says]").get_attribute("aria-live") == "off"
        page.wait_for_function("() => location.search.includes('period=2023')", timeout=20_000)
        page.keyboard.press("Space")
        rests = page.evaluate("location.search")
        page.wait_for_timeout(1600)
        assert page.evaluate("location.search") == rests, "it stopped"
        assert button.get_attribute("aria-label").startswith(words.text("web.play.start", "ru"))
        assert page.locator("#chart-indicator_map [data-part=says]").get_attribute("aria-live") is None
        assert page.evaluate("window.most") == 1, "none piled up"
        assert [url.partition("period=")[2][:4] for url in page.evaluate("window.asked")][:2] == ["2021", "2023"]
        button.click()
        page.wait_for_function("() => !document.querySelector('#chart-indicator_map .play').classList.contains('on')", timeout=30_000)
        assert "period=" not in page.evaluate("location.search"), "the last year is the usual one"
        assert opened.faults == []


def test_less_motion_is_one_step_at_a_press(browser, base):  # noqa: F811
    context = browser.new_context(viewport=PHONE, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{base}/en/indicators/rate?period=2015")
    page.locator("#chart-indicator_map[data-drawn]").wait_for(timeout=20_000)
    button = page.locator("#chart-indicator_map .play")
    assert button.get_attribute("aria-label").startswith(words.text("web.play.next", "en"))
    button.click()
    page.wait_for_function("() => location.search === '?period=2020'")
    page.wait_for_timeout(2500)
    assert page.evaluate("location.search") == "?period=2020"
    context.close()


def test_regions_are_picked_and_everything_follows(contexts, base):  # noqa: F811
    with Opened(contexts["desk"], base, "kk/compare?regions=KZ-71") as opened:
        page = opened.page
        opened.drawn()
        fold = page.locator("#chart-compare_population .picker summary")
        fold.focus()
        page.keyboard.press("Enter")
        boxes = page.locator("#chart-compare_population .choices input")
        page.locator("#chart-compare_population input[value=KZ-71]").click()
        assert page.locator("#chart-compare_population input[value=KZ-71]").is_checked(), "one stays"
        before = opened.says("compare_net")
        page.locator("#chart-compare_population input[value=KZ-75]").focus()
        page.keyboard.press("Space")
        page.locator("#chart-compare_net[data-drawn='2']").wait_for(timeout=20_000)
        page.locator("#chart-compare_population[data-drawn='2']").wait_for(timeout=20_000)
        page.wait_for_function("() => document.querySelectorAll('#chart-compare_numbers thead th').length === 3")
        assert page.evaluate("location.search") == "?regions=KZ-71,KZ-75"
        assert opened.says("compare_net") != before
        assert page.locator("#chart-compare_net .picker summary").text_content() == fold.text_content()
        assert "regions=KZ-71,KZ-75" in page.locator("#chart-compare_net [data-form=csv]").get_attribute("href")
        for code in ("KZ-10", "KZ-61"):
            page.locator(f"#chart-compare_population input[value={code}]").check()
        assert boxes.evaluate_all("all => all.filter((box) => box.disabled).length") == boxes.count() - 4, "no more than four"
        page.wait_for_function("() => document.querySelectorAll('#chart-compare_numbers thead th').length === 5")
        kept = page.evaluate("location.search")
        page.locator("[data-language][lang=en]").click()
        page.wait_for_url("**/en/compare*")
        assert page.evaluate("location.search") == kept
        assert page.locator("#chart-compare_net .choices input:checked").count() == 4
        assert opened.faults == []


@pytest.mark.long
def test_regions_are_picked_without_a_script(browser, base):  # noqa: F811
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{base}/ru/compare")
    page.locator("#chart-compare_net .picker summary").click()
    page.locator("#chart-compare_net input[value=KZ-10]").check()
    page.locator("#chart-compare_net form > button").click()
    assert "regions=KZ-10" in page.url
    assert page.locator("#chart-compare_numbers thead th").count() == 4
    assert page.locator("#chart-compare_net input:checked").count() == 3
    context.close()


@pytest.mark.long
@pytest.mark.parametrize("address", PAGES)
def test_pages_of_comparisons_are_accessible_and_quiet(contexts, base, address):  # noqa: F811
    for language in words.LANGUAGES:
        for width in contexts:
            with Opened(contexts[width], base, f"{language}/{address}") as opened:
                opened.drawn()
                for fold in opened.page.locator(".picker summary").all():
                    fold.click()
                assert opened.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (language, width)
                assert opened.cut() == [], (language, width)
                assert opened.violations() == [], (language, width)
                assert opened.faults == []
