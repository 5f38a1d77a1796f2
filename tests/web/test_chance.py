"""Probabilities by form: counted in the stored trajectories, with their error; what is out of range is refused with the range."""

from dataclasses import replace
from math import sqrt

import polars as pl
import pytest
from lxml import html

from qonys import words
from qonys.web.app import build_app
from qonys.web.pages import chance
from qonys.web.view import View


def told(client, language="en", **asked):
    """What the page says below the heading of the answer."""
    answer = client.get(f"/{language}/chance", params=asked)
    assert answer.status_code == 200, answer.text[:300]
    (heading,) = html.fromstring(answer.content).xpath("//*[@id='answer']")
    return heading.getnext().text_content()


def test_a_share_is_counted_in_the_trajectories(client, site):
    draws = site.results.table("regional_draws").frame.filter(pl.col("year") == 2040)
    places = [name for name in draws.columns if "-" in name]
    share = draws.select(pl.col("kazakh") / pl.sum_horizontal(places)).to_series()
    limit = round(100 * float(share.quantile(0.4)), 1)
    yes, n = int((share > limit / 100).sum()), len(share)
    text = told(client, of="share.kazakh", side="above", limit=f"{limit}", year="2040")
    assert f"{yes} of {n}" in text
    assert words.percent(yes / n, "en", 0) in text
    assert words.number(100 * sqrt(yes / n * (1 - yes / n) / n), "en", 1) in text
    other = told(client, of="share.kazakh", side="below", limit=f"{limit}".replace(".", ","), year="2040")
    assert f"{n - yes} of {n}" in other


def test_it_agrees_with_the_page_of_answers(client, site):
    """80% of the population in 2040, as /answers tells it."""
    found = chance.chance_of(site, "share.kazakh", "above", 0.8, 2040)
    if 0 < found.yes < found.draws:
        page = html.fromstring(client.get("/en/answers").content).xpath("string(//main)")
        assert f"at least 80%: {words.percent(found.yes / found.draws, 'en', 1)}" in page


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_quantity_is_answered_in_words(client, site, language):
    view = View(site, language)
    for of, unit in chance.quantities(site).items():
        limit = "50" if unit == "share" else "1000000"
        text = told(client, language, of=of, side="below", limit=limit, year="2050")
        assert not any(mark in text for mark in ("{", "}", "chance.", "None", "nan")), text
        assert chance.name_of(view, of)


def test_none_and_all_of_the_trajectories_give_a_bound(client, site):
    n = site.results.table("regional_draws").frame["draw"].n_unique()
    none = told(client, of="population", side="above", limit="100 000 000", year="2030")
    assert f"below {words.percent(3 / n, 'en', 1)}" in none
    every = told(client, of="population", side="below", limit="100 000 000", year="2030")
    assert f"above {words.percent(1 - 3 / n, 'en', 1)}" in every
    assert " 0%" not in none
    assert "100%" not in every


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_form_says_why_net_migration_is_told_as_an_interval(client, site, language, reading):
    said = words.text("chance.net_note", language)
    assert said in html.fromstring(client.get(f"/{language}/chance").content).text_content()
    tables = {name: table for name, table in site.results.tables.items() if name != chance.QUANTILES}
    bare = replace(site, results=replace(site.results, tables=tables), _kept={"simulation": site.simulation})
    assert said not in html.fromstring(reading(build_app(bare)).get(f"/{language}/chance").content).text_content()


def test_net_migration_is_between_stored_quantiles(client, site):
    row = site.results.table("projection_quantiles").frame.filter((pl.col("measure") == "net_migration") & (pl.col("year") == 2040)).row(0, named=True)
    middle = (row["q25"] + row["q50"]) / 2
    found = chance.chance_of(site, "net_migration", "below", middle, 2040)
    assert (found.low, found.high) == (0.25, 0.5)
    above = chance.chance_of(site, "net_migration", "above", middle, 2040)
    assert (above.low, above.high) == (0.5, 0.75)
    text = told(client, of="net_migration", side="below", limit=f"{middle:.0f}", year="2040")
    assert "between 25.0% and 50.0%" in text
    assert "1,000" in text or "only quantiles" in text


@pytest.mark.parametrize(
    ("asked", "range_"),
    [
        ({"of": "share.kazakh", "limit": "101"}, ("0", "100")),
        ({"of": "share.kazakh", "limit": "-1"}, ("0", "100")),
        ({"of": "population", "limit": "-5"}, ("0",)),
        ({"of": "population", "limit": "many"}, ("0",)),
        ({"of": "population", "limit": "999999999999"}, ("0",)),
        ({"of": "population", "limit": "1e7"}, ("0",)),
        ({"of": "population", "limit": "20000000", "year": "2101"}, ("2025", "2050")),
        ({"of": "population", "limit": "20000000", "year": "2024"}, ("2025", "2050")),
        ({"of": "population", "limit": "20000000", "year": "٢٠٤٠"}, ("2025", "2050")),
        ({"of": "region.KZ-99", "limit": "1"}, ("population",)),
        ({"of": "population", "limit": "1", "side": "near"}, ("above", "below")),
        ({"of": "population", "limit": "1", "z": "1"}, ("limit",)),
    ],
)
def test_what_is_out_of_range_is_refused_with_the_range(client, asked, range_):
    answer = client.get("/en/chance", params=asked)
    assert answer.status_code == 400
    text = html.fromstring(answer.content).xpath("string(//main)")
    for end in range_:
        assert end in text


def test_the_form_works_without_a_script_and_keeps_what_was_asked(client):
    page = html.fromstring(client.get("/kk/chance?of=region.KZ-75&side=below&limit=3000000&year=2045").content)
    assert page.xpath("//main//form/@action") == ["/kk/chance"]
    for name in chance.NAMES:
        (field,) = page.xpath(f"//main//*[@name='{name}']")
        assert page.xpath(f"//label[@for='{field.get('id')}']")
    assert page.xpath("//select[@name='of']/option[@selected]/@value") == ["region.KZ-75"]
    assert page.xpath("//input[@name='limit']/@value") == ["3000000"]
    assert page.xpath("//nav[contains(@class, 'wide')]//a[@href='/kk/chance']/@aria-current")
    empty = html.fromstring(client.get("/ru/chance").content)
    assert not empty.xpath("//*[@id='answer']")
    assert "/ru/chance" in html.fromstring(client.get("/ru/answers").content).xpath("//main//a/@href")
