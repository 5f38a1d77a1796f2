"""Panel vector autoregression: statsmodels on one region, dummies on many, recovery, closed forms, planted faults."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from qonys.errors import BadInput
from qonys.explanation.interplay import panel_var, replacement, resampled, responses, variance_shares
from qonys.study.chapters.interplay import _within
from qonys.study.plan import Interplay

TRUTH = np.array([[0.5, -0.2], [0.0, 0.4]])


def simulated(seed: int, regions: int = 30, years: int = 25) -> np.ndarray:
    rng = np.random.default_rng(seed)
    z = np.zeros((regions, years + 30, 2))
    level, common = rng.normal(size=(regions, 2)), rng.normal(size=(years + 30, 2))
    for t in range(1, years + 30):
        z[:, t] = level + common[t] + z[:, t - 1] @ TRUTH.T + rng.normal(size=(regions, 2))
    return z[:, 30:]


def test_statsmodels_on_one_region() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from statsmodels.tsa.api import VAR

        z = simulated(1, regions=1, years=80)
        other = VAR(z[0]).fit(1, trend="c")
        tests = other.test_causality(0, 1, kind="f")
    found = panel_var(z, years=False, jackknife=False)
    assert found.matrix == pytest.approx(other.coefs[0], abs=1e-10)
    assert found.noise == pytest.approx(np.asarray(other.sigma_u), abs=1e-10)
    assert found.tests[0, 1] == pytest.approx(tests.test_statistic, rel=1e-8)
    plain = responses(found, 5) @ np.linalg.inv(responses(found, 0)[0])
    assert plain == pytest.approx(other.irf(5).irfs, abs=1e-8)


def test_dummies_of_regions_and_years() -> None:
    z = simulated(2, regions=6, years=12)
    rows, y = [], []
    for i in range(6):
        for t in range(1, 12):
            rows.append([*z[i, t - 1], *(float(i == j) for j in range(6)), *(float(t == s) for s in range(2, 12))])
            y.append(z[i, t])
    x, y = np.array(rows), np.array(y)
    b = np.linalg.lstsq(x, y, rcond=None)[0]
    found = panel_var(z, jackknife=False)
    assert found.matrix == pytest.approx(b[:2].T, abs=1e-10)
    rest = y - x @ b
    assert found.degrees == len(y) - x.shape[1]
    assert found.noise == pytest.approx(rest.T @ rest / found.degrees, abs=1e-10)


def test_jackknife_removes_most_of_the_bias() -> None:
    raw, mended = [], []
    for seed in range(20):
        found = panel_var(simulated(seed, years=16))
        raw.append(found.raw)
        mended.append(found.matrix)
    before, after = (np.mean(one, axis=0) - TRUTH for one in (raw, mended))
    assert before[0, 0] < -0.05
    assert np.abs(np.diag(after)).max() < 0.5 * np.abs(np.diag(before)).max()


def test_the_tests_ring_and_stay_silent() -> None:
    """External foretells internal in the simulation, not the other way."""
    seen = [panel_var(simulated(seed)).p for seed in range(20)]
    assert np.mean([p[0, 1] < 0.05 for p in seen]) > 0.9
    assert np.mean([p[1, 0] < 0.05 for p in seen]) < 0.25


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    inside = 0
    for seed in range(12):
        found = resampled(simulated(seed), lambda fit: fit.matrix, draws=40, seed=seed)
        inside += int(((found.low <= TRUTH) & (found.high >= TRUTH)).sum())
    assert inside >= 38


def test_noise_in_the_figures_widens_the_interval() -> None:
    z = simulated(3)
    plain = resampled(z, lambda fit: fit.matrix, draws=60)
    noisy = resampled(z, lambda fit: fit.matrix, draws=60, renew=lambda rng: z + rng.normal(size=z.shape))
    assert (noisy.high - noisy.low).sum() > (plain.high - plain.low).sum() * 0.9
    assert np.abs(noisy.low + noisy.high)[0, 0] < np.abs(plain.low + plain.high)[0, 0]


def test_responses_and_shares_by_hand() -> None:
    found = panel_var(simulated(4))
    steps = responses(found, 3)
    first = found.noise[:, 0] / np.sqrt(found.noise[0, 0])
    assert steps[2][:, 0] == pytest.approx(found.matrix @ found.matrix @ first)
    assert variance_shares(found).sum(axis=1) == pytest.approx([1.0, 1.0])
    assert found.stable()


def test_an_error_of_the_division_looks_like_displacement() -> None:
    """Two rates that know nothing of each other, parted with an error: the slope of one year rings, and is false."""
    rng = np.random.default_rng(7)
    true = rng.normal(size=(16, 6, 2))
    error = rng.normal(size=(16, 6))
    seen = true + np.stack([error, -error], axis=2)
    clean, low, high = _within(true, Interplay())
    assert low < 0 < high
    false, _, top = _within(seen, Interplay())
    assert false < clean
    assert top < 0


def test_replacement() -> None:
    assert np.isnan(replacement([1.0], [0.0])[0])
    assert replacement([[5.0]], [[-10.0]]).tolist() == [[0.5]]


@pytest.mark.parametrize(
    ("z", "key"),
    [
        (np.zeros((4, 10)), "panel_shape"),
        (np.full((4, 10, 2), np.nan), "panel_gaps"),
        (np.zeros((4, 4, 2)), "panel_short"),
        (np.zeros((2, 10, 2)), "panel_short"),
    ],
)
def test_bad_panels_are_named(z, key) -> None:
    with pytest.raises(BadInput) as caught:
        panel_var(z)
    assert caught.value.key == f"explanation.{key}"
