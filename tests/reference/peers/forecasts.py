"""Forecasts and what they are worth: scores, sensitivity, and the monitor's series, as other packages have them."""

from __future__ import annotations

import calendar
import csv

import numpy as np
from common import HERE, generator, plain

PACK = HERE.parents[2] / "src" / "qonys" / "packs" / "kazakhstan"


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


def _releases(flow: str) -> dict[str, list[float]]:
    """Spans of a flow between its newest editions, by the table alone: y, months, variance of rounding, middle, first.

    Only the newest years that follow each other without a gap.
    """
    with (PACK / "secondary" / "flow_releases.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["flow"] == flow]
    newest: dict[tuple[int, int], tuple[int, float, float]] = {}
    for row in rows:
        place = (int(row["end"][:4]), int(row["end"][5:7]))
        one = (int(row["edition"]), float(row["value"]), float(row["rounding"]))
        newest[place] = max(one, newest.get(place, one))
    years = {year for year, _ in newest}
    first = max(years)
    while first - 1 in years:
        first -= 1
    found: dict[str, list[float]] = {name: [] for name in ("y", "months", "variance", "middle", "first")}
    before: tuple[int, int, float, float] | None = None
    for (year, month), (_, value, rounding) in sorted(newest.items()):
        if year < first:
            continue
        same = before is not None and before[0] == year
        begun, less, other = (before[1], before[2], before[3]) if before is not None and same else (0, 0.0, 0.0)
        persons, months = value - less, month - begun
        found["y"].append(float(np.log(persons / months)))
        found["months"].append(float(months))
        found["variance"].append((rounding**2 + other**2) / 12 / persons**2)
        found["middle"].append(year * 12 + month - months / 2)
        found["first"].append(float(begun))
        before = (year, month, value, rounding)
    return found


def _filtered(spans: dict[str, list[float]], noise: float, step: float) -> tuple[object, object, float]:
    """Forecasts of each span's y and their variances by the Kalman filter of statsmodels, and the log likelihood.

    States: a level, a random walk of variance step² a month between the middles of spans, and twelve fixed seasons that
    are drawn with a deviation of 0.2 less their mean; nearly nothing is known of the level at the outset. A span sees
    the level and the mean of its seasons.
    """
    from statsmodels.tsa.statespace.kalman_filter import KalmanFilter

    y, months = np.array(spans["y"]), np.array(spans["months"])
    n, seasons = len(y), 12
    filter_ = KalmanFilter(k_endog=1, k_states=1 + seasons, k_posdef=1)
    filter_.bind(y)
    design = np.zeros((1, 1 + seasons, n))
    design[0, 0] = 1.0
    for place, (first, length) in enumerate(zip(spans["first"], months, strict=True)):
        for month in range(int(first), int(first + length)):
            design[0, 1 + month % seasons, place] += 1 / length
    moved = np.append(np.diff(spans["middle"]), 0.0)  # from each span to the next
    filter_["design"], filter_["transition"] = design, np.eye(1 + seasons)
    filter_["obs_cov"] = (noise**2 / months + np.array(spans["variance"])).reshape(1, 1, n)
    filter_["selection"] = np.eye(1 + seasons)[:, :1]
    filter_["state_cov"] = (step**2 * moved).reshape(1, 1, n)
    about = np.zeros((1 + seasons, 1 + seasons))
    about[0, 0] = 100.0
    about[1:, 1:] = 0.2**2 * (np.eye(seasons) - 1 / seasons)
    filter_.initialize_known(np.append(y[0], np.zeros(seasons)), about)
    found = filter_.filter()
    return plain(found.forecasts[0]), plain(found.forecasts_error_cov[0, 0]), float(found.llf_obs[1:].sum())


def monitor() -> tuple[list[str], dict[str, object]]:
    """The monitor's series of Kazakhstan: releases by another filter, deaths by month by another regression and by ETS."""
    import statsmodels.api as sm
    from statsforecast.models import AutoETS

    found: dict[str, object] = {}
    for flow in ("immigrants", "emigrants"):
        spans = _releases(flow)
        found[flow] = {"spans": spans, "filtered": [
            dict(zip(("noise", "step", "mean", "variance", "likelihood"), (s, q, *_filtered(spans, s, q)), strict=True))
            for s in (0.04, 0.15, 0.6) for q in (0.01, 0.045, 0.2)
        ]}  # fmt: skip
    with (PACK / "secondary" / "deaths_monthly.csv").open(encoding="utf-8") as file:
        rows = sorted((int(row["year"]), int(row["month"]), float(row["value"])) for row in csv.DictReader(file))
    counts = np.array([value for _, _, value in rows])
    t, days = np.arange(len(rows)), np.array([calendar.monthrange(year, month)[1] for year, month, _ in rows], dtype=float)
    design = np.column_stack([np.ones(len(t)), t / 12] + [f(2 * np.pi * k * t / 12) for k in (1, 2) for f in (np.sin, np.cos)])
    base = 60
    fit = sm.GLM(counts[:base], design[:base], family=sm.families.Poisson(), exposure=days[:base]).fit(scale="X2")
    expected = fit.get_prediction(design[base:], exposure=days[base:])
    ets = AutoETS(season_length=12).forecast(y=counts[:base] / days[:base], h=12, level=[95])
    found["deaths"] = {
        "first": [rows[0][0], rows[0][1]], "counts": plain(counts), "base": base, "dispersion": float(fit.scale),
        "expected": plain(expected.predicted), "error": plain(expected.se / expected.predicted),
        "ets": {name: plain(np.array(ets[name]) * days[base : base + 12]) for name in ("mean", "lo-95", "hi-95")},
    }  # fmt: skip
    return ["statsmodels", "statsforecast"], found
