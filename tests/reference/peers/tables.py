"""Tables, classes, panels and factors: what other packages make of them."""

from __future__ import annotations

import warnings

import numpy as np
from common import HERE, SEED, generator, plain

AUSTRIA = HERE.parents[1] / "explanation" / "austria_moves.csv"
HOLZINGER = HERE.parents[1] / "surveys" / "holzinger.csv"
# Stouffer and Toby (1951), 216 students, patterns from ++++ to ---- (Goodman 1974)
TOBY = (42, 23, 6, 25, 6, 24, 7, 38, 1, 4, 1, 6, 2, 9, 2, 20)


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
