"""Times of the monitor: limits of the alarms of 40 series, and a plain loop over the same draws.

Run: ./.venv/bin/python benchmarks/monitor.py
Of each series (base of 12 to 80 values, mean of 20 to 5,000 persons, variance 1 to 40 times the mean): the limits of
three charts for a chance of 5 % of a false alarm within a year, that chance again, and the delay of a rise by a
quarter. The plain loop draws one base and one year at a time and follows the sums value by value; it is run on fewer
draws, and its time is counted for as many as ours. Each situation is drawn anew: what is kept between calls is
cleared before.
"""

from __future__ import annotations

import platform

import numpy as np
from scipy.special import ndtri, stdtr
from timing import seconds

from qonys.kernels.monitoring import calibration
from qonys.kernels.monitoring.calibration import CHARTS, DRAWS, Situation, delay, false_alarm, limit_for

SERIES, PLAIN = 40, 200


def situations() -> list[Situation]:
    """Forty series: length of the base, mean, variance over mean."""
    rng = np.random.default_rng(1)
    return [
        Situation(int(rng.integers(12, 81)), float(np.exp(rng.uniform(3, 8.5))), float(np.exp(rng.uniform(0, 3.7))))
        for _ in range(SERIES)
    ]


def ours(cases: list[Situation]) -> list[float]:
    """Limits of all charts of all series."""
    limits = []
    for one in cases:
        for chart in CHARTS:
            limits.append(limit_for(one, chart, 0.05))
            false_alarm(one, chart, limits[-1])
            delay(one, chart, limits[-1], 1.25)
    return limits


def fresh(cases: list[Situation]) -> list[float]:
    """The same with nothing kept from before."""
    calibration._drawn.cache_clear()
    calibration._bases.cache_clear()
    return ours(cases)


def plain(one: Situation) -> float:
    """The limit of cumulative sums from `PLAIN` bases and years drawn and followed one after another."""
    rng = np.random.default_rng(1)
    scale, highest = one.dispersion - 1, []
    for _ in range(PLAIN):
        rates = rng.gamma(one.mean / scale, scale, one.base + one.horizon)
        values = [float(rng.poisson(rate)) for rate in rates]
        base = values[: one.base]
        mean = sum(base) / len(base)
        spread = (sum((value - mean) ** 2 for value in base) / (len(base) - 1)) ** 0.5 * (1 + 1 / len(base)) ** 0.5
        up = down = most = 0.0
        for value in values[one.base :]:
            z = float(ndtri(stdtr(one.base - 1, (value - mean) / spread)))
            up, down = max(0.0, up + z - 0.5), max(0.0, down - z - 0.5)
            most = max(most, up, down)
        highest.append(most)
    return float(np.quantile(highest, 0.95))


def main() -> None:
    """Print all times."""
    cases = situations()
    fresh(cases[:1])
    whole = seconds(lambda: fresh(cases))
    one = cases[0]
    alone = seconds(lambda: fresh([one]))
    loop = seconds(lambda: plain(one), 1) * DRAWS / PLAIN * 2 * len(CHARTS)  # no change and a rise, three charts
    print(f"{platform.machine()}, Python {platform.python_version()}, numpy {np.__version__}")
    print(f"{SERIES} series, {len(CHARTS)} charts, {DRAWS} draws: {whole:.1f} s")
    print(f"one series {alone:.2f} s; a plain loop over as many draws {loop:.0f} s, {loop / alone:.0f} times as long")


if __name__ == "__main__":
    main()
