"""Outputs of other packages on small tables, stored beside this script and compared with ours by tests/reference.

The packages are not in the locks. In an environment of its own:

    python -m venv peers && peers/bin/pip install humanleague ipfn segregation stepmix linearmodels statsmodels pyfixest pysyncon \\
        statsforecast scoringrules scikit-learn SALib openturns
    peers/bin/python tests/reference/peers/make.py

The packages of `one_factor` need older ones and have an environment of their own; subjects to be written can be named:

    python -m venv factors && factors/bin/pip install semopy==2.3.11 factor_analyzer==0.5.1 "scikit-learn<1.6"
    factors/bin/python tests/reference/peers/make.py one_factor

and so has `boxes`: python -m venv boxes && boxes/bin/pip install ema_workbench==2.5.3

writes one JSON file a subject: the versions, the seed of the generator (Philox), what went in and what came out.
Tables of random numbers are made up.
"""

from __future__ import annotations

import json
import platform
import re
import sys
import warnings
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
SEED = 20
AUSTRIA = HERE.parents[1] / "explanation" / "austria_moves.csv"
HOLZINGER = HERE.parents[1] / "surveys" / "holzinger.csv"
# Stouffer and Toby (1951), 216 students, patterns from ++++ to ---- (Goodman 1974)
TOBY = (42, 23, 6, 25, 6, 24, 7, 38, 1, 4, 1, 6, 2, 9, 2, 20)


def generator(stream: int) -> np.random.Generator:
    """One stream of the seed."""
    return np.random.Generator(np.random.Philox(key=SEED + stream))


def plain(value: object) -> object:
    """Arrays as lists, numbers as JSON has them."""
    return np.asarray(value).tolist()


def raking() -> tuple[list[str], dict[str, object]]:
    """Raking of tables of two to four axes, one of flows without a diagonal."""
    import humanleague
    from ipfn import ipfn

    cases = {
        "two_margins": ((4, 7), [(0,), (1,)]),
        "flows_without_diagonal": ((6, 6), [(0,), (1,)]),
        "three_pairs": ((3, 5, 4), [(0, 1), (0, 2), (1, 2)]),
        "flows_by_sex": ((4, 4, 2), [(0, 1), (0, 2), (1, 2)]),
        "four_axes": ((3, 4, 2, 5), [(0, 1), (0, 2, 3), (1, 2, 3)]),
    }
    found: dict[str, object] = {}
    for stream, (name, (shape, axes)) in enumerate(cases.items()):
        random = generator(stream)
        truth, seed = random.gamma(0.7, 1000, shape).round(3), random.gamma(2.0, 1, shape).round(6)
        if name == "flows_without_diagonal":
            truth[np.diag_indices(6)] = seed[np.diag_indices(6)] = 0
        margins = [truth.sum(axis=tuple(a for a in range(truth.ndim) if a not in inside)) for inside in axes]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            other = ipfn.ipfn(
                seed.copy(), [m.copy() for m in margins], [list(a) for a in axes],
                convergence_rate=1e-14, rate_tolerance=0.0, max_iteration=5000,
            ).iteration()  # fmt: skip
        league, account = humanleague.ipf(seed, [np.array(a) for a in axes], margins)
        assert account["conv"], name
        found[name] = {
            "seed": plain(seed), "axes": axes, "margins": [plain(m) for m in margins],
            "ipfn": plain(other), "humanleague": plain(league),
        }  # fmt: skip
    return ["humanleague", "ipfn"], found


def segregation() -> tuple[list[str], dict[str, object]]:
    """Indices of PySAL for eight places and three groups; groups one by one against all others."""
    import pandas as pd
    from segregation import multigroup, singlegroup

    random = generator(100)
    counts = random.poisson(random.gamma(0.8, 120, (8, 3))) + 1
    frame = pd.DataFrame(counts, columns=list("xyz"))
    frame["all"] = frame.sum(axis=1)
    many = {
        "d_multi": multigroup.MultiDissim(frame, list("xyz")).statistic,
        "h": multigroup.MultiInfoTheory(frame, list("xyz")).statistic,
        "normalised_exposure": multigroup.MultiNormExposure(frame, list("xyz")).statistic,
        "simpson_interaction": multigroup.SimpsonsInteraction(frame, list("xyz")).statistic,
    }
    single = {
        "d": singlegroup.Dissim, "isolation": singlegroup.Isolation,
        "interaction": singlegroup.Interaction, "eta2": singlegroup.CorrelationR,
    }  # fmt: skip
    groups = {g: {k: float(f(frame, g, "all").statistic) for k, f in single.items()} for g in "xyz"}
    return ["segregation", "pandas"], {
        "counts": plain(counts),
        "all": {k: float(v) for k, v in many.items()},
        "groups": groups,
    }


def latent_classes() -> tuple[list[str], dict[str, object]]:
    """Two latent classes of Goodman's example and of made-up respondents with three answers to four items."""
    from stepmix.stepmix import StepMix

    toby = np.array([[(i >> k) & 1 for k in (3, 2, 1, 0)] for i, n in enumerate(TOBY) for _ in range(n)])
    random = generator(200)
    first = random.random(400) < 0.6
    chances = np.array([[0.7, 0.2, 0.1], [0.15, 0.25, 0.6]])
    made = np.array([[random.choice(3, p=chances[0 if one else 1]) for _ in range(4)] for one in first])
    found: dict[str, object] = {}
    for name, rows in (("toby", toby), ("made_up", made)):
        fit = StepMix(
            n_components=2, measurement="categorical", abs_tol=1e-15, max_iter=200000, n_init=20,
            random_state=SEED, progress_bar=0,
        ).fit(rows)  # fmt: skip
        chance = fit.get_parameters()["measurement"]["pis"]
        order = np.argsort(-fit.get_parameters()["weights"])
        found[name] = {
            "rows": plain(rows), "log_likelihood": float(fit.score(rows) * len(rows)),
            "bic": float(fit.bic(rows)), "aic": float(fit.aic(rows)),
            "shares": plain(fit.get_parameters()["weights"][order]),
            "answers": plain(np.asarray(chance)[order].reshape(2, rows.shape[1], -1)),
        }  # fmt: skip
    return ["stepmix", "scikit-learn"], found


def panel() -> tuple[list[str], dict[str, object]]:
    """Two rates on their lags with effects of regions and years: coefficients and t values of linearmodels."""
    import pandas as pd
    from linearmodels.panel import PanelOLS

    random = generator(300)
    z = np.zeros((7, 42, 2))
    level, common = random.normal(size=(7, 2)), random.normal(size=(42, 2))
    for t in range(1, 42):
        z[:, t] = level + common[t] + z[:, t - 1] @ [[0.5, 0.0], [-0.2, 0.4]] + random.normal(size=(7, 2))
    z = z[:, 30:].round(6)
    index = pd.MultiIndex.from_product([range(7), range(1, 12)])
    lagged = pd.DataFrame(z[:, :-1].reshape(-1, 2), index=index, columns=["a", "b"])
    fits = [
        PanelOLS(pd.Series(z[:, 1:, k].ravel(), index=index), lagged, entity_effects=True, time_effects=True).fit(
            cov_type="unadjusted", debiased=True
        )
        for k in range(2)
    ]
    return ["linearmodels", "pandas"], {
        "z": plain(z), "matrix": [plain(f.params) for f in fits], "t": [plain(f.tstats) for f in fits],
        "p": [plain(f.pvalues) for f in fits], "degrees": int(fits[0].df_resid), "s2": [float(f.s2) for f in fits],
    }  # fmt: skip


def poisson() -> tuple[list[str], dict[str, object]]:
    """Moves between regions of Austria: slopes of fepois, errors clustered by pair of statsmodels."""
    import pandas as pd
    import pyfixest
    import statsmodels.api as sm

    frame = pd.read_csv(AUSTRIA)
    ends = frame[["origin", "destination"]].to_numpy()
    frame["pair"] = ["".join(sorted(pair)) for pair in ends]
    frame["far"] = np.log(frame["distance"])
    found: dict[str, object] = {}
    for term, effects in (("distance", ["origin", "destination"]), ("far", ["origin", "destination"]),
                          ("distance", ["origin"])):  # fmt: skip
        fit = pyfixest.fepois(f"moves ~ {term} | {' + '.join(effects)}", frame, iwls_tol=1e-12, fixef_tol=1e-12)
        dummies = pd.get_dummies(frame[effects], drop_first=True, dtype=float)
        x = sm.add_constant(pd.concat([frame[[term]], dummies], axis=1))
        groups = pd.factorize(frame["pair"])[0]
        glm = sm.GLM(frame["moves"], x, family=sm.families.Poisson()).fit(
            tol=1e-13, maxiter=200, cov_type="cluster", cov_kwds={"groups": groups}
        )
        found[f"{term} | {' + '.join(effects)}"] = {
            "term": term, "effects": effects, "pyfixest": float(fit.coef()[term]),
            "statsmodels": float(glm.params[term]), "error": float(glm.bse[term]), "deviance": float(glm.deviance),
        }  # fmt: skip
    return ["pyfixest", "statsmodels", "pandas"], found


def one_factor() -> tuple[list[str], dict[str, object]]:
    """Nine tests of Holzinger and Swineford: chi-square of semopy, its CFI and RMSEA; loadings of factor_analyzer."""
    import pandas as pd
    import semopy
    from factor_analyzer import FactorAnalyzer

    frame = pd.read_csv(HOLZINGER).drop(columns="school")
    model = semopy.Model("f =~ " + " + ".join(frame.columns))
    model.fit(frame)
    indices = semopy.calc_stats(model).iloc[0]
    standard = FactorAnalyzer(1, rotation=None, method="ml").fit(frame).loadings_[:, 0]
    return ["semopy", "factor_analyzer", "pandas"], {
        "chi2": float(indices["chi2"]), "degrees": int(indices["DoF"]), "cfi": float(indices["CFI"]),
        "rmsea": float(indices["RMSEA"]), "loadings": plain(standard * np.sign(standard.sum())),
    }  # fmt: skip


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


def warnings_scored() -> tuple[list[str], dict[str, object]]:
    """Pinball, Brier and log scores of made-up forecasts: scoringrules; the mean log score also by scikit-learn."""
    import scoringrules
    from sklearn.metrics import log_loss

    rng = generator(42)
    actual, quantile = rng.normal(size=30), rng.normal(size=30)
    chance = rng.uniform(0.01, 0.99, 30)
    happened = (rng.uniform(size=30) < chance).astype(float)
    return ["scoringrules", "scikit-learn"], {
        "actual": plain(actual), "quantile": plain(quantile), "chance": plain(chance), "happened": plain(happened),
        "pinball": {str(a): plain(scoringrules.quantile_score(actual, quantile, a)) for a in (0.025, 0.975)},
        "brier": plain(scoringrules.brier_score(happened, chance)),
        "log_score": plain(scoringrules.log_score(happened, chance)), "log_loss": float(log_loss(happened, chance)),
    }  # fmt: skip


def sobol() -> tuple[list[str], dict[str, object]]:
    """Sobol indices by runs (SALib) and polynomial chaos of total degree (OpenTURNS) of the Ishigami function."""
    import openturns as ot
    from SALib.analyze import sobol as analyze

    inputs, rng = 3, generator(91)
    unit = rng.uniform(size=(128, 2 * inputs))

    def ishigami(x: np.ndarray) -> np.ndarray:
        y = np.pi * (2 * x - 1)
        return np.sin(y[:, 0]) + 7 * np.sin(y[:, 1]) ** 2 + 0.1 * y[:, 2] ** 4 * np.sin(y[:, 0])

    a, b = unit[:, :inputs], unit[:, inputs:]
    mixed = [np.where(np.arange(inputs) == i, b, a) for i in range(inputs)]
    runs = np.stack([ishigami(one) for one in (a, *mixed, b)], axis=1)
    problem = {"num_vars": inputs, "names": list("abc"), "bounds": [[0, 1]] * inputs}
    by_runs = analyze.analyze(problem, runs.ravel(), calc_second_order=False, num_resamples=100, seed=1)

    degree = 5
    family = ot.OrthogonalProductPolynomialFactory([ot.LegendreFactory()] * inputs)
    count = family.getEnumerateFunction().getBasisSizeFromTotalDegree(degree)
    plain_law = ot.JointDistribution([ot.Uniform(-1, 1)] * inputs)
    data = 2 * a - 1
    algorithm = ot.LeastSquaresExpansion(ot.Sample(data), ot.Sample(ishigami(a)[:, None]), plain_law, family, count)
    algorithm.run()
    result = algorithm.getResult()
    indices = ot.FunctionalChaosSobolIndices(result)
    levels = [family.getEnumerateFunction()(k) for k in range(count)]
    terms = [[int(level) for level in levels[k]] for k in result.getIndices()]
    case = {
        "unit": plain(unit), "runs": plain(runs), "first": plain(by_runs["S1"]), "total": plain(by_runs["ST"]),
        "degree": degree, "terms": terms, "coefficients": plain(np.array(result.getCoefficients()).ravel()),
        "chaos_first": [indices.getSobolIndex(i) for i in range(inputs)],
        "chaos_total": [indices.getSobolTotalIndex(i) for i in range(inputs)],
    }  # fmt: skip
    return ["SALib", "openturns"], {"ishigami": case}


def boxes() -> tuple[list[str], dict[str, object]]:
    """Peeling of PRIM with its boxes: cases of interest in a corner of three inputs, 3 % turned round."""
    import pandas as pd
    from ema_workbench.analysis import prim

    rng = generator(40)
    points = rng.random((400, 3))
    wanted = ((points[:, 0] > 0.6) & (points[:, 2] < 0.4)) ^ (rng.random(400) < 0.03)
    frame = pd.DataFrame(points, columns=["a", "b", "c"])
    found = prim.Prim(frame, wanted, threshold=0.5, peel_alpha=0.05, paste_alpha=0.05, mass_min=0.05).find_box()
    path = found.peeling_trajectory
    case = {"points": plain(points), "wanted": plain(wanted), **{n: plain(path[n]) for n in ("coverage", "density", "mass")}}
    lows, highs = zip(*((box.iloc[0], box.iloc[1]) for box in found.box_lims), strict=True)
    return ["ema_workbench"], {"corner": case | {"low": plain(lows), "high": plain(highs)}}


SUBJECTS: dict[str, Callable[[], tuple[list[str], dict[str, object]]]] = {
    "raking": raking,
    "segregation": segregation,
    "latent_classes": latent_classes,
    "panel": panel,
    "poisson": poisson,
    "one_factor": one_factor,
    "synthetic": synthetic,
    "cohorts": cohorts,
    "other_event_studies": other_event_studies,
    "interrupted": interrupted,
    "warnings": warnings_scored,
    "sobol": sobol,
    "boxes": boxes,
}


def main() -> None:
    """Write the files named on the command line, or all."""
    for name in sys.argv[1:] or SUBJECTS:
        packages, cases = SUBJECTS[name]()
        versions = {"python": platform.python_version(), "numpy": np.__version__, **{p: version(p) for p in packages}}
        document = {"made_by": "tests/reference/peers/make.py", "versions": versions, "seed": SEED, "cases": cases}
        (HERE / f"{name}.json").write_text(json.dumps(document) + "\n", encoding="utf-8")
        print(name, versions)


if __name__ == "__main__":
    main()
