"""Ours beside the stored outputs of other packages (peers/, made by peers/make.py), and faults that the comparison shows."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from qonys.estimation.balancing import balance
from qonys.explanation.evaluation.cohorts import NEVER, event_study
from qonys.explanation.gravity import Model, fit_gravity
from qonys.explanation.interplay import panel_var
from qonys.kernels.evaluation.simplex import nearest_combination
from qonys.kernels.flows.raking import CONVERGED, rake
from qonys.kernels.search import boxes
from qonys.kernels.sensitivity import chaos, indices, sampled
from qonys.kernels.structure import diversity
from qonys.kernels.structure import segregation as sg
from qonys.kernels.structure.factor_models import fit_indices, moments
from qonys.surveys.classes import fit_classes, patterns_of
from qonys.surveys.design import Design
from qonys.surveys.reading import Microdata
from qonys.surveys.scales import one_factor

HERE = Path(__file__).parent / "peers"


def stored(subject):
    return json.loads((HERE / f"{subject}.json").read_text(encoding="utf-8"))["cases"]


RAKING = stored("raking")


def case_of(name):
    case = RAKING[name]
    margins = [(tuple(a), np.array(m)) for a, m in zip(case["axes"], case["margins"], strict=True)]
    return np.array(case["seed"]), margins, np.array(case["ipfn"]), np.array(case["humanleague"])


@pytest.mark.parametrize("subject", ["raking", "segregation", "latent_classes", "panel", "poisson", "one_factor", "synthetic", "cohorts", "sobol", "boxes"])
def test_what_is_stored_says_how_it_was_made(subject):
    document = json.loads((HERE / f"{subject}.json").read_text(encoding="utf-8"))
    assert (HERE.parents[2] / document["made_by"]).is_file()
    assert isinstance(document["seed"], int)
    assert {"python", "numpy"} < set(document["versions"])


@pytest.mark.parametrize("name", RAKING)
def test_raking_is_that_of_ipfn_and_humanleague(name):
    seed, margins, ipfn, humanleague = case_of(name)
    found = rake(seed, margins, 1e-13, 5000)
    assert found.status == CONVERGED
    np.testing.assert_allclose(found.table, ipfn, rtol=1e-9)
    np.testing.assert_allclose(found.table, humanleague, rtol=1e-7)


def long(table, axes, names="abcd"):
    """A table as rows, structural zeros without a row."""
    rows = [(*(names[a] + str(i) for a, i in zip(axes, at, strict=True)), v) for at, v in np.ndenumerate(table) if v]
    return pl.DataFrame(rows, schema=[names[a] for a in axes] + ["value"], orient="row")


@pytest.mark.parametrize("name", RAKING)
def test_tables_with_labels_and_rows_in_any_order(name):
    seed, margins, ipfn, _ = case_of(name)
    axes = tuple(range(seed.ndim))
    shuffled = long(seed, axes).sample(fraction=1, shuffle=True, seed=1)
    found = balance(shuffled, [long(m, inside) for inside, m in margins], 1e-13, 5000)
    assert found.converged
    keys = ["abcd"[a] for a in axes]
    both = found.table.filter(pl.col("value") != 0).join(long(ipfn, axes), on=keys, suffix="_other")
    assert both.height == np.count_nonzero(ipfn)
    np.testing.assert_allclose(both["value"], both["value_other"], rtol=1e-9)


def test_a_seed_in_error_is_not_raked_to_the_same():
    """Planted fault: one cell of the seed a tenth of a per cent too large."""
    seed, margins, ipfn, _ = case_of("three_pairs")
    seed[1, 2, 3] *= 1.001
    assert np.abs(rake(seed, margins, 1e-13, 5000).table / ipfn - 1).max() > 1e-5


def test_segregation_is_that_of_pysal():
    case = stored("segregation")
    counts = np.array(case["counts"], dtype=float)
    assert sg.multigroup_dissimilarity(counts) == pytest.approx(case["all"]["d_multi"], rel=1e-12)
    assert sg.theil(counts) == pytest.approx(case["all"]["h"], rel=1e-12)
    assert sg.normalised_exposure(counts) == pytest.approx(case["all"]["normalised_exposure"], rel=1e-12)
    for j, group in enumerate("xyz"):
        two = np.column_stack([counts[:, j], counts.sum(axis=1) - counts[:, j]])
        other = case["groups"][group]
        assert sg.dissimilarity(*two.T) == pytest.approx(other["d"], rel=1e-12)
        assert sg.exposure(counts, j, j) == pytest.approx(other["isolation"], rel=1e-12)
        assert sg.exposure(two, 0, 1) == pytest.approx(other["interaction"], rel=1e-12)
        assert sg.correlation(counts, j) == pytest.approx(other["eta2"], rel=1e-12)
    shares = counts.sum(axis=0) / counts.sum()
    assert diversity.simpson(shares) == pytest.approx(case["all"]["simpson_interaction"], rel=1e-12)
    eta2 = [sg.correlation(counts, j) for j in range(3)]
    assert shares @ eta2 == pytest.approx(case["all"]["normalised_exposure"], rel=1e-12)


@pytest.mark.parametrize("name", ["toby", "made_up"])
def test_latent_classes_are_those_of_stepmix(name):
    case = stored("latent_classes")[name]
    items = list("ABCD")
    data = Microdata(pl.DataFrame(case["rows"], schema=items, orient="row"))
    fit = fit_classes(patterns_of(data, Design(), items)[0], 2)
    assert fit.likelihood == pytest.approx(case["log_likelihood"], rel=1e-9)
    assert fit.shares == pytest.approx(case["shares"], abs=1e-6)
    answers = np.stack([np.asarray(one) for one in fit.answers], axis=1)
    assert answers == pytest.approx(np.array(case["answers"]), abs=1e-6)
    assert fit.aic == pytest.approx(case["aic"], rel=1e-9)
    assert fit.bic == pytest.approx(case["bic"], rel=1e-9)


def test_a_panel_with_two_effects_is_that_of_linearmodels():
    case = stored("panel")
    found = panel_var(np.array(case["z"]), jackknife=False)
    assert found.matrix == pytest.approx(np.array(case["matrix"]), rel=1e-8)
    assert found.degrees == case["degrees"]
    assert np.diag(found.noise) == pytest.approx(case["s2"], rel=1e-8)
    assert found.tests == pytest.approx(np.array(case["t"]) ** 2, rel=1e-8)
    assert found.p == pytest.approx(np.array(case["p"]), rel=1e-7, abs=1e-12)


@pytest.mark.parametrize("name", stored("poisson"))
def test_poisson_slopes_are_those_of_pyfixest_and_clustered_errors_those_of_statsmodels(name):
    case = stored("poisson")[name]
    moves = pl.read_csv(HERE.parents[1] / "explanation" / "austria_moves.csv").with_columns(
        far=pl.col("distance").log(),
        pair=pl.concat_str(pl.min_horizontal("origin", "destination"), pl.max_horizontal("origin", "destination")),
    )
    found = fit_gravity(moves, Model("moves", (case["term"],), tuple(case["effects"]), ("pair",)), "own")
    assert found.coefficients()[0] == pytest.approx(case["pyfixest"], rel=1e-7)
    assert found.coefficients()[0] == pytest.approx(case["statsmodels"], rel=1e-8)
    assert found.terms["error"][0] == pytest.approx(case["error"], rel=1e-7)
    assert found.fit.deviance == pytest.approx(case["deviance"], rel=1e-9)


def test_one_factor_is_that_of_semopy_and_factor_analyzer():
    """Loadings of factor_analyzer are those of standardised items; semopy has n - 1 in the RMSEA, and stops a little early."""
    peer = stored("one_factor")
    items = pl.read_csv(HERE.parents[1] / "surveys" / "holzinger.csv").drop("school").to_numpy()
    whole = moments(items, np.ones(len(items)))
    found = one_factor([whole])
    cfi, rmsea = fit_indices(found, [whole])
    assert found.loadings()[:, 0] / items.std(axis=0) == pytest.approx(peer["loadings"], abs=2e-6)
    assert (found.chi2, found.degrees) == (pytest.approx(peer["chi2"], abs=2e-4), peer["degrees"])
    assert (cfi, rmsea * np.sqrt(301 / 300)) == pytest.approx((peer["cfi"], peer["rmsea"]), abs=1e-6)
    other = moments(items[:-1], np.ones(len(items) - 1))
    assert one_factor([other]).loadings()[:, 0] / items.std(axis=0) != pytest.approx(peer["loadings"], abs=2e-6)


def test_a_synthetic_control_is_that_of_pysyncon():
    case = stored("synthetic")
    values, at, theirs = np.array(case["values"]), case["at"], np.array(case["weights"])
    target, donors = values[:at, 0], values[:at, 1:]
    ours = nearest_combination(target, donors).weights
    np.testing.assert_allclose(ours, theirs, atol=2e-3)
    np.testing.assert_allclose(values[:, 1:] @ ours, case["path"], atol=2e-3)
    assert np.sum((target - donors @ ours) ** 2) <= np.sum((target - donors @ theirs) ** 2)


def test_an_event_study_is_that_of_pyfixest():
    case = stored("cohorts")
    starts = np.array(case["starts"])
    found = event_study(np.array(case["values"]), np.where(starts > 0, starts, NEVER), np.arange(12))
    assert found.since.tolist() == case["since"]
    np.testing.assert_allclose(found.effect, case["effect"], rtol=1e-8)
    np.testing.assert_allclose(found.error, case["error"], rtol=1e-8)


def test_sobol_indices_are_those_of_salib_and_openturns():
    case = stored("sobol")["ishigami"]
    unit, runs = np.array(case["unit"]), np.array(case["runs"])
    design = sampled.crossed(unit)
    assert design.shape == (5 * len(unit), 3)
    by_runs = sampled.from_runs(runs.T.ravel(), 3)
    np.testing.assert_allclose(by_runs.first, case["first"], rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(by_runs.total, case["total"], rtol=1e-10, atol=1e-12)
    fit = chaos.fitted(2 * unit[:, :3] - 1, runs[:, 0], chaos.total_degree(3, case["degree"]))
    known = {tuple(term): value for term, value in zip(case["terms"], case["coefficients"], strict=True)}
    np.testing.assert_allclose(fit.coefficients, [known[tuple(term)] for term in fit.terms.tolist()], atol=1e-10)
    found = indices.from_chaos(fit.terms, fit.coefficients[:, None])
    np.testing.assert_allclose(found.first, case["chaos_first"], atol=1e-10)
    np.testing.assert_allclose(found.total, case["chaos_total"], atol=1e-10)


def test_runs_of_another_input_ring():
    """A planted fault: two columns of the design exchanged."""
    case = stored("sobol")["ishigami"]
    wrong = sampled.from_runs(np.array(case["runs"])[:, [0, 2, 1, 3, 4]].T.ravel(), 3)
    assert np.abs(wrong.total - case["total"]).max() > 0.05


def test_boxes_are_those_of_ema_workbench():
    """Peel by peel: EMA takes one case more at a peel (the share of cases rounded up, ours interpolated)."""
    case = stored("boxes")["corner"]
    points, wanted = np.array(case["points"]), np.array(case["wanted"])
    masses, density, coverage = (np.array(case[name]) for name in ("mass", "density", "coverage"))
    peels = int(masses.argmin()) + 1
    path = boxes.peeled(points, wanted)[:peels]
    assert len(path) == peels > 30
    assert [one.mass for one in path] == pytest.approx(masses[:peels], abs=1 / len(points) + 1e-12)
    assert [one.density for one in path] == pytest.approx(density[:peels], abs=0.015)
    assert [one.coverage for one in path] == pytest.approx(coverage[:peels], abs=1 / wanted.sum() + 1e-12)
    wide = boxes.pasted(points, wanted, path[-1])
    assert (wide.low[0], wide.high[2]) == pytest.approx((case["low"][-1][0], case["high"][-1][2]), abs=0.005)
    assert wide.density == pytest.approx(density[-1], abs=0.001)
    one = boxes.peeled(points, wanted, share=0.1)[:peels]
    assert [box.mass for box in one] != pytest.approx(masses[: len(one)], abs=0.01), "another share rings"
