"""What the observatory promises under load, measured against its limits.

Starts `qonys serve` on loopback over a folder of stored results. USERS readers walk through cached pages while LAB
others move sliders of the policy lab (each state new, so that nothing comes from a cache) for SECONDS; then one reader
asks REQUESTS times, and HELD connections send half a request and wait. Prints percentiles beside their limits, errors,
memory and the seconds after which the connections were closed, with the load of the machine; ends with status 1 where
a limit is missed.

    python benchmarks/load.py RESULTS [--users 50] [--lab 2] [--seconds 60] [--requests 10000] [--held 50]
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import random
import subprocess
import time
from pathlib import Path

import httpx
import numpy as np
from observatory import PAGES, memory, started

MOVED = {
    "repatriates": range(5_000, 60_000, 1_000),
    "students": range(500, 20_000, 500),
    "resettlement": range(2_000, 40_000, 1_000),
}
THINK, PAUSE = 0.25, 0.3  # seconds between pages of a reader, and between moves of a slider
LIMITS = {"p95": 200.0, "p99": 1000.0, "preview": 1000.0, "growth": 32.0, "closed": 12.0}
HALVES = (
    b"",
    b"GET /en/ HT",
    b"GET /en/ HTTP/1.1\r\nHost: localhost\r\nX-A: ",
    b"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{",
)
Times = list[float]


async def asked(client: httpx.AsyncClient, path: str, times: Times, faults: list[str]) -> None:
    """One request, timed in milliseconds."""
    begin = time.perf_counter()
    try:
        answer = await client.get(path)
        if answer.status_code != 200:
            faults.append(f"{answer.status_code} {path}")
    except httpx.HTTPError as error:
        faults.append(f"{type(error).__name__} {path}")
    times.append(1000 * (time.perf_counter() - begin))


async def reader(base: str, number: int, end: float, times: Times, faults: list[str]) -> None:
    """Somebody who reads on, page after page."""
    luck = random.Random(number)
    async with httpx.AsyncClient(base_url=base, timeout=60) as client:
        await asyncio.sleep(luck.uniform(0, THINK))
        while time.perf_counter() < end:
            await asked(client, luck.choice(PAGES), times, faults)
            await asyncio.sleep(THINK * luck.uniform(0.5, 1.5))


async def mover(base: str, number: int, end: float, times: Times, faults: list[str]) -> None:
    """Somebody who moves the sliders of a scenario."""
    first, second = list(MOVED)[number % 3], list(MOVED)[(number + 1) % 3]
    states = itertools.product(MOVED[second], MOVED[first])
    async with httpx.AsyncClient(base_url=base, timeout=60) as client:
        for one, other in states:
            if time.perf_counter() >= end:
                return
            query = f"s{1 + number % 4}.{first}={other}&s{1 + number % 4}.{second}={one}"
            await asked(client, f"/en/chart/lab_future.live.json?{query}", times, faults)
            await asyncio.sleep(PAUSE)


async def crowd(base: str, users: int, lab: int, seconds: float) -> tuple[Times, Times, list[str]]:
    """Times of pages, times of previews, and faults."""
    pages, previews, faults, end = Times(), Times(), list[str](), time.perf_counter() + seconds
    readers = [reader(base, number, end, pages, faults) for number in range(users)]
    await asyncio.gather(*readers, *(mover(base, number, end, previews, faults) for number in range(lab)))
    return pages, previews, faults


def opened(base: str, lab: int) -> float:
    """Make every page once and open the lab; seconds until its preview answers."""
    begin = time.perf_counter()
    with httpx.Client(base_url=base, timeout=300) as client:
        while client.get("/en/policy").status_code == 429:
            time.sleep(1)
        for number in range(lab):
            client.get(f"/en/chart/lab_future.live.json?s{1 + number % 4}.repatriates=4000").raise_for_status()
        for path in PAGES:
            client.get(path).raise_for_status()
    return time.perf_counter() - begin


def walked(base: str, process: subprocess.Popen[str], requests: int) -> tuple[float, float]:
    """Resident memory (MB) after a tenth of the requests and after all of them."""
    early = 0.0
    with httpx.Client(base_url=base, timeout=60) as client:
        for number in range(requests):
            client.get(PAGES[number % len(PAGES)]).raise_for_status()
            if number == requests // 10:
                early = memory(process)
    return early, memory(process)


async def held(base: str, count: int) -> Times:
    """Seconds after which connections are closed that send the beginning of a request and nothing more."""
    host, port = base.removeprefix("http://").split(":")

    async def one(number: int) -> float:
        incoming, outgoing = await asyncio.open_connection(host, int(port))
        begin = time.perf_counter()
        outgoing.write(HALVES[number % len(HALVES)])
        while await incoming.read(4096):
            pass
        outgoing.close()
        return time.perf_counter() - begin

    return list(await asyncio.wait_for(asyncio.gather(*(one(number) for number in range(count))), 60))


def told(name: str, found: float, limit: float, unit: str) -> bool:
    """A measured value beside its limit; whether it is kept."""
    print(f"  {name:44s} {found:8.1f} {unit:3s} limit {limit:6.0f}{'' if found <= limit else '   MISSED'}")
    return found <= limit


def crowded(base: str, users: int, lab: int, seconds: int) -> list[bool]:
    """Percentiles of pages and previews beside their limits, and the errors; whether each limit is kept."""
    pages, previews, faults = asyncio.run(crowd(base, users, lab, seconds))
    print(f"{users} readers, {lab} in the lab, {seconds} s; load at the end {os.getloadavg()[0]:.1f}")
    p50, p95, p99 = np.percentile(pages, [50, 95, 99])
    kept = [told(f"cached pages, {len(pages):,}: median", p50, LIMITS["p95"], "ms")]
    kept += [told("  95th percentile", p95, LIMITS["p95"], "ms"), told("  99th percentile", p99, LIMITS["p99"], "ms")]
    p50, p95 = np.percentile(previews, [50, 95])
    kept += [told(f"previews of the lab, {len(previews):,}: median", p50, LIMITS["preview"], "ms")]
    kept += [told("  95th percentile", p95, LIMITS["preview"], "ms"), told("errors", len(faults), 0, "")]
    for fault in faults[:5]:
        print("   ", fault)
    return kept


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    options.add_argument("results", type=Path)
    for name, usual in (("users", 50), ("lab", 2), ("seconds", 60), ("requests", 10_000), ("held", 50)):
        options.add_argument(f"--{name}", type=int, default=usual)
    given = options.parse_args()
    process, base, _ = started(given.results)
    try:
        made = opened(base, given.lab)
        print(f"lab open and pages made after {made:.0f} s; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        kept = crowded(base, given.users, given.lab, given.seconds)
        early, late = walked(base, process, given.requests)
        name = f"memory over {given.requests:,} requests: growth from {early:.0f}"
        kept += [told(name, late - early, LIMITS["growth"], "MB")]
        closed = asyncio.run(held(base, given.held))
        print(f"  {given.held} connections with half a request: the first closed after {min(closed):.1f} s")
        kept += [told("  the last closed after", max(closed), LIMITS["closed"], "s")]
    finally:
        process.terminate()
        process.wait(20)
    raise SystemExit(0 if all(kept) else 1)


if __name__ == "__main__":
    main()
