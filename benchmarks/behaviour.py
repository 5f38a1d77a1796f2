"""Persons through the chain of a move per processor-second, the twin's time, and two peers on a smaller model.

Prints person-years of single persons per second of processor time, with all stages, networks, norms, births and deaths;
the ratio of wall times of one thread and two; bytes a person; the twin's time for ten years of twenty regions, eight
ethnic groups and two levels of education; the time of a fit to six matrices of moves. neworder and Mesa (in no lock;
without them their lines say so) run births, deaths and moves at constant rates, a smaller model than ours, and stand as
ratios to ours with all stages.

    python benchmarks/behaviour.py [--people 5000000] [--years 5] [--whole]
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from collections.abc import Callable

import numpy as np

from qonys.behaviour.calibration import Noise, fit
from qonys.behaviour.inputs import BehaviourInputs
from qonys.behaviour.made_up import small_country
from qonys.behaviour.micro import MicroOptions, micro
from qonys.behaviour.observed import Observed
from qonys.behaviour.parameters import mechanism
from qonys.behaviour.past import Past, past_run
from qonys.behaviour.start import burned
from qonys.behaviour.twin import twin
from qonys.kernels.behaviour.counts import Counts
from qonys.kernels.behaviour.persons import BYTES

REGIONS, GROUPS = 20, 8
DEATH, BIRTH, MOVE = 0.01, 0.03, 0.03


def country(people: float, years: int) -> BehaviourInputs:
    """A made-up country of twenty regions and eight ethnic groups."""
    return small_country(people, REGIONS, GROUPS, years)


def processor(work: Callable[[], object], rounds: int = 3) -> tuple[float, float]:
    """Best processor and best wall time of several rounds, s."""
    best = [float("inf"), float("inf")]
    for _ in range(rounds):
        begun = time.process_time(), time.perf_counter()
        work()
        best[0] = min(best[0], time.process_time() - begun[0])
        best[1] = min(best[1], time.perf_counter() - begun[1])
    return best[0], best[1]


def ours(people: float, years: int) -> float:
    """Prints and gives person-years of single persons per processor-second, of the years alone."""
    chain, one = mechanism(), country(people, years)
    start = burned(chain, one)
    micro(chain, small_country(2e4, REGIONS, GROUPS, 1), MicroOptions())
    lived = twin(chain, one, start).people[:-1].sum()
    walls, rate = [], 0.0
    for threads in (1, 2):
        options = MicroOptions(threads=threads, chunks=16)
        spent, wall = processor(lambda options=options: micro(chain, one, options, start))  # type: ignore[misc]
        walls.append(wall)
        rate = max(rate, lived / spent)
        print(
            f"{threads} thread(s): {lived / spent / 1e6:.1f} M person-years a processor-second, "
            f"{lived / wall / 1e6:.1f} M by the clock"
        )
    print(f"two threads {walls[0] / walls[1]:.2f} times as fast by the clock; {BYTES} bytes a person")
    return rate


def twins() -> None:
    """The twin's time for ten years."""
    chain, one = mechanism(), country(2e7, 10)
    start: Counts = burned(chain, one)
    twin(chain, one, start)
    spent, wall = processor(lambda: twin(chain, one, start), 15)
    print(
        f"twin, ten years, {one.base.size:,} cells x 12 stages and phases: {1e3 * spent:.0f} ms of processor, "
        f"{1e3 * wall:.0f} ms by the clock"
    )


def whole() -> None:
    """Twenty million persons to the middle of the century."""
    chain, one = mechanism(), country(2e7, 26)
    start = burned(chain, one)
    spent, wall = processor(lambda: micro(chain, one, MicroOptions(threads=2, chunks=32), start), 1)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"20 M persons, 26 years: {wall:.0f} s by the clock, {spent:.0f} s of processor, {memory:.2f} GB at most")


def neworder_rate(people: int, years: int) -> float:
    """Person-years per processor-second of births, deaths and moves in neworder."""
    import neworder
    import pandas as pd

    class People(neworder.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(
                neworder.LinearTimeline(0, years, years), neworder.MonteCarlo.deterministic_independent_stream
            )
            rng = np.random.default_rng(1)
            self.frame = pd.DataFrame(
                {
                    "age": rng.integers(0, 90, people),
                    "sex": rng.integers(0, 2, people),
                    "region": rng.integers(0, REGIONS, people),
                }
            )
            self.matrix = np.full((REGIONS, REGIONS), MOVE / (REGIONS - 1))
            np.fill_diagonal(self.matrix, 1 - MOVE)
            self.lived = 0

        def step(self) -> None:
            self.lived += len(self.frame)
            self.frame["age"] += 1
            self.frame = self.frame[self.mc.hazard(DEATH, len(self.frame)) == 0]
            women = self.frame[(self.frame.sex == 0) & self.frame.age.between(15, 49)]
            born = women[self.mc.hazard(2 * BIRTH, len(women)) == 1].copy()
            born["age"] = 0
            born["sex"] = self.mc.hazard(0.5, len(born)).astype(int)
            self.frame = pd.concat([self.frame, born], ignore_index=True)
            neworder.df.transition(self, np.arange(REGIONS), self.matrix, self.frame, "region")

    model = People()
    spent, _ = processor(lambda: neworder.run(model), 1)
    return float(model.lived / spent)


def mesa_rate(people: int, years: int) -> float:
    """Person-years per processor-second of births, deaths and moves in Mesa."""
    import mesa

    class Person(mesa.Agent):  # type: ignore[misc]
        def __init__(self, model: mesa.Model, age: int, woman: bool, region: int) -> None:
            super().__init__(model)
            self.age, self.woman, self.region = age, woman, region

        def step(self) -> None:
            self.age += 1
            if self.random.random() < DEATH:
                self.remove()
                return
            if self.woman and 15 <= self.age < 50 and self.random.random() < 2 * BIRTH:
                Person(self.model, 0, self.random.random() < 0.5, self.region)
            if self.random.random() < MOVE:
                self.region = self.random.randrange(REGIONS)

    class Land(mesa.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            for _ in range(people):
                Person(self, self.random.randrange(90), self.random.random() < 0.5, self.random.randrange(REGIONS))

    random.seed(1)
    model, lived = Land(), 0

    def run() -> None:
        nonlocal lived
        for _ in range(years):
            lived += len(model.agents)
            model.agents.do("step")

    spent, _ = processor(run, 1)
    return lived / spent


def fits() -> None:
    """The time of a fit to six matrices of a made-up country of twenty regions and eight ethnic groups."""
    one, years = country(2e7, 1), (0, 5, 10, 11, 13, 14)
    past = Past(years, np.ones((len(years), REGIONS)))
    made = past_run(mechanism({"distance": 1.2, "network": 1.3}), one, past)
    seen = Observed(past, made.moves.round())
    fit(one, seen, ("flows",), Noise(500.0, 0.05))
    began, before = time.process_time(), time.perf_counter()
    found = fit(one, seen, ("flows",))
    spent, wall = time.process_time() - began, time.perf_counter() - before
    print(f"fit: {found.runs} runs of the chain, {spent:.1f} s of processor, {wall:.1f} s by the clock")


def main() -> None:
    """Print all measurements."""
    reading = argparse.ArgumentParser()
    reading.add_argument("--people", type=float, default=5e6)
    reading.add_argument("--years", type=int, default=5)
    reading.add_argument("--whole", action="store_true")
    given = reading.parse_args()
    twins()
    fits()
    rate = ours(given.people, given.years)
    for name, work, people in (("neworder", neworder_rate, 1_000_000), ("Mesa", mesa_rate, 50_000)):
        try:
            other = work(people, 5)
        except ImportError:
            print(f"{name} is not installed")
            continue
        print(
            f"{name}: {other / 1e6:.2f} M person-years a processor-second of births, deaths and moves; "
            f"ours, all stages, {rate / other:.1f} times"
        )
    if given.whole:
        whole()


if __name__ == "__main__":
    main()
