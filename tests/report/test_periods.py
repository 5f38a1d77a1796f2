"""Years that a sentence or a figure names exist in the results, whatever plan they follow."""

import polars as pl
import pytest

from qonys.report.periods import year_of_pyramid
from qonys.study.runs.results import Number, Results, TableResult


@pytest.mark.parametrize(("pyramids", "expected"), [((2050, 2100), 2050), ((2075, 2100), 2075), ((2030, 2045), 2045)])
def test_the_pyramid_is_of_a_projected_year_nearest_to_the_one_told_first(pyramids, expected):
    results = Results("release")
    frame = pl.DataFrame({"year": [2023, *pyramids]})
    results.add(
        Number("projection.base", 2023.0, "year"),
        Number("projection.population.2100", 1.0, "persons"),
        Number("projection.by_register.2050", 1.0, "persons"),
        TableResult("projection_pyramids", frame, "persons", 5, (), ""),
    )
    assert year_of_pyramid(results) == expected
