"""From slider to redraw in the policy lab, measured in a real Chromium, and what two heavy users do to others.

Starts `qonys serve` on loopback over a folder of stored results, opens the policy lab, presses an arrow key on sliders
MOVES times and waits for each redraw; no state is asked for twice, so nothing comes from a cache. Prints medians of
the whole and of its parts: network (request and answer), model (the projection), server (quantiles, words, JSON),
drawing (Vega and the next frame); beside them the plain floor, the smallest file over the same connection. Then HEAVY
others ask for new states all the time: the same slider again, and cached pages of a reader.

    python benchmarks/policy.py RESULTS [--moves 40] [--heavy 2] [--seconds 10]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import observatory

CHROMIUM = os.environ.get("QONYS_CHROMIUM", "/usr/bin/chromium")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync")  # fmt: skip
LIMIT = 150
WALK = (("repatriates", 17), ("repatriation_quota", 20), ("students", 30), ("resettlement", 25), ("language", 18))
PAGES = tuple(f"/{language}/{page}" for language in ("ru", "kk", "en") for page in ("", "flows", "data", "about"))
REDRAWN = """([followed, drawn]) => {
  const {dataset} = document.querySelector("#chart-lab_future");
  return Number(dataset.followed ?? 0) > followed || dataset.drawn !== drawn;
}"""
FLOOR = "/static/icon.svg"


def started(results: Path) -> tuple[subprocess.Popen[str], str]:
    """The server and its address, once its lab is open."""
    process, base, _ = observatory.started(results)
    begin = time.perf_counter()
    while httpx.get(base + "/en/policy", timeout=300).status_code != 200:
        time.sleep(1)
    print(f"lab open and page made {time.perf_counter() - begin:.1f} s after the server answers")
    return process, base


def moves(page: Any, count: int) -> list[dict[str, float]]:
    """Presses of arrow keys, each to a state that nobody asked for, and the times of the redraws."""
    found: list[dict[str, float]] = []
    figure = page.locator("#chart-lab_future")
    for measure, most in WALK:
        slider = page.locator(f"#lab-s1-{measure}-range")
        slider.focus()
        for _ in range(most):
            before = int(figure.get_attribute("data-followed") or 0), figure.get_attribute("data-drawn")
            slider.press("ArrowRight")
            page.wait_for_function(REDRAWN, arg=[before[0], before[1]], timeout=60_000)
            if int(figure.get_attribute("data-followed") or 0) > before[0]:  # else a whole redraw came first
                found.append(json.loads(figure.get_attribute("data-times")))
            if len(found) >= count:
                return found
    return found


def opened(play: Any, base: str) -> tuple[Any, Any]:
    """A browser with the lab on it, drawn."""
    browser = play.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{base}/en/policy", timeout=120_000)
    page.locator("#chart-lab_future[data-drawn]").wait_for(timeout=120_000)
    page.wait_for_timeout(1500)
    return browser, page


def told(times: list[dict[str, float]]) -> float:
    """Median of the whole, printed with its parts."""
    for part in times:
        part["server"] = part["made"] - part["model"]
    names = {"total": f"slider to redraw (limit {LIMIT})", "network": "  network", "model": "  model",
             "server": "  server, besides the model", "drawing": "  drawing"}  # fmt: skip
    for key, name in names.items():
        p50, p95 = np.percentile([part[key] for part in times], [50, 95])
        print(f"{name:34s} {len(times):4d}   median {p50:7.1f} ms   p95 {p95:7.1f} ms")
    return float(np.median([part["total"] for part in times]))


def floor(base: str) -> float:
    """Median time of the smallest file, ms."""
    times = []
    with httpx.Client(base_url=base) as client:
        for _ in range(60):
            begin = time.perf_counter()
            client.get(FLOOR)
            times.append(1000 * (time.perf_counter() - begin))
    return float(np.median(times))


async def _heavy(base: str, number: int, end: float, counts: list[int]) -> None:
    """New states of the lab, one after the other."""
    async with httpx.AsyncClient(base_url=base, timeout=120) as client:
        place = 0
        while time.perf_counter() < end:
            place += 1
            name, housing, border = f"s{2 + number % 3}", 0.5 + 0.05 * (place % 50), 0.5 + 0.1 * (place // 50 % 10)
            query = f"{name}.housing={housing:g}&{name}.border={border:g}"
            await client.get(f"/en/chart/lab_future.live.json?{query}")
            counts[number] += 1


async def _reader(base: str, end: float, times: list[float]) -> None:
    """Cached pages, five a second."""
    async with httpx.AsyncClient(base_url=base, timeout=60) as client:
        while time.perf_counter() < end:
            for path in PAGES:
                begin = time.perf_counter()
                (await client.get(path)).raise_for_status()
                times.append(1000 * (time.perf_counter() - begin))
                await asyncio.sleep(0.2)


def crowd(base: str, heavy: int, seconds: float) -> tuple[threading.Thread, list[int], list[float]]:
    """Heavy users and a reader in a thread of their own."""
    counts, end = [0] * heavy, time.perf_counter() + seconds
    times: list[float] = []

    async def together() -> None:
        await asyncio.gather(_reader(base, end, times), *(_heavy(base, number, end, counts) for number in range(heavy)))

    thread = threading.Thread(target=lambda: asyncio.run(together()), daemon=True)
    thread.start()
    return thread, counts, times


def main() -> None:
    """Measure and print."""
    from playwright.sync_api import sync_playwright

    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    options.add_argument("results", type=Path)
    options.add_argument("--moves", type=int, default=40)
    options.add_argument("--heavy", type=int, default=2)
    options.add_argument("--seconds", type=float, default=10)
    given = options.parse_args()
    process, base = started(given.results)
    try:
        for path in PAGES:
            httpx.get(base + path, timeout=120)
        with sync_playwright() as play:
            browser, page = opened(play, base)
            facts = httpx.get(f"{base}/api/v1/policy").json()
            print(f"\none user, {facts['draws']} draws, {len(facts['measures'])} measures")
            alone, plain = told(moves(page, given.moves)), floor(base)
            print(f"smallest file (floor) {plain:.1f} ms; slider / floor: {alone / plain:.0f}")
            browser.close()
            browser, page = opened(play, base)
            page.locator("#lab-s1-border-range").press("ArrowRight")
            thread, counts, times = crowd(base, given.heavy, given.seconds)
            print(f"\nthe same beside {given.heavy} heavy users")
            told(moves(page, given.moves))
            thread.join()
            browser.close()
        p50, p95 = np.percentile(times, [50, 95])
        print(
            f"cached pages of a reader: median {p50:.1f} ms, p95 {p95:.1f} ms (limit 200); runs of the heavy: {counts}"
        )
    finally:
        process.terminate()
        process.wait(20)


if __name__ == "__main__":
    main()
