"""Contributions of groups: sums exact, by brute force over orders, closed form, planted faults; measures of fit."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from qonys.errors import BadInput
from qonys.explanation.contributions import coefficient_draws, summed, to_change, to_direction, to_level
from qonys.explanation.fit import common_part, fit_of
from qonys.kernels.regression.poisson_effects import poisson_deviance, poisson_fit

GROUPS = {"a": [0], "b": [1, 2], "c": [3]}


def cells(seed: int = 1, n: int = 40):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 4))
    years = np.repeat([0, 1], n // 2)
    b = np.array([0.5, -0.3, 0.2, 0.0])
    moves = rng.poisson(np.exp(3 + years + x @ b)).astype(float)
    return moves, x, years, b


def explained(moves, x, years, b, on):
    """Explained deviance with the columns of the groups `on` alone, year by year, in plain loops."""
    mu = np.zeros(len(moves))
    for year in (0, 1):
        inside = years == year
        eta = sum(((x[inside, j] - x[inside, j].mean()) * b[j] for g in on for j in GROUPS[g]), np.zeros(inside.sum()))
        raw = np.exp(eta)
        mu[inside] = raw * moves[inside].sum() / raw.sum()
    base = np.array([moves[years == y].mean() for y in years])
    return 1 - poisson_deviance(moves, mu) / poisson_deviance(moves, base)


def test_direction_is_the_mean_over_all_orders() -> None:
    moves, x, years, b = cells()
    found = to_direction(moves, x, years, b, GROUPS)
    effects = dict.fromkeys(GROUPS, 0.0)
    orders = list(permutations(GROUPS))
    for order in orders:
        for place, group in enumerate(order):
            gain = explained(moves, x, years, b, order[: place + 1]) - explained(moves, x, years, b, order[:place])
            effects[group] += gain / len(orders)
    assert found.point() == pytest.approx(list(effects.values()), abs=1e-10)
    assert found.point().sum() == pytest.approx(explained(moves, x, years, b, GROUPS), abs=1e-10)
    assert found.point()[2] == pytest.approx(0.0, abs=1e-12)


def test_level_sums_to_fitted_less_alike() -> None:
    moves, x, years, b = cells()
    places = np.arange(len(moves)) % 5
    found = to_level(moves, x, years, b, GROUPS, places)
    centred = x - np.array([x[years == y].mean(axis=0) for y in years])
    for place in range(5):
        want = 0.0
        for year in (0, 1):
            inside = years == year
            mu = np.exp(centred[inside] @ b)
            mu *= moves[inside].sum() / mu.sum()
            want += (mu - moves[inside].mean())[places[inside] == place].sum() / 2
        assert found.point()[:, place].sum() == pytest.approx(want, abs=1e-9)


def test_change_adds_up_exactly_and_has_a_closed_form_for_one_factor() -> None:
    rng = np.random.default_rng(3)
    old, new = rng.integers(5, 90, (2, 12)).astype(float)
    x0, x1 = rng.normal(size=(2, 12, 4))
    draws = coefficient_draws([0.4, 0.1, -0.2, 0.3], np.eye(4) * 0.01, 50, 1)
    found = to_change(old, new, (x0, x1), draws, GROUPS, "common", "rest")
    assert found.names == ("a", "b", "c", "common", "rest")
    assert found.effects.sum(axis=0) == pytest.approx(np.broadcast_to(new - old, (51, 12)), abs=1e-9)
    whole = summed(found)
    assert whole.effects[-1] == pytest.approx(np.zeros(51), abs=1e-9)
    places = np.arange(12) % 3
    assert summed(found, places).effects.sum(axis=-1) == pytest.approx(whole.effects)
    alone = to_change(old, new, (np.zeros((12, 1)), np.ones((12, 1))), [[0.5]], {"f": [0]}, "common", "rest")
    grow, shift = np.exp(0.5), new.sum() / old.sum() / np.exp(0.5)
    assert alone.point()[0] == pytest.approx(old * ((grow - 1) + (grow * shift - shift)) / 2)


def test_intervals_widen_with_the_covariance_and_the_frame_keeps_the_whole() -> None:
    moves, x, years, b = cells()
    wide, narrow = (
        to_direction(moves, x, years, coefficient_draws(b, np.eye(4) * s, 200, 1), GROUPS) for s in (1e-2, 1e-4)
    )
    assert ((wide.ends()[1] - wide.ends()[0]) > (narrow.ends()[1] - narrow.ends()[0])).all()
    frame = wide.frame()
    assert frame["value"].sum() == pytest.approx(frame["whole"][0])


def test_draws_have_the_covariance_they_are_given() -> None:
    v = np.array([[1.0, 0.6], [0.6, 2.0]])
    draws = coefficient_draws([1.0, 2.0], v, 20_000, 7)
    assert draws[0].tolist() == [1.0, 2.0]
    assert np.cov(draws[1:].T) == pytest.approx(v, abs=0.06)


@pytest.mark.parametrize("groups", [{"a": [0]}, {"a": [0, 1], "b": [1, 2, 3]}, {"a": [0, 1, 2, 3, 4]}])
def test_a_column_in_no_group_or_in_two_is_refused(groups) -> None:
    moves, x, years, b = cells()
    with pytest.raises(BadInput, match="one group"):
        to_direction(moves, x, years, b, groups)
    with pytest.raises(BadInput, match="reserved"):
        to_change(moves, moves, (x, x), b, {"rest": [0, 1, 2, 3]}, "common", "rest")


def test_measures_of_fit_by_hand() -> None:
    found = fit_of([1.0, 3.0, 0.0], [2.0, 1.0, 1.0])
    assert found.cpc == pytest.approx(2 * (1 + 1 + 0) / 8)
    assert found.srmse == pytest.approx(np.sqrt((1 + 4 + 1) / 3) / (4 / 3))
    assert common_part([1.0, 0.0], [0.0, 1.0]) == 0.0
    mean = fit_of([1.0, 3.0, 5.0], [3.0, 3.0, 3.0])
    assert mean.explained == pytest.approx(0.0)
    assert np.isnan(mean.r2)
    for bad in ([2.0, 1.0], [0.0, 1.0, 1.0], [-1.0, 1.0, 1.0]):
        with pytest.raises(BadInput):
            fit_of([1.0, 3.0, 0.0], bad)


def test_separated_zeros_run_away() -> None:
    """Zeros that are separated have no best fit: the coefficient runs away."""
    y, x = np.array([0.0, 0.0, 3.0, 5.0]), np.array([[1.0], [1.0], [0.0], [0.0]])
    found = poisson_fit(y, x, [], [np.arange(4)])
    assert found.coefficients[0] < -15
