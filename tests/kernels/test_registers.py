"""Passes over sorted records against plain loops, the calendar of Python and another program's survival curve."""

import datetime as dt
from itertools import pairwise

import numpy as np
import pytest
from statsmodels.duration.survfunc import SurvfuncRight

from qonys.kernels.registers import chains, pairing, residence, survival
from qonys.kernels.registers.days import civil, day_number, months_later
from qonys.kernels.registers.repeats import SAME_EVENT, SAME_RECORD, borne_by_one, repeats

EPOCH = dt.date.fromordinal(719_163)


def as_date(day):
    return EPOCH + dt.timedelta(days=int(day))


def made(seed, persons=300, places=5, most=9, days=2500):
    """Records of persons, sorted by person and day, some of nobody, some places unknown."""
    draws = np.random.default_rng(seed)
    counts = draws.integers(1, most, persons)
    person = np.repeat(np.arange(persons), counts).astype(np.int64)
    n = len(person)
    day = draws.integers(0, days, n).astype(np.int32)
    order = np.lexsort((day, person))
    day = day[order]
    origin, goal = draws.integers(-1, places, n).astype(np.int16), draws.integers(-1, places, n).astype(np.int16)
    known = np.ones(n, dtype=bool)
    known[person >= persons - 20] = False
    return person, known, day, origin, goal


def test_days_are_those_of_the_calendar():
    for day in np.random.default_rng(1).integers(-60_000, 60_000, 4000):
        date = as_date(day)
        assert civil(int(day)) == (date.year, date.month, date.day)
        assert day_number(date.year, date.month, date.day) == day


def plain_months_later(date, months):
    place = date.year * 12 + date.month - 1 + months
    try:
        return dt.date(place // 12, place % 12 + 1, date.day)
    except ValueError:
        return dt.date((place + 1) // 12, (place + 1) % 12 + 1, 1)


def test_months_later_is_the_day_on_which_the_months_are_complete():
    draws = np.random.default_rng(2)
    for day, months in zip(draws.integers(0, 30_000, 3000), draws.integers(-40, 40, 3000), strict=True):
        assert as_date(months_later(int(day), int(months))) == plain_months_later(as_date(day), int(months))


def plain_chains(person, known, day, origin, goal, end, years, moves, stay):
    """One loop per person."""
    after, flags = np.full(len(day), end + 1), np.zeros(len(day), dtype=int)
    for one in np.unique(person[known]):
        rows = np.flatnonzero((person == one) & known)
        for i, j in pairwise(rows):
            after[i] = day[j]
        for at, i in enumerate(rows):
            if at == 0:
                flags[i] = chains.FIRST
                continue
            before = rows[at - 1]
            flags[i] = chains.RETURN if goal[i] == origin[before] != -1 else chains.ONWARD
            if -1 not in (origin[i], goal[before]) and origin[i] != goal[before]:
                flags[i] += chains.BREAK
            since = plain_months_later(as_date(day[i]), -12 * years)
            pair = {origin[i], goal[i]}
            like = [j for j in rows[: at + 1] if as_date(day[j]) >= since and {origin[j], goal[j]} == pair
                    and (origin[j] != goal[j]) == (len(pair) == 2) and after[j] - day[j] >= stay]  # fmt: skip
            if -1 not in pair and len(like) >= moves:
                flags[i] += chains.CIRCULAR
    return after, flags


@pytest.mark.parametrize("seed", [4, pytest.param(5, marks=pytest.mark.long)])
def test_chains_are_those_of_a_loop_per_person(seed):
    records = made(seed, places=3)
    after, flags = chains.chains(*records, 2600, (3, 3, 40))
    plain = plain_chains(*records, 2600, 3, 3, 40)
    np.testing.assert_array_equal(after, plain[0])
    np.testing.assert_array_equal(flags, plain[1])
    assert {chains.BREAK, chains.CIRCULAR} <= {int(flag) & bit for flag in flags for bit in (8, 16)}


def test_a_planted_loss_of_a_move_rings():
    person, known, day, origin, goal = made(6)
    whole = chains.chains(person, known, day, origin, goal, 2600, (10, 3, 90))[1]
    part = chains.chains(*(one[1:] for one in (person, known, day, origin, goal)), 2600, (10, 3, 90))[1]
    assert (whole[1:] != part).any()


def test_status_of_a_stay_at_its_threshold():
    begin = day_number(2023, 2, 28)
    day = np.full(4, begin, dtype=np.int32)
    end = day_number(2024, 2, 27)
    after = np.array([end + 1, day_number(2024, 2, 27), day_number(2024, 2, 28), end + 1], dtype=np.int32)
    assert chains.statuses(day, after, end, 12).tolist() == [2, 0, 2, 2]
    assert chains.statuses(day[:1], after[:1] - 1, end - 1, 12).tolist() == [chains.OPEN]


def plain_sides(person, known, day, event, origin, goal, reach):
    side = np.where(event == 0, 0, np.where(event == 1, 3, 4))
    for one in np.unique(person[known]):
        rows = np.flatnonzero((person == one) & known)
        pairs = [(abs(int(day[a]) - int(day[d])), d, a) for d in rows for a in rows if event[a] == 1 and event[d] == 2
                 and origin[a] == origin[d] and goal[a] == goal[d] and abs(int(day[a]) - int(day[d])) <= reach]  # fmt: skip
        for _, d, a in sorted(pairs):
            if side[d] == 4 and side[a] == 3:
                side[d], side[a] = 2, 1
    return side


def test_sheets_of_one_move_are_joined_nearest_first():
    person, known, day, origin, goal = made(7, places=2, days=400)
    event = np.random.default_rng(8).integers(0, 3, len(day)).astype(np.int8)
    found = pairing.sides(person, known, day, event, origin, goal, 60)
    np.testing.assert_array_equal(found, plain_sides(person, known, day, event, origin, goal, 60))
    assert (found == pairing.TWO_SIDED).sum() == (found == pairing.REPEATED_SIDE).sum() > 15


def test_repeated_events_and_records():
    person = np.array([1, 1, 1, 1, 2], dtype=np.int64)
    known, day = np.ones(5, dtype=bool), np.array([3, 3, 3, 4, 4], dtype=np.int32)
    event, origin = np.ones(5, dtype=np.int8), np.zeros(5, dtype=np.int16)
    goal = np.array([1, 2, 1, 1, 1], dtype=np.int16)
    same = np.array([False, False, False, False, True])
    assert repeats(person, known, day, event, origin, goal, same).tolist() == [0, 0, SAME_EVENT, 0, SAME_RECORD]
    assert borne_by_one(person, known, 3).tolist() == [False] * 4 + [True]


def stays(seed, n, end, strata=1):
    draws = np.random.default_rng(seed)
    day = np.sort(draws.integers(0, end, n)).astype(np.int32)
    length = draws.exponential(500, n).astype(int)
    after = np.minimum(day + length, end + 1).astype(np.int32)
    return draws.integers(0, strata, n).astype(np.int64), day, after, length


def test_the_curve_is_that_of_another_program():
    end = 1500
    stratum, day, after, _ = stays(9, 4000, end)
    counts = np.zeros((2, 1, 369), dtype=np.int64)
    survival.stays_by_day(stratum, day, after, end, 0, counts)
    curve = survival.staying(survival.hazards(*counts)[0])[0]
    days, happened = np.minimum(after, end) - day, after <= end
    other = SurvfuncRight(days, happened.astype(int))
    at = {int(t): s for t, s in zip(other.surv_times, other.surv_prob, strict=True)}
    for t in range(1, 360):
        latest = max((u for u in at if u < t), default=None)
        assert curve[t] == pytest.approx(1.0 if latest is None else at[latest], abs=1e-12)


@pytest.mark.long
def test_open_stays_are_corrected_without_bias():
    """Complete first, then cut: what is expected of the last year is what comes, within 2%."""
    end, ratios, covered = 1825, [], []
    for seed in range(12):
        stratum, day, after, length = stays(100 + seed, 20_000, end)
        counts = np.zeros((2, 1, 369), dtype=np.int64)
        survival.stays_by_day(stratum, day, after, end, 0, counts)
        chance, risk = survival.hazards(*counts)
        status = chains.statuses(day, after, end, 12)
        still = status == chains.OPEN
        weight = survival.expected(stratum[still], day[still], end, 12, survival.staying(chance))
        need = np.array([months_later(int(d), 12) - int(d) for d in day[still]])
        truth = (length[still] >= need).sum()
        sd = np.sqrt(survival.spread(end - day[still] + 1, weight, 366, chance[0], risk[0]))
        ratios.append(weight.sum() / truth)
        covered.append(abs(weight.sum() - truth) < 1.96 * sd)
    assert abs(np.mean(ratios) - 1) < 0.01
    assert np.mean(covered) >= 0.75
    uncorrected = (status == chains.STAYED).sum() / (length >= 365).sum()
    assert uncorrected < 0.9  # without the correction the fault is seen


def plain_place(rows, day, origin, goal, when):
    place = origin[rows[0]]
    for i in rows:
        if day[i] < when:
            place = goal[i]
    return place


@pytest.mark.long
def test_stocks_transitions_and_days_are_those_of_a_loop_per_person():
    person, _known, day, origin, goal = (one[made(10)[1]] for one in made(10))
    dates = np.array([300, 800, 801, 2400], dtype=np.int32)
    stock, jumps = np.zeros((4, 6), dtype=np.int64), np.zeros((5, 6, 2), dtype=np.int64)
    moved, spent = np.zeros((3, 6, 6), dtype=np.int64), np.zeros((3, 6), dtype=np.int64)
    residence.add_stocks(person, day, origin, goal, dates, stock, jumps)
    residence.add_transitions(person, day, origin, goal, dates, moved)
    residence.add_person_days(person, day, origin, goal, dates, spent)
    plain, between = np.zeros_like(stock), np.zeros_like(moved)
    lived = np.zeros_like(spent)
    for one in np.unique(person):
        rows = np.flatnonzero(person == one)
        at = [plain_place(rows, day, origin, goal, when) for when in dates]
        for k, place in enumerate(at):
            plain[k, place] += 1
        for k, (a, b) in enumerate(pairwise(at)):
            between[k, a, b] += a != b
            for when in range(dates[k], dates[k + 1]):
                lived[k, plain_at(rows, day, origin, goal, when)] += 1
    np.testing.assert_array_equal(stock, plain)
    np.testing.assert_array_equal(moved, between)
    np.testing.assert_array_equal(spent, lived)
    assert (spent.sum(axis=1) == np.diff(dates) * len(np.unique(person))).all()
    assert moved.sum() < len(day)


def plain_at(rows, day, origin, goal, when):
    """Where the person is during a day: a move on the day has happened."""
    return plain_place(rows, day, origin, goal, when + 1)
