"""The page of a pack's files names every file that the shipped packs have, and every column of the descriptive ones."""

import re
from pathlib import Path

import pytest

from qonys.catalog.files import COLUMNS, NEEDED
from qonys.catalog.pack import SHIPPED, shipped_packs

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "pack.md").read_text(encoding="utf-8")
ROWS = {
    file: row.split("|")
    for row in PAGE.splitlines()
    if row.startswith("| `")
    for file in re.findall(r"`([^`]+)`", row.split("|")[1])
}


@pytest.mark.parametrize("pack", shipped_packs())
def test_every_file_of_a_pack_is_on_the_page(pack):
    listed = [re.escape(name).replace(r"\*", "[^/]+").replace("VINTAGE", "[^/]+") for name in ROWS]
    folder = SHIPPED / pack
    for path in (one for one in folder.rglob("*") if one.is_file()):
        name = path.relative_to(folder).as_posix()
        assert any(re.fullmatch(pattern, name) for pattern in listed), name


def test_every_descriptive_file_stands_there_with_the_columns_that_are_read():
    for name, columns in COLUMNS.items():
        assert re.findall(r"`([^`]+)`", ROWS[f"{name}.csv"][3]) == list(columns), name


def test_only_what_is_needed_is_called_required():
    required = PAGE.partition("## Required")[2].partition("\n## ")[0]
    assert {name for name in ROWS if f"| `{name}` |" in required} == {f"{one}.csv" for one in NEEDED} | {"datapackage.json"}
