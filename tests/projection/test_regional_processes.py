"""Deviations of regions from the nation: fitted to what they drew, moderated, lifted; the level of moves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qonys.projection.regional.processes import AR1Process, Deviations, fit_level, fit_wander, moderated


def test_deviations_fitted_to_what_they_drew() -> None:
    for phi, common in ((0.7, 0.5), (0.9, 0.0)):
        drawn = AR1Process(phi, 0.2, common).paths(31, 65, 12, (0, 24), 4)[:, 40:]
        found = [fit_wander(one) for one in drawn]
        assert np.mean([one.phi for one in found]) == pytest.approx(phi, abs=0.05)
        assert np.mean([one.sd for one in found]) == pytest.approx(0.2, rel=0.05)
        assert np.mean([one.common for one in found]) == pytest.approx(common, abs=0.06)
        plain = [float((x[:-1] * x[1:]).sum() / (x[:-1] ** 2).sum()) for x in drawn - drawn.mean(axis=1, keepdims=True)]
        assert abs(np.mean(plain) - phi) > abs(np.mean([one.phi for one in found]) - phi)  # without the correction
    drawn = AR1Process(0.9, 0.2).paths(31, 120, 12, (0, 1), 4)[0]
    gaps = np.array([np.nan])
    holes = np.vstack([drawn[:60], gaps.repeat(12)[None], drawn[60:]])
    assert fit_wander(holes).phi == pytest.approx(0.9, abs=0.06)
    wide, plain_fit = fit_wander(drawn, scale=0.5), fit_wander(drawn)
    assert np.array(wide.sd) == pytest.approx(2 * np.array(plain_fit.sd))
    spoilt = drawn.copy()
    spoilt[60, 3] += 40 * 0.2  # a planted fault: a change of boundaries that nobody told widens this region
    assert fit_wander(spoilt).sd[3] > 3 * plain_fit.sd[3]
    assert np.delete(fit_wander(spoilt).sd, 3) == pytest.approx(np.delete(plain_fit.sd, 3), rel=0.1)
    spoilt[60, 3] = np.nan  # told, it is not known
    assert np.array(fit_wander(spoilt).sd) == pytest.approx(np.array(plain_fit.sd), rel=0.05)
    assert fit_wander(spoilt).figures == drawn.size - 1


def test_each_region_has_its_own_scatter() -> None:
    sds = np.array([0.1] * 9 + [0.2, 0.8])
    drawn = AR1Process(0.6, tuple(sds)).paths(31, 80, 11, (0, 20), 4)[:, 40:]
    found = [fit_wander(one) for one in drawn]
    assert np.mean([one.sd for one in found], axis=0) == pytest.approx(sds, rel=0.1)
    assert np.mean([one.phi for one in found]) == pytest.approx(0.6, abs=0.05)


def test_variances_are_moderated_as_much_as_they_are_alike() -> None:
    """Another hand: variances drawn from the prior that the method assumes; the posterior's weight is d / (d + d0)."""
    rng = np.random.Generator(np.random.Philox(key=5))
    d, d0, middle = 15.0, 6.0, 2.0
    true = middle * d0 / rng.chisquare(d0, 3000)
    seen = true * rng.chisquare(d, 3000) / d
    found = moderated(seen, np.full(3000, d))
    slope, start = np.polyfit(seen, found, 1)
    assert slope == pytest.approx(d / (d + d0), abs=0.03)
    assert start == pytest.approx(d0 * middle / (d + d0), rel=0.1)
    assert np.mean((found / true - 1) ** 2) < np.mean((seen / true - 1) ** 2)
    alike = 2.0 * rng.chisquare(d, 40) / d
    assert np.ptp(moderated(alike, np.full(40, d))) < 0.3 * np.ptp(alike)
    assert moderated(np.array([3.0]), np.array([9.0])).tolist() == [3.0]


def test_lifted_paths_keep_the_mean_of_their_factor() -> None:
    sds = np.repeat([0.3, 0.6], 200)
    one = AR1Process(0.6, tuple(sds), lift=0.5)

    def means(one, sign):
        factor = np.exp(sign * one.paths(7, 8, 400, (0, 150), 1))
        return np.stack([factor[:, :, sds == sd].mean(axis=(0, 2)) for sd in (0.3, 0.6)])

    assert means(one, -1) == pytest.approx(1, abs=0.03)
    assert means(replace(one, lift=0.0), -1)[1, -1] > 1.2  # without it many would leave a region that strays far
    assert means(replace(one, lift=-0.5), 1) == pytest.approx(1, abs=0.03)
    taking = np.exp(one.paths(7, 8, 400, (0, 150), 1) - 2 * one.lifted(8))
    assert taking[:, -1, sds == 0.6].mean() == pytest.approx(1, abs=0.03)  # of immigrants, in the drivers


def test_paths_have_the_variance_of_the_closed_form() -> None:
    one = AR1Process(0.8, 0.3, 0.4, 0.5, 0.1)
    x = one.paths(7, 10, 2, (0, 4000), 1)
    assert x[:, 9].mean() == pytest.approx(0.5 - 0.4 * 0.8**10, abs=0.02)
    assert x[:, 9].var(axis=0) == pytest.approx(0.09 * (1 - 0.8**20) / (1 - 0.64), rel=0.08)
    assert np.corrcoef(x[:, 9].T)[0, 1] == pytest.approx(0.4, abs=0.05)
    assert np.array_equal(one.paths(7, 10, 2, (3, 5), 1), x[3:5])
    assert np.array_equal(one.paths(7, 4, 2, (0, 9), 1), x[:9, :4])


def test_the_level_of_moves_with_missing_years() -> None:
    drawn = np.exp(AR1Process(0.6, 0.1, 0.0, 0.3, 0.3).paths(3, 400, 1, (0, 1), 2)[0, :, 0])
    kept = {1600 + t: float(v) for t, v in enumerate(drawn) if t % 3 != 1}
    found = fit_level(kept, 1998)
    assert found.phi == pytest.approx(0.6, abs=0.12)
    assert found.sd == pytest.approx(0.1, rel=0.15)
    assert found.mean == pytest.approx(0.3, abs=0.06)
    assert found.last == pytest.approx(np.log(kept[1998]))
    few = fit_level({2020: 1.0, 2021: 1.2}, 2021)
    assert (few.figures, few.last) == (0, pytest.approx(np.log(1.2)))
    assert fit_level({}, 2021) == Deviations().level
