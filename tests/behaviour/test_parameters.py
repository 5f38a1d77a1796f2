"""Parameters: their scales and priors, and what is refused."""

import numpy as np
import pytest
from scipy.stats import truncnorm

from qonys.behaviour.alignment import Targets, aligned
from qonys.behaviour.made_up import small_country
from qonys.behaviour.parameters import KNOWN, NAMES, PARAMETERS, from_vector, mechanism, prior_draws, to_vector
from qonys.behaviour.twin import twin
from qonys.errors import BadInput


def test_a_vector_of_places_gives_the_parameters_again():
    chain = mechanism()
    again = from_vector(to_vector(chain))
    np.testing.assert_allclose([getattr(again, name) for name in NAMES], [getattr(chain, name) for name in NAMES])


def test_draws_of_the_priors_lie_in_their_ranges_and_have_their_means():
    drawn = prior_draws(400, 3)
    for one in PARAMETERS:
        values = np.array([getattr(chain, one.name) for chain in drawn])
        assert ((values >= one.low) & (values <= one.high)).all()
        ends = [(one.to_scale(end) - one.to_scale(one.mean)) / one.sd for end in (one.low, one.high)]
        wanted = truncnorm.mean(*ends)
        found = (np.array([one.to_scale(value) for value in values]) - one.to_scale(one.mean)) / one.sd
        assert abs(found.mean() - wanted) < 4 / np.sqrt(400)


def test_a_draw_depends_only_on_its_number_and_the_seed():
    assert prior_draws(3, 1) == prior_draws(5, 1)[:3]
    assert prior_draws(1, 1) != prior_draws(1, 2)


@pytest.mark.parametrize(
    ("values", "key"), [({"norm": 99.0}, "range"), ({"norms": 1.0}, "parameter"), ({"move": float("nan")}, "range")]
)
def test_what_cannot_be_is_refused(values, key):
    with pytest.raises(BadInput) as refused:
        mechanism(values)
    assert refused.value.key == f"behaviour.{key}"


def test_the_alignment_meets_every_target():
    country = small_country(1e5, 4, 2)
    wanted = Targets(
        np.array([500.0, 700, 600, 400]), np.array([900.0, 300, 500, 500]), np.array([[30.0, 5], [0.0, 8]])
    )
    ready = aligned(mechanism(), country, wanted)
    made = twin(mechanism(), ready.inputs, ready.start)
    inside = (made.moves + made.returns)[0].sum(axis=2)
    np.testing.assert_allclose(inside.sum(axis=1), wanted.left, rtol=0.01)
    np.testing.assert_allclose(inside.sum(axis=0), wanted.came, rtol=0.01)
    np.testing.assert_allclose(made.emigrants[0].sum(axis=0), wanted.gone, rtol=0.01, atol=1e-9)
    assert ready.miss < 0.01


def test_targets_that_cannot_be_met_are_missed_and_said():
    country = small_country(1e5, 4, 2)
    wanted = Targets(np.full(4, 30000.0), np.full(4, 30000.0), np.full((2, 2), 1.0))
    assert aligned(mechanism(), country, wanted).miss > 0.1


def test_each_parameter_is_known_by_its_name():
    assert KNOWN["norm"].place == "intention"
