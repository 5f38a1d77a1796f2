"""Registers by every door of the observatory: protected tables alone."""

import csv
import io
import json
import re
from datetime import date

import httpx
import polars as pl
import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from tests.registers.conftest import made_records

from qonys.catalog import open_pack
from qonys.catalog.reading.choices import FileChoices
from qonys.registers.axes import TableChoices
from qonys.registers.flows import flows
from qonys.registers.importing import ImportChoices, import_register
from qonys.registers.protection import tables
from qonys.registers.protection.secret import new_secret
from qonys.registers.store import open_register
from qonys.study.analyses.register_tables import SECRET, TABLES
from qonys.study.runs.results import Results
from qonys.web.api.answering import ENDINGS
from qonys.web.app import build_app
from qonys.web.view import Site

from .conftest import running, served

SURNAME = "Бірегейтегі"


def site_with_registers(folder, patch):
    """A site whose owner has imported a register of an office and a simulated one."""
    patch.setenv("XDG_DATA_HOME", str(folder / "data"))
    patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    pack = open_pack("kazakhstan")
    frame = made_records(5, persons=500).with_columns(surname=pl.lit(SURNAME))
    for name, rows in (("office", frame), ("made", frame.with_columns(simulated=pl.lit("yes")))):
        path = folder / f"{name}.csv"
        rows.write_csv(path)
        import_register(pack, [(path, FileChoices())], name, ImportChoices(until=date(2024, 12, 31)))
    new_secret(folder / "secret")
    patch.setenv(SECRET, str(folder / "secret"))
    found = Site(pack, Results(pack.digest()), "testrun", folder)
    found.keep("simulation", lambda: None)
    return found


@pytest.fixture(scope="module")
def register_site(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        yield site_with_registers(tmp_path_factory.mktemp("registers"), patch)


@pytest.fixture(scope="module")
def door(register_site):
    for base in running(register_site):
        with httpx.Client(base_url=base, timeout=60) as found:
            yield found


def rows_of(answer):
    """Rows with a value in an answer of the interface, whatever its form."""
    body = answer.content
    if body[:4] == b"PAR1":
        return pl.read_parquet(io.BytesIO(body)).to_dicts()
    if body[:4] == b"PK\x03\x04":
        return pl.read_excel(io.BytesIO(body), engine="calamine").to_dicts()
    text = body.decode("utf-8-sig")
    if text.startswith("{"):
        found = json.loads(text)
        return found["rows"] if "rows" in found else [{"value": value} for value in values_of(found.get("value", []))]
    return list(csv.DictReader(io.StringIO(text)))


def values_of(given):
    return list(given.values()) if isinstance(given, dict) else given


def small(rows):
    """Values that a protected table never has."""
    found = [row.get("value", row.get("OBS_VALUE")) for row in rows]
    return [one for one in found if one not in (None, "") and 0 < float(one) <= 2]


def addresses(app, endings=tuple(ENDINGS)):
    """Every address of the interface that speaks of registers, as the application lists them."""
    paths = {route.path for route in app.routes if "registers" in getattr(route, "path", "")}
    paths |= set(app.openapi()["paths"])
    for path in sorted(one for one in paths if "registers" in one):
        for table in TABLES:
            filled = path.replace("{register}", "office").replace("{name}", table)
            if "{" in path:
                yield from (f"{filled}.{ending}" for ending in endings if ending != "xlsx" or table == "years")
            yield filled


def given_away(client, app, endings=tuple(ENDINGS)):
    """Addresses that give small counts or records of persons."""
    found = []
    for address in addresses(app, endings):
        answer = client.get(address)
        if answer.status_code != 200:
            continue
        if SURNAME in answer.text or small(rows_of(answer)):
            found.append(address)
    return found


def test_no_address_gives_a_small_count_or_a_record(register_site, door):
    app = build_app(register_site)
    walked = list(addresses(app))
    assert len(walked) > 15
    assert given_away(door, app) == []
    for page in ("registers", "registers/office", "registers/made", "data", "search?q=office"):
        for language in ("ru", "kk", "en"):
            answer = door.get(f"/{language}/{page}")
            assert answer.status_code == 200, page
            assert SURNAME not in answer.text


def shown_flows(text):
    """Origin, destination and value of the table of flows of a page."""
    rows = [re.sub(r"<[^>]*>", "\x00", row) for row in re.findall(r"<tr>(.*?)</tr>", text, re.DOTALL)]
    cells = [[cell.strip() for cell in row.split("\x00") if cell.strip()] for row in rows]
    return {
        (row[1], row[2]): int(row[3].replace(",", ""))
        for row in cells
        if len(row) == 4 and re.fullmatch(r"\d{4}", row[0]) and row[1] not in ("women", "men")
    }


def true_flows(site):
    pack = site.pack
    found = flows(open_register(pack, "office"), TABLES["regions"]).flows.tidy(time="year")
    last = sorted(found["year"].unique())[-2]
    names = {code: pack.region_name(code, "en", short=True) for code in pack.regions()["region"]}
    return {(names[a], names[b]): int(n) for year, a, b, n in found.iter_rows() if year == last and n}


def test_the_page_shows_noise_and_not_the_counts(register_site, door):
    shown, true = shown_flows(door.get("/en/registers/office").text), true_flows(register_site)
    assert shown
    assert min(shown.values()) > 2
    assert sum(shown[pair] == true[pair] for pair in shown) < 0.7 * len(shown)


def test_the_walk_rings_for_a_route_that_is_not_protected(register_site):
    """The fault: somebody adds an address that gives the flows as they are."""
    app = build_app(register_site)
    frame = flows(
        open_register(register_site.pack, "office"), TableChoices(("year", "origin", "destination", "sex", "age"))
    ).flows.tidy(time="year")
    raw = Route("/api/v1/registers/{register}/raw", lambda request: PlainTextResponse(frame.write_csv()))
    app.router.routes.insert(0, raw)
    with served(app) as base, httpx.Client(base_url=base, timeout=60) as client:
        assert [one for one in given_away(client, app, ()) if one.endswith("/raw")]


def test_the_walk_rings_when_protection_is_taken_away(tmp_path, monkeypatch):
    """The fault: the noise is none."""
    monkeypatch.setattr(tables, "perturbed", lambda counts, keys, thresholds, largest: counts)
    bare = site_with_registers(tmp_path, monkeypatch)
    app = build_app(bare)
    with served(app) as base, httpx.Client(base_url=base, timeout=60) as client:
        assert len(given_away(client, app, ("csv", "parquet"))) >= 3
        assert shown_flows(client.get("/en/registers/office").text).items() <= true_flows(bare).items()


def test_simulated_persons_are_called_so_everywhere(door):
    for language, mark in (("ru", "Смоделировано"), ("kk", "Модельденген"), ("en", "Simulated")):
        assert mark in door.get(f"/{language}/registers/made").text
        assert mark not in door.get(f"/{language}/registers/office").text
    assert {row["simulated"] for row in door.get("/api/v1/registers/made/years").json()["rows"]} == {"yes"}
    found = door.get("/api/v1/registers/made/years").json()
    assert found["simulated"] is True
    assert found["definition"].startswith("simulated")


def test_a_register_of_persons_without_its_secret_is_not_shown(register_site, door, monkeypatch):
    monkeypatch.delenv(SECRET)
    assert door.get("/en/registers/office").status_code == 404
    assert door.get("/api/v1/registers/office/years").status_code == 404
    assert "not shown" in door.get("/en/registers").text
    assert door.get("/api/v1/registers").json()["registers"][1]["tables"] == []
    assert door.get("/en/registers/made").status_code == 200


def test_what_there_is_not_is_said(door):
    assert door.get("/en/registers/none").status_code == 404
    assert door.get("/api/v1/registers/office/records").status_code == 404
    assert "years, regions, ages" in door.get("/api/v1/registers/office/records").json()["error"]
