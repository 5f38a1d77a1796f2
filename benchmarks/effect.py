"""Times of a synthetic control with all placebos against pysyncon's weights, of an event study against pyfixest, and of
what held on a day (`qonys law on`, a process of its own) with the limits that they are to keep.

Run: ./.venv/bin/python benchmarks/effect.py (pysyncon, installed by hand, for the first peer; pyfixest for the second)
Made-up panel of 50 units and 60 times, the effect from the 41st: ours fits 50 units, then without each donor that has
weight and at three pretended dates; pysyncon fits one unit by the same times before the date, and is counted 50 times.
"""

from __future__ import annotations

import platform
import subprocess
import sys
import warnings

import numpy as np
from timing import seconds

from qonys.explanation.evaluation.cohorts import NEVER, event_study
from qonys.explanation.evaluation.synthetic import synthetic_control

UNITS, TIMES, AT = 50, 60, 40
DAY, ON_MOST, PLACEBOS_MOST, TIMES_FASTER = "2026-05-01", 1.5, 5.0, 20


def panel() -> np.ndarray:
    """Paths (times, units) of three factors."""
    rng = np.random.default_rng(1)
    factors = rng.normal(size=(TIMES, 3)).cumsum(axis=0) / 2
    return np.asarray(20 + factors @ rng.uniform(size=(3, UNITS)) + rng.normal(0, 0.4, (TIMES, UNITS)))


def pysyncon_once(values: np.ndarray) -> float:
    """Seconds of one fit of pysyncon with weights of the times given."""
    import pandas as pd
    from pysyncon import Dataprep, Synth

    names = [f"u{i:02d}" for i in range(UNITS)]
    frame = pd.DataFrame({"time": np.repeat(np.arange(TIMES), UNITS), "unit": names * TIMES, "value": values.ravel()})
    asked = Dataprep(
        foo=frame, predictors=["value"], predictors_op="mean", time_predictors_prior=range(AT), dependent="value",
        unit_variable="unit", time_variable="time", treatment_identifier="u00", controls_identifier=names[1:],
        time_optimize_ssr=range(AT), special_predictors=[("value", [t], "mean") for t in range(AT)],
    )  # fmt: skip
    weights = np.r_[1e-12, values[:AT].var(axis=1, ddof=1)]
    return seconds(lambda: Synth().fit(asked, custom_V=weights / weights.sum()))


def pyfixest_once(values: np.ndarray, starts: np.ndarray) -> float:
    """Seconds of pyfixest's saturated event study."""
    import pandas as pd
    import pyfixest

    unit, when = np.indices(values.shape)
    begun = np.where(starts == NEVER, 0, starts)[unit].ravel()
    frame = pd.DataFrame({"u": unit.ravel(), "t": when.ravel(), "y": values.ravel(), "g": begun})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return seconds(lambda: pyfixest.event_study(
            frame, yname="y", idname="u", tname="t", gname="g", estimator="saturated", att=False, cluster="u"
        ))  # fmt: skip


def law_on() -> float:
    """Seconds of `qonys law on` from the start of the process to its end."""
    line = [sys.executable, "-m", "qonys", "law", "on", DAY]
    return seconds(lambda: subprocess.run(line, check=True, capture_output=True))


def main() -> None:
    """Print the table."""
    values = panel()
    print(f"qonys law on {DAY}: {law_on():.2f} s (limit {ON_MOST} s)")
    ours = seconds(lambda: synthetic_control(values[:, 0], values[:, 1:], AT))
    print(f"{platform.processor() or platform.machine()}, one process")
    print(f"synthetic control, {UNITS} units x {TIMES} times with all placebos: {ours:.3f} s (limit {PLACEBOS_MOST} s)")
    try:
        peer = pysyncon_once(values)
        ratio = f"ratio {UNITS * peer / ours:.0f} (at least {TIMES_FASTER})"
        print(f"pysyncon, one unit: {peer:.3f} s; {UNITS} units: {UNITS * peer:.1f} s; {ratio}")
    except ImportError:
        print("pysyncon is not installed")
    starts = np.array([15] * 10 + [25] * 10 + [35] * 10 + [NEVER] * 20)
    mine = seconds(lambda: event_study(values.T, starts, np.arange(TIMES)))
    print(f"event study, {UNITS} units x {TIMES} times, three cohorts: {mine:.3f} s")
    try:
        theirs = pyfixest_once(values.T, starts)
        print(f"pyfixest: {theirs:.3f} s; ratio {theirs / mine:.1f}")
    except ImportError:
        print("pyfixest is not installed")


if __name__ == "__main__":
    main()
