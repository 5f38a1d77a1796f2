"""Every page in a real Chromium, in three languages at two widths: accessible, quiet, nothing cut, nothing over another,
no word of another language, and as it was approved.

The short tier takes one page of each kind in one language at one width.
"""

import re

import pytest

from . import looking, test_browser
from .pictures import approve, approved, difference, picture_of
from .test_browser import Opened

browser, contexts, pytestmark = test_browser.browser, test_browser.contexts, test_browser.pytestmark
LANGUAGES, WIDTHS = ("ru", "kk", "en"), ("desk", "phone")
# The short tier holds a page with charts, one with tables, one of text, the refusal and the policy lab.
SHORT = ("population", "claims", "methods", "nothing", "policy?outcome=old_age_dependency&s2.students=5000")
LONG = ("", "answers", "chance", "chance?of=share.kazakh&limit=75&year=2040", "history", "flows", "region", "region/KZ-63", "group",
        "group/kazakh", "partner", "partner/RUS", "indicators", "indicators/rate", "settlement", "space", "factors", "motives", "behaviour", "behaviour?axis=age&result=moves",
        "identity", "law", "law/law-477-iv-2011", "compare", "compare?regions=KZ-19,KZ-63,KZ-71", "adaptation", "consequences", "forecast", "monitor", "monitor?series=emigrants", "outlook", "policy", "policy?s1.border=1.5&s3.housing=2", "course", "course/bibliography", "course/labs", "course/guide", "glossary",
        "study", "study/claims", "data", "data/national", "about", "why", "why/projection_gross", "search?q=migration")  # fmt: skip
PAGES = (*SHORT, *LONG)
# Pages that name tables, functions and commands, publishers, or terms in three languages: of them only running text is read.
NAMING = ("data", "methods", "why", "course", "law", "glossary")


@pytest.fixture(scope="module")
def known(request):
    """Approved pictures; with `--approve` those found take their place."""
    found = {}
    yield approved(), found
    if request.config.getoption("--approve"):
        approve(found)


def turns(number, every):
    """Language and width: all of them, or the one of this page."""
    return [(language, width) for language in LANGUAGES for width in WIDTHS] if every else [(LANGUAGES[number % 3], WIDTHS[number % 2])]


def spoken(opened, address, language):
    """Words of another language that are read on a page."""
    apart = "table, dl, ul, .snippet" if re.match(rf"(?:{'|'.join(NAMING)})\b", address) else ".none"
    return looking.untranslated(opened.page.evaluate(looking.SPOKEN, apart), language)


@pytest.mark.parametrize(
    "number", [pytest.param(i, id=page or "overview", marks=pytest.mark.long if page in LONG else ()) for i, page in enumerate(PAGES)]
)
def test_every_page(contexts, base, number, every, known, request):
    address, (stored, pictures) = PAGES[number], known
    wrong = []
    for language, width in turns(number, every):
        with Opened(contexts[width], base, f"{language}/{address}") as opened:
            page = opened.page
            opened.drawn()
            page.evaluate("scrollTo(0, 0)")
            name = f"{language}/{address} {width}"
            pictures[name] = picture_of(page)
            found = {
                "wider than the window": page.evaluate("document.documentElement.scrollWidth > innerWidth"),
                "cut": opened.cut() + page.evaluate(looking.CLIPPED),
                "over another": page.evaluate(looking.OVERLAPPING),
                "not translated": spoken(opened, address, language),
                "axe": opened.violations(),
                "console": [fault for fault in opened.faults if "404" not in fault or address != "nothing"],
                "headings": page.locator("h1").count() != 1,
                "other than approved": "" if request.config.getoption("--approve") else difference(stored.get(name, "0"), pictures[name]),
            }
            wrong += [(name, kind, what) for kind, what in found.items() if what]
    assert wrong == []


FAULTS = {
    "cut": ("const h = document.querySelector('h1'); h.style.cssText = 'width:3rem;overflow:hidden;white-space:nowrap'", looking.CLIPPED),
    "a choice cut": ("document.querySelector('.control select:not([hidden])').style.cssText = 'width:3rem;flex:none'", looking.CLIPPED),
    "a name cut by the picture": ("document.querySelector('#chart-flow_map svg text').textContent = 'Агентство по миграции и де…'", looking.CLIPPED),
    "text over text": ("document.querySelector('.lead').style.cssText = 'position:absolute;top:0;left:0'; document.querySelector('h1').style.cssText = 'position:absolute;top:0;left:0'", looking.OVERLAPPING),
    "labels over labels": ("const t = document.querySelectorAll('#chart-flow_map svg text'); t[1].setAttribute('transform', ''); for (const n of ['x', 'y', 'transform', 'text-anchor']) t[1].setAttribute(n, t[0].getAttribute(n) ?? '')", looking.OVERLAPPING),
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_of_the_layout_rings(contexts, base, fault):
    spoil, look = FAULTS[fault]
    with Opened(contexts["desk"], base, "ru/flows") as opened:
        opened.drawn()
        assert opened.page.evaluate(look) == []
        opened.page.evaluate(spoil)
        assert opened.page.evaluate(look) != []


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [("ru", "Сальдо миграции, households by trajectories", ["households", "trajectories"]), ("ru", "web.page.flows", ["web.page.flows"]), ("ru", "Халықтың саны", ["Халықтың"]),
     ("kk", "Migration effectiveness", ["effectiveness"]), ("en", "Сальдо миграции", ["Сальдо", "миграции"]),
     ("ru", "Сальдо миграции (Raymer and others 2013), reconciled_national", []), ("kk", "Көші-қон айырымы", [])],
)  # fmt: skip
def test_a_word_of_another_language_rings(language, text, found):
    assert looking.untranslated([text], language) == found


@pytest.mark.parametrize("language", LANGUAGES)
def test_long_names_of_rows_are_whole_on_a_phone(client, language):
    """Forecasts of one author differ by the end of their names."""
    picture = client.get(f"/{language}/chart/report-published_forecasts-forecasts_errors.plain.svg?w=360")
    assert picture.status_code == 200
    assert re.findall(r">[^<]*…<", picture.text) == []


SPOILT = {
    "a chart is missing": "document.querySelector('figure.chart [data-plot]').remove()",
    "no style": "document.querySelector('link[rel=stylesheet]').remove()",
    "a dark chart": "document.querySelector('figure.chart [data-plot]').style.background = '#345'",
    "turned": "document.querySelector('main').style.direction = 'rtl'",
}


@pytest.mark.long
@pytest.mark.parametrize("fault", [None, *SPOILT])
def test_a_picture_that_is_other_rings(contexts, base, fault):
    with Opened(contexts["desk"], base, "en/history") as opened:
        opened.drawn()
        opened.page.evaluate("scrollTo(0, 0)")
        before = picture_of(opened.page)
        opened.page.evaluate(SPOILT.get(fault, "document.querySelector('.lead').append(' A few words more stand here now.')"))
        assert bool(difference(before, picture_of(opened.page))) == (fault is not None)
