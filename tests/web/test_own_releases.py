"""A person's own releases on the page of the monitor, in its feed and for programs: marked, and gone when set aside."""

import xml.etree.ElementTree as tree

import httpx
import pytest
from lxml import html

from qonys import words
from qonys.catalog import open_pack
from qonys.catalog.user_tables import user_folder
from qonys.cli import main
from qonys.report.chapters import monitor as chapter
from qonys.report.context import Context
from qonys.report.document import Note
from qonys.study.chapters import monitor
from qonys.study.runs.results import Results
from qonys.web.view import Site

from .conftest import running

LANGUAGES = ["en", *(pytest.param(one, marks=pytest.mark.long) for one in ("ru", "kk"))]
ATOM = "{http://www.w3.org/2005/Atom}"
ADDED = "indicator,year,months,value\nimmigrants,2026,6,30123\nasylum_claims,2025,12,400\nasylum_claims,2026,3,3\n"


@pytest.fixture(scope="module")
def results():
    found = Results("test")
    monitor.compute(open_pack("kazakhstan"), found)
    return found


@pytest.fixture
def own(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path


@pytest.fixture
def door(results, own):
    """A site with the monitor alone; what is added to the store while it runs is seen."""
    site = Site(open_pack("kazakhstan"), results, "testrun", own / "states", draws=4)
    site.keep("simulation", lambda: None)
    for base in running(site):
        with httpx.Client(base_url=base, timeout=60) as found:
            yield found


def put(folder):
    (folder / "new.csv").write_text(ADDED, encoding="utf-8")
    assert main(["monitor", "add", str(folder / "new.csv"), "--released", "2026-08-14", "--new-indicator", "--accept-size"]) == 0


def now(door, language="en"):
    page = html.fromstring(door.get(f"/{language}/monitor").content)
    table = page.xpath("//h2[@id='now']/following::table[1]")[0]
    rows = [[cell.text_content().strip() for cell in row.xpath("./*")] for row in table.xpath(".//tbody/tr")]
    return {row[0]: row for row in rows}, page.text_content()


def test_own_releases_come_marked_while_the_site_runs_and_go_when_set_aside(door, own):
    rows, text = now(door)
    assert set(rows) == {"Emigrants", "Immigrants"}
    assert words.text("monitor.own.note", "en") not in text
    put(own)
    rows, text = now(door)
    assert set(rows) == {"Emigrants", "Immigrants (own)", "Asylum claims (own)"}
    assert rows["Immigrants (own)"][1] == "April – June 2026" or "2026" in rows["Immigrants (own)"][1]
    assert "red, up" in rows["Immigrants (own)"][2]
    assert words.text("monitor.own.note", "en") in text
    assert main(["monitor", "remove"]) == 0
    assert set(now(door)[0]) == {"Emigrants", "Immigrants"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_mark_stands_in_three_languages(door, own, language):
    put(own)
    rows, text = now(door, language)
    mark = words.text("monitor.own.marked", language, name="").strip()
    assert sum(mark in name for name in rows) == 2
    assert "{" not in text


def test_the_feed_and_the_interface_for_programs_have_them(door, own):
    put(own)
    titles = [one.findtext(f"{ATOM}title") for one in tree.fromstring(door.get("/monitor/feed.atom?lang=en").content).iter(f"{ATOM}entry")]
    assert any(title.startswith("Immigrants (own)") for title in titles)
    assert any(title.startswith("Asylum claims (own)") for title in titles)
    lights = door.get("/api/v1/monitor").json()["lights"]
    assert {(row["indicator"], row["owner"]) for row in lights} == {("immigrants", "user"), ("emigrants", "pack"), ("asylum_claims", "user")}


@pytest.mark.long
def test_a_small_count_of_ones_own_is_withheld(door, own):
    put(own)
    assert now(door)[0]["Asylum claims (own)"][3] == "–"
    row = next(row for row in door.get("/api/v1/monitor").json()["lights"] if row["indicator"] == "asylum_claims")
    assert row["value"] is None


@pytest.mark.long
def test_a_damaged_store_is_said_and_the_country_stays(door, own):
    put(own)
    folder = user_folder(open_pack("kazakhstan"))
    next(folder.glob("*.parquet")).write_bytes(b"PAR1 no")
    rows, text = now(door)
    assert set(rows) == {"Emigrants", "Immigrants"}
    assert str(folder) in text
    assert door.get("/monitor/feed.atom").status_code == door.get("/api/v1/monitor").status_code == 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_says_how_many_own_releases_it_leaves_unused(results, own, language):
    pack = open_pack("kazakhstan")

    def notes():
        section = chapter.build(Context(results, pack, language))
        return [str(block.text) for block in section.blocks if isinstance(block, Note)]

    said = words.text("monitor.report.own", language, n=3)
    assert said not in notes()
    put(own)
    assert said in notes()
