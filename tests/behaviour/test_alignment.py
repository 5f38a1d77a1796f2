"""Offsets of places: targets are met, what cannot be met is told, mixing is quicker than plain steps."""

from dataclasses import replace

import numpy as np
import pytest

from qonys.behaviour.alignment import Targets, aligned
from qonys.behaviour.made_up import small_country
from qonys.behaviour.parameters import mechanism
from qonys.behaviour.start import held_year
from qonys.kernels.behaviour.mixing import Mixing


@pytest.fixture(scope="module")
def country():
    return small_country(1e5, years=1)


def wanted(moves=600.0):
    return Targets(np.array([400.0, 500, 700, 800]) * moves / 600, np.array([700.0, 800, 500, 400]) * moves / 600, np.full((2, 2), 20.0))


def test_the_first_year_meets_its_targets(country):
    ready = aligned(mechanism(), country, wanted())
    made = held_year(mechanism(), ready.inputs, ready.start.copy())
    inside = (made.moves + made.returns).sum(axis=2)
    for found, target in ((inside.sum(axis=1), wanted().left), (inside.sum(axis=0), wanted().came), (made.emigrants.sum(axis=0), wanted().gone)):
        np.testing.assert_allclose(found, target, atol=0.006 * target.mean(), rtol=0.006)
    assert ready.miss < 0.005


def test_arrivals_below_the_returns_are_missed_and_said(country):
    """Where returns alone are more than the arrivals that a region is to have, no offset meets them."""
    few = replace(wanted(3000.0), came=np.array([7000.0, 7000, 900, 10]) * 12000 / 14910, left=np.full(4, 3000.0))
    chain = mechanism({"back": 0.8, "fade": 0.95, "settle": 0.05})
    assert aligned(chain, country, few).miss > 0.01


def test_where_nobody_is_wanted_nobody_goes(country):
    gone = np.array([[40.0, 0.0], [0.0, 40.0]])
    ready = aligned(mechanism(), country, replace(wanted(), gone=gone))
    made = held_year(mechanism(), ready.inputs, ready.start.copy())
    assert made.emigrants.sum(axis=0)[gone == 0].tolist() == [0.0, 0.0]


def test_mixing_finds_a_fixed_point_in_fewer_steps_than_plain_ones():
    """A linear map with slow and alternating parts; its fixed point is known."""
    rng = np.random.default_rng(1)
    turn, _ = np.linalg.qr(rng.standard_normal((6, 6)))
    slow = turn @ np.diag([0.95, -0.9, 0.8, 0.5, 0.1, -0.3]) @ turn.T
    fixed = rng.standard_normal(6)

    def steps(depth):
        place, mixing = np.zeros(6), Mixing(depth)
        for number in range(400):
            residual = slow @ (place - fixed) + fixed - place
            if np.abs(residual).max() < 1e-6:
                np.testing.assert_allclose(place, fixed, atol=1e-4)
                return number
            place = mixing.step(place, residual)
        return 400

    assert steps(4) < steps(0) / 4
