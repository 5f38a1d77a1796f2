"""The multiregional step: a plain loop written from the formulas, limits and exact accounts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qonys.kernels.cohorts import component as cc
from qonys.kernels.multiregional import engine
from qonys.kernels.multiregional import step as mr

from .multiregional_world import AGES, GROUPS, MOVES, REGIONS, base_of, dense, driven, made, rng_of, rows


class Loop:
    """One year written out cell by cell from the formulas, in Python; nothing of the kernel is used but its data."""

    def __init__(self, tables: mr.Tables, drivers: mr.Drivers, draw: int, t: int, even: bool):
        self.tables, self.even, self.share = tables, even, 0.5 if even else 1.0
        self.regions, self.groups, _, self.ages = tables.emigration.shape
        self.factor = {name: self._factor(getattr(drivers, name)[draw, t]) for name in mr.FACTORS}
        self.ratio = drivers.sex_ratio[t]
        self.rate = {}
        for s in range(2):
            place = drivers.place[draw, t, s]
            low = min(int(place), len(drivers.mortality) - 2)
            for x in range(self.ages):
                below, above = drivers.mortality[low, s, x], drivers.mortality[low + 1, s, x]
                self.rate[s, x] = below + (place - low) * (above - below)
        self.kind = drivers.kind
        self.accounts = {name: np.zeros((self.regions, self.groups)) for name in mr.ACCOUNTS}

    def _factor(self, value):
        if np.ndim(value) == 0:
            return lambda r, g: float(value)
        if np.ndim(value) == 1:
            return lambda r, g: float(value[g])
        return lambda r, g: float(value[r, g if value.shape[1] > 1 else 0])

    def alive(self, r, g, s, x):
        y = self.rate[s, x] * self.tables.mortality[r, g, s, x]
        return float(np.exp(-y)) if self.kind == mr.HAZARD else 1 - y

    def leaving(self, r, s, x):
        """(share who leave, where they go) at level 1."""
        moves = self.tables.moves
        if isinstance(moves, mr.Dense):
            level = sum(moves.od[s, x, r, q] for q in range(self.regions) if q != r)
            return level, [moves.od[s, x, r, q] / level if q != r else 0.0 for q in range(self.regions)]
        k = moves.which[s, x]
        if moves.second is None:
            return moves.level[r, s, x], list(moves.choice[k, r])
        pools = range(moves.choice.shape[2])
        return moves.level[r, s, x], [
            sum(moves.choice[k, r, p] * moves.second[k, p, q] for p in pools) for q in range(self.regions)
        ]

    def move(self, people, tell=True):
        """Emigration, internal moves, immigration; people {(r, g, s, x): persons}."""
        new = dict.fromkeys(people, 0.0)
        told = {name: np.zeros((self.regions, self.groups)) for name in mr.ACCOUNTS}
        for (r, g, s, x), persons in people.items():
            wanted = self.share * self.factor["emigration"](r, g) * self.tables.emigration[r, g, s, x]
            out = persons * min(wanted, 1.0)
            level, choice = self.leaving(r, s, x)
            asked = self.share * self.factor["internal"](r, g) * level
            gone = (persons - out) * min(asked, 1.0)
            came = self.share * self.factor["immigration"](r, g) * self.tables.immigration[r, g, s, x]
            new[r, g, s, x] += persons - out - gone + came
            for q in range(self.regions):
                new[q, g, s, x] += gone * choice[q]
                told["entered"][q, g] += gone * choice[q]
            told["emigrants"][r, g] += out
            told["departed"][r, g] += gone
            told["immigrants"][r, g] += came
            told["clipped"][r, g] += persons * max(wanted - 1, 0.0) + (persons - out) * max(asked - 1, 0.0)
        for name, value in told.items():
            self.accounts[name] += value if tell else 0.0
        return new

    def change(self, people, ages):
        for k, age in enumerate(self.tables.change_ages):
            for s in range(2) if age in ages else ():
                for r in range(self.regions):
                    old = [people[r, g, s, age] for g in range(self.groups)]
                    for g in range(self.groups):
                        stayed = old[g] * self.tables.change[k, s, g, g]
                        new = sum(old[e] * self.tables.change[k, s, e, g] for e in range(self.groups))
                        people[r, g, s, age] = new
                        self.accounts["left"][r, g] += old[g] - stayed
                        self.accounts["joined"][r, g] += new - stayed

    def year(self, population):
        people = {key: float(population[key]) for key in np.ndindex(population.shape)}
        start = self.move(people) if self.even else people
        alive, last = {}, self.ages - 1
        for r, g, s, x in start:
            if x == 0:
                alive[r, g, s, 0] = 0.0
                continue
            exposed = start[r, g, s, x - 1] + (start[r, g, s, last] if x == last else 0.0)
            alive[r, g, s, x] = exposed * self.alive(r, g, s, x)
            self.accounts["deaths"][r, g] += exposed - alive[r, g, s, x]
        self.change(alive, range(1, self.ages))
        later = self.move(alive, tell=False) if self.even else alive
        for r in range(self.regions):
            mothers = [
                self.factor["fertility"](r, g)
                * sum(
                    self.tables.fertility[r, g, x] * (start[r, g, 0, x] + (later[r, g, 0, x] if x else 0.0)) / 2
                    for x in range(self.ages)
                )
                for g in range(self.groups)
            ]
            for child in range(self.groups):
                births = sum(mothers[g] * self.tables.mixing[g, child] for g in range(self.groups))
                self.accounts["births"][r, child] += births
                for s, share in enumerate((1 / (1 + self.ratio), self.ratio / (1 + self.ratio))):
                    alive[r, child, s, 0] = births * share * self.alive(r, child, s, 0)
                    self.accounts["deaths"][r, child] += births * share - alive[r, child, s, 0]
        self.change(alive, range(1))
        final = self.move(alive)
        new = np.empty(population.shape)
        for key, persons in final.items():
            new[key] = persons
        return new, np.stack([self.accounts[name] for name in mr.ACCOUNTS], axis=-1)


@pytest.mark.parametrize("timing", [mr.END, mr.EVEN])
@pytest.mark.parametrize("kind", [mr.HAZARD, mr.SHARE])
@pytest.mark.parametrize("moves", ["dense", "choices", "rank 2"])
def test_the_step_is_the_plain_loop(timing, kind, moves) -> None:
    tables, drivers = made(moves=MOVES[moves]()), driven(draws=2, years=2, kind=kind)
    tables = replace(tables, emigration=8 * tables.emigration)  # some want to leave more than once: clipping
    path = mr.project(base_of(), tables, drivers, 1, timing)
    for t in range(2):
        new, accounts = Loop(tables, drivers, 1, t, timing == mr.EVEN).year(path.population[t])
        assert path.population[t + 1] == pytest.approx(new, rel=1e-12)
        assert path.accounts[t] == pytest.approx(accounts, rel=1e-11, abs=1e-10)
    assert timing == mr.EVEN or path.accounts[..., mr.CLIPPED].sum() > 0


@given(st.integers(0, 10**6), st.sampled_from([mr.EVEN, mr.END]), st.sampled_from(sorted(MOVES)))
def test_accounts_close_in_every_cell_even_where_too_many_leave(seed, timing, moves) -> None:
    tables = made(seed, moves=MOVES[moves]())
    tables = replace(tables, emigration=rng_of(seed).uniform(0, 1, tables.emigration.shape))
    drivers = driven(seed + 1, draws=1)
    drivers = replace(drivers, internal=9 * drivers.internal)
    path = mr.project(base_of(seed), tables, drivers, 0, timing)
    assert path.residual() < 1e-13
    assert path.population.min() >= 0
    assert path.accounts[..., mr.CLIPPED].sum() > 0
    inside = path.accounts.sum(axis=(1, 2))
    assert inside[:, mr.ENTERED] == pytest.approx(inside[:, mr.DEPARTED], rel=1e-12)
    assert inside[:, mr.JOINED] == pytest.approx(inside[:, mr.LEFT], rel=1e-12)


def test_clipping_counts_those_who_were_lacking() -> None:
    tables = made(regions=1, groups=1, moves=mr.Dense(np.ones((2, AGES, 1, 1))))
    full = (1, 1, 2, AGES)
    tables = replace(
        tables,
        emigration=np.full(full, 0.8),
        fertility=np.zeros((1, 1, AGES)),
        change_ages=(),
        change=np.zeros((0, 2, 1, 1)),
    )
    drivers = driven(draws=1, years=1, shapes=((), (), (), ()))
    drivers = replace(
        drivers,
        mortality=np.zeros((2, 2, AGES)),
        place=np.zeros((1, 1, 2)),
        emigration=np.full((1, 1), 1.5),
        immigration=np.zeros((1, 1)),
    )
    base = base_of(regions=1, groups=1)
    path = mr.project(base, tables, drivers)
    assert path.population[1].sum() == 0
    assert path.accounts[0, 0, 0, mr.EMIGRANTS] == pytest.approx(base.sum())
    assert path.accounts[0, 0, 0, mr.CLIPPED] == pytest.approx(0.2 * base.sum())
    found = engine.run(base, tables, drivers)
    assert found.accounts[0, 0, 0, mr.CLIPPED] == pytest.approx(0.2 * base.sum())


def test_without_moves_regions_stand_alone() -> None:
    still = made(moves=mr.Dense(np.broadcast_to(np.eye(REGIONS), (2, AGES, REGIONS, REGIONS)).copy()))
    drivers = driven(shapes=((), (GROUPS,), (), ()))
    whole = mr.project(base_of(), still, drivers, 4)
    for r in range(REGIONS):
        own = {
            name: getattr(still, name)[r : r + 1] for name in ("mortality", "fertility", "emigration", "immigration")
        }
        alone = replace(still, moves=mr.Dense(np.ones((2, AGES, 1, 1))), **own)
        one = mr.project(base_of()[r : r + 1], alone, drivers, 4)
        assert one.population[:, 0] == pytest.approx(whole.population[:, r], rel=1e-13)


@pytest.mark.parametrize("timing", [mr.END, mr.EVEN])
def test_one_region_and_group_is_the_national_step(timing) -> None:
    """Immigrants and emigrants, who leave after survival (END), stand as net migrants of the national step."""
    ages = 12
    tables = made(regions=1, groups=1, ages=ages, moves=mr.Dense(np.ones((2, ages, 1, 1))))
    tables = replace(tables, emigration=0 * tables.emigration, change_ages=(), change=np.zeros((0, 2, 1, 1)))
    drivers, base = driven(ages=ages, draws=1, shapes=((), (), (), ())), base_of(regions=1, groups=1, ages=ages)
    path = mr.project(base, tables, drivers, 0, timing)
    now = base[0, 0]
    for t in range(6):
        year = mr.year_of(tables, drivers, 0, t)
        migrants = tables.immigration[0, 0] * drivers.immigration[0, t]
        fertility = tables.fertility[0, 0] * drivers.fertility[0, t]
        done = cc.step(now, year.survival[0, 0], fertility, drivers.sex_ratio[t], migrants, 1, timing)
        now = done.population
        assert path.population[t + 1, 0, 0] == pytest.approx(now, rel=1e-12)
        assert path.accounts[t, 0, 0, mr.DEATHS] == pytest.approx(done.deaths.sum(), rel=1e-12)
        assert path.accounts[t, 0, 0, mr.BIRTHS] == pytest.approx(done.births.sum(), rel=1e-12)


def test_merged_regions_of_the_same_rates_are_their_sum() -> None:
    rng = rng_of(20)
    one = made(regions=1, moves=mr.Dense(np.ones((2, AGES, 1, 1))))
    many = {name: np.repeat(getattr(one, name), REGIONS, axis=0) for name in ("mortality", "fertility", "emigration")}
    share = rows(rng, REGIONS)[:, None, None, None]
    many["immigration"] = share * one.immigration
    drivers = driven(shapes=((), (GROUPS,), (), (GROUPS,)))
    parts = mr.project(base_of(), replace(one, moves=dense(rng), **many), drivers, 3)
    whole = mr.project(base_of().sum(axis=0, keepdims=True), one, drivers, 3)
    assert parts.population.sum(axis=1, keepdims=True) == pytest.approx(whole.population, rel=1e-12)


def test_relabelled_regions_and_groups_are_the_same_regions_and_groups() -> None:
    tables, drivers = made(), driven(shapes=((), (), (), ()))
    p, q = rng_of(30).permutation(REGIONS), rng_of(31).permutation(GROUPS)
    turned = mr.Tables(
        tables.mortality[p][:, q], tables.fertility[p][:, q], tables.mixing[q][:, q],
        mr.Dense(tables.moves.od[:, :, p][..., p]), tables.emigration[p][:, q], tables.immigration[p][:, q],
        tables.change_ages, tables.change[:, :, q][..., q],
    )  # fmt: skip
    one = mr.project(base_of(), tables, drivers, 2)
    two = mr.project(base_of()[p][:, q], turned, drivers, 2)
    assert two.population == pytest.approx(one.population[:, p][:, :, q], rel=1e-12)
    assert two.accounts == pytest.approx(one.accounts[:, p][:, :, q], rel=1e-9, abs=1e-9)


def test_children_take_the_groups_that_the_mixing_matrix_says() -> None:
    mixing = np.array([[1.0, 0, 0], [0.25, 0.75, 0], [0, 0.4, 0.6]])
    tables = replace(made(), mixing=mixing, change_ages=(), change=np.zeros((0, 2, GROUPS, GROUPS)))
    drivers = driven()
    base = base_of()
    base[:, [0, 2]] = 0  # mothers of the second group only
    tables = replace(tables, immigration=np.zeros_like(tables.immigration))
    births = mr.project(base, tables, drivers).accounts[0, ..., mr.BIRTHS]
    assert births[:, 0] == pytest.approx(births[:, 1] / 3, rel=1e-12)
    assert (births[:, 2] == 0).all()


def test_education_at_given_ages_moves_upward_only_there() -> None:
    """Groups as levels of schooling: at age 3 a part goes one level up, and nobody changes elsewhere."""
    up = np.array([[0.7, 0.3, 0.0], [0.0, 0.6, 0.4], [0.0, 0.0, 1.0]])
    still = replace(made(), change_ages=(), change=np.zeros((0, 2, GROUPS, GROUPS)))
    school = replace(still, change_ages=(3,), change=np.stack([np.stack([up, up])]))
    drivers = driven(years=1, shapes=((), (), (), ()))
    one, two = (
        mr.project(base_of(), t, replace(drivers, internal=0 * drivers.internal, emigration=0 * drivers.emigration))
        for t in (still, school)
    )
    came = school.immigration[..., 3] * drivers.immigration[0, 0]
    before, after = one.population[1, ..., 3] - came, two.population[1, ..., 3] - came
    assert after == pytest.approx(np.einsum("rgs,gh->rhs", before, up), rel=1e-12)
    other = ~np.isin(np.arange(AGES), (0, 3))  # children of those who changed take after them
    assert np.array_equal(one.population[1][..., other], two.population[1][..., other])
    assert two.accounts[0, :, 0, mr.LEFT] == pytest.approx(0.3 * before[:, 0].sum(axis=-1), rel=1e-12)


def test_no_harm_by_a_high_level_of_moves() -> None:
    path = mr.project(base_of(), made(moves=dense(rng_of(1), level=0.9)), driven(shapes=((), (), (), ())))
    assert path.population.min() >= 0


def test_planted_faults_ring() -> None:
    """A flow that is left out of the accounts, and a person lost in a cell, are both seen by the gap."""
    tables, drivers = made(), driven()
    path = mr.project(base_of(), tables, drivers)
    for place in range(8):
        wrong = path.accounts.copy()
        wrong[3, 2, 1, place] *= 1.001
        assert mr.RegionalPath(path.population, wrong).residual() > 1e-9, mr.ACCOUNTS[place]
    people = path.population.copy()
    people[4, 0, 0, 0, 0] += 0.01
    assert mr.RegionalPath(people, path.accounts).residual() > 1e-8
    turned = replace(tables, moves=mr.Dense(rows(rng_of(2), 2, AGES, REGIONS, REGIONS)))
    assert not np.allclose(mr.project(base_of(), turned, drivers).population, path.population)
    loop, _ = Loop(replace(tables, mixing=tables.mixing.T), drivers, 0, 0, False).year(base_of())
    assert not np.allclose(loop, path.population[1], rtol=1e-9)


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("mixing", np.full((GROUPS, GROUPS), 0.5), "mixing"),
        ("mixing", np.eye(GROUPS + 1), "mixing"),
        ("emigration", np.full((REGIONS, GROUPS, 2, AGES), 1.5), "emigration"),
        ("fertility", np.full((REGIONS, GROUPS, AGES), -0.1), "fertility"),
        ("moves", mr.Dense(np.full((2, AGES, REGIONS, REGIONS), 0.3)), "od"),
        ("moves", mr.Dense(np.ones((2, AGES + 1, 1, 1))), "moves"),
        ("moves", mr.Structured(np.full((REGIONS, 2, AGES), 0.1), np.full((1, REGIONS, REGIONS), 0.1)), "choice"),
        ("moves", mr.Structured(np.full((REGIONS, 2, AGES), 1.1), np.full((1, REGIONS, REGIONS), 0.2)), "level"),
    ],
)
def test_impossible_tables_are_refused(name, value, word) -> None:
    with pytest.raises(ValueError, match=word):
        mr.project(base_of(), replace(made(), **{name: value}), driven())


def test_rates_given_by_draw_and_year_are_read_as_they_are() -> None:
    rates = rng_of(60).uniform(0, 0.2, (2, 3, 2, AGES))
    mortality, place = mr.direct(rates)
    for d, t in np.ndindex(2, 3):
        assert np.array_equal(mr.rates_at(mortality, place[d, t]), rates[d, t])
