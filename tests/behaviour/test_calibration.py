"""The chain fitted to figures: known parameters come back, other hands agree, planted faults ring."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import least_squares
from scipy.stats import chi2

from qonys.behaviour.calibration import Noise, draws_of, fit, minimum, problem_of
from qonys.behaviour.identification import learnt_of
from qonys.behaviour.made_up import small_country
from qonys.behaviour.observed import PUBLISHED, SETS, Observed, blocks_of, lines_of, terms_of
from qonys.behaviour.parameters import NAMES, PARAMETERS, mechanism, prior_draws, to_vector
from qonys.behaviour.past import Past, past_run
from qonys.behaviour.surface import BOUNDS, SPREADS
from qonys.errors import BadInput
from qonys.kernels.behaviour import levenberg as kernel
from qonys.kernels.behaviour.chances import SETTLED
from qonys.kernels.behaviour.counts import by_phase, staged
from qonys.kernels.behaviour.holding import held_at

QUIET = Noise(200.0, 0.1, 0.05, 0.05)
YEARS = (0, 3, 5, 6)
GROWTH = np.linspace(0.9, 1.1, len(YEARS))[:, None] * np.array([1.0, 0.8, 1.2, 1.0])


@pytest.fixture(scope="module")
def country():
    return small_country(1e6)


@pytest.fixture(scope="module")
def past():
    return Past(YEARS, GROWTH)


def figures(country, past, chain, noise, seed):
    """Simulated figures: moves with the terms and the dispersion of `noise`, shares of surveys with their errors."""
    rng = np.random.default_rng(seed)
    made = past_run(chain, country, past)
    years, regions = made.moves.shape[:2]
    origin, destination = np.exp(rng.normal(0, 1, (2, regions)))
    of_year = np.exp(rng.normal(0, 0.7, years))
    pair = np.exp(rng.normal(0, noise.pair, (regions, regions)))
    leaving = np.exp(rng.normal(0, noise.origin_year, (years, regions)))
    coming = np.exp(rng.normal(0, noise.destination_year, (years, regions)))
    mean = made.moves * origin[:, None] * destination * pair * of_year[:, None, None]
    mean = mean * leaving[:, :, None] * coming[:, None]
    moves = rng.poisson(mean * rng.gamma(noise.dispersion, 1 / noise.dispersion, mean.shape)).astype(float)
    shell = Observed(past, moves, wish=0.2, plan=0.3, wish_ages=np.array([[18, 29, 0.2], [30, 39, 0.2]]))
    blocks = {one.name: one for one in blocks_of(shell, made, country.axes.bands)}
    lines = dict(zip(blocks, np.split(lines_of(shell, made), np.cumsum([len(b.data) for b in blocks.values()])[:-1]),
                     strict=True))  # fmt: skip
    factor = -lines["wish"][0] - 1.6
    wish = np.exp(lines["wish"] + factor + rng.normal(0, blocks["wish"].error))
    aged = np.exp(lines["wish_age"] + factor + rng.normal(0, blocks["wish_age"].error))
    plan = 1 / (1 + np.exp(-lines["plan"] - rng.normal(0, blocks["plan"].error)))
    ages = np.column_stack([shell.wish_ages[:, :2], np.minimum(aged, 0.95)])
    return replace(shell, wish=float(min(wish[0], 0.95)), plan=float(plan[0]), wish_ages=ages)


TRUE = {"distance": 1.1, "network": 1.1, "plan": 0.25}


@pytest.fixture(scope="module")
def seen(country, past):
    return figures(country, past, mechanism(TRUE), QUIET, 3)


@pytest.fixture(scope="module")
def found(country, seen):
    return fit(country, seen, noise=QUIET)


def test_known_parameters_come_back_within_their_intervals(found):
    true = to_vector(mechanism(TRUE))
    away = (found.centre - true) / np.sqrt(np.diag(found.covariance))
    assert found.converged
    assert np.abs(away).max() < 3
    assert abs(found.mean().distance - 1.1) < 0.25


def test_least_squares_of_scipy_finds_no_lower_place(country, seen, found):
    """Squared deviance residuals and the squared distances to the priors sum to twice the value that is made least."""
    task = problem_of(country, seen, noise=QUIET)
    centre, terms = found.centre, len(found.place) - len(NAMES)
    precision = np.sqrt(task.precision())

    def residuals(x):
        logs = task.logs(x[: len(NAMES)], x[len(NAMES) :])
        y, log = task.data[task.counted], logs[task.counted]
        best = kernel_value(y, np.log(np.maximum(y, 1e-9)))
        deviance = 2 * np.maximum(kernel_value(y, log) - best, 0)
        normal = (task.data - logs)[task.normal] / task.error[task.normal]
        away = x.copy()
        away[: len(NAMES)] -= task.centre
        return np.concatenate([np.sign(y - np.exp(log)) * np.sqrt(deviance), normal, precision * away])

    def kernel_value(y, log):
        return (y + QUIET.dispersion) * np.log(QUIET.dispersion + np.exp(log)) - y * log

    low, high = (
        np.concatenate([end, np.full(terms, sign * np.inf)]) for end, sign in zip(BOUNDS, (-1, 1), strict=True)
    )
    start = found.place.copy()
    other = least_squares(residuals, start, bounds=(low, high), x_scale=1 / precision, max_nfev=3)
    mine = task.value(centre)
    theirs = task.value(other.x[: len(NAMES)])
    assert mine - theirs < 0.5
    apart = (other.x[: len(NAMES)] - centre) / np.sqrt(np.diag(found.covariance))
    assert np.abs(apart).max() < 0.7


def test_slopes_are_those_of_the_value(country, seen):
    task = problem_of(country, seen, noise=QUIET)
    place = to_vector(mechanism({"distance": 0.9}))
    gradient, _ = task.slopes(place)
    assert np.abs(gradient - by_hand(task, place)).max() / np.abs(gradient).max() < 0.05


def by_hand(task, place):
    """Central differences of the value itself."""
    found = []
    for k, spread in enumerate(SPREADS):
        ends = [place + sign * 0.02 * spread * np.eye(len(place))[k] for sign in (1, -1)]
        found.append((task.value(ends[0]) - task.value(ends[1])) / (0.04 * spread))
    return np.array(found)


def test_a_wrong_column_of_slopes_is_noticed(country, seen, monkeypatch):
    task = problem_of(country, seen, noise=QUIET)
    place = to_vector(mechanism({"distance": 0.9}))
    right = task.surface.slopes

    def wrong(at):
        slopes = right(at).copy()
        slopes[:, NAMES.index("distance")] *= -1
        return slopes

    monkeypatch.setattr(task.surface, "slopes", wrong)
    gradient, _ = task.slopes(place)
    assert np.abs(gradient - by_hand(task, place)).max() / np.abs(gradient).max() > 0.5
    assert not minimum(task, place, 3).converged


def test_figures_that_say_nothing_leave_the_priors(country, past):
    made = past_run(mechanism(), country, past)
    shell = Observed(past, made.moves.round())
    blocks = blocks_of(shell, made, country.axes.bands)
    design = terms_of(shell, blocks).design
    rows, first = {}, 0
    for one in blocks:
        rows[one.name] = slice(first, first + len(one.data))
        first += len(one.data)
    prior = np.ones(len(NAMES) + design.shape[1])
    prior[: len(NAMES)] = SPREADS**-2.0
    learnt = learnt_of((np.zeros((first, len(NAMES))), design), np.ones(first), rows, prior, {"moves"})
    assert np.allclose(learnt.ratio, 1)
    assert [learnt.count(k) for k in range(len(learnt.sets))] == [0] * len(SETS)


def test_more_figures_never_widen_the_posterior(found):
    published = found.learnt.ratio[: len(PUBLISHED)]
    assert (np.diff(published, axis=0) <= 1e-9).all()
    assert (found.learnt.ratio[len(PUBLISHED) :] <= published[-1] + 1e-9).all()
    assert (published <= 1 + 1e-9).all()


def test_the_level_of_a_year_is_not_behaviour(country, seen, found):
    """Twice the moves of one year, as when registration changes, leave the parameters where they were."""
    twice = seen.moves.copy()
    twice[-1] *= 2
    other = fit(country, replace(seen, moves=twice), noise=QUIET)
    assert np.abs((other.centre - found.centre) / SPREADS).max() < 0.25
    years = slice(len(NAMES), len(NAMES) + len(YEARS))
    assert (other.place[years] - found.place[years])[-1] > 0.4


def test_draws_are_of_the_posterior_and_in_range(found):
    drawn = np.array([to_vector(one) for one in draws_of(found, 400, 1)])
    assert ((drawn >= BOUNDS[0] - 1e-9) & (drawn <= BOUNDS[1] + 1e-9)).all()
    k = NAMES.index("distance")
    assert drawn[:, k].std() == pytest.approx(np.sqrt(found.covariance[k, k]), rel=0.15)
    assert np.array_equal(to_vector(draws_of(found, 2, 1)[1]), drawn[1])


def test_a_set_of_figures_that_there_is_not_is_refused(country, seen):
    with pytest.raises(BadInput, match="flows"):
        problem_of(country, seen, ("weather",))


def hold(now, base):
    """The slow plain twin of `held_at`: people of each cell at `base` (R, C, 2, 1, A), empty cells settled."""
    total = now.state.sum(axis=3, keepdims=True)
    empty = (total <= 0)[:, :, :, 0]
    now.state *= np.divide(base, total, out=np.zeros_like(total), where=total > 0)
    now.state[:, :, :, SETTLED][empty] = np.broadcast_to(base[:, :, :, 0], empty.shape)[empty]
    held, known = by_phase(now.state, now.homes.shape[2])[:, :, :SETTLED], now.homes.sum(axis=1)
    now.homes *= np.divide(held, known, out=np.zeros_like(known), where=known > 0)[:, None]


def test_people_are_held_as_by_the_slow_way(country):
    from qonys.behaviour.start import start_of

    now = start_of(mechanism(), country)
    other, factor = now.copy(), np.linspace(0.8, 1.2, 4)
    base = country.base.reshape(4, -1, 2, 1, country.ages())
    hold(now, base * factor[:, None, None, None, None])
    wishing = held_at(other, base[:, :, :, 0], factor)
    np.testing.assert_allclose(now.state, other.state, rtol=1e-12)
    np.testing.assert_allclose(now.homes, other.homes, rtol=1e-10)
    np.testing.assert_allclose(wishing, staged(other.state, 2)[1], rtol=1e-12)


def test_dispersion_is_that_of_the_counts():
    rng = np.random.default_rng(1)
    means = np.full(20_000, 80.0)
    counts = rng.poisson(means * rng.gamma(12.0, 1 / 12.0, means.shape)).astype(float)
    assert kernel.dispersion_of(counts, means, float(len(means))) == pytest.approx(12.0, rel=0.05)
    assert kernel.dispersion_of(rng.poisson(means).astype(float), means, 21_000.0) == 1e6


@pytest.mark.long
def test_ranks_of_the_truth_in_the_posterior_are_uniform(past):
    """Simulation-based calibration (Talts, Betancourt, Simpson, Vehtari and Gelman 2018, arXiv:1804.06788)."""
    country = small_country(1e6, 4, 2, educations=1)
    bins, repeats, ranks = 5, 60, []
    for one, chain in enumerate(prior_draws(repeats, 11)):
        seen = figures(country, past, chain, QUIET, 100 + one)
        fitted = fit(country, seen, noise=QUIET)
        drawn = np.array([to_vector(each) for each in draws_of(fitted, 99, one)])
        ranks.append((drawn < to_vector(chain)).mean(axis=0))
    places = np.floor(np.array(ranks) * bins).clip(0, bins - 1)
    tails = []
    for k, _ in enumerate(PARAMETERS):
        counts = np.bincount(places[:, k].astype(int), minlength=bins)
        tails.append(chi2.sf(((counts - repeats / bins) ** 2 / (repeats / bins)).sum(), bins - 1))
    assert min(tails) > 0.001 / len(PARAMETERS), dict(zip(NAMES, tails, strict=True))
