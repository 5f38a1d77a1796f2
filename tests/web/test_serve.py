"""`qonys serve` as a process: it starts on stored results, says where it listens, and stops when told."""

import re
import signal
import subprocess
import sys
import threading
from concurrent.futures.process import BrokenProcessPool
from types import SimpleNamespace

import httpx
import polars as pl
import pytest

from qonys.catalog import open_pack
from qonys.errors import BadInput, QonysError
from qonys.study.runs.results import Results, TableResult
from qonys.web import render_worker, server
from qonys.web.response_cache import Busy
from qonys.web.simulation import ACCOUNT, Simulation


@pytest.fixture(scope="module")
def folder(stored, tmp_path_factory):
    """The results on the disk."""
    place = tmp_path_factory.mktemp("results")
    stored.write(place)
    return place


def command(*more):
    return [sys.executable, "-m", "qonys.cli", "serve", *more]


def test_it_starts_answers_and_stops(folder, site):
    process = subprocess.Popen(command("--results", str(folder), "--port", "0", "--lang", "ru"), stderr=subprocess.PIPE, text=True)
    try:
        line = next(line for line in process.stderr if "http://" in line)
        assert line.startswith("Обсерватория")
        address = re.search(r"http://\S+/ru/", line).group(0)
        answer = httpx.get(address, timeout=30)
        assert answer.status_code == 200
        assert site.release in answer.text
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert "Traceback" not in process.stderr.read()
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


@pytest.mark.parametrize("over", [True, False])
def test_no_lab_is_started_in_place_of_one_that_stopping_ended(over):
    """It would read its orders from a server that is gone, and print what Python says to that."""
    account = TableResult(ACCOUNT, pl.DataFrame({"year": [2000]}), "persons", 1, (), "")
    lab = Simulation(SimpleNamespace(path="nowhere"), Results("x", {}, {ACCOUNT: account}), 20, patience=60.0)
    first = lab._place = lab._opened()
    if over:
        lab.end()
    first[0].kill()
    first[0].join()
    try:
        with pytest.raises(QonysError) as error:
            lab.ask("nothing")
        assert (error.type is Busy) == over  # a lab in place of the one that died answers that it cannot
        assert (lab._place is None) == over
    finally:
        lab.stop()


def test_no_worker_draws_when_the_server_stops(monkeypatch):
    monkeypatch.setattr(render_worker, "_OVER", threading.Event())
    monkeypatch.setattr(render_worker, "_POOL", [])
    render_worker.end()
    with pytest.raises(BrokenProcessPool):
        render_worker.apart(abs, -1)
    assert not render_worker._POOL


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_a_folder_without_results_is_refused(tmp_path, language):
    with pytest.raises(BadInput) as error:
        server.stored_results(tmp_path)
    assert str(tmp_path) in error.value.sentence(language)
    (tmp_path / "results.json").write_text("{", encoding="utf-8")
    with pytest.raises(BadInput) as error:
        server.stored_results(tmp_path)
    assert error.value.key == "study.results.damaged"


def test_a_port_that_is_taken_is_refused():
    with server.listening("127.0.0.1", 0) as first:
        with pytest.raises(BadInput) as error:
            server.listening("127.0.0.1", first.getsockname()[1])
        assert error.value.key == "web.server.port"
    with pytest.raises(BadInput):
        server.listening("127.0.0.1", 99_999)


def test_what_is_served_is_said(folder, tmp_path, monkeypatch, stored):
    said = []
    site = server.site_of(open_pack("kazakhstan"), folder, "kk", tell=lambda key, values: said.append(key))
    assert site.results.release == stored.release
    assert site.alone
    assert not site.token
    assert len(site.model) == 12
    assert said == ([] if stored.release == site.pack.digest() else ["web.serve.other"])
    monkeypatch.setenv("QONYS_CACHE", str(tmp_path))
    site = server.site_of(open_pack("kazakhstan"), None, "en", host="0.0.0.0", tell=lambda key, values: said.append(key))
    assert said[-1:] == ["web.serve.computing"]
    assert site.progress.ended == []
    assert not site.results.tables
    assert site.token
    assert not site.alone
