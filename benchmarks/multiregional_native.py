"""The compiled kernel of the multiregional engine beside matrix products, Numba, NumPy and itself on two threads.

Run: ./.venv/bin/python benchmarks/multiregional_native.py
World, populations and drivers are those of benchmarks/multiregional.py, made up at random from fixed seeds. The
numbers are first held against the oracle. One-thread figures are CPU time, interleaved with the product that sets
the limit, best of the rounds; threads are wall time and depend on who else uses the machine.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import multiregional as plain
import numpy as np

from qonys.kernels.multiregional import engine
from qonys.kernels.multiregional import step as mr

YEARS, DRAWS = plain.YEARS, plain.DRAWS
KINDS = ((np.float32, "SGEMM", 1e-5), (np.float64, "DGEMM", 1e-12))


def check(tables: mr.Tables, base: np.ndarray, given: mr.Drivers) -> None:
    """The compiled kernel in both precisions and both orders against the oracle."""
    few = given.part(3, 5)
    cells = engine.KeptSums(np.arange(base.size).reshape(base.shape))
    for timing in (mr.END, mr.EVEN):
        oracle = np.stack([mr.project(base, tables, few, d, timing).population for d in range(2)])
        for dtype, _, most in KINDS:
            found = engine.run(base, tables, few, cells, timing, dtype, engine="native").buckets
            assert np.abs(found / oracle.reshape(found.shape) - 1).max() < most


def shares() -> None:
    """Share of the rate of a matrix product, and ratios to Numba and to matrix products in NumPy."""
    tables, base, given = plain.world(), plain.people(), plain.drivers(DRAWS)
    check(tables, base, given)
    flop = (2 * plain.REGIONS + 9) * base.size * DRAWS * YEARS
    for dtype, label, _ in KINDS:
        a = plain.RNG.uniform(0, 1, (1500, 1500)).astype(dtype)
        ours = partial(engine.run, base, tables, given, dtype=dtype, threads=1)
        work: plain.Work = {
            "product": partial(np.matmul, a, a),
            "native": partial(ours, engine="native"),
            "numba": partial(ours, engine="numba"),
            "rival": partial(plain.Blas(tables, dtype).run, base, given.part(0, 16)),
        }
        for do in work.values():
            do()
        t = plain.best(time.process_time, work)
        limit, rate = 2 * 1500**3 / t["product"], flop / t["native"]
        print(
            f"{np.dtype(dtype).name}: {1e6 * t['native'] / DRAWS / YEARS:.0f} us a trajectory-year, "
            f"{rate / 1e9:.1f} of {limit / 1e9:.0f} GFLOP/s of {label}(1500) = {100 * rate / limit:.0f} %; "
            f"Numba {t['numba'] / t['native']:.2f} x, NumPy/BLAS {t['rival'] * DRAWS / 16 / t['native']:.1f} x slower"
        )


def threads() -> None:
    """Two threads against one, beside two products at once; the bits are the same."""
    tables, base, given = plain.world(), plain.people(), plain.drivers(256)
    ours = partial(engine.run, base, tables, given, dtype=np.float32, engine="native")
    assert np.array_equal(ours(threads=1).accounts, ours(threads=2).accounts)
    a = plain.RNG.uniform(0, 1, (1500, 1500)).astype(np.float32)
    with ThreadPoolExecutor(2) as pool:
        work: plain.Work = {
            "one": partial(ours, threads=1),
            "two": partial(ours, threads=2),
            "product": lambda: [a @ a for _ in range(8)],
            "products": lambda: list(pool.map(lambda _: a @ a, range(8))),
        }
        t = plain.best(time.perf_counter, work, 5)
    print(f"two threads: {t['one'] / t['two']:.2f} x one; matrix products {t['product'] / t['products']:.2f} x")


def page() -> None:
    """What a page asks for at each move of a slider: 400 draws of one group, 25 years, order EVEN, sums by region."""
    tables, base, given = plain.world(groups=1), plain.people(groups=1), plain.drivers(400, groups=1)
    keep = engine.KeptSums(plain.names(tables), np.arange(plain.REGIONS)[:, None])
    for dtype, _, _ in KINDS:
        ours = partial(engine.run, base, tables, given, keep, mr.EVEN, dtype, threads=1)
        work: plain.Work = {name: partial(ours, engine=name) for name in ("native", "numba")}
        for do in work.values():
            do()
        t = plain.best(time.process_time, work, 9)
        print(
            f"page, {np.dtype(dtype).name}: {1e3 * t['native']:.0f} ms of one thread, Numba {1e3 * t['numba']:.0f} ms"
        )


def main() -> None:
    """All parts, in a process whose matrix products use one thread."""
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":
        sys.exit(subprocess.run([sys.executable, __file__], env=os.environ | plain.ONE_THREAD, check=False).returncode)
    if engine.why_not():
        print(f"the compiled kernel cannot be had: {engine.why_not()}")
        return
    for part in (shares, threads, page):
        part()
    print(f"load of the machine meanwhile: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")


if __name__ == "__main__":
    main()
