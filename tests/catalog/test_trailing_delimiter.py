"""A delimiter at the end of each row that the header has not is no column."""

from pathlib import Path

import pytest

from qonys.catalog.reading.formats.opening import read_file


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_a_delimiter_at_the_end_of_rows_only_is_no_column(tmp_path: Path, sign: str) -> None:
    rows = [f"{year}{sign}{year % 7}" for year in range(1990, 2005)]
    path = tmp_path / "rows.csv"
    path.write_text("\n".join([f"time{sign}value", *(row + sign for row in rows)]) + "\n", encoding="utf-8")
    found = read_file(path).frame
    path.write_text("\n".join([f"time{sign}value{sign}", *(row + sign for row in rows)]) + "\n", encoding="utf-8")
    assert found.columns == ["time", "value"]
    assert found.equals(read_file(path).frame)
