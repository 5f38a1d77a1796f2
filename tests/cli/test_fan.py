"""The fan below the table of a projection shows what its quantiles are, and the table the years that most ask for."""

import numpy as np
import polars as pl
import pytest

from qonys.cli.fan import HEIGHT, INNER, LEFT, MIDDLE, OUTER, fan
from qonys.study.analyses.project import outlook


def spread(years, growth=0.27e6):
    ahead = np.arange(len(years))
    ends = {"q2.5": -0.3e6, "q10": -0.2e6, "q25": -0.1e6, "q50": 0.0, "q75": 0.1e6, "q90": 0.2e6, "q97.5": 0.4e6}
    columns = {name: 20e6 + (growth + width) * ahead for name, width in ends.items()}
    return pl.DataFrame({"measure": "population", "year": years, **columns})


@pytest.mark.parametrize("last", [2030, 2050, 2100])
@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_every_year_has_its_median_and_its_intervals_in_their_order(last, language):
    years = list(range(2023, last + 1))
    lines = fan(spread(years), language)
    rows = [line[LEFT + 2 :] for line in lines if "┤" in line]
    assert len(rows) == HEIGHT
    wide = max(1, 66 // len(years))
    for place in range(len(years)):
        signs = "".join(row.ljust(wide * len(years))[place * wide] for row in rows).strip()
        assert signs.count(MIDDLE) == 1
        assert signs.replace(MIDDLE, "").strip(OUTER).strip(INNER) == ""
    assert max(map(len, lines)) <= 96


def test_a_fan_that_grows_has_its_median_above_where_it_began():
    rows = [line[LEFT + 2 :] for line in fan(spread(range(2023, 2051)), "en") if "┤" in line]
    first, last = (next(i for i, row in enumerate(rows) if len(row) > at and row[at] == MIDDLE) for at in (0, 54))
    assert last < first


def test_the_table_has_every_fifth_year_both_ends_and_whole_persons():
    found = outlook(spread(range(2023, 2052)))
    assert found["year"].to_list() == [2023, 2025, 2030, 2035, 2040, 2045, 2050, 2051]
    assert found.columns == ["measure", "year", "q2.5", "q10", "q50", "q90", "q97.5"]
    assert found["q50"].dtype == pl.Int64
    ratios = outlook(spread(range(2023, 2031)).with_columns(measure=pl.lit("median_age")))
    assert ratios["q50"].dtype == pl.Float64


def test_of_parts_the_table_has_every_tenth_year():
    two = pl.concat([spread(range(2023, 2051)).with_columns(region=pl.lit(name)) for name in ("A", "B")])
    assert sorted(set(outlook(two)["year"])) == [2023, 2030, 2040, 2050]
