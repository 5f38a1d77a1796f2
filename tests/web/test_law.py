"""The page of the law: what held in a year, each act, links that lead somewhere, a pack without a register."""

import polars as pl
import pytest
from lxml import html

from qonys import words
from qonys.catalog import open_pack
from qonys.inputs import figure_name
from qonys.law import law_register
from qonys.study.analyses.act_effects import effect_of_act
from qonys.study.analyses.effect import EffectOptions
from qonys.web.pages.menu import menu
from qonys.web.view import Site


def acts(client, language="en", year=None):
    """Addresses of the acts in force by the page."""
    query = f"?held={year}" if year else ""
    page = html.fromstring(client.get(f"/{language}/law{query}").content)
    heading = page.xpath("//h2[@id='acts']")[0]
    table = heading.xpath("following::table[1]")[0]
    return [address.rpartition("/")[2] for address in table.xpath(".//td/a/@href")]


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_page_says_what_is_known_and_what_is_not(client, language):
    answer = client.get(f"/{language}/law")
    assert answer.status_code == 200
    page = html.fromstring(answer.content)
    found = law_register(open_pack("kazakhstan"))
    text = page.text_content()
    assert str(len(found.acts)) in text
    assert words.text("law.code.search.not_searched", language) in text
    assert all(one.titles[language] in text for one in found.conventions)
    assert "law.code." not in text
    assert {one.get("id") for one in page.xpath("//h2[@id]")} >= {"acts", "parameters", "treaties", "coverage", "gaps"}


def test_the_law_of_a_year_is_that_of_its_last_day(client):
    assert {"law-204-i-1997", "law-477-iv-2011"} & set(acts(client, year=2010)) == {"law-204-i-1997"}
    assert {"law-204-i-1997", "law-477-iv-2011"} & set(acts(client, year=2011)) == {"law-477-iv-2011"}
    assert "law-477-iv-2011" in acts(client)
    refused = client.get("/en/law?held=1890")
    assert refused.status_code in (400, 404, 422)
    assert "1991–2026" in refused.text


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_an_act_has_a_page(client, language):
    answer = client.get(f"/{language}/law/law-2337-1995")
    assert answer.status_code == 200
    page = html.fromstring(answer.content)
    assert "/kz/act/law/1995-06-19/2337" in page.text_content()
    links = page.xpath("//h2[@id='changed_by']/following::table[1]//td/a/@href")
    assert len(links) == 19
    assert client.get(links[0]).status_code == 200
    assert client.get(f"/{language}/law/law-2337").status_code == 404


def test_its_links_lead_to_acts(client):
    page = html.fromstring(client.get("/ru/law").content)
    links = sorted(set(page.xpath("//main//td/a[contains(@href, '/law/')]/@href")))
    assert len(links) > 50
    assert [link for link in links if client.get(link).status_code != 200] == []


def test_the_chart_holds_the_values_of_the_register(client):
    rows = client.get("/en/chart/law.csv?parameter=quota.kandas").text
    assert all(value in rows for value in ("2433", "3033", "2309", "2281"))


def test_a_pack_without_a_register_has_no_such_page(site, tmp_path):
    assert "law" in {page.id for page in menu(site)}
    poor = Site(open_pack("georgia"), site.results, "m", tmp_path)
    assert "law" not in {page.id for page in menu(poor)}


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_an_act_shows_what_came_after_it(client, site, language):
    page = html.fromstring(client.get(f"/{language}/law/law-477-iv-2011").content)
    text = page.text_content()
    (figure,) = page.xpath("//figure[@data-chart='law_effect']")
    assert figure.get("data-held") == "act=law-477-iv-2011", "what the script that draws asks for"
    frame = site.results.table("law_effects").frame.filter(pl.col("first") == 2012)
    for row in frame.iter_rows(named=True):
        assert words.integer(row["value"], language) in text
    assert words.text("effect.assumes.interrupted", language) in text
    rivals = page.xpath("//h2[@id='rivals']/following::table[1]//tbody/tr")
    assert len(rivals) == site.results.table("law_effect_rivals").frame.filter(pl.col("act") == "law-477-iv-2011").height > 5


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_an_act_whose_effect_cannot_be_told_says_why(client, language):
    page = html.fromstring(client.get(f"/{language}/law/law-110-viii-2024").content)
    assert not page.xpath("//figure[@data-chart='law_effect']")
    (said,) = page.xpath("//h2[@id='effect']/following-sibling::*[1]")
    name = figure_name(open_pack("kazakhstan"), "net_migration", language)
    assert said.text_content().strip() == words.text("law.effect.late", language, name=name, n=0, first=2025, need=3)


def test_the_page_shows_what_the_command_finds(site):
    """Computed once with the study: the same numbers as `qonys law effect`, whose rows are of one act and one figure."""
    pack = open_pack("kazakhstan")
    made = effect_of_act(pack, law_register(pack), "law-153-v-2013", "net_migration", EffectOptions(), "en")
    stored = site.results.table("law_effects").frame.filter(pl.col("first") == made.first)
    assert stored.select(*made.found.table.columns).to_dicts() == made.found.table.to_dicts()
    assert stored["p_least"][0] == min(made.p)
    rivals = site.results.table("law_effect_rivals").frame.filter(pl.col("act") == made.act.id)
    assert rivals["event"].to_list() == made.rivals["id"].to_list()


def test_how_little_a_small_p_says_stands_beside_it(client, site):
    """A placebo in time: the same asked of every year in which it can be."""
    years, low = (site.results.number(f"law.effect.{name}").value for name in ("years", "years_low"))
    assert 0.05 * years < low <= years
    assert f"Of the {years:.0f} years" in client.get("/en/law/law-477-iv-2011").text


def test_the_drawing_is_that_of_the_act(client, site):
    """What the script fetches for the page: the line of years before 2012, not that of the chart's usual act."""
    drawn = client.get("/en/chart/law_effect.json?act=law-477-iv-2011&w=640").text
    usual = client.get("/en/chart/law_effect.json?w=640").text
    assert '"year":2012}]' in drawn.replace(" ", "")
    assert '"year":2012}]' not in usual.replace(" ", "")


def test_a_page_of_one_variant_draws_it(client):
    """An indicator with one variant has no choice to make, and its chart is not that of another indicator."""
    page = html.fromstring(client.get("/en/indicators/connectivity").content)
    assert "what=connectivity.nonzero" in page.xpath("//figure[@data-chart='indicator']/@data-held")[0]
