"""The policy lab's runs and the ranking of its measures, by the clock and by the processor.

    python benchmarks/levers.py RESULTS [--rounds 7] [--points 128]

Runs of the lab with all measures moved at 64 and 400 draws, each setting new, so that nothing comes from what is kept;
with the two measures left where they are that change the nation (a slider beside others); and the whole ranking (10
measures, 6 outcomes). SALib and OpenTURNS, where they can be imported, on the same design and outcomes in the same run.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from qonys.catalog import open_pack
from qonys.kernels.effort import effort
from qonys.kernels.sensitivity.chaos import fitted, total_degree
from qonys.kernels.sensitivity.indices import from_chaos
from qonys.kernels.sensitivity.sampled import crossed, from_runs
from qonys.study.lab.lever_ranking import rank_levers
from qonys.study.lab.session import Lab, open_lab
from qonys.study.runs.results import read_results

NATIONAL = ("border", "common_market")


def settings(lab: Lab, number: int, fixed: bool) -> dict[str, float]:
    """A new setting of all measures; `fixed`: those that change the whole nation stay where they are set."""
    rng, still = np.random.default_rng(number), np.random.default_rng(0)
    found = {}
    for one in lab.measures:
        first, value = float(still.uniform(one.low, one.high)), float(rng.uniform(one.low, one.high))
        found[one.id] = first if fixed and one.id in NATIONAL else value
    return found


def clocked(do: Callable[[int], Any], rounds: int) -> tuple[float, float]:
    """Median wall and processor time of a call, ms."""
    wall, own = [], []
    for number in range(1, rounds + 1):
        begin, used = time.perf_counter(), time.process_time()
        do(number)
        wall.append(time.perf_counter() - begin)
        own.append(time.process_time() - used)
    return 1000 * float(np.median(wall)), 1000 * float(np.median(own))


def told(name: str, times: tuple[float, float], limit: float) -> None:
    """One line."""
    print(f"{name:58s} wall {times[0]:8.1f} ms   processor {times[1]:8.1f} ms   (limit {limit:g} by the clock)")


def lab_runs(results: Path, rounds: int) -> None:
    """Runs of the lab at 64 and 400 draws."""
    pack, stored = open_pack("kazakhstan"), read_results(results)
    for draws, limit in ((64, 30.0), (400, 300.0)):
        lab = open_lab(pack, stored, draws)
        lab.baseline()
        for fixed, name in ((False, "all measures moved"), (True, "all moved, the nation's as before")):
            lab.run(settings(lab, 0, fixed))
            with effort() as spent:
                lab.run(settings(lab, 10_000, fixed))
            told(f"{draws} draws, {name}", clocked(partial(moved, lab, fixed), rounds), limit)
            print(f"{'':4s}cells and years in the engine: {spent['regional_cell_years'] / 1e6:.1f} million")


def moved(lab: Lab, fixed: bool, number: int) -> object:
    """One run of a new setting."""
    return lab.run(settings(lab, number, fixed))


def ranking(results: Path, points: int) -> None:
    """The whole ranking."""
    lab = open_lab(open_pack("kazakhstan"), read_results(results), 64)
    begin, used = time.perf_counter(), time.process_time()
    found = rank_levers(lab, lab.until, points=points)
    wall, own = time.perf_counter() - begin, time.process_time() - used
    size = f"{len(lab.measures)} measures x {found.fit.height} outcomes"
    print(f"{size}: wall {wall:.1f} s, processor {own:.1f} s (limit 60)")
    print(f"    least predicted share of runs left out {min(found.fit['left_out'].to_list()):.4f} (limit 0.99)")


def peers() -> None:
    """Indices of made-up outcomes on one design: ours, SALib's, OpenTURNS'."""
    inputs, rng = 10, np.random.default_rng(1)
    unit = rng.uniform(size=(1024, 2 * inputs))
    design = crossed(unit)
    outcome = np.sin(design @ np.linspace(1, 2, inputs)) + design[:, 0] * design[:, 1]
    ours = clocked(lambda _: from_runs(outcome, inputs, count=100), 5)
    told("indices by runs, 12 288 runs, 100 samples: ours", ours, np.inf)
    try:
        from SALib.analyze import sobol

        problem = {"num_vars": inputs, "names": list("abcdefghij"), "bounds": [[0, 1]] * inputs}
        turned = outcome.reshape(inputs + 2, -1).T.ravel()
        other = clocked(lambda _: sobol.analyze(problem, turned, calc_second_order=False, num_resamples=100), 5)
        told("    SALib", other, np.inf)
        print(f"    SALib / ours: {other[0] / ours[0]:.1f}")
    except ImportError:
        print("    SALib is not there")
    points, terms = 2 * unit[:256, :inputs] - 1, total_degree(inputs, 2)
    values = outcome[:256]

    def own(_: int) -> None:
        fit = fitted(points, values, terms)
        from_chaos(fit.terms, fit.coefficients[:, None])

    ours = clocked(own, 5)
    told("polynomials of degree 2, 256 runs, 66 terms: ours", ours, np.inf)
    try:
        import openturns as ot

        family = ot.OrthogonalProductPolynomialFactory([ot.LegendreFactory()] * inputs)
        law = ot.JointDistribution([ot.Uniform(-1, 1)] * inputs)

        def theirs(_: int) -> None:
            made = ot.LeastSquaresExpansion(ot.Sample(points), ot.Sample(values[:, None]), law, family, len(terms))
            made.run()
            found = ot.FunctionalChaosSobolIndices(made.getResult())
            [found.getSobolTotalIndex(i) for i in range(inputs)]

        other = clocked(theirs, 5)
        told("    OpenTURNS", other, np.inf)
        print(f"    OpenTURNS / ours: {other[0] / ours[0]:.1f}")
    except ImportError:
        print("    OpenTURNS is not there")


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    options.add_argument("results", type=Path)
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--points", type=int, default=128)
    given = options.parse_args()
    lab_runs(given.results, given.rounds)
    ranking(given.results, given.points)
    peers()


if __name__ == "__main__":
    main()
