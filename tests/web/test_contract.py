"""One address and query gives picture, table and description, and all say the same."""

import io
import json

import httpx
import openpyxl
import polars as pl
import pypdfium2
import pytest
from lxml import etree, html
from PIL import Image

from qonys import words
from qonys.web.calendar import time_locale
from qonys.web.chart_requests import ask, drawn
from qonys.web.charts.catalogue import CHARTS
from qonys.web.charts.report_figures import section

SVG = "{http://www.w3.org/2000/svg}"


def stored_for(site, name):
    """Skip a chart whose chapter is not computed in this study."""
    if not CHARTS[name].available(site):
        pytest.skip(f"no stored results of {', '.join(CHARTS[name].needs)}")


@pytest.mark.parametrize("name", sorted(CHARTS))
@pytest.mark.parametrize("language", ["ru", "kk"])
def test_every_chart_is_built_in_words_of_the_language(site, name, language):
    stored_for(site, name)
    drawing = drawn(ask(site, language, name, []))
    assert drawing.title
    assert drawing.sentence
    assert drawing.source
    assert drawing.frame.height
    assert len(drawing.sheet.head) == len(drawing.sheet.align) == len(drawing.sheet.rows[0])
    if drawing.spec is not None:
        assert drawing.spec["datasets"]
        assert "values" not in json.dumps({k: v for k, v in drawing.spec.items() if k != "datasets"}).replace("tickCount", "")
    if drawing.svg is not None:
        assert "style=" not in drawing.svg
        etree.fromstring(drawing.svg.encode())


@pytest.mark.parametrize("name", sorted(CHARTS))
def test_every_value_of_every_parameter_draws(site, name):
    stored_for(site, name)
    for item in ask(site, "en", name, []).parameters:
        if item.kind == "panel" and item.name not in ("s1.border", "s4.repatriation_quota", "since"):
            continue  # each setting of the policy lab is a run; tests/web/test_policy.py looks at the rest
        for value in (item.values[0], item.values[len(item.values) // 2], item.values[-1]):
            for width in ("360", "960"):
                assert drawn(ask(site, "en", name, [(item.name, value), ("w", width)])).frame.height


def table_of(client, path):
    parts = {form: client.get(path.format(form=form)) for form in ("csv", "xlsx", "parquet", "metadata.json")}
    assert all(part.status_code == 200 for part in parts.values())
    assert parts["csv"].content.startswith(b"\xef\xbb\xbf")
    csv = pl.read_csv(io.BytesIO(parts["csv"].content), infer_schema_length=None)
    parquet = pl.read_parquet(io.BytesIO(parts["parquet"].content))
    book = openpyxl.load_workbook(io.BytesIO(parts["xlsx"].content))
    rows = list(book["data"].iter_rows(values_only=True))
    assert list(rows[0]) == parquet.columns == csv.columns
    assert len(rows) - 1 == parquet.height == csv.height
    return csv, parquet, rows, parts["metadata.json"].json(), book


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_downloads_hold_the_numbers_of_the_page(client, language):
    csv, parquet, rows, about, book = table_of(client, f"/{language}/chart/flow_map.{{form}}?year=2023")
    most = parquet.sort("value", descending=True).row(0, named=True)
    assert csv["value"].max() == most["value"] == max(row[parquet.columns.index("value")] for row in rows[1:])
    page = html.fromstring(client.get(f"/{language}/flows?year=2023").content)
    says = page.xpath("//figure[@id='chart-flow_map']//*[@data-part='says']")[0].text_content()
    for part in (words.integer(most["value"], language), words.integer(csv["value"].sum(), language), most["origin_name"], most["destination_name"]):
        assert part in says
    first = [cell.text_content() for cell in page.xpath("//figure[@id='chart-flow_map']//tbody/tr[1]/*")]
    assert first == [most["origin_name"], most["destination_name"], words.integer(most["value"], language)]
    assert about["shows"] == says
    assert about["sources"][0]["licence"]
    assert about["rows"] == csv.height
    assert about["state"]["year"] == "2023"
    assert "year=2023" in about["forms"]["csv"]
    assert book["about"]["A1"].value == "id"


def test_the_fan_agrees_with_its_file(client):
    csv, *_ = table_of(client, "/en/chart/fan.{form}?until=2050")
    last = csv.sort("year").row(-1, named=True)
    page = client.get("/en/forecast?until=2050").text
    assert words.number(last["q50"] / 1e6, "en", 2) in page
    assert last["year"] == 2050


@pytest.mark.parametrize(("name", "language"), [("indicator", "kk"), ("regions", "ru")])
def test_pictures_carry_source_release_and_link(client, site, name, language):
    answer = client.get(f"/{language}/chart/{name}.svg?w=640")
    picture = etree.fromstring(answer.content)
    text = " ".join("".join(node.itertext()) for node in picture.iter(f"{SVG}text"))
    drawing = drawn(ask(site, language, name, [("w", "640")]))
    assert picture.find(f"{SVG}title").text == drawing.title
    assert picture.find(f"{SVG}desc").text == drawing.sentence
    assert picture.get("role") == "img"
    for part in (words.text("web.chart.source", language), site.release, f"/{language}/chart/{name}", "m=testrun"):
        assert part in text.replace(" ", "") or part in text
    with Image.open(io.BytesIO(client.get(f"/{language}/chart/{name}.png?w=640").content)) as image:
        assert image.width >= 1280
    document = pypdfium2.PdfDocument(client.get(f"/{language}/chart/{name}.pdf?w=640").content)
    assert len(document) == 1
    document.close()


def test_a_table_has_no_picture(client):
    answer = client.get("/ru/chart/claims.svg")
    assert answer.status_code == 404
    assert "таблица" in answer.json()["error"]


def test_figures_of_the_living_report_keep_the_contract(client):
    page = html.fromstring(client.get("/en/study/claims").content)
    name = page.xpath("//figure/@data-chart")[0]
    csv, *_ = table_of(client, f"/en/chart/{name}.{{form}}")
    assert csv.height


def test_figures_of_a_chapter_are_drawn_for_the_screen(client, site):
    """The report's figures have tooltips and the width of the window; in the report they have neither."""
    page = html.fromstring(client.get("/en/study/projection").content)
    names = [figure.get("data-chart") for figure in page.xpath("//figure[@data-kind='vega']")]
    assert names
    printed = [block for block in section(site, "en", "projection").blocks if hasattr(block, "picture")]
    for name in names:
        wide, narrow = (json.loads(client.get(f"/en/chart/{name}.vl.json?w={width}").text) for width in (960, 360))
        assert wide["datasets"] == narrow["datasets"]
        assert "tooltip" in json.dumps(wide)
        assert "tooltip" not in json.dumps(printed[0].picture.drawn)
        assert etree.fromstring(client.get(f"/en/chart/{name}.svg?w=360").content).get("role") == "img"


def test_embedding(client):
    page = html.fromstring(client.get("/kk/embed/pyramids?left=1950").content)
    assert page.get("lang") == "kk"
    image = page.xpath("//img/@src")[0]
    assert "left=1950" in image
    assert client.get(image).headers["content-type"].startswith("image/svg")


def test_kazakh_months_come_from_the_server(client):
    assert client.get("/static/times-kk.json").json() == time_locale("kk")
    assert time_locale("kk")["months"][5] == "Маусым"
    assert len({*time_locale("kk")["days"]}) == 7


def test_regions_stand_in_the_order_of_the_alphabet(client):
    for language in ("kk", "ru"):
        page = html.fromstring(client.get(f"/{language}/flows").content)
        names = [cell.text_content() for cell in page.xpath("//figure[@id='chart-od']//tbody/tr/th")][:-1]
        assert names == sorted(names, key=lambda n: words.sort_key(n, language))
    assert names.index("Ұлытау") > names.index("Туркестанская")


def test_fonts_hold_every_letter_of_the_pages(client):
    from fontTools.ttLib import TTFont

    letters = set("ӘәҒғҚқҢңӨөҰұҮүҺһІі−≤≈→₸№–—«»…†") | set("".join(words.text(k, lang) for lang in words.LANGUAGES for k in ("web.home.lead", "web.site")))
    for name in ("inter-regular.woff", "inter-semibold.woff"):
        with TTFont(io.BytesIO(client.get(f"/static/{name}").content)) as font:
            assert letters - {chr(code) for code in font.getBestCmap()} == set()


def test_a_browser_gets_the_whole_of_vega(base):
    answer = httpx.get(f"{base}/static/vega.js", timeout=60)
    assert "window.vegaEmbed" in answer.text
    assert len(answer.content) > 500_000
