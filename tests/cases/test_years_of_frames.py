"""Years of frames are read as those of files are; what is no year is refused with the same reason."""

from datetime import date

import pandas as pd
import polars as pl
import pytest

import qonys
from qonys.errors import BadInput

YEARS = range(1990, 2020)
VALUES = [1000 + (year >= 2008) * (1000 + year % 3) for year in YEARS]
WRITTEN = {
    "г.": lambda y: f"{y} г.", "жыл": lambda y: f"{y} жыл", "YR": lambda y: f"YR{y}", "ISO": lambda y: f"{y}-01-01",
    "point": lambda y: f"01.01.{y}", "float": float, "жылы": lambda y: f"{y}-жыл",
}  # fmt: skip
REFUSED = {
    "two figures": (lambda y: y % 100, "four figures"), "two figures in text": (lambda y: f"{y % 100:02d}", "“90”"),
    "month": (lambda y: f"{y}-06-30", "1990-06-30"), "half": (lambda y: y + 0.5, "1990.5"), "below 0": (lambda y: -y, "-1990"),
    "serial": (lambda y: (date(y, 1, 1) - date(1899, 12, 30)).days, "1990-01-01"), "quarter": (lambda y: f"{y}Q1", "1990Q1"),
}  # fmt: skip


def frames(written):
    own = {"year": [written(year) for year in YEARS], "value": VALUES}
    return [own, pl.DataFrame(own), pd.DataFrame(own)]


@pytest.mark.parametrize("name", WRITTEN)
def test_years_are_read(name):
    for frame in frames(WRITTEN[name]):
        assert qonys.breaks(frame).frame["date"].to_list() == [2008]


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_year_says_why(name):
    written, part = REFUSED[name]
    for frame in frames(written):
        with pytest.raises(BadInput, match=r"row 1.*year") as refused:
            qonys.breaks(frame)
        assert part in str(refused.value)


@pytest.mark.parametrize("written", ["2019 г.", 2019, 2019.0, "YR2019", "2019-01-01"])
def test_periods_of_flows(written):
    moves = {"origin": ["A", "B"], "destination": ["B", "A"], "period": [written] * 2, "value": [5, 6]}
    assert "2019" in {str(cell) for column in qonys.migration_indicators(moves, draws=0).frame.iter_columns() for cell in column}


@pytest.mark.parametrize("written", ["2019 г.", 2019.0, "2019-01-01", "01.01.2019", "2019-жыл"])
def test_years_of_other_functions(written):
    people = {"group": ["x", "y"], "time": [written] * 2, "value": [5, 6]}
    assert qonys.diversity(people).frame.height > 0
