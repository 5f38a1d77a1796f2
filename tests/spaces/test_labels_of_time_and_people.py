"""Periods, sexes, ages and definitions."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qonys.errors import BadInput
from qonys.spaces import COUNTS, AgeGroup, Definition, Period, Sex, is_partition

years = st.integers(1000, 2499)


@st.composite
def periods(draw):
    start = draw(years)
    return Period(start, draw(st.integers(start + 1, 2500)))


@given(periods())
def test_written_period_reads_back(period):
    assert Period.parse(str(period)) == period
    assert Period.parse(str(period).replace("-", " – ")) == period
    assert period.length == len(period.years) == sum(1 for year in period.years if year in period)


@given(periods(), periods())
def test_overlap_is_a_shared_year(first, second):
    shared = set(first.years) & set(second.years)
    assert first.overlaps(second) == second.overlaps(first) == bool(shared)
    assert first.contains(second) == (shared == set(second.years))


def test_touching_periods_do_not_overlap():
    assert not Period(1970, 1979).overlaps(Period(1979, 1989))
    assert 1979 in Period(1979, 1989)
    assert sorted([Period(1979, 1989), Period(1970, 1979)])[0].start == 1970


@pytest.mark.parametrize("text", ["1970", "1979-1970", "1970-1970", "70-79", "1970/1979", ""])
def test_bad_period_is_refused(text):
    with pytest.raises(BadInput):
        Period.parse(text)


def test_impossible_year_names_the_limits():
    with pytest.raises(BadInput, match="from 1000 to 2500"):
        Period(12, 1970)


def test_sex_codes():
    assert [str(item) for item in Sex] == ["both", "female", "male"]
    assert Sex.parse("male").parts == (Sex.MALE,)
    with pytest.raises(BadInput, match="both, female, male"):
        Sex.parse("men")


@given(st.integers(0, 100), st.one_of(st.none(), st.integers(0, 20)))
def test_written_age_group_reads_back(start, width):
    group = AgeGroup(start, None if width is None else start + width)
    assert AgeGroup.parse(str(group)) == group
    assert start in group
    assert group.is_open == (width is None)
    assert group.width == (None if width is None else width + 1)


@given(st.lists(st.integers(1, 10), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_partition_in_any_order(widths, luck):
    starts = [sum(widths[:place]) for place in range(len(widths) + 1)]
    groups = [AgeGroup(a, b - 1) for a, b in itertools.pairwise(starts)] + [AgeGroup(starts[-1])]
    luck.shuffle(groups)
    assert is_partition(groups)
    assert is_partition([group for group in groups if group.start], first=widths[0])


@pytest.mark.parametrize(
    "texts",
    [
        ["0-4", "5-9"],  # not open at the end
        ["0-4", "6+"],  # a gap
        ["0-4", "4+"],  # an overlap
        ["1-4", "5+"],  # does not begin at 0
        ["0-4", "5+", "10-14"],  # a group after the open one
        ["0-4", "0-4", "5+"],  # one group twice
        [],
    ],
)
def test_fault_not_a_partition(texts):
    assert not is_partition([AgeGroup.parse(text) for text in texts])


@pytest.mark.parametrize("text", ["9-5", "x", "5-", "-1", "0-4-9"])
def test_bad_age_is_refused(text):
    with pytest.raises(BadInput):
        AgeGroup.parse(text)
    with pytest.raises(BadInput):
        AgeGroup(-1)


def test_definition_counts_one_of_the_known_things():
    for counts in COUNTS:
        assert Definition("a", counts).counts == counts
    with pytest.raises(BadInput, match="moves, persons"):
        Definition("a", "people")


def test_moves_are_not_transitions():
    moves = Definition("a", "moves", "residents", "12 months")
    assert moves.is_comparable(Definition("b", "moves", "residents", "12 months"))
    assert not moves.is_comparable(Definition("b", "transitions", "residents", "12 months"))
    assert not moves.is_comparable(Definition("b", "moves", "residents", "6 months"))


def test_mixed_tables_are_never_comparable():
    mixed = Definition("a", "as_indicator")
    assert not mixed.is_comparable(mixed)
