"""No command opens a connection to a host that the user did not name."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
TESTLAND = TESTS / "catalog" / "fixtures" / "testland"
EARLIER = TESTS / "study" / "results-of-earlier-version"
WATCH = """
import json, os, sys
events = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.bind", "socket.sendto", "urllib.Request")
out = open(sys.argv[1], "a")
def hook(event, given):
    if event in events and not (event == "socket.connect" and isinstance(given[1], (str, bytes))):
        out.write(json.dumps([event, [str(one) for one in given[1:] or given]]) + "\\n")
        out.flush()
sys.addaudithook(hook)
from qonys.cli import main
codes = [main(arguments) for arguments in json.loads(sys.argv[2])]
print(json.dumps(codes))
"""
WITHOUT_PACKS = WATCH.replace("codes =", "from qonys.cli.installed import packs; packs._found = packs.Found\ncodes =")
PACK = ("--pack", str(TESTLAND))
COMMANDS = [
    ["catalog", "list", *PACK],
    ["catalog", "check", *PACK],
    ["catalog", "show", "national", *PACK],
    ["catalog", "sources"],
    ["catalog", "export", "national", "--to", "export", "--as", "xlsx", *PACK],
    ["study", "--format", "html,pdf", "--out", "out", "--jobs", "1", *PACK],
    ["why", "data.tables", "--results", str(EARLIER)],
    ["doctor"],
    ["pack", "countries"],
    ["schedule", "family", "western_standard"],
    ["survey", "example", "survey.csv"],
    ["indicators"],
]


def watched(tmp_path: Path, commands: list[list[str]], program: str = WATCH) -> tuple[Path, subprocess.Popen[str]]:
    log = tmp_path / "events"
    log.write_text("")
    environment = os.environ | {"QONYS_CACHE": str(tmp_path / "cache"), "XDG_DATA_HOME": str(tmp_path / "data")}
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(log), json.dumps(commands)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, cwd=tmp_path, env=environment,
    )  # fmt: skip
    return log, process


def events(log: Path) -> list[list]:
    return [json.loads(line) for line in log.read_text().splitlines()]


def test_commands_reach_for_no_host(tmp_path, every) -> None:
    """In the short tier `doctor` opens no pack: `catalog check` runs the same checks here."""
    log, process = watched(tmp_path, COMMANDS, WATCH if every else WITHOUT_PACKS)
    out, said = process.communicate(timeout=600)
    codes = json.loads(out.splitlines()[-1])
    assert len(codes) == len(COMMANDS)
    assert codes.count(0) >= len(COMMANDS) - 3, said
    assert events(log) == []


def test_the_server_binds_only_what_was_named(tmp_path) -> None:
    command = ["serve", "--results", str(EARLIER), "--host", "127.0.0.3", "--port", "0"]
    log, process = watched(tmp_path, [command])
    assert any("http://" in line for line in process.stderr)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert {(event, given[0]) for event, given in events(log)} == {("socket.bind", "('127.0.0.3', 0)")}


def test_a_planted_connection_rings(tmp_path) -> None:
    log = tmp_path / "events"
    planted = WATCH.replace("codes =", "import socket; socket.socket().connect_ex(('127.0.0.1', 9))\ncodes =")
    subprocess.run([sys.executable, "-c", planted, str(log), "[]"], env=dict(os.environ), check=True, timeout=60, capture_output=True)
    assert events(log) == [["socket.connect", ["('127.0.0.1', 9)"]]]
