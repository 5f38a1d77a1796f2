"""Times of the indicators of flow tables against a plain twin written loop by loop, in one process.

Run: ./.venv/bin/python benchmarks/indicators.py
Made-up tables of 20 regions, 16 years and 20 age groups. The twin computes the same indices of the
system with loops over cells; it is run on some of the tables and its time multiplied.
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from qonys.kernels.indices.system import system_indices
from qonys.kernels.indices.zoning import random_zones, scale_effect
from qonys.measurement.indicators.all import AuxiliaryTables, SystemOptions, indicators

Array = NDArray[np.float64]
REGIONS, YEARS, AGES = 20, 16, 20


def fastest(job: Callable[[], object], rounds: int = 3) -> float:
    """Shortest wall seconds of several rounds."""
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        job()
        times.append(time.perf_counter() - started)
    return min(times)


def twin(moves: list[list[float]], people: list[float]) -> dict[str, float]:
    """CMI, MEI, ANMR, connectivity, inequality, Gini, weighted Gini and ACV by plain loops."""
    n = len(moves)
    cells = [moves[i][j] for i in range(n) for j in range(n) if i != j]
    total = sum(cells)
    net = sum(abs(sum(moves[i][j] - moves[j][i] for j in range(n) if j != i)) for i in range(n))
    found = {
        "cmi": 100 * total / sum(people),
        "mei": 50 * net / total,
        "anmr": 50 * net / sum(people),
        "connectivity": sum(cell > 0 for cell in cells) / len(cells),
        "inequality": 0.5 * sum(abs(cell / total - 1 / len(cells)) for cell in cells),
        "gini": sum(abs(a - b) for a in cells for b in cells) / (2 * len(cells) * total),
    }
    found["mwg"] = found["acv"] = 0.0
    for fields in (moves, list(map(list, zip(*moves, strict=True)))):
        for i, row in enumerate(fields):
            field = [cell for j, cell in enumerate(row) if j != i]
            mean = sum(field) / len(field)
            spread = sum(abs(a - b) for a in field for b in field)
            found["mwg"] += spread / (2 * len(field) * total) / 2
            found["acv"] += (sum((a - mean) ** 2 for a in field) / len(field)) ** 0.5 / mean * sum(field) / total
    return found


def frames(moves: Array, people: Array) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The tables as tidy frames: flows, population, distances."""
    ages = [f"{5 * a}-{5 * a + 4}" for a in range(AGES - 1)] + [f"{5 * (AGES - 1)}+"]
    names = np.array([f"region {i}" for i in range(REGIONS)])
    year, age, origin, destination = np.indices(moves.shape).reshape(4, -1)
    flows = pl.DataFrame(
        {
            "period": 2000 + year,
            "age": np.array(ages)[age],
            "origin": names[origin],
            "destination": names[destination],
            "value": moves.ravel(),
        }
    )
    year, age, region = np.indices(people.shape).reshape(3, -1)
    living = pl.DataFrame(
        {"period": 2000 + year, "age": np.array(ages)[age], "region": names[region], "population": people.ravel()}
    )
    origin, destination = np.indices((REGIONS, REGIONS)).reshape(2, -1)
    far = pl.DataFrame(
        {
            "origin": names[origin],
            "destination": names[destination],
            "distance": 10.0 + np.abs(origin**1.5 - destination**1.5),
        }
    ).filter(pl.col("origin") != pl.col("destination"))
    return flows, living, far


def main() -> None:
    """Print one line per measure."""
    random = np.random.Generator(np.random.Philox(key=7))
    sizes = random.gamma(1.0, 20.0, (1, 1, REGIONS, REGIONS)) * random.gamma(2.0, 1.0, (1, AGES, 1, 1))
    moves = random.poisson(np.broadcast_to(sizes, (YEARS, AGES, REGIONS, REGIONS))).astype(np.float64)
    people = random.integers(2_000, 50_000, (YEARS, AGES, REGIONS)).astype(np.float64)
    flows, living, far = frames(moves, people)
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    tables = YEARS * AGES
    some = 8
    lists = [(moves[0, a].tolist(), people[0, a].tolist()) for a in range(some)]
    plain = fastest(lambda: [twin(*pair) for pair in lists], 1) / some * tables
    ours = fastest(lambda: system_indices(moves, people, None, expected=False))
    print(f"indices of {tables} tables, arrays: {ours:.3f} s, {plain / ours:.0f} x faster than loops ({plain:.1f} s)")
    job = fastest(lambda: indicators(flows, living, AuxiliaryTables(distances=far), SystemOptions(draws=0)))
    print(f"all indicators from {flows.height} rows, no intervals by draws: {job:.2f} s")
    full = fastest(lambda: indicators(flows, living, AuxiliaryTables(distances=far), SystemOptions(draws=200)))
    loops = plain / AGES * 201
    print(
        f"all indicators with 200 draws a year (limit 1 s): {full:.2f} s, "
        f"{loops / full:.0f} x faster than loops over the draws ({loops:.0f} s)"
    )
    touch = np.eye(REGIONS, k=1) + np.eye(REGIONS, k=5)
    zones = tuple(range(2, REGIONS + 1))
    scale = fastest(lambda: scale_effect(moves[0].sum(axis=0), people[0].sum(axis=0), zones, 200, 1, touch))
    zoned = random_zones(REGIONS, 10, some, 1, touch)
    merged = [
        [[float(moves[0, :, row == a][:, :, row == b].sum()) for b in range(10)] for a in range(10)] for row in zoned
    ]
    slow = fastest(lambda: [twin(each, [1.0] * 10) for each in merged], 1) / some * 200 * len(zones)
    print(f"scale, 19 numbers of zones x 200 aggregations: {scale:.2f} s, {slow / scale:.0f} x faster than loops")


if __name__ == "__main__":
    main()
