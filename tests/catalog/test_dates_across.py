"""First days of years across a table are its years."""

from __future__ import annotations

import pytest

from qonys.catalog.reading.choices import FileChoices
from qonys.catalog.reading.long_tables import read_long
from qonys.catalog.reading.wanted import Wanted

WANTED = Wanted(labels=("region",), whole=("time",), numbers=("population",))


@pytest.mark.parametrize("header", ["01.01.2010;01.01.2015", "2010-01-01;2015-01-01", "1/1/2010;1/1/2015", "2010;2015"])
@pytest.mark.parametrize("mapping", [(), ("*=time",)])
def test_dates_across_are_years(tmp_path, header, mapping) -> None:
    path = tmp_path / "people.csv"
    path.write_text(f"region;{header}\nA;100;110\nB;200;210\n")
    found = read_long(path, WANTED, FileChoices(mapping=mapping)).frame
    assert found.sort("region", "time").select("region", "time", "population").rows() == [
        ("A", 2010, 100.0), ("A", 2015, 110.0), ("B", 2010, 200.0), ("B", 2015, 210.0),
    ]  # fmt: skip
