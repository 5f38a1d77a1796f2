"""`qonys serve` as a process: it starts on stored results, says where it listens, and stops when told."""

import re
import signal
import subprocess
import sys

import httpx
import pytest

from qonys.catalog import open_pack
from qonys.errors import BadInput
from qonys.study.runs.run import Step
from qonys.web import server


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
    monkeypatch.setattr(server, "study_results", lambda pack, tell: tell(Step("present", "begun")) or stored)
    site = server.site_of(open_pack("kazakhstan"), None, "en", host="0.0.0.0", tell=lambda key, values: said.append(key))
    assert said[-2:] == ["web.serve.computing", "study.progress.begun"]
    assert site.token
    assert not site.alone
