"""Mobility tables against fits printed for R gnm and logmult, statsmodels and hand, and faults."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from scipy.linalg import qr
from scipy.optimize import minimize

import qonys
from qonys.errors import BadInput
from qonys.kernels.structure import mobility_models
from qonys.kernels.structure.mobility_models import fit_table, mean_design_effect, parameter_covariance, terms
from qonys.surveys.design import Design
from qonys.surveys.mobility import layer_effects, mobility_table, movement, odds_ratios
from qonys.surveys.mobility import mobility_models as models_of
from qonys.surveys.reading import respondents

# Hauser (1979), son's first occupation by father's, United States 1973; the counts are printed, and the fits of R gnm, in
# vcdExtra 0.9.6, vignette a6-mobility (LRstats)
HAUSER = np.array([[1414, 521, 302, 643, 40], [724, 524, 254, 703, 48], [798, 648, 856, 1676, 108],
                   [756, 914, 771, 3325, 237], [409, 357, 441, 1611, 1832]], dtype=float)[:, :, None]  # fmt: skip
# Yamaguchi (1987, table 1): United States, Britain, Japan; counts of vcdExtra 0.9.6, data Yamaguchi87. The models of Xie
# (1992, table 1: NA, FI0, FIx) in R gnm are printed by S. Fujihara (Association_Models_Japanese, docs/11-Replication.html)
YAMAGUCHI = np.moveaxis(np.array([
    [[1275, 364, 274, 272, 17], [1055, 597, 394, 443, 31], [1043, 587, 1045, 951, 47], [1159, 791, 1323, 2046, 52],
     [666, 496, 1031, 1632, 646]],
    [[474, 129, 87, 124, 11], [300, 218, 171, 220, 8], [438, 254, 669, 703, 16], [601, 388, 932, 1789, 37],
     [76, 56, 125, 295, 191]],
    [[127, 101, 24, 30, 12], [86, 207, 64, 61, 13], [43, 73, 122, 60, 13], [35, 51, 62, 66, 11],
     [109, 206, 184, 253, 325]],
], dtype=float), 0, 2)  # fmt: skip


def yaish():
    """Counts of R gnm 1.1-5, data yaish, without the seventh destination."""
    rows = pl.read_csv(Path(__file__).with_name("yaish.csv"))
    counts = np.zeros((7, 6, 5))
    for educ, orig, dest, n in rows.rows():
        counts[orig - 1, dest - 1, educ - 1] = n
    return counts


def people(counts, layers="123", weight=1.0):
    """One row a respondent of a table of counts."""
    cells = [(str(i), str(j), layers[k]) for i, j, k in np.ndindex(counts.shape) for _ in range(int(counts[i, j, k]))]
    frame = pl.DataFrame(cells, schema=["origin", "destination", "layer"], orient="row")
    return frame.with_columns(weight=pl.lit(weight), pair=pl.int_range(pl.len()).cast(pl.String))


def drawn(seed, n=2500, effect=0.6):
    """A table of two layers with a known layer effect."""
    rng = np.random.Generator(np.random.Philox(key=seed))
    psi = np.array([[1.6, 0.3, -0.6], [0.2, 1.0, 0.1], [-0.5, 0.4, 1.4]])
    layers = [np.exp(times * psi + np.array([0.0, 0.4, -0.3])) for times in (1.0, effect)]
    share = np.stack(layers, axis=2)
    return rng.multinomial(n, (share / share.sum()).ravel()).reshape(share.shape).astype(float)


def independent(matrix):
    """Columns of a matrix that do not depend on each other."""
    _, triangle, order = qr(matrix, mode="economic", pivoting=True)
    return matrix[:, order[: int((np.abs(np.diag(triangle)) > 1e-9).sum())]]


@pytest.mark.parametrize(
    ("model", "g2", "degrees"),
    [("independence", 6170.1, 16), ("quasi_independence", 683.3, 11), ("quasi_symmetry", 27.4, 6)],
)
def test_hauser(model, g2, degrees):
    found = fit_table(HAUSER, model)
    assert (round(found.g2, 1), found.degrees) == (g2, degrees)


@pytest.mark.parametrize(
    ("model", "g2", "digits", "degrees"),
    [("quasi_independence", 1336, 0, 33), ("constant_movers", 36.2, 1, 22), ("uniform_movers", 30.9, 1, 20)],
)
def test_xie(model, g2, digits, degrees):
    found = fit_table(YAMAGUCHI, model)
    assert (round(found.g2, digits), found.degrees) == (g2, degrees)


def test_yaish_in_logmult_and_gnm():
    """Printed: logmult 0.7.4, man/unidiff.Rd (G2, degrees of freedom); gnm 1.1-5, man/yaish.Rd (ln phi and its errors)."""
    found = fit_table(yaish(), "uniform")
    assert (round(found.g2, 3), found.degrees) == (200.326, 116)
    assert np.log(found.effects[1:]) == pytest.approx([-0.2253718, -0.7434236, -1.0389386, -2.2495026], abs=1e-5)
    spread = np.sqrt(np.diag(parameter_covariance(found))[list(found.places)])
    assert spread / found.effects[1:] == pytest.approx([0.1611874, 0.2335083, 0.3434256, 0.9453764], rel=1e-5)


@pytest.mark.parametrize(
    ("model", "counts"),
    [(model, HAUSER) for model in mobility_models.PLAIN]
    + [(model, YAMAGUCHI) for model in (*mobility_models.PLAIN, "constant", "constant_movers")],
)
def test_statsmodels_fits_the_same(model, counts):
    matrix = independent(np.hstack(terms(model, counts.shape)))
    peer = sm.GLM(counts.ravel(), matrix, family=sm.families.Poisson()).fit(tol=1e-12, maxiter=200)
    found = fit_table(counts, model)
    assert found.g2 == pytest.approx(peer.deviance, rel=1e-7, abs=1e-7)
    assert found.fitted.ravel() == pytest.approx(peer.fittedvalues, rel=1e-5)
    assert found.degrees == counts.size - matrix.shape[1]


def test_movers_recomputed():
    """Xie's FIx: statsmodels on the columns of the model with both effects held, and a plain search over the two."""
    first, shared = terms("uniform_movers", YAMAGUCHI.shape)
    layer = np.indices(YAMAGUCHI.shape)[2].ravel()

    def profile(effects):
        matrix = independent(np.hstack([first, shared * np.array([1.0, *effects])[layer][:, None]]))
        return sm.GLM(YAMAGUCHI.ravel(), matrix, family=sm.families.Poisson()).fit(tol=1e-12).deviance

    peer = minimize(profile, [1.0, 1.0], method="Nelder-Mead", options={"xatol": 1e-5, "fatol": 1e-7})
    found = fit_table(YAMAGUCHI, "uniform_movers")
    assert found.g2 == pytest.approx(peer.fun, abs=1e-5)
    assert found.effects[1:] == pytest.approx(peer.x, abs=1e-3)


def test_the_layer_effect_maximises_the_likelihood():
    """Profile: with the effect held away from its estimate, a log-linear model of the scaled association fits worse."""
    counts = drawn(3)
    found = fit_table(counts, "uniform")
    first, shared = terms("uniform", counts.shape)

    def profile(effect):
        times = np.where(np.indices(counts.shape)[2].ravel() == 1, effect, 1.0)
        matrix = independent(np.hstack([first, shared * times[:, None]]))
        return sm.GLM(counts.ravel(), matrix, family=sm.families.Poisson()).fit(tol=1e-12).deviance

    effect = found.effects[1]
    assert profile(effect) == pytest.approx(found.g2, rel=1e-7)
    error = np.sqrt(parameter_covariance(found)[found.places[0], found.places[0]])
    curve = (profile(effect + 0.02) - 2 * found.g2 + profile(effect - 0.02)) / 0.02**2
    assert error == pytest.approx(np.sqrt(2 / curve), rel=0.01)


def test_the_interval_of_a_layer_effect_holds_the_truth():
    inside = 0
    for seed in range(60):
        found = layer_effects(mobility_table(respondents(people(drawn(seed, 1500), "ab")), Design(), "origin", "destination", "layer"))
        low, high = found.filter(model="uniform", layer="b").select("low", "high").row(0)
        inside += low < 0.6 < high
    assert 51 <= inside <= 60  # 95 %: outside of it once in ten thousand


def test_an_association_that_is_turned_is_found():
    counts = np.stack([np.array([[90.0, 30.0], [30.0, 90.0]]), np.array([[50.0, 60.0], [60.0, 50.0]])], axis=2)
    found = fit_table(counts, "uniform")
    assert found.effects[1] == pytest.approx(np.log(50 / 60) / np.log(3), rel=1e-6)
    assert found.g2 == pytest.approx(0, abs=1e-8)
    sparse = fit_table(np.concatenate([yaish(), np.zeros((7, 1, 5))], axis=1), "uniform_movers")
    assert sparse.effects.min() < 0
    assert sparse.degrees == 92


def test_an_empty_origin_takes_no_degree_of_freedom():
    counts = HAUSER.copy()
    counts[2, :, 0] = 0
    assert fit_table(counts, "independence").degrees == 3 * 4


def test_rates_and_odds_by_hand():
    counts = np.array([[30.0, 10.0], [20.0, 40.0]])[:, :, None]
    table = mobility_table(respondents(people(counts)), Design(), "origin", "destination")
    share = dict(movement(table).select("measure", "share").rows())
    assert share == pytest.approx({"gross": 0.3, "structural": 0.1, "exchange": 0.2})
    se = dict(movement(table).select("measure", "se").rows())
    assert se["gross"] == pytest.approx(np.sqrt(0.3 * 0.7 / 99))
    row = odds_ratios(table).row(0, named=True)
    assert row["odds"] == pytest.approx(6)
    spread = np.sqrt((1 / 30 + 1 / 10 + 1 / 20 + 1 / 40) * 100 / 99)
    assert np.log(row["high"] / row["odds"]) == pytest.approx(1.98422 * spread, rel=1e-5)


def test_odds_with_an_empty_cell_have_no_number():
    counts = np.array([[30.0, 0.0], [20.0, 40.0]])[:, :, None]
    assert odds_ratios(mobility_table(respondents(people(counts)), Design(), "origin", "destination"))["odds"].to_list() == [None]


def test_pairs_drawn_together_double_the_design_effect():
    once = people(drawn(1, 800), "ab")
    twice = pl.concat([once, once])
    alone = models_of(mobility_table(respondents(once), Design(), "origin", "destination", "layer"))
    pairs = models_of(mobility_table(respondents(twice), Design(cluster="pair"), "origin", "destination", "layer"))
    for plain, drawn_twice in zip(alone.iter_rows(named=True), pairs.iter_rows(named=True), strict=True):
        assert drawn_twice["g2"] == pytest.approx(2 * plain["g2"], rel=1e-6)
        if plain["degrees"]:
            assert drawn_twice["deff"] == pytest.approx(2 * 800 / 799, rel=1e-6)
            assert drawn_twice["p"] == pytest.approx(plain["p"], abs=5e-3)
    effect = [layer_effects(mobility_table(respondents(frame), design, "origin", "destination", "layer")).filter(layer="b")
              for frame, design in ((once, Design(weight="weight")), (twice, Design(cluster="pair")))]  # fmt: skip
    assert effect[1]["low"].to_list() == pytest.approx(effect[0]["low"].to_list(), rel=1e-6)


def test_the_face_the_units_of_weights_and_the_chart():
    frame = people(drawn(2, 600), "ab", weight=250.0)
    found = qonys.survey_mobility(qonys.survey_design(frame, weight="weight"), "origin", "destination", layer="layer")
    plain = qonys.survey_mobility(frame, "origin", "destination", layer="layer")
    assert found.table("models")["g2"].to_list() == pytest.approx(plain.table("models")["g2"].to_list())
    assert set(found.tables) == {"inflow", "rates", "odds", "models", "layers"}
    sums = found.frame.group_by("layer", "origin").agg(pl.col("share").sum())["share"]
    assert sums.to_list() == pytest.approx([1.0] * 6)
    assert found.plot().spec["facet"]["field"] == "layer"


@pytest.mark.parametrize(
    ("frame", "options", "part"),
    [
        ({"origin": ["a", "b"], "destination": ["c", "d"]}, {}, "no category in common"),
        ({"origin": ["a", "a"], "destination": ["a", "a"]}, {}, "1 category"),
        ({"origin": ["a", "b"], "destination": ["a", "a"], "layer": ["x", "x"]}, {"layer": "layer"}, "1 category"),
    ],
)
def test_refusals(frame, options, part):
    with pytest.raises(BadInput, match=part):
        qonys.survey_mobility(frame, "origin", "destination", **options)


def test_planted_faults_ring(monkeypatch):
    whole = mobility_models.terms

    def without_diagonal(model, shape):
        return whole("independence" if model == "quasi_independence" else model, shape)

    monkeypatch.setattr(mobility_models, "terms", without_diagonal)
    assert round(fit_table(HAUSER, "quasi_independence").g2, 1) != 683.3
    monkeypatch.undo()
    slipped = yaish()
    slipped[0, 0, 0] += 1
    other = fit_table(slipped, "uniform")
    assert round(other.g2, 3) != 200.326
    spread = np.sqrt(np.diag(parameter_covariance(other))[list(other.places)]) / other.effects[1:]
    assert spread[0] != pytest.approx(0.1611874, rel=1e-5)
    moved = YAMAGUCHI[:, :, [0, 1, 1]]
    assert round(fit_table(moved, "uniform_movers").g2, 1) != 30.9
    fit = fit_table(drawn(1), "independence")
    share = drawn(1).ravel() / drawn(1).sum()
    doubled = 2 * (np.diag(share) - np.outer(share, share)) / drawn(1).sum()
    assert mean_design_effect(fit, drawn(1), doubled) == pytest.approx(2)
