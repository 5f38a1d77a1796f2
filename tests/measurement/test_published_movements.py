"""Ranges of published movements and what they leave of the change between two counts: by hand, and planted faults."""

import polars as pl
import pytest

from qonys.measurement.published_movements import Range, natural_range, published_range, rest


def rows(*given):
    columns = ("start", "end", "flow", "ethnic_group", "territory", "value", "source")
    return pl.DataFrame([dict(zip(columns, row, strict=True)) for row in given])


FLIGHT = rows(
    (1930, 1933, "flight", "a", "kazakhstan", 665.0, "x"),
    (1930, 1933, "flight", "a", "kazakhstan", 1100.0, "y"),
    (1916, 1917, "flight", "a", "wider", 300.0, "z"),
)


def test_range_of_two_sources_of_one_group():
    assert published_range(FLIGHT, "flight", (1926, 1939)) == Range(665.0, 1100.0, ("x", "y"))


def test_a_wider_territory_gives_an_upper_end_alone():
    assert published_range(FLIGHT, "flight", (1897, 1926)) == Range(0.0, 300.0, ("z",))


def test_nothing_published_is_no_zero():
    assert published_range(FLIGHT, "flight", (1939, 1959)) is None
    assert published_range(FLIGHT, "return", (1926, 1939)) is None


@pytest.mark.parametrize(
    ("start", "end", "inside"), [(1925, 1930, True), (1930, 1940, True), (1924, 1930, False), (1934, 1944, False)]
)
def test_a_movement_over_a_count_belongs_to_neither_period(start, end, inside):
    given = rows((start, end, "in", "all", "kazakhstan", 5.0, "x"))
    assert (published_range(given, "in", (1926, 1939)) is not None) == inside


def test_groups_are_added_and_a_joint_group_is_not_counted_twice():
    given = rows(
        (1936, 1936, "in", "polish", "kazakhstan", 36.0, "x"),
        (1936, 1936, "in", "polish_german", "kazakhstan", 70.0, "y"),
        (1937, 1937, "in", "korean", "kazakhstan", 95.0, "z"),
    )
    found = published_range(given, "in", (1926, 1939))
    assert (found.low, found.high) == (165.0, 165.0)
    whole = rows((1930, 1937, "in", "all", "kazakhstan", 360.0, "w"))
    found = published_range(pl.concat([given, whole]), "in", (1926, 1939))
    assert (found.low, found.high) == (360.0, 360.0)
    less = rows((1930, 1937, "in", "all", "kazakhstan", 100.0, "w"))
    assert published_range(pl.concat([given, less]), "in", (1926, 1939)).low == 165.0


def test_natural_increase_by_rates_and_by_events():
    counts = Range(6000.0, 6200.0), Range(9200.0, 9300.0)
    found, years = natural_range({1939: 20.0, 1940: -1.0}, {1941: 50.0}, counts, (1939, 1959))
    assert years == 3
    assert found.low == pytest.approx(120.0 - 9.3 + 50.0)
    assert found.high == pytest.approx(186.0 - 6.0 + 50.0)
    assert natural_range({}, {1959: 5.0}, counts, (1939, 1959)) is None


def test_the_rest_closes_the_balance_at_both_ends():
    change = Range(-500.0, 100.0)
    parts = {"famine_deaths": -Range(1500.0, 2400.0), "deportation": Range(360.0, 360.0)}
    found = rest(change, parts)
    assert (found.low, found.high) == (-500.0 + 1500.0 - 360.0, 100.0 + 2400.0 - 360.0)
    total = sum(parts.values(), found)
    assert total.low <= change.low
    assert total.high >= change.high
