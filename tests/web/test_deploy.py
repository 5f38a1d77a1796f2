"""On a server: hosts behind a proxy, reading only, a log that names nobody, and the files of `deploy/`."""

import configparser
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from qonys import words
from qonys.errors import BadInput
from qonys.web.access import access_logger
from qonys.web.app import build_app
from qonys.web.server import listening, public_names

DEPLOY = Path(__file__).parents[2] / "deploy"
LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\dZ (\S+) (\S+) (\d{3}) (\d+) (\d+)")
STATE = {"lang": "en", "page": "flows", "state": {}}


def lines(log, count):
    """The lines of a log, as soon as there are so many: each is written when its answer is out."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        found = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        if len(found) >= count:
            break
        time.sleep(0.01)
    return found


@pytest.fixture
def behind(site, tmp_path, reading):
    """A site for reading only, reached under one public name, and its log."""
    log = tmp_path / "access.log"
    logger = access_logger(str(log))
    served = replace(site, alone=False, token="secret", names=frozenset({"migration.example.org"}), read_only=True, states=tmp_path / "states")
    yield reading(build_app(served, logger)), log
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
        handler.close()


def test_only_named_hosts_are_answered(behind):
    client, _ = behind
    assert client.get("/en/about", headers={"host": "Migration.Example.org"}).status_code == 200
    assert client.get("/en/about").status_code == 200, "this machine's own names stay"
    for host in ("evil.example", "migration.example.org.evil.example", "", "xmigration.example.org:80"):
        assert client.get("/en/about", headers={"host": host}).status_code == 400


def test_each_reader_sees_the_address_that_was_asked(behind):
    """What is kept for one host is not given to another; the scheme is that of the proxy on this machine."""
    client, _ = behind
    for path in ("/en/data/census", "/en/chart/flow_map.metadata.json"):
        for base in (f"{client.base_url}", "https://migration.example.org", "http://migration.example.org:8443"):
            scheme, _, host = base.partition("://")
            read = client.get(path, headers={"host": host, "x-forwarded-proto": scheme})
            found = set(re.findall(r"https?://(?:127|[a-z]+\.example)[\w.:]*", read.text))
            assert found == {base.rstrip("/")}, path


@pytest.mark.parametrize("host", ["localhost:80/en/about", "localhost:80?x", "localhost:$(id)", "localhost:80:80", "[::1", "a b", "localhost:"])
def test_a_host_that_is_none_is_refused(behind, site, reading, host):
    """Nor where every host is answered: it would stand in addresses, and in the names of what is kept."""
    anywhere = reading(build_app(replace(site, alone=False, token="secret")))
    for client in (behind[0], anywhere):
        assert client.get("/en/methods", headers={"host": host}).status_code == 400


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_nothing_is_written_where_only_reading_is_allowed(behind, language, tmp_path):
    client, _ = behind
    answer = client.post("/x", json=STATE, headers={"x-qonys-token": "secret", "accept-language": language})
    assert answer.status_code == 403
    assert answer.json()["error"] == words.text("web.write.read_only", language)
    assert not (tmp_path / "states").exists()


def test_the_log_names_nobody(behind):
    client, log = behind
    client.get("/en/flows?year=2021", headers={"user-agent": "Somebody/1.0", "x-forwarded-for": "203.0.113.7", "cookie": "who=me"})
    client.get("/en/no%0Athing%1b[31m")
    client.get("/en/about", headers={"host": "evil.example"})
    found = [LINE.fullmatch(line) for line in lines(log, 3)]
    text = log.read_text(encoding="utf-8")
    assert [one.group(2, 3) for one in found] == [("/en/flows", "200"), ("/en/no%0Athing%1B[31m", "404"), ("/en/about", "400")]
    assert int(found[0].group(4)) > 1000
    for secret in ("2021", "Somebody", "203.0.113.7", "127.0.0.1", "who=me", "evil"):
        assert secret not in text


def test_a_log_that_was_moved_away_is_begun_anew(behind):
    client, log = behind
    client.get("/en/about")
    assert len(lines(log, 1)) == 1
    log.rename(log.with_suffix(".old"))
    client.get("/en/methods")
    assert [line.split()[2] for line in lines(log, 1)] == ["/en/methods"]
    assert len(lines(log.with_suffix(".old"), 1)) == 1


@pytest.mark.parametrize("given", ["http://a.example", "a.example/x", "a.example:80", "-a", "a b", "а.example"])
def test_what_is_no_host_name_is_refused(given):
    with pytest.raises(BadInput) as error:
        public_names(given)
    assert given in error.value.sentence("ru")


def test_names_of_hosts():
    assert public_names(" A.Example, b.example,") == ["a.example", "b.example"]
    assert public_names("") == []


def test_a_log_that_cannot_be_written_is_refused_before_anything_starts(tmp_path):
    process = subprocess.run([sys.executable, "-m", "qonys.cli", "serve", "--port", "0", "--access-log", str(tmp_path / "no" / "log")],
                             capture_output=True, text=True, timeout=120, check=False)  # fmt: skip
    assert process.returncode != 0
    assert str(tmp_path / "no" / "log") in process.stderr
    assert "Traceback" not in process.stderr


def options_of(command):
    return set(re.findall(r"--[a-z-]+", command))


@pytest.fixture(scope="module")
def known():
    shown = subprocess.run([sys.executable, "-m", "qonys.cli", "serve", "--help"], capture_output=True, text=True, check=True, timeout=120)
    return options_of(shown.stdout)


def test_the_unit_and_the_container_give_options_that_there_are(known):
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    unit.read(DEPLOY / "qonys.service", encoding="utf-8")
    container = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    run = re.search(r"^CMD \[(.*)\]$", container, re.MULTILINE).group(1)
    for command in (unit["Service"]["ExecStart"], run):
        assert {"--read-only", "--public", "--access-log"} <= options_of(command) <= known | {"--pack"}
    assert "--no-such" not in known


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_takes_the_unit(tmp_path):
    text = (DEPLOY / "qonys.service").read_text(encoding="utf-8").replace("/opt/qonys/bin/qonys", "/bin/true")
    (tmp_path / "qonys.service").write_text(text, encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", str(tmp_path / "qonys.service")], capture_output=True, text=True, check=False)
    assert "qonys.service" not in done.stderr, done.stderr


@pytest.mark.skipif(not shutil.which("nginx"), reason="no nginx here")
def test_nginx_passes_requests_on(site, tmp_path, behind):
    """The shipped file, on free ports, before a running server: pages come, other names do not."""
    client, log = behind
    with listening("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    text = text.replace("listen 80;", f"listen 127.0.0.1:{port};").replace("127.0.0.1:8000", str(client.base_url).removeprefix("http://").rstrip("/"))
    places = "".join(f"{kind}_temp_path {tmp_path}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    conf = tmp_path / "nginx.conf"
    conf.write_text(f"daemon off;\npid {tmp_path}/pid;\nerror_log {tmp_path}/error.log;\nevents {{}}\nhttp {{\n{places}{text}}}\n", encoding="utf-8")
    process = subprocess.Popen([shutil.which("nginx"), "-p", str(tmp_path), "-c", str(conf)], stderr=subprocess.DEVNULL, env=os.environ)
    try:
        with httpx.Client(transport=httpx.HTTPTransport(retries=8), base_url=f"http://127.0.0.1:{port}", timeout=30) as outside:
            page = outside.get("/en/about", headers={"host": "migration.example.org"})
            assert page.status_code == 200
            assert outside.get("/en/about", headers={"host": "other.example"}).status_code == 400
            assert outside.post("/x", json=STATE, headers={"host": "migration.example.org"}).status_code == 403
        assert [line.split()[2] for line in lines(log, 3)] == ["/en/about", "/en/about", "/x"]
    finally:
        process.terminate()
        process.wait(10)
