"""A request to end is obeyed soon, whatever a command is doing, and no process outlives it."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

EARLIER = Path(__file__).resolve().parents[1] / "study" / "results-of-earlier-version"
EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
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


def ended(process: subprocess.Popen[str], how: signal.Signals, *wanted: int) -> str:
    """Ask the process to end; what it said after. It and all that it started must be gone soon."""
    family = descendants(process.pid)
    start = time.monotonic()
    process.send_signal(how)
    _, said = process.communicate(timeout=60)
    assert time.monotonic() - start < SOON
    assert process.returncode in wanted, said
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


@pytest.mark.parametrize("moment", ["before", "inside", "after"])
@pytest.mark.parametrize(("how", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_server_is_told_wherever_the_request_finds_it(how, code, moment) -> None:
    """Also inside a destructor, where an exception would be lost: then the server would run for ever."""
    code_of = (
        "import os, sys\n"
        "from uvicorn import Config, Server\n"
        "from qonys.cli.stopping import noting\n"
        "class Dying:\n"
        f"    def __del__(self): os.kill(os.getpid(), {how.value})\n"
        "async def app(scope, receive, send):\n"
        "    if moment == 'inside': Dying()\n"
        "    while (await receive())['type'] != 'lifespan.shutdown': await send({'type': 'lifespan.startup.complete'})\n"
        "    await send({'type': 'lifespan.shutdown.complete'})\n"
        f"moment = {moment!r}\n"
        "server = Server(Config(app, port=0, log_level='critical'))\n"
        "with noting(server) as requests:\n"
        "    if moment == 'before': Dying()\n"
        "    if moment != 'after': server.run()\n"
        "    if moment == 'after': Dying()\n"
        "sys.exit(requests.code)\n"
    )
    done = subprocess.run([sys.executable, "-c", code_of], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (code, "")


@pytest.mark.parametrize("how", list(CODES))
def test_a_request_lost_in_a_destructor_rises_again(how) -> None:
    code = (
        "import os, sys, time\n"
        "from qonys.cli.stopping import Terminated, obeying\n"
        "class Dying:\n"
        f"    def __del__(self): os.kill(os.getpid(), {how.value}); time.sleep(0.01)\n"
        "try:\n"
        "    with obeying(own=True):\n"
        "        Dying()\n"
        "        time.sleep(1.0)\n"
        "except Terminated: sys.exit(143)\n"
        "except KeyboardInterrupt: sys.exit(130)\n"
    )
    start = time.monotonic()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (CODES[how], "")
    assert time.monotonic() - start < SOON


def obeys(pid: int) -> bool:
    """Whether the process has a handler of SIGTERM by now."""
    with contextlib.suppress(OSError):
        caught = re.search(r"SigCgt:\s*(\w+)", Path(f"/proc/{pid}/status").read_text(encoding="ascii"))
        return caught is not None and bool(int(caught[1], 16) >> (signal.SIGTERM - 1) & 1)
    return False


@pytest.fixture
def large(tmp_path) -> None:
    """Files that take long: a wide survey, a table of a million cells, counts of an analysis with draws."""
    head, *lines = (EXAMPLES / "simulated-survey.csv").read_text(encoding="utf-8").splitlines()
    rows = (f"{copy}-{line}" for copy in range(40) for line in lines)  # each with an id of its own
    (tmp_path / "survey.csv").write_text("\n".join((head, *rows)), encoding="utf-8")
    rows = (f"KZ-61,{year},both,total,{number}" for number in range(3000) for year in range(1990, 2020))
    (tmp_path / "regions.csv").write_text("\n".join(("region,year,sex,area,value", *rows)), encoding="utf-8")
    groups = (f"{place},{group},{10 + (7 * place + 3 * group) % 90}" for place in range(400) for group in range(8))
    (tmp_path / "groups.csv").write_text("\n".join(("region,group,value", *groups)), encoding="utf-8")


LONG = (
    "project --draws 50", "backtest", "project --regions all --draws 200", "segregation groups.csv --draws 100000",
    "survey model survey.csv --var settler --on age_group", "survey classes survey.csv --var motive_work --var motive_study --count 6",
    "catalog add regions.csv --as population_regional --source-title T --status official",
)  # fmt: skip


@pytest.mark.long
@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("how", list(CODES))
@pytest.mark.parametrize("arguments", LONG)
def test_long_commands_end_whenever_they_are_asked(tmp_path, how, arguments) -> None:
    """A command that has ended by itself before the moment gives no answer to it; all live at the first."""
    living_at = []
    for moment in (0.1, 1.0, 4.0, 12.0):
        process = begun(tmp_path, *arguments.split())
        while process.poll() is None and not obeys(process.pid):
            time.sleep(0.01)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=moment)
            break
        living_at.append(moment)
        ended(process, how, CODES[how], -how)  # -how: its work was done and the interpreter was closing
    assert living_at


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
