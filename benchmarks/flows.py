"""Flows from stocks and raking, each beside a plain twin and, where installed, a peer.

Run: ./.venv/bin/python benchmarks/flows.py
The peers (ipfn, humanleague) are the dependency group `peers`; without them their lines say so.
All tables are made up at random from a fixed seed.
"""

from __future__ import annotations

import importlib.util
import resource

import numpy as np
from numpy.typing import NDArray
from timing import seconds

from qonys.kernels.flows.raking import Margin, margin_sum, rake, rake_plain
from qonys.kernels.flows.sinkhorn import scale
from qonys.kernels.flows.stock_flows import independence, minimum_migration, pseudo_bayes

Array = NDArray[np.float64]
RNG = np.random.Generator(np.random.Philox(key=20))


def gemm_rate(size: int = 1500) -> float:
    """GFLOP/s of a matrix product on this machine, now."""
    a = RNG.normal(size=(size, size))
    return 2 * size**3 / seconds(lambda: a @ a, 5) / 1e9


def stock_pair(n: int) -> tuple[Array, Array]:
    """Two stock tables with equal birthplace totals."""
    start = RNG.gamma(0.2, 2e4, (n, n)) + np.diag(RNG.uniform(1e6, 5e7, n))
    end = start * RNG.lognormal(0, 0.2, (n, n))
    return start, end * (start.sum(axis=1) / end.sum(axis=1))[:, None]


def plain_minimum(start: Array, end: Array, iterations: int = 20) -> Array:
    """The three-way table raked with its diagonal fixed, in plain NumPy."""
    stay = np.minimum(start, end)
    rows, columns = start - stay, end - stay
    table = np.ones((*start.shape, start.shape[1])) * ~np.eye(len(start), dtype=bool)
    for _ in range(iterations):
        sums = table.sum(axis=2)
        table *= np.divide(rows, sums, out=np.zeros_like(sums), where=sums > 0)[:, :, None]
        sums = table.sum(axis=1)
        table *= np.divide(columns, sums, out=np.zeros_like(sums), where=sums > 0)[:, None, :]
    return np.asarray(table.sum(axis=0))


def from_stocks() -> None:
    """200 places x 2 sexes x 6 periods x 3 methods."""
    pairs = [stock_pair(200) for _ in range(12)]
    np.testing.assert_allclose(minimum_migration(*pairs[0]).total(), plain_minimum(*pairs[0], 3), rtol=1e-6, atol=1e-6)

    def work() -> None:
        for start, end in pairs:
            for method in (minimum_migration, independence, pseudo_bayes):
                found = method(start, end)
                found.total(), found.returning(), found.onward()

    ours = seconds(work)
    plain = seconds(lambda: plain_minimum(*pairs[0]), 1)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"flows from stocks, 36 tables of 200 x 200 x 200: {ours:.2f} s, peak {peak:.2f} GB; "
        f"plain NumPy raking of one table {plain:.2f} s, so {36 * plain / ours:.0f} x for all"
    )


def many_tables() -> None:
    """Two margins of 200 birthplaces as matrix products."""
    truth = RNG.gamma(0.5, 1, (200, 200, 200))
    seed = RNG.gamma(2, 1, (200, 200))
    rows, columns = truth.sum(axis=2), truth.sum(axis=1)
    found = scale(rows, columns, seed)
    ours = seconds(lambda: scale(rows, columns, seed), 5)
    rate = found.iterations * 4 * 200**3 / ours / 1e9
    plain = seconds(lambda: rake_plain(np.broadcast_to(seed, truth.shape), [((0, 1), rows), ((0, 2), columns)]), 1)
    print(
        f"200 two-margin tables of one seed: {1000 * ours:.1f} ms, {found.iterations} iterations, "
        f"{rate / gemm_rate():.0%} of the matrix-product rate; plain NumPy {plain:.2f} s, {plain / ours:.0f} x"
    )


def peers(seed: Array, margins: list[Margin], iterations: int) -> list[tuple[str, float]]:
    """Seconds of the rival packages on the same table."""
    found = []
    if importlib.util.find_spec("ipfn"):
        from ipfn import ipfn

        def one() -> None:
            ipfn.ipfn(
                seed.copy(), [t for _, t in margins], [list(a) for a, _ in margins],
                convergence_rate=1e-300, rate_tolerance=0.0, max_iteration=iterations - 1,
            ).iteration()  # fmt: skip

        found.append(("ipfn", seconds(one, 1)))
    if importlib.util.find_spec("humanleague"):
        import humanleague

        places, targets = [np.array(a) for a, _ in margins], [t for _, t in margins]
        found.append(("humanleague", seconds(lambda: humanleague.ipf(seed, places, targets), 1)))
    return found


def n_way() -> None:
    """Raking of 200 x 200 x 18 x 2 and 200 x 200 x 200."""
    for shape, axes in (
        ((200, 200, 18, 2), [(0, 1), (0, 2, 3), (1, 2, 3)]),
        ((200, 200, 200), [(0, 1), (0, 2), (1, 2)]),
    ):
        truth = RNG.gamma(0.5, 1, shape)
        seed = RNG.gamma(2, 1, shape)
        margins: list[Margin] = [(inside, margin_sum(truth, inside)) for inside in axes]
        found = rake(seed, margins)
        np.testing.assert_allclose(found.table, rake_plain(seed, margins), rtol=1e-5, atol=1e-8)
        ours = seconds(lambda s=seed, m=margins: rake(s, m), 3)  # type: ignore[misc]
        plain = seconds(lambda s=seed, m=margins: rake_plain(s, m), 1)  # type: ignore[misc]
        line = f"raking {' x '.join(map(str, shape))}: {ours:.2f} s, {found.iterations} iterations; "
        line += f"plain NumPy {plain:.2f} s, {plain / ours:.1f} x"
        for name, other in peers(seed, margins, found.iterations):
            line += f"; {name} {other:.2f} s, {other / ours:.0f} x"
        print(line)
    if not importlib.util.find_spec("ipfn"):
        print("peers are not installed (dependency group `peers`)")


if __name__ == "__main__":
    from_stocks()
    many_tables()
    n_way()
