"""Effects of dated acts: synthetic control, event studies, interrupted series, as other packages find them."""

from __future__ import annotations

import re

import numpy as np
from common import generator, plain


def synthetic() -> tuple[list[str], dict[str, object]]:
    """Synthetic control on made-up paths of three factors: weights by the whole path before the date, path afterwards."""
    import pandas as pd
    from pysyncon import Dataprep, Synth

    rng, times, at, units = generator(40), 30, 20, 13
    factors = rng.normal(size=(times, 3)).cumsum(axis=0) / 2
    values = 20 + factors @ rng.uniform(size=(3, units)) + rng.normal(0, 0.4, (times, units))
    values[at:, 0] += 3.0
    names = [f"u{i:02d}" for i in range(units)]
    frame = pd.DataFrame({"time": np.repeat(np.arange(times), units), "unit": names * times, "value": values.ravel()})
    asked = Dataprep(
        foo=frame, predictors=["value"], predictors_op="mean", time_predictors_prior=range(at), dependent="value",
        unit_variable="unit", time_variable="time", treatment_identifier="u00", controls_identifier=names[1:],
        time_optimize_ssr=range(at), special_predictors=[("value", [t], "mean") for t in range(at)],
    )  # fmt: skip
    model = Synth()
    # pysyncon divides each time by its spread over units: weights that undo it, and none for the mean of the times
    weights = np.r_[1e-12, values[:at].var(axis=1, ddof=1)]
    model.fit(asked, custom_V=weights / weights.sum())
    found = np.asarray(model.weights(round=12))
    return ["pysyncon", "pandas"], {
        "values": plain(values), "at": at, "weights": plain(found), "path": plain(values[:, 1:] @ found),
    }  # fmt: skip


def cohorts() -> tuple[list[str], dict[str, object]]:
    """Event study of 24 made-up units in three cohorts and one without a date: saturated model of pyfixest."""
    import pandas as pd
    import pyfixest

    rng, times = generator(41), np.arange(12)
    starts = np.array([4] * 6 + [7] * 5 + [9] * 4 + [0] * 9)
    values = rng.normal(size=(24, 12)).cumsum(axis=1) * 0.3
    values += (starts[:, None] > 0) * (times >= starts[:, None]) * (1.5 + 0.3 * (times - starts[:, None]))
    unit, when = np.indices(values.shape)
    frame = pd.DataFrame({"u": unit.ravel(), "t": when.ravel(), "y": values.ravel(), "g": starts[unit].ravel()})
    model = pyfixest.event_study(
        frame, yname="y", idname="u", tname="t", gname="g", estimator="saturated", att=False, cluster="u"
    )
    found = model.aggregate(agg="period")
    return ["pyfixest", "pandas"], {
        "values": plain(values), "starts": plain(starts), "since": plain(found.index.to_numpy(dtype=float)),
        "effect": plain(found["Estimate"].to_numpy(dtype=float)),
        "error": plain(found["Std. Error"].to_numpy(dtype=float)),
    }  # fmt: skip


def other_event_studies() -> tuple[list[str], dict[str, object]]:
    """Two-stage study (Gardner 2022) and local projections (Dube et al. 2023) of pyfixest, of made-up units.

    `exact`: effects that differ by cohort and time, no noise: every unbiased way finds them. `noisy`: the same with
    noise; local projections cohort by cohort beside units never touched, and two stages of the whole.
    `one_cohort`: a cohort beside units never touched, where two stages differ by their base alone: all times before.
    """
    import pandas as pd
    from pyfixest.did.estimation import did2s, lpdid

    rng, times = generator(42), np.arange(10)
    starts = np.array([4] * 6 + [6] * 5 + [0] * 9)
    since = times - starts[:, None]
    effect = (starts[:, None] > 0) * (since >= 0) * (1.0 + 0.5 * since) * np.where(starts == 4, 1.0, 3.0)[:, None]
    exact = rng.normal(size=(20, 1)) + rng.normal(size=10) + effect
    noisy = exact + rng.normal(0, 0.5, exact.shape)

    def long(values: np.ndarray, begun: np.ndarray, window: np.ndarray) -> pd.DataFrame:
        unit, when = np.indices(values.shape)
        g = begun[unit].ravel()
        t = window[when].ravel()
        return pd.DataFrame({
            "u": unit.ravel(), "t": t, "y": values.ravel(), "g": g, "treat": ((g > 0) & (t >= g)).astype(int),
            "since": np.where(g > 0, t - g, -99),
        })  # fmt: skip

    def table(found: pd.DataFrame) -> dict[str, object]:
        at = [int(float(re.findall(r"-?\d+(?:\.\d+)?", str(one))[-1])) for one in found.index]
        order = np.argsort(at)
        columns = {"effect": "Estimate", "error": "Std. Error"}
        return {"since": [at[k] for k in order]} | {
            name: plain(found[column].to_numpy(dtype=float)[order]) for name, column in columns.items()
        }

    def two_stages(frame: pd.DataFrame) -> dict[str, object]:
        return table(did2s(
            frame, yname="y", first_stage="~ 0 | u + t", second_stage="~ 0 + i(since, ref=-99)", treatment="treat", cluster="u"
        ).tidy())  # fmt: skip

    def projections(frame: pd.DataFrame) -> dict[str, object]:
        return table(lpdid(frame, yname="y", idname="u", tname="t", gname="g", att=False).tidy())

    by_cohort = {}
    for name, values in (("exact", exact), ("noisy", noisy)):
        for g in (4, 6):
            kept = (starts == g) | (starts == 0)
            by_cohort[f"{name}_{g}"] = projections(long(values[kept], starts[kept], times))
    kept = (starts == 4) | (starts == 0)
    return ["pyfixest", "pandas"], {
        "starts": plain(starts), "exact": plain(exact), "noisy": plain(noisy), "truth": plain(effect),
        "two_stages": {"exact": two_stages(long(exact, starts, times)), "noisy": two_stages(long(noisy, starts, times)),
                       "one_cohort": two_stages(long(noisy[kept], starts[kept], times))},
        "projections": by_cohort,
    }  # fmt: skip


def interrupted() -> tuple[list[str], dict[str, object]]:
    """A made-up series with a step and a change of slope: forecasts of statsforecast for what would have come without.

    `line`: a line with drift fitted on the times before the date and carried on, which an interrupted series with
    its own line after the date amounts to; `memory`: first-order autoregressive errors by maximum likelihood with time,
    step and change of slope as regressors.
    """
    from statsforecast.models import ARIMA

    rng, times, at = generator(43), np.arange(40.0), 28
    errors = np.zeros(40)
    for t in range(1, 40):
        errors[t] = 0.6 * errors[t - 1] + rng.normal(0, 2.0)
    values = 100 + 1.5 * times + errors + (times >= at) * (8.0 - 0.7 * (times - at))
    line = ARIMA(order=(0, 0, 0), include_mean=True, include_drift=True, method="ML").fit(values[:at])
    design = np.column_stack([times, times >= at, np.maximum(times - at, 0.0)]).astype(float)
    memory = ARIMA(order=(1, 0, 0), include_mean=True, method="ML").fit(values, X=design)
    return ["statsforecast"], {
        "times": plain(times), "values": plain(values), "at": at,
        "line": plain(line.predict(h=40 - at)["mean"]),
        "coefficients": {str(name): float(value) for name, value in memory.model_["coef"].items()},
        "fitted_likelihood": float(memory.model_["loglik"]),
    }  # fmt: skip
