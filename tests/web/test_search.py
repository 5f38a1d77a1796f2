"""Search: words in three languages, in any form, without Kazakh letters, on another layout, with one wrong letter."""

import time

import pytest
from lxml import html

from qonys import words
from qonys.errors import BadInput
from qonys.web.search.entries import SEARCHED, entries
from qonys.web.search.finding import LONGEST, find
from qonys.web.search.forms import layouts, nearly, plain, stems

# query, kind and address of what must be the best of its kind
ASKED = [
    ("Алматы", "region", "region/KZ-75"),
    ("алматы қаласы", "region", "region/KZ-75"),
    ("Almaty city", "region", "region/KZ-75"),
    ("мангыстау", "region", "region/KZ-47"),
    ("Мангистауской области", "region", "region/KZ-47"),
    ("кызылорда", "region", "region/KZ-43"),
    ("shymkent", "region", "region/KZ-79"),
    ("irsvrtyn", "region", "region/KZ-79"),
    ("усть", "region", None),
    ("казахи", "group", "group/kazakh"),
    ("казахов", "group", "group/kazakh"),
    ("қазақтардың", "group", "group/kazakh"),
    ("казактар", "group", "group/kazakh"),
    ("Kazakhs", "group", "group/kazakh"),
    ("немцев", "group", "group/german"),
    ("неміс", "group", "group/german"),
    ("Germans", "group", "group/german"),
    ("yfvws", "group", None),
    ("Россию", "partner", "partner/RUS"),
    ("ресей", "partner", "partner/RUS"),
    ("Hjccbz", "partner", "partner/RUS"),
    ("Germany", "partner", "partner/DEU"),
    ("гермаиня", "partner", "partner/DEU"),
    ("озбекстан", "partner", "partner/UZB"),
    ("коэффициент миграции", "indicator", "indicators/rate"),
    ("сальдо миграции", "term", "glossary#net_migration"),
    ("көші-қон айырымы", "term", "glossary#net_migration"),
    ("коши кон айырымы", "term", "glossary#net_migration"),
    ("net migration", "term", "glossary#net_migration"),
    ("беженцев", "table", "data/refugees"),
    ("refugee", "table", "data/refugees"),
    ("методы", "page", "methods"),
    ("болжам", "page", "forecast"),
    ("репатриантов", "question", "answers#repatriates"),
]


@pytest.mark.parametrize(("query", "kind", "address"), ASKED)
def test_what_is_asked_is_found(site, query, kind, address):
    for language in words.LANGUAGES:
        found = find(site, language, query)
        if address is None:
            assert kind not in found.groups or found.groups[kind]
        else:
            assert kind in found.groups, (language, found)
            assert address in [hit.item.address for hit in found.groups[kind]][:3], (language, found.groups[kind])


@pytest.mark.parametrize(
    ("query", "read"),
    [("vbuhfwbz", "миграция"), ("мигация", "миграция"), ("миграцыя", "миграция"), ("migrtaion", "migration"), ("ьшпкфешщт", "migration")],
)
def test_a_query_that_is_read_otherwise_says_how(site, query, read):
    found = find(site, "ru", query)
    assert found.read_as == read
    assert found.count > 5
    assert find(site, "ru", read).read_as == ""


def test_all_words_of_a_query_must_be_there(site):
    both = find(site, "en", "net migration region")
    assert 0 < both.count <= find(site, "en", "migration").count
    assert find(site, "en", "migration qwzzxx").count == 0


def test_everything_has_a_kind_an_address_and_a_title_in_each_language(client, site):
    every = entries(site)
    assert {entry.kind for entry in every} == set(SEARCHED)
    for entry in every:
        assert set(entry.items) == set(words.LANGUAGES), entry
        assert all(item.title and item.address for item in entry.items.values()), entry
    firsts = {entry.kind: entry.items["kk"].address.partition("#")[0] for entry in every}
    for kind, address in firsts.items():
        assert client.get(f"/kk/{address}").status_code == 200, kind


def test_the_page_works_without_a_script(client):
    page = html.fromstring(client.get("/ru/").content)
    (form,) = page.xpath("//header//form[@role='search']")
    assert form.get("action") == "/ru/search"
    assert page.xpath("//label[@for='search']")
    found = html.fromstring(client.get("/ru/search", params={"q": "алматы"}).content)
    assert found.xpath("//header//input[@name='q']/@value") == ["алматы"]
    assert "/ru/region/KZ-75" in found.xpath("//main//ul//a/@href")
    other = found.xpath("//nav[@class='languages']//a[@lang='kk']/@href")[0]
    assert "/kk/region/KZ-75" in html.fromstring(client.get(other).content).xpath("//main//ul//a/@href")
    none = html.fromstring(client.get("/kk/search", params={"q": "алматтттты"}).content)
    assert "табылмады" in none.xpath("//main")[0].text_content()
    assert none.get_element_by_id("nearest") is not None
    for query in ("", "   ", "<script>alert(1)</script>", "%", "'\"", "\x00"):
        answer = client.get("/en/search", params={"q": query})
        assert answer.status_code == 200, query
        assert "<script>alert" not in answer.text


def test_programs_get_the_same(client):
    told = client.get("/api/v1/search", params={"q": "миграция", "lang": "kk"}).json()
    assert told["count"] == len(told["hits"]) > 5
    assert {"kind", "title", "address", "score"} == set(told["hits"][0])
    assert client.get("/api/v1/search", params={"q": "qwzzxx"}).json()["hits"] == []
    for wrong in ({}, {"q": ""}, {"q": "a" * (LONGEST + 1)}, {"q": "a", "z": "1"}, {"q": "a", "lang": "de"}):
        assert client.get("/api/v1/search", params=wrong).status_code == 400, wrong


def test_length_and_time_are_bounded(client, site):
    assert client.get("/ru/search", params={"q": "я" * (LONGEST + 1)}).status_code == 400
    assert client.get("/ru/search?q=a&q=b").status_code == 400
    assert client.get("/ru/search?z=a").status_code == 400
    with pytest.raises(BadInput):
        find(site, "ru", "а" * (LONGEST + 1))
    find(site, "ru", "миграция")
    begin = time.perf_counter()
    for query in ("щ " * 49, "а" * LONGEST, "ab" * 50, "мигрцияя населнеия казхстана регоны этнсы"):
        find(site, "ru", query)
    assert time.perf_counter() - begin < 2


def test_letters_layouts_and_slips():
    assert plain("ҚАЗАҚСТАН ӨҢІРІ") == "казакстан онири"
    assert stems("миграции") & stems("миграция")
    assert stems(plain("қазақтар")) & stems(plain("қазақ"))
    assert list(layouts("2050")) == ["2050"]
    assert nearly("абай", "абаи")
    assert not nearly("абай", "алматы")
    assert not nearly("миграция", "мегроция")
