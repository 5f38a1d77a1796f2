"""The twin: the regional projection without the chain, a closed-form Markov chain, accounts, and faults it must show."""

from dataclasses import fields, replace

import numpy as np
import pytest
from tests.kernels import multiregional_world as many
from tests.projection import made_up

from qonys.behaviour.inputs import Axes, BehaviourInputs
from qonys.behaviour.made_up import small_country
from qonys.behaviour.parameters import mechanism
from qonys.behaviour.start import burned, start_of
from qonys.behaviour.twin import settling, twin, without_chain
from qonys.kernels.behaviour import counts
from qonys.kernels.behaviour.chances import Places
from qonys.kernels.behaviour.usual import usual_moves
from qonys.kernels.behaviour.vital import Schooling, vital_years
from qonys.kernels.multiregional import step as multiregional
from qonys.projection.national import Run
from qonys.projection.regional.project import Keep, forcing_of, project_world


def plain_inputs(base, tables, drivers, draw, bands=(0,)):
    """Inputs (one level of education, one country abroad) of a draw of a regional projection."""
    regions, groups, _, ages = base.shape
    nowhere = Places(
        np.zeros(regions),
        np.zeros(regions),
        np.zeros((1, groups)),
        np.zeros(groups),
        np.full((1, groups), np.inf),
        np.zeros((regions, regions)),
    )
    axes = Axes(tuple(map(str, range(regions))), tuple(map(str, range(groups))), ("all",), ("abroad",), bands)
    years = vital_years(tables, drivers, draw)
    return BehaviourInputs(axes, 2000, base[:, :, None], years, Schooling.none(ages), (nowhere,))


def test_without_the_chain_it_is_the_regional_projection():
    world, run = made_up.world(), Run(10, (0, 3), 5)
    given, tables = forcing_of(world, run)
    found = project_world(world, run, None, Keep(("region", "group"), (0,), ("region", "group")))
    wanted = found.draws("population", ("region", "group"), (0,))
    for d in range(3):
        one = plain_inputs(given.base[d], tables, given.drivers, d)
        made = without_chain(one, usual_moves(tables, given.drivers, d))
        people = made.people.sum(axis=(3, 4, 5))
        np.testing.assert_allclose(people, wanted[d].reshape(people.shape), rtol=1e-10)
        assert made.residual() < 1e-12


def test_without_the_chain_it_is_the_step_with_mixing_of_groups():
    tables = replace(many.made(), change_ages=(), change=np.zeros((0, 2, 0, 0)))
    drivers, base = many.driven(), many.base_of()
    wanted = multiregional.project(base, tables, drivers, 4, multiregional.EVEN)
    made = without_chain(plain_inputs(base, tables, drivers, 4), usual_moves(tables, drivers, 4))
    np.testing.assert_allclose(made.people.sum(axis=(3, 4, 5)), wanted.population.sum(axis=(3, 4)), rtol=1e-10)
    np.testing.assert_allclose(made.births, wanted.accounts[..., multiregional.BIRTHS], rtol=1e-10)
    np.testing.assert_allclose(made.deaths, wanted.accounts[..., multiregional.DEATHS], rtol=1e-10)


def test_groups_that_people_change_are_refused():
    with pytest.raises(ValueError, match="change their group"):
        vital_years(many.made(), many.driven())


@pytest.mark.parametrize("term", ["sex_ratio", "mixing", "survival", "fertility", "arriving"])
def test_a_wrong_rate_is_seen(term):
    """Planted: each of the rates handed on, changed a little, no longer gives the regional projection."""
    tables = replace(many.made(), change_ages=(), change=np.zeros((0, 2, 0, 0)))
    drivers, base = many.driven(), many.base_of()
    wanted = multiregional.project(base, tables, drivers, 0, multiregional.EVEN).population.sum(axis=(3, 4))
    one = plain_inputs(base, tables, drivers, 0)
    value = getattr(one.years[0], term)
    other = np.roll(value, 1, axis=0) if term == "mixing" else value * 0.999
    wrong = replace(one, years=(replace(one.years[0], **{term: other}), *one.years[1:]))
    made = without_chain(wrong, usual_moves(tables, drivers, 0)).people.sum(axis=(3, 4, 5))
    assert np.abs(made / wanted - 1).max() > 1e-6


def closed_form(chain, stay, years):
    """Shares of stage x place in a country of two like regions with equal chances: powers of a matrix of six states."""
    wish, go = stay
    stop = (1 - go) * chain.drop
    matrix = np.zeros((6, 6))
    for place in range(2):
        a, b = 3 * place, 3 * (1 - place)
        matrix[a, a], matrix[a, a + 1] = 1 - wish, wish
        matrix[a + 1, a], matrix[a + 1, a + 1], matrix[a + 1, a + 2] = stop, 1 - go - stop, go
        matrix[a + 2, a + 2], matrix[a + 2, b] = 1 - chain.move, chain.move
    return np.linalg.matrix_power(matrix, years)


def test_a_country_of_two_regions_is_a_markov_chain(changed):
    """No ages, norm, network, returns nor phases: six states, whose powers are the answer."""
    chain = mechanism({"norm": 0, "gain": 0, "age_height": 0, "recent": 0, "education": 0, "control": 0,
                       "network": 0, "back": 0.0001, "base": -2})  # fmt: skip
    chain = replace(chain, back=0.0)
    country = changed["shut"](changed["still"](small_country(1000.0, 2, 1, years=8, educations=1)))
    start = start_of(chain, country)
    start.state[:] = 0.0
    start.state[0, 0, 0, 3, :] = 5.0
    start.state[1, 0, 0, 3 + 4, :] = 2.0
    start.homes[:] = 0.0
    made = twin(chain, country, start).people.sum(axis=(2, 3, 4))
    begin = made[0].reshape(-1)
    wish = 1 / (1 + np.exp(2.0))
    for year in range(9):
        wanted = begin @ closed_form(chain, (wish, chain.plan), year)
        np.testing.assert_allclose(made[year].reshape(-1), wanted, rtol=1e-10)


def test_the_accounts_close_and_inputs_stay_as_they_are(chain, country, start):
    before = start.state.copy(), start.homes.copy()
    one, two = twin(chain, country, start), twin(chain, country, start)
    assert one.residual() < 1e-12
    np.testing.assert_array_equal(one.people, two.people)
    np.testing.assert_array_equal(start.state, before[0])
    np.testing.assert_array_equal(start.homes, before[1])


def test_previous_regions_are_those_of_all_who_have_not_settled(chain, country, start):
    now = start.copy()
    for t, vital in enumerate(country.years):
        chance = chances_of(chain, country, now, t)
        counts.year(now, vital, country.school, chance, np.array(country.axes.bands))
        held = counts.by_phase(now.state, len(country.axes.groups))[:, :, :3]
        np.testing.assert_allclose(now.homes.sum(axis=1), held, rtol=1e-10)


def chances_of(chain, country, now, t):
    from qonys.behaviour.twin import Memory

    return Memory(now, len(country.axes.groups), len(country.axes.abroad)).chances(chain, country, t)


def test_chances_are_chances(chain, country, start):
    chance = chances_of(chain, country, start, 0)
    np.testing.assert_allclose(chance.choice.sum(axis=2), 1, rtol=1e-12)
    regions = np.arange(len(country.axes.regions))
    assert (chance.choice[regions, :, regions] == 0).all()
    assert (chance.plan > 0).all()
    assert (chance.plan < 1).all()


def test_an_education_that_changes_nothing_can_be_left_out(chain):
    """Two levels that no parameter tells apart give the country of one level."""
    blind = replace(chain, education=0.0, control=0.0)
    two = small_country(1e5, years=4)
    school = Schooling.none(two.ages())
    one = replace(
        two, base=two.base.sum(axis=2, keepdims=True), school=school, axes=replace(two.axes, educations=("all",))
    )
    np.testing.assert_allclose(twin(blind, two).people.sum(axis=3), twin(blind, one).people.sum(axis=3), rtol=1e-9)


def test_the_start_keeps_every_cell_of_the_base(chain, country, start):
    shape = (*country.base.shape[:3], 2, 12, country.ages())
    for state in (start_of(chain, country).state, start.state):
        np.testing.assert_allclose(state.reshape(shape).sum(axis=4), country.base, rtol=1e-10)


def test_who_settles_only_falls_and_more_of_them_where_nobody_leaves(chain, country, start):
    there = settling(chain, country, start)
    assert (np.diff(there, axis=0) <= 0).all()
    still = settling(replace(chain, move=1e-9, back=0.0), country, start, cohort=0)
    assert (still[-1] / still[0] > there[-1] / there[0]).all()


@pytest.mark.parametrize("name", [one.name for one in fields(mechanism())])
def test_every_parameter_changes_something(chain, country, start, name):
    """A parameter that the code forgot would leave all numbers as they are."""
    moved = replace(chain, **{name: getattr(chain, name) * 1.05 + 0.001})
    a, b = twin(chain, country, start), twin(moved, country, start)
    assert max(np.abs(getattr(a, one) - getattr(b, one)).max() for one in ("people", "moves", "returns")) > 1e-6


def test_a_burned_start_has_no_jump(chain, country):
    start = burned(chain, country, 30)
    made = twin(chain, country, start)
    left = made.moves.sum(axis=(1, 2, 3)) / made.people[:-1].sum(axis=(1, 2, 3, 4, 5))
    assert np.abs(np.diff(np.log(left))).max() < 0.02
