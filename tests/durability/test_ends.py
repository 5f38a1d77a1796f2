"""A request to end is obeyed soon, whatever a command is doing, and no process outlives it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

EARLIER = Path(__file__).resolve().parents[1] / "study" / "results-of-earlier-version"
SOON = 8.0  # two seconds on an idle machine
CODES = {signal.SIGTERM: 143, signal.SIGINT: 130}

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the processes are found by /proc")


def state(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return []


def descendants(pid: int) -> set[int]:
    parents = {int(p.name): found for p in Path("/proc").glob("[0-9]*") if (found := state(int(p.name)))}
    found, waiting = set(), {pid}
    while waiting:
        above = waiting.pop()
        new = {one for one, fields in parents.items() if int(fields[1]) == above} - found
        found |= new
        waiting |= new
    return found


def living(pids: set[int]) -> set[int]:
    return {pid for pid in pids if (fields := state(pid)) and fields[0] != b"Z"}


def begun(tmp_path: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = os.environ | {"QONYS_CACHE": str(tmp_path / "cache"), "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "qonys", *arguments], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
        env=environment, cwd=tmp_path,
    )  # fmt: skip


def ended(process: subprocess.Popen[str], how: signal.Signals, wanted: int) -> str:
    """Ask the process to end; what it said after. It and all that it started must be gone soon."""
    family = descendants(process.pid)
    start = time.monotonic()
    process.send_signal(how)
    _, said = process.communicate(timeout=60)
    assert time.monotonic() - start < SOON
    assert process.returncode == wanted, said
    assert "Traceback" not in said
    while living(family) and time.monotonic() - start < SOON:
        time.sleep(0.05)
    assert not living(family)
    return said


@pytest.mark.parametrize("how", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.long)])
def test_a_study_ends_with_its_workers(tmp_path, how) -> None:
    process = begun(tmp_path, "study", "--pack", "kazakhstan", "--jobs", "2", "--out", "out")
    while len(descendants(process.pid)) < 2:
        time.sleep(0.05)
    said = ended(process, how, CODES[how])
    assert "failed" not in said
    assert not (tmp_path / "out").exists()


def test_the_workers_of_a_killed_study_end_by_themselves(tmp_path) -> None:
    process = begun(tmp_path, "study", "--pack", "kazakhstan", "--jobs", "2", "--out", "out")
    while len(descendants(process.pid)) < 2:
        time.sleep(0.05)
    time.sleep(2.0)  # the workers know by now whom they follow
    ended(process, signal.SIGKILL, -signal.SIGKILL)


@pytest.mark.parametrize(("how", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_server_ends_with_its_processes(tmp_path, how, code) -> None:
    process = begun(tmp_path, "serve", "--results", str(EARLIER), "--port", "0", "--host", "127.0.0.2")
    line = next(line for line in process.stderr if "http://" in line)
    assert re.search(r"http://127\.0\.0\.2:\d+/", line)
    ended(process, how, code)


@pytest.mark.long
@pytest.mark.parametrize("how", list(CODES))
@pytest.mark.parametrize("arguments", ["project --draws 50", "backtest", "project --regions all --draws 200", "survey potential"])
def test_long_commands_end_while_they_compute(tmp_path, how, arguments) -> None:
    process = begun(tmp_path, *arguments.split())
    time.sleep(12.0)
    if process.poll() is None:
        ended(process, how, CODES[how])


@pytest.mark.parametrize("how", list(CODES))
def test_what_no_exception_reaches_is_ended_with_its_children(how) -> None:
    code = (
        "import subprocess, sys, time\n"
        "from qonys.cli.stopping import obeying\n"
        "with obeying(own=True):\n"
        "    subprocess.Popen(['sleep', '100'])\n"
        "    while True:\n"
        "        try: print('there', flush=True); time.sleep(100)\n"
        "        except BaseException: pass\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "there\n"
    ended(process, how, CODES[how])
