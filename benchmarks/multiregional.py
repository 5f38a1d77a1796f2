"""The multiregional engine beside matrix products, NumPy, itself on two threads, and its structured form.

Run: ./.venv/bin/python benchmarks/multiregional.py
World, populations and drivers are made up at random from fixed seeds. Every part first asserts that the
numbers are those of the oracle. One-thread figures are CPU time, interleaved with the product that sets the limit,
best of the rounds; the rest is wall time and depends on who else uses the machine.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from qonys.kernels.multiregional import engine, low_rank
from qonys.kernels.multiregional import step as mr
from qonys.study.lab.summaries import quantiles

REGIONS, GROUPS, AGES, YEARS, DRAWS = 20, 8, 101, 25, 64
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
Work = dict[str, Callable[[], object]]
RNG = np.random.Generator(np.random.Philox(key=4))


def rows(*shape: int) -> np.ndarray:
    """Random shares that sum to 1 along the last axis."""
    found = RNG.uniform(0, 1, shape)
    return np.asarray(found / found.sum(axis=-1, keepdims=True))


def fertile(ages: int) -> np.ndarray:
    """Ages that bear, 15-49 of 101 or of as many five-year groups."""
    age = np.arange(ages) * (1 if ages > 50 else 5)
    return (age >= 15) & (age < 50)


def world(
    regions: int = REGIONS, groups: int = GROUPS, ages: int = AGES, moves: mr.Structured | None = None
) -> mr.Tables:
    """A closed-form country with every part of the step but changes of group; mortality differs by region and group."""
    full = (regions, groups, 2, ages)
    od = mr.Dense(0.97 * np.eye(regions) + 0.03 * rows(2, ages, regions, regions)) if moves is None else moves
    mortality = RNG.uniform(0.8, 1.2, (regions, groups, 1, 1))
    births = RNG.uniform(0.02, 0.1, (regions, groups, ages)) * fertile(ages)
    mixing = 0.9 * np.eye(groups) + 0.1 * rows(groups, groups)
    return mr.Tables(mortality, births, mixing, od, RNG.uniform(0, 0.01, full), RNG.uniform(0, 20, full))


def drivers(draws: int, years: int = YEARS, ages: int = AGES, groups: int = GROUPS) -> mr.Drivers:
    """Factors near 1, by group for moves and immigration, and a table of 40 levels of mortality."""
    level = np.exp(-8.5 + 0.085 * np.arange(ages) * (1 if ages > 50 else 5))
    table = level * np.linspace(1.3, 0.5, 40)[:, None, None] * np.ones((1, 2, 1))
    place = np.clip(20 + np.cumsum(RNG.normal(0, 0.4, (draws, years, 2)), axis=1), 0, 39)
    near = [RNG.uniform(0.9, 1.1, (draws, years, *s)) for s in ((), (groups,), (), (groups,))]
    return mr.Drivers(np.minimum(table, 2.0), place, near[0], near[1], near[2], near[3], np.full(years, 1.055))


def people(regions: int = REGIONS, groups: int = GROUPS, ages: int = AGES) -> np.ndarray:
    return np.asarray(RNG.uniform(100, 3000, (regions, groups, 2, ages)) * np.linspace(1.5, 0.02, ages))


def best(clock: Callable[[], float], work: Work, rounds: int = 7) -> dict[str, float]:
    """Best time of each work, rounds interleaved."""
    found = dict.fromkeys(work, np.inf)
    for _ in range(rounds):
        for name, do in work.items():
            started = clock()
            do()
            found[name] = min(found[name], clock() - started)
    return found


@dataclass(frozen=True)
class Blas:
    """The best arrangement in NumPy: 16 draws at a time, one matrix product for each sex and age, no accounts."""

    tables: mr.Tables
    dtype: Any

    def run(self, base: np.ndarray, given: mr.Drivers) -> np.ndarray:
        """Populations of the last year, (D, 2, A, G, R)."""
        t, kind = self.tables, self.dtype
        assert isinstance(t.moves, mr.Dense)

        def turn(values: np.ndarray) -> np.ndarray:
            return np.ascontiguousarray(values.transpose(2, 3, 1, 0), dtype=kind)

        mortality, out, into = turn(t.mortality), turn(t.emigration), turn(t.immigration)
        fertility = np.ascontiguousarray(t.fertility.transpose(2, 1, 0), dtype=kind)
        od, level = t.moves.od.astype(kind), t.moves.leave().transpose(1, 2, 0)[:, :, None].astype(kind)
        choice = (od * (1 - np.eye(od.shape[-1]))).astype(kind)
        found = []
        for first in range(0, len(given.place), 16):
            part = given.part(first, first + 16)
            now = np.repeat(turn(base)[:, :, None], len(part.place), axis=2)
            for year in range(given.place.shape[1]):
                now = self._year(now, part, year, (mortality, out, into, fertility, choice, level))
            found.append(now.transpose(2, 0, 1, 3, 4))
        return np.concatenate(found)

    def _year(self, now: np.ndarray, given: mr.Drivers, year: int, parts: tuple[np.ndarray, ...]) -> np.ndarray:
        mortality, out, into, fertility, choice, level = parts
        rates = np.stack([mr.rates_at(given.mortality, p) for p in given.place[:, year]]).transpose(1, 2, 0)
        survival = np.exp(-rates[..., None, None].astype(self.dtype) * mortality[:, :, None])
        factor = {n: given.by_cell(n)[:, year].transpose(0, 2, 1).astype(self.dtype) for n in mr.FACTORS}
        alive = np.empty_like(now)
        alive[:, 1:] = now[:, :-1]
        alive[:, -1] += now[:, -1]
        alive[:, 1:] *= survival[:, 1:]
        women = now[0].copy()
        women[1:] += alive[0, 1:]
        bears = fertility.any(axis=(1, 2))
        mothers = np.einsum("xngr,xgr->ngr", women[bears], fertility[bears]) * factor["fertility"] / 2
        births = np.einsum("ngr,gh->nhr", mothers, self.tables.mixing.astype(self.dtype))
        girls = births / self.dtype(1 + given.sex_ratio[year])
        alive[0, 0], alive[1, 0] = girls * survival[0, 0], (births - girls) * survival[1, 0]
        alive -= alive * (out[:, :, None] * factor["emigration"])
        gone = alive * factor["internal"]
        shape = gone.shape
        came = np.matmul(gone.reshape(*shape[:2], -1, shape[-1]), choice).reshape(shape)
        return np.asarray(alive - gone * level[:, :, None] + came + into[:, :, None] * factor["immigration"])


def names(tables: mr.Tables, bands: int = 4) -> np.ndarray:
    """Buckets of region x group x age band."""
    regions, groups, _, ages = tables.emigration.shape
    band = np.minimum(np.arange(ages) // 25, bands - 1)
    return np.broadcast_to(
        bands * np.arange(regions * groups).reshape(regions, groups, 1, 1) + band, tables.emigration.shape
    )


def check(tables: mr.Tables, base: np.ndarray, given: mr.Drivers) -> None:
    """The engine in both precisions, and the rival, against the oracle."""
    few = given.part(3, 7)
    cells = np.arange(base.size).reshape(base.shape)
    oracle = np.stack([mr.project(base, tables, few, d).population for d in range(4)])
    for dtype, most in ((np.float64, 1e-12), (np.float32, 1e-5)):
        found = engine.run(base, tables, few, engine.KeptSums(cells), dtype=dtype).buckets
        assert np.abs(found / oracle.reshape(found.shape) - 1).max() < most
        rival = Blas(tables, dtype).run(base, few).transpose(0, 4, 3, 1, 2)
        assert np.abs(rival / oracle[:, -1] - 1).max() < 20 * most


def one_thread() -> None:
    """Share of the rate of a matrix product, the rival, and what summaries cost."""
    tables, base, given = world(), people(), drivers(DRAWS)
    check(tables, base, given)
    flop = (2 * REGIONS + 9) * base.size * DRAWS * YEARS
    units = np.arange(REGIONS * GROUPS).reshape(REGIONS, GROUPS)
    sums = engine.KeptSums(names(tables), units)
    last, every = replace(sums, moments=(YEARS,)), replace(sums, moments=tuple(range(YEARS + 1)))
    for dtype, label in ((np.float32, "SGEMM"), (np.float64, "DGEMM")):
        a = RNG.uniform(0, 1, (1500, 1500)).astype(dtype)
        ours = partial(engine.run, base, tables, given, dtype=dtype, threads=1)
        work: Work = {"product": partial(np.matmul, a, a), "alone": ours}
        work |= {name: partial(ours, keep) for name, keep in (("sums", sums), ("last", last), ("every", every))}
        work["rival"] = partial(Blas(tables, dtype).run, base, given.part(0, 16))
        t = best(time.process_time, work)
        limit, rate, alone = 2 * 1500**3 / t["product"], flop / t["alone"], t["alone"]
        print(
            f"{np.dtype(dtype).name}: {1e6 * alone / DRAWS / YEARS:.0f} us a trajectory-year, {rate / 1e9:.1f} of "
            f"{limit / 1e9:.0f} GFLOP/s of {label}(1500) = {100 * rate / limit:.0f} %; "
            f"NumPy/BLAS {t['rival'] * DRAWS / 16 / alone:.1f} x slower\n"
            f"  with 640 sums and accounts of 160 units {t['sums'] / alone:.2f} x, "
            f"and moments of the last year {t['last'] / alone:.2f} x, of all years {t['every'] / alone:.2f} x"
        )


def threads() -> None:
    """Two threads against one, beside two products at once."""
    tables, base, given = world(), people(), drivers(256)
    a = RNG.uniform(0, 1, (1500, 1500)).astype(np.float32)
    one, two = (engine.run(base, tables, given.part(0, 40), dtype=np.float32, threads=n) for n in (1, 2))
    assert np.array_equal(one.accounts, two.accounts)
    ours = partial(engine.run, base, tables, given, dtype=np.float32)
    with ThreadPoolExecutor(2) as pool:
        work: Work = {
            "one": partial(ours, threads=1),
            "two": partial(ours, threads=2),
            "product": lambda: [a @ a for _ in range(8)],
            "products": lambda: list(pool.map(lambda _: a @ a, range(8))),
        }
        t = best(time.perf_counter, work, 5)
    print(f"two threads: {t['one'] / t['two']:.2f} x one; matrix products {t['product'] / t['products']:.2f} x")


def districts(regions: int = 400, rank: int = 8) -> None:
    """Dense against rank 8 at 400 regions, five-year ages; moves by distance and size, and what the form loses."""
    ages, groups, draws, years = 21, 8, 16, 12
    at, size = RNG.uniform(0, 1, (regions, 2)), RNG.lognormal(0, 1, regions)
    away = np.hypot(*(at[:, None] - at[None]).T) + 0.05
    pull = size / away * (1 - np.eye(regions))
    choice = pull / pull.sum(axis=1, keepdims=True)
    leave = RNG.uniform(0.01, 0.05, (2, ages, regions, 1))
    dense = mr.Dense(leave * choice + (1 - leave) * np.eye(regions))
    tables = replace(world(regions, groups, ages, mr.structured(dense)), moves=dense)
    base, given = people(regions, groups, ages), drivers(draws, years, ages)
    started = time.process_time()
    found = low_rank.fit(dense, base.sum(axis=1), rank)
    fitting = time.process_time() - started
    pooled = replace(tables, moves=found.moves)
    keep = engine.KeptSums(np.broadcast_to(np.arange(regions).reshape(-1, 1, 1, 1), base.shape))
    oracle = mr.project(base, pooled, given, 3).population.sum(axis=(2, 3, 4))
    assert np.abs(engine.run(base, pooled, given, keep).buckets[3] / oracle - 1).max() < 1e-12
    runs: Work = {
        name: partial(engine.run, base, form, given, keep, dtype=np.float32, threads=1)
        for name, form in (("dense", tables), ("pooled", pooled))
    }
    t = best(time.process_time, runs, 3)
    one, two = (engine.run(base, form, given, keep, dtype=np.float32).buckets[:, -1] for form in (tables, pooled))
    print(
        f"{regions} regions: rank {rank} {t['dense'] / t['pooled']:.1f} x faster than dense; "
        f"{100 * found.misplaced:.1f} % of movers misplaced, a region's total off by "
        f"{100 * np.abs(two / one - 1).max():.2f} % at most after {years} steps; fit {fitting:.1f} s"
    )


def interactive() -> None:
    """One deterministic run to 2075 and a fan of 400 draws; CPU time of one thread, then wall time of both."""
    for groups in (1, GROUPS):
        tables, base, given = world(groups=groups), people(groups=groups), drivers(1, 52, groups=groups)
        t = best(time.process_time, {"run": partial(mr.project, base, tables, given)}, 9)
        print(f"one run of 52 years, {REGIONS} regions, {groups} group(s), NumPy: {1e3 * t['run']:.1f} ms")
    tables, base, given = world(groups=1), people(groups=1), drivers(400, groups=1)
    keep = engine.KeptSums(names(tables), np.arange(REGIONS)[:, None])

    def page(threads: int | None = None) -> np.ndarray:
        found = engine.run(base, tables, given, keep, dtype=np.float32, threads=threads)
        return np.asarray(quantiles(found.buckets, (0.1, 0.5, 0.9)))

    buckets = engine.run(base, tables, given, keep, dtype=np.float32).buckets
    assert np.abs(page() / np.quantile(buckets, (0.1, 0.5, 0.9), axis=0) - 1).max() < 1e-12
    cpu = best(time.process_time, {"page": partial(page, 1)}, 9)["page"]
    wall = best(time.perf_counter, {"page": page}, 9)["page"]
    print(
        f"400 draws x {REGIONS} regions x {YEARS} years with quantiles of 80 sums: {1e3 * cpu:.0f} ms on one "
        f"thread (CPU time), {1e3 * wall:.0f} ms by the clock"
    )


def memory(draws: int, folder: Path) -> None:
    """A child: an ensemble in chunks of 500 draws, each written; prints its peak memory in MiB."""
    tables, base = world(), people()
    keep = engine.KeptSums(names(tables), moments=(5,))
    for first in range(0, draws, 500):
        given = replace(drivers(500, 5), first=first)
        found = engine.run(base, tables, given, keep, dtype=np.float32)
        np.save(folder / f"{first}.npy", found.buckets)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def children() -> None:
    """Peak memory at 1,000 and 10,000 draws, and a fresh process to its first result."""
    peak = []
    for draws in (1000, 10000):
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                [sys.executable, __file__, "memory", str(draws), folder], capture_output=True, text=True, check=True
            )
        peak.append(float(done.stdout))
    print(f"peak memory: {peak[0]:.0f} MiB at 1,000 draws, {peak[1]:.0f} MiB at 10,000, {peak[1] / peak[0]:.3f} x")
    started = time.perf_counter()
    subprocess.run([sys.executable, __file__, "first"], check=True)
    print(f"fresh process to the first result of 64 draws, compiled before: {time.perf_counter() - started:.1f} s")


def first() -> None:
    """A child: one small ensemble."""
    engine.run(people(), world(), drivers(64), dtype=np.float32)


def main() -> None:
    """All parts, in a process whose matrix products use one thread."""
    what = sys.argv[1:] or ["all"]
    os.environ.setdefault("QONYS_ENGINE", "numba")  # figures of the kernel that is always there, unless said otherwise
    if what[0] == "memory":
        memory(int(what[1]), Path(what[2]))
    elif what[0] == "first":
        first()
    elif os.environ.get("OPENBLAS_NUM_THREADS") != "1":
        sys.exit(subprocess.run([sys.executable, __file__, *what], env=os.environ | ONE_THREAD, check=False).returncode)
    else:
        parts = {
            "one": one_thread,
            "threads": threads,
            "districts": districts,
            "interactive": interactive,
            "children": children,
        }
        for name, part in parts.items():
            if what[0] in ("all", name):
                part()
        print(f"load of the machine meanwhile: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")


if __name__ == "__main__":
    main()
