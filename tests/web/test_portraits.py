"""Pages of one region, ethnic group and partner country: their numbers are those of the results, with their places."""

import re

import polars as pl
import pytest
from lxml import html

from qonys import inputs, words
from qonys.web import leading_values
from qonys.web.kinds import KINDS, addresses, code_in, codes_of, known_readings
from qonys.web.leading_values import Thing
from qonys.web.view import View


def page_of(client, address):
    """The main part of a page that opens."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    return html.fromstring(answer.content).xpath("//main")[0]


def clean(page):
    """Whether all texts of a page are filled, in words; what stands in code is a program's."""
    text = " ".join(page.xpath(".//text()[not(ancestor::pre)]"))
    return not re.search(r"[{}]|portrait\.|notion\.|web\.[a-z]+\.|\bNone\b|\bnan\b", text)


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_an_index_that_leads_to_all_of_its_pages(client, site, kind, language):
    page = page_of(client, f"/{language}/{kind}")
    assert clean(page)
    links = set(page.xpath(f"//table//a[starts-with(@href, '/{language}/{kind}/')]/@href"))
    assert links == {f"/{language}/{kind}/{code}" for code in codes_of(site, kind)}
    assert len(links) >= 14


@pytest.mark.parametrize("kind", KINDS)
def test_every_page_of_a_kind_opens_and_says_what_is_not_there(client, site, kind):
    for number, code in enumerate(codes_of(site, kind)):
        language = words.LANGUAGES[number % 3]
        page = page_of(client, f"/{language}/{kind}/{code}")
        assert clean(page), code
        assert page.xpath("//h1")[0].text_content() == KINDS[kind].whole(site.context(language), code)
        for heading in page.xpath("./h2"):
            assert heading.getnext() is not None, code
            assert heading.getnext().tag != "h2", code


def test_a_region_has_the_numbers_of_the_results_and_its_place(client, site):
    page = page_of(client, "/en/region/KZ-75")
    loads = site.results.table("regional_loads").frame.sort("population", descending=True)
    place = loads["region"].to_list().index("KZ-75") + 1
    own = loads.filter(pl.col("region") == "KZ-75").row(0, named=True)
    (card,) = [li for li in page.xpath("//ul[@class='numbers']/li") if "Population of a region: published" in li.text_content()]
    assert words.integer(own["population"], "en") in card.text_content()
    assert f"rank {place} of {loads.height}" in card.text_content()
    sizes = site.results.table("regional_sizes").frame.filter((pl.col("region") == "KZ-75") & (pl.col("year") == 2050))
    assert words.integer(float(f"{sizes['q50'][0]:.3g}"), "en") in page.text_content()
    assert page.xpath("//figure/@data-chart") == ["region-KZ-75-population", "region-KZ-75-net"]


def misdated(found, rows):
    """Counts by year and region that are a count of the same region of another year."""
    years = {(region, value): year for year, region, value in rows.select("year", "region", "value").rows()}
    return [
        (year, code) for year, counts in found.items() for code, value in counts.items()
        if years.get((code, value), int(year)) != int(year)
    ]  # fmt: skip


def test_a_published_count_stands_at_the_day_on_which_people_were_counted(site):
    """Flows are newer than the last count of regions: the year of the count is its own."""
    rows = inputs.chosen(site.pack, "population_regional_total")
    named = leading_values.values(site, "region", "region_population")
    counted = {year: {code: one.value for code, one in part.items()} for (variant, year), part in named.items() if variant == "counted"}
    assert str(site.results.table("regional_loads").frame["population_year"][0]) in counted
    assert misdated(counted, rows) == []
    last = max(set(counted) & {str(year) for year in rows["year"].unique()})
    assert misdated({str(int(last) + 1): counted[last]}, rows), "planted: called after the year of the flows"


def test_a_place_is_counted_from_the_greatest(site):
    """A planted fault, counting from the smallest, would give the largest region the last place."""
    found = leading_values.values(site, "region", "region_population")
    every = found["regional", "2050"]
    largest = max(every, key=lambda code: every[code].value)
    told = leading_values.ahead(Thing(View(site, "en"), "region", largest), "region_population")[-1]
    assert (told.place, told.of) == (1, len(every))
    least = min(every, key=lambda code: every[code].value)
    assert leading_values.ahead(Thing(View(site, "en"), "region", least), "region_population")[-1].place == len(every)


def test_numbers_of_a_region_are_of_its_boundaries_of_today_or_say_otherwise(client, site):
    """Of a region that was divided, a count of the old boundaries must not pass for one of today."""
    loads = dict(site.results.table("regional_loads").frame.select("region", "population").rows())
    told = {one.reading.variant.id: one.reading for one in leading_values.known(Thing(View(site, "en"), "region", "KZ-63"), "region_population")}
    assert told["counted"].value == loads["KZ-63"]
    assert told["account"].value > 1.5 * loads["KZ-63"]
    cards = page_of(client, "/en/region/KZ-63").xpath("//ul[@class='numbers']/li")
    (old,) = [c.text_content() for c in cards if "Population of a region: reconciled account" in c.text_content()]
    assert "oldest common boundaries" in old
    assert "KZ-63" in page_of(client, "/en/region/KZ-10").xpath("string(//p[@class='linked'][1]/a/@href)")


def test_a_group_has_its_counts_and_its_projection(client, site):
    page = page_of(client, "/en/group/kazakh")
    shares = site.results.table("group_shares").frame.filter((pl.col("group") == "kazakh") & (pl.col("year") == 2040)).row(0, named=True)
    (row,) = [r for r in page.xpath("//table//tr") if r.text_content().startswith("2040, share")]
    for quantile in ("q2.5", "q50", "q97.5"):
        assert words.percent(shares[quantile], "en", 1) in row.text_content()
    assert "2,200†" in page.text_content()
    assert "not projected by itself" in page_of(client, "/en/group/chechen").text_content()
    assert "not published" in page_of(client, "/en/group/chechen").text_content()


def test_a_partner_is_found_by_either_code(client, site):
    assert code_in(site, "partner", "RU") == code_in(site, "partner", "RUS") == "RUS"
    page = page_of(client, "/en/partner/RU")
    (row,) = [r for r in page.xpath("//table//tr") if r.xpath("string(th)") == "2024"]
    assert "8,000†" in row.text_content()
    assert "8,800†" in row.text_content()
    for wrong in ("partner/XX", "partner/KAZ", "region/KZ", "region/KZ-75/x", "group/total", "group/rest"):
        assert client.get(f"/en/{wrong}").status_code == 404, wrong


def test_charts_of_one_thing_are_files_too(client):
    for name in ("region-KZ-75-population", "region-KZ-75-net", "group-kazakh-share", "partner-RUS-stocks"):
        frame = pl.read_csv(client.get(f"/ru/chart/{name}.csv").content)
        assert frame.height > 5, name
        assert client.get(f"/kk/chart/{name}.json?w=360").json()["says"], name
        about = client.get(f"/en/chart/{name}.metadata.json").json()
        assert about["sources"], name
    for wrong in ("region-KZ-10-net", "region-KZ-75-share", "group-none-share", "region-", "partner-RUS"):
        assert client.get(f"/en/chart/{wrong}.csv").status_code == 404, wrong


def test_every_name_in_a_table_leads_to_its_page(client, site):
    page = page_of(client, "/ru/flows")
    links = page.xpath("//figure[@id='chart-od']//th/a/@href")
    assert len(links) == len(codes_of(site, "region"))
    assert set(links) <= set(addresses(site, "ru").values())


def test_readings_are_those_of_the_register(site):
    assert {one.variant.notion for one in known_readings(site)} >= {"region_population", "group_share"}
