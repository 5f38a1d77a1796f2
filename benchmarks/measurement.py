"""Breaks, schedules, net migration by age and reconciliation, each beside a plain twin or a peer.

Run: ./.venv/bin/python benchmarks/measurement.py
Series and tables are made up at random from fixed seeds; the reconciliation is the shipped pack's.
"""

from __future__ import annotations

import importlib.util
import time

import numpy as np
from numpy.typing import NDArray
from timing import seconds

from qonys.kernels.breaks import breakpoints, change_points
from qonys.kernels.flows import intercensal
from qonys.kernels.schedules import curves as schedules
from qonys.kernels.schedules import fit as schedule_fit

Array = NDArray[np.float64]
RNG = np.random.Generator(np.random.Philox(key=7))


def long_series() -> None:
    """PELT on 100,000 points."""
    values = RNG.normal(size=100_000) + np.repeat(RNG.normal(0, 3, 200), 500)
    penalty = float(2 * np.log(len(values)))
    found = change_points.change_points(values, penalty)
    ours = seconds(lambda: change_points.change_points(values, penalty))
    line = f"change points of 100,000 values: {ours:.3f} s, {len(found)} found"
    if importlib.util.find_spec("ruptures"):
        import ruptures

        peer = ruptures.KernelCPD(kernel="linear", min_size=2).fit(values.reshape(-1, 1))
        other = seconds(lambda: peer.predict(pen=penalty), 1)
        line += f"; ruptures (C) {other:.3f} s, {other / ours:.1f} x"
    print(line)


def partitions() -> None:
    """Bai-Perron, 500 years, five breaks."""
    values = RNG.normal(size=500) + np.repeat([0.0, 2, -1, 1, 0], 100)

    def plain() -> float:
        total = 0.0
        for i in range(0, 500, 10):
            for j in range(i + 2, 500):
                part = values[i:j]
                total += float(((part - part.mean()) ** 2).sum())
        return total

    ours = seconds(lambda: breakpoints.partitions(values, 25, 5))
    twin = 10 * seconds(plain, 1)
    print(
        f"best partitions of 500 values: {ours:.3f} s; "
        f"segment sums alone by plain loops {twin:.2f} s, {twin / ours:.0f} x"
    )


def one_schedule() -> None:
    """A schedule of 13 parameters from 12 starts."""
    names = {**schedules.FUNDAMENTAL, "a3": 0.01, "alpha3": 0.3, "mu3": 63.0, "lambda3": 0.3}
    starts = np.arange(0.0, 85.0)
    ages, means = schedules.group_means(starts, starts)
    exposure = np.full(85, 1e5)
    counts = RNG.poisson(exposure * schedules.curve(names, ages)).astype(float)
    data = schedule_fit.ScheduleGroups(counts, exposure, ages, means)
    found = schedule_fit.fit(13, data)
    ours = seconds(lambda: schedule_fit.fit(13, data), 1)
    from scipy import optimize

    def plain() -> None:
        for start in schedule_fit.starting_points(schedules.MODELS[13], data):
            optimize.minimize(
                lambda f: schedule_fit.objective(f, schedules.MODELS[13], data)[0] / 1e5, start, method="L-BFGS-B",
                bounds=[(-27.0, 12.0)] * 13, options={"maxiter": 200},
            )  # fmt: skip

    with np.errstate(all="ignore"):
        twin = seconds(plain, 1)
    print(
        f"13 parameters, 12 starts: {ours:.2f} s (BIC {found.bic:.0f}); "
        f"numeric gradients, 200 steps {twin:.2f} s, {twin / ours:.1f} x"
    )


def by_age() -> None:
    """Net migration of 20 regions x 10 groups x 2 sexes x 18 ages x 1,000 draws."""
    shape = (1000, 400, 18)
    start, end = RNG.uniform(1e3, 2e4, shape), RNG.uniform(1e3, 2e4, shape)
    survival = np.broadcast_to(RNG.uniform(0.7, 1, (400, 18)), shape)
    births = RNG.uniform(1e3, 2e3, (1000, 400, 1))
    ours = seconds(lambda: intercensal.net_migration(start, end, survival, births), 2)

    def plain() -> None:
        for d in range(2):
            for r in range(400):
                alive = [births[d, r, 0] * survival[d, r, 0]]
                for x in range(1, 17):
                    alive.append(start[d, r, x - 1] * survival[d, r, x])
                alive.append((start[d, r, 16] + start[d, r, 17]) * survival[d, r, 17])
                _ = [end[d, r, x] - alive[x] for x in range(18)]

    twin = 500 * seconds(plain, 1)
    print(
        f"net migration, 7.2 million cells x 3 methods: {ours:.2f} s; "
        f"plain loops (scaled from 2 draws) {twin:.1f} s, {twin / ours:.0f} x"
    )


def forms() -> None:
    """Half a million records of moves, of 125,000 people, through all rules."""
    import polars as pl

    from qonys.measurement.typology.classify import classify
    from qonys.measurement.typology.records import VOCABULARIES

    count, people = 500_000, 125_000
    words = {name: [None, *VOCABULARIES[name]] for name in ("cause", "legal_status", "pattern", "refugee_status")}
    columns = {name: pl.Series(RNG.choice(len(choice), count)).map_elements(choice.__getitem__, return_dtype=pl.String)
               for name, choice in words.items()}  # fmt: skip
    frame = pl.DataFrame(columns).with_columns(
        person=pl.Series(RNG.integers(0, people, count)).cast(pl.String),
        date=pl.Series(RNG.integers(16_436, 19_436, count)).cast(pl.Int32).cast(pl.Date),
        origin_country=pl.Series(RNG.choice(["KAZ", "RUS", "UZB"], count)),
        destination_country=pl.Series(RNG.choice(["KAZ", "RUS", "CHN"], count)),
        citizenship=pl.Series(RNG.choice(["KAZ", "RUS"], count)),
    )
    ours = seconds(lambda: classify(frame, "KAZ"), 1)
    rate = count / ours / 1e6
    print(f"forms of {count:,} moves, 8 ladders with histories: {ours:.1f} s, {rate:.2f} million records/s")


def accounts() -> None:
    """Reconciliation of the shipped pack, 1,000 draws, nation and regions."""
    from qonys.catalog import open_pack
    from qonys.study.base.accounts import national_account, regional_account
    from qonys.study.plan import Account

    pack = open_pack("kazakhstan")
    started = time.perf_counter()
    national, _ = national_account(pack, Account())
    middle = time.perf_counter()
    found, _ = regional_account(pack, national, Account().seed)
    print(
        f"reconciliation, 1,000 draws: nation {middle - started:.1f} s, "
        f"16 regions {time.perf_counter() - middle:.1f} s; "
        f"greatest residual {max(national.residual(), found.residual(national))} persons, "
        f"R-hat {max(national.rhat, found.rhat):.2f}"
    )


if __name__ == "__main__":
    long_series()
    partitions()
    one_schedule()
    by_age()
    forms()
    accounts()
