"""Single persons: the twin is their mean, threads and runs change no bit, a scenario changes nothing before it begins."""

from dataclasses import replace

import numpy as np
import pytest

from qonys.behaviour.made_up import small_country
from qonys.behaviour.micro import MicroOptions, as_counts, micro, sampled
from qonys.behaviour.parameters import mechanism
from qonys.behaviour.start import burned
from qonys.behaviour.twin import settling, twin
from qonys.errors import BadInput
from qonys.kernels.behaviour.hashing import high, keys_of, low, mixed
from qonys.kernels.behaviour.persons import BYTES, GONE, Persons
from qonys.kernels.behaviour.start import systematic

COLUMNS = ("key", "region", "age", "kind", "condition", "home", "years")
FLOWS = ("moves", "returns", "emigrants", "movers", "births", "deaths", "immigrants")


def same(a, b):
    count = a.persons.count
    return count == b.persons.count and all(
        np.array_equal(getattr(a.persons, name)[:count], getattr(b.persons, name)[:count]) for name in COLUMNS
    )


def scores(runs, wanted, of):
    """Standard scores of the mean of runs, of cells where more than 50 are expected."""
    values = np.stack([of(one) for one in runs])
    error = values.std(axis=0, ddof=1) / np.sqrt(len(runs))
    known = (wanted > 50) & (error > 0)
    return ((values.mean(axis=0) - wanted)[known] / error[known]).reshape(-1)


def compared(chain, country, runs, options=None):
    """Scores of all outcomes of runs of persons against the twin of the same start."""
    start = burned(chain, country)
    options = options or MicroOptions()
    made = [micro(chain, country, replace(options, seed=k + 1), start) for k in range(runs)]
    begun = as_counts(sampled(start, options.share, 1), start, options.share)
    mean, there = twin(chain, country, begun), settling(chain, country, begun)
    found = [scores(made, mean.people[-1], lambda one: one.outcomes.people[-1])]
    found += [scores(made, getattr(mean, n)[-1], lambda one, n=n: getattr(one.outcomes, n)[-1]) for n in FLOWS]
    years = range(len(country.years))
    found.append(scores(made, there, lambda one: np.stack([one.stay[t, t] for t in years])))
    return np.concatenate(found)


@pytest.mark.long
def test_the_twin_is_the_mean_of_persons():
    found = compared(mechanism(), small_country(1e6, 6, 3, years=5), 30, MicroOptions(threads=2, chunks=4))
    assert len(found) > 1000
    assert 0.95 <= found.std() <= 1.1, found.std()
    assert np.abs(found).max() < 5
    assert abs(found.mean()) < 0.15


def test_the_twin_is_the_mean_of_a_few(chain):
    found = compared(chain, small_country(1e5, 3, 2, years=3), 12)
    assert 0.85 <= found.std() <= 1.3, found.std()
    assert np.abs(found).max() < 6


def test_a_wrong_twin_is_seen(chain):
    """Planted: a wrong chance of a move is outside of what chance allows."""
    country = small_country(2e5, 3, 2, years=3)
    start = burned(chain, country)
    made = [micro(chain, country, MicroOptions(seed=k + 1), start) for k in range(12)]
    begun = as_counts(sampled(start, 1.0, 1), start)
    right, wrong = (twin(one, country, begun) for one in (chain, replace(chain, move=chain.move + 0.05)))
    found = [scores(made, one.moves[0], lambda run: run.outcomes.moves[0]) for one in (right, wrong)]
    assert abs(found[0].mean()) < 1 < abs(found[1].mean())


@pytest.mark.parametrize(("threads", "chunks"), [(1, 7), (1, 16), (2, 1), (2, 7), (2, 16)])
def test_threads_and_runs_change_no_bit(chain, country, start, threads, chunks):
    one = micro(chain, country, MicroOptions(), start)
    other = micro(chain, country, MicroOptions(threads=threads, chunks=chunks), start)
    assert same(one, other)
    np.testing.assert_array_equal(one.outcomes.people, other.outcomes.people)
    np.testing.assert_array_equal(one.stay, other.stay)


def test_persons_are_conserved(chain, country, start):
    found = micro(chain, country, MicroOptions(), start)
    assert found.outcomes.residual() == 0.0
    living = found.persons.region[: found.persons.count] != GONE
    assert living.sum() == found.outcomes.people[-1].sum()
    assert len(np.unique(found.persons.key[: found.persons.count])) == found.persons.count


def test_a_scenario_is_the_baseline_until_it_begins(chain, country, start):
    """To the bit; and after that all who are not touched meet the same numbers where norm and network are off."""
    length = len(country.years)
    plain = country.places * length
    more = tuple(replace(one, value=one.value + (np.arange(4) == 2) * (t >= 3)) for t, one in enumerate(plain))
    usual = micro(chain, replace(country, places=plain), MicroOptions(), start).outcomes
    other = micro(chain, replace(country, places=more), MicroOptions(), start).outcomes
    np.testing.assert_array_equal(usual.people[:4], other.people[:4])
    np.testing.assert_array_equal(usual.moves[:3], other.moves[:3])
    assert (usual.moves[3] != other.moves[3]).any()


def test_who_is_not_touched_by_a_scenario_lives_as_before(country):
    """A pull of a region in which nobody of the second group has a choice changes nothing for the first's vital events."""
    chain = mechanism({"norm": 0, "network": 0})
    start = burned(chain, country)
    eased = tuple(replace(one, eased=np.array([0.0, 1.0])) for one in country.places)
    usual = micro(chain, country, MicroOptions(), start)
    other = micro(chain, replace(country, places=eased), MicroOptions(), start)
    first = usual.persons.kind[: usual.persons.count] // (2 * 2) == 0
    keys = dict(zip(other.persons.key.tolist(), range(other.persons.count), strict=False))
    places = np.array([keys[key] for key in usual.persons.key[: usual.persons.count][first].tolist()])
    for name in COLUMNS[1:]:
        one = getattr(usual.persons, name)[: usual.persons.count][first]
        np.testing.assert_array_equal(one, getattr(other.persons, name)[places])


def test_a_share_of_the_people_gives_the_same_mean(chain):
    """The result does not hang on how many persons stand for the people, but for chance."""
    found = compared(
        replace(chain, norm=0.0, network=0.0), small_country(4e5, 3, 2, years=3), 12, MicroOptions(share=0.25)
    )
    assert np.abs(found).max() < 6
    assert abs(found.mean()) < 0.4


def test_seeds_are_different_and_repeat(chain, country, start):
    one, again, other = (micro(chain, country, MicroOptions(seed=seed), start) for seed in (1, 1, 2))
    assert same(one, again)
    assert not np.array_equal(one.outcomes.people, other.outcomes.people)


def test_a_person_is_fourteen_bytes():
    assert sum(column.itemsize for column in Persons.room(1).columns()) == BYTES <= 16


def test_more_persons_than_memory_holds_are_refused_before_anything_runs(chain, country):
    with pytest.raises(BadInput) as refused:
        micro(chain, country, MicroOptions(memory=1000.0))
    assert refused.value.key == "behaviour.memory"
    for language in ("en", "ru", "kk"):
        assert "--share" in refused.value.sentence(language)


def test_halves_of_a_hash_are_uniform_and_independent():
    words = np.array([mixed(key) for key in keys_of(7, 0, 40_000)], dtype=np.uint64)
    a = np.array([high(word) for word in words], dtype=np.float64) / 2**32
    b = np.array([low(word) for word in words], dtype=np.float64) / 2**32
    table = np.histogram2d(a, b, bins=16, range=[[0, 1], [0, 1]])[0]
    expected = len(words) / table.size
    assert ((table - expected) ** 2 / expected).sum() < 255 + 4 * np.sqrt(2 * 255)


def test_systematic_sampling_is_exact_in_every_running_total():
    expected = np.random.default_rng(1).gamma(0.3, 2.0, 5000)
    for offset in (0.0, 0.5, 0.99):
        whole = systematic(expected, offset)
        assert np.abs(np.cumsum(whole) - np.cumsum(expected)).max() <= 1
        assert np.abs(whole - expected).max() <= 1
    offsets = (np.arange(200) + 0.5) / 200
    mean = np.mean([systematic(expected, one) for one in offsets], axis=0)
    np.testing.assert_allclose(mean, expected, atol=0.006)
