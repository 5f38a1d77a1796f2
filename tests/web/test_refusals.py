"""Absurd, hostile and oversized input: a clear refusal in the reader's language, nothing executed, nothing lost."""

import json
import os
import signal
import subprocess
import sys
import time

import httpx
import pytest

from qonys.errors import BadInput, UnknownName
from qonys.web import states
from qonys.web.view import Site

from .conftest import running

SCRIPT = "<script>alert(1)</script>"
REFUSED = [
    ("/en/flows?year=1066", 400, "year"),
    ("/en/flows?nothing=1", 400, "nothing"),
    ("/en/flows?year=2010&year=2015", 400, "twice"),
    ("/en/flows?year=99999999999999999999999999", 400, "year"),
    ("/en/flows?year=%00", 400, "year"),
    (f"/en/flows?region={SCRIPT}", 400, "region"),
    ("/en/forecast?measure=__class__", 400, "measure"),
    ("/en/chart/fan.exe", 400, "exe"),
    ("/en/chart/fan.svg?w=1e9", 400, "w"),
    ("/en/chart/fan.svg?w=-5", 400, "w"),
    ("/en/chart/nothing.svg", 404, "nothing"),
    ("/en/chart/report-claims-nothing.csv", 404, "nothing"),
    ("/en/chart/report-os-path.csv", 404, "report-os-path"),
    ("/en/data/../../etc/passwd", 404, ""),
    ("/en/data/..%2f..%2fetc%2fpasswd", 404, ""),
    ("/static/..%2fapp.py", 404, ""),
    ("/static/%2e%2e/app.py", 404, ""),
    ("/x/../../../etc/passwd", 404, ""),
    ("/x/aaaaaaaaaaaa", 404, "aaaaaaaaaaaa"),
    ("/x/..%2f..%2fpasswd.json", 404, ""),
    ("/en/flows?x=aaaaaaaaaaaa", 404, "aaaaaaaaaaaa"),
    ("/en/policy?s1.border=77", 400, "s1.border"),
    ("/en/policy?s5.border=1", 400, "s5.border"),
    ("/de/flows", 404, ""),
    ("/en/indicators/nothing", 404, "nothing"),
    ("/en/study/os", 404, "os"),
    ("/api/v1/tables/nothing", 404, "nothing"),
    ("/api/v1/tables/census?where=nothing=1", 400, "nothing"),
    ("/api/v1/tables/census?where=year", 400, "year"),
    ("/api/v1/tables/census?columns=nothing", 400, "columns"),
    ("/api/v1/tables/census?limit=1000000", 400, "limit"),
    ("/api/v1/tables/census?offset=-1", 400, "offset"),
    ("/api/v1/tables/census?form=exe", 400, "form"),
    ("/api/v1/tables/census?surprise=1", 400, "surprise"),
    ("/api/v1/numbers/..%2f..", 404, ""),
    ("/api/v1/results/nothing", 404, "nothing"),
]


@pytest.mark.parametrize(("path", "status", "says"), REFUSED, ids=lambda v: str(v)[:40])
def test_a_clear_refusal(client, path, status, says):
    answer = client.get(path)
    assert answer.status_code == status
    assert says in answer.text
    assert "Traceback" not in answer.text
    assert SCRIPT not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(("language", "word"), [("ru", "Параметр"), ("kk", "параметр"), ("en", "parameter")])
def test_the_refusal_speaks_the_pages_language(client, language, word):
    assert word in client.get(f"/{language}/flows?year=1").text
    assert word in client.get(f"/{language}/chart/flow_map.csv?year=1").json()["error"]
    assert client.get(f"/{language}/nope").status_code == 404


def test_the_interface_speaks_the_language_asked_for(client):
    assert "адрес" in client.get("/api/v1/tables/census?surprise=1&lang=ru").json()["error"]


def test_limits_of_requests(client):
    assert client.get("/en/flows?year=" + "9" * 5000).status_code == 414
    assert client.post("/x", content=b"x" * 100_000, headers={"content-type": "application/json"}).status_code == 413
    assert client.request("DELETE", "/en/flows").status_code == 405
    assert client.post("/en/flows").status_code == 405
    assert client.get("/en/", headers={"host": "evil.example"}).status_code == 400
    assert client.get("/en/", headers={"host": "localhost:9"}).status_code == 200


def body(**more):
    return {"lang": "ru", "page": "flows", "state": {"year": "2023", "region": "KZ-75"}} | more


def test_a_saved_state_is_reopened_and_downloaded(client, site):
    answer = client.post("/x", json=body(title="Алматы"))
    assert answer.status_code == 201
    link = answer.json()["link"]
    assert client.post("/x", json=body(title="Алматы")).json()["link"] == link
    moved = client.get(link)
    assert moved.status_code == 303
    page = client.get(moved.headers["location"])
    assert page.status_code == 200
    assert client.get("/ru/flows?year=2023&region=KZ-75").text.count("KZ-75") == page.text.count("KZ-75")
    document = client.get(f"{link}.json").json()
    assert document["state"] == body()["state"]
    assert document["rel"] == site.release
    path = site.states / f"{answer.json()['id']}.json"
    path.write_bytes(path.read_bytes().replace(b"2023", b"2015"))
    assert client.get(link).status_code == 404


@pytest.mark.parametrize(
    "given",
    [[], "text", {}, body(more=1), body(state=[]), body(state={"year": 5}), body(lang="de"), body(page="../x"), body(page=SCRIPT),
     body(state={"year": "1066"}), body(state={"nothing": "1"}), body(page="policy")],
    ids=lambda v: str(v)[:50],
)  # fmt: skip
def test_a_malformed_state_is_not_kept(client, site, given):
    before = set(site.states.glob("*"))
    assert client.post("/x", json=given).status_code in (400, 404)
    assert set(site.states.glob("*")) == before


def test_writing_is_refused_to_other_sites_and_kinds(client):
    raw = json.dumps(body()).encode()
    assert client.post("/x", content=raw, headers={"content-type": "text/plain"}).status_code == 403
    other = {"content-type": "application/json", "sec-fetch-site": "cross-site"}
    assert client.post("/x", content=raw, headers=other).status_code == 403
    assert client.post("/x", content=b"{", headers={"content-type": "application/json"}).status_code == 400
    assert client.post("/x", content=b"[" * 60_000, headers={"content-type": "application/json"}).status_code == 400


def test_a_server_for_others_writes_only_with_its_token(site, tmp_path):
    public = Site(site.pack, site.results, "testrun", tmp_path, token="secret", alone=False)
    for base in running(public):
        with httpx.Client(base_url=base) as client:
            assert client.post("/x", json=body()).status_code == 403
            assert client.post("/x", json=body(), headers={"x-qonys-token": "wrong"}).status_code == 403
            assert list(tmp_path.iterdir()) == []
            assert client.post("/x", json=body(), headers={"x-qonys-token": "secret"}).status_code == 201
            assert client.get("/en/about", headers={"host": "observatory.example"}).status_code == 200


def test_a_failed_write_leaves_nothing(tmp_path, monkeypatch):
    def broken(a, b):
        raise OSError("disk")

    monkeypatch.setattr(os, "replace", broken)
    with pytest.raises(OSError, match="disk"):
        states.save_state(tmp_path, body())
    assert list(tmp_path.iterdir()) == []


def test_a_full_store_refuses(tmp_path, monkeypatch):
    monkeypatch.setattr(states, "MOST_STATES", 1)
    states.save_state(tmp_path, body())
    states.save_state(tmp_path, body())
    with pytest.raises(BadInput):
        states.save_state(tmp_path, body(title="b"))
    with pytest.raises(UnknownName):
        states.read_state_file(tmp_path, "../aaaaaaaaaa")


def test_a_killed_writer_loses_nothing(tmp_path):
    code = (
        "import sys, itertools, pathlib; from qonys.web.states import save_state\n"
        "for i in itertools.count(): save_state(pathlib.Path(sys.argv[1]), {'lang': 'en', 'page': '', 'state': {'a': 'x' * 20000 + str(i)}})"
    )
    writer = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)])
    end = time.monotonic() + 20
    while len(list(tmp_path.glob("*.json"))) < 5 and time.monotonic() < end:
        time.sleep(0.02)
    writer.send_signal(signal.SIGKILL)
    writer.wait(10)
    found = list(tmp_path.glob("*.json"))
    assert len(found) >= 5
    for path in found:
        assert states.read_state_file(tmp_path, path.stem)["lang"] == "en"


@pytest.mark.parametrize("path", ["/en/data/national/embed/x", "/en/study/embed/claims", "/en/why/a/embed/b", "/en/embed/a/b", "/x/embed/"])
def test_no_other_page_may_be_framed_whatever_its_address(client, path):
    assert "frame-ancestors 'none'" in client.get(path).headers["content-security-policy"]


def test_a_chart_to_embed_may_be_framed(client):
    assert "frame-ancestors *" in client.get("/en/embed/century").headers["content-security-policy"]


@pytest.mark.parametrize(
    ("path", "known"),
    [("/api/v1/tables/nationl", ("national", "/api/v1/tables")), ("/ru/data/nationl", ("national", "/ru/data")),
     ("/api/v1/nothing", ("/api/v1 lists", "/api/v1/openapi.json")), ("/ru/compare?regions=nope", ("KZ-10", "KZ-79"))],
)  # fmt: skip
def test_a_refusal_names_what_there_is_in_the_same_place(client, path, known):
    """No command of the command line, and no list that is cut before its end."""
    text = client.get(path).text
    assert all(one in text for one in known)
    assert "qonys catalog list" not in text


def test_people_who_look_for_the_description_of_the_interface_find_it(client):
    answer = client.get("/api/v1/docs")
    assert answer.status_code == 307
    target, _, part = answer.headers["location"].partition("#")
    assert f'id="{part}"' in client.get(target).text
