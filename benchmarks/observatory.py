"""Load on the observatory: many readers at once, two of whom ask for slow pictures all the time.

Starts `qonys serve` on loopback over a folder of stored results, lets USERS readers walk through the pages for
SECONDS, each pausing THINK seconds between pages, while HEAVY others ask for pictures that are in no cache. Prints
percentiles of cached pages beside the same server's smallest file (the plain floor of network and process), errors,
memory and the time to start.

    python benchmarks/observatory.py RESULTS [--users 50] [--seconds 20] [--heavy 2] [--think 0.25]
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import subprocess
import sys
import time
from pathlib import Path

import httpx
import numpy as np

PAGES = [
    f"/{language}/{page}"
    for language in ("ru", "kk", "en")
    for page in ("", "history", "flows", "population", "indicators", "forecast", "claims", "data", "methods", "about")
]
CHARTS = [
    f"/{lang}/chart/{name}.json" for lang in ("ru", "kk", "en") for name in ("century", "flow_map", "fan", "pyramids")
]
FLOOR = "/static/site.css"


def started(results: Path) -> tuple[subprocess.Popen[str], str, float]:
    """The server, its address, and the seconds until it answered."""
    begin = time.perf_counter()
    command = [sys.executable, "-m", "qonys.cli", "serve", "--results", str(results), "--port", "0", "--lang", "en"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        found = re.search(r"http://[^/]+", line)
        if found:
            httpx.get(found.group(0) + "/en/about", timeout=30).raise_for_status()
            return process, found.group(0), time.perf_counter() - begin
    raise SystemExit("the server did not start")


def memory(process: subprocess.Popen[str]) -> float:
    """Resident memory, MB."""
    text = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    return int(re.search(r"VmRSS:\s+(\d+)", text).group(1)) / 1024  # type: ignore[union-attr]


class Load:
    """Times of every kind of request, and faults."""

    def __init__(self, base: str, think: float) -> None:
        self.times: dict[str, list[float]] = {"page": [], "chart": [], "floor": [], "picture": []}
        self.faults: list[str] = []
        self.base, self.end, self.think = base, 0.0, think

    async def ask(self, client: httpx.AsyncClient, kind: str, path: str) -> None:
        """One request, timed."""
        begin = time.perf_counter()
        try:
            answer = await client.get(path)
            if answer.status_code not in (200, 429):
                self.faults.append(f"{answer.status_code} {path}")
        except httpx.HTTPError as error:
            self.faults.append(f"{type(error).__name__} {path}")
        self.times[kind].append(1000 * (time.perf_counter() - begin))

    async def reader(self, client: httpx.AsyncClient, number: int) -> None:
        """Somebody who reads on."""
        luck = random.Random(number)
        while time.perf_counter() < self.end:
            kind = luck.choices(["page", "chart", "floor"], [6, 3, 1])[0]
            path = FLOOR if kind == "floor" else luck.choice(PAGES if kind == "page" else CHARTS)
            await self.ask(client, kind, path)
            await asyncio.sleep(self.think * luck.uniform(0.5, 1.5))

    async def heavy(self, client: httpx.AsyncClient, number: int) -> None:
        """A picture that is in no cache, again and again."""
        width = 400 + number
        while time.perf_counter() < self.end:
            width += 10
            await self.ask(client, "picture", f"/en/chart/net.png?w={320 + width % 800}&rel={width}")

    async def run(self, users: int, heavy: int, seconds: float) -> None:
        """All of them at once, each over a connection of their own that is kept."""
        clients = [httpx.AsyncClient(base_url=self.base, timeout=60, verify=False) for _ in range(users + heavy)]
        self.end = time.perf_counter() + seconds
        readers = [self.reader(client, i) for i, client in enumerate(clients[:users])]
        await asyncio.gather(*readers, *(self.heavy(client, i) for i, client in enumerate(clients[users:])))
        await asyncio.gather(*(client.aclose() for client in clients))


def shown(name: str, times: list[float]) -> str:
    p50, p95, p99 = np.percentile(times, [50, 95, 99]) if times else (np.nan, np.nan, np.nan)
    return f"{name:28s} {len(times):7d} requests   p50 {p50:7.1f} ms   p95 {p95:7.1f} ms   p99 {p99:7.1f} ms"


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    options.add_argument("results", type=Path)
    options.add_argument("--users", type=int, default=50)
    options.add_argument("--seconds", type=float, default=20)
    options.add_argument("--heavy", type=int, default=2)
    options.add_argument("--think", type=float, default=0.25)
    given = options.parse_args()
    process, base, seconds = started(given.results)
    try:
        print(f"started in {seconds:.2f} s (limit 3)")
        warm = Load(base, 0)

        async def warming() -> None:
            async with httpx.AsyncClient(base_url=base, timeout=120) as client:
                for path in [*PAGES, *CHARTS]:
                    await warm.ask(client, "page", path)

        asyncio.run(warming())
        before = memory(process)
        for heavy in dict.fromkeys((0, given.heavy)):
            load = Load(base, given.think)
            asyncio.run(load.run(given.users, heavy, given.seconds))
            print(f"\n{given.users} readers, {heavy} of slow pictures, {given.seconds:.0f} s")
            print(shown("cached pages (limit 200)", load.times["page"]))
            print(shown("cached charts", load.times["chart"]))
            print(shown("smallest file (floor)", load.times["floor"]))
            if heavy:
                print(shown("pictures, not cached", load.times["picture"]))
            floor = float(np.percentile(load.times["floor"], 95))
            ratio = float(np.percentile(load.times["page"], 95)) / floor
            print(f"page / floor, p95: {ratio:.2f}    errors: {len(load.faults)}")
            for fault in load.faults[:5]:
                print("  ", fault)
        print(f"\nmemory: {before:.0f} MB warm, {memory(process):.0f} MB at the end")
    finally:
        process.terminate()
        process.wait(10)


if __name__ == "__main__":
    main()
