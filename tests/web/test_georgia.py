"""Pages of a second country over a few of its chapters: they open in three languages and name no other country."""

import re

import httpx
import pytest
from lxml import html

from qonys import words
from qonys.catalog import open_pack
from qonys.study.chapters.registry import in_order
from qonys.study.plan import merged, resolve
from qonys.study.runs.results import Results
from qonys.web.view import Site

from .conftest import running

FEW = {"account": {"draws": 20, "kept": 10}, "segregation": {"draws": 4}}
CHAPTERS = {"retrospective", "groups", "regions", "accounts", "shocks", "forms", "bilateral", "claims", "stratification"}
OTHER = re.compile("Almaty|Astana|Алмат|Астан")


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    pack = open_pack("georgia")
    results = Results("test", plan=merged(resolve(pack), FEW))
    for chapter in in_order():
        if chapter.id in CHAPTERS:
            chapter.compute(pack, results)
    site = Site(pack, results, "testrun", tmp_path_factory.mktemp("states"), draws=4)
    addresses = running(site)
    with httpx.Client(base_url=next(addresses), timeout=60) as found:
        yield found
    addresses.close()
    site.simulation.stop()


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("address", ["", "history", "flows", "study/accounts", "study/forms", "data", "claims"])
def test_pages_open(client, language, address):
    answer = client.get(f"/{language}/{address}")
    assert answer.status_code == 200, address
    text = html.fromstring(answer.content).xpath("//main")[0].text_content()
    assert not OTHER.search(text)
    assert not re.search(r"\bweb\.[a-z_]+\.|chapter\.[a-z]+\b", text)


@pytest.mark.parametrize("kind", ["region", "group", "partner"])
def test_pages_of_single_things_are_built_from_the_pack(client, kind):
    links = html.fromstring(client.get(f"/ru/{kind}").content).xpath(f"//table//a[starts-with(@href, '/ru/{kind}/')]/@href")
    assert len(links) > 4
    for link in links[:3]:
        text = html.fromstring(client.get(link).content).xpath("//main")[0].text_content()
        assert not OTHER.search(text)
        assert "Казахстан" not in html.fromstring(client.get(link).content).xpath("//h1")[0].text_content()
        assert not re.search(r"[{}]|portrait\.", text)


def test_a_region_with_published_ages_has_a_pyramid(client):
    link = html.fromstring(client.get("/en/region").content).xpath("//table//a[starts-with(@href, '/en/region/')]/@href")[0]
    assert any(name.endswith("-ages") for name in html.fromstring(client.get(link).content).xpath("//figure/@data-chart"))


def test_a_chapter_that_is_left_out_has_no_page(client):
    assert client.get("/en/study/settling").status_code == 404
