"""A data folder of its own for each test, and small files of records."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from qonys.catalog import open_pack
from qonys.catalog.reading.choices import FileChoices
from qonys.registers.importing import ImportChoices, import_register

UNTIL = date(2024, 12, 31)


@pytest.fixture(scope="session")
def pack():
    return open_pack("kazakhstan")


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


@pytest.fixture
def imported(here, pack):
    """A function: rows or a file, imported as a register."""

    def run(rows, name="try", mapping=(), **choices):
        path = rows
        if not hasattr(rows, "suffix"):
            path = here / "records.csv"
            path.write_text("\n".join(rows) + "\n", encoding="utf-8")
        chosen = ImportChoices(**{"until": UNTIL, "replace": True} | choices)
        return import_register(pack, [(path, FileChoices(mapping=tuple(mapping)))], name, chosen)

    return run


REGIONS = ("KZ-10", "KZ-11", "KZ-15", "KZ-71", "RUS")


def made_records(seed=1, persons=400, days=2500):
    """Records of moves without errors but with breaks in their chains, as rows of text columns."""
    draws = np.random.default_rng(seed)
    rows, number = [], 0
    for person in range(persons):
        place = draws.integers(0, len(REGIONS))
        born = date(1950, 1, 1) + timedelta(days=int(draws.integers(0, 20_000)))
        for day in np.sort(draws.choice(days, draws.integers(1, 6), replace=False)):
            if draws.random() < 0.1:
                place = draws.integers(0, len(REGIONS))
            goal = (place + draws.integers(1, len(REGIONS))) % len(REGIONS)
            number += 1
            rows.append((number, f"p{person}", date(2015, 1, 1) + timedelta(days=int(day)), REGIONS[place], REGIONS[goal],
                         born, "female" if person % 2 else "male", "kazakh" if person % 3 else "russian"))  # fmt: skip
            place = goal
    names = ("record", "person", "day", "origin", "destination", "birth", "sex", "group")
    return pl.DataFrame(rows, schema=names, orient="row")
