"""A number of persons in a sentence has no more figures than its interval carries."""

import pytest

from qonys.catalog import open_pack
from qonys.report.context import Context, step_of
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
