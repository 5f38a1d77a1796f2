"""A number of persons in a sentence has no more figures than its interval carries."""

import pytest

from qonys.catalog import open_pack
from qonys.report.chapters.retrospective import _tells
from qonys.report.context import Context
from qonys.report.precision import decimals_apart, step_of, thousands_decimals
from qonys.study.runs.results import Number, Results


@pytest.mark.parametrize(
    ("value", "low", "high", "shown"),
    [(42_076_412.0, 10_915_201.0, 134_976_300.0, "42,000,000 (95% interval 11,000,000 to 135,000,000)"),
     (608_912.0, -8_667_000.0, 13_448_000.0, "600,000 (95% interval −8,700,000 to 13,400,000)"),
     (-2_793_937.0, -3_003_290.0, -2_584_570.0, "−2,794,000 (95% interval −3,003,000 to −2,585,000)"),
     (844_012.0, 503_001.0, 1_184_990.0, "844,000 (95% interval 503,000 to 1,185,000)")],
)  # fmt: skip
def test_persons_are_rounded_to_a_hundredth_of_a_wide_interval(value, low, high, shown) -> None:
    results = Results("release")
    results.add(Number("people", value, "persons", low, high))
    assert Context(results, open_pack("kazakhstan"), "en").value("people").shown == shown


def test_a_number_without_a_width_is_in_thousands() -> None:
    assert step_of(None, None) == step_of(5.0, 5.0) == 3


@pytest.mark.parametrize(
    ("unit", "value", "low", "high", "shown"),
    [("ratio", 0.37302, 0.37268, 0.37331, "0.3730 (95% interval 0.3727 to 0.3733)"),
     ("ratio", 0.1462, 0.1396, 0.1507, "0.15 (95% interval 0.14 to 0.15)"),
     ("share", 0.50012, 0.50004, 0.50021, "50.01% (95% interval 50.00% to 50.02%)")],
)  # fmt: skip
def test_the_ends_of_a_narrow_interval_are_written_apart(unit, value, low, high, shown) -> None:
    results = Results("release")
    results.add(Number("one", value, unit, low, high))
    assert Context(results, open_pack("kazakhstan"), "en").value("one").shown == shown


def test_ends_that_are_equal_or_absent_need_no_more_decimals() -> None:
    assert decimals_apart(0.5, 0.5, 2) == decimals_apart(None, 0.5, 2) == 2
    assert decimals_apart(0.5, 0.5 + 1e-9, 2) == 4


def test_thousands_have_a_decimal_only_where_intervals_are_narrow() -> None:
    """Widths of 682 and 248 thousand; of 1.7 thousand; none known."""
    assert thousands_decimals([503_000, -600_000, None], [1_185_000, -352_000, None]) == 0
    assert thousands_decimals([1_200], [2_900]) == thousands_decimals([None], [None]) == 1


@pytest.mark.parametrize(
    ("natural", "offset", "low", "high", "tells"),
    [(206_173.0, 7.84, 5.95, 9.73, True), (-981.0, -281.9, -12_303.0, 11_739.3, False), (-981.0, 0.5, 0.4, 0.6, False),
     (11_878.0, -15.5, -46.9, 15.9, False)],
)  # fmt: skip
def test_a_share_of_natural_increase_is_told_only_where_there_is_one(natural, offset, low, high, tells) -> None:
    """Georgia 1989-2002, 2002-2014 and 2014-2024, and a decrease with a narrow interval."""
    assert _tells({"natural": natural, "offset": offset, "offset_low": low, "offset_high": high}) is tells
