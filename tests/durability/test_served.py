"""Signal 9 to a site that is serving, while pages are being saved through HTTP: what was answered is kept whole.

The process is a real `qonys serve` on stored results. It dies within three milliseconds of an answer drawn with a seed, with
other saves under way; the next one must find every state that was answered, and nothing half-written.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from qonys.catalog.drafts import sweep_own
from qonys.web.states import read_state_file

EARLIER = Path(__file__).resolve().parents[1] / "study" / "results-of-earlier-version"
SENDERS, MANY = 3, 12

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no signal 9")


class Saving:
    """Clients that save one state after another; `answered`: title of a state by the name that the site gave it."""

    def __init__(self, address: str, first: int) -> None:
        self.address, self.answered, self.lock = address, dict[str, str](), threading.Lock()
        self.next, self.threads = first, [threading.Thread(target=self._send, daemon=True) for _ in range(SENDERS)]
        for thread in self.threads:
            thread.start()

    def _send(self) -> None:
        with contextlib.suppress(httpx.HTTPError), httpx.Client(base_url=self.address, timeout=30) as client:
            while True:
                with self.lock:
                    self.next += 1
                    title = f"state {self.next} {'long ' * 200}"
                answer = client.post("/x", json={"lang": "en", "page": "", "state": {}, "title": title})
                assert answer.status_code == 201, answer.text
                with self.lock:
                    self.answered[answer.json()["id"]] = title

    def wait(self, count: int) -> None:
        """Until so many states were answered."""
        end = time.monotonic() + 120
        while len(self.answered) < count:
            assert time.monotonic() < end
            time.sleep(0.0005)

    def join(self) -> None:
        for thread in self.threads:
            thread.join(60)


@pytest.fixture
def served(tmp_path):
    """Start a site on the folder of this test: the process and its address."""
    started = []

    def start() -> tuple[subprocess.Popen[str], str]:
        environment = os.environ | {"QONYS_CACHE": str(tmp_path / "cache"), "XDG_DATA_HOME": str(tmp_path / "data")}
        command = [sys.executable, "-m", "qonys", "serve", "--results", str(EARLIER), "--port", "0", "--lang", "en"]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, env=environment)
        started.append(process)
        line = next(line for line in process.stderr if "http://" in line)
        return process, re.search(r"http://[^/\s]+", line)[0]

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stderr.close()


def whole(folder: Path, answered: dict[str, str]) -> None:
    """Every state that was answered is there, and every file of a state is a whole one."""
    for name, title in answered.items():
        assert read_state_file(folder, name)["title"] == title
    for path in folder.glob("[!.]*"):
        assert path.suffix == ".json", path
        assert json.loads(path.read_bytes()) == read_state_file(folder, path.stem)


def killed(served, folder: Path, draws: random.Random, first: int) -> dict[str, str]:
    """States that a site answered before it was killed in the middle of others."""
    process, address = served()
    saving = Saving(address, first)
    saving.wait(draws.randint(1, 12))
    time.sleep(draws.uniform(0, 0.003))
    process.kill()
    saving.join()
    assert process.wait(30) == -signal.SIGKILL
    assert saving.answered
    whole(folder, saving.answered)
    return saving.answered


def test_a_site_that_is_killed_keeps_what_it_answered(served, tmp_path, monkeypatch) -> None:
    folder = tmp_path / "cache" / "states"
    answered = killed(served, folder, random.Random(1), 0)
    monkeypatch.setenv("QONYS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    sweep_own()
    whole(folder, answered)
    assert not list(folder.glob(".*"))


@pytest.mark.long
def test_a_site_that_is_killed_very_often_keeps_what_it_answered(served, tmp_path) -> None:
    folder, draws, answered = tmp_path / "cache" / "states", random.Random(2), dict[str, str]()
    for turn in range(MANY):
        answered |= killed(served, folder, draws, 1000 * turn)
        whole(folder, answered)
    _, address = served()
    with httpx.Client(base_url=address, timeout=30) as client:
        for name, title in answered.items():
            assert client.get(f"/x/{name}.json").json()["title"] == title
            assert client.get(f"/x/{name}").status_code == 303
    assert not list(folder.glob(".*"))
