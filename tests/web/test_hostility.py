"""Readers who hold connections, ask for what there is not, or ask very often."""

import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from qonys.web import patience


def opened(base):
    host, port = base.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=20)


def closed_after(connection, begin):
    """Seconds until the other side closes."""
    while connection.recv(4096):
        pass
    return time.monotonic() - begin


HELD = {
    "nothing": b"",
    "half_a_line": b"GET /en/ HT",
    "half_the_headers": b"GET /en/ HTTP/1.1\r\nHost: localhost\r\nX-A: ",
    "half_a_body": b"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
}


def test_connections_that_ask_for_nothing_are_closed_while_others_read_on(base, client, monkeypatch):
    """Fifty of them, of four kinds, each sending a byte from time to time or nothing at all."""
    monkeypatch.setattr(patience.PatientProtocol, "asking", 1.5)
    begin = time.monotonic()
    held = [(opened(base), sent) for sent in (list(HELD.values()) * 13)[:50]]
    for connection, sent in held:
        connection.sendall(sent)
    assert client.get("/en/about").status_code == 200
    time.sleep(0.7)
    for connection, sent in held:
        if sent:
            connection.sendall(b"a")  # a byte more buys no time
    assert client.get("/en/methods").status_code == 200
    assert all(closed_after(connection, begin) < 15 for connection, _ in held)
    assert time.monotonic() - begin >= 1.4, "nobody is closed before the time"
    assert client.get("/en/about").status_code == 200
    for connection, _ in held:
        connection.close()


def test_a_request_that_has_come_whole_may_take_its_time(base, client, monkeypatch):
    """The time to answer does not count: what is waited for is the request."""
    monkeypatch.setattr(patience.PatientProtocol, "asking", 0.3)
    with httpx.Client(base_url=base, timeout=60) as slow:
        for _ in range(3):
            assert slow.get("/ru/chart/flow_map.png?year=2021").status_code == 200
            time.sleep(0.5)  # between two requests the server waits longer


def test_ten_seconds_is_the_patience_that_is_promised():
    assert patience.ASKING == 10.0


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_out_of_range_is_refused_with_the_range(client, language):
    answer = client.get(f"/{language}/chart/flow_map.json?year=1850")
    assert answer.status_code == 400
    assert re.search(r"\d{4}(–\d{4}|, )", answer.json()["error"])
    assert "1850" in answer.json()["error"]


def resident(pid):
    text = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(re.search(r"VmRSS:\s+(\d+)", text).group(1)) / 1024


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads memory where Linux shows it")
def test_memory_stays_flat_over_ten_thousand_requests(stored, tmp_path):
    """In a process of its own: after a thousand requests nine thousand more add less than a tenth or 32 MB."""
    stored.write(tmp_path / "results")
    command = [sys.executable, "-m", "qonys.cli", "serve", "--results", str(tmp_path / "results"), "--port", "0", "--lang", "en"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ | {"QONYS_CACHE": str(tmp_path / "cache")})
    try:
        base = re.search(r"http://[^/]+", next(line for line in process.stderr if "http://" in line)).group(0)
        paths = [f"/{language}/{page}" for language in ("ru", "kk", "en") for page in ("", "history", "population", "data", "about", "claims")]
        paths += ["/en/nothing", "/en/chart/flow_map.csv?year=2020", "/api/v1/tables/census?limit=5", "/en/flows?year=1850"]
        with httpx.Client(base_url=base, timeout=120) as client:
            early = 0.0
            for number in range(10_000):
                assert client.get(paths[number % len(paths)]).status_code < 500
                if number == 1000:
                    early = resident(process.pid)
        assert resident(process.pid) - early < max(0.1 * early, 32)
    finally:
        process.kill()
        process.wait()
        process.stderr.close()
