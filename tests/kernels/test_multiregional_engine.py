"""The multiregional engine beside the oracle: every form of moves, sums, moments, bits for any threads and company."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qonys.kernels.multiregional import engine
from qonys.kernels.multiregional import step as mr

from .multiregional_world import AGES, GROUPS, MOVES, REGIONS, base_of, driven, low_rank, made, rng_of


@pytest.fixture(autouse=True)
def _numba(monkeypatch) -> None:
    """These tests are of the kernel that is always there."""
    monkeypatch.setenv("QONYS_ENGINE", "numba")


def everything(tables: mr.Tables, years: int) -> engine.KeptSums:
    full = tables.emigration.shape
    names = np.arange(np.prod(full), dtype=np.int64).reshape(full)
    return engine.KeptSums(names, np.arange(full[0] * full[1]).reshape(full[:2]), (0, 2, years))


@pytest.mark.parametrize("timing", [mr.END, mr.EVEN])
@pytest.mark.parametrize("kind", [mr.HAZARD, mr.SHARE])
@pytest.mark.parametrize("moves", sorted(MOVES))
def test_the_engine_gives_the_oracles_numbers(timing, kind, moves) -> None:
    tables, drivers = made(moves=MOVES[moves]()), driven(kind=kind)
    base = base_of(count=3)
    found = engine.run(base, tables, drivers, everything(tables, 6), timing, threads=2)
    paths = [mr.project(base, tables, drivers, d, timing) for d in range(11)]
    people = np.stack([path.population for path in paths])
    accounts = np.stack([path.accounts for path in paths])
    assert found.buckets == pytest.approx(people.reshape(11, 7, -1), rel=1e-12)
    assert found.accounts == pytest.approx(accounts.reshape(11, 6, -1, 9), rel=1e-12, abs=1e-9)
    assert found.mean == pytest.approx(people[:, [0, 2, 6]].mean(axis=0), rel=1e-12)
    assert found.variance == pytest.approx(people[:, [0, 2, 6]].var(axis=0, ddof=1), rel=1e-9, abs=1e-8)
    assert found.residual() < 1e-13


def test_buckets_and_units_are_sums_of_cells() -> None:
    tables, drivers, rng = made(), driven(shapes=((), (), (REGIONS, GROUPS), ())), rng_of(50)
    names = rng.integers(-1, 4, (REGIONS, GROUPS, 2, AGES))
    units = rng.integers(-1, 2, (REGIONS, GROUPS))
    by_region = np.repeat(np.array([0, 1, 0, -1, 1])[:, None], GROUPS, axis=1)
    path = mr.project(base_of(), tables, drivers, 10)
    for unit in (units, by_region):
        found = engine.run(base_of(), tables, drivers, engine.KeptSums(names, unit))
        for b in range(4):
            assert found.buckets[10, :, b] == pytest.approx(path.population[:, names == b].sum(axis=1), rel=1e-12)
        for u in range(2):
            assert found.accounts[10, :, u] == pytest.approx(
                path.accounts[:, unit == u].sum(axis=1), rel=1e-12, abs=1e-9
            )
    plain = engine.run(base_of(), tables, drivers)
    assert plain.buckets.shape == (11, 7, 0)
    assert plain.accounts[10, :, 0] == pytest.approx(path.accounts.sum(axis=(1, 2)), rel=1e-12, abs=1e-9)


def test_more_regions_and_groups_than_a_tile_and_clipping() -> None:
    regions, groups = 9, 4
    tables = made(regions=regions, groups=groups)
    drivers = driven(draws=3, shapes=((regions, groups), (regions, groups), (groups,), (regions, 1)))
    drivers = replace(drivers, internal=6 * drivers.internal)
    base = base_of(regions=regions, groups=groups)
    found = engine.run(base, tables, drivers, everything(tables, 6))
    path = mr.project(base, tables, drivers, 2)
    assert found.buckets[2] == pytest.approx(path.population.reshape(7, -1), rel=1e-12)
    assert found.accounts[2] == pytest.approx(path.accounts.reshape(6, -1, 9), rel=1e-12, abs=1e-9)
    assert path.accounts[..., mr.CLIPPED].sum() > 0


@pytest.mark.parametrize("rank", [None, 5])
@pytest.mark.parametrize("timing", [mr.END, mr.EVEN])
def test_planes_of_more_than_one_strip_are_the_oracles(timing, rank) -> None:
    """A plane of 1,056 cells is worked in two strips, whose products are added."""
    regions, groups, ages = 264, 4, 3
    tables = made(regions=regions, groups=groups, ages=ages, moves=low_rank(rng_of(4), regions, ages, rank, 2))
    tables = replace(tables, change_ages=(0, 1, 2))
    drivers = driven(draws=2, years=2, ages=ages, shapes=((), (groups,), (regions, groups), (regions, 1)))
    base = base_of(regions=regions, groups=groups, ages=ages)
    found = engine.run(base, tables, drivers, everything(tables, 2), timing)
    path = mr.project(base, tables, drivers, 1, timing)
    assert found.buckets[1] == pytest.approx(path.population.reshape(3, -1), rel=1e-12)
    assert found.accounts[1] == pytest.approx(path.accounts.reshape(2, -1, 9), rel=1e-12, abs=1e-9)
    first = np.arange(regions) < 1024 // groups  # a planted fault: the second strip leaves its moves out
    still = replace(tables.moves, level=tables.moves.level * first[:, None, None])
    assert not np.allclose(
        mr.project(base, replace(tables, moves=still), drivers, 1, timing).population, path.population
    )


def test_rows_of_buckets_are_told_apart_as_numpy_does() -> None:
    rng = rng_of(70)
    for groups, buckets in ((1, 5), (8, 3), (8, 700), (20, 10000)):  # the last are too long for one number
        cells = np.repeat(rng.integers(-1, buckets, (60, groups)), 2, axis=0)
        rows_found, back = engine._distinct(cells)
        expected, places = np.unique(cells, axis=0, return_inverse=True)
        assert np.array_equal(rows_found, expected)
        assert np.array_equal(back, places.ravel())


def test_drivers_cut_from_longer_ones_or_not_to_be_written_give_the_same_bits() -> None:
    tables, drivers = made(), driven(draws=3)
    names = ("place", *mr.FACTORS)
    whole = {name: np.repeat(getattr(drivers, name), 2, axis=1) for name in names}
    cut = replace(drivers, **{name: whole[name][:, ::2] for name in names})
    cut.place.flags.writeable = False
    one, two = (engine.run(base_of(), tables, each, everything(tables, 6)) for each in (drivers, cut))
    assert np.array_equal(one.buckets, two.buckets)
    assert np.array_equal(one.accounts, two.accounts)


def test_the_same_bits_for_any_threads_chunks_and_company() -> None:
    tables, drivers, base = made(), driven(draws=150), base_of(count=7)
    keep = everything(tables, 6)
    whole = engine.run(base, tables, drivers, keep, threads=1)
    again = engine.run(base, tables, drivers, keep, threads=3)
    for name in ("buckets", "accounts", "mean", "variance"):
        assert np.array_equal(getattr(whole, name), getattr(again, name)), name
    for start, stop in ((0, 37), (37, 38), (38, 150)):
        part = engine.run(base, tables, drivers.part(start, stop), keep)
        assert np.array_equal(part.buckets, whole.buckets[start:stop])
        assert np.array_equal(part.accounts, whole.accounts[start:stop])
    order = rng_of(5).permutation(150)
    mixed = replace(drivers, **{name: getattr(drivers, name)[order] for name in ("place", *mr.FACTORS)})
    one = base_of()
    assert np.array_equal(
        engine.run(one, tables, mixed, keep).buckets, engine.run(one, tables, drivers, keep).buckets[order]
    )


def test_draws_take_the_base_populations_in_turn() -> None:
    tables, drivers, base = made(), driven(draws=9), base_of(count=4)
    found = engine.run(base, tables, drivers.part(3, 9), everything(tables, 6))
    for d in range(3, 9):
        assert np.array_equal(found.buckets[d - 3, 0], base[d % 4].ravel())
        path = mr.project(base, tables, drivers, d)
        assert np.array_equal(path.population[0], base[d % 4])
        assert np.array_equal(mr.project(base, tables, drivers.part(3, 9), d - 3).population, path.population)


def test_single_precision_stays_within_its_bound_after_75_years() -> None:
    ages = 20
    tables = made(ages=ages)
    tables = replace(tables, fertility=0.25 * tables.fertility, moves=low_rank(rng_of(3), ages=ages))
    drivers = driven(draws=5, years=75, ages=ages, shapes=((), (GROUPS,), (REGIONS, GROUPS), (REGIONS, GROUPS)))
    keep = everything(tables, 75)
    double = engine.run(base_of(ages=ages), tables, drivers, keep)
    single = engine.run(base_of(ages=ages), tables, drivers, keep, dtype=np.float32)
    assert np.abs(single.buckets / double.buckets - 1).max() < 1e-5
    again = engine.run(base_of(ages=ages), tables, drivers.part(2, 5), keep, dtype=np.float32, threads=1)
    assert np.array_equal(again.buckets, single.buckets[2:])


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("place", np.full((11, 6, 2), 4.0), "places"),
        ("fertility", np.ones((11, 5)), "fertility"),
        ("internal", np.ones((11, 6, REGIONS)), "internal"),
        ("emigration", np.ones((11, 6, GROUPS, REGIONS)), "emigration"),
        ("immigration", np.full((11, 6), np.nan), "immigration"),
        ("sex_ratio", np.ones(5), "sex_ratio"),
        ("kind", mr.SHARE, "die"),
    ],
)
def test_impossible_drivers_are_refused(name, value, word) -> None:
    drivers = driven()
    if name == "kind":
        drivers = replace(drivers, mortality=9 * drivers.mortality)
    with pytest.raises(ValueError, match=word):
        engine.run(base_of(), made(), replace(drivers, **{name: value}))


def test_a_world_known_to_be_sound_is_not_looked_at_again_and_drivers_are() -> None:
    """`checked`: the same numbers; a negative factor still rings, and so does one that is not a number."""
    tables, drivers, base = made(), driven(), base_of(count=3)
    whole, again = (engine.run(base, tables, drivers, checked=known) for known in (False, True))
    assert (whole.accounts == again.accounts).all()
    for wrong in (-1.0, np.nan, np.inf):
        broken = replace(drivers, fertility=np.full_like(drivers.fertility, wrong))
        with pytest.raises(ValueError, match="fertility"):
            engine.run(base, tables, broken, checked=True)


def test_people_laid_as_the_engine_holds_them_are_not_copied() -> None:
    people = np.moveaxis(np.ones((2, 2, 5, 4, 3)), (-2, -1), (1, 2))  # regions and groups are innermost in memory
    assert np.shares_memory(engine._planes(people, 4, np.float64), people)
    assert not np.shares_memory(engine._planes(people, 8, np.float64), people)
