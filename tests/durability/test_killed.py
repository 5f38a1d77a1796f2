"""Signal 9 at any touch of a file loses nothing, and nothing half-written is taken for finished.

Each process of `mortal.py` dies at a touch drawn with a seed or within three milliseconds of it, the next goes on; the
last one, which may live, must end with the bits of a process that was never killed, and without a leftover.
"""

from __future__ import annotations

import json
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from qonys.catalog import open_pack
from qonys.catalog.user_tables import user_frame, user_tables
from qonys.projection.national import project_national
from qonys.study.ensembles import shards as ensembles
from qonys.study.runs.folders import sound
from qonys.web.states import read_state_file

from . import mortal

MORTAL = Path(mortal.__file__)
LEFT = re.compile(r"\..*\.(draft|former)(\.wal)?|.*\.(part|tmp)")
KILLS = {"add": 2, "save": 1, "shards": 2, "study": 1, "registers": 1}
MANY = 52
TIMES = {"seconds", "chapters", "made"}


def lived(task: str, folder: Path, last: int, delay: float = 0.0) -> tuple[list[str], bool]:
    """What a process announced, and whether it was killed."""
    command = [sys.executable, str(MORTAL), task, str(folder), str(last)]
    with (folder.parent / "said").open("w+") as said:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, text=True)
        lines = []
        for line in process.stdout:
            if line == "now\n":
                time.sleep(delay)
                process.kill()
            lines.append(line.rstrip())
        process.stdout.close()
        code = process.wait(600)
        said.seek(0)
        errors = said.read()
    assert code in (0, -signal.SIGKILL), errors
    assert "Traceback" not in errors
    return lines, code != 0


def added(folder: Path, announced: set[str]) -> object:
    pack = open_pack(mortal.TESTLAND)
    frame = user_frame(pack, "national")
    rows = [] if frame is None else frame.select("year", "value").sort("year").rows()
    assert rows == [(2001 + n, 30.0 + n) for n in range(mortal.ADDED)][: len(rows)]
    assert len(user_tables(pack)) == len(rows)
    assert {int(text) for text in announced if text.isdigit()} <= {year for year, _ in rows}
    return rows


def saved(folder: Path, announced: set[str]) -> object:
    place = folder / "cache" / "states"
    names = sorted(path.stem for path in place.glob("*.json")) if place.is_dir() else []
    assert {text for text in announced if re.fullmatch("[0-9a-f]{12}", text)} <= set(names)
    return [json.dumps(read_state_file(place, name), sort_keys=True) for name in names]


def sharded(folder: Path, announced: set[str]) -> object:
    place = folder / "shards"
    if not (place / "plan.json").is_file():
        return None
    plan = ensembles.read_plan(place)
    finished = [unit for unit in plan.units() if ensembles.finished(place, plan, unit)]
    assert {int(text) for text in announced if text.isdigit()} <= {first for first, _ in finished}
    if len(finished) < mortal.SHARDS:
        return None
    found, world = ensembles.collect(place), ensembles._world(str(place), plan.world)
    whole = project_national(world.inputs, world.processes, 4, 4 * mortal.SHARDS, 1)
    assert np.array_equal(found.groups, whole.groups)
    assert np.array_equal(found.accounts, whole.accounts)
    return True


def studied(folder: Path, announced: set[str]) -> object:
    """Files of the report and tables of the chapters, by content, but for what says how long something took."""
    for place in (*(folder / "cache").glob("chapters/*/[!.]*"), *(folder / "cache").glob("results/[!.]*")):
        assert sound(place), place
    report = folder / "out" / "en"
    if "written" in announced:
        assert (report / "manifest.json").is_file()
    if not report.is_dir():
        return None
    manifest = json.loads((report / "manifest.json").read_text(encoding="utf-8"))
    tables = sorted((folder / "cache" / "chapters").glob("*/[!.]*/tables/*.parquet"))
    return (
        {name: value for name, value in manifest.items() if name not in TIMES},
        {str(path.relative_to(folder)): pl.read_parquet(path).write_json() for path in tables},
    )


def registered(folder: Path, announced: set[str]) -> object:
    """A register is whole or not there, and the same bits whenever it was made; so is the table of its flows."""
    place = folder / "data" / "qonys" / "kazakhstan" / "registers" / "demo"
    names = ("register.json", "records.parquet")
    there = [(place / name).read_bytes() for name in names if (place / name).exists()]
    assert len(there) in (0, 2)
    assert there or not {"imported 0", "imported 1"} & announced
    table = folder / "flows.csv"
    assert table.exists() or "flows" not in announced
    return there, table.read_bytes() if table.exists() else None


CHECKS = {"add": added, "save": saved, "shards": sharded, "study": studied, "registers": registered}


@pytest.fixture
def here(tmp_path, monkeypatch):
    """Use the folders of one run in this process too."""

    def use(name: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        monkeypatch.setenv("QONYS_CACHE", str(folder / "cache"))
        monkeypatch.setenv("XDG_DATA_HOME", str(folder / "data"))
        return folder

    return use


def killed(task: str, here, kills: int, seed: int) -> None:
    random_ = random.Random(f"{task} {seed}")
    folder = here("never killed")
    lines, _ = lived(task, folder, 0)
    touches, expected = int(lines[-1].split()[1]), CHECKS[task](folder, set(lines))
    assert expected
    died = runs = 0
    while died < kills:
        folder, announced, going = here(f"killed {runs}"), set(), True
        runs += 1
        while going and died < kills:
            last, sign = random_.randint(1, touches), random_.choice((1, -1, -1))
            lines, going = lived(task, folder, sign * last, random_.uniform(0, 0.003))
            announced |= set(lines)
            died += going
            CHECKS[task](folder, announced)
        lines, _ = lived(task, folder, 0)
        assert CHECKS[task](folder, announced | set(lines)) == expected
        assert not [path for path in folder.rglob("*") if LEFT.fullmatch(path.name)]


@pytest.mark.parametrize("task", [pytest.param(one, marks=pytest.mark.long) if one == "registers" else one for one in KILLS])
def test_killed_at_any_touch_of_a_file(task, here) -> None:
    killed(task, here, KILLS[task], 1)


@pytest.mark.long
@pytest.mark.parametrize("task", KILLS)
def test_killed_very_often(task, here) -> None:
    killed(task, here, MANY, 2)
