"""What emerges, each with a known sign: chain migration, contagion, momentum, return waves, exhaustion."""

from dataclasses import replace

import numpy as np
import pytest

from qonys.behaviour.made_up import small_country
from qonys.behaviour.parameters import mechanism
from qonys.behaviour.start import burned, start_of
from qonys.behaviour.twin import twin


def alike(country):
    """Regions that differ in nothing but who lives there."""
    one = country.places[0]
    same = replace(one, value=np.zeros_like(one.value), leave=np.zeros_like(one.leave), apart=np.zeros_like(one.apart),
                   abroad=np.full_like(one.abroad, -np.inf))  # fmt: skip
    return replace(country, places=(same,))


def uneven(country, part=0.4):
    """People of each group more in one region than in the others."""
    regions = len(country.axes.regions)
    share = np.full(regions, (1 - part) / (regions - 1))
    share[0] = part
    return replace(country, base=country.base.sum(axis=0, keepdims=True) * share[:, None, None, None, None])


def concentration(made):
    """Share of the first region, by year."""
    people = made.people.sum(axis=(2, 3, 4, 5))
    return people[:, 0] / people.sum(axis=1)


def mixed_up(changed, years=60):
    return changed["still"](alike(uneven(small_country(1e5, 4, 1, years=1))), years)


def test_chain_migration_makes_shares_persist(changed):
    """Without networks people spread evenly; with them the lead of a region fades more slowly, then grows."""
    country = mixed_up(changed)
    leads = []
    for network in (0.0, 0.8, 1.6):
        chain = mechanism({"network": network, "norm": 0, "gain": 0.3, "base": -3})
        made = concentration(twin(chain, country, start_of(chain, country)))
        leads.append(made[-1] - made[0])
    assert leads[0] < leads[1] < leads[2]
    assert leads[0] < 0 < leads[2]


def test_a_threshold_of_networks_parts_evenness_from_concentration(changed):
    """A small lead of one region dies below a strength of networks and grows above it: a bifurcation of the twin."""
    country = changed["still"](alike(uneven(small_country(1e5, 4, 1, years=1), 0.26)), 40)

    def growth(network):
        chain = mechanism({"network": network, "norm": 0, "gain": 0.5, "base": -2, "move": 0.9, "plan": 0.9})
        made = concentration(twin(chain, country, start_of(chain, country)))
        return made[-1] - made[10]

    signs = [growth(network) > 0 for network in (0.0, 0.5, 1.0, 2.0, 3.0)]
    assert signs[0] is np.False_ or not signs[0]
    assert signs[-1]
    assert signs == sorted(signs)


def test_intentions_tip_when_the_norm_is_strong(changed):
    """Below a strength of the norm few and many intending starters end alike; above it they stay apart (Granovetter)."""
    country = changed["still"](alike(small_country(1e5, 3, 1, years=1)), 80)

    def apart(norm):
        chain = mechanism({"norm": norm, "base": -5.5, "gain": 0, "recent": 0, "network": 0, "plan": 0.05, "drop": 0.3,
                           "move": 0.5, "age_height": 0.0, "control": 0})  # fmt: skip
        ends = []
        for share in (0.02, 0.9):
            start = start_of(chain, country)
            people = start.state.sum(axis=3)
            start.state[:] = 0.0
            start.state[:, :, :, 3] = (1 - share) * people
            start.state[:, :, :, 3 + 4] = share * people
            start.homes[:] = 0.0
            made = twin(chain, country, start).people[-1]
            ends.append(made[..., 1:].sum() / made.sum())
        return ends[1] - ends[0]

    assert apart(2.0) < 0.01
    assert apart(12.0) > 0.3


@pytest.fixture(scope="module")
def shocked():
    """Years 0-2 as usual, a shock of value of the first region in 3, as before from 4 on; with and without a norm."""
    country = small_country(1e5, 4, 2, years=14)
    found = {}
    for norm in (0.0, 3.0):
        chain = mechanism({"norm": norm, "gain": 1.0})
        start = burned(chain, country)
        worse = replace(country.places[0], value=country.places[0].value - 2.0 * (np.arange(4) == 0))
        places = tuple(worse if t == 3 else country.places[0] for t in range(14))
        found[norm] = twin(chain, country, start), twin(chain, replace(country, places=places), start)
    return found


def left(made):
    return made.moves.sum(axis=(2, 3))[:, 0]


def test_a_shock_has_momentum(shocked):
    """Intentions of the year of the shock become moves in later years, though the shock is over."""
    usual, shock = shocked[0.0]
    more = left(shock) / left(usual) - 1
    assert np.abs(more[:3]).max() < 1e-12
    assert (more[4:] > 0).all()
    assert (more[5:9] > 0.01).all()
    assert more[5:].argmax() < 3
    assert more[12] < more[5]


def test_a_norm_makes_the_momentum_last(shocked):
    more = {norm: left(shock) / left(usual) - 1 for norm, (usual, shock) in shocked.items()}
    tails = {norm: rise[12] / rise.max() for norm, rise in more.items()}
    assert tails[3.0] > 1.2 * tails[0.0] > 0


def test_a_wave_of_moves_is_followed_by_a_wave_of_returns(shocked):
    usual, shock = shocked[0.0]
    moves = left(shock) - left(usual)
    back = (shock.returns - usual.returns)[:, :, 0].sum(axis=(1, 2))
    assert back[:4].max() < 1e-9
    assert back[5:].max() > 0
    assert back.argmax() > moves.argmax()
    assert (back[back.argmax() + 1 :] < back.max()).all()


def test_a_group_that_leaves_exhausts_its_potential():
    """Where a group is pulled abroad, its emigrants fall as it shrinks, though the chance of each stays."""
    country = small_country(1e5, 3, 2, years=40)
    pulled = replace(country.places[0], abroad=country.places[0].abroad + np.array([0.0, 7.0]))
    country = replace(country, places=(pulled,))
    chain = mechanism({"norm": 0, "base": -3})
    made = twin(chain, country, burned(chain, country))
    gone = made.emigrants.sum(axis=(1, 2))
    people = made.people.sum(axis=(1, 3, 4, 5))
    assert gone[-1, 1] < 0.6 * gone[0, 1]
    assert people[-1, 1] < 0.6 * people[0, 1]
    per_head = gone[:, 1] / people[:-1, 1]
    assert np.abs(np.log(per_head[-1] / per_head[5])) < 0.4
