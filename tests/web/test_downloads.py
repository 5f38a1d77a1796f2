"""Files of tables: read back by the usual readers of JSON-stat and SDMX-CSV, in parts, in the page's units and words."""

import io
import json
import warnings

import duckdb
import openpyxl
import polars as pl
import pytest

from qonys import words
from qonys.catalog.cubes import cube_of
from qonys.errors import BadInput
from qonys.web.response_cache import part_of
from qonys.web.tabular import sheet_frame

TABLES = ("census", "internal_od", "ethnic_regional")


def as_jsonstat(body):
    """Rows by the labels of a JSON-stat file, read by pyjstat."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pyjstat import pyjstat

        frame = pyjstat.Dataset.read(body.decode()).write("dataframe", naming="id")
    return pl.from_pandas(frame.dropna(subset=["value"]).astype({"value": float}))


def as_sdmx(body):
    """Observations of an SDMX-CSV file, read by sdmx1 under the structure that its heading states."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import sdmx
        from sdmx.model import v30

        head = body.decode().splitlines()[0].split(",")
        assert head[:4] == ["STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION"]
        columns = head[4::2]
        place = columns.index("OBS_VALUE")
        structure = v30.DataStructureDefinition(id="T")
        for name in columns[:place]:
            structure.dimensions.append(v30.Dimension(id=name))
        structure.measures.append(v30.Measure(id="OBS_VALUE"))
        for name in columns[place + 1 :]:
            structure.attributes.append(v30.DataAttribute(id=name))
        message = sdmx.reader.csv.Reader().convert(io.BytesIO(body), structure)
    return columns[:place], message.data[0].obs


@pytest.mark.parametrize("name", TABLES)
def test_jsonstat_holds_the_table(client, site, name):
    frame = site.pack.table(name)
    answer = client.get(f"/api/v1/tables/{name}.jsonstat.json?lang=ru")
    document = answer.json()
    assert document["version"] == "2.0"
    assert document["class"] == "dataset"
    assert [len(document["dimension"][d]["category"]["index"]) for d in document["id"]] == document["size"]
    found = as_jsonstat(answer.content)
    assert found.height == frame["value"].drop_nulls().len()
    key = [d for d in document["id"] if d in frame.columns]
    mine = frame.drop_nulls("value").select(*(pl.col(k).cast(pl.String).fill_null("_Z") for k in key), "value").sort(key)
    assert mine.equals(found.select(*key, "value").sort(key))
    assert document["status"]


def test_jsonstat_speaks_the_readers_language(client, site):
    document = client.get("/api/v1/tables/census?form=jsonstat&lang=kk").json()
    labels = document["dimension"]["area"]["category"]["label"]
    assert labels == {code: site.pack.label("area", code, "kk") for code in labels}
    assert document["label"] == site.pack.resources_of("census")[0].titles["kk"]
    assert document["role"]["geo"] == ["region"]
    assert document["role"]["time"] == ["year"]


@pytest.mark.parametrize("name", TABLES)
def test_sdmx_csv_holds_the_table(client, site, name):
    frame = site.pack.table(name)
    body = client.get(f"/api/v1/tables/{name}.sdmx.csv?lang=ru").content
    dimensions, observations = as_sdmx(body)
    assert len(observations) == frame.height
    total = sum(float(one.value) for one in observations)
    assert total == pytest.approx(frame["value"].sum())
    first = frame.row(0, named=True)
    values = observations[0].dimension.values
    assert [values[d].value for d in dimensions] == [str(first[d.lower()]) for d in dimensions]
    row = next(iter(__import__("csv").DictReader(io.StringIO(body.decode()))))
    assert row["STRUCTURE_ID"] == f"QONYS:{name.upper()}(1.0)"
    assert row["STRUCTURE_NAME"] == site.pack.resources_of(name)[0].titles["ru"]


def test_charts_come_in_both_forms(client):
    frame = pl.read_parquet(io.BytesIO(client.get("/ru/chart/flow_map.parquet?year=2023").content))
    found = as_jsonstat(client.get("/ru/chart/flow_map.jsonstat.json?year=2023").content)
    assert found["value"].sum() == frame["value"].sum()
    _, observations = as_sdmx(client.get("/ru/chart/flow_map.sdmx.csv?year=2023").content)
    assert len(observations) == frame.height
    many = as_jsonstat(client.get("/en/chart/fan.jsonstat.json").content)  # several columns of values are a dimension
    assert {"q50", "q2.5", "q97.5"} <= set(many["measure" if "q50" in set(many["measure"]) else "measured"])


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_files_have_names_beside_codes(client, site, language):
    csv = pl.read_csv(io.BytesIO(client.get(f"/api/v1/tables/census.csv?lang={language}").content))
    pairs = dict(csv.select("region", "region_name").unique().rows())
    assert pairs == {code: site.pack.region_name(code, language, short=True) for code in pairs}
    assert csv["unit_name"].unique().to_list() == [words.text("unit.persons", language)]
    chart = pl.read_csv(io.BytesIO(client.get(f"/{language}/chart/flow_map.csv").content))
    assert {"origin", "origin_name", "unit"} <= set(chart.columns)


def test_the_file_of_the_page_has_its_unit_and_its_words(client):
    """The fan is in millions on the page and in its file; the figures themselves are in persons."""
    page = pl.read_csv(io.BytesIO(client.get("/ru/chart/fan.page.csv?until=2050").content))
    plain = pl.read_csv(io.BytesIO(client.get("/ru/chart/fan.csv?until=2050").content)).sort("year")
    assert page.columns[0] == "Год"
    middle = page["Медиана"] if "Медиана" in page.columns else page[:, 2]
    assert middle[-1] == pytest.approx(plain["q50"][-1] / 1e6, abs=0.005)
    book = openpyxl.load_workbook(io.BytesIO(client.get("/ru/chart/fan.xlsx?until=2050").content))
    rows = list(book["page"].iter_rows(values_only=True))
    assert list(rows[0]) == page.columns
    assert rows[-1][2] == page.row(-1)[2]


def test_numbers_of_a_page_are_read_as_the_language_writes_them():
    texts = [("a", "−1\u00a0234,5"), ("b", "1,234")]
    assert sheet_frame(("name", "n"), texts, "lr", "ru")["n"].to_list() == [-1234.5, 1.234]
    assert sheet_frame(("name", "n"), [("a", "1,234"), ("b", "–")], "lr", "en")["n"].to_list() == [1234, None]
    assert sheet_frame(("name", "n"), [("a", "12 … 14")], "lr", "en")["n"].to_list() == ["12 … 14"]


def test_parts_of_a_file(client):
    address = "/api/v1/tables/census.parquet"
    whole = client.get(address)
    size = len(whole.content)
    assert whole.headers["accept-ranges"] == "bytes"
    head = client.head(address)
    assert int(head.headers["content-length"]) == size
    for asked, begin, end in (("bytes=0-3", 0, 4), ("bytes=-8", size - 8, size), (f"bytes={size - 4}-", size - 4, size)):
        part = client.get(address, headers={"range": asked})
        assert part.status_code == 206
        assert part.content == whole.content[begin:end]
        assert part.headers["content-range"] == f"bytes {begin}-{end - 1}/{size}"
    gone = client.get(address, headers={"range": f"bytes={size}-"})
    assert (gone.status_code, gone.headers["content-range"]) == (416, f"bytes */{size}")
    assert client.get(address, headers={"range": "bytes=0-1,3-4"}).status_code == 200
    other = client.get(address, headers={"range": "bytes=0-3", "if-range": '"another"'})
    assert (other.status_code, len(other.content)) == (200, size)
    text = client.get("/api/v1/tables/census.csv", headers={"range": "bytes=0-2", "accept-encoding": "gzip"})
    assert (text.status_code, text.content) == (206, b"\xef\xbb\xbf")
    assert "content-encoding" not in text.headers
    assert client.get("/en/", headers={"range": "bytes=0-3"}).status_code == 200  # pages have no parts


def test_no_part_reaches_beyond_the_file():
    for size in (0, 1, 5, 10):
        for asked in ("bytes=0-0", "bytes=-3", "bytes=4-2", "bytes=9-99", "bytes=-0"):
            part = part_of(asked, size)
            assert part is None or 0 <= part[0] <= part[1] <= size or part[0] >= size


def test_polars_scans_parquet_over_http(base, site):
    found = pl.scan_parquet(f"{base}/api/v1/tables/census.parquet").filter(pl.col("year") == 1999).select("value").collect()
    assert found["value"].to_list() == site.pack.table("census").filter(pl.col("year") == 1999)["value"].to_list()


def test_duckdb_reads_parquet_over_http(base, site):
    with duckdb.connect() as connection:
        try:
            connection.execute("INSTALL httpfs; LOAD httpfs")
        except duckdb.Error:
            pytest.skip("the extension httpfs of DuckDB is not to be had here")
        count = connection.sql(f"SELECT count(*) FROM '{base}/api/v1/tables/census.parquet'").fetchone()
    assert count == (site.pack.table("census").height,)


def test_the_command_writes_both_forms(site, tmp_path):
    from qonys.catalog.cube_files import write_cube

    path = write_cube(site.pack.table("census"), tmp_path, site.pack, "census", "jsonstat", "kk")
    assert path.name == "census.jsonstat.json"
    assert json.loads(path.read_text(encoding="utf-8"))["label"] == site.pack.resources_of("census")[0].titles["kk"]
    _, observations = as_sdmx(write_cube(site.pack.table("census"), tmp_path, site.pack, "census", "sdmx-csv", "ru").read_bytes())
    assert len(observations) == site.pack.table("census").height


def test_every_table_of_pack_and_results_has_a_cube_or_a_refusal(site):
    refused = set()
    frames = {name: site.pack.table(name) for name in site.pack.tables()} | {n: t.frame for n, t in site.results.tables.items()}
    for name, frame in frames.items():
        try:
            cube = cube_of(frame)
        except BadInput:
            refused.add(name)
            continue
        places = cube.places()
        assert len(set(places)) == len(places), name
        assert max(places, default=0) < max(cube.cells, 1), name
    assert len(refused) < 13
    assert not refused & set(site.pack.tables())
