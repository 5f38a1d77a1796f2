"""Numbers of the site open where they come from, down to the row of a table."""

from lxml import html


def test_pages_of_the_site_open_origins_down_to_the_row(client):
    table = html.fromstring(client.get("/en/why/components_by_period").text)
    rows = {link.get("href") for link in table.xpath("//table//a")}
    assert "/en/why/components_by_period/2009-2021" in rows
    one = client.get("/en/why/components_by_period/2009-2021")
    assert one.status_code == 200
    assert "2009–2020" in one.text
    assert "this row: what was read" in one.text
    assert client.get("/en/why/components_by_period/1-2").status_code == 404
    assert client.get("/en/data/census/2009").status_code == 404
    flows = html.fromstring(client.get("/en/flows").text)
    links = flows.xpath("//a[@class='origin' and contains(@href, 'external_flows/')]/@href")
    assert links
    assert client.get(links[0]).status_code == 200


def test_tables_of_charts_open_their_origin(client):
    page = html.fromstring(client.get("/en/study/retrospective").text)
    cells = page.xpath("//table[contains(@class, 'sheet')]//a[@class='origin']")
    assert cells
    anchors = set(page.xpath("//@id"))
    for href in {cell.get("href") for cell in cells}:
        assert href.startswith("/en/why/") or href[1:] in anchors
