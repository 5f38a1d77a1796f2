"""A person's own tables: marked, and no small count comes out by any door."""

import io
import json
import re
import zipfile

import httpx
import polars as pl
import pytest

from qonys.catalog import open_pack
from qonys.catalog.user_tables import UserTable, write_user_table
from qonys.estimation.disclosure import THRESHOLD
from qonys.study.analyses import own_tables as protection
from qonys.study.analyses.own_tables import own_tables
from qonys.web import own as web_own
from qonys.web.api.answering import ENDINGS
from qonys.web.chart_requests import ask
from qonys.web.charts.catalogue import CHARTS
from qonys.web.downloads import FORMS
from qonys.web.pages.menu import PAGES
from qonys.web.view import Site

from .conftest import running

# Weighted counts, so that their digits are found nowhere by chance.
SMALL, OTHER = 1.7182818, 2.3025851
SECRET = ("1.7182818", "1,7182818", "2.3025851", "2,3025851", "1.718", "1,718", "2.303", "2,303")
SHARE = 2.8284271  # of 60 respondents: 1.7 persons


def add(pack, table, rows, mark="a"):
    frame = pl.DataFrame(rows, infer_schema_length=None)
    about = UserTable(f"{table}-2026-11-30-{mark}", table, frame.height, {"mine": "My own count"}, "2026-11-30T00:00:00", "own.csv", "0", {}, pack.name, pack.digest())
    write_user_table(pack, about, frame)


def planted(pack):
    """A count of few persons among others, with a total that would give it away, and a share of a survey."""
    regions = pack.regions()["region"].to_list()[1:9]
    base = {"year": 2024, "vintage": "v2022", "unit": "persons", "status": "estimate", "source": "mine", "note": None}
    rows = [
        {**base, "region": region, "sex": sex, "area": area, "value": value, "note": f"{value} persons"}
        for region, numbers in zip(regions, ((SMALL, 40.0, 30.0, 50.0), (60.0, 71.0, OTHER, 81.0), *((90.0 + i, 91.0 + i, 92.0 + i, 93.0 + i) for i in range(6))), strict=True)
        for (sex, area), value in zip((("male", "urban"), ("female", "urban"), ("male", "rural"), ("female", "rural")), numbers, strict=True)
    ]
    rows += [{**base, "region": regions[0], "sex": "total", "area": "urban", "value": SMALL + 40.0}]
    add(pack, "population_regional", rows)
    asked = {"fieldwork": "2024", "survey": "mine", "population_asked": "all", "n": "60", "mode": "web", "question": "q", "group_type": "all", "group": "all", "unit": "percent", "status": "estimate", "source": "mine", "note": None}
    add(pack, "survey_results", [{**asked, "answer": code, "value": v} for code, v in (("a", SHARE), ("b", 40.0), ("c", 57.1715729))])


@pytest.fixture(scope="module")
def own_site(stored, tmp_path_factory):
    """A site whose owner has added tables."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        pack = open_pack("kazakhstan")
        planted(pack)
        found = Site(pack, stored, "testrun", tmp_path_factory.mktemp("states"), draws=12)
        found.keep("simulation", lambda: None)
        _ = found.own
        yield found


@pytest.fixture(scope="module")
def door(own_site):
    for base in running(own_site):
        with httpx.Client(base_url=base, timeout=120) as found:
            yield found


def test_what_is_small_is_withheld_with_what_gives_it_away(own_site):
    table = own_site.own["population_regional"]
    frame = table.frame
    assert set(frame["owner"]) == {"user"}
    shown = frame.filter(pl.col("flag") == "")
    assert shown["value"].min() >= THRESHOLD
    hidden = frame.filter(pl.col("flag") == "c")
    assert hidden["value"].null_count() == hidden["note"].null_count() == hidden.height == table.hidden
    total = frame.filter(pl.col("sex") == "total")
    part = frame.filter((pl.col("region") == total["region"][0]) & (pl.col("area") == "urban"))
    assert (part["flag"] == "c").sum() >= 2  # the total or the other sex is withheld too
    survey = own_site.own["survey_results"].frame
    assert (survey["flag"] == "c").sum() >= 2
    assert survey.filter(pl.col("answer") == "a")["value"].to_list() == [None]


def contents(answer):
    """All that a reader could read in an answer: texts, and the cells of binary files."""
    body = answer.content
    if body[:4] == b"PAR1":
        return pl.read_parquet(io.BytesIO(body)).write_csv()
    if body[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            return " ".join(book.read(name).decode(errors="replace") for name in book.namelist())
    return body.decode(errors="replace")


def given_away(text):
    return [one for one in SECRET if re.search(rf"(?<!\d)(?<!\d[.,]){re.escape(one)}", text)] + ([str(SHARE)] if "2.828" in text or "2,828" in text else [])


def doors(site):
    """Every address by which figures come out: pages, charts in every form, the interface for programs."""
    pages = [page.id for page in PAGES if page.id != "policy"]
    pages += ["data/own/population_regional", "data/own/survey_results", "data/population_regional", "data/survey_results"]
    for page in pages:
        yield f"/ru/{page}"
    slow = ("png", "pdf", "svg", "plain.svg")
    charts = [name for name, chart in CHARTS.items() if chart.available(site) and chart.gate != "lab"]
    for name in (*charts, "own-population_regional", "own-survey_results"):
        mine = name.startswith("own-")
        for form in (*FORMS, "json") if mine else ("csv", "metadata.json"):
            if form not in slow or mine:
                yield f"/en/chart/{name}.{form}"
        yield f"/kk/embed/{name}"
    yield from (f"/api/v1/{name}" for name in ("", "tables", "own", "series", "indicators", "claims", "results", "numbers", "charts"))
    for name in ("population_regional", "survey_results"):
        for ending in ENDINGS:
            for query in ("", "?lang=kk", "?where=source=mine"):
                yield f"/api/v1/own/{name}.{ending}{query}"
            yield f"/api/v1/tables/{name}.{ending}"


def test_no_door_lets_a_small_count_out(door, own_site):
    seen, open_doors = 0, []
    for address in doors(own_site):
        answer = door.get(address)
        if answer.status_code == 404 and re.search(r"\.(svg|png|pdf|vl\.json)$", address):
            continue  # a table has no picture
        assert answer.status_code in (200, 400, 404), address
        text = contents(answer)
        seen += 1
        if found := given_away(text):
            open_doors.append((address, found))
    assert seen > 120
    assert open_doors == []


def test_own_tables_are_marked_on_every_page_that_shows_them(door):
    for language, mark in (("ru", "Ваша таблица; в пакет она не входит."), ("kk", "Өз кестеңіз; ол пакетке кірмейді."), ("en", "Your own table; it is not part of the pack.")):
        for page in ("data", "data/own/population_regional"):
            assert mark in door.get(f"/{language}/{page}").text
        assert mark in door.get(f"/{language}/chart/own-population_regional.metadata.json").json()["notes"]
        assert door.get(f"/api/v1/own?lang={language}").json()["tables"][0]["mark"] == mark
    assert "/ru/data/own/population_regional" in door.get("/ru/data/population_regional").text
    assert {row["owner"] for row in door.get("/api/v1/own/survey_results").json()["rows"]} == {"user"}


def test_the_pack_and_the_results_stay_without_them(door, own_site):
    rows = door.get("/api/v1/tables/population_regional?limit=20000").json()
    assert rows["total"] == own_site.pack.table("population_regional").height
    assert "mine" not in json.dumps(rows["rows"])


def test_the_walk_rings_when_protection_is_taken_away(own_site, monkeypatch, tmp_path):
    """The fault: nothing is withheld."""
    monkeypatch.setattr(protection, "withheld_rows", lambda counts, *_: counts < 0)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    planted(own_site.pack)
    bare = Site(own_site.pack, own_site.results, "testrun", tmp_path)
    bare.keep("simulation", lambda: None)
    for base in running(bare):
        with httpx.Client(base_url=base, timeout=60) as client:
            for address in ("/api/v1/own/population_regional.parquet", "/api/v1/own/survey_results.csv", "/en/chart/own-population_regional.json", "/ru/data/own/population_regional"):
                assert given_away(contents(client.get(address))), address


def test_nothing_is_added_nothing_is_shown(site, client, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert own_tables(site.pack) == {}
    assert client.get("/api/v1/own/nothing").status_code == 404
    assert client.get("/en/data/own/nothing").status_code == 404


def test_a_damaged_addition_is_said_and_the_page_stays(own_site, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    add(own_site.pack, "national", [{"year": 2001, "indicator": "deaths", "value": 30.0, "unit": "persons", "status": "estimate", "source": "mine"}])
    next(tmp_path.rglob("*.json")).write_text("{", encoding="utf-8")
    broken = Site(own_site.pack, own_site.results, "testrun", tmp_path)
    broken.keep("simulation", lambda: None)
    for base in running(broken):
        with httpx.Client(base_url=base, timeout=60) as client:
            assert client.get("/en/data").status_code == 200
            assert client.get("/api/v1/own").status_code == 400


def test_an_own_table_without_small_counts_hides_nothing(own_site, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    add(own_site.pack, "national", [{"year": 2001, "indicator": "tfr", "value": 1.9, "unit": "children_per_woman", "status": "estimate", "source": "mine"}])
    table = own_tables(own_site.pack)["national"]
    assert table.hidden == 0
    assert table.frame["value"].to_list() == [1.9]
    assert ask(Site(own_site.pack, own_site.results, "t", tmp_path), "en", "own-national", []).name == "own-national"


def test_additions_are_read_once_and_again_when_they_change(stored, monkeypatch, tmp_path):
    """Pages, charts and the interface show what was added or removed while the server runs."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    times = []
    monkeypatch.setattr(web_own, "own_tables", lambda pack: times.append(1) or own_tables(pack))
    pack = open_pack("kazakhstan")
    pages = ("/en/data", "/en/data/national", "/ru/data/own/national", "/api/v1/own", "/api/v1/own/national", "/kk/chart/own-national.csv",
             "/kk/chart/own-national.json", "/kk/embed/own-national")  # fmt: skip
    row = {"indicator": "tfr", "unit": "children_per_woman", "status": "estimate", "source": "mine"}
    found = Site(pack, stored, "testrun", tmp_path)
    found.keep("simulation", lambda: None)
    for base in running(found):
        with httpx.Client(base_url=base, timeout=60) as client:
            for year in (2001, 2002):
                add(pack, "national", [{**row, "year": year, "value": year - 1999.0}], f"b{year}")
                answers = {page: client.get(page) for page in pages * 2}
                assert [page for page, answer in answers.items() if answer.status_code != 200] == []
                assert len(times) == year - 2000
                assert "my own count" in answers["/kk/chart/own-national.json"].text.lower()
                rows = answers["/api/v1/own/national"].json()["rows"]
                assert [one["year"] for one in rows] == list(range(2001, year + 1))
                assert answers["/kk/chart/own-national.csv"].text.count("mine") == len(rows)
            assert "3" in client.get("/ru/data/own/national").text
            for path in (tmp_path / "data").rglob("national*"):
                path.unlink()
            assert [client.get(page).status_code for page in pages] == [200, 200, 404, 200, 404, 404, 404, 404]
            assert client.get("/api/v1/own").json()["tables"] == []
            assert len(times) == 3
