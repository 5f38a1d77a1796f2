"""An autoregression seen in some years: the likelihood by a filter, normal theory, recovery, calibration, keys."""

from __future__ import annotations

import numpy as np
import pytest

from qonys.kernels.processes import gapped_autoregression as ga

PRIOR = ga.AutoregressionPrior(-6.0, 1.5, 0.2)
PLACE = np.array([3, 4, 9, 20, 21, 22, 24])
SEEN = np.array([-5.0, -5.2, -5.5, -6.4, -6.5, -6.3, -6.8])
ERROR = np.array([0.2, 0.2, 0.1, 0.02, 0.02, 0.02, 0.02])


def filtered(mu: float, phi: float, sd: float) -> float:
    """Log likelihood of what is seen given all parameters, year by year (Kalman)."""
    mean, variance, total, year = mu, sd**2 / (1 - phi**2), 0.0, 0
    for y, e, at in zip(SEEN, ERROR, PLACE, strict=True):
        for _ in range(at - year):
            mean, variance = mu + phi * (mean - mu), phi**2 * variance + sd**2
        year = at
        width = variance + e**2
        total += -0.5 * (np.log(width) + (y - mean) ** 2 / width)
        gain = variance / width
        mean, variance = mean + gain * (y - mean), (1 - gain) * variance
    return total


def test_the_weight_of_a_cell_is_prior_times_the_filters_likelihood() -> None:
    logs = ga.cell_logs(SEEN, ERROR, PLACE, PRIOR)
    edges, sizes = ga.grid()
    mu = np.linspace(-14, 2, 4001)
    expected = []
    cells = ((5, 10), (25, 20), (38, 30))
    for i, j in cells:
        phi, sd = (edges[i] + edges[i + 1]) / 2, np.sqrt(sizes[j] * sizes[j + 1])
        inside = np.array([filtered(m, phi, sd) for m in mu]) - 0.5 * ((mu - PRIOR.mean) / PRIOR.spread) ** 2
        cell = np.log(sizes[j + 1] - sizes[j]) - np.log1p((sd / PRIOR.scale) ** 2)
        expected.append(np.log(np.exp(inside - inside.max()).sum()) + inside.max() + cell)
    found = np.array([logs[cell] for cell in cells])
    assert found - found[0] == pytest.approx(np.array(expected) - expected[0], abs=1e-6)


def test_draws_agree_with_normal_theory_where_phi_and_s_are_known(monkeypatch) -> None:
    phi, sd, draws = 0.8, 0.3, 20_000
    monkeypatch.setattr(ga, "_chosen", lambda *given: (np.full(draws, phi), np.full(draws, sd)))
    found = ga.fit(SEEN, ERROR, PLACE, 26, PRIOR, draws, 3)
    years = np.arange(26)
    cov = PRIOR.spread**2 + sd**2 / (1 - phi**2) * phi ** np.abs(np.subtract.outer(years, years))
    gain = cov[:, PLACE] @ np.linalg.inv(cov[np.ix_(PLACE, PLACE)] + np.diag(ERROR**2))
    mean = PRIOR.mean + gain @ (SEEN - PRIOR.mean)
    spread = np.sqrt(np.diag(cov - gain @ cov[PLACE]))
    assert found.levels.mean(axis=0) == pytest.approx(mean, abs=0.02)
    assert found.levels.std(axis=0) == pytest.approx(spread, rel=0.04)


def test_known_parameters_are_recovered_from_many_years() -> None:
    rng = np.random.Generator(np.random.Philox(key=8))
    phi, sd, mu, length = 0.7, 0.25, -6.5, 150
    z = np.zeros(length)
    for t in range(1, length):
        z[t] = phi * z[t - 1] + sd * rng.standard_normal()
    place = np.flatnonzero(rng.random(length) < 0.6)
    error = np.full(len(place), 0.05)
    found = ga.fit(mu + z[place] + error * rng.standard_normal(len(place)), error, place, length, PRIOR, 200, 1)
    for values, true in ((found.phi, phi), (found.sd, sd), (found.mu, mu)):
        low, high = np.quantile(values, [0.005, 0.995])
        assert low < true < high
        assert high - low < 0.8


def ranks(worlds: int = 60, shift: float = 1.0, more: float = 0.0) -> np.ndarray:
    """Ranks of true values of sd and of the last year among 19 draws, from worlds drawn from the prior."""
    edges, sizes = ga.grid()
    rng = np.random.Generator(np.random.Philox(key=77))
    x = (sizes[1:] + sizes[:-1]) / 2
    chance = np.diff(sizes) / (1 + (x / PRIOR.scale) ** 2)
    found = []
    for world in range(worlds):
        j = rng.choice(len(x), p=chance / chance.sum())
        sd, phi = rng.uniform(sizes[j], sizes[j + 1]), rng.uniform(0, edges[-1])
        mu, levels = ga._prior_worlds(np.array([phi]), np.array([sd]), 26, PRIOR, rng)
        seen = levels[0, PLACE] + ERROR * rng.standard_normal(len(PLACE))
        drawn = ga.fit(seen, ERROR * shift, PLACE, 26, PRIOR, 19, world)
        found.append([(drawn.sd < sd).sum(), (drawn.levels[:, 25] + more < levels[0, 25]).sum(), (drawn.mu < mu).sum()])
    return np.array(found)


def chi(found: np.ndarray) -> float:
    counts = np.bincount(found // 4, minlength=5)
    return float(((counts - len(found) / 5) ** 2 / (len(found) / 5)).sum())


@pytest.mark.long
def test_ranks_of_true_values_are_uniform_and_a_shift_is_found() -> None:
    """Four degrees of freedom: 18.5 is exceeded once in a thousand; planted: the last year drawn too high."""
    found = ranks()
    assert max(chi(found[:, k]) for k in range(3)) < 18.5
    assert chi(ranks(more=0.5)[:, 1]) > 18.5


def test_paths_start_where_the_years_end_and_keep_their_company() -> None:
    found = ga.fit(SEEN, ERROR, PLACE, 26, PRIOR, 50, 2)
    few, many = ga.paths(found, 5, (3, 6), 9), ga.paths(found, 40, (0, 60), 9)
    assert np.array_equal(few, many[3:6, :5])
    assert np.array_equal(found.levels, ga.fit(SEEN, ERROR, PLACE, 26, PRIOR, 50, 2).levels)
    still = ga.AutoregressionDraws(found.mu, found.phi, np.zeros(50), found.levels)
    expected = found.mu + found.phi * (found.levels[:, -1] - found.mu)
    assert ga.paths(still, 1, (0, 50), 9)[:, 0] == pytest.approx(expected)


def test_nothing_seen_is_refused() -> None:
    with pytest.raises(ValueError, match="errors above zero"):
        ga.fit(SEEN, 0 * ERROR, PLACE, 26, PRIOR, 5, 1)
