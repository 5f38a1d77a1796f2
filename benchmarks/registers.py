"""Times and memory of registers: import, flows, spells, stocks, margins, forms, as ratios to a scan of the same run.

Run: ./.venv/bin/python benchmarks/registers.py [PERSONS]
The register is made up (`qonys registers simulate`, six times the published pace: about four records a person).
Processor seconds of all threads, wall seconds, ratio of the processor seconds to those of DuckDB's sum over four
columns of the same file, and the greatest memory of the process so far. Beside: the same cube by DuckDB, Polars and
pandas, and the spells of pandas (shifts within persons), on the same sorted file.
"""

from __future__ import annotations

import os
import platform
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from qonys.catalog import open_pack
from qonys.catalog.reading.choices import FileChoices
from qonys.registers.axes import TableChoices
from qonys.registers.flows import flows
from qonys.registers.forms import form_table
from qonys.registers.importing import ImportChoices, import_register
from qonys.registers.made_up.margins import margins
from qonys.registers.made_up.writing import MadeUp, write_made_up
from qonys.registers.margins import margin_table
from qonys.registers.spells import SpellChoices
from qonys.registers.stocks import account
from qonys.registers.store import Register
from qonys.registers.summary import spell_summary

CUBE = ("year", "origin", "destination", "sex", "age")
KEYS = ["year", "origin", "destination", "sex", "group_of_age"]
COLUMNS = ["year", "origin", "destination", "sex", "age", "side", "person", "day"]


def timed(name: str, work: Callable[[], Any], unit: float = 0.0) -> float:
    """Print processor and wall seconds of a call, and their ratio to `unit`; processor seconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    ratio = f"{cpu / unit:7.1f}" if unit else "      1"
    print(f"{name:44s} {cpu:8.2f} {wall:8.2f} {ratio} {memory:7.2f}", flush=True)
    return cpu


def scan(path: Path) -> None:
    """DuckDB's sum over four columns."""
    import duckdb

    duckdb.connect().execute(f"SELECT sum(year), sum(origin), sum(destination), sum(sex) FROM '{path}'").fetchall()


def cube_duckdb(path: Path) -> None:
    """The cube by DuckDB."""
    import duckdb

    duckdb.connect().execute(
        "SELECT year, origin, destination, sex, least(age, 85) // 5 AS a, count(*) "
        f"FROM '{path}' WHERE side <> 2 GROUP BY ALL"
    ).fetchnumpy()


def cube_polars(path: Path) -> None:
    """The cube by Polars, in a stream."""
    rows = pl.scan_parquet(path).filter(pl.col("side") != 2)
    keyed = rows.with_columns(group_of_age=pl.min_horizontal("age", 85) // 5)
    keyed.group_by(KEYS).len().collect(engine="streaming")


def cube_pandas(path: Path) -> None:
    """The cube by pandas."""
    import pandas as pd

    frame = pd.read_parquet(path, columns=COLUMNS)
    frame = frame[frame["side"] != 2]
    frame["group_of_age"] = frame["age"].clip(upper=85) // 5
    frame.groupby(KEYS, dropna=False).size()


def spells_pandas(path: Path) -> None:
    """Next day, break and return of each move by shifts of pandas."""
    import pandas as pd

    frame = pd.read_parquet(path, columns=COLUMNS)
    frame = frame[frame["side"] != 2]
    by = frame.groupby("person", sort=False)
    after, before, first = by["day"].shift(-1), by["destination"].shift(1), by["origin"].shift(1)
    frame.assign(stay=after, broken=frame["origin"] != before, back=frame["destination"] == first)


def made(persons: int, folder: Path) -> Register:
    """A made-up register of so many persons, imported."""
    pack, path = open_pack("kazakhstan"), folder / "made.parquet"
    last = margins(pack, 0)
    timed("made up", lambda: write_made_up(path, last, MadeUp(persons, (last.year - 9, last.year), pace=6.0)))
    found: list[Register] = []
    timed("import", lambda: found.append(import_register(pack, [(path, FileChoices())], "benchmark", ImportChoices())))
    return found[0]


def main() -> None:
    """Print the table."""
    persons = int(sys.argv[1]) if len(sys.argv) > 1 else 400_000
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, simulated register")
    print(f"{'':44s} {'cpu s':>8s} {'wall s':>8s} {'ratio':>7s} {'GB':>7s}")
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"XDG_DATA_HOME": f"{folder}/data", "QONYS_CACHE": f"{folder}/cache"}
        register = made(persons, Path(folder))
        print(f"records kept: {register.about['rows']:,}; persons: {register.about['persons']:,}")
        measure(register)


def measure(register: Register) -> None:
    """Print the times of tables of a register."""
    path, stays = register.path, SpellChoices()
    for work in (lambda: flows(register, TableChoices(("year",)), stays), lambda: account(register)):
        work()  # compiled before it is measured
    scan(path)
    unit = timed("bare scan of four columns", lambda: scan(path))
    timed("cube " + " x ".join(CUBE), lambda: flows(register, TableChoices(CUBE)), unit)
    timed("the same by DuckDB", lambda: cube_duckdb(path), unit)
    timed("the same by Polars", lambda: cube_polars(path), unit)
    timed("migrants of 12 months by year, origin, goal", lambda: flows(register, TableChoices(), stays), unit)
    timed("spells by year", lambda: spell_summary(register, stays), unit)
    timed("stocks, account, person-years", lambda: account(register), unit)
    timed("year x origin x destination with all margins", lambda: margin_table(register, TableChoices()), unit)
    timed("forms by year", lambda: form_table(register), unit)
    timed("the cube by pandas", lambda: cube_pandas(path), unit)
    timed("next day, break, return by pandas", lambda: spells_pandas(path), unit)


if __name__ == "__main__":
    main()
