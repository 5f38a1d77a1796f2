"""Rows of a published table are chosen on its page, and the files below hold the same choice."""

import io
from urllib.parse import urlencode

import polars as pl
import pytest
from lxml import html

from qonys import inputs, words
from qonys.web.pages import preview
from qonys.web.parameters import RESERVED


def page_of(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return html.fromstring(answer.content)


def rows_of(page):
    """Rows of the table behind the heading of the rows."""
    table = page.xpath("//h2[@id='rows']/following::table[1]")[0]
    return [[cell.text_content() for cell in row.xpath("./*")] for row in table.xpath(".//tbody/tr")]


def test_every_table_has_its_rows_and_whole_choices(client, site):
    for name in site.pack.tables():
        frame = inputs.rows(site.pack, name)
        page = page_of(client, f"/en/data/{name}")
        assert len(rows_of(page)) == min(frame.height, preview.SHOWN)
        for select in page.xpath("//form[@class='controls']//select"):
            column = select.get("name")
            assert column not in RESERVED
            values = [one.get("value") for one in select.xpath("./option")]
            assert values[0] == preview.ALL
            assert set(values[1:]) == {str(one) for one in frame[column].drop_nulls().unique()}


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_choice_shows_its_rows_and_gives_its_files(client, site, language):
    choice = {"year": "2010", "indicator": "births"}
    frame = inputs.rows(site.pack, "national").filter(year=2010, indicator="births")
    page = page_of(client, f"/{language}/data/national?{urlencode(choice)}")
    assert len(rows_of(page)) == frame.height > 0
    assert {s.get("name"): s.xpath("./option[@selected]")[0].get("value") for s in page.xpath("//form[@class='controls']//select")}.items() >= choice.items()
    csv = next(href for href in page.xpath("//a/@href") if "form=csv" in href)
    held = pl.read_csv(io.BytesIO(client.get(csv).content))
    assert held.height == frame.height
    assert set(held["year"]) == {2010}
    shown = " ".join(cell for row in rows_of(page) for cell in row)
    assert words.integer(frame["value"][0], language) in shown


def test_no_row_of_a_choice_is_said(client, site):
    frame = inputs.rows(site.pack, "national")
    pairs = set(frame.select("year", "indicator").rows())
    year, indicator = next((y, i) for y in frame["year"].unique().sort() for i in frame["indicator"].unique().sort() if (y, i) not in pairs)
    page = page_of(client, f"/ru/data/national?{urlencode({'year': year, 'indicator': indicator})}")
    assert words.text("web.preview.none", "ru") in page.text_content()


@pytest.mark.parametrize("query", ["year=1066", "nothing=1", "year=2010&year=2011"])
def test_an_unknown_choice_is_refused_with_what_there_is(client, query):
    answer = client.get(f"/en/data/national?{query}")
    assert answer.status_code == 400


def test_secondary_rows_bear_the_mark(client, site):
    frame = inputs.rows(site.pack, "external_flows")
    assert frame["status"].unique().to_list() == ["secondary"]
    assert all(row[-1].endswith("†") for row in rows_of(page_of(client, "/en/data/external_flows")))
