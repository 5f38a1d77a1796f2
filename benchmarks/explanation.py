"""Times of gravity by PPML against bare PyFixest, and of contributions with intervals, in one process.

Run: ./.venv/bin/python benchmarks/explanation.py (the extra "gravity" for the peer)
Made-up flows of 200 origins, 200 destinations and 30 years with effects of origin by year and destination by year:
1,194,000 rows, 12,000 effects. Contributions: six groups on a panel of 240 pairs and seven years, 500 draws.
"""

from __future__ import annotations

import platform
import resource
import time
import warnings
from collections.abc import Callable

import numpy as np
import polars as pl

from qonys.explanation.contributions import coefficient_draws, to_direction
from qonys.explanation.gravity import Gravity, Model, fit_gravity

PLACES, YEARS = 200, 30
MODEL = Model("moves", ("x0", "x1"), ("origin^year", "destination^year"), ("origin^destination",))


def timed(job: Callable[[], object]) -> tuple[float, object]:
    """Wall seconds and the result."""
    started = time.perf_counter()
    found = job()
    return time.perf_counter() - started, found


def flows() -> pl.DataFrame:
    """Flows with a third of zeros, two regressors of pairs and years."""
    rng = np.random.default_rng(1)
    o, d = (grid.ravel() for grid in np.meshgrid(np.arange(PLACES), np.arange(PLACES), indexing="ij"))
    o, d = o[o != d], d[o != d]
    pairs = len(o)
    o, d, t = np.tile(o, YEARS), np.tile(d, YEARS), np.repeat(np.arange(YEARS), pairs)
    x = rng.normal(size=(len(o), 2))
    effects = rng.normal(size=(2, PLACES, YEARS)) / 2
    mu = np.exp(0.4 + effects[0, o, t] + effects[1, d, t] + x @ [0.2, -0.3])
    frame = {"origin": o, "destination": d, "year": t, "x0": x[:, 0], "x1": x[:, 1]}
    return pl.DataFrame({**frame, "moves": rng.poisson(mu).astype(np.float64)})


def bare(frame: pl.DataFrame) -> np.ndarray:
    """PyFixest as a person would call it, on a data frame with the effects joined beforehand."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pandas
        import pyfixest

        columns = {name: frame[name].to_numpy() for name in ("moves", "x0", "x1")}
        o, d, t = (frame[name].to_numpy() for name in ("origin", "destination", "year"))
        columns |= {"e0": o * YEARS + t, "e1": d * YEARS + t, "c0": o * PLACES + d}
        found = pyfixest.fepois(
            "moves ~ x0 + x1 | e0 + e1", pandas.DataFrame(columns), vcov={"CRV1": "c0"}, separation_check=["fe"]
        )
    return np.asarray(found.coef().to_numpy())


def contributions() -> None:
    """Six groups, twelve regressors, 1,680 cells, 500 draws."""
    rng = np.random.default_rng(2)
    x, years = rng.normal(size=(1680, 12)), np.repeat(np.arange(7), 240)
    moves = rng.poisson(np.exp(5 + x @ np.full(12, 0.1))).astype(np.float64)
    draws = coefficient_draws(np.full(12, 0.1), np.eye(12) * 1e-4, 500, 1)
    groups = {f"g{k}": [2 * k, 2 * k + 1] for k in range(6)}
    seconds, _ = timed(lambda: to_direction(moves, x, years, draws, groups))
    print(f"contributions of six groups, 500 draws: {seconds:.1f} s")


def memory() -> float:
    """Greatest resident memory of the process so far, GiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def main() -> None:
    """Print the times, ratios, memory and agreement."""
    print(platform.processor() or platform.machine(), platform.python_version())
    contributions()
    frame = flows()
    zeros = float((frame["moves"] == 0).to_numpy().mean())
    print(f"{frame.height} rows, {zeros:.0%} zeros, {memory():.2f} GiB before any fit")
    for name, engine in (("own kernel", "own"), ("through PyFixest", "library")):
        first, _ = timed(lambda e=engine: fit_gravity(frame, MODEL, e))  # type: ignore[misc]
        warm, found = timed(lambda e=engine: fit_gravity(frame, MODEL, e))  # type: ignore[misc]
        assert isinstance(found, Gravity)
        shown = found.coefficients().round(8).tolist()
        print(f"{name}: first {first:.1f} s, warm {warm:.1f} s, {memory():.2f} GiB, {shown}")
    timed(lambda: bare(frame))
    peer, coefficients = timed(lambda: bare(frame))
    shown = np.round(np.asarray(coefficients, dtype=float), 8).tolist()
    print(f"bare PyFixest: warm {peer:.1f} s, {memory():.2f} GiB, {shown}")
    print(f"through PyFixest to bare: {warm / peer:.2f}")


if __name__ == "__main__":
    main()
