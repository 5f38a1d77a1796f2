"""A map of regions leads to their pages: by pointer, by keyboard, and by nothing in files and pictures."""

import re

import pytest
from lxml import etree

from qonys import words
from qonys.web.kinds import REGION, address, codes_of

SVG = "{http://www.w3.org/2000/svg}"
MAPS = ("flow_map", "regions", "indicator_map", "report-indicators-internal_map", "report-regional_projection-regional_map")


def links_of(client, language, name):
    picture = etree.fromstring(client.get(f"/{language}/chart/{name}.json").json()["svg"])
    return [(link.get("href"), link.get("aria-label"), link.get("tabindex")) for link in picture.iter(f"{SVG}a")]


@pytest.mark.parametrize("name", MAPS)
def test_every_region_of_a_map_leads_to_its_page(client, site, name):
    for language in words.LANGUAGES:
        links = links_of(client, language, name)
        pages = {address(language, REGION, code): code for code in codes_of(site, REGION)}
        assert {href for href, *_ in links} <= set(pages)
        assert len({href for href, *_ in links}) >= 14
        for href, label, _ in links:
            assert label.startswith(site.context(language).region(pages[href]) + ": ")
        assert len([1 for *_, turn in links if turn is None]) == len({href for href, *_ in links}), "once by keyboard"
    assert client.get(links_of(client, "kk", name)[0][0]).status_code == 200


@pytest.mark.parametrize("name", ["regions", "report-indicators-internal_map"])
def test_pictures_and_files_lead_nowhere(client, name):
    assert not re.search(r"<a\b", client.get(f"/en/chart/{name}.plain.svg").text)
